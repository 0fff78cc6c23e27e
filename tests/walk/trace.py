#!/usr/bin/python3
"""-v and -vv against simulated devices: the steps of each session in order, whole lines that are
safe for a terminal, no secret however a device echoes it, and a reader who does not read stops no
session."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
PASSWORD, ENABLE = "Kestrel-81-quartz", "Heron-47-basalt"
IOS = "platform: cisco_ios, password: %s, enable: %s, user_prompt: '{hostname}>', " % (PASSWORD, ENABLE)
DEVICES = [("plain", ""), ("wrapping", "echo: wrap, width: 12"), ("redrawing", "echo: redraw"),
           ("backspacing", "echo: backspace"), ("coloured", "escapes: true"), ("thin", "trickle: 20000"),
           ("quiet", "rtt: 30ms"),
           # says both secrets, and what would move a terminal's cursor and set its title
           ("telling", r'motd: "%s\r\n\e[2J\e]0;owned\a%s \x9b5A"' % (ENABLE, PASSWORD)),
           ("silent", "silent: command"), ("dropping", "drop_after: 700"),
           ("asking", "question: 'Password: '")]
STEPS = [r": connecting to \S+ port \d+$", r": connected$", r": host key verified: SHA256:\S+ \(.*\)$",
         r": authenticated as admin by (password|keyboard-interactive)$", r": prompt learned: plain>$",
         r' > "enable\\n"$', r' < "Password: "$', r" > <secret>$", r": prompt learned: plain#$",
         r' > "show version\\n"$', r": show version: \d+ bytes, \d+ ms$", r": closed$",
         r": ok: 1 record, connect \d+ ms, login \d+ ms, all \d+ ms$"]


def collect(lab, *options, **more):
    done = subprocess.run([COLLECT, "-i", lab.dir + "/hosts.yml", "-t", "show_version", "--timeout", "4",
                           "-f", "json", "-o", lab.dir + "/out.json", *options],
                          stderr=subprocess.PIPE, timeout=120, **more)
    return done, done.stderr


def of_host(log, name):
    head = re.compile(r"%s \+(\d+) ms" % name)
    return [line for line in log.splitlines() if head.match(line)]


def check_steps(log):
    rest = of_host(log, "plain")
    for step in STEPS:
        at = next((i for i, line in enumerate(rest) if re.search(step, line)), None)
        check("the step %s" % step, at is not None, rest[:3])
        rest = rest[at + 1:] if at is not None else rest
    check("nothing after the end", not rest, rest)


def check_lines(log, names):
    inside = log.split("\nRan ")[0]
    for line in inside.splitlines():
        check("a whole line", re.match(r"(%s) \+\d+ ms(:| <| >) " % "|".join(names), line), line[:200])
    for name in names:
        times = [int(line.split("+")[1].split()[0]) for line in of_host(log, name)]
        check("time goes on for " + name, times and times == sorted(times), times[:20])


def everything():
    devices = "".join("- {hostname: %s, %s}\n" % (name, (IOS + more).rstrip(", ")) for name, more in DEVICES)
    names = [name for name, _ in DEVICES]
    with Lab(devices=devices) as lab:
        _, steps = collect(lab, "-v")
        _, raw = collect(lab, "-vv")
    for talk in (steps, raw):
        check("no control character", not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", talk))
        for secret in (PASSWORD, ENABLE):
            check("no secret", secret.encode() not in talk and secret[:-1].encode() not in talk)
    log = raw.decode()
    check_steps(log)
    check_lines(log, names)
    check_lines(steps.decode(), names)
    check("-v shows no byte", not re.search(r"^\S+ \+\d+ ms [<>]", steps.decode(), re.M))
    check("what the device said is masked", sum("<secret>" in line for line in of_host(log, "telling")) >= 3)
    check("the unexpected question", any(": closed: " in line and "asks" in line
                                         for line in of_host(log, "asking")), of_host(log, "asking")[-3:])
    check("no answer to it", of_host(log, "asking")[-4:] and not any(
        " > " in line for line in of_host(log, "asking")[-4:]), of_host(log, "asking")[-4:])


def nobody_reads():
    """stderr is a pipe that nobody reads until all is done: the records are out before."""
    devices = ("- {platform: linux, count: 60, password: %s, responses: {id: '%s'}}\n"
               % (PASSWORD, "x" * 250000))
    with Lab(devices=devices) as lab:
        out = lab.dir + "/stats.txt"
        child = subprocess.Popen([COLLECT, "-i", lab.dir + "/hosts.yml", "-c", "id", "-f", "json", "-vv",
                                  "--save-raw", lab.dir + "/raw"],
                                 stderr=subprocess.PIPE, stdout=open(out, "w"))
        for _ in range(600):
            done = len([f for f in os.listdir(lab.dir + "/raw") if f.startswith("linux")]) \
                if os.path.isdir(lab.dir + "/raw") else 0
            if done == 60:
                break
            try:
                child.wait(0.1)
                break
            except subprocess.TimeoutExpired:
                pass
        check("all sessions ended while nobody read", done == 60 and child.poll() is None, done)
        talk = child.communicate(timeout=60)[1].decode()
    check("ended well", child.returncode == 0, child.returncode)
    left_out = re.search(r"^collect: (\d+) lines of this log are left out here", talk, re.M)
    check("says how much is missing", left_out and int(left_out[1]) > 1000, talk[-300:])


everything()
nobody_reads()
sys.exit(failed())
