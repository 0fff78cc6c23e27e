#!/usr/bin/python3
"""One run of collect against devices that fail in every way collect-lab knows, beside some that are
only odd: each odd one gives its whole record, each broken one a reason in plain words, nobody
disturbs the others, and no secret goes where it does not belong."""
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
IOS = "platform: cisco_ios, fixture: c2911, "
LINUX = "platform: linux, fixture: debian12, "

# name, settings, and what must be said of it (None: its whole record comes)
DEVICES = [
    ("plain", IOS, None),
    ("paging", IOS + "pager_stuck: true", None),
    ("enabled", IOS + "enable: s3cret, user_prompt: '{hostname}>'", None),
    ("coloured", IOS + "escapes: true", None),
    ("wrapping", IOS + "echo: wrap, width: 20", None),
    ("redrawing", IOS + "echo: redraw", None),
    ("backspacing", IOS + "echo: backspace", None),
    ("slow", IOS + "latency: 600ms", None),
    ("far", IOS + "rtt: 40ms", None),
    ("thin", IOS + "trickle: 20000", None),
    ("old", IOS + "legacy: true", None),
    ("greeting", IOS + r'banner: "Keep out\nsw#", motd: "router#\nother>\nlast words#"', None),
    ("by-key", IOS + "auth: publickey", None),
    ("by-keyboard", IOS + "auth: keyboard-interactive", None),
    ("by-none", IOS + "auth: none", None),
    ("crlf", IOS + r'newline: "\r\r\n"', None),
    ("host", LINUX, None),
    ("host-far", LINUX + "rtt: 40ms", None),

    ("s-accept", IOS + "silent: accept", "timed out"),
    ("s-banner", IOS + "silent: banner", "timed out"),
    ("s-kex", IOS + "silent: kex", "timed out during the key exchange"),
    ("s-auth", IOS + "silent: auth", "timed out during authentication"),
    ("s-channel", IOS + "silent: channel", "timed out during the opening of a channel"),
    ("s-prompt", IOS + "silent: prompt", "timed out.*without a prompt"),
    ("s-command", IOS + "silent: command", "timed out"),
    ("no-prompt", IOS + "no_prompt: true", "timed out.*without a prompt"),
    ("trickling", IOS + "trickle: 100", "show version: timed out"),
    ("dropping", IOS + "drop_after: 1000", "show version: .*closed"),
    ("endless", IOS + "endless: true, pager: ''", "show version: .*(larger than|passes|timed out)"),
    ("asking", IOS + "question: 'Proceed? [y/n] '", r"show version: .*asks 'Proceed\? \[y/n\]'"),
    ("asking-secret", IOS + "question: 'Password: '", "show version: .*asks 'Password:'"),
    ("asking-key", IOS + "ask_key: 'Press any key to continue'", "asks 'Press any key"),
    ("refusing", IOS + "responses: {show version: '% Authorization failed'}", "Authorization"),
    ("unknowing", IOS + r"responses: {show version: '% Invalid input detected at'}", "Invalid"),
    ("mute", IOS + "echo: 'off'", "timed out"),
    ("wrong-enable", IOS + "enable: other", "enable|Access denied"),
    ("key-changed", IOS + "host_key: changed", "host key has changed"),
    ("key-unlisted", IOS + "host_key: unlisted", "unknown host key"),
    ("key-revoked", IOS + "host_key: revoked", "revoked"),
    ("host-dropping", LINUX + "drop_after: 100", "closed"),
    ("host-endless", LINUX + "endless: true", "limit|larger|timed out"),
    ("host-silent", LINUX + "silent: command", "timed out"),
    ("host-trickling", LINUX + "trickle: 50", "timed out"),
]


def collect(folder, inventory, *options):
    began = time.time()
    done = subprocess.run([COLLECT, "-i", folder + "/" + inventory, "-t", "show_version",
                           "--timeout", "5", "-f", "ndjson", "-o", folder + "/out.ndjson",
                           *options], capture_output=True, text=True, timeout=120)
    records = {}
    for line in open(folder + "/out.ndjson"):
        record = json.loads(line)
        records.setdefault(record["host"], []).append(record)
    reasons = {}
    for line in done.stderr.splitlines():
        name, colon, reason = line.strip().partition(": ")
        if colon:
            reasons[name] = reason
    return done, records, reasons, time.time() - began


def all_at_once():
    text = "".join("- {hostname: %s, %s}\n" % (name, settings.rstrip(", "))
                   for name, settings, _ in DEVICES)
    with Lab(devices=text) as lab:
        # One device asks for another secret than the inventory has.
        with open(lab.dir + "/enable-wrong-enable", "w") as file:
            file.write("s3cret\n")
        done, records, reasons, took = collect(lab.dir, "hosts.yml")
        log = open(lab.dir + "/log").read()
    judge(done, records, reasons)
    check("as long as the slowest, not as all", took < 15, took)
    check("no secret typed in the open", "s3cret" not in log and "other" not in log)
    for name in ("key-changed", "key-unlisted", "key-revoked"):
        check("nothing sent to " + name, lab.stats[name]["auth_requests"] == "0", lab.stats[name])
    check("one question, no answer", "\tanswer\t" not in log)
    for name, row in lab.stats.items():
        check("one connection to " + name, row["connections"] in ("0", "1"), row)


def judge(done, records, reasons):
    check("exit status", done.returncode == 1, done)
    for name, settings, wanted in DEVICES:
        if wanted:
            check(name, re.search(wanted, reasons.get(name, "")) and name not in records,
                  reasons.get(name))
        else:
            rows = records.get(name, [])
            version = "12" if settings.startswith(LINUX) else "15.7(3)M8"
            check(name, len(rows) == 1 and rows[0]["version"] == version
                  and name not in reasons, reasons.get(name), rows)
    words = re.search(r"Ran \d+ commands across (\d+) hosts in .*\((\d+) failed\)", done.stderr)
    check("summary", words and int(words[1]) == len(DEVICES)
          and int(words[2]) == sum(1 for d in DEVICES if d[2]), done.stderr[:200])


def five_sessions():
    """A device with five lines and seven at its door: two are told so, five are served."""
    with Lab(devices="- {hostname: busy, %s max_sessions: 5, latency: 400ms}\n" % IOS) as lab:
        address, port = lab.hosts["busy"]
        with open(lab.dir + "/seven.yml", "w") as file:
            file.write("defaults: {username: admin, password_file: password, "
                       "known_hosts: known_hosts, platform: cisco_ios}\nhosts:\n")
            for i in range(7):
                file.write("  line%d: {address: %s, port: %d}\n" % (i, address, port))
        done, records, reasons, _ = collect(lab.dir, "seven.yml", "--allow-duplicate-address")
    check("five of seven", done.returncode == 1 and len(records) == 5
          and len([r for r in reasons if r.startswith("line")]) == 2, done, records.keys())


for test in (all_at_once, five_sessions):
    test()
sys.exit(failed())
