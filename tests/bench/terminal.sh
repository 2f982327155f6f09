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

# load_gate NAME OPTION...: a gate before an upstream with one session, and a FIFO: each line that is written there is one event.
load_gate() {
	local name=$1
	shift
	mkfifo "$name.fifo"
	rm -f load.port
	start "load-$name" "$bench/load_streams" load.port 1 0 160 "$name.fifo" && load_pid=$started
	wait_until 5 test -s load.port
	gate_state=$ASSENT_TMP/gate-$name
	UPSTREAM=http://127.0.0.1:$(<load.port) KEY_FILE=key start_gate "$@"
	token=$(add_agent bench --answer-within none)
	exec {fifo}<>"$name.fifo"
	has_line() { echo >&"$fifo"; operator '/v1/sessions/sbx_0/log?from=-1' | jq -e '.lines | length > 0'; }
	wait_until 10 has_line
}
end_load() {
	exec {fifo}>&-
	kill "$load_pid" "$gate_pid"
	wait "$gate_pid" 2>/dev/null
}

# bench_typing OPEN AWAY: while so many are held (see bench_held), and a log has 1,000,000 lines.
bench_typing() {
	local ours in_log floor line bytes
	echo "== A key to its painted answer, 120x35, with $(($1 + $2)) held actions and 1,000,000 log lines, beside others over as many lines ($KEYS keys; ms)"
	echo 'budget * actions=1000000 per-minute=1000000 waiting=1000000 reads-per-minute=1000000000' >held.policy
	load_gate typing --policy held.policy
	coproc held { "$bench/bench_held" "$socket" "${GATE_URL##*:}" "$HELD_AGENTS" "$1" "$2" "$HELD_ROUNDS"; }
	read -r line <&"${held[0]}"
	yes '' | head -n 1000000 >&"$fifo"
	all_lines() { operator '/v1/sessions/sbx_0/log?from=-1' | jq -e '.total >= 1000000'; }
	rests() { local c; c=$(cpu_ms "$gate_pid") && sleep 1 && [ $(($(cpu_ms "$gate_pid") - c)) -lt 50 ]; }
	wait_until 120 all_lines || echo "  (not all lines came: $(operator '/v1/sessions/sbx_0/log?from=-1' | jq -c '{first, total}'))"
	wait_until 60 rests || echo "  (the gate does not rest)"
	pty_row 'assent: another action (j, k)' keys "$KEYS" 'NEEDS YOU' jjjkkk "$ASSENT_BUILD/assent" --socket "$socket" && ours=$pty_p50 bytes=$pty_bytes
	pty_row 'assent, the log: a line up, and to its end' keys "$KEYS" assent,f kG "$ASSENT_BUILD/assent" --socket "$socket" && in_log=$pty_p50
	pty_row 'a bare ncurses list: another row' keys "$KEYS" FLOOR jk "$bench/floor_frame" && floor=$pty_p50
	have less && pty_row 'less: a row on, a row back' keys "$KEYS" 'line 1' jk less million.log
	have tig && pty_row 'tig: a row on, a row back' keys "$KEYS" 'line 1' jk sh -c 'tig <million.log'
	have htop && pty_row 'htop: a row on, a row back' keys "$KEYS" 'Load average,hh' $'\x0e\x10' htop -d 100 && echo "  bytes for another row: $(ratio "$bytes" "$pty_bytes") of htop's"
	echo "  of the bare list at p50 (budget 1.4): $(ratio "$ours" "$floor") an action, $(ratio "$in_log" "$floor") a line of the log"
	kill "$held_PID" 2>/dev/null
	end_load
}

bench_events() {
	local asked line theirs kept
	load_gate events
	operator /v1/budgets -X POST -d '{"kind":"agent","name":"bench","waiting":1000}' -f -o /dev/null
	echo "== A new event to the screen ($EVENTS each; ms)"
	pty_row 'assent: an agent asks, it is on disk and shown' gate "$EVENTS" 'NEEDS YOU' "${GATE_URL##*:}:$token" "$ASSENT_BUILD/assent" --socket "$socket" && asked=$pty_p50
	pty_row 'assent: an event of the upstream, a line in the log' file "$EVENTS" assent,f events.fifo "$ASSENT_BUILD/assent" --socket "$socket" && line=$pty_p50
	echo "first line" >tailed.log
	pty_row 'tail -f: a line is appended' file "$EVENTS" 'first line' tailed.log tail -f tailed.log && theirs=$pty_p50
	echo "first line" >tailed.log
	pty_row 'tail -f: it is kept first (append, fdatasync)' synced "$EVENTS" 'first line' tailed.log tail -f tailed.log && kept=$pty_p50
	echo "  of tail -f at p50 (budget 5): $(ratio "$asked" "$theirs") the question, $(ratio "$line" "$theirs") the line; of what keeps it first: $(ratio "$asked" "$kept") the question"
	end_load
}

# 1,000 lines a second come into the log that is on the screen.
bench_lines() {
	local writer quiet busy
	load_gate lines
	echo "== A key while 1,000 lines a second come into the log on the screen ($EVENTS keys; ms)"
	pty_row 'assent, no line comes: the help, and back' busy "$KEYS" assent,f 'h┘|?t=' "$ASSENT_BUILD/assent" --socket "$socket" && quiet=$pty_p50
	perl -e 'open F, ">>", shift; F->autoflush(1); while (1) { print F "\n" x 20; select undef, undef, undef, 0.02 }' lines.fifo &
	writer=$!
	pty_row 'assent: the help, and back' busy "$KEYS" assent,f 'h┘|?t=' "$ASSENT_BUILD/assent" --socket "$socket" && busy=$pty_p50
	echo "  with them a key takes $(ratio "$busy" "$quiet") of its time without, at p50"
	kill $writer 2>/dev/null
	end_load
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
