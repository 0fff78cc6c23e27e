#!/usr/bin/python3
"""Logging in to other people's servers: OpenSSH (password, certificate, two factors, legacy only),
dropbear, tinysshd, and keyboard-interactive questions of every kind by asyncssh.

The servers get a password and a home of the test's own by bind mounts in a mount namespace of
their own; nothing of the machine is changed."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/lib")
from checks import check, failed  # noqa: E402

COLLECT = os.environ["COLLECT"]
PASSWORD = "correct horse"
# An address that no other test has: a port that is free there stays so until its server takes it,
# and who answers on it is ours.
ADDRESS = "127.%d.%d.%d" % (64 + (os.getpid() >> 16 & 63), os.getpid() >> 8 & 255, os.getpid() & 255)
skipped = []


def free_port():
    with socket.socket() as s:
        s.bind((ADDRESS, 0))
        return s.getsockname()[1]


def keygen(path, kind="ed25519", *more):
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", path, *more],
                   check=True)
    return path


class Bench:
    """A folder with keys, a home and a shadow file, and the servers that run on it."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="servers-")
        self.running = []
        os.makedirs(self.path("home/.ssh"), 0o700)
        os.makedirs(self.path("empty"))
        keygen(self.path("host"))
        keygen(self.path("rsa_host"), "rsa", "-b", "2048")
        keygen(self.path("user"))
        keygen(self.path("stranger"))
        shutil.copy(self.path("user.pub"), self.path("home/.ssh/authorized_keys"))
        hashed = subprocess.run(["openssl", "passwd", "-6", PASSWORD], capture_output=True,
                                text=True, check=True).stdout.strip()
        self.write("shadow", f"root:{hashed}:19000:0:99999:7:::\n")
        self.write("secret", PASSWORD + "\n")
        os.chmod(self.path("secret"), 0o600)
        os.chmod(self.path("home"), 0o700)

    def path(self, name):
        return f"{self.dir}/{name}"

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def start(self, command, port):
        """Runs a server where /root and /etc/shadow are ours."""
        script = (f"mount --bind {self.dir}/home /root && "
                  f"mount --bind {self.dir}/shadow /etc/shadow && exec \"$@\"")
        process = subprocess.Popen(["unshare", "--mount", "sh", "-c", script, "sh", *command],
                                   stdout=subprocess.DEVNULL, stderr=open(self.path("log"), "a"))
        self.running.append(process)
        for _ in range(1200):
            with socket.socket() as s:
                if s.connect_ex((ADDRESS, port)) == 0:
                    return port
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{command[0]} does not listen: {open(self.path('log')).read()[-500:]}")

    def sshd(self, *lines):
        port = free_port()
        config = self.write(f"sshd_{port}", "\n".join(lines + (
            f"Port {port}", f"ListenAddress {ADDRESS}", f"HostKey {self.path('host')}",
            "StrictModes no", "UsePAM no", "PidFile none", "PermitRootLogin yes",
            "LogLevel VERBOSE", "SetEnv SHLVL=2")) + "\n")  # bash leaves the user's .bashrc alone
        return self.start(["/usr/sbin/sshd", "-D", "-e", "-f", config], port)

    def close(self):
        for process in self.running:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        shutil.rmtree(self.dir)

    def run(self, port, host="", key="host", command="echo hello", user="root", options=(), env={}):
        """Runs one command on ADDRESS:port; host is more of its inventory entry."""
        public = open(self.path(key + ".pub")).read() if key else ""
        self.write("known_hosts", f"[{ADDRESS}]:{port} {public}" if key else "")
        self.write("hosts.yml", "defaults: {known_hosts: known_hosts}\nhosts:\n"
                   f"  box: {{address: {ADDRESS}, port: {port}, platform: linux, "
                   f"username: {user}{', ' + host if host else ''}}}\n")
        environ = {k: v for k, v in os.environ.items() if not k.startswith("SSH_")}
        environ.update(HOME=self.path("empty"), **env)
        run = subprocess.run([COLLECT, "-i", self.path("hosts.yml"), "-f", "json", "-c", command,
                              "--timeout", "20s", *options],
                             capture_output=True, text=True, env=environ, timeout=60)
        try:
            records = json.loads(run.stdout or "[]")
        except ValueError:
            records = []
        self.talk = run.stderr
        return records[0]["output"] if records else ""


def openssh(bench):
    port = bench.sshd("PasswordAuthentication yes", "AuthorizedKeysFile none")
    out = bench.run(port, "password_file: secret")
    check("sshd, password", out == "hello\n", bench.talk)
    bench.write("wrong", "not it\n")
    os.chmod(bench.path("wrong"), 0o600)
    bench.run(port, "password_file: wrong")
    check("sshd, wrong password", "login of root denied (tried keyboard-interactive, password; the "
          "device takes publickey,keyboard-interactive,password)" in bench.talk, bench.talk)
    log = open(bench.path("log")).read()
    check("tried once", log.count("Failed password for root") == 1, log)

    port = bench.sshd("AuthenticationMethods publickey,password",
                      f"AuthorizedKeysFile {bench.path('user.pub')}")
    out = bench.run(port, "key: user, password_file: secret")
    check("sshd, key and then password", out == "hello\n", bench.talk)
    bench.run(port, "key: user")
    check("sshd, the second factor is missing", "the device takes password" in bench.talk,
          bench.talk)


def rekeying(bench):
    """New keys every 16 KiB: nothing of an output is lost or comes twice."""
    port = bench.sshd("PasswordAuthentication yes", "AuthorizedKeysFile none", "RekeyLimit 16K")
    out = bench.run(port, "password_file: secret", command="seq 1 100000")
    check("sshd, new keys all the time", out == "".join("%d\n" % i for i in range(1, 100001)),
          bench.talk, len(out))


def certificate(bench):
    ca = keygen(bench.path("ca"))
    for name in ("member", "guest"):
        keygen(bench.path(name))
        subprocess.run(["ssh-keygen", "-q", "-s", ca, "-I", name, "-n",
                        "root" if name == "member" else "nobody", bench.path(name + ".pub")],
                       check=True)
    port = bench.sshd(f"TrustedUserCAKeys {ca}.pub", "AuthorizedKeysFile none",
                      "PasswordAuthentication no")
    check("sshd, certificate", bench.run(port, "key: member") == "hello\n", bench.talk)
    bench.run(port, "key: guest")
    check("sshd, certificate for another user", "denied (tried publickey;" in bench.talk,
          bench.talk)
    os.rename(bench.path("member-cert.pub"), bench.path("hidden"))
    check("sshd, no certificate", bench.run(port, "key: member") == "", bench.talk)


def legacy_only(bench):
    old = ("HostKeyAlgorithms ssh-rsa", f"HostKey {bench.path('rsa_host')}",
           f"AuthorizedKeysFile {bench.path('user.pub')}")
    for what, line in (("key exchange", "KexAlgorithms diffie-hellman-group14-sha1"),
                       ("key exchange", "KexAlgorithms diffie-hellman-group-exchange-sha1"),
                       ("key exchange", "KexAlgorithms diffie-hellman-group1-sha1"),
                       ("cipher", "Ciphers aes128-cbc"), ("cipher", "Ciphers 3des-cbc"),
                       ("MAC", "Ciphers aes128-ctr\nMACs hmac-sha1"),
                       ("host key type", "Compression no")):
        port = bench.sshd(line, *(old if what == "host key type" else old[1:]))
        host_key = "rsa_host" if what == "host key type" else "host"
        bench.run(port, "key: user", key=host_key)
        check(f"{line} is refused", f"no common {what}: the device has only " in bench.talk
              and "`legacy: true` for this host" in bench.talk, bench.talk)
        out = bench.run(port, "key: user, legacy: true", key=host_key)
        check(f"{line} with legacy", out == "hello\n", bench.talk)
    port = bench.sshd("KexAlgorithms curve25519-sha256",
                      f"AuthorizedKeysFile {bench.path('user.pub')}")
    bench.run(port, "key: user, algorithms: {kex: 'ecdh-*'}")
    check("an exact list", "no common key exchange: the device has only curve25519-sha256" in
          bench.talk and "; the exact list" in bench.talk, bench.talk)
    port = bench.sshd("KexAlgorithms sntrup761x25519-sha512@openssh.com",
                      f"AuthorizedKeysFile {bench.path('user.pub')}")
    bench.run(port, "key: user")
    check("what nobody here can", "sntrup761x25519" in bench.talk
          and "legacy" not in bench.talk, bench.talk)


def dropbear(bench):
    program = shutil.which("dropbear") or "/usr/sbin/dropbear"
    convert = shutil.which("dropbearkey")
    if not os.path.exists(program) or not convert:
        skipped.append("dropbear (apt-get install dropbear-bin)")
        return
    key = bench.path("dropbear_host")
    text = subprocess.run([convert, "-t", "ed25519", "-f", key], capture_output=True, text=True,
                          check=True).stdout
    bench.write("dropbear_host.pub",
                next(line for line in text.splitlines() if line.startswith("ssh-")) + "\n")
    port = free_port()
    bench.start([program, "-F", "-E", "-p", f"{ADDRESS}:{port}", "-r", key, "-P",
                 bench.path("dropbear.pid")], port)
    check("dropbear, key", bench.run(port, "key: user", key="dropbear_host") == "hello\n",
          bench.talk)
    check("dropbear, password",
          bench.run(port, "password_file: secret", key="dropbear_host") == "hello\n", bench.talk)
    bench.run(port, "key: stranger", key="dropbear_host")
    check("dropbear, another key", "login of root denied (tried publickey;" in bench.talk,
          bench.talk)
    status = bench.run(port, "key: user", key="dropbear_host", command="echo some; exit 5")
    check("dropbear, exit status", "exit status 5" in bench.talk, status, bench.talk)


def tinysshd(bench):
    """It wants a super-server: here each connection becomes its standard input and output."""
    program, makekey = shutil.which("tinysshd"), shutil.which("tinysshd-makekey")
    if not program or not makekey:
        skipped.append("tinysshd (apt-get install tinysshd)")
        return
    keys = bench.path("tiny")
    subprocess.run([makekey, keys], check=True, capture_output=True)
    printed = subprocess.run(["tinysshd-printkey", keys], capture_output=True, text=True,
                             check=True).stdout
    bench.write("tiny_host.pub",
                next(line for line in printed.splitlines() if line.startswith("ssh-ed25519"))
                + "\n")
    port = free_port()
    serve = ("import socket,subprocess,sys\n"
             "s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
             f"s.bind(('{ADDRESS}', {port})); s.listen()\n"
             "while True:\n"
             "  c,_=s.accept(); subprocess.Popen(sys.argv[1:], stdin=c, stdout=c); c.close()\n")
    python = "/usr/bin/python3" if sys.executable.startswith("/root") else sys.executable
    bench.start([python, "-c", serve, program, keys], port)
    bench.run(port, "key: user", key="tiny_host")
    check("tinysshd has only chacha20", "no common cipher: the device has only chacha20-poly1305"
          in bench.talk and "`legacy: true`" in bench.talk, bench.talk)
    out = bench.run(port, "key: user, legacy: true", key="tiny_host")
    check("tinysshd, key", out == "hello\n", bench.talk)
    bench.run(port, "key: stranger, legacy: true", key="tiny_host")
    check("tinysshd, another key", "denied" in bench.talk, bench.talk)


def questions(bench):
    """Keyboard-interactive: what is asked, and what it gets."""
    try:
        import warnings
        warnings.simplefilter("ignore")
        import asyncio
        import asyncssh
    except ImportError:
        skipped.append("keyboard-interactive questions (apt-get install python3-asyncssh)")
        return
    answers = []
    script = []

    class Asking(asyncssh.SSHServer):
        def begin_auth(self, username):
            self.round = 0
            return True

        def kbdint_auth_supported(self):
            return True

        def ask(self):
            if self.round >= len(script):
                return True
            prompts = script[self.round]
            self.round += 1
            return "title", "instructions\r\nof two lines", "en", prompts

        def get_kbdint_challenge(self, username, lang, submethods):
            return self.ask()

        def validate_kbdint_response(self, username, responses):
            answers.append(list(responses))
            if PASSWORD not in [r for rs in answers for r in rs]:
                return False
            return self.ask()

    async def serve(process):
        process.stdout.write("hello\n")
        process.exit(0)

    loop = asyncio.new_event_loop()
    port = free_port()

    async def listen():
        await asyncssh.create_server(Asking, ADDRESS, port, process_factory=serve,
                                     server_host_keys=[bench.path("host")])
    loop.run_until_complete(listen())
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def ask(*rounds, secret="secret"):
        script[:] = rounds
        answers.clear()
        return bench.run(port, f"password_file: {secret}", user="admin")

    check("one question", ask([("Passwort: ", False)]) == "hello\n", bench.talk)
    check("got the password", answers == [[PASSWORD]], answers)
    check("a name and a password", ask([("Username: ", True), ("Password: ", False)]) == "hello\n",
          bench.talk)
    check("got both", answers == [["admin", PASSWORD]], answers)
    check("no questions at last", ask([("Password: ", False)], []) == "hello\n", bench.talk)
    ask([("Password: ", False)], [("One-time code: ", False)])
    check("a code is not the password", answers == [[PASSWORD]] and
          'the device asked "One-time code: "' in bench.talk, answers, bench.talk)
    ask([("Password: ", False), ("Token: ", False)])
    check("a token is not the password", answers == [] and '"Token: "' in bench.talk, answers,
          bench.talk)
    ask([("Your favourite colour? ", True)])
    check("nothing is typed where it shows", answers == [], answers)
    ask([("Password: ", False)], secret="wrong")
    check("wrong: once", answers == [["not it"]] and "denied (tried keyboard-interactive;" in
          bench.talk, answers, bench.talk)
    check("for ever", ask([("Password: ", False)], *[[]] * 1000) == "", bench.talk)
    loop.call_soon_threadsafe(loop.stop)


def main():
    if os.getuid() != 0 or subprocess.run(["unshare", "--mount", "true"]).returncode != 0:
        print("skipped: root and mount namespaces are needed to give the servers a password")
        sys.exit(77)
    if not os.path.exists("/usr/sbin/sshd"):
        print("skipped: no OpenSSH server is installed")
        sys.exit(77)
    os.makedirs("/run/sshd", exist_ok=True)
    bench = Bench()
    try:
        for test in (openssh, rekeying, certificate, legacy_only, dropbear, tinysshd, questions):
            try:
                test(bench)
            except Exception as error:  # a test that breaks has failed, the others still run
                check(test.__name__, False, repr(error))
    finally:
        bench.close()
    for what in skipped:
        print("not tried:", what)
    sys.exit(failed())


main()
