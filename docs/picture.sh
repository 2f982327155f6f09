#!/bin/bash
# docs/picture.sh: makes docs/dashboard.png, the README's picture: the demo in a real xterm with sixel, a click of clerk's waiting.
set -u
. "$(dirname "$0")/../build-aux/bootstrap.sh"
need_packages build run test
build "$top/build" all
display=:$((90 + RANDOM % 100))
Xvfb $display -screen 0 1200x700x24 -nolisten tcp >/dev/null 2>&1 &
server=$!
trap 'kill $terminal $server 2>/dev/null' EXIT
export DISPLAY=$display LC_ALL=C.UTF-8
sleep 1
xterm -ti vt340 -tn xterm-256color -b 0 -bw 0 +sb -fa 'DejaVu Sans Mono' -fs 12 -geometry 120x35+0+0 -bg '#101418' -fg '#d8dee6' \
	-xrm 'XTerm*numColorRegisters: 256' -xrm 'XTerm*maxGraphicSize: 4096x4096' -e "$top/examples/run" "$top/build" &
terminal=$!
sleep 8
press() { for key; do xdotool key "$key"; sleep 0.3; done; }
press k k k
sleep 2
press a		# clerk types the order
sleep 2
press j
sleep 2
import -window root "$top/docs/dashboard.png"
press q
sleep 2
say "made docs/dashboard.png"
