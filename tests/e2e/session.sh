#!/bin/bash
# assent session: a person's own hand on sessions, through the gate: really made, paused, resumed and destroyed, once, in the record.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent
session() { "$assent" session "$@" --socket "$socket" </dev/null 2>&1; }
code() { jq -r '.error.code // "ok"'; }
post() { operator "$1" -X POST -d "$2"; }
_listed() { session list | grep -qE "$1"; }
listed() { wait_until 20 _listed "$1"; }
gone() { ! _listed "$1"; }

start_local --computers 0 --sandboxes 1
start_gate
ok "the sandbox that is there is listed" listed '^sbx_[^ ]* sandbox running (live|-) build-1$'
one=$(session list | cut -d' ' -f1)
like "a sandbox is made" "$(session create sandbox "my box")" '^1 create sandbox: done'
ok "and listed" listed '^sbx_[^ ]* sandbox running (live|-) my box$'
is "by the substrate too" "$(local_api /sandboxes | jq -r '.data[].name' | sort | tr '\n' ' ')" 'build-1 my box '
box=$(session list --json | jq -r '.[] | select(.name == "my box") | .id')
is "it is an action of nobody's but the person" "$(operator /v1/actions/1 | jq -r '.action | "\(.agent)|\(.decided_kind)|\(.body)|\(.status)"')" '|person|{"name":"my box"}|201'
like "it is paused" "$(session pause "$box")" '^2 pause: done'
is "really" "$(local_api "/sandboxes/$box" | jq -r '.data.state // .state')" paused
ok "and shown so" listed "^$box sandbox paused"
like "a sandbox is not started" "$(session start "$box")" 'a sandbox is paused, resumed, stopped or destroyed'
operator /v1/freeze -X POST -d '{}' >/dev/null
is "in a freeze nothing begins to cost" "$(post "/v1/sessions/$box/resume" '{}' | code) $(post /v1/sessions '{"kind":"sandbox","name":"x"}' | code)" 'gate_frozen gate_frozen'
like "but it may be stopped" "$(session pause "$one")" '^3 pause: done'
operator /v1/unfreeze -X POST -d '{}' >/dev/null
like "it is resumed" "$(session resume "$box")" '^4 resume: done'
like "show tells of it" "$(session show "$box")" "^$box sandbox "
is "show --json is the session" "$(session show "$box" --json | jq -r .name)" 'my box'
is "what is destroyed has to be named" "$(post "/v1/sessions/$box/destroy" '{}' | code) $(post "/v1/sessions/$box/destroy" '{"name":"build-1"}' | code)" 'name_missing name_missing'
like "and where nobody can be asked, by an option" "$(session destroy "$box")" 'destroy needs --name NAME where nobody can be asked'
is "it is there still" "$(local_api "/sandboxes/$box" -o /dev/null -w '%{http_code}')" 200
like "it is destroyed" "$(session destroy "$box" --name 'my box')" '^5 delete: done'
is "really gone" "$(local_api "/sandboxes/$box" -o /dev/null -w '%{http_code}')" 404
ok "and not listed" wait_until 20 gone 'my box'
is "what is not there is not changed" "$(session stop "$box"; echo $?)" "assent session: there is no session $box; assent session list names them"$'\n'1
is "nor by the API" "$(post /v1/sessions/nowhere/stop '{}' | code) $(post "/v1/sessions/$one/explode" '{}' | code)" 'session_not_found not_found'
for bad in '{"kind":"boat","name":"x"}' '{"kind":"sandbox"}' '{"kind":"sandbox","name":7}' '{"kind":"sandbox","name":"x","size":[]}'; do
	is "no session: $bad" "$(post /v1/sessions "$bad" | code)" invalid_session
done
export XDG_CONFIG_HOME=$ASSENT_TMP/ana
ASSENT_PASSPHRASE_FD=7 "$assent" operator init --name ana --socket "$socket" >/dev/null 2>&1 7<<<"correct horse"
is "with an operator what costs or destroys is signed" "$(post /v1/sessions '{"kind":"sandbox","name":"x"}' | code) $(post "/v1/sessions/$one/resume" '{}' | code) $(post "/v1/sessions/$one/destroy" '{"name":"build-1"}' | code)" \
	'signature_required signature_required signature_required'
is "what ends is not" "$(post "/v1/sessions/$one/pause" '{}' | code)" ok
like "the command signs" "$(ASSENT_PASSPHRASE_FD=7 "$assent" session resume "$one" --socket "$socket" 2>&1 7<<<"correct horse")" '^[0-9]+ resume: done'
kill "$gate_pid" && wait "$gate_pid" 2>/dev/null

# ---- the fake upstream: once, whatever it answers ----
gate_state=$ASSENT_TMP/gate2
export XDG_CONFIG_HOME=$ASSENT_TMP/nobody
start_upstream
mkdir -p "$up/reads"
echo '{"data":[{"id":"c1","name":"desk","status":"active"}]}' >"$up/reads/computers"
UPSTREAM=$UPSTREAM start_gate
ok "a computer that is active runs" listed '^c1 computer active'
echo 'answer 503 {"error":"busy"}' >"$up/mode"
is "what fails says so" "$(session stop c1; echo $?)" $'1 stop: FAILED: it answered 503\n1'
echo 'answer 200 {}' >"$up/mode"
session create computer desk-2 --size large >/dev/null
is "and is sent once" "$(cat "$up/requests")" 'POST /api/v1/computers/c1/stop 
POST /api/v1/computers {"name":"desk-2","template_type":"miosa-desktop","size":"large"}'
end_test
