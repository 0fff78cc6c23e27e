#!/usr/bin/python3
"""Every (pattern, subject) of the shared regexcases.jsonl gives Python's groups or Python's error,
at Python's place."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
import driver  # noqa: E402


def complaint(row, first, answer):
    if "error" in row:
        if not first.startswith("error"):
            return "accepted, Python: " + row["error"]
        where = re.search(r"at position (\d+)", row["error"])
        if where and int(first.split()[1]) != int(where[1]) + 1:
            return "%s; Python: %s" % (first, row["error"])
        return None
    if first.startswith("error"):
        return "refused: " + first
    try:
        groups = driver.spans(answer, row["subject"])
    except ValueError:
        return answer
    return None if groups == row["groups"] else "groups %r, Python: %r" % (groups, row["groups"])


def main():
    path = os.path.join(os.environ["SHARED_DIR"], "textfsm", "regexcases.jsonl")
    if not os.path.exists(path):
        driver.skip("no " + path)
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    jobs = [(driver.ANCHORED, row["pattern"], [row["subject"]]) for row in rows]
    failed = 0
    for row, (first, answers) in zip(rows, driver.run(jobs)):
        text = complaint(row, first, answers[0])
        if text:
            failed += 1
            print("%r on %r: %s" % (row["pattern"], row["subject"], text))
    print("%d cases, %d failed" % (len(rows), failed))
    return 1 if failed or len(rows) < 3000 else 0


if __name__ == "__main__":
    sys.exit(main())
