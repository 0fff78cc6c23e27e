#!/usr/bin/python3
"""Peers that are no SSH servers, or bad ones: each ends in its time with a reason, whatever it sends
before, during and after the login; no secret reaches those that never proved who they are; what a
server asks for beyond what we need (agent, X11, forwarded ports) is refused and the run goes on."""
import json
import os
import re
import resource
import socket
import struct
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
PASSWORD = "Kestrel-81-quartz"
TIMEOUT = 3


# Peers that are no SSH servers: what they do with a connection.

def lines_for_ever(sock):
    while True:
        sock.sendall(b"Welcome to nowhere\r\n" * 500)


def slow_lines(sock):
    while True:
        sock.sendall(b"please wait\r\n")
        time.sleep(0.3)


def slow_greeting(sock):
    for c in b"SSH-2.0-" + b"x" * 200:
        sock.sendall(bytes([c]))
        time.sleep(0.2)


def long_greeting(sock):
    while True:
        sock.sendall(b"SSH-2.0-" + b"y" * 5000)


def slow_keys(sock):
    sock.sendall(b"SSH-2.0-Slow\r\n")
    for c in struct.pack(">IBB", 1000, 10, 20) + b"z" * 1000:
        sock.sendall(bytes([c]))
        time.sleep(0.2)


def ignore_for_ever(sock):
    sock.sendall(b"SSH-2.0-Flood\r\n")
    packet = struct.pack(">IBBI", 1 + 1 + 4 + 8 + 6, 6, 2, 8) + b"i" * 8 + b"p" * 6
    while True:
        sock.sendall(packet * 100)


def garbage(sock):
    sock.sendall(b"SSH-2.0-Garbage\r\n" + bytes(range(256)) * 20)
    sock.recv(65536)


def huge_packet(sock):
    sock.sendall(b"SSH-2.0-Huge\r\n" + struct.pack(">IBB", 0x7fffffff, 4, 20) + b"h" * 70000)
    time.sleep(0.5)


def old_protocol(sock):
    sock.sendall(b"SSH-1.5-Cisco-1.25\r\n")
    sock.recv(65536)


def web(sock):
    sock.recv(65536)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<html></html>\r\n")


def telnet(sock):
    sock.sendall(b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\r\nUsername: ")
    sock.recv(65536)


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def goodbye(sock):
    sock.sendall(b"SSH-2.0-Bye\r\n")
    text = b"Too many users, come back later"
    body = struct.pack(">BII", 1, 12, len(text)) + text + struct.pack(">I", 0)
    pad = 8 + (8 - (len(body) + 5) % 8) % 8
    sock.sendall(struct.pack(">IB", len(body) + 1 + pad, pad) + body + b"\0" * pad)
    sock.recv(65536)
    time.sleep(0.2)


PEERS = (
    (lines_for_ever, "greeting|banner"), (slow_lines, "greeting|banner"),
    (slow_greeting, "timed out during the SSH greeting"), (long_greeting, "greeting|banner"),
    (slow_keys, "timed out during the key exchange"), (ignore_for_ever, "the key exchange"),
    (garbage, "key exchange"), (huge_packet, "Packet len too high"), (old_protocol, "greeting|protocol|banner"),
    (web, "greeting|closed|banner"), (telnet, "greeting|closed|banner"),
    (reset, "closed|lost|reset"), (goodbye, "Too many users|closed|lost"),
)


class Peer:
    def __init__(self, act):
        self.act, self.name = act, act.__name__
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.got = b""
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        try:
            with sock:
                self.act(sock)
        except OSError:
            pass


# Messages that say nothing, and one that ends it all (RFC 4253, 11).

PIECES = [b"piece %d\n" % n * n for n in range(1, 60)]


def debug(transport):
    message = paramiko.Message()
    message.add_byte(b"\4")
    message.add_boolean(True)
    message.add_string("\x1b]0;seen\x07 PASSED ON")
    message.add_string("en")
    transport._send_user_message(message)


def unimplemented(transport):
    message = paramiko.Message()
    message.add_byte(b"\3")
    message.add_int(7)
    transport._send_user_message(message)


def leave(transport):
    message = paramiko.Message()
    message.add_byte(b"\1")
    message.add_int(11)
    message.add_string("closing for the night\x1b[2J")
    message.add_string("")
    transport._send_user_message(message)


# An SSH server that goes wrong once we are logged in.

class Server(paramiko.ServerInterface):
    def __init__(self, asked):
        self.asked, self.transport = asked, None

    def get_allowed_auths(self, username):
        return "password"

    def check_auth_password(self, username, password):
        self.asked["passwords"].append(password)
        for _ in range(20):
            self.transport.send_ignore(100)
            debug(self.transport)
            unimplemented(self.transport)
        return paramiko.AUTH_SUCCESSFUL if password == PASSWORD else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_UNKNOWN_CHANNEL_TYPE

    def check_channel_forward_agent_request(self, channel):
        self.asked["beyond"].append("agent")
        return True

    def check_channel_x11_request(self, channel, *_):
        self.asked["beyond"].append("x11")
        return True

    def check_port_forward_request(self, address, port):
        self.asked["beyond"].append("port")
        return 1

    def check_channel_env_request(self, channel, name, value):
        self.asked["beyond"].append(f"env {name}")
        return True

    def check_channel_exec_request(self, channel, command):
        threading.Thread(target=self.answer, args=(channel, command.decode()), daemon=True).start()
        return True

    def answer(self, channel, command):
        t = self.transport
        try:
            if command == "reach back":
                for kind in ("auth-agent@openssh.com", "x11", "forwarded-tcpip", "session"):
                    try:
                        t.open_channel(kind, ("127.0.0.1", 1), ("127.0.0.1", 2), timeout=5)
                        self.asked["opened"].append(kind)
                    except paramiko.SSHException:
                        self.asked["refused"].append(kind)
            elif command == "new keys":
                time.sleep(0.5)  # paramiko blocks itself if the answer to exec is still to be sent
                for _ in range(3):
                    channel.sendall(b"half ")
                    t.renegotiate_keys()
            elif command == "ignore for ever":
                while True:
                    t.send_ignore(2000)
            elif command == "debug for ever":
                while True:
                    debug(t)
            elif command == "between":
                for piece in PIECES:
                    t.send_ignore(100)
                    debug(t)
                    unimplemented(t)
                    channel.sendall(piece)
            elif command == "leave":
                channel.sendall(b"half ")
                leave(t)
                return
            channel.sendall(b"done\n")
            channel.send_exit_status(0)
            channel.close()
        except (paramiko.SSHException, OSError, EOFError):
            pass


class Gone:
    def __init__(self, key):
        self.key = key
        self.asked = {"passwords": [], "beyond": [], "opened": [], "refused": []}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            server = Server(self.asked)
            server.transport = paramiko.Transport(sock)
            server.transport.add_server_key(self.key)
            try:
                server.transport.start_server(server=server)
            except (paramiko.SSHException, EOFError):
                pass


def collect(folder, hosts, *options):
    with open(folder + "/hosts.yml", "w") as file:
        file.write("defaults: {username: x, platform: linux, known_hosts: known_hosts, "
                   "password_file: password}\nhosts:\n")
        for name, port in hosts:
            file.write(f"  {name}: {{address: 127.0.0.1, port: {port}}}\n")
    began = time.monotonic()
    done = subprocess.run([COLLECT, "-i", folder + "/hosts.yml", "-F", "none", "-f", "csv",
                           "--timeout", str(TIMEOUT), *options], capture_output=True, text=True,
                          timeout=120, env=dict(os.environ, HOME=folder))
    return done, time.monotonic() - began


def before_the_login(folder):
    peers = [Peer(act) for act, _ in PEERS]
    done, took = collect(folder, [(peer.name, peer.port) for peer in peers], "-c", "true", "--host-keys",
                         "accept-new")
    reasons = dict(re.findall(r"^ *(\w+): (.*)$", done.stderr, re.M))
    check("all fail", done.returncode == 1 and len(reasons) >= len(PEERS), done.stderr)
    for act, words in PEERS:
        check(act.__name__, re.search(words, reasons.get(act.__name__, "")), reasons.get(act.__name__))
    check("in time", took < 10 * TIMEOUT, took)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check("in little memory", most < 200 << 10, most)
    for peer in peers:
        peer.listener.close()


def after_the_login(folder):
    key = paramiko.ECDSAKey.generate()
    server = Gone(key)
    with open(folder + "/known_hosts", "w") as file:
        file.write(f"[127.0.0.1]:{server.port} {key.get_name()} {key.get_base64()}\n")
    for command in ("reach back", "new keys"):
        done, _ = collect(folder, [("one", server.port)], "-c", command)
        check(command, done.returncode == 0 and "done" in done.stdout, done.stdout, done.stderr)
    check("nothing beyond what is needed was asked for", not server.asked["beyond"], server.asked)
    check("what the server opens is refused", not server.asked["opened"]
          and len(server.asked["refused"]) == 4, server.asked)
    done, _ = collect(folder, [("one", server.port)], "-c", "between", "-f", "json", "-vv")
    check("between: every byte and no other", done.returncode == 0 and
          json.loads(done.stdout)[0]["output"].encode() == b"".join(PIECES) + b"done\n",
          done.stdout[:300], done.stderr[-300:])
    check("between: shown to nobody", "PASSED ON" not in done.stdout + done.stderr)
    for command in ("ignore for ever", "debug for ever"):
        done, took = collect(folder, [("one", server.port)], "-c", command)
        check(command, done.returncode == 1 and "timed out" in done.stderr
              and took < 10 * TIMEOUT, took, done.stderr)
    done, _ = collect(folder, [("one", server.port)], "-c", "leave", "-f", "json")
    check("leave", done.returncode == 1 and json.loads(done.stdout or "[]") == []
          and re.search("one: .*(closing for the night|connection was (closed|lost))", done.stderr)
          and "\x1b" not in done.stderr, done.stdout, done.stderr)
    check("one password a run", server.asked["passwords"] == [PASSWORD] * 6, server.asked)
    with open(folder + "/password", "w") as file:
        file.write("wrong\n")
    done, _ = collect(folder, [("one", server.port)], "-c", "true", "--retries", "3")
    check("a wrong one once, whatever --retries says", server.asked["passwords"][6:] == ["wrong"],
          server.asked, done.stderr)
    server.listener.close()


def slow_names(folder):
    """A resolver that takes its time: the others go on, and the time-out counts it."""
    shim = os.environ["BUILD_DIR"] + "/tests/libtest-shim.so"
    listener = socket.create_server(("127.0.0.1", 0))
    with open(folder + "/hosts.yml", "w") as file:
        file.write("defaults: {username: x, platform: linux}\nhosts:\n"
                   "  late: {address: host.slow.invalid}\n  never: {address: host.invalid}\n"
                   f"  here: {{address: 127.0.0.1, port: {listener.getsockname()[1]}}}\n")
    listener.close()
    began = time.monotonic()
    done = subprocess.run([COLLECT, "-i", folder + "/hosts.yml", "-F", "none", "-c", "true",
                           "--timeout", "1"], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, HOME=folder, LD_PRELOAD=shim, SHIM_DNS="5"))
    took = time.monotonic() - began
    check("a slow resolver", "late: looking up host.slow.invalid: timed out" in done.stderr,
          done.stderr)
    check("a name that nobody knows", re.search("never: looking up host.invalid: .*(unknown|not known|"
                                                "failure|no address)", done.stderr), done.stderr)
    check("a port that nobody has", re.search("here: connect to 127.0.0.1 .*refused", done.stderr),
          done.stderr)
    check("nobody waits for the resolver", took < 20, took)


for test in (before_the_login, after_the_login, slow_names):
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/password", "w") as file:
            file.write(PASSWORD + "\n")
        os.chmod(folder + "/password", 0o600)
        test(folder)
sys.exit(failed())
