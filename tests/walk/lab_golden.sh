#!/bin/sh
# 50 simulated devices of five platforms, show_version from each: exactly the expected CSV and
# JSON, byte for byte the same in two runs but for times; Python and jq read them.
# "--bless" writes what came as what is expected.
golden=$SOURCE_DIR/tests/walk/golden
if [ "${1:-}" != inside ]; then
    lab=$(mktemp -d)
    trap 'rm -rf "$lab"' EXIT
    "$COLLECT_LAB" --devices 50 --dir "$lab" -- "$0" inside "$lab" "${1:-}"
    exit $?
fi
lab=$2
bless=$3

fail()
{
    printf 'FAILED: %s\n' "$*"
    exit 1
}

# timeless FILE: the stamps are the only thing that may differ.
timeless()
{
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/TIME/g' "$1"
}

for format in csv json; do
    for run in 1 2; do
        "$COLLECT" -i "$lab/hosts.yml" -t show_version -o "$lab/$run.$format" 2>"$lab/err" ||
            fail "$format: exit status $?: $(cat "$lab/err")"
        grep -q '^Ran 50 commands across 50 hosts in ' "$lab/err" || fail "no summary: $(cat "$lab/err")"
        timeless "$lab/$run.$format" >"$lab/$run.timeless"
    done
    cmp "$lab/1.timeless" "$lab/2.timeless" || fail "$format: two runs differ"
    if [ "$bless" = --bless ]; then
        cp "$lab/1.timeless" "$golden/show_version_50.$format"
    fi
    diff -u "$golden/show_version_50.$format" "$lab/1.timeless" || fail "$format: not what is expected"
done

python3 - "$lab/1.csv" "$lab/1.json" <<'PYTHON' || fail "Python reads something else"
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
records = json.load(open(sys.argv[2]))
assert len(rows) == len(records) >= 50, (len(rows), len(records))
for row, record in zip(rows, records):
    assert list(row)[:4] == ["host", "platform", "command", "collected_at"], list(row)
    for name, cell in record.items():
        text = cell if isinstance(cell, str) else ";".join(cell)
        if name != "collected_at":
            assert row[name] == text, (name, row[name], cell)
PYTHON
if command -v jq >/dev/null; then
    hosts=$(jq -r '.[].host' "$lab/1.json" | sort -u | wc -l)
    [ "$hosts" = 50 ] || fail "jq counts $hosts hosts"
fi
