#!/bin/bash
# A robot that types at random into the dashboard while agents come and go, 50 a second, once at a near terminal and once over a link that is 400 ms late in both
# directions: nothing is approved that the terminal had shown for less than 500 ms, nothing is decided but what it showed, and whoever waits for the one that is
# selected can decide it. make robot: 10,000 actions, hundreds of which are decided.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export EDITOR=true 
start_upstream

# robot NAME DELAY COUNT MIN_APPROVED MIN_DENIED MIN_WAITED_FOR
robot() {
	local name=$1 delay=$2 count=$3 seed=${ROBOT_SEED:-$RANDOM}
	gate_state=$ASSENT_TMP/$name socket=$ASSENT_TMP/$name.sock
	start_gate
	echo "$name: seed $seed"
	"$ASSENT_BUILD/tests/robot/typist" "$socket" "$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")" "$count" 50 "$delay" "$seed" "$name.record" \
		"$ASSENT_BUILD/assent" --socket "$socket" --picture=none
	kill "$gate_pid" && wait "$gate_pid" 2>/dev/null
	sqlite3 -separator ' ' "$gate_state/journal.db" "SELECT boot_ms, action, new FROM moves
		WHERE who LIKE 'person:%' AND old = 'held' AND new IN ('approved', 'denied') ORDER BY seq" >"$name.decisions"
	"$ASSENT_BUILD/tests/robot/typist" --check "$name.record" "$delay" "$4" "$5" "$6" <"$name.decisions" >"$name.checked"
	report $? "$name: what was decided was shown, and for long enough: $(tail -n 1 "$name.checked")" "$(grep fault: "$name.checked" | head -n 5 | tr '\n' ';')"
	grep -A20 fault: "$name.checked" | head -n 60
}
long=${ROBOT_ACTIONS:-0}	# of a short run only that anything was decided
robot near 0 "${ROBOT_ACTIONS:-400}" $((long / 100 + 1)) $((long / 400)) $((long / 1000 + 1))
slow=$([ "${ASSENT_KIND-}" = sanitize ] && echo 0 || echo 1)	# with sanitizers a short one over a slow link may see none decided
robot far 400 "${ROBOT_ACTIONS:-400}" $((long / 250 + slow)) $((long / 1000)) 0
end_test
