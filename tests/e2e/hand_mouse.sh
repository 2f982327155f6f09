#!/bin/bash
# A computer is driven with the mouse only, from the dashboard in a real xterm: control is taken in the bar, fields are clicked to the pixel, texts come by the
# terminal's own paste, a list is scrolled, a box dragged, Send pressed, and control handed back. The form's own log is the witness.
. "$(dirname "$0")/hand_lib.sh"

# Texts to be pasted: they are selected in a terminal below.
printf 'Ada Lovelace\nBahnhofstraße 1, Zürich\nŒuvres, 20 €' >"$ASSENT_TMP/texts"
LC_ALL=C.UTF-8 start texts xterm -b 0 -bw 0 +sb -fa 'DejaVu Sans Mono' -fs 12 -geometry 120x3+0+700 -xrm 'XTerm*cursorBlink: false' -e sh -c "cat '$ASSENT_TMP/texts'; sleep 120"
pixel() { shoot "$ASSENT_TMP/now.png"; convert "$ASSENT_TMP/now.png" -crop "1x1+$1+$2" +repage -format '%[hex:p{0,0}]' info:; }
texts_are_there() { shoot "$ASSENT_TMP/now.png"; [ "$(convert "$ASSENT_TMP/now.png" -crop 120x60+0+700 +repage -format '%k' info:)" -gt 4 ]; }
wait_until 20 texts_are_there || report 1 "the texts stand in a terminal"

click() { xdotool mousemove "$1" "$2" click "${3:-1}"; }
# Where a pixel of the form is on the terminal; and which pixel of the form that is again.
at() { echo $((10 + (form_x + $1) * 3 / 4)) $((40 + (form_y + $2) * 3 / 4)); }
hit() { local x y; read -r x y < <(at "$1" "$2"); echo $(((2 * (x - 10) + 1) * 1280 / 1920 - form_x)),$(((2 * (y - 40) + 1) * 800 / 1200 - form_y)); }
# The line of keys stands at y 670. What is said there instead has another ground; a line that is typed into, other words.
keys_are_told() { [ "$(pixel 12 662)" = "$plain" ]; }
words() { shoot "$ASSENT_TMP/now.png"; convert "$ASSENT_TMP/now.png" -crop 400x20+0+660 +repage -format '%#' info:; }
line_is_open() { [ "$(words)" != "$keys" ]; }
line_is_closed() { [ "$(words)" = "$keys" ]; }
# paste_line LINE LENGTH: selects it below, opens the line for a text, and pastes with the middle button, which is the terminal's own meanwhile.
paste_line() {
	xdotool mousemove 1 $((690 + 20 * $1)) mousedown 1 mousemove --sync $((10 * $2)) $((690 + 20 * $1)) mouseup 1
	wait_until 20 line_is_closed
	click 350 670
	wait_until 20 line_is_open && click 600 300 2
}

# Whether the bar stands there already only the bar could say: a click where nothing is does nothing.
take() { taken || { click 700 690; wait_until 2 taken; }; }
ok "a click in the bar takes control" wait_until 20 take
ok "the screen stands there large" wait_until 20 picture_is_large
plain=$(pixel 1190 670)
keys_are_told || click 350 670	# what is said there goes with a click
wait_until 20 keys_are_told
keys=$(words)
# shellcheck disable=SC2046
click $(at 220 62)
ok "a click is exact to the pixel" wait_until 20 logged "raw press 1 $(hit 220 62)"
paste_line 1 12
ok "a paste is typed" wait_until 20 logged 'text name=Ada Lovelace'
# shellcheck disable=SC2046
click $(at 150 102)
wait_until 20 logged 'focus address'
paste_line 2 23
ok "Unicode too" wait_until 20 logged 'text address=Bahnhofstraße 1, Zürich'
# shellcheck disable=SC2046
click $(at 330 142)
wait_until 20 logged 'focus item'
paste_line 3 12
wait_until 20 logged 'text item=Œuvres, 20 €'
# shellcheck disable=SC2046
click $(at 400 100) 5
ok "the wheel turns where the mouse is" wait_until 20 logged 'scroll down 1'
# shellcheck disable=SC2046
xdotool mousemove $(at 390 254) mousedown 1 mousemove --sync $(at 330 220) mouseup 1
ok "a drag" wait_until 20 logged "drag $(hit 330 220)"
# shellcheck disable=SC2046
click $(at 90 250)
ok "Send is pressed" wait_until 20 logged 'button send name=Ada Lovelace|address=Bahnhofstraße 1, Zürich|item=Œuvres, 20 €'
wait_until 20 line_is_closed
click 730 670
ok "a click hands it back" wait_until 20 handed_back
is "the form saw these events, and no other" "$(told)" "$(
	for field in "name 220 62 Ada Lovelace" "address 150 102 Bahnhofstraße 1, Zürich" "item 330 142 Œuvres, 20 €"; do
		read -r name x y text <<<"$field"
		[ "$name" != name ] || echo open
		printf '%s\n' "raw press 1 $(hit "$x" "$y")" "focus $name" "raw release 1 $(hit "$x" "$y")" "text $name=$text"
	done
	printf '%s\n' "raw press 5 $(hit 400 100)" 'scroll down 1' "raw release 5 $(hit 400 100)" "raw press 1 $(hit 390 254)" "raw release 1 $(hit 330 220)" "drag $(hit 330 220)" \
		"raw press 1 $(hit 90 250)" 'button send name=Ada Lovelace|address=Bahnhofstraße 1, Zürich|item=Œuvres, 20 €' "raw release 1 $(hit 90 250)")"
is "each key once" "$(keys_told)" $((12 + 23 + 12))
is "each text is one action" "$(actions '.agent == ""' | jq -r .kind | sort | uniq -c | awk '{ print $1, $2 }' | paste -sd,)" '4 click,1 drag,1 scroll,3 type'
end_test
