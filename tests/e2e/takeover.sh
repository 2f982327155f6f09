#!/bin/bash
# A person has control of a computer and works on it by hand: a lease that ends with its dashboard, inputs in order, sent once and recorded without what was
# typed, a note for the agent. Before the recording upstream.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
mkdir -p "$up/reads"
echo '{"data":[{"id":"c1","name":"desk","status":"active","width":1280,"height":800},{"id":"c2","name":"other","status":"active","width":1280,"height":800}]}' >"$up/reads/computers"
echo '{"data":[{"id":"s1","name":"build","status":"running"}]}' >"$up/reads/sandboxes"
start_gate
token=$(add_agent clerk --answer-within none)
json=(-X POST -H 'Content-Type: application/json')
session() { operator /v1/state | jq -c ".sessions[] | select(.id == \"${1:-c1}\")"; }
is_there() { session | grep -q .; }
wait_until 15 is_there || { report 1 "the computer is known"; end_test; }
code() { jq -r '.error.code? // "ok"'; }
post() { operator "$1" -X POST -d "$2"; }
taken() { [ "$(session | jq -r '.takeover.by')" = "$1" ]; }
handed_back() { [ "$(session | jq .takeover)" = null ]; }
# take BY: sets lease, and attaches a stream; stream: its process.
take() {
	lease=$(post /v1/takeover/c1 "{\"by\":\"$1\",\"attached\":true}" | jq -r .lease)
	: >stream
	curl -sS -N --max-time 60 --unix-socket "$socket" "http://gate/v1/takeover/c1/attached?lease=$lease" >stream 2>/dev/null &
	stream=$!
	children=("$stream" "${children[@]}")
	wait_until 10 grep -q attached stream
}
hand() { post "/v1/input/${3:-c1}" "{\"lease\":\"$lease\",\"do\":\"$1\",\"body\":$2}"; }
control_rows() { sqlite3 "file:$gate_state/journal.db?mode=ro" "$1"; }
desktop() { sed -n 's|^POST /api/v1/computers/c1/desktop/||p' "$up/requests" 2>/dev/null; }

operator /v1/events -N --max-time 100 >events 2>/dev/null &
children=("$!" "${children[@]}")
answer=$(post /v1/takeover/c1 '{"by":"ana","attached":true}')
is "taking control attached gives a lease" "$(jq -r '[(.lease | test("^[0-9a-f]{32}$")), .idle_ms, .session.takeover.by, .session.takeover.attached] | @csv' <<<"$answer")" 'true,300000,"ana",true'
is "another person's is told" "$(post /v1/takeover/c1 '{"by":"ben","attached":true}' | code)" takeover_active
is "a wrong lease has no stream" "$(operator '/v1/takeover/c1/attached?lease=00000000000000000000000000000000' | code) $(operator /v1/takeover/c1/attached | code)" 'no_lease no_lease'
old=$(jq -r .lease <<<"$answer")
take ana
is "the same person's new lease ends the old one" "$(post /v1/input/c1 "{\"lease\":\"$old\",\"do\":\"move\",\"body\":{\"x\":1,\"y\":1}}" | code)" no_lease
is "an agent's action and read are refused" "$(call "$token" /computers/c1/desktop/click "${json[@]}" -d '{"x":1,"y":1}' | code) $(call "$token" /computers/c1/desktop/screenshot | code)" 'takeover_active takeover_active'
is "nothing was sent for it" "$(sent)" 0

answer=$(hand click '{"x":812,"y":447}')
is "a click by hand is done" "$(jq -c 'del(.action)' <<<"$answer")" '{"state":"done","status":200,"body":"{\"ok\":true}","error":""}'
is "as the substrate wants it" "$(desktop)" 'click {"x":812,"y":447}'
is "it is the person's own action" "$(operator "/v1/actions/$(jq .action <<<"$answer")" | jq -r '.action | "\(.agent)|\(.decided_by)|\(.plain)"')" '|ana|Left click at 812,447 on computer desk (c1).'
is "what is typed is sent" "$(hand type '{"text":"Grüße, hunter2!"}' | jq -r .state) $(desktop | tail -n 1)" 'done type {"text":"Grüße, hunter2!"}'
operator /v1/freeze -X POST -d '{}' >/dev/null
is "in a freeze nothing is" "$(hand move '{"x":1,"y":1}' | code) $(desktop | wc -l)" 'gate_frozen 2'
operator /v1/unfreeze -X POST -d '{}' >/dev/null
kill -9 "$stream"
ok "when the dashboard is killed, control ends" wait_until 10 handed_back
is "and its lease is none" "$(hand move '{"x":1,"y":1}' | code)" no_lease
is "an agent goes on" "$(call "$token" /computers/c1/desktop/screenshot -o /dev/null -w '%{http_code}')" 200
end_test
