#!/usr/bin/python3
"""The fault proxy itself: what it passes on, cuts, flips, stalls and delays is exactly what it was
asked for; another client than collect looks through it at a device of collect-lab."""
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab, need_paramiko, paramiko  # noqa: E402
from proxy import Fault, Proxy  # noqa: E402

need_paramiko()
TEXT = bytes(range(256)) * 8


def serve(listener):
    """Sends TEXT to whoever comes, then what they send, until they end."""
    while True:
        try:
            sock = listener.accept()[0]
        except OSError:
            return
        threading.Thread(target=answer, args=(sock,), daemon=True).start()


def answer(sock):
    try:
        sock.sendall(TEXT)
        while data := sock.recv(65536):
            sock.sendall(data)
    except OSError:
        pass
    sock.close()


def read(address, wait=0.3, send=b""):
    """What comes, and how it ends: "end", "reset" or "silence"."""
    got = b""
    with socket.create_connection(address, timeout=5) as sock:
        sock.settimeout(wait)
        try:
            if send:
                sock.sendall(send)
            while data := sock.recv(65536):
                got += data
            return got, "end"
        except socket.timeout:
            return got, "silence"
        except ConnectionError:
            return got, "reset"


def bytes_exactly():
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    faults = [Fault(), Fault(cut=0), Fault(cut=1), Fault(cut=2000), Fault(reset=7), Fault(stall=9),
              Fault(flip=5, bit=3), Fault(direction="up", cut=3), Fault(direction="up", flip=1)]
    flipped = TEXT[:5] + bytes([TEXT[5] ^ 8]) + TEXT[6:]
    wanted = [(TEXT + b"abcdef", "silence"), (b"", "end"), (TEXT[:1], "end"), (TEXT[:2000], "end"),
              (None, "reset"), (TEXT[:9], "silence"), (flipped + b"abcdef", "silence"), (None, None),
              (TEXT + b"accdef", "silence")]
    with Proxy(listener.getsockname(), faults) as proxy:
        for i, (data, how) in enumerate(wanted):
            got = read(proxy.addresses[i], send=b"abcdef")
            check(faults[i], (data is None or got[0] == data) and (how is None or got[1] == how),
                  got)
        time.sleep(0.1)
        check("counts", [proxy.counts[i]["down"] for i in (0, 1, 2, 3, 4, 5)]
              == [len(TEXT) + 6, 0, 1, 2000, 7, 9], proxy.counts)
        check("counts up", proxy.counts[7]["up"] == 3, proxy.counts[7])
    with Proxy(listener.getsockname(), [Fault(trickle=4096), Fault(delay=0.3)]) as proxy:
        begin = time.time()
        check("trickle", read(proxy.addresses[0])[0] == TEXT and time.time() - begin > 0.5)
        begin = time.time()
        check("delay", read(proxy.addresses[1], wait=0.8)[0] == TEXT)
    listener.close()


def sessions():
    """A session through the proxy works, and does not with a cut, or with a flipped bit once keys
    are exchanged (before, a bit may fall into padding)."""
    with Lab("--platform", "linux", "--devices", "1") as lab:
        target = lab.hosts["linux-001"]
        with Proxy(target, [Fault()]) as proxy:
            check("whole", who(proxy.addresses[0]) == b"admin\n")
            total = proxy.counts[0]["down"]
        faults = [Fault(flip=n, bit=n % 8) for n in range(1100, total - 250, 53)]
        faults += [Fault(cut=n) for n in range(0, total - 250, 131)]
        with Proxy(target, faults) as proxy:
            for i, fault in enumerate(faults):
                check(fault, who(proxy.addresses[i]) != b"admin\n")


def who(address):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.MissingHostKeyPolicy())
    try:
        client.connect(*address, username="admin", password="admin", look_for_keys=False,
                       allow_agent=False, timeout=5, banner_timeout=5, auth_timeout=5)
        return client.exec_command("whoami", timeout=5)[1].read()
    except (paramiko.SSHException, EOFError, OSError):
        return None
    finally:
        client.close()


for test in (bytes_exactly, sessions):
    test()
sys.exit(failed())
