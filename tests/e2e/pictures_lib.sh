# pictures_lib.sh: a picture on the pixels of a real terminal is the computer's screen, pixel by pixel, and nothing of it is left where it is not.
# Sourced by picture_TERMINAL.sh.
#
# The screen is a picture of our own, so small that it is shown as it is, of less colours than sixel is given; its edge has a colour that nothing else on
# the X screen has: so it is found wherever it stands, and each trace of it too.
# shellcheck shell=bash
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
. "$ASSENT_SRC/tests/e2e/xterm.sh"

edge='#b4379c'
width=600 height=340

# plain_build_only: a real terminal tells nothing new of the other build, and takes its time.
plain_build_only() {
	[ "${ASSENT_KIND-}" = sanitize ] || return 0
	ok "a real terminal is looked at in the plain build" true
	end_test
}

# paint FILE WORDS: a screen with 96 patches and these words.
paint() {
	local i patches=()
	for ((i = 0; i < 96; i++)); do
		patches+=(-fill "rgb($((i % 12 * 23)),$((i / 12 * 36)),$((255 - i * 2)))" -draw "rectangle $((20 + i % 12 * 45)),$((100 + i / 12 * 26)) $((60 + i % 12 * 45)),$((120 + i / 12 * 26))")
	done
	convert -size "${width}x$height" "xc:$edge" +antialias -fill white -draw "rectangle 12,12 $((width - 13)),$((height - 13))" -fill black \
		-font DejaVu-Sans-Mono -pointsize 24 -annotate +30+60 "$2" "${patches[@]}" "$1"
}

# shows FILE: from now on the computer does, and tells so.
shows() {
	cp "$1" "$up/screen.new" && mv "$up/screen.new" "$up/screen" && cp "$1" "$ASSENT_TMP/want.png"
	printf 'id: e%d\nevent: screen.changed\ndata: {}\n\n' $((++events)) >>"$stream"
}
events=0
stream=$up/raw/computers_c1_events

# serve_pictures: a gate before an upstream whose computer shows the first one.
serve_pictures() {
	mkdir -p "$up/reads" "$up/raw"
	: >"$stream.open"
	printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n' >"$stream"
	echo '{"data":[{"id":"c1","name":"desk","status":"running"}]}' >"$up/reads/computers"
	start_upstream
	shows "$ASSENT_TMP/one.png"
	start_gate
	add_agent clerk >/dev/null
}

start_pictures() {
	paint "$ASSENT_TMP/one.png" 'first picture'
	paint "$ASSENT_TMP/two.png" 'first picture, and more'
	serve_pictures
	start_xserver 1300x860
}

# dashboard_in TERMINAL...: the dashboard in it; when it has ended the shell says so.
dashboard_in() {
	LC_ALL=C.UTF-8 start terminal "$@" sh -c "'$ASSENT_BUILD/assent' --socket '$socket' ${DASHBOARD_OPTIONS-}; echo >'$ASSENT_TMP/ended'; sleep 60"
}
window=
find_window() { window=$(xdotool search --onlyvisible --class "$1" | tail -n 1) && [ -n "$window" ]; }

# of_edge FILE OPTION...: that colour white, all else black.
of_edge() { convert "$1" -alpha off -fuzz 1.5% -fill black +opaque "$edge" -fill white -opaque "$edge" "${@:2}"; }
# locate: where the picture stands on the last shot; sets x and y; false: nowhere, or as large as it should be not.
locate() {
	local w h
	IFS='x+' read -r w h x y < <(of_edge "$ASSENT_TMP/shot.png" -format '%@' info:)
	[ "${w}x$h" = "${width}x$height" ]
}
psnr() { compare -metric PSNR "$1" "$2" null: 2>&1; }
crop() { convert "$ASSENT_TMP/shot.png" -crop "${width}x$height+$1+$2" +repage "$3"; }
above() { awk -v p="$1" -v least="$2" 'BEGIN { exit !(p == "inf" || p > least) }'; }

# is_shown: the picture stands on the terminal, whole; sets value.
value=
is_shown() {
	shoot "$ASSENT_TMP/shot.png"
	locate || return 1
	crop "$x" "$y" "$ASSENT_TMP/got.png"
	value=$(psnr "$ASSENT_TMP/got.png" "$ASSENT_TMP/want.png")
	above "$value" 45
}
nothing_shown() { shoot "$ASSENT_TMP/shot.png" && [ "$(of_edge "$ASSENT_TMP/shot.png" -format '%[fx:round(mean*w*h)]' info:)" = 0 ]; }

# shown NAME: waits until it is; nothing of another one stands elsewhere then, or locate would not find it so.
shown() {
	wait_until "${2-12}" is_shown
	report $? "$1 ($value dB)" "at ${x-}, ${y-}; see shot.png"
	[ -z "${KEEP_SHOTS-}" ] || cp "$ASSENT_TMP/shot.png" "$KEEP_SHOTS/${0##*/}-$((++shot)).png"
}
shot=0

# pictures CELL_WIDTH CELL_HEIGHT LEFT TOP: the terminal runs the dashboard with 120 columns and 35 rows of such cells, and its text begins there.
pictures() {
	shown "the picture is the screen" 20
	[ $failures -eq 0 ] || end_test
	is "it stands in its frame" "$x,$y" "$((55 * $1 + $3)),$((2 * $2 + $4))"
	crop $((x + 1)) "$y" "$ASSENT_TMP/got.png"
	value=$(psnr "$ASSENT_TMP/got.png" "$ASSENT_TMP/want.png")
	ok "one pixel beside it is not ($value dB)" test "$(above "$value" 45; echo $?)" = 1

	shows "$ASSENT_TMP/two.png"
	shown "what has changed is shown"
	xdotool mousemove 300 300 key question
	ok "help covers it without a trace" wait_until 20 nothing_shown
	xdotool key Escape
	shown "and it comes back"

	# Another window before it, for as long as it takes to be drawn.
	start cover xterm -name cover -geometry 50x12+500+60 -e sleep 60
	wait_until 20 xdotool search --onlyvisible --classname cover
	is_covered() { ! is_shown; }
	ok "another window covers it" wait_until 20 is_covered
	kill "$started"
	shown "what was covered by another window is drawn again"
	xdotool windowunmap --sync "$window"
	shows "$ASSENT_TMP/one.png"
	sleep 2.5	# until the dashboard has read it
	xdotool windowmap --sync "$window"
	shown "a window that was hidden while it changed shows it"

	xdotool windowsize "$window" $((128 * $1 + $3 * 2)) $((38 * $2 + $4 * 2))
	resized() { is_shown && [ "$x" -gt $((55 * $1 + 5)) ]; }
	wait_until 20 resized "$1"
	shown "another size of the window: it stands elsewhere, and nowhere else"
	is "and in a whole cell" "$(((x - $3) % $1)) $(((y - $4) % $2))" "0 0"

	xdotool mousemove 300 300 key q
	wait_until 20 test -e "$ASSENT_TMP/ended"
	ok "leaving leaves nothing of it" wait_until 20 nothing_shown
}
