#!/bin/bash
# F25: an event stream that breaks off, repeats itself, lies about its ids, never ends a line, and asks to be opened again at once or never.
# What the parser makes of each byte is tests/unit/test_sse's.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
mkdir -p "$up/reads"
echo '{"data":[{"id":"s1","name":"box","state":"running"}]}' >"$up/reads/sandboxes"
log() { operator "/v1/sessions/s1/log?from=0&n=1000"; }
lines() { log | jq .total; }
has_lines() { [ "$(lines)" -ge "$1" ]; }
opened() { grep -c '^GET /api/v1/sandboxes/s1/events' "$up/heads"; }
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$gate_pid/status"; }
event() { printf 'id: %s\nevent: stdout\ndata: {"line":"%s"}\n\n' "$1" "$2"; }

# Each opening gets the same: three events, one twice, out of order, an id with a NUL, an event of 1.5 MB, 100,000 comments, and a cut in one.
{
	printf 'retry: 0\n\n'
	event e1 one
	event e3 three
	event e2 two
	event e2 two
	printf 'id: bad\0id\nevent: stdout\ndata: {"line":"nul"}\n\n'
	printf 'event: stdout\ndata: '
	head -c 1500000 /dev/zero | tr '\0' x
	printf '\n\n'
	for _ in 1 2 3 4 5; do yes ': still here' | head -n 20000; done
	printf 'id: e9\nevent: stdout\ndata: {"line":"cut'
} >"$up/events"
start_gate
began=$(date +%s%3N)
ok "the events of the first opening" wait_until 20 has_lines 4
is "all that were whole and of bounded size, each once" "$(log | jq -r '.lines[:4][].text' | tr '\n' ' ')" 'one three two nul '
before=$(memory)
sleep 5
count=$(opened)
took=$((($(date +%s%3N) - began) / 1000))
ok "\"retry: 0\" opens it $count times in $took s: once a second at most" test "$count" -ge 2 -a "$count" -le $((took + 1))
is "from a whole event on, not quite the last, an id with a NUL being none" \
	"$(awk 'BEGIN { RS = "\r\n\r\n"; FS = "\r\n" } /^GET \/api\/v1\/sandboxes\/s1\/events/ { for (i = 2; i <= NF; i++) if ($i ~ /^Last-Event-ID/) print $i }' "$up/heads" |
		head -n 2 | tr '\n' ' ')" 'Last-Event-ID: e1 Last-Event-ID: e3 '
is "what comes again is no line again" "$(log | jq -r '[.lines[] | select(.stream == "out" and .text != "nul")] | length')" 3
ok "but that something may be missing is one" eval 'log | jq -e "any(.lines[]; .stream == \"gap\" and (.text | test(\"^events: not live from [0-9:]+ to [0-9:]+; what is not repeated may be missing$\")))"'
room=20000
[ -e "$ASSENT_BUILD/tests/fault/shim.so" ] || room=300000	# a sanitizer keeps what was freed for a while
ok "its memory stays what it was ($before kB, $(memory) kB)" test "$(memory)" -lt $((before + room))
ok "and the gate answers" operator /v1/state -f

# A gate that was killed knows what it had, and not the last of it alone: the stream begins at its begin.
kill -KILL "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
ok "after a kill of the gate it is opened again" wait_until 20 eval 'log | jq -e "any(.lines[]; .text | test(\"while the gate did not run\"))"'
count=$(opened)
ok "and once more" wait_until 20 eval '[ "$(opened)" -gt "$count" ]'
is "no line comes twice by that" "$(log | jq -r '[.lines[] | select(.stream == "out" and .text != "nul")] | length')" 3

# Never again, says the stream: half a minute is the most that it gets.
printf 'retry: 1000000000\n\nevent: stdout\ndata: {"line":"never"}\n\n' >"$up/events"
ok "a stream that asks for a billion" wait_until 10 eval '[ "$(log | jq -r ".lines[-1].text")" = never ]'
count=$(opened)
sleep 3
is "is not opened within seconds" "$(opened)" "$count"
if [ -e "$ASSENT_BUILD/tests/fault/shim.so" ]; then
	kill "$gate_pid"
	wait "$gate_pid"
	. "$ASSENT_SRC/tests/fault/shim.sh"
	clock 0 0 0
	rm "$up/heads"
	gate_state=$ASSENT_TMP/second
	start_shimmed SHIM_CLOCK="$ASSENT_TMP/clock"
	ok "again" wait_until 10 has_lines 1
	clock 0 0 8000	# the wait is 15 s at least, and time goes on besides
	sleep 1.5
	is "nor after 8 s" "$(opened)" 1
	clock 0 0 31000
	ok "but after 30 s it is" wait_until 20 eval '[ "$(opened)" -ge 2 ]'
fi
end_test
