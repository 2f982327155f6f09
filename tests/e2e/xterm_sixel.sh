#!/bin/bash
# The dashboard in a real xterm with sixel on a real X server: the picture on the terminal's own pixels is the computer's screen, with the
# waiting click drawn where it would land; it goes with a popup and comes back; the terminal is left as it was found.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/xterm.sh"

start_local --computers 1
computer=
find_computer() { computer=$(local_api /computers | jq -er '.data[] | select(.status == "running") | .id'); }
wait_until 30 find_computer || { report 1 "a computer runs"; end_test; }
local_api "/computers/$computer/desktop/launch" -d '{"app": "assent-form"}' >/dev/null
has_form() { local_api "/computers/$computer/desktop/windows" | jq -e 'length > 1' >/dev/null; }
ok "the form is open" wait_until 20 has_form
sleep 1
start_gate
token=$(add_agent clerk)
start_xserver 1200x700
start_xterm 120x35 sh -c "printf 'before\n'; '$ASSENT_BUILD/assent' --socket '$socket'; printf 'after\n'; sleep 20"

# The frame's inside begins at column 55, row 2, and has 19 rows; cells are 10x20.
scaled() {	# FILE: what the picture should be: the screen, scaled as it is there
	local_api "/computers/$computer/desktop/screenshot" -o "$ASSENT_TMP/screen.png"
	convert "$ASSENT_TMP/screen.png" -filter Box -resize 608x380! "$1"
}
psnr() { compare -metric PSNR "$1" "$2" null: 2>&1; }
crop() { convert "$1" -crop "608x380+550+40" +repage "$2"; }
# shown NAME WANT OP DB: what is where the picture belongs, as NAME.png (and all of the terminal, NAME_all.png), is so near to WANT now; sets value.
shown() {
	shoot "$ASSENT_TMP/$1_all.png"
	crop "$ASSENT_TMP/$1_all.png" "$ASSENT_TMP/$1.png"
	value=$(psnr "$ASSENT_TMP/$1.png" "$ASSENT_TMP/$2.png")
	awk -v p="$value" "BEGIN { exit !((p == \"inf\" ? 1000 : p) $3 $4) }"
}
screen_shown() { scaled "$ASSENT_TMP/want.png" && shown got want '>' 30; }
wait_until 30 screen_shown
report $? "the picture is the screen (PSNR $value dB)"
# The negative control: another part of the same shot is not the screen.
convert "$ASSENT_TMP/got_all.png" -crop "608x380+0+300" +repage "$ASSENT_TMP/other.png"
value=$(psnr "$ASSENT_TMP/other.png" "$ASSENT_TMP/want.png")
ok "and the comparison can fail ($value dB)" awk -v p="$value" 'BEGIN { exit !(p < 20) }'

# A click waits: its mark stands at the right place, and only near it the picture differs.
curl -sS --max-time 60 -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"x": 640, "y": 400}' \
	"$GATE_URL/computers/$computer/desktop/click" &
children=("$!" "${children[@]}")
bars() { convert "$ASSENT_TMP/marked.png" -crop "$1" +repage -fuzz 12% -fill black +opaque 'rgb(255,40,150)' -fill white +opaque black -format '%[fx:mean*w*h]' info: | cut -d. -f1; }
mark_shown() { shown marked want '<' 1000 && [ "$(bars 80x80+264+150)" -gt 100 ]; }
ok "the waiting click is drawn where it would land" wait_until 20 mark_shown
is "and nowhere else" "$(bars 200x380+0+0)" 0

xdotool key question
wait_until 15 shown help want '<' 20
report $? "help covers the picture without a trace ($value dB)"
xdotool key Escape
wait_until 15 shown back marked '>' 25
report $? "and the picture comes back ($value dB)"

# A yes by the keyboard of a real terminal. One that comes too early is none.
clicked() { [ "$(actions '.kind == "click"' | jq -r .state)" = 'done' ]; }
say_yes() { clicked || { xdotool key a; sleep 0.7; clicked; }; }
wait_until 20 say_yes
is "a yes in the terminal sends the click" "$(actions '.kind == "click"' | jq -r .state)" done

# A yes to the like, from its form, which shows no picture: it is about the one that was seen before.
curl -sS --max-time 60 -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"x": 600, "y": 300}' \
	"$GATE_URL/computers/$computer/desktop/click" &
children=("$!" "${children[@]}")
second_held() { actions '.state == "held" and (.summary | test("600,300"))' | grep -q .; }
ok "it is held" wait_until 20 second_held
# Its mark's left bar, where the first one's has nothing.
second_marked() { shoot "$ASSENT_TMP/marked_all.png"; crop "$ASSENT_TMP/marked_all.png" "$ASSENT_TMP/marked.png"; [ "$(bars 30x11+245+137)" -gt 10 ]; }
select_second() { second_marked || { xdotool key n; sleep 0.7; second_marked; }; }
ok "the second is selected" wait_until 20 select_second
form_open() { shown form want '<' 20; }
open_form() { form_open || { xdotool key l; sleep 1.5; form_open; }; }
ok "the form covers the picture" wait_until 20 open_form
# Too early it decides nothing.
agree() { second_held || return 0; xdotool key Return; sleep 2; ! second_held; }
wait_until 20 agree
allowed() { [ "$(actions '.kind == "click" and (.summary | test("600,300"))' | jq -r .state)" = 'done' ]; }
wait_until 20 allowed
is "a yes from the form of a rule sends the click, and makes the rule" \
	"$(actions '.kind == "click" and (.summary | test("600,300"))' | jq -r .state) $(operator /v1/alikes | jq '[.alikes[]?, .[]?] | length > 0')" 'done true'

# The rows beside the picture move up; the terminal must not be made to move the picture with them.
for i in 1 2 3 4 5 6 7; do
	curl -sS --max-time 60 -o /dev/null -H "Authorization: Bearer $(add_agent "exec$i")" -H 'Content-Type: application/json' \
		-d "{\"command\": \"echo $i\"}" "$GATE_URL/computers/$computer/exec" &
	children=("$!" "${children[@]}")
	wait_until 20 sh -c "curl -sS --unix-socket '$socket' http://gate/v1/state | grep -q 'echo $i'"
done
xdotool key n
list_of() { convert "$ASSENT_TMP/$1.png" -crop 500x140+10+40 +repage "$ASSENT_TMP/$1_list.png"; crop "$ASSENT_TMP/$1.png" "$ASSENT_TMP/$1_picture.png"; }
# still NAME: the picture in it is the same twice. (What time is left changes in the list.)
still() { shoot "$ASSENT_TMP/$1_before.png"; sleep 0.8; shoot "$ASSENT_TMP/$1.png"; list_of "$1"; list_of "$1_before"; near "$(psnr "$ASSENT_TMP/$1_picture.png" "$ASSENT_TMP/$1_before_picture.png")" "> 30"; }
near() { awk -v p="$1" "BEGIN { exit !((p == \"inf\" ? 1000 : p) $2) }"; }
has_picture() { still seven && near "$(psnr "$ASSENT_TMP/seven_picture.png" "$ASSENT_TMP/want.png")" '> 15'; }
wait_until 20 has_picture
decide '.agent == "exec1"' deny >/dev/null
decide '.agent == "exec2"' deny >/dev/null
xdotool key j j
rows_left() { shoot "$ASSENT_TMP/five.png"; list_of five; value=$(psnr "$ASSENT_TMP/five_list.png" "$ASSENT_TMP/seven_list.png"); near "$value" "< 30"; }
wait_until 20 rows_left
report $? "rows leave the list ($value dB)"
stays() { still five || return 1; value=$(psnr "$ASSENT_TMP/five_picture.png" "$ASSENT_TMP/seven_picture.png"); near "$value" "> 30"; }
wait_until 20 stays
report $? "and the picture beside it stays where it is ($value dB)"
xdotool key z
is_large() { shoot "$ASSENT_TMP/large.png"; convert "$ASSENT_TMP/large.png" -crop 1x1+100+500 +repage -format '%[hex:p{0,0}]' info: | grep -qE '^A.A.A.$'; }
ok "z makes it large" wait_until 20 is_large
nothing_beside() { is_large && [ "$(convert "$ASSENT_TMP/large.png" -crop 250x500+910+45 +repage -format '%k' info:)" = 1 ]; }
ok "and nothing of the smaller picture is left beside it" wait_until 20 nothing_beside
xdotool key z
is_small() { ! is_large; }
wait_until 20 is_small

xdotool key q
cleared() { shoot "$ASSENT_TMP/left.png"; crop "$ASSENT_TMP/left.png" "$ASSENT_TMP/left_picture.png"; value=$(convert "$ASSENT_TMP/left_picture.png" -format '%k' info:); [ "$value" = 1 ]; }
wait_until 20 cleared
report $? "leaving clears the picture: one colour is left there ($value)"
ok "and the gate goes on" operator /v1/state -f
end_test
