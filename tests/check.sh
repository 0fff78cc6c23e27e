#!/bin/sh
# From a bare Debian to passed tests: installs what is missing, builds, runs the tests.
# Arguments go to ctest, instead of the default choice of labels.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/setup.sh

install_build_packages openssh-server openssh-client python3 python3-textfsm jq pmccabe mandoc \
    sshpass python3-paramiko python3-openpyxl strace libxml2-utils python3-sarif-python-om \
    python3-yaml netbase
build
if [ $# = 0 ]; then
    set -- -L 'quick|walk|fault'
fi
say "check: ctest $*"
exec ctest --test-dir build --output-on-failure --no-tests=error "$@"
