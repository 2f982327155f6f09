#!/bin/bash
# What still runs, and a person's own hand on it: a real process really ended, a sandbox paused, a computer taken over. The substrate is
# assent-local.
. "$ASSENT_SRC/tests/e2e/lib.sh"
me=$(id -un 2>/dev/null) || me="uid $(id -u)"	# as the gate calls a person without a name
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_local --computers 1 --sandboxes 1
start_gate
token=$(add_agent clerk --answer-within none)
computer='' sandbox=''
find_both() { computer=$(session_id computers desk-1) && sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_both || { report 1 "the substrate has a computer and a sandbox"; end_test; }
session() { operator /v1/state | jq -c ".sessions[] | select(.id == \"$1\")"; }
is_session_live() { session "$1" | jq -e .live; }
wait_until 15 is_session_live "$computer"
wait_until 15 is_session_live "$sandbox"
json=(-X POST -H 'Content-Type: application/json')
running() { operator /v1/running | jq -c ".running[] | select($1)"; }
end() { operator /v1/running/end -X POST -d "$1"; }
code() { jq -r '.error.code? // "ok"'; }
# processes: how many of this test's own sleeping processes there are.
alive() { pgrep -f "^sleep $1\$" | wc -l; }
nap=$((100000 + $$)) nap2=$((200000 + $$))

is "nothing runs" "$(operator /v1/running)" '{"running":[],"unasked":[]}'

# ---- a process ----
ask start "$token" "/sandboxes/$sandbox/processes" "${json[@]}" -d "{\"command\":\"sleep $nap; true\",\"name\":\"nap\"}"
held '.kind == "start process"'
is "nothing runs before the yes" "$(alive $nap)" 0
person '.kind == "start process"' approve
answered start
is "an agent starts a process" "$(status_of start) $(jq -r '.status + " " + .name' start.body)" '201 running nap'
pid=$(jq .pid start.body)
ok "which really runs" wait_until 20 eval "[ \$(alive $nap) -eq 1 ]"
is "it is listed, with the ways to end it" "$(running true | jq -c 'del(.for_ms)')" \
	"{\"session\":\"$sandbox\",\"session_name\":\"build-1\",\"id\":\"process:$pid\",\"what\":\"sleep $nap; true\",\"agent\":\"clerk\",\"ways\":[\"signal\",\"delete\",\"pause\"]}"
is "since when too" "$(running true | jq '.for_ms >= 0 and .for_ms < 60000')" true
ask exec "$token" "/sandboxes/$sandbox/exec" "${json[@]}" -d '{"command":"sleep 8"}'
held '.text == "sleep 8"'
person '.text == "sleep 8"' approve
ok "a command on the wire is listed" wait_until 20 eval 'running ".id | startswith(\"action:\")" | grep -q "\"ways\":\\[\"pause\"\\]"'
operator /v1/freeze -X POST -d '{}' >/dev/null
is "a freeze does not end it" "$(alive $nap)" 1
is "what is not there cannot be ended" "$(end "{\"session\":\"nowhere\",\"id\":\"process:$pid\",\"how\":\"signal\"}" | code)" session_not_found
for bad in '{"session":"'$sandbox'","id":"process:1/../2","how":"signal"}' '{"session":"'$sandbox'","id":"process:'$pid'","how":"eat"}' \
	'{"session":"'$sandbox'","id":"cua:1","how":"delete"}' '{"session":"'$sandbox'","id":"'$pid'","how":"signal"}' '{"session":"'$sandbox'","id":"process:1","how":"control"}'; do
	is "no such way: $bad" "$(end "$bad" | code)" no_such_way
done
end "{\"session\":\"$sandbox\",\"id\":\"process:$pid\",\"how\":\"signal\",\"by\":\"ana\"}" >ended
id=$(jq .action.id ended)
ok "a person ends it, although all is frozen and a command is on the wire" wait_until 20 eval "[ \$(alive $nap) -eq 0 ]"
ok "and the action is done" wait_until 20 has_state "$id" 'done'
is "it is an action of nobody's but the person" "$(operator "/v1/actions/$id" | jq -r '.action | "\(.agent)|\(.decided_by)|\(.decided_kind)|\(.kind)|\(.status)"')" '|ana|person|signal|200'
ok "it is not listed any more" wait_until 20 eval "! running '.id == \"process:$pid\"' | grep -q ."
operator /v1/unfreeze -X POST -d '{}' >/dev/null

ask start2 "$token" "/sandboxes/$sandbox/processes" "${json[@]}" -d "{\"command\":\"trap '' TERM; echo ready; sleep $nap2; sleep $nap2\"}"
held '.kind == "start process"'
person '.kind == "start process"' approve
answered exec
answered start2
pid=$(jq .pid start2.body)
wait_until 20 eval "[ \$(alive $nap2) -eq 1 ]"
end "{\"session\":\"$sandbox\",\"id\":\"process:$pid\",\"how\":\"signal\"}" >ended
wait_until 20 has_state "$(jq .action.id ended)" 'done'
ok "what ignores a signal goes on" running ".id == \"process:$pid\""
end "{\"session\":\"$sandbox\",\"id\":\"process:$pid\",\"how\":\"delete\"}" >ended
ok "deleting it ends that too" wait_until 15 eval "[ \$(alive $nap2) -eq 0 ]"
wait_until 10 has_state "$(jq .action.id ended)" 'done'
end "{\"session\":\"$sandbox\",\"id\":\"process:$pid\",\"how\":\"signal\"}" >ended
ok "ending it again is answered by the substrate" wait_until 20 has_state "$(jq .action.id ended)" 'done'
is "with its own status" "$(operator "/v1/actions/$(jq .action.id ended)" | jq .action.status)" 409

if [ "$(session "$sandbox" | jq -r .isolation)" = namespaces ]; then
	end "{\"session\":\"$sandbox\",\"id\":\"process:1\",\"how\":\"pause\"}" >ended
	wait_until 20 has_state "$(jq .action.id ended)" 'done'
	is "a sandbox is paused" "$(local_api "/sandboxes/$sandbox" | jq -r .state)" paused
	local_api "/sandboxes/$sandbox/resume" -X POST >/dev/null
fi

# ---- taking control ----
stop_reading() { kill "$reader" 2>/dev/null; }
call "$token" "/computers/$computer/events" -N --max-time 30 >events 2>/dev/null &
reader=$!
children=("$reader" "${children[@]}")
ask click "$token" "/computers/$computer/desktop/click" "${json[@]}" -d '{"x":300,"y":300}'
held '.x == 300'
person '.x == 300' approve
answered click
ok "an agent reads a computer's events" wait_until 10 grep -q desktop_action events
ask held "$token" "/computers/$computer/desktop/click" "${json[@]}" -d '{"x":301,"y":300}'
held '.x == 301'
is "control is taken of computers only" "$(operator "/v1/takeover/$sandbox" -X POST | code) $(operator /v1/takeover/nowhere -X POST | code)" 'no_computer session_not_found'
is "there is nothing to hand back" "$(operator "/v1/takeover/$computer" -X DELETE | code)" no_takeover
is "a person takes control" "$(operator "/v1/takeover/$computer" -X POST -d '{"by":"ana"}' | jq -r .session.takeover.by)" ana
ok "the agent's stream ends" wait_until 20 eval "! kill -0 $reader"
answered held
is "what was held there ends" "$(status_of held) $(jq -r .error.code held.body)" '403 takeover_active'
is "denied by the person" "$(actions '.x == 301' | jq -r '"\(.state) \(.decided_by) \(.decided_kind)"')" 'denied ana person'
ask taken "$token" "/computers/$computer/desktop/click" "${json[@]}" -d '{"x":302,"y":300}'
answered taken
is "new actions there are refused" "$(status_of taken) $(jq -r .error.code taken.body)" '403 takeover_active'
is "reads of it too" "$(call "$token" "/computers/$computer/desktop/screenshot" | code) $(call "$token" "/computers/$computer/events" | code)" 'takeover_active takeover_active'
is "others are read" "$(call "$token" "/sandboxes/$sandbox" -o /dev/null -w '%{http_code}')" 200
is "the operator sees it" "$(operator "/api/v1/computers/$computer/desktop/screenshot" -o /dev/null -w '%{http_code}')" 200
is "another person is told" "$(operator "/v1/takeover/$computer" -X POST -d '{"by":"ben"}' | jq -r .error.message)" "ana has control of desk-1"
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
wait_until 15 is_session_live "$computer"
is "control outlives the gate" "$(session "$computer" | jq -r .takeover.by) $(call "$token" "/computers/$computer/desktop/screenshot" | code)" 'ana takeover_active'
is "handed back" "$(operator "/v1/takeover/$computer" -X DELETE -d '{"by":"ana"}' -o /dev/null -w '%{http_code}') $(session "$computer" | jq .takeover)" '204 null'
is "the agent sees it again" "$(call "$token" "/computers/$computer/desktop/screenshot" -o /dev/null -w '%{http_code}')" 200
is "by hand, from the list" "$(end "{\"session\":\"$computer\",\"id\":\"action:1\",\"how\":\"control\",\"by\":\"ben\"}" | code) $(session "$computer" | jq -r .takeover.by)" 'ok ben'

tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
sees() { tm capture-pane -p -t dash | grep -qF -- "$1"; }
handed_back() { [ "$(session "$computer" | jq .takeover)" = null ]; }
LC_ALL=C.UTF-8 tm new-session -d -s dash -x 120 -y 35 "exec '$ASSENT_BUILD/assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
ok "the dashboard says who has control, over the picture's own words" wait_until 15 sees '─ control taken by ben; t hands it back ─'
tm send-keys -t dash t
ok "t hands it back" wait_until 10 handed_back
ok "and the picture's words are back" wait_until 10 sees 'z whole'
tm kill-server
for dots in . ..; do
	is "dots are no name: cua:$dots" "$(end "{\"session\":\"$computer\",\"id\":\"cua:$dots\",\"how\":\"delete\"}" | code)" no_such_way
done

# ---- a click by the commands, on the picture that was looked at ----
ask shot "$token" "/computers/$computer/desktop/click" "${json[@]}" -d '{"x":400,"y":300}'
held '.x == 400'
id=$(actions '.x == 400' | jq .id)
ok "show takes the picture" "$ASSENT_BUILD/assent" show "$id" --screen shot.png --socket "$socket"
is "which is one" "$(head -c 4 shot.png | tail -c 3)" PNG
like "and never over another" "$("$ASSENT_BUILD/assent" show "$id" --screen shot.png --socket "$socket" 2>&1 >/dev/null)" 'shot.png: File exists'
ok "decide names it" "$ASSENT_BUILD/assent" decide "$id" approve --version 1 --digest "$(actions '.x == 400' | jq -r .digest)" --screen shot.png --socket "$socket"
answered shot
is "it is done, with that picture in the record" "$(status_of shot) $(actions '.x == 400' | jq -r .screen_sha256)" "200 $(sha256sum shot.png | cut -d' ' -f1)"
like "a sandbox has none" "$("$ASSENT_BUILD/assent" show "$(actions '.kind == "exec"' | head -n 1 | jq .id)" --screen none.png --socket "$socket" 2>&1 >/dev/null)" 'there is no screen'

# ---- what cannot be asked ----
kill -9 "$local_pid"
wait "$local_pid" 2>/dev/null
like "a session that does not answer is told" "$(operator /v1/running | jq -c '[.unasked[].session_name] | sort')" 'build-1'
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
is "all of it is in the record" "$(sqlite3 "$gate_state/journal.db" "SELECT group_concat(replace(who, 'person:', '') || ' ' || new, '; ') FROM
	(SELECT * FROM moves WHERE action = 0 AND new LIKE 'control%' ORDER BY seq)")" "ana control taken; ana control handed back; ben control taken; $me control handed back"
end_test
