#!/usr/bin/python3
"""Back-references that ignore case, against Python's re: on every two characters that some mapping
of cases has in common. PCRE2 by itself compares otherwise (src/regex/caseless.h)."""
import os
import re
import sys
from collections import defaultdict

sys.path.insert(0, os.path.dirname(__file__))
import driver  # noqa: E402

PATTERNS = ["(?i)^(.)\\1", "(?ia)^(.)\\1", "(?i)^(.x?)(?:\\1)+", "(?i)^(.)\\1?", "(?i)(.)y?\\1"]
APART = "\u0130"  # see deviations.txt


def families():
    """Characters that one of Python's mappings leads from or to, directly or not."""
    above = {}

    def top(char):
        while above.get(char, char) != char:
            char = above[char]
        return char

    characters = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    for char in characters:
        for other in (char.lower(), char.upper(), char.casefold(), char.title()):
            if len(other) == 1 and top(char) != top(other):
                above[top(char)] = top(other)
    found = defaultdict(list)
    for char in characters:
        found[top(char)].append(char)
    return [family for family in found.values() if len(family) > 1]


def main():
    subjects = []
    for family in families():
        for a in family:
            subjects.extend(text for b in family
                            for text in (a + b + "\u20ac", a + "x" + b + "x\u20ac"))
    subjects = [text for text in subjects if APART not in text]
    jobs = [(driver.SEARCH, pattern, subjects) for pattern in PATTERNS]
    failed = 0
    for (_, pattern, _), (_, answers) in zip(jobs, driver.run(jobs)):
        for subject, answer in zip(subjects, answers):
            match = re.search(pattern, subject)
            expected = match and [match.group(0), *match.groups()]
            if driver.spans(answer, subject) != expected:
                print(ascii(pattern), ascii(subject), "Python:", ascii(expected), "ours:", answer)
                failed += 1
    print("%d subjects x %d patterns, %d failed" % (len(subjects), len(PATTERNS), failed))
    return 1 if failed or len(subjects) < 5000 else 0


if __name__ == "__main__":
    sys.exit(main())
