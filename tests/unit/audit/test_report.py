#!/usr/bin/python3
"""Reports against golden files, and what other people's readers make of them. --bless writes the
golden files anew. What the formats promise beside that: text that is safe on a terminal and fits
it, CSV without formulas, JSON of the shape that report.h tells, one order whatever came first."""
import base64
import csv
import hashlib
import html.parser
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from audits import CASES, DRIVER, HOSTS, RULES, VERDICTS, report, run_tests

GOLDEN = os.environ["SOURCE_DIR"] + "/tests/unit/audit/golden/"
EXTENSIONS = {"table": "txt", "json": "json", "ndjson": "ndjson", "csv": "csv", "junit": "xml",
              "sarif": "sarif", "markdown": "md"}
BLESS = sys.argv[1:] == ["--bless"]


def golden_cases():
    for name, extension in EXTENSIONS.items():
        yield f"all.{extension}", ("all", "-f", name)
        yield f"baseline.{extension}", ("baseline", "-f", name)
    for case in ("clean", "no-hosts", "no-rules", "unknown"):
        yield f"{case}.txt", (case,)
        yield f"{case}.json", (case, "-f", "json")
    yield "terminal.txt", ("all", "--tty", "80", "--color")
    yield "narrow.txt", ("all", "--tty", "40")
    yield "verbose.txt", ("all", "--tty", "80", "--all")
    yield "many-hosts.txt", ("30x3", "--tty", "80")


def golden_files_come_out():
    wrong = []
    for name, case in golden_cases():
        got = report(*case)
        if BLESS:
            os.makedirs(GOLDEN, exist_ok=True)
            with open(GOLDEN + name, "wb") as f:
                f.write(got)
        elif not os.path.exists(GOLDEN + name) or open(GOLDEN + name, "rb").read() != got:
            wrong.append(name)
            subprocess.run(["diff", "-u", GOLDEN + name, "-"], input=got)
    if wrong:
        sys.exit(f"differ: {' '.join(wrong)} (--bless writes them anew)")


def findings(case, *options):
    return json.loads(report(case, "-f", "json", *options))["findings"]


# ---- JSON -----------------------------------------------------------------------------------

FINDING = {"rule", "severity", "title", "host", "platform", "verdict", "trend", "reason",
           "violations", "waiver", "evidence"}
EVIDENCE = {"command", "line", "text", "expected", "template", "template_fingerprint",
            "collected_at", "output_sha256"}
COUNTS = {v.lower() for v in VERDICTS}


def json_has_the_shape():
    for case in CASES:
        document = json.loads(report(case, "-f", "json"))
        assert list(document) == ["audit", "summary", "rules", "hosts", "findings", "warnings"]
        assert set(document["audit"]) == {"source", "judged", "started", "version", "compared",
                                          "rule_files"}
        summary = document["summary"]
        assert set(summary) == COUNTS | {"hosts", "rules", "findings", "worse", "better"}
        assert sum(summary[count] for count in COUNTS) == summary["findings"]
        assert len(document["rules"]) == summary["rules"]
        assert len(document["hosts"]) == summary["hosts"]
        for rule in document["rules"]:
            assert set(rule) == COUNTS | {"id", "title", "severity", "kind", "why", "fix"}
        for host in document["hosts"]:
            assert set(host) == COUNTS | {"name", "platform"}
        for finding in document["findings"]:
            assert set(finding) == FINDING
            assert finding["verdict"] in VERDICTS and finding["trend"] in (None, "worse", "better")
            assert all(set(evidence) == EVIDENCE for evidence in finding["evidence"])
        for key in COUNTS:
            total = sum(rule[key] for rule in document["rules"])
            assert total == sum(host[key] for host in document["hosts"]) == summary[key]


def ndjson_is_the_findings():
    for case in CASES:
        lines = report(case, "-f", "ndjson").decode().splitlines()
        assert [json.loads(line) for line in lines] == findings(case)


def each_host_and_rule_is_there_once():
    got = {(f["rule"], f["host"]) for f in findings("all")}
    assert len(got) == len(findings("all")) == HOSTS * RULES


def hosts_go_by_name():
    names = [h["name"] for h in json.loads(report("all", "-f", "json"))["hosts"]]
    assert names.index("sw2") < names.index("sw10"), names
    assert [f["host"] for f in findings("all")] == names * RULES


def a_baseline_leaves_what_changed():
    some, every = findings("baseline"), findings("baseline", "--all")
    assert len(every) == HOSTS * RULES and 0 < len(some) < len(every)
    assert some == [f for f in every if f["trend"]]


# ---- CSV ------------------------------------------------------------------------------------

def csv_is_a_line_an_evidence():
    rows = list(csv.DictReader(io.StringIO(report("all", "-f", "csv").decode("latin-1"), newline="")))
    want = sum(max(1, len(f["evidence"])) for f in findings("all"))
    assert len(rows) == want
    for row in rows:
        assert None not in row and None not in row.values()
        for cell in row.values():
            assert not cell or cell[0] not in "=+-@\t\r", cell
    fails = [r for r in rows if r["verdict"] == "FAIL" and r["host"] == "sw10"]
    assert [(r["violation"], r["line"], r["text"]) for r in fails] == [
        ("1", "211", " transport input telnet ssh"), ("2", "215", " transport input all")]
    assert fails[0]["waiver_expires"] == "2026-01-31"
    assert fails[0]["waiver_reason"] == "'=cmd|' /C calc'!A0"


# ---- Text for people ------------------------------------------------------------------------

def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def text_fits_and_is_safe():
    for columns in (30, 40, 60, 80, 132):
        for case in ("all", "baseline"):
            colored = report(case, "--tty", str(columns), "--color").decode()
            plain = re.sub("\x1b\\[[0-9;]*m", "", colored)
            assert plain == report(case, "--tty", str(columns)).decode()
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", plain), columns
            if columns >= 60:
                wide = [line for line in plain.split("\n") if width(line) > columns]
                assert not wide, (columns, wide)
    for name, _ in (("csv", 0), ("markdown", 0)):
        said = report("all", "-f", name, "--tty", "80").decode()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said), name


def nobody_is_named_twice_for_nothing():
    text = report("all", "--tty", "80").decode()
    assert text.count("dead-host") == 1, text
    assert text.count("core1.example") == 4  # three findings and the table of hosts
    assert "  FAIL    core1.example, sw2\n          no line of 'show running-config'" in text


# ---- HTML -----------------------------------------------------------------------------------

class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = {}, set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data):
        self.text += data


def the_page_names_its_own_script():
    text = report("all", "-f", "html").decode()
    for tag in ("style", "script"):
        content = re.search(f"<{tag}>(.*?)</{tag}>", text, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        if f"{tag}-src 'sha256-{digest}'" not in text:
            sys.exit(f"report_page.c: report_{tag}_hash should be sha256-{digest}")
    assert "default-src 'none'" in text


def the_page_has_no_markup_of_others():
    hostile, harmless = Reader(), Reader()
    hostile.feed(report("all", "-f", "html").decode())
    harmless.feed(report("20x3", "-f", "html").decode())
    assert set(hostile.tags) <= set(harmless.tags) | {"small", "dt"}, hostile.tags
    assert hostile.tags["script"] == 1 and "img" not in hostile.tags
    assert hostile.attributes <= harmless.attributes, hostile.attributes
    for text in ("\\x1b]0;owned\\x07", "</script><script>window.hacked=1</script>", "\\u{202e}",
                 "<img src=x onerror=window.hacked=1>"):
        assert text in hostile.text, text
    page = report("all", "-f", "html").decode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", page)
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import""", re.sub(r"&lt;.*?&gt;", "", page))


# ---- Size -----------------------------------------------------------------------------------

def peak_kib(*options):
    """The most memory that a report took."""
    p = subprocess.Popen([DRIVER, *options, "-o", "/dev/null"])
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    assert p.returncode == 0
    return usage.ru_maxrss


def large_reports_are_not_kept():
    with open(DRIVER, "rb") as f:
        if b"__asan_init" in f.read():
            return  # whose memory is no measure
    for name in ("table", "json", "csv", "sarif", "html"):
        small, large = peak_kib("50x30", "-f", name), peak_kib("2000x30", "-f", name)
        # The findings themselves take some 6 MiB, the reports up to 31.
        assert large < small + 12 * 1024, (name, small, large)


# ---- Where it goes --------------------------------------------------------------------------

def refused(*options):
    p = subprocess.run([DRIVER, "all", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stderr.decode()


def the_extension_gives_the_format():
    with tempfile.TemporaryDirectory() as folder:
        for name, begin in (("a.json", b"{\n"), ("a.ndjson", b'{"rule"'), ("a.csv", b"rule,"),
                            ("a.xml", b"<?xml"), ("a.sarif", b'{\n  "$schema"'),
                            ("a.sarif.json", b'{\n  "$schema"'), ("A.XLSX", b"PK"),
                            ("a.html", b"<!doctype"), ("a.md", b"## Audit"), ("a.txt", b"Audit of"),
                            ("a", b"Audit of")):
            report("all", "-o", f"{folder}/{name}")
            with open(f"{folder}/{name}", "rb") as f:
                got = f.read()
            assert got.startswith(begin), (name, got[:20])
        status, said = refused("-o", folder + "/a.doc")
        assert status == 2 and "a.doc" in said and "sarif" in said, said
        status, said = refused("-o", folder)
        assert status == 2 and "is a folder" in said, said
        status, said = refused("-o", folder + "/none/a.csv")
        assert status == 4, said
        assert sorted(os.listdir(folder))[0] == "A.XLSX" and len(os.listdir(folder)) == 11


def bad_formats_and_places_are_refused():
    status, said = refused("-f", "pdf")
    assert status == 2 and "pdf" in said and "html" in said, said
    status, said = refused("-f", "xlsx", "--tty", "80")
    assert status == 2 and "-o FILE" in said, said
    for name in list(EXTENSIONS) + ["html"]:
        status, said = refused("-f", name, "-o", "/dev/full")
        assert status == 4 and "/dev/full" in said, (name, said)


run_tests(golden_files_come_out, json_has_the_shape, ndjson_is_the_findings,
          each_host_and_rule_is_there_once, hosts_go_by_name, a_baseline_leaves_what_changed,
          csv_is_a_line_an_evidence, text_fits_and_is_safe, nobody_is_named_twice_for_nothing,
          the_page_names_its_own_script, the_page_has_no_markup_of_others, large_reports_are_not_kept,
          the_extension_gives_the_format, bad_formats_and_places_are_refused)
