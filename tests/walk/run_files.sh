#!/bin/sh
# --failed and --report: what a run leaves behind is complete, true, and good for the next run.
if [ "${1:-}" != inside ]; then
    lab=$(mktemp -d)
    trap 'rm -rf "$lab"' EXIT
    "$COLLECT_LAB" -q --devices 10 --dir "$lab" -- "$0" inside "$lab"
    exit $?
fi
cd "$2" || exit 1
bad=0
fail()
{
    printf 'FAILED: %s\n' "$1"
    bad=1
}

# Two hosts have no listener, one a wrong password.
sed -e "/'ios-001'/s/port: 2222/port: 1/" -e "/'eos-003'/s/port: 2222/port: 1/" \
    -e "/'linux-005'/s/port: 2222/port: 2222, password_env: WRONG/" hosts.yml > some.yml
WRONG=wrong "$COLLECT" -i some.yml -t show_version -f csv --failed failed.yml \
    --report report.json > first.csv 2> talk
[ $? = 1 ] || fail 'exit status of a run with failures'
python3 - <<'END' || fail 'the report'
import csv, hashlib, json
report = json.load(open("report.json"))
jobs = report["jobs"]
assert len(jobs) == report["hosts"] == report["commands"] == 10
assert report["hosts_failed"] == 3 and report["interrupted"] is False
assert report["inventory_sha256"] == hashlib.sha256(open("some.yml", "rb").read()).hexdigest()
status = {j["host"]: j["status"] for j in jobs}
assert [j["host"] for j in jobs] == sorted(status, key=lambda h: h[-3:])
assert status["ios-001"] == status["eos-003"] == "unreachable", status
assert status["linux-005"] == "auth", status
records = {}
for row in csv.DictReader(open("first.csv")):
    records[row["host"]] = records.get(row["host"], 0) + 1
for job in jobs:
    command = job["commands"][0]
    assert command["records"] == records.get(job["host"], 0), job
    if job["status"] == "ok":
        assert command["bytes"] > 0 and command["collected_at"] and job["algorithms"]
        assert job["host_key"].startswith("SHA256:")
    else:
        assert job["reason"]
assert len(report["templates"]) == 5
assert all(len(t["sha256"]) == 64 for t in report["templates"])
END
grep -q 'wrong' failed.yml report.json && fail 'a secret is in what was left behind'

# The failed hosts alone, mended.
[ "$("$COLLECT" hosts -i failed.yml -f csv | cut -d, -f1 | tr '\n' ' ')" = \
    "host ios-001 eos-003 linux-005 " ] || fail 'the hosts of --failed'
sed -i 's/port: 1,/port: 2222,/' failed.yml
WRONG=$(cat password) "$COLLECT" -i failed.yml -t show_version -f csv --failed failed.yml \
    > second.csv 2> talk2 || fail "the second run: $(cat talk2)"
[ "$(tail -n +2 second.csv | cut -d, -f1 | sort -u | tr '\n' ' ')" = \
    "eos-003 ios-001 linux-005 " ] || fail 'the records of the second run'
"$COLLECT" hosts -i failed.yml > none 2>&1
[ $? = 3 ] || fail 'an inventory without failures names no hosts'

# Inventory data as columns.
"$COLLECT" -q -i hosts.yml -t show_version -f csv --columns rack,site -l ios-001 > columns.csv
[ "$(cut -d, -f1-3,5,6 columns.csv | tr '\n' ' ')" = \
    'host,platform,command,rack,site ios-001,cisco_ios,show version,r1,ams ' ] ||
    fail '--columns'

# Raw outputs, kept and parsed again: the same records, with no device at hand.
"$COLLECT" -q -i hosts.yml -t show_version -c 'show nonsense' -f json --allow-changes \
    --save-raw raw > run.json
"$COLLECT" parse raw -f json > again.json || fail 'parse DIR'
cmp run.json again.json || fail 'records from the saved outputs differ'
[ "$(find raw -type f -name '*.txt' -perm 600 | wc -l)" -ge 18 ] || fail 'files of --save-raw'
[ -z "$(find raw -type f -name '*.txt' ! -perm 600)" ] || fail 'modes of --save-raw'
[ "$(stat -c %a raw)" = 700 ] || fail 'mode of the folder of --save-raw'
python3 -c 'import json
jobs = json.load(open("raw/manifest.json"))["jobs"]
assert len(jobs) == 20 and sum(j["status"] == "failed" for j in jobs) == 10
assert all(j["reason"] for j in jobs if j["status"] != "ok")' || fail 'the manifest'
sed -i 's|"file":"ios-001/|"file":"../|' raw/manifest.json
"$COLLECT" parse raw -f json > out 2> talk4
[ $? = 3 ] || fail 'a manifest that points out of its tree'

# Places that cannot be written are found before anything connects.
"$COLLECT" -i hosts.yml -t show_version --report none/report.json > out 2> talk3
[ $? = 4 ] && ! grep -q Ran talk3 || fail 'a report in a folder that is not there'
exit $bad
