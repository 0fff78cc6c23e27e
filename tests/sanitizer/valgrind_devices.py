#!/usr/bin/python3
"""Runs against devices that fail in many ways, under valgrind: no error, no leak, and no descriptor
left open but the three it was given. Records go to CSV and into a database, outputs to --save-raw,
failures to --failed, all to --report and -vv; one run ends by Ctrl-C."""
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
IOS = "platform: cisco_ios, fixture: c2911, enable: Heron-47, user_prompt: '{hostname}>', "
LINUX = "platform: linux, fixture: debian12, "
DEVICES = [("plain", IOS, None), ("host", LINUX, None), ("coloured", IOS + "escapes: true", None),
           ("dropping", IOS + "drop_after: 1000", "closed"), ("host-dropping", LINUX + "drop_after: 100", "closed"),
           ("trickling", IOS + "trickle: 60", "timed out"), ("s-banner", IOS + "silent: banner", "timed out"),
           ("s-kex", IOS + "silent: kex", "timed out"), ("s-auth", IOS + "silent: auth", "timed out"),
           ("s-channel", IOS + "silent: channel", "timed out"), ("s-command", IOS + "silent: command", "timed out"),
           ("host-silent", LINUX + "silent: command", "timed out"),
           ("asking", IOS + "question: 'Proceed? [y/n] '", "asks"), ("lying", IOS + "host_key: changed", "host key"),
           ("other-enable", IOS + "password: same", "denied"),
           ("endless", IOS + "endless: true, pager: ''", "larger than|timed out")]
LOCAL = """  gone: {address: 127.0.0.1, port: 1, platform: linux}
  garbage: {address: 127.0.0.1, port: %d, platform: linux}
  late-garbage: {address: 127.0.0.1, port: %d, platform: linux}
"""


def garbage(first):
    """A server that says `first` and then nonsense."""
    server = socket.create_server(("127.0.0.1", 0))
    rng = random.Random(7)

    def serve():
        while True:
            client, _ = server.accept()
            with client:
                try:
                    client.sendall(first + rng.randbytes(20000))
                    client.settimeout(2)
                    while client.recv(4096):
                        pass
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


def run(lab, name, *options, interrupt_after=None):
    log = lab.dir + "/valgrind-" + name
    child = subprocess.Popen(
        ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
         "--errors-for-leak-kinds=definite,indirect", "--track-fds=yes", "--error-exitcode=99",
         "--num-callers=25", "--log-file=" + log, COLLECT, "-i", lab.dir + "/hosts.yml", "-t",
         "show_version", *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=lab.dir,
        env=dict(os.environ, COLLECT_NO_JIT="1"))  # generated code reads whole words, which valgrind minds
    if interrupt_after:
        time.sleep(interrupt_after)
        child.send_signal(signal.SIGINT)
    out, talk = child.communicate(timeout=600)
    said = open(log).read()
    check(name + ": no error", child.returncode != 99 and "ERROR SUMMARY" not in said, said[:6000])
    # Beside the three standard ones there is valgrind's log, and what this test was given itself.
    open_, std = map(int, re.search(r"FILE DESCRIPTORS: (\d+) open \((\d+) std\)", said).groups())
    check(name + ": no descriptor left", open_ - std == said.count("<inherited from parent>"), said[:3000])
    return child.returncode, out, talk.decode(errors="replace")


def judge(talk):
    for name, _, wanted in DEVICES + [("gone", "", "refused"), ("garbage", "", "."), ("late-garbage", "", ".")]:
        line = re.search(r"^  %s: (.*)$" % name, talk, re.M)
        good = not line if wanted is None else line and re.search(wanted, line[1])
        check(name, good, line and line[0], wanted)


def main():
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        return 77
    devices = "".join("- {hostname: %s, %s}\n" % (n, s.rstrip(", ")) for n, s, _ in DEVICES)
    with Lab(devices=devices) as lab:
        with open(lab.dir + "/password-other-enable", "w") as file:
            file.write("another\n")
        with open(lab.dir + "/hosts.yml", "a") as file:
            file.write(LOCAL % (garbage(b""), garbage(b"SSH-2.0-nonsense\r\n")))
        status, out, talk = run(lab, "csv", "-f", "csv", "--timeout", "20", "--save-raw", "raw", "--report",
                                "report.json", "--failed", "failed.yml", "-vv", "--redact")
        judge(talk)
        check("some failed", status == 1, status, talk[-2000:])
        check("records", out.count(b"\n") == 4, out[:500])
        status, _, talk = run(lab, "db", "-o", "run.db", "--timeout", "12", "-w", "6")
        judge(talk)
        check("a database", status == 1 and os.path.exists(lab.dir + "/run.db"), status, talk[-2000:])
        status, _, talk = run(lab, "interrupted", "-o", "out.json", "--timeout", "60", interrupt_after=6)
        check("interrupted", status == 130, status, talk[-2000:])
    return failed()


sys.exit(main())
