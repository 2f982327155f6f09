#!/bin/bash
# The API key is never seen: not in arguments, environments, the record, logs, answers or the dashboard, whatever happens; nor in a core file.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
key=msk_u_c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1
mkdir -m 700 "$ASSENT_TMP/run"

start_upstream
rm "$KEY_FILE"
# From the environment, the worst way: another program of the user's may have seen it, but nobody does from here on.
start gate env MIOSA_API_KEY=$key "$assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --state "$gate_state" --socket "$socket"
gate_pid=$started
wait_until 20 operator /v1/state -f || { report 1 "the gate starts"; end_test; }
GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
like "a key from the environment is warned of" "$(cat gate.log)" 'use --key-file'
token=$(add_agent clerk --answer-within none)

# ---- whatever happens ----
act() {
	local name=$1 mode=$2
	echo "$mode" >"$up/mode"
	ask "$name" "$token" "/sandboxes/$name/exec" -X POST -d '{"command":"x"}'
	wait_until 10 held ".path == \"/api/v1/sandboxes/$name/exec\""
	person ".path == \"/api/v1/sandboxes/$name/exec\"" "${3:-approve}"
	answered "$name"
}
call "$token" /computers -o read.body
act done 'answer 200 {"ok":true}'
act denied 'answer 200 {}' deny
act dropped drop
act cut half
# Before anybody else says the key: what the gate itself makes of it. Only root may look; AddressSanitizer keeps a copy of the environment for itself.
looks=$([ "$(id -u)" -eq 0 ] && [ "${ASSENT_KIND:-}" != sanitize ] && echo yes)
[ -z "$looks" ] || is "once in the gate's memory: no copy stays behind a request" "$("$ASSENT_BUILD/tests/e2e/memgrep" "$gate_pid" "$key")" 1
act echoed "answer 500 {\"your_key\":\"$key\",\"again\":\"$key$key\"}"
act told "answer 200 {\"your_key\":\"$key\"}"
rm "$up/mode"
is "the upstream got the key" "$(grep -c "Bearer $key" "$up/heads" | sed 's/^[1-9].*/yes/')" yes
raw 'POST /api/v1/computers HTTP/1.1' "Authorization: Bearer $key" 'Content-Length: 2' >raw.body
like "the key is no agent's token" "$(call "$key" /computers)" invalid_token

# ---- where it could stand ----
tmux -L "key$$" -f /dev/null new-session -d -x 120 -y 35 "exec env XDG_RUNTIME_DIR=$ASSENT_TMP/run MIOSA_API_KEY=$key '$assent' --socket '$socket'" 2>/dev/null
ok "a dashboard is open" wait_until 15 eval "tmux -L key$$ capture-pane -p | grep -q 'done'"
dashboard_pid=$(tmux -L "key$$" list-panes -F '#{pane_pid}')
for _ in 1 2 3; do tmux -L "key$$" send-keys n Enter; sleep 0.3; done
tmux -L "key$$" capture-pane -p >screen.txt
is "0 hits on the dashboard's screen" "$(grep -c "$key" screen.txt)" 0
for pid in "$gate_pid" "$dashboard_pid"; do
	name=$([ "$pid" = "$gate_pid" ] && echo gate || echo dashboard)
	is "0 hits in the arguments of the $name" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | grep -c "$key")" 0
	# Of a process that is not dumpable only root reads the rest; to be refused is as good.
	is "0 hits in the environment of the $name" "$( (cat "/proc/$pid/environ" 2>/dev/null || true) | tr '\0' '\n' | grep -c "$key")" 0
done
[ -z "$looks" ] || like "0 hits in the dashboard's memory" "$("$ASSENT_BUILD/tests/e2e/memgrep" "$dashboard_pid" "$key")" '^0$'
if [ "$(id -u)" -ne 0 ]; then
	is "the dashboard's memory is not for others of its own user" "$("$ASSENT_BUILD/tests/e2e/memgrep" "$dashboard_pid" "$key")" refused
	is "nor is the gate's" "$("$ASSENT_BUILD/tests/e2e/memgrep" "$gate_pid" "$key")" refused
fi
is "0 hits in the journal, its log, and the logs of sessions" "$(grep -rac "$key" "$gate_state" | grep -vc ':0$')" 0
is "0 hits in the gate's log" "$(grep -c "$key" gate.log)" 0
is "0 hits in answers to agents" "$(cat ./*.body ./*.head | grep -c "$key")" 0
is "0 hits in the operator's state" "$(operator /v1/state | grep -c "$key")" 0
is "0 hits in a read of the operator's" "$(operator /api/v1/computers | grep -c "$key")" 0
is "the gate may write no core file" "$(sed -n 's/^Max core file size *//p' "/proc/$gate_pid/limits" 2>/dev/null | tr -s ' ')" '0 0 bytes '
kill -ABRT "$gate_pid"
wait "$gate_pid" 2>/dev/null
is "and does not when it is killed" "$(find "$ASSENT_TMP" -name 'core*' | wc -l)" 0
tmux -L "key$$" kill-server

# ---- from a descriptor ----
start gate bash -c 'exec "$@" 5< <(printf %s '"$key"')' - "$assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --state "$gate_state" --socket "$socket" --key-fd 5
gate_pid=$started
ok "a gate takes the key from a descriptor" wait_until 20 operator /v1/state -f
GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
: >"$up/heads"
call "$token" /computers -o /dev/null
is "and uses it" "$(grep -c "Bearer $key" "$up/heads" | sed 's/^[1-9].*/yes/')" yes
"$assent" stop --socket "$socket"
wait "$gate_pid" 2>/dev/null
# In the background: the key is read in the process that stays.
(umask 077 && echo $key >"$KEY_FILE")
ok "a gate in the background has it too" "$assent" gate --listen 127.0.0.1:0 --upstream "$UPSTREAM" --state "$gate_state" --socket "$socket" --key-file "$KEY_FILE"
GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
: >"$up/heads"
call "$token" /computers -o /dev/null
is "and uses it in the background" "$(grep -c "Bearer $key" "$up/heads" | sed 's/^[1-9].*/yes/')" yes
"$assent" stop --socket "$socket"
end_test
