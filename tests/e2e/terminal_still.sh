#!/bin/bash
# The dashboard at a terminal that answers nothing, or anything; that is far away; that stands still; and that has stopped reading. In a pty, whose
# other end is tests/robot/drive.
. "$ASSENT_SRC/tests/e2e/terminal_lib.sh"
open=("$assent" --socket "$socket")

# ---- a terminal that stands still, and one that says anything ----
drive silent -s - "${open[@]}" <<<$'await 10 NEEDS YOU 1\npause 300\ntype q\nend 5'
drive liar - "${open[@]}" <<'STEPS'
await 60 1 READY
type \e[0n\e[0n\e[?62;4c\e[?2026;2$y\e[6;0;0t\e[4;99999;99999t\e[?2;0;1;1S\e]11;rgb:a/d/a\e\\\e[>1;2;3c\ePad\e\\\x9b0n\p
type \e[<0;9999;9999M\e[M ad\e[<64;1;1M\e[<0;1;1m\e[200~ad\r\e[201~\p
type \e
pause 100
type [?62;4c\p
pause 300
await 60 NEEDS YOU 1
type q
end 60
STEPS
is "no answer is a key" "$(state_of 'echo first')" held
drive still - "${open[@]}" <<'STEPS'
await 60 1 READY
pause 600
type a
stall 1500
pause 300
await 3 stood still
type d
stall 1500
await 3 stood still
type q
end 60
STEPS
is "what is typed at a terminal that stands still decides nothing" "$(state_of 'echo first')" held

# The reader stops, in the middle of many frames; and the dashboard is told to end.
for signal in TERM HUP; do
	printf 'await 10 NEEDS YOU 1\ntype f\nawait 5 G follow\npause 30000\n' >steps
	start "stopped-$signal" "$ASSENT_BUILD/tests/robot/drive" -g 200x60 -c "stopped-$signal.bytes" steps "${open[@]}"
	driver=$started
	find_dashboard() { dashboard=$(pgrep -P "$driver"); }
	wait_until 10 find_dashboard
	follows() { grep -qa 'G follow' "stopped-$signal.bytes"; }
	wait_until 10 follows
	kill -STOP "$driver"
	# Lines that have nothing in common, so that each frame is a whole one.
	local_api "/sandboxes/$sandbox/exec" -f -X POST -d "$(jq -nc --arg s "$signal" \
		'{command: "for i in $(seq 1 20); do head -c 7000 /dev/urandom | base64 -w 150; sleep 0.05; done; echo LAST-$((6 * 7))-\($s)"}')" >/dev/null
	sleep 0.5
	kill -"$signal" "$dashboard"
	ended() { grep -q '^State:	Z' "/proc/$dashboard/status"; }
	ok "SIG$signal ends it while nobody reads" wait_until 20 ended
	kill -CONT "$driver"
	told() { grep -q '^bytes' "stopped-$signal.log"; }
	wait_until 10 told
	ok "and nobody did: the newest lines never went out" sh -c "! grep -qa 'LAST-42-$signal' 'stopped-$signal.bytes'"
done
is "nothing was decided" "$(state_of 'echo first')" held

# ---- a terminal that is far away: 800 ms there, 800 ms back ----
exec_in second 'echo second'
drive far -d 800 - "${open[@]}" <<'STEPS'
await 60 1 READY
type na
pause 900
type a
await 60 2 READY
type q
end 10
STEPS
is "far away, what was typed before it could be seen decides nothing" "$(state_of 'echo first') $(state_of 'echo second')" 'held held'
drive farther -d 800 - "${open[@]}" <<'STEPS'
await 60 1 READY
type a
pause 4000
type q
end 10
STEPS
answered first
is "and a yes is to what was shown" "$(status_of first) $(state_of 'echo second')" '200 held'
end_test
