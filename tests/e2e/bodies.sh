#!/bin/bash
# Bodies too long for memory: held in files, shown as bytes and digest, sent from the file that was judged, gone when nothing needs them.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
start_gate
token=$(add_agent clerk --answer-within none)
other=$(add_agent other --answer-within none)
bodies=$gate_state/bodies
files() { find "$bodies" -type f | wc -l; }
have() { [ "$(files)" -eq "$1" ]; }
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$gate_pid/status"; }
write() { ask "$1" "$token" "/sandboxes/$1/files" -X POST -H 'Content-Type: application/json' --data-binary @"$2" "${@:3}"; }

# JSON, so that it would be parsed if it were shorter, with a command that a rule would see.
{ printf '{"command":"rm -rf /","x":"'; head -c 3000000 /dev/zero | tr '\0' a; printf '"}'; } >long
printf '{"x":"%s"}' "$(head -c $((1024 * 1024 - 8)) /dev/zero | tr '\0' a)" >most
is "one is exactly 1 MiB" "$(stat -c %s most)" 1048576

# ---- held ----
write most most
ok "a body of 1 MiB is no long one" held '.session == "most" and .opaque == false and .body_len == 1048576 and (.body | length) == 1048576'
is "and stands in no file" "$(files)" 0
person '.session == "most"' approve
answered most
is "it is sent" "$(status_of most)" 200
write w1 long
ok "a longer one is opaque" held '.session == "w1" and .opaque and .body == null and .body_base64 == null and .body_len == 3000029'
action=$(actions '.session == "w1"')
id=$(jq .id <<<"$action")
is "shown as the start of its bytes" "$(jq -r .body_hex <<<"$action")" "$(head -c 256 long | od -An -v -tx1 | tr -d ' \n')"
is "never parsed" "$(jq -c '[.text, .risks]' <<<"$action")" '[null,["cannot be inspected"]]'
is "with the documented digest" "$(jq -r .digest <<<"$action")" \
	"$({ printf 'assent-action/1\nPOST\n%s\n/api/v1/sandboxes/w1/files\naccept:*/*\ncontent-type:application/json\n\n' "$UPSTREAM"; cat long; } | sha256sum | cut -d' ' -f1)"
is "it is the owner's alone" "$(stat -c %a "$bodies" "$bodies"/* | tr '\n' ' ')" '700 600 '
is "and whole" "$(cmp long "$bodies"/* && echo same)" same
operator "/v1/actions/$id/body" -o got
is "the operator can read it" "$(cmp long got && echo same)" same
write w1again long
# Another session: another action. The same session: it joins, and its own copy goes.
ask joins "$token" /sandboxes/w1/files -X POST -H 'Content-Type: application/json' --data-binary @long
ok "a repeat joins" held ".id == $id and .joined == 1"
ok "and needs no second file" wait_until 20 have 2
person '.session == "w1again"' deny
answered w1again
is "a denied one's is gone" "$(files)" 1

# ---- sent from the file ----
before=$(sent)
person ".id == $id" approve
answered w1
is "it is answered" "$(status_of w1)" 200
is "sent once" "$(sent)" $((before + 1))
is "byte for byte" "$(tail -n 1 "$up/record" | awk '{ print $NF }')" "$(sha256sum long | cut -d' ' -f1)"
is "then its file is gone" "$(files)" 0
is "and says so" "$(operator "/v1/actions/$id/body" | jq -r .error.code)" body_not_kept
is "but how long it was is known" "$(operator "/v1/actions/$id" | jq -c '.action | [.opaque, .body_len, .body_hex]')" '[true,3000029,""]'
ask chunked "$token" /sandboxes/w2/files -X POST -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' --data-binary @long
ok "chunks are as good as a length" held '.session == "w2" and .opaque and .body_len == 3000029'
person '.session == "w2"' approve
answered chunked
is "byte for byte too" "$(tail -n 1 "$up/record" | awk '{ print $NF }')" "$(sha256sum long | cut -d' ' -f1)"

# ---- a fault keeps it until a person has seen it ----
echo drop >"$up/mode"
write w3 long
held '.session == "w3"'
person '.session == "w3"' approve
answered w3
rm "$up/mode"
is "an unknown outcome keeps the body" "$(jq -r .error.code w3.body) $(files)" 'outcome_unknown 1'
operator "/v1/actions/$(actions '.session == "w3"' | jq .id)/seen" -X POST >/dev/null
is "until a person has seen it" "$(files)" 0

# ---- the bytes that are sent are those that were judged ----
write w4 long
held '.session == "w4"'
printf X | dd of="$(echo "$bodies"/*)" bs=1 seek=2999999 conv=notrunc 2>/dev/null
before=$(sent)
person '.session == "w4"' approve
ok "a changed body comes back to held" held '.session == "w4" and .version == 2'
is "and nothing is sent" "$(sent)" "$before"
rm "$bodies"/*
person '.session == "w4"' approve
ok "so does one that is not there any more" held '.session == "w4" and .version == 3'
is "and nothing is sent then either" "$(sent)" "$before"
person '.session == "w4"' deny
answered w4

# ---- a gate that is killed ----
write w5 long
held '.session == "w5"'
kill -KILL "$gate_pid"
wait "$gate_pid" 2>/dev/null
answered w5
printf left >"$bodies/0123456789abcdef0123456789abcdef"
printf 'allow class=acts\n' >policy.conf
start_gate --policy "$ASSENT_TMP/policy.conf"
ok "after a restart it is held with its body" held '.session == "w5" and .opaque and .body_len == 3000029 and (.body_hex | length) == 512'
is "what nobody needs is gone" "$(files)" 1
write w5b long
ask w5again "$token" /sandboxes/w5/files -X POST -H 'Content-Type: application/json' --data-binary @long
held '.session == "w5" and .askers == 1'
person '.session == "w5"' approve
answered w5again
is "and it is sent as it was" "$(status_of w5again) $(tail -n 1 "$up/record" | awk '{ print $NF }')" "200 $(sha256sum long | cut -d' ' -f1)"
person '.session == "w5b"' deny
answered w5b

# ---- no rule lets one through ----
write p1 most
answered p1
is "a rule may allow what it can read" "$(status_of p1)" 200
write p2 long
ok "but not what nobody has read" held '.session == "p2" and (.held_by | endswith("a body over 1 MiB needs a person all the same"))'
person '.session == "p2"' deny
answered p2

# ---- who leaves in the middle, who sends too many ----
exec 4<>"/dev/tcp/127.0.0.1/$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")"
{ printf 'POST /api/v1/sandboxes/w6/files HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: 4000000\r\n\r\n' \
	"$(sed 's|http://\([^/]*\)/.*|\1|' <<<"$GATE_URL")" "$token"; cat long; } >&4
ok "half of a long body is in a file" wait_until 20 have 1
exec 4>&-
ok "which goes with its sender" wait_until 20 have 0
fds=()
for i in 1 2 3 4 5 6 7 8; do
	exec {fd}<>"/dev/tcp/127.0.0.1/$(sed 's|.*:\([0-9]*\)/.*|\1|' <<<"$GATE_URL")"
	fds+=("$fd")
	{ printf 'POST /api/v1/sandboxes/w7/files HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: 4000000\r\n\r\n' \
		"$(sed 's|http://\([^/]*\)/.*|\1|' <<<"$GATE_URL")" "$token"; cat long; } >&"$fd"
done
ok "eight at once may come from one agent" wait_until 20 have 8
is "no ninth" "$(call "$token" /sandboxes/w8/files -X POST --data-binary @long -o /dev/null -w '%{http_code}' 2>/dev/null)" 403
ask others "$other" /sandboxes/w9/files -X POST --data-binary @long
ok "but another agent's" held '.session == "w9"'
person '.session == "w9"' deny
answered others
for fd in "${fds[@]}"; do exec {fd}>&-; done
ok "and all go with their senders" wait_until 20 have 0

# ---- a list that is long ----
{ printf '"'; head -c 300000 /dev/zero | tr '\0' y; printf '"'; } >wide
for i in 1 2 3 4 5 6; do ask "list$i" "$token" "/sandboxes/l$i/exec" -X POST -H 'Content-Type: application/json' --data-binary @wide; done
ok "six of 300 KB are held" wait_until 20 eval '[ $(actions ".state == \"held\" and .body_len == 300002" | wc -l) -eq 6 ]'
like "a list of them comes in pieces" "$(operator /v1/state -D - -o /dev/null)" '^Transfer-Encoding: chunked'
is "each in it once, in order, and whole" "$(operator /v1/state | jq -c '[.actions[].id] == ([.actions[].id] | unique), ([.actions[] | select(.body_len == 300002) | .body | length] | unique)' | tr '\n' ' ')" 'true [300002] '
for i in 1 2 3; do operator /v1/state --limit-rate 100K --max-time 0.3 -o /dev/null 2>/dev/null; done
ok "who does not read it to its end harms nothing" operator /v1/state -f
for i in 1 2 3 4 5 6; do
	person ".session == \"l$i\"" deny
	answered "list$i"
done

# ---- memory ----
head -c $((16 * 1024 * 1024)) /dev/urandom >big
before=$(rss)
for i in 1 2 3 4 5 6 7 8; do write "m$i" big; done
ok "eight of 16 MiB are held" wait_until 60 eval '[ $(actions ".state == \"held\" and .opaque" | wc -l) -eq 8 ]'
# The sanitizers keep freed memory for a while.
[ "$ASSENT_KIND" = sanitize ] || ok "and not in memory ($((($(rss) - before) / 1024)) MiB)" test $(($(rss) - before)) -lt $((16 * 1024))
for i in 1 2 3 4 5 6 7 8; do person ".session == \"m$i\"" approve; done
for i in 1 2 3 4 5 6 7 8; do answered "m$i"; done
is "all are sent as they were" "$(tail -n 8 "$up/record" | awk '{ print $NF }' | sort -u)" "$(sha256sum big | cut -d' ' -f1)"
[ "$ASSENT_KIND" = sanitize ] || ok "from files, not memory ($((($(rss) - before) / 1024)) MiB)" test $(($(rss) - before)) -lt $((24 * 1024))
is "which are gone then" "$(files)" 0
end_test
