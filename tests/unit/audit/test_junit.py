#!/usr/bin/python3
"""JUnit: well-formed and valid under tests/lib/junit.xsd, with a case a host and rule."""
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from audits import CASES, report, run_tests

SCHEMA = os.environ["SOURCE_DIR"] + "/tests/lib/junit.xsd"


def complaints(document):
    p = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, "-"], input=document,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.stderr.decode() if p.returncode else ""


def all_are_valid():
    for case in CASES + ("200x10",):
        said = complaints(report(case, "-f", "junit")) if case != "unknown" else ""
        assert not said, (case, said)


def the_schema_refuses_faults():
    good = report("all", "-f", "junit")
    for old, new in ((b' errors="', b' erors="'), (b'<properties>', b'<property>'),
                     (b'timestamp="2026-11-23T02:00:00"', b'timestamp="2026-11-23T02:00:00Z"'),
                     (b'tests="6"', b'tests="six"'), (b'time="0"/>', b'/>'),
                     (b'<testcase ', b'<testcase x="1" '), (b' id="1"', b' id="0"'),
                     (b'<skipped message', b'<skiped message'), (b"<testsuites>", b"<testsuites a='1'>")):
        assert old in good
        assert complaints(good.replace(old, new, 1)), new


def cases_are_the_findings():
    outcomes = {"FAIL": "failure", "ERROR": "error", "WAIVED": "skipped", "SKIP": "skipped",
                "PASS": None}
    for case in CASES:
        findings = json.loads(report(case, "-f", "json"))["findings"]
        root = ET.fromstring(report(case, "-f", "junit"))
        cases = [c for suite in root for c in suite.iter("testcase")]
        assert len(cases) == len(findings)
        for one, finding in zip(cases, findings):
            assert one.get("classname") == finding["rule"]
            inside = [child.tag for child in one]
            want = outcomes[finding["verdict"]]
            assert inside == ([want] if want else []), (inside, finding)
        for suite in root:
            for attribute, tag in (("failures", "failure"), ("errors", "error"),
                                   ("skipped", "skipped"), ("tests", "testcase")):
                assert int(suite.get(attribute)) == len(list(suite.iter(tag))), attribute


def evidence_is_in_the_text():
    root = ET.fromstring(report("all", "-f", "junit"))
    fails = {(c.get("classname"), c.get("name")): c.find("failure")
             for c in root.iter("testcase") if c.find("failure") is not None}
    one = fails["no-telnet", "sw10"]
    assert one.get("message") == ("2 of 16 blocks lack what they must have (the waiver of bob <bob@x> "
                                  "expired on 2026-01-31: rules.yml:50)")
    assert "show running-config:215:  transport input all\n  expected: must ^ tr" in one.text
    hostile = fails["hostile.</script>", "<img src=x onerror=alert(1)>\\x07"]
    assert "\\x1b]0;owned\\x07\\x1b[2J</script><script>window.hacked=1</script>\\r\n" in hostile.text
    assert "\\u{fffe}" in hostile.text and "and 1228 more" in hostile.text
    waived = [c for c in root.iter("skipped") if "waived by ada until 2027-05-31" in c.get("message")]
    assert len(waived) == 1


if not shutil.which("xmllint"):
    print("skipped: xmllint (libxml2-utils) is not installed")
    sys.exit(77)
run_tests(all_are_valid, the_schema_refuses_faults, cases_are_the_findings,
          evidence_is_in_the_text)
