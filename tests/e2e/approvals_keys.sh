#!/bin/bash
# What MIOSA itself waits for, decided at the dashboard's keys, in tmux, before assent-local's real action authority: one of which only the hash is known, and one that
# belongs to an action here.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
export LC_ALL=C.UTF-8
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
screen() { tm capture-pane -p -t dash; }
keys() { tm send-keys -t dash "$@"; }
sees() { screen | grep -qE -- "$1"; }
await() { wait_until 15 sees "$1"; }
hash() { printf 'sha256:%s' "$(printf %s "$1" | sha256sum | cut -d' ' -f1)"; }
request() { hash "{\"capability\":\"$(hash "miosa-capability/sandbox.exec@1.0.0")\",\"invocation_id\":$2,\"params\":\"$(hash "$1")\",\"workspace_id\":null}"; }
authorize() {
	call "$token" /actions/authorize -X POST -H 'Content-Type: application/json' -d "{\"capability\":{\"name\":\"sandbox.exec\",\"fingerprint\":\"$(hash "miosa-capability/sandbox.exec@1.0.0")\"},
		\"request_fingerprint\":\"$1\",\"params_fingerprint\":\"$(hash "$params")\",\"surface\":\"test\"}" >/dev/null
}
# status_at_miosa FINGERPRINT
status_at_miosa() { local_api /actions/approvals | jq -r --arg f "$1" '.data[] | select(.request_fingerprint == $f) | .status'; }
says() { [ "$(status_at_miosa "$1")" = "$2" ]; }

printf 'allow class=harmless\nallow class=money\n' >"$ASSENT_TMP/policy.conf"
start_local --sandboxes 1
start_gate --policy "$ASSENT_TMP/policy.conf"
token=$(add_agent clerk --answer-within none)
find_box() { sandbox=$(session_id sandboxes build-1); }
wait_until 30 find_box || { report 1 "the substrate has a sandbox"; end_test; }
params="{\"command\":\"echo yes\",\"sandbox_id\":\"$sandbox\"}"
alone=$(request "$params" '"inv-1"')
matched=$(request "$params" null)
authorize "$alone"

tm new-session -d -s dash -x 110 -y 32 "exec '$ASSENT_BUILD/assent' --socket '$socket' 2>'$ASSENT_TMP/dash.err'"
ok "it is a row of what needs a person" await 'MIOSA api_key:.* sandbox.exec +hash only'
keys j
ok "which says that only its hash is known" await 'HASH ONLY: MIOSA shows only hashes'
ok "and shows it whole" sees "${alone#sha256:}"
keys a
ok "a yes at once is none" await 'was too early|wait'
settle
keys a
ok "a yes asks for the hash" await 'to approve .* type [0-9a-f]{8} '
keys -l 'yes'
keys Enter
ok "and takes no other word" await 'that is not the word'
is "MIOSA was told nothing" "$(status_at_miosa "$alone")" pending
settle
keys a
await 'to approve .* type'
keys -l "$(cut -c8-15 <<<"$alone")"
keys Enter
ok "with it MIOSA is told" wait_until 15 says "$alone" approved

ask exec "$token" "/sandboxes/$sandbox/exec" -X POST -H 'Content-Type: application/json' -d '{"command":"echo yes"}'
held '.kind == "exec"'
authorize "$matched"
keys n
ok "the action's card says that MIOSA waits too" await 'MIOSA +waits too: '
keys m
ok "m shows it with the parameters that the gate knows" await 'action +[0-9]+ here has this hash: Runs '
ok "all of them" sees '\{"command":"echo yes"\}'
settle
keys d
ok "a no is told at once" wait_until 15 says "$matched" denied
is "and what the gate holds is decided by itself" "$(actions '.kind == "exec"' | jq -r .state)" held
tm kill-server 2>/dev/null
end_test
