#!/usr/bin/python3
"""The faults that collect-lab plays on request are really there: each phase of silence, each broken
output, each refusal, as a client other than collect sees them."""
import os
import socket
import sys
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab, Shell, need_paramiko, paramiko  # noqa: E402

need_paramiko()
WAIT = 0.4  # how long silence must last to count


def reached(lab, host):
    """The last phase in which a client got an answer."""
    sock = socket.create_connection(lab.hosts[host], timeout=5)
    sock.settimeout(WAIT)
    transport = None
    phase = "accept"
    try:
        if not sock.recv(4, socket.MSG_PEEK).startswith(b"SSH-"):
            return phase
        phase = "banner"
        transport = paramiko.Transport(sock)
        transport.auth_timeout = WAIT
        transport.start_client(timeout=WAIT)
        transport.get_remote_server_key()
        phase = "kex"
        transport.auth_password("admin", "admin")
        phase = "auth"
        channel = transport.open_session(timeout=WAIT)
        channel.get_pty()
        channel.invoke_shell()
        phase = "channel"
        channel.settimeout(WAIT)
        while not channel.recv(1000).endswith(b"#"):
            pass
        phase = "prompt"
        channel.send("show version\n")
        while not channel.recv(1000).endswith(b"#"):
            pass
        phase = "command"
    except (OSError, paramiko.SSHException, EOFError):
        pass
    finally:
        (transport or sock).close()
    return phase


def silence():
    phases = ["accept", "banner", "kex", "auth", "channel", "prompt", "command"]
    wanted = {"accept": "accept", "banner": "accept", "kex": "banner", "auth": "kex",
              "channel": "auth", "prompt": "channel", "command": "prompt"}
    devices = "".join("- {platform: cisco_ios, hostname: %s, silent: %s}\n" % (p, p) for p in phases)
    with Lab(devices=devices + "- {platform: arista_eos, hostname: never}\n") as lab:
        for phase in phases:
            got = reached(lab, phase)
            check("silent: " + phase, got == wanted[phase], got)
        check("not silent", reached(lab, "never") == "command")
        check("the others go on", reached(lab, "never") == "command")
        seen = {(line[0], line[2]) for line in lab.log()}
    check("not accepted", ("accept", "connect") not in seen and ("banner", "connect") in seen)
    check("no login answered", lab.stats["auth"]["password_bytes"] == "0", lab.stats["auth"])


def shell_of(lab, host, prompt=None):
    client = lab.connect(host)
    return client, Shell(client, prompt or host + "#")


def outputs():
    devices = """
defaults: {pager: '', plain: true}
devices:
- {platform: cisco_ios, hostname: whole}
- {platform: cisco_ios, hostname: asks, question: 'Proceed? [y/n] '}
- {platform: cisco_ios, hostname: escapes, escapes: true}
- {platform: cisco_ios, hostname: wrong, wrong_prompt: 'elsewhere#'}
- {platform: cisco_ios, hostname: never, no_prompt: true}
- {platform: cisco_ios, hostname: stuck, pager: ' --More-- ', pager_stuck: true}
- {platform: cisco_ios, hostname: endless, endless: true}
"""
    with Lab("--set", "fixture: c2911", devices=devices) as lab:
        client, shell = shell_of(lab, "whole")
        whole = shell.run("show version").split("\r\n")[1:-1]
        client.close()
        client, shell = shell_of(lab, "asks")
        text = shell.run("show version", "Proceed? [y/n] ")
        check("asks", text.endswith("Proceed? [y/n] ") and "register" not in text)
        check("goes on", "register" in shell.run("y"))
        client.close()
        client, shell = shell_of(lab, "escapes", "escapes#\x1b[0m\x1b[K")
        text = shell.run("show version")
        check("escapes", "\x1b[32m" in text and "~\b" in text and whole[0] not in text)
        client.close()
        client, shell = shell_of(lab, "wrong")
        check("wrong prompt", shell.run("show version", "elsewhere#").endswith("\r\nelsewhere#"))
        client.close()
        client, shell = shell_of(lab, "stuck")
        shell.run("terminal length 0")
        check("pages all the same", shell.run("show version", " --More-- ").endswith(" --More-- "))
        client.close()
        client, shell = shell_of(lab, "never", "\r\n")
        shell.run("show version", whole[-1] + "\r\n")
        shell.channel.settimeout(WAIT)
        check("no prompt", silent(shell.channel))
        client.close()
        flood(lab)
    check("flooded", int(lab.stats["endless"]["bytes_out"]) > 3000000)


def silent(channel):
    try:
        channel.recv(1000)
        return False
    except socket.timeout:
        return True


def flood(lab):
    """Endless output: it comes as fast as it is read, and costs the lab no memory."""
    client, shell = shell_of(lab, "endless")
    shell.channel.send("show version\n")
    got = 0
    while got < 5000000:
        got += len(shell.channel.recv(1 << 20))
    status = open("/proc/%d/status" % lab.process.pid).read()
    rss = int(status.split("VmRSS:")[1].split()[0])
    check("memory", rss < 100000, rss)
    client.close()


def breaks():
    devices = """
- {platform: cisco_ios, hostname: drops, drop_after: 100, pager: ''}
- {platform: cisco_ios, hostname: trickles, trickle: 40, motd: ''}
- {platform: cisco_ios, hostname: slow, latency: 300ms}
- {platform: cisco_ios, hostname: far, rtt: 50ms}
- {platform: cisco_ios, hostname: full, max_sessions: 5}
"""
    with Lab(devices=devices) as lab:
        client, shell = shell_of(lab, "drops")
        text = shell.greeting + shell.run("show version")
        check("drops", len(text) == 100 and shell.channel.eof_received or shell.channel.closed, text)
        check("the whole connection", not client.get_transport().is_active())
        client.close()
        for host, least, most in (("trickles", 0.2, 2), ("slow", 0.3, 2), ("far", 0.3, 3)):
            begin = time.time()
            client, shell = shell_of(lab, host)
            shell.run("terminal length 0")
            took = time.time() - begin
            check(host, least < took < most, took)
            client.close()
        clients = [lab.connect("full") for _ in range(5)]
        try:
            lab.connect("full")
            check("sixth session", False)
        except (paramiko.SSHException, EOFError, OSError):
            pass
        clients.pop().close()
        time.sleep(0.2)
        clients.append(lab.connect("full"))
        for client in clients:
            client.close()
    check("refused", lab.stats["full"]["refused"] == "1", lab.stats["full"])


def keys():
    devices = """
- {platform: linux, hostname: known}
- {platform: linux, hostname: changed, host_key: changed}
- {platform: linux, hostname: unlisted, host_key: unlisted}
- {platform: linux, hostname: revoked, host_key: revoked}
- {platform: linux, hostname: legacy, legacy: true}
"""
    with Lab(devices=devices) as lab:
        lab.connect("known").close()
        for host, error in (("changed", paramiko.BadHostKeyException),
                            ("unlisted", paramiko.SSHException)):
            try:
                lab.connect(host).close()
                check(host, False)
            except error:
                pass
        known = open(lab.dir + "/known_hosts").read()
        check("revoked", [line.split()[0] for line in known.splitlines()
                          if "[revoked]" in line] == ["@revoked"], known)
        transport = paramiko.Transport(lab.hosts["legacy"])
        try:
            transport.start_client(timeout=5)
            check("legacy key", transport.get_remote_server_key().get_name() == "ssh-rsa")
            check("legacy cipher", transport.remote_cipher.endswith("-cbc"))
        except paramiko.SSHException as error:
            check("legacy", "Incompatible" in str(error), error)
        transport.close()
    check("nothing secret was sent", lab.stats["changed"]["password_bytes"] == "0")


for test in (silence, outputs, breaks, keys):
    test()
sys.exit(failed())
