#!/usr/bin/python3
"""Memory has a ceiling: so much a session in flight, and the limit of one output for each device that
never stops printing."""
import os
import subprocess
import sys

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
LIMIT = 64  # MiB of one output


def run(lab, *arguments):
    """Exit status, what was said, and the most MiB that it had."""
    with open(lab.dir + "/said", "w+") as said:
        child = subprocess.Popen([COLLECT, "-i", lab.dir + "/hosts.yml", "-f", "csv", "-o", lab.dir + "/out.csv",
                                  "--timeout", "60", *arguments], stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return child.returncode, said.read(), usage.ru_maxrss / 1024


def in_flight(n):
    """Sessions that all wait for a slow answer: 20 MB and 40 KB each."""
    with Lab("--devices", str(n), "--platform", "linux", "--set", "latency: 3s") as lab:
        status, said, most = run(lab, "-c", "pwd", "-w", str(n))
    check(f"{n} in flight", status == 0, said[:500])
    check(f"memory of {n} in flight", most <= 20 + n * 40 / 1024, most)


def endless(platform, n):
    """Each is stopped at its limit, and what it printed is given back."""
    with Lab("--devices", str(n), "--platform", platform, "--set", "endless: true", "--set", "pager: ''") as lab:
        status, said, most = run(lab, "-t", "show_version")
    check(f"{n} endless {platform}", status == 1 and said.count("larger") + said.count("passes") == n, said[:500])
    check(f"memory of {n} endless {platform}", most <= 30 + n * (LIMIT + 4), most)


in_flight(500)
endless("cisco_ios", 1)
endless("cisco_ios", 6)
endless("linux", 3)
sys.exit(failed())
