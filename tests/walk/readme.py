#!/usr/bin/python3
"""The README's commands, run as they stand there: every line that starts with "$ " in a block
marked `console` runs, in order, in one folder beside a fleet of simulated devices whose inventory
is hosts.yml; what follows it in the block must be what it prints (both streams), but for times.

A line "..." in the README stands for any lines. --bless writes what came into the README.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["SOURCE_DIR"])
README = SOURCE / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
MASKS = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "2026-01-01T00:00:00Z"),
    (re.compile(r"in \d+(\.\d+)? (ms|s|min)\b"), "in 0.2 s"),
    (re.compile(r"\d+\.\d+ ms\b"), "1.0 ms"),
    (re.compile(r"\b\d+ ms\b"), "1 ms"),
]


def masked(text):
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return [line.rstrip() for line in text.splitlines()]


def fits(shown, came):
    """Whether the lines shown are those that came, "..." standing for any number of lines."""
    if not shown:
        return not came
    if shown[0] == "...":
        return any(fits(shown[1:], came[i:]) for i in range(len(came) + 1))
    return bool(came) and shown[0] == came[0] and fits(shown[1:], came[1:])


def commands(block):
    """(command, lines shown) of a block; a command goes on in lines that start with "> "."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif (line == ">" or line.startswith("> ")) and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1].append(line)
    return found


def run(command, folder):
    env = dict(os.environ, PATH=f"{pathlib.Path(os.environ['COLLECT']).parent}:{os.environ['PATH']}",
               COLUMNS="100", LC_ALL="C.UTF-8", TZ="UTC")
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.stdout.decode(errors="replace")


def inside(folder, bless):
    text = README.read_text()
    bad = 0

    def check(match):
        nonlocal bad
        out = []
        for command, shown in commands(match.group(1)):
            came = run(command, folder)
            if not fits(masked("\n".join(shown)), masked(came)):
                bad += 1
                if not bless:
                    print(f"$ {command}\n--- the README shows\n" + "\n".join(shown) +
                          "\n--- it prints\n" + came)
            lines = shown if fits(masked("\n".join(shown)), masked(came)) else came.splitlines()
            typed = ("$ " + command.replace("\n", "\n> ")).splitlines()
            out += [line.rstrip() for line in typed] + lines
        return "```console\n" + "\n".join(out) + "\n```"

    new = BLOCK.sub(check, text)
    if bless:
        README.write_text(new)
        return 0
    return 1 if bad else 0


def main():
    if sys.argv[1:2] == ["inside"]:
        return inside(sys.argv[2], sys.argv[3:] == ["--bless"])
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.call([os.environ["COLLECT_LAB"], "--devices", "50", "--dir", folder, "--",
                                sys.executable, __file__, "inside", folder] + sys.argv[1:])


sys.exit(main())
