#!/usr/bin/python3
"""Drafts of templates: each draft/NAME.txt gives draft/NAME.golden (the template, its records,
what is told), byte for byte, and a template that the linter has nothing to say of; what is no
table gives one line that says so. --bless writes what came.
"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

DRIVER = os.path.join(os.environ["BUILD_DIR"], "tests", "driver-author-draft")
HERE = pathlib.Path(__file__).resolve().parent / "draft"
bad = 0


def fail(text):
    global bad
    bad += 1
    print(text)


def draft(text):
    begin = time.monotonic()
    done = subprocess.run([DRIVER, "show it"], input=text, capture_output=True, timeout=60)
    if done.returncode not in (0, 1) or done.stderr:
        fail(f"exit {done.returncode}: {done.stderr.decode()[:500]}\non {text[:200]!r}")
    if time.monotonic() - begin > 30:
        fail(f"too slow on {text[:100]!r}")
    return done.returncode, done.stdout


def goldens(blessing, folder):
    for path in sorted(HERE.glob("*.txt")):
        status, got = draft(path.read_bytes())
        golden = path.with_suffix(".golden")
        if blessing:
            golden.write_bytes(got)
        elif not golden.exists() or golden.read_bytes() != got:
            fail(f"{path.name}: other than {golden.name}:\n{got.decode()}")
        if status != 0:
            fail(f"{path.name}: no draft: {got.decode()}")
        template = got.split(b"=====\n")[0]
        (folder / (path.stem + ".textfsm")).write_bytes(template)


def lint(folder):
    done = subprocess.run([os.environ["COLLECT"], "lint", "-v", folder], capture_output=True)
    if done.returncode != 0:
        fail("a draft does not lint clean:\n" + (done.stdout + done.stderr).decode())


HOSTILE = {
    "nothing": b"",
    "blank lines": b"\n\n   \n",
    "one line": b"sw1 uptime is 3 weeks\n",
    "one header": b"Port   Status   Vlan\n",
    "a refusal": b"% Invalid input detected at '^' marker.\n",
    "prose": b"The quick brown fox jumps over the dog.\nIt then goes home and sleeps there.\n" * 20,
    "binary": bytes(range(256)) * 50,
    "nul": b"Port   Status\ngi1\0   up\n",
    "escapes": b"Port   Status\n\x1b[1mgi1\x1b[0m   up\n",
    "latin 1": b"Port   Status\ngi1    ge\xe4ndert\n",
    "one long line": b"a b  c " * 20000,
    "no newline at all": b"x" * 900000,
    "dashes": b"-----\n" * 5000,
    "wide header": (b"Port   " * 400 + b"\n") + (b"gi1    " * 400 + b"\n") * 3,
    "many words": (b" ".join(b"w%d" % i for i in range(300)) + b"\n") * 200,
    "many lines": b"Port   Status\n" + b"gi1    up\n" * 20000,
    "too large": b"Port   Status\ngi1    up\n" * 60000,
    "only pipes": b"|||||||\n| | | |\n" * 50,
    "only a prompt": b"sw1#\n",
    "only a prompt and a command": b"sw1#show it\nsw1#",
    "only headings": b"=== sw1 ===\n--- show it\n",
    "only colons": b": : : :\n::::\n" * 50,
}


def hostile():
    for name, text in HOSTILE.items():
        status, got = draft(text)
        lines = got.splitlines()
        if status != 1 or len(lines) != 1 or not lines[0].startswith(b"error: "):
            fail(f"{name}: wanted one line of error, got {got[:300]!r}")


def mutations():
    """Anything may come of damaged outputs but a crash or a draft that does not compile."""
    generator = random.Random(9)
    texts = [path.read_bytes() for path in sorted(HERE.glob("*.txt"))]
    for _ in range(60):
        text = bytearray(generator.choice(texts))
        for _ in range(generator.randrange(1, 12)):
            at = generator.randrange(len(text))
            what = generator.randrange(4)
            if what == 0:
                del text[at:at + generator.randrange(1, 9)]
            elif what == 1:
                text[at:at] = b" " * generator.randrange(1, 9)
            elif what == 2:
                text[at:at] = generator.choice(texts)[:generator.randrange(1, 200)]
            else:
                text[at] = generator.choice(b" -|:=.\n\t'\"({[$^x1")
            text = text or bytearray(b"x")
        draft(bytes(text))


with tempfile.TemporaryDirectory() as scratch:
    goldens("--bless" in sys.argv, pathlib.Path(scratch))
    lint(scratch)
hostile()
mutations()
sys.exit(1 if bad else 0)
