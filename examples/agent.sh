# agent.sh: the little that the demo's agents share. They know a base URL and a token, and nothing of assent.
# shellcheck shell=bash
# Needs MIOSA_BASE_URL and MIOSA_API_KEY, as every MIOSA client does.

set -u
: "${MIOSA_BASE_URL:?set MIOSA_BASE_URL to the API, e.g. http://127.0.0.1:7717/api/v1}"
: "${MIOSA_API_KEY:?set MIOSA_API_KEY to the token}"

say() { printf '%s %s: %s\n' "$(date +%T)" "${0##*/}" "$*"; }

# read_api PATH: a GET; the body goes to standard output.
read_api() { curl -fsS --max-time 20 -H "Authorization: Bearer $MIOSA_API_KEY" "$MIOSA_BASE_URL$1"; }

# encode TEXT: percent-encoded, for a header's value.
encode() { jq -rn --arg t "$1" '$t | @uri'; }

# act TITLE METHOD PATH [JSON]: one action. Sets STATUS, ANSWER and WORDS (the error's message); 0 when it was done.
# "Not decided yet" is answered by sending the same request again, as the answer says; nothing else is repeated.
act() {
	local title=$1 method=$2 path=$3 body=${4-} out tries=0 args
	args=(-sS --max-time 120 -X "$method" -H "Authorization: Bearer $MIOSA_API_KEY" -H "Assent-Title: $(encode "$title")"
		-H "Assent-Turn: $((TURN = ${TURN:-0} + 1))")
	[ -n "$body" ] && args+=(-H 'Content-Type: application/json' --data-binary "$body")
	say "asks: $title"
	while :; do
		if ! out=$(curl "${args[@]}" -w '\n%{http_code}' "$MIOSA_BASE_URL$path"); then
			STATUS=0 ANSWER='' WORDS='no answer'
			# Only a connection that could not be made is tried again: nothing was asked then.
			[ $((tries += 1)) -lt 3 ] || return 1
			sleep 1
			continue
		fi
		STATUS=${out##*$'\n'} ANSWER=${out%$'\n'*}
		WORDS=$(jq -r '.error.message? // empty' <<<"$ANSWER" 2>/dev/null)
		[ "$STATUS" = 409 ] && [ "$(jq -r '.error.code? // empty' <<<"$ANSWER" 2>/dev/null)" = action_pending ] && continue
		break
	done
	case $STATUS in
	2??) say "done: $title"; return 0 ;;
	*) say "not done ($STATUS): $title: $WORDS"; return 1 ;;
	esac
}

# first_session LIST NAME: waits for the session of that name and prints its id.
first_session() {
	local id
	while :; do
		id=$(read_api "/$1" 2>/dev/null |
			jq -r --arg l "$1" --arg n "$2" '(if type == "array" then . else (.data // .[$l]) end) | map(select(.name == $n)) | .[0].id // empty' 2>/dev/null)
		[ -n "$id" ] && { printf '%s\n' "$id"; return; }
		sleep 0.5
	done
}
