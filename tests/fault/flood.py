#!/usr/bin/python3
"""Devices whose output never ends, several at once: each is cut at its limit and said to be, and
all of them together cost no more memory than one would."""
import json
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
TEMPLATES = os.environ["SOURCE_DIR"] + "/templates"
DEVICES = """
- {platform: cisco_ios, hostname: flood-1, endless: true, pager: ''}
- {platform: linux, hostname: flood-2, endless: true}
- {platform: cisco_ios, hostname: more, count: 4, endless: true, pager: ''}
- {platform: cisco_ios, hostname: well, count: 4}
"""
failures = 0


def check(what, ok, *seen):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what, *(str(text)[:1000] for text in seen))


def peak_of(process, peaks):
    """The highest resident size that was seen; it also counts what is given back again."""
    path = "/proc/%d/status" % process.pid
    while process.poll() is None:
        try:
            for line in open(path):
                if line.startswith("VmHWM:"):
                    peaks.append(int(line.split()[1]))
        except (OSError, ValueError):
            break
        threading.Event().wait(0.02)


def flood(lab, *args):
    report = lab.dir + "/report.json"
    command = [COLLECT, "--templates", TEMPLATES, "-i", lab.dir + "/hosts.yml", "-c",
               "show version", "--allow-changes", "-f", "json", "--timeout", "100", "--report",
               report, *args]
    peaks = [0]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True)
    watcher = threading.Thread(target=peak_of, args=(process, peaks))
    watcher.start()
    _, stderr = process.communicate(timeout=300)
    watcher.join()
    return process.returncode, stderr, json.load(open(report))["jobs"], max(peaks)


def judge(lab, floods, most_mib, *args):
    status, stderr, jobs, peak = flood(lab, *args)
    check("exit status", status == 1, status, stderr)
    for job in jobs:
        wanted = "ok" if job["host"].startswith("well") else "too-large"
        check(job["host"], job["status"] == wanted, job)
        size = job["commands"][0]["bytes"]
        check("kept of " + job["host"], wanted == "ok" or size >= 60 << 20, size)
    check("floods", sum(job["status"] == "too-large" for job in jobs) == floods, jobs)
    check("memory", 0 < peak < most_mib << 10, peak)
    print("%d floods: at most %d MiB" % (floods, peak >> 10))


def main():
    with Lab("--templates", TEMPLATES, devices=DEVICES) as lab:
        judge(lab, 2, 100, "-l", "!more*")
        judge(lab, 6, 180)  # 64 MiB for one, 8 MiB for each of the others
    sys.exit(failures > 0)


main()
