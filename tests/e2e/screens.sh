#!/bin/bash
# A yes to a click is a yes on one picture: it is sent only while the screen round its target is that picture still. The desktop is real.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_local --computers 1
start_gate
token=$(add_agent clerk --answer-within none)
find_computer() { computer=$(session_id computers desk-1) && local_api "/computers/$computer" | jq -e '.status == "running"'; }
wait_until 30 find_computer
json=(-H 'Content-Type: application/json')
local_api "/computers/$computer/desktop/launch" -d '{"app": "assent-form"}' >/dev/null
form() { local_api "/computers/$computer/desktop/windows" | jq -c 'map(select(.title | test("rder"; "i")))[0]'; }
has_form() { [ "$(form)" != null ]; }
ok "a form is there" wait_until 20 has_form
read -r fx fy _ _ < <(form | jq -r '"\(.x) \(.y) \(.width) \(.height)"')
# The target is the form's second field, which has not the focus yet; the desktop's corner is far from it.
tx=$((fx + 110)) ty=$((fy + 102))
steady() { [ "$(local_api "/computers/$computer/desktop/screenshot" | sha256sum)" = "$(sleep 0.4; local_api "/computers/$computer/desktop/screenshot" | sha256sum)" ]; }
wait_until 20 steady

n=0
click() {	# asks; sets id
	n=$((n + 1))
	ask "c$n" "$token" "/computers/$computer/desktop/click" "${json[@]}" -d "{\"x\":$tx,\"y\":$ty,\"n\":$n}"
	held ".id > $((${id:-0}))"
	id=$(actions '.state == "held"' | jq -s 'last | .id')
}
picture() { operator "/api/v1/computers/$computer/desktop/screenshot" -o shot.png && sha=$(sha256sum shot.png | cut -d' ' -f1); }
approve() {	# [BOX]: with the picture that was taken last; the code, "" when it was taken
	post_decision "$id" "$(operator "/v1/actions/$id" | jq -c --arg s "$sha" --argjson b "${1:-[$((tx - 32)),$((ty - 32)),64,64]}" \
		'.action | {version, digest, decision: "approve", screen: {sha256: $s, taken_at: 1, box: $b}}')"
}
of() { operator "/v1/actions/$id" | jq -r ".action | $1"; }
is_state() { [ "$(of .state)" = "$1" ]; }
came_back() { [ "$(of '[.state, .version] | @csv')" = '"held",'"$1" ]; }

click
sha=$(printf 'x' | sha256sum | cut -d' ' -f1)
is "a picture that nobody took is none" "$(approve)" screen_missing
picture
is "a box elsewhere is not round the target" "$(approve "[0,0,10,10]")" screen_missing
is "the picture of now is taken for a yes" "$(approve)" ""
ok "and it is sent" wait_until 20 is_state 'done'
# Before and after: looked at once more when the screen has settled, and kept.
has_after() { [ "$(of '.screens.after != null')" = true ]; }
ok "the screen behind it is kept" wait_until 20 has_after
kept() { operator "/v1/actions/$id/screen/$1" | sha256sum | cut -d' ' -f1; }
is "so is what it was decided on" "$(kept decided) $(of .screens.decided)" "$sha $sha"
is "each picture is what its digest says" "$(for what in before after; do [ "$(kept $what)" = "$(of .screens.$what)" ] && echo $what; done | xargs)" 'before after'
is "what its agent saw is none: it has not looked" "$(of .screens.agent) $(operator "/v1/actions/$id/screen/agent" | jq -r .error.code)" 'null picture_not_kept'
# The click put the focus into the field: its frame is another colour, and there is a caret.
of '.screens.changed[] | @csv' >changed
ok "what changed is there, round the field" awk -F, -v x="$tx" -v y="$ty" '$1 <= x && x < $1 + $3 && $2 <= y && y < $2 + $4 { found = 1 } END { exit !found }' changed

# Another part of the screen changes: that is not what the yes was about.
click
picture
local_api "/computers/$computer/desktop/move" -d '{"x":3,"y":3}' >/dev/null
local_api "/computers/$computer/desktop/launch" -d '{"app": "xterm -geometry 10x3+0+0"}' >/dev/null
differs() { local_api "/computers/$computer/desktop/screenshot" | cmp -s - shot.png; [ $? -eq 1 ]; }
wait_until 20 differs
is "a yes to the whole screen, of which a corner changed" "$(approve "[0,0,1280,800]")" ""
settled() { is_state 'done' || came_back 2; }
wait_until 20 settled
is "is sent" "$(of .state)" 'done'

# The target changes between the look and the yes.
click
wait_until 20 steady
picture
local_api "/computers/$computer/desktop/click" -d "{\"x\":$tx,\"y\":$ty}" >/dev/null
local_api "/computers/$computer/desktop/type" -d '{"text":"41 Elsewhere"}' >/dev/null
wait_until 20 differs
wait_until 20 steady
sent_before=$(actions '.state == "done"' | wc -l)
is "the yes is taken" "$(approve)" ""
ok "but it comes back as a new version" wait_until 20 came_back 2
like "and says why" "$(of .error)" 'not sent: the screen changed round the target'
is "nothing was sent" "$(actions '.state == "done"' | wc -l)" "$sent_before"
is "both pictures are there" "$(kept decided) $(kept before)" "$sha $(of .screens.before)"
ok "and they are two" test "$(of '.screens.before != .screens.decided')" = true
of '.screens.changed[] | @csv' >changed
ok "with what changed round the target" awk -F, -v x="$tx" -v y="$ty" '$1 < x + 64 && x - 64 < $1 + $3 && $2 < y + 64 && y - 64 < $2 + $4 { found = 1 } END { exit !found }' changed
like "and so does the record" "$(grep "action $id held" "$ASSENT_TMP/gate.log" | tail -n 1)" 'held \(gate\): not sent: the screen changed'
picture
is "with a new look" "$(approve)" ""
ok "it is sent" wait_until 20 is_state 'done'

# The screen cannot be looked at: nothing is sent unseen.
click
picture
kill -STOP "$local_pid"
is "a yes while the substrate is silent" "$(approve)" ""
ok "comes back, and is not sent unseen" wait_until 25 came_back 2
like "with the reason" "$(of .error)" 'could not be looked at'
kill -CONT "$local_pid"

# What an agent looked at is kept with what it asks then.
# The substrate has just been woken up: its first answers may be errors.
agent_looks() { call "$token" "/computers/$computer/desktop/screenshot" -f -o agent.png && [ "$(head -c 4 agent.png)" = $'\x89PNG' ]; }
ok "an agent looks" wait_until 20 agent_looks
click
is "the very picture that its agent saw" "$(kept agent) $(of .screens.agent)" "$(sha256sum <agent.png | cut -d' ' -f1) $(sha256sum <agent.png | cut -d' ' -f1)"

# A rule may say that nothing is compared. All of it outlives the gate.
printf 'hold click screen=off\n' >rules && kill "$gate_pid" && wait "$gate_pid"
start_gate --policy "$ASSENT_TMP/rules"
is "the pictures are there after a restart" "$(kept agent)" "$(sha256sum <agent.png | cut -d' ' -f1)"
click
wait_until 20 steady
picture
local_api "/computers/$computer/desktop/type" -d '{"text":"7"}' >/dev/null
wait_until 20 differs
is "a yes under a rule that compares nothing" "$(approve)" ""
ok "is sent" wait_until 20 is_state 'done'
like "and the record says so" "$(grep "action $id approved" "$ASSENT_TMP/gate.log" | tail -n 1)" 'not compared with the screen'

# A rule looked at nothing, and is not compared.
printf 'allow click\n' >rules && kill "$gate_pid" && wait "$gate_pid"
verified() { sqlite3 "$gate_state/journal.db" "SELECT count(*) > 0 FROM moves WHERE detail LIKE 'screen $1 $2%'"; }
is "the chain names each picture" "$(verified agent "$(sha256sum <agent.png | cut -d' ' -f1)") $(verified decided "$sha")" '1 1'
doctor() { "$ASSENT_BUILD/assent" doctor --json --socket "$socket" --state "$gate_state" 2>/dev/null | jq -r '.[] | select(.what == "screens") | "\(.finding): \(.text)"'; }
like "each picture is as the record names it" "$(doctor)" '^ok: .*/pictures: [0-9]+, each as the record names it$'
damaged=$(find "$gate_state/pictures" -name '*.png' | head -n 1)
cp "$damaged" whole.png
printf x | dd of="$damaged" bs=1 seek=200 conv=notrunc status=none
like "one byte of one is seen" "$(doctor)" '^bad: 1 of [0-9]+ are not what the record names: .*bytes were changed'
rm "$damaged"
like "so is one that is gone" "$(doctor)" '^bad: 1 of [0-9]+ are not what the record names: .*No such file'
(umask 077 && cp whole.png "$damaged")
start_gate --policy "$ASSENT_TMP/rules"
answered_now() { [ "$(call "$token" "/computers/$computer/desktop/click" "${json[@]}" -d "{\"x\":$tx,\"y\":$ty,\"rule\":1}" -o /dev/null -w '%{http_code}')" = 200 ]; }
ok "what a rule passes is not compared" answered_now
end_test
