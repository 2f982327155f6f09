#!/bin/bash
# assent --plain, in a real terminal: lists, shows and decides by lines; a yes needs a second line that was not typed ahead.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -J -t p -S -200; }
sees() { screen | grep -qE -- "$1"; }
shows() { wait_until 10 sees "$1"; report $? "$2" "no /$1/ in: $(screen | tail -n 12)"; }
types() { tm send-keys -t p -l "$1"; tm send-keys -t p Enter; }

start_upstream
start_gate
token=$(add_agent ana)
tm new-session -d -s p -x 100 -y 50 "'$ASSENT_BUILD/assent' --plain --socket '$socket' --state '$gate_state'; exec sleep 60"
children+=("$(tm display-message -p -t p '#{pid}')")
shows '"help" tells the words' "it begins"
types list
shows 'nothing needs you' "an empty queue is said"

ask one "$token" /sandboxes/sbx_1/exec -d '{"command":"echo hello"}' -H 'Content-Type: application/json'
shows 'NEEDS YOU 1 ana on .*: exec echo hello' "what comes is told"
types 'approve 1'
shows 'show 1 first' "a yes to what was not read is refused"
types 'show 1'
shows 'echo hello' "the whole action is shown"
# A paste: the answer in the same breath as the question.
tm send-keys -t p -l 'approve 1
yes 1
'
shows 'To send it once, type yes 1' "it asks once more"
sleep 0.7
is "what was typed ahead is no answer" "$(operator /v1/actions/1 | jq -r .action.state)" held
types 'yes 1'
wait_until 10 has_state 1 done
is "the second line sends it" "$(operator /v1/actions/1 | jq -r .action.state)" 'done'
is "... once" "$(sent)" 1

ask two "$token" /sandboxes/sbx_1/exec -d '{"command":"rm -rf /tmp/x"}' -H 'Content-Type: application/json'
shows 'NEEDS YOU 2 .*RISKY' "a risky one says so"
types 'show 2'
shows 'rm -rf' "... and is shown"
types 'approve 2'
shows "RISKY. To send it once, type its session's name" "it asks for the session's name"
sleep 0.6
types 'yes 2'
shows 'not approved: 2 stays held' "another word is no yes"
types 'deny 2 not that folder'
answered two
like "a no reaches the agent with its words" "$(cat two.body)" 'not that folder'

ask three "$token" /computers/cmp_1/desktop/click -d '{"x":3,"y":4}' -H 'Content-Type: application/json'
shows 'NEEDS YOU 3' "a click is told"
types 'show 3'
types 'approve 3'
shows 'acts on a point of a screen' "a point on a screen is not approved from lines"
types 'respond 3 use the form'
answered three
like "an answer reaches the agent" "$(cat three.body)" 'use the form'

# What a key goes to, where the computer does not tell: that may be anything.
mkdir -p "$up/raw"
printf 'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n' >"$up/raw/computers_cmp_1_desktop_windows"
ask key "$token" /computers/cmp_1/desktop/key -d '{"key":"a"}' -H 'Content-Type: application/json'
shows 'NEEDS YOU 4' "a key is told"
types 'show 4'
shows 'NOT KNOWN its windows: ' "what could not be looked up is said"
types 'approve 4'
shows "Not all of it could be looked up. To send it once, type its session's name, cmp_1" "... and takes the session's name"
sleep 0.6
types 'yes 4'
shows 'not approved: 4 stays held' "... and nothing else"
rm "$up/raw/computers_cmp_1_desktop_windows"
types 'show 4'
types 'approve 4'
shows 'To send it once, type yes 4' "when all could be it does not"
sleep 0.6
types 'no'
types 'deny 4'
answered key

ask four "$token" /sandboxes/sbx_1/exec -d '{"command":"echo \u001b[31m\u202e four"}' -H 'Content-Type: application/json'
shows 'NEEDS YOU 5' "hostile text is told"
is "... and no byte of it acts" "$(tm capture-pane -p -e -t p -S -200 | grep -c $'\033\\[31m')" 0
types 'show 5'
shows 'digest' "it is shown"
types 'approve 5'
shows 'type yes 5' "the question is open"
kill "$asker"
gone() { operator /v1/actions/5 | jq -e '.action.askers == 0'; }
wait_until 10 gone
sleep 0.6
types 'yes 5'
sleep 0.3
is "an agent that left is not sent for" "$(operator /v1/actions/5 | jq -r .action.state)" held

types freeze
shows 'FROZEN' "freezing is one word"
is "... and it is" "$(operator /v1/state | jq '.gate.frozen != null')" true
like "from a pipe nothing is approved" "$({ sleep 0.5; echo show 5; echo approve 5; sleep 0.5; } | timeout 10 "$ASSENT_BUILD/assent" --plain --socket "$socket")" 'a yes is typed at a terminal'
kill -9 "$gate_pid"
shows 'THE GATE DOES NOT ANSWER' "a dead gate is told"
types 'approve 5'
shows 'the gate does not answer' "... and nothing can be approved"
types quit
left() { [ "$(tm list-panes -t p -F '#{pane_current_command}')" = sleep ]; }
wait_until 10 left
report $? "quit leaves" "there runs: $(tm list-panes -t p -F '#{pane_current_command}')"
tm kill-server

# ---- input that is no terminal ----
start_gate
operator /v1/unfreeze -X POST -d '{}' >/dev/null
ask last "$token" /sandboxes/sbx_9/exec -d '{"command":"echo last"}' -H 'Content-Type: application/json'
held '.text == "echo last"'
printf 'list\nquit\n' >lines
plain() { "$ASSENT_BUILD/assent" --plain --socket "$socket"; }
listed='^[0-9]+ ana on .*: exec echo last'
like "lines of a file, and none before it is known what there is" "$(plain <lines)" "$listed"
like "of a pipe" "$(cat lines | plain)" "$listed"
like "none at all" "$(plain </dev/null; echo "ended with $?")" 'ended with 0'
is "descriptors that are closed" "$(plain <&- >&- 2>&-; echo $?)" 0

# ---- a gate that listens and never answers ----
start mute perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 9) or die; push @c, $s->accept while 1' "$ASSENT_TMP/mute.sock"
wait_until 20 test -S "$ASSENT_TMP/mute.sock"
start unanswered "$ASSENT_BUILD/assent" --plain --socket "$ASSENT_TMP/mute.sock"
ok "that it has not answered yet is told" wait_until 20 grep -q 'THE GATE DOES NOT ANSWER: it has not answered yet' "$ASSENT_TMP/unanswered.log"
end_test
