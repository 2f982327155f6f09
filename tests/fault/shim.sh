# shim.sh: a gate with tests/fault/shim.so preloaded. Sourced after lib.sh and gate_lib.sh; ends the test where there is no such library.
# shellcheck shell=bash
shim=$ASSENT_BUILD/tests/fault/shim.so
[ -e "$shim" ] || { echo "ok - not in this build: a preloaded library and sanitizers do not mix"; exit 0; }

# shimmed NAME=VALUE... -- COMMAND...: runs it with these, and the library.
shimmed() {
	local settings=()
	while [ "$1" != -- ]; do settings+=("$1"); shift; done
	shift
	env LD_PRELOAD="$shim" "${settings[@]}" "$@"
}

# start_shimmed NAME=VALUE...: start_gate, with the library. Further options of the gate in gate_options.
gate_options=()
start_shimmed() {
	start gate env LD_PRELOAD="$shim" SHIM_STATE="$gate_state" "$@" "$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 \
		--upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$gate_state" --socket "$socket" "${gate_options[@]}"
	gate_pid=$started
	wait_until 20 operator /v1/state -f || { report 1 "the gate starts"; end_test; }
	GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
}
end_gate() {
	kill "${1:--TERM}" "$gate_pid"
	wait "$gate_pid" 2>/dev/null
}

# clock WALL BOOT MONOTONIC: the gate's clocks are so many ms ahead of this machine's.
clock() { perl -e 'print pack("q<3", @ARGV)' -- "$@" | dd of="$ASSENT_TMP/clock" conv=notrunc status=none; }
