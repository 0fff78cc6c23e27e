#!/usr/bin/python3
"""max_sessions of groups and --connect-rate hold, as the devices see it: the lab's journal tells
when each connection came and went."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
LATENCY = 150  # ms a command
SLACK = LATENCY // 2  # ms that the lab may notice late; a session too many overlaps by more


def spans(lab, names=()):
    """{device: (connect, close)} in ms. Waits until names have both."""
    for _ in range(100):
        found = read_spans(lab)
        if all(len(found.get(name, [])) > 1 for name in names):
            break
        time.sleep(0.1)
    return found


def read_spans(lab):
    found = {}
    for line in open(lab.dir + "/log"):
        when, device, _, event = line.rstrip("\n").split("\t")[:4]
        if event in ("connect", "close"):
            found.setdefault(device, []).append(int(when))
    return found


def most(found, devices):
    """How many of these were there at a time."""
    count = 0
    for begin in (found[d][0] for d in devices):
        count = max(count, sum(found[d][0] <= begin and found[d][1] > begin + SLACK for d in devices))
    return count


def collect(lab, inventory, *options):
    with open(lab.dir + "/caps.yml", "w") as file:
        file.write(inventory)
    done = subprocess.run([COLLECT, "-i", lab.dir + "/caps.yml", "-c", "pwd", "-f", "csv", *options],
                          capture_output=True, text=True, timeout=120)
    check("all hosts", done.returncode == 0 and done.stdout.count("\n") > 24, done.stderr[:500])


def caps():
    """Two groups that overlap, on one event loop and on several."""
    for workers in ("60", "300"):
        with Lab("--devices", "36", "--platform", "linux", "--set", "latency: %dms" % LATENCY) as lab:
            names = sorted(lab.hosts)
            groups = {"few": names[:15], "one": names[12:20]}
            text = open(lab.dir + "/hosts.yml").read()
            for name in names:
                mine = [g for g in groups if name in groups[g]]
                text = re.sub("('%s': .*groups: .linux)" % name, r"\1" + "".join(", " + g for g in mine), text)
            text = text.replace("groups:\n", "groups:\n  few: {max_sessions: 4}\n  one: {max_sessions: 1}\n", 1)
            collect(lab, text, "-w", workers)
            found = spans(lab, names)
        check("each host once", all(len(found[name]) == 2 for name in names), found)
        for group, limit in (("few", 4), ("one", 1)):
            check("at most %d of %s with -w %s" % (limit, group, workers), most(found, groups[group]) == limit,
                  most(found, groups[group]))
        check("the others do not wait", most(found, names) > 8, most(found, names))


def rate():
    """At most 20 logins a second, also on several event loops, and no burst to make up for a pause."""
    for workers in ("10", "300"):
        with Lab("--devices", "30", "--platform", "linux", "--set", "latency: 20ms") as lab:
            collect(lab, open(lab.dir + "/hosts.yml").read(), "--connect-rate", "20", "-w", workers)
            begins = sorted(found[0] for found in spans(lab).values())
        late = [(i, begin - begins[0]) for i, begin in enumerate(begins) if begin - begins[0] < i * 50 - SLACK]
        check("20 a second with -w %s" % workers, not late, late)
        check("not slower than that", begins[-1] - begins[0] < 29 * 50 * 4, begins[-1] - begins[0])


def kept():
    """--failed keeps a group's cap; nonsense is refused."""
    with Lab("--devices", "1", "--platform", "linux") as lab:
        text = open(lab.dir + "/hosts.yml").read().replace("groups: [linux]", "groups: [few, linux]")
        text = re.sub(r"port: \d+", "port: 1", text)
        for cap, status in (("4", 1), ("0", 3), ("many", 3)):
            with open(lab.dir + "/caps.yml", "w") as file:
                file.write(text.replace("groups:\n", "groups:\n  few: {max_sessions: %s}\n" % cap, 1))
            done = subprocess.run([COLLECT, "-i", lab.dir + "/caps.yml", "-c", "pwd", "--failed",
                                   lab.dir + "/failed.yml"], capture_output=True, text=True, timeout=60)
            check("max_sessions: " + cap, done.returncode == status, done.returncode, done.stderr)
        failed = open(lab.dir + "/failed.yml").read()
        check("in --failed", '"few": {max_sessions: 4}' in failed, failed)


for test in (caps, rate, kept):
    test()
sys.exit(failed())
