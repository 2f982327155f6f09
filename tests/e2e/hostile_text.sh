#!/bin/bash
# Hostile texts (tests/corpus/hostile-text) in every field that a foreigner writes, through the real gate, and in every string that a gate may tell, by a fake
# one: in all views of the dashboard, in plain mode, and in what the commands print at a terminal. tests/robot/drive watches each byte that comes out.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
texts=$ASSENT_SRC/tests/corpus/hostile-text/texts.txt
"$ASSENT_BUILD/tests/robot/tell_texts" "$texts" >all.json
count=$(jq length all.json)
ok "at least 150 texts" test "$count" -ge 150
valid=$(jq 'map(select(.text)) | length' all.json)
most=$((valid * 3 / 4))	# on a slow machine not each frame is painted, and lines scroll away unseen
half=$(((count + 1) / 2))	# two texts in each field of an action

# at_terminal NAME SEEN GEOMETRY PROGRAM...: the steps come from standard input; so many texts at least must have been seen.
at_terminal() {
	local name=$1 want=$2 size=$3 seen
	shift 3
	"$ASSENT_BUILD/tests/robot/drive" -g "$size" -c "$name.bytes" -x "$texts" - "$@" >"$name.out"
	report $? "$name: no byte of foreign text acts" "$(grep '^fault' "$name.out" | head -n 4 | tr '\n' ';')"
	seen=$(sed -n 's/.* seen \([0-9]*\) .*/\1/p' "$name.out")
	ok "$name: the texts were there ($seen)" test "${seen:-0}" -ge "$want"
	is "$name: no bell" "$(sed -n 's/.* bells \([0-9]*\) .*/\1/p' "$name.out")" 0
}

# ---- through the real gate ----
start_upstream
mkdir -p "$up/reads" "$up/raw"
jq '. as $t | def s($i): $t[$i % ($t | length)] | .text // "none";
	{data: [range(length) | {id: "s\(.)", name: s(.), status: (if . < 8 then "running" else s(. + 1) end), isolation: s(. + 2), label: s(. + 3)}]}' all.json >"$up/reads/sandboxes"
# Of eight that run there are events and logs, which carry all texts, those that are no UTF-8 too.
for i in 0 1 2 3 4 5 6 7; do
	jq -r --argjson i $i '. as $t | def s($i): $t[$i % ($t | length)] | .text // "none";
		{snapshots: [range(4) | {id: s($i * 4 + .), status: s($i * 4 + . + 4), comment: s($i * 4 + . + 8), created_at: s($i * 4 + . + 12)}]}' all.json >"$up/reads/sandboxes_s${i}_snapshots"
	jq -r --argjson i $i '. as $t | def s($i): $t[$i % ($t | length)] | .text // "none";
		{previews: [range(4) | {id: s($i * 4 + .), port: 3000, url: ("https://h/" + s($i * 4 + . + 4))}]}' all.json >"$up/reads/sandboxes_s${i}_previews"
	{
		printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'
		jq -r --argjson i $i 'to_entries[] | select(.key % 8 == $i and .value.text) | "event: sandbox.exec.started\ndata: \({exec_id: .value.text, command: .value.text})\n\nevent: \(.value.text | gsub("[\r\n]"; " "))\ndata: {}\n"' all.json
	} >"$up/raw/sandboxes_s${i}_events"
	{
		printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'
		# Bytes as they are: no JSON, but a line all the same.
		jq -r --argjson i $i 'to_entries[] | select(.key % 8 == $i) | "event: log\\ndata: \(.value.percent | gsub("%0[AD]"; "%20") | gsub("%"; "\\x"))\\n\\n"' all.json |
			while read -r line; do printf '%b' "$line"; done
	} >"$up/raw/sandboxes_s${i}_logs_stream"
	: >"$up/raw/sandboxes_s${i}_events.open"
	: >"$up/raw/sandboxes_s${i}_logs_stream.open"
done
start_gate
token=$(add_agent clerk --answer-within none)
operator /v1/budgets -X POST -d '{"kind":"agent","name":"clerk","waiting":1000}' >/dev/null
# Each text once in each place: what the agent says, the command, the path's query, and what is no JSON at all.
jq -r --arg url "$GATE_URL" --arg token "$token" --argjson half $half '. as $t | def p($i): $t[$i % ($t | length)].percent; def pair($i): p($i) + "%20" + p($i + $half); range($half) as $i |
	"url = \"\($url)/sandboxes/s\($i)/exec?q=\(pair($i + 5) | gsub("%25|%00|%5C"; "p"))\"
header = \"Authorization: Bearer \($token)\"
header = \"Prefer: respond-async\"
header = \"Content-Type: application/json\"
header = \"Assent-Title: \(pair($i + 1))\"
header = \"Assent-Reason: \(pair($i + 2))\"
header = \"Assent-Turn: \(pair($i + 3))\"
output = \"/dev/null\"
write-out = \"%{http_code}\\n\"
data-binary = \"@body.\($i)\"
next"' all.json >asks
i=0
jq -r --argjson half $half '. as $t | range($half) as $i | [$t[$i], $t[$i + $half] // $t[0]] |
	if all(.text) then {command: map(.text) | join(" ")} | tojson else map(.percent | gsub("%"; "\\x")) | join(" ") end' all.json | while read -r body; do
	if [[ $body == {* ]]; then printf %s "$body"; else printf '%b' "$body"; fi >"body.$i"
	i=$((i + 1))
done
curl -sS -K asks >asked 2>asked.error
is "the gate takes them all" "$(grep -c 202 asked)" "$half"

at_terminal dashboard "$most" 120x60 "$assent" --socket "$socket" --picture=none <<STEPS
await 60 NEEDS YOU
repeat $half \r\p\pAA\pj
repeat 4 L\p
type i\p
repeat 60 j\p
type i\pA\p
repeat 10 j\p
type A\pf\p\p
repeat 8 b\p
type wbm\p\pwTh\p
type q\p
type ?\p??q
end 60
STEPS
at_terminal plain $((valid / 2)) 120x40 "$assent" --plain --socket "$socket" <<STEPS
await 60 clerk
$(for ((i = 1; i <= half; i++)); do echo "type show $i\\r\\p"; done)
type quit\r
end 60
STEPS

# ---- what a gate may tell: every string of it ----
liar=$ASSENT_TMP/liar
mkdir -p "$liar/raw"
jq -c --argjson half $half --slurpfile real <(operator /v1/state) '. as $t | def s($i): $t[$i % ($t | length)] | .text // "none";
	# Every string below becomes a text, but those that say which kind a thing is.
	def lie($n): . as $v | [paths(strings)] as $p | reduce range($p | length) as $k ($v;
		if ($p[$k][-1] | IN("state", "kind", "decision", "decided_kind", "verdict", "signing", "digest")) then . else setpath($p[$k]; s($n + $k) + " " + s($n + $k + $half)) end);
	$real[0] as $r | ($r.actions[0] + {note: "x", decided_by: "x", signed_by: "x", seen_by: "x", origin: "x", edited: {by: "x", original: "x"}, risks: ["x", "x"],
		approvals: [{by: "x", wall_ms: 1}], headers: [["x", "x"], ["x", "x"]], text: "x", result: "x", error: "x", require: 2}) as $a |
	{seq: 1, now_boot_ms: $r.now_boot_ms, now_wall_ms: $r.now_wall_ms, gate: ($r.gate + {live: false, not_live_why: "x", policy: {file: "x", rules: 1, error: "x"},
			frozen: {by: "x", wall_ms: 1}} | lie(0) | .upstream_name = s(9)),
		operators: [{name: s(1), public_key: "x"}], presence: [range(5) | {name: s(.), since_wall_ms: 1, key_ago_ms: 1, reads: (. + 1)}],
		notes: [range(30) | {id: ., kind: "agent", target: s(. * 3), text: s(. * 3 + 1), by: s(. * 3 + 2), wall_ms: 1}],
		agents: [range(40) | ($r.agents[0] + {stopped: {by: "x", wall_ms: 1}, at_cap: "x"}) + {n: .} | .n as $n | del(.n) | lie($n * 6)],
		sessions: [range(40) | {id: "s\(.)", kind: "sandbox", name: s(. * 8), state: s(. * 8 + 1), isolation: s(. * 8 + 2), live: false, log_lines: 5, agent: s(. * 8 + 3), label: s(. * 8 + 4),
			takeover: {by: s(. * 8 + 5), wall_ms: 1}, doing: {what: s(. * 8 + 6), exec: s(. * 8 + 7), since_wall_ms: 1}, unknown_events: 2, last_unknown: s(. * 8),
			previews: [{id: s(. * 8), port: 1, url: s(. * 8 + 1)}], snapshots: [{id: s(. * 8 + 2), status: s(. * 8 + 3), comment: s(. * 8 + 4), created_at: s(. * 8 + 5)}],
			streams: [{name: s(. * 8 + 6), state: "down", since_wall_ms: 1, why: s(. * 8 + 7), gaps: 1}]}],
		alikes: [range(20) | {id: ., verdict: "allow", agent: "x", session: "x", kind: "x", what: "x", uses: 1, uses_max: 2, made_by: "x", words: "x"} + {n: .} | .n as $n | del(.n) | lie($n * 6)],
		approvals: [range(20) | {id: "x", capability: "x", fingerprint: "x", status: "pending", action: null, principal: "x", inserted_at: "x", expires_at: "x"} + {n: .} | .n as $n | del(.n) | lie($n * 7) | .status = "pending"],
		actions: [range($half) as $n | $a + {id: ($n + 1), session: "s\($n % 40)", session_kind: "sandbox", state: (if $n % 3 == 0 then "held" elif $n % 3 == 1 then "unknown" else "done" end),
			needs_person: true, out_boot_ms: ($r.now_boot_ms + 900000)} | lie($n) | .session = "s\($n % 40)"]}' all.json >state.json
# All other questions have one answer, in which each finds what it looks for.
jq -c '. as $t | def s($i): $t[$i % ($t | length)] | .text // "none"; {
	from: 0, first: 0, total: length, next: null, lines: [range(length) | {n: ., wall_ms: 1, session: s(. + 1), stream: "out", text: s(.)}],
	running: [range(9) | {session: "s1", session_name: s(.), id: s(. + 1), what: s(. + 2), agent: s(. + 3), for_ms: 1, ways: ["signal", "delete"]}], sent: [1],
	frozen: {by: s(3), wall_ms: 1}, changed: [range(20) | s(.)], since: 1, by: s(4),
	action: 1, version: 1, at_wall_ms: 1, pending: false, sentence: s(5), unclear: s(6), undo_why: s(7), window: s(8), snapshot_before: false, order: [1],
	parts: [range(12) | {text: s(. * 9), joiner: "&&", effects: [{verb: "DELETES", object: s(. * 9 + 1), resolved: s(. * 9 + 2), outside: true, known: true, files: 1, bytes: 1, by_agent: "none",
		turns: s(. * 9 + 3), entries: [s(. * 9 + 4), s(. * 9 + 5)], entry_count: 2, why: s(. * 9 + 6), host: s(. * 9 + 7), first_time: true, from_part: 0, note: s(. * 9 + 8)}]}],
	write: {path: s(10), exists: true, old: s(11), old_bytes: 1, why_no_diff: s(12)}, undo: {snapshot: s(13), comment: s(14), created_at: s(15), wall_ms: 1, before_turn: 1},
	readers: [{name: s(16), for_ms: 1}], control: {role: s(17), name: s(18), window: s(19)},
	alike_before: {approved: 1, denied: 1, last: [{action: 1, state: s(20), by: s(21), note: s(22), wall_ms: 1}]},
	turns: [range(20) | {action: 1, turn: s(. * 7), wall_ms: 1, session: s(. * 7 + 1), session_name: s(. * 7 + 2), what: s(. * 7 + 3), result: s(. * 7 + 4), by: s(. * 7 + 5), note: s(. * 7 + 6)}],
	files_written: [range(9) | s(.)], hosts: [range(9) | s(.)], data: [], would: [s(1)], matched: 3, total_actions: 4, rules: [s(1)], file: s(2),
	error: {code: s(23), message: s(24), request_id: s(25)}}' all.json >"$liar/read"
{ printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n' "$(wc -c <state.json)"; cat state.json; } >"$liar/raw/state"
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n' >"$liar/raw/events"
: >"$liar/raw/events.open"
jq -r '"answer 409 " + ({error: {code: .[60].text, message: .[3].text}} | tojson)' all.json >"$liar/mode"
start liar "$ASSENT_BUILD/tests/e2e/upstream" "$liar" "$ASSENT_TMP/liar.sock"
wait_until 10 test -S "$ASSENT_TMP/liar.sock"
at_terminal liar "$most" 160x70 "$assent" --socket "$ASSENT_TMP/liar.sock" --picture=none <<STEPS
await 60 NEEDS YOU
repeat $half \r\pAAj
repeat 20 \x5d\pj
type A\p
repeat 40 j\p
type A\pi\p
repeat 40 j\p
type if\p
repeat 6 b\p
type mw\pq\pF\p\e\p
type l\p\e\pe\p\x03\pD1\p\e\pN\p\e\p+\p\e\pm\p\r\pm\ps\pd\p\p
repeat 30 j\p
type h\p\pL\p\pz\p
resize 80x24
type \p\r\p \p \p\e\p
resize 59x17
type \p
resize 60x18
type \p\r\p\e\pq
end 60
STEPS
at_terminal liar-plain $((valid / 2)) 120x40 "$assent" --plain --socket "$ASSENT_TMP/liar.sock" <<STEPS
pause 500
$(for ((i = 1; i <= half; i += 2)); do echo "type show $i\\r\\p"; done)
type list\r\pquit\r
end 60
STEPS

# ---- the commands ----
for command in 'queue' 'show 1' 'show 2' 'status' 'agent list' 'session list' 'session show s1' 'alike list' 'budget' 'policy show' 'doctor' 'freeze' 'unfreeze' \
	'decide 1 deny' 'operator list' 'session pause s1' 'queue --json' 'show 1 --json' 'session list --json' 'alike list --json' 'budget clerk --json' 'operator list --json'; do
	echo "$command" >>commands.done
	"$ASSENT_BUILD/tests/robot/drive" -g 120x40 -c commands.bytes - "$assent" $command --socket "$ASSENT_TMP/liar.sock" <<<$'pause 300\ntype no\\r\nend 10' >commands.out
	report $? "assent $command: no byte of foreign text acts" "$(grep '^fault' commands.out | head -n 3 | tr '\n' ';')"
done
is "assent queue prints the approvals, texts and all" "$("$assent" queue --socket "$ASSENT_TMP/liar.sock" | grep -c '^approval:.* miosa approval: ')" 20
at_terminal tail 10 120x40 /usr/bin/timeout --foreground 1 "$assent" tail s1 --socket "$ASSENT_TMP/liar.sock" <<<'end 10'
"$ASSENT_BUILD/tests/robot/drive" -c commands.bytes -x "$texts" - /bin/true <<<'end 60' >commands.out
report $? "and none of the texts came out as it is" "$(grep '^fault' commands.out | head -n 4 | tr '\n' ';')"
end_test
