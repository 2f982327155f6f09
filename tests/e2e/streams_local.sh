#!/bin/bash
# The gate over assent-local: what a session is at, and no line lost or doubled: when streams break, repeat and give events in the wrong order, when
# assent-local is killed in the middle and started again, and when the gate is.
. "$ASSENT_SRC/tests/e2e/lib.sh"

session() { operator /v1/state | jq -c --arg id "$sid" ".sessions[] | select(.id == \$id) | $1"; }
has() { [ "$(session "$1")" = "$2" ]; }
# What the gate has of the commands' output, and what the substrate has.
lines() {
	local from total
	total=$(operator "/v1/sessions/$sid/log?from=-1&n=1" | jq .total)
	for ((from = 0; from < total; from += 1000)); do
		operator "/v1/sessions/$sid/log?from=$from&n=1000" | jq -r ".lines[] | select($1) | .text"
	done
}
printed() { lines '.stream == "out"' | grep "^$1 "; }
truth() { local_api "/sandboxes/$sid/logs?lines=100000" | grep "^$1 "; }
print() { local_api "/sandboxes/$sid/exec" -X POST -d "{\"command\":\"i=0; while [ \$i -lt $2 ]; do i=\$((i + 1)); echo $1 \$i; sleep $3; done\"}" >/dev/null 2>&1 & }
again() {
	local port=${LOCAL_URL#http://127.0.0.1:}
	rm -f "$ASSENT_TMP/local.port"
	start local "$ASSENT_BUILD/assent-local" --listen "127.0.0.1:${port%%/*}" --port-file "$ASSENT_TMP/local.port" --state "$local_state" --apps "$ASSENT_BUILD/examples" "$@"
	local_pid=$started
	wait_until 30 test -s "$ASSENT_TMP/local.port"
}
# Both in the order of their numbers: events may come in another.
same() { [ "$(printed "$1" | sort -k2n | cksum)" = "$(truth "$1" | sort -k2n | cksum)" ] && [ "$(truth "$1" | wc -l)" -ge "$2" ]; }

start_local --sandboxes 1 --computers 0 --fault drop-every=12000,dup-ids,reorder
start_gate
sid=$(session_id sandboxes build-1)
ok "a sandbox is live" wait_until 10 has .live true

# ---- streams that break off every 12,000 bytes, tell all twice and in the wrong order ----
print fault 150 0.01
ok "a command runs" wait_until 10 eval '[ "$(session .doing.exec)" != null ]'
wait $!
ok "all it printed is there, each line once" wait_until 60 same fault 150
ok "and it is over" wait_until 20 has .doing null
ok "streams broke off" wait_until 20 eval '[ "$(session "[.streams[].gaps] | add")" -gt 0 ]'
# They go on breaking off, so one may come between the two readings.
ok "each time the log says so" wait_until 20 eval '[ "$(lines ".stream == \"gap\"" | wc -l)" = "$(session "[.streams[].gaps] | add")" ]'
kill "$local_pid"
wait "$local_pid" 2>/dev/null
again
ok "without faults it is live again" wait_until 60 has .live true

# ---- killed in the middle, and started again ----
before=$(lines '.stream == "gap"' | wc -l)
print killed 100000 0.005
ok "a command prints" wait_until 20 eval '[ "$(printed killed | wc -l)" -gt 50 ]'
kill -9 "$local_pid"
wait "$local_pid" 2>/dev/null
ok "that it is not live is shown" wait_until 10 has .live false
ok "and why" wait_until 10 eval 'session ".streams[] | select(.name == \"events\") | .why" | grep -q .'
again
ok "it recovers by itself" wait_until 60 has .live true
ok "the gap is in the log" wait_until 10 eval '[ "$(lines ".stream == \"gap\"" | tail -n 1 | grep -cE "^(events|logs): not live from [0-9:]{8} to [0-9:]{8}; what is not repeated may be missing$")" = 1 ]'
ok "as a line more" test "$(lines '.stream == "gap"' | wc -l)" -gt "$before"
ok "what it had told is there, each line once" wait_until 30 same killed 50
ok "what ran does not seem to run" wait_until 10 has .doing null
print after 20 0
ok "what runs now is seen" wait_until 20 same after 20

# ---- what else a session is at ----
local_api "/sandboxes/$sid/processes" -X POST -d '{"command":"for i in 1 2 3 4 5; do echo process $i; sleep 0.2; done; sleep 60"}' >/dev/null
ok "a process of the sandbox is what it does" wait_until 10 eval 'session .doing.what | grep -q "echo process"'
ok "what it prints is there, once" wait_until 10 same process 5
local_api "/sandboxes/$sid/previews" -X POST -d '{"port":3000}' >/dev/null
ok "a preview is shown with its address" wait_until 10 eval 'session ".previews[0] | .port, .url" | grep -q http'
local_api "/sandboxes/$sid/pause" -X POST -d '{}' >/dev/null
ok "paused, its streams rest" wait_until 10 has '[.state, .live, ([.streams[].state] | unique)]' '["paused",false,["down"]]'
local_api "/sandboxes/$sid/resume" -X POST -d '{}' >/dev/null
ok "resumed, they are live" wait_until 10 has '[.state, .live]' '["running",true]'

# ---- the gate is killed ----
print gate 400 0.005
ok "a command prints again" wait_until 20 eval '[ "$(printed gate | wc -l)" -gt 50 ]'
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
ok "the gate that comes next has it all, each line once" wait_until 30 same gate 400
ok "of all before too" same killed 50
ok "and says that it was not there" eval 'lines ".stream == \"gap\"" | grep -q "^events: not live before [0-9:]*, while the gate did not run"'
end_test
