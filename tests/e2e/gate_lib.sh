# gate_lib.sh: asking through the gate, in the background, before the fake upstream. Sourced after lib.sh.
# shellcheck shell=bash
up=$ASSENT_TMP/up
cd "$ASSENT_TMP" || exit 1

# start_upstream [PORT]: sets UPSTREAM, KEY_FILE, upstream_pid.
start_upstream() {
	mkdir -p "$up"
	rm -f "$up/port"
	printf '\211PNG\r\n\032\nthe only screen of the fake upstream' >"$up/screen"	# by its first bytes: nobody decodes what is the same
	start upstream "$ASSENT_BUILD/tests/e2e/upstream" "$up" "$@"
	upstream_pid=$started
	wait_until 10 test -s "$up/port" || { report 1 "the fake upstream starts"; end_test; }
	UPSTREAM=http://127.0.0.1:$(<"$up/port")
	KEY_FILE=$ASSENT_TMP/key
	(umask 077 && echo msk_test_upstream_key >"$KEY_FILE")
}

# sent: how many requests which are no reads reached the upstream.
sent() { cat "$up/requests" 2>/dev/null | wc -l; }

# call TOKEN PATH [CURL-ARGUMENT...]
call() {
	local token=$1 path=$2
	shift 2
	curl -sS --max-time 20 -H "Authorization: Bearer $token" "$@" "$GATE_URL$path"
}

# ask NAME TOKEN PATH [CURL-ARGUMENT...]: in the background; NAME.status is there when it was answered. Sets asker.
ask() {
	local name=$1 token=$2 path=$3
	shift 3
	: >"$name.status"
	rm -f "$name.body" "$name.head"
	curl -sS --max-time 220 -o "$name.body" -D "$name.head" -w '%{http_code} %{exitcode}' -H "Authorization: Bearer $token" "$@" "$GATE_URL$path" \
		>"$name.status" 2>"$name.error" &
	asker=$!
	children=("$asker" "${children[@]}")
}
answered() { wait_until 20 test -s "$1.status"; }
status_of() { cut -d' ' -f1 "$1.status"; }
curl_code_of() { cut -d' ' -f2 "$1.status"; }
header_of() { sed -n "s/^$2: //Ip" "$1.head" | tr -d '\r'; }

# held FILTER: waits until a held action matches.
_held() { actions ".state == \"held\" and ($1)" | grep -q .; }
held() { wait_until 10 _held "$1"; }
has_state() { [ "$(operator "/v1/actions/$1" | jq -r .action.state)" = "$2" ]; }

# post_decision ID JSON: the error's code ("" for none).
post_decision_text() { operator "/v1/actions/$1/decision" -X POST --data-binary "$2"; }
post_decision() { post_decision_text "$1" "$2" | jq -r '.error.code // ""'; }
decide_code() { post_decision "$1" "$(operator "/v1/actions/$1" | jq -c --arg d "$2" '.action | {version, digest, decision: $d}')"; }

# raw REQUEST-LINE HEADER...: bytes as they are; prints what comes back, line ends turned to blanks.
raw() {
	local line out
	exec 3<>"/dev/tcp/127.0.0.1/$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")" || return 1
	out="$1"$'\r\n'"Host: ${host:-$(sed 's|http://\([^/]*\)/.*|\1|' <<<"$GATE_URL")}"$'\r\n'
	shift
	for line; do out+=$line$'\r\n'; done
	printf '%s\r\n' "$out" >&3
	timeout 10 cat <&3 | tr '\r\n' '  '
	exec 3>&-
}

# person FILTER approve|deny [NOTE]: as decide, without its output.
person() { decide "$@" >/dev/null; }
