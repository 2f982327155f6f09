#!/bin/bash
# What leads past the gate is masked in what agents read and get, unless a rule reveals it; our own key comes back to nobody; a read that reveals a
# secret is held.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"
mode() { echo "$1" >"$up/mode"; }
tell() { printf '%s' "$1" >"$up/read"; }

start_upstream
key=$(<"$KEY_FILE")
policy=$ASSENT_TMP/policy.conf
echo '# nothing' >"$policy"
start_gate --policy "$policy"
token=$(add_agent clerk --answer-within none)

# ---- reads ----
tell '{"data":{"id":"cmp_1",  "vnc_url":"https://stream.example/1?ticket=abc","name":"desk"}}'
is "an address of the live screen is masked, and nothing else is changed" "$(call "$token" /computers/cmp_1)" '{"data":{"id":"cmp_1",  "vnc_url":"[masked by assent]","name":"desk"}}'
is "its length is that of what comes" "$(call "$token" /computers/cmp_1 -o got -w '%header{content-length} '; wc -c <got)" "70 70"
is "the operator sees it" "$(operator /api/v1/computers/cmp_1 | jq -r .data.vnc_url)" 'https://stream.example/1?ticket=abc'
is "a part of it is not to be had" "$(call "$token" /computers/cmp_1 -H 'Range: bytes=30-' | jq -r .data.vnc_url)" '[masked by assent]'
is "and it was not asked for" "$(grep -ci '^range:' "$up/heads")" 0
is "HEAD has no body, and does not tell the length of what is masked" \
	"$(call "$token" /computers/cmp_1 -I -o /dev/null -w '%{http_code}%header{content-length}')" 200
is "of what is not masked it does" "$(call "$token" /computers/cmp_1/files/download -I -o /dev/null -w '%header{content-length}')" "$(wc -c <"$up/read")"
tell '{"vnc_url":"x","vnc_url":"y"}'
is "what cannot be read is not passed on" "$(call "$token" /computers/cmp_1 -w ' %{http_code}' | tail -c 3)" 502
tell '{"vnc_url":"x"}'
printf 'Content-Encoding: gzip\r\n' >"$up/read.head"
is "nor what came packed, though nobody asked" "$(call "$token" /computers/cmp_1 | jq -r .error.code)" answer_unreadable
printf 'Location: /a?ticket=1\r\n' >"$up/read.head"
is "an address without its host in the head goes" "$(call "$token" /computers -D - -o /dev/null | grep -ciE '^location: ')" 0
printf 'Location: https://h/?ticket=1\r\nLink: </a>; rel="next"\r\nX-Request-Id: %s\r\n' "$key" >"$up/read.head"
is "an address in the head goes, and a line with our key" "$(call "$token" /computers -D - -o /dev/null | grep -ciE '^(location|link|x-request-id): ')" 2
is "the operator sees the address" "$(operator /api/v1/computers -D - -o /dev/null | grep -ciE '^location: ')" 1
rm "$up/read.head"
tell "$(printf '\xef\xbb\xbf{"vnc_url":"x"}')"
is "nor JSON that begins as something else" "$(call "$token" /computers/cmp_1 | jq -r .error.code)" answer_unreadable
tell "{\"data\":\"$(head -c 9000000 /dev/zero | tr '\0' x)\"}"
is "nor what is too long to be looked through" "$(call "$token" /computers | jq -r .error.code)" answer_unreadable
tell '{"vnc_url":"x"}'
is "a file is what it is" "$(call "$token" /sandboxes/sbx_1/files/a.json)" '{"vnc_url":"x"}'
tell "{\"file\":\"$(head -c 300 /dev/zero | tr '\0' x)$key$(head -c 300 /dev/zero | tr '\0' x)\"}"
is "but our own key stands in none" "$(call "$token" /sandboxes/sbx_1/files/a.json | grep -c "$key")" 0
is "and the file is as long as it was" "$(call "$token" /sandboxes/sbx_1/files/a.json | wc -c)" "$(wc -c <"$up/read")"
printf 'data: %s\n\n' "$key" >"$up/events"
is "nor in a stream of what is inside" "$(call "$token" /computers/cmp_1/exec/stream/events)" "data: $(tr -c '' '*' <<<"$key" | head -c ${#key})"
printf 'id: 1\ndata: {"id":"cmp_1", "vnc_url":"x"}\n\nid: 2\ndata: {"vnc_url":"x",}\n\ndata: {"a":  1}\n\n' >"$up/events"
is "events about things are masked, one by one" "$(call "$token" /computers/cmp_1/events)" 'id: 1
data: {"id":"cmp_1", "vnc_url":"[masked by assent]"}

id: 2
: assent left an event out, which cannot be looked through

data: {"a":  1}'
like "the log says so, without the query" "$(call "$token" '/computers/cmp_1/events?ticket=sset_1' -o /dev/null; grep masked "$ASSENT_TMP/gate.log" | tail -n 1)" \
	'masked 2 values of what clerk read: /api/v1/computers/cmp_1/events$'
is "the operator sees them" "$(operator /api/v1/computers/cmp_1/events | grep -c '"vnc_url":"x"')" 2

# ---- secrets are held ----
ask env "$token" /sandboxes/sbx_1/env
ok "a read of secrets is held" held '.kind == "read env" and .class == "sensitive"'
mode 'answer 200 {"vars":[{"key":"A","value":"b"}]}'
person '.kind == "read env"' approve
answered env
is "approved, it is answered" "$(status_of env)" 200

# ---- actions ----
ask make "$token" /api-keys -X POST -d '{"name":"x"}'
held '.path | endswith("api-keys")'
mode 'answer 201 {"data":{"id":"k1","key":"msk_u_new"}}'
person '.path | endswith("api-keys")' approve
answered make
is "a key that was made is not handed out" "$(status_of make) $(jq -r .data.key make.body)" '201 [masked by assent]'
is "nor kept" "$(strings "$gate_state"/journal.db* | grep -c msk_u_new)" 0
ask packed "$token" /computers -X POST -d '{"name":"y"}'
held '.kind == "create computer"'
mode bomb
person '.kind == "create computer"' approve
answered packed
is "what came packed is not passed on" "$(status_of packed) $(jq -r .error.code packed.body)" '200 answer_unreadable'
ask ticket "$token" /auth/sse-ticket -X POST
held '.path | endswith("sse-ticket")'
mode 'answer 200 {"ticket":"opaque","expires_in":60}'
person '.path | endswith("sse-ticket")' approve
answered ticket
is "nor a ticket that opens a stream elsewhere" "$(jq -c . ticket.body)" '{"ticket":"[masked by assent]","expires_in":60}'
ask streams "$token" /computers/cmp_1/exec/stream -X POST -d '{"command":"echo x"}'
held '.path | endswith("cmp_1/exec/stream")'
mode ticket
person '.path | endswith("cmp_1/exec/stream")' approve
answered streams
is "nor one that an answer gives in place of a stream" "$(status_of streams) $(jq -r '.ticket, .stream_url' streams.body | sort -u)" '202 [masked by assent]'
ask run "$token" /sandboxes/sbx_1/exec -X POST -d '{"command":"echo x"}'
held '.kind == "exec"'
mode 'answer 200 {"stdout":"token=msk_in_a_file","exit_code":0}'
person '.kind == "exec"' approve
answered run
is "what a command printed is what it printed" "$(jq -r .stdout run.body)" 'token=msk_in_a_file'

# ---- unless a rule says otherwise ----
echo 'hold kind="create computer" reveal=yes
allow path=/computers/cmp_1 method=GET reveal=yes' >"$policy"
is "the rules are loaded" "$(operator /v1/policy/reload -X POST -d '{}' | jq .rules)" 2
tell '{"vnc_url":"x"}'
is "a rule reveals what is read" "$(call "$token" /computers/cmp_1)" '{"vnc_url":"x"}'
is "and only there" "$(call "$token" /computers/cmp_2)" '{"vnc_url":"[masked by assent]"}'
echo 'allow path=/computers/cmp_1/events method=GET reveal=yes' >"$policy"
operator /v1/policy/reload -X POST -d '{}' >/dev/null
is "events too" "$(call "$token" /computers/cmp_1/events | grep -c '"vnc_url":"x"')" 2
echo 'hold kind="create computer" reveal=yes' >"$policy"
operator /v1/policy/reload -X POST -d '{}' >/dev/null
ask create "$token" /computers -X POST -d '{"name":"x"}'
held '.kind == "create computer"'
mode 'answer 201 {"vnc_url":"x"}'
person '.kind == "create computer"' approve
answered create
is "and what an action answers" "$(jq -r .vnc_url create.body)" x
end_test
