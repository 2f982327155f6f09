#!/bin/bash
# Stopping: everything, or one agent; what waits, what is on its way, what comes back, what survives a kill. The upstream is tests/e2e/upstream.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
start_gate
token=$(add_agent clerk --answer-within none)
other=$(add_agent mailer --answer-within none)
json=(-X POST -H 'Content-Type: application/json')
state_of() { operator /v1/state | jq -c "$1"; }
of() { operator "/v1/actions/$1" | jq -r ".action | $2"; }
# exec_as NAME TOKEN SESSION COMMAND
exec_as() { ask "$1" "$2" "/sandboxes/$3/exec" "${json[@]}" -d "{\"command\":\"$4\"}"; }
freeze() { operator /v1/freeze -X POST -d "${1-}"; }
unfreeze() { operator /v1/unfreeze -X POST -d "${1-}"; }
code() { jq -r '.error.code? // "ok"'; }
held_id() { held "$1" && actions ".state == \"held\" and ($1)" | head -n 1 | jq .id; }
restart() {
	kill -9 "$gate_pid"
	wait "$gate_pid" 2>/dev/null
	start_gate
}

# ---- everything ----
is "nothing is frozen" "$(state_of .gate.frozen) $(operator /v1/unfreeze | code) $(unfreeze '{}' | code)" 'null not_frozen not_frozen'
exec_as held "$token" s2 waits
held_a=$(held_id '.text == "waits"')
echo 'until frozen' >"$up/mode"
exec_as sent "$token" s1 first
sent_a=$(held_id '.text == "first"')
exec_as behind "$token" s1 second
behind_a=$(held_id '.text == "second"')
person ".id == $sent_a" approve
person ".id == $behind_a" approve
wait_until 10 has_state "$sent_a" sent
is "one is on the wire, one waits behind it" "$(of "$sent_a" .state) $(of "$behind_a" .state)" 'sent approved'
seq=$(state_of .seq)
is "frozen; what is on the wire is told" "$(freeze '{"by":"ana"}' | jq -c '[.frozen.by, .sent]')" "[\"ana\",[$sent_a]]"
is "it stands in the state" "$(state_of '[.gate.frozen.by, .gate.frozen.wall_ms > 1600000000000]')" '["ana",true]'
read_to events '"frozen":{"by":"ana"' operator "/v1/events?after=$seq" -N
like "and is told" "$(cat events)" '"frozen":\{"by":"ana"'
is "what was approved and not sent is held again, version + 1, undecided" "$(of "$behind_a" '"\(.state) \(.version) \(.decided_by)"')" 'held 2 null'
is "a second freeze keeps the first one's name" "$(freeze '{"by":"ben"}' | jq -r .frozen.by)" ana
is "an unknown word is refused" "$(freeze '{"agnet":"clerk"}' | code)" invalid_decision
exec_as new "$other" s3 new
answered new
is "new actions are refused" "$(status_of new) $(jq -r .error.code new.body)" '403 gate_frozen'
is "and make no action" "$(actions '.text == "new"' | wc -l) $(state_of '[.agents[] | select(.name == "mailer") | .refused, .actions]')" '0 [1,0]'
is "reads go on" "$(call "$token" /computers -o /dev/null -w '%{http_code}')" 200
is "no yes is taken" "$(decide_code "$held_a" approve) $(decide_code "$behind_a" approve)" 'gate_frozen gate_frozen'
exec_as joins "$token" s2 waits
ok "a repeat joins" held ".id == $held_a and .joined == 1"
: >"$up/frozen"
answered sent
is "what was on the wire ends" "$(status_of sent)" 200
sleep 0.5
is "nothing followed it" "$(sent)" 1
exec_as denied "$token" s2 waits
person ".id == $held_a" deny
answered held && answered joins && answered denied
is "a no is taken" "$(status_of held) $(status_of joins)" '403 403'
changed=$(operator /v1/unfreeze)
is "unfreezing tells since when and by whom" "$(jq -r .by <<<"$changed")" ana
like "and what changed: what was on the wire" "$(jq -r '.changed[]' <<<"$changed")" "^Action $sent_a of clerk \(.*first.*\) is done\.$"
like "and what was denied" "$(jq -r '.changed[]' <<<"$changed")" "^Action $held_a of clerk \(.*waits.*\) is denied\.$"
is "and nothing else" "$(jq '.changed | length' <<<"$changed")" 2

restart
is "a freeze outlives the gate" "$(state_of '.gate.frozen.by') $(freeze '{}' | jq -r .frozen.by)" '"ana" ana'
exec_as new "$other" s3 new
answered new
is "which goes on refusing" "$(jq -r .error.code new.body)" gate_frozen
like "and says what it cannot know" "$(operator /v1/unfreeze | jq -r '.changed[]')" 'started again meanwhile'
exec_as behind "$token" s1 second
ok "the asker is back at its action" held ".id == $behind_a and .askers == 1"
left=$(of "$behind_a" .expires_boot_ms)
sleep 1
rm "$up/mode"
is "unfrozen" "$(unfreeze '{"by":"ben"}' | jq -c .frozen) $(state_of .gate.frozen)" 'null null'
ok "the hold got the time back that stood still" test "$(of "$behind_a" .expires_boot_ms)" -ge $((left + 1000))
is "nothing is sent by itself" "$(sent) $(of "$behind_a" .state)" '1 held'
person ".id == $behind_a" approve
answered behind
is "a new yes sends it, once" "$(status_of behind) $(sent)" '200 2'
restart
is "unfrozen stays unfrozen" "$(state_of .gate.frozen)" null

# ---- one agent ----
echo 'until stopped' >"$up/mode"
exec_as before "$other" t1 before
before_a=$(held_id '.text == "before"')
exec_as mine "$token" t1 mine
mine_a=$(held_id '.text == "mine"')
exec_as holds "$token" t2 holds
holds_a=$(held_id '.text == "holds"')
person ".id == $before_a" approve
person ".id == $mine_a" approve
is "its action is approved and waits" "$(of "$mine_a" .state)" approved
is "one agent is stopped" "$(freeze '{"agent":"clerk","by":"ana"}' | jq -r '.agent.stopped.by')" ana
is "another is not" "$(state_of '[.agents[] | .stopped.by]')" '["ana",null]'
is "nobody is stopped whom nobody knows" "$(freeze '{"agent":"nobody"}' | code) $(unfreeze '{"agent":"mailer"}' | code)" 'agent_not_found not_stopped'
is "what was approved of it is held again" "$(of "$mine_a" '"\(.state) \(.version)"')" 'held 2'
exec_as stopped "$token" t3 more
answered stopped
is "new ones of it are refused" "$(status_of stopped) $(jq -r .error.code stopped.body)" '403 agent_stopped'
is "its holds stay" "$(of "$holds_a" .state)" held
is "no yes sends them" "$(decide_code "$holds_a" approve)" agent_stopped
is "it may read" "$(call "$token" /computers -o /dev/null -w '%{http_code}')" 200
rm "$up/mode"
exec_as free "$other" t4 free
held '.text == "free"'
person '.text == "free"' approve
answered free
is "the other agent goes on" "$(status_of free)" 200
: >"$up/stopped"
answered before
count=$(sent)
restart
is "stopped stays stopped" "$(state_of '[.agents[] | .stopped.by]')" '["ana",null]'
is "it may go on" "$(unfreeze '{"agent":"clerk"}' | jq -c '.agent.stopped') $(sent)" "null $count"
exec_as again "$token" t3 again
ok "then it asks again" held '.text == "again"'
is "stopped" "$(freeze '{"agent":"clerk"}' | code)" ok
is "stopping it twice revokes its token" "$(freeze '{"agent":"clerk"}' | jq .revoked) $(state_of '[.agents[].name]')" 'true ["mailer"]'
is "which is refused from now on" "$(call "$token" /computers -o /dev/null -w '%{http_code}')" 401

# ---- control that is taken while an action is on the wire ----
mkdir -p "$up/reads"
echo '{"data":[{"id":"c1","name":"desk","state":"running"}]}' >"$up/reads/computers"
echo 'stream 100' >"$up/mode"
ok "there is a computer" wait_until 15 eval 'state_of .sessions | grep -q "\"c1\""'
ask late "$other" /computers/c1/exec/stream "${json[@]}" -d '{"command":"late"}'
late_a=$(held_id '.text == "late"')
kill -STOP "$upstream_pid"
person ".id == $late_a" approve
wait_until 10 has_state "$late_a" sent
is "control is taken" "$(operator /v1/takeover/c1 -X POST -d '{"by":"ana"}' | jq -c .sent)" "[$late_a]"
kill -CONT "$upstream_pid"
answered late
is "what begins to stream then is not shown to the agent" "$(status_of late) $(cat late.body 2>/dev/null)" '000 '
ok "and is done all the same" wait_until 10 has_state "$late_a" 'done'
operator /v1/takeover/c1 -X DELETE -d '{"by":"ana"}'
rm "$up/mode"

# ---- revoked at once ----
exec_as before "$other" t5 before
before_a=$(held_id '.text == "before"')
gone=$(add_agent gone --answer-within none)
exec_as lost "$gone" t5 lost
lost_a=$(held_id '.text == "lost"')
echo 'until revoked' >"$up/mode"
count=$(sent)
person ".id == $before_a" approve
person ".id == $lost_a" approve
operator /v1/agents/gone -X DELETE
is "what was approved of an agent that is revoked is held again" "$(wait_until 10 has_state "$lost_a" held; of "$lost_a" '"\(.state) \(.version) \(.decided_by)"')" 'held 2 null'
: >"$up/revoked"
answered before
rm "$up/mode"
sleep 0.5
is "and not sent" "$(sent)" $((count + 1))

# ---- when nothing can be written ----
mv "$gate_state/journal.db" "$gate_state/away.db"
is "a freeze that cannot be written says so" "$(freeze '{"by":"ana"}' | code)" record_failed
is "and holds all the same" "$(state_of .gate.frozen.by)" '"ana"'
exec_as new "$other" s3 new
answered new
is "it does" "$(jq -r .error.code new.body)" gate_frozen
is "nor is it written by being said twice" "$(freeze '{"by":"ben"}' | code)" record_failed
is "one agent is stopped in the same way" "$(freeze '{"agent":"mailer"}' | code)" record_failed
is "but thawing is not taken on trust" "$(unfreeze '{}' | code) $(state_of .gate.frozen.by)" 'record_failed "ana"'
mv "$gate_state/away.db" "$gate_state/journal.db"
written() { [ "$(state_of .gate.live)" = true ]; }
ok "when it can be written, it is" wait_until 10 written
restart
is "and outlives the gate" "$(state_of '[.gate.frozen.by, .agents[].stopped.by == null]')" '["ana",false]'
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
me=$(id -un 2>/dev/null) || me="uid $(id -u)"	# as the gate calls a person without a name
is "all of it is in the record" "$(sqlite3 "$gate_state/journal.db" "SELECT group_concat(replace(who, 'person:', '') || ' ' || new || ' ' || detail, '; ') FROM
	(SELECT * FROM moves WHERE action = 0 AND new NOT IN ('agent added', 'budget') ORDER BY seq)" | sed "s/$me /me /g")" \
	'ana frozen ; ben unfrozen ; ana agent stopped clerk; me agent may go on clerk; me agent stopped clerk; me agent revoked clerk; ana control taken c1; ana control handed back c1; me agent revoked gone; ana frozen ; me agent stopped mailer'
end_test
