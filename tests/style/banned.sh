#!/bin/sh
# Functions that have a safe twin in this house, and whose use has cost others dearly.
cd "$SOURCE_DIR" || exit 1
banned='strcpy|strcat|sprintf|vsprintf|strncpy|strncat|strtok|sscanf|atoi|atol|atof|gets|alloca|system|popen'
found=$(grep -nE "(^|[^A-Za-z0-9_>.])($banned)\(" -r src include --include='*.c' --include='*.h')
if [ -n "$found" ]; then
    printf 'banned functions (see tests/style/banned.sh):\n%s\n' "$found"
    exit 1
fi
