#!/usr/bin/python3
"""An audit of 200 devices of three platforms with planted violations finds exactly those: live, from
the run that it saved, and from its raw outputs, in reports that are the same but for times and source.
A second run, in which some devices are mended and others broken, is told as better and worse. And
Ctrl-C: what was not reached is an ERROR, and the report is written all the same."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from fleet import Lab  # noqa: E402
from sarif import sarif_errors  # noqa: E402

COLLECT = os.environ["COLLECT"]
SOURCE = os.environ["SOURCE_DIR"]
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("COLLECT_TEMPL", "NTC_", "NET_"))}
ENV["COLLECT_TEMPLATES"] = SOURCE + "/templates"
FORMATS = ("csv", "json", "junit", "sarif", "html", "markdown")
failures = 0


def check(what, ok, *seen):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what, *(str(text)[:3000] for text in seen))


# ---- What the devices say --------------------------------------------------------------------

IOS = ["ios-%03d" % i for i in range(100)]
EOS = ["eos-%03d" % i for i in range(60)]
LINUX = ["linux-%03d" % i for i in range(40)]

TELNET = {IOS[i] for i in (3, 11, 12, 40, 57, 58, 99)}
OLD = {IOS[i] for i in (0, 11, 30, 31, 77)}
NO_NTP = {IOS[i] for i in (5, 12, 64, 90)} | {EOS[i] for i in (0, 7, 8, 31, 59)}
PAIR = {IOS[21], EOS[44]}
ROOT = {LINUX[i] for i in (2, 19, 38)}
DOWN = EOS[15]
BROKEN = IOS[50]  # its `show ip interface brief` has a line that the template refuses
WAIVED = {IOS[57], IOS[58]}  # of TELNET
EXPIRED = IOS[90]  # of NO_NTP

RULES = r"""
rules:
  - id: vty-ssh
    title: VTY lines take SSH alone
    severity: high
    why: Own policy 3
    fix: transport input ssh
    platforms: [cisco_ios]
    command: show running-config
    lines: {within: '^line vty', must: ['^ transport input ssh$'], at_least: 1}
  - id: ios-version
    title: IOS is 15.2 or newer
    severity: critical
    platforms: [cisco_ios]
    template: show_version
    expect: version_compare(version, '15.2') >= 0
  - id: ntp
    title: there is an NTP server
    platforms: [cisco_ios, arista_eos]
    command: show running-config
    lines: {must: ['^ntp server \S+']}
  - id: duplicate-address
    title: no address is there twice
    platforms: [cisco_iosxe, arista_eos]  # an alias
    templates: [show_ip_interface_brief]
    query: >
      SELECT host, interface, ip_address FROM show_ip_interface_brief WHERE ip_address IN
      (SELECT ip_address FROM show_ip_interface_brief WHERE ip_address <> 'unassigned'
      GROUP BY ip_address HAVING count(*) > 1)
  - id: mtu
    title: what a platform does not say is no empty MTU
    platforms: [cisco_ios, arista_eos]
    templates: [show_ip_interface_brief]
    query: >
      SELECT host, interface, mtu FROM show_ip_interface_brief
      WHERE mtu = '' OR mtu IS NULL AND interface = 'Vlan2' AND host = 'ios-004'
  - id: no-root
    title: root does not log in
    severity: low
    groups: [lin*]
    platforms: [linux]
    command: cat /etc/ssh/sshd_config
    lines: {must: ['^PermitRootLogin no$']}
  - id: ams-only
    title: a rule for none of these hosts
    when: site = 'nowhere'
    template: show_version
    expect: "0"
  - id: everywhere
    title: a template that one platform lacks
    template: show_ip_interface_brief
    expect: "interface <> ''"
waivers:
  - {rule: vty-*, hosts: [%s], owner: ada, reason: replaced in May, expires: 2999-12-31}
  - {rule: ntp, hosts: [%s], owner: ada, reason: was to be done, expires: 2020-01-31}
""" % (", ".join(sorted(WAIVED)), EXPIRED)


def indented(text):
    return "".join("      " + line + "\n" for line in text.splitlines())


def response(command, text):
    return "    '%s': |\n%s" % (command, indented(text))


def config(name, telnet, ntp):
    vty = ["line vty 0 4", " transport input ssh", "line vty 5 15",
           " transport input " + ("telnet ssh" if telnet else "ssh")]
    lines = ["hostname " + name, "!", *(vty if name.startswith("ios") else [])]
    return "\n".join(lines + (["ntp server 192.0.2.1"] if ntp else []) + ["end"])


def ios(i, name, telnet, old, ntp):
    version = open(SOURCE + "/fixtures/cisco_ios/show_version/c2911.txt").read()
    if name in old:
        version = version.replace("Version 15.7(3)M8", "Version 15.1(4)M12")
    address = "10.9.9.9" if name in PAIR else "10.1.%d.1" % i
    brief = ["Interface              IP-Address      OK? Method Status                Protocol",
             "Vlan1                  %-15s YES NVRAM  up                    up" % address,
             "Vlan2                  unassigned      YES NVRAM  up                    up"]
    if name == BROKEN:
        brief.append("%% something that nobody foresaw")
    return (response("show version", version) + response("show ip interface brief", "\n".join(brief)) +
            response("show running-config", config(name, name in telnet, name not in ntp)))


def eos(i, name, ntp):
    address = "10.9.9.9/24" if name in PAIR else "10.2.%d.1/24" % i
    brief = ["Interface         IP Address            Status       Protocol            MTU    Owner",
             "----------------- --------------------- ------------ -------------- ----------- -------",
             "Ethernet1         %-21s up           up                 9214" % address]
    return (response("show ip interface brief", "\n".join(brief)) +
            response("show running-config", config(name, False, name not in ntp)))


def devices(telnet, old, ntp, root):
    out = ["devices:\n"]

    def add(platform, name, responses):
        out.append("- platform: %s\n  hostname: %s\n  responses:\n%s" % (platform, name, responses))
    for i, name in enumerate(IOS):
        add("cisco_ios", name, ios(i, name, telnet, old, ntp))
    for i, name in enumerate(EOS):
        add("arista_eos", name, eos(i, name, ntp))
    for name in LINUX:
        add("linux", name, response("cat /etc/ssh/sshd_config",
                                    "PermitRootLogin " + ("yes" if name in root else "no")))
    return "".join(out)


# ---- Audits ----------------------------------------------------------------------------------

def audit(*words, status=5):
    done = subprocess.run([COLLECT, "audit", *words], capture_output=True, text=True, timeout=60,
                          env=ENV)
    check("status of audit %s" % " ".join(words), done.returncode == status, done.returncode,
          done.stderr)
    return done


def lab_hosts(lab, path):
    """The lab's inventory; one host's port is nobody's."""
    text = open(lab.dir + "/hosts.yml").read()
    text = re.sub(r"('%s': \{[^\n]*port: )\d+" % DOWN, r"\g<1>9", text)
    for key in ("password_file", "known_hosts"):
        text = text.replace("%s: %s" % (key, key.split("_file")[0]),
                            "%s: %s/%s" % (key, lab.dir, key.split("_file")[0]))
    open(path, "w").write(text)


def verdicts(report):
    found = {}
    for finding in report["findings"]:
        found.setdefault(finding["rule"], {}).setdefault(finding["verdict"], set()).add(finding["host"])
    return found


def expect(what, found, rule, **wanted):
    got = found.get(rule, {})
    for verdict, hosts in wanted.items():
        check("%s: %s of %s" % (what, verdict, rule), got.get(verdict, set()) == set(hosts),
              sorted(got.get(verdict, set()) ^ set(hosts)))


def look(what, report, telnet=TELNET, old=OLD, ntp=NO_NTP, root=ROOT):
    """Exactly what was planted, each host x rule once."""
    found = verdicts(report)
    network = set(IOS + EOS)
    check(what + ": findings", len(report["findings"]) == 8 * 200, len(report["findings"]))
    others = network.union(LINUX)
    expect(what, found, "vty-ssh", FAIL=telnet - WAIVED, WAIVED=telnet & WAIVED, ERROR=(),
           PASS=set(IOS) - telnet, SKIP=EOS + LINUX)
    expect(what, found, "ios-version", FAIL=old, ERROR=(), PASS=set(IOS) - old, SKIP=EOS + LINUX)
    expect(what, found, "ntp", FAIL=ntp, ERROR={DOWN}, PASS=network - ntp - {DOWN}, SKIP=LINUX)
    expect(what, found, "duplicate-address", FAIL=PAIR, ERROR={DOWN, BROKEN},
           PASS=network - PAIR - {DOWN, BROKEN}, SKIP=LINUX)
    expect(what, found, "mtu", FAIL={IOS[4]}, ERROR={DOWN, BROKEN},
           PASS=network - {IOS[4], DOWN, BROKEN}, SKIP=LINUX)
    expect(what, found, "no-root", FAIL=root, ERROR=(), PASS=set(LINUX) - root, SKIP=network)
    expect(what, found, "ams-only", FAIL=(), PASS=(), ERROR=(), SKIP=others)
    expect(what, found, "everywhere", FAIL=(), PASS=network - {DOWN, BROKEN})
    check(what + ": what a platform lacks never passes",
          found["everywhere"].get("ERROR", set()) | found["everywhere"].get("SKIP", set()) ==
          set(LINUX) | {DOWN, BROKEN})
    check(what + ": a host that is down is an error",
          {DOWN, BROKEN} <= found["everywhere"]["ERROR"])
    for finding in report["findings"]:
        if finding["rule"] == "vty-ssh" and finding["verdict"] == "FAIL":
            evidence = finding["evidence"][0]
            check("evidence of " + finding["host"], evidence["line"] == 5 and
                  evidence["text"] == "line vty 5 15" and len(evidence["output_sha256"]) == 64 and
                  evidence["command"] == "show running-config" and evidence["collected_at"], evidence)


def same(text, sources):
    """A report without when it was judged, and of what."""
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|\+00:00| UTC)?", "TIME", text)
    for source in sources:
        text = text.replace(source, "SOURCE")
    return text


def valid(name, text):
    """JUnit and SARIF, under their schemas."""
    if name == "sarif":
        wrong = sarif_errors(json.loads(text))
        check("SARIF is valid", not wrong, wrong[:5])
    elif name == "junit" and shutil.which("xmllint"):
        done = subprocess.run(["xmllint", "--noout", "--schema", SOURCE + "/tests/lib/junit.xsd", "-"],
                              input=text, text=True, capture_output=True)
        check("JUnit is valid", done.returncode == 0, done.stderr)


def first_run(lab, work):
    """Live in each format, and the same from what each of these runs left behind. All hosts once,
    and then some of every kind."""
    lab_hosts(lab, "hosts.yml")
    for name in FORMATS:
        db, raw = "%s.db" % name, "%s.raw" % name
        some = () if name == "json" else ("-l", "*-0[05]*")
        live = audit("-r", "rules.yml", "-i", "hosts.yml", "-f", name, "-o", db, "--save-raw", raw, *some,
                     "--failed", "failed.yml", "--report", "report.json")
        if name == "json":
            failed = set(re.findall(r'"([a-z]+-\d{3})": \{', open("failed.yml").read()))
            check("--failed", failed == {DOWN, BROKEN}, failed)
            check("--report", json.load(open("report.json"))["hosts"] == 200)
            check("the summary", "across 200 hosts" in live.stderr, live.stderr)
            look("live", json.loads(live.stdout))
            open("live.json", "w").write(live.stdout)
        valid(name, live.stdout)
        for source in (db, raw):
            past = audit("-r", "rules.yml", "--from", source, "-f", name)
            check("%s from %s" % (name, source), same(live.stdout, ["hosts.yml"]) ==
                  same(past.stdout, [source]), [pair for pair in zip(
                      same(live.stdout, ["hosts.yml"]).splitlines(),
                      same(past.stdout, [source]).splitlines()) if pair[0] != pair[1]][:3])


def sources(work):
    """A run that was not of an audit: what it did not parse is parsed, what it lacks is an error."""
    one = json.loads(audit("-r", "rules.yml", "--from", "json.raw", "-f", "json").stdout)
    two = json.loads(open("live.json").read())
    check("times of the outputs", [f["evidence"] for f in one["findings"]] ==
          [f["evidence"] for f in two["findings"]] and
          one["audit"]["started"] == two["audit"]["started"])
    # -i chooses and adds: a group of today, a host that the run never saw
    open("few.yml", "w").write("groups: {core: {}}\nhosts:\n  %s: {platform: cisco_ios, groups: [core]}\n"
                               "  new-001: {platform: cisco_ios}\n" % IOS[3])
    done = audit("-r", "rules.yml", "--from", "json.db", "-i", "few.yml", "-F", "none", "-f", "json")
    found = verdicts(json.loads(done.stdout))
    expect("-i with --from", found, "vty-ssh", FAIL={IOS[3]}, ERROR={"new-001"})
    # --fail-on: only lesser ones are left
    audit("-r", "rules.yml", "--from", "json.db", "-l", "linux", "--fail-on", "medium", status=1)
    audit("-r", "rules.yml", "--from", "json.db", "-l", "linux", "--fail-on", "low", status=5)
    check("a baseline that is the same run",
          json.loads(audit("-r", "rules.yml", "--from", "json.db", "--baseline", "json.db", "-f",
                           "json").stdout)["summary"]["worse"] == 0)
    explained = audit("explain", "vty-ssh", IOS[3], "-r", "rules.yml", "--from", "json.raw").stdout
    check("explain", "violates  line vty 5 15" in explained and "holds     line vty 0 4" in explained,
          explained)


def plain_run(lab, work):
    subprocess.run([COLLECT, "run", "-q", "-i", "hosts.yml", "-l", "cisco_ios", "-c",
                    "show running-config", "-c", "show ip interface brief", "-o", "plain.db"],
                   env=ENV, timeout=60, capture_output=True)
    found = verdicts(json.loads(audit("-r", "rules.yml", "--from", "plain.db", "-f", "json").stdout))
    expect("a plain run", found, "vty-ssh", FAIL=TELNET - WAIVED, WAIVED=WAIVED)
    expect("a plain run", found, "ios-version", FAIL=(), PASS=(), ERROR=IOS)
    explained = audit("explain", "ios-version", IOS[0], "-r", "rules.yml", "-i", "hosts.yml").stdout
    check("explain, live", "violates  version=15.1(4)M12" in explained, explained)


def early_database(work):
    """Databases of before audits know no groups, no data and no places: an inventory tells them."""
    with sqlite3.connect("plain.db") as db:
        for column in ("place", "groups", "data"):
            db.execute("ALTER TABLE _hosts DROP COLUMN " + column)
        db.execute("DROP TABLE _asks")
    open("core.yml", "w").write("""rules:
  - {id: core, title: t, groups: [core], when: "site = 'ber'", command: show running-config,
     platforms: [cisco_ios], lines: {must: ['^hostname']}}
""")
    open("core-hosts.yml", "w").write("""groups: {core: {}}
hosts:
  %s: {groups: [core], data: {site: ber}}
  %s: {groups: [core], data: {site: ams}}
""" % (IOS[7], IOS[8]))
    words = ("-r", "core.yml", "--from", "plain.db", "-f", "json")
    found = verdicts(json.loads(audit(*words, status=1).stdout))
    expect("an early database", found, "core", ERROR=IOS)
    found = verdicts(json.loads(audit(*words, "-i", "core-hosts.yml", "-F", "none", status=0).stdout))
    expect("an early database and an inventory", found, "core", PASS={IOS[7]}, SKIP={IOS[8]})
    found = verdicts(json.loads(audit(*words[:2], "-i", "core-hosts.yml", "-F", "none", "-l", IOS[7],
                                      "--from", "json.db", "--baseline", "plain.db", "--all", "-f",
                                      "json", status=0).stdout))
    expect("... as a baseline", found, "core", PASS={IOS[7]})


def later_run(lab):
    """A database of before goes on with a run of now."""
    subprocess.run([COLLECT, "run", "-q", "-i", "hosts.yml", "-l", IOS[7], "-t", "show_version", "-o",
                    "plain.db"], env=ENV, timeout=60, check=True)
    with sqlite3.connect("plain.db") as db:
        rows = db.execute("SELECT groups FROM _hosts WHERE run = 2").fetchall()
    check("a run into an early database", rows == [(",cisco_ios,",)], rows)


def second_run(work):
    """Three are mended, two are new: against the first run."""
    telnet = TELNET - {IOS[3], IOS[11]}
    ntp = NO_NTP | {EOS[20]}
    old = OLD | {IOS[1]}
    root = ROOT - {LINUX[2]}
    with Lab(devices=devices(telnet, old, ntp, root)) as lab:
        lab_hosts(lab, "hosts.yml")
        later_run(lab)
        done = audit("-r", "rules.yml", "-i", "hosts.yml", "-o", "second.db", "--baseline", "json.db",
                     "-f", "json")
        report = json.loads(done.stdout)
        trends = {}
        for finding in report["findings"]:
            if finding["trend"]:
                trends.setdefault(finding["trend"], set()).add((finding["rule"], finding["host"]))
        check("worse", trends.get("worse") == {("ntp", EOS[20]), ("ios-version", IOS[1])}, trends)
        check("better", trends.get("better") ==
              {("vty-ssh", IOS[3]), ("vty-ssh", IOS[11]), ("no-root", LINUX[2])}, trends)
        text = audit("-r", "rules.yml", "--from", "second.db", "--baseline", "json.db").stdout
        check("only what changed is shown", EOS[20] in text and IOS[3] in text and
              not re.search(r"FAIL +%s" % IOS[99], text),
              text)


def found_out(work):
    """platform: auto: judged as if it had been said, also where the rules then ask for nothing."""
    open("ios.yml", "w").write("""rules:
  - {id: ios, title: t, platforms: [cisco_ios], template: show_version, expect: "version <> ''"}
""")
    with Lab("--devices", "10") as lab:
        lab_hosts(lab, "said.yml")
        auto = re.sub(r", platform: \w+|\{platform: \w+\}", lambda m: "{}" if m[0][0] == "{" else "",
                      open("said.yml").read())
        open("auto.yml", "w").write(auto.replace("'eos-003': {", "'nobody': {address: 127.0.0.1, port: 9"
                                                 "}\n  'eos-003': {"))
        words = ("-r", "ios.yml", "--all", "-f", "csv")
        said = audit(*words, "-i", "said.yml", status=0).stdout
        live = audit(*words, "-i", "auto.yml", "--platform", "auto", "-o", "auto.db", "--save-raw",
                     "auto.raw", status=1).stdout
        others = [line for line in live.splitlines() if ",nobody," not in line]
        check("platform: auto", same("\n".join(others), []) == same(said.rstrip(), []), said, live)
        check("a platform that was not found out", re.search(r",nobody,,ERROR,", live), live)
        for source in ("auto.db", "auto.raw"):
            past = audit(*words, "--from", source, status=1).stdout
            check("platform: auto, from " + source, same(past, []) == same(live, []), live, past)


def interrupted(work):
    """Two answer, two never do: a signal ends it, and the report is there."""
    fleet = ("- {platform: cisco_ios, hostname: good-1}\n- {platform: cisco_ios, hostname: good-2}\n"
             "- {platform: cisco_ios, hostname: mute-1, silent: command}\n"
             "- {platform: cisco_ios, hostname: mute-2, silent: command}\n")
    rules = ("rules:\n  - {id: v, title: t, template: show_version, expect: \"version <> ''\"}\n")
    open("v.yml", "w").write(rules)
    with Lab(devices=fleet) as lab:
        p = subprocess.Popen([COLLECT, "audit", "-r", "v.yml", "-i", lab.dir + "/hosts.yml", "-v",
                              "-f", "json", "--save-raw", "cut.raw"], env=ENV, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ended = set()
        for line in p.stderr:
            ended |= {name for name in ("good-1", "good-2") if re.search(name + r".*: ok", line)}
            if len(ended) == 2:
                break
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=30)
        check("both good ones ended", len(ended) == 2, ended, err)
        check("status of an interrupted audit", p.returncode == 130, p.returncode, err)
        found = verdicts(json.loads(out))
        expect("interrupted", found, "v", PASS={"good-1", "good-2"}, ERROR={"mute-1", "mute-2"})
    again = audit("-r", "v.yml", "--from", "cut.raw", "-f", "json", status=1)
    expect("interrupted, from its outputs", verdicts(json.loads(again.stdout)), "v",
           PASS={"good-1", "good-2"}, ERROR={"mute-1", "mute-2"})


def main():
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        open("rules.yml", "w").write(RULES)
        with Lab(devices=devices(TELNET, OLD, NO_NTP, ROOT)) as lab:
            first_run(lab, work)
            plain_run(lab, work)
        sources(work)
        early_database(work)
        second_run(work)
        found_out(work)
        interrupted(work)
        os.chdir("/")
    sys.exit(failures > 0)


main()
