#!/bin/sh
# How a run ends: readers that go away, full disks, Ctrl-C, hosts that fail beside hosts that
# don't, and mistakes that are found before anything connects.
if [ "${1:-}" != inside ]; then
    lab=$(mktemp -d)
    trap 'rm -rf "$lab"' EXIT
    "$COLLECT_LAB" --devices 10 --dir "$lab" -- "$0" inside "$lab"
    exit $?
fi
lab=$2
bad=0
cd "$lab" || exit 1

# expect NAME STATUS PATTERN-ON-STDERR: what the last run left in $status and err
expect()
{
    if [ "$status" != "$2" ] || ! grep -qE -- "$3" err; then
        printf 'FAILED: %s: exit status %s (expected %s), no /%s/ in:\n' "$1" "$status" "$2" "$3"
        sed 's/^/    /' err
        bad=1
    fi
}

run()
{
    "$COLLECT" "$@" >out 2>err
    status=$?
}

run -i hosts.yml -t show_version
expect "all is well" 0 '^Ran 10 commands across 10 hosts in '
whole=$(grep -c '"host"' out)

{ "$COLLECT" -i hosts.yml -t show_version -f ndjson 2>err; echo $? >status; } | head -n 1 >/dev/null
status=$(cat status)
case $status in 0 | 141) ;; *) echo "FAILED: | head -n 1 ended with $status"; bad=1 ;; esac
if [ "$(wc -l <err)" -gt 2 ]; then
    echo "FAILED: a storm of messages behind head:"
    cat err
    bad=1
fi

if [ -w /dev/full ]; then
    "$COLLECT" -i hosts.yml -t show_version >/dev/full 2>err
    status=$?
    expect "> /dev/full" 4 'No space left'
fi

# closed streams: nothing is said in a file that took their place
"$COLLECT" -i hosts.yml -t show_version -f csv -vv -o closed.csv <&- >&- 2>&-
status=$?
[ "$status" = 0 ] || { echo "FAILED: closed streams: exit status $status"; bad=1; }
if ! head -n 1 closed.csv | grep -q '^host,' || grep -q 'connecting' closed.csv; then
    echo "FAILED: -vv without stderr went into the output:"
    head -n 5 closed.csv
    bad=1
fi
"$COLLECT" -i hosts.yml -t show_version >&- 2>err
status=$?
expect "closed stdout" 4 'stdout'

run -i hosts.yml -t show_version -o nowhere/out.csv
expect "an output folder that is not there" 4 'nowhere/out.csv'

# one host refuses the connection, one has another key, one gets a wrong password
sed -E 's/^( *)password_file:.*/\1password_env: LAB_WRONG/' hosts.yml >wrong.yml
LAB_WRONG=wrong run -i wrong.yml -t show_version
expect "a wrong password" 1 'password'
{ cat hosts.yml; echo "  gone: {address: 127.0.0.1, port: 1, platform: linux}"; } >gone.yml
run -i gone.yml -t show_version
expect "a refused port" 1 'gone: .*refused'
[ "$(grep -c '"host"' out)" = "$whole" ] || { echo "FAILED: a refused port disturbed the others"; bad=1; }
: >no_keys
sed -E 's/^( *)known_hosts:.*/\1known_hosts: no_keys/' hosts.yml >unknown.yml
run -i unknown.yml -t show_version
expect "unknown host keys" 1 'SHA256:.*no_keys'

run -i hosts.yml -t show_versoin
expect "a template that does not exist" 3 'show_version'
run -i hosts.yml -t show_version --platform cisco_isos
expect "a platform that does not exist" 3 'cisco_ios'
run -i hosts.yml --tempalte show_version
expect "an option that does not exist" 2 '--template'
run -i nowhere.yml -t show_version
expect "an inventory that is not there" 3 'nowhere.yml'
run -i hosts.yml
expect "nothing to collect" 2 '-t.*-c|-c.*-t'

exit $bad
