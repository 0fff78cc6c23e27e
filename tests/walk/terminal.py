#!/usr/bin/python3
"""What a person sees on a terminal: a progress line that never wraps, Ctrl-C once and twice, a host
that is down among others; and no word of limits that do not matter."""
import fcntl
import json
import os
import pty
import re
import resource
import select
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]


def on_terminal(argv, cwd, columns, keys=()):
    """Runs argv on a terminal; keys: (what must have been said, what is typed then). All that came,
    exit status."""
    pid, fd = pty.fork()
    if pid == 0:
        time.sleep(0.1)  # for the size
        os.chdir(cwd)
        os.execv(argv[0], argv)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    out, keys, began = b"", list(keys), time.monotonic()
    while time.monotonic() - began < 60:
        if keys and re.search(keys[0][0], out):
            os.write(fd, keys.pop(0)[1])
        try:
            if select.select([fd], [], [], 0.05)[0]:
                out += os.read(fd, 65536)
        except OSError:
            break
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    return out.decode(), status


def screen(text):
    """The lines that stay: what is written over is gone."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        shown = ""
        for part in line.split("\r"):
            erased = part.startswith("\x1b[K")
            part = re.sub(r"\x1b\[[0-9;]*[mK]", "", part)
            shown = part + ("" if erased else shown[len(part):])
        lines.append(shown)
    return lines


def narrow(lab):
    text, status = on_terminal([COLLECT, "-i", "h.yml", "-t", "show_version", "--select", "host,version"],
                               lab.dir, 40)
    frames = re.findall(r"\r([^\r\x1b]*of 5 hosts[^\r\x1b]*)\x1b\[K", text)
    check("frames", len(frames) > 1, text)
    check("none wraps or is cut in a word",
          all(len(f) < 40 and re.search(r"( hosts| failed| running| s| min| second| to go)$", f) for f in frames),
          frames)
    lines = screen(text)
    check("status", status == 1, status)
    check("what stays", [l.split()[0] for l in lines if l.strip()][-8:] ==
          ["host", "---------", "ios-001", "nxos-002", "eos-003", "junos-004", "Ran", "down:"], lines)


def interrupted_once(lab):
    text, status = on_terminal([COLLECT, "-i", "h.yml", "-t", "show_version", "-w", "1", "-o", "once.json"],
                               lab.dir, 100, [(rb"\b2 of 5", b"\x03")])
    lines = [line for line in screen(text) if line.strip()]
    check("one Ctrl-C: status", status == 130, status, lines)
    done = [record["host"] for record in json.load(open(lab.dir + "/once.json"))]
    left = [name for name in ("ios-001", "nxos-002", "eos-003", "junos-004") if name not in done]
    check("one Ctrl-C: what was finished, in part", done and left, done)
    check("one Ctrl-C: says what was not", "  not finished: " + ", ".join(left) in lines and
          any(re.match(r"Ran .*\(%d failed, %d of them cancelled\)$" % (len(left) + 1, len(left)), l)
              for l in lines), lines)


def interrupted_twice(lab):
    before = set(os.listdir(lab.dir))
    text, status = on_terminal([COLLECT, "-i", "h.yml", "-t", "show_version", "-o", "twice.json"],
                               lab.dir, 100, [(rb"of 5 hosts", b"\x03\x03")])
    lines = [line for line in screen(text) if line.strip()]
    check("two Ctrl-C: status", status == 130, status)
    # The second may come when all is done already.
    check("two Ctrl-C: a last line of its own", lines and (lines[-1] == "collect: left at once" or
          "not finished" in lines[-1]), lines)
    if lines and lines[-1] == "collect: left at once":
        check("two Ctrl-C: nothing left", set(os.listdir(lab.dir)) == before, set(os.listdir(lab.dir)) - before)


def three_hosts(lab):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
    done = subprocess.run([COLLECT, "-i", "h.yml", "-t", "show_version", "-l", "down,ios-001,eos-003", "-w",
                           "5000", "-f", "csv"], cwd=lab.dir, capture_output=True, text=True, timeout=60,
                          preexec_fn=limit)
    said = re.sub(r"in [\d.]+ s", "in 1 s", done.stderr)
    check("three hosts", done.returncode == 1 and done.stdout.count("\n") == 3, done)
    check("two lines, none of them about limits",
          said == "Ran 3 commands across 3 hosts in 1 s (1 failed)\n"
                  "  down: connect to 127.0.0.1 port 1: Connection refused\n", said)


def main():
    with Lab("--devices", "4", "--set", "latency: 600ms") as lab:
        text = open(lab.dir + "/hosts.yml").read()
        with open(lab.dir + "/h.yml", "w") as file:
            file.write(text.replace("hosts:\n", "hosts:\n  down: {address: 127.0.0.1, port: 1, platform: linux}\n", 1))
        for test in (narrow, interrupted_once, interrupted_twice, three_hosts):
            test(lab)
    return failed()


sys.exit(main())
