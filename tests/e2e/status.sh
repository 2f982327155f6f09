#!/bin/bash
# assent status is one screen of 40 columns, whatever things are called and however many there are; and what it leaves out is counted.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export LC_ALL=C.UTF-8

start_upstream
mkdir -p "$up/reads"
# Right to left, wide, combining, escapes, new lines, and long.
python3 - >"$up/reads/sandboxes" <<'END'
import json
names = ["\u202etxt.exe", "\u5bbf\u5c4b" * 40, "e" + "\u0301" * 50, "\033[2J\033]0;evil\007", "a\nb\r\tc", "x" * 400, "\U0001f469\u200d\U0001f4bb" * 20, "\u00a0 \u2028", "\u0628\u0627" * 60]
print(json.dumps({"data": [{"id": "s%d" % i, "name": n, "state": "running"} for i, n in enumerate(names)]}, ensure_ascii=False))
END
start_gate
token=$(add_agent an-agent-with-a-rather-long-name-of-40 --answer-within none)
second=$(add_agent an-agent.with_a-rather-long-name-of-40 --answer-within none)
for i in 1 2 3 4 5 6; do add_agent "another-agent-with-a-long-name-of-40--$i" >/dev/null; done
status() { "$ASSENT_BUILD/assent" status --socket "$socket"; }
fits() {
	is "$1: no line is wider than 40 cells" "$(status | wc -L | awk '{ print ($1 > 40) }')" 0
	ok "$1: it is one screen" test "$(status | wc -l)" -le 23
	is "$1: no byte acts on the terminal" "$(status | tr -d '\n' | grep -cP '[\x00-\x1f\x7f-\x9f]')" 0
}
fits "hostile names"
for i in $(seq 1 12); do
	body=$(printf '{"command":"rm -rf / \\u202e \\u5bbf\\u5c4b\\u5bbf\\u5c4b\\u5bbf\\u5c4b \\u001b[2J %s"}' "$i")
	[ "$i" -le 6 ] || token=$second
	ask "held$i" "$token" "/sandboxes/s$((i % 9))/exec" -X POST -H 'Content-Type: application/json' -d "$body"
done
all_held() { [ "$(actions '.state == "held"' | wc -l)" -eq 12 ]; }
ok "twelve wait" wait_until 15 all_held
fits "many that wait"
like "they are counted" "$(status)" '^12 HELD, 12 risky, first out in '
is "eight of them are shown" "$(status | grep -cE '^[! ][0-9]+ an-')" 8
like "and the others counted" "$(status)" '^ 4 more: assent queue$'
for i in 1 2 3 4 5 6; do "$ASSENT_BUILD/assent" stop "another-agent-with-a-long-name-of-40--$i" --socket "$socket" >/dev/null; done
"$ASSENT_BUILD/assent" freeze --socket "$socket" >/dev/null
kill "$upstream_pid"
dead() { status | grep -q '^NOT LIVE'; }
ok "the upstream dies" wait_until 30 dead
fits "all at once"
like "what is stopped and dead and not shown is counted" "$(status)" '^ [0-9]+ more: assent agent, session list$'
is "four of them are shown" "$(status | grep -cE '^(stopped|not live) ')" 4
end_test
