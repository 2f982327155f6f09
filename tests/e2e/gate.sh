#!/bin/bash
# The gate before tests/e2e/upstream, a fake that counts and misbehaves: what passes, what waits, what is refused, and what a person's
# decision does. Crashes are in gate_crash.sh; the real substrate in gate_local.sh.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

me=$(id -un 2>/dev/null) || me="uid $(id -u)"
start_upstream
start_gate
token=$(add_agent clerk --answer-within none)
hasty=$(add_agent hasty --answer-within 6s)

# ---- reads ----
is "a read passes at once" "$(call "$token" /computers -o /dev/null -w '%{http_code}' -H 'X-Evil: 1' -H 'Cookie: a=b' -H 'X-MIOSA-Tenant: t1')" 200
is "HEAD passes too" "$(call "$token" /computers -I -o /dev/null -w '%{http_code}')" 200
like "with the gate's key" "$(cat "$up/heads")" 'Authorization: Bearer msk_test_upstream_key'
like "and the headers that count" "$(cat "$up/heads")" '[Xx]-[Mm][Ii][Oo][Ss][Aa]-[Tt]enant: t1|x-miosa-tenant: t1'
is "and nothing else of the agent's" "$(grep -ciE 'msk_assent|x-evil|cookie' "$up/heads")" 0
is "a read with a body is refused" "$(call "$token" /computers -X GET -d x -o /dev/null -w '%{http_code}')" 400

# ---- who may ask ----
is "a wrong token is refused" "$(call msk_assent_no /computers -o /dev/null -w '%{http_code}')" 401
is "no token is refused" "$(curl -sS -o /dev/null -w '%{http_code}' "$GATE_URL/computers")" 401
like "in the API's envelope" "$(call msk_assent_no /computers)" '"code":"invalid_token"'
is "the agents' listener has no operator API" "$(curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "${GATE_URL%/api/v1}/v1/state")" 404

# ---- what is malformed reaches nobody ----
before=$(sent)
for line in 'POST /api/v1/computers/../x HTTP/1.1' 'POST /api/v1/computers/%2e%2e/x HTTP/1.1' 'POST /api/v1//computers HTTP/1.1' \
	'post /api/v1/computers HTTP/1.1' 'POST /api/v1/computers/a%25b HTTP/1.1' 'POST http://other/api/v1/computers HTTP/1.1'; do
	like "400: $line" "$(raw "$line" "Authorization: Bearer $token")" '^HTTP/1.1 400 '
done
like "400: two lengths" "$(raw 'POST /api/v1/computers HTTP/1.1' "Authorization: Bearer $token" 'Content-Length: 2' 'Content-Length: 3')" '^HTTP/1.1 400 '
like "400: length and chunks" "$(raw 'POST /api/v1/computers HTTP/1.1' "Authorization: Bearer $token" 'Content-Length: 2' 'Transfer-Encoding: chunked')" \
	'^HTTP/1.1 400 '
like "400: another Host" "$(host=evil.example raw 'GET /api/v1/computers HTTP/1.1' "Authorization: Bearer $token")" '^HTTP/1.1 400 '
like "400: a web page" "$(raw 'GET /api/v1/computers HTTP/1.1' "Authorization: Bearer $token" 'Origin: https://evil.example')" '^HTTP/1.1 400 '
like "413 names the limit" "$(raw 'POST /api/v1/computers HTTP/1.1' "Authorization: Bearer $token" 'Content-Length: 67108865')" '^HTTP/1.1 413 .*67108864 bytes'
is "none of them reached the upstream" "$(sent)" "$before"
is "and none is held" "$(actions true | wc -l)" 0

# ---- what waits ----
ask unknown "$token" /frobnicate -X POST -d '{"a":1}'
ok "a path that no row names is held" held '.path == "/api/v1/frobnicate" and .class == "unknown"'
is "and not sent" "$(sent)" "$before"
ok "a person denies it with words" decide '.path == "/api/v1/frobnicate"' deny 'Not that host: ask "ops" first'
answered unknown
is "the agent gets 403" "$(status_of unknown)" 403
is "with the code" "$(jq -r .error.code unknown.body)" action_denied
is "with the words" "$(jq -r .error.message unknown.body)" 'Not that host: ask "ops" first'
is "with the action's id" "$(jq -r .error.request_id unknown.body)" "$(header_of unknown Assent-Action)"
like "and the note in a header" "$(header_of unknown Assent-Note)" 'Not%20that%20host'
is "nothing was sent" "$(sent)" "$before"
ask unknown_get "$token" /act/read
ok "an unknown GET is held" held '.method == "GET" and .path == "/api/v1/act/read"'
person '.path == "/api/v1/act/read"' deny
answered unknown_get
is "and answered with words of the gate's own" "$(status_of unknown_get)" 403
ask hold "$token" /computers -H 'Assent-Hold: yes'
ok "Assent-Hold makes a read wait" held '.path == "/api/v1/computers" and .method == "GET"'
person '.path == "/api/v1/computers"' approve
answered hold
is "and approving lets it through" "$(status_of hold)" 200

ask exec "$token" /sandboxes/s1/exec -X POST -d '{"command":"ls"}' -H 'Content-Type: application/json' \
	-H 'Assent-Title: Look%20around' -H 'Assent-Reason: %E2%9C%93 why' -H 'Assent-Turn: 7' -H 'Idempotency-Key: mine-1'
ok "an action is held" held '.path == "/api/v1/sandboxes/s1/exec"'
sleep 0.7
is "and waits" "$(cat exec.status)" ''
action=$(actions '.path == "/api/v1/sandboxes/s1/exec"')
is "its claims are shown" "$(jq -r '.title + "|" + .reason + "|" + .turn' <<<"$action")" 'Look around|✓ why|7'
is "its class" "$(jq -r .class <<<"$action")" acts
is "its digest is the documented one" "$(jq -r .digest <<<"$action")" \
	"$(printf 'assent-action/1\nPOST\n%s\n/api/v1/sandboxes/s1/exec\naccept:*/*\ncontent-type:application/json\n\n{"command":"ls"}' "$UPSTREAM" | sha256sum | cut -d' ' -f1)"
before=$(sent)
ok "a person approves" decide '.path == "/api/v1/sandboxes/s1/exec"' approve
answered exec
is "the agent gets the answer" "$(status_of exec) $(cat exec.body)" '200 {"ok":true}'
is "it was sent once" "$(sent)" $((before + 1))
is "byte for byte" "$(tail -n 1 "$up/requests")" 'POST /api/v1/sandboxes/s1/exec {"command":"ls"}'
like "with a key of the gate's own" "$(cat "$up/heads")" "Idempotency-Key: turn-$(jq .id <<<"$action")-exec-[0-9a-f]{16}"
is "the agent's claims and key stay here" "$(grep -ciE 'assent-title|mine-1' "$up/heads")" 0
ask keyed "$token" /sandboxes/s1/exec -X POST -d '{"command":"ls"}' -H 'Content-Type: application/json' -H 'Idempotency-Key: mine-1'
answered keyed
is "the same key gets the recorded answer" "$(status_of keyed) $(header_of keyed Assent-Action)" "200 $(jq .id <<<"$action")"
ask other "$token" /sandboxes/s1/exec -X POST -d '{"command":"rm"}' -H 'Content-Type: application/json' -H 'Idempotency-Key: mine-1'
answered other
is "the same key with other bytes is refused" "$(status_of other) $(jq -r .error.code other.body)" '422 idempotency_mismatch'
is "neither was sent" "$(sent)" $((before + 1))

# ---- repeats ----
ask pending "$hasty" /sandboxes/s2/exec -X POST -d '{"command":"make"}'
answered pending
is "at the deadline the agent is told to come again" "$(status_of pending) $(jq -r .error.code pending.body)" '409 action_pending'
id=$(header_of pending Assent-Action)
ok "the action stays held" held ".id == $id and .askers == 0"
is "approving is dead while the agent is away" "$(decide_code "$id" approve)" asker_away
ask joins "$hasty" /sandboxes/s2/exec -X POST -d '{"command":"make"}'
ok "the same request joins" held ".id == $id and .askers == 1 and .joined == 1"
before=$(sent)
ok "it is approved" decide ".id == $id" approve
answered joins
is "and answered" "$(status_of joins) $(header_of joins Assent-Action)" "200 $id"
is "and sent once" "$(sent)" $((before + 1))
ask again "$hasty" /sandboxes/s2/exec -X POST -d '{"command":"make"}'
ok "after its answer was fetched the same is a new action" held ".same_as == $id"
person ".same_as == $id" deny
answered again

ask async "$token" /sandboxes/s3/exec -X POST -d '{"command":"late"}' -H 'Prefer: respond-async'
answered async
id=$(header_of async Assent-Action)
is "respond-async is told where" "$(status_of async) $(header_of async Location)" "202 /v1/actions/$id"
fetch() { curl -sS -o "$1.body" -w '%{http_code}' -H "Authorization: Bearer $2" "${GATE_URL%/api/v1}/v1/actions/$id"; }
is "not yet" "$(fetch async "$token")" 409
is "another agent sees nothing" "$(fetch async "$hasty")" 404
person ".id == $id" approve
wait_until 10 has_state "$id" done
is "then it is there" "$(fetch async "$token") $(cat async.body)" '200 {"ok":true}'

# ---- the decision's own rules ----
ask click "$token" /computers/c1/desktop/click -X POST -d '{"x":812,"y":447}'
ok "a click is held with its point" held '.x == 812 and .y == 447'
action=$(actions '.state == "held" and .x == 812')
id=$(jq .id <<<"$action")
digest=$(jq -r .digest <<<"$action")
body='{"version":1,"digest":"'$digest'","decision":"approve"}'
is "422 without the screen" "$(post_decision "$id" "$body")" screen_missing
is "422 for a screen that is none" "$(post_decision "$id" "${body%\}},\"screen\":{\"sha256\":\"x\"}}")" invalid_decision
is "422 for an unknown key" "$(post_decision "$id" "${body%\}},\"force\":true}")" invalid_decision
is "422 for another verb" "$(post_decision "$id" '{"version":1,"digest":"'"$digest"'","decision":"maybe"}')" invalid_decision
is "422 for a body that is no JSON" "$(post_decision "$id" '{')" invalid_decision
is "409 for another version" "$(post_decision "$id" '{"version":2,"digest":"'"$digest"'","decision":"deny"}')" stale_version
is "409 for another digest" "$(post_decision "$id" '{"version":1,"digest":"'"$(printf '0%.0s' {1..64})"'","decision":"deny"}')" digest_mismatch
is "404 for another id" "$(post_decision 999 "$body")" action_not_found
is "404 for what is no id" "$(post_decision "${id}x" "$body")" action_not_found
ask second "$token" /computers/c1/desktop/type -X POST -d '{"text":"hello"}'
ok "a second one on the same computer waits for it" held ".waits_for == $id"
is "409 until the first is decided" "$(post_decision "$(actions ".waits_for == $id" | jq .id)" "$(actions ".waits_for == $id" |
	jq -c '{version, digest, decision: "approve"}')")" waits_for
before=$(sent)
person ".id == $id" approve
answered click
is "409 when it is too late" "$(post_decision "$id" "$body")" already_decided
like "which says who and what" "$(post_decision_text "$id" "$body")" "approved by $me at .*done now"
person '.text == "hello"' approve
answered second
is "both were sent, in order" "$(tail -n 2 "$up/requests" | cut -d' ' -f2 | tr '\n' ' ')$(($(sent) - before))" \
	'/api/v1/computers/c1/desktop/click /api/v1/computers/c1/desktop/type 2'

# ---- what the upstream may do ----
outcome() {
	local name=$1 mode=$2 want=$3 state=$4 before
	echo "$mode" >"$up/mode"
	before=$(sent)
	ask "$name" "$token" "/sandboxes/$name/exec" -X POST -d '{"command":"x"}'
	wait_until 10 held ".path == \"/api/v1/sandboxes/$name/exec\""
	person ".path == \"/api/v1/sandboxes/$name/exec\"" approve
	answered "$name"
	is "upstream: $mode" "$(status_of "$name") $(jq -r '.error.code // "-"' "$name.body") $(($(sent) - before))" "$want 1"
	is "which is $state" "$(actions ".path == \"/api/v1/sandboxes/$name/exec\"" | jq -r .state)" "$state"
}
outcome o1 drop '409 outcome_unknown' unknown
outcome o2 reset '409 outcome_unknown' unknown
outcome o3 half '409 outcome_unknown' unknown
outcome o4 'answer 503 {"busy":1}' '409 upstream_failed' upstream_failed
is "with its answer in the details" "$(jq -c .error.details o4.body)" '{"status":503,"body":"{\"busy\":1}"}'
outcome o5 'answer 429 {}' '409 upstream_failed' upstream_failed
outcome o6 'answer 404 {"error":{"code":"NOT_FOUND"}}' '404 NOT_FOUND' done
outcome o7 'answer 200 {"key":"msk_test_upstream_key"}' '200 -' done
is "the gate's key never comes back" "$(grep -c msk_test o7.body)" 0
rm "$up/mode"
fault=$(actions '.state == "unknown" and .needs_person' | head -n 1 | jq .id)
operator "/v1/actions/$fault/seen" -X POST >/dev/null
is "a fault is marked as seen" "$(operator "/v1/actions/$fault" | jq -r '.action | .seen_by, .needs_person' | tr '\n' ' ')" "$me false "

echo 'stream 400' >"$up/mode"
ask stream "$token" /sandboxes/s5/exec/stream -X POST -d '{"command":"slow"}' -N -H 'Idempotency-Key: str-1'
wait_until 10 held '.path | endswith("s5/exec/stream")'
person '.path | endswith("s5/exec/stream")' approve
ok "a streamed answer comes as it comes" wait_until 10 grep -q one stream.body
like "and to its end" "$(answered stream; cat stream.body)" 'exit_code'
ask stream2 "$token" /sandboxes/s5/exec/stream -X POST -d '{"command":"slow"}' -H 'Idempotency-Key: str-1'
answered stream2
is "it is never replayed" "$(status_of stream2) $(jq -r .error.code stream2.body)" '409 outcome_streamed'
rm -f "$up/streamed"
ask stream3 "$token" /sandboxes/s6/exec/stream -X POST -d '{"command":"slow"}' -N
wait_until 10 held '.path | endswith("s6/exec/stream")'
person '.path | endswith("s6/exec/stream")' approve
wait_until 10 grep -q one stream3.body
kill "$asker"
ok "it is read to its end when the asker leaves" wait_until 10 test -s "$up/streamed"
ok "and the gate goes on" wait_until 10 operator /v1/state -f
rm "$up/mode"

# ---- going away ----
ask leaver "$token" /sandboxes/s7/exec -X POST -d '{"command":"first"}'
wait_until 10 held '.text == "first"'
kill "$asker"
ok "an agent that left is shown as away" wait_until 20 held '.text == "first" and .away_since_boot_ms != null'
ask leaver2 "$token" /sandboxes/s7/exec -X POST -d '{"command":"other"}'
ok "asking for something else withdraws it" wait_until 20 eval "actions '.text == \"first\" and .state == \"withdrawn\"' | grep -q ."
person '.text == "other"' deny
answered leaver2
for i in 1 2 3 4 5 6 7 8; do ask "many$i" "$hasty" "/sandboxes/m$i/exec" -X POST -d '{"command":"many"}'; done
wait_until 10 eval '[ $(actions ".state == \"held\" and .text == \"many\"" | wc -l) -eq 8 ]'
ask many9 "$hasty" /sandboxes/m9/exec -X POST -d '{"command":"many"}'
answered many9
is "eight of one agent may wait" "$(status_of many9) $(jq -r .error.code many9.body)" '403 budget_exhausted'

# ---- agents ----
is "a name is taken once" "$("$ASSENT_BUILD/assent" agent add clerk --socket "$socket" 2>&1; echo $?)" \
	'assent agent: there is an agent "clerk" already; revoke it first, or choose another name
1'
like "they are listed" "$("$ASSENT_BUILD/assent" agent list --socket "$socket")" '^hasty +answer within 6s'
ask revoked "$hasty" /sandboxes/s8/exec -X POST -d '{"command":"x"}'
ok "an agent is revoked" "$ASSENT_BUILD/assent" agent revoke hasty --socket "$socket"
answered revoked
is "its token is no good any more" "$(call "$hasty" /computers -o /dev/null -w '%{http_code}')" 401

# ---- events ----
seq=$(operator /v1/state | jq .seq)
read_to events.old 'event: reset' operator "/v1/events?after=1" -N
like "an old reader is told to begin anew" "$(cat events.old)" '^event: reset'
ask event "$token" /sandboxes/s9/exec -X POST -d '{"command":"seen"}'
wait_until 10 held '.text == "seen"'
read_to events.new '"seen"' operator "/v1/events?after=$seq" -N
like "changes are told with their numbers" "$(cat events.new)" '^id: [0-9]+'
is "whole" "$(sed -n 's/^data: //p' events.new | jq -r 'select(.text? == "seen") | .state' | head -n 1)" held
person '.text == "seen"' deny
answered event

# ---- the end of the upstream ----
kill "$upstream_pid"
wait "$upstream_pid" 2>/dev/null
ok "a dead upstream is shown" wait_until 10 eval '[ "$(operator /v1/state | jq ".gate.live, (.gate.not_live_since_wall_ms > 0)" | tr -d "\n")" = falsetrue ]'
like "with the reason" "$(operator /v1/state | jq -r .gate.not_live_why)" '.+'
ask dead "$token" /sandboxes/s9/exec -X POST -d '{"command":"dead"}'
wait_until 10 held '.text == "dead"'
person '.text == "dead"' approve
answered dead
is "approving then says that nothing was sent" "$(status_of dead) $(jq -r .error.code dead.body)" '409 substrate_unreachable'
is "which is not_sent" "$(actions '.text == "dead"' | jq -r .state)" not_sent
is "a read says so too" "$(call "$token" /computers -o /dev/null -w '%{http_code}')" 502

like "status shows it" "$("$ASSENT_BUILD/assent" status --socket "$socket")" 'NOT LIVE'
# A sandboxed program of the same uid is no operator; where all is confined already, there is nothing to tell it by.
if grep -q "^NoNewPrivs:.*0$" /proc/self/status; then
	is "a confined process is refused at the operator's socket" \
		"$(setpriv --no-new-privs curl -sS -o /dev/null -w "%{http_code}" --max-time 10 --unix-socket "$socket" http://gate/v1/state)" 403
fi
ok "stop ends the gate" "$ASSENT_BUILD/assent" stop --socket "$socket"
wait "$gate_pid"
is "in order" $? 0
is "nobody answers then" "$("$ASSENT_BUILD/assent" status --socket "$socket" 2>/dev/null; echo $?)" 3
end_test
