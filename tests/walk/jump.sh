#!/bin/sh
# Devices behind jump hosts: one connection to each jump host, whoever is behind it, over one hop
# and two; what an inventory may say of them, and what it may not.
. "$SOURCE_DIR/tests/lib/sshd.sh"
bad=0
fail()
{
    printf 'FAILED: %s\n' "$1"
    sed 's/^/    /' "$sshd_dir/err" 2>/dev/null
    bad=1
}

if [ "${1:-}" = inside ]; then
    sshd_dir=$2 sshd_port=$3 lab=$4
    # the lab's inventory, its hosts behind what $1 says, and jump hosts as $2 has them
    behind()
    {
        { sed "s/^defaults:/defaults:\n  jump: $1/" "$lab/hosts.yml"
          printf 'jumps:\n'
          printf '%s' "$2"
        } >"$lab/jump.yml"
        cat "$lab/known_hosts" "$sshd_dir/known_hosts" >"$lab/known_hosts.new"
        mv "$lab/known_hosts.new" "$lab/known_hosts"
        "$COLLECT" -i "$lab/jump.yml" -t show_version -f json >"$sshd_dir/out" 2>"$sshd_dir/err"
    }
    one="  one: {address: 127.0.9.1, port: $sshd_port, username: $(id -un), key: $sshd_dir/user_key}
"
    two="  two: {address: 127.0.9.2, port: $sshd_port, username: $(id -un), key: $sshd_dir/user_key,
        jump: one, max_sessions: 3}
"
    logins()
    {
        grep -c 'Accepted publickey' "$sshd_dir/log"
    }

    behind one "$one" || fail "one hop: exit status $?"
    [ "$(grep -c '"host"' "$sshd_dir/out")" = 10 ] || fail "one hop: not ten hosts"
    [ "$(logins)" = 1 ] || fail "one hop: $(logins) logins to the jump host"

    behind two "$one$two" || fail "two hops: exit status $?"
    [ "$(grep -c '"host"' "$sshd_dir/out")" = 10 ] || fail "two hops: not ten hosts"
    [ "$(logins)" = 3 ] || fail "two hops: $(logins) logins to the jump hosts"

    behind three "$one" && fail "an unknown jump host passed"
    grep -q "there is no jump host 'three'" "$sshd_dir/err" ||
        fail "the message of an unknown jump host"
    behind a "  a: {address: 127.0.9.1, jump: b}
  b: {address: 127.0.9.2, jump: a}
" && fail "a circle passed"
    grep -q 'its jump hosts lead in a circle' "$sshd_dir/err" || fail "the message of a circle"

    behind one "$one"
    sed "s/\('ios-001': {address: '\)[^']*', port: [0-9]*/\1127.0.0.1', port: 1/" "$lab/jump.yml" >"$lab/bad.yml"
    "$COLLECT" -i "$lab/bad.yml" -t show_version -f json --failed "$lab/failed.yml" >"$sshd_dir/out" 2>"$sshd_dir/err"
    grep -q 'jump host one: the opening of a connection through it failed' "$sshd_dir/err" ||
        fail "a host that its jump host does not reach"
    grep -q 'jump: "one"' "$lab/failed.yml" || fail "the jump host is lost from --failed"
    "$COLLECT" hosts -i "$lab/failed.yml" >"$sshd_dir/out" 2>"$sshd_dir/err" || fail "--failed of a host behind a jump host"

    before=$(grep -c 'Invalid user nobody-here' "$sshd_dir/log")
    behind one "$(printf '%s' "$one" | sed "s/username: [^,]*/username: nobody-here/")" &&
        fail "a denied jump host passed"
    [ "$(grep -c 'jump host one: login of nobody-here denied' "$sshd_dir/err")" = 10 ] ||
        fail "ten hosts that could not be reached"
    [ "$(grep -c 'Invalid user nobody-here' "$sshd_dir/log")" = $((before + 1)) ] ||
        fail "a denied login was tried more than once"
    exit $bad
fi

sshd_start 2
lab=$(mktemp -d)
"$COLLECT_LAB" --quiet --devices 10 --dir "$lab" -- "$0" inside "$sshd_dir" "$sshd_port" "$lab"
bad=$?
rm -rf "$lab"
exit $bad
