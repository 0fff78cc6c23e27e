#!/usr/bin/python3
"""A million rows of show interfaces into SQLite: as a run saves them (a transaction for each of
20,000 hosts, an index) against sqlite3's own .import of the same rows as CSV, taking turns.

    ROWS=1000000 ROUNDS=3 tests/bench/store.py
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD_DIR", "build")
ROWS = os.environ.get("ROWS", "1000000")
ROUNDS = int(os.environ.get("ROUNDS", "3"))


def timed(argv, **more):
    start = time.monotonic()
    subprocess.run(argv, check=True, **more)
    return time.monotonic() - start


def count(path, table):
    out = subprocess.run(["sqlite3", path, f"SELECT count(*), count(DISTINCT host), max(interface)"
                          f" FROM {table}"], check=True, stdout=subprocess.PIPE)
    return out.stdout


def main():
    if not shutil.which("sqlite3"):
        print("skipped: sqlite3 is not installed")
        return 77
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        rows, mine, its = (os.path.join(folder, n) for n in ("rows.csv", "mine.db", "its.db"))
        subprocess.run([f"{BUILD}/tests/driver-output-rows", "-o", rows, "--rows", ROWS], check=True)
        for _ in range(ROUNDS):
            for path in (mine, its):
                if os.path.exists(path):
                    os.remove(path)
            ours.append(timed([f"{BUILD}/tests/driver-store-fill", ROWS, mine]))
            theirs.append(timed(["sqlite3", its], input=f".import --csv {rows} t\n".encode()))
            assert count(mine, "show_interfaces") == count(its, "t"), "not the same rows"
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"{ROWS} rows x 31 columns (median of {ROUNDS}): collect {a:.2f} s, sqlite3 .import {b:.2f} s,"
          f" ratio {b / a:.2f}")
    return 0 if a <= b else 1


sys.exit(main())
