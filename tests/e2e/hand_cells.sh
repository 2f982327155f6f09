#!/bin/bash
# Control in a terminal that tells only cells and has no pictures: tmux in xterm. The first click shows the place larger, the next one hits what it points
# at; letters lie over half blocks; keys held with others come as they were pressed, in xterm itself too, and its own modes are back behind it.
. "$ASSENT_SRC/tests/e2e/pictures_lib.sh"
plain_build_only
export LC_ALL=C.UTF-8
desktop() { sed -n 's|^POST /api/v1/computers/c1/desktop/||p' "$up/requests" 2>/dev/null; }
count() { desktop | wc -l; }
at_least() { [ "$(count)" -ge "$1" ]; }
taken() { operator /v1/state | jq -e '.sessions[] | select(.id == "c1") | .takeover.attached'; }
handed_back() { operator /v1/state | jq -e '.sessions[] | select(.id == "c1") | .takeover == null'; }

# A red square at 880,280, and a small blue one in its middle.
convert -size 1280x800 'xc:#ffffff' -fill '#ff0000' -draw 'rectangle 880,280 959,359' -fill '#0000ff' -draw 'rectangle 912,312 927,327' one.png
mkdir -p "$up/raw"
mkdir -p "$up/reads"
: >"$stream.open"
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n' >"$stream"
echo '{"data":[{"id":"c1","name":"desk","status":"running","width":1280,"height":800}]}' >"$up/reads/computers"
start_upstream
shows one.png
start_gate
add_agent clerk >/dev/null
start_xserver 1210x730
printf 'set -g mouse on\nset -g status off\nset -sg escape-time 20\nset -g default-terminal tmux-256color\n' >tmux.conf
tm() { tmux -S "$ASSENT_TMP/tmux" "$@"; }
start_xterm 120x35 tmux -f "$PWD/tmux.conf" -S "$ASSENT_TMP/tmux" new-session -s d "'$ASSENT_BUILD/assent' --socket '$socket'; sleep 60"
screen() { tm capture-pane -p -t d; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until "${2-30}" sees "$1"; }
# find COLOUR: where it is on the X screen: sets x and y, its middle.
x=0 y=0
find_colour() {
	local w h
	shoot shot.png
	IFS='x+' read -r w h x y < <(convert shot.png -alpha off -fuzz 3% -fill black +opaque "$1" -fill white -opaque "$1" -format '%@' info: 2>/dev/null)
	[ -n "$w" ] && [ "$w" -gt 0 ] && [ "$w" -lt 200 ] && x=$((x + w / 2)) y=$((y + h / 2))
}
# in_square NUMBER LEFT TOP SIDE: the click of that line is in it.
in_square() {
	desktop | sed -n "$1p" | sed 's/^click //' | jq -e --argjson l "$2" --argjson t "$3" --argjson s "$4" '.x >= $l and .x < $l + $s and .y >= $t and .y < $t + $s'
}

await 'text is not readable here' 20
xdotool mousemove 600 400 key t
ok "control is taken in tmux" wait_until 20 taken
wait_until 20 find_colour '#ff0000'
report $? "the whole screen stands in half blocks"
xdotool mousemove "$x" "$y" click 1
ok "the first click says that only cells are told" await 'only cells'
wait_until 20 find_colour '#0000ff'
report $? "and shows that place larger"
is "it clicks nothing" "$(count)" 0
xdotool mousemove "$x" "$y" click 1
ok "the second one clicks" wait_until 20 at_least 1
ok "what it points at: $(desktop | head -n 1)" in_square 1 912 312 16

# letters: the box at 920,320 of 24 by 15, then a place of 5 by 5 in it.
xdotool key z
wait_until 20 find_colour '#ff0000'
xdotool key g
ok "letters lie over the whole in half blocks" await 'oa.*ob.*ox'
xdotool key g r
box_left=$((17 * 1280 / 24)) box_top=$((6 * 800 / 15))
column=$(((920 - box_left) * 5 / (18 * 1280 / 24 - box_left))) row=$(((320 - box_top) * 5 / (7 * 800 / 15 - box_top)))
letter=$(printf 'abcdefghijklmnopqrstuvwxy' | cut -c$((row * 5 + column + 1)))
xdotool key "$letter" Return
ok "and lead to it" wait_until 20 at_least 2
ok "within its square: $(desktop | sed -n 2p)" in_square 2 880 280 80
xdotool key i A ctrl+c
ok "typing goes through tmux" wait_until 20 at_least 4
is "as it was pressed" "$(desktop | sed -n '3,4p' | paste -sd' ')" 'type {"text":"A"} hotkey {"keys":["ctrl","c"]}'
xdotool key ctrl+bracketright t Return
ok "and it is handed back" wait_until 20 handed_back
tm kill-server

# ---- an xterm is told to tell what is held with each key, and for no longer than that ----
drive() {
	"$ASSENT_BUILD/tests/robot/drive" -g 120x35 -c "$1.bytes" - "$ASSENT_BUILD/assent" --socket "$socket" >"$1.out" 2>&1
	report $? "$1" "$(grep -m 3 '^fault' "$1.out" | tr '\n' ';')"
}
modes() { grep -aoE $'\033\\[>4(;2)?m' "$1.bytes" | tr -d '\033' | paste -sd' '; }
drive xterm <<'STEPS'
await 60 desk
type \eP>|XTerm(379)\e\\
pause 300
type t
await 60 you have control
type \e[27;5;93~t\r
await 60 handed back
type t
await 60 you have control
signal 15
end 60
STEPS
is "on while it lasts, off when it is handed back, and when the dashboard ends" "$(modes xterm)" '[>4;2m [>4m [>4;2m [>4m'
wait_until 20 handed_back
drive other <<'STEPS'
await 60 desk
pause 300
type t
await 60 you have control
type \x1dt\r
await 60 handed back
type q
end 60
STEPS
is "another terminal is told nothing of it" "$(modes other)" ''
end_test
