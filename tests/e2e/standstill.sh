#!/bin/bash
# A gate that stands still, with its connections open: told of long before its stream has been silent for too long (25 s), where somebody presses keys; and
# it is over by itself.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export LC_ALL=C.UTF-8
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
sees() { tm capture-pane -p -t dash | grep -qE -- "$1"; }
await() { wait_until "$1" sees "$2"; }
gone() { ! sees 'DOES NOT ANSWER'; }

start_upstream
mkdir -p "$up/reads"
echo '{"data":[{"id":"s1","name":"build-1","status":"running"}]}' >"$up/reads/sandboxes"
start_gate
add_agent builder >/dev/null
tm new-session -d -s dash -x 80 -y 24 "exec '$ASSENT_BUILD/assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
ok "the dashboard opens" await 20 'NEEDS YOU'
kill -STOP "$gate_pid"
ok "it is told of" await 9 'THE GATE DOES NOT ANSWER since [0-9]+:'
kill -CONT "$gate_pid"
ok "and is over by itself" wait_until 20 gone
end_test
