#!/usr/bin/python3
"""Other people's readers take what the writers wrote: Python's csv and json, and jq."""
import csv
import io
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import unicodedata

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"
COLUMNS = 5
LIKELY = [b'"', b",", b"\r", b"\n", b"\t", b" ", b";", b"\0", b"=", b"\xff", b"\xc3\xa9", b"'",
          b"\x1b", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80", b"\\", b"\x7f"]


def random_cell(rng):
    return b"".join(rng.choice(LIKELY) if rng.random() < 0.6 else bytes([rng.randrange(256)])
                    for _ in range(rng.randrange(7)))


def write(rows, *options):
    data = b"".join(struct.pack("=I", len(c)) + c for row in rows for c in row)
    return subprocess.run([DRIVER, *options, "--cells", str(COLUMNS)], input=data, check=True,
                          stdout=subprocess.PIPE).stdout


def check(what, got, want):
    if got != want:
        for i, (g, w) in enumerate(zip(got, want)):
            if g != w:
                sys.exit(f"{what}: row {i}: got {g!r}, want {w!r}")
        sys.exit(f"{what}: {len(got)} rows, want {len(want)}")


def read_csv(data, **options):
    # latin-1 shows bytes as they are.
    text = io.StringIO(data.decode("latin-1"), newline="")
    return list(csv.reader(text, strict=True, **options))


def csv_is_byte_faithful(rows):
    want = [[c.decode("latin-1") for c in row] for row in rows]
    for options, reader in (((), {}), (("--crlf",), {}), (("--delimiter", ";"), {"delimiter": ";"}),
                            (("--delimiter", "\t"), {"delimiter": "\t"})):
        got = read_csv(write(rows, "-f", "csv", *options), **reader)
        check(f"csv {options}", got[1:], want)
        assert got[0] == [f"c{i}" for i in range(COLUMNS)]


def csv_guard_defuses(rows):
    starts = ("=", "+", "-", "@", "\t", "\r")
    rows = rows + [[b"-5", b"+1.5", b"-1e3", b"-", b"=1"]]
    got = read_csv(write(rows, "-f", "csv", "--guard"))[1:]
    for row, want in zip(got, rows):
        for cell, original in zip(row, want):
            original = original.decode("latin-1")
            if cell != original:
                assert cell == "'" + original and original.startswith(starts), (cell, original)
            elif cell.startswith(starts):
                float(cell)
    assert got[-1] == ["-5", "+1.5", "-1e3", "'-", "'=1"], got[-1]


def excel_has_bom_and_crlf(rows):
    data = write([[b"a", b"b", b"c", b"d", b"e"]], "-f", "csv", "--bom", "--crlf", "--guard")
    assert data == b"\xef\xbb\xbfc0,c1,c2,c3,c4\r\na,b,c,d,e\r\n", data


def json_is_valid(rows):
    # Python replaces a bad sequence by one mark where we replace each byte; compare without marks.
    want = [[c.decode("utf-8", "replace").replace("\ufffd", "") for c in row] for row in rows]
    for options in (("-f", "json"), ("-f", "json", "--pretty")):
        data = write(rows, *options)
        data.decode("utf-8")
        got = [list(r.values()) for r in json.loads(data)]
        check(f"json {options}", [[c.replace("\ufffd", "") for c in r] for r in got], want)
        check_no_control(data)
    lines = write(rows, "-f", "ndjson").split(b"\n")
    assert lines.pop() == b""
    got = [list(json.loads(line).values()) for line in lines]
    check("ndjson", [[c.replace("\ufffd", "") for c in r] for r in got], want)


def check_no_control(data):
    for c in data.decode("utf-8"):
        assert c in "\n\t" or unicodedata.category(c) != "Cc", repr(c)


def jq_reads_json(rows):
    if not shutil.which("jq"):
        print("jq is not installed: not tried")
        return
    data = write(rows, "-f", "json")
    got = subprocess.run(["jq", "-c", "."], input=data, check=True, stdout=subprocess.PIPE).stdout
    check("jq", json.loads(got), json.loads(data))
    data = write(rows, "-f", "ndjson")
    got = subprocess.run(["jq", "-s", "length"], input=data, check=True, stdout=subprocess.PIPE)
    assert int(got.stdout) == len(rows)


def terminals_get_no_control(rows):
    """Any format, any bytes: nothing that a terminal would obey."""
    for name in ("csv", "json", "ndjson", "table"):
        check_no_control(write(rows, "-f", name, "--crlf", "--tty", "60"))


def tables_are_aligned(rows):
    """Every line of a table that is fitted is no wider than the terminal."""
    def width(text):
        return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf")
                   else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    words = ["uptime", "東京", "é", "e\u0301", "a longer text that must be cut somewhere", "ｗｉｄｅ"]
    rng = random.Random(3)
    cells = [[" ".join(rng.choices(words, k=rng.randrange(4))).encode() for _ in range(COLUMNS)]
             for _ in range(200)]
    for limit in (20, 40, 59, 60, 61, 200):
        lines = write(cells, "-f", "table", "--tty", str(limit)).decode().split("\n")
        rule = lines[1]
        assert set(rule) <= set("- ")
        ends = len(rule)
        for line in lines[2:202]:
            assert width(line) <= min(limit, ends), (limit, width(line), line)


def main():
    rng = random.Random(11)
    rows = [[random_cell(rng) for _ in range(COLUMNS)] for _ in range(3000)]
    for test in (csv_is_byte_faithful, csv_guard_defuses, excel_has_bom_and_crlf, json_is_valid,
                 jq_reads_json, terminals_get_no_control, tables_are_aligned):
        test(rows)
        print("passed:", test.__name__)


main()
