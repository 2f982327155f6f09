#!/bin/bash
# Pictures through a tmux that has sixel, in an xterm: make check-tmux-sixel. TMUX_SIXEL names that tmux, where the one in PATH has none.
. "$ASSENT_SRC/tests/e2e/pictures_lib.sh"
tmux=${TMUX_SIXEL:-tmux}
tm() { SHELL=/bin/bash "$tmux" -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
export LC_ALL=C.UTF-8
# It says so itself; its formats tell it from 3.6 on only.
tm new-session -d -s probe "stty raw -echo; printf '\033[c'; IFS= read -r -t 5 -d c answer; echo \"\$answer\" >'$ASSENT_TMP/answer'; sleep 600"
wait_until 20 test -s "$ASSENT_TMP/answer"
grep -q ';4' "$ASSENT_TMP/answer" || {
	report 1 "$("$tmux" -V) has sixel" "build a tmux with --enable-sixel, and name it in TMUX_SIXEL"
	end_test
}
start_pictures
dashboard_in xterm -ti vt340 -tn xterm-256color -b 0 -bw 0 +sb -fa 'DejaVu Sans Mono' -fs 12 -geometry 120x36+0+0 -xrm 'XTerm*cursorBlink: false' \
	-xrm 'XTerm*maxGraphicSize: 4096x4096' -e "$tmux" -f /dev/null -S "$ASSENT_TMP/tmux" new-session -s d
wait_until 20 find_window XTerm
tm set-option -g status on
shown "the picture is the screen" 20
[ $failures -eq 0 ] || end_test
# As many changes as tmux would forget pictures for.
for ((i = 1; i <= 12; i++)); do
	paint "$ASSENT_TMP/$i.png" "change $i"
	shows "$ASSENT_TMP/$i.png"
	shown "change $i"
done
sleep 2
tm new-window 'sleep 600'
ok "another window covers it without a trace" wait_until 20 nothing_shown
tm select-window -t d:0
shown "and it comes back, whole"
xdotool mousemove 300 300 key question
ok "help covers it without a trace" wait_until 20 nothing_shown
xdotool key Escape
shown "and it comes back"
xdotool key q
wait_until 20 test -e "$ASSENT_TMP/ended"
ok "leaving leaves nothing of it" wait_until 20 nothing_shown
end_test
