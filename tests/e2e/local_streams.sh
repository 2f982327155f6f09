#!/bin/bash
# assent-local's streams: processes with their output and input, what changes in the workspace, readiness, previews; and each of its faults, one after the other.
. "$ASSENT_SRC/tests/e2e/lib.sh"

status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
code() { api "$@" | jq -r .error.code; }
out() { api POST "/sandboxes/$box/exec" "$(jq -cn --arg c "$1" '{command: $c}')" | jq -r .stdout; }
sse() {
	local path=$1 seconds=$2
	shift 2
	local_api "$path" -N --max-time "$seconds" "$@" 2>/dev/null
}
# listen NAME PATH SECONDS: in the background, until it is connected.
listen() {
	sse "$2" "$3" >"$ASSENT_TMP/$1" &
	listener=$!
	wait_until 20 grep -q '^: connected' "$ASSENT_TMP/$1"
}
data() { sed -n 's/^data: //p' "$ASSENT_TMP/$1"; }
saw() { grep -qF -- "$2" "$ASSENT_TMP/$1"; }

start_local --sandboxes 1
box=$(session_id sandboxes build-1)

# ---- processes ----
process=$(api POST "/sandboxes/$box/processes" '{"command":"echo begun; echo wrong >&2; while read -r l; do echo \"got $l\"; [ \"$l\" = end ] && exit 7; done","name":"reader"}')
pid=$(jq .pid <<<"$process")
sse "/sandboxes/$box/processes/$pid/stream" 8 >"$ASSENT_TMP/process" &
listener=$!
ok "a process's stream begins with what it said" wait_until 20 saw process '{"line":"begun"}'
is "its input" "$(status POST "/sandboxes/$box/processes/$pid/stdin" '{"data":"one\n"}') $(status POST "/sandboxes/$box/processes/$pid/stdin" '{"data":"end\n"}')" '204 204'
wait "$listener"
is "each stream by its name, then its end, and the stream ends itself" "$(grep -c '^event: stderr' "$ASSENT_TMP/process") $(grep -A1 '^event: exit' "$ASSENT_TMP/process" | tail -n 1) $(grep -c '"got ' "$ASSENT_TMP/process")" \
	'1 data: {"exit_code":7} 2'
is "its newest lines" "$(api GET "/sandboxes/$box/processes/$pid/logs?tail=2" | jq -c '[.data[] | [.stream, .line]]')" '[["stdout","got one"],["stdout","got end"]]'
is "no number of them" "$(status GET "/sandboxes/$box/processes/$pid/logs?tail=many")" 422
is "once it ended" "$(api GET "/sandboxes/$box/processes/$pid" | jq -c '[.status, .exit_code]') $(code POST "/sandboxes/$box/processes/$pid/stdin" '{"data":"x"}')" '["exited",7] PROCESS_ENDED'
second=$(sed -n 's/^id: //p' "$ASSENT_TMP/process" | sed -n 3p)
is "resumed after an id" "$(sse "/sandboxes/$box/processes/$pid/stream" 3 -H "Last-Event-ID: $second" | sed -n 's/^data: //p' | xargs)" '{line:got end} {exit_code:7}'
is "no such process" "$(status GET "/sandboxes/$box/processes/999999/stream")" 404

# ---- what changes ----
out 'mkdir -p dir/sub' >/dev/null
listen all "/sandboxes/$box/files/watch" 6
everything=$listener
listen flat "/sandboxes/$box/files/watch?path=/workspace/dir&recursive=false" 6
listen box_events "/sandboxes/$box/events" 6
out 'echo a >dir/file; mv dir/file dir/sub/other; rm dir/sub/other; mkdir -p new/deep; echo x >new/deep/leaf; echo y >>dir/log; mv dir/sub renamed; echo z >renamed/in; mv dir/log /tmp/away' >/dev/null
ok "the last change is seen" wait_until 20 saw all '"type":"deleted","event":"deleted","path":"/workspace/dir/log"'
changes() { data "$1" | jq -r '[.type, .old_path, .path] | map(select(.) | sub("^/workspace/"; "")) | join(" ")' | uniq; }
is "a file: made, written, moved, deleted" "$(changes all | grep -E ' dir/(file|sub/other)' | paste -sd,)" \
	'created dir/file,modified dir/file,renamed dir/file dir/sub/other,deleted dir/sub/other'
is "in new folders, each told once" "$(changes all | grep '^created new' | sort | paste -sd,)" 'created new,created new/deep,created new/deep/leaf'
is "a folder that was renamed is still watched, by its new name" "$(changes all | grep renamed/in | head -n 1)" 'created renamed/in'
is "with its size" "$(data all | jq -c 'select(.type == "modified" and (.path | endswith("renamed/in"))) | .size_bytes' | tail -n 1)" 2
is "one folder alone" "$(changes flat | paste -sd,)" 'created dir/file,modified dir/file,renamed dir/file dir/sub/other,created dir/log,modified dir/log,renamed dir/sub renamed,deleted dir/log'
ok "the sandbox's own stream tells it, too" wait_until 20 saw box_events '{"operation":"rename","path":"/workspace/renamed","old_path":"/workspace/dir/sub"}'
is "another root" "$(status GET "/sandboxes/$box/files/watch?path=/etc")" 422
out 'ln -s /etc/ etc; echo >etc/none 2>/dev/null; i=0; while [ $i -lt 300 ]; do mkdir -p many/$i; echo >many/$i/f; i=$((i + 1)); done' >/dev/null
ok "hundreds of folders at once" wait_until 10 sh -c "[ \$(grep -c '\"path\":\"/workspace/many/[0-9]*/f\"' '$ASSENT_TMP/all') -ge 300 ]"
is "none of them twice" "$(data all | jq -r 'select(.type == "created") | .path' | sort | uniq -d | wc -l)" 0
kill "$everything" 2>/dev/null

# ---- previews ----
out "echo 'use IO::Socket::INET; my \$s = IO::Socket::INET->new(LocalAddr => q(127.0.0.1), LocalPort => 8000, Listen => 8, ReuseAddr => 1) or die; while (my \$c = \$s->accept) { print \$c \"HTTP/1.0 200 OK\r\n\r\nhello\"; close \$c }' >s.pl; perl s.pl >/dev/null 2>&1 &" >/dev/null
listen ready "/sandboxes/$box/events" 3
preview=$(api POST "/sandboxes/$box/previews" '{"port":8000}')
id=$(jq -r .preview_id <<<"$preview")
ok "a preview is told on the stream" wait_until 10 saw ready "\"preview_id\":\"$id\""
is "one of them" "$(api GET "/sandboxes/$box/previews/$id" | jq -c '[.preview_id, .port]')" "[\"$id\",8000]"
is "leads inside" "$(curl -s --max-time 5 "$(jq -r .url <<<"$preview")/")" hello
shared=$(api POST "/sandboxes/$box/previews/$id/share" '{"expires_in_sec":2}' | jq -r .url)
is "shared, for a time" "$(curl -s --max-time 5 "$shared/") $(status POST "/sandboxes/$box/previews/$id/share" '{"ttl_seconds":0}')" 'hello 422'
closed() { ! curl -s --max-time 2 "$1/" >/dev/null; }
ok "which ends by itself" wait_until 20 closed "$shared"
shared=$(api POST "/sandboxes/$box/previews/$id/share" '{"ttl_seconds":60}' | jq -r .url)
is "or is taken back" "$(status DELETE "/sandboxes/$box/previews/$id/share") $(closed "$shared" && echo closed)" '204 closed'
is "deleted" "$(status DELETE "/sandboxes/$box/previews/$id") $(status GET "/sandboxes/$box/previews/$id") $(closed "$(jq -r .url <<<"$preview")" && echo closed)" '204 404 closed'
local_api "/sandboxes/$box/files/watch" -N --max-time 5 >/dev/null 2>&1 &
sleep 0.2
kill -TERM "$local_pid"
wait "$local_pid"
is "an orderly end, with readers" $? 0

# ---- faults ----
restart() {
	start_local --fault "$1"
	box=$(session_id sandboxes build-1)
}
restart dup-ids,drop-every=400
out 'seq -f "line %g" 20' >/dev/null
sse "/sandboxes/$box/logs/stream" 3 -H 'Last-Event-ID: evt_0' >"$ASSENT_TMP/drop"
is "drop-every: so many bytes and no more" "$(wc -c <"$ASSENT_TMP/drop")" "$((400 + $(printf ': connected\n\n' | wc -c)))"
is "dup-ids: each twice" "$(sed -n 's/^id: //p' "$ASSENT_TMP/drop" | head -n 4 | uniq -c | awk '{ print $1 }' | xargs)" '2 2'
# As a reader that comes again would: everything, in order.
last='' lines=''
for _ in $(seq 60); do
	sse "/sandboxes/$box/logs/stream" 1 -H "Last-Event-ID: ${last:-evt_0}" | awk '{ t = t $0 "\n" } $0 == "" { printf "%s", t; t = "" }' >"$ASSENT_TMP/part"
	lines+=$(sed -n 's/^id: //p' "$ASSENT_TMP/part" | uniq)$'\n'
	last=$(sed -n 's/^id: //p' "$ASSENT_TMP/part" | tail -n 1)
	[ -n "$last" ] && ! grep -q '"line 20"' "$ASSENT_TMP/part" || break
done
is "with its last id a reader gets all of it" "$(sse "/sandboxes/$box/logs?lines=20" 3 | wc -l) $(grep -c . <<<"$lines") $(grep . <<<"$lines" | LC_ALL=C sort -cu && echo ordered)" \
	"20 $(cat "$local_state/sandboxes/$box"/log.* | wc -l) ordered"
kill -TERM "$local_pid"
wait "$local_pid"
restart reorder,406,429
listen reorder "/sandboxes/$box/logs/stream" 4
local_api "/sandboxes/$box/exec" -d '{"command":"echo first; echo second; sleep 0.3; echo third"}' >/dev/null
ok "reorder: the later of two first" wait_until 10 saw reorder third
is "and what came alone comes alone" "$(data reorder | jq -r .line | xargs)" 'second first third'
is "406: not with that alone" "$(sse /events/stream 1 -o /dev/null -w '%{http_code}' -H 'Accept: text/event-stream')" 406
is "but with more" "$(sse /events/stream 1 -H 'Accept: text/event-stream, application/json, */*' | head -n 1)" ': connected'
is "and no command is run for an answer that is refused" "$(local_api "/sandboxes/$box/exec/stream" -H 'Accept: text/event-stream' -d '{"command":"touch ran"}' -o /dev/null -w '%{http_code}'; ls "$local_state/sandboxes/$box/workspace/ran" 2>&1 | grep -c 'No such')" 4061
for _ in $(seq 10); do local_api /sandboxes -o /dev/null -D - | tr -d '\r' | grep -E '^(HTTP|Retry)'; done >"$ASSENT_TMP/many"
is "429: each fifth, with the time to wait" "$(grep -c ' 429 ' "$ASSENT_TMP/many") $(grep -c 'Retry-After: 1$' "$ASSENT_TMP/many")" '2 2'
kill -TERM "$local_pid"
wait "$local_pid"
is "an orderly end, with faults" $? 0
like "no such fault" "$("$ASSENT_BUILD/assent-local" --fault drop-every=1 2>&1; echo "$?")" 'is no fault'
end_test
