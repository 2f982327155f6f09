#!/bin/bash
# Budgets on the real gate: each cap, who is told, raising, restarts, and a flood (FLOOD=10000 for the whole of it).
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

BUDGET=default
start_upstream
start_gate
one=$(add_agent one)
agent() { operator /v1/state | jq -r --arg n "$1" ".agents[] | select(.name == \$n) | $2"; }
raise() { operator /v1/budgets -X POST -d "$1" | jq -r '.error.code // "ok"'; }
# act TOKEN N [CURL-ARGUMENT...]: one action that nobody waits for.
act() { call "$1" "/sandboxes/s1/exec?n=$2" -X POST -d '{"command":"ls"}' -H 'Prefer: respond-async' "${@:3}"; }
status_of_act() { act "$1" "$2" -o "$ASSENT_TMP/answer" -w '%{http_code}'; }
code() { jq -r .error.code "$ASSENT_TMP/answer"; }
message() { jq -r .error.message "$ASSENT_TMP/answer"; }
deny_all() { while decide true deny >/dev/null; do :; done; }
rows() { sqlite3 "$gate_state/journal.db" "$1"; }

is "an agent has a budget without a word of anybody" "$(agent one '.budget | tojson')" '{"actions":200,"per_minute":30,"waiting":8,"reads_per_minute":600,"cost":null}'
is "and has used nothing" "$(agent one '.used | tojson')" '{"actions":0,"per_minute":0,"waiting":0,"reads_per_minute":0,"cost":null}'
is "and is at no cap" "$(agent one .at_cap)" null

# ---- waiting ----
for n in 1 2 3 4 5 6 7 8; do status_of_act "$one" "$n" >/dev/null; done
is "eight may wait" "$(agent one .waiting)" 8
is "which is no trouble yet" "$(agent one .at_cap)" null
is "the ninth is refused" "$(status_of_act "$one" 9) $(code)" '403 budget_exhausted'
is "with which cap, how much, and what helps" "$(message)" \
	'The budget of this agent is used up: waiting=8 (actions that wait for a person). Wait for those first, or an operator can raise it.'
is "no action was made of it" "$(actions true | wc -l)" 8
is "it is counted" "$(agent one .refused)" 1
is "the operator is told" "$(agent one .at_cap)" waiting
is "a repeat still joins" "$(status_of_act "$one" 3)" 202
is "and is no action of its own" "$(agent one .used.actions)" 8
deny_all
is "once they are decided it is at no cap" "$(agent one .at_cap)" null
is "and may ask again" "$(status_of_act "$one" 10)" 202

# ---- per minute ----
is "raising is one call" "$(raise '{"kind":"agent","name":"one","per_minute":10}')" ok
is "what was not named stays" "$(agent one '.budget | [.actions, .per_minute, .waiting] | tojson')" '[200,10,8]'
is "the tenth passes" "$(status_of_act "$one" 11)" 202
is "the next one in the minute is refused" "$(status_of_act "$one" 12) $(code)" '403 budget_exhausted'
like "and told so" "$(message)" 'per-minute=10 \(actions a minute\)'
is "and the operator" "$(agent one .at_cap)" per-minute
is "with null it is what it was before anybody spoke" "$(raise '{"kind":"agent","name":"one","per_minute":null}') $(agent one .budget.per_minute)" 'ok 30'
is "and passes" "$(status_of_act "$one" 13)" 202

# ---- actions, and a restart ----
is "a cap on all" "$(raise '{"kind":"agent","name":"one","actions":12}')" ok
is "is told as soon as it is reached" "$(status_of_act "$one" 14) $(agent one .at_cap)" '202 actions'
is "and refuses" "$(status_of_act "$one" 15) $(code)" '403 budget_exhausted'
deny_all
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
is "a restart gives nothing back: actions" "$(agent one '[.used.actions, .used.per_minute, .budget.actions, .at_cap] | tojson')" '[12,12,12,"actions"]'
is "and refuses as before" "$(status_of_act "$one" 16) $(code)" '403 budget_exhausted'
is "it may look" "$(call "$one" /computers -o /dev/null -w '%{http_code}')" 200
is "a name whose token was revoked and made anew goes on where it was" \
	"$("$ASSENT_BUILD/assent" agent revoke one --socket "$socket" && one=$(add_agent one) && [ -n "$one" ] && agent one .used.actions)" 12

# ---- reads ----
two=$(add_agent two)
raise '{"kind":"agent","name":"two","reads_per_minute":3}' >/dev/null
for n in 1 2 3; do call "$two" /computers -o /dev/null; done
is "a read over the cap may be repeated later" "$(call "$two" /computers -o "$ASSENT_TMP/answer" -D "$ASSENT_TMP/head" -w '%{http_code}') $(code)" '429 budget_exhausted'
like "and is told when" "$(tr -d '\r' <"$ASSENT_TMP/head")" '^Retry-After: (5[0-9]|6[01])$'
is "the operator is told" "$(agent two .at_cap)" reads-per-minute
is "acting is another cap" "$(status_of_act "$two" 1)" 202

# ---- sessions, and costs ----
mkdir -p "$up/reads"
echo '{"data":[{"id":"s1","name":"box","state":"running"}]}' >"$up/reads/sandboxes"
box() { operator /v1/state | jq -r ".sessions[] | select(.id == \"s1\") | $1"; }
has_box() { [ "$(box .id)" = s1 ]; }
ok "a session is known" wait_until 15 has_box
is "it has no budget of its own" "$(box '[.budget, .used, .at_cap] | tojson')" '[null,null,null]'
is "it gets one" "$(raise '{"kind":"session","name":"s1","actions":14,"per_minute":100}')" ok
is "which counts what is in the journal" "$(box '[.budget.actions, .used.actions, .budget.waiting] | tojson')" '[14,13,null]'
three=$(add_agent three)
is "one more" "$(status_of_act "$three" 1) $(box .at_cap)" '202 actions'
is "and then no agent's" "$(status_of_act "$three" 2) $(code)" '403 budget_exhausted'
like "and says whose" "$(message)" '^The budget of all agents on this session is used up: actions=14'
is "elsewhere it may act" "$(call "$three" /sandboxes/s2/exec -X POST -d '{}' -H 'Prefer: respond-async' -o /dev/null -w '%{http_code}')" 202
raise '{"kind":"session","name":"s1","actions":null}' >/dev/null
echo '{"sandbox_id":"s1","estimated_cost_cents":12.2}' >"$up/reads/sandboxes_s1_usage"
echo '{"data":{"estimated_cost_cents":7}}' >"$up/reads/sandboxes_s2_usage"
is "nobody asks what it costs" "$(grep -c /usage "$up/heads")" 0
is "before there is a cap" "$(raise '{"kind":"agent","name":"three","cost":20}')" ok
costs() { [ "$(agent three .used.cost)" = "$1" ]; }
ok "then what its sandboxes cost is told, a part of a cent as one" wait_until 10 costs 20
is "and is a cap" "$(agent three .at_cap) $(status_of_act "$three" 3) $(code)" 'max-cost 403 budget_exhausted'
like "in its words" "$(message)" 'max-cost=0.20 \(cost, as the substrate tells it\)'
is "a session has a cost too" "$(raise '{"kind":"session","name":"s1","cost":13}') $(box '[.used.cost, .at_cap] | tojson')" 'ok [13,"max-cost"]'
raise '{"kind":"session","name":"s1","cost":null}' >/dev/null
deny_all
is "an unknown session has no budget" "$(raise '{"kind":"session","name":"s9","actions":5}')" session_not_found

# ---- lines of the policy ----
cat >"$ASSENT_TMP/policy.conf" <<'POLICY'
budget *          actions=50 waiting=7
budget four       actions=3
budget session=s1 actions=1000
deny   exec       command=forbidden
POLICY
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate --policy "$ASSENT_TMP/policy.conf"
four=$(add_agent four)
is "a line is over the defaults, that of an agent over that of all" "$(agent four '.budget | [.actions, .per_minute, .waiting] | tojson')" '[3,30,7]'
is "what an operator said is over both" "$(agent one '.budget | [.actions, .waiting] | tojson')" '[12,7]'
wait_until 15 has_box
is "a session's line counts what was before" "$(box '[.budget.actions, .used.actions] | tojson')" '[1000,14]'
for n in 1 2 3; do call "$four" /sandboxes/s1/exec -X POST -d "{\"command\":\"forbidden\",\"n\":$n}" -o "$ASSENT_TMP/answer" -H 'Content-Type: application/json'; done
is "what a rule denies is made, for the record" "$(agent four .used.actions) $(code)" '3 action_denied'
is "and beyond the budget is denied without" "$(call "$four" /sandboxes/s1/exec -X POST -d '{"command":"forbidden"}' -H 'Content-Type: application/json' | jq -r .error.code) $(agent four '[.used.actions, .refused] | tojson')" \
	'action_denied [3,1]'
is "all else is told of the budget" "$(status_of_act "$four" 1) $(code)" '403 budget_exhausted'
sed -i 's/four       actions=3/four       actions=4/' "$ASSENT_TMP/policy.conf"
is "loading the rules anew raises it" "$(operator /v1/policy/reload -X POST -d '{}' | jq .rules) $(status_of_act "$four" 2)" '4 202'
deny_all

# ---- by hand ----
# What s1 costs is known by now, or not yet.
budget() { "$ASSENT_BUILD/assent" budget "$@" --socket "$socket" 2>&1 | sed -E 's/^(max-cost +)(\?|0\.13) /\1C /'; return "${PIPESTATUS[0]}"; }
is "assent budget shows" "$(budget four | tr -s ' ' | tr '\n' ';')" \
	'actions 4 of 4;per-minute 4 of 30;waiting 0 of 7;reads-per-minute 0 of 600;max-cost C of any;AT CAP: actions;'
is "and raises" "$(budget four actions=9 max-cost=1.5 | tr -s ' ' | grep -E '^(actions|max)' | tr '\n' ';') $(agent four .at_cap)" 'actions 4 of 9;max-cost C of 1.50; null'
is "and goes back" "$(budget four actions=default max-cost=default | tr -s ' ' | head -n 1)" 'actions 4 of 4'
is "of a session" "$(budget --session s1 waiting=99 --json | jq -c '.budget | [.actions, .waiting]')" '[1000,99]'
is "it says what is wrong" "$(budget four turns=3; echo $?)" "$(printf 'assent budget: "turns=3": it is actions=N, per-minute=N, waiting=N, reads-per-minute=N or max-cost=N.NN\n2')"
is "and whose there is none" "$(budget nobody; echo $?)" "$(printf 'assent budget: there is no agent "nobody"\n1')"
budget --session s1 waiting=default >/dev/null

# ---- what cannot be ----
is "no such agent" "$(raise '{"kind":"agent","name":"nobody","actions":5}')" agent_not_found
for bad in '{"kind":"agent","name":"two"}' '{"kind":"agent","name":"two","actions":-1}' '{"kind":"agent","name":"two","actions":1.5}' \
	'{"kind":"agent","name":"two","actions":"5"}' '{"kind":"agent","name":"two","waiting":1000000001}' '{"kind":"x","name":"two","actions":1}' '{"kind":"agent","actions":1}'; do
	is "422: $bad" "$(raise "$bad")" invalid_budget
done
is "an unknown key" "$(raise '{"kind":"agent","name":"two","turns":1}')" invalid_decision
# ---- a flood (F26) ----
flood=${FLOOD:-1500}
greedy=$(add_agent greedy)
status_of_act "$two" 5 >/dev/null
oldest=$(actions '.agent == "two" and .state == "held"' | jq .id)
curl -sS --max-time 300 -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $greedy" -H 'Prefer: respond-async' -X POST -d '{"command":"x"}' \
	"$GATE_URL/sandboxes/s1/exec?flood=[1-$flood]" >"$ASSENT_TMP/flood.codes" &
flooding=$!
children=("$flooding" "${children[@]}")
slowest=0 looks=0
while kill -0 $flooding 2>/dev/null; do
	begin=${EPOCHREALTIME/./}
	operator /v1/state -f >/dev/null || report 1 "the operator can work meanwhile"
	took=$(((${EPOCHREALTIME/./} - begin) / 1000))
	[ $took -gt $slowest ] && slowest=$took
	looks=$((looks + 1))
	sleep 0.05
done
ok "a flood of $flood requests: the operator could look $looks times, the slowest took $slowest ms" test $looks -gt 0
is "each was answered" "$(wc -l <"$ASSENT_TMP/flood.codes")" "$flood"
is "seven were taken, as that line says" "$(grep -c 202 "$ASSENT_TMP/flood.codes")" 7
is "all others were refused" "$(grep -c 403 "$ASSENT_TMP/flood.codes")" $((flood - 7))
refusals() { [ "$(agent greedy .refused)" = $((flood - 7)) ]; }
ok "all refusals are counted" wait_until 20 refusals
is "and the operator sees the cap" "$(agent greedy .at_cap)" waiting
ok "the log has a line for each second, not for each request" test "$(grep -c 'of greedy' "$ASSENT_TMP/gate.log")" -lt 100
ok "the oldest was not lost" has_state "$oldest" held
ok "and can be decided" decide ".id == $oldest" approve
ok "and is sent" wait_until 10 has_state "$oldest" done
is "another agent can still ask" "$(status_of_act "$two" 2)" 202
"$ASSENT_BUILD/assent" stop --socket "$socket"
wait "$gate_pid" 2>/dev/null
is "the disk has seven actions of the flood" "$(rows "SELECT count(*) FROM actions WHERE agent = 'greedy'")" 7
is "each change of a budget is in the record" "$(rows "SELECT group_concat(detail, ';') FROM moves WHERE new = 'budget' AND who LIKE 'person:%'")" \
	'agent one: per-minute=10;agent one: per-minute as before;agent one: actions=12;agent two: reads-per-minute=3;session s1: actions=14 per-minute=100;session s1: actions as before;agent three: max-cost=0.20;session s1: max-cost=0.13;session s1: max-cost as before;agent four: actions=9 max-cost=1.50;agent four: actions as before max-cost as before;session s1: waiting=99;session s1: waiting as before'
end_test
