#!/usr/bin/python3
"""The HTML page: its policy names its own style and script, and every text is where it belongs."""
import base64
import hashlib
import html.parser
import os
import re
import struct
import subprocess
import sys

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"


def page(rows, columns):
    data = b"".join(struct.pack("=I", len(c)) + c for row in rows for c in row)
    return subprocess.run([DRIVER, "-f", "html", "--cells", str(columns)], input=data,
                          stdout=subprocess.PIPE, check=True).stdout.decode()


def hashes(text):
    for tag in ("style", "script"):
        content = re.search(f"<{tag}>(.*?)</{tag}>", text, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        if f"{tag}-src 'sha256-{digest}'" not in text:
            sys.exit(f"html_page.c: html_{tag}_hash should be sha256-{digest}")


class Reader(html.parser.HTMLParser):
    """Cells of the body, and every tag and attribute that occurs."""
    def __init__(self):
        super().__init__()
        self.rows, self.tags, self.attributes = [], set(), set()
        self.in_cell = False

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.in_cell = tag == "td"
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.in_cell = False

    def handle_data(self, data):
        if self.in_cell:
            self.rows[-1][-1] += data


HOSTILE = [b"<script>alert(1)</script>", b"</td></table><img src=x onerror=alert(1)>",
           b"\" onmouseover=\"alert(1)", b"' onfocus='x", b"&lt;b&gt; &amp; &#60;", b"<!--", b"]]>",
           b"</style><script>", b"javascript:alert(1)", b"two\nlines", b"tab\there",
           "東京 é 😀".encode()]


def texts_stay_texts():
    text = page([HOSTILE[i:i + 3] for i in range(0, 12, 3)], 3)
    plain = Reader()
    plain.feed(page([[b"a", b"b", b"c"]], 3))
    got = Reader()
    got.feed(text)
    assert got.tags == plain.tags, got.tags ^ plain.tags
    assert got.attributes == plain.attributes
    cells = [cell for row in got.rows[1:] for cell in row]
    want = [c.decode() for c in HOSTILE]
    assert cells == want, cells


def controls_are_shown():
    text = page([[b"\x1b[31m\x07\xff\xe2\x80\xae\x00x"]], 1)
    assert "\\x1b[31m\\x07\\xff\\u{202e}\\x00x" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


hashes(page([[b"x"]], 1))
texts_stay_texts()
controls_are_shown()
