#!/bin/bash
# F17, F18, F19: each process is told to end, or dies. Waiting agents see their connection close without an answer, held actions stay held, nothing
# is approved, and the terminal is as it was.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export LC_ALL=C.UTF-8
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t "$window"; }
keys() { tm send-keys -t "$window" "$@"; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until "$1" sees "$2"; }
format() { tm display-message -p -t "$window" "$1"; }
trap 'tm kill-server 2>/dev/null; finish' EXIT

start_upstream
port=$((20000 + $$ % 10000))
start_gate --listen 127.0.0.1:$port
token=$(add_agent clerk --answer-within none)
ask waits "$token" /sandboxes/s1/exec -X POST -H 'Content-Type: application/json' -d '{"command":"ls"}'
held '.text == "ls"'
untouched() { actions true | jq -r '"\(.id) \(.state) \(.version) \(.askers)"'; }

# open_dashboard: from a shell in tmux, which keeps the terminal's modes before and after; sets dashboard, the process.
tm new-session -d -s keep	# the server stays when a window goes
open_dashboard() {
	rm -f before after ended
	window=$1
	tm new-session -d -s "$window" -x 100 -y 30 bash --norc
	keys "cd '$ASSENT_TMP'; stty -a >before; '$ASSENT_BUILD/assent' --socket '$socket' 2>dash.err; echo \$? >ended; stty -a >after; echo back" Enter
	await 15 'NEEDS YOU' || report 1 "$window: the dashboard opens"
	dashboard=$(pgrep -P "$(format '#{pane_pid}')" assent)
}

# ---- F19: the dashboard is told to end ----
for signal in TERM HUP INT; do
	open_dashboard "d$signal"
	is "dashboard, SIG$signal: it has the whole screen before" "$(format '#{alternate_on} #{cursor_flag}')" '1 0'
	kill -$signal "$dashboard"
	ok "dashboard, SIG$signal: it ends" wait_until 20 test -s after
	is "dashboard, SIG$signal: the terminal's modes are as before" "$(diff before after)" ''
	await 8 back
	is "dashboard, SIG$signal: so are the screen and the cursor" "$(format '#{alternate_on} #{cursor_flag} #{keypad_flag} #{mouse_any_flag}')" '0 1 0 0'
	is "dashboard, SIG$signal: the action waits on" "$(untouched)" '1 held 1 1'
	tm kill-session -t "$window"
done
open_dashboard dPIPE
kill -PIPE "$dashboard"
sleep 0.5
ok "dashboard, SIGPIPE: it goes on" kill -0 "$dashboard"
# The terminal goes away under it, as when a connection is cut.
tm kill-session -t dPIPE
ok "dashboard, its terminal gone: it ends" wait_until 20 eval "! kill -0 $dashboard"
is "dashboard, its terminal gone: the action waits on" "$(untouched)" '1 held 1 1'

# ---- F17: the dashboard dies ----
open_dashboard dKILL
kill -9 "$dashboard"
wait_until 20 test -s after
is "dashboard killed: the action waits on" "$(untouched)" '1 held 1 1'
tm kill-session -t dKILL	# its modes stay as they were: nobody is left to mend them (reset does)
open_dashboard next
ok "dashboard killed: another one shows the same" await 5 'clerk'
is "dashboard killed: and nothing was decided" "$(untouched)" '1 held 1 1'

# ---- F18: the gate dies under the dashboard ----
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
ok "gate killed: the dashboard says so at once" await 5 'THE GATE DOES NOT ANSWER'
answered waits
is "gate killed: its agent sees the connection close, without an answer" "$(status_of waits) $(curl_code_of waits)" '000 52'
sleep 2.2
keys a
sleep 0.5
ok "gate killed: a yes does nothing but say so" sees 'THE GATE DOES NOT ANSWER'
start_gate --listen 127.0.0.1:$port
ask waits2 "$token" /sandboxes/s1/exec -X POST -H 'Content-Type: application/json' -d '{"command":"ls"}'
held '.text == "ls" and .askers == 1'
ok "gate back: the dashboard finds it" await 10 'NEEDS YOU 1'
ok "gate back: it says nothing of the dead one any more" wait_until 20 eval '! sees "THE GATE DOES NOT ANSWER"'
is "gate back: the yes typed meanwhile approves nothing" "$(untouched)" '1 held 1 1'
sleep 2.5
keys a
answered waits2
is "gate back: one typed now does" "$(status_of waits2) $(sent)" '200 1'
tm kill-session -t next

# ---- F19: the gate is told to end (SIGTERM and SIGINT: tests/e2e/gate_start.sh) ----
ask hup "$token" /sandboxes/s1/exec -X POST -d hup
held '.body == "hup"'
kill -PIPE "$gate_pid"
sleep 0.3
ok "gate, SIGPIPE: it goes on" held '.body == "hup" and .askers == 1'
kill -HUP "$gate_pid"
wait "$gate_pid"
is "gate, SIGHUP: it ends in order" $? 0
answered hup
is "gate, SIGHUP: who waits gets no answer" "$(status_of hup) $(curl_code_of hup)" '000 52'
start_gate --listen 127.0.0.1:$port
ask hup2 "$token" /sandboxes/s1/exec -X POST -d hup
ok "gate, SIGHUP: what was held is held, and the same request joins it" held '.body == "hup" and .askers == 1 and .version == 1'
# While something is on its way out, too.
echo hang >"$up/mode"
person '.body == "hup"' approve
wait_until 10 grep -q hup "$up/requests"
kill -TERM "$gate_pid"
wait "$gate_pid"
is "gate, SIGTERM with a request under way: it ends in order" $? 0
answered hup2
is "gate, SIGTERM with a request under way: no answer is made up" "$(status_of hup2) $(curl_code_of hup2)" '000 52'
start_gate --listen 127.0.0.1:$port
is "gate, SIGTERM with a request under way: unknown, and sent once" "$(actions '.body == "hup"' | jq -r .state) $(grep -c hup "$up/requests")" 'unknown 1'
kill "$gate_pid"
wait "$gate_pid"

# ---- F19: assent-local ----
for signal in TERM HUP INT; do
	start_local --computers 0 --sandboxes 0
	kill -PIPE "$local_pid"
	sleep 0.2
	ok "assent-local, SIGPIPE: it goes on" local_api /sandboxes
	kill -$signal "$local_pid"
	wait "$local_pid"
	is "assent-local, SIG$signal: it ends in order" $? 0
done
end_test
