#!/bin/bash
# F20 to F24 and the ways on which a request could go elsewhere or twice: an upstream that dies, lies or redirects, proxies in the
# environment, names that lead elsewhere. Silences of minutes are in tests/fault/clock.sh.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
# Another one, which nothing is to reach.
elsewhere=$ASSENT_TMP/elsewhere
mkdir "$elsewhere"
start elsewhere "$ASSENT_BUILD/tests/e2e/upstream" "$elsewhere"
wait_until 10 test -s "$elsewhere/port"
other=http://127.0.0.1:$(<"$elsewhere/port")
gate_state=$ASSENT_TMP/state
# Proxies in the environment, as a shell may have them; curl itself would go through each.
export http_proxy=$other https_proxy=$other HTTP_PROXY=$other HTTPS_PROXY=$other ALL_PROXY=$other all_proxy=$other NO_PROXY='' no_proxy=''
start_gate
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy NO_PROXY no_proxy
token=$(add_agent clerk --answer-within none)
arrived() { cat "$up/record" 2>/dev/null | wc -l; }
state_of() { actions ".path | endswith(\"/$1/exec\")" | jq -r .state; }

# outcome NAME MODE WANT STATE [ARRIVED]: one approved action, an upstream in that mode; what the agent is told, what is recorded, how often it came.
outcome() {
	local name=$1 mode=$2 before
	echo "$mode" >"$up/mode"
	before=$(arrived)
	# A read leaves a connection open that could be used again.
	call "$token" /computers -o /dev/null
	ask "$name" "$token" "/sandboxes/$name/exec" -X POST -d "{\"command\":\"$name\"}"
	held ".path | endswith(\"/$name/exec\")"
	person ".path | endswith(\"/$name/exec\")" approve
	answered "$name"
	is "$mode: the agent is told, and it came once" "$(status_of "$name") $(jq -r '.error.code // "-"' "$name.body" 2>/dev/null) $(state_of "$name") $(($(arrived) - before))" \
		"$3 $4 ${5:-1}"
}
outcome drop drop '409 outcome_unknown' unknown
outcome reset reset '409 outcome_unknown' unknown
outcome unread unread '409 outcome_unknown' unknown 0
outcome busy 'busy 503 1' '409 upstream_failed' upstream_failed
outcome many 'busy 429 1' '409 upstream_failed' upstream_failed
outcome late 'busy 408 1' '408 -' done
outcome failed 'answer 500 {}' '409 upstream_failed' upstream_failed
outcome half half '409 outcome_unknown' unknown
outcome long long '200 -' done
is "what comes past an answer's length is no part of it" "$(cat long.body)" '{"ok":true}'
outcome drip 'drip 3' '200 -' done
outcome heads 'heads 1000 100' '409 outcome_unknown' unknown
like "the record says why" "$(actions '.path | endswith("/heads/exec")' | jq -r .error)" 'head is too long'
outcome heads2 'heads 20000 100' '409 outcome_unknown' unknown
outcome bomb bomb '200 ' done
ok "a packed answer is passed on as it is" test "$(stat -c %s bomb.body)" -lt 1000000
outcome coding coding '409 outcome_unknown' unknown
outcome redirect "redirect $other/api/v1/sandboxes/x/exec" '307 -' done
is "a redirect is not followed, nor told" "$(grep -ci '^location:' redirect.head)" 0
rm "$up/mode"
ok "the gate has not grown by what it refused" test "$(awk '/^VmRSS/ { print $2 }' "/proc/$gate_pid/status")" -lt 400000
sleep 1.5	# Retry-After was a second
is "nothing is sent again by itself" "$(cut -d' ' -f5 "$up/record" | sort | uniq -d | wc -l) $(arrived)" '0 14'
is "nothing went elsewhere: no proxy, no redirect" "$(ls "$elsewhere")" port
is "each was HTTP/1.1, without Expect" "$(grep -c '^POST .* HTTP/1.1' "$up/heads") $(grep -ci '^expect' "$up/heads")" '14 0'
is "each had a key of its own, in the one form" "$(cut -d' ' -f5 "$up/record" | grep -cE '^turn-[0-9]+-exec-[0-9a-f]{16}$')" 14
kill "$gate_pid"
wait "$gate_pid"
is "and the record has each with its key" "$(sqlite3 "$gate_state/journal.db" "SELECT detail FROM moves WHERE new = 'sent'" | sort | tr '\n' ' ')" \
	"$( (cut -d' ' -f5 "$up/record"; sqlite3 "$gate_state/journal.db" "SELECT our_key FROM actions WHERE path LIKE '%/unread/%'") | sort | tr '\n' ' ')"

# ---- F23: names ----
end_here() { kill "$gate_pid"; wait "$gate_pid"; }
[ -e "$ASSENT_BUILD/tests/fault/shim.so" ] || { echo "# names that lead elsewhere need a preloaded library: plain build only"; end_test; }
. "$ASSENT_SRC/tests/fault/shim.sh"
one() {
	ask "$1" "$token" "/sandboxes/$1/exec" -X POST -d '{"command":"x"}'
	held ".path | endswith(\"/$1/exec\")"
}
yes_to() {
	person ".path | endswith(\"/$1/exec\")" approve
	answered "$1"
	printf '%s %s %s' "$(status_of "$1")" "$(jq -r '.error.code // "-"' "$1.body")" "$(state_of "$1")"
}
# localhost is this machine, whatever a resolver says.
echo "localhost 192.0.2.1" >names
rm -f "$up/record"
gate_state=$ASSENT_TMP/localhost UPSTREAM=${UPSTREAM/127.0.0.1/localhost}
start_shimmed SHIM_RESOLVE="$ASSENT_TMP/names"
token=$(add_agent clerk --answer-within none)
one local
is "plain http to localhost goes to this machine" "$(yes_to local) $(arrived)" '200 - done 1'
end_here

# A name behind TLS: the good one is in the trust store of a namespace of our own.
mkdir good evil
start good "$ASSENT_BUILD/tests/fault/tls" good upstream.test 127.0.0.1 0
wait_until 10 test -s good/port
port=$(<good/port)
start evil "$ASSENT_BUILD/tests/fault/tls" evil upstream.test 127.0.0.2 "$port"
wait_until 10 test -s evil/port
UPSTREAM=https://upstream.test:$port
gate_state=$ASSENT_TMP/tls
bundle=/etc/ssl/certs/ca-certificates.crt
if unshare -rm mount --bind good/cert.pem $bundle 2>/dev/null; then
	shim_gate=(unshare -rm bash -c "mount --bind '$ASSENT_TMP/good/cert.pem' $bundle && exec env LD_PRELOAD='$shim' SHIM_RESOLVE='$ASSENT_TMP/names' \"\$@\"" gate)
	trusted=true
else
	shim_gate=(env LD_PRELOAD="$shim" SHIM_RESOLVE="$ASSENT_TMP/names")
	trusted=false
	echo "# no namespaces here: no certificate can be trusted, so only what is refused is tested"
fi
echo "upstream.test 127.0.0.1" >names
start gate "${shim_gate[@]}" "$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$gate_state" --socket "$socket"
gate_pid=$started
ok "a gate before an upstream with a name" wait_until 20 operator /v1/state -f
GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
token=$(add_agent clerk --answer-within none)
posts() { cat "$1/requests" 2>/dev/null | grep -c POST; }
if $trusted; then
	one t1
	is "to the one whose certificate is good it is sent" "$(yes_to t1) $(posts good)" '200 - done 1'
fi
before=$(posts good)
one t2
echo "upstream.test 127.0.0.2" >names
is "the name leads elsewhere between hold and yes: nothing is sent" "$(yes_to t2) $(posts good) $(posts evil)" "409 substrate_unreachable not_sent $before 0"
like "and it says why" "$(actions '.path | endswith("/t2/exec")' | jq -r .error)" 'certificate'
ok "the other one was asked for its certificate" test -s evil/connections
one t3
echo "upstream.test -" >names
is "the name leads nowhere: nothing is sent" "$(yes_to t3) $(posts good) $(posts evil)" "409 substrate_unreachable not_sent $before 0"
like "and it says why" "$(actions '.path | endswith("/t3/exec")' | jq -r .error)" 'resolve'
one t4
echo "upstream.test 127.0.0.3" >names
is "nobody listens there: nothing is sent" "$(yes_to t4)" "409 substrate_unreachable not_sent"
is "no request went out in clear" "$(ls evil)" "$(printf 'cert.pem\nconnections\nport')"
end_here
end_test
