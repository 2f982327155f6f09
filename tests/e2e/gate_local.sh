#!/bin/bash
# The gate before the real substrate, assent-local: reads and streams pass, actions wait, and what happens on a computer and in a
# sandbox is told to the operator.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_local --computers 1 --sandboxes 1
start_gate
token=$(add_agent clerk --answer-within 20s)
computer='' sandbox=''
find_both() { computer=$(session_id computers desk-1) && sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_both || { local_api /computers; local_api /sandboxes; report 1 "the substrate has a computer and a sandbox"; end_test; }
session() { operator /v1/state | jq -c ".sessions[] | select(.id == \"$1\")"; }
is_session_live() { session "$1" | jq -e .live; }

ok "the computer is a session" wait_until 15 is_session_live "$computer"
ok "the sandbox too" wait_until 15 is_session_live "$sandbox"
is "the computer as the substrate has it" "$(session "$computer" | jq -r '"\(.kind) \(.name) \(.width)x\(.height)"')" 'computer desk-1 1280x800'
like "its isolation is told" "$(session "$sandbox" | jq -r .isolation)" '^(namespaces|landlock)$'

is "a screenshot passes at once" "$(call "$token" "/computers/$computer/desktop/screenshot" -o shot.png -w '%{http_code} %{content_type}')" '200 image/png'
is "and is a picture" "$(head -c 8 shot.png | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a
operator "/api/v1/computers/$computer/desktop/screenshot" -o shot2.png
is "the operator has it through the gate too" "$(head -c 4 shot2.png | tail -c 3)" PNG
is "but no action" "$(operator "/api/v1/computers/$computer/desktop/click" -X POST -d '{"x":1,"y":1}' -o /dev/null -w '%{http_code}')" 405

# ---- a click ----
cursor() { call "$token" "/computers/$computer/desktop/cursor" | jq -c '[.x, .y]'; }
before=$(cursor)
ask click "$token" "/computers/$computer/desktop/click" -X POST -H 'Content-Type: application/json' -d '{"x":321,"y":234}'
ok "a click is held" held '.x == 321 and .y == 234 and .session_name == "desk-1"'
sleep 0.5
is "the pointer has not moved" "$(cursor)" "$before"
is "the session is the agent's" "$(session "$computer" | jq -r .agent)" clerk
person '.x == 321' approve
answered click
is "approved, it is done" "$(status_of click)" 200
is "really" "$(cursor)" '[321,234]'
told() { operator "/v1/sessions/$1/log?from=-100&n=100" | jq -r '.lines[] | "\(.stream) \(.text)"' | grep -E -- "$2"; }
ok "the operator's log tells" wait_until 10 told "$computer" '^event desktop_action kind=click x=321 y=234'
ok "and that the screen changed" test "$(session "$computer" | jq .screen_seq)" -ge 1

# ---- a command ----
ask exec "$token" "/sandboxes/$sandbox/exec" -X POST -H 'Content-Type: application/json' -d '{"command":"echo hello; echo oops >&2; exit 3"}'
ok "a command is held" held '.text == "echo hello; echo oops >&2; exit 3"'
person '.kind == "exec"' approve
answered exec
is "approved, its answer is the sandbox's" "$(status_of exec) $(jq -c '(.data // .) | .exit_code' exec.body)" '200 3'
ok "its output is in the log" wait_until 10 told "$sandbox" '^out hello'
ok "and its errors" wait_until 10 told "$sandbox" '^err oops'
lines=$(session "$sandbox" | jq .log_lines)
is "a line by its number" "$(operator "/v1/sessions/$sandbox/log?from=0&n=1" | jq -c '[.from, (.lines | length), .total >= 2]')" '[0,1,true]'
ask file "$token" "/sandboxes/$sandbox/files/write" -X POST -H 'Content-Type: application/json' -d '{"path":"/workspace/a.txt","content":"x"}'
if held '.path | endswith("files/write")'; then
	person '.path | endswith("files/write")' deny 'Not now.'
	answered file
	is "denied, it is not" "$(status_of file) $(jq -r .error.message file.body)" '403 Not now.'
else
	report 1 "writing a file is held"
fi

# ---- streams ----
call "$token" "/computers/$computer/events" -N --max-time 60 >events 2>/dev/null &
reader=$!
wait_until 10 grep -q '^: connected' events
ask move "$token" "/computers/$computer/desktop/click" -X POST -H 'Content-Type: application/json' -d '{"x":300,"y":300}'
held '.x == 300'
person '.x == 300' approve
answered move
wait_until 10 grep -q '^event: desktop_action' events
kill "$reader"
wait "$reader" 2>/dev/null
like "an agent's event stream passes" "$(cat events)" '^event: desktop_action'
last=$(sed -n "s/^id: *//p" events | tail -n 1)
ask move2 "$token" "/computers/$computer/desktop/click" -X POST -H "Content-Type: application/json" -d "{\"x\":310,\"y\":300}"
held ".x == 310"
person ".x == 310" approve
answered move2
call "$token" "/computers/$computer/events" -N --max-time 60 -H "Last-Event-ID: $last" >events2 2>/dev/null &
reader=$!
wait_until 10 grep -q '"x":310' events2
kill "$reader"
wait "$reader" 2>/dev/null
like "with the agent's own Last-Event-ID it goes on" "$(cat events2)" "\"x\":310"
is "and nothing comes again" "$(grep -c "\"x\":300" events2)" 0
ask stream "$token" "/sandboxes/$sandbox/exec/stream" -X POST -N -H 'Content-Type: application/json' -d '{"command":"echo one; sleep 1; echo two"}'
held '.path | endswith("exec/stream")'
person '.path | endswith("exec/stream")' approve
ok "a streamed answer comes as it comes" wait_until 10 grep -q one stream.body
is "before its end" "$(grep -c two stream.body)" 0
answered stream
like "and to its end" "$(cat stream.body)" two

# ---- the substrate goes ----
kill -9 "$local_pid"
wait "$local_pid" 2>/dev/null
not_live() { ! is_session_live "$1"; }
ok "a session whose stream broke is not live" wait_until 10 not_live "$computer"
ok "and since when" test "$(session "$computer" | jq .not_live_since_wall_ms)" -gt 0
ok "nor is the gate's upstream" wait_until 10 eval '[ "$(operator /v1/state | jq .gate.live)" = false ]'
end_test
