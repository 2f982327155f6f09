#!/bin/bash
# Half blocks in a tmux that has no sixel: the right colours in the right cells, in the colours that there are, nothing left where something else stands;
# and hostile pictures, one after the other, which the dashboard outlives.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export LC_ALL=C.UTF-8
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t d; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until "${2-30}" sees "$1"; }

stream=$up/raw/computers_c1_events
events=0
# shows FILE: from now on the computer does, and tells so.
shows() {
	cp "$1" "$up/screen.new" && mv "$up/screen.new" "$up/screen"
	printf 'id: e%d\nevent: screen.changed\ndata: {}\n\n' $((++events)) >>"$stream"
}
# Four colours: red and green above, blue and white below.
four() {
	convert -size "$1" xc:'#ffffff' -fill '#ff0000' -draw "rectangle 0,0 $((${1%x*} / 2 - 1)),$((${1#*x} / 2 - 1))" -fill '#00ff00' -draw "rectangle $((${1%x*} / 2)),0 ${1%x*},$((${1#*x} / 2 - 1))" \
		-fill '#0000ff' -draw "rectangle 0,$((${1#*x} / 2)) $((${1%x*} / 2 - 1)),${1#*x}" "$2"
}
# dashboard TERM OPTION: in a window that it takes for this terminal.
dashboard() {
	tm kill-session -t d 2>/dev/null
	tm new-session -d -s d -x 120 -y 35 "TERM=$1 '$ASSENT_BUILD/assent' --socket '$socket' ${2-}; echo ENDED; sleep 60"
}
blocks() { screen | grep -o '[▀▄█]' | wc -l; }
# has N: so many cells of a picture at least.
has() { [ "$(blocks)" -ge "$1" ]; }

mkdir -p "$up/reads" "$up/raw"
echo '{"data":[{"id":"c1","name":"desk","status":"running"}]}' >"$up/reads/computers"
: >"$stream.open"
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n' >"$stream"
start_upstream
four 640x400 four.png
four 200x400 narrow.png
shows four.png
start_gate
add_agent clerk >/dev/null

tm new-session -d -s server 'sleep 600'	# which outlives the others
dashboard tmux-256color
ok "half blocks stand there" wait_until 20 has 300
like "and it is said what they are not for" "$(screen)" 'part at 1/4, z whole; text is not readable here'
tm send-keys -t d z
whole_colors() { tm capture-pane -e -p -t d | grep -oE '\[[0-9;]*[34]8;5;[0-9]+' | grep -oE '[0-9]+$' | sort -n | uniq -c | awk '$1 > 1 { printf "%s ", $2 }'; }
all_four() { [[ "$(whole_colors)" == *"21 46 196 231 "* ]]; }
ok "its four colours, and in whole all of them" wait_until 20 all_four
tm send-keys -t d '?'
ok "help is there" await 'KEYS'
is "and nothing of the picture" "$(blocks)" 0
tm send-keys -t d Escape
ok "and it comes back" wait_until 20 has 300
tm resize-window -t d -x 80 -y 24
ok "in a smaller window too" wait_until 20 has 100
tm resize-window -t d -x 120 -y 35
settled() {
	before=$(blocks)
	sleep 0.5
	[ "$before" -ge 300 ] && [ "$(blocks)" = "$before" ]
}
wait_until 20 settled
shows narrow.png
fewer() { [ "$(blocks)" -lt "$before" ] && has 100; }
ok "a narrower screen leaves nothing of the wide one" wait_until 20 fewer

# Each hostile picture that is no picture, through gate, dashboard and decoder.
mkdir hostile
"$ASSENT_BUILD/tests/hostile/make_pictures" hostile >hostile/list
# decoder: of this dashboard, and of no other one.
decoder() {
	local pid
	for pid in $(pgrep -f -- '^assent --decode-png'); do
		tr '\0' ' ' <"/proc/$(ps -o ppid= -p "$pid" | tr -d ' ')/cmdline" | grep -qF "$ASSENT_BUILD/assent --socket $socket" && echo "$pid"
	done
}
was=$(decoder)
asked() { grep -c '^GET /api/v1/computers/c1/desktop/screenshot' "$up/heads"; }
was_asked() { [ "$(asked)" -gt "$1" ]; }
shown=0
while IFS=$'\t' read -r file fate name; do
	[ "$fate" = refused ] || continue
	n=$(asked)
	shows "$file"
	wait_until 20 was_asked "$n" || break
	shown=$((shown + 1))
	[ $shown -lt 45 ] || break
done <hostile/list
ok "45 of them were read" test "$shown" = 45
ok "the last one is refused in a line" await 'bad picture: '
is "and no more of it" "$(screen | grep -c 'bad picture: ')" 1
like "one decoder lived through all of them" "$was" '^[0-9]+$'
is "and is still the same" "$(decoder)" "$was"
shows four.png
ok "and a good one is shown again" wait_until 20 has 300
tm send-keys -t d q
ok "leaving works as ever" await ENDED

# ---- in the colours there are ----
dashboard tmux-direct
ok "with direct colours" wait_until 20 has 300
direct() { tm capture-pane -e -p -t d | grep -oE '[34]8;2;[0-9;]+' | sort -u; }
like "as red, green and blue" "$(direct | tr '\n' ' ')" '48;2;248;0;0|38;2;248;0;0'
# Where one colour is above and below a cell is a blank with that ground.
# codes PATTERN: of those which tmux has for the colours of its cells.
codes() { tm capture-pane -e -p -t d | grep -oE '\[[0-9;]*m' | tr '[;m' '\n' | grep -xE "$1" | sort -u | tr '\n' ' '; }
all_few() { [[ "$(codes '4[0-7]')" == *"41 42 44 47 "* ]]; }
dashboard screen
await 'text is not readable here' 15
tm send-keys -t d z
ok "with eight, the nearest" wait_until 20 all_few
dashboard tmux-256color --theme=mono
await 'text is not readable here' 15
tm send-keys -t d z
ok "with none, light and dark" wait_until 20 has 300
is "none are used" "$(codes '[34][0-8]')" ""
dashboard tmux-256color --picture=none
ok "pictures can be off" await 'pictures are off'
is "then there are none" "$(blocks)" 0
end_test
