# screen.sh: what a yes that is bound to the screen takes more than one that is not, on the real desktop. Sourced by run.
# shellcheck shell=bash
SCREEN_YESES=30

# screen_yeses: from the decision on disk to "sent" on disk, as the gate's clock says, of clicks that a person approves; prints p50 and p95 in ms.
screen_yeses() {
	local n id sha took=()
	for ((n = 0; n < SCREEN_YESES; n++)); do
		id=$(curl -sS -D - -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -H 'Prefer: respond-async' \
			-d "{\"x\":$1,\"y\":$2,\"n\":$RANDOM$n}" "$GATE_URL/computers/$computer/desktop/click" | sed -n 's|^[Ll]ocation: /v1/actions/\([0-9]*\).*|\1|p')
		sha=$(operator "/api/v1/computers/$computer/desktop/screenshot" | sha256sum | cut -d' ' -f1)
		operator "/v1/actions/$id" | jq -c --arg s "$sha" '.action | {version, digest, decision: "approve", screen: {sha256: $s, taken_at: 1, box: [0, 0, 1280, 800]}}' |
			operator "/v1/actions/$id/decision" --data-binary @- -o /dev/null
		screen_done() { operator "/v1/actions/$id" | jq -e '.action.state == "done" or .action.version > 1'; }
		wait_until 10 screen_done
		took+=("$(operator "/v1/actions/$id" | jq -r '.action | if .state == "done" then .sent_wall_ms - .decided_wall_ms else empty end')")
	done
	printf '%s\n' "${took[@]}" | grep . | sort -n | awk '{ v[NR] = $1 } END { printf "%d/%d %d", v[int((NR + 1) / 2)], v[int(NR * 0.95 + 0.5)], NR }'
}

bench_screen() {
	local off still moves one k
	echo
	echo "== A yes bound to the screen (ms from the decision on disk to \"sent\" on disk, p50/p95 and how many were sent; 1280x800, a local computer)"
	echo 'hold click screen=off' >screen.policy
	gate_state=$ASSENT_TMP/gate-screen start_gate --policy screen.policy
	token=$(add_agent bench --answer-within none)
	off=$(screen_yeses 600 600)
	kill "$gate_pid" && wait "$gate_pid"
	gate_state=$ASSENT_TMP/gate-screen2 start_gate
	token=$(add_agent bench --answer-within none)
	still=$(screen_yeses 600 600)
	local_api "/computers/$computer/exec" -d '{"command":"DISPLAY=:0 xterm -geometry 20x1-0-0 -e \"while :; do date +%T.%N; sleep 0.05; done\" >/dev/null 2>&1 &"}' >/dev/null
	sleep 1
	moves=$(screen_yeses 600 600)
	kill "$gate_pid" && wait "$gate_pid"
	one=$(for ((k = 0; k < 20; k++)); do local_api "/computers/$computer/desktop/screenshot" -o /dev/null -w '%{time_total}\n'; done | sort -n | awk '{ v[NR] = $1 } END { printf "%.0f", v[int(NR / 2)] * 1000 }')
	echo "  not compared $off; compared, the picture is the same $still; compared, a clock goes on elsewhere (both decoded) $moves; one read of a screenshot $one"
}
