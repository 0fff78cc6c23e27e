"""The driver program and Python's re side by side: what the tests of this folder share."""

import os
import re
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")

SEARCH, ANCHORED = 0, 1


def program():
    return os.path.join(os.environ["BUILD_DIR"], "tests", "driver-regex-regex")


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def encode(text):
    """Text with surrogateescape back to the bytes it came from; other surrogates as they are."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None


def run(jobs, env=None):
    """jobs: list of (flags, pattern, [subject, ...]); yields (answer, [answer, ...])."""
    lines = []
    for flags, pattern, subjects in jobs:
        lines.append("P %d %s" % (flags, pattern.encode("utf-8", "surrogatepass").hex()))
        lines.extend("M " + encode(subject).hex() for subject in subjects)
    done = subprocess.run(
        [program()], input="\n".join(lines) + "\n", capture_output=True, encoding="utf-8",
        errors="replace", env=dict(os.environ, **(env or {})), check=False)
    if done.returncode != 0:
        print(done.stderr[-3000:])
        raise SystemExit("the driver ended with %d" % done.returncode)
    answers = iter(done.stdout.split("\n"))
    for flags, pattern, subjects in jobs:
        first = next(answers)
        yield first, [next(answers) for _ in subjects]


def spans(answer, subject):
    """A driver's answer as the groups' text, None for no match; ValueError for anything else."""
    if answer == "0":
        return None
    words = answer.split(" ")
    if words[0] != "1":
        raise ValueError(answer)
    data = encode(subject)
    groups = []
    for word in words[1:]:
        if word == "-":
            groups.append(None)
        else:
            start, end = map(int, word.split(":"))
            groups.append(data[start:end].decode("utf-8", "surrogateescape"))
    return groups


def python_groups(compiled, flags, subject):
    match = compiled.match(subject) if flags == ANCHORED else compiled.search(subject)
    if match is None:
        return None
    return [match.group(0)] + list(match.groups())


def python_compile(pattern):
    """(compiled, None, None) or (None, error text, position or None)."""
    try:
        return re.compile(pattern), None, None
    except re.error as error:
        return None, error.msg, error.pos
    except (OverflowError, ValueError, RecursionError, RuntimeError, SystemError) as error:
        return None, str(error), None
