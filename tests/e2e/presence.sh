#!/bin/bash
# What operators see of each other: who is at a dashboard, what is read there, notes; and the labels of sessions.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
me=$(id -un 2>/dev/null) || me="uid $(id -u)"
post() { operator "$1" -X POST --data-binary "$2"; }
code() { jq -r '.error.code // ""'; }
persons() { operator /v1/state | jq -c '[.presence[] | {name, reads}]'; }
events() { sed -n "/^event: $1\$/,/^\$/ s/^data: //p" events.txt; }

start_local --sandboxes 1
start_gate
add_agent clerk >/dev/null
wait_until 20 eval 'operator /v1/state | jq -e ".sessions[0].id"'
session=$(operator /v1/state | jq -r '.sessions[0].id')

# ---- presence ----
is "nobody is there at first" "$(persons)" '[]'
is "and the gate is not unattended yet" "$(operator /v1/state | jq .gate.unattended)" false
seq=$(operator /v1/state | jq .seq)
operator "/v1/events?after=$seq" -N --max-time 30 >events.txt 2>/dev/null &
children=("$!" "${children[@]}")
is "a dashboard says who is there" "$(post /v1/presence '{"name":"ana","reads":null,"key_ago_ms":100}' | code)" ''
is "which all see" "$(persons)" '[{"name":"ana","reads":null}]'
ok "and are told" wait_until 20 eval 'events presence | grep -q "\"name\":\"ana\""'
is "without a name it is the account's" "$(post /v1/presence '{"reads":41,"key_ago_ms":0}' >/dev/null; persons | jq -r '.[1] | "\(.name) \(.reads)"')" "$me 41"
for bad in '{"name":"ana"}' '{"name":"ana","key_ago_ms":-1}' '{"name":"ana","key_ago_ms":0,"reads":0}' '{"name":"ana","key_ago_ms":0,"reads":"x"}' \
	"{\"name\":\"$(printf 'x%.0s' {1..65})\",\"key_ago_ms\":0}"; do
	is "422: $bad" "$(post /v1/presence "$bad" | code)" invalid_presence
done
ok "who is silent for 15 s is gone" wait_until 20 eval '[ "$(persons)" = "[]" ]'
tmux -L "presence$$" -f /dev/null new-session -d -x 100 -y 30 "'$assent' --socket '$socket'"
ok "a real dashboard is seen" wait_until 15 eval '[ "$(persons | jq length)" -eq 1 ]'
tmux -L "presence$$" kill-server
ok "and is gone as soon as it ends" wait_until 10 eval '[ "$(persons)" = "[]" ]'

# ---- notes ----
is "a note on an agent" "$(post /v1/notes '{"kind":"agent","target":"clerk","text":"knows the form","by":"ana"}' | jq -r '"\(.id) \(.by) \(.text)"')" '1 ana knows the form'
is "and on a session" "$(post /v1/notes "{\"kind\":\"session\",\"target\":\"$session\",\"text\":\"keep\",\"by\":\"ben\"}" | jq .id)" 2
ok "all are told" wait_until 20 eval 'events note | grep -q "knows the form"'
is "not on what is not there" "$(post /v1/notes '{"kind":"agent","target":"nobody","text":"x"}' | code)" agent_not_found
is "nor without words" "$(post /v1/notes '{"kind":"agent","target":"clerk","text":""}' | code)" invalid_note
is "nor with too many" "$(post /v1/notes "{\"kind\":\"agent\",\"target\":\"clerk\",\"text\":\"$(printf 'x%.0s' {1..1025})\"}" | code)" invalid_note

# ---- labels ----
is "a session gets a label" "$(post /v1/labels "{\"session\":\"$session\",\"label\":\"shop\"}" | jq -r .label)" shop
is "which no id may be" "$(post /v1/labels "{\"session\":\"$session\",\"label\":\"$session\"}" | code)" invalid_label
is "nor what a rule could not name" "$(post /v1/labels "{\"session\":\"$session\",\"label\":\"a b\"}" | code)" invalid_label
is "no session, no label" "$(post /v1/labels '{"session":"sbx_none","label":"shop"}' | code)" session_not_found

"$assent" stop --socket "$socket"
wait "$gate_pid" 2>/dev/null
start_gate
wait_until 20 eval 'operator /v1/state | jq -e ".sessions[0].id"'
is "notes and labels outlive the gate" "$(operator /v1/state | jq -r '(.notes | map(.text) | join(" ")), .sessions[0].label' | tr '\n' ' ')" 'knows the form keep shop '
post /v1/labels "{\"session\":\"$session\",\"label\":\"\"}" >/dev/null
is "a label is taken away" "$(operator /v1/state | jq -r '.sessions[0].label')" ''
# With an operator: a note is anybody's, a label is not.
XDG_CONFIG_HOME=$ASSENT_TMP/ana ASSENT_PASSPHRASE_FD=7 "$assent" operator init --name ana --socket "$socket" 7<<<"correct horse" >/dev/null 2>&1
is "a label then needs a signature" "$(post /v1/labels "{\"session\":\"$session\",\"label\":\"bank\"}" | code)" signature_required
is "a note does not, and says so" "$(post /v1/notes '{"kind":"agent","target":"clerk","text":"x","by":"ana"}' | jq -r .by | grep -c '(unsigned)$')" 1
"$assent" stop --socket "$socket"
wait "$gate_pid" 2>/dev/null
is "notes and labels stand in the record" "$(sqlite3 "$gate_state/journal.db" "SELECT new || ' ' || detail FROM moves WHERE new IN ('note', 'label') ORDER BY seq LIMIT 3")" \
	"note agent clerk: knows the form
note session $session: keep
label $session: shop"
end_test
