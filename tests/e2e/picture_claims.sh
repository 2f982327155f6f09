#!/bin/bash
# A terminal that says that it has sixel and has none: the dashboard is as usable as ever. One that dies in the middle of a picture: the dashboard ends, and
# the gate goes on. tests/robot/drive is the terminal; it watches each byte, and knows no pictures.
. "$ASSENT_SRC/tests/e2e/pictures_lib.sh"
assent=$ASSENT_BUILD/assent
export LC_ALL=C.UTF-8
paint "$ASSENT_TMP/one.png" 'first picture'
paint "$ASSENT_TMP/two.png" 'first picture, and more'
serve_pictures
drive() {
	local name=$1
	shift
	"$ASSENT_BUILD/tests/robot/drive" -g 120x35 -c "$name.bytes" - "$assent" --socket "$socket" "$@" >"$name.out" 2>&1
	report $? "$name" "$(grep -m 3 '^fault' "$name.out" | tr '\n' ';')"
}
pictures_in() { sed -n 's/.* pictures \([0-9]*\) .*/\1/p' "$1.out"; }
claim='type \e[6;20;10t\e[?62;4;22c'

drive claims <<STEPS
await 60 desk
$claim
pause 1500
type ?\p
await 60 KEYS
type \e
await 60 NEEDS YOU
screen
pause 300
type q
end 60
STEPS
ok "it was sent pictures ($(pictures_in claims))" test "$(pictures_in claims)" -gt 0
like "and the text stands there as if it had not" "$(<claims.out)" 'NEEDS YOU'
drive unclaimed <<STEPS
await 60 desk
pause 1500
type q
end 60
STEPS
is "one that claims nothing is sent none" "$(pictures_in unclaimed)" 0
# What is asked for is believed; this terminal shows the other kind as text.
drive kitty --picture=kitty <<STEPS
await 60 desk
type \e[6;20;10t\e[?62c
pause 1500
type q
end 60
STEPS
ok "of the other kind too, when they are asked for" test "$(pictures_in kitty)" -gt 0
is "and they are taken away in the end" "$(grep -ao 'a=[pd],' kitty.bytes | tail -n 1)" a=d,

# It reads no more, and then it is gone, with a picture half written.
drive dies <<STEPS
await 60 desk
$claim
stall 300
STEPS
no_dashboard() { ! pgrep -f -- "^$assent --socket $socket"; }
ok "the dashboard of a terminal that died in a picture ends" wait_until 20 no_dashboard
ok "and the gate goes on" operator /v1/state -f
end_test
