#!/bin/bash
# A computer is driven with keys only, from the dashboard in a real xterm: control is taken, the demo's form is filled in and sent, and handed back. The form's
# own log is the witness.
. "$(dirname "$0")/hand_lib.sh"

# letters X Y: what is typed to bring the crosshair near that place: 24 boxes across, 15 down, each with 5 by 5 places.
letters() {
	awk -v x="$1" -v y="$2" 'BEGIN {
		c = int(x * 24 / 1280); r = int(y * 15 / 800); left = int(c * 1280 / 24); top = int(r * 800 / 15)
		w = int((c + 1) * 1280 / 24) - left; h = int((r + 1) * 800 / 15) - top
		fc = int((x - left) * 5 / w); fr = int((y - top) * 5 / h)
		a = "abcdefghijklmnopqrstuvwxyz"; print substr(a, r + 1, 1), substr(a, c + 1, 1), substr(a, fr * 5 + fc + 1, 1) }'
}
key() { xdotool key --delay 40 "$@"; }

# Keys of their own for the characters that no plain keyboard has: xdotool would exchange the whole map for each of them, while xterm still reads by the one before.
xkbcomp -w0 "$DISPLAY" "$ASSENT_TMP/keys.xkb" 2>/dev/null
awk '/^xkb_symbols/ { inside = 1 } inside && /^};/ { n = split("ssharp udiaeresis OE EuroSign", name); for (i = 1; i <= n; i++) printf "key <FK%d> { [ %s ] };\n", 18 + i, name[i]; inside = 0 } { print }' \
	"$ASSENT_TMP/keys.xkb" >"$ASSENT_TMP/more.xkb"
ok "the keyboard has the characters" xkbcomp -w0 "$ASSENT_TMP/more.xkb" "$DISPLAY"

key t
ok "t takes control" wait_until 20 taken
ok "the screen stands there large" wait_until 20 picture_is_large
# shellcheck disable=SC2046
key g $(letters $((form_x + 220)) $((form_y + 62))) Return
ok "two letters, a third, and Enter: the first field has the focus" wait_until 20 logged 'focus name'
key i
xdotool type --delay 40 'Ada Lovelace'
key Tab
xdotool type --delay 40 'Bahnhofstraße 1, Zürich'
key Tab
xdotool type --delay 40 'Œuvres, 20 €'
ok "Unicode is typed as it is" wait_until 20 logged 'text item=Œuvres, 20 €'
key ctrl+bracketright
# shellcheck disable=SC2046
key g $(letters $((form_x + 90)) $((form_y + 250))) Return
ok "Send is pressed" wait_until 20 logged 'button send name=Ada Lovelace|address=Bahnhofstraße 1, Zürich|item=Œuvres, 20 €'
key t
xdotool type --delay 40 'the order is sent'
key Return
ok "it is handed back" wait_until 20 handed_back
is "the form saw these events, and no other" "$(told | sed 's/ [0-9]*,[0-9]*$//')" "$(printf '%s\n' open 'raw press 1' 'focus name' 'raw release 1' 'text name=Ada Lovelace' \
	'focus address' 'text address=Bahnhofstraße 1, Zürich' 'focus item' 'text item=Œuvres, 20 €' 'raw press 1' \
	'button send name=Ada Lovelace|address=Bahnhofstraße 1, Zürich|item=Œuvres, 20 €' 'raw release 1')"
is "each key once" "$(keys_told)" $((12 + 1 + 23 + 1 + 12))
is "the record has what was done, and of texts their length" "$(actions '.agent == ""' | jq -r .kind | sort | uniq -c | awk '$2 != "type" { print $1, $2 }' | paste -sd,)" '2 click,2 key'
is "nothing of them is in it" "$(operator /v1/state | grep -c 'Lovelace\|Zürich')" 0

# It ends with the terminal: a dashboard that goes to the background, or dies.
key t
wait_until 20 taken
key ctrl+z
ok "in the background it ends" wait_until 20 handed_back
key ctrl+bracketright t
ok "and may be taken again" wait_until 20 taken
kill -KILL "$(pgrep -P "$xterm_pid")"
ok "killed it ends too" wait_until 20 handed_back
end_test
