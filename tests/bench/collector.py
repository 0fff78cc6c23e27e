#!/usr/bin/python3
"""The same job by collect, Netmiko, AsyncSSH and `ssh` under xargs: ratios from one run, on
loopback, the clients' CPU apart from the servers'.

    tests/bench/collector.py [openssh] [lab] [exec] [slow] [flight]      default: all of them
    HOSTS=200,500 ROUNDS=3 choose the size

    openssh   HOSTS hosts x 3 exec commands against OpenSSH with a key
    lab       200 simulated devices: password, enable, paging off, 3 shell commands
    exec      2,000 simulated devices: password, one exec command: client CPU a host
    slow      2,000 simulated devices that take 3 s a command, -w 2000
    flight    5,000 simulated devices that take 10 s a command, all in flight: memory a session

Each figure is the median of ROUNDS runs in which the tools take turns. A tool that is not
installed is left out and named. Not part of the tests: run it by hand on a quiet machine.
"""
import os
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

COLLECT = os.environ.get("COLLECT", "build/collect")
LAB = os.environ.get("COLLECT_LAB", "build/collect-lab")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SIZES = [int(n) for n in os.environ.get("HOSTS", "200,500").split(",")]
PARALLEL = 50
COMMANDS = ["uname -a", "id", "pwd"]


# ---- one measured run ------------------------------------------------------------------------

def measured(argv, cwd, env=None):
    """Runs argv; wall seconds, CPU seconds of it and its children, MB of the largest process."""
    start = time.monotonic()
    child = subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{argv[0]} ended with {child.returncode}:\n" + out.decode(errors="replace")[-2000:])
    return (time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), out


def table(title, hosts, tools, cwd):
    """Takes turns, prints a line a tool; returns {name: (wall, cpu, mb)} medians."""
    runs = {name: [] for name in tools}
    for _ in range(ROUNDS):
        for name, argv in tools.items():
            figures, _ = measured(argv, cwd)
            runs[name].append(figures)
    medians = {name: tuple(statistics.median(column) for column in zip(*figures))
               for name, figures in runs.items()}
    ours = medians["collect"]
    print(f"\n{title} (median of {ROUNDS})")
    print(f"{'':12} {'wall s':>8} {'cpu s':>8} {'MB':>7} {'hosts/s':>8} {'wall x':>7} {'cpu x':>7}")
    for name, (wall, cpu, mb) in medians.items():
        print(f"{name:12} {wall:8.2f} {cpu:8.2f} {mb:7.1f} {hosts / wall:8.0f} "
              f"{wall / ours[0]:7.1f} {cpu / ours[1]:7.1f}", flush=True)
    return medians


def verdict(what, got, limit):
    print(f"  {'reached' if got <= limit else 'MISSED '}  {what}: {got:.2f} (at most {limit:.2f})")
    return got <= limit


# ---- what the others do, as people write it --------------------------------------------------

NETMIKO = '''
import sys
from concurrent.futures import ThreadPoolExecutor
from netmiko import ConnectHandler

def one(line):
    address, port = line.split()
    device = dict(host=address, port=int(port), **SETTINGS)
    with ConnectHandler(**device) as c:
        if SETTINGS.get("secret"):
            c.enable()
        return [c.send_command(command) for command in COMMANDS]

lines = open("targets").read().splitlines()
with ThreadPoolExecutor(WORKERS) as pool:
    outputs = list(pool.map(one, lines))
assert len(outputs) == len(lines) and all(all(o) for o in outputs)
'''

ASYNCSSH = '''
import asyncio, asyncssh

async def one(line, gate):
    address, port = line.split()
    async with gate:
        async with asyncssh.connect(address, port=int(port), username=USER, client_keys=["user_key"],
                                    known_hosts="known_hosts", config=None) as c:
            return [(await c.run(command, check=True)).stdout for command in COMMANDS]

async def main():
    gate = asyncio.Semaphore(WORKERS)
    lines = open("targets").read().splitlines()
    outputs = await asyncio.gather(*(one(line, gate) for line in lines))
    assert all(all(o) for o in outputs)

asyncio.run(main())
'''


def script(folder, name, text, **names):
    path = folder / name
    path.write_text("\n".join(f"{k} = {v!r}" for k, v in names.items()) + "\n" + text)
    return ["/usr/bin/python3", str(path)]


def has_module(name):
    return subprocess.run(["/usr/bin/python3", "-c", f"import {name}"], stderr=subprocess.DEVNULL
                          ).returncode == 0


# ---- OpenSSH ---------------------------------------------------------------------------------

class Sshd:
    """Enough OpenSSH servers on loopback for n hosts: 16 addresses a server, a port each. HOME is
    elsewhere, so that no .bashrc of this machine is measured with them."""

    def __init__(self, folder, n):
        self.folder, self.children, self.targets = folder, [], []
        if os.getuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name],
                           check=True)
        for i in range((n + 15) // 16):
            self.start(20100 + i, min(16, n - 16 * i))
        key = " ".join((folder / "host_key.pub").read_text().split()[:2])
        (folder / "known_hosts").write_text(
            "".join(f"[{a}]:{p} {key}\n" for a, p in self.targets))
        (folder / "targets").write_text("".join(f"{a} {p}\n" for a, p in self.targets))
        time.sleep(1)

    def start(self, port, n):
        addresses = [f"127.0.8.{k + 1}" for k in range(n)]
        config = self.folder / f"sshd_{port}"
        config.write_text("".join(f"ListenAddress {a}:{port}\n" for a in addresses) + f"""
HostKey {self.folder}/host_key
PidFile none
AuthorizedKeysFile {self.folder}/user_key.pub
StrictModes no
UsePAM no
PermitRootLogin yes
MaxStartups 1000
SetEnv HOME={self.folder}
""")
        self.children.append(subprocess.Popen(
            [shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", config, "-E", self.folder / "log"]))
        self.targets += [(a, port) for a in addresses]

    def stop(self):
        for child in self.children:
            child.terminate()
            child.wait()


def user():
    import pwd
    return pwd.getpwuid(os.getuid()).pw_name


def openssh():
    good = True
    for n in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            server = Sshd(folder, n)
            try:
                good &= openssh_round(folder, server.targets, n)
            finally:
                server.stop()
    return good


def openssh_round(folder, targets, n):
    (folder / "hosts.yml").write_text(
        f"defaults: {{platform: linux, username: {user()}, key: user_key, known_hosts: known_hosts}}\n"
        "hosts:\n" + "".join(f"  h{i}: {{address: {a}, port: {p}}}\n"
                             for i, (a, p) in enumerate(targets)))
    asks = [word for command in COMMANDS for word in ("-c", command)]
    tools = {"collect": [COLLECT, "-i", "hosts.yml", "-w", str(PARALLEL), "-o", "out.json"] + asks}
    if has_module("netmiko"):
        tools["netmiko"] = script(folder, "netmiko_run.py", NETMIKO, WORKERS=PARALLEL,
                                  COMMANDS=COMMANDS,
                                  SETTINGS=dict(device_type="linux", username=user(), use_keys=True,
                                                key_file=str(folder / "user_key")))
    if has_module("asyncssh"):
        tools["asyncssh"] = script(folder, "asyncssh_run.py", ASYNCSSH, WORKERS=PARALLEL,
                                   COMMANDS=COMMANDS, USER=user())
    ssh = ("ssh -F none -i user_key -o UserKnownHostsFile=known_hosts -o BatchMode=yes "
           f"-l {user()} -p \"$1\" \"$0\"")
    tools["ssh+xargs"] = ["sh", "-c", f"xargs -n 2 -P {PARALLEL} sh -c '" +
                          " && ".join(f"{ssh} \"{c}\"" for c in COMMANDS) + "' < targets"]
    medians = table(f"{n} hosts x 3 commands, OpenSSH, {PARALLEL} at a time", n, tools, folder)
    good = True
    for other in medians:
        if other != "collect":
            good &= verdict(f"wall against {other}", medians["collect"][0] / medians[other][0], 1.0)
        if other in ("netmiko", "asyncssh"):
            good &= verdict(f"cpu against {other}", medians["collect"][1] / medians[other][1], 1 / 8)
    return good


# ---- the lab ---------------------------------------------------------------------------------

class Lab:
    def __init__(self, folder, n, *arguments):
        self.child = subprocess.Popen([LAB, "--devices", str(n), "--dir", str(folder), *arguments],
                                      stdout=subprocess.PIPE)
        self.child.stdout.readline()

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()


def with_lab(n, arguments, work):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lab = Lab(folder, n, *arguments)
        try:
            return work(folder)
        finally:
            lab.stop()


def lab():
    def work(folder):
        shell = ["show version", "show interfaces", "show ip interface brief"]
        lines = [line for line in (folder / "hosts.yml").read_text().splitlines() if "address:" in line]
        pick = lambda line, key: line.split(key + ": ")[1].split(",")[0].strip("'\" }")
        (folder / "targets").write_text("".join(
            f"{pick(line, 'address')} {pick(line, 'port')}\n" for line in lines))
        password = (folder / "password").read_text().strip()
        secret = (folder / "enable").read_text().strip()
        tools = {"collect": [COLLECT, "-i", "hosts.yml", "-w", str(PARALLEL), "-o", "out.json"] +
                            [word for c in shell for word in ("-c", c)]}
        if has_module("netmiko"):
            tools["netmiko"] = script(folder, "netmiko_run.py", NETMIKO, WORKERS=PARALLEL,
                                      COMMANDS=shell,
                                      SETTINGS=dict(device_type="cisco_ios", username="admin",
                                                    password=password, secret=secret))
        medians = table("200 simulated devices: enable, paging off, 3 shell commands", 200, tools,
                        folder)
        if "netmiko" not in medians:
            return True
        return (verdict("wall against netmiko", medians["collect"][0] / medians["netmiko"][0], 1 / 8) &
                verdict("cpu against netmiko", medians["collect"][1] / medians["netmiko"][1], 1 / 8))
    return with_lab(200, ["--platform", "cisco_ios", "--set", "enable: true"], work)


def exec_():
    def work(folder):
        tools = {"collect": [COLLECT, "-i", "hosts.yml", "-w", "200", "-c", "pwd", "-o", "out.json"]}
        medians = table("2,000 simulated devices: password, one exec command", 2000, tools, folder)
        return verdict("client CPU a host, ms", medians["collect"][1] / 2000 * 1000, 1.0)
    return with_lab(2000, ["--platform", "linux"], work)


def slow():
    def work(folder):
        one = [COLLECT, "-i", "hosts.yml", "-H", "linux-001", "-c", "pwd", "-o", "one.json"]
        alone, _ = measured(one, folder)
        tools = {"collect": [COLLECT, "-i", "hosts.yml", "-w", "2000", "-c", "pwd", "-o", "out.json"]}
        medians = table("2,000 simulated devices that take 3 s a command, -w 2000", 2000, tools, folder)
        return verdict("wall, s", medians["collect"][0], 1.5 * alone[0] + 2)
    return with_lab(2000, ["--platform", "linux", "--set", "latency: 3s"], work)


def flight():
    def work(folder):
        tools = {"collect": [COLLECT, "-i", "hosts.yml", "-w", "5000", "-c", "pwd", "-o", "out.json",
                             "--timeout", "60"]}
        medians = table("5,000 simulated devices that take 10 s a command, all in flight", 5000,
                        tools, folder)
        return verdict("memory, MB", medians["collect"][2], 20 + 5000 * 40 / 1024)
    return with_lab(5000, ["--platform", "linux", "--set", "latency: 10s"], work)


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    parts = {"openssh": openssh, "lab": lab, "exec": exec_, "slow": slow, "flight": flight}
    good = True
    for name in sys.argv[1:] or parts:
        good &= parts[name]()
    return 0 if good else 1


sys.exit(main())
