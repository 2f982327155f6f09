#!/bin/bash
# A newcomer before the demo at 80x24: knows nothing but the text of the screen, and presses only keys that are printed on it. Three actions are decided (yes; no
# with words; yes behind its end), an agent is stopped, everything is frozen and let go on.
. "$ASSENT_SRC/tests/e2e/lib.sh"
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t demo; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until "$1" sees "$2"; }
# press KEY: only where the screen says so: a letter with a word behind it ("a approve"), or a named key.
press() {
	local key=$1 shown=$1
	[ ${#key} -gt 1 ] || shown="$key [A-Za-z+]"
	[ "$key" != Escape ] || shown=Esc
	if ! await 9 "(^|[^[:alnum:]])$shown"; then
		report 1 "the key $key is printed on the screen" "$(screen | tail -n 4)"
		return 1
	fi
	tm send-keys -t demo "$key"
	sleep 0.3
}
# look_for TEXT: n, until the action below the list has this text. NEEDS YOU shows which waits.
look_for() {
	local i
	for ((i = 0; i < 10; i++)); do
		sees "^ [0-9]+ $1" && return 0
		press n || return 1
	done
	return 1
}
id_below() { screen | tail -n 1 | grep -oE '^ [0-9]+' | tr -d ' '; }
state_of() { curl -sS --unix-socket "$ASSENT_TMP"/assent-demo.*/operator.sock "http://g/v1/actions/$1" | jq -r '.action | "\(.state) \(.note)"'; }
is_ended() { state_of "$1" | grep -qE "^($2) "; }
gate_says() { curl -sS --unix-socket "$ASSENT_TMP"/assent-demo.*/operator.sock http://g/v1/state | jq -e "$1"; }

trap 'tm kill-server 2>/dev/null; finish' EXIT
export LC_ALL=C.UTF-8
# One demo at a time runs from a build.
exec 8>"$ASSENT_BUILD/demo-test.lock"
flock -w 200 8 || { report 1 "the other test of the demo ends"; end_test; }
tm new-session -d -s demo -x 80 -y 24 "exec env TMPDIR='$ASSENT_TMP' '$ASSENT_SRC/examples/run' '$ASSENT_BUILD' --picture=none 2>'$ASSENT_TMP/demo.err'" 8>&-
ok "the dashboard opens" await 60 'NEEDS YOU [2-9]'
ok "two agents ask" await 30 'builder +write'

ok "the typing is found" look_for 'Types '
typing=$(id_below)
ok "it becomes ready" await 10 "^ $typing READY"
press a
ok "a says yes" wait_until 10 is_ended "$typing" done

ok "the click is found" look_for 'Left click'
click=$(id_below)
ok "it is on the screen" await 10 "^ $click READY"
press D
ok "words are asked for" await 5 "deny $click with words"
tm send-keys -t demo -l 'Not yet: ask me tomorrow.'
press Enter
ok "D says no, with the words" wait_until 10 is_ended "$click" denied
is "as they were typed" "$(state_of "$click")" 'denied Not yet: ask me tomorrow.'

ok "the long one is found" look_for 'Writes 4 files'
long=$(id_below)
ok "its first part is not enough" await 10 "^ $long wait"
press Enter
for i in 1 2 3 4 5 6 7 8 9; do
	sees 'the end' && break
	press Space
done
ok "Space leads to its end" sees 'the end'
ok "then it is ready" await 12 "^ $long READY"
press a
ok "and a says yes" wait_until 10 is_ended "$long" done
ok "what came of it stands there" await 8 'done'
press Escape

ok "the next question comes" await 30 'builder +exec'
look_for 'Runs one' || report 1 "the command is found"
ok "and has been on the screen for long enough" await 20 "^ [0-9]+ READY"
press s
ok "s stops its agent" wait_until 20 gate_says '.agents | any(.name == "builder" and .stopped != null)'
press F
ok "F freezes everything" wait_until 20 gate_says '.gate.frozen != null'
ok "the screen says so" await 5 'FROZEN by'
press F
ok "F again asks for a word" await 5 'type unfreeze and Enter'
tm send-keys -t demo -l unfreeze
press Enter
ok "and then it goes on" wait_until 20 gate_says '.gate.frozen == null'
press Escape
tm send-keys -t demo q
ok "q ends it" wait_until 20 sh -c "! tmux -S '$ASSENT_TMP/tmux' has-session -t demo"
end_test
