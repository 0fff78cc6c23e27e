#!/usr/bin/python3
"""The command line, case by case: each folder under cases/ holds

    cmd      a shell script; $COLLECT is the program, the working folder a scratch copy of the
             case's `files` folder where it has one
    stdout   what must come, byte for byte   (missing = nothing)
    stderr   likewise
    exit     the exit status                 (missing = 0)

--bless NAME... (or --bless alone for all) writes what came instead of comparing it.
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parent / "cases"
PARTS = ("stdout", "stderr", "exit")
DEFAULTS = {"stdout": b"", "stderr": b"", "exit": b"0\n"}


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith(("COLLECT_", "NTC_", "NET_"))}
    env.update(LC_ALL="C.UTF-8", TZ="UTC", HOME="/nonexistent", COLUMNS="80")
    env["COLLECT"] = os.path.abspath(env.get("COLLECT", "build/collect"))
    env.setdefault("SOURCE_DIR", str(CASES.parents[2]))
    return env


def run(case):
    with tempfile.TemporaryDirectory() as scratch:
        if (case / "files").is_dir():
            shutil.copytree(case / "files", scratch, dirs_exist_ok=True)
        done = subprocess.run(["/bin/bash", str(case / "cmd")], cwd=scratch, env=environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    return {"stdout": done.stdout, "stderr": done.stderr, "exit": b"%d\n" % done.returncode}


def wanted(case, part):
    path = case / part
    return path.read_bytes() if path.exists() else DEFAULTS[part]


def bless(case, got):
    for part in PARTS:
        if got[part] == DEFAULTS[part]:
            (case / part).unlink(missing_ok=True)
        else:
            (case / part).write_bytes(got[part])


def compare(case, got):
    wrong = [part for part in PARTS if got[part] != wanted(case, part)]
    for part in wrong:
        print(f"{case.name}: {part}\n  got  {got[part]!r}\n  want {wanted(case, part)!r}")
    return not wrong


def main(args):
    blessing = "--bless" in args
    names = [a for a in args if a != "--bless"]
    cases = [c for c in sorted(CASES.iterdir()) if not names or c.name in names]
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for case, got in zip(cases, pool.map(run, cases)):
            if blessing:
                bless(case, got)
            passed += blessing or compare(case, got)
    print(f"{passed} of {len(cases)} passed")
    return 0 if cases and passed == len(cases) else 1


sys.exit(main(sys.argv[1:]))
