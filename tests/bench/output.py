#!/usr/bin/python3
"""Writers against Python's: rows of show interfaces into a file, same rows, one run.

    ROWS=1000000 FORMATS=csv,json,xlsx tests/bench/output.py

CSV against csv.DictWriter, JSON against json.dump, XLSX against xlsxwriter's constant_memory
mode. Ours includes flushing to the disk and renaming. The targets are those that we promise; the
script fails when one is missed, and when memory grows with the rows.
"""
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"
ROWS = int(os.environ.get("ROWS", 1000000))
FORMATS = os.environ.get("FORMATS", "csv,json,xlsx").split(",")
TARGETS = {"csv": 10, "json": 10, "xlsx": 3}


def first_row():
    data = subprocess.run([DRIVER, "-f", "json", "--rows", "1"], check=True,
                          stdout=subprocess.PIPE).stdout
    return json.loads(data)[0]


def python_rows(n):
    row = first_row()
    for i in range(n):
        yield {**row, "host": f"r{i // 50}", "interface": f"GigabitEthernet1/0/{i % 50}"}


def python_csv(path):
    with open(path, "w", newline="") as f:
        writer = csv.DictWriter(f, fieldnames=list(first_row()), lineterminator="\n")
        writer.writeheader()
        writer.writerows(python_rows(ROWS))


def python_json(path):
    rows = list(python_rows(ROWS))  # json.dump takes no generator
    start = time.monotonic()
    with open(path, "w") as f:
        json.dump(rows, f)
    return time.monotonic() - start


def python_xlsx(path):
    import xlsxwriter
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False,
                                      "strings_to_numbers": False})
    names, sheet, line = list(first_row()), None, 0
    for row in python_rows(ROWS):
        if sheet is None or line == 1048576:
            sheet, line = book.add_worksheet(), 1
            for column, name in enumerate(names):
                sheet.write_string(0, column, name)
        for column, name in enumerate(names):
            sheet.write_string(line, column, row[name])
        line += 1
    book.close()


def theirs(name, path):
    start = time.monotonic()
    took = {"csv": python_csv, "json": python_json, "xlsx": python_xlsx}[name](path)
    return took or time.monotonic() - start


def ours(name, path, rows):
    """Seconds and peak KiB."""
    start = time.monotonic()
    process = subprocess.Popen([DRIVER, "-f", name, "-o", path, "--rows", str(rows)])
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    return time.monotonic() - start, usage.ru_maxrss


def same_rows(path):
    """The two files say the same, read back by Python: only for CSV, which is cheap to compare."""
    with open(path + ".ours", "rb") as a, open(path + ".theirs", "rb") as b:
        while True:
            x, y = a.read(1 << 20), b.read(1 << 20)
            if x != y:
                return False
            if not x:
                return True


def main():
    missed = False
    print(f"{ROWS} rows of {len(first_row())} columns")
    for name in FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "rows")
            _, small = ours(name, path + ".ours", ROWS // 10)
            seconds, peak = ours(name, path + ".ours", ROWS)
            python = theirs(name, path + ".theirs")
            factor = python / seconds
            good = factor >= TARGETS[name] and peak < small + 8192
            if name == "csv":
                good &= same_rows(path)
            size = os.path.getsize(path + ".ours") >> 20
            print(f"{name:5} ours {seconds:6.2f} s, python {python:6.2f} s: {factor:5.1f}x "
                  f"(target {TARGETS[name]}x), {size} MiB, peak {peak} KiB "
                  f"({small} KiB for a tenth){'' if good else '  MISSED'}", flush=True)
            missed |= not good
    sys.exit(missed)


main()
