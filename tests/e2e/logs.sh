#!/bin/bash
# Logs through a real gate before the real substrate: lines by their numbers, searches both ways, all sessions in one order, and what is left of them when
# the gate is killed, when files are torn or are no logs, and when a pattern costs too much.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_local --sandboxes 2
start_gate
one='' two=''
find_both() { one=$(session_id sandboxes build-1) && two=$(session_id sandboxes build-2); }
wait_until 30 find_both || { report 1 "there are two sandboxes"; end_test; }
is_live() { operator /v1/state | jq -e ".sessions[] | select(.id == \"$1\") | .live"; }
ok "both are live" eval "wait_until 15 is_live $one && wait_until 15 is_live $two"

# get PATH [NAME=VALUE...]: GET with a query.
get() {
	local path=$1 args=() pair
	shift
	for pair; do args+=(--data-urlencode "$pair"); done
	operator "$path" -G "${args[@]}"
}
run_in() { local_api "/sandboxes/$1/exec" -d "$(jq -n --arg c "$2" '{command: $c}')" >/dev/null; }
# Each text once: whether a line comes by two streams is not asked here.
texts() { jq -r '.lines[].text' | awk '!seen[$0]++' | paste -sd '|'; }
has_line() { get "/v1/sessions/$1/log" match="$2" | jq -e '.lines | length > 0'; }

run_in "$one" 'for i in $(seq 300); do echo "row $i of one"; done; printf "\033[31mred\033[0m b\303\244d \377 end\n"; echo RARE needle; echo "Oops <&>" >&2'
run_in "$two" 'echo "row A of two"; echo "needle two"'
ok "the lines come" wait_until 20 eval "has_line $one '^Oops' || has_line $one Oops"
ok "of both" wait_until 20 has_line "$two" 'needle two'

log=/v1/sessions/$one/log
is "text is found" "$(get $log match='row 150 of' | texts)" 'row 150 of one'
is "upwards too, the newest first" "$(get $log match='of one' dir=up n=10 stream=out | texts | cut -d'|' -f1,2)" 'row 300 of one|row 299 of one'
next=$(get $log match='of one' dir=up n=10 | jq .next)
is "and on from there" "$(get $log match='of one' dir=up n=1 from="$next" | jq --argjson n "$next" '.lines[0].n <= $n')" true
is "to the end" "$(get $log match='row 300 of' | jq -c .next)" null
is "plain text is no pattern" "$(get $log match='row .* of one' | jq '.lines | length')" 0
is "a regular expression is" "$(get $log match='^row \d{2}7 of' regex=1 | texts | tr '|' '\n' | wc -l)" 20
is "capitals count" "$(get $log match='rare NEEDLE' | jq '.lines | length')" 0
is "and do not, where asked" "$(get $log match='rare NEEDLE' case=0 stream=out | texts)" 'RARE needle'
is "by stream" "$(get $log match=o stream=err | texts)" 'Oops <&>'
is "of those that none has" "$(get $log stream=gap,log match=row | jq '.lines | length')" 0
like "colours are kept, and what is no UTF-8 is marked" "$(get $log match=' end' stream=out | jq -c '.lines[0].text')" '^"\\u001b\[31mred\\u001b\[0m bäd �+ end"$'
is "a pattern that is none" "$(get $log match='row (' regex=1 -o /dev/null | jq -r '.error.code + ": " + .error.message')" \
	'invalid_pattern: the pattern is not understood at byte 5: missing closing parenthesis'
for query in dir=sideways n=x from=1x stream=out,stdin 'regex=yes&match=x'; do
	is "$query is refused" "$(operator "$log?$query" | jq -r .error.code)" invalid_query
done
is "a session that is none" "$(operator /v1/sessions/nobody/log | jq -r .error.code)" session_not_found

# ---- all sessions in one order ----
is "both in one log, in order of arrival" "$(get /v1/log from=0 n=1000 | jq -c '[(.lines | map(.n)) as $n | $n == ($n | sort | unique), ([.lines[].session] | unique | length), .total == (.lines | length)]')" \
	'[true,2,true]'
is "searched as one" "$(get /v1/log match=needle stream=out | jq -r '[.lines[] | .session + " " + .text] | unique | join("|")')" \
	"$(printf '%s\n' "$one RARE needle" "$two needle two" | sort | paste -sd '|')"
is "or by session" "$(get /v1/log match=needle session="$two" stream=out | texts)" 'needle two'
is "the newest of all" "$(get /v1/log dir=up n=1 | jq '.lines[0].n + 1 == .total')" true

# ---- a pattern that costs too much; and the gate answers others meanwhile ----
run_in "$two" 'for i in $(seq 200); do echo "$(head -c 400 /dev/zero | tr "\0" a)$i!"; done'
ok "long lines come" wait_until 20 has_line "$two" 'a200!'
like "it is stopped, with what to do" "$(get "/v1/sessions/$two/log" match='^(a|a)+$' regex=1 | jq -r '.error.code + ": " + .error.message')" \
	"^pattern_too_costly: line [0-9]+ of $two: .*too many steps.*make it simpler"
timeout 0.05 curl -sS --unix-socket "$socket" "http://gate/v1/log?match=absent&from=0" >/dev/null 2>&1
ok "one who leaves harms nothing" operator /v1/state -f

# ---- the gate is killed ----
total=$(get $log n=1 | jq .total) merged=$(get /v1/log n=1 | jq .total)
before=$(get $log from=0 n=1000 | jq -c .lines)
sleep 1.1	# the time after which a line is written at the latest
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
printf 'torn' >>"$gate_state/logs/$one.000000000000000"
echo 'mine' >"$gate_state/logs/nobody.000000000000000"
start_gate
ok "it is live again" wait_until 15 is_live "$one"
is "its lines are there, and no other" "$(get $log from=0 n=1000 | jq -c --argjson n "$total" '.lines[:$n]')" "$before"
like "what was torn is cut off, and said" "$(cat gate.log)" "$one.000000000000000: its last 4 bytes are no whole line, and are cut off"
like "what is no log is set aside, and said" "$(cat gate.log)" 'nobody.000000000000000: there is no line in it: set aside as nobody.000000000000000.damaged'
run_in "$one" 'echo afterwards'
ok "new lines come" wait_until 20 has_line "$one" afterwards
ok "with the numbers that follow" test "$(get $log match=afterwards | jq '.lines[0].n')" -ge "$total"
ok "over all too" test "$(get /v1/log match=afterwards from=0 | jq '.lines[0].n')" -ge "$merged"
is "and each number once" "$(get /v1/log from=0 n=1000 | jq -c '.lines | map(.n) as $n | $n == ($n | sort | unique)')" true

# ---- a session that is gone keeps its lines ----
local_api "/sandboxes/$two" -X DELETE >/dev/null
gone() { ! operator /v1/state | jq -e ".sessions[] | select(.id == \"$two\")"; }
ok "a session goes" wait_until 15 gone
is "its lines are still read" "$(get "/v1/sessions/$two/log" match='needle two' stream=out | texts)" 'needle two'
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
is "by the next gate too" "$(get "/v1/sessions/$two/log" match='needle two' stream=out | texts)" 'needle two'
end_test
