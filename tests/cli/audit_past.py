#!/usr/bin/python3
"""Audits over databases that no run of ours has saved: each is judged, or refused in one line."""
import os
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
import saved_run  # noqa: E402

COLLECT = os.path.abspath(os.environ.get("COLLECT", "build/collect"))
TEMPLATES = os.environ["SOURCE_DIR"] + "/templates"
SCHEMA = saved_run.TABLES + """
INSERT INTO _runs(id, ended) VALUES(1, 'then');
"""
RULES = """rules:
  - {id: a, title: t, command: uptime, lines: {must: [up]}}
"""
# what is there, exit status, what is said of it
CASES = [
    (dict(), 0, "1 PASS"),
    (dict(output="down"), 5, "1 FAIL"),
    (dict(output=None), 5, "1 FAIL"),
    (dict(output=b"\x00up\xff"), 0, "1 PASS"),
    (dict(status="unheard-of"), 1, "1 ERROR"),
    (dict(status=None), 1, "1 ERROR"),
    (dict(status="parse-error"), 0, "1 PASS"),
    (dict(host="h\x1b[31m\n"), 0, "1 PASS"),
    (dict(host=None), 0, "0 hosts"),
    (dict(platform=None), 1, "platform is not known"),
    (dict(platform="auto"), 1, "platform is not known"),
    (dict(platform="../../etc"), 3, "is no platform's name"),
    (dict(platform="cisco_oss"), 3, "did you mean 'cisco_ios'"),
    (dict(groups=",,,a,,"), 0, "1 PASS"),
    (dict(data='{"a":'), 3, "the data of h"),
    (dict(data='{"a":{"b":1}}'), 3, "must be text"),
    (dict(data="[1]"), 3, "must be a map"),
    (dict(data='{"a":"1","a":"2"}'), 3, "a second time"),
    (dict(data="{" * 1000), 3, "the data of h"),
    (dict(data=b"\xff\xff{"), 3, "the data of h"),
    (dict(data=""), 0, "1 PASS"),
    (dict(sql="DELETE FROM _runs"), 3, "holds no run"),
    (dict(sql="DROP TABLE _jobs"), 3, "is no saved run"),
    (dict(sql="DELETE FROM _jobs"), 1, "the run holds no output of 'uptime'"),
    (dict(sql="INSERT INTO _hosts SELECT * FROM _hosts"), 0, "1 host, 1 rule"),
    (dict(sql="INSERT INTO _runs(id) VALUES(2)"), 0, "0 hosts"),
]
failures = 0


def make(host="h", platform="linux", data=None, groups=None, status="ok", output="up 3 days", sql=""):
    if os.path.exists("run.db"):
        os.remove("run.db")
    with sqlite3.connect("run.db") as db:
        db.executescript(SCHEMA)
        db.execute("INSERT INTO _hosts(run, host, platform, status, groups, data) "
                   "VALUES(1, ?, ?, 'ok', ?, ?)", (host, platform, groups, data))
        db.execute("INSERT INTO _jobs(run, host, command, status, output) "
                   "VALUES(1, ?, 'uptime', ?, ?)", (host, status, output))
        db.executescript(sql)
    db.close()


def check(case, status, words):
    global failures
    make(**case)
    done = subprocess.run([COLLECT, "audit", "--templates", TEMPLATES, "-r", "rules.yml", "--from",
                           "run.db"], capture_output=True, timeout=20)
    said = (done.stdout + done.stderr).decode(errors="replace")
    good = done.returncode == status and words in said
    good = good and (status != 3 or (said.count("\n") == 1 and not done.stdout))
    if not good or "\x1b" in said:
        failures += 1
        print("FAILED:", case, "status", done.returncode, said)


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    open("rules.yml", "w").write(RULES)
    for one in CASES:
        check(*one)
    os.chdir("/")
sys.exit(failures > 0)
