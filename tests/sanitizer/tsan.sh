#!/bin/sh
# 200 simulated devices under ThreadSanitizer, on one event loop and on several, watched with -vv,
# interrupted at several moments: no data race.
set -e
build=$BUILD_DIR-tsan
cmake -S "$SOURCE_DIR" -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCOLLECT_SANITIZER=thread >/dev/null
cmake --build "$build" -j "$(nproc 2>/dev/null || echo 2)" --target collect_program \
    unit-collect-loop unit-collect-log >"$build/build.log" 2>&1 || { tail -n 30 "$build/build.log"; exit 1; }
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
cat >"$lab/runs" <<'END'
set -e
collect=$1 lab=$2
run() { "$collect" -i "$lab/hosts.yml" -t show_version --timeout 60 "$@"; }
run -w 200 -o "$lab/out.db"
run -w 200 -vv -o "$lab/out.csv" 2>"$lab/trace"
run -w 50 >"$lab/out.json"
for moment in 0.3 0.8 1.5 2.5 4; do
    "$collect" -i "$lab/hosts.yml" -t show_version -w 200 -v -o "$lab/cut.json" 2>>"$lab/trace" &
    sleep "$moment"
    kill -TERM $! 2>/dev/null || true
    status=0
    wait $! || status=$?
    case $status in 0 | 130 | 143) echo "ended after $moment s: $status" ;; *) echo "ended after $moment s: $status" >&2; exit 1 ;; esac
done
END
set +e
export TSAN_OPTIONS=die_after_fork=0
"$COLLECT_LAB" --quiet --devices 200 --dir "$lab" -- sh "$lab/runs" "$build/collect" "$lab" 2>"$lab/err"
status=$?
cat "$lab/err"
"$build/tests/unit-collect-loop" >"$lab/unit" 2>&1 && "$build/tests/unit-collect-log" >>"$lab/unit" 2>&1 || {
    cat "$lab/unit"
    exit 1
}
[ $status = 0 ] || exit 1
! grep 'ThreadSanitizer' "$lab/err" "$lab/trace" "$lab/unit"
