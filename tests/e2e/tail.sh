#!/bin/bash
# assent tail: a session's lines through a gate that goes and comes back; and any event stream, however bad, without a gate.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

# follow NAME ARGUMENT...: in the background, into NAME.out and NAME.err; its status comes to NAME.status. Sets follower.
follow() {
	local name=$1
	shift
	(
		"$ASSENT_BUILD/assent" tail "$@" >"$name.out" 2>"$name.err" </dev/null &
		echo $! >"$name.pid"
		wait $!
		echo $? >"$name.status"
	) &
	children=("$!" "${children[@]}")
	wait_until 10 test -s "$name.pid"
}
ended() { wait_until 20 test -s "$1.status"; }
interrupt() { kill -INT "$(<"$1.pid")" && ended "$1"; }
has() { grep -qF -- "$2" "$1.out"; }
trap 'kill $(cat ./*.pid) 2>/dev/null; finish' EXIT

# ---- any stream: a server that says what stands in files ----

start_upstream
mkdir -p "$up/raw"
server=$UPSTREAM/api/v1
port=${UPSTREAM##*:}
# says NAME[.K] [HEADER...]: standard input as an event stream.
says() {
	local name=$1
	shift
	{ printf '%s\r\n' 'HTTP/1.1 200 OK' 'Content-Type: text/event-stream' "$@" '' && cat; } >"$up/raw/$name"
}
# tells NAME STATUS [HEADER...]: an answer without a body.
tells() {
	local name=$1 status=$2
	shift 2
	printf '%s\r\n' "HTTP/1.1 $status Told" 'Content-Length: 0' "$@" '' >"$up/raw/$name"
}
event() { printf 'id: %s\nevent: stdout\ndata: %s\n\n' "$1" "$2"; }

{ printf 'retry: 0\n\n' && event e1 one && event e2 two && printf 'id: e3\nevent: stdout\ndata: thr'; } | says drops.1
{ event e2 two && printf ': here\n' && event e3 three; } | says drops.2
printf 'id: e1\ndata: a\n\nid: bad\0id\ndata: b\n\n' | says nul.1
{ printf 'data: ' && head -c 1000000 /dev/zero | tr '\0' x && printf '\n\nid: 2\ndata: ' && head -c 1500000 /dev/zero | tr '\0' y && printf '\n\ndata: after\n\n'; } | says big.1
{ yes ': still here' | head -n 20000 && printf ':' && head -c 2000000 /dev/zero | tr '\0' c && printf '\ndata: after\n\n:' && head -c 1500000 /dev/zero; } | says comments.1
{ printf 'data: ' && printf '[%.0s' {1..10000} && printf ']%.0s' {1..10000} && printf '\n\n'; } | says deep.1
printf 'event: \xff\ndata: a\xe2\x82\nid: x\n\n:\xfe\n' | says broken.1
printf 'data: \033]0;x\007\033[31m\xe2\x80\xae\n\n: \033c\n' | says terminal.1
for name in drops.3 nul.2 big.2 comments.2 deep.2 broken.2 terminal.2 hops.3; do tells "$name" 204; done
tells hops.1 302 'Location: one'
tells one 301 "Location: $server/two?x=1"
tells two 303 'Location: /api/v1/three'
tells three 307 "Location: //127.0.0.1:$port/api/v1/four"
tells four 308 'Location: ./x/../hop5'
printf 'data: arrived\n\n' | says hop5
tells hops.2 302 'Location: one'
tells loop 302 'Location: loop'
tells nowhere 302
tells empty 302 'Location:'
tells file 302 'Location: file:///etc/passwd'
tells outside 302 'Location: http://example.com/x'
says packed 'Content-Encoding: gzip' < <(echo 'data: a' | gzip)
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\ndata: a\n\n' >"$up/raw/html"
tells busy 503 'Retry-After: 7'
tells refused 401
for name in told slowly; do printf 'HTTP/1.1 429 Told\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"error":{"code":"RATE_LIMITED","message":"slow down"},"retry_after":9}' >"$up/raw/$name"; done
: >"$up/raw/slowly.open"	# its end never comes
tells away 302 "Location: http://localhost:$port/api/v1/other"
tells near 302 'Location: other2'
printf 'data: there\n\n' | says other
printf 'data: there\n\n' | says other2

# heads_of NAME: of the requests for it.
heads_of() { tr -d '\r' <"$up/heads" | awk -v path="GET /api/v1/$1 " 'index($0, path) == 1 { on = 1 } on { print } /^$/ { on = 0 }'; }

ends=(drops nul big comments deep broken hops)
lives=(loop nowhere empty file outside packed html busy told slowly refused)
for name in "${ends[@]}" "${lives[@]}"; do follow "$name" --url "$server/$name" --json; done
follow terminal --url "$server/terminal"
follow away --url "$server/away" --json --key-file "$KEY_FILE"
follow near --url "$server/near" --json --key-file "$KEY_FILE"
follow resumed --url "$server/other2" --json --last-id e7
follow nobody --url "http://127.0.0.1:1/" --json

for name in "${lives[@]}" nobody; do
	has_error() { [ -s "$name.out" ] && jq -e 'select(.error and .retry_ms >= 1000)' "$name.out"; }
	wait_until 10 has_error || report 1 "$name: an error is told" "$(cat "$name.out" "$name.err")"
	first() { jq -r .error "$name.out" | head -n 1; }
	case $name in
	loop) like "redirects are followed five times, and no more" "$(first)" 'five redirects'
	      is "... five times it is" "$(grep -c 'leads to' loop.err)" 5 ;;
	nowhere|empty) is "a redirect without an address ($name)" "$(first)" 'it leads elsewhere and does not say where' ;;
	file) is "never to a file" "$(first)" 'it leads to something that is neither http nor https: file:///etc/passwd' ;;
	outside) like "never to plain http elsewhere" "$(first)" 'only https, or http to this machine' ;;
	packed) is "a packed answer" "$(first)" 'it is packed (gzip), which nobody asked for' ;;
	html) is "another type" "$(first)" 'it is text/html, and no event stream' ;;
	busy) is "503" "$(first)" 'it is answered with 503'
	      ok "... and what Retry-After says" jq -e '.retry_ms >= 7000 and .retry_ms < 8000' <(head -n 1 busy.out) ;;
	told|slowly) is "429 ($name)" "$(first)" 'it is answered with 429'
	      ok "... and what its body says ($name)" jq -e '.retry_ms >= 9000 and .retry_ms < 10000' <(head -n 1 "$name.out") ;;
	refused) is "401" "$(first)" 'it is refused (401)' ;;
	nobody) like "nobody at the address" "$(first)" 'onnect' ;;
	esac
	interrupt "$name"
	is "... and ends by Ctrl-C ($name)" "$(cat "$name.status")" 0
done

for name in "${ends[@]}" terminal; do ended "$name" || report 1 "$name ends" "$(tail -n 3 "$name.out" "$name.err")"; done
is "a stream that says that it ended (204) is the end" "$(cat drops.status) $(tail -n 1 drops.out)" '0 {"error":"it says that the stream has ended (204)"}'
is "events, dropped and repeated, as they came" "$(jq -c 'select(.event) | [.event, .id, .data]' drops.out | tr '\n' ' ')" \
	'["stdout","e1","one"] ["stdout","e2","two"] ["stdout","e2","two"] ["stdout","e3","three"] '
is "a comment" "$(jq -r 'select(.comment) | .comment' drops.out)" ' here'
ok "\"retry: 0\" has a floor" jq -se 'map(select(.retry_ms)) | length == 2 and all(.retry_ms >= 1000)' drops.out
is "each begins behind the last whole event" "$(heads_of drops | grep -i '^last-event-id' | tr '\n' ' ')" 'Last-Event-ID: e2 Last-Event-ID: e3 '
is "an id with a NUL is told and not used" "$(jq -r '.error // .id' nul.out | head -n 3 | tr '\n' ' ')" 'e1 an id with a NUL in it is not used e1 '
is "1,000,000 bytes come whole" "$(jq -r 'select(.event) | .data | length' big.out | tr '\n' ' ')" '1000000 5 '
is "1.5 MB are left out, and it is told where" "$(jq -c 'select(.byte)' big.out)" '{"error":"an event of over 1048576 bytes is left out","byte":1000014}'
is "comments without end" "$(jq -r 'select(.comment) | .comment | length' comments.out | sort -n | uniq -c | xargs)" '20000 11 1 1024'
is "... and what is behind them" "$(jq -r 'select(.event) | .data' comments.out)" after
is "JSON 10,000 deep is text" "$(jq -r 'select(.event) | .data | length' deep.out)" 20000
is "broken UTF-8 is mended, and told" "$(jq -c 'if .byte then .byte elif .event then [.event, .data] elif .comment then .comment else empty end' broken.out | xargs -d '\n')" \
	$'7 ["\xef\xbf\xbd","a\xef\xbf\xbd"] 27 "\xef\xbf\xbd"'
is "redirects of each kind are followed" "$(jq -r 'select(.event) | .data' hops.out | xargs)" 'arrived arrived'
like "on a terminal too it is text" "$(<terminal.out)" '\^\[\]0;x\^G\^\[\[31m<U\+202E>'
is "... without one control character" "$(tr -d '[:print:]\n' <terminal.out | od -An -tx1)" ''

authorized() { heads_of "$1" | grep -c '^Authorization'; }
ok "a key goes where it is for" wait_until 10 has away there
wait_until 10 has near there
ok "... and with a redirect within it" test "$(authorized near)" -ge 1 -a "$(authorized near)" = "$(heads_of near | grep -c '^GET')"
ok "... " test "$(authorized other2)" -ge 1
ok "... but not to another port or name" test "$(authorized away)" -ge 1 -a "$(authorized other)" = 0
is "nor anywhere without --key" "$(authorized drops)$(authorized hops)$(authorized html)" 000
wait_until 10 has resumed there
like "--last-id is sent" "$(heads_of other2)" '^Last-Event-ID: e7$'
for name in away near resumed; do interrupt $name; done
is "all of it is JSON, line by line" "$(for f in *.out; do [ $f = terminal.out ] || jq -c . "$f" | wc -l; done | xargs)" \
	"$(for f in *.out; do [ $f = terminal.out ] || wc -l <"$f"; done | xargs)"

printf 'data: a\n\n%.0s' {1..5} | says head
is "a reader that has enough ends it" "$("$ASSENT_BUILD/assent" tail --url "$server/head" --json 2>head.err | head -n 1; echo "${PIPESTATUS[0]}")" \
	$'{"event":"message","id":"","data":"a"}\n0'
code() { "$ASSENT_BUILD/assent" tail "$@" 2>&1 </dev/null; echo $?; }
is "plain http goes to this machine only" "$(code --url http://example.com/)" $'assent tail: only https, or http to this machine, is used: http://example.com/\n4'
for bad in '' 'a b' '--url x a' 'a --last-id 1' '--json' '--nonsense'; do
	# shellcheck disable=SC2086
	is "usage: \"$bad\"" "$(code $bad | tail -n 1)" 2
done
is "an id that no header can carry" "$(code --url x --last-id $'a\nb' | tail -n 1)" 2
is "no gate" "$(code x --socket "$ASSENT_TMP/none" | tail -n 1)" 3
kill "$upstream_pid"

# ---- a session's lines ----

start_local --sandboxes 1
UPSTREAM=$LOCAL_URL KEY_FILE=$local_state/token start_gate
has_sandbox() { sandbox=$(session_id sandboxes build-1) && operator /v1/state | jq -e '.sessions[0].live'; }
wait_until 30 has_sandbox || { report 1 "a sandbox"; end_test; }
run() { local_api "/sandboxes/$sandbox/exec" -X POST -d "{\"command\":\"$1\"}" >/dev/null; }
# shellcheck disable=SC2016
run 'for i in $(seq 15); do echo early-$i; done; printf \"\\\\033[31mred\\\\n\"'
red() { operator "/v1/sessions/$sandbox/log?from=-50&n=50" | jq -e '.lines[] | select(.text | endswith("red"))'; }
wait_until 15 red
is "no such session" "$(code nobody --socket "$socket")" $'assent tail: the gate knows no session "nobody"; the dashboard lists those that it knows\n1'
follow named build-1 --json --socket "$socket"
follow plain "$sandbox" --socket "$socket"
texts() { jq -r .text "$1.out"; }
ok "the last lines come first" wait_until 10 has named red
ok "... to a person too" wait_until 10 has plain red
is "... ten of them" "$(wc -l <named.out)" 10
run 'for i in $(seq 30); do echo now-$i; done; echo oops >&2'
has_all() { has named oops && has named now-30; }
ok "then what comes" wait_until 10 has_all
# as_the_gate WORD: the lines that begin with it are those of the gate's log, each once, in its order.
as_the_gate() { diff <(operator "/v1/sessions/$sandbox/log?from=-1000&n=1000" | jq -cS ".lines[] | select(.text | startswith(\"$1\"))") \
	<(jq -cS "select(.text | startswith(\"$1\"))" named.out); }
ok "each once, in order" wait_until 10 as_the_gate now-
numbers() { jq .n named.out | xargs; }
every_number() { seq "$(jq .n named.out | head -n 1)" "$(jq .n named.out | tail -n 1)" | xargs; }
is "... with their numbers" "$(numbers)" "$(every_number)"

kill -KILL "$gate_pid"
wait "$gate_pid" 2>/dev/null
ok "the gate dies: that is told" wait_until 20 grep -q 'the gate is away' named.err
UPSTREAM=$LOCAL_URL KEY_FILE=$local_state/token start_gate
ok "and that it is back" wait_until 10 grep -q 'the gate is back' named.err
wait_until 15 has_sandbox
run 'for i in $(seq 20); do echo later-$i; done'
ok "then it goes on" wait_until 15 has named later-20
ok "... each once, in order" wait_until 10 as_the_gate later-
is "... and no number missing or twice, over the gate's death" "$(numbers)" "$(every_number)"
ok "the lines for a person" wait_until 10 has plain later-20
like "... have the time, the stream and the text" "$(grep later-20 plain.out)" '^[0-9:]{8} out   later-20$'
like "... and no colour of the session's" "$(<plain.out)" '\^\[\[31mred$'
interrupt named
is "Ctrl-C ends it" "$(<named.status)" 0
local_api "/sandboxes/$sandbox" -X DELETE >/dev/null
ended plain
is "so does the end of the session" "$(<plain.status) $(grep -c 'is gone' plain.err)" '0 1'

# ---- a gate that leaves who does not read behind ----
liar=$ASSENT_TMP/liar
mkdir -p "$liar/raw"
lie() { cat >"$liar/body"; { printf 'HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n' "$2" "$(stat -c %s "$liar/body")"; cat "$liar/body"; } >"$liar/raw/$1"; }
for n in 1 2; do lie state.$n application/json <<<'{"seq":1,"sessions":[{"id":"s1","name":"box"}]}'; done
lie state.3 application/json <<<'{"seq":9,"sessions":[{"id":"s2","name":"other"}]}'
lie 'sessions_s1_log?from=-10&n=10' application/json <<<'{"from":0,"first":0,"total":1,"lines":[{"n":0,"wall_ms":1,"stream":"out","text":"first"}],"next":null}'
lie 'sessions_s1_log?from=1&n=1000' application/json <<<'{"from":1,"first":0,"total":2,"lines":[{"n":1,"wall_ms":1,"stream":"out","text":"second"}],"next":null}'
lie 'sessions_s1_log?from=2&n=1000' application/json <<<'{"from":2,"first":0,"total":3,"lines":[{"n":2,"wall_ms":1,"stream":"out","text":"last"}],"next":null}'
lie 'sessions_s1_log?from=3&n=1000' application/json <<<'{"from":3,"first":0,"total":3,"lines":[],"next":null}'
for n in 1 2; do lie "events.$n" text/event-stream < <(printf 'id: 5\nevent: reset\ndata: {"seq":5,"missed":3}\n\n'); done
start liar "$ASSENT_BUILD/tests/e2e/upstream" "$liar" "$ASSENT_TMP/liar.sock"
ok "a gate that lies" wait_until 10 curl -sf -o "$ASSENT_TMP/nothing" --unix-socket "$ASSENT_TMP/liar.sock" http://gate/v1/approvals
follow behind s1 --json --socket "$ASSENT_TMP/liar.sock"
ended behind
is "who is left behind goes on, and has all lines" "$(jq -r .text behind.out | xargs)" 'first second last'
is "... until the session is not there any more" "$(<behind.status) $(grep -c 'session s1 is gone' behind.err)" '0 1'
is "and the gate was not away" "$(grep -c 'away' behind.err)" 0
end_test
