#!/bin/bash
# What a person's inputs have pressed and not let go when the gate is killed: the next one lets it go, once, by what stands in the record; of a key that types
# no name stands there. Before the recording upstream.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

port=$((20000 + $$ % 10000))	# below those that the kernel gives to others: it is taken twice
start_upstream $port
mkdir -p "$up/reads"
echo '{"data":[{"id":"c1","name":"desk","status":"active","width":1280,"height":800}]}' >"$up/reads/computers"
start_gate
post() { operator "$1" -X POST -d "$2"; }
take() {
	wait_until 20 eval 'operator /v1/state | jq -e ".sessions[] | select(.id == \"c1\")"' >/dev/null
	lease=$(post /v1/takeover/c1 '{"by":"ana","attached":true}' | jq -r .lease)
	curl -sS -N --max-time 60 --unix-socket "$socket" "http://gate/v1/takeover/c1/attached?lease=$lease" >/dev/null 2>&1 &
	children=("$!" "${children[@]}")
}
hand() { post /v1/input/c1 "{\"lease\":\"$lease\",\"do\":\"$1\",\"body\":$2}" 2>/dev/null; }
ups() { sed -n 's|^POST /api/v1/computers/c1/desktop/\([a-z]*-up .*\)|\1|p' "$up/requests" | sort | paste -sd' '; }
count() { [ "$(grep -cE '/desktop/(key|mouse)-up ' "$up/requests")" -ge "$1" ]; }
killed() { { kill -9 "$gate_pid"; wait "$gate_pid"; } 2>/dev/null; }

take
hand key-down '{"key":"ctrl"}' >/dev/null
hand key-down '{"key":"Shift_L"}' >/dev/null
hand key-up '{"key":"Shift_L"}' >/dev/null
hand key-down '{"key":"w"}' >/dev/null
is "what is held is pressed" "$(hand mouse-down '{"x":7,"y":8,"button":"right"}' | jq -r .state)" 'done'
killed
is "a killed gate lets nothing go" "$(ups)" 'key-up {"key":"Shift_L"}'
start_gate
ok "the next one does" wait_until 20 count 3
is "what was still pressed, but for a key that types" "$(ups)" 'key-up {"key":"Shift_L"} key-up {"key":"ctrl"} mouse-up {"x":7,"y":8,"button":"right"}'
is "whose name is not on the disk" "$(grep -c '"w"' "$gate_state"/journal.db* | grep -cv ':0')" 0
# Once: what was answered is over. What may have arrived is not: a press without an answer, and a letting go without one.
killed
is "in the name of who pressed it, with the reason" "$(sqlite3 "$gate_state/journal.db" "SELECT DISTINCT who || ', ' || detail FROM moves WHERE detail LIKE 'let go%'")" \
	'person:ana, let go: it was still held when the gate before ended'
FAILPOINT=FP12:kill start_gate
take
is "nothing is let go a second time" "$(ups | wc -w)" 6
hand key-down '{"key":"alt"}' >/dev/null
wait "$gate_pid" 2>/dev/null
FAILPOINT=FP12:kill start gate "$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$gate_state" --socket "$socket"
gate_pid=$started	# it dies at once
ok "a press of which no answer came is let go" wait_until 20 count 4
wait "$gate_pid" 2>/dev/null
start_gate
ok "and again where none came to that either" wait_until 20 count 5
is "each by its name" "$(ups)" 'key-up {"key":"Shift_L"} key-up {"key":"alt"} key-up {"key":"alt"} key-up {"key":"ctrl"} mouse-up {"x":7,"y":8,"button":"right"}'

# A computer that cannot be reached at the start.
take
hand key-down '{"key":"Super_L"}' >/dev/null
killed
kill "$upstream_pid"
wait "$upstream_pid" 2>/dev/null
start_gate
tried() { actions '.state == "not_sent" and (.path | endswith("/key-up"))' | grep -q .; }
ok "what does not arrive there" wait_until 20 tried
start_upstream $port
ok "is let go once it can be" wait_until 20 count 6
is "and nothing else" "$(ups)" 'key-up {"key":"Shift_L"} key-up {"key":"Super_L"} key-up {"key":"alt"} key-up {"key":"alt"} key-up {"key":"ctrl"} mouse-up {"x":7,"y":8,"button":"right"}'
end_test
