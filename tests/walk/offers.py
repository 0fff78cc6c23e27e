#!/usr/bin/python3
"""What is offered to whom, as it stands in the first packet of the key exchange (KEXINIT): modern
algorithms by default, cheap ones first, nothing that a man in the middle could truncate (Terrapin);
old ones behind them for hosts that say `legacy`, and for these alone; exact lists as ssh_config(5)
has them, from the inventory and from the ssh configuration."""
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402

COLLECT = os.environ["COLLECT"]
LISTS = ("kex", "hostkey", "cipher", "cipher_back", "mac", "mac_back", "compression")
OLD = {"kex": ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1",
               "diffie-hellman-group1-sha1"],
       "hostkey": ["ssh-rsa"], "cipher": ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"],
       "mac": ["hmac-sha1"]}


def read_exactly(sock, n):
    data = b""
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def kexinit(sock):
    """The lists of the client's KEXINIT."""
    sock.sendall(b"SSH-2.0-Catcher\r\n")
    while read_exactly(sock, 1) != b"\n":
        pass
    length, padding = struct.unpack(">IB", read_exactly(sock, 5))
    packet = read_exactly(sock, length - 1)
    assert packet[0] == 20, packet[:20]
    at, out = 17, {}
    for name in LISTS:
        size = struct.unpack_from(">I", packet, at)[0]
        out[name] = packet[at + 4:at + 4 + size].decode().split(",")
        at += 4 + size
    return out


class Catcher:
    """A port that takes one KEXINIT and hangs up."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lists = {}
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                sock, _ = self.listener.accept()
                with sock:
                    sock.settimeout(30)
                    self.lists = kexinit(sock)
            except OSError:
                return


# name, what its inventory entry says
HOSTS = (("plain", ""), ("old", "legacy: true"), ("young", "legacy: false"),
         ("exact", "algorithms: {kex: 'ecdh-sha2-nistp256', hostkey: 'rsa-sha2-512', "
                   "cipher: 'aes256-gcm@openssh.com,aes128-ctr', mac: hmac-sha2-512}"),
         ("more", "algorithms: {kex: +diffie-hellman-group14-sha1, cipher: +aes128-cbc}"),
         ("less", "algorithms: {kex: '-diffie-hellman-*,ecdh-*', mac: '-*etm*'}"),
         ("first", "algorithms: {kex: ^diffie-hellman-group16-sha512, hostkey: ^ssh-rsa}"),
         ("some", "algorithms: {kex: 'ecdh-sha2-*', cipher: 'aes???-ctr'}"),
         ("configured", ""))


def offers():
    catchers = {name: Catcher() for name, _ in HOSTS}
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/hosts.yml", "w") as file:
            file.write("defaults: {username: x, platform: linux, known_hosts: known_hosts}\nhosts:\n")
            for name, said in HOSTS:
                file.write(f"  {name}: {{address: 127.0.0.1, port: {catchers[name].port}"
                           f"{', ' + said if said else ''}}}\n")
        with open(folder + "/config", "w") as file:
            file.write(f"Match exec \"test %p = {catchers['configured'].port}\"\n"
                       "  KexAlgorithms curve25519-sha256\n  Ciphers +3des-cbc\n"
                       "  MACs ^hmac-sha1\n  HostKeyAlgorithms -ssh-ed25519\n")
        open(folder + "/known_hosts", "w").close()
        os.makedirs(folder + "/home")
        done = subprocess.run([COLLECT, "-i", folder + "/hosts.yml", "-F", folder + "/config", "-c",
                               "true", "-f", "csv"], capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, HOME=folder + "/home", SHELL="/bin/sh"))
    check("all fail", done.returncode == 1, done.stderr)
    for name, catcher in catchers.items():
        check(f"{name} was asked", catcher.lists, done.stderr)
        catcher.listener.close()
    return {name: catcher.lists for name, catcher in catchers.items()}


def old_ones(lists):
    return [name for key, names in OLD.items() for name in names if name in lists[key]]


seen = offers()
plain = seen["plain"]
ext = [name for name in plain["kex"] if name.startswith(("ext-info", "kex-strict"))]
kex = [name for name in plain["kex"] if name not in ext]
check("strict key exchange is announced", "kex-strict-c-v00@openssh.com" in ext, plain)
check("nothing old by default", not old_ones(plain), plain)
check("curve25519 first, group18 last", kex[0].startswith("curve25519-sha256")
      and kex[-1] == "diffie-hellman-group18-sha512", kex)
check("ed25519 first", plain["hostkey"][0] == "ssh-ed25519", plain)
check("gcm and ctr only", all("gcm@" in c or c.endswith("-ctr") for c in plain["cipher"]), plain)
check("both ways alike", plain["cipher"] == plain["cipher_back"] and plain["mac"] == plain["mac_back"])
check("rather no compression", plain["compression"][0] == "none", plain)
check("`legacy: false` says the same", seen["young"] == plain, seen["young"])

old = seen["old"]
check("all that is old", sorted(old_ones(old)) == sorted(n for ns in OLD.values() for n in ns), old)
for key in ("kex", "hostkey", "cipher", "mac"):
    modern = [name for name in plain[key] if name not in ext]
    check(f"behind the modern ones: {key}", old[key][:len(modern)] == modern, old[key])

exact = seen["exact"]
check("exactly", [n for n in exact["kex"] if n not in ext] == ["ecdh-sha2-nistp256"]
      and exact["hostkey"] == ["rsa-sha2-512"] and exact["mac"] == ["hmac-sha2-512"]
      and exact["cipher"] == ["aes256-gcm@openssh.com", "aes128-ctr"], exact)
more = seen["more"]
check("+", [n for n in more["kex"] if n not in ext] == kex + ["diffie-hellman-group14-sha1"]
      and more["cipher"] == plain["cipher"] + ["aes128-cbc"] and more["mac"] == plain["mac"], more)
less = seen["less"]
check("-", [n for n in less["kex"] if n not in ext] == [n for n in kex if n.startswith("curve")]
      and less["mac"] == [n for n in plain["mac"] if "etm" not in n], less)
first = seen["first"]
check("^", first["kex"][0] == "diffie-hellman-group16-sha512" and first["hostkey"][0] == "ssh-rsa"
      and len(first["kex"]) == len(plain["kex"]), first)
some = seen["some"]
check("patterns", [n for n in some["kex"] if n not in ext] == [n for n in kex if "ecdh" in n]
      and some["cipher"] == [n for n in plain["cipher"] if n.endswith("-ctr")], some)
conf = seen["configured"]
check("the ssh configuration's", [n for n in conf["kex"] if n not in ext] == ["curve25519-sha256"]
      and conf["cipher"] == plain["cipher"] + ["3des-cbc"] and conf["mac"][0] == "hmac-sha1"
      and "ssh-ed25519" not in conf["hostkey"] and len(conf["hostkey"]) > 2, conf)
sys.exit(failed())
