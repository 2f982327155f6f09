#!/bin/bash
# By hand on a real desktop and in a real sandbox: text of any script arrives in the form, Send is pressed, what was typed is in no file of the gate; a command
# prints into the session's log and can be ended; a snapshot. And where there are operators, who signs what. The substrate is assent-local.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
assent=$ASSENT_BUILD/assent

start_local --computers 1 --sandboxes 1
start_gate
token=$(add_agent clerk --answer-within none)
computer='' sandbox=''
find_both() { computer=$(session_id computers desk-1) && sandbox=$(session_id sandboxes build-1) && local_api "/computers/$computer" | jq -e '.status == "running"'; }
wait_until 30 find_both || { report 1 "the substrate has a computer and a sandbox"; end_test; }
session() { operator /v1/state | jq -c ".sessions[] | select(.id == \"$1\")"; }
is_live() { session "$1" | jq -e '.live'; }
wait_until 20 is_live "$computer"
wait_until 20 is_live "$sandbox"
code() { jq -r '.error.code? // "ok"'; }
post() { operator "$1" -X POST --data-binary "$2"; }
form_log() { cat "$local_state"/computers/*/home/form.log; }
form_saw() { form_log | grep -qxF -- "$1"; }
log_has() { operator "/v1/sessions/$1/log?n=1000" | jq -r '.lines[] | "\(.stream) \(.text)"' | grep -q -- "$2"; }

# ---- on the desktop ----
lease=$(post "/v1/takeover/$computer" '{"by":"ana","attached":true}' | jq -r .lease)
curl -sS -N --max-time 100 --unix-socket "$socket" "http://gate/v1/takeover/$computer/attached?lease=$lease" >stream 2>/dev/null &
stream=$!
children=("$stream" "${children[@]}")
hand() { post "/v1/input/$computer" "{\"lease\":\"$lease\",\"do\":\"$1\",\"body\":$2}"; }
is "an app is started by hand" "$(hand launch '{"app":"assent-form"}' | jq -r '"\(.state) \(.status)"')" 'done 200'
form() { operator "/api/v1/computers/$computer/desktop/windows" | jq -c 'map(select(.title | test("rder"; "i")))[0]'; }
has_form() { [ "$(form)" != null ]; }
ok "a form is there" wait_until 20 has_form
read -r fx fy < <(form | jq -r '"\(.x) \(.y)"')
hand click "{\"x\":$((fx + 110)),\"y\":$((fy + 62))}" >/dev/null
is "text of any script is typed" "$(hand type '{"text":"Jürgen Ωmega 日本 hunter2"}' | jq -r '"\(.state) \(.status)"')" 'done 200'
ok "and is in the form" wait_until 20 form_saw 'text name=Jürgen Ωmega 日本 hunter2'
hand key '{"key":"Tab"}' >/dev/null
hand clipboard '{"text":"12 High Street"}' >/dev/null
is "the clipboard comes out on request" "$(operator "/api/v1/computers/$computer/desktop/clipboard" | jq -r .text)" '12 High Street'
for key in shift+h i exclam BackSpace; do hand key "{\"key\":\"$key\"}" >/dev/null; done
hand mouse-down "{\"x\":$((fx + 90)),\"y\":$((fy + 250))}" >/dev/null
hand mouse-up "{\"x\":$((fx + 90)),\"y\":$((fy + 250))}" >/dev/null
ok "Send is pressed, with what keys typed" wait_until 20 form_saw 'button send name=Jürgen Ωmega 日本 hunter2|address=Hi|item='
is "an agent reaches nothing meanwhile" "$(call "$token" "/computers/$computer/desktop/key" -X POST -H 'Content-Type: application/json' -d '{"key":"x"}' | code) $(call "$token" "/computers/$computer/desktop/windows" | code)" \
	'takeover_active takeover_active'
ok "the log says how much was typed" wait_until 20 log_has "$computer" 'desktop_action kind=type characters=23'
is "and not what, as no file of the gate does" "$(grep -rlaE 'hunter2|High Street' "$gate_state" | wc -l)" 0
kill -9 "$stream"
free() { [ "$(session "$computer" | jq .takeover)" = null ]; }
ok "without its dashboard, control ends" wait_until 20 free

# ---- in the sandbox ----
run() { "$assent" session run "$sandbox" --socket "$socket" "$@" 2>&1; }
is "a command is run by hand, and prints" "$(run -- 'echo one; echo two >&2; pwd' | sort)" $'/workspace\none\ntwo'
is "in its folder, its words as they are" "$(run --cwd / -- printf '%s|' 'a b' "it's" "$" '')" "a b|it's|\$||"
is "its end is the command's" "$(run -- false; echo $?)" $'assent session: the command ended with 1\n1'
ok "its output is in the session's log" wait_until 20 log_has "$sandbox" '^out one$'
is "it is the person's own, in the record" "$(actions '.kind == "exec"' | head -n 1 | jq -r '"\(.agent)|\(.decided_kind)|\(.text)"')" '|person|echo one; echo two >&2; pwd'
start nap "$assent" session run "$sandbox" --socket "$socket" -- 'echo begun; sleep 50; echo never'
nap=$started
ok "one that goes on is printed as it comes" wait_until 20 grep -q begun "$ASSENT_TMP/nap.log"
id=$(operator /v1/running | jq -r '.running[] | select(.what | test("sleep 50")) | select(.id | startswith("action:")) | .id')
like "it is listed as what still runs" "$id" '^action:[0-9]+$'
is "and can be stopped from there" "$(post /v1/running/end "{\"session\":\"$sandbox\",\"id\":\"$id\",\"how\":\"pause\"}" | code)" ok
paused() { [ "$(local_api "/sandboxes/$sandbox" | jq -r '.data.state // .state')" = paused ]; }
if [ "$(session "$sandbox" | jq -r .isolation)" = namespaces ]; then
	ok "really" wait_until 20 paused
	local_api "/sandboxes/$sandbox/resume" -X POST >/dev/null
fi
kill "$nap"
operator /v1/freeze -X POST -d '{}' >/dev/null
is "neither is done in a freeze" "$(post "/v1/sessions/$sandbox/run" '{"command":"id"}' | code) $(post "/v1/sessions/$sandbox/snapshot" '{}' | code)" 'gate_frozen gate_frozen'
operator /v1/unfreeze -X POST -d '{}' >/dev/null
for bad in '{}' '{"command":""}' '{"command":7}' '{"command":"id","cwd":7}'; do
	is "no command: $bad" "$(post "/v1/sessions/$sandbox/run" "$bad" | code)" invalid_command
done
is "not on a computer, nor nowhere" "$(post "/v1/sessions/$computer/run" '{"command":"id"}' | code) $(post /v1/sessions/nowhere/run '{"command":"id"}' | code) $(post /v1/sessions/nowhere/snapshot '{}' | code)" \
	'no_such_way session_not_found session_not_found'
like "a snapshot is taken" "$("$assent" session snapshot "$sandbox" --comment 'before lunch' --socket "$socket" 2>&1)" '^[0-9]+ snapshot: done [^ ]+$'
has_snapshot() { session "$sandbox" | jq -e '.snapshots[] | select(.comment == "before lunch")'; }
ok "and is there" wait_until 20 has_snapshot
is "no snapshot" "$(post "/v1/sessions/$sandbox/snapshot" '{"comment":7}' | code)" invalid_snapshot

# ---- who signs ----
export XDG_CONFIG_HOME=$ASSENT_TMP/ana
ASSENT_PASSPHRASE_FD=7 "$assent" operator init --name ana --socket "$socket" >/dev/null 2>&1 7<<<"correct horse"
is "with an operator each is signed" "$(post "/v1/takeover/$computer" '{"attached":true}' | code) $(post "/v1/sessions/$sandbox/run" '{"command":"id"}' | code) $(post "/v1/sessions/$sandbox/snapshot" '{}' | code)" \
	'signature_required signature_required signature_required'
is "the command signs" "$(ASSENT_PASSPHRASE_FD=7 "$assent" session run "$sandbox" --socket "$socket" -- 'echo signed' 2>&1 7<<<"correct horse")" signed
# ben signs with openssl, as docs/assent-operator.1 says.
openssl genpkey -algorithm ed25519 -out ben.pem 2>/dev/null
ASSENT_PASSPHRASE_FD=7 "$assent" operator enrol "$(openssl pkey -in ben.pem -pubout -outform DER | tail -c 32 | base64)" --name ben --socket "$socket" >/dev/null 2>&1 7<<<"correct horse"
time_ms=$(date +%s%3N)
printf 'assent-operator/1\nPOST /v1/takeover/%s\n%s\nattached:%s\n' "$computer" "$time_ms" "$(printf true | sha256sum | cut -d' ' -f1)" >signed
openssl pkeyutl -sign -inkey ben.pem -rawin -in signed -out signature
lease=$(post "/v1/takeover/$computer" "{\"attached\":true,\"signature\":{\"operator\":\"ben\",\"time_ms\":$time_ms,\"value\":\"$(base64 -w0 signature)\"}}" | jq -r .lease)
is "an input under a signed lease needs no signature, and is its person's" "$(operator "/v1/actions/$(hand move '{"x":5,"y":5}' | jq .action)" | jq -r '.action.decided_by')" ben
is "handing back needs one, or the lease" "$(operator "/v1/takeover/$computer" -X DELETE | code) $(operator "/v1/takeover/$computer" -X DELETE -d "{\"lease\":\"$lease\"}" -o /dev/null -w '%{http_code}')" 'signature_required 204'
end_test
