#!/usr/bin/python3
"""The spreadsheet as openpyxl reads it: sheets, counts, colours, evidence, no formulas."""
import json
import os
import subprocess
import sys
import tempfile
import warnings
import zipfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from audits import DRIVER, VERDICTS, report, run_tests

try:
    import openpyxl
except ImportError:
    print("skipped: python3-openpyxl is not installed")
    sys.exit(77)
warnings.simplefilter("ignore")

COLORS = {"FAIL": "FFFFC7CE", "ERROR": "FFFFEB9C", "WAIVED": "FFDDEBF7", "PASS": "FFC6EFCE",
          "SKIP": "FFF2F2F2"}


def read(case, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/audit.xlsx"
        p = subprocess.run([DRIVER, case, "-o", path, *options], stderr=subprocess.PIPE)
        if b"without libxlsxwriter" in p.stderr:
            print("skipped: built without libxlsxwriter")
            sys.exit(77)
        assert p.returncode == 0 and not p.stderr, p.stderr
        with zipfile.ZipFile(path) as z:
            for name in z.namelist():
                if name.startswith("xl/worksheets/"):
                    sheet = z.read(name)
                    assert b"<f>" not in sheet and b"<f " not in sheet and b"hyperlink" not in sheet
        return openpyxl.load_workbook(path)


def rows(sheet):
    names, *rest = [[c.value for c in row] for row in sheet.iter_rows()]
    return [dict(zip(names, row)) for row in rest]


def counts_are_the_audits():
    for case in ("all", "baseline", "no-rules"):
        summary = json.loads(report(case, "-f", "json"))["summary"]
        book = read(case)
        assert book.sheetnames == ["Summary", "Rules", "Hosts", "Matrix", "Evidence"]
        told = {row["what"]: row["value"] for row in rows(book["Summary"])}
        for verdict in VERDICTS:
            assert told[verdict] == summary[verdict.lower()], verdict
            assert sum(r[verdict] for r in rows(book["Rules"])) == summary[verdict.lower()]
            assert sum(r[verdict] for r in rows(book["Hosts"])) == summary[verdict.lower()]
        assert ("worse than the baseline" in told) == (case == "baseline")


def the_matrix_is_in_colour():
    for case in ("all", "baseline"):
        findings = json.loads(report(case, "-f", "json"))["findings"]
        sheet = read(case)["Matrix"]
        assert sheet.freeze_panes == "B2"
        got = {}
        for row in sheet.iter_rows(min_row=2):
            for cell in row[1:]:
                if cell.value:
                    assert cell.fill.start_color.rgb == COLORS[cell.value], cell.value
                    got[sheet.cell(1, cell.column).value, row[0].value] = cell.value
        want = {(f["rule"], f["host"].replace("\x07", "_x0007_")): f["verdict"] for f in findings}
        assert got == want


def evidence_has_what_was_seen():
    findings = [f for f in json.loads(report("all", "-f", "json"))["findings"]
                if f["verdict"] in VERDICTS[:3]]
    got = rows(read("all")["Evidence"])
    assert len(got) == sum(max(1, len(f["evidence"])) for f in findings)
    lines = [(r["line"], r["text"]) for r in got if r["host"] == "sw10" and r["verdict"] == "FAIL"]
    assert lines == [(211, " transport input telnet ssh"), (215, " transport input all")]
    assert any(r["text"] == '=HYPERLINK("http://x")' for r in got)


def many_rules_go_on_in_another_matrix():
    book = read("2x1001")
    assert book.sheetnames == ["Summary", "Rules", "Hosts", "Matrix", "Matrix (2)", "Evidence"]
    assert book["Matrix"].max_column == 1001 and book["Matrix (2)"].max_column == 2
    assert book["Matrix (2)"]["B1"].value == "rule-1000"


run_tests(counts_are_the_audits, the_matrix_is_in_colour, evidence_has_what_was_seen,
          many_rules_go_on_in_another_matrix)
