# A real OpenSSH server on loopback for a test. Sourced.
#
#   sshd_start 6 [extra sshd_config lines]    six addresses 127.0.9.1 to .6, one port
#   $sshd_dir     user_key, known_hosts, log, and room for the test's own files
#   $sshd_port
#   sshd_stop     (also on exit)

sshd_dir=
sshd_pid=

sshd_stop()
{
    if [ -n "$sshd_pid" ]; then
        kill "$sshd_pid" 2>/dev/null
        wait "$sshd_pid" 2>/dev/null
        sshd_pid=
    fi
    [ -n "$sshd_dir" ] && rm -rf "$sshd_dir"
    sshd_dir=
}

sshd_config()
{
    i=1
    while [ $i -le "$1" ]; do
        echo "ListenAddress 127.0.9.$i:$sshd_port"
        i=$((i + 1))
    done
    cat <<CONFIG
HostKey $sshd_dir/host_key
PidFile $sshd_dir/pid
AuthorizedKeysFile $sshd_dir/user_key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
LogLevel VERBOSE
MaxStartups 500
SetEnv HOME=$sshd_dir
$2
CONFIG
}

sshd_start()
{
    sshd_program=$(command -v sshd || echo /usr/sbin/sshd)
    if [ ! -x "$sshd_program" ]; then
        echo "skipped: no OpenSSH server is installed"
        exit 77
    fi
    if [ "$(id -u)" = 0 ]; then
        mkdir -p /run/sshd
    fi
    sshd_dir=$(mktemp -d)
    trap sshd_stop EXIT
    ssh-keygen -q -t ed25519 -N '' -f "$sshd_dir/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$sshd_dir/user_key"
    for try in 1 2 3 4 5; do
        sshd_port=$((20000 + ($$ * 7 + try * 613) % 12000))
        sshd_config "$1" "${2:-}" >"$sshd_dir/sshd_config"
        "$sshd_program" -D -f "$sshd_dir/sshd_config" -E "$sshd_dir/log" &
        sshd_pid=$!
        for wait in 1 2 3 4 5 6 7 8 9 10; do
            sleep 0.1
            if [ "$(grep -c 'Server listening' "$sshd_dir/log")" -ge "$1" ]; then
                sshd_know "$1"
                return 0
            fi
            kill -0 "$sshd_pid" 2>/dev/null || break
        done
        kill "$sshd_pid" 2>/dev/null
        wait "$sshd_pid" 2>/dev/null
    done
    echo "sshd did not start:"
    cat "$sshd_dir/log"
    exit 1
}

sshd_know()
{
    i=1
    while [ $i -le "$1" ]; do
        echo "[127.0.9.$i]:$sshd_port $(cut -d' ' -f1,2 "$sshd_dir/host_key.pub")"
        i=$((i + 1))
    done >"$sshd_dir/known_hosts"
}
