#!/bin/bash
# A sandbox's variables: what its commands, streams and processes begin with, kept over a death of assent-local, in forks too; and wrong ones.
. "$ASSENT_SRC/tests/e2e/lib.sh"

start_local
api() { local_api "/sandboxes$2" -X "$1" ${3:+--data-binary "$3"}; }
status() { local_api "/sandboxes$2" -X "$1" ${3:+--data-binary "$3"} -o /dev/null -w '%{http_code}'; }
out() { api POST "/$1/exec" "$(jq -nc --arg c "$2" '{command: $c}')" | jq -r .stdout; }

box=$(api POST "" '{"name":"box","env":{"GREETING":"it'"'"'s $HOME\n\u00e4","N":"1"}}' | jq -r .id)
is "given when it is made" "$(out "$box" 'printf %s "$GREETING$N"')" $'it\'s $HOME\nä1'
is "one command has others" "$(api POST "/$box/exec" '{"command":"echo $N $M","env":{"N":"2","M":"3"}}' | jq -r .stdout)" '2 3'
is "for itself" "$(out "$box" 'echo $N$M')" 1
is "they are read" "$(api GET "/$box/env" | jq -c .data.N)" '"1"'
is "set" "$(api PUT "/$box/env" '{"vars":[{"key":"N","value":"4"},{"key":"NEW","value":"x"},{"key":"NEW","value":"y"}]}' | jq -c '.data | [.N, .NEW, (.GREETING | length)]')" '["4","y",12]'
is "and count" "$(out "$box" 'echo $N $NEW')" '4 y'
pid=$(api POST "/$box/processes" '{"command":"echo $NEW; sleep 60"}' | jq -r .pid)
ok "for processes too" wait_until 10 eval '[ "$(api GET "/$box/processes/$pid/logs" | jq -r ".data[0].line")" = y ]'
is "deleted" "$(api DELETE "/$box/env/N" | jq -c '.data.N') $(out "$box" 'echo [$N]')" 'null []'
fork=$(api POST "/$box/fork" '{}' | jq -r .id)
ok "a fork has them" wait_until 15 eval '[ "$(out "$fork" "echo \$NEW" 2>/dev/null)" = y ]'
for body in '{"vars":{}}' '{"vars":[{"key":"A=B","value":"x"}]}' '{"vars":[{"key":"1A","value":"x"}]}' '{"vars":[{"key":"A","value":5}]}' '{"vars":[{"value":"x"}]}' '{}' \
	"{\"vars\":[{\"key\":\"A\",\"value\":\"$(head -c 70000 /dev/zero | tr '\0' x)\"}]}"; do
	is "refused: ${body:0:40}" "$(status PUT "/$box/env" "$body")" 422
done
for env in '[]' '{"A-B":"x"}' '{"A":5}' '"A=b"'; do
	is "no sandbox with $env" "$(status POST "" "{\"env\":$env}")" 422
done
is "nothing of that counts" "$(api GET "/$box/env" | jq -c '.data | keys')" '["GREETING","NEW"]'
kill -KILL "$local_pid"
wait "$local_pid" 2>/dev/null
start_local
ok "they are there after a kill" wait_until 15 eval '[ "$(out "$box" "echo \$NEW" 2>/dev/null)" = y ]'
end_test
