#!/bin/sh
# Each library has one user: the file or room that may include its header.
cd "$SOURCE_DIR" || exit 1
bad=0
only()
{
    found=$(grep -lE "#include <($1)" -r src --include='*.c' --include='*.h' | grep -vE "^src/($2)")
    if [ -n "$found" ]; then
        printf '<%s> belongs to src/%s, but is included by:\n%s\n' "$1" "$2" "$found"
        bad=1
    fi
}
only 'pcre2' 'regex/'
only 'uniname' 'regex/charname'
only 'libssh/' 'session/libssh|lab/'
only 'openssl/' 'session/gcm_tag'
only 'uv\.h' 'collect/loop'
only 'nettle/' 'base/sha'
only 'yaml\.h' 'base/yaml'
only 'csv\.h' 'base/csv'
only 'xlsxwriter' 'output/libxlsxwriter'
only 'jansson' 'author/fixtures_'
only 'sqlite3' 'store/'
exit $bad
