#!/usr/bin/python3
"""LibreOffice opens our XLSX and our CSV for Excel: every text is the text it was, no formula."""
import csv
import os
import shutil
import struct
import subprocess
import sys
import tempfile

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"
OFFICE = shutil.which("soffice")
TEXTS = ["1/1", "100E10", "007", "=1+1", "-5", "+1", "@x", "TRUE", "1.10", "a\nb", "<&>\"'",
         "東京 é 😀", "12345678901234567890", "2026-11-23", "{=1}", "http://x/", "'quoted",
         "_x0041_", "tab\tx", "#REF!", "10.0.0.1", "00:1b:21:3c:9d:f8", "Gi1/0/1", "1e5", "50%"]


def write(path, rows, *options):
    data = b"".join(struct.pack("=I", len(c)) + c for row in rows for c in row)
    p = subprocess.run([DRIVER, "-o", path, *options, "--cells", str(len(rows[0]))], input=data,
                       stderr=subprocess.PIPE)
    if b"without libxlsxwriter" in p.stderr:
        print("skipped: built without libxlsxwriter")
        sys.exit(77)
    assert p.returncode == 0, p.stderr


def convert(path, folder):
    """All sheets as CSV files, cells as they are shown; by sheet name."""
    subprocess.run([OFFICE, "--headless", f"-env:UserInstallation=file://{folder}/profile",
                    "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,"
                    "false,false,false,-1", "--outdir", folder + "/out", path],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=200)
    sheets = {}
    for name in os.listdir(folder + "/out"):
        with open(os.path.join(folder, "out", name), newline="", encoding="utf-8") as f:
            sheets[name.split("-", 1)[1][:-4]] = list(csv.reader(f))
    return sheets


def main():
    if not OFFICE:
        print("skipped: LibreOffice is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/x.xlsx"
        write(path, [[t.encode(), b"x"] for t in TEXTS], "--extras", "--tables", "2")
        sheets = convert(path, folder)
        assert set(sheets) == {"table_0", "table_1", "Summary"}, set(sheets)
        got = [row[0] for row in sheets["table_0"]]
        for have, want in zip(got, ["c0"] + TEXTS):
            assert have == want, (have, want)
        assert len(got) == len(TEXTS) + 1
        assert sheets["Summary"][0][:2] == ["hosts failed", "1"], sheets["Summary"]
    print("passed")


main()
