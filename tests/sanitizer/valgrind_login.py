#!/usr/bin/python3
"""Logging in under valgrind, every way in and out: password, keyboard-interactive, key, certificate,
agent, an encrypted key, two jump hosts, a ProxyCommand, an ssh configuration with everything in it;
denied logins, changed, unknown and revoked host keys, jump hosts that fail. No error, no leak, no
descriptor left open but those that were given."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
DEVICES = """
  - {platform: linux, hostname: pw, auth: [password]}
  - {platform: linux, hostname: kbd, auth: [keyboard-interactive]}
  - {platform: linux, hostname: open, auth: [none]}
  - {platform: linux, hostname: old, legacy: true}
  - {platform: linux, hostname: named, username: "LAB\\\\bob"}
  - {platform: linux, hostname: denied, auth: [password], password: other}
  - {platform: linux, hostname: denied-kbd, auth: [keyboard-interactive], password: other}
  - {platform: linux, hostname: changed, host_key: changed}
  - {platform: linux, hostname: unlisted, host_key: unlisted}
  - {platform: linux, hostname: revoked, host_key: revoked}
"""


def run(lab, name, *options, **env):
    log = lab.dir + "/valgrind-" + name
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SSH_")}
    environ.update(HOME=lab.dir + "/home", COLLECT_NO_JIT="1", SHELL="/bin/sh", **env)
    done = subprocess.run(
        ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
         "--errors-for-leak-kinds=definite,indirect", "--track-fds=yes", "--error-exitcode=99",
         "--num-callers=25", "--log-file=" + log, COLLECT, "-c", "whoami", "-f", "csv", "--timeout",
         "60", *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=lab.dir,
        env=environ, timeout=600)
    said = open(log).read()
    check(name + ": no error", done.returncode != 99 and "ERROR SUMMARY" not in said, said[:6000])
    opened, std = map(int, re.search(r"FILE DESCRIPTORS: (\d+) open \((\d+) std\)", said).groups())
    check(name + ": no descriptor left", opened - std == said.count("<inherited from parent>"),
          said[:3000])
    return done.returncode, done.stdout, done.stderr


class Sshd:
    """Three addresses of one OpenSSH server that takes a key or a certificate of ours."""

    def __init__(self, folder):
        self.folder, self.user = folder, subprocess.check_output(["id", "-un"], text=True).strip()
        with socket.socket() as s:
            s.bind(("127.0.9.1", 0))
            self.port = s.getsockname()[1]
        for name, phrase in (("host", ""), ("user", ""), ("held", "a phrase"), ("ca", ""),
                             ("member", ""), ("stranger", "")):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f",
                            f"{folder}/{name}"], check=True)
        subprocess.run(["ssh-keygen", "-q", "-s", f"{folder}/ca", "-I", "m", "-n", self.user,
                        f"{folder}/member.pub"], check=True)
        with open(folder + "/authorized", "w") as file:
            file.write("".join(open(f"{folder}/{name}.pub").read() for name in ("user", "held")))
        with open(folder + "/sshd_config", "w") as file:
            file.write("".join(f"ListenAddress 127.0.9.{i}:{self.port}\n" for i in (1, 2, 3))
                       + f"HostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
                       f"TrustedUserCAKeys {folder}/ca.pub\nStrictModes no\nUsePAM no\nPidFile none\n"
                       "PermitRootLogin yes\nPasswordAuthentication no\nMaxStartups 500\n")
        key = open(folder + "/host.pub").read()
        with open(folder + "/known", "w") as file:
            file.write("".join(f"[127.0.9.{i}]:{self.port} {key}" for i in (1, 2, 3)))
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/sshd_config"],
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.9.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("sshd does not listen")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def to_devices(lab):
    status, out, talk = run(lab, "devices", "-F", "none", "-i", "hosts.yml", "-vv")
    check("devices", status == 1 and out.count(",whoami,") == 5, status, out, talk[-2000:])
    for name, words in (("denied", "denied"), ("denied-kbd", "denied"), ("changed", "changed"),
                        ("unlisted", "unknown"), ("revoked", "revoked")):
        check(name, re.search(rf"^  {name}: .*{words}", talk, re.M), talk[-3000:])
    status, out, talk = run(lab, "accept-new", "-F", "none", "-i", "hosts.yml", "-l", "unlisted,pw",
                            "--host-keys", "accept-new", "--stop-on-auth-failure")
    check("accept-new", status == 0 and out.count(",whoami,") == 2, talk)


def to_openssh(lab, sshd, agent):
    folder = sshd.folder
    with open(lab.dir + "/ways.yml", "w") as file:
        file.write(f"""
defaults: {{username: {sshd.user}, port: {sshd.port}, platform: linux, known_hosts: {folder}/known}}
jumps:
  one: {{address: 127.0.9.1, key: {folder}/user}}
  two: {{address: 127.0.9.2, key: {folder}/user, jump: one, max_sessions: 1}}
  closed: {{address: 127.0.9.2, key: {folder}/stranger}}
hosts:
  key: {{address: 127.0.9.1, key: {folder}/user}}
  certificate: {{address: 127.0.9.1, key: {folder}/member}}
  by-agent: {{address: 127.0.9.1}}
  held: {{address: 127.0.9.1, key: {folder}/held}}
  stranger: {{address: 127.0.9.1, key: {folder}/stranger}}
  far: {{address: 127.0.9.3, key: {folder}/user, jump: two}}
  far-too: {{address: 127.0.9.2, key: {folder}/user, jump: two}}
  nowhere: {{address: 127.0.9.9, port: 1, key: {folder}/user, jump: one}}
  shut: {{address: 127.0.9.3, key: {folder}/user, jump: closed}}
""")
    status, out, talk = run(lab, "ways", "-F", "none", "-i", "ways.yml", "--allow-duplicate-address",
                            SSH_AUTH_SOCK=agent)
    check("ways", status == 1 and out.count(",whoami,") == 6, status, out, talk)
    for name in ("stranger", "nowhere", "shut"):
        check(name, re.search(rf"^  {name}: ", talk, re.M), talk)


def by_configuration(lab, sshd, agent):
    folder = sshd.folder
    os.makedirs(lab.dir + "/home/.ssh/more")
    with open(lab.dir + "/home/.ssh/more/here", "w") as file:
        file.write(f"IdentityFile {folder}/none\nIdentityFile {folder}/member\n")
    with open(lab.dir + "/home/.ssh/config", "w") as file:
        file.write(f"""
Host a
    HostName 127.0.9.%h
Host plain piped jumped
    HostName 127.0.9.1
Host piped
    ProxyCommand {os.environ["SOURCE_DIR"]}/tests/lib/pipe.py %h %p
Host jumped
    ProxyJump {sshd.user}@127.0.9.2:{sshd.port},127.0.9.3
Match exec "test %n = plain"
    CertificateFile {folder}/member-cert.pub
Match final host 127.0.9.*
    ConnectTimeout 30
Include more/*
Host *
    User {sshd.user}
    Port {sshd.port}
    KexAlgorithms ^ecdh-sha2-*
    UserKnownHostsFile {folder}/known ${{HOME}}/none
""")
    status, out, talk = run(lab, "configuration", "--platform", "linux", "plain", "piped", "jumped",
                            "-w", "3", SSH_AUTH_SOCK=agent)
    check("configuration", status == 0 and out.count(",whoami,") == 3, status, out, talk)
    with open(lab.dir + "/home/.ssh/config", "a") as file:
        file.write("Match hots x\n")
    status, out, talk = run(lab, "bad-configuration", "--platform", "linux", "plain")
    check("a bad configuration", status == 3 and "Match does not know" in talk, status, talk)


def main():
    for program in ("valgrind", "/usr/sbin/sshd", "ssh-agent"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed")
            return 77
    with Lab(devices=DEVICES) as lab:
        for name in ("denied", "denied-kbd"):
            with open(f"{lab.dir}/password-{name}", "w") as file:
                file.write("wrong\n")
        os.makedirs(lab.dir + "/home")
        to_devices(lab)
        sshd = Sshd(lab.dir)
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", lab.dir + "/agent"],
                                 stdout=subprocess.DEVNULL)
        try:
            for _ in range(200):
                if os.path.exists(lab.dir + "/agent"):
                    break
                time.sleep(0.05)
            env = dict(os.environ, SSH_AUTH_SOCK=lab.dir + "/agent", DISPLAY="none",
                       SSH_ASKPASS_REQUIRE="force", SSH_ASKPASS=lab.dir + "/say")
            with open(lab.dir + "/say", "w") as file:
                file.write("#!/bin/sh\necho a phrase\n")
            os.chmod(lab.dir + "/say", 0o700)
            subprocess.run(["ssh-add", "-q", lab.dir + "/held"], check=True, env=env,
                           stdin=subprocess.DEVNULL)
            to_openssh(lab, sshd, lab.dir + "/agent")
            by_configuration(lab, sshd, lab.dir + "/agent")
        finally:
            agent.terminate()
            agent.wait(10)
            sshd.stop()
    return failed()


sys.exit(main())
