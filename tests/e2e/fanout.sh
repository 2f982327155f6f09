#!/bin/bash
# Dashboards and the gate's events: one that does not read is left behind, told how much it missed, and slows nobody; and a substrate that wants to be left
# alone is.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
mkdir -p "$up/reads" "$up/raw"
echo '{"data":[{"id":"s1","name":"box","state":"running"}]}' >"$up/reads/sandboxes"
start_gate
token=$(add_agent clerk --answer-within none)
seq=$(operator /v1/state | jq .seq)
watch() { curl -sSN --unix-socket "$socket" "http://gate/v1/events?after=$seq" >"$1.events" 2>/dev/null & }
watch reads; reads=$!
watch stands; stands=$!
children=("$reads" "$stands" "${children[@]}")
ok "two dashboards" wait_until 10 eval '[ -s reads.events ] && [ -s stands.events ]'
kill -STOP $stands

# Eight events of about two megabytes each, twice: once for each action that is held, and once for each that is denied.
{ printf '{"command":"'; head -c 600000 /dev/zero | tr '\0' x; printf '"}'; } >body
for i in 1 2 3 4 5 6 7 8; do
	ask "a$i" "$token" "/sandboxes/s$i/exec" -X POST --data-binary @body -H 'Content-Type: application/json'
done
ok "eight long actions are held" wait_until 20 eval '[ "$(actions ".state == \"held\"" | wc -l)" = 8 ]'
for i in 1 2 3 4 5 6 7 8; do person ".session == \"s$i\"" deny no; done
got() { grep -c '^event: action' "$1.events"; }
ok "who reads has them all" wait_until 20 eval '[ "$(got reads)" -ge 16 ]'
is "without a reset" "$(grep -c '^event: reset' reads.events)" 0
kill -CONT $stands
ok "and when it reads again it is told to begin anew" wait_until 20 grep -q '^event: reset' stands.events
missed=$(sed -n '/^event: reset/{n;s/^data: //p}' stands.events | jq .missed)
ok "and how many it missed: $missed" test "${missed:-0}" -ge 2
is "which with those that it has make up all" "$(($(grep -c '^id: ' stands.events) + missed))" \
	"$(awk -v last="$(sed -n '/^event: reset/{n;s/^data: //p}' stands.events | jq .seq)" '/^id: / && $2 <= last { n++ } END { print n }' reads.events)"
ok "what was kept for it was bounded" test "$(stat -c %s stands.events)" -lt 20000000
ok "that was its last event" wait_until 10 eval '! kill -0 $stands 2>/dev/null'
is "an old number is told the same" "$(curl -sSN --max-time 5 --unix-socket "$socket" "http://gate/v1/events?after=$seq" 2>/dev/null | grep -A1 -m1 '^event: reset' |
	sed -n 's/^data: //p' | jq '.missed > 0')" true

# Busy, says a substrate, once in its head and once in its body: nothing is asked any more, and streams go on.
asked() { grep -cE '^GET /api/v1/(sandboxes|computers)' "$up/heads"; }
printf 'HTTP/1.1 429 Told\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"error":{"code":"RATE_LIMITED","message":"slow down","retry_after":3600}}' >"$up/new"
mv "$up/new" "$up/raw/sandboxes"
printf 'HTTP/1.1 503 Told\r\nRetry-After: 3600\r\nConnection: close\r\n\r\nbusy' >"$up/new"
mv "$up/new" "$up/raw/computers"
lists() { grep -cE '^GET /api/v1/(sandboxes|computers)[?]' "$up/heads"; }
count=$(lists)
ok "it is asked once more" wait_until 10 eval '[ "$(lists)" = "$((count + 2))" ]'
sleep 6
is "and then left alone" "$(lists)" $((count + 2))
like "503 is said, with its words" "$(operator /v1/state | jq -r .gate.not_live_why)" '^it answers 503 to the list of [a-z]*: busy'
end_test
