#!/bin/bash
# --operator-group as far as one user can see it; strong mode with several is tests/root/strong_mode.sh.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
start_gate
is "the socket is its user's alone" "$(stat -c %a "$socket")" 600
"$ASSENT_BUILD/assent" stop --socket "$socket"
wait "$gate_pid" 2>/dev/null
like "a group that is none" "$("$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$gate_state" \
	--socket "$socket" --operator-group no-such-group 2>&1)" 'there is no such group'
# A group that is known here and not ours: the socket cannot be given away.
if [ "$(id -u)" -ne 0 ]; then
	like "a group that is not ours" "$("$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$gate_state" \
		--socket "$socket" --operator-group 0 2>&1)" 'cannot be given to group 0'
	is "and is not left open" "$(stat -c %a "$socket" 2>/dev/null || echo 600)" 600
	rm -f "$socket"
else
	start_gate --operator-group 0
	is "the socket is the group's" "$(stat -c '%a %g' "$socket")" '660 0'
fi
end_test
