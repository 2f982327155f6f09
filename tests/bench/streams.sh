# streams.sh: many live streams in one gate, beside a bare libcurl client on the same load. Sourced by run.
# shellcheck shell=bash
STREAM_SECONDS=10 STREAM_EVENTS=200

stats() { curl -sS --max-time 5 "http://127.0.0.1:$load_port/stats" | jq -r ".$1"; }
streams_open() { [ "$(stats open)" -ge "$1" ]; }
kib() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
cpu_ns() { awk '{ print $1 }' "/proc/$1/schedstat"; }	# of the program's one thread that counts: exact where a tick is 10 ms

# watch_reader PID: its CPU over some seconds; sets cpu (percent of a core) and events (a second).
watch_reader() {
	local before=$(cpu_ns "$1") had=$(stats events) start=$(date +%s%N) now
	sleep $STREAM_SECONDS
	now=$(date +%s%N)
	cpu=$(calc 'printf "%.1f", (a - b) * 100 / (t - s)' -v a="$(cpu_ns "$1")" -v b="$before" -v t="$now" -v s="$start")
	events=$(calc 'printf "%.0f", (a - b) * 1e9 / (t - s)' -v a="$(stats events)" -v b="$had" -v t="$now" -v s="$start")
}

# stream_row STREAMS EVENTS-A-SECOND: one load, its two readers one after the other.
stream_row() {
	local n=$1 rate=$2 base floor_cpu floor_kib floor_events gate_cpu gate_kib p50=- p99=- floor_p50=- floor_p99=- cpu events extra
	rm -f load.port floor.log
	start load "$bench/load_streams" load.port "$n" "$rate" 300
	local load_pid=$started
	wait_until 10 test -s load.port && load_port=$(<load.port)

	start floor "$bench/floor_streams" "$load_port" 1
	local floor_pid=$started
	wait_until 30 streams_open 1
	sleep 0.5
	base=$(kib "$floor_pid")
	kill "$floor_pid" && wait "$floor_pid"
	rm -f floor.log
	start floor "$bench/floor_streams" "$load_port" "$n"
	floor_pid=$started
	wait_until 60 streams_open "$n" || echo "  (the bare client has $(stats open) of $n streams)"
	watch_reader "$floor_pid"
	floor_cpu=$cpu floor_events=$events
	floor_kib=$(calc 'printf "%.1f", (a - b) / n' -v a="$(kib "$floor_pid")" -v b="$base" -v n="$n")
	kill "$floor_pid" && wait "$floor_pid"
	read -r _ floor_p50 floor_p99 <floor.log

	gate_state=$ASSENT_TMP/streams-$n-$rate
	UPSTREAM=http://127.0.0.1:$load_port KEY_FILE=key start_gate
	base=$stream_gate_kib
	wait_until 120 streams_open "$n" || echo "  (the gate has $(stats open) of $n streams)"
	sleep $((2 + n / 100))	# until it has asked for what is in each of them
	watch_reader "$gate_pid"
	gate_cpu=$cpu
	gate_kib=$(calc 'printf "%.1f", (a - b) / n' -v a="$(kib "$gate_pid")" -v b="$base" -v n="$n")
	[ "$rate" -eq 0 ] || read -r p50 p99 < <(timeout 60 "$bench/probe_streams" "$socket" sbx_0 $((STREAM_EVENTS < rate * 20 ? STREAM_EVENTS : rate * 20)))
	printf '  %6d %6d %8s   %6s %6s %6s %6s   %6s %6s %6s %6s   %6s %6s\n' "$n" "$rate" "$floor_events" "$floor_cpu" "$floor_kib" "$floor_p50" "$floor_p99" \
		"$gate_cpu" "$gate_kib" "${p50:--}" "${p99:--}" "$(ratio "$gate_cpu" "$floor_cpu")" "$(ratio "$gate_kib" "$floor_kib")"
	[ "$rate" -ne 1 ] || calc 'print n, fc, gc, n * fk / 1024, n * gk / 1024' -v n="$n" -v fc="$floor_cpu" -v gc="$gate_cpu" -v fk="$floor_kib" -v gk="$gate_kib" >>growth
	kill "$gate_pid" && wait "$gate_pid"
	kill "$load_pid" && wait "$load_pid"
}

bench_streams() {
	local stream_gate_kib load_pid row
	echo "== Live streams of 300-byte events (${STREAM_SECONDS} s each; CPU in % of a core, memory in KiB for each stream, time from write to reader in ms)"
	start load "$bench/load_streams" load.port 1 0 300
	load_pid=$started
	wait_until 10 test -s load.port && load_port=$(<load.port)
	gate_state=$ASSENT_TMP/streams-base
	UPSTREAM=http://127.0.0.1:$load_port KEY_FILE=key start_gate
	wait_until 30 streams_open 1
	sleep 1
	stream_gate_kib=$(kib "$gate_pid")
	kill "$gate_pid" && wait "$gate_pid"
	kill "$load_pid" && wait "$load_pid"
	printf '  %6s %6s %8s   %27s   %27s   %13s\n' '' '' '' 'bare curl_multi_socket_action' 'assent gate' 'assent / bare'
	printf '  %6s %6s %8s   %6s %6s %6s %6s   %6s %6s %6s %6s   %6s %6s\n' streams each/s events/s CPU KiB p50 p99 CPU KiB p50 p99 CPU KiB
	for row in "${STREAM_ROWS[@]}"; do
		# shellcheck disable=SC2086
		stream_row $row
	done
	"$ASSENT_SRC/tests/bench/plot" growth >"$ASSENT_BUILD/streams.svg" && echo "  (the rows of 1 event a second as a plot: $ASSENT_BUILD/streams.svg)"
	echo "  (budgets at 1000 x 10: 2 of the CPU, 1.5 of the memory, JSON and storing included)"
}
STREAM_ROWS=('10 1' '100 1' '1000 1' '5000 1' '100 10' '1000 10' '1000 0')
