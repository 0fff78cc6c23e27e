#!/usr/bin/python3
"""Peers that are no SSH server, or one that never gets on with it: each is given up within its time
with a reason of its own, nothing secret is sent to any, and a device that falls silent because its
machine stopped is not taken for one that has nothing to say."""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
SECRET = "never-to-be-seen-here"
SECONDS = 2
failures = 0
stop = threading.Event()


def check(what, ok, *seen):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what, *(str(text)[:600] for text in seen))


def drip(sock, data, pause):
    for i in range(len(data)):
        if stop.wait(pause):
            return
        sock.sendall(data[i:i + 1])


def flood(sock, piece):
    while not stop.is_set():
        sock.sendall(piece)


def packet(payload):
    """An SSH packet before keys are exchanged."""
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


GREETING = b"SSH-2.0-peer_1\r\n"
IGNORE = packet(b"\x02" + struct.pack(">I", 64) + bytes(64))


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


# What each peer does, and what must be said of it.
PEERS = {
    "text-flood": (lambda s: flood(s, b"no ssh here\r\n" * 500), "greeting"),
    "text-slow": (lambda s: drip(s, b"wait a little\r\n" * 100, 0.05), "greeting"),
    "greeting-slow": (lambda s: drip(s, b"SSH-2.0-" + b"x" * 200, 0.1), "greeting"),
    "long-line": (lambda s: flood(s, b"x" * 4096), "greeting"),
    "silent": (lambda s: stop.wait(60), "timed out"),
    "greets-only": (lambda s: (s.sendall(GREETING), stop.wait(60)), "timed out"),
    "found-out": (lambda s: (s.sendall(GREETING), stop.wait(60)), "timed out"),
    "kex-slow": (lambda s: (s.sendall(GREETING), drip(s, packet(b"\x14" + bytes(400)), 0.1)),
                 "key exchange"),
    "ignores": (lambda s: (s.sendall(GREETING), flood(s, IGNORE)), "key exchange"),
    "too-long": (lambda s: (s.sendall(GREETING + b"\x7f\xff\xff\xff\x04" + bytes(64)),
                            stop.wait(60)), "too high"),
    "nonsense": (lambda s: (s.sendall(GREETING + b"\xaa" * 4096), stop.wait(60)), "too high"),
    "ssh-1": (lambda s: (s.sendall(b"SSH-1.5-old\r\n"), stop.wait(60)), ""),
    "http": (lambda s: s.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "closed"),
    "closes": (lambda s: None, "closed"),
    "resets": (reset, "lost|closed|reset"),
}


class Peer:
    """Listens, does what it does to whoever comes, and keeps what it was sent."""

    def __init__(self, name, act):
        self.act, self.got, self.connections = act, b"", 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while not stop.is_set():
            try:
                sock = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            if self.act is reset:  # while nobody else reads, or nothing is closed
                reset(sock)
                continue
            threading.Thread(target=self.hear, args=(sock,), daemon=True).start()
            try:
                self.act(sock)
            except OSError:
                pass
            stop_sending(sock)

    def hear(self, sock):
        try:
            while data := sock.recv(65536):
                self.got += data
        except OSError:
            pass


def stop_sending(sock):
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def deaf_port():
    """Listens, but its queue is full: to who connects, a black hole."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(4):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(listener.getsockname())
        waiting.append(s)
    time.sleep(0.2)
    return listener, waiting, listener.getsockname()[1]


def wrong_peers():
    peers = {name: Peer(name, act) for name, (act, _) in PEERS.items()}
    listener, waiting, deaf = deaf_port()
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/secret", "w") as file:
            file.write(SECRET + "\n")
        os.chmod(folder + "/secret", 0o600)
        with open(folder + "/hosts.yml", "w") as file:
            file.write("defaults: {platform: cisco_ios, username: x, password_file: secret}\nhosts:\n")
            for name, peer in peers.items():
                file.write("  %s: {address: 127.0.0.1, port: %d%s}\n" % (
                    name, peer.port, ", platform: auto" if name == "found-out" else ""))
            file.write("  deaf: {address: 127.0.0.1, port: %d}\n" % deaf)
        began = time.time()
        done = subprocess.run([COLLECT, "-i", folder + "/hosts.yml", "-F", "none",
                               "--allow-duplicate-address", "-c", "show version", "--host-keys",
                               "off", "--timeout", str(SECONDS), "-f", "json", "--report",
                               folder + "/report.json"], capture_output=True, text=True,
                              timeout=120)
        took = time.time() - began
        jobs = {job["host"]: job for job in json.load(open(folder + "/report.json"))["jobs"]}
    stop.set()
    check("exit status", done.returncode == 1 and json.loads(done.stdout) == [], done)
    check("all within their time", took < 10 * SECONDS, took)
    for name, (_, words) in PEERS.items():
        job, peer = jobs[name], peers[name]
        check(name, job["status"] in ("timed-out", "protocol", "unreachable") and
              (not words or any(word in job["reason"] for word in words.split("|"))), job)
        check(name + ", one connection", peer.connections == 1, peer.connections)
        check(name + ", no secret", SECRET.encode() not in peer.got, peer.got)
    check("deaf", "timed out" in jobs["deaf"]["reason"], jobs["deaf"])  # to us or to the system
    for sock in [listener, *waiting]:
        sock.close()


def stopped_machine():
    """The device's machine stops in the middle: TCP still acknowledges, and nothing comes."""
    with Lab("-p", "cisco_ios", "-n", "1", "--set", "latency: 1s") as lab:
        command = [COLLECT, "-i", lab.dir + "/hosts.yml", "-c", "show version", "--timeout", "3",
                   "-f", "json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        for _ in range(400):
            if "show version" in open(lab.dir + "/log").read() or process.poll() is not None:
                break
            time.sleep(0.02)
        os.kill(lab.process.pid, signal.SIGSTOP)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            os.kill(lab.process.pid, signal.SIGCONT)
        check("a stopped machine", process.returncode == 1 and json.loads(out) == [] and
              "timed out" in err, process.returncode, out, err)


wrong_peers()
stopped_machine()
sys.exit(failures > 0)
