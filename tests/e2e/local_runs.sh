#!/bin/bash
# assent-local's runs and agent runs: a command in a session, with its status, its activity as a list and as a stream, its output, its end.
. "$ASSENT_SRC/tests/e2e/lib.sh"

status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
# start KIND COMMAND [MORE-JSON]: prints its id.
start_run() {
	api POST "/$1" "$(jq -cn --arg c "$2" --arg b "$box" --argjson m "${3:-null}" \
		'{instruction: "Try it.", runner: "custom", target_kind: "sandbox", target_id: $b, command: $c} + ($m // {})')" | jq -r .data.id
}
is_now() { [ "$(api GET "/runs/$1" | jq -r .data.status)" = "$2" ]; }
activity() { api GET "/runs/$1/activity" | jq -c '.data[]'; }

start_local --sandboxes 1
box=$(session_id sandboxes build-1)
for stream in /events/stream "/sandboxes/$box/events"; do
	local_api "$stream" -N --max-time 60 >"$ASSENT_TMP/$(basename "$(dirname "$stream")")" 2>/dev/null &
	children=($! "${children[@]}")
done
both() { grep -q '^: connected' "$ASSENT_TMP/events" && grep -q '^: connected' "$ASSENT_TMP/$box"; }
ok "the streams are there" wait_until 20 both

run=$(start_run runs 'echo "out of $PWD with $A"; echo err >&2; echo last' '{"cwd":"/usr","env":{"A":"a b"}}')
like "a run" "$run $(cat "$status_file")" '^run_[0-9a-f]{16} 201$'
ok "it succeeds" wait_until 10 is_now "$run" succeeded
is "as it says" "$(api GET "/runs/$run" | jq -c '.data | [.instruction, .target_kind, .sandbox_id == .target_id, .runner, .exit_code, .error, .finished_at >= .created_at]')" '["Try it.","sandbox",true,"custom",0,null,true]'
is "its output" "$(api GET "/runs/$run/command-output" | jq -c '.data | [(.output | split("\n") | sort), .truncated, .exit_code]')" '[["","err","last","out of /usr with a b"],false,0]'
is "its activity, numbered" "$(activity "$run" | jq -r '"\(.sequence) \(.type)"' | xargs)" '1 run.started 2 command.output 3 command.output 4 command.output 5 run.succeeded'
is "each row with its id and its run" "$(activity "$run" | jq -c --arg r "$run" '[(.id | length > 10), .run_id == $r, (.created_at | length)]' | sort -u)" '[true,true,24]'
is "which stream a line is of" "$(activity "$run" | jq -r 'select(.message == "err") | .payload.stream')" stderr
is "its messages" "$(api GET "/runs/$run/messages" | jq -c '[.data[] | [.role, .content]]')" '[["user","Try it."],["runner","succeeded"]]'
is "as a stream, from its beginning to its end" "$(local_api "/runs/$run/activity" -N -H 'Accept: text/event-stream, application/json' | sed -n 's/^data: //p' | jq .sequence | xargs)" '1 2 3 4 5'
is "and at its other name" "$(local_api "/runs/$run/events" -N -H 'Accept: text/event-stream' | sed -n 's/^event: //p' | tail -n 1)" run.succeeded
is "the sandbox's stream tells of the command" "$(grep -A1 '^event: sandbox.exec.stdout' "$ASSENT_TMP/$box" | sed -n 's/^data: //p' | jq -r .line | xargs)" 'out of /usr with a b last'

run=$(start_run runs 'exit 3')
ok "one that fails" wait_until 10 is_now "$run" failed
is "says how" "$(api GET "/runs/$run" | jq -c '.data | [.exit_code, .error]')" '[3,"exit status 3"]'
run=$(start_run runs 'sleep 30' '{"timeout":1}')
ok "one that takes too long" wait_until 10 is_now "$run" failed
like "says so" "$(api GET "/runs/$run" | jq -r .data.error)" 'longer than 1 s'
run=$(start_run runs 'head -c 400000 /dev/zero | tr "\0" x')
ok "one that says much" wait_until 10 is_now "$run" succeeded
is "is cut, and says that" "$(api GET "/runs/$run/command-output" | jq -c '.data | [(.output | length), .truncated]')" '[262144,true]'

# ---- canceled, while somebody watches ----
run=$(start_run runs 'echo here; sleep 4714 & wait')
local_api "/runs/$run/activity" -N -H 'Accept: text/event-stream' --max-time 20 >"$ASSENT_TMP/live" 2>/dev/null &
watcher=$!
here() { grep -q '"message":"here"' "$ASSENT_TMP/live"; }
ok "a line comes when it is said" wait_until 20 here
is "it runs" "$(api GET "/runs/$run" | jq -c '.data | [.status, .finished_at]')" '["running",null]'
is "canceled" "$(status POST "/runs/$run/cancel" '{}')" 200
ok "it is" wait_until 20 is_now "$run" canceled
wait $watcher
is "its stream ended" "$(sed -n 's/^event: //p' "$ASSENT_TMP/live" | tail -n 1)" run.canceled
is "and what it started" "$(ps -eo args= | grep -cx 'sleep 4714')" 0
is "once is enough" "$(api POST "/runs/$run/cancel" | jq -r .data.status)" canceled

# ---- agent runs ----
old=$(start_run agent-runs 'echo hi' '{"instruction":null,"prompt":"Say it."}')
is "an agent run refuses no prompt" "$(cat "$status_file")" 201
agent_done() { [ "$(api GET "/agent-runs/$old" | jq -r .data.status)" = succeeded ]; }
ok "it succeeds" wait_until 10 agent_done
is "its own words" "$(api GET "/agent-runs/$old" | jq -r .data.prompt) $(api GET "/agent-runs/$old/activity" | jq -r '.data[0].agent_run_id') $(api GET "/agent-runs/$old/command-output" | jq -r .data.output)" "Say it. $old hi"
is "it is no run" "$(status GET "/runs/$old")" 404
is "lists" "$(api GET /agent-runs | jq '.data | length') $(api GET /runs | jq '.data | length') $(api GET '/runs?limit=2' | jq -r '.data | "\(length) \(.[0].id)"')" "1 5 2 $run"

# ---- what it refuses ----
good=$(jq -cn --arg b "$box" '{instruction: "x", runner: "custom", target_kind: "sandbox", target_id: $b, command: "true"}')
while read -r want filter; do
	is "refused: $filter" "$(status POST /runs "$(jq -c "$filter" <<<"$good")")" "$want"
done <<'FILTERS'
422 .runner = "claude-code"
422 del(.runner)
422 del(.command)
422 del(.instruction)
422 .target_kind = "host"
422 del(.target_id)
422 .sandbox_id = "sbx_1"
422 .computer_id = .target_id
422 .sandbox_id = null
422 .timeout = 0
422 .timeout = 3601
422 .timeout = "1"
422 .env = []
422 .cwd = 1
422 .model = "m"
404 .target_id = "sbx_0"
404 .target_kind = "computer"
FILTERS
is "which runners there are" "$(api POST /runs "$(jq -c '.runner = "codex"' <<<"$good")" | jq -c '[.error.code, (.error.message | contains("custom"))]')" '["RUNNER_NOT_AVAILABLE",true]'
is "a target by its id alone" "$(api POST /runs "$(jq -c '.sandbox_id = .target_id | del(.target_kind, .target_id)' <<<"$good")" | jq -r .data.target_id)" "$box"
is "no such run" "$(status GET /runs/run_0) $(status GET /runs/run_0/activity) $(status POST /runs/run_0/cancel '{}')" '404 404 404'
is "a bad limit" "$(status GET '/runs?limit=x')" 422
is "the tenant heard" "$(sed -n 's/^event: //p' "$ASSENT_TMP/events" | grep -E '^(agent_)?run\.' | sort | uniq -c | xargs)" \
	'1 agent_run.started 1 agent_run.succeeded 1 run.canceled 2 run.failed 6 run.started 3 run.succeeded'

# ---- the sandbox's end ----
run=$(start_run runs 'sleep 60')
status DELETE "/sandboxes/$box" >/dev/null
ok "a run of a sandbox that goes" wait_until 20 is_now "$run" failed
like "says so" "$(api GET "/runs/$run" | jq -r .data.error)" 'session ended'
kill -TERM "$local_pid"
wait "$local_pid"
is "and it ends in order" "$?" 0
end_test
