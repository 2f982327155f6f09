#!/bin/bash
# Requests with a flaw (tests/hostile): none of them reaches the upstream, each is refused for its own flaw; without the flaw each does.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
: >"$up/bytes"
start_gate
token=$(add_agent clerk --answer-within none)
"$ASSENT_BUILD/tests/hostile/hostile" "$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")" "$token" "$socket" "$ASSENT_TMP/gate.log" "$up/bytes" \
	"$ASSENT_SRC"/tests/hostile/*.txt >hostile.out
is "all were sent" $? 0
grep -E '^(not )?ok - ' hostile.out
failures=$((failures + $(grep -c '^not ok - ' hostile.out)))
count=$(sed -n 's/ requests with a flaw$//p' hostile.out)
ok "at least 200 requests with a flaw" test "${count:-0}" -ge 200
is "no byte of them reached the upstream" "$(grep -ac 'flaw[0-9]' "$up/bytes")" 0
# What did reach it is the gate's own look at its sessions, and the twins.
is "nor anything else" "$(grep -aE '^[A-Z]+ [^ ]* HTTP/1\.1' "$up/bytes" | tr -d '\r' | grep -avE '^GET /api/v1/(computers|sandboxes|events/stream|actions/approvals)(\?page=1&page_size=100&per_page=100)? HTTP|twin[0-9]+x' | head -n 3)" ''
ok "and the gate goes on" operator /v1/state -f
end_test
