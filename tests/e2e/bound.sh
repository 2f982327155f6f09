#!/bin/bash
# A yes is bound to the screen that was seen: on a real desktop, with the form program, random cases. Where the target's box or the focus changes between the look and the
# sending the action comes back, each time; where only a caret blinked or a clock went on it is sent.
# BOUND_CASES=N: how many (make bound: 240; here a few of each). BOUND_SEED repeats them.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
if [ "${ASSENT_KIND-}" = sanitize ]; then
	echo "ok - in the plain build only: it is about pictures of a real desktop"
	exit 0
fi
cases=${BOUND_CASES:-20}
RANDOM=${BOUND_SEED:-$$}
echo "# BOUND_SEED=${BOUND_SEED:-$$} BOUND_CASES=$cases"

start_local --computers 1
start_gate
token=$(add_agent clerk --answer-within none)
find_computer() { computer=$(session_id computers desk-1) && local_api "/computers/$computer" | jq -e '.status == "running"'; }
wait_until 30 find_computer
desk() { local path=$1; shift; local_api "/computers/$computer/desktop/$path" "$@"; }
do_it() { desk "$1" -f -d "$2" >/dev/null || report 1 "the desktop takes $1 $2"; }
run() { local_api "/computers/$computer/exec" -d "$(jq -cn --arg c "cd; export DISPLAY=:0; $1" '{command: $c}')"; }

# ---- the desktop: a form, a terminal whose caret blinks, a clock far from both ----
window_of() { desk windows | jq -r --arg t "$1" 'map(select(.title == $t))[0] | if . == null then empty else "\(.id) \(.x) \(.y) \(.width) \(.height)" end'; }
has_window() { [ -n "$(window_of "$1")" ]; }
do_it launch '{"app":"assent-form"}'
run 'xterm -bc -bcn 400 -bcf 250 -T other -geometry 34x9+640+90 -e "PS1=; export PS1; exec sh -i" >/dev/null 2>&1 &
	xterm -T clock -geometry 20x1+900+700 -e "while :; do date +%T.%N; sleep 0.2; done" >/dev/null 2>&1 &' >/dev/null
for title in 'Order form' other clock; do wait_until 20 has_window "$title" || report 1 "a window $title"; done
read -r form fx fy _ _ < <(window_of 'Order form')
other=$(window_of other | cut -d' ' -f1)
# The window manager moves the frame, the list tells where the inside is: home is what puts it to ox,oy.
home='{"x":640,"y":90}'
do_it "window/$other/move" "$home"
at_home() { [ "$(window_of other | cut -d' ' -f2,3)" = "$(sleep 0.1; window_of other | cut -d' ' -f2,3)" ]; }
wait_until 10 at_home
read -r _ ox oy _ _ < <(window_of other)
has_focus() { desk windows | jq -e --arg w "$1" 'any(.[]; .id == $w and (.is_focused // .focused))'; }
focus() { do_it window/focus "{\"window_id\":\"$1\"}"; wait_until 10 has_focus "$1"; }
log_lines() { local_api "/computers/$computer/files/download?path=/home/user/form.log" | grep -c "$1"; }
# fence: what the form got so far is painted: it paints before it takes the next event, which is a key without meaning. It has to have the focus.
fence() {
	local n
	n=$(log_lines 'raw key 0xffbe')
	do_it key '{"key":"F1"}'
	fenced() { [ "$(log_lines 'raw key 0xffbe')" -gt "$n" ]; }
	wait_until 10 fenced
}
# between LOW HIGH
between() { echo $(($1 + RANDOM % ($2 - $1 + 1))); }
pause() { sleep "0.$(printf '%03d' "$(between 0 "$1")")"; }

# ---- one case ----
asked() {	# VERB BODY: sets id. The number makes it another request than any before.
	id=$(call "$token" "/computers/$computer/desktop/$1" -H 'Content-Type: application/json' -H 'Prefer: respond-async' -d "${2%\}},\"n\":$n}" -D - -o /dev/null |
		sed -n 's|^[Ll]ocation: /v1/actions/\([0-9]*\).*|\1|p')
	# What had the focus belongs to the picture that is read now.
	operator "/api/v1/computers/$computer/desktop/screenshot" -o seen.png
}
approve() {
	local box=${1:-[0,0,1280,800]}
	operator "/v1/actions/$id" >action
	why=$(post_decision "$id" "$(jq -c --arg s "$(sha256sum <seen.png | cut -d' ' -f1)" --argjson b "$box" \
		'.action | {version, digest, decision: "approve", screen: {sha256: $s, taken_at: 1, box: $b}}' action)")
}
over() { operator "/v1/actions/$id" >action; jq -e '.action | .state == "done" or .version > 1' action; }
# settle KIND same|changed: what came of it.
settle() {
	approve
	wait_until 15 over
	got=$(jq -r '.action | if .state == "done" then "same" elif .state == "held" and .version == 2 then "changed" else .state end' action)
	total[$2]=$((${total[$2]-0} + 1))
	if [ "$got" = "$2" ]; then
		right[$2]=$((${right[$2]-0} + 1))
	else
		echo "# case $n, $1: it is $got, not $2 ($why $(jq -r .action.error action)); changed $(jq -c .action.screens.changed action)"
	fi
	if [ "$got" = changed ]; then
		jq -e '.action.screens | .before and .decided' action >/dev/null || report 1 "case $n, $1: both pictures are kept"
		operator "/v1/actions/$id/decision" -d "$(jq -c '.action | {version, digest, decision: "deny"}' action)" >/dev/null
	fi
}
declare -A total right
at() { echo "{\"x\":$1,\"y\":$2}"; }
field_x=$((fx + 130)) field_y=$((fy + 62))
box_x=$((fx + 370)) box_y=$((fy + 240))	# the form's green box, which can be dragged

# round X Y: what is on the screen there, which a window that is told of may not be yet.
round() { desk "screenshot/region?x=$(($1 - 60))&y=$(($2 - 60))&width=120&height=120" | sha256sum; }
is_other() { [ "$(round "$1" "$2")" != "$round_was" ]; }

# What really changes. Each puts the desktop back.
digit() {
	do_it click "$(at $field_x $field_y)"
	do_it key "$(printf '{"key":"%d"}' "$(between 0 9)")"
	do_it key '{"key":"F1"}'
	fence
	asked click "$(at $((field_x + $(between 0 20))) $((field_y + $(between -9 9))))"
	pause 300
	do_it key "$(printf '{"key":"%d"}' "$(between 0 9)")"
	fence
	settle "one digit more in the field" changed
	do_it key '{"key":"BackSpace"}'
	do_it key '{"key":"BackSpace"}'
}
button_moved() {
	local dx dy
	dx=$(between -40 20) dy=$(between -40 10)
	[ "$dx$dy" != 00 ] || dx=1
	asked click "$(at $((box_x + 20)) $((box_y + 15)))"
	do_it drag "{\"from_x\":$((box_x + 20)),\"from_y\":$((box_y + 15)),\"to_x\":$((box_x + 20 + dx)),\"to_y\":$((box_y + 15 + dy))}"
	fence
	settle "the button is $dx,$dy elsewhere" changed
	do_it drag "{\"from_x\":$((box_x + 20 + dx)),\"from_y\":$((box_y + 15 + dy)),\"to_x\":$((box_x + 20)),\"to_y\":$((box_y + 15))}"
	fence
}
window_over() {
	local x y
	asked click "$(at $((fx + $(between 100 300))) $((fy + $(between 40 250))))"
	read -r x y < <(operator "/v1/actions/$id" | jq -r '.action | "\(.x) \(.y)"')
	round_was=$(round "$x" "$y")
	do_it "window/$other/move" "$(at $((x + $(between -150 40))) $((y + $(between -80 40))))"
	moved() { [ "$(window_of other | cut -d' ' -f2,3)" != "$ox $oy" ]; }
	wait_until 10 moved
	# Over it, and not under: raised without the focus is what the window manager does not do, so it takes that as well.
	focus "$other"
	wait_until 10 is_other "$x" "$y"
	settle "a window over it" changed
	do_it "window/$other/move" "$home"
	back() { [ "$(window_of other | cut -d' ' -f2,3)" = "$ox $oy" ]; }
	wait_until 10 back || report 1 "case $n: the window goes home"
	focus "$form"
}
focus_taken() {
	asked click "$(at $((fx + $(between 20 440))) $((fy + $(between 80 280))))"
	pause 200
	focus "$other"
	settle "another window has the focus" changed
	focus "$form"
}
dialog() {
	local x y
	x=$((fx + $(between 100 300))) y=$((fy + $(between 60 220)))
	asked click "$(at $x $y)"
	round_was=$(round $x $y)
	run "xterm -T dialog -geometry 20x3+$((x - $(between 0 80)))+$((y - $(between 0 40))) -e 'echo Really?; sleep 60' >/dev/null 2>&1 &" >/dev/null
	wait_until 10 has_window dialog
	wait_until 10 is_other $x $y
	settle "a dialog" changed
	do_it "window/$(window_of dialog | cut -d' ' -f1)/close" '{}'
	gone() { ! has_window dialog; }
	wait_until 10 gone
	focus "$form"
}
scrolled() {
	asked click "$(at $((fx + $(between 370 430))) $((fy + $(between 60 180))))"
	do_it scroll "{\"x\":$((fx + 400)),\"y\":$((fy + 120)),\"direction\":\"down\",\"clicks\":$(between 1 3)}"
	fence
	settle "the list is scrolled" changed
	do_it scroll "{\"x\":$((fx + 400)),\"y\":$((fy + 120)),\"direction\":\"up\",\"clicks\":5}"
	fence
}
other_field() {
	do_it click "$(at $field_x $field_y)"
	fence
	asked type '{"text":"41"}'
	do_it key '{"key":"Tab"}'
	fence
	settle "typing, and another field has the focus" changed
}
typing_elsewhere() {
	asked "$1" "$2"
	focus "$other"
	settle "$1, and another window has the focus" changed
	focus "$form"
}
cursor_moved() {
	do_it move "$(at $((fx + $(between 20 200))) $((fy + $(between 20 200))))"
	asked scroll '{"direction":"down","clicks":1}'
	do_it move "$(at $((fx + $(between 201 400))) $((fy + $(between 201 280))))"
	settle "scrolling, and the cursor is elsewhere" changed
}
drag_end() {
	asked drag "{\"from_x\":$((fx + 20)),\"from_y\":$((fy + 280)),\"to_x\":$((fx + 400)),\"to_y\":$((fy + 120))}"
	do_it scroll "{\"x\":$((fx + 400)),\"y\":$((fy + 120)),\"direction\":\"down\",\"clicks\":1}"
	fence
	settle "what is where a drag ends" changed
	do_it scroll "{\"x\":$((fx + 400)),\"y\":$((fy + 120)),\"direction\":\"up\",\"clicks\":5}"
	fence
}

# What only a clock or a caret changes, or nothing near it.
clock_only() {
	asked click "$(at $((fx + $(between 20 440))) $((fy + $(between 262 290))))"
	pause 400
	settle "only the clock" same
}
far_window() {
	asked click "$(at $((fx + 30)) $((fy + $(between 262 290))))"
	run "xterm -T far -geometry 10x2+$(between 700 900)+$(between 400 500) -e 'sleep 60' >/dev/null 2>&1 &" >/dev/null
	wait_until 10 has_window far
	has_focus "$form" >/dev/null || focus "$form"
	settle "a window far away" same
	do_it "window/$(window_of far | cut -d' ' -f1)/close" '{}'
	far_gone() { ! has_window far; }
	wait_until 10 far_gone
	has_focus "$form" >/dev/null || focus "$form"
}
# blinking: the terminal knows that it has the focus: until then its caret is a frame, which does not blink.
blinking() {
	local was now k changes=0
	for ((k = 0; k < 40 && changes < 2; k++)); do
		now=$(desk "screenshot/region?x=$ox&y=$oy&width=200&height=110" | sha256sum)
		[ $k -eq 0 ] || [ "$now" = "$was" ] || changes=$((changes + 1))
		was=$now
		sleep 0.03
	done
	[ $changes -eq 2 ]
}
caret() {	# VERB BODY
	focus "$other"
	wait_until 10 blinking
	asked "$1" "$2"
	pause 700
	settle "only a caret, $1" same
	focus "$form"
}
caret_scroll() {
	do_it move "$(at $((ox + 30)) $((oy + 20)))"
	caret scroll '{"direction":"up","clicks":1}'
}

changed=(digit button_moved window_over focus_taken dialog scrolled other_field 'typing_elsewhere type {"text":"x"}' cursor_moved drag_end
	'typing_elsewhere key {"key":"Return"}' 'typing_elsewhere scroll {"direction":"down"}')
same=(clock_only "caret click $(at $((ox + 40)) $((oy + 20)))" 'caret type {"text":"q"}' caret_scroll far_window 'caret key {"key":"a"}')
focus "$form"
for ((n = 1; n <= cases; n++)); do
	case $((n % 5)) in
	1|3) k=$(((n / 5 * 2 + n % 5 / 2) % ${#same[@]})); read -r what args <<<"${same[$k]}" ;;
	*) k=$(((n / 5 * 3 + n % 5 / 2) % ${#changed[@]})); read -r what args <<<"${changed[$k]}" ;;
	esac
	# shellcheck disable=SC2086 # a verb and its body
	"$what" ${args:+${args%% *} "${args#* }"}
	[ $((n % 10)) -ne 0 ] || echo "# $n of $cases cases"
done
echo "# changed: ${right[changed]-0} of ${total[changed]-0} came back; only a clock or a caret: ${right[same]-0} of ${total[same]-0} were sent"
is "each change was caught" "${right[changed]-0}" "${total[changed]}"
ok "and at most 2 of 100 came back for a clock or a caret" test $(((${total[same]} - ${right[same]-0}) * 50)) -le "${total[same]}"
end_test
