# terminal_lib.sh: the dashboard in a pty, whose other end is tests/robot/drive: what the scripts that watch it there share.
# shellcheck shell=bash
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
export LC_ALL=C.UTF-8 INPUTRC=/dev/null
unset NO_COLOR COLORTERM TMUX STY

start_local --sandboxes 1
start_gate
token=$(add_agent builder --answer-within none)
sandbox=''
find_sandbox() { sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_sandbox || report 1 "the substrate has a sandbox"
exec_in() { ask "$1" "$token" "/sandboxes/$sandbox/exec" --max-time 600 -X POST -H 'Content-Type: application/json' -d "{\"command\":\"$2\"}" && held ".text == \"$2\""; }
exec_in first 'echo first'
state_of() { actions ".text == \"$1\"" | jq -r .state; }
# drive NAME [OPTION...] - PROGRAM...: the steps come from standard input; NAME.bytes is all that the terminal got.
drive() {
	local name=$1
	shift
	rm -f "$name.bytes"
	"$ASSENT_BUILD/tests/robot/drive" -c "$name.bytes" "$@" >"$name.out" 2>&1
	report $? "$name" "$(grep -m 3 '^fault' "$name.out" | tr '\n' ';')"
}
