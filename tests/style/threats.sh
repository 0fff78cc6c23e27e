#!/bin/sh
# Every test that tests/threats.md names is there.
cd "$SOURCE_DIR/tests" || exit 1
bad=0
for name in $(grep -o '`[a-z]*\.[a-z_.]*`' threats.md | tr -d '`' | sort -u); do
    case $name in
    unit.*) file=$(echo "$name" | sed 's,unit\.\([a-z]*\)\.,unit/\1/test_,') ;;
    *) file=$(echo "$name" | tr . /) ;;
    esac
    if [ ! -e "$file.c" ] && [ ! -e "$file.py" ] && [ ! -e "$file.sh" ]; then
        echo "threats.md names $name, which is no test"
        bad=1
    fi
done
exit $bad
