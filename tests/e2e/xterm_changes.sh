#!/bin/bash
# Live in a real xterm: what changes is sent alone, a whole picture takes its place at rest and when the window has the keyboard again; and xterm shows, to the
# pixel, what was sent. Over a slow link no picture is sent before the terminal has answered behind the one before.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/xterm.sh"

if [ "${ASSENT_KIND-}" = sanitize ]; then
	report 0 "xterm is asked in the plain build only"
	end_test
fi
start_local --computers 1
computer=
find_computer() { computer=$(local_api /computers | jq -er '.data[] | select(.status == "running") | .id'); }
wait_until 30 find_computer || { report 1 "a computer runs"; end_test; }
has_terminal() { local_api "/computers/$computer/desktop/windows" | jq -e 'length > 0' >/dev/null; }
wait_until 20 has_terminal
start_gate
token=$(add_agent clerk)
start_xserver 1200x700
bytes=$ASSENT_TMP/bytes
start_xterm 120x35 script -q -f -c "'$ASSENT_BUILD/assent' --socket '$socket'" "$bytes"

look() { "$ASSENT_BUILD/tests/picture/look" "$bytes" 120 35 10 20 "$@"; }
# newest FIELDS: of the last picture: parts x y width height bytes
newest() { look | tail -n 1; }
count() { look | wc -l; }
# The frame's inside: 608x380 pixels of the screen, in whole cells from 550,40.
is_whole() { [[ $(newest) == *' 550 40 608 380 '* ]]; }
is_change() { [ "$(count)" -gt "$seen" ] && ! is_whole; }
ok "a whole picture comes" wait_until 20 is_whole
# Nothing that is still being drawn on the desktop is taken for what is typed below.
rested() { local n; n=$(count); sleep 1.2; [ "$n" = "$(count)" ] && is_whole; }
wait_until 20 rested
whole=$(newest | cut -d' ' -f6)

seen=$(count)
local_api "/computers/$computer/desktop/type" -d '{"text": "word"}' >/dev/null
came() { look | tail -n +$((seen + 1)) | grep -qv ' 550 40 608 380 '; }
ok "what is typed there is sent as a change" wait_until 20 came
change=$(look | tail -n +$((seen + 1)) | grep -v ' 550 40 608 380 ' | sort -n -k6 | head -n 1 | cut -d' ' -f6)
ok "of few bytes ($change; a whole picture has $whole)" test "$((change * 3))" -lt "$whole"
ok "and at rest a whole picture comes" wait_until 20 is_whole
wait_until 20 rested

# Another window, over a part of it, that takes the keyboard and gives it back.
windows() { xdotool search --onlyvisible --class xterm; }
first=$(windows | head -n 1)
seen=$(count)
start other xterm -geometry 60x12+600+100 -e sleep 60
other=$started
other_there() { second=$(windows | grep -vx "$first"); }
wait_until 20 other_there
xdotool windowfocus --sync "$second"
kill "$other"
xdotool windowfocus --sync "$first"
more() { [ "$(count)" -gt "$seen" ] && is_whole; }
ok "with the keyboard a whole picture comes back" wait_until 20 more
wait_until 20 rested

look "$ASSENT_TMP/want.ppm" >/dev/null
shoot "$ASSENT_TMP/shot.png"
part() { convert "$1" -crop "608x380+550+40" +repage "$2"; }
part "$ASSENT_TMP/want.ppm" "$ASSENT_TMP/want.png"
part "$ASSENT_TMP/shot.png" "$ASSENT_TMP/got.png"
value=$(compare -metric PSNR "$ASSENT_TMP/got.png" "$ASSENT_TMP/want.png" null: 2>&1)
ok "xterm shows what was sent (PSNR $value dB)" awk -v p="$value" 'BEGIN { exit !(p == "inf" || p > 45) }'
convert "$ASSENT_TMP/got.png" -crop "500x300+7+3" +repage "$ASSENT_TMP/other.png"
convert "$ASSENT_TMP/want.png" -crop "500x300+0+0" +repage "$ASSENT_TMP/other_want.png"
value=$(compare -metric PSNR "$ASSENT_TMP/other.png" "$ASSENT_TMP/other_want.png" null: 2>&1)
ok "and the comparison can fail ($value dB)" awk -v p="$value" 'BEGIN { exit !(p != "inf" && p < 45) }'
# A card in a small window has no room for a picture: a yes there is about the one that stood before it.
curl -sS --max-time 60 -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"x": 600, "y": 300}' \
	"$GATE_URL/computers/$computer/desktop/click" &
children=("$!" "${children[@]}")
held() { actions '.state == "held"' | grep -q 600,300; }
wait_until 20 held
seen=$(count)
xdotool windowsize --usehints "$first" 100 35
other_size() { [ "$(count)" -gt "$seen" ]; }
wait_until 20 other_size
xdotool key Return
# Too early it decides nothing.
yes_there() { xdotool key a; sleep 0.6; [ "$(actions '.kind == "click"' | jq -r .state)" = 'done' ]; }
ok "a yes on a card without a picture is about the one that was seen" wait_until 20 yes_there
xdotool key q
ok "an encoder that there is not is no usage" test "$("$ASSENT_BUILD/assent" --encoder=other 2>&1)" = 'assent: --encoder=other: one of own, libsixel'

# A terminal at the end of a slow link: 300 ms there, 300 ms back. The desktop changes all the time. Here libsixel makes the pictures.
(for i in $(seq 200); do local_api "/computers/$computer/desktop/type" -d "{\"text\": \"$i\"}" >/dev/null; sleep 0.05; done) &
children=("$!" "${children[@]}")
bytes=$ASSENT_TMP/slow
begin=$(date +%s%N)
printf 'await 20 desk-1\npause 4000\ntype q\nend 15\n' |
	"$ASSENT_BUILD/tests/robot/drive" -g 120x35 -d 300 -c "$bytes" - "$ASSENT_BUILD/assent" --socket "$socket" --picture=sixel --encoder=libsixel >"$ASSENT_TMP/drive.out"
status=$?
# Before its first answer it is taken for one that never answers.
most=$((($(date +%s%N) - begin) / 600000000 + 3))
pictures=$(count)
is "they are libsixel's" "$(grep -aoF $'\033P0;1q' "$bytes" | wc -l)" 0
is "a slow terminal is left in order" "$status" 0
ok "and it got some pictures ($pictures)" test "$pictures" -ge 2
ok "but none before it had answered (at most $most)" test "$pictures" -le "$most"
end_test
