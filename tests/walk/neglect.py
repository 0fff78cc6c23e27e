#!/usr/bin/python3
"""No option is accepted and does nothing: each verb, in each way to use it, is run with each option
that its help shows. The option must change what comes out, or be refused in a line that names it; or
it stands below among those whose effect these runs cannot show."""
import concurrent.futures
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
import saved_run  # noqa: E402

COLLECT = os.environ["COLLECT"]
SOURCE = os.environ["SOURCE_DIR"]
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("COLLECT_", "NTC_", "NET_", "SSH_"))}
ENV.update(COLLECT_TEMPLATES=SOURCE + "/templates", HOME="/nonexistent", LC_ALL="C.UTF-8", COLUMNS="80")

TALK = "color quiet verbose help version"  # of every verb, for whatever there may be to say
LOGIN = ("user port key ssh-config ask-pass password-file password-fd host-keys workers connect-rate "
         "stop-on-auth-failure timeout retries")  # seen by devices alone
NARROW = "where select sort limit offset"  # of no records
SAVED = "save-raw redact failed report"

# How a verb is used: its words, and the options whose effect cannot be seen in it.
RUN = "run -q -t show_clock -H 127.0.0.1:1 --platform cisco_ios -F none"
USES = [
    (RUN, LOGIN + " template command ordered pretty allow-duplicate-address redact templates platform allow-changes inventory "
     + NARROW),
    (RUN + " -f csv", LOGIN + " command allow-duplicate-address redact templates platform allow-changes"
     " inventory ordered csv-safe list-sep " + NARROW),
    (RUN + " -f text", LOGIN + " template command allow-duplicate-address redact templates platform "
     "allow-changes inventory ordered format"),
    (RUN + " -o new.db", LOGIN + " template command allow-duplicate-address redact templates platform "
     "allow-changes inventory columns"),
    ("run --dry-run -t show_version -i hosts.yml -F none", LOGIN + " allow-duplicate-address "
     "allow-changes dry-run templates resume columns ordered " + SAVED + " " + NARROW),
    ("parse -T list.textfsm list.txt", "templates sort"),
    ("parse -T list.textfsm list.txt -f csv", "templates sort"),
    ("parse -T list.textfsm list.txt -f text", "templates template-file"),
    ("parse -T list.textfsm list.txt -o new.db", "template-file templates command platform"),
    ("parse raw -o new.db", "template command template-file templates"),
    ("parse --platform cisco_ios -t show_clock clock.txt", "sort"),
    ("parse --platform cisco_ios -c 'show clock' clock.txt", "sort"),
    ("parse raw", "command template"),
    ("explain -T list.textfsm list.txt", "templates only"),
    ("explain --platform cisco_ios -t show_clock clock.txt", "only"),
    ("lint bad.textfsm", ""),
    ("lint bad.textfsm -f csv", "csv-safe list-sep"),
    ("test fixtures", ""),
    ("test fixtures -f csv", ""),
    ("query run.db", ""),
    ("query run.db -f csv", "csv-safe list-sep"),
    ("query _hosts run.db", ""),
    ("query 'SELECT * FROM _hosts' run.db", ""),
    ("diff run.db later.db", ""),
    ("diff run.db later.db -f csv", "csv-safe list-sep"),
    ("schema -t show_version --platform cisco_ios", "pretty template allow-changes inventory host templates"),
    ("schema -t show_version -i hosts.yml", "pretty allow-duplicate-address allow-changes templates"),
    ("schema -t show_version -i hosts.yml -f csv", "allow-duplicate-address allow-changes csv-safe "
     "list-sep templates"),
    ("templates list", ""),
    ("templates match cisco_ios 'show clock'", ""),
    ("templates show show_clock --platform cisco_ios", ""),
    ("templates new cisco_ios 'show x' table.txt --templates made", "templates force"),
    ("hosts -i hosts.yml -F none", "allow-duplicate-address"),
    ("hosts -i hosts.yml -F none -v", "allow-duplicate-address"),
    ("hosts -i hosts.yml -F none -f yaml", "allow-duplicate-address"),
    ("hosts --detect -q -H 127.0.0.1:1 -F none", LOGIN + " allow-duplicate-address templates detect "
     "inventory"),
    ("audit -r rules.yml --from raw", "templates"),
    ("audit -r rules.yml --from raw -i hosts.yml -F none", "templates allow-duplicate-address ssh-config"),
    ("audit -q -r rules.yml -H 127.0.0.1:1 --platform cisco_ios -F none", LOGIN + " templates fail-on "
     "allow-duplicate-address redact platform all allow-changes inventory"),
    ("audit --dry-run -r rules.yml -i hosts.yml -F none", LOGIN + " allow-duplicate-address "
     "allow-changes templates rules baseline fail-on dry-run all " + SAVED),
    ("audit check bad.yml", "templates"),
    ("audit explain clock sw2 -r rules.yml --from raw", "templates rules inventory target"),
    ("version", ""),
    ("help", ""),
    ("help run", ""),
]
VALUES = {
    "template": "show_interfaces", "command": "'show clock'", "template-file": "other.textfsm",
    "platform": "linux", "rules": "bad.yml", "from": "run.db", "baseline": "run.db",
    "fail-on": "critical", "templates": "own", "inventory": "other-hosts.yml", "host": "127.0.0.2:1",
    "target": "sw2", "user": "someone", "port": "2222", "key": "key", "ssh-config": "ssh.conf",
    "password-file": "password", "password-fd": "3", "host-keys": "off", "workers": "7",
    "connect-rate": "9", "timeout": "77", "retries": "1", "save-raw": "saved", "failed": "failed.yml",
    "report": "report.json", "format": "ndjson", "output": "out.csv", "columns": "site",
    "require-schema": "schema.json", "delimiter": "';'", "list-sep": "'|'", "explode": "items",
    "numeric": "host", "resume": "run.db", "only": "records", "where": "\"host = 'none'\"",
    "select": "host", "sort": "'host DESC'", "limit": "0", "offset": "1", "ignore": "time",
    "color": "always",
}


def make_files():
    files = {
        "list.textfsm": "Value Key name (\\S+)\nValue List items (\\S+)\n\nStart\n"
                        "  ^${name}: ${items} -> Continue\n  ^\\S+: \\S+ ${items} -> Record\n  ^. -> Error\n",
        "other.textfsm": "Value other (.*)\n\nStart\n  ^${other} -> Record\n",
        "list.txt": "b: =1 2\na: 3 4\n",
        "clock.txt": "*10:11:12.345 UTC Mon Nov 23 2026\n",
        "bad.textfsm": "Value a (\\S+)\nValue b (\\d+)\n\nStart\n  ^${a} -> Record\n",
        "table.txt": "Name  Port\na     1\nb     2\n",
        "hosts.yml": "groups: {core: {}}\nhosts:\n"
                     "  sw1: {address: 127.0.0.1, platform: cisco_ios, data: {site: ber}}\n"
                     "  sw2: {address: 127.0.0.2, platform: linux, groups: [core], data: {site: ams}}\n",
        "other-hosts.yml": "hosts:\n  sw2: {address: 127.0.0.3, platform: cisco_ios}\n",
        "rules.yml": "rules:\n- {id: clock, title: t, command: show clock, lines: {must: [UTC]}}\n",
        "other.yml": "rules:\n- {id: other, title: t, command: show clock, lines: {must: [CET]}}\n",
        "bad.yml": "rules:\n- {id: bad, title: t, command: show clock, lines: {must: ['(']}}\n",
        "key": "", "password": "secret\n", "ssh.conf": "Host *\n  User other\n", "schema.json": "{}",
        "own/index": "Template, Platform, Command\ncisco_ios/show_clock.textfsm, cisco_ios, show clock\n",
        "own/cisco_ios/show_clock.textfsm": "Value own (.*)\n\nStart\n  ^${own} -> Record\n",
        "own/cisco_ios/platform.yml": open(SOURCE + "/templates/cisco_ios/platform.yml").read(),
        "fixtures/cisco_ios/show_clock/a.txt": "*10:11:12.345 UTC Mon Nov 23 2026\n",
        "fixtures/cisco_ios/show_clock/a.json": "[]",
        "raw/sw1/c.txt": "*10:11:12.345 UTC Mon Nov 23 2026\n",
        "raw/sw2/c.txt": "*10:11:12.345 CET Mon Nov 23 2026\n",
        "raw/manifest.json": """{"started":"2026-11-23T01:20:01Z","hosts":[
{"host":"sw1","address":"10.0.0.1","platform":"cisco_ios","groups":["core"],"data":{}},
{"host":"sw2","address":"10.0.0.2","platform":"cisco_ios","groups":[],"data":{}}],
"jobs":[%s]}""" % ",".join('{"host":"%s","platform":"cisco_ios","command":"show clock","asked":'
                           '"show clock","template":false,"file":"%s/c.txt","status":"ok","reason":null,'
                           '"collected_at":"2026-11-23T01:20:05Z"}' % (h, h) for h in ("sw1", "sw2")),
    }
    for path, text in files.items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
    os.chmod("password", 0o600)
    for path, clock in (("run.db", "10:11"), ("later.db", "10:12")):
        with sqlite3.connect(path) as db:
            db.executescript(SCHEMA % clock)


SCHEMA = saved_run.TABLES + """
CREATE TABLE show_clock(_run INTEGER, host TEXT, command TEXT, time TEXT, address TEXT);
INSERT INTO _runs(id, started, ended) VALUES(1, 'then', 'then');
INSERT INTO _hosts(run, host, platform, status, place) VALUES(1, 'sw1', 'cisco_ios', 'ok', 1),
  (1, 'sw2', 'cisco_ios', 'ok', 2);
INSERT INTO _jobs(run, host, command, status, output) VALUES(1, 'sw1', 'show clock', 'ok', 'x'),
  (1, 'sw2', 'show clock', 'ok', 'x');
INSERT INTO show_clock VALUES(1, 'sw1', 'show clock', '%s', 'a');
"""


def options_of(verb):
    """{name: (letter, argument)}, as help has them."""
    text = subprocess.run([COLLECT, "help", verb], env=ENV, capture_output=True, text=True).stdout
    found = re.findall(r"^  (?:-(\w), |    )--([a-z-]+)(?: (\S+))?", text, re.M)
    return {name: (letter, arg) for letter, name, arg in found if name not in TALK.split()}


def run(words, folder):
    """All that came: the status, what was said, and the files that were not there before."""
    shutil.copytree(".", folder, symlinks=True)
    done = subprocess.run(["/bin/sh", "-c", "%s %s 3<password" % (COLLECT, words)], cwd=folder, env=ENV,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    text = re.sub(rb"\d+\.\d+ s|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", b"TIME", done.stdout + done.stderr)
    files = {}
    for path, _, names in os.walk(folder):
        for name in names:
            files[os.path.relpath(os.path.join(path, name), folder)] = \
                open(os.path.join(path, name), "rb").read() if not name.endswith(".db") else b""
    shutil.rmtree(folder)
    return done.returncode, text, files


def judge(use, name, letter, value, base, folder):
    got = run("%s --%s%s" % (use, name, value and " " + value), folder)
    line = got[1].decode(errors="replace").split("\n")[0]
    spelled = "--" + name in line or (letter and re.search(r"(?<![\w-])-%s\b" % letter, line))
    if got[0] == 2 and spelled:
        return "refused", line
    return ("neglected" if got == base else "works"), line


def main():
    os.chdir(sys.argv[1])
    make_files()
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool, tempfile.TemporaryDirectory() as scratch:
        number = 0
        for use, unseen in USES:
            base = run(use, "%s/base" % scratch)
            if "-v" in sys.argv:
                print("USE", use, base[0], base[1][:300])
            for name, (letter, arg) in options_of(use.split()[0]).items():
                number += 1
                jobs.append((use, name, unseen.split(), pool.submit(
                    judge, use, name, letter, VALUES[name] if arg else "", base,
                    "%s/%d" % (scratch, number))))
        wrong = 0
        for use, name, unseen, job in jobs:
            verdict, line = job.result()
            if verdict == "neglected" and name not in unseen:
                print("neglected: collect %s --%s" % (use, name))
                wrong += 1
            elif verdict == "refused" and name in unseen and "--" + name + " is " in line:
                print("refused, and yet among the unseen: collect %s --%s" % (use, name))
                wrong += 1
            elif verdict == "refused" and "-v" in sys.argv:
                print("refused: collect %s --%s: %s" % (use, name, line))
    print("%d runs, %d wrong" % (len(jobs), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        sys.argv.insert(1, work)
        sys.exit(main())
