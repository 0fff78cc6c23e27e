#!/usr/bin/python3
"""XLSX as openpyxl reads it: every text is the text it was, and nothing is a formula."""
import os
import struct
import subprocess
import sys
import tempfile
import warnings
import zipfile

try:
    import openpyxl
except ImportError:
    print("skipped: python3-openpyxl is not installed")
    sys.exit(77)

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"
warnings.simplefilter("ignore")


def write(path, rows, *options):
    data = b"".join(struct.pack("=I", len(c)) + c for row in rows for c in row)
    p = subprocess.run([DRIVER, "-o", path, *options, "--cells", str(len(rows[0]))], input=data,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if b"without libxlsxwriter" in p.stderr:
        print("skipped: built without libxlsxwriter")
        sys.exit(77)
    assert p.returncode == 0, p.stderr
    return p.stderr.decode()


def read(path):
    book = openpyxl.load_workbook(path)
    return book, [[c.value for c in row] for row in book.worksheets[0].iter_rows(min_row=2)]


TEXTS = ["1/1", "100E10", "007", "=1+1", "-5", "+1", "@x", "TRUE", "1.10", " blanks ", "a\nb", "<&>\"'",
         "東京 é 😀", "12345678901234567890", "2026-11-23", "{=1}", "http://x/", "'quoted", "_x0041_",
         "_x005F_x0041_", "\x1b[31m", "tab\tx", "#REF!", "mailto:a@b", "internal:x", "10.0.0.1"]


def texts_survive(path):
    write(path, [[t.encode()] for t in TEXTS])
    book, rows = read(path)
    for want, (got,) in zip(TEXTS, rows):
        # openpyxl leaves escaped characters as they stand in the file.
        assert got is not None and unescape(got) == want, (want, got)
        assert isinstance(got, str)
    with zipfile.ZipFile(path) as z:
        sheet = z.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<f " not in sheet and b"hyperlink" not in sheet


def unescape(text):
    """As Excel reads _xHHHH_, once, left to right."""
    import re
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text)


def bad_bytes_are_repaired(path):
    write(path, [[b"a\xff\0b\xef\xbf\xbe\xed\xa0\x80"]])
    _, rows = read(path)
    assert rows == [["a\ufffd\ufffdb\ufffd\ufffd\ufffd\ufffd"]], rows


def long_cells_are_cut(path):
    said = write(path, [[b"x" * 32767], [b"y" * 32768], ["😀".encode() * 20000], [b"short"]])
    assert said.count("\n") == 1 and "2 cells" in said and "cut" in said, said
    _, rows = read(path)
    assert rows[0] == ["x" * 32767]
    assert rows[1] == ["y" * 32760 + "… (cut)"], len(rows[1][0])
    assert rows[2] == ["😀" * 16380 + "… (cut)"], len(rows[2][0])
    assert rows[3] == ["short"]


def numbers_only_where_declared(path):
    cells = [("5", 5), ("-12.5", -12.5), ("0", 0), ("0.5", 0.5), ("007", "007"), ("1e3", "1e3"),
             ("5%", "5%"), ("-", "-"), ("1.", "1."), ("1234567890123456", "1234567890123456")]
    write(path, [[c.encode()] * 2 for c, _ in cells], "--numeric")
    _, rows = read(path)
    assert rows == [[number, text] for text, number in cells], rows


def sheets_are_set_up(path):
    write(path, [[b"a", b"b"]], "--extras", "--tables", "2", "--name", "show [ip] route: a/b*c?" + "x" * 40)
    book, _ = read(path)
    assert book.sheetnames == ["show _ip_ route_ a_b_c_xxxxxxxx", "table_1", "Summary"], book.sheetnames
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:B2"
    assert sheet["A1"].font.b and not sheet["A2"].font.b
    assert 8 <= sheet.column_dimensions["A"].width <= 62
    summary = [[c.value for c in row] for row in book["Summary"].iter_rows()]
    assert summary[0][:2] == ["hosts failed", 1], summary
    assert summary[2] == ["host", "platform", "command", "status", "reason"], summary
    assert summary[3] == ["r9", "cisco_ios", "show interfaces", "timed-out", "=no answer"]


def names_are_unique(path):
    for name, want in (("TABLE_1", ["TABLE_1", "table_1 (2)"]), ("history", ["history (2)", "table_1"]),
                       ("Summary", ["Summary", "table_1", "Summary (2)"]), ("'q'", ["_q_", "table_1"]),
                       ("", ["_", "table_1"]), ("\\x1b", ["_x1b", "table_1"])):
        extras = ["--extras"] if "Summary" in want else []
        write(path, [[b"a"]], "--tables", "2", "--name", name, *extras)
        book, _ = read(path)
        assert book.sheetnames == want, book.sheetnames


def main():
    with tempfile.TemporaryDirectory() as folder:
        for test in (texts_survive, bad_bytes_are_repaired, long_cells_are_cut,
                     numbers_only_where_declared, sheets_are_set_up, names_are_unique):
            test(os.path.join(folder, "x.xlsx"))
            print("passed:", test.__name__)


main()
