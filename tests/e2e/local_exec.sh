#!/bin/bash
# assent-local's commands on a computer: fetched later by a ticket, as as a stream by Accept, in Python; and the computer stopped, started, renamed, copied, put back.
. "$ASSENT_SRC/tests/e2e/lib.sh"

status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
run() { api POST "/computers/$id/exec" "$(jq -cn --arg c "$1" '{command: $c}')"; }
out() { run "cd; $1" | jq -r .output; }
# by_ticket COMMAND [MORE-JSON]: starts it; prints the answer.
by_ticket() { api POST "/computers/$id/exec/stream" "$(jq -cn --arg c "$1" --argjson m "${2:-null}" '{command: $c} + ($m // {})')"; }
# fetch ANSWER [CURL-ARGUMENT...]: its stream, without the header.
fetch() {
	local url
	url=${LOCAL_URL%/api/v1}$(jq -r .stream_url <<<"$1")
	shift
	curl -s -N --max-time 20 "$@" "$url"
}
# frames: of a stream, each on a line.
frames() { sed -n 's/^event: //p; s/^data: //p' | paste -d' ' - -; }
runs() { [ "$(api GET "/computers/$id" | jq -r .status)" = running ]; }

start_local --computers 1 --size 640x480
wait_until 20 session_id computers desk-1
id=$(session_id computers desk-1)
ok "a computer runs" wait_until 20 runs
local_api "/events/stream" -N --max-time 60 >"$ASSENT_TMP/tenant" 2>/dev/null &
children=($! "${children[@]}")

# ---- by a ticket ----
answer=$(by_ticket 'cd; touch began; echo one; echo two >&2; printf three; exit 4')
is "started" "$(cat "$status_file") $(jq -c --argjson now "$(date +%s)" '[(.ticket | startswith("sset_")), .expires_at - $now >= 50, .expires_at - $now <= 61]' <<<"$answer")" '202 [true,true,true]'
began() { [ "$(out 'ls began')" = began ]; }
ok "it runs before anybody watches" wait_until 20 began
is "its output, then its status" "$(fetch "$answer" | frames | sed 's/,"duration_ms":[0-9]*//' | xargs -d '\n')" \
	'output {"line":"one","stream":"stdout"} output {"line":"two","stream":"stderr"} output {"line":"three","stream":"stdout"} exit {"exit_code":4}'
is "once" "$(fetch "$answer" -o /dev/null -w '%{http_code}')" 401
is "with the header neither" "$(local_api "/computers/$id/exec/stream/events?ticket=$(jq -r .ticket <<<"$answer")" -o /dev/null -w '%{http_code}')" 404
answer=$(by_ticket 'sleep 0.5; echo late')
is "no ticket for another stream" "$(curl -s -o /dev/null -w '%{http_code}' --max-time 2 "$LOCAL_URL/events/stream?ticket=$(jq -r .ticket <<<"$answer")")" 401
is "the header does instead of a ticket's own right" "$(local_api "/computers/$id/exec/stream/events?ticket=$(jq -r .ticket <<<"$answer")" -N | frames | cut -d' ' -f1 | xargs)" 'output exit'
answer=$(by_ticket 'cd; seq 100000; touch written')
written() { [ "$(out 'ls written 2>/dev/null')" = written ]; }
sleep 1
ok "nobody watches: it waits with much output" test "$(out 'ls written 2>/dev/null')" = ''
is "and nothing of it is lost" "$(fetch "$answer" | sed -n 's/^data: //p' | jq -r '.line // empty' | sha256sum)" "$(seq 100000 | sha256sum)"
ok "it ended" wait_until 20 written
answer=$(by_ticket 'cd; rm -f written; seq 100000; touch written')
fetch "$answer" --max-time 20 | head -c 1000 >/dev/null
ok "a reader that leaves does not stop it" wait_until 10 written
is "over its time" "$(fetch "$(by_ticket 'sleep 30' '{"timeout":1}')" | frames | grep -c '^exit .*"exit_code":137.*"timed_out":true')" 1
is "in another shell" "$(fetch "$(by_ticket 'a=(x y); echo "${a[1]}'"'"'"' '{"shell":"/bin/bash"}')" | frames | head -n 1)" "output {\"line\":\"y'\",\"stream\":\"stdout\"}"
for bad in '{"shell":"/bin/evil"}' '{"timeout":301}' '{"shell":1}' '{"env":1}'; do
	by_ticket true "$bad" >/dev/null
	is "refused: $bad" "$(cat "$status_file")" 422
done
is "no command" "$(status POST "/computers/$id/exec/stream" '{}')" 422
is "a made-up ticket" "$(status GET "/computers/$id/exec/stream/events?ticket=sset_$(printf 0%.0s {1..40})") $(status GET "/computers/$id/exec/stream/events")" '404 404'
is "nobody wrote one down" "$(grep -rl sset_ "$local_state" "$ASSENT_TMP/local.log" | wc -l)" 0

# ---- a stream by Accept, and Python ----
is "a stream by Accept" "$(local_api "/computers/$id/exec" -N -H 'Accept: text/event-stream, application/json, */*' -d '{"command":"echo a; echo b >&2; sleep 0.1; exit 3"}' | frames | sort | xargs -d '\n')" \
	'exit {"exit_code":3} stderr {"line":"b"} stdout {"line":"a"}'
python() { api POST "/computers/$id/exec/python" "$(jq -cn --arg c "$1" '{code: $c}')"; }
if [ -x /usr/bin/python3 ]; then
	is "Python" "$(python 'import sys
print("it'"'"'s", 6 * 7)
sys.exit(5)' | jq -c '[.output, .exit_code]')" '["it'"'"'s 42\n",5]'
else
	is "no Python, it says" "$(python 'print(1)' | jq -r .error.code)" NOT_IMPLEMENTED
fi
is "no code" "$(status POST "/computers/$id/exec/python" '{}')" 422

# ---- stopped, started, renamed ----
is "another name" "$(api PATCH "/computers/$id" '{"name":"writing desk"}' | jq -r .name) $(session_id computers 'writing desk')" "writing desk $id"
is "refused" "$(status PATCH "/computers/$id" '{"visibility":"public"}') $(status PATCH "/computers/$id" '{"name":""}') $(status PUT "/computers/$id" '{}')" '422 422 422'
out 'echo kept >kept; (setsid sleep 4711 &)' >/dev/null
there() { ps -eo args= | grep -qx 'sleep 4711'; }
ok "something runs in it" wait_until 20 there
is "stopped" "$(api POST "/computers/$id/stop" '{}' | jq -c '[.success, .status]')" '[true,"stopped"]'
gone() { ! there; }
ok "with all that ran in it" wait_until 20 gone
is "nothing works then" "$(for p in exec files/write desktop/click; do status POST "/computers/$id/$p" '{}'; done; api GET "/computers/$id/files" | jq -r .error.code)" '409409409COMPUTER_NOT_RUNNING'
is "started" "$(api POST "/computers/$id/start" | jq .success)" true
ok "it runs again" wait_until 20 runs
is "with its files, and a screen" "$(out 'cat kept') $(local_api "/computers/$id/desktop/screenshot" | head -c 4 | tail -c 3)" 'kept PNG'
is "started twice is once" "$(api POST "/computers/$id/start" | jq -r .status)" running
answer=$(by_ticket 'echo begun; sleep 20')
is "restarted" "$(api POST "/computers/$id/restart" | jq .success)" true
is "a command of before has ended" "$(fetch "$answer" | frames | sed 's/,"duration_ms":[0-9]*//' | xargs -d '\n')" 'output {"line":"begun","stream":"stdout"} exit {"exit_code":-1}'
ok "it runs once more" wait_until 20 runs
is "the tenant heard" "$(sed -n 's/^event: //p' "$ASSENT_TMP/tenant" | grep -E '^computer\.(running|stopped)$' | xargs)" 'computer.stopped computer.running computer.stopped computer.running'

# ---- its home, copied and put back ----
box=$id
snap_ready() { [ "$(api GET "/computers/$box/snapshots/$snap" | jq -r .data.status)" = ready ]; }
out 'echo then >state; mkdir -p deep/er; echo d >deep/er/f' >/dev/null
snap=$(api POST "/computers/$box/snapshots" '{"comment":"before"}' | jq -r .data.id)
ok "a snapshot of its home" wait_until 10 snap_ready
read_to "$ASSENT_TMP/progress" '"ready"' local_api "/computers/$box/snapshots/$snap/events" -N
is "its progress" "$(sed -n 's/^data: //p' "$ASSENT_TMP/progress" | jq -r --arg b "$box" 'select(.computer_id == $b) | .status' | uniq | xargs)" 'creating ready'
ok "it runs on" wait_until 20 runs
out 'echo now >state; rm -rf deep' >/dev/null
new=$(api POST "/computers/$box/snapshots/$snap/restore" '{}' | jq -r .id)
id=$new
ok "another computer begins with it" wait_until 20 runs
is "as it was then" "$(out 'cat state deep/er/f' | xargs) $(local_api "/computers/$id/desktop/screenshot" | head -c 4 | tail -c 3)" 'then d PNG'
id=$box
is "the first is as it is" "$(out 'cat state; ls deep 2>&1 | grep -c "No such"' | xargs)" 'now 1'
is "put back in place" "$(status POST "/computers/$id/checkpoints/$snap/restore" '{}')" 200
ok "it runs" wait_until 20 runs
is "as it was" "$(out 'cat state deep/er/f' | xargs)" 'then d'
is "listed under both names" "$(api GET "/computers/$id/snapshots" | jq -c '[.data[] | [.id, .comment]]') $(api GET "/computers/$id/checkpoints" | jq '.data | length')" "[[\"$snap\",\"before\"]] 1"
is "deleted" "$(status DELETE "/computers/$id/snapshots/$snap") $(status GET "/computers/$id/snapshots/$snap")" '204 404'
kill -TERM "$local_pid"
wait "$local_pid"
is "with a ticket that nobody used it ends in order" "$?" 0
end_test
