#!/bin/sh
# The scenario that this program was started for: 6 hosts x 3 commands, three at a time, against
# a real OpenSSH server, on one connection a host.
. "$SOURCE_DIR/tests/lib/sshd.sh"
fail()
{
    printf 'FAILED: %s\n' "$1"
    sed 's/^/stdout: /' "$sshd_dir/out"
    sed 's/^/stderr: /' "$sshd_dir/err"
    exit 1
}

sshd_start 6
inventory=$sshd_dir/hosts.yml
{
    echo "defaults:"
    echo "  platform: linux"
    echo "  username: $(id -un)"
    echo "  port: $sshd_port"
    echo "  key: user_key"
    echo "  known_hosts: known_hosts"
    echo "hosts:"
    for i in 1 2 3 4 5 6; do
        echo "  seed$i: {address: 127.0.9.$i}"
    done
} >"$inventory"

"$COLLECT" -i "$inventory" -w 3 -f text -c 'ls -a' -c pwd -c whoami \
    >"$sshd_dir/out" 2>"$sshd_dir/err"
status=$?

[ $status = 0 ] || fail "exit status $status instead of 0"
[ "$(grep -c "^$(id -un)\$" "$sshd_dir/out")" = 6 ] || fail "whoami is not there six times"
[ "$(grep -cx '\.\.' "$sshd_dir/out")" = 6 ] || fail "ls -a is not there six times"
for i in 1 2 3 4 5 6; do
    grep -q "seed$i" "$sshd_dir/out" || fail "seed$i has no banner"
done
grep -qE '^Ran 18 commands across 6 hosts in [0-9.]+ m?s$' "$sshd_dir/err" ||
    fail "the summary is not there"
[ "$(grep -c 'Connection from' "$sshd_dir/log")" = 6 ] || fail "not one connection a host"
[ "$(grep -c 'Accepted publickey' "$sshd_dir/log")" = 6 ] || fail "not one login a host"
