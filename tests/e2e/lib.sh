# lib.sh: what the end-to-end tests share: processes with logs that all end with the test, waiting without guessing,
# and "ok - NAME" / "not ok - NAME" lines, which tests/run counts.
# shellcheck shell=bash
set -u
: "${ASSENT_SRC:?}" "${ASSENT_BUILD:?}" "${ASSENT_TMP:?}"
failures=0
children=()
socket=$ASSENT_TMP/operator.sock
gate_state=$ASSENT_TMP/gate
local_state=$ASSENT_TMP/local
LOCAL_URL='' GATE_URL=''
export XDG_CONFIG_HOME=$ASSENT_TMP/config	# nobody's own rules and keys

# report STATUS NAME [DETAIL]; with ASSENT_FIRST_FAILURE (make mutants) the first failure ends the script, whichever of its shells says it.
report() {
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2${3:+: $3}"
		failures=$((failures + 1))
		[ -z "${ASSENT_FIRST_FAILURE-}" ] || kill $$
	fi
}

# ok NAME COMMAND...: the command succeeds.
ok() {
	local name=$1 out
	shift
	out=$("$@" 2>&1)
	report $? "$name" "$(head -c 400 <<<"$out")"
}

# is NAME GOT WANT: two texts are the same.
is() {
	[ "$2" = "$3" ]
	report $? "$1" "got \"$2\", want \"$3\""
}

# like NAME TEXT PATTERN: the extended regular expression is found in the text.
like() {
	grep -qE -- "$3" <<<"$2"
	report $? "$1" "no /$3/ in \"$(head -c 600 <<<"$2")\""
}

# Of no input at all jq 1.6 says with -e that all is well: what did not answer would be taken for what is waited for.
jq() {
	local said
	case "${1-}" in
	--* | -*n*) command jq "$@" ;;
	-*e*) said=$(command jq "$@") && [ -n "$said" ] && printf '%s\n' "$said" ;;
	*) command jq "$@" ;;
	esac
}

# wait_until SECONDS COMMAND...: until it succeeds.
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# read_to FILE LAST COMMAND...: what an event stream tells, until the event with LAST in it is whole.
read_to() {
	local file=$1 last=$2 reader
	shift 2
	"$@" >"$file" 2>/dev/null &
	reader=$!
	_told() { grep -qF -- "$last" "$file" && [ -z "$(tail -n 1 "$file")" ]; }
	wait_until 20 _told
	kill $reader 2>/dev/null
	wait $reader 2>/dev/null
}

# settle: until what is selected can be decided; for scripts that have sees(). First the keys before it must have come to the screen.
settle() { sleep 1; wait_until 20 sees '^ [^ ]+ READY'; }

# start NAME COMMAND...: in the background, output in NAME.log; sets started.
start() {
	local name=$1
	shift
	"$@" </dev/null >>"$ASSENT_TMP/$name.log" 2>&1 &
	started=$!
	children=("$started" "${children[@]}")
}

finish() {
	local pid
	[ ! -S "$ASSENT_TMP/tmux" ] || tmux -S "$ASSENT_TMP/tmux" kill-server 2>/dev/null
	for pid in "${children[@]}"; do kill "$pid" 2>/dev/null; done
	for pid in "${children[@]}"; do wait "$pid" 2>/dev/null; done
	[ $failures -eq 0 ] || for log in "$ASSENT_TMP"/*.log; do
		echo "--- $log"
		tail -n 30 "$log"
	done
}
trap finish EXIT
trap 'exit 1' INT TERM

# end_test: the script's last line.
end_test() { exit $((failures > 0)); }

# start_local OPTION...: assent-local on a free port; sets LOCAL_URL, local_pid.
start_local() {
	rm -f "$ASSENT_TMP/local.port"
	start local "$ASSENT_BUILD/assent-local" --listen 127.0.0.1:0 --port-file "$ASSENT_TMP/local.port" --state "$local_state" \
		--apps "$ASSENT_BUILD/examples" "$@"
	local_pid=$started
	wait_until 30 test -s "$ASSENT_TMP/local.port" || { report 1 "assent-local starts"; end_test; }
	LOCAL_URL=http://127.0.0.1:$(<"$ASSENT_TMP/local.port")/api/v1
}

# local_api PATH [CURL-ARGUMENT...]: a call past the gate, with the substrate's own key.
local_api() {
	local path=$1
	shift
	curl -sS --max-time 20 -H "Authorization: Bearer $(<"$local_state/token")" -H 'Content-Type: application/json' "$@" "$LOCAL_URL$path"
}

# start_gate OPTION...: a gate before UPSTREAM (default: assent-local); sets GATE_URL, gate_pid.
start_gate() {
	start gate "$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "${UPSTREAM:-$LOCAL_URL}" \
		--key-file "${KEY_FILE:-$local_state/token}" --state "$gate_state" --socket "$socket" "$@"
	gate_pid=$started
	wait_until 20 operator /v1/state -f || { report 1 "the gate starts"; end_test; }
	GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
}

# operator PATH [CURL-ARGUMENT...]
operator() {
	local path=$1
	shift
	curl -sS --max-time 20 --unix-socket "$socket" -H 'Content-Type: application/json' "$@" "http://gate$path"
}

# add_agent NAME [OPTION...]: prints the token. Tests ask faster than anybody may: its caps by the minute and in all are raised, but with BUDGET=default.
add_agent() {
	"$ASSENT_BUILD/assent" agent add "$@" --socket "$socket" 2>/dev/null | grep -o 'msk_assent_[A-Za-z0-9_-]*' || return 1
	[ "${BUDGET-}" = default ] ||
		operator /v1/budgets -X POST -d "{\"kind\":\"agent\",\"name\":\"$1\",\"actions\":1000000,\"per_minute\":1000000}" >/dev/null
}

# actions FILTER: of the snapshot's actions those which match, as JSON lines.
actions() { operator /v1/state | jq -c ".actions[] | select($1)"; }

# screen_of ACTION-JSON: the "screen" of a decision: a picture taken now through the gate, and a box round the target; null where there is no target.
screen_of() {
	if [ "$(jq '.x == null or .y == null' <<<"$1")" = true ]; then echo null && return; fi
	jq -c --arg s "$(operator "/api/v1/computers/$(jq -r .session <<<"$1")/desktop/screenshot" | sha256sum | cut -d' ' -f1)" \
		'{sha256: $s, taken_at: 1, box: [(.x - 5), (.y - 5), 10, 10]}' <<<"$1"
}

# decide FILTER approve|deny [NOTE]: the first held action that matches; the screen is named where it is asked for.
decide() {
	local action
	action=$(actions ".state == \"held\" and ($1)" | head -n 1)
	[ -n "$action" ] || return 1
	jq -c --arg d "$2" --arg n "${3-}" --argjson screen "$(screen_of "$action")" '{version, digest, decision: $d, ahead: true, screen: $screen} +
		(if $n == "" then {} else {note: $n} end)' <<<"$action" |
		operator "/v1/actions/$(jq .id <<<"$action")/decision" -f -X POST --data-binary @-
}

# session_id KIND NAME: of a computer or sandbox of assent-local.
session_id() { local_api "/$1" | jq -er --arg n "$2" '(.data // .) | map(select(.name == $n)) | .[0].id'; }
