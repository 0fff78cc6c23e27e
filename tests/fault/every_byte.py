#!/usr/bin/python3
"""A session cut at every byte, with a bit flipped all along, or stalled: collect either has the whole
records or says that the host failed. Never fewer records than the whole, and never a crash."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402
from proxy import Fault, Proxy  # noqa: E402

COLLECT = os.environ["COLLECT"]
# EVERY_BYTE=7 looks at one offset in seven.
STEP = int(os.environ.get("EVERY_BYTE", "1"))
AT_ONCE = 2000  # addresses that one proxy listens at
DEVICES = """
- {platform: cisco_ios, hostname: ios, fixture: c2911, enable: s3cret, pager_stuck: true,
   motd: "Authorized users only\\n"}
- {platform: linux, hostname: linux, fixture: debian12}
"""


def collect(lab, hosts, timeout, auto=False):
    """Runs collect on hosts ({name: (device, address)}); records by host, and reasons by host."""
    known = dict(line.split(" ", 1) for line in open(lab.dir + "/known_hosts"))
    keys = {device: key for names, key in known.items() for device in lab.hosts
            if "[%s]:" % device in names}
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/known_hosts", "w") as file:
            for device, (address, port) in hosts.values():
                file.write("[%s]:%d %s" % (address, port, keys[device]))
        with open(folder + "/hosts.yml", "w") as file:
            file.write("defaults: {username: admin, password_file: %s/password,\n"
                       "  enable_password_file: %s/enable, known_hosts: known_hosts}\nhosts:\n"
                       % (lab.dir, lab.dir))
            for name, (device, (address, port)) in hosts.items():
                platform = ("auto" if auto else "linux" if device == "linux" else "cisco_ios")
                file.write("  %s: {address: %s, port: %d, platform: %s}\n"
                           % (name, address, port, platform))
        done = subprocess.run([COLLECT, "-i", folder + "/hosts.yml", "-t",
                               "show_inventory" if auto else "show_version",
                               "-w", "100", "--timeout", timeout, "-f", "ndjson",
                               "-o", folder + "/out.ndjson"],
                              capture_output=True, text=True, timeout=500)
        if done.returncode not in (0, 1):
            sys.exit("FAILED: collect ended with %d: %s" % (done.returncode, done.stderr))
        records = {}
        for line in open(folder + "/out.ndjson"):
            record = json.loads(line)
            del record["collected_at"]
            records.setdefault(record.pop("host"), []).append(record)
    reasons = {}
    for line in done.stderr.splitlines():
        name, colon, reason = line.strip().partition(": ")
        if colon and name in hosts:
            reasons[name] = reason
    check("exit status", done.returncode == (1 if reasons else 0), done.returncode, done.stderr[-500:])
    return records, reasons


def judge(lab, device, faults, whole, timeout="5", auto=False):
    """How many hosts with these faults had all the records; each other one must have failed."""
    good = 0
    for first in range(0, len(faults), AT_ONCE):
        some = faults[first:first + AT_ONCE]
        with Proxy(lab.hosts[device], some) as proxy:
            hosts = {"h%05d" % i: (device, proxy.addresses[i]) for i in range(len(some))}
            records, reasons = collect(lab, hosts, timeout, auto)
        for i, name in enumerate(hosts):
            if name in records:
                good += 1
                check(some[i], records[name] == whole and name not in reasons, reasons.get(name))
            else:
                check(some[i], reasons.get(name), "neither records nor a reason")
    return good


def sweep(lab, device):
    with Proxy(lab.hosts[device], [Fault()]) as proxy:
        records, reasons = collect(lab, {"whole": (device, proxy.addresses[0])}, "5")
        total = dict(proxy.counts[0])
    whole = records.get("whole")
    check("the whole", whole and not reasons, reasons)
    check("its length", total["down"] > 1500 and total["up"] > 1000, total)
    for direction in ("down", "up"):
        ends = [Fault(direction=direction, cut=n) for n in range(0, total[direction], STEP)]
        ends += [Fault(direction=direction, cut=total[direction])]
        ends += [Fault(direction=direction, reset=n) for n in range(0, total[direction], 23 * STEP)]
        good = judge(lab, device, ends, whole)
        check("cuts", 0 < good < len(ends) // 4, direction, good, len(ends))
        flips = [Fault(direction=direction, flip=n, bit=n % 8)
                 for n in range(0, total[direction], 11 * STEP)]
        good = judge(lab, device, flips, whole)
        check("flips", good < len(flips) // 2, direction, good, len(flips))
        stalls = [Fault(direction=direction, stall=n) for n in range(0, total[direction], 61 * STEP)]
        good = judge(lab, device, stalls, whole, timeout="1")
        check("stalls", good <= len(stalls) // 4, direction, good, len(stalls))


def found_out(lab):
    """The same where the platform has to be found out first; by then enable and setup come late."""
    with Proxy(lab.hosts["ios"], [Fault()]) as proxy:
        records, reasons = collect(lab, {"whole": ("ios", proxy.addresses[0])}, "5", auto=True)
        total = dict(proxy.counts[0])
    whole = records.get("whole")
    check("found out", whole and not reasons and whole[0]["_platform" if "_platform" in whole[0] else
                                                          "platform"] == "cisco_ios", reasons, whole)
    for direction in ("down", "up"):
        ends = [Fault(direction=direction, cut=n) for n in range(0, total[direction], 5 * STEP)]
        ends += [Fault(direction=direction, cut=total[direction])]
        good = judge(lab, "ios", ends, whole, auto=True)
        check("cuts while it is found out", good < len(ends) // 4, direction, good, len(ends))
        stalls = [Fault(direction=direction, stall=n) for n in range(0, total[direction], 97 * STEP)]
        good = judge(lab, "ios", stalls, whole, timeout="1", auto=True)
        check("stalls while it is found out", good <= len(stalls) // 4, direction, good, len(stalls))


with Lab(devices=DEVICES) as fleet:
    found_out(fleet)
    for name in ("ios", "linux"):
        sweep(fleet, name)
    check("the lab lives", fleet.process.poll() is None)
sys.exit(failed())
