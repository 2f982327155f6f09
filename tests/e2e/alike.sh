#!/bin/bash
# Rules made from decisions, on the real gate: made with a decision and by themselves, previewed, used, used up, over, revoked; kills and restarts.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

me=$(id -un 2>/dev/null) || me="uid $(id -u)"
start_upstream
start_gate
clerk=$(add_agent clerk --answer-within none)
other=$(add_agent other --answer-within none)
json=(-X POST -H 'Content-Type: application/json')
rows() { sqlite3 "$gate_state/journal.db" "$1"; }
of() { operator "/v1/actions/$1" | jq -r ".action | $2"; }
held_id() { held "$1" && actions ".state == \"held\" and ($1)" | head -n 1 | jq .id; }
rules() { operator /v1/state | jq -c ".alikes[] | $1"; }
# say ID VERB [JSON-MEMBERS]: decides; prints the error's code, or "ok".
say() {
	local action
	action=$(operator "/v1/actions/$1" | jq -c .action)
	jq -c --arg d "$2" --argjson screen "$(screen_of "$action")" "{version, digest, decision: \$d, by: \"ana\", screen: \$screen} + {${3-}}" <<<"$action" >say.json
	operator "/v1/actions/$1/decision" -X POST --data-binary @say.json >said
	jq -r '.error.code? // "ok"' said
}
alike() { operator /v1/alikes -X POST -d "$1" | tee made | jq -r '.error.code? // .id'; }
preview() { operator /v1/alikes/preview -X POST -d "$1"; }
# now TOKEN PATH BODY: what is answered within 2 s, "held" when nothing is; nobody waits for it after that.
# Each with a key of its own: without one a repeat after a restart gets the answer of the one before.
now() { curl -sS --max-time 2 -o answer -w '%{http_code}' -H "Authorization: Bearer $1" -H "Idempotency-Key: $RANDOM-$EPOCHREALTIME" "${json[@]}" -d "$3" "$GATE_URL$2" 2>/dev/null | sed 's/^000$/held/'; }
deny_all() { while decide true deny >/dev/null; do :; done; }
last() { operator /v1/state | jq -r ".actions[-1] | $1"; }

# ---- with a decision ----
ask one "$clerk" /sandboxes/s1/exec "${json[@]}" -d '{"command":"npm test"}'
id=$(held_id '.text == "npm test"')
is "to allow needs an end" "$(say "$id" approve 'alike: {verdict: "allow", uses: null, minutes: null, scope: {session: true}}') $(jq -r .error.message said)" \
	'invalid_alike what is allowed alike ends by "uses" or by "minutes": name one of them'
is "a yes makes no rule that refuses" "$(say "$id" approve 'alike: {verdict: "refuse"}')" invalid_alike
is "nor a no one that allows" "$(say "$id" deny 'alike: {verdict: "allow", uses: 1}')" invalid_alike
is "what is not known is not offered" "$(say "$id" approve 'alike: {verdict: "allow", uses: 1, scope: {window: true}}') $(jq -r .error.message said)" \
	'invalid_alike the gate does not know which window has the focus: "window" cannot be asked for'
is "an unknown word of it" "$(say "$id" approve 'alike: {verdict: "allow", times: 1}')" invalid_alike
is "nothing of that decided anything" "$(of "$id" .state) $(rules .id)" 'held '
is "a yes, and twice more" "$(say "$id" approve 'alike: {verdict: "allow", uses: 2, minutes: 15, scope: {session: true, text: false, box: null}}')" ok
answered one
is "the first is a person's yes" "$(of "$id" '"\(.decided_kind) \(.decided_by)"')" 'person ana'
is "the rule is listed" "$(rules '[.id, .verdict, .agent, .session, .kind, .what, .uses, .uses_max, .made_by, .last_uses]')" \
	'[1,"allow","clerk","s1","exec","Requests of clerk on s1: exec npm test, exactly as action 1.",0,2,"ana",[]]'
left=$(operator /v1/state | jq '.alikes[0].expires_boot_ms - .now_boot_ms')
ok "with the time that is left" test "$left" -gt 880000 -a "$left" -le 900000
before=$(sent)
is "the like passes" "$(now "$clerk" /sandboxes/s1/exec '{"command":"npm test"}') $(cat answer)" '200 {"ok":true}'
is "and is sent" "$(sent)" $((before + 1))
id=$(last .id)
is "by the rule" "$(of "$id" '"\(.decided_kind) \(.decided_by)"')" 'alike 1'
is "the use is counted and listed" "$(rules '[.uses, .last_uses[0].action]')" "[1,$id]"
is "another command waits" "$(now "$clerk" /sandboxes/s1/exec '{"command":"npm test; id"}')" held
is "another session too" "$(now "$clerk" /sandboxes/s2/exec '{"command":"npm test"}')" held
is "another agent too" "$(now "$other" /sandboxes/s1/exec '{"command":"npm test"}')" held
is "who asks for a person gets one" "$(curl -sS --max-time 2 -o answer -w '%{http_code}' -H "Authorization: Bearer $clerk" -H 'Assent-Hold: yes' "${json[@]}" \
	-d '{"command":"npm test"}' "$GATE_URL/sandboxes/s1/exec" 2>/dev/null)" 000
deny_all
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate
is "a kill gives no use back" "$(rules '[.uses, .last_uses[0].action]')" "[1,$id]"
is "it is in force still" "$(now "$clerk" /sandboxes/s1/exec '{"command":"npm test"}')" 200
gone() { [ -z "$(rules .id)" ]; }
ok "the second use was the last" wait_until 20 gone
is "and the next one waits" "$(now "$clerk" /sandboxes/s1/exec '{"command":"npm test"}')" held
deny_all

# ---- a kill at the points of a use: none is given twice, at most one is lost ----
for point in 3 5 6; do
	ask kill "$clerk" /sandboxes/s1/exec "${json[@]}" -d "{\"command\":\"kill $point\"}"
	id=$(held_id ".text == \"kill $point\"")
	say "$id" approve 'alike: {verdict: "allow", uses: 1}' >/dev/null
	answered kill
	kill "$gate_pid"
	wait "$gate_pid" 2>/dev/null
	FAILPOINT=FP$point:kill start_gate
	before=$(sent)
	now "$clerk" /sandboxes/s1/exec "{\"command\":\"kill $point\"}" >/dev/null
	wait "$gate_pid" 2>/dev/null
	start_gate
	is "FP$point: what the rule passed is sent at most once" "$(($(sent) - before <= 1))" 1
	deny_all
	used=$(rules .uses)
	is "FP$point: a rule that was used is over" "$(now "$clerk" /sandboxes/s1/exec "{\"command\":\"kill $point\"}")" "$([ -n "$used" ] && echo 200 || echo held)"
	deny_all
	is "FP$point: sent once in all, or not" "$(($(sent) - before <= 1))" 1
done

# ---- a refusal ----
ask no "$clerk" /sandboxes/s1/exec "${json[@]}" -d '{"command":"curl evil"}'
id=$(held_id '.text == "curl evil"')
is "a no, and for the like" "$(say "$id" deny 'note: "Not the net.", alike: {verdict: "refuse", uses: null, minutes: null, scope: {command: true}}')" ok
answered no
rule=$(rules .id)
before=$(sent)
for n in 1 2 3; do now "$clerk" /sandboxes/s1/exec "{\"command\":\"curl   evil\",\"n\":$n}" >/dev/null; done
deny_all
for n in 1 2 3; do code=$(now "$clerk" /sandboxes/s1/exec '{"command":"curl  evil"}'); done
is "the like is refused, with the words" "$code $(jq -r '.error.code + " " + .error.message' answer)" '403 action_denied Not the net.'
is "it is an action, denied by the rule" "$(last '"\(.state) \(.decided_kind) \(.decided_by) \(.note)"')" "denied alike $rule Not the net."
is "and nothing was sent" "$(sent)" "$before"
is "refusals are counted" "$(rules '[.uses, .uses_max, .expires_boot_ms, .words, (.last_uses | length)]')" '[3,null,null,"Not the net.",3]'
is "a rule that refuses is stronger" "$(alike "{\"action\":$id,\"verdict\":\"allow\",\"uses\":5}") $(now "$clerk" /sandboxes/s1/exec '{"command":"curl evil"}')" "$((rule + 1)) 403"
is "an edit that it would refuse is denied" "$(ask edit "$clerk" /sandboxes/s1/exec "${json[@]}" -d '{"command":"echo"}'
	edit=$(held_id '.text == "echo"') && say "$edit" edit 'body: "{\"command\":\"curl evil\"}"' && of "$edit" '"\(.state) \(.decided_kind)"')" "$(printf 'ok\ndenied alike')"
is "revoked" "$(operator "/v1/alikes/$rule" -X DELETE -o /dev/null -w '%{http_code}')" 204
is "it is gone" "$(rules .id)" "$((rule + 1))"
is "and cannot be revoked twice" "$(operator "/v1/alikes/$rule" -X DELETE | jq -r .error.code)" alike_not_found
is "and now the other one allows" "$(now "$clerk" /sandboxes/s1/exec '{"command":"curl evil"}')" 200
is "whichever was first" "$(alike "{\"action\":$id,\"verdict\":\"refuse\",\"words\":\"No.\"}") $(now "$clerk" /sandboxes/s1/exec '{"command":"curl evil"}') $(jq -r .error.message answer)" \
	"$((rule + 2)) 403 No."
operator "/v1/alikes/$((rule + 2))" -X DELETE -o /dev/null
operator "/v1/alikes/$((rule + 1))" -X DELETE -d '{"by":"ben"}' -o /dev/null

# ---- the screen ----
ask click "$clerk" /computers/c1/desktop/click "${json[@]}" -d '{"x":100,"y":100}'
id=$(held_id '.x == 100')
say "$id" approve >/dev/null
answered click
body="{\"action\":$id,\"verdict\":\"allow\",\"minutes\":5,\"scope\":{\"session\":true,\"box\":[80,80,40,40]}}"
is "what it would have matched: nothing but itself" "$(preview "$body" | jq -c '[.what, .count, .matched]')" \
	"[\"Requests of clerk on c1: click inside 40x40 at 80,80; all else as in action $id.\",0,[]]"
is "a rule from an action that is over" "$(alike "$body" | grep -c '^[0-9]*$')" 1
is "inside the box it passes" "$(now "$clerk" /computers/c1/desktop/click '{"x":119,"y":80}')" 200
is "outside it waits" "$(now "$clerk" /computers/c1/desktop/click '{"x":120,"y":80}')" held
is "with another button too" "$(now "$clerk" /computers/c1/desktop/click '{"x":100,"y":100,"button":"right"}')" held
is "the preview counts what was" "$(preview "$body" | jq -c '[.count, .matched[0].summary]')" '[1,"left click 119,80"]'
deny_all

# ---- never ----
ask gone "$clerk" /sandboxes/s1 -X DELETE
id=$(held_id '.method == "DELETE"')
is "what ends a session is never allowed alike" "$(alike "{\"action\":$id,\"verdict\":\"allow\",\"uses\":1}") $(jq -r .error.message made)" \
	'invalid_alike what costs money, ends a session, tells a secret or is not known is never allowed alike'
is "but refused" "$(alike "{\"action\":$id,\"verdict\":\"refuse\",\"minutes\":60}" | grep -c '^[0-9]*$')" 1
deny_all
is "and is" "$(curl -sS --max-time 5 -o answer -w '%{http_code}' -H "Authorization: Bearer $clerk" -X DELETE "$GATE_URL/sandboxes/s1") $(jq -r .error.message answer)" \
	"403 A person ($me) denied the like of this before. Do not retry; say what you need."
for bad in '{"action":999,"verdict":"refuse"}' '{"verdict":"refuse"}'; do is "no such action: $bad" "$(alike "$bad")" action_not_found; done
for bad in '"verdict":"maybe"' '"verdict":"allow","uses":0' '"verdict":"allow","uses":1001' '"verdict":"allow","minutes":1441' '"verdict":"allow","uses":1,"scope":{"box":[1,2,3]}' \
	'"verdict":"allow","uses":1,"scope":{"x":true}' '"verdict":"allow","uses":1,"scope":{"session":1}' '"verdict":"refuse","words":5'; do
	is "422: $bad" "$(alike "{\"action\":$id,$bad}")" invalid_alike
done

# ---- by hand ----
hand() { "$ASSENT_BUILD/assent" alike "$@" --socket "$socket" 2>&1; }
like "assent alike list" "$(hand list)" "^[0-9]+ refuse 1 used, (59m[0-9]+s|1h00m) left, $me: Requests of clerk on s1: delete, exactly as action $id\.\$"
rule=$(hand list --json | jq '.[-1].id')
is "assent alike revoke" "$(hand revoke "$rule"; echo $?) $(rules .id | grep -cx "$rule")" '0 0'
is "twice" "$(hand revoke "$rule"; echo $?)" "$(printf 'assent alike: there is no rule alike:%s in force\n1' "$rule")"
is "no number" "$(hand revoke x; echo $?)" "$(printf 'assent alike: "x" is no number of a rule; see assent alike list\n2')"

# ---- over ----
ask soon "$other" /sandboxes/s1/exec "${json[@]}" -d '{"command":"date"}'
id=$(held_id '.text == "date"')
is "a rule by time" "$(say "$id" approve 'alike: {verdict: "allow", minutes: 1}')" ok
answered soon
rule=$(operator /v1/state | jq '.alikes[-1].id')
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
rows "UPDATE alikes SET expires_boot_ms = $(operator_now=$(awk '{ print int($1 * 1000) }' /proc/uptime) && echo $((operator_now + 4000))) WHERE id = $rule"
start_gate
is "until its time it allows" "$(now "$other" /sandboxes/s1/exec '{"command":"date"}')" 200
ended() { ! rules .id | grep -qx "$rule"; }
ok "then it ends by itself" wait_until 10 ended
is "and the like waits" "$(now "$other" /sandboxes/s1/exec '{"command":"date"}')" held
deny_all
say_again() { ask again "$other" /sandboxes/s1/exec "${json[@]}" -d '{"command":"uptime"}' && id=$(held_id '.text == "uptime"') && say "$id" approve 'alike: {verdict: "allow", minutes: 60, uses: 9}'; }
is "a rule for an hour" "$(say_again)" ok
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
rows "UPDATE alikes SET boot_id = 'another' WHERE ended = ''"
start_gate
is "after a reboot none is in force" "$(rules .id)" ''
is "and the like waits" "$(now "$other" /sandboxes/s1/exec '{"command":"uptime"}')" held
deny_all
is "a rule of an agent" "$(ask last "$other" /sandboxes/s1/exec "${json[@]}" -d '{"command":"who"}' && say "$(held_id '.text == "who"')" approve 'alike: {verdict: "allow", minutes: 60}')" ok
"$ASSENT_BUILD/assent" agent revoke other --socket "$socket"
is "ends with its token: another program may get the name" "$(rules .id)" ''
operator /v1/alikes -X POST -d "{\"action\":$id,\"verdict\":\"allow\",\"minutes\":5}" >/dev/null
ok "nor is one made later of what it asked" wait_until 20 gone
other=$(add_agent other --answer-within none)
is "which whoever has the name now does not get" "$(now "$other" /sandboxes/s1/exec '{"command":"uptime"}')" held
deny_all

# ---- the record ----
"$ASSENT_BUILD/assent" stop --socket "$socket"
wait "$gate_pid" 2>/dev/null
is "it says who made what, and how it ended" "$(rows "SELECT group_concat(who || ' ' || new || ' ' || detail, '; ') FROM (SELECT * FROM moves WHERE action = 0 AND detail LIKE 'alike:1:%' ORDER BY seq)")" \
	'person:ana alike alike:1: allow, 2 uses, 900 s, Requests of clerk on s1: exec npm test, exactly as action 1.; alike:1 alike ended alike:1: used up'
is "each use" "$(rows "SELECT group_concat(new || ' ' || detail, '; ') FROM (SELECT * FROM moves WHERE action != 0 AND who = 'alike:1' ORDER BY seq)")" 'approved use 1 of 2; approved use 2 of 2'
is "that the screen was not compared" "$(rows "SELECT detail FROM moves WHERE who LIKE 'alike:%' AND detail LIKE '%screen%'")" 'use 1, not compared with the screen'
is "the words of each refusal" "$(rows "SELECT count(*) FROM moves WHERE who LIKE 'alike:%' AND new = 'denied' AND detail LIKE 'use %: Not the net.'")" 5
is "every end" "$(rows "SELECT group_concat(DISTINCT ended) FROM (SELECT ended FROM alikes ORDER BY ended)")" "its time is over,revoked,the agent's token was revoked,the machine was started again,used up"
is "who revoked" "$(rows "SELECT count(*) FROM moves WHERE new = 'alike ended' AND who = 'person:ben'")" 1
end_test
