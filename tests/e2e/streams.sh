#!/bin/bash
# The gate's monitoring before a fake upstream: what it holds of each session, in all spellings of miosa's contradictions, and what it makes of answers that
# are no streams and of events that are wrong. The real substrate, and its death, are in streams_local.sh; streams that break off in tests/fault/stream.sh.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
mkdir -p "$up/raw" "$up/reads"

# put PATH STATUS HEADER...: what that path is answered; the body comes from standard input.
put() {
	local path=$1 status=$2
	shift 2
	{ printf 'HTTP/1.1 %s Told\r\nConnection: close\r\n' "$status"; [ $# -eq 0 ] || printf '%s\r\n' "$@"; printf '\r\n'; cat; } >"$up/new"
	mv "$up/new" "$up/raw/${path//\//_}"
}
# stream PATH: a stream that stays open; begins with standard input.
stream() {
	: >"$up/raw/${1//\//_}.open"
	put "$1" 200 'Content-Type: text/event-stream'
}
# more PATH: goes on with standard input.
more() { cat >>"$up/raw/${1//\//_}"; }
event() { printf 'id: %s\nevent: %s\ndata: %s\n\n' "$1" "$2" "$3"; }
asked() { grep -c "^GET /api/v1/$1 " "$up/heads"; }
was_asked() { [ "$(asked "$1")" -ge "${2-1}" ]; }
session() { operator /v1/state | jq -c --arg id "$1" ".sessions[] | select(.id == \$id) | $2"; }
has() { [ "$(session "$1" "$2")" = "$3" ]; }
lines() { operator "/v1/sessions/$1/log?from=0&n=1000" | jq -r '.lines[] | "\(.stream) \(.text)"'; }
has_line() { lines "$1" | grep -qxF -- "$2"; }
said() { grep -qF -- "$1" "$ASSENT_TMP/gate.log"; }

# Lists in three pages, by both names of a page's size; then a page that is short.
for page in 1 2 3; do
	jq -nc --argjson p $page '[range(100) | select($p < 3 or . < 50) | {id: "p\($p)-\(.)", state: "paused"}] as $s |
		if $p == 1 then {sandboxes: ([{id: "s1", name: "box", status: "running", ready: false}] + $s[1:])} else {data: $s, meta: {total: 250}} end' >"$up/page"
	put "sandboxes?page=$page&page_size=100&per_page=100" 200 'Content-Type: application/json' <"$up/page"
done
put computers 200 'Content-Type: application/json' <<<'[{"id":"c1","name":"desk","status":"active"},{"id":"c2","status":"running"}]'
put sandboxes/s1 200 'Content-Type: application/json' <<<'{"id":"s1","state":"running","ready":false}'
stream events/stream </dev/null
# The key is refused, a ticket is not; and the ticket is for once.
put sandboxes/s1/events 401 'Content-Type: application/json' <<<'{"error":{"code":"invalid_token","message":"no"}}'
: >"$up/raw/sandboxes_s1_events.ticket.open"
{ printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'; event e1 sandbox.exec.started '{"exec_id":"x1","command":"make all"}'; } >"$up/raw/sandboxes_s1_events.ticket"
echo 'answer 200 {"ticket":"sset_secret","expires_in":60}' >"$up/mode"
stream sandboxes/s1/logs/stream </dev/null
put sandboxes/s1/readiness/stream 404 </dev/null
put sandboxes/s1/readiness 200 'Content-Type: application/json' <<<'{"data":{"status":"starting"}}'
put sandboxes/s1/previews 200 'Content-Type: application/json' <<<'{"previews":[{"id":"v1","port":3000,"url":"https://v1.example"}]}'
put sandboxes/s1/snapshots 200 'Content-Type: application/json' <<<'{"data":[{"id":"n1","status":"ready","comment":"before","created_at":"2026-11-25T20:31:58Z"}]}'
put sandboxes/s1/usage 200 'Content-Type: application/json' <<<'{"data":{"estimated_cost_cents":12.5}}'
put sandboxes/s1/processes 200 'Content-Type: application/json' <<<'{"processes":[{"pid":7,"command":"serve","status":"running"},{"pid":8,"command":"old","exit_code":0}]}'
stream sandboxes/s1/processes/7/stream </dev/null
stream sandboxes/s1/files/watch </dev/null
# A computer whose events are a WebSocket alone, whose agent sessions are below /control; and one that has neither list.
put computers/c1/events 426 </dev/null
put computers/c1/logs/stream 406 </dev/null
put computers/c1/cua/sessions 404 </dev/null
put computers/c1/control/sessions 200 'Content-Type: application/json' <<<'{"data":[{"id":"as1","goal":"book a flight","status":"running"},{"id":"as0","status":"completed"}]}'
stream computers/c1/control/sessions/as1/events </dev/null
put computers/c1/snapshots 200 'Content-Type: application/json' <<<'{"data":[{"id":"n9","status":"uploading"},{"id":"n8","status":"ready"}]}'
stream computers/c1/snapshots/n9/events </dev/null
stream computers/c2/events < <(event d1 status_changed '{"status":"running"}')
put computers/c2/cua/sessions 404 </dev/null
put computers/c2/control/sessions 404 </dev/null
stream computers/c2/agent/events < <(event g1 thinking '{"content":"where is the button"}')
stream runs/r1/activity < <(event r1 note '{"run_id":"r1","message":"begun"}')
put runs 200 'Content-Type: application/json' <<<'{"data":[{"id":"r1","status":"running","target_kind":"sandbox","target_id":"s1"},{"id":"r0","status":"succeeded","sandbox_id":"s1"}]}'
put agent-runs 404 </dev/null
put redirected 200 'Content-Type: text/event-stream' < <(event z1 odd '{}')
put computers/c2/logs/stream 302 "Location: $UPSTREAM/api/v1/redirected" </dev/null
start_gate

ok "all pages of a list are read" wait_until 10 eval '[ "$(operator /v1/state | jq "[.sessions[] | select(.kind == \"sandbox\")] | length")" = 250 ]'
ok "a refused key is tried with a ticket" wait_until 10 has_line s1 'event sandbox.exec.started command="make all"'
is "by the header and the ticket" "$(grep -A3 '^GET /api/v1/sandboxes/s1/events?ticket=sset_secret ' "$up/heads" | grep -c '^Authorization: Bearer msk_test')" 1
is "the header alone came first" "$(grep '^GET /api/v1/sandboxes/s1/events' "$up/heads" | head -n 1 | tr -d '\r')" 'GET /api/v1/sandboxes/s1/events HTTP/1.1'
ok "which is in no log" eval '! grep -r sset_secret "$ASSENT_TMP/gate.log" "$gate_state"'
like "streams are asked for with JSON in the Accept" "$(grep -A4 '^GET /api/v1/sandboxes/s1/logs/stream' "$up/heads")" 'Accept: text/event-stream, application/json, \*/\*'
ok "what runs is known" wait_until 10 has s1 '.doing | [.what, .exec]' '["serve","7"]'
ok "and previews" wait_until 10 has s1 .previews '[{"id":"v1","port":3000,"url":"https://v1.example"}]'
ok "snapshots" wait_until 10 has s1 '.snapshots[0] | [.id, .status, .comment, .created_at]' '["n1","ready","before","2026-11-25T20:31:58Z"]'
ok "the cost, a part of a cent being one" wait_until 10 has s1 .cost_cents 13
ok "without a stream of readiness it is asked for" wait_until 15 was_asked sandboxes/s1/readiness
is "which the session says" "$(session s1 '.streams[] | select(.name == "readiness") | .state')" '"polling"'
put sandboxes/s1/readiness 200 'Content-Type: application/json' <<<'{"data":{"status":"ready"}}'
put sandboxes/s1 200 'Content-Type: application/json' <<<'{"id":"s1","state":"running","ready":true}'
ok "until it is ready" wait_until 15 has s1 '[.streams[] | select(.name == "readiness")] | length' 0

ok "a WebSocket is none of ours" wait_until 10 has c1 '.streams[] | select(.name == "events") | [.state, .why]' '["polling","there is a WebSocket alone (426)"]'
is "so the computer is not live" "$(session c1 .live)" false
ok "406 is no log stream" wait_until 10 has c1 '.streams[] | select(.name == "logs") | .state' '"absent"'
ok "agent sessions are looked for below cua, then control" wait_until 10 has c1 '.streams[] | select(.name == "agent as1") | .state' '"live"'
ok "a snapshot under way is followed" wait_until 10 has c1 '.streams[] | select(.name | test("^snapshot")) | [.name, .state]' '["snapshot n9","live"]'
put computers/c1/snapshots 200 'Content-Type: application/json' <<<'{"data":[{"id":"n9","status":"ready"},{"id":"n8","status":"ready"}]}'	# it is asked for again
event n-1 snapshot_progress '{"type":"snapshot_progress","snapshot_id":"n9","status":"ready","progress":100}' | more computers/c1/snapshots/n9/events
ok "and what it says is shown" wait_until 10 has c1 '.snapshots[] | select(.id == "n9") | .status' '"ready"'
ok "a computer without either list has agent events" wait_until 10 eval 'lines c2 | grep -q "^event thinking .*where is the button"'
ok "a run's activity is in its session's log" wait_until 10 eval 'lines s1 | grep -q "^event note .*begun"'

# ---- one source for each kind of line ----
printf 'data: {"line":"from the process 1"}\n\ndata: {"line":"from the process 2"}\n\n' | more sandboxes/s1/processes/7/stream
ok "a process's own stream is read" wait_until 10 has_line s1 'log from the process 2'
printf 'data: {"line":"from the process 1","pid":7}\n\ndata: {"line":"from the process 2","pid":7}\n\ndata: {"line":"from the process 3","pid":7}\n\n' | more sandboxes/s1/logs/stream
ok "until the logs name it" wait_until 10 has_line s1 'log from the process 3'
printf 'data: {"line":"from the process 3"}\n\n' | more sandboxes/s1/processes/7/stream
event e2 sandbox.exec.stdout '{"exec_id":"x1","line":"cc -c a.c"}' | more sandboxes/s1/events.ticket
printf 'data: {"line":"cc -c a.c","exec_id":"x1"}\n\ndata: {"line":"of nobody"}\n\n' | more sandboxes/s1/logs/stream
ok "what nobody else tells is the logs'" wait_until 10 has_line s1 'log of nobody'
ok "a command's output is told by its events" wait_until 10 has_line s1 'out cc -c a.c'
is "and nothing twice" "$(lines s1 | grep -cE 'from the process|cc -c')" 4

# ---- what is not known, what is wrong ----
{
	event e3 odd.thing '{"a":[1,{"b":null}]}'
	event e3 odd.thing '{"a":"again"}'
	printf 'id: e4\nevent: sandbox.exec.stdout\ndata: {"line":"caf\xe9"}\n\n'
	event e5 deep "$(printf '[%.0s' {1..10000})"
	event e6 twice '{"a":1,"a":2}'
	event e7 far '{"exit_code":99999999999999999999999,"port":-1e999}'
	printf 'id: b\0d\nevent: sandbox.exec.stdout\ndata: {"line":"nul"}\n\n'
	printf 'id: e8\nevent: sandbox.exec.stdout\ndata: '
	head -c 1500000 /dev/zero | tr '\0' x
	printf '\n\n'
	event e9 sandbox.exec.completed '{"exec_id":"x1","exit_code":0}'
} >"$up/wrong"
more sandboxes/s1/events.ticket <"$up/wrong"
ok "events that are wrong do not stop the others" wait_until 15 has_line s1 'event sandbox.exec.completed exit_code=0'
ok "one whose type nobody knows is shown raw" has_line s1 'event odd.thing {"a":[1,{"b":null}]}'
is "and counted, as often as it came" "$(session s1 '[.unknown_events, .last_unknown]')" '[5,"far"]'
is "what has the same id is the same" "$(lines s1 | grep -c again)" 0
ok "broken UTF-8 is shown as what it is" has_line s1 $'out caf\xef\xbf\xbd'
ok "JSON of any depth is a line" eval 'lines s1 | grep -q "^event deep \[\[\["'
ok "a key twice" has_line s1 'event twice {"a":1,"a":2}'
ok "a number without bounds" has_line s1 'event far {"exit_code":99999999999999999999999,"port":-1e999}'
ok "an id with a NUL is none" has_line s1 'out nul'
for what in 'broken UTF-8' 'over 1048576 bytes' 'NUL'; do
	ok "the log names stream and byte: $what" eval 'grep -E "stream sbx?_?s?1/events: byte [0-9]+: .*$what|stream s1/events: byte [0-9]+: .*$what" "$ASSENT_TMP/gate.log"'
done
ok "and the place in JSON" eval 'grep -E "stream s1/events: .*byte [0-9]+" "$ASSENT_TMP/gate.log" | grep -q JSON'
ok "the command is over" has s1 .doing.what '"serve"'

# ---- answers that are no streams ----
ok "a redirect is said" wait_until 40 has c2 '.streams[] | select(.name == "logs") | [.state, .why]' '["down","it leads elsewhere (302); it is not followed there"]'
ok "in the log too" said 'stream c2/logs: it leads elsewhere (302); it is not followed there'
is "and not followed" "$(asked redirected)" 0
end_test
