#!/bin/bash
# Keys and phrases of one's own, in tmux before a real gate: they decide, bar and help name them; and of a bad file each command says what is wrong.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
export LC_ALL=C.UTF-8
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t dash; }
keys() { tm send-keys -t dash "$@"; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until 15 sees "$1"; }
conf=$ASSENT_TMP/config/assent/assent.conf
mkdir -p "$(dirname "$conf")"

start_local --sandboxes 1
start_gate
token=$(add_agent builder --answer-within none)
sandbox=''
find_sandbox() { sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_sandbox || report 1 "the substrate has a sandbox"
exec_in() { ask "$1" "$token" "/sandboxes/$sandbox/exec" -X POST -H 'Content-Type: application/json' -d "{\"command\":\"$2\"}"; }

cat >"$conf" <<'END'
keys {
	approve    = y
	deny_words = "F2, Z"
	freeze     = "%"
}
phrases = {"Not this host.", "Ask ana first."}
END
exec_in first 'echo one'
held '.text == "echo one"'
tm new-session -d -s dash -x 120 -y 35 "exec '$assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
ok "the bar names the keys in force" await 'y approve.*F2 \+?words.*% FREEZE'
settle
keys a
keys Enter
sleep 0.5
keys Escape
settle
is "the program's key and Enter decide nothing" "$(actions '.text == "echo one"' | jq -r .state)" held
keys y
answered first
is "the own key does" "$(status_of first) $(actions '.text == "echo one"' | jq -r .state)" '200 done'

exec_in second 'curl ftp.example'
held '.text == "curl ftp.example"'
keys n
await 'curl ftp.example'
settle	# a no is about what has been on the screen
keys F2
ok "the phrases are shown" await '2 Ask ana first\.'
keys 1
ok "a digit types one" await 'Enter; Esc\): Not this host\.'
sleep 0.5
is "and sends nothing" "$(actions '.text == "curl ftp.example"' | jq -r .state)" held
keys Enter
answered second
is "Enter sends it" "$(status_of second) $(jq -r .error.message second.body | grep -c 'Not this host')" '403 1'

keys %
frozen() { [ "$(operator /v1/state | jq -r '.gate.frozen.by // ""')" != "" ]; }
ok "the own key freezes" wait_until 10 frozen
keys Escape
sleep 0.3
keys '?'
ok "the help names it, and that Ctrl-] F stays" await '%, Ctrl-\] F'
keys q
tm kill-server

# ---- a bad file ----
says() { "$assent" "${@:2}" --socket "$socket" 2>&1; echo "$?"; }
for bad in $'keys {\n\taprove = y\n}|2: no action is called "aprove" \\(did you mean "approve"\\?\\)' $'lock = 5m\nkeys { approve = Enter }|2: "Enter" cannot be the key of "approve"' \
	$'keys {\n\n\tdeny = n\n}|3: "n" cannot be the key of "deny": it is that of "next", which needs another one then' $'locks = 5m|1: no setting is called "locks" \\(did you mean "lock"\\?\\)'; do
	echo "${bad%|*}" >"$conf"
	like "a bad file is named with its line: ${bad%%$'\n'*}" "$(says x queue)" "assent.conf:${bad#*|}"
	is "... and refuses" "$(says x queue | tail -1)" 4
	like "... which doctor finds" "$("$assent" doctor --json --socket "$socket" --state "$gate_state" | jq -r '.[] | select(.what == "settings") | .finding + " " + .text')" "^bad .*assent.conf:${bad#*|}"
done
ok "freeze works all the same" "$assent" freeze --socket "$socket"
end_test
