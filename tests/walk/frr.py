#!/usr/bin/python3
"""A shell that nobody of this project wrote: FRRouting's vtysh, an IOS-like CLI over readline with
a pager of its own, as the login shell of an OpenSSH server. What comes through the dialogue must
be what vtysh prints without one."""
import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402

BGPD = "/usr/lib/frr/bgpd"
SSHD = "/usr/sbin/sshd"
CONFIG = """hostname frr1
banner motd line Authorized users only. frr1#
router bgp 65001
 bgp router-id 192.0.2.1
"""
COMMANDS = ["show modules", "show bgp summary", "show running-config", "show bgp neighbors",
            "show nothing at all"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def wait_for(what, test):
    for _ in range(200):
        if test():
            return
        time.sleep(0.05)
    raise RuntimeError(what)


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def start_bgpd(folder):
    neighbors = "".join(f" neighbor 192.0.2.{i} remote-as {65000 + i}\n" for i in range(2, 40))
    write(folder + "/bgpd.conf", CONFIG + neighbors)
    write(folder + "/vtysh.conf", "")
    bgpd = subprocess.Popen([BGPD, "--skip_runas", "-n", "-p", "0", "-P", "0", "-l", "127.0.0.1",
                             "--vty_socket", folder, "-i", folder + "/pid", "-f",
                             folder + "/bgpd.conf", "--log", f"file:{folder}/log"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for("bgpd does not run", lambda: os.path.exists(folder + "/bgpd.vty"))
    return bgpd


def vtysh(folder):
    return ["vtysh", "--vty_socket", folder, "--config_dir", folder]


def start_sshd(folder):
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f",
                        f"{folder}/{name}"], check=True)
    port = free_port()
    write(folder + "/sshd_config", "\n".join((
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {folder}/host", "StrictModes no",
        "UsePAM no", "PidFile none", "PermitRootLogin yes", "PasswordAuthentication no",
        f"AuthorizedKeysFile {folder}/user.pub", "ForceCommand " + " ".join(vtysh(folder)))) + "\n")
    sshd = subprocess.Popen([SSHD, "-D", "-e", "-f", folder + "/sshd_config"],
                            stdout=subprocess.DEVNULL, stderr=open(folder + "/sshd.log", "w"))
    wait_for("sshd does not listen", lambda: listens(port))
    public = open(folder + "/host.pub").read()
    write(folder + "/known_hosts", f"[127.0.0.1]:{port} {public}")
    write(folder + "/hosts.yml", "defaults: {known_hosts: known_hosts}\nhosts:\n"
          f"  frr1: {{address: 127.0.0.1, port: {port}, platform: cisco_ios, key: user, "
          f"username: {getpass.getuser()}}}\n")
    return sshd


def steady(text):
    """Without what is another one at every look: times and counters."""
    return [line for line in text.split("\n") if line.strip() and not any(
        word in line for word in ("never", "Last ", "timer", "memory", "state =", "thread:", "read "))]


def compare(folder):
    arguments = [argument for command in COMMANDS for argument in ("-c", command)]
    run = subprocess.run([os.environ["COLLECT"], "-i", folder + "/hosts.yml", "-f", "json",
                          "--timeout", "20s", *arguments],
                         capture_output=True, text=True, timeout=60,
                         env=dict(os.environ, HOME=folder))
    records = {r["command"]: r["output"] for r in json.loads(run.stdout or "[]")}
    for command in COMMANDS[:-1]:
        plain = subprocess.run(vtysh(folder) + ["-c", command], capture_output=True, text=True,
                               timeout=20).stdout
        got = records.get(command, "")
        differ = [pair for pair in zip(steady(got), steady(plain)) if pair[0] != pair[1]]
        check(command, not differ and len(steady(got)) == len(steady(plain)) > 1, run.stderr,
              differ[:3], len(steady(got)), len(steady(plain)))
    check("a long one", len(records.get("show bgp neighbors", "").split("\n")) > 500)
    check("refused", COMMANDS[-1] not in records and "% Unknown command" in run.stderr, run.stderr)


def main():
    for program in (BGPD, SSHD, shutil.which("vtysh") or "vtysh"):
        if not os.access(program, os.X_OK):
            print(f"skipped: {program} is not installed (frr, openssh-server)")
            return 77
    folder = tempfile.mkdtemp(prefix="frr-")
    running = []
    try:
        running.append(start_bgpd(folder))
        running.append(start_sshd(folder))
        compare(folder)
    finally:
        for process in running:
            process.terminate()
            process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
    return failed()


sys.exit(main())
