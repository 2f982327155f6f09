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
# The target is the form's first field; the desktop's corner is far from it.
tx=$((fx + 110)) ty=$((fy + 62))
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
ok "and it is sent" wait_until 15 is_state 'done'

# Another part of the screen changes: that is not what the yes was about.
click
picture
local_api "/computers/$computer/desktop/move" -d '{"x":3,"y":3}' >/dev/null
local_api "/computers/$computer/desktop/launch" -d '{"app": "xterm -geometry 10x3+0+0"}' >/dev/null
differs() { local_api "/computers/$computer/desktop/screenshot" | cmp -s - shot.png; [ $? -eq 1 ]; }
wait_until 20 differs
is "a yes to the whole screen, of which a corner changed" "$(approve "[0,0,1280,800]")" ""
settled() { is_state 'done' || came_back 2; }
wait_until 15 settled
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
ok "but it comes back as a new version" wait_until 15 came_back 2
like "and says why" "$(of .error)" 'not sent: the screen changed round the target'
is "nothing was sent" "$(actions '.state == "done"' | wc -l)" "$sent_before"
like "and so does the record" "$(grep "action $id held" "$ASSENT_TMP/gate.log" | tail -n 1)" 'held \(gate\): not sent: the screen changed'
picture
is "with a new look" "$(approve)" ""
ok "it is sent" wait_until 15 is_state 'done'

# The screen cannot be looked at: nothing is sent unseen.
click
picture
kill -STOP "$local_pid"
is "a yes while the substrate is silent" "$(approve)" ""
ok "comes back, and is not sent unseen" wait_until 25 came_back 2
like "with the reason" "$(of .error)" 'could not be looked at'
kill -CONT "$local_pid"

# A rule looked at nothing, and is not compared.
printf 'allow click\n' >rules && kill "$gate_pid" && wait "$gate_pid"
start_gate --policy "$ASSENT_TMP/rules"
answered_now() { [ "$(call "$token" "/computers/$computer/desktop/click" "${json[@]}" -d "{\"x\":$tx,\"y\":$ty,\"rule\":1}" -o /dev/null -w '%{http_code}')" = 200 ]; }
ok "what a rule passes is not compared" answered_now
end_test
