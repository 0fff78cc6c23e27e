#!/usr/bin/python3
"""The HTML page in headless Chromium: it sorts, it searches, it runs nothing else, and it loads
nothing. With a folder as argument, screenshots are left there to be looked at."""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


class Page:
    """A page in a browser of its own, spoken to over the debugging pipe."""
    def __init__(self, url, profile):
        to_browser, self.to = os.pipe()
        self.come, from_browser = os.pipe()

        def descriptors():
            # Away from 3 and 4 first, so that neither overwrites the other.
            a, b = os.dup2(to_browser, 100), os.dup2(from_browser, 101)
            os.dup2(a, 3)
            os.dup2(b, 4)
        self.browser = subprocess.Popen(
            [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", f"--user-data-dir={profile}", "--remote-debugging-pipe",
             "--window-size=1200,800", "about:blank"],
            preexec_fn=descriptors, close_fds=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.pending, self.number, self.session = b"", 0, None
        self.events = []
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def receive(self):
        while b"\0" not in self.pending:
            piece = os.read(self.come, 1 << 20)
            if not piece:
                raise EOFError("the browser ended")
            self.pending += piece
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self.receive())

    def ask(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def screenshot(self, path):
        import base64
        data = self.call("Page.captureScreenshot")["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def close(self):
        self.browser.kill()
        self.browser.wait()
        os.close(self.to)
        os.close(self.come)


def write(path, rows, columns):
    data = b"".join(struct.pack("=I", len(c)) + c for row in rows for c in row)
    subprocess.run([DRIVER, "-o", path, "--extras", "--name", "show_interfaces", "--cells",
                    str(columns)], input=data, check=True)


def column(page, number):
    return page.ask(f"""[...document.querySelectorAll('section:not(.failed) tbody tr:not([hidden])')]
                        .map(row => row.cells[{number}].textContent)""")


def click(page, number):
    page.ask(f"document.querySelectorAll('section:not(.failed) th button')[{number}].click()")


def search(page, text):
    page.ask(f"""new Promise(done => {{
        const box = document.querySelector('.bar input');
        box.value = {json.dumps(text)};
        box.dispatchEvent(new Event('input'));
        setTimeout(done, 400);
    }})""")


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
    search(page, "gi1/0/7 10.0.0.8")
    assert column(page, 0) == ["Gi1/0/7"], column(page, 0)
    said = page.ask("document.querySelector('section:not(.failed) small').textContent")
    assert said == f"1 of {total}", said
    search(page, "nothing has this")
    assert column(page, 0) == []
    search(page, "")
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
    if not BROWSER:
        print("skipped: chromium is not installed")
        sys.exit(77)
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
                search(page, "1/1")
                page.screenshot(sys.argv[1] + "/searched.png")
                search(page, "")
            no_complaints(page)
            nothing_else_runs(page)
        finally:
            page.close()
    print("passed")


main()
