#!/usr/bin/python3
"""--timeout wins over the inventory's timeouts, which win over the built-in ones: a server that never
says a word ends a host after the time that counts, and the reason tells it."""
import os
import socket
import subprocess
import sys
import tempfile

COLLECT = os.environ["COLLECT"]
failures = 0


def reason(port, timeouts, *options):
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/hosts.yml", "w") as file:
            file.write("hosts: {quiet: {address: 127.0.0.1, port: %d, platform: linux, username: me%s}}\n"
                       % (port, timeouts))
        done = subprocess.run([COLLECT, "-i", folder + "/hosts.yml", "-F", "none", "-c", "id", "-q",
                               "-f", "csv", *options],
                              capture_output=True, text=True, timeout=25)
    return done.returncode, done.stderr


def check(what, got, seconds):
    global failures
    if got[0] != 1 or "%s s" % seconds not in got[1]:
        failures += 1
        print("FAILED:", what, got)


with socket.create_server(("127.0.0.1", 0)) as quiet:
    port = quiet.getsockname()[1]
    check("the command line", reason(port, ", timeouts: {connect: 60, auth: 60}", "--timeout", "0.4"), "0.4")
    check("the inventory", reason(port, ", timeouts: {connect: 0.6}"), "0.6")
sys.exit(failures > 0)
