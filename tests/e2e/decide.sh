#!/bin/bash
# What a person decides: editing, answering, two persons, two at once; by the operator API and by the commands for scripts. The upstream is
# tests/e2e/upstream, which records what reaches it.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

me=$(id -un 2>/dev/null) || me="uid $(id -u)"
start_upstream
start_gate
token=$(add_agent clerk --answer-within none)
json=(-X POST -H 'Content-Type: application/json')

# of ID FILTER: of the action as it is now.
of() { operator "/v1/actions/$1" | jq -r ".action | $2"; }
# say ID VERB [JSON-MEMBERS]: decides with the version and digest of now; prints the error's code, or "ok".
say() {
	operator "/v1/actions/$1" | jq -c --arg d "$2" ".action | {version, digest, decision: \$d} + {${3-}}" >say.json
	operator "/v1/actions/$1/decision" -X POST --data-binary @say.json >said
	jq -r '.error.code? // "ok"' said
}
# held_id FILTER: waits for it, prints its id.
held_id() { held "$1" && actions ".state == \"held\" and ($1)" | head -n 1 | jq .id; }

# ---- edit ----
ask edit "$token" /sandboxes/e1/exec "${json[@]}" -d '{"command":"rm -rf /workspace"}'
id=$(held_id '.text == "rm -rf /workspace"')
old=$(of "$id" .digest)
before=$(sent)
is "nothing is edited at first" "$(of "$id" '[.edited, .require, .approvals, .decided_kind] | tojson')" '[null,1,[],""]'
is "what was JSON stays JSON" "$(say "$id" edit 'body: "{\"command\":"') $(jq -r .error.message said | grep -c 'byte 11')" 'invalid_decision 1'
is "an edit has a body" "$(say "$id" edit)" invalid_decision
is "a body that is the same is no edit" "$(say "$id" edit 'body: .body')" invalid_decision
is "a body belongs to edit alone" "$(say "$id" approve 'body: "x"')$(say "$id" approve 'body: 1')" invalid_decisioninvalid_decision
is "none of that changed anything" "$(of "$id" '"\(.version) \(.digest)"')" "1 $old"
is "a person edits" "$(say "$id" edit 'body: "{\"command\":\"ls /workspace\"}", by: "ana"')" ok
is "it is held anew, as the next version" "$(of "$id" '"\(.state) \(.version) \(.text) \(.body)"')" 'held 2 ls /workspace {"command":"ls /workspace"}'
is "who edited and what it was stands there" "$(of "$id" '.edited | tojson')" '{"by":"ana","original":"{\"command\":\"rm -rf /workspace\"}"}'
is "its digest is that of the new bytes" "$(of "$id" .digest)" \
	"$(printf 'assent-action/1\nPOST\n%s\n/api/v1/sandboxes/e1/exec\naccept:*/*\ncontent-type:application/json\n\n{"command":"ls /workspace"}' "$UPSTREAM" | sha256sum | cut -d' ' -f1)"
is "its risks are those of the new bytes" "$(of "$id" '.risks | length')" 0
is "an edit sends nothing" "$(sent) $(cat edit.status)" "$before "
is "a yes to the bytes before is none" "$(post_decision "$id" '{"version":1,"digest":"'"$old"'","decision":"approve"}')" stale_version
like "and is told who edited" "$(post_decision_text "$id" '{"version":1,"digest":"'"$old"'","decision":"approve"}')" 'it was edited by ana'
is "nor with the new version and the old digest" "$(post_decision "$id" '{"version":2,"digest":"'"$old"'","decision":"approve"}')" digest_mismatch
ask join "$token" /sandboxes/e1/exec "${json[@]}" -d '{"command":"rm -rf /workspace"}'
ok "a repeat of what the agent asked joins" held ".id == $id and .joined == 1 and .askers == 2"
ask own "$token" /sandboxes/e1/exec "${json[@]}" -d '{"command":"ls /workspace"}'
other=$(held_id ".id > $id")
is "the bytes of the edit, asked by the agent, are another action" "$(of "$other" '"\(.version) \(.joined)"')" '1 0'
person ".id == $other" deny
answered own
is "it is confirmed" "$(say "$id" approve)" ok
answered edit && answered join
is "both askers get the answer" "$(status_of edit) $(status_of join)" '200 200'
is "and are told that it was edited" "$(header_of edit Assent-Edited)$(header_of join Assent-Edited)" 11
is "what was confirmed was sent, once" "$(sent) $(tail -n 1 "$up/requests")" "$((before + 1)) POST /api/v1/sandboxes/e1/exec {\"command\":\"ls /workspace\"}"
is "an answer that nobody edited does not say so" "$(header_of own Assent-Edited)" ''
is "it is too late to edit" "$(say "$id" edit 'body: "{}"')" already_decided

# With a key, and over a gate that is killed in between.
ask keyed "$token" /sandboxes/e2/exec "${json[@]}" -d '{"command":"one"}' -H 'Idempotency-Key: k1'
id=$(held_id '.text == "one"')
is "edited" "$(say "$id" edit 'body: "{\"command\":\"two\"}", by: "ana"')" ok
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
is "an edit outlives the gate" "$(of "$id" '"\(.state) \(.version) \(.text) \(.edited.by) \(.edited.original)"')" 'held 2 two ana {"command":"one"}'
ask keyed "$token" /sandboxes/e2/exec "${json[@]}" -d '{"command":"one"}' -H 'Idempotency-Key: k1'
ok "the agent's key and bytes join" held ".id == $id and .askers == 1"
ask keyed2 "$token" /sandboxes/e2/exec "${json[@]}" -d '{"command":"two"}' -H 'Idempotency-Key: k1'
answered keyed2
is "the key with the edited bytes does not" "$(status_of keyed2) $(jq -r .error.code keyed2.body)" '422 idempotency_mismatch'
is "back to what the agent asked" "$(say "$id" edit 'body: "{\"command\":\"one\"}"') $(of "$id" '"\(.version) \(.edited)"')" 'ok 3 null'
is "confirmed" "$(say "$id" approve)" ok
answered keyed
is "then nothing was edited" "$(status_of keyed) $(header_of keyed Assent-Edited)" '200 '

ask nobody "$token" /sandboxes/e3/pause -X POST
id=$(held_id '.path | endswith("e3/pause")')
is "where there is no body there is nothing to edit" "$(say "$id" edit 'body: "{}"')" invalid_decision
person ".id == $id" deny
ask bytes "$token" /frobnicate -X POST --data-binary $'\xff\xfe'
id=$(held_id '.path == "/api/v1/frobnicate"')
is "what is no text is not edited" "$(say "$id" edit 'body: "x"')" invalid_decision
person ".id == $id" deny
ask text "$token" /frobnicate -X POST -d 'plain'
id=$(held_id '.body == "plain"')
is "what was no JSON need not be" "$(say "$id" edit 'body: "{ plainer"')" ok
head -c 1048577 /dev/zero | tr '\0' x >big.txt
operator "/v1/actions/$id" | jq -c --rawfile b big.txt '.action | {version, digest, decision: "edit", body: $b}' >big.json
is "1 MiB is the limit" "$(operator "/v1/actions/$id/decision" -X POST --data-binary @big.json | jq -r .error.message)" 'a body over 1048576 bytes is not edited'
person ".id == $id" deny
answered text

# ---- respond ----
ask respond "$token" /sandboxes/r1/exec "${json[@]}" -d '{"command":"cat notes"}'
id=$(held_id '.text == "cat notes"')
is "a respond needs words" "$(say "$id" respond)$(say "$id" respond 'note: ""')" invalid_decisioninvalid_decision
is "a person answers" "$(say "$id" respond 'note: "The notes say: ship it.", by: "ana"')" ok
answered respond
is "the words are the answer" "$(status_of respond) $(jq -r '.error.code + ": " + .error.message' respond.body)" '403 action_denied: The notes say: ship it.'
is "it is shown as a respond" "$(of "$id" '"\(.state) \(.decision) \(.decided_by) \(.decided_kind)"')" 'denied respond ana person'
is "it is too late to deny, and who answered is told" "$(say "$id" deny) $(jq -r .error.message said | cut -d' ' -f1-6)" "already_decided action $id was answered by ana"

# ---- two at once ----
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
is "all of it is in the record" "$(sqlite3 "$gate_state/journal.db" "SELECT group_concat(who || ' ' || new || ' ' || detail, '; ') FROM
	(SELECT * FROM moves WHERE action IN (1, $id) AND who LIKE 'person:%' ORDER BY seq)" | sed "s/person:$me/person:me/g")" \
	'person:ana held edited; person:me approved ; person:ana denied respond: The notes say: ship it.'
rm -rf "$gate_state"
start_gate
token=$(add_agent pairs --answer-within none)
port=${GATE_URL##*:}
before=$(sent)
out=$("$ASSENT_BUILD/tests/e2e/pairs" "$socket" "${port%%/*}" "$token" 1000 2>&1)
like "1,000 pairs of decisions: one winner each, the loser told who and when" "$out" '^1000 one winner each'
is "what was approved was sent, once" "$(($(sent) - before))" "$(sed 's/.*, \([0-9]*\) approved/\1/' <<<"$out")"
end_test
