#!/bin/bash
# What docs/GATE.md promises to those who write agents: repeats and keys, respond-async, the headers of answers.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
start_gate
token=$(add_agent clerk --answer-within none)
hasty=$(add_agent hasty --answer-within 1s)
act() { ask "$1" "$token" "$2" -X POST -d "${3-{\}}" "${@:4}"; }

# ---- a key that was used for what was withdrawn ----
act kept /sandboxes/w1/exec '{"command":"first"}' -H 'Idempotency-Key: key-1'
wait_until 10 held '.text == "first"'
id=$(actions '.text == "first"' | jq .id)
kill "$asker"
wait_until 20 held ".id == $id and .askers == 0"
act other /sandboxes/w1/exec '{"command":"second"}'
ok "a withdrawn action" wait_until 10 has_state "$id" withdrawn
act kept2 /sandboxes/w1/exec '{"command":"first"}' -H 'Idempotency-Key: key-1'
answered kept2
is "is not asked again with its key" "$(status_of kept2) $(jq -r .error.code kept2.body) $(header_of kept2 Assent-Action)" "409 action_withdrawn $id"
like "which it says" "$(jq -r .error.message kept2.body)" 'new key'
act kept3 /sandboxes/w1/exec '{"command":"other"}' -H 'Idempotency-Key: key-1'
answered kept3
is "nor with other bytes, and it names the action" "$(status_of kept3) $(jq -r .error.code kept3.body) $(header_of kept3 Assent-Action)" "422 idempotency_mismatch $id"
act kept4 /sandboxes/w1/exec '{"command":"first"}'
ok "without a key it is a new one" held ".text == \"first\" and .id != $id"
person '.text == "second"' deny
person '.text == "first"' deny

# ---- respond-async ----
act later /sandboxes/a1/exec '{"command":"later"}' -H 'Prefer: wait=1, respond-async'
answered later
id=$(header_of later Assent-Action)
is "respond-async is told where" "$(status_of later) $(header_of later Location) $(header_of later Preference-Applied) $(wc -c <later.body)" \
	"202 /v1/actions/$id respond-async 0"
act now /sandboxes/a2/exec '{"command":"now"}' -H 'Prefer: respond-asynchronously'
ok "what only begins like it waits" held '.text == "now" and .askers == 1'
fetch() { curl -sS -o "$1.body" -w '%{http_code}' -H "Authorization: Bearer ${3-$token}" -D "$1.head" "${@:4}" "${GATE_URL%/api/v1}/v1/actions/$2"; }
is "a fetch before the end" "$(fetch f1 "$id") $(jq -r '.error.code, .error.request_id' f1.body | tr '\n' ' ')$(header_of f1 Assent-Action)" "409 action_pending $id $id"
is "is the same by HEAD" "$(fetch f2 "$id" "$token" -I) $(header_of f2 Assent-Action)" "409 $id"
is "another agent sees nothing" "$(fetch f3 "$id" "$hasty") $(jq -r .error.code f3.body)" '404 action_not_found'
person ".id == $id" approve 'mind the gap: 5 %'
wait_until 10 has_state "$id" done
is "a fetch after the end, with the person's words" "$(fetch f4 "$id") $(cat f4.body) $(header_of f4 Assent-Note)" \
	'200 {"ok":true} mind%20the%20gap%3A%205%20%25'
person '.text == "now"' deny

# ---- reads, when the upstream lies: paths with "act" in them get what the mode says ----
lie() {
	local want_thing=$1 want_file=$2
	shift 2
	echo "$*" >"$up/mode"
	is "$*: of a read about a thing" "$(call "$token" /sandboxes/act -o got -w '%{http_code} %{exitcode} ' 2>/dev/null; jq -r '.error.code // "-"' got 2>/dev/null)" "$want_thing"
	is "$*: of a file" "$(call "$token" /sandboxes/s1/files/act -o got -w '%{http_code} %{exitcode} ' 2>/dev/null; jq -r '.error.code // "-"' got 2>/dev/null)" "$want_file"
}
lie '502 0 substrate_unreachable' '502 0 substrate_unreachable' drop
lie '502 0 substrate_unreachable' '200 18 ' half
lie '200 0 -' '200 0 -' long
for i in {1..20}; do call "$token" /sandboxes/act; call "$token" /sandboxes/s1/files/act; done >got
is "what comes past an answer's length is never the next answer" "$(cat got)" "$(printf '{"ok":true}%.0s' {1..40})"
lie '200 0 -' '200 0 -' heads 100 100
lie '502 0 substrate_unreachable' '502 0 substrate_unreachable' heads 1000 100
lie '502 0 substrate_unreachable' '502 0 substrate_unreachable' heads 1 2000000
lie '502 0 answer_unreadable' '200 0 ' bomb
ok "what is packed stays packed" test "$(wc -c <got)" -lt 1000000
lie '502 0 substrate_unreachable' '502 0 substrate_unreachable' coding
lie '503 0 -' '503 0 -' busy 503 1
lie '429 0 -' '429 0 -' answer 429 '{}'
ok "the gate has not grown by it" test "$(awk '/^VmRSS/ { print $2 }' "/proc/$gate_pid/status")" -lt 400000
rm "$up/mode"

# ---- what the agent says ----
act said /sandboxes/s1/exec '{"command":"said"}' -H "Assent-Title: $(printf 'a%.0s' {1..1024})" -H "Assent-Reason: $(printf 'a%.0s' {1..1025})" -H 'Assent-Turn: %zz%4'
ok "a claim may be 1 KiB long, and bad percents stay" held '.text == "said" and (.title | length) == 1024 and .reason == "" and .turn == "%zz%4"'
ask asks "$token" /computers -H 'Assent-Hold: no' -H 'assent-hold: YES'
ok "a hold that is asked for once is enough" held '.path == "/api/v1/computers"'
person '.text == "said"' deny
person '.path == "/api/v1/computers"' deny
answered asks
end_test
