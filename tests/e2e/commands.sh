#!/bin/bash
# The commands for scripts: queue, show, decide, freeze, unfreeze, stop, status: what they print, what they refuse, how they end; and two persons,
# each with an own key, who have to approve. The upstream is tests/e2e/upstream.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
unset ASSENT_PASSPHRASE_FD
assent() { "$ASSENT_BUILD/assent" "$@" --socket "$socket"; }
# told WANTED-STATUS COMMAND...: prints what it says when it ends so.
told() {
	local want=$1 out status
	shift
	out=$("$@" 2>&1 </dev/null)
	status=$?
	[ "$status" -eq "$want" ] || echo "status $status, not $want:"
	echo "$out"
}
json=(-X POST -H 'Content-Type: application/json')
of() { operator "/v1/actions/$1" | jq -r ".action | $2"; }
held_id() { held "$1" && actions ".state == \"held\" and ($1)" | head -n 1 | jq .id; }
me=$(id -un 2>/dev/null) || me="uid $(id -u)"

like "without a gate they say so" "$(told 3 assent queue)$(told 3 assent show 1)$(told 3 assent decide 1 deny)$(told 3 assent freeze)$(told 3 assent status)" \
	'^assent queue: no gate answers'
start_upstream
start_gate
token=$(add_agent clerk --answer-within none)
is "nothing waits" "$(told 0 assent queue)|$(told 0 assent queue --json)" '|[]'

ask rm "$token" /sandboxes/q1/exec "${json[@]}" -d '{"command":"rm -rf /data"}' -H 'Assent-Reason: %1B%5D0;evil%07%1B[2J %E9%9B%9B2J now'
id=$(held_id '.text == "rm -rf /data"')
like "the queue names it" "$(told 0 assent queue)" "^$id held [0-9]+m[0-9]+s clerk q1: .*rm -rf /data.* \[.*deletes.*\]$"
is "as JSON it is whole" "$(told 0 assent queue --json | jq -c '.[] | [.id, .state, .digest]')" "$(of "$id" '[.id, .state, .digest] | tojson')"
like "show says what it would do" "$(told 0 assent show "$id")" 'Runs one shell command'
like "every byte of it" "$(told 0 assent show "$id")" '^  \| \{"command":"rm -rf /data"\}$'
like "and what is decided on" "$(told 0 assent show "$id")" "^digest    $(of "$id" .digest)$"
is "as JSON it is the action" "$(told 0 assent show "$id" --json | jq -c '[.id, .digest]')" "$(of "$id" '[.id, .digest] | tojson')"
is "what the agent says reaches no terminal as it is" "$(for c in queue "show $id" status; do assent $c; done | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" 0
# The second byte of this character is CSI where a byte is a character.
is "in a locale that is not UTF-8: ASCII alone" "$(for c in queue "show $id" status "show $id-雛"; do LC_ALL=C assent $c 2>&1; done | LC_ALL=C grep -caP '[\x80-\xff]')" 0
like "but is shown" "$(told 0 assent show "$id")" '^says \|    .*evil.* now$'
like "an unknown id" "$(told 1 assent show 999)" 'there is no such action'
like "what is no id" "$(told 2 assent show x1)$(told 2 assent decide 1x deny)" 'it is: assent show ID.*is no action.s id|.'

like "approve says what was looked at" "$(told 2 assent decide "$id" approve)" 'approve needs --version and --digest'
like "a verb is one of four" "$(told 2 assent decide "$id" maybe)" 'none of approve, deny, edit, respond'
like "respond has words" "$(told 2 assent decide "$id" respond)$(told 2 assent decide "$id" edit)$(told 2 assent decide "$id" deny --body x)" 'respond needs --note'
like "the digest is compared" "$(told 1 assent decide "$id" approve --version 1 --digest "$(printf '0%.0s' {1..64})")" 'the digest is not that of action'
echo -n '{"command":"ls /data"}' >body.json
out=$(told 0 assent decide "$id" edit --body body.json)
is "an edit tells the version and digest to approve" "$out" "$id held, version 2, digest $(of "$id" .digest)"
like "show tells who edited and what was asked" "$(told 0 assent show "$id")" "^edited    by $me; the agent asked:$"
like "the version is compared" "$(told 1 assent decide "$id" approve --version 1 --digest "$(of "$id" .digest)")" 'is at version 2 now, not 1'
is "approved" "$(told 0 assent decide "$id" approve --version 2 --digest "$(of "$id" .digest)")" "$id approved"
answered rm
is "what was approved was sent" "$(status_of rm) $(tail -n 1 "$up/requests")" '200 POST /api/v1/sandboxes/q1/exec {"command":"ls /data"}'
like "too late: who, what and when" "$(told 1 assent decide "$id" deny)" "action $id was approved by $me at [0-9:]+ UTC; it is done now"
is "what ended is not in the queue" "$(told 0 assent queue)" ''
like "but in all of it" "$(told 0 assent queue --all)" "^$id done "
ask no "$token" /sandboxes/q1/exec "${json[@]}" -d '{"command":"cat x"}'
id=$(held_id '.text == "cat x"')
is "an answer" "$(told 0 assent decide "$id" respond --note 'It says 42.')" "$id denied"
answered no
is "reaches the agent" "$(jq -r .error.message no.body)" 'It says 42.'

ask click "$token" /computers/c1/desktop/click "${json[@]}" -d '{"x":20,"y":300}'
id=$(held_id '.x == 20')
digest=$(of "$id" .digest)
like "a click names the picture that was looked at" "$(told 1 assent decide "$id" approve --version 1 --digest "$digest")" 'name the picture that you saw'
like "a picture is a picture" "$(told 1 assent decide "$id" approve --version 1 --digest "$digest" --screen body.json)" 'body.json: no PNG'
like "and is there" "$(told 1 assent decide "$id" approve --version 1 --digest "$digest" --screen nowhere.png)" 'nowhere.png: No such file'
printf '\211PNG\r\n\032\nrest' >other.png
like "one that was not taken through the gate is none that was looked at" "$(told 1 assent decide "$id" approve --version 1 --digest "$digest" --screen other.png)" 'look again'
ok "show takes one" assent show "$id" --screen seen.png
is "then it is approved" "$(told 0 assent decide "$id" approve --version 1 --digest "$digest" --screen seen.png)" "$id approved"
is "with that picture in the record" "$(of "$id" .screen_sha256)" "$(sha256sum seen.png | cut -d' ' -f1)"
answered click

# ---- stopping ----
like "freeze says by whom, and what still runs" "$(told 0 assent freeze)" "^FROZEN by $me [0-9:]+: nothing is sent$|^0 still running$"
is "freeze takes no agent" "$(told 2 assent freeze clerk)" 'assent freeze: freeze stops everything; one agent is stopped by: assent stop clerk'
shown=$me
[ ${#me} -le 8 ] || shown="${me:0:6}\.\."	# one screen of 40 columns
like "status says so" "$(told 0 assent status)" "^FROZEN by $shown [0-9:]+: nothing sent$"
like "unfreezing asks, and takes nothing for a yes" "$(told 1 assent unfreeze)" 'still frozen'
is "it is still frozen" "$(operator /v1/state | jq -r .gate.frozen.by)" "$me"
like "a yes unfreezes" "$(echo yes | assent unfreeze)" 'Unfrozen\.$'
is "it is not frozen any more" "$(operator /v1/state | jq .gate.frozen)" null
like "then there is nothing to unfreeze" "$(told 1 assent unfreeze)" 'nothing is frozen'
is "one agent is stopped" "$(told 0 assent stop clerk)" 'clerk is stopped; a second time its token is revoked'
like "status names it" "$(told 0 assent status)" "^stopped   clerk by $me [0-9:]+$"
is "it goes on" "$(told 0 assent unfreeze clerk)" 'clerk goes on'
is "an agent nobody knows" "$(told 1 assent stop nobody)" 'assent stop: there is no such agent'
for i in 1 2 3 4 5; do ask "many$i" "$token" "/sandboxes/a-session-with-a-rather-long-name-$i/exec" "${json[@]}" -d "{\"command\":\"echo a rather long command line, number $i, which does not fit\"}"; done
held '.path | endswith("name-5/exec")'
wait_until 10 eval '[ $(actions ".state == \"held\"" | wc -l) -eq 5 ]'
like "status counts what waits" "$(told 0 assent status)" '^5 HELD, first out in '
is "in 40 columns" "$(assent status | awk 'length > 40' | wc -l)" 0
for i in 1 2 3 4 5; do assent decide "$(actions '.state == "held"' | head -n 1 | jq .id)" deny >/dev/null; done

# ---- two persons ----
as() {
	local name=$1
	shift
	XDG_CONFIG_HOME=$ASSENT_TMP/$name ASSENT_PASSPHRASE_FD=7 assent "$@" 7<<<"the words of $name"
}
as ana operator init --name ana >/dev/null 2>&1
as ben operator init --name ben >/dev/null 2>&1
as ana operator enrol "$(sed -n 's/^public //p' "$ASSENT_TMP/ben/assent/operator.key")" --name ben >/dev/null 2>&1
is "two persons have keys" "$(operator /v1/state | jq -c '[.operators[].name]')" '["ana","ben"]'
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
printf 'deny exec command="rm -r x" because "Never that."\nhold exec require=2\n' >"$ASSENT_TMP/two.conf"
start_gate --policy "$ASSENT_TMP/two.conf"
ask two "$token" /sandboxes/t1/exec "${json[@]}" -d '{"command":"make install"}'
id=$(held_id '.text == "make install"')
digest=$(of "$id" .digest)
yes() { told "$1" as "$2" decide "$id" approve --version "$(of "$id" .version)" --digest "$(of "$id" .digest)"; }
is "one of two leaves it held, at the same version" "$(yes 0 ana)" "$id held, version 1, digest $digest, approved by 1 of 2"
is "who it was stands there" "$(of "$id" '[.require, [.approvals[].by]] | tojson')" '[2,["ana"]]'
like "and on the card" "$(told 0 assent show "$id")" '^approvals 1 of 2 ana [0-9:]+$'
like "the second has to be another person" "$(yes 1 ana)" 'was approved by ana at [0-9:]+ UTC; it needs 2 persons'
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate --policy "$ASSENT_TMP/two.conf"
is "one yes outlives the gate" "$(of "$id" '[.version, [.approvals[].by]] | tojson')" '[1,["ana"]]'
ask two "$token" /sandboxes/t1/exec "${json[@]}" -d '{"command":"make install"}'
held ".id == $id and .askers == 1"
before=$(sent)
echo -n '{"command":"make -n install"}' >body.json
like "an edit voids it" "$(told 0 as ben decide "$id" edit --body body.json)" "^$id held, version 2, digest [0-9a-f]{64}$"
is "nobody has said yes to that" "$(of "$id" '.approvals | length')" 0
like "two more say yes" "$(yes 0 ben)" 'approved by 1 of 2'
is "nothing is sent before" "$(sent)" "$before"
is "the second one sends it" "$(yes 0 ana)" "$id approved"
answered two
is "once" "$(status_of two) $(header_of two Assent-Edited) $(($(sent) - before))" '200 1 1'
is "both names stand there" "$(of "$id" .decided_by)" 'ben, ana'
ask three "$token" /sandboxes/t1/exec "${json[@]}" -d '{"command":"make dist"}'
id=$(held_id '.text == "make dist"')
yes 0 ana >/dev/null
is "one no is enough" "$(told 0 as ben decide "$id" deny --note no)" "$id denied"
answered three
ask four "$token" /sandboxes/t1/exec "${json[@]}" -d '{"command":"make clean"}'
id=$(held_id '.text == "make clean"')
echo -n '{"command":"rm -r x"}' >body.json
is "what a rule denies is denied as an edit too" "$(told 0 as ana decide "$id" edit --body body.json)" "$id denied"
answered four
is "with the rule's words, and the edit in the record" "$(jq -r .error.message four.body) $(of "$id" '"\(.decided_kind) \(.edited.by) \(.version)"')" 'Never that. rule ana 2'
end_test
