#!/bin/sh
# AES-GCM is preferred, and the function that looks at its tag is the program's own: the dynamic
# linker says whom libssh asks (src/session/gcm_tag.h).
if [ "${1:-}" != inside ]; then
    lab=$(mktemp -d)
    trap 'rm -rf "$lab"' EXIT
    "$COLLECT_LAB" --quiet --devices 2 --platform linux --dir "$lab" -- "$0" inside "$lab"
    exit $?
fi
cd "$2" || exit 1
LD_DEBUG=bindings LD_DEBUG_OUTPUT="$2/bindings" "$COLLECT" -i hosts.yml -c pwd -v >out 2>err || { cat err; exit 1; }
cat bindings.* >all 2>/dev/null
if ! grep -q 'libcrypto' all; then
    echo "skipped: this dynamic linker does not tell its bindings, or libssh has no OpenSSL"
    exit 77
fi
bad=0
if ! grep -q 'binding file [^ ]*libssh[^ ]* .*to [^ ]*collect \[.*`EVP_DecryptFinal'"'" all; then
    echo "FAILED: libssh asks another one for the tag:"
    grep 'EVP_DecryptFinal' all
    bad=1
fi
[ "$(grep -c 'host key verified: .*aes256-gcm@openssh.com)' err)" = 2 ] || { echo "FAILED: not GCM:"; cat err; bad=1; }
exit $bad
