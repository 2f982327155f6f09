#!/bin/bash
# The demo in tmux, as a newcomer sees it: a yes presses Send in the real form, a no with words sends an agent its other way, keys typed
# ahead decide nothing, a resize and a killed gate are survived, and q leaves nothing running.
. "$(dirname "$0")/lib.sh"
run=$ASSENT_BUILD/demo-run
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t demo; }
keys() { tm send-keys -t demo "$@"; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until "$1" sees "$2"; }
logged() { grep -qE -- "$2" "$run/$1.log"; }
# The form's own log, wherever the computer has its folders.
form_saw() { grep -q -- "$1" "$(sed -n 's#.*token in \(.*\)/token,.*#\1#p' "$run/local.log")"/computers/*/home/form.log; }
# The programs by their path; this test has it in its own command line, as others of this machine may.
nothing_runs() { ! pgrep -f "$run" >/dev/null; }
# pick TEXT: selects the row with this text.
pick() {
	local i
	keys k k k k k k k k
	sleep 0.4	# what is on screen must be what these keys made of it
	for i in 1 2 3 4 5 6 7 8; do
		screen | grep -E '^.>[! ?.]' | grep -qE -- "$1" && sleep 0.5 && return 0
		keys j
		sleep 0.2
	done
	return 1
}

export LC_ALL=C.UTF-8
# In a container nothing names a locale; the terminal can UTF-8 all the same.
# One demo at a time runs from a build.
exec 8>"$ASSENT_BUILD/demo-test.lock"
flock -w 200 8 || { report 1 "the other test of the demo ends"; end_test; }
tm new-session -d -s demo -x 120 -y 35 "exec env -u LC_ALL -u LC_CTYPE -u LANG '$ASSENT_SRC/examples/run' '$ASSENT_BUILD' 2>'$ASSENT_TMP/demo.err'" 8>&-
ok "the dashboard opens" await 60 'NEEDS YOU'
ok "clerk's click is held" await 30 'clerk +left click'
ok "builder's files are held" await 30 'builder +write files'

# Typing ahead: a storm of yeses right after a row is selected.
pick 'clerk +type' || report 1 "clerk's typing can be selected"
keys j
keys k a a a a a a a a
sleep 0.3
ok "a yes typed ahead decides nothing" sees 'clerk +type'
ok "the live screen is drawn, in half blocks" sees '▀▀▀▀'
ok "where text cannot be read, it says so" sees 'text is not readable here'

pick 'clerk +type'
settle
keys a
ok "approved typing is done" await 8 'type .*done'
ok "the form got the text" wait_until 10 form_saw 'text item=Oxford English Dictionary, 20 vols'

# The window changes its size while a question is open.
tm resize-window -t demo -x 80 -y 24
ok "it follows a smaller window" await 5 'TAPE'
tm resize-window -t demo -x 50 -y 12
ok "too small: it says how large, and decides nothing" await 5 'assent needs 60x18'
keys a
tm resize-window -t demo -x 120 -y 35
ok "and comes back" await 5 'clerk +left click'
keys '?'
ok "help shows the keys" await 5 'yes: sent once'
keys Escape
sleep 0.3

pick 'clerk +left click' || report 1 "clerk's click can be selected"
settle
keys a
# With sanitizers the memory of a sandbox is too little for a program that tells of the form's controls: nobody knows the label there.
if [ "${ASSENT_KIND-}" != sanitize ]; then
	ok "what its label makes risky asks for its session's name" await 8 'RISKY: to approve'
	keys d e s k - 1 Enter
fi
ok "an approved click presses Send in the real form" wait_until 20 form_saw '^button send name=Ada Lovelace|address=12 High Street, Leeds|item=Oxford'
ok "clerk is done" wait_until 20 logged clerk 'the order is sent'

# Builder: the whole of a long request has to be shown before a yes works.
pick 'builder +write files' || report 1 "builder's files can be selected"
sleep 2.2
keys a
ok "what was not shown to its end is not approved" await 8 'not all of it was shown'
keys Enter
sleep 0.5
for i in $(seq 12); do keys Space; done
settle
keys a
ok "shown to its end it is" wait_until 20 logged builder "done: Write the site"
keys Escape
yes_to() {	# WHAT-IT-SAYS ROW
	wait_until 20 logged builder "asks: $1" || return 1
	sleep 0.5
	pick "builder +$2" || return 1
	keys Enter
	sleep 0.3
	keys Space Space Space Space
	settle
	keys a
	sleep 0.3
	keys Escape
	wait_until 20 logged builder "done: $1"
}
ok "the first build" yes_to "Build the site" "exec sh make"
ok "fails, and the agent fixes it" yes_to "Give pages" "write /workspace"
ok "the second build" yes_to "Build the site again" "exec sh make"
ok "serving" yes_to "Serve the site" "exec:? perl"
# Publishing asks for the sandbox's name.
ok "exposing waits" await 8 'builder +expose'
pick 'builder +expose'
settle
keys a
ok "a risky one asks for its session's name" await 8 'RISKY: to approve'
keys b u i l d - 1 Enter
ok "the preview is read through the exposed port" wait_until 20 logged builder 'preview at http.*Hemingway Books'
# The rm: no, with words.
ok "rm waits, marked as risky" await 8 '! *[0-9]+ builder +exec:? rm'
pick 'builder +exec:? rm'
keys D
ok "words can be typed" await 8 'deny [0-9]+ with words'
keys -l 'leave the cache alone'
keys Enter
ok "the words reach the agent" wait_until 20 logged builder 'a person said: leave the cache alone'
ok "which takes its other way" await 8 'builder +exec:? mv pages'
pick 'builder +exec:? mv'
keys d
ok "a plain no has the standing words" wait_until 20 logged builder 'Denied by a person. Do not retry'

# The gate dies under the dashboard.
gate=$(pgrep -f "gate --foreground.*$run" | head -n 1)
kill -9 "$gate"
ok "a killed gate is said at once" await 5 'THE GATE DOES NOT ANSWER'
keys q
ok "q ends the demo" wait_until 15 sh -c "! tmux -S '$ASSENT_TMP/tmux' has-session -t demo"
ok "nothing is left running" wait_until 10 nothing_runs
ok "what the agents printed is shown at the end" grep -q 'what clerk printed' "$ASSENT_TMP/demo.err"
ok "and what the form saw" grep -q 'button send' "$ASSENT_TMP/demo.err"
end_test
