#!/usr/bin/python3
"""Every platform of templates/ against a simulated device that looks like it: as it is, with a pager
that cannot be turned off, and before `enable`. Each gives exactly the lines that the device has; what
it does not know fails in the device's own words; and nobody answers a pager that is off."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import Lab  # noqa: E402

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

COLLECT = os.environ["COLLECT"]
TEMPLATES = os.environ.get("TEMPLATES", os.environ["SOURCE_DIR"] + "/templates")
FIXTURES = os.environ["SOURCE_DIR"] + "/fixtures"
LINES = ["line %d of many, with a prompt# and a prompt> in it" % i for i in range(60)]


def read_platforms():
    platforms = {}
    for name in sorted(os.listdir(TEMPLATES)):
        path = "%s/%s/platform.yml" % (TEMPLATES, name)
        if os.path.exists(path):
            with open(path) as file:
                platforms[name] = yaml.safe_load(file)
            looks = "%s/%s/device.yml" % (FIXTURES, name)
            check(name, os.path.exists(looks), "has no", looks)
            platforms[name]["looks"] = yaml.safe_load(open(looks)) if os.path.exists(looks) else {}
    return platforms


def reading_command(platform, word):
    """A command that the platform takes for one that only reads."""
    for entry in platform.get("read_only", [""]):
        if "*" not in entry:
            return (entry + " " + word).strip()
    return ("/lab " + platform["read_only"][0].replace("* ", "")).strip() + " " + word


def devices(platforms):
    """Three devices a platform; what each answers to its command is the same."""
    text = ""
    for name, platform in platforms.items():
        command = reading_command(platform, "lab")
        host = name.replace("_", "-")
        entry = {"platform": name, "responses": {command: "\n".join(LINES)}, "page_lines": 24}
        variants = [("", {})]
        if platform["looks"].get("pager"):
            variants.append(("-pages", {"pager_stuck": True}))
        if platform.get("enable") and (platform["looks"].get("user_prompt") or
                                       "done" in platform["enable"]):
            variants.append(("-enable", {"enable": "s3cret"}))
        for suffix, more in variants:
            text += "- %s\n" % json.dumps({"hostname": host + suffix, **entry, **more})
    return text


def collect(lab, platform, host, command):
    done = subprocess.run([COLLECT, "--templates", TEMPLATES, "-i", lab.dir + "/hosts.yml", "-l",
                           host + "*", "-c", command, "--timeout", "5", "-f", "json"],
                          capture_output=True, text=True, timeout=60)
    if done.returncode > 1:
        check(platform, False, done.stderr)
        return {}, {}
    records = {row["host"]: row["output"] for row in json.loads(done.stdout or "[]")}
    reasons = dict(line.strip().split(": ", 1) for line in done.stderr.splitlines()
                   if line.startswith("  ") and ": " in line)
    return records, reasons


def try_platform(lab, name, platform):
    host = name.replace("_", "-")
    hosts = [h for h in lab.hosts if h == host or h in (host + "-pages", host + "-enable")]
    records, reasons = collect(lab, name, host, reading_command(platform, "lab"))
    for h in hosts:
        got = records.get(h, "").rstrip("\n").split("\n")
        check(h, got == LINES, reasons.get(h), got[:3], got[-3:])
    records, reasons = collect(lab, name, host, reading_command(platform, "nonsense"))
    for h in hosts:
        check(h + ", what it does not know", h in reasons and h not in records,
              reasons.get(h), records.get(h))


def main():
    platforms = read_platforms()
    with Lab("--templates", TEMPLATES, devices=devices(platforms)) as lab:
        for name, platform in platforms.items():
            try_platform(lab, name, platform)
        log = lab.log()
        check("secrets", not any("s3cret" in "\t".join(line) for line in log))
    for name, platform in platforms.items():
        host = name.replace("_", "-")
        keys = {suffix: int(lab.stats.get(host + suffix, {}).get("pager_keys", 0))
                for suffix in ("", "-pages")}
        if any(word in " ".join(platform.get("setup", []))
               for word in ("length", "pag", "more", "datadump", "rows")):
            check(name + " turns its pager off", keys[""] == 0, keys)
        if host + "-pages" in lab.stats:
            check(name + " answers its pager", keys["-pages"] > 0, keys)
        if host + "-enable" in lab.stats:
            enabled = [line for line in log if line[0] == host + "-enable" and line[2] == "enabled"]
            check(name + " enables once a session", len(enabled) == 2, enabled)
    sys.exit(failed())


main()
