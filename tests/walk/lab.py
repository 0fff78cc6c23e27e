#!/usr/bin/python3
"""collect-lab as other people's SSH clients see it: OpenSSH, paramiko (shells, exec, all ways to log
in, paging), its files, its log, and its exit statuses."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402
from fleet import LAB, Lab, Shell, need_paramiko, paramiko  # noqa: E402

need_paramiko()


def shells():
    with Lab("--devices", "5", "--seed", "3") as lab:
        check("ready line", lab.ready.startswith("5 devices ready: collect -i "), lab.ready)
        check("five hosts", list(lab.hosts) == ["ios-001", "nxos-002", "eos-003", "junos-004",
                                                "linux-005"], lab.hosts)
        client = lab.connect("ios-001")
        shell = Shell(client, "ios-001#")
        text = shell.run("show version", " --More-- ")
        check("it pages", text.endswith(" --More-- ") and text.count("\r\n") == 24, text)
        shell.channel.send("q")
        shell.read()
        check("paging off", shell.run("terminal length 0") == "terminal length 0\r\nios-001#")
        text = shell.run("show version")
        check("whole answer", "ios-001 uptime" in text and text.endswith("\r\nios-001#"), text)
        check("short for it", shell.run("sh ver").split("\r\n")[1:] == text.split("\r\n")[1:])
        check("error", "% Invalid input detected" in shell.run("show nothing"))
        shell.channel.send("exit\n")
        check("exit closes", shell.read("never") == "exit\r\n" and shell.channel.exit_status_ready())
        client.close()
        check("log", ["ios-001", "1", "command", "show version"] in lab.log(), lab.log())
        check("no password in the log", "admin" not in open(lab.dir + "/log").read())
        check("mode", os.stat(lab.dir + "/password").st_mode & 0o777 == 0o600)
    check("stops well", lab.status == 0, lab.status)
    check("counted", lab.stats["ios-001"]["commands"] == "6"
          and lab.stats["ios-001"]["connections"] == "1"
          and lab.stats["ios-001"]["password_bytes"] == "5", lab.stats["ios-001"])


def exec_channels():
    with Lab("--platform", "linux", "--devices", "1") as lab:
        client = lab.connect("linux-001")
        for command, wanted, errors, status in (("whoami", "admin\n", "", 0),
                                                ("pwd", "/home/admin\n", "", 0),
                                                ("nope now", "", "bash: line 1: nope: command not "
                                                                 "found\n", 127)):
            _, out, err = client.exec_command(command)
            got = out.read().decode(), err.read().decode(), out.channel.recv_exit_status()
            check(command, got == (wanted, errors, status), got)
        both = [client.exec_command("ls -a")[1] for _ in range(8)]
        check("side by side", all(o.read() == b".\n..\n.bash_logout\n.bashrc\n.profile\n"
                                  for o in both))
        client.close()
    check("one connection", lab.stats["linux-001"]["connections"] == "1")


def openssh():
    if not shutil.which("ssh") or not shutil.which("sshpass"):
        print("without ssh and sshpass the OpenSSH client is not tried")
        return
    with Lab("--platform", "linux", "--devices", "1", "--set", "port: 22022") as lab:
        ssh = ["sshpass", "-f", lab.dir + "/password", "ssh", "-F", "none", "-p", "22022",
               "-o", "UserKnownHostsFile=" + lab.dir + "/known_hosts",
               "-o", "StrictHostKeyChecking=yes", "admin@" + lab.hosts["linux-001"][0]]
        done = subprocess.run(ssh + ["whoami; true"], capture_output=True, text=True, timeout=20)
        check("unknown to the device", done.returncode == 127, done)
        done = subprocess.run(ssh + ["whoami"], capture_output=True, text=True, timeout=20)
        check("OpenSSH", (done.returncode, done.stdout) == (0, "admin\n"), done)


def logins():
    devices = """
- {platform: linux, hostname: nothing, auth: none}
- {platform: linux, hostname: word, auth: password, banner: "Keep out\\n"}
- {platform: linux, hostname: board, auth: keyboard-interactive}
- {platform: linux, hostname: key, auth: publickey}
- {platform: linux, hostname: own, username: ops, password: "it's mine"}
"""
    with Lab(devices=devices) as lab:
        login_each_way(lab)
    check("denied", lab.stats["key"]["auth_denied"] == "1", lab.stats["key"])
    # paramiko offers board a password first, and then the same by keyboard.
    check("bytes of the passwords", [lab.stats[d]["password_bytes"] for d in ("nothing", "board")]
          == ["0", "10"], lab.stats)


def login_each_way(lab):
    def works(client):
        out = client.exec_command("whoami")[1].read()
        client.close()
        return out
    transport = paramiko.Transport(lab.hosts["nothing"])
    transport.start_client(timeout=10)
    transport.auth_none("admin")
    check("none", transport.is_authenticated())
    transport.close()
    client = lab.connect("word")
    check("banner", client.get_transport().get_banner() == b"Keep out\n")
    check("password", works(client) == b"admin\n")
    check("keyboard-interactive", works(lab.connect("board")) == b"admin\n")
    key = paramiko.Ed25519Key.from_private_key_file(lab.dir + "/id_ed25519")
    check("publickey", works(lab.connect("key", password=None, pkey=key)) == b"admin\n")
    try:
        lab.connect("key")
        check("publickey only", False)
    except paramiko.AuthenticationException:
        pass
    secret = open(lab.dir + "/password-own").read().rstrip("\n")
    check("a password of its own", works(lab.connect("own", username="ops", password=secret))
          == b"ops\n")
    check("in the inventory", "username: 'ops', password_file: 'password-own'"
          in open(lab.dir + "/hosts.yml").read())


def enable():
    with Lab("--platform", "cisco_ios", "--devices", "1", "--set", "enable: s3cret") as lab:
        client = lab.connect("ios-001")
        shell = Shell(client, "ios-001>")
        check("asks", shell.run("enable", "Password: ") == "enable\r\nPassword: ")
        check("enabled", shell.run("s3cret", "ios-001#") == "\r\nios-001#")
        client.close()
        check("secret file", open(lab.dir + "/enable").read() == "s3cret\n")


def commands_of_ours():
    """The fleet for one command, and the command's exit status as ours."""
    with tempfile.TemporaryDirectory() as folder:
        run = [LAB, "--dir", folder, "--devices", "2", "--"]
        done = subprocess.run(run + ["sh", "-c", "grep -c \"'ios-\" $0/hosts.yml; exit 7", folder],
                              capture_output=True, text=True, timeout=20)
        check("its status", (done.returncode, done.stdout, done.stderr) == (7, "1\n", ""), done)
        check("no such command", subprocess.run(run + ["/nonexistent"], timeout=20,
                                                stderr=subprocess.DEVNULL).returncode == 127)
        check("killed", subprocess.run(run + ["sh", "-c", "kill -9 $$"], timeout=20).returncode
              == 128 + 9)
        keys = [sorted(line.split()[2] for line in open(folder + "/known_hosts"))
                for _ in range(2) if subprocess.run(run + ["true"], timeout=20).returncode == 0]
        check("the same keys at each start", len(keys) == 2 and keys[0] == keys[1])
        for words, status, text in ((["--devcies", "3"], 2, "did you mean --devices?"),
                                    (["--devices", "x"], 2, "a number from 0"),
                                    (["--platform", "amiga"], 3, "unknown platform"),
                                    (["stray"], 2, "a command comes after --"),
                                    (["--set", "silent: maybe"], 3, "cannot be"),
                                    (["--devices", "0"], 2, "no devices")):
            done = subprocess.run([LAB, "--dir", folder] + words, capture_output=True, text=True,
                                  timeout=20)
            check(words, done.returncode == status and text in done.stderr
                  and done.stderr.count("\n") == 1, done)


def answers_of_ones_own():
    """A folder of one's own wins, command by command; looks come from the next one."""
    with tempfile.TemporaryDirectory() as folder:
        for command, text in (("show_clock", "12:00:00.000 UTC\n"), ("show_version", "mine\n")):
            os.makedirs(folder + "/cisco_ios/" + command)
            with open(folder + "/cisco_ios/" + command + "/a.txt", "w") as file:
                file.write(text)
        with Lab("--fixtures", folder, "-p", "cisco_ios", "-n", "2") as lab:
            client = lab.connect("ios-002")
            shell = Shell(client, "ios-002#")
            check("clock", shell.run("sh clo") == "sh clo\r\n12:00:00.000 UTC\r\nios-002#")
            check("version", shell.run("show version") == "show version\r\nmine\r\nios-002#")
            check("looks", "^\r\n% Invalid" in shell.run("show nothing"))
            client.close()


def two_labs():
    with Lab("--devices", "3") as one, Lab("--devices", "3") as two:
        check("other addresses", not set(one.hosts.values()) & set(two.hosts.values()))
    with Lab("--devices", "3", "--by-port", "--port", "24100") as lab:
        check("by port", sorted(lab.hosts.values()) == [("127.0.0.1", 24100 + i) for i in range(3)])


def version_6():
    with Lab("-a", "::1", "--port", "24200", "-p", "linux", "-n", "2") as lab:
        check("IPv6", sorted(lab.hosts.values()) == [("::1", 24200), ("::1", 24201)], lab.hosts)
        check("its keys", lab.connect("linux-002").exec_command("hostname")[1].read()
              == b"linux-002\n")


for test in (shells, exec_channels, openssh, logins, enable, commands_of_ours, answers_of_ones_own,
             two_labs, version_6):
    test()
sys.exit(failed())
