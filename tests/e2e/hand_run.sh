#!/bin/bash
# A command of a person's own in a sandbox, from the dashboard: typed, run, recorded under the name, and its log comes by itself.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/gate_lib.sh"
export LC_ALL=C.UTF-8

start_local --sandboxes 1
start_gate
add_agent builder >/dev/null
tmux -S "$ASSENT_TMP/tmux" -f /dev/null new-session -d -x 120 -y 35 "$ASSENT_BUILD/assent --socket $socket"
keys() { tmux -S "$ASSENT_TMP/tmux" send-keys "$@"; }
sees() { tmux -S "$ASSENT_TMP/tmux" capture-pane -p | grep -qE -- "$1"; }

ok "the sandbox is shown" wait_until 20 sees 'build-1'
keys '!'
ok "the sandbox is named where the command is typed" wait_until 20 sees 'run in build-1 \(Enter; Esc\): +Ctrl-\] F FREEZE'
keys -l 'echo by-my-own-hand; sleep 1; echo and-its-end'
keys Enter
ok "its log is shown, and what it prints comes live" wait_until 20 sees '[^;]by-my-own-hand *$'
ok "to its end" wait_until 20 sees ' and-its-end *$'
name=$(id -un 2>/dev/null) || name="uid $(id -u)"	# ./check may run as a uid without a name
is "it is an action of the person's own" "$(actions '.agent == ""' | jq -r '[.kind, .decided_by, .text] | join(" ")')" "exec $name echo by-my-own-hand; sleep 1; echo and-its-end"
keys Escape
wait_until 20 sees '\? keys'
keys '!'
wait_until 20 sees 'run in build-1'
keys -l 'rm -rf everything'
keys Escape
wait_until 20 sees '\? keys'
keys t
ok "Esc runs nothing, and a sandbox is not taken" wait_until 20 sees 'control is taken of computers'
is "there is no other action" "$(actions '.agent == ""' | grep -c .)" 1
end_test
