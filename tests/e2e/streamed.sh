#!/bin/bash
# A streamed answer to an action is kept in the record as it was passed on: whole, cut off, too long, of a gate that was killed or ended, on a disk that was
# full, with nobody reading it. It is given to nobody again.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
mode() { echo "$1" >"$up/mode"; }
rows() { sqlite3 "$gate_state/journal.db" "$1"; }
# stream NAME SESSION [CURL-ARGUMENT...]: one streamed action, approved; sets id.
stream() {
	local name=$1 path=/sandboxes/$2/exec/stream
	shift 2
	ask "$name" "$token" "$path" -X POST -N -d "{\"command\":\"$name\"}" "$@"
	held ".text == \"$name\""
	id=$(actions ".text == \"$name\"" | jq .id)
	person ".text == \"$name\"" approve
}
state() { operator "/v1/actions/$id" | jq -r .action.state; }
answer() { operator "/v1/actions/$id" | jq -r '.action.answer | "\(.end) \(.len) \(.kept) \(.streamed)"'; }
kept() { operator "/v1/actions/$id/answer"; }
ended() { [ "$(operator "/v1/actions/$id" | jq -r .action.answer.end)" = "$1" ]; }
end_gate() {
	kill "${1:--TERM}" "$gate_pid"
	wait "$gate_pid" 2>/dev/null
}

start_upstream
key=$(<"$KEY_FILE")
start_gate
token=$(add_agent clerk --answer-within none)

# ---- whole ----
mode 'stream 300'
stream whole s1 -H 'Idempotency-Key: w-1'
ok "what came so far is on disk before the end" wait_until 10 eval '[ "$(answer)" = "coming 36 36 true" ] || ended whole'
answered whole
whole=$id
ok "it comes to its end" wait_until 10 ended whole
is "it is kept as it was passed on" "$(kept)" "$(cat whole.body)"
is "all of it" "$(answer)" "whole $(wc -c <whole.body) $(wc -c <whole.body) true"
is "with its type" "$(operator "/v1/actions/$id/answer" -o /dev/null -w '%{content_type}')" text/event-stream
like "assent show prints it" "$("$ASSENT_BUILD/assent" show "$id" --socket "$socket")" '^answer    71 bytes$'
like "behind a bar" "$("$ASSENT_BUILD/assent" show "$id" --socket "$socket")" '^  \| data: \{"exit_code":0\}$'
like "its result says how long it took" "$(operator "/v1/actions/$id" | jq -r .action.result)" '^done, [0-9.]+s$'
ask again "$token" /sandboxes/s1/exec/stream -X POST -d '{"command":"whole"}' -H 'Idempotency-Key: w-1'
answered again
is "it is given to nobody again" "$(status_of again) $(jq -r .error.code again.body)" '409 outcome_streamed'
is "by its number neither" "$(curl -sS -H "Authorization: Bearer $token" "${GATE_URL%/api/v1}/v1/actions/$id" | jq -r .error.code)" outcome_streamed
mode 'answer 200 {"stdout":"plain"}'
ask plain "$token" /sandboxes/s1/exec -X POST -d '{"command":"plain"}'
held '.text == "plain"'
person '.text == "plain"' approve
answered plain
id=$(actions '.text == "plain"' | jq .id)
is "other answers are read in the same way" "$(answer) $(kept)" 'whole 18 18 false {"stdout":"plain"}'
ask refused "$token" /sandboxes/s1/exec -X POST -d '{"command":"refused"}'
held '.text == "refused"'
person '.text == "refused"' deny
id=$(actions '.text == "refused"' | jq .id)
is "where there is none that is said" "$(kept | jq -r .error.code) $(operator "/v1/actions/$id" | jq .action.answer)" 'answer_not_kept null'
mode 'answer 404 {"error":{"code":"NOT_FOUND"}}'
stream missing s1
answered missing
is "what is no stream is answered, kept and given again as ever" "$(status_of missing) $(answer) $(kept)" '404 whole 30 30 false {"error":{"code":"NOT_FOUND"}}'

# ---- not one commit for each event ----
mode 'ticks 200 3'
stream ticks s2
ticks=$id
ok "many events come to their end" wait_until 30 ended whole
is "they are all kept" "$(kept | grep -c tick)" 200

# ---- our key, cut at any byte ----
mode "told 900 data: {\"line\":\"$key\"}"
touch "$up/cut"
stream leak s3
answered leak
is "our key is not passed on" "$(grep -c "$key" leak.body)" 0
is "nor kept" "$(kept | grep -c "$key") $(strings "$gate_state"/journal.db* | grep -c "$key")" '0 0'
ok "a stream that was cut off is kept as cut" ended cut
is "its asker sees the damage" "$(curl_code_of leak)" 18
like "and the operator is told" "$(operator "/v1/actions/$id" | jq -r .action.result)" 'its answer was cut off$'

# ---- longer than what is kept ----
mode 'flood 3'
stream flood s4
flood=$id
ok "a long one comes to its end" wait_until 30 ended whole
answered flood
is "its asker got all of it" "$(wc -c <flood.body)" 3145728
is "its begin is kept" "$(answer) $(kept | wc -c)" 'whole 3145728 1048576 true 1048576'
like "and assent show" "$("$ASSENT_BUILD/assent" show "$id" --socket "$socket" | grep ^answer)" '^answer    3145728 bytes, the first 1048576 are kept$'

# ---- nobody reads it ----
mode 'stream 300'
stream left s5
wait_until 10 grep -q one left.body
kill "$asker"
ok "it is kept to its end when its asker left" wait_until 10 eval '[ "$(answer)" = "whole 71 71 true" ]'

# ---- a disk that is full for a while ----
full() { prlimit --pid "$gate_pid" --fsize=1000:; }
free() { prlimit --pid "$gate_pid" --fsize=unlimited:; }
mode 'stream 1500'
stream full s6
wait_until 10 grep -q one full.body
full
answered full
is "on a full disk its asker gets it all the same" "$(status_of full) $(curl_code_of full) $(grep -c exit_code full.body)" '200 0 1'
is "the record does not say that it is over" "$(answer | cut -d' ' -f1) $(operator /v1/state | jq .gate.live)" 'coming false'
free
ok "with room again it is written" wait_until 10 ended whole
is "all of it" "$(kept)" "$(cat full.body)"

# ---- a disk that is full when the stream begins ----
end_gate
FAILPOINT=FP11:stop start_gate
mode 'stream 100'
stream begins s8
stopped() { [ "$(awk '/^State/ { print $2 }' "/proc/$gate_pid/status")" = T ]; }
ok "the gate stands still at the head of a stream" wait_until 10 stopped
full
kill -CONT "$gate_pid"
sleep 1
is "what cannot be recorded as begun is not begun" "$(state) $(wc -c <begins.body 2>/dev/null || echo nothing)" 'sent nothing'
free
ok "with room again it is recorded" wait_until 10 has_state "$id" 'done'
is "as one whole answer, and no streamed one" "$(answer | cut -d' ' -f1,4)" 'whole false'
is "as long as it says" "$(kept | wc -c)" "$(answer | cut -d' ' -f2)"
end_gate
start_gate

# ---- a gate that ends ----
rm -f "$up/cut"
mode 'told 900 data: {"line":"half"}'
stream half s7
wait_until 10 grep -q half half.body
end_gate
last_row() { rows "SELECT detail FROM moves WHERE action = $1 ORDER BY seq DESC LIMIT 1"; }
is "a row of the chain tells how each ended" "$(last_row "$whole"), $(last_row "$flood"), $(last_row "$id")" \
	'its answer: whole, 71 bytes, its answer: whole, 3145728 bytes, of which the first 1048576 are kept, its answer: unfinished, 21 bytes'
ok "many events are kept in few pieces" test "$(rows "SELECT count(*) FROM pieces WHERE action = $ticks")" -lt 60
start_gate
is "a gate that was ended keeps what came, as unfinished" "$(answer) $(kept)" 'unfinished 21 21 true data: {"line":"half"}'
like "its result says so" "$(operator "/v1/actions/$id" | jq -r '.action | .state + " " + .result')" '^done done, .*not read to its end$'
stream second s8
wait_until 10 eval '[ "$(answer)" = "coming 21 21 true" ]'
end_gate -9
start_gate
is "so does one that was killed a second after it came" "$(answer) $(kept)" 'unfinished 21 21 true data: {"line":"half"}'
ask again2 "$token" /sandboxes/s8/exec/stream -X POST -d '{"command":"second"}'
answered again2
is "it is not given again after that either" "$(status_of again2) $(jq -r .error.code again2.body)" '409 outcome_streamed'
before=$(sent)
end_gate

# ---- killed at its points ----
# crash POINT MODE: one stream, and a gate that dies there; then the gate as it comes back.
crash() {
	gate_state=$ASSENT_TMP/state$1
	mode "$2"
	FAILPOINT=FP$1:kill start_gate
	token=$(add_agent clerk --answer-within none)
	stream "crash$1" s9 2>/dev/null
	ok "FP$1: the gate died there" wait_until 20 eval "! kill -0 $gate_pid"
	wait "$gate_pid" 2>/dev/null
	answered "crash$1"
	start_gate
	is "FP$1: it was sent once" "$(($(sent) - before))" 1
	before=$(sent)
}
crash 11 'stream 100'
is "FP11: before it is done on disk nobody gets anything of it" "$(state) $(status_of crash11) $(answer)" 'unknown 000 null null null null'
end_gate
crash 13 'stream 100'
is "FP13: done, and nothing of it was kept" "$(state) $(status_of crash13) $(answer) $(kept)" 'done 000 unfinished 0 0 true '
end_gate
crash P 'flood 3'
is "FPP: what was kept is the begin of what came" "$(state) $(answer | cut -d' ' -f1) $(kept | tr -d x | wc -c)" 'done unfinished 0'
ok "FPP: a piece of it" test "$(kept | wc -c)" -ge 65536
ok "FPP: no more than its asker got" test "$(kept | wc -c)" -le "$(wc -c <crashP.body)"
end_gate
crash 12 'told 21 data: {"line":"half"}'
is "FP12: its end is not known" "$(state) $(answer | cut -d' ' -f1)" 'done unfinished'
end_gate
end_test
