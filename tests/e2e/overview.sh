#!/bin/bash
# The overview in tmux before a real gate: what is alike is one row, a mouse selects and decides nothing, several are decided together, the person is
# called by a command of their own, an agent's turns, the filter.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
export XDG_CONFIG_HOME=$ASSENT_TMP/config LC_ALL=C.UTF-8
unset ASSENT_PASSPHRASE_FD
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t dash; }
keys() { tm send-keys -t dash "$@"; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until 15 sees "$1"; }
# press ROW: the left button, on this row of the list.
press() { keys -l $'\e[<0;20;'"$1"'M'$'\e[<0;20;'"$1"'m'; }
row_of() { screen | grep -nE -- "$1" | head -n 1 | cut -d: -f1; }
called() { [ "$(cat "$ASSENT_TMP/called" 2>/dev/null | head -n 1)" = "$1" ]; }
left() { is_count "$(actions '.state == "held"' | jq -s length)" "$1"; }
is_count() { [ "$1" = "$2" ]; }

mkdir -p "$XDG_CONFIG_HOME/assent"
printf '#!/bin/sh\necho "$# $*" >>"%s/called"\n' "$ASSENT_TMP" >"$ASSENT_TMP/call me"
chmod 755 "$ASSENT_TMP/call me"
printf 'notice_command = "%s/call me"\n' "$ASSENT_TMP" >"$XDG_CONFIG_HOME/assent/assent.conf"
chmod 600 "$XDG_CONFIG_HOME/assent/assent.conf"
start_local --sandboxes 1
start_gate
token=$(add_agent builder --answer-within none)
sandbox=''
find_sandbox() { sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_sandbox || report 1 "the substrate has a sandbox"
exec_in() { ask "$1" "$token" "/sandboxes/$sandbox/exec" -X POST -H 'Content-Type: application/json' -d "{\"command\":\"$2\"}"; }

tm new-session -d -s dash -x 120 -y 35 "exec '$assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
ok "the dashboard opens, and nothing waits" await 'NEEDS YOU 0'
exec_in one 'echo one'
held '.text == "echo one"'
ok "the first question calls the person: three counts, and nothing else" wait_until 15 called '3 1 0 0'
for i in two three four; do
	exec_in $i "echo $i"
	held ".text == \"echo $i\""
done
ok "four alike are one row" await 'builder +exec x4 alike'
keys u
ok "u shows each of them" await 'exec echo three'
press "$(row_of 'exec echo three')"
ok "a click selects" await '> +[0-9]+ builder +exec echo three'
settle
keys -l $'\e[M !!\e[M aa\e[<0;3;5M\e[<65;3;5M\e[<2;3;5M'
sleep 0.5
is "and no report of a mouse decides anything" "$(actions '.state == "held"' | jq -s length)" 4

# ---- several together ----
press "$(row_of 'exec echo one')"
await '> +[0-9]+ builder +exec echo one' || true
keys v
ok "what was not looked at is not marked" await 'too early|not all of it was shown'
settle
keys v
ok "looked at, it is" await '1 marked'
keys j
settle
keys v
ok "and another one of its kind" await '2 marked'
keys V
ok "their number is asked for" await '2 together'
keys -l 3a
keys Enter
ok "another number decides nothing" await 'nothing was decided'
keys V
await '2 together'
keys -l 2a
keys Enter
answered one
answered two
is "the right one decides both" "$(status_of one) $(status_of two) $(actions '.state == "held"' | jq -s length)" '200 200 2'

# ---- the filter, the turns ----
keys /
keys -l four
keys Enter
ok "a filter says what it hides" await 'filter hides [0-9]+'
keys Escape
sleep 0.3
ok "and all are there again" await 'exec echo three'
keys h
ok "h shows what the agent did" await 'TURNS OF THE LAST DAY [3-9]'
ok "with what became of it" await 'exec echo one +done'
keys Escape
sleep 0.3
keys H
ok "H shows all that was sent" await 'SENT OR REFUSED'
keys Escape
sleep 0.3
keys M
ok "muted notices are told of" await 'muted 15m'
keys q
ended() { ! tm has-session -t dash 2>/dev/null; }
ok "and it ends" wait_until 10 ended
end_test
