#!/bin/bash
# A gate that stands still, with its connections open: told of long before its stream has been silent for too long (25 s), where somebody presses keys; and
# it is over by itself. What is decided meanwhile does not look taken; a yes is not sent where it is known to stand still.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export LC_ALL=C.UTF-8
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
sees() { tm capture-pane -p -t dash | grep -qE -- "$1"; }
await() { wait_until "$1" sees "$2" || { tm capture-pane -p -t dash >&2; false; }; }
gone() { ! sees 'DOES NOT ANSWER'; }

start_upstream
mkdir -p "$up/reads"
echo '{"data":[{"id":"s1","name":"build-1","status":"running"}]}' >"$up/reads/sandboxes"
start_gate
token=$(add_agent builder --answer-within none)
press() { tm send-keys -t dash "$1"; }
tm new-session -d -s dash -x 80 -y 24 "exec '$ASSENT_BUILD/assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
ok "the dashboard opens" await 20 'NEEDS YOU'
kill -STOP "$gate_pid"
ok "it is told of" await 9 'THE GATE DOES NOT ANSWER since [0-9]+:'
kill -CONT "$gate_pid"
ok "and is over by itself" wait_until 20 gone

# Decided just before anybody could know.
ask one "$token" /sandboxes/s1/exec -H 'Content-Type: application/json' -d '{"command":"echo one"}'
ok "an action waits" await 20 '1 READY'
press a
ok "its session is not live, so a yes is asked for twice" await 9 'a again to say yes'
kill -STOP "$gate_pid"
press a
ok "a yes that it did not take does not look taken" await 9 'not taken yet: the gate does not answer'
ok "and nothing can be approved now" await 9 '^ 1 wait'
kill -CONT "$gate_pid"
ok "it takes it when it goes on" wait_until 20 has_state 1 'done'
answered one

# Decided when it is known.
ask two "$token" /sandboxes/s1/exec -H 'Content-Type: application/json' -d '{"command":"echo two"}'
ok "another waits" await 20 '2 builder'
press n
ok "it can be decided" await 20 '2 READY'
kill -STOP "$gate_pid"
ok "it is told of again" await 9 'THE GATE DOES NOT ANSWER since [0-9]+:'
sleep 0.6	# a key right behind another would be too early for a yes in any case
press a
ok "a yes is refused" await 9 'does not answer since .*: nothing was approved'
press d
ok "a no goes out, and does not look taken" await 9 'not taken yet: the gate does not answer'
kill -CONT "$gate_pid"
ok "it takes the no when it goes on" wait_until 20 has_state 2 denied
answered two
end_test
