#!/bin/sh
# A run kept as a database: asked, resumed, compared, and killed at a hundred moments without
# losing a finished host.
if [ "${1:-}" != inside ]; then
    lab=$(mktemp -d)
    trap 'rm -rf "$lab"' EXIT
    "$COLLECT_LAB" --devices 500 --dir "$lab" -- "$0" inside "$lab"
    exit $?
fi
cd "$2" || exit 1
bad=0

fail()
{
    printf 'FAILED: %s\n' "$*"
    bad=1
}

# same WHAT GOT WANTED
same()
{
    [ "$2" = "$3" ] || fail "$1: got: $2: wanted: $3"
}

ask()
{
    "$COLLECT" query "$1" "$2" -f csv | tail -n +2
}

# some hosts first, the rest by --resume, and then nothing is left to do
"$COLLECT" -i hosts.yml -t show_version -o run.db -l '!linux' 2>err || fail "run: $(cat err)"
same "hosts of the first run" "$(ask 'SELECT count(*) FROM _hosts' run.db)" 400
"$COLLECT" -i hosts.yml -t show_version --resume run.db 2>err || fail "resume: $(cat err)"
grep -q '^Ran 100 commands across 100 hosts' err || fail "resume ran: $(cat err)"
"$COLLECT" -i hosts.yml -t show_version --resume run.db 2>err || fail "resume: $(cat err)"
grep -q '^Nothing to do: run.db' err || fail "the second resume: $(cat err)"
same "hosts and runs" "$(ask 'SELECT count(*), count(DISTINCT host), count(DISTINCT run) FROM _hosts' run.db)" 500,500,1

# what the same run says in JSON
"$COLLECT" -i hosts.yml -t show_version -o run.json -q || fail "run to JSON"
"$COLLECT" query 'SELECT host, version, serial FROM show_version ORDER BY host' run.db -f json >db.json
python3 - <<'PYTHON' || fail "the database says something else than JSON"
import json
want = [{k: r[k] for k in ("host", "version", "serial")} for r in json.load(open("run.json"))]
assert json.load(open("db.json")) == sorted(want, key=lambda r: r["host"])
PYTHON
if command -v sqlite3 >/dev/null; then
    sql='SELECT platform, count(*) FROM show_version GROUP BY platform ORDER BY platform'
    same "sqlite3's own answer" "$(ask "$sql" run.db)" "$(sqlite3 -csv run.db "$sql" | tr -d '\r')"
fi

# two runs that differ in nothing, then in one cell
"$COLLECT" -i hosts.yml -t show_version -o run.db -q || fail "the second run"
"$COLLECT" diff run.db >out || fail "two equal runs differ: $(cat out)"
cp run.db old.db
python3 - <<'PYTHON'
import sqlite3
db = sqlite3.connect("run.db")
db.execute("UPDATE show_version SET version = '99' WHERE _run = 2 AND host = 'ios-001'")
db.commit()
PYTHON
"$COLLECT" diff old.db run.db -f csv >out
same "exit status of a difference" $? 1
same "the difference" "$(cut -d, -f1-5,7 out | tail -n +2)" "changed,show_version,ios-001,,version,99"

# killed at any moment: what is there is whole, and --resume brings the rest, once
i=0
while [ $i -lt 100 ]; do
    rm -f kill.db kill.db-wal kill.db-shm
    "$COLLECT" -i hosts.yml -t show_version -o kill.db -q -w 40 &
    pid=$!
    sleep "0.$(printf %03d $((i * 37 % 100 * 9)))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    if [ -f kill.db ] && [ -n "$("$COLLECT" query "SELECT name FROM sqlite_schema WHERE name = '_jobs'" kill.db -f csv | tail -n +2)" ]; then
        lost=$(ask "SELECT count(*) FROM _jobs j WHERE status = 'ok' AND NOT EXISTS
                    (SELECT 1 FROM show_version v WHERE v.host = j.host)" kill.db)
        same "hosts without their rows after kill $i" "$lost" 0
    fi
    if [ $((i % 10)) = 0 ] && [ -f kill.db ]; then
        "$COLLECT" -i hosts.yml -t show_version --resume kill.db -q || fail "resume after kill $i"
        same "hosts after resume $i" \
            "$(ask 'SELECT count(*), count(DISTINCT host) FROM show_version' kill.db)" 500,500
    fi
    i=$((i + 1))
done
exit $bad
