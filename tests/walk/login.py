#!/usr/bin/python3
"""Logging in, as the lab counts it: which ways in work, what is sent where, and how each failure
reads. No password byte before the host key is trusted; one attempt per way and secret."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

COLLECT = os.environ["COLLECT"]


def collect(lab, *options, inventory="hosts.yml", **env):
    """The run's exit status, records and talk."""
    home = lab.dir + "/home"
    os.makedirs(home, exist_ok=True)
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SSH_")}
    environ.update(HOME=home, **env)
    run = subprocess.run([COLLECT, "-i", f"{lab.dir}/{inventory}", "-f", "json", *options],
                         capture_output=True, text=True, env=environ, timeout=120)
    try:
        records = json.loads(run.stdout or "[]")
    except ValueError:
        records = []
    return run.returncode, records, run.stderr


def reason(talk, host):
    m = re.search(rf"^{re.escape(host)}: (.*)$", talk, re.M) or re.search(
        rf"{re.escape(host)}\b[: ]+(.*)$", talk, re.M)
    return m[1] if m else talk


def edit(lab, pattern, replacement, name="edited.yml"):
    text = open(lab.dir + "/hosts.yml").read()
    changed = re.sub(pattern, replacement, text, flags=re.M)
    check(f"the inventory has {pattern}", changed != text, text)
    open(f"{lab.dir}/{name}", "w").write(changed)
    return name


def ways_in():
    with Lab(devices="""\
  - {platform: linux, hostname: pw, auth: [password]}
  - {platform: linux, hostname: kbd, auth: [keyboard-interactive]}
  - {platform: linux, hostname: open, auth: [none]}
  - {platform: linux, hostname: both}
  - {platform: cisco_ios, hostname: router, auth: [password], enable: s3cret}
""") as lab:
        status, records, talk = collect(lab, "-t", "show_version")
        hosts = sorted({r["host"] for r in records})
        check("all ways in", status == 0 and hosts == ["both", "kbd", "open", "pw", "router"], talk)
    for host, requests in (("pw", "2"), ("kbd", "2"), ("open", "1"), ("both", "2")):
        check(f"requests of {host}", lab.stats[host]["auth_requests"] == requests, lab.stats[host])
        check(f"one connection of {host}", lab.stats[host]["connections"] == "1")
    check("nothing for nothing", lab.stats["open"]["password_bytes"] == "0")
    check("once", lab.stats["both"]["password_bytes"] == "5", lab.stats["both"])


def keys():
    with Lab(devices="- {platform: linux, hostname: key, auth: [publickey]}") as lab:
        status, records, talk = collect(lab, "-c", "whoami")
        check("a key", status == 0 and records[0]["output"] == "admin\n", talk)
        os.chmod(lab.dir + "/id_ed25519", 0o644)
        status, _, talk = collect(lab, "-c", "whoami")
        check("a key that others may read", status == 3 and "chmod 600" in talk, status, talk)
        os.chmod(lab.dir + "/id_ed25519", 0o600)
        subprocess.run(["ssh-keygen", "-q", "-p", "-N", "long enough", "-f",
                        lab.dir + "/id_ed25519"], check=True, stdout=subprocess.DEVNULL)
        status, _, talk = collect(lab, "-c", "whoami")
        check("an encrypted key", status in (2, 3) and "id_ed25519 is encrypted" in talk, status, talk)
    check("found before anything connected", lab.stats["key"]["connections"] == "1", lab.stats)


def agent():
    """The agent's key, when the inventory names none."""
    with Lab(devices="- {platform: linux, hostname: key, auth: [publickey]}") as lab:
        out = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
        env = dict(re.findall(r"(SSH_\w+)=([^;]+)", out))
        try:
            subprocess.run(["ssh-add", "-q", lab.dir + "/id_ed25519"], check=True,
                           env=dict(os.environ, **env), stderr=subprocess.DEVNULL)
            name = edit(lab, r"key: \S+?(, |})", r"legacy: false\1")
            status, records, talk = collect(lab, "-c", "whoami", inventory=name, **env)
            check("the agent's key", status == 0 and len(records) == 1, talk)
            status, _, talk = collect(lab, "-c", "whoami", inventory=name)
            check("no agent", status == 1 and "no key or password" in talk, talk)
        finally:
            subprocess.run(["kill", env["SSH_AGENT_PID"]], check=True)


def silent_agent():
    """An agent that accepts and says nothing costs no more than the login's time."""
    with Lab(devices="- {platform: linux, hostname: key, auth: [publickey]}") as lab:
        name = edit(lab, "key: [^,}]*(, )?", "", "no_key.yml")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(lab.dir + "/silent")
            listener.listen()
            status, records, talk = collect(lab, "-c", "whoami", "--timeout", "2s", inventory=name,
                                            SSH_AUTH_SOCK=lab.dir + "/silent")
        check("a silent agent", status == 1 and not records and re.search(
            "login of admin denied|timed out during authentication", reason(talk, "key")), talk)


def barred_methods():
    """What the ssh configuration bars is not tried; the inventory's own password is."""
    with Lab(devices="""\
  - {platform: linux, hostname: pw, auth: [password]}
  - {platform: linux, hostname: kbd, auth: [keyboard-interactive]}
  - {platform: linux, hostname: both, auth: [keyboard-interactive, password]}
  - {platform: linux, hostname: key, auth: [publickey]}
""") as lab:
        edit(lab, "^  password_file: .*\n|key: [^,}]*(, )?", "", "bare.yml")
        os.makedirs(lab.dir + "/home/.ssh")
        shutil.copy(lab.dir + "/id_ed25519", lab.dir + "/home/.ssh")
        own = ("--password-file", lab.dir + "/password")
        for text, inventory, options, hosts in (
                ("", "bare.yml", own, "both kbd key pw"),
                ("PasswordAuthentication no", "bare.yml", own, "both kbd key"),
                ("KbdInteractiveAuthentication no", "bare.yml", own, "both key pw"),
                ("PubkeyAuthentication no", "bare.yml", own, "both kbd pw"),
                ("PreferredAuthentications password", "bare.yml", own, "both pw"),
                ("PreferredAuthentications publickey", "bare.yml", own, "key"),
                ("PreferredAuthentications publickey", "hosts.yml", (), "both kbd key pw"),
                ("PreferredAuthentications password", "hosts.yml", (), "both key pw"),
                ("PubkeyAuthentication no", "hosts.yml", (), "both kbd key pw")):
            with open(lab.dir + "/config", "w") as file:
                file.write(text + "\n")
            _, records, talk = collect(lab, "-F", lab.dir + "/config", "-c", "whoami", *options,
                                       inventory=inventory)
            check(f"{text} {inventory}", sorted(r["host"] for r in records) == hosts.split(), talk)
            for host in {"both", "kbd", "key", "pw"} - set(hosts.split()):
                check(f"{text}: why not {host}", "; the ssh configuration bars " in
                      reason(talk, host), talk)
    check("nothing that was barred", lab.stats["pw"]["password_bytes"] == "35", lab.stats["pw"])


def wrong_password():
    with Lab(devices="""\
  - {platform: linux, hostname: pw, auth: [password]}
  - {platform: linux, hostname: kbd, auth: [keyboard-interactive]}
  - {platform: linux, hostname: both}
  - {platform: linux, hostname: good, password: fine}
""") as lab:
        with open(lab.dir + "/password", "w") as file:
            file.write("wrong!!\n")
        status, records, talk = collect(lab, "-c", "whoami")
        check("only the good one", status == 1 and [r["host"] for r in records] == ["good"], talk)
        for host, tried, takes in (("pw", "password", "password"),
                                   ("kbd", "keyboard-interactive", "keyboard-interactive"),
                                   ("both", "keyboard-interactive",
                                    "keyboard-interactive,password")):
            line = f"login of admin denied (tried {tried}; the device takes {takes})"
            check(f"the reason of {host}", line in reason(talk, host), talk)
    for host in ("pw", "kbd", "both"):
        check(f"{host}: the password was sent once",
              lab.stats[host]["password_bytes"] == "7" and lab.stats[host]["connections"] == "1",
              lab.stats[host])


def host_keys():
    with Lab(devices="""\
  - {platform: linux, hostname: known}
  - {platform: linux, hostname: changed, host_key: changed}
  - {platform: linux, hostname: unlisted, host_key: unlisted}
  - {platform: linux, hostname: revoked, host_key: revoked}
""") as lab:
        known_hosts = open(lab.dir + "/known_hosts").read()
        status, records, talk = collect(lab, "-c", "whoami")
        check("strict", status == 1 and [r["host"] for r in records] == ["known"], talk)
        check("changed", "the host key has changed: it shows ssh-ed25519 SHA256:" in talk
              and re.search(r"known_hosts:\d+ has ssh-ed25519 SHA256:", talk)
              and "ssh-keygen -R" in talk, talk)
        check("unlisted", "unknown host key" in talk and "ssh-keyscan -p" in talk, talk)
        check("revoked", "is marked @revoked in" in talk, talk)
        check("known_hosts untouched", open(lab.dir + "/known_hosts").read() == known_hosts)
    for host in ("changed", "unlisted", "revoked"):
        check(f"{host}: nothing was sent", lab.stats[host]["auth_requests"] == "0"
              and lab.stats[host]["password_bytes"] == "0", lab.stats[host])


def other_policies():
    with Lab(devices="""\
  - {platform: linux, hostname: changed, host_key: changed}
  - {platform: linux, hostname: revoked, host_key: revoked}
  - {platform: linux, hostname: new, host_key: unlisted, count: 30}
""") as lab:
        status, records, talk = collect(lab, "-c", "whoami", "--host-keys", "accept-new", "-w", "30")
        check("accept-new", status == 1 and len(records) == 30, len(records), talk)
        added = open(lab.dir + "/known_hosts").read().splitlines()[-30:]
        check("30 new lines", len(set(added)) == 30
              and all(re.fullmatch(r"\S+ ssh-ed25519 [\w+/=]+", line) for line in added), added)
        address, port = list(lab.hosts.values())[-1]
        found = subprocess.run(["ssh-keygen", "-F", f"[{address}]:{port}", "-f",
                                lab.dir + "/known_hosts"], capture_output=True, text=True)
        check("ssh-keygen finds it", found.returncode == 0, found.stdout, found.stderr)
        status, records, talk = collect(lab, "-c", "whoami")
        check("known from now on", len(records) == 30, talk)
        status, records, talk = collect(lab, "-c", "whoami", "--host-keys", "off")
        check("off", status == 0 and len(records) == 32, talk)
        check("off is named", "not checked" in talk, talk)
    check("nothing to a changed one but with off", lab.stats["changed"]["auth_requests"] == "2",
          lab.stats["changed"])


def configured_policies():
    """StrictHostKeyChecking of the ssh configuration: what it lets in, and that a summary says so."""
    with Lab(devices="""\
  - {platform: linux, hostname: known}
  - {platform: linux, hostname: changed, host_key: changed}
  - {platform: linux, hostname: revoked, host_key: revoked}
  - {platform: linux, hostname: new, host_key: unlisted}
""") as lab:
        known_hosts = open(lab.dir + "/known_hosts").read()
        config = lab.dir + "/config"
        for word, strict, policy in (("yes", True, ()), ("ask", True, ()), ("accept-new", False, ()),
                                     ("no", False, ()), ("off", False, ()),
                                     ("no", True, ("--host-keys", "strict")),
                                     ("yes", False, ("--host-keys", "accept-new"))):
            with open(lab.dir + "/known_hosts", "w") as file:
                file.write(known_hosts)
            with open(config, "w") as file:
                file.write(f"Host *\n StrictHostKeyChecking {word}\n")
            status, records, talk = collect(lab, "-F", config, "-c", "whoami", "--report",
                                            lab.dir + "/report", *policy)
            hosts = sorted(r["host"] for r in records)
            check(f"{word} {policy}", hosts == (["known"] if strict else ["known", "new"]), talk)
            check(f"{word} {policy}: others refused", status == 1 and "has changed" in talk
                  and "is marked @revoked" in talk, talk)
            said = f"allowed for 4 hosts (StrictHostKeyChecking, {config}:2)" in talk
            check(f"{word} {policy}: the summary", said == (not strict and not policy), talk)
            run = json.load(open(lab.dir + "/report"))
            check(f"{word} {policy}: the report",
                  run["host_keys"] == ("strict" if strict else "accept-new"), run)
            added = open(lab.dir + "/known_hosts").read()[len(known_hosts):]
            check(f"{word} {policy}: known_hosts", len(added.splitlines()) == (not strict), added)
    for host in ("changed", "revoked"):
        check(f"{host}: nothing was sent", lab.stats[host]["auth_requests"] == "0", lab.stats[host])


def pinned():
    with Lab(devices="- {platform: linux, hostname: one, host_key: unlisted}") as lab:
        _, _, talk = collect(lab, "-c", "whoami")
        shown = re.search(r"SHA256:[\w+/]+", talk)[0]
        name = edit(lab, r"('one': \{)", rf"\1fingerprint: '{shown}', ")
        status, records, talk = collect(lab, "-c", "whoami", inventory=name)
        check("the pinned key", status == 0 and len(records) == 1, talk)
        name = edit(lab, r"('one': \{)", rf"\1fingerprint: 'SHA256:{'A' * 43}', ")
        status, records, talk = collect(lab, "-c", "whoami", "--host-keys", "off", inventory=name)
        check("another key than the pinned one", status == 1 and "not the pinned one" in talk, talk)
    check("nothing was sent", lab.stats["one"]["auth_requests"] == "2", lab.stats)


def silent():
    """A host that falls silent in each phase ends at its time-out, with a line that says where."""
    phases = {"accept": "connect to|the SSH greeting", "banner": "the SSH greeting",
              "kex": "the key exchange", "auth": r"authentication", "channel": "a channel",
              "prompt": "prompt", "command": "the last line is|show version"}
    devices = "".join(f"  - {{platform: cisco_ios, hostname: {p}, silent: {p}}}\n" for p in phases)
    with Lab(devices=devices + "  - {platform: cisco_ios, hostname: fine}\n") as lab:
        status, records, talk = collect(lab, "-c", "show version", "--timeout", "2s")
        check("the others go on", status == 1 and [r["host"] for r in records] == ["fine"], talk)
        for phase, words in phases.items():
            line = reason(talk, phase)
            check(f"silent {phase}", re.search(words, line) and re.search("timed out|no prompt", line),
                  line)


def legacy():
    with Lab(devices="""\
  - {platform: linux, hostname: old, legacy: true}
  - {platform: linux, hostname: young}
""") as lab:
        text = open(lab.dir + "/hosts.yml").read()
        modern = re.sub(r"legacy: true(, )?", "", text)
        open(lab.dir + "/modern.yml", "w").write(modern)
        status, records, talk = collect(lab, "-c", "whoami", inventory="modern.yml")
        check("refused", status == 1 and [r["host"] for r in records] == ["young"], talk)
        check("which class, and what to do", "no common key exchange" in talk
              and "diffie-hellman-group" in talk and "`legacy: true`" in talk, talk)
        named = modern.replace("'old': {", "'old': {legacy: true, ")
        open(lab.dir + "/named.yml", "w").write(named)
        status, records, talk = collect(lab, "-c", "whoami", inventory="named.yml")
        check("with legacy", status == 0 and len(records) == 2, talk)


def names_of_users():
    """user@realm and DOMAIN\\user, by every way in; the lab knows nobody else."""
    with Lab(devices="""\
  - {platform: linux, hostname: realm, username: "bob@lab.example"}
  - {platform: linux, hostname: domain, username: "LAB\\\\bob"}
  - {platform: linux, hostname: service, username: "svc_net$"}
""") as lab:
        status, records, talk = collect(lab, "-c", "whoami")
        check("the inventory's names", status == 0 and len(records) == 3, talk)
        bare = edit(lab, r", username: [^,}]*", "", "bare.yml")
        text = open(f"{lab.dir}/{bare}").read()
        ports = dict(re.findall(r"'(\w+)': \{address: '[^']*', port: (\d+)", text))
        for host, name in (("realm", "bob@lab.example"), ("domain", "LAB\\bob"),
                           ("service", "svc_net$")):
            status, _, talk = collect(lab, "-c", "whoami", "-u", name, "-l", host, inventory=bare)
            check(f"-u {name}", status == 0, talk)
            status, _, talk = collect(lab, "-c", "whoami", f"{name}@{host}", inventory=bare)
            check(f"{name}@{host}", status == 0, talk)
            with open(lab.dir + "/config", "w") as file:
                file.write(f"Match originalhost 127.0.0.* exec \"test %p = {ports[host]}\"\n"
                           f" User {name}\n")
            own = edit(lab, "^  username: .*\n|, username: [^,}]*", "", "own.yml")
            status, records, talk = collect(lab, "-F", lab.dir + "/config", "-c", "whoami", "-l",
                                            host, inventory=own)
            check(f"User {name}", status == 0, talk, open(f"{lab.dir}/{own}").read())
        status, _, talk = collect(lab, "-c", "whoami", "-u", "b`id`", inventory=bare)
        check("a name that is none", status == 2 and "refused" in talk, talk)


def stop_early():
    with Lab("--platform", "linux", "--devices", "20") as lab:
        with open(lab.dir + "/password", "w") as file:
            file.write("wrong\n")
        status, records, talk = collect(lab, "-c", "whoami", "--stop-on-auth-failure")
        if status == 2:
            return  # not an option yet
        check("nobody", status == 1 and not records, talk)
    sent = sum(int(row["password_bytes"]) for row in lab.stats.values())
    check("the wrong password was sent once", sent == 5, sent)


for test in (ways_in, keys, agent, silent_agent, barred_methods, wrong_password, host_keys, other_policies, configured_policies, pinned, silent,
             legacy, names_of_users, stop_early):
    try:
        test()
    except Exception as error:  # a test that breaks has failed, the others still run
        check(test.__name__, False, repr(error))
sys.exit(failed())
