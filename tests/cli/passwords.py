#!/usr/bin/python3
"""Where passwords come from, and what is said when they don't: as far as it shows without a
device (a refused port follows), and on a terminal of our own."""
import os
import pty
import select
import subprocess
import sys
import tempfile
import termios
import time

COLLECT = os.path.abspath(os.environ.get("COLLECT", "build/collect"))
RUN = [COLLECT, "-c", "ls", "--platform", "linux", "--timeout", "2"]
FAILED = []


def check(name, ok, detail=""):
    if not ok:
        FAILED.append(name)
        print("FAILED: %s: %s" % (name, detail))


def run(arguments, **more):
    env = dict(os.environ, HOME="/nonexistent", **more.pop("env", {}))
    return subprocess.run(RUN + arguments, capture_output=True, text=True, timeout=20, env=env,
                          stdin=subprocess.DEVNULL, **more)


def inventory(folder, keys):
    path = os.path.join(folder, "hosts.yml")
    with open(path, "w") as out:
        out.write("hosts:\n  r1: {address: 127.0.0.1, port: 1, %s}\n" % keys)
    return path


def sources(folder):
    """Each source is asked before anything connects: good ones lead to the refused port."""
    with open(os.path.join(folder, "secret"), "w") as out:
        out.write("s3cret\r\nmore\n")
    open(os.path.join(folder, "empty"), "w").close()
    with open(os.path.join(folder, "long"), "w") as out:
        out.write("x" * 5000 + "\n")
    cases = [
        ("password_env: GOOD", 1, "refused"),
        ("password_env: NONE", 3, "hosts.yml:2: host r1: the environment variable NONE is not set"),
        ("password_env: EMPTY", 3, "the environment variable EMPTY is empty"),
        ("password_file: secret", 1, "refused"),
        ("password_file: missing", 3, "missing: No such file"),
        ("password_file: empty", 3, "its first line is empty"),
        ("password_file: long", 3, "its first line is longer"),
        ("password_command: echo x", 1, "refused"),
        ("password_command: 'yes | head -c 100000'", 1, "refused"),
        ("password_command: exit 3", 3, "password command `exit 3`: it failed with status 3"),
        ("password_command: 'true'", 3, "its first line is empty"),
        ("password_command: kill -9 $$", 3, "it was ended by signal 9"),
        ("enable_password_env: NONE", 3, "NONE is not set"),
        ("password: plain", 1, "password stands in the file"),
    ]
    for keys, status, words in cases:
        done = run(["-i", inventory(folder, keys)], env={"GOOD": "x", "EMPTY": ""})
        check(keys, done.returncode == status and words in done.stderr,
              "%d %s" % (done.returncode, done.stderr))
        check(keys + " stays secret", "s3cret" not in done.stderr + done.stdout)


def command_line(folder):
    """The command line's password is everybody's: other sources are not even looked at."""
    path = inventory(folder, "password_env: NONE")
    secret = os.path.join(folder, "secret")
    done = run(["-i", path, "--password-file", secret])
    check("--password-file", done.returncode == 1 and "refused" in done.stderr, done.stderr)
    fd = os.open(secret, os.O_RDONLY)
    done = run(["-i", path, "--password-fd", str(fd)], pass_fds=[fd])
    os.close(fd)
    check("--password-fd", done.returncode == 1 and "refused" in done.stderr, done.stderr)
    done = run(["-i", path, "--password-fd", "77"])
    check("a closed --password-fd", done.returncode == 3 and "descriptor 77" in done.stderr,
          done.stderr)
    done = run(["-i", path, "--password-file", secret, "-k"])
    check("two passwords", done.returncode == 2 and "only one of" in done.stderr, done.stderr)
    done = run(["-i", path, "-k"], start_new_session=True)
    check("-k without a terminal", done.returncode == 2 and "no terminal" in done.stderr,
          done.stderr)
    marker = os.path.join(folder, "once")
    three = os.path.join(folder, "three.yml")
    with open(three, "w") as out:
        out.write("defaults: {password_command: 'echo x >> %s; echo y'}\nhosts:\n" % marker)
        out.writelines("  r%d: {address: 127.0.0.%d, port: 1}\n" % (i, i) for i in range(1, 4))
    run(["-i", three])
    check("a command runs once", open(marker).read() == "x\n", open(marker).read())


def terminal(arguments, typed):
    """Runs on a terminal, types when asked. What was shown, the exit status, and whether echo was
    off while asking and on again at the end."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(HOME="/nonexistent")
        os.environ.pop("SSH_AUTH_SOCK", None)
        os.execv(COLLECT, RUN + arguments)
    shown, quiet, end = b"", None, time.time() + 15
    while time.time() < end:
        ready = select.select([fd], [], [], 0.2)[0]
        try:
            data = os.read(fd, 4096) if ready else None
        except OSError:
            break
        shown += data or b""
        if quiet is None and b"assword" in shown and shown.rstrip().endswith(b":"):
            quiet = not termios.tcgetattr(fd)[3] & termios.ECHO
            if quiet:
                os.write(fd, typed)
            else:
                quiet = None
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    return shown.decode(), status, quiet


def prompts():
    shown, status, quiet = terminal(["-k", "127.0.0.1:1"], b"s3cret\n")
    check("-k", status == 1 and quiet and "refused" in shown, "%d %s" % (status, shown))
    check("-k does not echo", "s3cret" not in shown, shown)
    shown, status, quiet = terminal(["-k", "127.0.0.1:1"], b"\x03")
    check("Ctrl-C at the prompt", status == 130 and "refused" not in shown,
          "%d %s" % (status, shown))
    shown, status, quiet = terminal(["-k", "127.0.0.1:1"], b"\n")
    check("nothing typed", status == 2 and "no password was typed" in shown,
          "%d %s" % (status, shown))
    shown, status, quiet = terminal(["127.0.0.1:1"], b"\n")
    check("asked when nothing is said", status == 1 and quiet and "refused" in shown,
          "%d %s" % (status, shown))


with tempfile.TemporaryDirectory() as scratch:
    sources(scratch)
    command_line(scratch)
prompts()
print("failed: %d" % len(FAILED))
sys.exit(1 if FAILED else 0)
