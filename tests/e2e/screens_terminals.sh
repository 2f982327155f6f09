#!/bin/bash
# Every golden screen in tmux and in xterm: painted one over the other by the real ui/term.c (tests/screens/painter), and what each of the terminals says of
# its screen, characters and looks, compared cell by cell with what was drawn. libvterm: tests/unit/test_vterm.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/xterm.sh"
if [ "${ASSENT_KIND-}" = sanitize ]; then
	ok "real terminals are painted in the plain build alone" true
	end_test
fi
painter=$ASSENT_BUILD/tests/screens/painter
export LC_ALL=C.UTF-8
unset TMUX TMUX_PANE NO_COLOR COLORTERM STY
sizes="60x18 80x24 120x35 200x60"

# compared NAME SIZE FILE
compared() {
	local said
	said=$("$painter" compare "$2" "$3" 2>&1)
	report $? "$1 $2: $(tail -n 1 <<<"$said")" "$said"
}
# spoiled NAME SIZE FILE: one screen differs, and that is told.
spoiled() {
	local said
	if said=$("$painter" compare "$2" "$3" 2>&1); then report 1 "$1: a spoiled cell is seen" "$said"; else like "$1: a spoiled cell is seen" "$said" ', 1 differ'; fi
}

# ---- tmux ----
printf 'set -g status off\nset -g default-terminal tmux-256color\nset -g exit-empty off\n' >"$ASSENT_TMP/tmux.conf"
# in_tmux SIZE FILE [OPTION...]: FILE gets a picture in text of each screen.
in_tmux() {
	local size=$1 file=$2
	shift 2
	rm -f "$file.end"
	tmux -S "$ASSENT_TMP/tmux" -f "$ASSENT_TMP/tmux.conf" new-session -d -x "${size%x*}" -y "${size#*x}" \
		"$painter paint $size $* 'tmux capture-pane -epN >>$file' 2>$file.log; echo \$? >$file.end"
	wait_until 60 test -s "$file.end"
	is "tmux $size: all was painted" "$(cat "$file.end" "$file.log")" 0
}
for size in $sizes; do
	in_tmux "$size" "$ASSENT_TMP/tmux-$size"
	compared tmux "$size" "$ASSENT_TMP/tmux-$size"
done
for how in 1c 2s; do
	in_tmux 60x18 "$ASSENT_TMP/tmux-$how" -s $how
	spoiled "tmux, $how" 60x18 "$ASSENT_TMP/tmux-$how"
done

# ---- xterm ----
start_xserver 2600x1800
# in_xterm SIZE FILE [OPTION...]: the same, by xterm's printer, which gets the looks too.
in_xterm() {
	local size=$1 file=$2
	shift 2
	xterm -tn xterm-256color +sb -fa 'DejaVu Sans Mono' -fs 6 -geometry "$size+0+0" -xrm 'XTerm*printAttributes: 2' -xrm 'XTerm*printerExtent: true' \
				-xrm 'XTerm*boldColors: false' -xrm "XTerm*printerCommand: cat >>$file" -e sh -c "$painter paint $size $* --print=$file 2>$file.log; echo \$? >$file.end" 2>"$file.xterm.log"
	is "xterm $size: all was painted" "$(cat "$file.end" "$file.log")" 0
}
for size in $sizes; do
	in_xterm "$size" "$ASSENT_TMP/xterm-$size"
	compared xterm "$size" "$ASSENT_TMP/xterm-$size"
done
for how in 1c 2s; do
	in_xterm 60x18 "$ASSENT_TMP/xterm-$how" -s $how
	spoiled "xterm, $how" 60x18 "$ASSENT_TMP/xterm-$how"
done

end_test
