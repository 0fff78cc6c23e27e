#!/bin/sh
# A function fits on a screen: at most 60 lines and a McCabe complexity of 15.
command -v pmccabe >/dev/null || { echo "skipped: pmccabe is not installed"; exit 77; }
cd "$SOURCE_DIR" || exit 1
find src -name '*.c' -exec pmccabe {} + | awk '
    $2 > 15 || $5 > 60 { printf "%s %s: %d lines, complexity %d\n", $6, $7, $5, $2; bad++ }
    END { exit bad > 0 }'
