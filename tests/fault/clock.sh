#!/bin/bash
# F36, F37, F38: the wall clock jumps, the machine sleeps, the year is far away; and the long silences of F20 and F24. The gate's clocks are
# what tests/fault/shim.so says.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
. "$ASSENT_SRC/tests/fault/shim.sh"

day=$((24 * 60 * 60 * 1000))
start_upstream
clock 0 0 0
start_shimmed SHIM_CLOCK="$ASSENT_TMP/clock"
token=$(add_agent clerk --answer-within none)
hasty=$(add_agent hasty --answer-within 25s)
record() { sqlite3 "$gate_state/journal.db" "SELECT detail FROM moves WHERE new = 'clock' ORDER BY seq"; }

# ---- F36: the wall clock is for people only ----
ask jump "$token" /sandboxes/s1/exec -X POST -d jump
ok "an action is held" held '.body == "jump"'
expires=$(actions '.body == "jump"' | jq .expires_boot_ms)
for jump in $day $((-day)) $((-$(date +%s) * 1000)); do
	clock "$jump" 0 0
	sleep 1.3
	ok "the wall clock $jump ms off: it is held as before" held ".body == \"jump\" and .expires_boot_ms == $expires and .askers == 1"
done
clock 0 0 0
sleep 1.3
person '.body == "jump"' approve
answered jump
is "and sent when a person says so" "$(status_of jump) $(sent)" '200 1'

# ---- F37: boot time goes on while the machine sleeps; the loop's clock does not ----
ask sleeps "$token" /sandboxes/s1/exec -X POST -d sleeps
held '.body == "sleeps"'
id=$(actions '.body == "sleeps"' | jq .id)
clock $((3600 * 1000)) $((3600 * 1000)) 0
is "after an hour's sleep a yes comes too late" "$(decide_code "$id" approve)" already_decided
answered sleeps
is "the agent is told" "$(status_of sleeps) $(jq -r .error.code sleeps.body)" '403 action_expired'
ask slept "$token" /sandboxes/s1/exec -X POST -d slept
held '.body == "slept"'
clock $((7200 * 1000)) $((7200 * 1000)) 0
ok "nobody has to look for it to end" wait_until 10 test -s slept.status
is "nor was it sent" "$(jq -r .error.code slept.body) $(sent)" 'action_expired 1'
ask slept2 "$token" /sandboxes/s1/exec -X POST -d slept
ok "the same request is a new action" held ".body == \"slept\" and .same_as != null"
person '.body == "slept"' deny
answered slept2
ask late "$hasty" /sandboxes/s2/exec -X POST -d late
held '.body == "late"'
clock $((7200 * 1000 + 20000)) $((7200 * 1000 + 20000)) 0
sleep 1.3
is "an agent's own deadline: not yet" "$(cat late.status)" ''
clock $((7200 * 1000 + 26000)) $((7200 * 1000 + 26000)) 0
ok "then" wait_until 10 test -s late.status
is "it is told to come again" "$(status_of late) $(jq -r .error.code late.body)" '409 action_pending'
ok "and may stay away for 90 s" held '.body == "late"'
clock $((7200 * 1000 + 26000 + 91000)) $((7200 * 1000 + 26000 + 91000)) 0
ok "but no longer" wait_until 10 eval "actions '.body == \"late\" and .state == \"withdrawn\"' | grep -q ."
# An agent's own key is good for a day.
ask key "$token" /sandboxes/s3/exec -X POST -d key -H 'Idempotency-Key: k'
held '.body == "key"'
person '.body == "key"' approve
answered key
now=$((7200 * 1000 + 26000 + 91000))
clock $((now + day - 60000)) $((now + day - 60000)) 0
ask key2 "$token" /sandboxes/s3/exec -X POST -d key -H 'Idempotency-Key: k'
answered key2
is "an agent's own key is known for a day" "$(status_of key2) $(sent)" '200 2'
clock $((now + day + 60000)) $((now + day + 60000)) 0
ask key3 "$token" /sandboxes/s3/exec -X POST -d key -H 'Idempotency-Key: k'
ok "then it is a new action" held '.body == "key"'
person '.body == "key"' deny
answered key3
end_gate
is "each jump of the wall clock is in the record, and no sleep" "$(record | sed 's/\.[0-9]* s$//; s/+8639[89]$\|+8640[01]$/+86400/; s/-17279[89]$\|-17280[01]$/-172800/; s/-1[0-9]\{9\}/to 1970/; s/+1[0-9]\{9\}/back/' | tr '\n' '|')" \
	'the wall clock jumped by +86400|the wall clock jumped by -172800|the wall clock jumped by to 1970|the wall clock jumped by back|'

# ---- F38: far years ----
for year in 2038-01-19T03:14:05 2100-02-28T23:59:58; do
	gate_state=$ASSENT_TMP/far-$year
	rm -f "$up/requests"
	wall=$(($(date -ud "$year" +%s) * 1000))
	clock $((wall - $(date +%s) * 1000)) 0 0
	start_shimmed SHIM_CLOCK="$ASSENT_TMP/clock"
	token=$(add_agent clerk --answer-within none)
	ask "far" "$token" /sandboxes/s1/exec -X POST -d far
	ok "$year: an action is held, and has its time" held ".arrived_wall_ms >= $wall and .arrived_wall_ms < $wall + 30000"
	person true approve
	answered far
	is "$year: and sent" "$(status_of far) $(sent)" '200 1'
	like "$year: the log has the year" "$(grep -c "^${year:0:4}\|^2100\|^2038" gate.log)" '[1-9]'
	end_gate -KILL
	start_shimmed SHIM_CLOCK="$ASSENT_TMP/clock"
	ask far "$token" /sandboxes/s1/exec -X POST -d far
	ok "$year: a new gate reads it" eval "actions true | jq -e 'select(.id == 1 and .state == \"done\" and .ended_wall_ms >= $wall)'"
	end_gate
done

# ---- F20, F24: an upstream that says nothing for six minutes ----
clock 0 0 0
gate_state=$ASSENT_TMP/silent
start_shimmed SHIM_CLOCK="$ASSENT_TMP/clock"
token=$(add_agent clerk --answer-within none)
head -c 8000000 /dev/zero | tr '\0' x >big
awake=0	# of the loop's clock, which never goes back
for mode in hang stall; do
	rm -f "$up/record"
	echo "$mode" >"$up/mode"
	ask "$mode" "$token" "/sandboxes/$mode/exec" -X POST --data-binary @big -H Expect:
	held ".path | endswith(\"$mode/exec\")"
	person ".path | endswith(\"$mode/exec\")" approve
	ok "$mode: it reached the upstream" wait_until 10 test -s "$up/record"
	sleep 1		# until nothing moves any more
	clock 0 0 $((awake + 350 * 1000))
	sleep 1.3
	is "$mode: it may take its time" "$(cat "$mode.status")" ''
	clock 0 0 $((awake += 361 * 1000))
	answered "$mode"
	is "$mode: six minutes without a byte: nobody knows what became of it" "$(status_of "$mode") $(jq -r .error.code "$mode.body")" '409 outcome_unknown'
	is "$mode: which is unknown" "$(actions ".path | endswith(\"$mode/exec\")" | jq -r '.state + ": " + .error')" 'unknown: nothing came for 360.0 s'
	is "$mode: and was sent once" "$(wc -l <"$up/record")" 1
done
end_gate
end_test
