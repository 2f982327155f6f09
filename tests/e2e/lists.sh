#!/bin/bash
# Answers of the substrate that are of no use: lists that cannot be read or are refused are said, and no session goes because of them; a substrate that
# wants a ticket for each opening gets one each time; what happened to the tenant and to no session is kept where operators read.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
mkdir -p "$up/raw" "$up/reads"
put() {	# PATH STATUS: what that path is answered; the body comes from standard input
	{ printf 'HTTP/1.1 %s Told\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n' "$2"; cat; } >"$up/new"
	mv "$up/new" "$up/raw/${1//\//_}"
}
live() { operator /v1/state | jq -c '[.gate.live, .gate.not_live_why]'; }
is_live() { [ "$(live)" = "$1" ]; }
why_is() { operator /v1/state | jq -r .gate.not_live_why | grep -q "$1"; }
sessions() { operator /v1/state | jq -c '[.sessions[].id]'; }
tickets() { grep -c '^GET /api/v1/sandboxes/s1/events?ticket=' "$up/heads"; }

put sandboxes 200 <<<'{"data":[{"id":"s1","name":"box","state":"running"}]}'
put sandboxes/s1 200 <<<'{"id":"s1","name":"box","state":"running"}'
put sandboxes/s1/events 401 <<<'{"error":{"code":"invalid_token","message":"a ticket, please"}}'
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: nothing yet\n\n' >"$up/raw/sandboxes_s1_events.ticket"
echo 'answer 200 {"ticket":"sset_secret","expires_in":60}' >"$up/mode"
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n' >"$up/raw/events_stream"
: >"$up/raw/events_stream.open"
# The tenant's stream tells of something new, so that the lists are read at once.
look() { printf 'event: sandbox.created\ndata: {"id":"new"}\n\n' >>"$up/raw/events_stream"; }
start_gate
ok "a session" wait_until 10 eval '[ "$(sessions)" = "[\"s1\"]" ]'
ok "a stream that ended before it said anything is opened with another ticket" wait_until 30 eval '[ "$(tickets)" -ge 2 ]'

# ---- what is no list ----
put sandboxes 200 <<<'{"data":[{"id":"s1","id":"s2","state":"running"}]}'
look
ok "a list that cannot be read is said, with the place" wait_until 15 why_is '^its list of sandboxes cannot be read: byte 21: a key twice'
is "the session stays" "$(sessions)" '["s1"]'
ok "it is in the log" grep -q 'its list of sandboxes cannot be read' "$ASSENT_TMP/gate.log"
put sandboxes 200 < <(printf '{"data":'; head -c 10000 /dev/zero | tr '\0' '['; head -c 10000 /dev/zero | tr '\0' ']'; printf '}')
look
ok "so is one that is nested 10,000 deep" wait_until 15 why_is 'nested deeper than 64'
put sandboxes 200 <<<'{"error":"try later"}'
look
ok "and an error with status 200" wait_until 15 why_is '^its list of sandboxes is none'
put sandboxes 403 <<<'{"error":{"code":"insufficient_scope","message":"sandboxes:read"}}'
look
ok "a refused list is said, while the other one is read" wait_until 15 why_is '^it refuses the API key for its list of sandboxes (403): sandboxes:read'
before=$(grep -c 'the upstream answers' "$ASSENT_TMP/gate.log")
count=$(grep -c '^GET /api/v1/computers[?]' "$up/heads")
look
ok "however often" wait_until 15 eval '[ "$(grep -c "^GET /api/v1/computers[?]" "$up/heads")" -ge $((count + 2)) ]'
is "and not between one and the other" "$(grep -c 'the upstream answers' "$ASSENT_TMP/gate.log")" "$before"
is "the session has stayed" "$(sessions)" '["s1"]'
put sandboxes 404 <<<'{"error":"Not found"}'
put computers 404 <<<'{"error":"Not found"}'
look
ok "neither list: perhaps it is another address" wait_until 15 why_is 'neither computers nor sandboxes (404)'
put sandboxes 200 <<<'{"data":[{"id":"s1","name":"box","state":"running"}]}'
look
ok "what can be read is live again" wait_until 15 is_live '[true,""]'
put sandboxes/s1/previews 200 <<<'{"data":['
ok "the answer about a session that cannot be read is in the log" wait_until 20 grep -q 'the answer to s1/previews cannot be read: byte' "$ASSENT_TMP/gate.log"

# ---- events of no session ----
told() { operator "/v1/log?session=tenant&from=0" | jq -r '.lines[] | "\(.session) \(.stream) \(.text)"'; }
seq=$(operator /v1/state | jq .seq)
for type in deployment.succeeded webhook.delivered brand.new; do printf 'event: %s\ndata: {"type":"%s","id":"dep_1"}\n\n' "$type" "$type"; done >>"$up/raw/events_stream"
ok "what happened to no session is kept, raw" wait_until 10 eval 'told | grep -qxF "tenant event brand.new {\"type\":\"brand.new\",\"id\":\"dep_1\"}"'
is "each once" "$(told | wc -l)" 3
ok "its count is told" eval 'curl -sSN --max-time 3 --unix-socket "$socket" "http://gate/v1/events?after=$seq" 2>/dev/null | grep -q "{\"session\":\"tenant\",\"log_lines\":3}"'
is "and stands in the state" "$(operator /v1/state | jq .gate.tenant_lines)" 3
printf '{"data":[{"id":"s1","state":"running"},{"id":"tenant","state":"running"},{"id":"s2","state":"paused"}]}' | put sandboxes 200
look
ok "a session is not taken for it" wait_until 10 eval '[ "$(sessions)" = "[\"s1\",\"s2\"]" ]'
end_test
