#!/bin/bash
# F16: the power goes at FP3, FP6, FP7 and FP13, and all that was not synced is gone with it. Under load and at any time: tests/fault/storm.sh.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
. "$ASSENT_SRC/tests/fault/shim.sh"

start_upstream
head -c 1500000 /dev/zero | tr '\0' x >long	# kept in a file of its own
printf '{"command":"short"}' >short

# lose_power: the state is what tests/fault/shim.so saw synced.
lose_power() {
	local file
	rm -rf "$gate_state"
	mkdir -m 700 -p "$gate_state/bodies" "$gate_state/pictures"
	for file in "$shadow"/*; do
		mv "$file" "$gate_state/$(basename "$file" | tr % /)" || report 1 "what was synced: $file"
	done
}

# die N BODY: one action; the gate is killed at point N, and the power is lost.
die() {
	gate_state=$ASSENT_TMP/state-$1-$2 shadow=$ASSENT_TMP/shadow-$1-$2
	mkdir "$shadow"
	rm -f "$up/record"
	start_shimmed SHIM_SHADOW="$shadow"
	token=$(add_agent clerk --answer-within none)
	end_gate
	start_shimmed SHIM_SHADOW="$shadow" FAILPOINT="FP$1:kill"
	ask died "$token" /sandboxes/s1/exec -X POST --data-binary "@$2" -H Expect:
	if [ "$1" -ge 5 ]; then
		held true || report 1 "FP$1, $2 body: it is held"
		person true approve 2>/dev/null
	fi
	ok "FP$1, $2 body: the gate died there" wait_until 20 eval "! kill -0 $gate_pid"
	wait "$gate_pid" 2>/dev/null
	answered died
	lose_power
	start_gate
}
decided() { sqlite3 "$gate_state/journal.db" "SELECT count(*) FROM moves WHERE new = 'approved' AND who LIKE 'person:%'"; }
for body in short long; do
	while read -r n state decisions arrived; do
		die "$n" $body
		is "FP$n, $body body: it is $state" "$(actions true | jq -r '"\(.state)-\(.version)"')" "$state"
		is "FP$n, $body body: it came to the upstream so often" "$(cat "$up/record" 2>/dev/null | wc -l)" "$arrived"
		if [ "${state%-*}" = held ]; then
			ask again "$token" /sandboxes/s1/exec -X POST --data-binary @$body -H Expect:
			ok "FP$n, $body body: the same request joins it" held '.id == 1 and .askers == 1'
			person true approve
			answered again
			is "FP$n, $body body: and is sent with all its bytes" "$(status_of again) $(tail -n 1 "$up/record" | cut -d' ' -f2,7)" \
				"200 whole $(sha256sum <$body | cut -d' ' -f1)"
			decisions=$((decisions + 1))
		fi
		end_gate
		is "FP$n, $body body: no decision is lost" "$(decided)" "$decisions"
	done <<-'TABLE'
		3 held-1 0 0
		6 held-2 1 0
		7 unknown-1 1 0
		13 done-1 1 1
	TABLE
done

# The picture that a person decided on: no row without its file.
seen=$(sha256sum <"$up/screen" | cut -d' ' -f1)
for n in A B C; do
	gate_state=$ASSENT_TMP/state-$n shadow=$ASSENT_TMP/shadow-$n
	mkdir "$shadow"
	start_shimmed SHIM_SHADOW="$shadow"
	token=$(add_agent clerk --answer-within none)
	end_gate
	start_shimmed SHIM_SHADOW="$shadow" FAILPOINT="FP$n:kill"
	ask clicked "$token" /computers/c1/desktop/click -X POST -d '{"x":5,"y":5}'
	held true || report 1 "FP$n: it is held"
	operator /api/v1/computers/c1/desktop/screenshot -o seen.png
	post_decision 1 "$(operator /v1/actions/1 | jq -c --arg s "$seen" '.action | {version, digest, decision: "approve", screen: {sha256: $s, taken_at: 1, box: [0, 0, 9, 9]}}')" >/dev/null
	ok "FP$n: the gate died there" wait_until 20 eval "! kill -0 $gate_pid"
	wait "$gate_pid" 2>/dev/null
	answered clicked
	lose_power
	is "FP$n: so many decisions are there" "$(decided)" $([ $n = C ] && echo 1 || echo 0)
	start_gate
	is "FP$n: the action is held" "$(actions true | jq -r '"\(.state)-\(.version)"')" "held-$([ $n = C ] && echo 2 || echo 1)"
	is "FP$n: what the journal names is there" "$(operator /v1/actions/1 | jq -r '.action.screens.decided // ""') $(ls "$gate_state/pictures")" \
		"$([ $n = C ] && echo "$seen $seen.png" || echo ' ')"
	end_gate
done
end_test
