#!/usr/bin/python3
"""The HTML page in headless Chromium: it sorts, it searches, it runs nothing else, and it loads
nothing. With a folder as argument, screenshots are left there to be looked at."""
import os
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from browser import Page, need_browser

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"


def write(path, rows, columns):
    data = b"".join(struct.pack("=I", len(c)) + c for row in rows for c in row)
    subprocess.run([DRIVER, "-o", path, "--extras", "--name", "show_interfaces", "--cells",
                    str(columns)], input=data, check=True)


def column(page, number):
    return page.ask(f"""[...document.querySelectorAll('section:not(.failed) tbody tr:not([hidden])')]
                        .map(row => row.cells[{number}].textContent)""")


def click(page, number):
    page.ask(f"document.querySelectorAll('section:not(.failed) th button')[{number}].click()")


def texts_arrive(page, rows):
    got = page.ask("""[...document.querySelectorAll('section:not(.failed) tbody tr')]
                      .map(row => [...row.cells].map(cell => cell.textContent))""")
    assert got == [[c.decode() for c in row] for row in rows], got[:3]
    assert page.ask("document.characterSet") == "UTF-8"
    assert page.ask("document.compatMode") == "CSS1Compat"


def it_sorts(page):
    before = column(page, 1)
    click(page, 1)
    got = column(page, 1)
    assert got == ["", ""] + [f"10.0.0.{i + 1}" for i in range(1, 41)], got
    assert page.ask("document.querySelectorAll('[aria-sort=ascending]').length") == 1
    click(page, 1)
    assert column(page, 1) == got[::-1], column(page, 1)
    click(page, 0)
    assert column(page, 0)[:3] == ["Gi1/0/1", "Gi1/0/2", "Gi1/0/3"], column(page, 0)[:3]
    assert sorted(column(page, 1)) == sorted(before)


def it_searches(page, total):
    page.search("gi1/0/7 10.0.0.8")
    assert column(page, 0) == ["Gi1/0/7"], column(page, 0)
    said = page.ask("document.querySelector('section:not(.failed) small').textContent")
    assert said == f"1 of {total}", said
    page.search("nothing has this")
    assert column(page, 0) == []
    page.search("")
    assert len(column(page, 0)) == total
    assert page.ask("document.querySelector('section:not(.failed) small').textContent") == str(total)


def nothing_else_runs(page):
    assert page.ask("window.hacked") is None
    requests = [e["params"]["request"]["url"] for e in page.events
                if e.get("method") == "Network.requestWillBeSent"]
    assert len(requests) == 1 and requests[0].startswith("file:"), requests
    # Even if a device's text became markup, the policy would refuse it.
    page.ask("""document.body.insertAdjacentHTML('beforeend',
                '<img src="x:" onerror="window.hacked=1"><a href="javascript:1">x</a>')""")
    page.ask("new Promise(done => setTimeout(done, 300))")
    assert page.ask("window.hacked") is None


def no_complaints(page):
    said = [e for e in page.events if e.get("method") in ("Runtime.exceptionThrown",
                                                          "Log.entryAdded")]
    assert not said, said


def main():
    need_browser()
    rows = [[f"Gi1/0/{i}".encode(), f"10.0.0.{i + 1}".encode(), b"uplink <b>%d</b>" % i,
             "東京 é 😀".encode()] for i in range(40, 0, -1)]
    rows += [[b"Te1/1/1", b"", b"<script>window.hacked=1</script>", b"two\nlines"],
             [b"Te1/1/2", b"", b"<img src=x onerror=window.hacked=1>", b"\" onload=\"x"]]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.html")
        write(path, rows, 4)
        page = Page("file://" + path, folder + "/profile")
        try:
            texts_arrive(page, rows)
            no_complaints(page)
            if len(sys.argv) > 1:
                page.screenshot(sys.argv[1] + "/page.png")
            it_sorts(page)
            it_searches(page, len(rows))
            if len(sys.argv) > 1:
                page.search("1/1")
                page.screenshot(sys.argv[1] + "/searched.png")
                page.search("")
            no_complaints(page)
            nothing_else_runs(page)
        finally:
            page.close()
    print("passed")


main()
