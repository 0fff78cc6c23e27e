#!/usr/bin/python3
"""Our reading of ssh_config(5) against ssh's own: `ssh -G` (and `ssh -v`, for what -G prints as it
was written) must say the same of every host of every case in tests/unit/collect/sshconfig/."""
import glob
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.join(os.environ["SOURCE_DIR"], "tests/unit/collect/sshconfig")
DRIVER = os.path.join(os.environ["BUILD_DIR"], "tests/driver-collect-sshconfig")
if not os.path.exists(DRIVER):
    DRIVER = os.path.join(os.environ["BUILD_DIR"], "driver-collect-sshconfig")
SSH = shutil.which("ssh")
KEYS = ("hostname user port identityfile certificatefile identitiesonly userknownhostsfile "
        "proxyjump proxycommand hostkeyalias kexalgorithms ciphers macs hostkeyalgorithms "
        "pubkeyacceptedalgorithms connecttimeout stricthostkeychecking "
        "identityagent pubkeyauthentication passwordauthentication "
        "kbdinteractiveauthentication preferredauthentications globalknownhostsfile "
        "revokedhostkeys hashknownhosts addressfamily bindaddress connectionattempts "
        "requiredrsasize canonicalizehostname").split()
# What ssh prints where nothing was said.
DEFAULTS = {"user": [pwd.getpwuid(os.getuid()).pw_name],
            "userknownhostsfile": ["~/.ssh/known_hosts ~/.ssh/known_hosts2"],
            "connecttimeout": ["none", "0"], "hostkeyalias": ["none"],
            "pubkeyauthentication": ["true"], "passwordauthentication": ["yes"],
            "kbdinteractiveauthentication": ["yes"],
            "globalknownhostsfile": ["/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"],
            "hashknownhosts": ["no"], "connectionattempts": ["1"], "requiredrsasize": ["1024"],
            "proxyjump": ["none"], "proxycommand": ["none"]}
# Keywords of versions behind 9.2, which is Debian 12's.
LATER = {"channeltimeout", "obscurekeystroketiming", "refuseconnection", "tag", "versionaddendum",
         "warnweakcrypto"}
bad = 0


def fail(text):
    global bad
    bad += 1
    print("FAILED:", text)


def knows_services():
    try:
        return socket.getservbyname("ssh") == 22
    except OSError:
        return False


class Case:
    def __init__(self, path, folder):
        self.name = os.path.basename(path)
        self.home = os.path.join(folder, self.name)
        self.hosts, self.refused, self.ours_only = [], None, False
        os.makedirs(os.path.join(self.home, ".ssh"))
        self.config = os.path.join(self.home, "config")
        self.env = dict(os.environ, HOME=self.home, SHELL="/bin/sh")
        where, texts = self.config, {self.config: b""}
        for line in open(path, "rb").read().splitlines(keepends=True):
            mark, word = line[:3], line[3:].strip().decode()
            if mark == b"#? ":
                self.hosts.append((word.split() + ["-", "-"])[:3])
            elif mark in (b"#! ", b"#- "):
                self.refused, self.ours_only = word, mark == b"#- "
            elif line.startswith(b"#+"):
                where = os.path.join(self.home, ".ssh", word) if word else self.config
            else:
                texts[where] = texts.get(where, b"") + line.replace(b"@/", self.home.encode() + b"/")
        for name, text in texts.items():
            os.makedirs(os.path.dirname(name), exist_ok=True)
            with open(name, "wb") as f:
                f.write(text)
            os.chmod(name, 0o600)

    def plain(self, text):
        for home in (self.home, pwd.getpwuid(os.getuid()).pw_dir):
            text = re.sub(r"(^|[ /])" + re.escape(home) + r"(?=/)", r"\1~", text)
        return text

    def values(self, lines):
        out = {}
        for line in lines:
            key, _, value = line.partition(" ")
            if key in KEYS:
                out.setdefault(key, []).append(self.plain(value))
        return out

    def ours(self):
        text = "".join(" ".join(host) + "\n" for host in self.hosts)
        run = subprocess.run([DRIVER, self.config], input=text, env=self.env,
                             stdout=subprocess.PIPE, text=True)
        if run.returncode < 0:
            fail(f"{self.name}: signal {-run.returncode}")
        return run.stdout

    def ssh(self, host, *more):
        name, user, port = host
        argv = [SSH, *more, "-F", self.config]
        argv += ["-l", user] if user != "-" else []
        argv += ["-p", port] if port != "-" else []
        return subprocess.run(argv + ["--", name], env=self.env, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True)


def expanded(case, host, theirs):
    """What -G leaves as it was written, as ssh -v says it uses it."""
    keys = [k for k in ("identityfile", "certificatefile", "proxycommand") if k in theirs]
    if not any(c in v for k in keys for v in theirs[k] for c in "%$~"):
        return
    more = [] if "proxycommand" in theirs else ["-o", "ProxyCommand=false"]
    text = case.ssh(host, "-v", "-o", "BatchMode=yes", *more).stderr
    theirs["identityfile"] = re.findall(r"identity file (.*) type", text)
    theirs["identityfile"] = [f for f in theirs["identityfile"] if not f.endswith("-cert")]
    certificates = re.findall(r"certificate file (.*) type", text)
    if certificates:
        theirs["certificatefile"] = certificates
    if "proxycommand" in theirs:
        theirs["proxycommand"] = re.findall(r"Executing proxy command: exec (.*)", text)
    for key in keys:
        theirs[key] = [case.plain(value.strip()) for value in theirs[key]]


def compare(case, host, ours, theirs):
    if "identityfile" not in ours:
        theirs.pop("identityfile", None)  # ssh lists the usual ones
    for key in KEYS:
        if key.endswith(("algorithms", "ciphers", "macs")) and key not in ours:
            continue  # ssh lists its own
        left, right = ours.get(key, []), theirs.get(key, [])
        if key == "hostkeyalias":
            left = [name.lower() for name in left]  # known_hosts does not heed case
        if key == "identityfile" and len(right) > 1:
            right = [name for name in right if name != "none"]
        if left != right and (left or not set(right) <= set(DEFAULTS.get(key, []))):
            fail(f"{case.name}: {' '.join(host)}: {key}: ours {left}, ssh's {right}")


def check_refused(case, text):
    if case.refused not in text or not text.startswith("error ") and "\nerror " not in text:
        fail(f"{case.name}: refused with {case.refused!r}? {text!r}")
    run = case.ssh(case.hosts[0], "-G")
    if run.returncode == 0 and not case.ours_only:
        run = case.ssh(case.hosts[0], "-v", "-o", "BatchMode=yes", "-o", "ProxyCommand=false")
        if "no value" not in run.stderr and "unknown" not in run.stderr:
            fail(f"{case.name}: ssh takes it")


def check(case):
    text = case.ours()
    if case.refused is not None:
        return check_refused(case, text)
    blocks = text.split("== ")[1:]
    if len(blocks) != len(case.hosts) or not blocks:
        return fail(f"{case.name}: {text[:300]!r}")
    for host, block in zip(case.hosts, blocks):
        run = case.ssh(host, "-G")
        if run.returncode != 0 or "\nerror" in block:
            fail(f"{case.name}: {host}: {run.stderr.strip()!r} {block!r}")
            continue
        theirs = case.values(run.stdout.splitlines())
        expanded(case, host, theirs)
        compare(case, host, case.values(block.splitlines()), theirs)


def known_to_ssh(words, folder):
    """Those of the words that ssh takes for keywords: it names the lines that begin with others
    until one of a keyword cannot be read with that value at all."""
    path, known = os.path.join(folder, "keywords"), set()
    while words:
        with open(path, "w", encoding="ascii") as file:
            file.writelines(f"{word} x\n" for word in words)
        said = subprocess.run([SSH, "-G", "-F", path, "host"], text=True, capture_output=True).stderr
        end = len(words)
        if ": terminating, " not in said:
            end = max(int(n) for n in re.findall(re.escape(path) + r":? line (\d+)", said))
        known |= set(words[:end]) - set(re.findall(r"Bad configuration option: (\S+)", said))
        words = words[end:]
    return known


def check_keywords(folder):
    """ssh's own list is in its program, as whole words or as the ends of others."""
    with open(SSH, "rb") as file:
        words = {w.decode().lower() for w in re.findall(rb"[A-Za-z0-9]{3,40}", file.read())}
    words = sorted({w[i:] for w in words for i in range(len(w) - 2)} | LATER | {"match", "host"})
    text = "".join(w + "\n" for w in words)
    ours = set(subprocess.run([DRIVER, "-k"], input=text, stdout=subprocess.PIPE, text=True,
                              check=True).stdout.split())
    theirs = known_to_ssh(words, folder)
    if len(theirs) < 100 or ours - LATER != theirs - LATER or not LATER <= ours:
        fail(f"keywords: only ours {sorted(ours - theirs)}, only ssh's {sorted(theirs - ours)}")


if not SSH:
    print("skipped: no ssh is installed (apt-get install openssh-client)")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="sshconfig-") as folder:
    check_keywords(folder)
    cases = [Case(path, folder) for path in sorted(glob.glob(HERE + "/*.conf"))]
    if not knows_services():
        print("services.conf is left out: this system names no ports (apt-get install netbase)")
        cases = [case for case in cases if case.name != "services.conf"]
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(check, cases):
            pass
if os.path.exists("/tmp/collect-test-must-not-be"):
    fail("a command ran that should not")
print(f"{len(cases)} configurations, {sum(len(c.hosts) for c in cases)} hosts, {bad} differences")
sys.exit(1 if bad else 0)
