#!/bin/bash
# Strong mode with real users: an operator, an agent's user, and the gate's own. Needs root, and a mount namespace of its own, in which /etc, /run and /var/lib are
# copies: make check-root.
if [ "${1:-}" != inside ]; then
	[ "$(id -u)" -eq 0 ] || { echo "not ok - this test needs root: make check-root"; exit 1; }
	exec unshare --mount -- "$0" inside
fi
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
for folder in etc run var/lib; do
	mkdir -p "$ASSENT_TMP/root/$folder"
done
cp -a /etc/. "$ASSENT_TMP/root/etc/"
for folder in etc run var/lib; do
	mount --bind "$ASSENT_TMP/root/$folder" "/$folder" || { report 1 "a mount namespace"; end_test; }
done
chmod 755 "$ASSENT_TMP"
# Where every user can run them from.
mkdir -m 755 "$ASSENT_TMP/bin"
install -m 755 "$ASSENT_BUILD/assent" "$ASSENT_BUILD/assent-gate" "$ASSENT_BUILD/tests/e2e/memgrep" "$ASSENT_TMP/bin/"
assent=$ASSENT_TMP/bin/assent
socket=/run/assent/operator.sock
key=msk_u_5t5t5t5t5t5t5t5t5t5t5t5t5t5t5t5t
for user in ana ben agent; do useradd --create-home --home-dir "$ASSENT_TMP/home-$user" "$user"; done

# user NAME COMMAND...: as after a log-in.
user() {
	local name=$1
	shift
	env -i PATH=/usr/bin:/bin HOME="$ASSENT_TMP/home-$name" TERM=dumb setpriv --reuid "$name" --regid "$name" --init-groups "$@"
}
state_of() { user "$1" curl -sS --max-time 10 --unix-socket "$socket" http://gate/v1/state 2>&1; }

start_upstream
echo $key >"$KEY_FILE"
like "without an operator it does nothing" "$("$ASSENT_SRC/build-aux/strong-mode" --key-file "$KEY_FILE" --assent "$assent" 2>&1)" 'Name at least one'
like "nor for a user that is none" "$("$ASSENT_SRC/build-aux/strong-mode" --operator nobody-at-all --key-file "$KEY_FILE" --assent "$assent" 2>&1)" 'there is no user'
ok "one command sets it up" "$ASSENT_SRC/build-aux/strong-mode" --operator ana --key-file "$KEY_FILE" --upstream "$UPSTREAM" --assent "$assent"
gate_pid=$(pgrep -u assent-gate -f "^$assent gate")
is "the gate runs as a user of its own" "$(ps -o user:20= -p "$gate_pid" | tr -d ' ')" assent-gate
is "its socket is for the group" "$(stat -c '%U %G %a' "$socket" /run/assent | tr '\n' ' ')" 'assent-gate assent 660 assent-gate assent 750 '
is "its state and key are for itself" "$(stat -c '%U %a' /var/lib/assent /etc/assent/miosa-key | tr '\n' ' ')" 'assent-gate 700 assent-gate 600 '

# ---- who may ----
like "an operator finds it without being told where" "$(user ana "$assent" status)" '^upstream +http://127.0.0.1:'
like "an agent's user does not come near the socket" "$(state_of agent)" 'Failed to connect|Could.?n.t connect|Permission denied'
like "nor with the group, which it is not in: who was in it at the start counts" \
	"$(setpriv --reuid agent --regid assent --clear-groups curl -sS --unix-socket "$socket" http://gate/v1/state)" '"code":"forbidden"'
usermod -a -G assent ben
like "one who was made a member later counts from the next start" "$(state_of ben)" '"code":"forbidden"'
like "root may" "$(operator /v1/state)" '"seq"'
like "a confined program of the operator's is none" "$(user ana setpriv --no-new-privs curl -sS --unix-socket "$socket" http://gate/v1/state)" 'forbidden'

# ---- what the operator's and the agent's users cannot reach ----
for name in ana agent; do
	is "$name reads no key file" "$(user "$name" cat /etc/assent/miosa-key 2>&1 | grep -c $key)" 0
	is "$name reads no journal" "$(user "$name" ls /var/lib/assent 2>&1 | grep -c journal)" 0
	is "$name reads no memory of the gate" "$(user "$name" "$ASSENT_TMP/bin/memgrep" "$gate_pid" $key)" refused
	is "$name ends no gate" "$(user "$name" kill -9 "$gate_pid" 2>/dev/null; kill -0 "$gate_pid" && echo there)" there
done

# ---- with an identity ----
GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
user ana bash -c "ASSENT_PASSPHRASE_FD=7 '$assent' operator init 7<<<'correct horse'" >/dev/null 2>&1
is "the operator makes an identity" "$(operator /v1/operators | jq -r '.operators[].name')" ana
is "another program of hers adds no agent" "$(user ana "$assent" agent add eve </dev/null 2>/dev/null; echo $?)" 1
token=$(user ana bash -c "ASSENT_PASSPHRASE_FD=7 '$assent' agent add clerk 7<<<'correct horse'" 2>/dev/null)
like "she does" "$token" '^msk_assent_'
is "the agent's user asks through the gate" "$(user agent curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$GATE_URL/computers")" 200
ok "running it again takes ben in" "$ASSENT_SRC/build-aux/strong-mode" --operator ana --operator ben --upstream "$UPSTREAM" --assent "$assent"
like "who counts now" "$(state_of ben)" '"seq"'
is "and forgets nobody's identity" "$(operator /v1/operators | jq -r '.operators[].name')" ana
user ana "$assent" stop
end_test
