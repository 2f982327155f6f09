#!/bin/bash
# Where two persons have to say yes to a click, each does so by a picture of his own: it is sent while the screen is what both of them saw. Before the recording
# upstream.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export PATH=$ASSENT_BUILD:$PATH ASSENT_SOCKET=$socket
unset ASSENT_PASSPHRASE_FD

start_upstream
pictures=$ASSENT_SRC/tests/corpus/screens
now_shows() { cp "$pictures/desk-0$1.png" "$up/screen.new" && mv "$up/screen.new" "$up/screen"; }
now_shows 1
start_gate
token=$(add_agent clerk --answer-within none)
as() {
	local name=$1
	shift
	XDG_CONFIG_HOME=$ASSENT_TMP/$name ASSENT_PASSPHRASE_FD=7 assent "$@" --socket "$socket" 7<<<"the words of $name"
}
as ana operator init --name ana >/dev/null 2>&1
as ben operator init --name ben >/dev/null 2>&1
as ana operator enrol "$(sed -n 's/^public //p' "$ASSENT_TMP/ben/assent/operator.key")" --name ben >/dev/null 2>&1
is "two persons have keys" "$(operator /v1/state | jq -c '[.operators[].name]')" '["ana","ben"]'
printf 'hold click require=2 screen-wait=0s\n' >rules
again() { { kill "$gate_pid"; wait "$gate_pid"; } 2>/dev/null; start_gate --policy "$ASSENT_TMP/rules"; }
again

n=0
click() {	# asks; sets id
	n=$((n + 1))
	ask "c$n" "$token" /computers/c1/desktop/click -H 'Content-Type: application/json' -d "{\"x\":360,\"y\":430,\"n\":$n}"
	held ".id > $((${id:-0}))"
	id=$(actions '.state == "held"' | jq -s 'last | .id')
}
of() { operator "/v1/actions/$id" | jq -r ".action | $1"; }
# yes NAME: by the picture that was taken for that person; look NAME takes one.
look() { operator /api/v1/computers/c1/desktop/screenshot -o "$1.png"; }
yes() {
	[ "${2-}" = seen ] || look "$1"
	as "$1" decide "$id" approve --version "$(of .version)" --digest "$(of .digest)" --screen "$1.png"
}
is_at() { [ "$(of '"\(.state) \(.version)"')" = "$1" ]; }

click
like "one yes of two" "$(yes ana)" 'held, version 1, .*approved by 1 of 2'
like "the second" "$(yes ben)" "^$id approved"
ok "sends it, where both saw the same" wait_until 20 is_at 'done 1'
is "once" "$(sent)" 1

click
yes ana >/dev/null
now_shows 3
like "the second person sees another screen, and says yes to that" "$(yes ben)" "^$id approved"
ok "it comes back" wait_until 20 is_at 'held 2'
like "and says whose look it was" "$(of .error)" '^not sent: .*\(as ana saw it\)$'
is "nothing was sent" "$(sent)" 1
yes ben >/dev/null
yes ana >/dev/null
ok "when both have seen it, it is" wait_until 20 is_at 'done 2'

click
yes ana >/dev/null
now_shows 1
look ben
now_shows 3
yes ben seen >/dev/null
ok "what the second saw counts too" wait_until 20 is_at 'held 2'
like "and it is said that it was his" "$(of .error)" '^not sent: .*\(as ben saw it\)$'
decide_code "$id" deny >/dev/null

click
yes ana >/dev/null
again
is "one yes outlives the gate" "$(of '[.approvals[].by] | tojson')" '["ana"]'
ask again "$token" /computers/c1/desktop/click -H 'Content-Type: application/json' -d "{\"x\":360,\"y\":430,\"n\":$n}"
held ".id == $id and .askers == 1"
yes ben >/dev/null
ok "what ana saw does not: it comes back" wait_until 20 is_at 'held 2'
like "with the reason" "$(of .error)" 'the gate was restarted since ana saw it'
is "two were sent" "$(sent)" 2
end_test
