#!/usr/bin/python3
"""The rule packs of templates/audit: each rule has a folder fixtures/audit/PACK/RULE with

    case.yml     the platform, the command, and what was planted: a part of the evidence, or of the
                 pattern or expression that does not hold ("must: ..." where a line is missing)
    fail.txt     what a device says that breaks the rule
    pass.txt     what one says that does not

Each fail.txt must give FAIL with that evidence, each pass.txt PASS.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["SOURCE_DIR"])
PACKS = SOURCE / "templates" / "audit"
FIXTURES = SOURCE / "fixtures" / "audit"
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("COLLECT_", "NTC_", "NET_"))}
ENV["HOME"] = "/nonexistent"
bad = 0


def fail(text):
    global bad
    bad += 1
    print(text)


def audit(*args):
    return subprocess.run([os.environ["COLLECT"], "audit", *args, "--templates",
                           str(SOURCE / "templates")], capture_output=True, env=ENV, timeout=60)


def read_case(path):
    case = {}
    for line in path.read_text().splitlines():
        key, value = line.split(": ", 1)
        quoted = value.startswith("'") and value.endswith("'")
        case[key] = value[1:-1].replace("''", "'") if quoted else value
    return case


def rules_of(pack):
    return re.findall(r"^  - id: (\S+)$", pack.read_text(), re.M)


def check_files(pack):
    """The pack checks clean, and its rules are those that have folders."""
    done = audit("check", str(pack))
    if done.returncode != 0 or done.stdout or done.stderr:
        fail(f"{pack.name}: {done.stdout.decode()}{done.stderr.decode()}")
    folder = FIXTURES / pack.stem
    rules, folders = set(rules_of(pack)), {path.name for path in folder.iterdir()}
    for rule in sorted(rules ^ folders):
        fail(f"{pack.stem}: {rule} has no " + ("folder" if rule in rules else "rule"))


def lay_out(pack, raw):
    """A folder as --save-raw leaves it, with two hosts a rule."""
    hosts, jobs, cases = [], [], {}
    for folder in sorted((FIXTURES / pack.stem).iterdir()):
        case = cases[folder.name] = read_case(folder / "case.yml")
        for which in ("fail", "pass"):
            host = f"{folder.name}.{which}"
            (raw / host).mkdir()
            (raw / host / "output.txt").write_bytes((folder / f"{which}.txt").read_bytes())
            hosts.append({"host": host, "address": "192.0.2.1", "platform": case["platform"],
                          "groups": [], "data": {}})
            jobs.append({"host": host, "platform": case["platform"], "command": case["command"],
                         "asked": case["command"], "template": False,
                         "file": f"{host}/output.txt", "status": "ok", "reason": None,
                         "collected_at": "2026-03-03T08:00:00Z"})
    manifest = {"started": "2026-03-03T08:00:00Z", "hosts": hosts, "jobs": jobs}
    (raw / "manifest.json").write_text(json.dumps(manifest))
    return cases


def is_planted(finding, planted):
    return any(planted in (part or "") for seen in finding["evidence"]
               for part in (seen["text"], seen["expected"]))


def judge(pack, cases, findings):
    for rule in rules_of(pack):
        for which, wanted in (("fail", "FAIL"), ("pass", "PASS")):
            finding = findings.get((rule, f"{rule}.{which}"))
            if not finding or finding["verdict"] != wanted:
                fail(f"{rule}: {which}.txt should {wanted}: {finding}")
            elif wanted == "FAIL" and not is_planted(finding, cases[rule]["planted"]):
                fail(f"{rule}: '{cases[rule]['planted']}' is not in {finding['evidence']}")


def check_pack(pack):
    check_files(pack)
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder) / "raw"
        raw.mkdir()
        cases = lay_out(pack, raw)
        done = audit("-r", pack.stem, "--from", str(raw), "-f", "json", "--all")
    if done.returncode != 5:
        fail(f"{pack.stem}: exit {done.returncode}: {done.stderr.decode()[:2000]}")
    report = json.loads(done.stdout or b'{"findings": []}')
    judge(pack, cases, {(f["rule"], f["host"]): f for f in report["findings"]})


for one in sorted(PACKS.glob("*.yml")):
    check_pack(one)
count = sum(len(rules_of(pack)) for pack in PACKS.glob("*.yml"))
print(f"{count} rules")
sys.exit(1 if bad or count < 20 else 0)
