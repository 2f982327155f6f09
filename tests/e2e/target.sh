#!/bin/bash
# What a click and a key would hit: assent-local's accessibility tree of a real program, and what the gate makes of it for the card.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

if [ "${ASSENT_KIND-}" = sanitize ]; then
	ok "not run: a sanitizer's memory does not fit into a computer, where the tree is read" true
	end_test
fi
start_local --computers 1
start_gate
token=$(add_agent clerk --answer-within none)
find_computer() { computer=$(session_id computers desk-1) && local_api "/computers/$computer" | jq -e '.status == "running"' >/dev/null; }
wait_until 30 find_computer || { report 1 "a computer runs"; end_test; }
desk() { local_api "/computers/$computer/desktop/$1" "${@:2}"; }
desk launch -d '{"app": "assent-form"}' >/dev/null
tree() { desk accessibility-tree >tree && jq -e '[.. | objects | select(.role == "push button")] | length > 1' tree; }
ok "the form tells over AT-SPI what it shows" wait_until 20 tree
form() { desk windows | jq -ce 'map(select(.title == "Order form"))[0] // empty'; }
read -r fx fy < <(form | jq -r '"\(.x) \(.y)"')
is "its button stands where the form draws it" "$(jq -c '.. | objects | select(.name == "Send") | [.role, .bounds.x, .bounds.y, .bounds.width, .bounds.height]' tree)" \
	"[\"push button\",$((fx + 50)),$((fy + 234)),80,32]"
is "the window below it has the program's name" "$(jq -r '.. | objects | select(.role == "frame") | .name' tree)" 'Order form'
focus() { desk window/focus -d "{\"window_id\": \"$(form | jq -r .id)\"}" >/dev/null; }
focused() { desk windows | jq -e --arg t "$1" 'map(select(.is_focused and (.title | test($t)))) | length == 1' >/dev/null; }
focus
ok "the list of windows says which has the focus" wait_until 20 focused "Order form"

n=0
act() {	# OPERATION BODY: asks; sets id. The one before is denied: an agent may have eight that wait.
	[ "$n" -eq 0 ] || decide_code "$id" deny >/dev/null
	n=$((n + 1))
	ask "a$n" "$token" "/computers/$computer/desktop/$1" -H 'Content-Type: application/json' -d "$2"
	held ".id > $((${id:-0}))"
	id=$(actions '.state == "held"' | jq -s 'last | .id')
}
facts() { operator "/v1/actions/$id/facts" | jq -c "$1"; }

act click "{\"x\":$((fx + 90)),\"y\":$((fy + 250))}"
is "a click on the button: its name and its window" "$(facts '[.control.role, .control.name, .control.window, .control.how, .control_why, .window]')" \
	'["button","Send","Order form","accessibility","","Order form"]'
is "nothing of that is missing" "$(facts .missing)" '[]'
is "its place" "$(facts .control.bounds)" "[$((fx + 50)),$((fy + 234)),80,32]"
is "its label is risky, and no rule was told" "$(facts .risks_now) $(operator "/v1/actions/$id" | jq -c .action.risks)" '["label \"send\""] []'
act click "{\"x\":$((fx + 20)),\"y\":$((fy + 280))}"
is "beside all controls: the window alone" "$(facts '[.control.role, .control.window, .control.how, .control_why, .risks_now]')" \
	'["","Order form","windows","the accessibility tree has no control there",[]]'
act click '{"x":1270,"y":5}'
is "beside all windows: nothing" "$(facts '[.control, .window, .control_why]')" '[null,null,"no window lies there"]'
act click '{"x":5000,"y":5}'
is "outside of the screen" "$(facts .risks_now)" '["outside the screen"]'
act click '{"x":-3,"y":5.5}'
is "negative, and a fraction: the request itself is risky" "$(operator "/v1/actions/$id" | jq -c .action.risks) $(facts .risks_now)" '["odd coordinates"] ["outside the screen"]'

act type '{"text":"Ada"}'
is "typing goes where the focus is" "$(facts '[.control, .focus.role, .focus.name, .focus.window, .focus.terminal, .parts]')" \
	'[null,"entry","Name","Order form",false,[]]'
desk move -d "{\"x\":$((fx + 210)),\"y\":$((fy + 250))}" >/dev/null
act scroll '{"direction":"down"}'
is "without a place: the cursor's" "$(facts '[.cursor, .control.name]')" "[[$((fx + 210)),$((fy + 250))],\"Save draft\"]"
act key '{"key":"Return"}'
is "a key: the focus, and the cursor" "$(facts '[.focus.name, .cursor]')" "[\"Name\",[$((fx + 210)),$((fy + 250))]]"

# A terminal over the button: the tree's button is not what would be hit.
desk launch -d '{"app": "xterm"}' >/dev/null
term() { desk windows | jq -ce 'map(select(.app == "XTerm")) | last'; }
two() { [ "$(desk windows | jq 'map(select(.app == "XTerm")) | length')" = 2 ]; }
wait_until 20 two
desk "window/$(term | jq -r .id)/move" -d "{\"x\":$fx,\"y\":$((fy + 100))}" >/dev/null
desk window/focus -d "{\"window_id\": \"$(term | jq -r .id)\"}" >/dev/null
over() { desk windows | jq -e --argjson y $((fy + 250)) 'map(select(.app == "XTerm" and .is_focused and .y < $y and .y + .height > $y)) | length == 1' >/dev/null; }
ok "a terminal lies over the form" wait_until 20 over
act click "{\"x\":$((fx + 90)),\"y\":$((fy + 250))}"
is "the window on top is named, and not the button below it" "$(facts '[.control.role, .control.app, .control_why, .risks_now]')" \
	'["","XTerm","its window is not in the accessibility tree",[]]'
act type '{"text":"cd x && rm -rf ../y\n"}'
is "what is typed into it is taken apart as a command" "$(facts '[.focus.terminal, (.parts | map(.text)), .parts[1].effects[0].verb]')" '[true,["cd x","rm -rf ../y"],"DELETES"]'
is "and judged as one" "$(facts .risks_now)" '["typed into a terminal","deletes","outside /workspace"]'
is "on the card alone" "$(operator "/v1/actions/$id" | jq -c .action.risks)" '["sends a form"]'

# Where numbers are 0 to 1000 they go on as they are, and mean another place; the box of a yes is pixels all the same.
kill "$gate_pid" && wait "$gate_pid" 2>/dev/null
mkdir -p config/assent && chmod 700 config config/assent && printf 'coordinates = normalised\n' >config/assent/assent.conf && chmod 600 config/assent/assent.conf
XDG_CONFIG_HOME=$ASSENT_TMP/config start_gate
desk window/focus -d "{\"window_id\": \"$(form | jq -r .id)\"}" >/dev/null
ok "the form lies over the terminal again" wait_until 20 focused "Order form"
find_again() { operator /v1/state | jq -e '.sessions[] | select(.kind == "computer" and .width == 1280 and .coordinates == "normalised")' >/dev/null; }
ok "the session says what its numbers mean" wait_until 20 find_again
act click "{\"x\":$(((fx + 90) * 1000 / 1280 + 1)),\"y\":$(((fy + 250) * 1000 / 800 + 1))}"
is "the same button by other numbers" "$(facts '[.control.name, .risks_now]')" '["Send",["label \"send\""]]'
operator "/api/v1/computers/$computer/desktop/screenshot" -o shot.png
yes() { post_decision "$id" "$(operator "/v1/actions/$id" | jq -c --arg s "$(sha256sum shot.png | cut -d' ' -f1)" --argjson b "$1" \
	'.action | {version, digest, decision: "approve", screen: {sha256: $s, taken_at: 1, box: $b}}')"; }
is "a box round the numbers is none round the target" "$(yes "[$(((fx + 90) * 1000 / 1280 - 20)),$(((fy + 250) * 1000 / 800 - 20)),40,40]")" screen_missing
is "a box of pixels is" "$(yes "[$((fx + 60)),$((fy + 220)),64,64]")" ""
ok "it is sent" wait_until 20 has_state "$id" 'done'
is "with the numbers that the agent gave" "$(operator "/v1/actions/$id" | jq -r '.action.body | fromjson | .x')" "$(((fx + 90) * 1000 / 1280 + 1))"
act click '{"x":1001,"y":5}'
is "1001 of 1000 is outside" "$(facts .risks_now)" '["outside the screen"]'

# A program that does not answer is left out, and the others are still named.
desk window/focus -d "{\"window_id\": \"$(form | jq -r .id)\"}" >/dev/null
local_api "/computers/$computer/exec" -d '{"command":"pkill -STOP assent-form"}' >/dev/null
act click "{\"x\":$(((fx + 90) * 1000 / 1280)),\"y\":$(((fy + 60) * 1000 / 800))}"
is "a program that hangs: its window, no control" "$(facts '[.control.how, .control_why]')" '["windows","its window is not in the accessibility tree"]'
local_api "/computers/$computer/exec" -d '{"command":"pkill -CONT assent-form; rm -f /home/user/.accessibility"}' >/dev/null
is "no bus: said, and the window is named" "$(facts '[.control.how, (.control_why | startswith("the computer'"'"'s accessibility bus cannot be reached"))]')" '["windows",true]'
is "... and so is a risk that may be unknown" "$(facts '.missing | map(split(":")[0])')" '["its controls"]'
end_test
