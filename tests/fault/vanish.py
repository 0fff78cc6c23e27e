#!/usr/bin/python3
"""A network that swallows packets: in a network namespace of its own, a server behind a pair of
virtual devices whose answers vanish, or whose cable is pulled, in each phase of a session. Each ends
in its time with a line that says where, what was half is not taken for whole, the other hosts are
done, and a short gap harms nobody."""
import json
import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import need_paramiko  # noqa: E402

need_paramiko()
import paramiko  # noqa: E402

COLLECT = os.environ["COLLECT"]
NEAR, FAR = "10.99.0.1", "10.99.0.2"
PORT = 2222
TIMEOUT = 3
LINES = 40


# The server: says on stdout when it has come to a point where the network may vanish.

def say(text):
    print(text, flush=True)


class Server(paramiko.ServerInterface):
    def __init__(self, address):
        self.far = address == FAR

    def get_allowed_auths(self, username):
        return "password"

    def check_auth_password(self, username, password):
        if username == "slow" and self.far:
            say("auth")
            time.sleep(1)
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        command = command.decode() if self.far else "at once"
        threading.Thread(target=answer, args=(channel, command), daemon=True).start()
        return True


def answer(channel, command):
    try:
        channel.sendall(b"begun\n")
        if command != "at once":
            say(command)
        if command == "quiet":
            time.sleep(1000)
        while command == "flood":
            channel.sendall(b"a line of many\n" * 50)
            time.sleep(0.02)
        for i in range(LINES if command == "slow" else 0):
            channel.sendall(b"line %d\n" % i)
            time.sleep(0.05)
        channel.send_exit_status(0)
        channel.close()
    except (paramiko.SSHException, OSError, EOFError):
        pass


def serve_one(sock, key, address):
    try:
        transport = paramiko.Transport(sock)
        transport.add_server_key(key)
        transport.start_server(server=Server(address))
    except (paramiko.SSHException, EOFError, OSError):
        pass


def serve(key, address):
    with socket.create_server((address, PORT)) as listener:
        if address == FAR:
            say("ready")
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=serve_one, args=(sock, key, address), daemon=True).start()


# The network.

def ip(*words, pid=None):
    enter = ["nsenter", "-t", str(pid), "-n"] if pid else []
    return subprocess.run([*enter, "ip", *words], check=True, capture_output=True, text=True)


class Far:
    """The server in a namespace of its own, at the other end of a cable."""

    def __init__(self, folder):
        self.process = subprocess.Popen(["unshare", "--net", sys.executable, __file__, "serve", folder],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid, self.said = self.process.pid, queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.wait_for("here")
        ip("link", "add", "near", "type", "veth", "peer", "name", "far", "netns", str(self.pid))
        for name, address, pid in (("near", NEAR, None), ("far", FAR, self.pid)):
            ip("addr", "add", address + "/30", "dev", name, pid=pid)
            ip("link", "set", name, "up", pid=pid)
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.wait_for("ready")

    def listen(self):
        for line in self.process.stdout:
            self.said.put(line.strip())

    def wait_for(self, text):
        while self.said.get(timeout=30) != text:
            pass

    def reachable(self):
        for _ in range(100):
            try:
                socket.create_connection((FAR, PORT), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the network does not come back")

    def cut(self):
        ip("route", "add", "blackhole", NEAR + "/32", pid=self.pid)

    def mend(self):
        ip("route", "del", "blackhole", NEAR + "/32", pid=self.pid)
        self.reachable()

    def pull(self):
        ip("link", "set", "far", "down", pid=self.pid)

    def plug(self):
        ip("link", "set", "far", "up", pid=self.pid)
        self.reachable()

    def end(self):
        self.process.kill()
        self.process.wait(10)


class Run:
    def __init__(self, folder, *commands, user="x", timeout=TIMEOUT):
        self.began, self.commands = time.monotonic(), commands
        asks = [word for command in commands for word in ("-c", command)]
        self.process = subprocess.Popen([COLLECT, "-i", folder + "/hosts.yml", "-F", "none", "-f", "json",
                                         "-u", user, "--timeout", str(timeout), *asks],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, HOME=folder, SSH_AUTH_SOCK=""))

    def end(self):
        out, self.talk = self.process.communicate(timeout=60)
        self.took = time.monotonic() - self.began
        self.outputs = {(r["host"], r["command"]): r["output"] for r in json.loads(out or "[]")}
        found = re.search(r"^ *gone: (.*)$", self.talk, re.M)
        self.reason = found[1] if found else self.talk
        return self


def judge(what, run, words, *whole):
    """The host that vanished failed with these words; others, and what it had done, are there."""
    run.end()
    check(what, run.process.returncode == 1 and re.search(words, run.reason), run.talk)
    check(what + ": in time", run.took < 10 * TIMEOUT, run.took)
    wanted = {("near", command) for command in run.commands} | {("gone", command) for command in whole}
    check(what + ": what is whole", set(run.outputs) == wanted, run.outputs.keys(), run.talk)


def phases(folder, far):
    far.cut()
    judge("before connecting", Run(folder, "fine"), f"connect to {FAR} port {PORT}: timed out")
    far.mend()
    for vanish, back in ((far.cut, far.mend), (far.pull, far.plug)):
        name = vanish.__name__
        run = Run(folder, "fine", user="slow")
        far.wait_for("auth")
        vanish()
        judge(f"{name} while logging in", run, "timed out during authentication")
        back()
        run = Run(folder, "first", "quiet")
        far.wait_for("quiet")
        vanish()
        judge(f"{name} in a quiet command", run, "timed out", "first")
        back()
        run = Run(folder, "flood")
        far.wait_for("flood")
        vanish()
        judge(f"{name} in a flood", run, "timed out")
        back()


def gap(folder, far):
    run = Run(folder, "slow", timeout=30)
    far.wait_for("slow")
    far.cut()
    time.sleep(0.7)
    far.mend()
    run.end()
    whole = "begun\n" + "".join(f"line {i}\n" for i in range(LINES))
    check("a gap", run.process.returncode == 0 and run.outputs.get(("gone", "slow")) == whole, run.talk,
          run.outputs)


def inside(folder):
    key = paramiko.ECDSAKey.from_private_key_file(folder + "/key")
    ip("link", "set", "lo", "up")
    with open(folder + "/known_hosts", "w") as file:
        for address in (FAR, "127.0.0.1"):
            file.write(f"[{address}]:{PORT} {key.get_name()} {key.get_base64()}\n")
    with open(folder + "/password", "w") as file:
        file.write("any\n")
    os.chmod(folder + "/password", 0o600)
    with open(folder + "/hosts.yml", "w") as file:
        file.write("defaults: {platform: linux, known_hosts: known_hosts, password_file: password, "
                   f"port: {PORT}}}\nhosts:\n  gone: {{address: {FAR}}}\n  near: {{address: 127.0.0.1}}\n")
    threading.Thread(target=serve, args=(key, "127.0.0.1"), daemon=True).start()
    far = Far(folder)
    try:
        for test in (phases, gap):
            test(folder, far)
    finally:
        far.end()
    return failed()


# Into a namespace, where one may have one.

def way_in():
    for words in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        trial = "ip link add near type veth peer name far && unshare --net true"
        try:
            if subprocess.run([*words, "sh", "-c", trial], capture_output=True).returncode == 0:
                return words
        except FileNotFoundError:
            pass
    return None


if sys.argv[1:2] == ["serve"]:
    say("here")
    sys.stdin.readline()
    serve(paramiko.ECDSAKey.from_private_key_file(sys.argv[2] + "/key"), FAR)
elif sys.argv[1:2] == ["inside"]:
    sys.exit(inside(sys.argv[2]))
for program in ("unshare", "nsenter", "ip"):
    if not shutil.which(program):
        print(f"skipped: there is no {program} (apt-get install util-linux iproute2)")
        sys.exit(77)
way = way_in()
if not way:
    print("skipped: no network namespace with virtual devices may be made here")
    sys.exit(77)
with tempfile.TemporaryDirectory() as folder:
    paramiko.ECDSAKey.generate().write_private_key_file(folder + "/key")
    status = subprocess.run([*way, sys.executable, __file__, "inside", folder]).returncode
sys.exit(status)
