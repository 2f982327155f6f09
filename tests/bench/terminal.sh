# terminal.sh: keys, events and rest of the dashboard in a pty, beside other programs. Sourced by run.
# shellcheck shell=bash disable=SC2154

# pty_row NAME BENCH-ARGUMENT...: prints a row; sets pty_p50, pty_bytes.
pty_row() {
	local name=$1 p95 most
	shift
	pty_p50='' pty_bytes=0
	read -r pty_p50 p95 most pty_bytes < <("$bench/bench_pty" "$@") || return 1
	printf '  %-44s p50 %7s  p95 %7s  most %7s  %6s bytes\n' "$name" "$pty_p50" "$p95" "$most" "$pty_bytes"
}

# bench_typing HELD: called while so many are held.
bench_typing() {
	local ours floor
	echo "== A key to its painted answer, 120x35, with $1 held actions, beside others over 1,000,000 lines ($KEYS keys; ms)"
	[ -f million.log ] || seq 1000000 | sed 's/^/line /' >million.log
	pty_row 'assent: another action (j, k)' keys "$KEYS" 'NEEDS YOU' jjjkkk "$ASSENT_BUILD/assent" --socket "$socket" && ours=$pty_p50
	pty_row 'a bare ncurses list: another row' keys "$KEYS" FLOOR jk "$bench/floor_frame" && floor=$pty_p50
	have less && pty_row 'less, 1,000,000 lines: a row on, a row back' keys "$KEYS" 'line 1' jk less million.log
	have tig && pty_row 'tig, 1,000,000 lines: a row on, a row back' keys "$KEYS" 'line 1' jk sh -c 'tig <million.log'
	echo "  assent takes $(ratio "$ours" "$floor") of the bare list at p50 (budget 1.4)"
}

bench_events() {
	local port=${GATE_URL##*:} ours theirs
	operator /v1/budgets -X POST -d '{"kind":"agent","name":"bench","waiting":1000}' -f -o /dev/null
	echo "== A new event to the screen ($EVENTS each; ms)"
	: >tailed.log
	echo "first line" >tailed.log
	pty_row 'assent: an agent asks, it is on disk and shown' gate "$EVENTS" 'NEEDS YOU' "${port%%/*}:$token" "$ASSENT_BUILD/assent" --socket "$socket" && ours=$pty_p50
	pty_row 'tail -f: a line is appended' file "$EVENTS" 'first line' tailed.log tail -f tailed.log && theirs=$pty_p50
	echo "  assent takes $(ratio "$ours" "$theirs") of tail -f at p50 (budget 5; of that the commit: see decisions)"
	echo "== Bytes written for a small change (a row further down)"
	pty_row 'assent, the list' keys "$KEYS" 'NEEDS YOU' jk "$ASSENT_BUILD/assent" --socket "$socket"
	have htop && pty_row 'htop' keys "$KEYS" 'Load average' $'hh,\x0e\x10' htop -d 100
}

# 1,000 lines a second come into the log that is on the screen.
bench_lines() {
	local up=$ASSENT_TMP/lines-up writer upstream_pid
	mkdir -p "$up/raw" "$up/reads"
	echo '{"data":[{"id":"s1","name":"box","status":"running"}]}' >"$up/reads/sandboxes"
	printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n' | tee "$up/raw/sandboxes_s1_events" >"$up/raw/sandboxes_s1_logs_stream"
	: >"$up/raw/sandboxes_s1_events.open"
	: >"$up/raw/sandboxes_s1_logs_stream.open"
	start lines-upstream "$ASSENT_BUILD/tests/e2e/upstream" "$up" && upstream_pid=$started
	wait_until 10 test -s "$up/port"
	gate_state=$ASSENT_TMP/gate-lines
	UPSTREAM=http://127.0.0.1:$(<"$up/port") KEY_FILE=key start_gate
	perl -e 'open F, ">>", shift; F->autoflush(1); for ($i = 0; $i < 2000; $i++) { print F map { "event: log\ndata: {\"line\":\"$i.$_ something happened\"}\n\n" } 1..20; select undef, undef, undef, 0.02 }' \
		"$up/raw/sandboxes_s1_logs_stream" &
	writer=$!
	sleep 2	# the session and its streams are known then
	echo "== A key while 1,000 lines a second come into the log on the screen ($EVENTS keys; ms)"
	pty_row 'assent: a row up, and back' keys "$EVENTS" assent f,kG "$ASSENT_BUILD/assent" --socket "$socket"
	kill $writer "$gate_pid" "$upstream_pid" 2>/dev/null
	wait "$gate_pid" 2>/dev/null
}

# at_rest NAME COMMAND: wake-ups and CPU of 20 s.
at_rest() {
	local pid w c
	tm new-session -d -s "at-$1" -x 120 -y 35 "exec $2"
	sleep 4
	pid=$(tm display-message -p -t "at-$1" '#{pane_pid}')
	w=$(wakeups "$pid") c=$(cpu_ms "$pid")
	sleep 20
	printf '  %-10s woke %4d times, CPU %4d ms in 20 s, resident %s MiB\n' "$1" $(($(wakeups "$pid") - w)) $(($(cpu_ms "$pid") - c)) "$(rss "$pid")"
	tm kill-session -t "at-$1"
}
bench_idle() {
	echo "== At rest, with ten live sessions"
	at_rest assent "'$ASSENT_BUILD/assent' --socket '$socket'"
	have htop && at_rest htop htop
	have less && at_rest less "less million.log"
}
