# xterm.sh: a real terminal with sixel on an X server of its own. Sourced after lib.sh.
# Cells are exactly 10x20 pixels, text begins at 0,0: a cell's pixels are where arithmetic says.
# shellcheck shell=bash

# start_xserver WxH: sets DISPLAY.
start_xserver() {
	local pipe=$ASSENT_TMP/display number
	mkfifo "$pipe"
	# -displayfd writes the number before the newline: read a whole line. And a server that begins anew whenever its last client has gone refuses who comes just then.
	Xvfb -displayfd 3 -screen 0 "$1x24" -nolisten tcp -noreset 3>"$pipe" >"$ASSENT_TMP/xvfb.log" 2>&1 &
	children=("$!" "${children[@]}")
	read -r -t 20 number <"$pipe" || { report 1 "Xvfb starts"; end_test; }
	export DISPLAY=:$number
}

# start_xterm COLSxROWS COMMAND...: sets xterm_pid.
start_xterm() {
	local size=$1
	shift
	LC_ALL=C.UTF-8 start xterm xterm -ti vt340 -tn xterm-256color -b 0 -bw 0 +sb -fa 'DejaVu Sans Mono' -fs 12 \
		-geometry "$size+0+0" -xrm 'XTerm*numColorRegisters: 256' -xrm 'XTerm*maxGraphicSize: 4096x4096' \
		-xrm 'XTerm*cursorBlink: false' -e "$@"
	xterm_pid=$started
}

# shoot FILE.png: what stands on the X screen.
shoot() { import -window root "$1"; }
