#!/bin/sh
# What ~/.ssh/config says is honoured as ssh does: names, ports, users, keys, known_hosts, one and
# two ProxyJumps, a ProxyCommand; and what wins over it.
. "$SOURCE_DIR/tests/lib/sshd.sh"
bad=0
fail()
{
    printf 'FAILED: %s\n' "$1"
    sed 's/^/    /' "$sshd_dir/err"
    bad=1
}

run()
{
    HOME=$sshd_dir/home SSH_AUTH_SOCK='' "$COLLECT" --platform linux -c whoami -f csv "$@" \
        >"$sshd_dir/out" 2>"$sshd_dir/err"
}

# expect NAME: the last run got a record of that host
expect()
{
    grep -q "^$1,linux,whoami,[^,]*,\"\{0,1\}$(id -un)" "$sshd_dir/out" || fail "no record of $1"
}

sshd_start 3
mkdir -p "$sshd_dir/home/.ssh"
cat >"$sshd_dir/home/.ssh/config" <<CONFIG
Host near far middle piped
    HostName 127.0.9.1
Host middle
    ProxyJump nobody@127.0.9.3
Host far
    ProxyJump 127.0.9.2,middle
Host piped
    ProxyCommand $SOURCE_DIR/tests/lib/pipe.py %h %p
Host odd
    HostName -oops
Host *
    User $(id -un)
    Port $sshd_port
    IdentityFile ~/none
    IdentityFile $sshd_dir/user_key
    UserKnownHostsFile $sshd_dir/known_hosts
CONFIG

run near || fail "near: exit status $?"
expect near
run far || fail "far: exit status $?"
expect far
[ "$(grep -c 'Accepted publickey' "$sshd_dir/log")" = 4 ] || fail "far: not three more logins"
run piped near || fail "piped: exit status $?"
expect piped
expect near

run middle && fail "a jump host that lets nobody in"
grep -q 'middle: jump host 127.0.9.3: login of nobody denied' "$sshd_dir/err" || fail "whose login"
# What --failed writes leads the same way again: the configuration is asked for the same name.
sed "s/nobody@127.0.9.3/$(id -un)@127.0.9.3/" "$sshd_dir/home/.ssh/config" >"$sshd_dir/mended"
run --failed "$sshd_dir/failed.yml" middle far && fail "a jump host that lets nobody in, again"
run -F "$sshd_dir/mended" -i "$sshd_dir/failed.yml" || fail "--failed behind ssh's jump hosts: $?"
expect middle
run -F none near && fail "-F none"
run -F "$sshd_dir/nothing" near
[ $? = 3 ] || fail "-F of a file that is not there"
run odd
[ $? = 3 ] || fail "a HostName that looks like an option"
run -u nobody near && fail "the command line wins"
grep -q 'login of nobody denied' "$sshd_dir/err" || fail "the command line's user"

cat >"$sshd_dir/hosts.yml" <<INVENTORY
hosts:
  one: {address: near, jump: none}
  two: {address: 127.0.9.2, username: nobody}
  three: {address: far, jump: none}
INVENTORY
run -i "$sshd_dir/hosts.yml" && fail "the inventory's user wins"
expect one
expect three
grep -q 'two: login of nobody denied' "$sshd_dir/err" || fail "the inventory's user"

HOME=$sshd_dir/home "$COLLECT" hosts -i "$sshd_dir/hosts.yml" -f csv >"$sshd_dir/out" 2>"$sshd_dir/err"
grep -q 'ssh configuration: .*port.*username.*key' "$sshd_dir/out" || fail "where settings come from"

# The inventory's jump hosts are found in the configuration, too; and what -p and the inventory
# say reaches a ProxyCommand.
cat >"$sshd_dir/hosts.yml" <<INVENTORY
defaults: {known_hosts: $sshd_dir/known_hosts}
jumps:
  middle:
hosts:
  behind: {address: 127.0.9.1, jump: far-one}
  far-one: {address: near}
INVENTORY
run -i "$sshd_dir/hosts.yml" -H behind || fail "behind a jump host of the inventory: $?"
expect behind

cat >"$sshd_dir/config" <<CONFIG
Host piped
    HostName 127.0.9.1
    ProxyCommand sh -c 'test %r:%p = $(id -un):$sshd_port && exec $SOURCE_DIR/tests/lib/pipe.py %h %p'
Host empty
    HostName 127.0.9.1
    IdentityFile none
Host *
    IdentityFile $sshd_dir/user_key
    UserKnownHostsFile $sshd_dir/new $sshd_dir/known_hosts
CONFIG
run -F "$sshd_dir/config" -p "$sshd_port" -u "$(id -un)" piped || fail "ProxyCommand's port and user"
expect piped
[ ! -e "$sshd_dir/new" ] || fail "a host that the second file knows was added to the first"
run -F "$sshd_dir/config" -p "$sshd_port" -u "LAB\\$(id -un)" piped
[ $? = 3 ] || fail "a user name that must not reach a shell"
grep -q 'config:3: %r: .LAB..*must not reach a shell' "$sshd_dir/err" || fail "which line it is"

# Every file of known_hosts counts, and a key that is new goes to the first.
head -n 1 "$sshd_dir/known_hosts" >"$sshd_dir/one"
sed -i "s,UserKnownHostsFile .*,UserKnownHostsFile $sshd_dir/new /dev/null," "$sshd_dir/config"
run -F "$sshd_dir/config" -p "$sshd_port" 127.0.9.1 && fail "a key that no file has"
run -F "$sshd_dir/config" -p "$sshd_port" --host-keys accept-new 127.0.9.1 || fail "a new key"
grep -q 127.0.9.1 "$sshd_dir/new" || fail "a new key goes to the first file"

# The system's files may be others; names may be hashed.
sed -i "s,UserKnownHostsFile .*,UserKnownHostsFile $sshd_dir/none\n    GlobalKnownHostsFile $sshd_dir/known_hosts," \
    "$sshd_dir/config"
run -F "$sshd_dir/config" -p "$sshd_port" 127.0.9.1 || fail "a host that only the system knows"
printf ' RevokedHostKeys %s\n' "$sshd_dir/host_key.pub" >>"$sshd_dir/config"
run -F "$sshd_dir/config" -p "$sshd_port" 127.0.9.1 && fail "a revoked host key"
grep -q 'is marked @revoked in .*host_key.pub:1' "$sshd_dir/err" || fail "where it is revoked"
sed -i "s,GlobalKnownHostsFile .*,HashKnownHosts yes," "$sshd_dir/config"
sed -i "s,RevokedHostKeys .*,RevokedHostKeys none," "$sshd_dir/config"
run -F "$sshd_dir/config" -p "$sshd_port" --host-keys accept-new 127.0.9.1 || fail "a hashed name"
grep -q '^|1|' "$sshd_dir/none" || fail "the name is not hashed"
ssh-keygen -F "[127.0.9.1]:$sshd_port" -f "$sshd_dir/none" >"$sshd_dir/out" || fail "ssh finds it"
run -F "$sshd_dir/config" -p "$sshd_port" 127.0.9.1 || fail "a name that was hashed"

# How it is dialled: from where, to addresses of which kind, and with what size of keys.
dial_run()
{
    printf "Host *\n UserKnownHostsFile $sshd_dir/known_hosts\n IdentityFile $sshd_dir/user_key\n$1\n" \
        >"$sshd_dir/config"
    shift
    run -F "$sshd_dir/config" -p "$sshd_port" "$@"
}
dial_run ' BindAddress 127.0.9.77' 127.0.9.1 || fail "BindAddress"
grep -q 'Accepted publickey for .* from 127.0.9.77 port' "$sshd_dir/log" || fail "from where"
dial_run ' BindAddress ::1' 127.0.9.1 && fail "an address of another kind"
grep -q "from ::1: an address of another kind" "$sshd_dir/err" || fail "its words"
dial_run ' BindAddress 192.0.2.1' 127.0.9.1 && fail "an address that is not ours"
grep -q "connect to 127.0.9.1 port $sshd_port from 192.0.2.1: " "$sshd_dir/err" || fail "whose it is"
dial_run ' BindAddress gateway' 127.0.9.1
[ $? = 3 ] || fail "a name to connect from"
dial_run ' AddressFamily inet6' 127.0.9.1 && fail "AddressFamily inet6"
dial_run ' AddressFamily inet' 127.0.9.1 || fail "AddressFamily inet"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$sshd_dir/small"
cat "$sshd_dir/small.pub" >>"$sshd_dir/user_key.pub"
dial_run " IdentityFile $sshd_dir/small\n RequiredRSASize 2048" 127.0.9.1 || fail "a key of 2048 bits"
sed -i "s,IdentityFile .*user_key,#," "$sshd_dir/config"
run -F "$sshd_dir/config" -p "$sshd_port" 127.0.9.1 || fail "that key"
sed -i "s,RequiredRSASize .*,RequiredRSASize 3072," "$sshd_dir/config"
run -F "$sshd_dir/config" -p "$sshd_port" 127.0.9.1 && fail "a key that is too small"
dial_run ' ConnectionAttempts 3' -v 127.0.9.99
[ "$(grep -c 'trying again in' "$sshd_dir/err")" = 2 ] || fail "ConnectionAttempts"
dial_run ' CanonicalizeHostname yes' 127.0.9.1 127.0.9.2 || fail "CanonicalizeHostname"
[ "$(grep -c 'config:4: CanonicalizeHostname is not followed' "$sshd_dir/err")" = 1 ] ||
    fail "that it is not followed"

# A key that only the agent can use: an encrypted one, and one that is named by its public half.
ssh-keygen -q -t ed25519 -N 'a phrase' -f "$sshd_dir/held"
cat "$sshd_dir/held.pub" >>"$sshd_dir/user_key.pub"
printf '#!/bin/sh\necho a phrase\n' >"$sshd_dir/say"
chmod 700 "$sshd_dir/say"
ssh-agent -D -a "$sshd_dir/agent" >"$sshd_dir/out" &
agent=$!
for try in 1 2 3 4 5 6 7 8 9 10; do
    [ -S "$sshd_dir/agent" ] || sleep 0.2
done
SSH_AUTH_SOCK=$sshd_dir/agent DISPLAY=none SSH_ASKPASS=$sshd_dir/say SSH_ASKPASS_REQUIRE=force \
    ssh-add -q "$sshd_dir/held" </dev/null || fail "ssh-add"
for key in held held.pub; do
    printf 'Host *\n IdentitiesOnly yes\n IdentityFile %s\n UserKnownHostsFile %s\n' \
        "$sshd_dir/$key" "$sshd_dir/known_hosts" >"$sshd_dir/config"
    HOME=$sshd_dir/home SSH_AUTH_SOCK=$sshd_dir/agent "$COLLECT" --platform linux -c whoami -f csv \
        -F "$sshd_dir/config" 127.0.9.1:"$sshd_port" >"$sshd_dir/out" 2>"$sshd_dir/err" ||
        fail "$key of the agent's"
    expect 127.0.9.1:"$sshd_port"
done
printf 'Host *\n IdentitiesOnly yes\n IdentityFile %s\n UserKnownHostsFile %s\n' \
    "$sshd_dir/host_key" "$sshd_dir/known_hosts" >"$sshd_dir/config"
HOME=$sshd_dir/home SSH_AUTH_SOCK=$sshd_dir/agent "$COLLECT" --platform linux -c whoami -f csv \
    -F "$sshd_dir/config" 127.0.9.1:"$sshd_port" >"$sshd_dir/out" 2>"$sshd_dir/err" &&
    fail "IdentitiesOnly let the agent's key in"

# Which agent: a path, a variable, the usual one by its name, none.
agent_run()
{
    printf 'Host *\n IdentityAgent %s\n IdentityFile none\n UserKnownHostsFile %s\n' "$1" \
        "$sshd_dir/known_hosts" >"$sshd_dir/config"
    HOME=$sshd_dir/home SSH_AUTH_SOCK=$2 OWN_AGENT=$sshd_dir/agent "$COLLECT" --platform linux \
        -c whoami -f csv -F "$sshd_dir/config" 127.0.9.1:"$sshd_port" >"$sshd_dir/out" \
        2>"$sshd_dir/err"
}
agent_run "$sshd_dir/agent" '' || fail "IdentityAgent PATH"
agent_run "%d/../agent" "" || fail "IdentityAgent with a token"
agent_run "$sshd_dir/agen\${NO_LETTER_T}t" '' && fail "a variable that is not set"
agent_run '$OWN_AGENT' '' || fail 'IdentityAgent $NAME'
agent_run '${OWN_AGENT}' '' || fail 'IdentityAgent ${NAME}'
agent_run SSH_AUTH_SOCK "$sshd_dir/agent" || fail "IdentityAgent SSH_AUTH_SOCK"
agent_run SSH_AUTH_SOCK '' && fail "IdentityAgent SSH_AUTH_SOCK, which is not there"
agent_run "$sshd_dir/agent" "$sshd_dir/nothing" || fail "IdentityAgent wins over the variable"
agent_run none "$sshd_dir/agent" && fail "IdentityAgent none"
agent_run "$sshd_dir/nothing" "$sshd_dir/agent" && fail "an agent that is not there"

# An agent with more keys than the server takes attempts: those that are named come first, or
# alone; what it has is not offered once more from a file.
add_key()
{
    SSH_AUTH_SOCK=$sshd_dir/agent DISPLAY=none SSH_ASKPASS=$sshd_dir/say \
        SSH_ASKPASS_REQUIRE=force ssh-add -q "$1" </dev/null || fail "ssh-add $1"
}
SSH_AUTH_SOCK=$sshd_dir/agent ssh-add -q -D
for number in 1 2 3 4 5 6 7 8; do
    ssh-keygen -q -t ed25519 -N '' -f "$sshd_dir/other$number"
    add_key "$sshd_dir/other$number"
done
add_key "$sshd_dir/held"
crowd_run()
{
    printf 'Host *\n UserKnownHostsFile %s\n%b' "$sshd_dir/known_hosts" "$1" >"$sshd_dir/config"
    shift
    HOME=$sshd_dir/home SSH_AUTH_SOCK=$sshd_dir/agent "$COLLECT" --platform linux -c whoami \
        -f csv -F "$sshd_dir/config" "$@" 127.0.9.1:"$sshd_port" >"$sshd_dir/out" 2>"$sshd_dir/err"
}
crowd_run '' && fail "eight wrong keys first: the test proves nothing"
for try in 1 2 3 4 5 6 7 8 9 10; do
    grep -q 'Too many authentication failures' "$sshd_dir/log" && break
    sleep 0.2
done
grep -q 'Too many authentication failures' "$sshd_dir/log" || fail "the server did not mind"
for key in held held.pub; do
    crowd_run " IdentityFile $sshd_dir/$key\n IdentitiesOnly yes\n" || fail "only $key"
    crowd_run " IdentityFile $sshd_dir/$key\n" || fail "$key first"
done
ssh-keygen -q -t ed25519 -N '' -f "$sshd_dir/nobodys"
crowd_run " IdentityFile $sshd_dir/other1\n IdentityFile $sshd_dir/other2\n \
IdentityFile $sshd_dir/nobodys.pub\n IdentitiesOnly yes\n" && fail "wrong keys"
grep -q '(tried agent; the device' "$sshd_dir/err" || fail "a key was offered twice"
crowd_run '' --key "$sshd_dir/held" || fail "--key of the agent's"
cp "$sshd_dir/held" "$sshd_dir/home/.ssh/id_ed25519"
crowd_run '' || fail "the usual key first"
crowd_run ' IdentitiesOnly yes\n' || fail "only the usual key"
rm "$sshd_dir/home/.ssh/id_ed25519"
kill $agent

# What others can write is not read.
chmod 666 "$sshd_dir/home/.ssh/config"
run near
[ $? = 3 ] || fail "a configuration that others can write"
grep -q 'home/.ssh/config: others can write to it (mode 0666)' "$sshd_dir/err" || fail "its words"
run -F "$sshd_dir/home/.ssh/config" near || fail "with -F it is read all the same, as ssh does"
chmod 600 "$sshd_dir/home/.ssh/config"
printf 'Include more\nInclude config.d/*\n' >>"$sshd_dir/config"
echo 'User x' >"$sshd_dir/home/.ssh/more"
chmod 620 "$sshd_dir/home/.ssh/more"
run -F "$sshd_dir/config" near
[ $? = 3 ] || fail "an included file that others can write"
exit $bad
