#!/bin/bash
# The gate killed with SIGKILL at each point of an action's way (docs/HACKING.md), and started again: the upstream got it at most once,
# and never without a decision; what is on disk is what is shown. Then a disk that refuses writes, before and after sending.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
head -c 8000000 /dev/zero | tr '\0' x >big

# crash N: one action, and a gate that dies at point N; then the gate as it comes back.
crash() {
	local n=$1
	gate_state=$ASSENT_TMP/state$n
	rm -f "$up/requests"
	token=$("$ASSENT_BUILD/assent" agent add clerk --answer-within none --state "$gate_state" --socket "$socket" 2>/dev/null)
	FAILPOINT=FP$n:kill start_gate
	ask "crash$n" "$token" /sandboxes/s1/exec -X POST -H Expect: --data-binary @big
	if [ "$n" -ge 5 ]; then
		held true || report 1 "FP$n: it is held"
		person true approve 2>/dev/null
	fi
	wait_until 20 eval "! kill -0 $gate_pid" || kill "$gate_pid"	# it missed its point
	wait "$gate_pid" 2>/dev/null
	is "FP$n: the gate died there" $? 137
	answered "crash$n"
	if [ "$n" = 14 ]; then
		is "FP$n: its asker got half of its answer" "$(status_of "crash$n") $(curl_code_of "crash$n") $(cat "crash$n.body")" '200 18 {"ok"'
	else
		is "FP$n: its asker got no answer" "$(status_of "crash$n")" 000
	fi
	start_gate
}
# repeat N: the same request once more.
repeat() {
	ask "repeat$1" "$token" /sandboxes/s1/exec -X POST -H Expect: --data-binary @big
}
end_gate() {
	kill "$gate_pid"
	wait "$gate_pid" 2>/dev/null
}
state_and_version() { operator /v1/state | jq -r '.actions[] | "\(.state) \(.version)"' | tr '\n' ' '; }

for n in 1 2; do
	crash $n
	is "FP$n: nothing is there" "$(state_and_version)" ''
	is "FP$n: nothing was sent" "$(sent)" 0
	end_gate
done
for n in 3 4 5 6; do
	crash $n
	is "FP$n: it is held" "$(state_and_version)" "held $((n == 6 ? 2 : 1)) "
	is "FP$n: nothing was sent" "$(sent)" 0
	repeat $n
	ok "FP$n: the same request joins it" held '.id == 1 and .askers == 1'
	is "FP$n: a decision on the old version is stale" "$(post_decision 1 "$(operator /v1/actions/1 |
		jq -c '.action | {version: (.version - 1), digest, decision: "approve"}')")" "$([ $n -eq 6 ] && echo stale_version || echo invalid_decision)"
	person true approve
	answered "repeat$n"
	is "FP$n: a new yes sends it once" "$(status_of "repeat$n") $(sent)" '200 1'
	end_gate
done
for n in 7 8 9 10 11 12; do
	crash $n
	is "FP$n: it is unknown" "$(state_and_version)" 'unknown 1 '
	case $n in
	7|8) is "FP$n: nothing was sent" "$(sent)" 0 ;;
	9) ok "FP$n: it was not sent whole, or once" test "$(sent)" -le 1 ;;
	*) is "FP$n: it was sent once" "$(sent)" 1 ;;
	esac
	before=$(sent)
	ok "FP$n: a person has to look" test "$(actions .needs_person | wc -l)" -eq 1
	repeat $n
	answered "repeat$n"
	is "FP$n: the same request is told so, and not sent again" "$(status_of "repeat$n") $(jq -r .error.code "repeat$n.body") $(($(sent) - before))" \
		'409 outcome_unknown 0'
	is "FP$n: it is too late to decide" "$(decide_code 1 approve)" already_decided
	end_gate
done
for n in 13 14; do
	crash $n
	is "FP$n: it is done" "$(state_and_version)" 'done 1 '
	is "FP$n: it was sent once" "$(sent)" 1
	repeat $n
	answered "repeat$n"
	is "FP$n: the same request gets the recorded answer" "$(status_of "repeat$n") $(cat "repeat$n.body") $(sent)" '200 {"ok":true} 1'
	end_gate
done

# ---- killed in the journal's own work ----
# FPE: in and behind each step that makes or changes the tables; the next start goes on from there.
gate_state=$ASSENT_TMP/stateE
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
	rm -rf "$gate_state"
	FAILPOINT=FPE:kill:$n "$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" \
		--state "$gate_state" --socket "$socket" 2>>steps.log &
	gate_pid=$!
	children=("$gate_pid" "${children[@]}")
	# It dies twice in each step, each time one further, until there are no more.
	wait_until 10 eval "! kill -0 $gate_pid || test -S '$socket'"
	if kill -0 "$gate_pid" 2>/dev/null; then
		break
	fi
	wait "$gate_pid" 2>/dev/null
	is "FPE $n: the gate died there" $? 137
	mv "$gate_state" "$gate_state$n"
done
ok "FPE: there were two steps or more to die in" test "$n" -gt 4
end_gate
for ((i = 1; i < n; i++)); do
	gate_state=$ASSENT_TMP/stateE$i
	start_gate
	token=$(add_agent clerk --answer-within none)
	ask "step$i" "$token" /sandboxes/s1/exec -X POST -d x
	ok "FPE $i: a start goes on from there" held true
	person true deny
	answered "step$i"
	end_gate
done
# FPD: before what is committed is copied into the journal's own file, which takes a thousand pages.
gate_state=$ASSENT_TMP/stateD
rm -f "$up/requests"
FAILPOINT=FPD:kill start_gate
token=$(add_agent clerk --answer-within none)
head -c 900000 /dev/zero | tr '\0' x >many
for n in 1 2 3 4 5 6; do ask "many$n" "$token" "/sandboxes/m$n/exec" -X POST --data-binary @many; done
ok "FPD: the gate died there" wait_until 20 eval "! kill -0 $gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
ok "FPD: what was committed is there" test "$(actions '.state == "held" and .version == 1' | wc -l)" -ge 4
is "FPD: nothing was sent" "$(sent)" 0
end_gate

# FPS: a snapshot that is taken before something is sent is asked for by a request of its own: that is on disk before.
gate_state=$ASSENT_TMP/stateS
rm -f "$up/requests"
echo 'hold exec snapshot=before' >rules
FAILPOINT=FPS:kill start_gate --policy rules
token=$(add_agent clerk --answer-within none)
ask snap "$token" /sandboxes/s1/exec -X POST -d x
held true
person true approve 2>/dev/null
ok "FPS: the gate died there" wait_until 20 eval "! kill -0 $gate_pid"
wait "$gate_pid" 2>/dev/null
is "FPS: nothing was asked for" "$(sent)" 0
asked() { sqlite3 "$gate_state/journal.db" "SELECT detail FROM moves WHERE new = 'snapshot asked for' ORDER BY seq"; }
like "FPS: that it would be stands in the record" "$(asked)" '^turn-1-snapshot-[0-9a-f]{16}, before action 1, version 1$'
start_gate --policy rules
is "FPS: the action is held again" "$(state_and_version)" 'held 2 '
ask snap2 "$token" /sandboxes/s1/exec -X POST -d x
held '.askers == 1'
echo 'answer 201 {"id":"snap_1"}' >"$up/mode"
person true approve
answered snap2
is "FPS: a new yes asks for one, and sends the action" "$(cut -d' ' -f2 "$up/requests" | tr '\n' ' ')" '/api/v1/sandboxes/s1/snapshots /api/v1/sandboxes/s1/exec '
end_gate
is "FPS: with the key that was written down" "$(asked | tail -n 1 | cut -d, -f1)" "$(grep -o 'turn-1-snapshot-[0-9a-f]*' "$up/record" | tail -n 1)"
rm "$up/mode"

# ---- killed while a picture is written: FPA its bytes are on the disk, FPB it has its name, FPC the journal names it ----
# click NAME: one on a computer whose picture the operator looked at.
click() {
	ask "$1" "$token" /computers/c1/desktop/click -X POST -H 'Content-Type: application/json' -d '{"x":5,"y":5}'
	held '.askers == 1' || report 1 "$1: it is held"
}
look() { operator /api/v1/computers/c1/desktop/screenshot -o "$ASSENT_TMP/seen.png"; }
seen=$(sha256sum <"$up/screen" | cut -d' ' -f1)
yes() { post_decision 1 "$(operator /v1/actions/1 | jq -c --arg s "$seen" '.action | {version, digest, decision: "approve", screen: {sha256: $s, taken_at: 1, box: [0, 0, 9, 9]}}')"; }
kept() { ls -A "$gate_state/pictures" | tr '\n' ' '; }
named() { sqlite3 "$gate_state/journal.db" "SELECT group_concat(what || ' ' || version, ', ') FROM (SELECT * FROM screens ORDER BY rowid)"; }
for n in A B C; do
	# Of what a person decided on.
	gate_state=$ASSENT_TMP/state$n
	rm -f "$up/requests"
	FAILPOINT=FP$n:kill start_gate
	token=$(add_agent clerk --answer-within none)
	click "pic$n"
	look
	yes >/dev/null
	ok "FP$n: the gate died there" wait_until 20 eval "! kill -0 $gate_pid"
	wait "$gate_pid" 2>/dev/null
	is "FP$n: the file is as far as that" "$(kept)" "$([ $n = A ] && echo '.half ' || echo "$seen.png ")"
	is "FP$n: the journal names it when it is whole" "$(named)" "$([ $n = C ] && echo 'decided 1')"
	is "FP$n: nothing was sent" "$(sent)" 0
	start_gate
	is "FP$n: it is held" "$(state_and_version)" "held $([ $n = C ] && echo 2 || echo 1) "
	is "FP$n: what no row names is gone" "$(kept)" "$([ $n = C ] && echo "$seen.png ")"
	if [ $n = C ]; then
		is "FP$n: and what one names is given" "$(operator /v1/actions/1/screen/decided | sha256sum | cut -d' ' -f1)" "$seen"
	else
		is "FP$n: and given to nobody" "$(operator /v1/actions/1/screen/decided | jq -r .error.code)" picture_not_kept
	fi
	click "pic2$n"
	look
	is "FP$n: a new yes is taken" "$(yes)" ''
	answered "pic2$n"
	is "FP$n: and sends it once" "$(status_of "pic2$n") $(sent)" '200 1'
	end_gate
	# Of what its agent saw last: it is held without it.
	rm -rf "$gate_state"
	rm -f "$up/requests"
	FAILPOINT=FP$n:kill start_gate
	token=$(add_agent clerk --answer-within none)
	call "$token" /computers/c1/desktop/screenshot -o /dev/null
	ask "saw$n" "$token" /computers/c1/desktop/click -X POST -d '{"x":5,"y":5}'
	ok "FP$n, the agent's: the gate died there" wait_until 20 eval "! kill -0 $gate_pid"
	wait "$gate_pid" 2>/dev/null
	start_gate
	is "FP$n, the agent's: it is held, and nothing was sent" "$(state_and_version)$(sent)" 'held 1 0'
	end_gate
	is "FP$n, the agent's: what is named is there, and no more" "$(named)|$(kept)" "$([ $n = C ] && echo "agent 1|$seen.png " || echo '|')"
done
# A disk that refuses the picture: the yes is none.
gate_state=$ASSENT_TMP/stateP
rm -f "$up/requests"
start_gate
token=$(add_agent clerk --answer-within none)
click picfull
look
mkdir "$gate_state/pictures/$seen.png"
is "a yes whose picture cannot be kept is none" "$(yes) $(state_and_version)$(sent)" 'record_failed held 1 0'
rmdir "$gate_state/pictures/$seen.png"
is "once it can be it is one" "$(yes)" ''
answered picfull
is "and the action is sent" "$(status_of picfull) $(sent)" '200 1'
# The screen behind the answer is the same, and is written under the same name.
screen_after() { operator /v1/actions/1 | jq -e '.action.screens.after'; }
ok "its screen afterwards is kept" wait_until 30 screen_after
printf x >>"$gate_state/pictures/$seen.png"
is "a picture that was changed is not given" "$(operator /v1/actions/1/screen/decided | jq -r .error.code)" picture_changed
end_gate

# What was looked at, and could not be sent then for the disk, is not sent later by that look.
gate_state=$ASSENT_TMP/stateL
rm -f "$up/requests"
FAILPOINT=FP6:stop start_gate
token=$(add_agent clerk --answer-within none)
click piclate
look
is "a yes on a picture" "$(yes)" ''
stopped() { [ "$(cut -d' ' -f3 "/proc/$gate_pid/stat")" = T ]; }
ok "FP6: looked at, and stopped there" wait_until 20 stopped
prlimit --pid "$gate_pid" --fsize=1000:
kill -CONT "$gate_pid"
unwritten() { operator /v1/state | jq -e '.gate.live == false'; }
ok "\"sent\" cannot be written" wait_until 20 unwritten
cp "$up/screen" screen.was
printf '\211PNG\r\n\032\nanother screen' >"$up/screen"
prlimit --pid "$gate_pid" --fsize=unlimited:
ok "with room again it is held anew" wait_until 20 eval '[ "$(state_and_version)" = "held 2 " ]'
is "and was not sent" "$(sent)" 0
mv screen.was "$up/screen"
end_gate

# ---- killed while the upstream thinks ----
echo hang >"$up/mode"
rm -f "$up/requests"
gate_state=$ASSENT_TMP/stateK
start_gate
token=$(add_agent clerk --answer-within none)
ask killed "$token" /sandboxes/s1/exec -X POST -d x
held true
person true approve
ok "it reached the upstream" wait_until 10 test -s "$up/requests"
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
is "killed while the upstream thinks: unknown" "$(state_and_version)" 'unknown 1 '
sleep 0.5
is "and never sent again by itself" "$(sent)" 1
rm "$up/mode"
end_gate

# ---- a disk that fails once, at each commit of an action's way ----
# bad N WHAT: one action, and the commit behind point N fails.
bad() {
	gate_state=$ASSENT_TMP/bad$1$2
	rm -f "$up/requests"
	FAILPOINT=FP$1:$2 start_gate
	token=$(add_agent clerk --answer-within none)
	ask "bad$1$2" "$token" /sandboxes/s1/exec -X POST -d x
	[ "$1" -le 3 ] || held true || report 1 "FP$1:$2: it is held"
}
why() { operator /v1/state | jq -r .gate.not_live_why; }
for what in eio enospc; do
	bad 2 $what
	answered "bad2$what"
	is "FP2:$what: what is not on disk is not taken" "$(status_of "bad2$what") $(state_and_version)" '403 '
	end_gate
	bad 5 $what
	is "FP5:$what: a decision that is not on disk is none" "$(decide_code 1 approve) $(state_and_version)" 'record_failed held 1 '
	[ $what = eio ] && is "FP5:$what: nor is any other in this run" "$(decide_code 1 approve)" record_failed
	[ $what = eio ] && like "FP5:$what: and the operator is told what to do" "$(why)" 'start the gate again'
	is "FP5:$what: nothing was sent" "$(sent)" 0
	end_gate
	bad 6 $what
	person true approve
	if [ $what = eio ]; then
		sleep 1.5
		is "FP6:eio: it is approved, and not sent" "$(state_and_version)$(sent)" 'approved 1 0'
		end_gate
		start_gate
		is "FP6:eio: the next gate asks again" "$(state_and_version)$(sent)" 'held 2 0'
	else
		ok "FP6:enospc: with room again it is sent" wait_until 10 has_state 1 done
		is "FP6:enospc: once" "$(sent)" 1
	fi
	end_gate
	bad 12 $what
	person true approve
	answered "bad12$what"
	is "FP12:$what: a result that is not on disk is told to nobody" "$(status_of "bad12$what") $(sent)" '000 1'
	if [ $what = eio ]; then
		end_gate
		start_gate
		is "FP12:eio: the next gate calls it unknown" "$(state_and_version)$(sent)" 'unknown 1 1'
	else
		ok "FP12:enospc: with room again it is recorded" wait_until 10 has_state 1 done
	fi
	end_gate
done

# ---- a disk that refuses ----
gate_state=$ASSENT_TMP/stateR
start_gate
token=$(add_agent clerk --answer-within none)
# full, free: what the kernel says to the gate's writes is a limit, which is lifted again.
full() { prlimit --pid "$gate_pid" --fsize=1000:; }
free() { prlimit --pid "$gate_pid" --fsize=unlimited:; }
is_live() { [ "$(operator /v1/state | jq .gate.live)" = "$1" ]; }
rm -f "$up/requests"
full
ask nodisk "$token" /sandboxes/s2/exec -X POST -d first
answered nodisk
is "what cannot be written is not taken" "$(status_of nodisk) $(jq -r .error.code nodisk.body)" '403 record_failed'
ok "and the operator sees it" is_live false
free
ask disk "$token" /sandboxes/s2/exec -X POST -d second
ok "with room again it is" held '.body == "second"'
id=$(actions '.body == "second"' | jq .id)
ok "and the notice is gone" is_live true
full
is "a decision that cannot be written is none" "$(decide_code "$id" approve)" record_failed
is "the action is held as before" "$(operator "/v1/actions/$id" | jq -r '.action | "\(.state) \(.version) \(.decided_by)"')" 'held 1 null'
is "nothing was sent" "$(sent)" 0
free
echo 'until full' >"$up/mode"
person ".id == $id" approve
wait_until 10 test -s "$up/requests"
full
: >"$up/full"
answered disk
is "a result that cannot be written is told to nobody" "$(status_of disk)" 000
is "the action is as it was on disk" "$(operator "/v1/actions/$id" | jq -r .action.state)" sent
free
ok "with room again it is recorded" wait_until 10 has_state "$id" done
ask disk2 "$token" /sandboxes/s2/exec -X POST -d second
answered disk2
is "and the same request gets it" "$(status_of disk2) $(cat disk2.body) $(sent)" '200 {"ok":true} 1'
end_test
