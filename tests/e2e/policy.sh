#!/bin/bash
# Rules on a real gate before the recording upstream: what a line allows is sent once without a person, what it denies is answered with its words,
# what it holds says so; reload, good and bad; a bad file at the start; snapshots before; nobody at the desk.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

assent=$ASSENT_BUILD/assent
rules=$ASSENT_TMP/policy.conf
start_upstream

# ---- the start ----
start_again() {	# OPTION...: prints the gate's words and status
	timeout 20 "$assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$gate_state" --socket "$socket" "$@" 2>&1
	echo "status $?"
}
echo 'allow exec comand="ls"' >"$rules"
is "a bad file stops the start" "$(start_again --policy "$rules")" "assent gate: $rules:1:12: unknown key \"comand\" (did you mean \"command\"?)
status 4"
like "and so does a named one that is not there" "$(start_again --policy "$ASSENT_TMP/nowhere.conf")" "nowhere.conf: No such file or directory
status 4"
echo 'hold type require=2' >"$rules"
like "and one that asks for more persons than are enrolled" "$(start_again --policy "$rules")" 'policy.conf:1:1: require=2 needs as many enrolled operators; there are 0'
touch "$rules"
chmod 666 "$rules"
like "and one that anybody could have written" "$(start_again --policy "$rules")" 'can be written by everyone'
chmod 600 "$rules"

cat >"$rules" <<'RULES'
# what the tests below ask for
deny  exec   command="rm -r x"            because "Not that: ask \"ops\" first."
deny  class=lifecycle
allow exec   session=s1  command="npm test"  cwd=/w
allow click  box=0,0,100,100
allow class=harmless
hold  type   expires=5m                   because "Typing is looked at."
allow exec   session=s2
hold  hotkey snapshot=before
hold  key    unattended=deny
allow exec   session=s9 snapshot="every 3 turns"
RULES
start_gate --policy "$rules"
token=$(add_agent clerk --answer-within none)
json='Content-Type: application/json'
post() { ask "$1" "$token" "$2" -X POST -H "$json" -d "$3" "${@:4}"; }
is "the gate tells its rules" "$(operator /v1/state | jq -c '.gate.policy | [.file, .rules, .error, .loaded_wall_ms > 0]')" "[\"$rules\",10,\"\",true]"

# ---- allow ----
before=$(sent)
post allowed /sandboxes/s1/exec '{"command":"npm  test","cwd":"/w"}'
answered allowed
is "what a line allows is answered without a person" "$(status_of allowed) $(cat allowed.body)" '200 {"ok":true}'
is "and was sent once" "$(sent)" $((before + 1))
is "as it came" "$(tail -n 1 "$up/requests")" 'POST /api/v1/sandboxes/s1/exec {"command":"npm  test","cwd":"/w"}'
id=$(header_of allowed Assent-Action)
is "the record says by which line" "$(operator "/v1/actions/$id" | jq -r '.action | .decided_kind + " " + .decided_by + " " + .decision')" 'rule policy.conf:4 approve'
is "in its rows too" "$(sqlite3 "file:$gate_state/journal.db?immutable=1" "SELECT count(*) FROM moves" 2>/dev/null | grep -c .)" 1
post again /sandboxes/s1/exec '{"command":"npm  test","cwd":"/w"}' -H 'Idempotency-Key: k1'
answered again
post twice /sandboxes/s1/exec '{"command":"npm  test","cwd":"/w"}' -H 'Idempotency-Key: k1'
answered twice
is "a repeat gets the recorded answer" "$(status_of twice) $(header_of twice Assent-Action) $(sent)" "200 $(header_of again Assent-Action) $((before + 2))"
post click /computers/c1/desktop/click '{"x":99,"y":0}'
answered click
is "a click inside the box is sent" "$(status_of click)" 200
like "top line's count" "$(operator /v1/state | jq -c '.gate | [.by_rule_per_minute, .by_hand_per_minute]')" '^\[3,0\]$'
post stat /sandboxes/s1/files/stat '{"path":"/a"}'
answered stat
is "what is harmless is sent" "$(status_of stat)" 200

# ---- held, though a line comes near ----
before=$(sent)
held_since() { wait_until 10 eval "actions '.state == \"held\" and ($1)' | grep -q ."; }
near() {	# NAME PATH BODY PATTERN
	post "near" "$2" "$3"
	held_since ".id > $id"
	like "$1" "$(actions ".state == \"held\" and .id > $id" | jq -r .held_by)" "$4"
	person ".id > $id" deny
	answered near
}
near "a command that does not split is held" /sandboxes/s1/exec '{"command":"cd /w && npm test","cwd":"/w"}' '^default: no rule names it \(policy.conf: .*the command does not split into words: "&" at byte 7\)$'
near "a field more is held" /sandboxes/s1/exec '{"command":"npm test","cwd":"/w","env":{"A":"b"}}' 'the body has the field "env"'
near "another session is held" /sandboxes/s3/exec '{"command":"npm test","cwd":"/w"}' '^default: no rule names it$'
near "a click beside the box is held" /computers/c1/desktop/click '{"x":100,"y":0}' '^default: no rule names it$'
near "any command of an allowed kind has to split" /sandboxes/s2/exec '{"command":"echo $(id)"}' 'the command does not split into words: "\$" at byte 6'
near "what cannot be read is not allowed" /sandboxes/s2/exec '{"command":"ls","command":"ls"}' 'the body cannot be read: byte 17: a key twice'
near "what the gate does not know is held" /frobnicate '{}' '^default: no rule names it'
is "nothing of it was sent" "$(sent)" "$before"
post asks /sandboxes/s1/exec '{"command":"npm test","cwd":"/w"}' -H 'Assent-Hold: yes'
ok "an agent may ask for a person all the same" held '.held_by | endswith("the agent itself asks for a person")'
person '.session == "s1"' deny
answered asks

# ---- deny ----
post denied /sandboxes/s2/exec '{"command":"rm -r x"}'
answered denied
is "what a line denies is answered with its words" "$(status_of denied) $(jq -r '.error.code + ": " + .error.message' denied.body)" \
	'403 action_denied: Not that: ask "ops" first.'
ask lifecycle "$token" /sandboxes/s2 -X DELETE
answered lifecycle
is "or with the gate's" "$(jq -r .error.message lifecycle.body)" 'Denied by a rule (policy.conf:3). Do not retry; say what you need.'
is "it is recorded as the rule's" "$(operator "/v1/actions/$(header_of lifecycle Assent-Action)" | jq -r '.action | .state + " " + .decided_by')" 'denied policy.conf:3'
is "nothing of it was sent" "$(sent)" "$before"

# ---- hold ----
post typed /computers/c1/desktop/type '{"text":"a"}'
ok "what a line holds says which" held '.held_by == "policy.conf:7: hold  type   expires=5m                   because \"Typing is looked at.\""'
ok "and for how long" held '.kind == "type" and .expires_boot_ms - .arrived_boot_ms == 300000'
edited=$(operator /v1/state | jq -c '[.actions[] | select(.kind == "type" and .state == "held")][0] | {version, digest, decision: "edit", body: "{\"text\":\"b\"}"}')
id=$(actions '.kind == "type" and .state == "held"' | jq .id)
is "an edit is judged again" "$(operator "/v1/actions/$id/decision" -X POST -d "$edited" | jq -r '.state + " " + .held_by[0:13]')" 'held policy.conf:7'
person '.kind == "type"' deny
answered typed
post edit /sandboxes/s3/exec '{"command":"ls"}'
held '.session == "s3"'
edited=$(operator /v1/state | jq -c '[.actions[] | select(.session == "s3" and .state == "held")][0] | {version, digest, decision: "edit", body: "{\"command\":\"rm -r x\"}"}')
id=$(actions '.session == "s3" and .state == "held"' | jq .id)
is "and denied where a line denies it then" "$(operator "/v1/actions/$id/decision" -X POST -d "$edited" | jq -r '.state + " " + .decided_kind')" 'denied rule'
answered edit
is "with its words" "$(jq -r .error.message edit.body)" 'Not that: ask "ops" first.'

# ---- a snapshot before ----
before=$(sent)
post snap /computers/c1/desktop/hotkey '{"keys":["ctrl","s"]}'
held '.kind == "hotkey"'
person '.kind == "hotkey"' approve
ok "without a snapshot it is not sent but held again" held '.kind == "hotkey" and .version == 2 and .error == "not sent: no snapshot could be taken before it: the substrate answered 200 and named none"'
is "the snapshot alone was asked for" "$(sent) $(tail -n 1 "$up/requests" | cut -d' ' -f1,2)" "$((before + 1)) POST /api/v1/computers/c1/snapshots"
echo 'answer 200 {"data":{"id":"snap_7","status":"creating"}}' >"$up/mode"
person '.kind == "hotkey"' approve
answered snap
is "with one it is sent" "$(status_of snap) $(tail -n 2 "$up/requests" | cut -d' ' -f2 | tr '\n' ' ')" '200 /api/v1/computers/c1/snapshots /api/v1/computers/c1/desktop/hotkey '
echo 'until away' >"$up/mode"
before=$(sent)
post unwritten /computers/c1/desktop/hotkey '{"keys":["ctrl","q"]}'
held '.kind == "hotkey"'
person '.kind == "hotkey"' approve
wait_until 10 eval '[ "$(sent)" -gt "$before" ]'
mv "$gate_state/journal.db" "$gate_state/away.db"
: >"$up/away"
sleep 3.5
is "while nothing can be written no other snapshot is asked for" "$(sent)" $((before + 1))
mv "$gate_state/away.db" "$gate_state/journal.db"
ok "then it comes back to the person" held '.kind == "hotkey" and .version == 2 and .decided_by == null'
is "and nothing more was sent" "$(sent)" $((before + 1))
is "each is asked for with a key of its own" "$(sed -n 's|.* POST /api/v1/computers/c1/snapshots \(turn-[0-9]*-snapshot-[0-9a-f]*\) .*|\1|p' "$up/record" | sort -u | wc -l)" 3
person '.kind == "hotkey"' deny
answered unwritten
echo 'answer 200 {"data":{"id":"snap_8","status":"creating"}}' >"$up/mode"
for n in 1 2 3 4 5 6 7; do
	post "every$n" /sandboxes/s9/exec "{\"command\":\"make $n\"}"
	answered "every$n"
done
is "one before each third turn" "$(sed -n 's|^POST /api/v1/sandboxes/s9/\([a-z]*\) .*|\1|p' "$up/requests" | xargs)" 'snapshots exec exec exec snapshots exec exec exec snapshots exec'
rm "$up/mode"

# ---- nobody at the desk ----
ok "with no key at any dashboard the gate is unattended" wait_until 20 eval 'operator /v1/state | jq -e .gate.unattended'
post alone /computers/c1/desktop/key '{"key":"a"}'
answered alone
is "with nobody at the desk a line may deny" "$(status_of alone) $(jq -r .error.code alone.body)" '403 action_denied'
# Somebody whose last key is almost ten minutes ago.
operator /v1/presence -X POST -d '{"name":"ana","reads":null,"key_ago_ms":597000}' >/dev/null
post watched /computers/c1/desktop/key '{"key":"b"}'
ok "with somebody there it waits" held '.kind == "key"'
answered watched
like "until no key was pressed for ten minutes" "$(jq -r .error.message watched.body)" '[Nn]obody'

# ---- reload ----
sed -i 's/^allow class=harmless$/deny class=harmless/' "$rules"
post still /sandboxes/s1/files/stat '{"path":"/b"}'
answered still
is "a changed file changes nothing by itself" "$(status_of still)" 200
is "reload takes it" "$("$assent" policy reload --socket "$socket")" 'loaded: 10 lines'
post after /sandboxes/s1/files/stat '{"path":"/c"}'
answered after
is "and it counts" "$(status_of after)" 403
echo 'allow class=harmles' >"$rules"
is "a bad one is refused" "$("$assent" policy reload --socket "$socket" 2>&1; echo $?)" "assent policy: $rules:1:13: unknown class \"harmles\" (did you mean \"harmless\"?)
1"
is "which the top line knows" "$(operator /v1/state | jq -r .gate.policy.error)" "$rules:1:13: unknown class \"harmles\" (did you mean \"harmless\"?)"
mv "$rules" "$rules.bad"
ln -s "$rules" "$rules"
is "one that cannot be opened is a bad one, and no failure of the record" "$(operator /v1/policy/reload -X POST -d '{}' | jq -r .error.code)" invalid_policy
mv "$rules.bad" "$rules"
post stays /sandboxes/s1/files/stat '{"path":"/d"}'
answered stays
is "and the old rules stay" "$(status_of stays)" 403
like "they are shown" "$("$assent" policy show --socket "$socket")" '^deny class=harmless$'
kill -HUP "$gate_pid" 2>/dev/null
wait "$gate_pid"
is "a signal ends the gate and loads nothing" "$(operator /v1/state 2>/dev/null | wc -c)" 0
echo 'allow class=harmless' >"$rules"
start_gate --policy "$rules"
is "asking the gate itself" "$(operator /v1/policy/test -X POST -d '{"method":"POST","path":"/sandboxes/s/files/stat","body":"{}"}' | jq -c .)" \
	'{"verdict":"allow","rule":"policy.conf:1: allow class=harmless","why":"line 1 names it"}'

# ---- without a gate ----
is "test says which line and why" "$("$assent" policy test POST /sandboxes/s/files/stat '{}' --policy "$rules"; echo $?)" \
	'allow  stat (class harmless), session s: line 1 names it
policy.conf:1: allow class=harmless
0'
is "test is 1 for what is not allowed" "$("$assent" policy test POST /sandboxes/s/exec '{}' --policy "$rules" --json; echo $?)" \
	'{"verdict":"hold","rule":null,"why":"no line names it","kind":"exec","class":"acts","session":"s"}
1'
is "check finds a good file good" "$("$assent" policy check "$rules"; echo $?)" 'good: 1 rules, 0 budgets
0'
is "and says what is wrong with a bad one" "$("$assent" policy check <(echo nonsense) 2>&1 | sed 's|/dev/fd/[0-9]*|F|'; echo "${PIPESTATUS[0]}")" 'assent policy: F is no plain file
1'
is "a read passes" "$("$assent" policy test GET /sandboxes/s --policy "$rules")" 'pass  read (class read), session s: reads are not judged'
is "usage" "$("$assent" policy chek 2>/dev/null; echo $?)" 2
# ---- assent.conf: what no flag says ----
mkdir -p "$XDG_CONFIG_HOME/assent"
printf 'hold_time = 2m\nanswer_within = "7s"\npolicy = "%s"\n' "$rules" >"$XDG_CONFIG_HOME/assent/assent.conf"
"$assent" stop --socket "$socket"
wait "$gate_pid"
start_gate
is "its policy is taken" "$(operator /v1/state | jq -r .gate.policy.file)" "$rules"
"$assent" agent add hasty --socket "$socket" >/dev/null 2>&1
is "its time for new agents too" "$(operator /v1/state | jq '.agents[] | select(.name == "hasty") | .answer_within_ms')" 7000
post short /sandboxes/s5/exec '{"command":"ls"}'
ok "and its hold time" held '.session == "s5" and .expires_boot_ms - .arrived_boot_ms == 120000'
person '.session == "s5"' deny
answered short

# ---- two persons, once there are two ----
as_ana() { XDG_CONFIG_HOME=$ASSENT_TMP/ana ASSENT_PASSPHRASE_FD=7 "$assent" "$@" --socket "$socket" 7<<<"open sesame"; }
printf 'hold type require=2\nbudget clerk per-minute=1000\n' >"$rules"	# this test asks faster than agents do
like "two persons are refused while there is none" "$("$assent" policy reload --socket "$socket" 2>&1)" 'policy.conf:1:1: require=2 needs as many enrolled operators; there are 0'
as_ana operator init --name ana >/dev/null 2>&1
openssl genpkey -algorithm ed25519 -out ben.pem 2>/dev/null
as_ana operator enrol "$(openssl pkey -in ben.pem -pubout -outform DER | tail -c 32 | base64)" --name ben >/dev/null 2>&1
is "with two a reload has to be signed" "$(operator /v1/policy/reload -X POST -d '{}' | jq -r .error.code)" signature_required
is "and signed it is taken" "$(as_ana policy reload)" 'loaded: 2 lines'
post two /computers/c1/desktop/type '{"text":"two"}'
ok "the action then needs two" held '.kind == "type" and .require == 2'
id=$(actions '.kind == "type" and .state == "held"' | jq .id)
ok "one says yes" as_ana decide "$id" approve --version 1 --digest "$(operator "/v1/actions/$id" | jq -r .action.digest)"
is "which is one of two" "$(operator "/v1/actions/$id" | jq -c '.action | [.state, .version, .approvals[].by]')" '["held",1,"ana"]'
ok "and is revoked" as_ana operator revoke ana
is "then that yes does not count any more" "$(operator "/v1/actions/$id" | jq -c '.action | [.state, .version, .approvals[].by]')" '["held",2]'
person '.kind == "type"' deny
answered two

# ---- more of assent.conf ----
is "a flag wins" "$("$assent" policy test POST /sandboxes/s/files/stat --policy /dev/null 2>&1)" 'assent policy: /dev/null is no plain file'
echo 'hold_tim = 2m' >"$XDG_CONFIG_HOME/assent/assent.conf"
is "a bad one stops a command" "$("$assent" status --socket "$socket" 2>&1; echo $?)" "assent: $XDG_CONFIG_HOME/assent/assent.conf:1: no setting is called \"hold_tim\" (did you mean \"hold_time\"?)
4"
like "but not the one that stops things" "$("$assent" stop --socket "$socket" 2>&1; echo $?)" '^0$'
end_test
