#!/bin/bash
# The log on the whole screen, in tmux, before a real gate and sandbox: 12,000 lines and more, hostile ones among them; following, searching, filtering,
# writing, copying; a narrow screen; a killed gate. What the dashboard writes to its terminal is kept, byte for byte.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export LC_ALL=C.UTF-8
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t dash; }
colors() { tm capture-pane -p -e -t dash; }
keys() { tm send-keys -t dash "$@"; }
sees() { screen | grep -qE -- "$1"; }
sees_not() { ! sees "$1"; }
await() { wait_until 15 sees "$1"; }
# A lone Escape: what comes too soon behind it would be one key with it.
escape() { keys Escape; sleep 0.3; }
written=$ASSENT_TMP/terminal

start_local --sandboxes 2
start_gate
sandbox=''
find_sandbox() { sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_sandbox || report 1 "the substrate has a sandbox"
run() { local_api "/sandboxes/$sandbox/exec" -f -X POST -d "$(jq -nc --arg c "$1" '{command: $c}')" >/dev/null; }
lines() { operator /v1/state | jq -r --arg s "$sandbox" '.sessions[] | select(.id == $s) | .log_lines'; }
has_lines() { [ "$(lines)" -ge "$1" ]; }
many='seq -f "line %.0f" 12000'
hostile='printf "\033[31mred\033[0m \033[2Jcleared \033]0;evil\007 \033]52;c;ZXZpbA==\007 \033[5n \033Pq\033\\\\ \302\233 \033[8mhidden\033[0m\n"'
run "$many; $hostile; echo problem >&2"
ok "12,000 lines and more are in the log" wait_until 30 has_lines 12002

tm new-session -d -s dash -x 100 -y 30 "exec '$ASSENT_BUILD/assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
tm set -s set-clipboard on
await 'NEEDS YOU 0'
tm pipe-pane -t dash "cat >>'$written'"
keys i
ok "i lists the sessions" await 'SESSIONS 2'
ok "with their streams" await 'events (live|polling) since [0-9:]+'
keys Enter
ok "and opens the log" await 'LOG of build-1 .*1[2-9][0-9]{3}|LOG of build-1 .*2[0-9]{4} lines'
ok "it follows its end" await 'following'
for stream in 3 4 5; do keys $stream; done
ok "streams can be left out" await 'out err \(log\) \(event\) \(gap\)'
ok "the newest lines of those that are shown stand at the end" await 'err +problem'

# ---- hostile text ----
ok "foreign sequences are marks" await 'red \^\[\[2Jcleared \^\[\]0;evil\^G \^\[\]52;c;ZXZpbA==\^G \^\[\[5n \^\[Pq'
ok "colours are colours" sh -c "tmux -S '$ASSENT_TMP/tmux' capture-pane -p -e -t dash | grep -qE 'evil' && tmux -S '$ASSENT_TMP/tmux' capture-pane -p -e -t dash | grep -q '31mred'"
ok "what was to be hidden is shown" sees 'hidden'
for foreign in $'\033]0;' $'\033]52;c;ZXZpbA' $'\007' $'\033P' $'\302\233' $'\033[5n \033' $'\033[8m'; do
	! grep -qaF -- "$foreign" "$written"
	report $? "the terminal was given no $(printf '%q' "$foreign")"
done

# ---- following ----
run 'for i in $(seq 1 200); do echo "now $i"; done'
ok "what comes is followed" await 'now 200'
keys k
ok "scrolling up ends that" await 'NOT following'
run 'echo "not now"'
has_not_now() { [ "$(operator "/v1/sessions/$sandbox/log?match=not%20now&stream=out" | jq '.lines | length')" = 1 ]; }
wait_until 15 has_not_now
sleep 0.5
ok "then what is new moves nothing" sees_not '^ [0-9:]+ +not now'
keys End
ok "End follows again" await '^ [0-9:]+ +not now'

# ---- searching ----
keys g
ok "g goes to the oldest line" await '^ [0-9:]+ +line 1$'
keys /
keys -l 'line 7777'
keys Enter
ok "a text is found below" await '^>[0-9:]+ +line 7777$'
keys ?
keys -l 'LINE 1[0-9]{2}$'
keys C-r C-t
ok "the prompt says how it is looked for" await 'look above for a REGULAR EXPRESSION .*ANY CASE'
keys Enter
ok "a regular expression is found above" await '^>[0-9:]+ +line 199$'
keys n
ok "n goes on upwards" await '^>[0-9:]+ +line 198$'
keys N
ok "N goes back" await '^>[0-9:]+ +line 199$'
keys /
keys -l '(7'
keys Enter
ok "a broken expression is said, and where" await '^ .*(offset|byte|character|column|at) [0-9]+'
keys /
keys -l 'nowhere at all'
keys Enter
ok "what is not there is said" await 'not found below: nowhere at all'

# ---- copying ----
keys g
await '^ [0-9:]+ +line 1$'
keys v
keys j
keys j
keys y
ok "copying is said" await '3 lines, 21 bytes'
is "the terminal got them as OSC 52" "$(grep -aoP '\033\]52;c;\K[A-Za-z0-9+/=]+' "$written" | tail -n 1 | base64 -d | tr '\n' ,)" 'line 1,line 2,line 3,'
is "and has them" "$(tm show-buffer | tr '\n' ,)" 'line 1,line 2,line 3,'
is "nothing else was ever put there" "$(grep -aoc $'\033\]52' "$written")" 1

# ---- writing ----
keys 2
await '\(err\)'
keys W
keys -l "$ASSENT_TMP/out.txt"
keys Enter
ok "the log is written into a file" await 'written: .*out.txt, 12202 lines'
bash -c "$many; $hostile"' ; for i in $(seq 1 200); do echo "now $i"; done; echo "not now"' >"$ASSENT_TMP/want.txt"
ok "byte for byte, as it is filtered" cmp "$ASSENT_TMP/out.txt" "$ASSENT_TMP/want.txt"
is "for its owner alone" "$(stat -c %a "$ASSENT_TMP/out.txt")" 600
keys W
keys -l "$ASSENT_TMP/out.txt"
keys Enter
ok "no file is written over" await 'is there already'
keys 0

# ---- all sessions ----
keys m
ok "all sessions in one" await 'LOG of all sessions'
keys o
keys -l 'build-2'
keys Enter
ok "or some of them" await 'all sessions, only build-2'
keys m
await 'LOG of build-1'

# ---- another size, a killed gate ----
tm resize-window -t dash -x 60 -y 18
ok "a narrow screen has it too" await 'following|NOT following'
is "as wide as it is" "$(screen | wc -L)" 60
tm resize-window -t dash -x 100 -y 30
keys a
ok "nothing is decided there" await 'nothing is decided in the log'
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
ok "a dead gate is said" await 'THE GATE DOES NOT ANSWER since'
keys k
ok "keys go on" await 'NOT following'
start_gate
ok "and when it is back, so is the log" wait_until 15 sees_not 'DOES NOT ANSWER'
keys G
run 'echo "after the gate"'
ok "with what comes now" await 'after the gate'
ok "and what may be missing" await 'gap +.*not live'
escape
ok "Esc leads back" await 'SESSIONS 2'
ok "the dashboard said nothing of its own accord" sh -c "! grep . '$ASSENT_TMP/dash.err'"
end_test
