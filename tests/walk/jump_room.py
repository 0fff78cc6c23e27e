#!/usr/bin/python3
"""A jump host that takes fewer channels than we open: the sessions it has no room for wait for the
others to end, whether max_sessions is said or not; with no room at all they fail, and say so."""
import os
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab, need_paramiko  # noqa: E402

need_paramiko()
import paramiko  # noqa: E402

COLLECT = os.environ["COLLECT"]


class Jump(paramiko.ServerInterface):
    """Counts what goes through it."""

    def __init__(self, room, counts):
        self.room, self.counts, self.lock = room, counts, threading.Lock()
        self.targets = {}

    def get_allowed_auths(self, username):
        return "password"

    def check_auth_password(self, username, password):
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_direct_tcpip_request(self, chanid, origin, destination):
        with self.lock:
            if self.counts["now"] >= self.room:
                self.counts["refused"] += 1
                return paramiko.OPEN_FAILED_RESOURCE_SHORTAGE
            self.counts["now"] += 1
            self.counts["most"] = max(self.counts["most"], self.counts["now"])
        self.targets[chanid] = socket.create_connection(destination)
        return paramiko.OPEN_SUCCEEDED

    def carry(self, channel):
        target = self.targets.pop(channel.get_id())

        def copy(read, write, end):
            try:
                while data := read(65536):
                    write(data)
            except OSError:
                pass
            end()

        def shut():
            try:
                target.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        other = threading.Thread(target=copy, args=(target.recv, channel.sendall, channel.close),
                                 daemon=True)
        other.start()
        copy(channel.recv, target.sendall, shut)
        other.join()
        target.close()
        with self.lock:
            self.counts["now"] -= 1


def serve(listener, key, room, counts):
    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(peer)
        transport.add_server_key(key)
        server = Jump(room, counts)
        transport.start_server(server=server)

        def carry_all():
            while transport.is_active():
                channel = transport.accept(1)
                if channel:
                    threading.Thread(target=server.carry, args=(channel,), daemon=True).start()
        threading.Thread(target=carry_all, daemon=True).start()


def run(room, *said):
    counts = {"now": 0, "most": 0, "refused": 0}
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", 0)) as listener, \
            Lab("--platform", "linux", "--devices", "7") as lab:
        port = listener.getsockname()[1]
        threading.Thread(target=serve, args=(listener, key, room, counts), daemon=True).start()
        text = open(lab.dir + "/hosts.yml").read().replace("defaults:", "defaults:\n  jump: gate", 1)
        with open(lab.dir + "/jump.yml", "w") as file:
            file.write(text + "jumps:\n  gate: {address: 127.0.0.1, port: %d%s}\n"
                       % (port, "".join(", " + s for s in said)))
        with open(lab.dir + "/known_hosts", "a") as file:
            file.write(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
        child = subprocess.run([COLLECT, "-i", lab.dir + "/jump.yml", "-F", "none", "-c", "whoami",
                                "-f", "csv"], capture_output=True, text=True, timeout=120)
        listener.shutdown(socket.SHUT_RDWR)
    return child, counts


for room in (1, 2, 5):
    child, counts = run(room)
    check(f"room for {room}", child.returncode == 0 and child.stdout.count("admin") >= 7,
          child.stdout, child.stderr)
    check(f"room for {room}: never more", counts["most"] <= room and counts["refused"] > 0, counts)
child, counts = run(2, "max_sessions: 2")
check("max_sessions", child.returncode == 0, child.stderr)
check("max_sessions: never more than it has room for", counts["most"] <= 2, counts)
child, counts = run(0, "max_sessions: 7")
check("no room at all", child.returncode == 1 and child.stderr.count(
    "jump host gate: the opening of a connection through it failed") == 7, child.stderr)
sys.exit(failed())
