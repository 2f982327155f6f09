#!/bin/bash
# Where agents ask: names beyond this machine, the socket of this machine, and how much room each agent has.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
start_gate --listen 0.0.0.0:0 --allow-host gate.example --allow-host other.example
token=$(add_agent clerk --answer-within none)
other=$(add_agent other --answer-within none)
port=$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")
is "the first name is what agents are told" "$GATE_URL" "http://gate.example:$port/api/v1"
GATE_URL=http://127.0.0.1:$port/api/v1

# ---- names ----
by_name() { call "$token" /computers -o /dev/null -w '%{http_code}' -H "Host: $1"; }
for name in gate.example gate.example:80 GATE.example other.example "127.0.0.1:$port" "localhost:$port"; do
	is "it answers to $name" "$(by_name "$name")" 200
done
for name in evil.example gate.example.evil.example xgate.example gate.example: gate.example:x 127.0.0.1 "0.0.0.0:$port"; do
	is "and not to $name" "$(by_name "$name")" 400
done

# ---- agent.sock ----
sock=$ASSENT_TMP/agent.sock
uid=$(id -u)
local_call() { curl -sS --max-time 20 --unix-socket "$sock" "$@"; }
is "the socket is this user's alone" "$(stat -c %a "$sock") $(operator /v1/state | jq -r .gate.agent_socket)" "600 $sock"
is "it takes a token" "$(local_call -H "Authorization: Bearer $token" -o /dev/null -w '%{http_code}' http://gate/api/v1/computers)" 200
is "and no wrong one" "$(local_call -H 'Authorization: Bearer msk_assent_0' -o /dev/null -w '%{http_code}' http://gate/api/v1/computers)" 401
is "without one the uid says who asks" "$(local_call -o /dev/null -w '%{http_code}' http://gate/api/v1/computers)" 200
is "as an agent of its own" "$(operator /v1/state | jq -r '.agents[].name' | sort | tr '\n' ' ')" "clerk other uid-$uid "
is "it has no call that decides" "$(local_call -o /dev/null -w '%{http_code}' -X POST http://gate/v1/actions/1/decision)" 404
is "nor the state" "$(local_call -o /dev/null -w '%{http_code}' http://gate/v1/state)" 404
is "pages have no business there either" "$(local_call -o /dev/null -w '%{http_code}' -H 'Origin: http://gate' http://gate/api/v1/computers)" 400
mkdir work
(cd work && exec curl -sS --max-time 60 -o ../local.body --unix-socket "$sock" -X POST -d '{"command":"ls"}' http://gate/api/v1/sandboxes/s1/exec) &
children=("$!" "${children[@]}")
program=$!
ok "an action is held there too" held ".agent == \"uid-$uid\" and .session == \"s1\""
is "with the program that asks, as the kernel says" "$(actions '.session == "s1"' | jq -r .origin)" \
	"uid $uid, pid $program (curl) in $ASSENT_TMP/work, started by pid $$ ($(cat /proc/$$/comm))"
ask tcp "$token" /sandboxes/s2/exec -X POST -d '{"command":"ls"}'
held '.session == "s2"'
is "by TCP nobody knows" "$(actions '.session == "s2"' | jq -r .origin)" null
kill "$program"
ok "a program that ends is seen at once" wait_until 20 eval "actions '.session == \"s1\" and .away_since_boot_ms != null' | grep -q ."
person '.session == "s2"' deny
answered tcp
"$ASSENT_BUILD/assent" agent revoke "uid-$uid" --socket "$socket" >/dev/null
is "one that a person revoked does not come back by asking" "$(local_call -o /dev/null -w '%{http_code}' http://gate/api/v1/computers)" 401
kill -TERM "$gate_pid"
wait "$gate_pid"
is "the sockets are gone with the gate" "$(ls "$ASSENT_TMP"/*.sock 2>/dev/null)" ''
start_gate
port=$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")
is "nor after a restart" "$(local_call -o /dev/null -w '%{http_code}' http://gate/api/v1/computers)" 401
is "what it asked has kept its origin" "$(operator /v1/state | jq -r '.actions[] | select(.session == "s1") | .origin | split(",")[0]')" "uid $uid"

# ---- room ----
fds=()
for ((i = 0; i < 128; i++)); do
	exec {fd}<>"/dev/tcp/127.0.0.1/$port"
	printf 'GET /api/v1/computers HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer %s\r\n\r\n' "$port" "$token" >&"$fd"
	fds+=("$fd")
done
wait_until 20 eval 'grep -c "GET /api/v1/computers" "$up/heads" | { read -r n; [ "$n" -ge 128 ]; }'
is "an agent has 128 connections and no more" "$(call "$token" /computers -o /dev/null -w '%{http_code}')" 403
is "another agent has its own" "$(call "$other" /computers -o /dev/null -w '%{http_code}')" 200
ok "and so has the operator" operator /v1/state -f
for fd in "${fds[@]}"; do exec {fd}>&-; done
is "when they are closed there is room again" "$(call "$token" /computers -o /dev/null -w '%{http_code}')" 200

# An asker that does not read a streamed answer, which is read to its end all the same: it costs no memory.
echo 'flood 64' >"$up/mode"
exec {fd}<>"/dev/tcp/127.0.0.1/$port"
printf 'POST /api/v1/sandboxes/s8/exec/stream HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer %s\r\nContent-Length: 2\r\n\r\n{}' "$port" "$token" >&"$fd"
held '.session == "s8"'
before=$(awk '/^VmRSS/ { print $2 }' "/proc/$gate_pid/status")
person '.session == "s8"' approve
ok "a stream that its asker does not read comes to its end" wait_until 20 test -s "$up/flooded"
after=$(awk '/^VmHWM/ { print $2 }' "/proc/$gate_pid/status")
[ "$ASSENT_KIND" = sanitize ] || ok "and does not fill the memory ($(((after - before) / 1024)) MiB)" test $((after - before)) -lt $((32 * 1024))
ok "the asker is given up" grep -q 'does not read its answer' "$ASSENT_TMP/gate.log"
exec {fd}>&-
rm "$up/mode"
kill -TERM "$gate_pid"
wait "$gate_pid"

# A gate with few descriptors: strangers who say nothing keep nobody out.
started=$(ulimit -Hn)
start few bash -c 'ulimit -n 160; exec "$@"' - "$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" \
	--state "$gate_state" --socket "$socket"
gate_pid=$started
wait_until 20 operator /v1/state -f
GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
port=$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")
fds=()
for ((i = 0; i < 100; i++)); do
	exec {fd}<>"/dev/tcp/127.0.0.1/$port"
	fds+=("$fd")
done
is "an agent is served past a hundred silent ones" "$(call "$token" /computers -o /dev/null -w '%{http_code}')" 200
ok "and the operator" operator /v1/state -f
ask full "$token" /sandboxes/s9/exec -X POST -d '{"command":"ls"}'
ok "its action is held" held '.session == "s9"'
for fd in "${fds[@]}"; do exec {fd}>&-; done
fds=()
for ((i = 0; i < 100; i++)); do
	exec {fd}<>"/dev/tcp/127.0.0.1/$port"
	fds+=("$fd")
done
is "who waits for an answer is not closed for strangers" "$(actions '.session == "s9"' | jq .askers)" 1
for fd in "${fds[@]}"; do exec {fd}>&-; done
person '.session == "s9"' deny
answered full
is "and gets it" "$(status_of full)" 403
end_test
