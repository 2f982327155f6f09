#!/bin/bash
# How a gate starts, refuses to start, and ends; and the commands round it.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

assent=$ASSENT_BUILD/assent
start_upstream

# refused NAME PATTERN OPTION...: a gate that does not start says why on one line, with status 4.
refused() {
	local name=$1 pattern=$2 out status
	shift 2
	out=$(timeout 20 "$assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$ASSENT_TMP/r" \
		--socket "$ASSENT_TMP/r.sock" "$@" 2>&1)
	status=$?
	is "refuses: $name" "$status" 4
	like "and says why: $name" "$out" "^assent gate: .*$pattern"
}
echo file >plain
refused "a state folder that cannot be" 'plain/state' --state "$ASSENT_TMP/plain/state"
mkdir locked && chmod 500 locked
[ "$(id -u)" -eq 0 ] || refused "a state folder that is not writable" "state directory $ASSENT_TMP/locked is not writable" --state "$ASSENT_TMP/locked"
(umask 077 && echo msk_assent_0123 >agent.key)
refused "an agent's token as key" token --key-file agent.key
echo msk_open >open.key && chmod 644 open.key
refused "a key that others can read" 'open.key' --key-file open.key
refused "a key file that is not there" 'none.key' --key-file none.key
refused "an address beyond this machine without a name" '--allow-host NAME' --listen 0.0.0.0:0
refused "a name with a port" 'without a port' --allow-host gate.example:80
refused "an address that is none" 'not ADDRESS:PORT' --listen gate.example:0
refused_by_limit() {
	local name=$1 limit=$2 pattern=$3 out
	out=$(timeout 20 bash -c "ulimit $limit; exec \"\$@\"" - "$assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" \
		--state "$ASSENT_TMP/r" --socket "$ASSENT_TMP/r.sock" 2>&1)
	is "refuses: $name" $? 4
	like "and says why: $name" "$out" "^assent gate: .*$pattern"
}
refused_by_limit "too few open files" '-n 20' 'only 20 files may be open'
# Root may start as many as it likes, and a sanitizer cannot start without a thread of its own.
[ "$(id -u)" -eq 0 ] || [ "${ASSENT_KIND:-}" = sanitize ] || refused_by_limit "no threads" '-u 1' 'no 4 threads can be started'
refused "an upstream of another kind" 'https://' --upstream ftp://host
MIOSA_BASE_URL=$UPSTREAM refused "an upstream that was not set" 'neither http' --upstream ''
refused "an upstream with another path" '/api/v1' --upstream http://127.0.0.1:1/other
mkdir foreign && echo "not a journal" >foreign/journal.db
refused "a journal that is none" 'journal.db' --state "$ASSENT_TMP/foreign"
is "which is left as it is" "$(cat foreign/journal.db)" 'not a journal'
port=$((20000 + $$ % 10000))	# below those that the kernel gives to others
for name in http://127.0.0.1 http://localhost https://127.0.0.2 'http://[::1]'; do
	refused "itself as $name" 'this gate itself' --listen 127.0.0.1:$port --upstream "$name:$port"
done
for name in http://127.0.0.2:1 http://api.example http://localhost.example:1/api/v1 'http://[::2]:1'; do
	refused "plain http to $name" 'by https, or by http to 127.0.0.1' --upstream "$name"
done

start_gate
refused "a second gate on one state" 'in use by another gate' --state "$gate_state"
refused "a second gate at one socket" 'answers there already' --socket "$socket"
is "the socket is the operator's alone" "$(stat -c %a "$socket")" 600
is "and so is the state" "$(stat -c %a "$gate_state" "$gate_state/journal.db" "$gate_state/logs" | tr '\n' ' ')" '700 600 700 '

# ---- an orderly end: who waits gets no answer, what is held stays held ----
token=$(add_agent clerk --answer-within none)
ask waits "$token" /sandboxes/s1/exec -X POST -d '{"command":"x"}'
held true
kill -TERM "$gate_pid"
wait "$gate_pid"
is "SIGTERM ends it in order" $? 0
answered waits
is "who waits gets no answer" "$(curl_code_of waits)" 52
is "the socket is gone" "$(ls "$socket" 2>/dev/null)" ''
start_gate
is "what was held is held" "$(actions true | jq -r '"\(.state) \(.version)"')" 'held 1'
ask waits2 "$token" /sandboxes/s1/exec -X POST -d '{"command":"x"}'
ok "the same request joins it" held '.id == 1 and .askers == 1'
person true deny
answered waits2
is "nothing was sent" "$(sent)" 0
kill -INT "$gate_pid"
wait "$gate_pid"
is "SIGINT ends it in order" $? 0

# ---- without a gate ----
like "an agent is added without a gate" "$("$assent" agent add early --state "$gate_state" --socket "$socket" 2>/dev/null)" '^msk_assent_[0-9a-f]{48}$'
like "and listed" "$("$assent" agent list --state "$gate_state" --socket "$socket")" '^early +answer within 25s'
is "and revoked" "$("$assent" agent revoke early --state "$gate_state" --socket "$socket"; "$assent" agent list --state "$gate_state" --socket "$socket" |
	grep -c early)" 0
is "only the hash of a token is kept" "$(cat "$gate_state"/* 2>/dev/null | grep -ac "$token")" 0
is "status says that none runs" "$("$assent" status --socket "$socket" >/dev/null 2>&1; echo $?)" 3

# ---- in the background ----
MIOSA_API_KEY=msk_from_env "$assent" gate --listen 127.0.0.1:0 --upstream "$UPSTREAM" --state "$gate_state" --socket "$socket" 2>warning
is "a gate in the background: the command ends when it serves" "$? $(operator /v1/state -f | jq -r .gate.listen | grep -c '127.0.0.1:')" '0 1'
like "a key from the environment is warned of" "$(cat warning)" 'API key comes from the environment'
background=$(operator /v1/state | jq .gate.pid)
children=("$background" "${children[@]}")
is "and wiped there" "$(tr '\0' '\n' <"/proc/$background/environ" 2>/dev/null | grep -c msk_from_env)" 0
ok "its log is in the state folder" grep -q 'agents ask at' "$gate_state/gate.log"
ok "stop ends it" "$assent" stop --socket "$socket"
ok "wholly" wait_until 10 eval "! kill -0 $background"
is "a second stop has nobody to ask" "$("$assent" stop --socket "$socket" 2>/dev/null; echo $?)" 3
is "in the background it tells why it does not start, too" \
	"$("$assent" gate --listen 127.0.0.1:0 --key-file none.key --state "$gate_state" --socket "$socket" 2>&1 | grep -c none.key; echo "${PIPESTATUS[0]}")" '1
4'

# ---- descriptors that are closed ----
mkdir -p "$up/reads"
echo '{"data":[{"id":"s1","name":"one","status":"running"}]}' >"$up/reads/sandboxes"
"$assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$ASSENT_TMP/closed" --socket "$ASSENT_TMP/closed.sock" <&- >&- 2>&- &
closed=$!
children=("$closed" "${children[@]}")
has_session() { curl -fsS --unix-socket "$ASSENT_TMP/closed.sock" http://gate/v1/state | jq -e '.sessions | length == 1'; }
ok "a gate starts without input and output" wait_until 20 has_session
# Whose program never holds a key may be looked at by whoever started it; they all begin in the same way.
nowhere() { [ "$(readlink /proc/"$1"/fd/{0,1,2} | sort -u)" = /dev/null ]; }
"$assent" tail s1 --socket "$ASSENT_TMP/closed.sock" <&- >&- 2>&- &
children=("$!" "${children[@]}")
ok "no file of assent's gets the number of one" wait_until 20 nowhere $!
kill "$closed" && wait "$closed" 2>/dev/null
"$ASSENT_BUILD/assent-local" --listen 127.0.0.1:0 --port-file closed.port --state "$ASSENT_TMP/closed-local" --sandboxes 0 <&- >&- 2>&- &
children=("$!" "${children[@]}")
ok "nor of assent-local's" wait_until 20 nowhere $!

# ---- words ----
is "the version" "$("$assent" --version)" "assent $("$assent" --version | cut -d' ' -f2)"
like "help lists the commands" "$("$assent" --help)" 'agent +add NAME'
is "an unknown command is no guess" "$("$assent" stats 2>&1; echo $?)" 'assent: unknown command "stats" (did you mean "status"?); see assent --help
2'
is "nor one that is like none" "$("$assent" frobnicate 2>&1; echo $?)" 'assent: unknown command "frobnicate"; see assent --help
2'
for words in "gate extra" "agent" "agent add" "agent add a b" "status extra" "gate --nonsense" "agent add x --answer-within soon"; do
	# shellcheck disable=SC2086
	is "usage: assent $words" "$("$assent" $words >/dev/null 2>&1; echo $?)" 2
done
is "a name that is none" "$("$assent" agent add 'a b' --state "$gate_state" --socket "$socket" >/dev/null 2>&1; echo $?)" 1
end_test
