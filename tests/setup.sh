# Set-up shared by demo.sh and check.sh: installs the Debian packages that are missing and builds
# into build/. Sourced, not run. Does nothing that is done already.

say()
{
    printf '%s\n' "$*"
}

stop()
{
    printf 'stopped: %s\n' "$*" >&2
    exit 1
}

missing_packages()
{
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *' installed') ;;
        *) printf ' %s' "$package" ;;
        esac
    done
}

# install_packages WHAT PACKAGE...
install_packages()
{
    what=$1
    shift
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "$what: no apt-get here, taking the packages for installed: $*"
        return 0
    fi
    missing=$(missing_packages "$@")
    if [ -z "$missing" ]; then
        say "$what: all Debian packages are there"
        return 0
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        stop "these Debian packages are missing; as root: apt-get install$missing"
    fi
    say "$what: installing$missing"
    mkdir -p build
    log=build/setup.log
    # shellcheck disable=SC2086 # the list is words on purpose
    { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -q -y --no-install-recommends install $missing; } </dev/null >$log 2>&1 || {
        tail -n 5 $log >&2
        stop "apt-get could not install$(missing_packages "$@") (all it said: $log)"
    }
}

install_build_packages()
{
    install_packages set-up gcc libc6-dev make cmake pkg-config \
        libssh-dev libpcre2-dev libunistring-dev libyaml-dev libcsv-dev nettle-dev libuv1-dev \
        libjansson-dev libutf8proc-dev libxlsxwriter-dev libsqlite3-dev "$@"
}

build()
{
    say "build: into build/ (all that is said: build/build.log)"
    mkdir -p build
    { cmake -S . -B build && cmake --build build -j "$(nproc 2>/dev/null || echo 2)"; } \
        </dev/null >build/build.log 2>&1 || {
        tail -n 20 build/build.log >&2
        stop "the build failed (all it said: build/build.log)"
    }
}
