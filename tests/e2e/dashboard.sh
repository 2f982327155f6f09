#!/bin/bash
# The dashboard in tmux before a gate that asks for signatures: unlocking, a signed yes, an edit, freezing from a text field, going on, stopping an
# agent, a rule made from a decision.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
export XDG_CONFIG_HOME=$ASSENT_TMP/config LC_ALL=C.UTF-8
unset ASSENT_PASSPHRASE_FD
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t dash; }
keys() { tm send-keys -t dash "$@"; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until "$1" sees "$2"; }
# A lone Escape: what comes too soon behind it would be one key with it.
escape() { keys Escape; sleep 0.3; }

start_local --sandboxes 1
start_gate
token=$(add_agent builder --answer-within none)
sandbox=''
find_sandbox() { sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_sandbox || report 1 "the substrate has a sandbox"
ASSENT_PASSPHRASE_FD=7 "$assent" operator init --name ana --socket "$socket" 7<<<'correct horse battery' >/dev/null 2>&1
exec_in() { ask "$1" "$token" "/sandboxes/$sandbox/exec" -X POST -H 'Content-Type: application/json' -d "{\"command\":\"$2\"}"; }

exec_in first 'echo one'
held '.text == "echo one"'
tm new-session -d -s dash -x 120 -y 35 "exec '$assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
ok "the dashboard opens" await 15 'NEEDS YOU 1'
settle
keys a
ok "a yes asks for the passphrase" await 20 'your passphrase'
keys -l 'wrong'
ok "which is not shown" await 20 'your passphrase .*\*\*\*\*\*'
keys Enter
ok "a wrong one opens nothing" await 20 'passphrase|changed'
settle
keys a
await 60 'your passphrase'
keys -l 'correct horse battery'
keys Enter
ok "the right one does" await 20 'unlocked: ana signs'
settle
keys a
answered first
is "the yes is signed, and it is done" "$(status_of first) $(actions '.text == "echo one"' | jq -r '[.decided_by, .state] | join(" ")')" '200 ana done'

# ---- an edit ----
exec_in second 'echo two'
held '.text == "echo two"'
keys n
ok "the next question is selected" await 20 'echo two'
settle
keys e
ok "e opens the editor" await 20 'EDIT THE BODY'
keys BSpace BSpace
keys -l ' and more"}'
keys C-d
ok "the edited body is shown with who changed it" await 20 'EDITED by ana|and more'
is "it is another version, held still" "$(actions '.text == "echo two and more"' | jq -r '[.version, .state, .edited.by] | join(" ")')" '2 held ana'
settle
keys a
answered second
is "confirmed, the new one ran" "$(status_of second) $(jq -r '(.data // .) | .stdout' second.body)" '200 two and more'
is "and the agent is told" "$(header_of second Assent-Edited)" 1
escape

# ---- freezing from a text field ----
exec_in third 'echo three'
held '.text == "echo three"'
keys n
await 60 'echo three'
settle	# it has to be on the screen for a no
keys D
await 60 'deny [0-9]+ with words'
keys -l 'not F'
keys C-]
keys F
ok "Ctrl-] F freezes from a text field" wait_until 20 eval "operator /v1/state | jq -e .gate.frozen"
ok "the top line says by whom" await 20 'FROZEN by ana'
is "nothing was denied by it" "$(actions '.text == "echo three"' | jq -r .state)" held
escape
says_frozen() { sees 'all is frozen' || { keys a; sleep 0.6; sees 'all is frozen'; }; }
ok "nothing can be approved" wait_until 20 says_frozen
keys F
ok "going on asks" await 20 'type unfreeze'
keys -l 'unfreeze'
keys Enter
ok "and then goes on" wait_until 20 eval "operator /v1/state | jq -e '.gate.frozen == null'"
escape

# ---- stopping the agent ----
settle	# back from the other view: it has to be on the screen again
keys s
ok "s stops its agent" wait_until 20 eval "operator /v1/state | jq -e '.agents[0].stopped.by == \"ana\"'"
ok "and the list of agents says so" await 20 'STOPPED'
is "what it asks now is refused" "$(call "$token" "/sandboxes/$sandbox/exec" -X POST -H 'Content-Type: application/json' -d '{"command":"echo no"}' | jq -r .error.code)" agent_stopped
keys A
await 60 'AGENTS 1'
keys u
ok "u lets it go on" wait_until 20 eval "operator /v1/state | jq -e '.agents[0].stopped == null'"
escape

# ---- a rule made from a decision ----
settle
keys l
ok "l shows the rule to be made" await 20 'ALLOW [0-9]+ AND ITS LIKE'
ok "and what it would have matched" await 20 'it would have matched'
# Too early it decides nothing. It goes nowhere but into the form.
agree() { sees 'AND ITS LIKE' || return 0; keys Enter; sleep 1.5; ! sees 'AND ITS LIKE'; }
wait_until 20 agree
answered third
is "the yes is given" "$(status_of third)" 200
is "the rule stands" "$(operator /v1/state | jq -r '.alikes | map([.verdict, .agent, .uses_max] | join(" ")) | join(",")')" 'allow builder 10'
exec_in fourth 'echo three'
answered fourth
is "the like passes without a person" "$(status_of fourth) $(actions '.text == "echo three"' | jq -r .decided_kind | tail -n 1)" '200 alike'
exec_in fifth 'echo four'
ok "what is not alike is held" held '.text == "echo four"'
keys A
ok "A lists the rule with its uses" await 20 '1 of 10 used'
keys j
keys x
ok "x ends it" wait_until 20 eval "operator /v1/state | jq -e '.alikes == []'"

escape
keys q
ok "the terminal is left as it was found" wait_until 20 sh -c "! tmux -S '$ASSENT_TMP/tmux' has-session -t dash"
end_test
