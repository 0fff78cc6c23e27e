#!/usr/bin/python3
"""The regex room against Python's re, group by group.

1. The corpus' rules and values on the corpus' lines (needs SHARED_DIR and python3-textfsm).
2. Patterns and subjects made up from a seed; the seed of a failure is printed.
3. Characters that differ in case only, each with each; with REGEX_LONG every character against
   the classes.

A sample of a few seconds; with REGEX_LONG=1 all of it, with REGEX_SEED=N from another seed.
The few known differences are in deviations.txt beside this file, each with its reason; a pair that
falls under one is counted, not failed, and there may only be a few.
"""

import glob
import json
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import driver  # noqa: E402
import generate  # noqa: E402

LONG = os.environ.get("REGEX_LONG") == "1"
SEED = int(os.environ.get("REGEX_SEED", "1"))


class TooSlow(Exception):
    pass


def give_up(*_):
    raise TooSlow()


def python_answer(compiled, flags, subject):
    """Python's groups, or TooSlow itself when it backtracks for long."""
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        return driver.python_groups(compiled, flags, subject)
    except (TooSlow, SystemError):  # the latter: bugs of 3.11 with possessive groups
        return TooSlow
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Comparison:
    def __init__(self, name):
        self.name = name
        self.pairs = self.matches = self.failed = self.limits = self.known = self.refused = 0

    def fail(self, pattern, subject, text):
        self.failed += 1
        if self.failed <= 20:
            print("%s: %r on %r: %s" % (self.name, pattern, subject, text))

    def refusal(self, pattern, answer, message, position):
        self.refused += 1
        if not answer.startswith("error "):
            self.fail(pattern, None, "accepted; Python: %s" % message)
        elif position is not None and int(answer.split()[1]) != position + 1:
            self.fail(pattern, None, "%s; Python: %s at position %d" % (answer, message, position))

    def pair(self, flags, pattern, compiled, subject, answer):
        self.pairs += 1
        if answer == "limit":
            self.limits += 1
            return
        expected = python_answer(compiled, flags, subject)
        if expected is TooSlow:
            self.limits += 1
            return
        try:
            got = driver.spans(answer, subject)
        except ValueError:
            self.fail(pattern, subject, answer)
            return
        self.matches += expected is not None
        if got != expected:
            if generate.known_deviation(flags, pattern, got, expected):
                self.known += 1
            else:
                self.fail(pattern, subject, "%r; Python: %r" % (got, expected))

    def run(self, jobs):
        for (flags, pattern, subjects), (first, answers) in zip(jobs, driver.run(jobs)):
            compiled, message, position = driver.python_compile(pattern)
            if compiled is None:
                self.refusal(pattern, first, message, position)
            elif first.startswith("error "):
                self.fail(pattern, None, "refused: " + first)
            else:
                for subject, answer in zip(subjects, answers):
                    self.pair(flags, pattern, compiled, subject, answer)

    def report(self):
        print("%s: %d pairs, %d match, %d patterns refused, %d limits, %d known deviations, "
              "%d failed" % (self.name, self.pairs, self.matches, self.refused, self.limits,
                             self.known, self.failed))
        too_many = self.known > 2 + self.pairs // 500 or self.limits > 10 + self.pairs // 500
        return self.failed > 0 or too_many


def corpus_lines(corpus):
    """{template file: [line, ...]} over all its outputs."""
    lines = {}
    with open(os.path.join(corpus, "expected.jsonl"), encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            with open(os.path.join(corpus, row["raw"]), "rb") as raw:
                text = raw.read().decode("utf-8", "surrogateescape")
            for template in row["template"].split(":"):
                lines.setdefault(template, set()).update(text.splitlines())
    return {template: sorted(found) for template, found in lines.items()}


def corpus_jobs(corpus, rng):
    from textfsm import TextFSM
    lines = corpus_lines(corpus)
    everything = sorted(set().union(*lines.values()))
    own_lines, foreign_lines, share = (None, 100, 1) if LONG else (12, 4, 5)
    jobs = []
    for path in sorted(glob.glob(os.path.join(corpus, "templates", "*.textfsm"))):
        with open(path, encoding="utf-8") as template:
            fsm = TextFSM(template)
        own = lines.get(os.path.basename(path), [])
        patterns = {rule.regex for rules in fsm.states.values() for rule in rules}
        patterns.update(value.regex for value in fsm.values)
        for pattern in sorted(patterns):
            if rng.randrange(share):
                continue
            mine = own if own_lines is None else rng.sample(own, min(own_lines, len(own)))
            jobs.append((driver.ANCHORED, pattern, mine + rng.sample(everything, foreign_lines)))
    return jobs


def corpus(rng):
    path = os.path.join(os.environ.get("SHARED_DIR", ""), "textfsm", "corpus")
    if not os.path.isdir(path):
        print("corpus: skipped, no " + path)
        return False
    try:
        jobs = corpus_jobs(path, rng)
    except ImportError:
        print("corpus: skipped, needs python3-textfsm")
        return False
    comparison = Comparison("corpus")
    comparison.run(jobs)
    return comparison.report() or comparison.matches < 500


def made_up(rng):
    comparison = Comparison("made up, seed %d" % SEED)
    jobs = [generate.job(rng) for _ in range(200000 if LONG else 3000)]
    comparison.run(jobs)
    return comparison.report() or comparison.matches < 500


def cases_of(c):
    return {other for other in (c.lower(), c.upper(), c.title(), c.casefold(), c.swapcase())
            if len(other) == 1}


def case_families():
    """Sets of characters that are each other's upper, lower, title case or folding."""
    family = {}
    for c in map(chr, range(sys.maxunicode + 1)):
        joined = {c}
        for other in cases_of(c):
            joined |= family.get(other, {other})
        if len(joined) > 1:
            joined |= family.get(c, set())
            for member in joined:
                family[member] = joined
    return {frozenset(members) for members in family.values()}


def caseless():
    comparison = Comparison("caseless")
    jobs = []
    for members in sorted(map(sorted, case_families())):
        for c in members:
            subjects = members + ["i", "k", "s", "I"]
            forms = ["(?i)%s", "(?i:[%s])", "(?i:[^%s])", "(?ia:%s)"]
            if c <= "\uffff":  # beyond, 3.11 forgets the flag "a" in ranges
                forms.append("(?ia)[%s-%s]")
            for form in forms:
                text = form.replace("%s", "\\U%08x" % ord(c))
                jobs.append((driver.ANCHORED, text, subjects))
    comparison.run(jobs if LONG else jobs[SEED % 7::7])
    return comparison.report()


def classes():
    """Every character by itself against the classes and their like."""
    if not LONG:
        return False
    comparison = Comparison("classes")
    subjects = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xDC80
                and not 0xDD00 <= c < 0xE000]
    subjects = [c for c in subjects if driver.encode(c) is not None]
    forms = ["\\w", "\\W", "\\s", "\\S", "\\d", "\\D", ".", "(?s:.)", "\\b.", "[^\\w\\s]",
             "[\\W5]", "(?a:\\w)", "(?a:\\s)", "(?a:\\D)", "(?i:[a-z])", "(?i:[^a-z])"]
    comparison.run([(driver.ANCHORED, form, subjects) for form in forms])
    return comparison.report()


def main():
    signal.signal(signal.SIGALRM, give_up)
    rng = random.Random(SEED)
    start = time.monotonic()
    failed = [corpus(rng), made_up(rng), caseless(), classes()]
    print("%.1f s" % (time.monotonic() - start))
    return 1 if any(failed) else 0


if __name__ == "__main__":
    sys.exit(main())
