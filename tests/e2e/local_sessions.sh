#!/bin/bash
# assent-local's sessions on a computer: lists of steps that are really carried out, with their events, counts, pauses and ends.
. "$ASSENT_SRC/tests/e2e/lib.sh"

status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
runs() { [ "$(api GET "/computers/$id" | jq -r .status)" = running ]; }
out() { api POST "/computers/$id/exec" "$(jq -cn --arg c "cd; $1" '{command: $c}')" | jq -r .output; }
# new GOAL [MORE-JSON]: prints the session's id.
new() { api POST "/computers/$id/cua/sessions" "$(jq -cn --arg g "$1" --argjson m "${2:-null}" '{goal: $g} + ($m // {})')" | jq -r .data.id; }
show() { api GET "/computers/$id/cua/sessions/$1" | jq -c .data; }
is_now() { [ "$(show "$1" | jq -r .status)" = "$2" ]; }
# types SESSION: of its events so far.
types() { api GET "/computers/$id/cua/sessions/$1/events" | jq -r '.data[].type' | xargs; }

start_local --computers 1 --size 640x480
wait_until 20 session_id computers desk-1
id=$(session_id computers desk-1)
ok "a computer runs" wait_until 20 runs
for stream in /events/stream "/computers/$id/agent/events" "/computers/$id/events"; do
	local_api "$stream" -N --max-time 60 >"$ASSENT_TMP/$(basename "$(dirname "$stream")")" 2>/dev/null &
	children=($! "${children[@]}")
done
both() { grep -q '^: connected' "$ASSENT_TMP/events" && grep -q '^: connected' "$ASSENT_TMP/agent" && grep -q '^: connected' "$ASSENT_TMP/$id"; }
ok "its streams are there" wait_until 20 both

# ---- steps, for real ----
s=$(new "$(printf 'click 500,200\ntype echo "it is $((6*7))" >answer\nkey Return\nwait 0.5\nrun cat answer\nscreenshot\nmove 33,44\nscroll down 1\ndrag 100,100 120,120')")
like "a session" "$s" '^cua_[0-9a-f]{16}$'
ok "it completes" wait_until 20 is_now "$s" completed
is "what was typed was run" "$(out 'cat answer')" 'it is 42'
is "the command's output is its result" "$(api GET "/computers/$id/cua/sessions/$s/events" | jq -r '.data[] | select(.type == "tool_result" and .data.tool == "run") | .data.output')" 'it is 42'
is "the pointer went there" "$(api GET "/computers/$id/desktop/cursor" | jq -c .)" '{"x":120,"y":120}'
is "the counts" "$(show "$s" | jq -c '[.turns_used, .actions_total, .actions_exec, .actions_click, .actions_type, .screenshots, .error, .model_id, (.finished_at >= .started_at)]')" '[9,9,1,1,2,1,null,null,true]'
is "the events, in order" "$(types "$s")" "session_started $(for i in 1 2 3 4 5 6 7 8 9; do printf 'turn_started tool_call tool_result turn_completed '; done)session_completed done"
is "the computer's stream tells what it did" "$(grep -c '"kind":"\(click\|type\|key\|move\|scroll\|drag\)"' "$ASSENT_TMP/$id")" 6
is "one step is one turn" "$(api GET "/computers/$id/cua/sessions/$s/events" | jq -c '[.data[] | select(.type == "turn_started") | .data.turn]')" '[1,2,3,4,5,6,7,8,9]'
is "as a stream the same, which ends" "$(local_api "/cua/sessions/$s/events" -N -H 'Accept: text/event-stream' | sed -n 's/^event: //p' | xargs)" "$(types "$s")"
is "all of it for the computer's agent, too" "$(sed -n 's/^event: //p' "$ASSENT_TMP/agent" | xargs)" "$(types "$s")"

# ---- failures ----
s=$(new "$(printf 'run echo before; exit 7\nrun touch never')")
ok "a step that fails ends it" wait_until 10 is_now "$s" failed
is "and says which and why" "$(show "$s" | jq -r .error | xargs) $(out 'ls never 2>&1 | grep -c "No such"')" 'step 1 (run) failed: before exit status 7 1'
is "its events" "$(types "$s")" 'session_started turn_started tool_call tool_result session_failed done'
s=$(new 'click 9999,1')
ok "a point that is not on the screen" wait_until 10 is_now "$s" failed
s=$(new "$(printf 'wait 0\nwait 0\nwait 0')" '{"max_turns":2}')
ok "more steps than turns" wait_until 10 is_now "$s" failed
is "it says so" "$(show "$s" | jq -r '"\(.turns_used) \(.error)"')" '2 max_turns (2) are used up, and 1 steps are left'
is "a goal that is no list of steps" "$(new 'buy milk') $(cat "$status_file")" 'null 422'
like "says which line is none" "$(jq -r .error.message "$ASSENT_TMP/answer")" '^line 1: "buy" is no step: there is no model here'
for bad in '{}' '{"goal":""}' '{"goal":7}' '{"goal":"wait 1","max_turns":0}' '{"goal":"wait 1","max_turns":1001}' '{"goal":"wait 1","model_id":"m"}' '{"goal":"wait 1","tools":[]}'; do
	is "refused: $bad" "$(status POST "/computers/$id/cua/sessions" "$bad")" 422
done

# ---- pause, another task, cancel ----
s=$(new "$(printf 'run touch first\nwait 0.3\nrun touch second\nwait 60\nrun touch never')")
path=/computers/$id/control/sessions/$s
is "paused, under its other name" "$(api POST "$path/pause" '{}' | jq -r .data.status)" paused
turns=$(show "$s" | jq .turns_used)
sleep 0.8
is "nothing more is begun" "$(show "$s" | jq .turns_used)" "$turns"
is "resumed" "$(api POST "$path/resume" | jq -r .data.status)" running
second() { [ "$(out 'ls second 2>/dev/null')" = second ]; }
ok "it goes on" wait_until 10 second
is "a task that is none" "$(status POST "$path/task" '{"instruction":"go on"}')" 422
is "another task" "$(api POST "$path/task" "$(jq -cn '{instruction: "run touch third\nrun sleep 4712"}')" | jq -r .data.goal | head -n 1)" 'run touch third'
waits() { [ "$(api GET "$path/events" | jq -r '[.data[] | select(.type == "tool_call")][-1].data.tool')" = wait ]; }
ok "the step that is out is the one before" waits
is "cancelled in the middle of a wait" "$(api DELETE "$path" | jq -r .data.status)" cancelled
s=$(new 'run sleep 4712')
sleeping() { ps -eo args= | grep -qx 'sleep 4712'; }
ok "a command is out" wait_until 10 sleeping
is "cancelled" "$(api DELETE "/computers/$id/cua/sessions/$s" | jq -r .data.status)" cancelled
awake() { ! sleeping; }
ok "the command with it" wait_until 10 awake
is "its last event" "$(types "$s")" 'session_started turn_started tool_call done'
is "what has ended stays so" "$(for a in pause resume; do status POST "/computers/$id/cua/sessions/$s/$a" '{}'; done; status POST "/computers/$id/cua/sessions/$s/task" '{"instruction":"wait 1"}'; api DELETE "/computers/$id/cua/sessions/$s" | jq -r .data.status)" '409409409cancelled'
is "the list" "$(api GET "/computers/$id/cua/sessions" | jq -c '[.data[].status] | group_by(.) | map([.[0], length])') $(api GET "/computers/$id/control/sessions" | jq '.data | length')" '[["cancelled",2],["completed",1],["failed",3]] 6'
is "no such session" "$(status GET "/computers/$id/cua/sessions/cua_0") $(status GET /cua/sessions/cua_0/events)" '404 404'
is "the tenant heard" "$(sed -n 's/^event: control\.session\.//p' "$ASSENT_TMP/events" | sort | uniq -c | xargs)" '2 cancelled 1 completed 3 failed 6 started'

# ---- the computer's end ----
s=$(new 'run sleep 4713')
local_api "/computers/$id/cua/sessions/$s/events" -N -H 'Accept: text/event-stream' --max-time 20 >"$ASSENT_TMP/last" 2>/dev/null &
watcher=$!
began() { grep -q 'tool_call' "$ASSENT_TMP/last"; }
ok "a session when its computer is stopped" wait_until 10 began
api POST "/computers/$id/stop" '{}' >/dev/null
ok "fails" wait_until 20 is_now "$s" failed
wait $watcher
is "and its stream ends" "$(sed -n 's/^event: //p' "$ASSENT_TMP/last" | tail -n 1)" 'done'
is "none begins then" "$(status POST "/computers/$id/cua/sessions" '{"goal":"wait 1"}')" 409
api POST "/computers/$id/start" >/dev/null
ok "started again" wait_until 20 runs
s=$(new 'wait 60')
is "deleted with its session" "$(status DELETE "/computers/$id") $(status GET "/cua/sessions/$s/events")" '204 404'
kill -TERM "$local_pid"
wait "$local_pid"
is "and it ends in order" "$?" 0
end_test
