#!/usr/bin/python3
"""Where secrets are not: in memory that is given back, in the environment of the process and of the
commands that it runs, in its arguments, in core dumps, in what other users may read of it."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]
BUILD = os.environ["BUILD_DIR"]
PASSWORD, ENABLE = "Kestrel-81-quartz", "Osprey-17-basalt"
DEVICES = f"""
  - {{platform: linux, hostname: pw, auth: [password], password: {PASSWORD}}}
  - {{platform: linux, hostname: kbd, auth: [keyboard-interactive], password: {PASSWORD}}}
  - {{platform: linux, hostname: key, auth: [publickey], password: {PASSWORD}}}
  - {{platform: cisco_ios, hostname: router, auth: [password], password: {PASSWORD},
     enable: {ENABLE}, user_prompt: '{{hostname}}>'}}
  - {{platform: linux, hostname: denied, auth: [password], password: another}}
  - {{platform: linux, hostname: changed, auth: [password], password: {PASSWORD},
     host_key: changed}}
"""


def run(lab, inventory, *options, **more):
    """One run; what was freed with a secret in it."""
    with tempfile.TemporaryDirectory() as folder:
        log = folder + "/freed"
        env = dict(os.environ, LD_PRELOAD=f"{BUILD}/tests/libtest-shim-free.so", SHIM_LOG=log,
                   SHIM_SECRETS=f"{PASSWORD},{ENABLE}", HOME=folder, **more.pop("env", {}))
        env.pop("SSH_AUTH_SOCK", None)
        child = subprocess.run([COLLECT, "-F", "none", "-i", f"{lab.dir}/{inventory}", "-c",
                                "show version", "-f", "json", "-vv", "--report",
                                folder + "/report.json", *options], env=env,
                               capture_output=True, text=True, timeout=120, **more)
        child.report = open(folder + "/report.json").read()
        return child, open(log).read() if os.path.exists(log) else ""


def source(lab, name, line):
    """The lab's inventory with its password from elsewhere."""
    lines = open(lab.dir + "/hosts.yml").read().splitlines()
    at = lines.index("  password_file: password")
    lines[at:at + 1] = ["  " + line] if line else []
    with open(f"{lab.dir}/{name}.yml", "w") as file:
        file.write("\n".join(lines) + "\n")
    return name + ".yml"


def never_freed(lab):
    """What stands in the inventory itself is left out: it is there for all to read."""
    fd = os.open(lab.dir + "/one", os.O_RDONLY)
    for name, line, options, more in (
            ("file", f"password_file: {lab.dir}/one", (), {}),
            ("command", f"password_command: cat {lab.dir}/one", (), {}),
            ("env", "password_env: TEST_PASSWORD", (), {"env": {"TEST_PASSWORD": PASSWORD}}),
            ("fd", "", ("--password-fd", str(fd)), {"pass_fds": [fd]})):
        child, freed = run(lab, source(lab, name, line), *options, **more)
        check(f"{name}: runs", child.returncode == 1 and child.stdout.count('"host"') == 4,
              child.returncode, child.stdout[:500], child.stderr[-1500:])
        check(f"{name}: memory was given back with a secret in it", not freed, freed[:3000])
        for what, said in (("stdout", child.stdout), ("stderr with -vv", child.stderr),
                           ("report", child.report)):
            for secret in (PASSWORD, ENABLE):
                check(f"{name}: a secret in the {what}", secret not in said, said[:500])
    os.close(fd)


def seen_from_outside(lab):
    """A run that waits for its second host: what /proc has of it, and what its commands inherit."""
    inventory = source(lab, "outside", "password_env: TEST_PASSWORD")
    with tempfile.TemporaryDirectory() as folder:
        fifo = folder + "/wait"
        os.mkfifo(fifo)
        with open(folder + "/config", "w") as file:
            file.write(f"Host 127.1.0.1\n ProxyCommand sh -c 'env >{folder}/env; cat {fifo}'\n")
        child = subprocess.Popen([COLLECT, "-F", folder + "/config", "-i", f"{lab.dir}/{inventory}",
                                  "-c", "true", "-l", "pw", "-q"], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=dict(os.environ, HOME=folder,
                                                                  TEST_PASSWORD=PASSWORD))
        with open(fifo, "w"):  # the command runs, so the run is on
            proc = f"/proc/{child.pid}/"
            texts = {name: open(proc + name, "rb").read() for name in ("cmdline", "environ")}
            limits = open(proc + "limits").read()
            owner = os.stat(proc + "mem").st_uid, os.stat(proc + "environ").st_uid
        child.communicate(timeout=60)
        inherited = open(folder + "/env").read()
    for name, text in texts.items():
        check(f"the password in {name}", PASSWORD.encode() not in text, text)
    check("the variable is still known", b"TEST_PASSWORD=" in texts["environ"], texts["environ"])
    check("a command inherited it", "TEST_PASSWORD" not in inherited and "HOME=" in inherited,
          inherited)
    core = [line for line in limits.splitlines() if line.startswith("Max core")]
    check("no core dumps", core and core[0].split()[4:6] == ["0", "0"], core)
    check("only root may look", owner == (0, 0), owner)


def as_nobody():
    """Somebody's process that waits for a password: not even its owner may read its memory."""
    if os.getuid() != 0:
        return
    near, far = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        program = folder + "/collect"
        shutil.copy(COLLECT, program)
        shutil.copytree(os.environ["SOURCE_DIR"] + "/templates/linux", folder + "/templates/linux")
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        child = subprocess.Popen([program, "-F", "none", "--platform", "linux", "-c", "true",
                                  "--templates", folder + "/templates", "--password-fd", str(near), "127.0.0.1:1"], pass_fds=[near],
                                 user=65534, cwd="/", stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True,
                                 env={"PATH": os.environ["PATH"]})
        os.close(near)
        for _ in range(200):  # until it waits; a program that just begins is its owner's
            owner = os.stat(f"/proc/{child.pid}/mem").st_uid if child.poll() is None else None
            if owner in (0, None):
                break
            time.sleep(0.05)
        os.close(far)
        _, talk = child.communicate(timeout=60)
    check("it asked for a password", "password from file descriptor" in talk, talk)
    check("its owner may not read it", owner == 0, owner, talk)


with Lab(devices=DEVICES) as lab:
    with open(lab.dir + "/one", "w") as file:
        file.write(PASSWORD + "\n")
    with open(lab.dir + "/password-denied", "w") as file:
        file.write("nothing\n")
    os.chmod(lab.dir + "/one", 0o600)
    never_freed(lab)
    seen_from_outside(lab)
as_nobody()
check("nothing to whom is not trusted", lab.stats["changed"]["password_bytes"] == "0")
sys.exit(failed())
