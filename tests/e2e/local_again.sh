#!/bin/bash
# assent-local is killed and started again on the same state: machines with their ids, names and files are there again and run, with nothing
# running in them; streams go on after any id, with nothing lost and nothing doubled.
. "$ASSENT_SRC/tests/e2e/lib.sh"

marker=$((700000 + RANDOM))
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"}; }
out() { api POST "/sandboxes/$box/exec" "$(jq -cn --arg c "$1" '{command: $c}')" | jq -r .stdout; }
sleeps() { ps -eo args= | grep -cx "sleep $1"; }
gone() { [ "$(sleeps "$1")" -eq 0 ]; }
# A reader as a client ought to be: it keeps its last id, comes again, and appends what it gets; ends once it has seen LAST.
follow() {
	local path=$1 last=$2 file=$3 id
	: >"$file"
	until grep -qF -- "$last" "$file" 2>/dev/null; do
		id=$(sed -n 's/^id: //p' "$file" 2>/dev/null | tail -n 1)
		# A line that was cut with the connection is no event.
		LOCAL_URL=http://127.0.0.1:$(cat "$ASSENT_TMP/local.port" 2>/dev/null)/api/v1
		local_api "$path" -N --max-time 3 ${id:+-H "Last-Event-ID: $id"} 2>/dev/null >"$file.part"
		whole "$file.part" >>"$file"
		sleep 0.1
	done
}
# Up to the last empty line.
whole() { awk '{ text = text $0 "\n" } $0 == "" { printf "%s", text; text = "" }' "$1"; }
ids() { sed -n 's/^id: //p' "$1"; }
lines() { sed -n 's/^data: //p' "$1" | jq -r .line; }
kill_local() {
	kill -KILL "$local_pid"
	wait "$local_pid" 2>/dev/null
}

start_local --sandboxes 2
box=$(session_id sandboxes build-1)
third=$(api POST /sandboxes '{"name":"mine"}' | jq -r .id)
before=$(api GET /sandboxes | jq -c '[.data[] | [.id, .name, .created_at]]')
is "a deleted one" "$(local_api "/sandboxes/$third" -X DELETE -o /dev/null -w '%{http_code}')" 204
third=$(api POST /sandboxes '{"name":"mine"}' | jq -r .id)
before=$(api GET /sandboxes | jq -c '[.data[] | [.id, .name, .created_at]]')
out 'echo kept >file; mkdir dir; echo too >dir/b' >/dev/null
api POST "/sandboxes/$third/pause" '{}' >/dev/null
out "sleep $marker >/dev/null 2>&1 & seq -f 'line %g' 500" >/dev/null
read_to "$ASSENT_TMP/first" '"line 500"' local_api "/sandboxes/$box/logs/stream" -N -H 'Last-Event-ID: evt_0'
is "an older id: all that is kept" "$(lines "$ASSENT_TMP/first" | tail -n 500 | sha256sum)" "$(seq -f 'line %g' 500 | sha256sum)"
middle=$(ids "$ASSENT_TMP/first" | sed -n 200p)
follow "/sandboxes/$box/logs/stream" 'the end' "$ASSENT_TMP/log" &
reader=$!
wait_until 20 test -e "$ASSENT_TMP/log.part"
for round in 1 2 3; do
	# Killed in the middle of what is being written, while it is read.
	api POST "/sandboxes/$box/exec" "$(jq -cn --arg r "$round" '{command: "for i in $(seq 3000); do echo round '"$round"' $i; done; sleep 60"}')" >/dev/null 2>&1 &
	wait_until 20 eval "cat '$ASSENT_TMP'/log '$ASSENT_TMP'/log.part | grep -q 'round $round 200'"
	kill_local
	printf 'evt_01ABCDEFGHJKMNPQRSTVWXYZ01 log {"line":"torn' >>"$(ls "$local_state/sandboxes/$box"/log.* | sort -V | tail -n 1)"
	ok "all that ran in it is gone" wait_until 20 gone "$marker"
	start_local --sandboxes 2
done
is "machines are there again, none more" "$(api GET /sandboxes | jq -c '[.data[] | [.id, .name, .created_at]]')" "$before"
is "and run, but for the paused one" "$(api GET /sandboxes | jq -c '[.data[].state]')" '["running","running","paused"]'
is "with their files" "$(out 'cat file dir/b' | xargs)" 'kept too'
is "and nothing running in them" "$(out 'ps -eo args= | grep -c [s]leep')" 0
is "the paused one is resumed" "$(api POST "/sandboxes/$third/resume" '{}' | jq -r .state) $(box=$third; out 'echo again')" 'running again'
is "the next name was not given before" "$(api POST /sandboxes '{}' | jq -r .name)" build-3
out 'echo the end' >/dev/null
ok "the reader comes to the end" wait_until 60 sh -c "! kill -0 $reader 2>/dev/null"
kill "$reader" 2>/dev/null
read_to "$ASSENT_TMP/rest" 'the end' local_api "/sandboxes/$box/logs/stream" -N -H "Last-Event-ID: $middle"
is "after an id from before: what came after it, and no more" "$(lines "$ASSENT_TMP/rest" | head -n 1)" "$(lines "$ASSENT_TMP/first" | sed -n 201p)"
read_to "$ASSENT_TMP/all" 'the end' local_api "/sandboxes/$box/logs/stream" -N -H 'Last-Event-ID: evt_0'
is "ids only grow, over all restarts" "$(ids "$ASSENT_TMP/all" | LC_ALL=C sort -u | sha256sum)" "$(ids "$ASSENT_TMP/all" | sha256sum)"
begun=$(ids "$ASSENT_TMP/log" | head -n 1)
ok "the reader saw some of it" test "$(ids "$ASSENT_TMP/log" | wc -l)" -gt 500
is "and lost and doubled nothing" "$(ids "$ASSENT_TMP/log" | sha256sum)" "$(ids "$ASSENT_TMP/all" | sed -n "/^$begun\$/,\$p" | sha256sum)"
is "what was torn is not there" "$(grep -c '"line":"torn' "$ASSENT_TMP/all")" 0
like "the log as text goes on, too" "$(api GET "/sandboxes/$box/logs?lines=2" | tail -n 1)" '^the end$'
read_to "$ASSENT_TMP/tenant" sandbox.destroyed local_api "/events/stream?types=sandbox.des*" -N -H 'Last-Event-ID: evt_0'
is "the tenant's stream, by type" "$(sed -n 's/^event: //p' "$ASSENT_TMP/tenant" | xargs)" sandbox.destroyed
like "two on one state" "$("$ASSENT_BUILD/assent-local" --listen 127.0.0.1:0 --state "$local_state" 2>&1; echo $?)" 'another assent-local runs on'
for wrong in "--listen 0.0.0.0:0" "--listen 127.0.0.1:x" "--sandboxes 65" "--computers -1" "--size 1x1" "--size 800x600x"; do
	# shellcheck disable=SC2086
	like "an option and its wrong value are named: $wrong" "$("$ASSENT_BUILD/assent-local" $wrong 2>&1; echo $?)" "^assent-local: $wrong: it takes .*"
done
kill -TERM "$local_pid"
wait "$local_pid"
start_local --sandboxes 4
is "an orderly end, the same; and what is missing is made" "$(api GET /sandboxes | jq -c '[.data[].name]')" '["build-1","build-2","mine","build-3"]'
end_test
