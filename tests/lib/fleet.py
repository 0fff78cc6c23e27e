"""What tests about simulated devices share: a fleet for a while, and other people's SSH client.

    sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
    from fleet import Lab, Shell

    with Lab("--devices", "5") as lab:        # or Lab(devices="- {platform: linux}")
        lab.dir + "/hosts.yml"                # inventory, known_hosts, password, log
        client = lab.connect("ios-001")       # paramiko; the host key is checked
    lab.stats["ios-001"]["connections"]       # counters, as texts
"""
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

try:
    import paramiko
except ImportError:
    paramiko = None

# What fails is what the tests look at; paramiko would tell it on stderr too.
logging.disable()

LAB = os.environ["COLLECT_LAB"]


def need_paramiko():
    """Ends a test that cannot do without it."""
    if not paramiko:
        print("skipped: python3-paramiko is not installed")
        sys.exit(77)


class Lab:
    """A fleet that runs while the block does; then .stats has its counters."""

    def __init__(self, *options, devices=None):
        self.dir = tempfile.mkdtemp(prefix="lab-")
        self.options = list(options)
        if devices is not None:
            with open(self.dir + "/devices.yml", "w") as file:
                file.write(devices if "devices:" in devices else "devices:\n" + devices)
            self.options += ["--device-file", self.dir + "/devices.yml"]

    def __enter__(self):
        self.process = subprocess.Popen([LAB, "--dir", self.dir, *self.options],
                                        stdout=subprocess.PIPE, text=True)
        self.ready = self.process.stdout.readline()
        self.hosts = {}
        for line in open(self.dir + "/hosts.yml"):
            m = re.match(r"  '([^']+)': \{address: '([^']+)', port: (\d+)", line)
            if m:
                self.hosts[m[1]] = (m[2], int(m[3]))
        return self

    def log(self):
        time.sleep(0.05)
        return [line.split("\t", 4)[1:] for line in open(self.dir + "/log").read().splitlines()]

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(10)
        self.process.stdout.close()
        rows = [line.split("\t") for line in open(self.dir + "/stats.tsv").read().splitlines()]
        self.stats = {row[0]: dict(zip(rows[0], row)) for row in rows[1:]}
        shutil.rmtree(self.dir)

    def connect(self, host, **kwargs):
        client = paramiko.SSHClient()
        client.load_host_keys(self.dir + "/known_hosts")
        given = dict(username="admin", password="admin", look_for_keys=False, allow_agent=False,
                     timeout=10)
        given.update(kwargs)
        client.connect(self.hosts[host][0], self.hosts[host][1], **given)
        return client


class Shell:
    """An interactive shell read up to a prompt."""

    def __init__(self, client, prompt):
        self.prompt = prompt
        self.channel = client.invoke_shell(width=511, height=100)
        self.channel.settimeout(10)
        self.greeting = self.read()

    def read(self, until=None):
        text = b""
        until = (until or self.prompt).encode()
        while not text.endswith(until):
            piece = self.channel.recv(65536)
            if not piece:
                break
            text += piece
        return text.decode()

    def run(self, line, until=None):
        self.channel.send(line + "\n")
        return self.read(until)
