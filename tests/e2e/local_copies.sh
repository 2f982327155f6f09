#!/bin/bash
# assent-local's snapshots, restores and forks; what a sandbox is called and how long it runs; pages of lists; and the same request sent again.
. "$ASSENT_SRC/tests/e2e/lib.sh"

status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
code() { api "$@" | jq -r .error.code; }
out() { api POST "/sandboxes/$box/exec" "$(jq -cn --arg c "$1" '{command: $c}')" | jq -r .stdout; }
state() { api GET "/sandboxes/${1:-$box}" | jq -r .state; }
running() { [ "$(state "$1")" = running ]; }
snap_is() { [ "$(api GET "/sandboxes/$box/snapshots/$1" | jq -r .data.status)" = "$2" ]; }
marker=$((800000 + RANDOM))

start_local --sandboxes 1
box=$(session_id sandboxes build-1)

# ---- snapshots ----
out 'mkdir -p d/e; echo one >d/e/f; chmod 4711 d/e/f; touch -d 2001-02-03T04:05:06Z d/e/f; ln -s f d/e/link; ln -s /etc/passwd out; mkfifo pipe; printf x >"new
line"; head -c 3000000 /dev/urandom >big; sha256sum big >sum' >/dev/null
out "sleep $marker >/dev/null 2>&1 &" >/dev/null
local_api "/sandboxes/$box/events" -N --max-time 12 2>/dev/null >"$ASSENT_TMP/events" &
events=$!
wait_until 20 grep -q '^: connected' "$ASSENT_TMP/events"
snap=$(api POST "/sandboxes/$box/snapshots" '{"comment":"before"}' | jq -r .data.id)
ok "a snapshot comes to be ready" wait_until 10 snap_is "$snap" ready
is "it says of what and how large" "$(api GET "/sandboxes/$box/snapshots" | jq -c '.data[] | [.comment, .sandbox_id == "'"$box"'", .size_bytes > 3000000, .expires_at]')" '["before",true,true,null]'
read_to "$ASSENT_TMP/progress" '"ready"' local_api "/sandboxes/$box/snapshots/$snap/events" -N
is "its progress is a stream, also afterwards" "$(sed -n 's/^data: //p' "$ASSENT_TMP/progress" | jq -c '[.type, .status, .progress]' | sed -n '1p;$p' | xargs)" \
	'[snapshot_progress,creating,0] [snapshot_progress,ready,100]'
is "what ran goes on" "$(state) $(ps -eo stat=,args= | grep "sleep $marker\$" | cut -c1)" 'running S'
out 'rm -rf d big; echo changed >sum; echo more >later' >/dev/null
is "put back" "$(api POST "/sandboxes/$box/restore/$snap" '{}' | jq -c '[.id == "'"$box"'", .state]')" '[true,"running"]'
is "as it was" "$(out 'cat d/e/link; stat -c "%a %Y %U" d/e/f; stat -c %F pipe out; readlink out; ls | wc -l; sha256sum -c sum')" \
	'one
4711 981173106 user
fifo
symbolic link
/etc/passwd
7
big: OK'
is "nothing of before runs in it" "$(ps -eo args= | grep -cx "sleep $marker")" 0
is "and the watcher sees the new files" "$(out 'echo w >seen' >/dev/null; wait_until 20 grep -q '"path":"/workspace/seen"' "$ASSENT_TMP/events" && echo seen)" seen
is "of what is not there" "$(status POST "/sandboxes/$box/restore/snap_none" '{}') $(status GET "/sandboxes/$box/snapshots/snap_none")" '404 404'
ok "the sandbox's stream told of it" grep -q '"snapshot_id":"'"$snap"'","sandbox_id":"'"$box"'","status":"restoring"' "$ASSENT_TMP/events"
short=$(api POST "/sandboxes/$box/snapshots" '{"retention_seconds":1}' | jq -r .data.id)
away() { [ "$(status GET "/sandboxes/$box/snapshots/$short")" = 404 ] && [ ! -e "$local_state/sandboxes/$box/snapshots/$short" ]; }
ok "one with an end goes by itself" wait_until 10 away
is "bad times" "$(status POST "/sandboxes/$box/snapshots" '{"retention_seconds":0}') $(status POST "/sandboxes/$box/snapshots" '{"expiration_days":"1"}')" '422 422'

# ---- forks ----
fork=$(api POST "/sandboxes/$box/fork" '{"name":"twin"}' | jq -r .id)
ok "a fork comes to run" wait_until 10 running "$fork"
is "with the same files, of its own" "$(box=$fork; out 'sha256sum -c sum; echo mine >only; cat seen' | xargs) $(out 'ls only 2>&1 | grep -c "No such"')" 'big: OK w 1'
older=$(api POST "/sandboxes/$box/fork" '{"snapshot_id":"'"$snap"'"}' | jq -r .id)
ok "one of a snapshot" wait_until 10 running "$older"
is "has what stood there" "$(box=$older; out 'ls seen 2>&1 | grep -c "No such"; cat d/e/f' | xargs)" '1 one'

# ---- paused while it forks ----
api POST "/sandboxes/$box/processes" '{"command":"while :; do sh -c \": forks '$marker'; sleep 0.01\"; done"}' >/dev/null
forks() { ps -eo pid=,args= | grep "[f]orks $marker"; }
ok "it forks" wait_until 20 forks
is "what forks is stopped as a whole, each time" "$(for _ in 1 2 3 4 5; do
	api POST "/sandboxes/$box/pause" >/dev/null
	sleep 0.1
	before=$(forks)
	sleep 0.15
	[ -n "$before" ] && [ "$before" = "$(forks)" ] || echo it goes on
	api POST "/sandboxes/$box/resume" >/dev/null
done)" ''

# ---- names and ends ----
is "labels" "$(api PATCH "/sandboxes/$box" '{"name":"shop","tags":["a","b"],"metadata":{"k":[1]},"timeout_sec":600}' | jq -c '[.name, .tags, .metadata, .timeout_sec, .timeout_remaining_ms > 500000]')" \
	'["shop",["a","b"],{"k":[1]},600,true]'
is "only tags" "$(api PATCH "/sandboxes/$box/tags" '{"tags":["c"]}' | jq -c '[.name, .tags, .metadata]')" '["shop",["c"],{"k":[1]}]'
is "bad ones" "$(status PATCH "/sandboxes/$box" '{"tags":[1]}') $(status PATCH "/sandboxes/$box" '{"metadata":[]}') $(status PATCH "/sandboxes/$box" '{"timeout_sec":-1}')" '422 422 422'
is "extended" "$(api POST "/sandboxes/$box/extend" '{"timeout_sec":900}' | jq -c '[.timeout_sec, .timeout_remaining_ms > 800000]') $(api GET "/sandboxes/$box/usage" | jq .timeout_sec)" '[900,true] 900'
is "pages" "$(api GET '/sandboxes?page=2&page_size=2' | jq -c '[(.data | length), .page]') $(api GET '/sandboxes?limit=1' | jq '.data | length') $(api GET '/sandboxes?state=paused' | jq .page.total)" \
	'[1,{"page":2,"page_size":2,"total":3}] 1 0'
is "bad pages" "$(status GET '/sandboxes?page=0') $(status GET '/sandboxes?per_page=1000')" '422 422'
is "stopped: its files stay" "$(api POST "/sandboxes/$fork/stop" | jq -r .state) $(api GET "/sandboxes/$fork/files/workspace/only") $(box=$fork; code POST "/sandboxes/$fork/exec" '{"command":"true"}')" \
	'paused mine SANDBOX_NOT_COMMAND_READY'
local_api "/sandboxes/$fork/readiness/stream" -N --max-time 8 2>/dev/null >"$ASSENT_TMP/readiness" &
waiter=$!
wait_until 20 grep -q '^: connected' "$ASSENT_TMP/readiness"
is "and it is resumed" "$(api POST "/sandboxes/$fork/resume" | jq -r .state) $(box=$fork; out 'cat only')" 'running mine'
wait $waiter
is "readiness waits for that" "$(grep -c '^event: ready' "$ASSENT_TMP/readiness")" 1
timed=$(api POST /sandboxes '{"timeout_sec":1,"tags":["short"]}' | jq -r .id)
paused() { [ "$(state "$timed")" = paused ]; }
ok "at its time limit one is stopped" wait_until 20 paused
idle=$(api POST /sandboxes '{"idle_timeout_sec":1}' | jq -r .id)
local_api "/sandboxes/$idle/events" -N --max-time 6 2>/dev/null >"$ASSENT_TMP/idle" &
box=$idle
out 'sleep 1.6' >/dev/null
is "not while something runs in it" "$(state "$idle") $(grep -c sandbox.idle "$ASSENT_TMP/idle")" 'running 0'
ok "then it is told to be idle" wait_until 20 grep -q '^event: sandbox.idle' "$ASSENT_TMP/idle"
timed=$idle
ok "and stopped" wait_until 20 paused

# ---- again, with a key ----
again() { local_api "$2" -X POST -H "Idempotency-Key: $1" -d "$3"; }
first=$(again k1 /sandboxes '{"name":"once"}')
is "the same answer, and nothing made" "$([ "$(again k1 /sandboxes '{"name":"once"}')" = "$first" ] && echo same) $(api GET /sandboxes | jq '[.data[] | select(.name == "once")] | length')" 'same 1'
is "another body" "$(again k1 /sandboxes '{"name":"two"}' | jq -r .error.code)" IDEMPOTENCY_PAYLOAD_MISMATCH
is "another key" "$(again k2 /sandboxes '{"name":"once"}' | jq -r .name)" once

# ---- killed in between ----
box=$(session_id sandboxes shop)
kill -KILL "$local_pid"
wait "$local_pid" 2>/dev/null
mkdir -p "$local_state/sandboxes/$box/snapshots/snap_half/workspace" "$local_state/sandboxes/$box/workspace.new/x"
start_local
is "labels and snapshots are there again" "$(api GET "/sandboxes/$box" | jq -c '[.name, .tags, .metadata, .timeout_sec]') $(api GET "/sandboxes/$box/snapshots" | jq -r '.data[] | .id + .status')" \
	"[\"shop\",[\"c\"],{\"k\":[1]},900] ${snap}ready"
half() { [ ! -e "$local_state/sandboxes/$box/snapshots/snap_half" ] && [ ! -e "$local_state/sandboxes/$box/workspace.new" ]; }
ok "halves are not" wait_until 20 half
is "the key, too" "$([ "$(again k1 /sandboxes '{"name":"once"}')" = "$first" ] && echo same)" same
is "it can be put back" "$(api POST "/sandboxes/$box/restore/$snap" '{}' | jq -r .state) $(out 'sha256sum -c sum')" 'running big: OK'
is "deleted" "$(status DELETE "/sandboxes/$box/snapshots/$snap") $(api GET "/sandboxes/$box/snapshots" | jq -c .data)" '204 []'
kill "$events" 2>/dev/null
api POST "/sandboxes/$box/snapshots" '{}' >/dev/null
kill -TERM "$local_pid"
wait "$local_pid"
is "ended in the middle of a copy, in order" $? 0
end_test
