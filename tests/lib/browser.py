"""A page in headless Chromium, asked and told in JavaScript."""
import base64
import json
import os
import shutil
import subprocess
import sys

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


def need_browser():
    if not BROWSER:
        print("skipped: chromium is not installed")
        sys.exit(77)


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

    def search(self, text):
        """Types into the search field; the page waits a moment for more letters."""
        self.ask(f"""new Promise(done => {{
            const box = document.querySelector('.bar input[type=search]');
            box.value = {json.dumps(text)};
            box.dispatchEvent(new Event('input'));
            setTimeout(done, 400);
        }})""")

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
        data = self.call("Page.captureScreenshot")["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def close(self):
        self.browser.kill()
        self.browser.wait()
        os.close(self.to)
        os.close(self.come)
