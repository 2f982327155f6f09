#!/bin/bash
# Operators: who may widen what agents may do, once a person has an identity; what is signed, and what a signature is good for: one call, once, soon.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
unset ASSENT_PASSPHRASE_FD
me=$(id -un 2>/dev/null) || me="uid $(id -u)"

# as NAME PASSPHRASE COMMAND...: with NAME's key, which the passphrase opens.
as() {
	local name=$1 passphrase=$2
	shift 2
	XDG_CONFIG_HOME=$ASSENT_TMP/$name ASSENT_PASSPHRASE_FD=7 "$@" --socket "$socket" 7<<<"$passphrase"
}
public_of() { sed -n 's/^public //p' "$ASSENT_TMP/$1/assent/operator.key"; }
code() { jq -r '.error.code // ""'; }
# sign NAME METHOD PATH JSON [TIME_MS]: the call's body, signed; made from docs/OPERATOR.md with openssl, not with our own code.
sign() {
	local name=$1 body=$4 time=${5:-$(date +%s%3N)} member
	{
		printf 'assent-operator/1\n%s %s\n%s\n' "$2" "$3" "$time"
		for member in $(jq -r 'keys[]' <<<"$body"); do
			printf '%s:%s\n' "$member" "$(jq -c ".$member" <<<"$body" | tr -d '\n' | sha256sum | cut -d' ' -f1)"
		done
	} >"$ASSENT_TMP/signed"
	openssl pkeyutl -sign -inkey "$ASSENT_TMP/$name.pem" -rawin -in "$ASSENT_TMP/signed" -out "$ASSENT_TMP/signature" || return 1
	jq -c --arg n "$name" --argjson t "$time" --arg v "$(base64 -w0 "$ASSENT_TMP/signature")" '. + {signature: {operator: $n, time_ms: $t, value: $v}}' <<<"$body"
}
post() { operator "$1" -X POST --data-binary "$2"; }
approval() { jq -c '{decision: "approve", digest, version}' <<<"$(actions "$1" | head -n 1)"; }

start_upstream
start_gate
token=$(add_agent clerk --answer-within none)
is "without an operator the state says unsigned" "$(operator /v1/state | jq -r '.gate.signing, (.operators | length)' | tr '\n' ' ')" 'unsigned 0 '
ask early "$token" /computers -X POST -d '{"n":0}'
held '.state == "held"'

# ---- the first operator ----
like "init says that the first one is enrolled unsigned" "$(as ana "correct horse" "$assent" operator init --name ana 2>&1)" 'FIRST OPERATOR'
is "the key's file is for its owner alone" "$(stat -c %a "$ASSENT_TMP/ana/assent/operator.key")" 600
is "and its secret is nowhere in it" "$(grep -c -i 'private' "$ASSENT_TMP/ana/assent/operator.key")" 0
is "list tells the key" "$("$assent" operator list --socket "$socket")" "$(printf '%-20s %s' ana "$(public_of ana)")"
is "the state tells it" "$(operator /v1/state | jq -r '.gate.signing, .operators[0].name, .operators[0].public_key' | tr '\n' ' ')" "signed ana $(public_of ana) "
like "the gate's log tells it" "$(cat "$ASSENT_TMP/gate.log")" 'operator ana was enrolled by .*the first one, unsigned'
is "init never writes over a key" "$(as ana "another one" "$assent" operator init --name eve >/dev/null 2>&1; echo $?; sed -n 's/^name //p' "$ASSENT_TMP/ana/assent/operator.key")" '1
ana'

# ---- what needs a signature ----
id=$(actions '.state == "held"' | jq .id)
path=/v1/actions/$id/decision
is "an unsigned approve is refused" "$(post "$path" "$(approval true)" | code)" signature_required
is "a name alone is no signature" "$(post "$path" "$(approval true | jq -c '. + {by: "ana"}')" | code)" signature_required
is "an unsigned agent is refused" "$(post /v1/agents '{"name":"eve"}' | code)" signature_required
is "an unsigned operator is refused" "$(post /v1/operators "{\"name\":\"eve\",\"public_key\":\"$(head -c 32 /dev/urandom | base64)\"}" | code)" signature_required
is "an unsigned revocation is refused" "$(operator /v1/operators/ana -X DELETE | code)" signature_required
is "an unsigned edit is refused" "$(post "$path" "$(approval true | jq -c '.decision = "edit" | .body = "{}"')" | code)" signature_required
is "freezing needs none" "$(post /v1/freeze '{}' | jq -r '.frozen.by')" "$me (unsigned)"
is "unfreezing does" "$(post /v1/unfreeze '{}' | code)" signature_required
is "stopping an agent needs none" "$(post /v1/freeze '{"agent":"clerk"}' | jq -r .agent.name)" clerk
is "letting it go on does" "$(post /v1/unfreeze '{"agent":"clerk"}' | code)" signature_required
is "nothing was sent" "$(sent)" 0

# ---- a signature made by others' code: openssl makes a key, ana enrols it ----
openssl genpkey -algorithm ed25519 -out "$ASSENT_TMP/ben.pem" 2>/dev/null
ben=$(openssl pkey -in "$ASSENT_TMP/ben.pem" -pubout -outform DER | tail -c 32 | base64)
like "a wrong passphrase enrols nobody" "$(as ana "wrong horse" "$assent" operator enrol "$ben" --name ben 2>&1)" 'wrong passphrase'
ok "an operator enrols another" as ana "correct horse" "$assent" operator enrol "$ben" --name ben
is "a name is taken once" "$(as ana "correct horse" "$assent" operator enrol "$(head -c 32 /dev/urandom | base64)" --name ben 2>&1 | head -c 60)" \
	'assent operator: there is an operator "ben" or this key alre'
is "a signed unfreeze is taken" "$(post /v1/unfreeze "$(sign ben POST /v1/unfreeze '{}')" | code)" ''
is "so may an agent go on" "$(post /v1/unfreeze "$(sign ben POST /v1/unfreeze '{"agent":"clerk"}')" | code)" ''
ask refused "$token" /computers/c9/desktop/type -X POST -d '{"text":"no"}'
held '.text == "no"'
is "denying needs none, and nobody's name is taken for it" "$(post "/v1/actions/$(actions '.text == "no"' | jq .id)/decision" \
	"$(actions '.text == "no"' | jq -c '{version, digest, decision: "deny", by: "ana"}')" | jq -r '.state, .decided_by' | tr '\n' ' ')" "denied $me (unsigned) "
answered refused
is "a time of three minutes ago is refused" "$(post "$path" "$(sign ben POST "$path" "$(approval ".id == $id")" $(($(date +%s%3N) - 180000)))" | code)" signature_invalid
like "with the reason" "$(post "$path" "$(sign ben POST "$path" "$(approval ".id == $id")" $(($(date +%s%3N) - 180000)))")" 'more than 120 s'
is "and one in three minutes" "$(post "$path" "$(sign ben POST "$path" "$(approval ".id == $id")" $(($(date +%s%3N) + 180000)))" | code)" signature_invalid
like "what was signed before the gate began is refused" "$(post "$path" "$(sign ben POST "$path" "$(approval ".id == $id")" $(($(date +%s%3N) - 110000)))")" 'before this gate began'
# It is good for two minutes.
signed=$(sign ben POST "$path" "$(approval ".id == $id")")
is "the signature counts for one call only" "$(post /v1/actions/999/decision "$signed" | code)" signature_invalid
is "and for these very words" "$(post "$path" "$(jq -c '.ahead = true' <<<"$signed")" | code)" signature_invalid
is "and not without some of them" "$(post "$path" "$(jq -c 'del(.version)' <<<"$signed")" | code)" invalid_decision
is "and for its own operator" "$(post "$path" "$(jq -c '.signature.operator = "ana"' <<<"$signed")" | code)" signature_invalid
is "and for one who is enrolled" "$(post "$path" "$(jq -c '.signature.operator = "eve"' <<<"$signed")" | code)" signature_invalid
is "nothing was sent by any of them" "$(sent)" 0
is "well signed it is approved, by the enrolled name" "$(post "$path" "$signed" | jq -r '.decided_by, .signed_by' | tr '\n' ' ')" 'ben ben '
answered early
is "and sent" "$(status_of early) $(sent)" '200 1'

# ---- rules made from decisions ----
ask like "$token" /sandboxes/s1/exec -X POST -d '{"command":"curl"}'
held '.text == "curl"'
is "refusing alike needs no signature" "$(post "/v1/actions/$(actions '.text == "curl"' | jq .id)/decision" \
	"$(actions '.text == "curl"' | jq -c '{version, digest, decision: "deny", alike: {verdict: "refuse"}}')" | jq -r .state)" denied
answered like
rule=$(operator /v1/state | jq '.alikes[0].id')
is "taking that back does" "$(operator "/v1/alikes/$rule" -X DELETE | code)" signature_required
is "and it refuses still" "$(call "$token" /sandboxes/s1/exec -X POST -d '{"command":"curl"}' | jq -r .error.code)" action_denied
is "signed it is taken back" "$(operator "/v1/alikes/$rule" -X DELETE --data-binary "$(sign ben DELETE "/v1/alikes/$rule" '{}')" -o /dev/null -w '%{http_code}')" 204

# ---- once ----
agent=$(sign ben POST /v1/agents '{"name":"dora"}')
like "a signed agent is added" "$(post /v1/agents "$agent")" '"token":"msk_assent_'
is "the same call again is refused" "$(post /v1/agents "$agent" | jq -r .error.message)" 'adding an agent: this signature was used before; sign again'
failed=$(sign ben POST /v1/agents '{"name":"clerk"}')
is "one that was good, and the call was not" "$(post /v1/agents "$failed" | code)" agent_exists
operator /v1/agents/clerk -X DELETE >/dev/null
is "is used up too" "$(post /v1/agents "$failed" | code)" signature_invalid

# ---- a restart ----
late=$(sign ben POST /v1/agents '{"name":"late"}')
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
is "the operators are still enrolled" "$(operator /v1/operators | jq -r '.operators[].name' | tr '\n' ' ')" 'ana ben '
is "and who signed is still known" "$(operator /v1/state | jq -r ".actions[] | select(.id == $id) | .signed_by, .decided_kind" | tr '\n' ' ')" 'ben person '
is "as is who did not" "$(actions '.text == "no"' | jq -r '.signed_by')" null
is "what was used before the restart is refused after it" "$(post /v1/agents "$agent" | code)" signature_invalid
is "what was refused before it too" "$(post /v1/agents "$failed" | code)" signature_invalid
is "and what was signed before it" "$(post /v1/agents "$late" | code)" signature_invalid
ok "assent agent add asks for the passphrase" as ana "correct horse" "$assent" agent add early-bird
like "and is refused without one" "$("$assent" agent add nobody --socket "$socket" 2>&1)" 'needs the signature of an enrolled operator'

# ---- the record ----
ok "the gate ends" "$assent" stop --socket "$socket"
wait "$gate_pid" 2>/dev/null
like "without a gate an agent is not added either" "$("$assent" agent add nobody --socket "$socket" --state "$gate_state" 2>&1)" 'must be signed'
record() { sqlite3 "$gate_state/journal.db" "$1"; }
is "the enrolments stand in the record" "$(record "SELECT who, detail FROM moves WHERE new = 'operator_enrolled' ORDER BY seq" | sed 's/^[^|]*unsigned[^|]*/first/; s/^person:[^|]*|ana/first|ana/')" \
	"first|ana $(public_of ana)
person:ana|ben $ben"
record "SELECT substr(detail, 1, 88) FROM moves WHERE new = 'signed' AND detail LIKE '%$path%'" | base64 -d >"$ASSENT_TMP/recorded.sig"
printf '%s\n' "$(record "SELECT substr(detail, 90) FROM moves WHERE new = 'signed' AND detail LIKE '%$path%'")" >"$ASSENT_TMP/recorded"
openssl pkey -in "$ASSENT_TMP/ben.pem" -pubout -out "$ASSENT_TMP/ben.pub"
ok "openssl verifies the decision's signature from the record" openssl pkeyutl -verify -pubin -inkey "$ASSENT_TMP/ben.pub" -rawin -in "$ASSENT_TMP/recorded" -sigfile "$ASSENT_TMP/recorded.sig"
is "which stands beside the decision" "$(record "SELECT m.who || ' ' || m.new FROM moves m JOIN moves s ON s.seq = m.seq + 1 WHERE s.new = 'signed' AND s.detail LIKE '%$path%'")" 'person:ben approved'
is "and so does that of the agent" "$(record "SELECT who FROM moves WHERE new = 'signed' AND detail LIKE '%/v1/agents%' ORDER BY seq" | tr '\n' ' ')" 'person:ben person:ana '

# ---- revoking ----
start_gate
is "revoking needs a signature" "$(operator /v1/operators/ben -X DELETE | code)" signature_required
ok "an operator revokes another" as ana "correct horse" "$assent" operator revoke ben
is "whose signature counts no more" "$(post /v1/agents "$(sign ben POST /v1/agents '{"name":"ben2"}')" | code)" signature_invalid
like "the last one cannot be revoked" "$(as ana "correct horse" "$assent" operator revoke ana 2>&1)" 'is the only operator'
is "and is still there" "$(operator /v1/operators | jq -r '.operators[].name')" ana
end_test
