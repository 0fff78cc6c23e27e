#!/usr/bin/python3
"""What the process itself meets: Ctrl-C, SIGTERM and kill -9 at any moment, few descriptors, little
memory for threads, a wall clock that jumps, and onlookers who would see a secret."""
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from fleet import Lab

COLLECT = os.environ["COLLECT"]
HOSTS = 60
rng = random.Random(20)
failures = []


def check(good, what):
    if not good:
        failures.append(what)
        print("FAILED:", what)


def start(lab, folder, *arguments, **more):
    return subprocess.Popen([COLLECT, "-i", lab.dir + "/hosts.yml", "-t", "show_version", *arguments],
                            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **more)


def leftovers(folder, known):
    return sorted(set(os.listdir(folder)) - set(known))


def interrupted(lab, folder, number, moment):
    """-o out.json is whole and holds what was finished, or is not there; nothing else is left."""
    path = folder + "/out.json"
    if os.path.exists(path):
        os.remove(path)
    child = start(lab, folder, "-o", "out.json", "-w", "10")
    time.sleep(moment)
    child.send_signal(number)
    began = time.monotonic()
    _, talk = child.communicate(timeout=60)
    name = f"{signal.Signals(number).name} after {moment * 1000:.0f} ms"
    check(time.monotonic() - began < 5, f"{name}: it went on for {time.monotonic() - began:.1f} s")
    check(child.returncode in (0, 130, -number), f"{name}: exit status {child.returncode}: {talk}")
    check(leftovers(folder, ["out.json"]) == [], f"{name}: left {os.listdir(folder)}")
    if os.path.exists(path):
        records = json.load(open(path))
        check(len({r["host"] for r in records}) == len(records), f"{name}: a host twice")
        if child.returncode == 0:
            check(len(records) == HOSTS, f"{name}: ended well with {len(records)} records")
        elif len(records) < HOSTS:  # else it came when all was said
            check("cancelled" in talk or "interrupted" in talk.lower(),
                  f"{name}: does not say what was left: {talk}")


def twice(lab, folder):
    child = start(lab, folder, "-o", "twice.json", "-w", "1")
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGINT)
    began = time.monotonic()
    child.communicate(timeout=30)
    check(time.monotonic() - began < 1, "the second Ctrl-C does not leave at once")
    check(child.returncode in (130, -signal.SIGINT), f"two Ctrl-C: {child.returncode}")
    check(not [f for f in os.listdir(folder) if f not in ("out.json", "twice.json")],
          f"two Ctrl-C left {os.listdir(folder)}")


def killed(lab, folder, moment):
    """kill -9: the old file, or a whole new one."""
    path = folder + "/kept.json"
    open(path, "w").write("old")
    child = start(lab, folder, "-o", "kept.json")
    time.sleep(moment)
    child.kill()
    child.communicate()
    text = open(path).read()
    check(text == "old" or len(json.loads(text)) == HOSTS,
          f"kill -9 after {moment * 1000:.0f} ms: half a file of {len(text)} bytes")


def run_limited(lab, folder, what, limit, value, *arguments):
    def lower():
        resource.setrlimit(limit, (value, value))
    child = start(lab, folder, "-o", "limited.json", *arguments, preexec_fn=lower)
    _, talk = child.communicate(timeout=120)
    records = json.load(open(folder + "/limited.json")) if child.returncode == 0 else []
    check(child.returncode == 0 and len(records) == HOSTS,
          f"{what}: exit status {child.returncode}, {len(records)} records: {talk[:500]}")
    return talk


def onlookers(lab, folder):
    password = open(lab.dir + "/password").read().strip()
    env = dict(os.environ, LAB_PASSWORD=password)
    inventory = open(lab.dir + "/hosts.yml").read().replace("password_file: password",
                                                            "password_env: LAB_PASSWORD")
    open(lab.dir + "/env.yml", "w").write(inventory)
    child = subprocess.Popen([COLLECT, "-i", lab.dir + "/env.yml", "-t", "show_version", "-w", "2",
                              "-vv", "-o", "seen.json", "--report", "report.json"], cwd=folder, env=env,
                             stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(0.3)
    try:
        line = open(f"/proc/{child.pid}/cmdline").read()
        limits = open(f"/proc/{child.pid}/limits").read()
    except OSError:
        line = limits = "Max core file size 0"
    _, talk = child.communicate(timeout=60)
    check(child.returncode == 0, f"password_env: exit status {child.returncode}: {talk[:300]}")
    check(password not in line, "the password is in the command line")
    core = [l for l in limits.splitlines() if l.startswith("Max core")]
    check(core and core[0].split()[4] == "0", f"core dumps are on: {core}")
    for name, text in (("stderr with -vv", talk), ("report", open(folder + "/report.json").read()),
                       ("output", open(folder + "/seen.json").read())):
        check(password not in text, f"the password is in the {name}")


def clock_jumps(lab, folder):
    if not shutil.which("faketime"):
        print("left out: faketime is not installed, so no clock jumps")
        return
    env = dict(os.environ, FAKETIME_DONT_FAKE_MONOTONIC="1")
    child = subprocess.run(["faketime", "-f", "+0 x100000", COLLECT, "-i", lab.dir + "/hosts.yml", "-t",
                            "show_version", "-o", "jump.json"], cwd=folder, env=env,
                           stderr=subprocess.PIPE, text=True, timeout=60)
    check(child.returncode == 0, f"a wall clock that races: {child.returncode}: {child.stderr[:300]}")


def main():
    devices = f"- {{platform: cisco_ios, count: {HOSTS}, latency: 20ms, password: Kestrel-81-quartz}}"
    with Lab(devices=devices) as lab:
        for number in (signal.SIGINT, signal.SIGTERM):
            with tempfile.TemporaryDirectory() as folder:
                for _ in range(20):
                    interrupted(lab, folder, number, rng.uniform(0, 0.7))
                twice(lab, folder)
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(20):
                killed(lab, folder, rng.uniform(0, 0.5))
        with tempfile.TemporaryDirectory() as folder:
            talk = run_limited(lab, folder, "64 descriptors", resource.RLIMIT_NOFILE, 64, "-w", "60")
            check("open files" in talk, f"64 descriptors: no word of it: {talk[:200]}")
            run_limited(lab, folder, "1 GB of address space", resource.RLIMIT_AS, 1 << 30)
            onlookers(lab, folder)
            clock_jumps(lab, folder)
    return 1 if failures else 0


sys.exit(main())
