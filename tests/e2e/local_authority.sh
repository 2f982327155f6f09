#!/bin/bash
# assent-local's action authority: what it allows, what waits for a person, that a yes is used up, that rows survive kill -9; and stream tickets.
. "$ASSENT_SRC/tests/e2e/lib.sh"

status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
# hash TEXT: a fingerprint of it.
hash() { printf 'sha256:%s' "$(printf %s "$1" | sha256sum | cut -d' ' -f1)"; }
# question CAPABILITY REQUEST [JSON]: the body of an authorize call.
question() {
	jq -cn --arg n "$1" --arg f "$(hash "miosa-capability/$1@1.0.0")" --arg r "$(hash "$2")" --arg p "$(hash "params of $2")" --argjson m "${3:-{\}}" \
		'{capability: {name: $n, fingerprint: $f}, request_fingerprint: $r, params_fingerprint: $p, surface: "test"} + $m'
}
ask() { api POST /actions/authorize "$(question "$@")"; }
decision() { ask "$@" | jq -r .decision; }
# approval REQUEST: the newest row for it.
approval() { api GET /actions/approvals | jq -c --arg r "$(hash "$1")" 'first(.data[] | select(.request_fingerprint == $r))'; }
approve() { api POST "/actions/approvals/$(approval "$1" | jq -r .id)/approve"; }
deny() { api POST "/actions/approvals/$(approval "$1" | jq -r .id)/deny"; }

start_local --sandboxes 1
local_api /events/stream -N --max-time 60 >"$ASSENT_TMP/tenant" 2>/dev/null &
children=($! "${children[@]}")
ok "the tenant's stream is there" wait_until 20 grep -q '^: connected' "$ASSENT_TMP/tenant"

# ---- the catalog ----
catalog=$(api GET /actions/catalog)
is "a known fingerprint" "$(jq -r '.data[] | select(.name == "computer.click") | .fingerprint' <<<"$catalog")" \
	sha256:ee0de626a7903700a88d56e5bac49c340598b7395c5ac70c786766d652829999
is "and another" "$(jq -r '.data[] | select(.name == "computer.destroy") | "\(.fingerprint) \(.version) \(.risk) \(.scope) \(.approval)"' <<<"$catalog")" \
	'sha256:1d1211165a9ece144cd7164e6b71d1c2818aaffa69d17595ddebe729214e855e 1.0.0 destructive computer always'
is "approval follows from the risk" "$(jq -c '[.data[] | [.risk, .approval]] | unique' <<<"$catalog")" '[["destructive","always"],["read","never"],["write","policy"]]'
is "no name comes twice" "$(jq '[.data[].name] | length == (unique | length)' <<<"$catalog")" true

# ---- decisions ----
is "a read is allowed" "$(decision sandbox.get r1) $(cat "$status_file")" 'allow 200'
is "and needs no row" "$(approval r1)" ''
is "what the catalog has not is denied" "$(decision sandbox.fly u1)" deny
is "a wrong fingerprint is denied" "$(api POST /actions/authorize "$(question sandbox.get f1 | jq -c --arg f "$(hash x)" '.capability.fingerprint = $f')" | jq -c '[.decision, (.reason | contains("fingerprint"))]')" '["deny",true]'
is "a write waits" "$(decision sandbox.exec w1) $(cat "$status_file")" 'pending_approval 202'
id=$(approval w1 | jq -r .id)
is "asked again it is the same row" "$(ask sandbox.exec w1 | jq -r .approval_request_id) $(api GET /actions/approvals | jq '.data | length')" "$id 1"
is "another request is another row" "$(decision sandbox.exec w2) $(api GET '/actions/approvals?status=pending' | jq '.data | length')" 'pending_approval 2'
is "approved" "$(approve w1 | jq -c '.data | [.status, (.resolved_at | length > 0), .consumed_at]')" '["approved",true,null]'
is "twice is once too often" "$(status POST "/actions/approvals/$id/approve") $(status POST "/actions/approvals/$id/deny")" '409 409'
is "another capability does not use it" "$(decision sandbox.write.file w1)" pending_approval
is "another workspace neither" "$(decision sandbox.exec w1 '{"workspace_id":"ws_1"}')" pending_approval
is "its own request uses it up" "$(decision sandbox.exec w1) $(approval w1 >/dev/null; api GET /actions/approvals | jq -r --arg i "$id" '.data[] | select(.id == $i) | "\(.status) \(.consumed_at != null)"')" 'allow consumed true'
is "and only once" "$(decision sandbox.exec w1)" pending_approval
is "of many at once one is allowed" "$(approve w2 >/dev/null; for i in 1 2 3 4 5 6 7 8; do local_api /actions/authorize -d "$(question sandbox.exec w2)" & done | jq -r .decision | sort | uniq -c | xargs)" '1 allow 7 pending_approval'
is "denied stays denied" "$(decision sandbox.exec d1) $(deny d1 | jq -r .data.status) $(decision sandbox.exec d1)" 'pending_approval denied deny'
is "lists by status" "$(api GET '/actions/approvals?status=denied' | jq '.data | length') $(api GET '/actions/approvals?status=nothing' | jq '.data | length')" '1 0'
is "no such approval" "$(status POST /actions/approvals/apr_0/approve)" 404

# ---- grants ----
# grant CAPABILITY [JSON]
grant() {
	api POST /actions/grants "$(jq -cn --arg n "$1" --arg f "$(hash "miosa-capability/$1@1.0.0")" --argjson m "${2:-{\}}" \
		'{capability: {name: $n, fingerprint: $f}, principal_type: "api_key", principal_id: "local"} + $m')"
}
first=$(grant sandbox.pause | jq -r .data.id)
is "a grant allows a write" "$(decision sandbox.pause g1)" allow
is "the receipt names it" "$(api GET '/actions/receipts?limit=1' | jq -r '.data[0] | "\(.decision) \(.grant_id) \(.approval_request_id)"')" "allow $first null"
is "somebody else's does not" "$(grant sandbox.resume '{"principal_id":"other"}' | jq -r .data.status) $(decision sandbox.resume g2)" 'active pending_approval'
is "one for a workspace covers that" "$(grant sandbox.deploy '{"workspace_id":"ws_1"}' >/dev/null; decision sandbox.deploy g3) $(decision sandbox.deploy g3 '{"workspace_id":"ws_1"}')" 'pending_approval allow'
is "none covers what is destructive" "$(grant sandbox.destroy | jq -r .error.code) $(decision sandbox.destroy g4)" 'VALIDATION_ERROR pending_approval'
is "it runs out" "$(grant sandbox.expose "{\"expires_at\":\"$(date -u -d '+2 seconds' +%FT%TZ)\"}" | jq -r .data.status)" active
is "revoked" "$(api DELETE "/actions/grants/$first" | jq -c '.data | [.status, .revoked_at != null]') $(decision sandbox.pause g5)" '["revoked",true] pending_approval'
is "lists" "$(api GET '/actions/grants?status=revoked' | jq -r '.data[].id')" "$first"
for bad in '{"constraints":{"x":1}}' '{"expires_at":"2020-01-01T00:00:00Z"}' '{"expires_at":"tomorrow"}' '{"principal_type":"root"}' '{"principal_id":""}' '{"more":1}'; do
	grant sandbox.pause "$bad" >/dev/null
	is "refused: $bad" "$(cat "$status_file")" 422
done

# ---- bodies that are wrong ----
good=$(question sandbox.get h1)
while IFS= read -r filter; do
	is "refused: $filter" "$(status POST /actions/authorize "$(jq -c "$filter" <<<"$good")")" 422
done <<'FILTERS'
del(.capability)
del(.request_fingerprint)
del(.surface)
.extra = 1
.capability.more = 1
.capability = "sandbox.get"
.capability.name = "sandbox.get\n"
.capability.name = ("a" * 64)
.capability.fingerprint = "sha256:ABC"
.request_fingerprint |= ascii_upcase
.params_fingerprint = null
.surface = ("s" * 200)
.workspace_id = 7
[.]
FILTERS
is "no JSON" "$(status POST /actions/authorize '{')" 400
is "a key twice" "$(status POST /actions/authorize "${good%\}},\"surface\":\"x\"}")" 400
is "an approval with a body that says more" "$(decision sandbox.exec h2 >/dev/null; status POST "/actions/approvals/$(approval h2 | jq -r .id)/approve" '{"all":true}')" 422
is "a limit that is none" "$(status GET '/actions/receipts?limit=0') $(status GET '/actions/receipts?limit=x')" '422 422'
is "without a token" "$(curl -s -o /dev/null -w '%{http_code}' "$LOCAL_URL/actions/catalog")" 401

# ---- receipts and the tenant's stream ----
count=$(api GET '/actions/receipts?limit=512' | jq '.data | length')
is "each question left a receipt" "$count" 27
is "with what was asked" "$(decision sandbox.get r2 >/dev/null; api GET /actions/receipts | jq -c --arg p "$(hash 'params of r2')" '.data[0] | [.capability_name, .params_fingerprint == $p, .surface, .decision, .principal_type]')" '["sandbox.get",true,"test","allow","api_key"]'
is "the tenant heard of the first row" "$(sed -n 's/^data: //p' "$ASSENT_TMP/tenant" | jq -r --arg i "$id" 'select(.id == $i) | .type' | xargs)" \
	'approval.requested approval.approved approval.consumed'

# ---- tickets ----
ticket() { api POST /auth/sse-ticket | jq -r .ticket; }
# by_ticket PATH TICKET: the status without a header.
by_ticket() { curl -s -o "$ASSENT_TMP/stream" -w '%{http_code}' --max-time 3 "$LOCAL_URL$1?ticket=$2"; }
box=$(session_id sandboxes build-1)
t=$(ticket)
like "a ticket" "$t" '^sset_[0-9a-f]{40}$'
is "opens a stream" "$(by_ticket "/sandboxes/$box/events" "$t")" 200
is "once" "$(by_ticket "/sandboxes/$box/events" "$t")" 401
is "the tenant's too, and the log's" "$(by_ticket /events/stream "$(ticket)") $(by_ticket "/sandboxes/$box/logs/stream" "$(ticket)")" '200 200'
is "no other route" "$(by_ticket "/sandboxes/$box" "$(ticket)") $(curl -s -o /dev/null -w '%{http_code}' -d '{"command":"true"}' "$LOCAL_URL/sandboxes/$box/exec/stream?ticket=$(ticket)")" '401 401'
is "a made-up one" "$(by_ticket "/sandboxes/$box/events" "sset_$(printf 0%.0s {1..40})") $(by_ticket "/sandboxes/$box/events" '')" '401 401'
t=$(ticket)
local_api '/auth/sse-ticket?n=[1-256]' -d '{}' -o /dev/null
is "the oldest of too many is gone" "$(by_ticket "/sandboxes/$box/events" "$t")" 401

# ---- after kill -9 ----
is "approved, not yet used" "$(decision sandbox.destroy k1) $(approve k1 | jq -r .data.status)" 'pending_approval approved'
t=$(ticket)
before=$(api GET /actions/approvals)
kill -KILL "$local_pid"
wait "$local_pid" 2>/dev/null
is "the rows' file is its owner's" "$(stat -c %a "$local_state/actions.json")" 600
start_local --sandboxes 1
is "the rows are as they were" "$(api GET /actions/approvals)" "$before"
is "receipts too" "$(api GET '/actions/receipts?limit=512' | jq --argjson n "$count" '.data | length > $n')" true
is "an approval is used up once, still" "$(decision sandbox.destroy k1) $(decision sandbox.destroy k1)" 'allow pending_approval'
is "a grant has run out meanwhile" "$(decision sandbox.expose k2) $(api GET '/actions/grants?status=expired' | jq '.data | length')" 'pending_approval 1'
is "tickets do not survive" "$(by_ticket /events/stream "$t")" 401
is "nobody wrote one down" "$(grep -rl sset_ "$local_state" "$ASSENT_TMP"/*.log | wc -l)" 0
kill -TERM "$local_pid"
wait "$local_pid"

# ---- a damaged file ----
echo '{"approvals":[{}],"grants":[],"receipts":[]}' >"$local_state/actions.json"
"$ASSENT_BUILD/assent-local" --listen 127.0.0.1:0 --state "$local_state" >/dev/null 2>"$ASSENT_TMP/refused"
is "it does not start on rows that it cannot read" "$?" 4
like "and says which file" "$(cat "$ASSENT_TMP/refused")" 'actions\.json: .*remove the file'
end_test
