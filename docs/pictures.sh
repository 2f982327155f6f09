#!/bin/bash
# docs/pictures.sh: makes the pictures of README and docs/TOUR.md: the demo in a real xterm with sixel, and the keys that the tour tells of.
set -u
. "$(dirname "$0")/../build-aux/bootstrap.sh"
need_packages build run test
build "$top/build" all
work=$(mktemp -d) && mkdir "$work/config" "$top/docs/tour" 2>/dev/null
display=:$((90 + RANDOM % 100))
Xvfb $display -screen 0 1200x700x24 -nolisten tcp >/dev/null 2>&1 &
server=$!
trap 'kill $terminal $server 2>/dev/null; rm -rf "$work"' EXIT
export DISPLAY=$display LC_ALL=C.UTF-8 TZ=UTC TMPDIR=$work XDG_CONFIG_HOME=$work/config
sleep 1
xterm -ti vt340 -tn xterm-256color -b 0 -bw 0 +sb -fa 'DejaVu Sans Mono' -fs 12 -geometry 120x35+0+0 -bg '#101418' -fg '#d8dee6' \
	-xrm 'XTerm*numColorRegisters: 256' -xrm 'XTerm*maxGraphicSize: 4096x4096' -e "$top/examples/run" "$top/build" &
terminal=$!

press() { for key; do xdotool key "$key"; sleep 0.4; done; }
state() { curl -fs --max-time 5 --unix-socket "$work"/assent-demo.*/operator.sock http://gate/v1/state; }
assent() { "$top/build/assent" "$@" --socket "$work"/assent-demo.*/operator.sock >/dev/null; }
# held PATTERN: the id of the held action with this summary; waits for it.
held() {
	local end=$((SECONDS + 60)) id
	until id=$(state 2>/dev/null | jq -er --arg p "$1" '[.actions[] | select(.state == "held" and (.summary | test($p))) | .id][0] // empty') && [ -n "$id" ]; do
		[ $SECONDS -lt $end ] || { say "nothing like \"$1\" was asked"; exit 1; }
		sleep 0.2
	done
	echo "$id"
}
held_now() { state | jq -r '.actions[] | select(.state == "held" and .agent == "builder") | "\(.id) \(.version) \(.digest) \(.summary)"'; }
over() { while state | jq -e --argjson i "$1" '.actions[] | select(.id == $i) | .state | test("held|approved|sent")' >/dev/null; do sleep 0.2; done; }
# shot NAME: when the screen has settled. A few colours: pictures in a repository are small.
shot() {
	sleep "${2:-2.5}"
	import -window root png:- | convert png:- +dither -colors 64 -define png:compression-level=9 "PNG8:$top/docs/$1.png"
	say "made docs/$1.png"
}

# The first yes: clerk types the order; then its click waits, on the live screen.
first=$(held '^type')
held '^exec|write|file' >/dev/null
sleep 4
press a
over "$first"
press n
held click >/dev/null
shot dashboard

# builder builds its site; each of its steps gets a yes, here by the command for scripts. Then it wants to delete.
until held_now | grep -q 'rm -rf'; do
	while read -r id version digest _; do
		assent decide "$id" approve --version "$version" --digest "$digest"
	done < <(held_now | grep -v 'rm -rf')
	[ $SECONDS -lt 120 ] || { say "builder does not come to its end"; exit 1; }
	sleep 0.3
done
press n
sleep 1
press Return
shot tour/card
press D
shot tour/words
press 3 Return
held 'mv' >/dev/null
# A yes to clerk's click and its like makes a rule, which the list of agents shows.
press Escape n
click=$(held click)
while [ "$(date +%S)" -gt 45 ]; do sleep 1; done	# with the minute the desktop's clock changes, and a click waits for its screen to be seen again
sleep 3
press l
sleep 2
press Return
sleep 1
xdotool type --delay 60 desk-1	# its label says "Send": a yes asks for the session's name
press Return
over "$click"
press A
shot tour/rules
press Escape i
sleep 1
press j f
shot tour/log
press F
shot tour/frozen
