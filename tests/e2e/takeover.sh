#!/bin/bash
# A person has control of a computer and works on it by hand: a lease that ends with its dashboard, inputs in order, sent once and recorded without what was
# typed, a note for the agent. Before the recording upstream.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
mkdir -p "$up/reads"
echo '{"data":[{"id":"c1","name":"desk","status":"active","width":1280,"height":800},{"id":"c2","name":"other","status":"active","width":1280,"height":800}]}' >"$up/reads/computers"
echo '{"data":[{"id":"s1","name":"build","status":"running"}]}' >"$up/reads/sandboxes"
start_gate
token=$(add_agent clerk --answer-within none)
json=(-X POST -H 'Content-Type: application/json')
session() { operator /v1/state | jq -c ".sessions[] | select(.id == \"${1:-c1}\")"; }
is_there() { session | grep -q .; }
wait_until 20 is_there || { report 1 "the computer is known"; end_test; }
code() { jq -r '.error.code? // "ok"'; }
post() { operator "$1" -X POST -d "$2"; }
taken() { [ "$(session | jq -r '.takeover.by')" = "$1" ]; }
handed_back() { [ "$(session | jq .takeover)" = null ]; }
# take BY: sets lease, and attaches a stream; stream: its process.
take() {
	lease=$(post /v1/takeover/c1 "{\"by\":\"$1\",\"attached\":true}" | jq -r .lease)
	: >stream
	curl -sS -N --max-time 60 --unix-socket "$socket" "http://gate/v1/takeover/c1/attached?lease=$lease" >stream 2>/dev/null &
	stream=$!
	children=("$stream" "${children[@]}")
	wait_until 20 grep -q attached stream
}
hand() { post "/v1/input/${3:-c1}" "{\"lease\":\"$lease\",\"do\":\"$1\",\"body\":$2}"; }
control_rows() { sqlite3 "file:$gate_state/journal.db?mode=ro" "$1"; }
desktop() { sed -n 's|^POST /api/v1/computers/c1/desktop/||p' "$up/requests" 2>/dev/null; }

operator /v1/events -N --max-time 100 >events 2>/dev/null &
children=("$!" "${children[@]}")
answer=$(post /v1/takeover/c1 '{"by":"ana","attached":true}')
is "taking control attached gives a lease" "$(jq -r '[(.lease | test("^[0-9a-f]{32}$")), .idle_ms, .session.takeover.by, .session.takeover.attached] | @csv' <<<"$answer")" 'true,300000,"ana",true'
is "another person's is told" "$(post /v1/takeover/c1 '{"by":"ben","attached":true}' | code)" takeover_active
is "a wrong lease has no stream" "$(operator '/v1/takeover/c1/attached?lease=00000000000000000000000000000000' | code) $(operator /v1/takeover/c1/attached | code)" 'no_lease no_lease'
old=$(jq -r .lease <<<"$answer")
take ana
is "the same person's new lease ends the old one" "$(post /v1/input/c1 "{\"lease\":\"$old\",\"do\":\"move\",\"body\":{\"x\":1,\"y\":1}}" | code)" no_lease
is "an agent's action and read are refused" "$(call "$token" /computers/c1/desktop/click "${json[@]}" -d '{"x":1,"y":1}' | code) $(call "$token" /computers/c1/desktop/screenshot | code)" 'takeover_active takeover_active'
is "nothing was sent for it" "$(sent)" 0

answer=$(hand click '{"x":812,"y":447}')
is "a click by hand is done" "$(jq -c 'del(.action)' <<<"$answer")" '{"state":"done","status":200,"body":"{\"ok\":true}","error":""}'
is "as the substrate wants it" "$(desktop)" 'click {"x":812,"y":447}'
is "it is the person's own action" "$(operator "/v1/actions/$(jq .action <<<"$answer")" | jq -r '.action | "\(.agent)|\(.decided_by)|\(.plain)"')" '|ana|Left click at 812,447 on computer desk (c1).'
is "what is typed is sent" "$(hand type '{"text":"Grüße, hunter2!"}' | jq -r .state) $(desktop | tail -n 1)" 'done type {"text":"Grüße, hunter2!"}'
operator /v1/freeze -X POST -d '{}' >/dev/null
is "in a freeze nothing is" "$(hand move '{"x":1,"y":1}' | code) $(desktop | wc -l)" 'gate_frozen 2'
operator /v1/unfreeze -X POST -d '{}' >/dev/null

# ---- in order, one at a time, and never after the lease ----
rm -f "$up/record"
echo 'delay 200' >"$up/mode"
for n in 1 2 3 4 5; do
	hand move "{\"x\":$n,\"y\":1}" >"move$n" &
	children=("$!" "${children[@]}")
done
all_moved() { [ "$(desktop | grep -c '^move')" -eq 5 ] && ! grep -L '"done"' move[1-5] | grep -q .; }
ok "five inputs at once are all done" wait_until 20 all_moved
ok "each was sent when the one before was answered" jq -se '[.[1:], .[:-1]] | transpose | map(.[0] - .[1] >= 195) | all' < <(cut -d' ' -f1 "$up/record" | sort -n)
# behind NAME: one that gets no answer, and one behind it, which is answered into NAME.
behind() {
	local before
	before=$(sent)
	echo hang >"$up/mode"
	hand move '{"x":7,"y":7}' >first &
	first=$!
	children=("$first" "${children[@]}")
	wait_until 20 eval "[ \$(sent) -eq $((before + 1)) ]"
	curl -sS --max-time 20 --unix-socket "$socket" -X POST -d "{\"lease\":\"$lease\",\"do\":\"click\",\"body\":{\"x\":9,\"y\":9}}" http://gate/v1/input/c1 >"$1" &
	waiting=$!
	children=("$waiting" "${children[@]}")
	sleep 0.2	# on its way; what comes later is refused all the same
}
# The one without an answer loses its connection.
drop_first() {
	pkill -P "$upstream_pid"
	wait "$first"
}
clicks_at_9() { desktop | grep -c '"x":9'; }
behind waits1
operator /v1/freeze -X POST -d '{}' >/dev/null
ok "what waits when all is frozen is not sent" wait_until 20 grep -q gate_frozen waits1
operator /v1/unfreeze -X POST -d '{}' >/dev/null
drop_first
is "the one on the wire has no answer" "$(jq -r .state first)" unknown
behind waits2
kill "$waiting"
wait "$waiting" 2>/dev/null
drop_first
behind waits3
is "handing back needs no more than the lease" "$(operator /v1/takeover/c1 -X DELETE -d "{\"lease\":\"$lease\",\"note\":\"The order form is filled in; go on with Größe 3.\"}" -o /dev/null -w '%{http_code}')" 204
ok "what waits when control ends is not sent" wait_until 20 grep -q no_lease waits3
drop_first
is "nor what nobody waits for any more" "$(clicks_at_9)" 0
ok "the stream says why it ends" wait_until 20 grep -q '"why":"it was handed back"' stream
echo 'answer 200 {"ok":true}' >"$up/mode"

# ---- the note ----
note='The%20order%20form%20is%20filled%20in%3B%20go%20on%20with%20Gr%C3%B6%C3%9Fe%203.'
is "another session's answer has no note" "$(call "$token" /computers/c2/desktop/cursor -D - -o /dev/null | grep -ci assent-note)" 0
is "the agent's next read there has it" "$(call "$token" /computers/c1/desktop/cursor -D - -o /dev/null | tr -d '\r' | sed -n 's/^Assent-Note: //Ip')" "$note"
is "once" "$(call "$token" /computers/c1/desktop/cursor -D - -o /dev/null | grep -ci assent-note)" 0
take ana
operator /v1/takeover/c1 -X DELETE -d "{\"lease\":\"$lease\",\"note\":\"one\"}"
ask noted "$token" /computers/c1/desktop/key "${json[@]}" -d '{"key":"Return"}'
held '.text == "Return"'
person '.text == "Return"' approve 'two'
answered noted
is "with an action's answer it stands behind the decision's" "$(header_of noted Assent-Note)" 'two%0Aone'
is "a note that is none" "$(post /v1/takeover/c1 '{"by":"ana"}' | code) $(operator /v1/takeover/c1 -X DELETE -d '{"note":7}' | code) $(operator /v1/takeover/c1 -X DELETE -d "{\"note\":\"$(printf '%1025s' x)\"}" | code)" 'ok invalid_takeover invalid_takeover'
operator /v1/takeover/c1 -X DELETE -d '{"note":""}'

# ---- what cannot be, and nothing is sent for it ----
take ana
before=$(sent)
bad() {
	local answer
	answer=$(hand "$1" "$2")
	is "refused: $1 $2" "$(jq -r .error.code <<<"$answer" 2>&1)" invalid_input
	[ -z "${3-}" ] || like "with the reason: $3" "$(jq -r .error.message <<<"$answer")" "$3"
}
bad click '{"x":1280,"y":1}' '"x" is 1280: the screen is 1280 pixels wide, so 0 to 1279'
bad click '{"x":1,"y":800}' 'the screen is 800 pixels high'
bad click '{"x":-1,"y":1}'
bad click '{"x":1.5,"y":1}' '"x" is no whole number'
bad click '{"x":1e3,"y":1}'
bad click '{"x":99999999999999999999,"y":1}'
bad click '{"x":"1","y":1}'
bad click '{"x":1}' '"y" is missing'
bad click '{"x":1,"y":1,"button":"mddle"}'
bad move '{"x":1,"y":1,"text":"hunter2"}' 'move has another field'
bad drag '{"from_x":1,"from_y":1,"to_x":1,"to_y":4000}'
bad scroll '{"direction":"up","x":1}' 'come together'
bad key '{"key":"Retrun"}' 'did you mean "return"'
bad hotkey '{"keys":["ctrl","Delte"]}' 'did you mean "delete"'
bad type '{"text":""}'
bad type '{"text":"a\u0000b"}'
bad window/close '{"window_id":".."}'
bad clik '{"x":1,"y":1}' 'did you mean "click"'
bad screenshot/region '{"x":1,"y":1,"width":1,"height":1}'
bad ../exec '{"command":"id"}'
bad click '[1,1]'
for text in '' '{' '[]' '{"lease":"x"}' '{"do":"click","body":{"x":1,"y":1},"more":1}'; do
	like "no input: $text" "$(post /v1/input/c1 "$text" | code)" '^invalid_(input|decision)$'
done
is "another computer's lease, an old one, none" "$(hand click '{"x":1,"y":1}' c2 | code) $(post /v1/input/c1 "{\"lease\":\"$old\",\"do\":\"click\",\"body\":{\"x\":1,\"y\":1}}" | code) $(post /v1/input/c1 '{"do":"click","body":{"x":1,"y":1}}' | code)" \
	'no_lease no_lease no_lease'
is "a sandbox, nowhere" "$(hand click '{"x":1,"y":1}' s1 | code) $(hand click '{"x":1,"y":1}' nowhere | code)" 'session_not_found session_not_found'
is "nothing was sent for any of it" "$(sent)" "$before"
is "a window's id goes into the path" "$(hand window/move '{"window_id":"0x7/8","x":-5,"y":3}' | jq -r .state) $(desktop | tail -n 1)" 'done window/0x7%2F8/move {"x":-5,"y":3}'
is "and leads nowhere else" "$(hand window/move '{"window_id":"0x7/..","x":-5,"y":4}' | jq -r .state) $(desktop | tail -n 1)" 'not_sent window/0x7%2F8/move {"x":-5,"y":3}'

# ---- what is typed is kept nowhere ----
echo 'answer 200 {"ok":true,"typed":"correct horse 17"}' >"$up/mode"
is "a password is typed" "$(hand type '{"text":"correct horse 17"}' | jq -r .body)" '{"ok":true,"typed":"correct horse 17"}'
hand clipboard '{"text":"correct horse 17"}' >/dev/null
hand key '{"key":"shift+Q"}' >typed
echo 'answer 200 {"ok":true}' >"$up/mode"
hand key '{"key":"ctrl+q"}' >/dev/null
is "its length is" "$(operator "/v1/actions/$(jq .action typed)" | jq -r '.action | "\(.body)|\(.text)|\(.plain)"')" \
	'{"characters":1}|null|Presses a key on computer desk (c1).'
is "and how much went" "$(actions '.kind == "type"' | tail -n 1 | jq -r '"\(.body)|\(.summary)|\(.answer.kept)|\(.digest)"')" \
	"{\"characters\":16}|type 16 characters|0|$(actions '.kind == "type"' | tail -n 1 | jq -r .digest)"
is "a chord is kept" "$(actions '.text == "ctrl+q"' | wc -l)" 1
is "it is nowhere in the gate's folder" "$(grep -rlaE 'correct horse 17|hunter2|shift\+Q' "$gate_state" | wc -l)" 0
ok "nor its digest" eval "! grep -rlaq \"\$(printf '%s' '{\"text\":\"correct horse 17\"}' | sha256sum | cut -c1-64)\" '$gate_state'"
is "nor in the gate's log or events" "$(grep -cE 'correct horse 17|hunter2' "$ASSENT_TMP/gate.log" events | cut -d: -f2 | tr '\n' ' ')" '0 0 '

# ---- many, and their faults ----
many() {
	local n
	for n in $(seq 60); do echo "url = \"http://gate/v1/input/c1\""; done
}
curl -sS --unix-socket "$socket" -d "{\"lease\":\"$lease\",\"do\":\"move\",\"body\":{\"x\":2,\"y\":2}}" -K <(many) >many.answers
is "sixty moves are all done" "$(jq -r .state many.answers | sort | uniq -c | tr -s ' ')" ' 60 done'
is "the newest fifty are in the state, and push nothing else out" "$(actions '.agent == "" and (.path | test("/desktop/"))' | wc -l) $(actions '.text == "Return"' | wc -l)" '50 1'
echo drop >"$up/mode"
is "one without an answer is told" "$(hand move '{"x":3,"y":3}' | jq -r '"\(.state) \(.status) \(.error != "")"')" 'unknown null true'
is "and needs nobody's look" "$(actions '.state == "unknown"' | jq -r '"\(.needs_person) \(.seen_by)"' | sort -u)" 'false ana'
echo 'answer 200 {"ok":true}' >"$up/mode"

# ---- ends ----
other=$stream
curl -sS -N --max-time 60 --unix-socket "$socket" "http://gate/v1/takeover/c1/attached?lease=$lease" >stream2 2>/dev/null &
stream=$!
children=("$stream" "${children[@]}")
ok "a new stream takes the place of the old one" wait_until 20 eval "grep -q attached stream2 && grep -q 'another connection' stream"
wait "$other" 2>/dev/null
is "and control goes on" "$(hand move '{"x":1,"y":1}' | jq -r .state)" 'done'
kill -9 "$stream"
ok "when the dashboard is killed, control ends" wait_until 20 handed_back
is "and its lease is none" "$(hand move '{"x":1,"y":1}' | code)" no_lease
is "an agent goes on" "$(call "$token" /computers/c1/desktop/screenshot -o /dev/null -w '%{http_code}')" 200
ok "the events tell why" wait_until 20 grep -q '"takeover":null,"by":"ana","why":"the dashboard hung up"' events

# ---- what is still held when control ends is let go ----
ups() { desktop | grep -E '^(key|mouse)-up' | tail -n "$1" | sort | paste -sd' '; }
count_ups() { desktop | grep -cE '^(key|mouse)-up'; }
take ana
before=$(count_ups)
hand key-down '{"key":"ctrl"}' >/dev/null
hand key-down '{"key":"Q"}' >/dev/null
hand key-down '{"key":"a"}' >/dev/null
hand key-up '{"key":"a"}' >/dev/null
hand mouse-down '{"x":7,"y":8,"button":"right"}' >/dev/null
is "what was let go by hand is let go once" "$(count_ups)" $((before + 1))
kill -9 "$stream"
wait_until 20 handed_back
let_go() { [ "$(count_ups)" -ge "$1" ]; }
ok "when control ends the rest is" wait_until 20 let_go $((before + 4))
is "each of them" "$(ups 3)" 'key-up {"key":"Q"} key-up {"key":"ctrl"} mouse-up {"x":7,"y":8,"button":"right"}'
is "in the name of who pressed it, without what it types" "$(actions '.path | test("(key|mouse)-up")' | tail -n 3 | jq -r '"\(.decided_by) \(.body)"' | sort | paste -sd' ')" \
	'ana {"characters":1} ana {"key":"ctrl"} ana {"x":7,"y":8,"button":"right"}'
take ana
hand key-down '{"key":"w"}' >/dev/null
operator /v1/freeze -X POST -d '{}' >/dev/null
ok "a freeze lets go at once" wait_until 20 let_go $((before + 5))
operator /v1/unfreeze -X POST -d '{}' >/dev/null
operator /v1/takeover/c1 -X DELETE -d "{\"lease\":\"$lease\"}"
is "once" "$(count_ups)" $((before + 5))

# ---- the gate dies with inputs on their way ----
points='6 7 8 10 12 13'
[ "${ASSENT_KIND-}" = sanitize ] && points='7 12'	# the others in the plain build
for n in $points; do
	stop_gate() { kill -9 "$gate_pid"; wait "$gate_pid"; } 2>/dev/null
	stop_gate 2>/dev/null
	FAILPOINT=FP$n:kill start_gate
	wait_until 20 is_there
	take ana
	before=$(sent)
	last=$(operator /v1/state | jq '[.actions[].id] | max')
	hand click "{\"x\":$n,\"y\":5}" >/dev/null 2>&1
	wait "$gate_pid" 2>/dev/null
	start_gate
	wait_until 20 is_there
	state=$(actions ".id > $last" | jq -r .state)
	case $n in
	6) want='0  null' ;;
	7 | 8) want='0 unknown null' ;;
	10 | 12) want="$(($(sent) - before)) unknown null" ;;
	13) want='1 done null' ;;
	esac
	is "killed at FP$n: sent at most once, and nobody has control" "$(($(sent) - before)) $state $(session | jq .takeover)" "$want"
	ok "never twice" [ $(($(sent) - before)) -le 1 ]
done
stop_gate 2>/dev/null
FAILPOINT=FP6:enospc start_gate
wait_until 20 is_there
take ana
before=$(sent)
is "what cannot be written is not sent" "$(hand click '{"x":1,"y":1}' | code) $(($(sent) - before))" 'record_failed 0'
kill "$gate_pid"
wait "$gate_pid" 2>/dev/null
is "a restart is a reason in the record" "$(sqlite3 "$gate_state/journal.db" "SELECT count(*) > 0 FROM moves WHERE new = 'control handed back' AND who = 'gate' AND detail = 'c1: the gate was restarted'")" 1
is "the note is in it" "$(sqlite3 "$gate_state/journal.db" "SELECT count(*) FROM moves WHERE (new = 'note for the agent' AND detail LIKE 'c1: The order form%') OR (new = 'note given' AND detail = 'c1: with the answer of a read')")" 2
is "each input is there with its three moves" "$(sqlite3 "$gate_state/journal.db" "SELECT DISTINCT (SELECT group_concat(new, ' ') FROM (SELECT new FROM moves WHERE action = a.id ORDER BY seq)) FROM actions a WHERE agent = '' AND state = 'done'")" 'held approved sent done'
is "nothing typed is left" "$(grep -rlaE 'correct horse 17|hunter2' "$gate_state" | wc -l)" 0

# ---- settings ----
mkdir -p "$XDG_CONFIG_HOME/assent"
printf 'takeover_idle = 1s\nrecord_typed = yes\n' >"$XDG_CONFIG_HOME/assent/assent.conf"
start_gate
wait_until 20 is_there
take ana
ok "without an input control ends" wait_until 20 handed_back
ok "its stream says why" wait_until 20 grep -q 'nothing was done by hand' stream
typed_in_time() { take ana && hand type '{"text":"correct horse 17"}' | grep -q '"done"'; }
ok "a person types" wait_until 20 typed_in_time
is "record_typed keeps it" "$(actions '.text == "correct horse 17"' | jq -r .body | sort -u)" '{"text":"correct horse 17"}'
rm "$XDG_CONFIG_HOME/assent/assent.conf"
end_test
