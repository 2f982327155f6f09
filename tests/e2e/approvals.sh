#!/bin/bash
# What MIOSA itself asks a person for: in the same queue, told to be of the action that has its hash, and decided by an operator's own hand alone. First before
# assent-local, whose authority is real; then before the fake upstream, for lists that it does not make.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
rules=$ASSENT_TMP/policy.conf
json=(-X POST -H 'Content-Type: application/json')
approvals() { operator /v1/state | jq -c ".approvals[] | select($1)"; }
_listed() { approvals "$1" | grep -q .; }
listed() { wait_until 15 _listed "$1"; }
gone() { ! _listed "$1"; }
word() { operator "/v1/approvals/$1/decide" -X POST -d "$2"; }
code() { jq -r '.error.code // "ok"'; }
# The fingerprints, made here by hand from their description; the parameters have to be canonical already.
hash() { printf 'sha256:%s' "$(printf %s "$1" | sha256sum | cut -d' ' -f1)"; }
capability() { hash "miosa-capability/$1@1.0.0"; }
request() { hash "{\"capability\":\"$(capability "$1")\",\"invocation_id\":${3:-null},\"params\":\"$(hash "$2")\",\"workspace_id\":null}"; }

# ---- assent-local ----
printf 'allow class=harmless\nallow class=money\n' >"$rules"
start_local --computers 0 --sandboxes 1
start_gate --policy "$rules"
token=$(add_agent clerk --answer-within none)
find_box() { sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_box || { report 1 "the substrate has a sandbox"; end_test; }
is "nothing is asked for at first" "$(operator /v1/state | jq -c .approvals)" '[]'
params="{\"command\":\"echo yes > mark\",\"sandbox_id\":\"$sandbox\"}"
wanted=$(request sandbox.exec "$params")
authorize() {
	call "$token" /actions/authorize "${json[@]}" -d "{\"capability\":{\"name\":\"sandbox.exec\",\"fingerprint\":\"$(capability sandbox.exec)\"},
		\"request_fingerprint\":\"$1\",\"params_fingerprint\":\"$(hash "$2")\",\"surface\":\"test\"}"
}
is "an agent asks MIOSA, which asks a person" "$(authorize "$wanted" "$params" | jq -r .decision)" pending_approval
ok "it is listed" listed '.capability == "sandbox.exec"'
is "by its hash only, with the agent who asked" "$(approvals true | jq -r '"\(.action) \(.agent) \(.status) \(.decision) \(.principal) \(.fingerprint)"')" \
	"null clerk pending null api_key:local $wanted"
id=$(approvals true | jq -r .id)
like "assent queue says so" "$("$assent" queue --socket "$socket")" "^approval:$id pending clerk miosa approval: sandbox.exec \\[hash only\\] $wanted\$"
ask exec "$token" "/sandboxes/$sandbox/exec" "${json[@]}" -d '{"command":"echo yes > mark"}'
held '.kind == "exec"'
action=$(actions '.kind == "exec"' | jq .id)
ok "with the request in hand it is that action's" listed ".action == $action"
is "whose card says so" "$(actions '.kind == "exec"' | jq -c .approval)" "{\"id\":\"$id\",\"status\":\"pending\"}"
is "assent queue says so too" "$("$assent" queue --json --socket "$socket" | jq -c '.[] | select(.kind == "miosa approval") | [.id, .approval.action]')" "[\"approval:$id\",$action]"

# An agent approves nothing, whatever a rule says.
ask own "$token" "/actions/approvals/$id/approve" "${json[@]}"
ok "an agent's own yes is held, although a rule allows its class" held '.kind == "approve"'
ask grant "$token" /actions/grants "${json[@]}" -d '{"capability":{"name":"sandbox.exec"},"principal_type":"api_key","principal_id":"local"}'
ok "and so is a grant" held '.kind == "grant"'
like "and the card says why" "$(actions '.kind == "grant"' | jq -r .held_by)" 'what gives authority is a person.s to approve'
person '.kind == "approve"' deny
person '.kind == "grant"' deny
is "MIOSA has heard of neither" "$(local_api /actions/approvals | jq -r '.data[].status') $(local_api /actions/grants | jq '.data | length')" 'pending 0'

is "the word has to be one of two" "$(word "$id" '{"decision":"maybe"}' | code)" invalid_decision
is "on what is asked for" "$(word apr_none '{"decision":"approve"}' | code)" approval_not_found
is "and on what was looked at" "$(word "$id" '{"decision":"approve","fingerprint":"sha256:00"}' | code)" stale
operator /v1/freeze -X POST -d '{}' >/dev/null
is "nothing is approved while all is frozen" "$(word "$id" '{"decision":"approve"}' | code)" gate_frozen
operator /v1/unfreeze -X POST -d '{}' >/dev/null
like "a yes needs what was looked at" "$("$assent" decide "approval:$id" approve --socket "$socket" 2>&1)" 'approve needs --digest'
like "a person approves" "$("$assent" decide "approval:$id" approve --digest "$wanted" --socket "$socket" 2>&1)" '^[0-9]+ (approved|sent)$'
mine=$(actions '.kind == "approve" and .agent == ""' | jq .id)
ok "by an action of the person's own" has_state "$mine" 'done'
is "MIOSA knows" "$(local_api /actions/approvals | jq -r '.data[].status')" approved
ok "and it is not listed any more" wait_until 10 gone true
is "nor on the card" "$(actions '.kind == "exec"' | jq -c .approval)" null
is "the same request is allowed now" "$(authorize "$wanted" "$params" | jq -r .decision)" allow
person '.kind == "exec"' approve
answered exec
is "and what the gate held was a person's to approve all the same" "$(status_of exec)" 200
authorize "$(request sandbox.exec "$params" '"inv-1"')" "$params" >/dev/null
ok "a hash that nobody can make anew" listed true
id=$(approvals true | jq -r .id)
is "is shown as one" "$(approvals true | jq -r .action)" null
is "and can be denied" "$("$assent" decide "approval:$id" deny --socket "$socket" 2>&1 | cut -d' ' -f2)" sent
ok "which MIOSA is told" wait_until 10 eval "local_api '/actions/approvals?status=denied' | jq -e '.data | length == 1'"
kill "$gate_pid" && wait "$gate_pid" 2>/dev/null
is "the record names what was approved in the record" "$(sqlite3 "$gate_state/journal.db" "SELECT count(*) FROM moves WHERE action = $mine AND new = 'approved' AND who LIKE 'person:%'
	AND detail = 'by hand: sandbox.exec, $wanted, action $action'")" 1

# ---- the fake upstream ----
gate_state=$ASSENT_TMP/gate2
start_upstream
mkdir -p "$up/reads"
row() { printf '{"id":%s,"capability_name":"%s","capability_fingerprint":"%s","request_fingerprint":"%s","status":%s%s}' "$1" "$2" "$(capability "${6-$2}")" "$3" "$4" "${5-}"; }
click='{"button":"left","computer_id":"c1","x":1,"y":2}'
printf '{"data":[%s,%s,%s,%s,%s,7,{"id":7},{},null]}' \
	"$(row '"a1"' computer.click "$(request computer.click "$click")" '"pending"')" \
	"$(row '"a2"' computer.click "$(request computer.click '{"computer_id":"c1","x":1,"y":3}')" '"Waiting"' ',"principal_id":"key_9"')" \
	"$(row '"a3"' computer.click "$(request computer.click "$click")" '"APPROVED"')" \
	"$(row '"a4"' computer.click "$(request computer.click "$click")" '"pending"' ',"consumed_at":"2026-01-01T00:00:00Z"')" \
	"$(row '"x y"' computer.type "$(request computer.click "$click")" '"pending"' '' computer.click)" >"$up/reads/actions_approvals"
UPSTREAM=$UPSTREAM start_gate
token=$(add_agent clerk --answer-within none)
ok "what waits is listed, whatever the word" listed '.id == "a2"'
is "and nothing else" "$(operator /v1/state | jq -r '.approvals[].id' | sort | tr '\n' ' ')" 'a1 a2 x y '
ask click "$token" /computers/c1/desktop/click "${json[@]}" -d '{"x":1,"y":2}'
held '.kind == "click"'
action=$(actions '.kind == "click"' | jq .id)
ok "a default that was written out is the same request" listed ".id == \"a1\" and .action == $action"
is "another place is another request, another capability another too" "$(approvals '.id != "a1"' | jq -r .action | tr '\n' ' ')" 'null null '
person '.kind == "click"' deny
ok "with the action over it is a hash again" listed '.id == "a1" and .action == null'
is "an id is one segment" "$(word x%20y '{"decision":"deny"}' | jq -r '.action.path')" '/api/v1/actions/approvals/x%20y/deny'
echo 'hang' >"$up/mode"
first=$(word a1 '{"decision":"approve"}' | jq .action.id)
is "while a word is on its way no other is said" "$(word a1 '{"decision":"approve"}' | code) $(word a1 '{"decision":"deny"}' | code)" 'already_decided already_decided'
is "and the list says which" "$(approvals '.id == "a1"' | jq -r .decision)" approve
ok "it is on its way" wait_until 10 eval "grep -q 'approvals/a1/approve' '$up/requests'"
kill -9 "$gate_pid" && wait "$gate_pid" 2>/dev/null
echo 'answer 200 {}' >"$up/mode"
UPSTREAM=$UPSTREAM start_gate
ok "after a kill it is not known what became of it" has_state "$first" unknown
is "and it is not sent again" "$(grep -c 'approvals/a1/approve' "$up/requests")" 1
export XDG_CONFIG_HOME=$ASSENT_TMP/ana
ASSENT_PASSPHRASE_FD=7 "$assent" operator init --name ana --socket "$socket" >/dev/null 2>&1 7<<<"correct horse"
ok "the list is there again" listed '.id == "a2"'
is "where an operator is enrolled a yes needs the signature" "$(word a2 '{"decision":"approve"}' | code)" signature_required
is "and nothing was sent" "$(grep -c 'approvals/a2' "$up/requests")" 0
ASSENT_PASSPHRASE_FD=7 "$assent" decide approval:a2 approve --digest "$(approvals '.id == "a2"' | jq -r .fingerprint)" --socket "$socket" >/dev/null 2>&1 7<<<"correct horse"
ok "signed it is sent" wait_until 10 eval "grep -q 'approvals/a2/approve' '$up/requests'"
is "in that name" "$(actions '.path == "/api/v1/actions/approvals/a2/approve"' | jq -r .decided_by)" ana
echo '{"data":[]}' >"$up/reads/actions_approvals"
start watcher curl -sN --unix-socket "$socket" http://gate/v1/events
ok "what is not asked for any more is not listed" wait_until 15 gone true
mkdir -p "$up/raw"
printf 'HTTP/1.1 403 No\r\nX-Request-ID: req_9\r\nContent-Length: 59\r\n\r\n{"error":{"code":"insufficient_scope","message":"not you"}}' >"$up/raw/actions_approvals"
ok "a list that is refused is said once" wait_until 15 grep -q 'approvals are not known: it answered 403 insufficient_scope: not you, request req_9' "$ASSENT_TMP/gate.log"

end_test
