#!/usr/bin/python3
"""The audit's page in headless Chromium: its counts are the audit's, it filters, its evidence
opens, nothing else runs and nothing is loaded. With a folder as argument, screenshots are left
there to be looked at."""
import json
import os
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from audits import VERDICTS, report
from browser import Page, need_browser

PICTURES = sys.argv[1] if len(sys.argv) > 1 else None
SHOWN = "[...document.querySelectorAll('.rule:not([hidden]) tbody>tr:not([hidden])')]"


def open_page(folder, case, *options):
    path = f"{folder}/{case}.html"
    report(case, "-f", "html", "-o", path, *options)
    return Page("file://" + path, f"{folder}/{case}-profile")


def picture(page, name):
    if PICTURES:
        page.screenshot(f"{PICTURES}/{name}.png")


def tick(page, verdict):
    page.ask(f"document.querySelector('.bar input[value={verdict}]').click()")


def shown(page):
    return page.ask(SHOWN + ".map(row => [row.dataset.v, row.dataset.h])")


def counts_are_the_audits(page, case):
    document = json.loads(report(case, "-f", "json"))
    counts = page.ask("""Object.fromEntries([...document.querySelectorAll('.counts li')]
                        .map(li => [li.className, +li.querySelector('b').textContent]))""")
    summary = document["summary"]
    want = {v: summary[v.lower()] for v in VERDICTS}
    if document["audit"]["compared"]:
        want.update(worse=summary["worse"], better=summary["better"])
    assert counts == want, (counts, want)
    cells = page.ask("""[...document.querySelectorAll('.matrix tbody td')].map(td => td.className)""")
    every = document["findings"]
    for verdict in VERDICTS:
        assert cells.count(verdict) == sum(f["verdict"] == verdict for f in every), verdict
    hosts = page.ask("""[...document.querySelectorAll('.hosts:not(.matrix) tbody tr')]
                        .map(row => [...row.cells].map(cell => cell.textContent))""")
    assert len(hosts) == summary["hosts"]
    for column, verdict in ((7, "error"), (8, "waived"), (9, "pass"), (10, "skip")):
        assert sum(int(row[column]) for row in hosts) == summary[verdict], verdict
    assert sum(int(n) for row in hosts for n in row[2:7]) == summary["fail"]


def every_finding_is_told(page, case):
    findings = json.loads(report(case, "-f", "json"))["findings"]
    want = sorted((f["verdict"], f["host"].replace("\x07", "\\x07")) for f in findings
                  if f["trend"] or f["verdict"] in VERDICTS[:3])
    assert sorted(map(tuple, shown(page))) == want
    assert page.ask("document.querySelector('.bar output').textContent") == f"{len(want)} findings"
    assert not page.ask("document.querySelector('.bar').hidden")


def evidence_opens(page):
    visible = "document.querySelector('tr[data-h=sw10] .evidence pre').checkVisibility()"
    assert not page.ask(visible)
    page.ask("document.querySelector('tr[data-h=sw10] details summary').click()")
    assert page.ask(visible)
    text = page.ask("document.querySelector('tr[data-h=sw10] .evidence').textContent")
    assert "show running-config:211" in text and " transport input telnet ssh" in text, text
    picture(page, "evidence")


def it_filters(page):
    every = shown(page)
    page.search("no-telnet sw10")
    assert shown(page) == [["FAIL", "sw10"]], shown(page)
    names = page.ask("""[...document.querySelectorAll('.matrix tbody tr:not([hidden])')]
                        .map(row => row.dataset.h)""")
    assert names == ["sw10"], names
    picture(page, "filtered")
    page.search("transport input all")
    assert shown(page) == [["FAIL", "sw10"]], shown(page)
    page.search("nothing has this")
    assert shown(page) == []
    page.search("")
    tick(page, "FAIL")
    tick(page, "ERROR")
    assert shown(page) == [["WAIVED", "sw10"]], shown(page)
    tick(page, "FAIL")
    tick(page, "ERROR")
    assert shown(page) == every
    page.ask("document.querySelector('.bar button').click()")
    assert page.ask("[...document.querySelectorAll('.rule')].every(rule => rule.open)")
    page.ask("document.querySelector('.bar button').click()")
    assert not page.ask("[...document.querySelectorAll('.rule')].some(rule => rule.open)")


def nothing_else_runs(page):
    assert page.ask("window.hacked") is None
    assert page.ask("document.querySelectorAll('img').length") == 0
    requests = [e["params"]["request"]["url"] for e in page.events
                if e.get("method") == "Network.requestWillBeSent"]
    assert len(requests) == 1 and requests[0].startswith("file:"), requests
    said = [e for e in page.events if e.get("method") in ("Runtime.exceptionThrown",
                                                          "Log.entryAdded")]
    assert not said, said
    # Even if a device's text became markup, the policy would refuse it.
    page.ask("""document.body.insertAdjacentHTML('beforeend',
                '<img src="x:" onerror="window.hacked=1">')""")
    page.ask("new Promise(done => setTimeout(done, 300))")
    assert page.ask("window.hacked") is None


def light_and_dark_differ(page):
    def colors(scheme):
        page.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        picture(page, scheme)
        return page.ask("""['.counts .FAIL', '.counts .PASS'].map(at =>
                           getComputedStyle(document.querySelector(at)).backgroundColor)""")
    assert not set(colors("light")) & set(colors("dark"))


def a_large_page_filters(page):
    page.search("host123 rule-7")
    assert {host for _, host in shown(page)} <= {f"host123{i}" for i in [""] + list(range(10))}
    assert shown(page)


def main():
    need_browser()
    with tempfile.TemporaryDirectory() as folder:
        for case in ("all", "baseline", "clean", "no-hosts", "no-rules"):
            page = open_page(folder, case)
            try:
                counts_are_the_audits(page, case)
                every_finding_is_told(page, case)
                picture(page, case)
                if case == "all":
                    evidence_opens(page)
                    it_filters(page)
                    light_and_dark_differ(page)
                nothing_else_runs(page)
            finally:
                page.close()
            print("passed:", case)
        page = open_page(folder, "2000x30")
        try:
            a_large_page_filters(page)
            picture(page, "large")
        finally:
            page.close()
        print("passed: large")


main()
