#!/bin/bash
# Waiting, repeating and going away, played with the habits of the real SDKs: three repeats, 0.5 s, 1 s and 2 s apart. All repeat after a connection
# that failed and after 429 and 5xx; Python after a time-out too, Go and TypeScript not. Their 60 and 30 s are 5 s here.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
port=$((20000 + $$ % 10000))
start_gate --listen 127.0.0.1:$port
token=$(add_agent clerk --answer-within none)
hasty=$(add_agent hasty --answer-within 5s)

# sdk KIND NAME TOKEN PATH BODY [CURL-ARGUMENT...]: in the background; NAME.status has the last status and the number of attempts when it gave up
# or was answered.
sdk() {
	local kind=$1 name=$2 sdk_token=$3 path=$4 body=$5
	shift 5
	: >"$name.status"
	(
		for wait in 0.5 1 2 end; do
			attempts=$((${attempts:-0} + 1))
			status=$(curl -s --max-time 5 -o "$name.body" -D "$name.head" -w '%{http_code}' -H "Authorization: Bearer $sdk_token" -X POST --data-binary "$body" \
				"$@" "$GATE_URL$path")
			code=$?
			case $code:$status in
			0:429|0:5*) ;;
			0:*) break ;;
			28:*) [ "$kind" = python ] || break ;;	# a time-out
			esac
			[ $wait = end ] || sleep $wait
		done
		echo "$status $attempts" >"$name.status"
	) &
	children=("$!" "${children[@]}")
}
is_body() { printf '.body == "%s"' "$1"; }
ways='python go typescript'

# ---- a person who takes longer than the SDK's time-out ----
for way in $ways; do sdk $way "slow-$way" "$token" "/sandboxes/slow-$way/exec" "slow-$way"; done
for way in $ways; do ok "$way: it is held" held "$(is_body "slow-$way")"; done
for way in go typescript; do
	ok "$way gives up at its time-out" wait_until 20 test -s "slow-$way.status"
	is "$way: after one attempt" "$(cat "slow-$way.status")" '000 1'
	ok "$way: the card says that it is away" held "$(is_body "slow-$way") and .askers == 0 and .away_since_boot_ms != null"
	is "$way: and a yes is dead" "$(decide_code "$(actions "$(is_body "slow-$way")" | jq .id)" approve)" asker_away
done
ok "python comes again by itself, and joins" held "$(is_body slow-python) and .askers == 1 and .joined == 1"
person "$(is_body slow-python)" approve
answered slow-python
is "python: its second attempt gets the answer" "$(cat slow-python.status) $(sent)" '200 2 1'
# Its program asks again: the hold is still there.
for way in go typescript; do
	sdk $way "again-$way" "$token" "/sandboxes/slow-$way/exec" "slow-$way"
	ok "$way: the program's own repeat joins" held "$(is_body "slow-$way") and .askers == 1 and .joined == 1"
	person "$(is_body "slow-$way")" approve
	answered "again-$way"
	is "$way: and is answered" "$(cat "again-$way.status")" '200 1'
done
is "each was sent once" "$(sent)" 3

# ---- an agent with a deadline of its own: 409 ends an SDK's call, whichever ----
for way in $ways; do sdk $way "hasty-$way" "$hasty" "/sandboxes/hasty-$way/exec" "hasty-$way" --max-time 30; done
for way in $ways; do
	answered "hasty-$way"
	is "$way: told to come again, it does not by itself" "$(cat "hasty-$way.status") $(jq -r .error.code "hasty-$way.body")" '409 1 action_pending'
	ok "$way: the hold stays" held "$(is_body "hasty-$way") and .askers == 0"
	sdk $way "hasty2-$way" "$hasty" "/sandboxes/hasty-$way/exec" "hasty-$way" --max-time 30
	ok "$way: the repeat joins it" held "$(is_body "hasty-$way") and .askers == 1"
	person "$(is_body "hasty-$way")" deny 'no, "not" that'
	answered "hasty2-$way"
	is "$way: a no is no reason to repeat" "$(cat "hasty2-$way.status") $(jq -r .error.message "hasty2-$way.body")" '403 1 no, "not" that'
done
is "nothing more was sent" "$(sent)" 3

# ---- the gate dies while it is held ----
for way in $ways; do sdk $way "dies-$way" "$token" "/sandboxes/dies-$way/exec" "dies-$way"; done
for way in $ways; do held "$(is_body "dies-$way")"; done
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate --listen 127.0.0.1:$port
for way in $ways; do
	ok "$way repeats after the connection broke, and joins the held action" held "$(is_body "dies-$way") and .askers == 1 and .version == 1"
	person "$(is_body "dies-$way")" approve
	answered "dies-$way"
	is "$way: and gets its answer" "$(status_of "dies-$way")" 200
done
is "each was sent once" "$(sent)" 6

# ---- the gate dies when it was sent ----
echo hang >"$up/mode"
for way in $ways; do
	sdk $way "sent-$way" "$token" "/sandboxes/sent-$way/exec" "sent-$way"
	held "$(is_body "sent-$way")"
	person "$(is_body "sent-$way")" approve
done
wait_until 10 eval "[ \$(grep -c 'sent-' '$up/requests') = 3 ]"
kill -9 "$gate_pid"
wait "$gate_pid" 2>/dev/null
start_gate --listen 127.0.0.1:$port
for way in $ways; do
	answered "sent-$way"
	is "$way: its repeat is told that nobody knows, and ends" "$(status_of "sent-$way") $(jq -r .error.code "sent-$way.body")" '409 outcome_unknown'
done
is "none was sent again" "$(sent)" 9

# ---- the substrate is busy: an SDK would repeat a 503 and a 429 ----
for mode in 'busy 503 1' 'busy 429 1' 'answer 500 {}'; do
	echo "$mode" >"$up/mode"
	for way in $ways; do
		before=$(sent)
		sdk $way busy "$token" "/sandboxes/busy/exec" "$mode $way"
		held "$(is_body "$mode $way")"
		person "$(is_body "$mode $way")" approve
		answered busy
		is "$way: $mode is told as 409, and not repeated" "$(cat busy.status) $(jq -r .error.code busy.body) $(($(sent) - before))" '409 1 upstream_failed 1'
	done
done

# ---- a result that nobody fetched ----
before=$(sent)
for key in '' fetched-1; do
	name=left$key
	echo "until $name" >"$up/mode"
	ask "$name" "$token" /sandboxes/left/exec -X POST -d "$name" ${key:+-H "Idempotency-Key: $key"}
	held "$(is_body "$name")"
	person "$(is_body "$name")" approve
	wait_until 10 eval "tail -n 1 '$up/requests' | grep -q $name"
	kill "$asker" && wait "$asker" 2>/dev/null
	: >"$up/$name"
	ok "${key:-without a key}: the asker leaves, it is done all the same" wait_until 10 eval "actions '$(is_body "$name") and .state == \"done\"' | grep -q ."
	for n in 1 2; do
		ask "$name$n" "$token" /sandboxes/left/exec -X POST -d "$name" ${key:+-H "Idempotency-Key: $key"}
		if [ -z "$key" ] && [ $n -eq 2 ]; then
			ok "without a key: once it is fetched, the same request is a new action, which says so" held "$(is_body "$name") and .same_as != null and .same_as_ended_ms_ago > 0"
			person "$(is_body "$name")" deny
			answered "$name$n"
		else
			answered "$name$n"
			is "${key:-without a key}: repeat $n gets the recorded answer" "$(status_of "$name$n") $(cat "$name$n.body")" '200 {"ok":true}'
		fi
	done
done
is "each was sent once" "$(($(sent) - before))" 2
rm "$up/mode"

# ---- going away ----
ask first "$token" /sandboxes/away/exec -X POST -d first -H 'Idempotency-Key: away-1'
held "$(is_body first)"
first=$asker
ask second "$token" /sandboxes/away/exec -X POST -d second
ok "another action of the same agent there, both on open connections: both stay" held "$(is_body second)"
ok "both" held "$(is_body first)"
kill "$first"
held "$(is_body first) and .askers == 0"
ask third "$token" /sandboxes/away/exec -X POST -d third
ok "one whose asker is gone is withdrawn by the next" wait_until 20 eval "actions '$(is_body first) and .state == \"withdrawn\"' | grep -q ."
ok "one whose asker waits is not" held "$(is_body second)"
ask first2 "$token" /sandboxes/away/exec -X POST -d first -H 'Idempotency-Key: away-1'
answered first2
is "with its key, a repeat of what was withdrawn is told so" "$(status_of first2) $(jq -r .error.code first2.body)" '409 action_withdrawn'
for name in second third; do
	person "$(is_body $name)" deny
	answered $name
done

# ---- how much time there is: until the hold is over, or its agent leaves by its own word, or as it did before ----
patient=$(add_agent patient)
ask says "$patient" /sandboxes/says/exec -X POST -d says -H 'Prefer: wait=45'
ok "an agent's own word is the time left" held "$(is_body says) and .out_by == \"stated\" and .out_boot_ms - .arrived_boot_ms >= 44000 and .out_boot_ms - .arrived_boot_ms < 50000"
ask nothing "$patient" /sandboxes/nothing/exec -X POST -d nothing
ok "without one it is the hold's" held "$(is_body nothing) and .out_by == \"hold\" and .out_boot_ms == .expires_boot_ms"
ask longer "$patient" /sandboxes/longer/exec -X POST -d longer -H 'Prefer: wait=86400'
ok "and where the hold is shorter" held "$(is_body longer) and .out_by == \"hold\""
leaves=$(add_agent leaves)
ask gone "$leaves" /sandboxes/gone/exec -X POST -d gone
held "$(is_body gone)"
sleep 3
kill "$asker"
held "$(is_body gone) and .askers == 0"
# Another of it there: the one before is withdrawn, and how long it was waited for is known.
ask next "$leaves" /sandboxes/gone/exec -X POST -d next
ok "one that left: the next tells nothing, the one before was not over yet" held "$(is_body next) and .out_by == \"hold\""
wait_until 20 eval "actions '$(is_body gone) and .state == \"withdrawn\"' | grep -q ."
ask then "$leaves" /sandboxes/then/exec -X POST -d then
ok "after that it is expected to leave as it did before" held "$(is_body then) and .out_by == \"seen\" and .out_boot_ms - .arrived_boot_ms >= 2000 and .out_boot_ms - .arrived_boot_ms < 60000"
ok "what waits longer than was expected has the hold's time again" wait_until 90 eval "actions '$(is_body then) and .askers == 1 and .out_by == \"hold\"' | grep -q ."
end_test
