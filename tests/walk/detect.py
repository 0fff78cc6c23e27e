#!/usr/bin/python3
"""platform: auto, against a simulated device of every platform: each is told right, in one login and
by at most two commands that only read; the records are those of the platform said; what cannot be
told fails in one clear line. And all that a run can leave behind works with it."""
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from fleet import Lab  # noqa: E402

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

COLLECT = os.environ["COLLECT"]
TEMPLATES = os.environ["SOURCE_DIR"] + "/templates"
FIXTURES = os.environ["SOURCE_DIR"] + "/fixtures"
PLATFORMS = sorted(p for p in os.listdir(TEMPLATES)
                   if os.path.exists("%s/%s/platform.yml" % (TEMPLATES, p)))
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("COLLECT_TEMPL", "NTC_", "NET_"))}
failures = 0


def check(what, ok, *seen):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what, *(str(text)[:2000] for text in seen))


def name_of(platform):
    return platform.replace("_", "-")


def fleet(platforms, more=""):
    return "".join("- {platform: %s, hostname: %s%s}\n" % (p, name_of(p), more) for p in platforms)


def collect(lab, *args, timeout=60):
    return subprocess.run([COLLECT, "run", "--templates", TEMPLATES, "-i", lab.dir + "/hosts.yml",
                           *args], capture_output=True, text=True, timeout=timeout, env=ENV)


def hosts_file(lab, path, platforms):
    """The lab's inventory with these platforms instead of its own."""
    inventory = yaml.safe_load(open(lab.dir + "/hosts.yml"))
    for name, host in inventory["hosts"].items():
        host["platform"] = platforms(name, name.replace("-", "_"))
    for key in ("password_file", "known_hosts"):
        inventory["defaults"][key] = lab.dir + "/" + inventory["defaults"][key]
    for host in inventory["hosts"].values():
        if "enable_password_file" in host:
            host["enable_password_file"] = lab.dir + "/" + host["enable_password_file"]
    with open(path, "w") as file:
        yaml.safe_dump(inventory, file)


def detection_commands():
    commands = set()
    for platform in PLATFORMS:
        with open("%s/%s/platform.yml" % (TEMPLATES, platform)) as file:
            commands |= set(yaml.safe_load(file).get("detect", {}).get("commands", {}))
    return commands


def journal(lab):
    """Per host: logins that worked, and the lines typed."""
    hosts = {}
    for host, _, what, *detail in lab.log():
        entry = hosts.setdefault(host, {"logins": 0, "connects": 0, "typed": []})
        entry["connects"] += what == "connect"
        entry["logins"] += what == "login" and " ok " in detail[0]
        if what == "command":
            entry["typed"].append(detail[0])
    return hosts


def every_platform():
    """27 devices; half of them want to be enabled, which detection never does."""
    with Lab("--templates", TEMPLATES, "--fixtures", FIXTURES, devices=fleet(PLATFORMS)) as lab:
        report = lab.dir + "/report.json"
        done = collect(lab, "--platform", "auto", "-c", "show lab-nonsense", "--allow-changes",
                       "--report", report, "-v")
        hosts = {job["host"]: job for job in json.load(open(report))["jobs"]}
        for platform in PLATFORMS:
            job = hosts[name_of(platform)]
            check(platform, job["platform"] == platform, job["platform"], job["reason"])
            check(platform + " says why", "prompt '" in job.get("platform_found_by", ""), job)
            check(platform + " tells why", re.search(
                r"^%s \+\d+ ms: platform %s, by SSH server '" % (name_of(platform), platform),
                done.stderr, re.M))
        known = detection_commands()
        setup = {line for p in PLATFORMS
                 for line in yaml.safe_load(open("%s/%s/platform.yml" % (TEMPLATES, p)))
                 .get("setup", [])}
        for host, entry in journal(lab).items():
            told = [line for line in entry["typed"] if line in known]
            rest = set(entry["typed"]) - known - setup - {"show lab-nonsense", "exit", "quit",
                                                          "logout", "/quit"}
            check(host + ", logins", (entry["connects"], entry["logins"]) == (1, 1), entry)
            check(host + ", commands", len(told) <= 2 and not rest, entry)


def same_records():
    """What a run gives with the platforms said, byte for byte but for the time."""
    able = [p for p in PLATFORMS if os.path.isdir("%s/%s" % (FIXTURES, p)) and
            subprocess.run([COLLECT, "schema", "--templates", TEMPLATES, "--platform", p, "-t",
                            "show_version"], capture_output=True, env=ENV).returncode == 0]
    check("some platforms", len(able) > 10, able)
    with Lab("--templates", TEMPLATES, "--fixtures", FIXTURES, devices=fleet(able)) as lab:
        rows = {}
        for kind, args in (("said", []), ("auto", ["--platform", "auto"])):
            done = collect(lab, *args, "-t", "show_version", "-f", "csv")
            check(kind, done.returncode == 0, done.stderr)
            rows[kind] = list(csv.reader(done.stdout.splitlines()))
            place = rows[kind][0].index("collected_at")
            for row in rows[kind]:
                row[place] = ""
        check("the same rows", rows["said"] == rows["auto"] and len(rows["auto"]) > len(able),
              rows["said"][0], rows["auto"][0])
        typed = journal(lab)["arista-eos"]["typed"]
        check("collected once", typed.count("show version") == 2, typed)  # one a run


def mixed_runs():
    """Some said, some found out; everything that a run leaves behind."""
    said = {"cisco-ios", "linux"}
    platforms = ["arista_eos", "cisco_ios", "cisco_nxos", "huawei_vrp", "linux"]
    with Lab("--templates", TEMPLATES, "--fixtures", FIXTURES, devices=fleet(platforms)) as lab:
        path = lab.dir + "/mixed.yml"
        hosts_file(lab, path, lambda name, p: p if name in said else "auto")
        base = [COLLECT, "run", "--templates", TEMPLATES, "-i", path]

        def run(*args):
            return subprocess.run([*base, *args], capture_output=True, text=True, timeout=60,
                                  env=ENV)

        ordered = [name_of(p) for p in platforms]
        done = run("-t", "show_version", "-f", "json")
        records = json.loads(done.stdout)
        check("in order", [r["host"] for r in records] == ordered, done.stderr, records)
        check("platforms", [r["platform"] for r in records] == platforms)
        out = lab.dir + "/out/"
        done = run("-t", "show_version", "-t", "show_arp", "-o", out, "-f", "ndjson")
        files = sorted(f for f in os.listdir(out) if f[0] != "_")
        check("a folder", files == ["show_arp.ndjson", "show_version.ndjson"], done.stderr, files)
        raw = lab.dir + "/raw"
        done = run("-t", "show_version", "--save-raw", raw, "-f", "json")
        again = subprocess.run([COLLECT, "parse", "--templates", TEMPLATES, raw, "-f", "json"],
                               capture_output=True, text=True, env=ENV)
        check("raw outputs", json.loads(done.stdout) == json.loads(again.stdout), again.stderr)
        done = run("-t", "show_version", "--where", "platform = 'huawei_vrp'", "-f", "json")
        check("narrowed", [r["host"] for r in json.loads(done.stdout)] == ["huawei-vrp"],
              done.stderr)
        done = run("-t", "show_version", "--where", "versoin > 1")
        check("a bad expression is found before", done.returncode == 2 and "Ran" not in done.stderr,
              done.stderr)
        done = run("-t", "show_versoin")
        check("a bad name is found before", done.returncode == 3 and "did you mean" in done.stderr,
              done.returncode, done.stderr)
        done = run("-t", "show_version", "--dry-run", "-f", "json")
        rows = {r["host"]: r for r in json.loads(done.stdout)}
        check("dry run", rows["arista-eos"]["platform"] == "auto" and "show version" in
              rows["arista-eos"]["why"] and rows["linux"]["platform"] == "linux", rows)
        schema(lab, run)
        database(lab, run)


def schema(lab, run):
    path = lab.dir + "/schema.json"
    with open(path, "w") as file:
        subprocess.run([COLLECT, "schema", "--templates", TEMPLATES, "--platform",
                        "arista_eos,cisco_ios,cisco_nxos,huawei_vrp,linux", "-t", "show_version"],
                       stdout=file, env=ENV, check=True)
    done = run("-t", "show_version", "--require-schema", path)
    check("schema", done.returncode == 0, done.stderr)
    text = open(path).read().replace('"hostname"', '"host_name"')
    with open(path, "w") as file:
        file.write(text)
    out = lab.dir + "/never.csv"
    done = run("-t", "show_version", "--require-schema", path, "-o", out)
    check("another schema", done.returncode == 3 and not os.path.exists(out), done.stderr)


def database(lab, run):
    path = lab.dir + "/run.db"
    done = run("-t", "show_version", "-o", path, "-l", "!cisco-nxos")
    check("database", done.returncode == 0, done.stderr)
    db = sqlite3.connect(path)
    rows = dict(db.execute("SELECT host, platform FROM _hosts"))
    check("hosts", rows["arista-eos"] == "arista_eos" and len(rows) == 4, rows)
    why = dict(db.execute("SELECT host, platform_why FROM _hosts"))
    check("why", "prompt 'arista-eos#'" in why["arista-eos"] and why["linux"] is None, why)
    count = db.execute("SELECT count(*) FROM show_version").fetchone()
    check("records", count == (4,), count)
    db.close()
    before = {h: e["connects"] for h, e in journal(lab).items()}
    done = run("-t", "show_version", "--resume", path)
    after = {h: e["connects"] for h, e in journal(lab).items()}
    check("resumed", done.returncode == 0 and {h for h in after if after[h] != before.get(h)}
          == {"cisco-nxos"}, done.stderr, before, after)
    db = sqlite3.connect(path)
    count = db.execute("SELECT count(*) FROM show_version").fetchone()
    check("and all is there", count == (5,), count)
    db.close()


def told_honestly():
    """Two that fit, none that fits, a way that is missing, a device that is gone."""
    devices = fleet(["cisco_ios", "vyos"]) + """
- {platform: cisco_ios, hostname: odd, version: Odd-1, responses: {show version: "Odd 7\\n"}}
- {platform: cisco_ios, hostname: weird, prompt: '!!{hostname}!! $>%'}
- {platform: cisco_ios, hostname: mute, silent: prompt}
- {platform: cisco_ios, hostname: asks, ask_password: 'Password:'}
- {platform: cisco_ios, hostname: enabled, enable: s3cret}
"""
    with Lab("--templates", TEMPLATES, "--fixtures", FIXTURES, devices=devices) as lab, \
            tempfile.TemporaryDirectory() as own:
        shutil.copytree(TEMPLATES + "/cisco_ios", own + "/my_ios")
        text = open(own + "/my_ios/platform.yml").read().replace("aliases: [", "aliases: [my_")
        text = "\n".join(line if not line.startswith("aliases") else "" for line in
                         text.split("\n"))
        with open(own + "/my_ios/platform.yml", "w") as file:
            file.write(text)
        done = collect(lab, "--platform", "auto", "-t", "show_version", "--timeout", "3", "-f",
                       "json", "--report", lab.dir + "/report.json")
        reasons = {j["host"]: (j["status"], j["reason"])
                   for j in json.load(open(lab.dir + "/report.json"))["jobs"]}
        check("exit status", done.returncode == 1, done.stderr)
        check("records of the others", {r["host"] for r in json.loads(done.stdout)}
              == {"cisco-ios", "enabled"}, done.stdout, reasons)
        check("none fits", reasons["odd"][0] == "unknown-platform" and
              "cannot tell the platform from SSH server 'Odd-1', prompt 'odd#', show version" in
              reasons["odd"][1] and "--platform NAME" in reasons["odd"][1], reasons["odd"])
        check("no such prompt", reasons["weird"][0] in ("unknown-platform", "timed-out"),
              reasons["weird"])
        check("no prompt at all", reasons["mute"][0] == "timed-out", reasons["mute"])
        check("a password prompt nobody expects", reasons["asks"][0] == "question" and
              "Password:" in reasons["asks"][1], reasons["asks"])
        check("no template", reasons["vyos"][1] == "it was found to be of vyos: platform vyos has "
              "no template 'show_version'", reasons["vyos"])
        typed = journal(lab)
        check("nothing at a question", "admin" not in str(typed["asks"]["typed"]), typed["asks"])
        check("nothing left to do, nothing done", typed["enabled"]["typed"] == ["show version"],
              typed["enabled"])
        done = collect(lab, "--platform", "auto", "-t", "show_inventory", "-l", "enabled", "-f",
                       "json")
        log = [line[2:] for line in lab.log() if line[0] == "enabled"]
        check("enabled once it is known", done.returncode == 0 and
              [line for line in log if line[0] == "enabled"] and
              log.index(["command", "show version"]) < log.index(["command", "show inventory"]),
              done.stderr, log)
        done = subprocess.run([COLLECT, "run", "--templates", own, "--templates", TEMPLATES, "-i",
                               lab.dir + "/hosts.yml", "-l", "cisco-ios", "--platform", "auto",
                               "-t", "show_version"], capture_output=True, text=True, env=ENV)
        check("two fit", done.returncode == 1 and "they fit cisco_ios or my_ios; say it with" in
              done.stderr, done.stderr)


def nothing_found():
    """No device could be told: every format still ends well, with what columns there are."""
    odd = "- {platform: cisco_ios, hostname: odd, version: Odd-1, responses: {show version: odd}}\n"
    with Lab("--templates", TEMPLATES, devices=odd) as lab:
        for name in ("a.csv", "a.json", "a.xlsx", "a.html", "a.db", "out/"):
            done = collect(lab, "--platform", "auto", "-t", "show_version", "-o",
                           lab.dir + "/" + name)
            check(name, done.returncode == 1 and "1 failed" in done.stderr and
                  os.path.exists(lab.dir + "/" + name), done.returncode, done.stderr)
        check("a header", open(lab.dir + "/a.csv").read() == "host,platform,command,collected_at\n",
              open(lab.dir + "/a.csv").read())
        done = collect(lab, "--platform", "auto", "-t", "show_version", "-f", "json", "--where",
                       "version = '1'")
        check("narrowed", done.returncode == 1 and json.loads(done.stdout) == [], done.stderr)


def hosts_verb():
    """collect hosts --detect: a table, or an inventory for the next run."""
    devices = fleet(["arista_eos", "cisco_ios", "vyos"]) + (
        "- {platform: cisco_ios, hostname: odd, version: Odd-1, responses: {show version: odd}}\n")
    said = {"cisco-ios": "cisco_ios", "vyos": None}  # the others: auto
    with Lab("--templates", TEMPLATES, "--fixtures", FIXTURES, devices=devices) as lab:
        path, out = lab.dir + "/some.yml", lab.dir + "/new.yml"
        hosts_file(lab, path, lambda name, p: said.get(name, "auto"))
        inventory = yaml.safe_load(open(path))
        del inventory["hosts"]["vyos"]["platform"]
        inventory["groups"] = {name: {} for name in inventory["groups"]}  # they said it, too
        with open(path, "w") as file:
            yaml.safe_dump(inventory, file)

        def detect(*args):
            return subprocess.run([COLLECT, "hosts", "--templates", TEMPLATES, "-i", path,
                                   "--detect", *args], capture_output=True, text=True, env=ENV,
                                  timeout=60)

        done = detect("-f", "json")
        rows = {row["host"]: row for row in json.loads(done.stdout)}
        check("exit status", done.returncode == 1, done.stderr)
        check("summary", "Found the platforms of 2 of 3 hosts in" in done.stderr, done.stderr)
        check("platforms", {h: r["platform"] for h, r in rows.items()} ==
              {"arista-eos": "arista_eos", "cisco-ios": "cisco_ios", "vyos": "vyos", "odd": ""},
              rows)
        check("why", "Arista" in rows["arista-eos"]["why"] and
              rows["cisco-ios"]["why"] == "it is said" and
              rows["odd"]["status"] == "unknown-platform", rows)
        check("nobody asked who was said", "cisco-ios" not in journal(lab), journal(lab))
        done = detect("-o", out)
        check("an inventory", done.returncode == 1 and not done.stdout, done.stderr)
        written = yaml.safe_load(open(out))
        check("filled in", {h: e["platform"] for h, e in written["hosts"].items()} ==
              {"arista-eos": "arista_eos", "cisco-ios": "cisco_ios", "vyos": "vyos",
               "odd": "auto"}, written)
        check("as it was", written["hosts"]["vyos"]["data"] == inventory["hosts"]["vyos"]["data"]
              and set(written["groups"]) == {"arista_eos", "cisco_ios", "vyos"}, written)
        done = subprocess.run([COLLECT, "--templates", TEMPLATES, "-i", out, "-t", "show_version",
                               "-l", "!odd,!vyos", "-f", "json"], capture_output=True, text=True,
                              env=ENV, timeout=60)
        check("and usable", done.returncode == 0 and len(json.loads(done.stdout)) == 2, done.stderr)
        done = detect("-o", path)
        check("not over itself", done.returncode == 2 and "would write over" in done.stderr)
        done = detect("-f", "yaml", "-l", "cisco-ios")
        check("nobody to ask", done.returncode == 0 and "hosts:\n" in done.stdout, done.stderr)


for test in (every_platform, same_records, mixed_runs, told_honestly, nothing_found, hosts_verb):
    test()
sys.exit(failures > 0)
