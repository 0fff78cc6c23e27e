#!/bin/sh
# From a bare Debian to a table: installs what is missing, builds, and collects show_version from
# 50 simulated devices of five platforms on loopback.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/setup.sh

install_build_packages
build
say "demo: 50 simulated devices on loopback, then: collect -i hosts.yml --template show_version"
lab=$(mktemp -d) || stop "mktemp made no folder for the simulated devices"
trap 'rm -rf "$lab"' EXIT
build/collect-lab --devices 50 --dir "$lab" -- \
    build/collect -i "$lab/hosts.yml" --template show_version --format table \
    --select "host, platform, version, hardware, serial"
