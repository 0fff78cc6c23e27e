#!/usr/bin/python3
"""What the process itself meets: Ctrl-C, SIGTERM and kill -9 at any moment, few descriptors, little
memory for threads, a wall clock that jumps, and onlookers who would see a secret."""
import json
import os
import random
import re
import resource
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


def shimmed(lab, folder, *arguments, **environment):
    """A run with tests/lib/shim.c preloaded: finished process and seconds."""
    env = dict(os.environ, LD_PRELOAD=os.environ["BUILD_DIR"] + "/tests/libtest-shim.so", **environment)
    began = time.monotonic()
    child = subprocess.run([COLLECT, "-i", lab.dir + "/hosts.yml", "-t", "show_version", *arguments], cwd=folder,
                           env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, timeout=120)
    return child, time.monotonic() - began


def clock_jumps(folder):
    """A wall clock that jumps by years moves no deadline, neither near nor far."""
    devices = ("- {platform: cisco_ios, hostname: slow, latency: 700ms}\n"
               "- {platform: cisco_ios, hostname: silent, silent: command}\n"
               "- {platform: cisco_ios, hostname: kex, silent: kex}\n")
    with Lab(devices=devices) as lab:
        child, took = shimmed(lab, folder, "--timeout", "4", "--connect-rate", "10", "-f", "ndjson", SHIM_CLOCK="1")
    hosts = [json.loads(line)["host"] for line in child.stdout.splitlines()]
    check(child.returncode == 1 and hosts == ["slow"], f"jumps: {child.returncode} {hosts} {child.stderr[:500]}")
    check(child.stderr.count("timed out") == 2, f"jumps: {child.stderr[:500]}")
    check(3.5 < took < 30, f"jumps: deadlines of 4 s, over after {took:.1f} s")
    years = {json.loads(line)["collected_at"][:4] for line in child.stdout.splitlines()}
    check(len(years) == 1, f"jumps: {years}")


def few_threads(lab, folder):
    """Fewer event loops than wanted do it, too; without any the run says so before it connects."""
    for most, status in ((1, 0), (2, 0), (0, 3)):
        child, _ = shimmed(lab, folder, "-w", "300", "-f", "ndjson", SHIM_THREADS=str(most))
        check(child.stdout.count("\n") == (HOSTS if status == 0 else 0) and (child.returncode == 0) == (status == 0),
              f"{most} threads: {child.returncode} {child.stderr[:300]}")
    check("a thread cannot be started" in child.stderr, f"no thread: {child.stderr[:300]}")


def same_again(folder):
    """Whatever the order in which hosts end, --ordered gives the same bytes but for times."""
    devices = "".join(f"- {{platform: cisco_ios, latency: {rng.randrange(200)}ms}}\n" for _ in range(30))
    outputs = set()
    with Lab(devices=devices) as lab:
        for workers in ("30", "7", "30", "300"):
            child = start(lab, folder, "--ordered", "-f", "csv", "-w", workers)
            out, talk = child.communicate(timeout=60)
            check(child.returncode == 0, f"--ordered: {talk[:300]}")
            outputs.add(re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", out))
    check(len(outputs) == 1, f"--ordered: {len(outputs)} different outputs")


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
            few_threads(lab, folder)
            clock_jumps(folder)
            same_again(folder)
    return 1 if failures else 0


sys.exit(main())
