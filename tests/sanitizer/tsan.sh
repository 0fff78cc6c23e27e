#!/bin/sh
# 200 simulated devices, some of them broken, under ThreadSanitizer: no data race.
set -e
build=$BUILD_DIR-tsan
cmake -S "$SOURCE_DIR" -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCOLLECT_SANITIZER=thread >/dev/null
cmake --build "$build" -j "$(nproc 2>/dev/null || echo 2)" --target collect_program \
    unit-collect-loop >"$build/build.log" 2>&1 || { tail -n 30 "$build/build.log"; exit 1; }
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
set +e
"$COLLECT_LAB" --quiet --devices 200 --dir "$lab" -- sh -c "
    '$build/collect' -i '$lab/hosts.yml' -t show_version -w 200 --timeout 60 -o '$lab/out.db' &&
    '$build/collect' -i '$lab/hosts.yml' -t show_version -w 200 --timeout 60 -vv -o '$lab/out.csv' 2>'$lab/trace' &&
    '$build/collect' -i '$lab/hosts.yml' -t show_version -w 50 --timeout 60 >'$lab/out.json'" \
    2>"$lab/err"
status=$?
cat "$lab/err"
[ $status = 0 ] || exit 1
! grep -q 'ThreadSanitizer' "$lab/err" "$lab/trace"
