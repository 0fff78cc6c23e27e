#!/usr/bin/python3
"""cases.txt: patterns, subjects, and the groups or the error's place that Python's re gives.

A line that is not indented is a pattern (or, as a JSON string, one with other characters); the
indented lines after it are its subjects, each "JSON string => JSON array of groups" or "=> null",
or one line "error COLUMN", "error" when Python names no place. --bless writes what follows "=>"
and "error" anew from the python3 that runs this, which must be 3.11.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import driver  # noqa: E402

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.txt")


class Case:
    def __init__(self, line, number):
        self.line, self.number = line, number
        self.pattern = json.loads(line) if line.startswith('"') else line
        self.subjects, self.expected, self.error = [], [], None

    def add(self, line):
        if line.startswith("error"):
            self.error = line
            return
        subject, end = json.JSONDecoder().raw_decode(line)
        _, _, groups = line[end:].partition("=>")
        self.subjects.append(subject)
        self.expected.append(json.loads(groups) if groups.strip() else None)

    def python(self):
        """(error line or None, [groups, ...]) as Python has it."""
        compiled, _, position = driver.python_compile(self.pattern)
        if compiled is None:
            return "error" if position is None else "error %d" % (position + 1), []
        return None, [driver.python_groups(compiled, driver.ANCHORED, s) for s in self.subjects]

    def check(self, first, answers):
        if self.error:
            wanted = self.error + (" " if self.error != "error" else "")
            return [] if first.startswith(wanted) else ["%s, got %s" % (self.error, first)]
        if first.startswith("error"):
            return [first]
        complaints = []
        for subject, expected, answer in zip(self.subjects, self.expected, answers):
            try:
                got = driver.spans(answer, subject)
            except ValueError:
                got = answer
            if got != expected:
                complaints.append("%r: %r, not %r" % (subject, got, expected))
        return complaints


def read():
    """Lines as they are, with a Case in the place of each pattern."""
    found = []
    with open(CASES, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("# "):
                found.append(line)
            elif line.startswith("    "):
                last = next(item for item in reversed(found) if isinstance(item, Case))
                last.add(line.strip())
            else:
                found.append(Case(line, number))
    return found


def write(items):
    with open(CASES, "w", encoding="utf-8") as out:
        for item in items:
            if isinstance(item, str):
                print(item, file=out)
                continue
            print(item.line, file=out)
            error, groups = item.python()
            if error:
                print("    " + error, file=out)
            for subject, expected in zip(item.subjects, groups):
                print("    %s => %s" % (json.dumps(subject), json.dumps(expected)), file=out)


def python_complaints(cases):
    if sys.version_info[:2] != (3, 11):
        return []
    complaints = []
    for case in cases:
        error, groups = case.python()
        if error != case.error or (not error and groups != case.expected):
            complaints.append("cases.txt:%d: Python says %r" % (case.number, error or groups))
    return complaints


def main():
    items = read()
    if sys.argv[1:] == ["--bless"]:
        write(items)
        return 0
    cases = [item for item in items if isinstance(item, Case)]
    complaints = python_complaints(cases)
    jobs = [(driver.ANCHORED, case.pattern, case.subjects) for case in cases]
    for case, (first, answers) in zip(cases, driver.run(jobs)):
        complaints.extend("cases.txt:%d: %s" % (case.number, text)
                          for text in case.check(first, answers))
    print("\n".join(complaints[:50]))
    print("%d patterns, %d complaints" % (len(cases), len(complaints)))
    return 1 if complaints or len(cases) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
