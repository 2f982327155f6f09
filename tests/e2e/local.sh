#!/bin/bash
# assent-local's sandboxes over its API: commands and their streams, files, events, previews, what a command cannot reach, and that
# nothing is left of it all afterwards; with namespaces, and with what stands in for them.
. "$ASSENT_SRC/tests/e2e/lib.sh"

marker=$((600000 + RANDOM * 30 + RANDOM % 30))	# seconds that only our own sleeps have
box=''

# api METHOD PATH [JSON]: prints the answer; its status goes to $status_file.
status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
code() { api "$@" | jq -r '.error.code'; }
# run COMMAND [MORE-JSON]: of the sandbox $box; prints the answer.
run() { api POST "/sandboxes/$box/exec" "$(jq -cn --arg c "$1" --argjson m "${2:-null}" '{command: $c} + ($m // {})')"; }
out() { run "$@" | jq -r .stdout; }
put() { api POST "/sandboxes/$box/files" "$(jq -cn --arg p "$1" --arg c "$(printf %s "$2" | base64 -w0)" '{path: $p, content: $c}')" >/dev/null; }
# sleeps N: how many processes of ours there are outside, by the seconds they sleep.
sleeps() { ps -eo args= | grep -cx "sleep $1"; }
gone() { [ "$(sleeps "$1")" -eq 0 ]; }
there() { [ "$(sleeps "$1")" -ge "$2" ]; }
# Which descriptors a command was given besides its three.
open_ones='perl -MPOSIX -e "for (3..250) { my \$d = POSIX::dup(\$_) or next; print qq(\$_ ); POSIX::close(\$d) } print q(none)"'
first_box() { box=$(session_id sandboxes build-1); }
# sse PATH SECONDS [CURL-ARGUMENT...]: what a stream says in that time.
sse() {
	local path=$1 seconds=$2
	shift 2
	local_api "$path" -N --max-time "$seconds" "$@" 2>/dev/null
}

echo secret >"$ASSENT_TMP/secret"
exec 7<"$ASSENT_TMP/secret"	# a descriptor that its starter forgot
start_local --sandboxes 2
exec 7<&-
first_box

# ---- the API itself ----
is "sandboxes have names" "$(api GET /sandboxes | jq -c '[.data[].name]')" '["build-1","build-2"]'
is "and tell their isolation" "$(api GET "/sandboxes/$box" | jq -r '"\(.isolation) \(.state) \(.ready)"')" 'namespaces running true'
is "the token's file is for its owner" "$(stat -c %a "$local_state/token")" 600
is "no token" "$(curl -s -o /dev/null -w '%{http_code}' "$LOCAL_URL/sandboxes")" 401
is "a wrong token" "$(curl -s -H 'Authorization: Bearer msk_u_local_no' "$LOCAL_URL/sandboxes" | jq -r .error.code)" invalid_token
is "part of the token" "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $(head -c 20 "$local_state/token")" "$LOCAL_URL/sandboxes")" 401
is "an unknown id" "$(status GET /sandboxes/sbx_nothing)" 404
is "its error has the API's shape" "$(api GET /sandboxes/sbx_nothing | jq -c '[.error.code, (.error.message | type), (.error.request_id | startswith("req_"))]')" '["NOT_FOUND","string",true]'
is "an unknown path" "$(status GET "/sandboxes/$box/nothing")" 404
is "another method" "$(status PUT "/sandboxes/$box/exec" '{}')" 405
is "a body that is no JSON" "$(status POST "/sandboxes/$box/exec" '{"command":')" 400
is "another Host" "$(local_api /sandboxes -H 'Host: example.org' -o /dev/null -w '%{http_code}')" 400

# ---- commands ----
is "both outputs and the status" "$(run 'echo out; echo err >&2; exit 3' | jq -c '[.stdout, .stderr, .exit_code]')" '["out\n","err\n",3]'
is "a signal is 128 and its number" "$(run 'kill -9 $$' | jq .exit_code)" 137
is "the workspace is home" "$(out 'echo "$HOME $PWD"')" '/workspace /workspace'
is "a folder of one's own" "$(out 'mkdir -p a/b; pwd' '{"cwd":"/usr"}')" /usr
is "what it was given is found" "$(out 'command -v assent-form; touch /opt/apps/x 2>&1 | grep -c Read-only' | xargs)" '/opt/apps/assent-form 1'
is "a folder that is not there" "$(run true '{"cwd":"/nothing"}' | jq -c '[.exit_code, (.stderr | contains("/nothing"))]')" '[126,true]'
is "its variables" "$(out 'printf %s "$A|$B"' '{"env":{"A":"it'"'"'s $HOME","B":"\n\"x"}}')" "it's \$HOME|
\"x"
for bad in '{"env":{"A-B":"x"}}' '{"env":{"A":1}}' '{"env":[]}' '{"cwd":1}' '{"timeout":0}' '{"timeout":301}' '{"timeout":"1"}' '{"timeout_ms":-1}' '{"timeout":99999999999999999}'; do
	run true "$bad" >/dev/null
	is "refused: $bad" "$(cat "$status_file")" 422
done
is "no command" "$(status POST "/sandboxes/$box/exec" '{}')" 422
is "over its time" "$(run "echo before; sleep $marker" '{"timeout_ms":400}' | jq -c '[.stdout, .exit_code, .timed_out, .duration_ms >= 400, .duration_ms < 15000]')" \
	'["before\n",137,true,true,true]'
ok "it is dead then" gone "$marker"
is "much output is cut at 1 MiB" "$(out 'head -c 3000000 /dev/zero | tr "\0" x' | head -c 3000000 | wc -c)" 1048577	# and jq's newline
is "the last output counts" "$(out 'seq 20000; (sleep 1 &) ; seq 20001 20010' | grep -v '^$' | tail -n 1)" 20010
is "eight at once" "$(for i in 1 2 3 4 5 6 7 8; do local_api "/sandboxes/$box/exec" -d "{\"command\":\"sleep 0.3; echo $i\"}" & done | jq -r .stdout | sort | tr -d '\n')" 12345678
start_ms=$(date +%s%3N)
is "one in the background is not waited for" "$(out "sleep $marker & echo started")" started
ok "nor for any while" test $(($(date +%s%3N) - start_ms)) -lt 15000
is "it goes on" "$(out "ps -eo args | grep -cx 'sleep $marker'")" 1

# ---- a stream ----
times=$ASSENT_TMP/times
local_api "/sandboxes/$box/exec/stream" -N -d '{"command":"echo one; sleep 0.7; echo two >&2; sleep 0.1; printf three; exit 4"}' |
	while IFS= read -r line; do [ -n "$line" ] && echo "$(date +%s%3N) $line"; done >"$times"
is "lines in order, then the status" "$(cut -d' ' -f2- "$times" | tr '\n' ' ')" \
	'event: stdout data: {"line":"one"} event: stderr data: {"line":"two"} event: stdout data: {"line":"three"} event: exit data: {"exit_code":4} '
ok "each when it is written" awk '/one/ { a = $1 } /two/ { b = $1 } END { exit !(b - a >= 500) }' "$times"
# A reader that does not read: the command waits, and goes on without it.
local_api "/sandboxes/$box/exec/stream" -N -d '{"command":"touch began; seq 1000000; touch written"}' 2>/dev/null | sleep 60 &
reader=$!
began() { [ "$(status GET "/sandboxes/$box/files/workspace/began")" = 200 ]; }
wait_until 10 began
sleep 2
is "a command waits for a reader that does not read" "$(status GET "/sandboxes/$box/files/workspace/began") $(status GET "/sandboxes/$box/files/workspace/written")" '200 404'
kill $reader
wait $reader 2>/dev/null
written() { [ "$(status GET "/sandboxes/$box/files/workspace/written")" = 200 ]; }
ok "and ends without it" wait_until 120 written

# ---- files ----
head -c 100000 /dev/urandom >"$ASSENT_TMP/bytes"
jq -cn --rawfile c <(base64 -w0 "$ASSENT_TMP/bytes") '{path: "/workspace/dir/bytes", content: $c}' |
	local_api "/sandboxes/$box/files" --data-binary @- >/dev/null
local_api "/sandboxes/$box/files/workspace/dir/bytes" -o "$ASSENT_TMP/back"
ok "bytes come back as they were" cmp "$ASSENT_TMP/bytes" "$ASSENT_TMP/back"
local_api "/sandboxes/$box/files/workspace%2Fdir%2Fbytes" -o "$ASSENT_TMP/back2"
ok "with its slashes encoded too" cmp "$ASSENT_TMP/bytes" "$ASSENT_TMP/back2"
is "a command sees them" "$(out 'sha256sum <dir/bytes')" "$(sha256sum <"$ASSENT_TMP/bytes")"
is "and they are its own" "$(out 'stat -c %U dir/bytes; echo more >>dir/bytes && echo appended' | xargs)" 'user appended'
is "many at once" "$(api POST "/sandboxes/$box/files/write-many" '{"files":[{"path":"/workspace/m/1","content_base64":"MQ=="},{"path":"/etc/x","content_base64":"MQ=="}]}' |
	jq -c '[.written[0].path, .failed[0].path]')" '["/workspace/m/1","/etc/x"]'
is "a list" "$(api GET "/sandboxes/$box/files?path=/workspace/m" | jq -c '[.path, .entries[0].name, .entries[0].size, .entries[0].is_dir]')" '["/workspace/m","1",1,false]'
is "a tree" "$(api GET "/sandboxes/$box/files/tree?path=/workspace" | jq -c '.children[] | select(.name == "m") | [.type, .children[0].path]')" '["dir","/workspace/m/1"]'
is "one of them" "$(api POST "/sandboxes/$box/files/stat" '{"path":"/workspace/m/1"}' | jq -c '.data | [.size, .is_dir]')" '[1,false]'
is "a folder" "$(status POST "/sandboxes/$box/files/mkdir" '{"path":"/workspace/n/o"}') $(out 'stat -c %F n/o')" '201 directory'
is "deleted" "$(status DELETE "/sandboxes/$box/files?path=/workspace/m") $(status GET "/sandboxes/$box/files/workspace/m/1")" '204 404'
is "deleted by its name" "$(status DELETE "/sandboxes/$box/files/workspace/n") $(status GET "/sandboxes/$box/files?path=/workspace/n")" '204 404'
out 'ln -s /etc/shadow shadow; ln -s / root; ln -s ../../../.. up; ln -s /proc/1/root magic; echo inside >plain; ln -s plain link' >/dev/null
is "a link inside works" "$(api GET "/sandboxes/$box/files/workspace/link")" inside
for path in shadow root/etc/passwd up/etc/passwd magic/etc/passwd; do
	is "no way out: $path" "$(status GET "/sandboxes/$box/files/workspace/$path")" 404
done
is "no way out: another root" "$(status GET "/sandboxes/$box/files/etc/passwd")" 404
is "no way out: writing through a link" "$(status POST "/sandboxes/$box/files" '{"path":"/workspace/root/'"${ASSENT_TMP#/}"'/planted","content":"eA=="}'; ls "$ASSENT_TMP/planted" 2>&1 | grep -c 'No such')" '2011'
for path in '/workspace/../../secret' '..' '/workspace'; do
	is "not deleted: $path" "$(status DELETE "/sandboxes/$box/files?path=$path" | grep -xE '4[0-9]{2}' | wc -l)" 1
done
out 'mkfifo pipe' >/dev/null
for path in ../etc/x /workspace/a/../../x /workspace/pipe /workspace "$(printf '%03000d' 1)" "$(printf '%05000d' 1)" "$(printf 'd/%0300d/x' 1)"; do
	is "not written: ${path:0:30}" "$(status POST "/sandboxes/$box/files" '{"path":"'"$path"'","content":"eA=="}')" 422
done
for query in logs?lines=x logs?lines=-1 logs?lines= files?depth=x 'files/tree?depth=0'; do
	is "no number: $query" "$(status GET "/sandboxes/$box/$query")" 422
done

# ---- what a command cannot reach ----
port=$(<"$ASSENT_TMP/local.port")
is "files outside" "$(out 'for f in /etc/shadow /root /home /work /sys "$0"; do [ -e "$f" ] && echo "$f"; done; ls / | tr "\n" " "')" \
	'bin dev etc lib lib64 opt proc run sbin tmp usr var workspace '
is "our state" "$(out "ls -d '$local_state' 2>&1 | grep -c 'No such'")" 1
is "the other sandbox's files" "$(out 'ls /workspace/..| grep -c sbx')" 0
is "the network: our own port" "$(run "bash -c 'exec 3<>/dev/tcp/127.0.0.1/$port'" | jq .exit_code)" 1
is "the network: no device but lo" "$(out 'tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " \n"')" lo
like "/usr cannot be written" "$(run 'touch /usr/x' | jq -r .stderr)" 'Read-only'
is "capabilities" "$(out 'grep -h -E "Cap(Eff|Bnd|Prm)" /proc/self/status | tr -d "0\t\n"')" CapPrm:CapEff:CapBnd:
is "no new privileges" "$(out 'grep NoNewPrivs /proc/self/status | tr -dc 01')" 1
ok "another user namespace" test "$(run 'unshare -Ur true' | jq .exit_code)" -ne 0
is "processes outside" "$(out 'ps -eo args= | grep -c [a]ssent-local')" 0
is "descriptors but its own" "$(out "$open_ones")" 'none'
is "its supervisor" "$(run 'kill -9 1; kill -STOP 1; ls /proc/1/fd 2>&1 | grep -c denied; cat /proc/1/environ 2>&1 | grep -c denied' | jq -c '[.stdout, .exit_code]')" '["1\n1\n",0]'
is "many processes" "$(run 'i=0; while [ $i -lt 100 ]; do sleep 2 & i=$((i+1)); done' | jq -c '[.exit_code != 0, (.stderr | contains("fork"))]')" '[true,true]'
sleep 2.2
like "much memory" "$(run 'perl -e "my \$x = \"a\" x (900 * 1024 * 1024); print \"had it\""' | jq -r '.stdout + .stderr')" '^Out of memory'
is "a large file" "$(run 'head -c 300000000 /dev/zero >big; s=$?; rm -f big; exit $s' '{"timeout":60}' | jq .exit_code)" 153
is "and all is well afterwards" "$(out 'echo well')" well

# ---- events ----
id_of() { sed -n 's/^id: //p'; }
types_of() { sed -n 's/^event: //p' | tr '\n' ' '; }
sse "/sandboxes/$box/events" 2 >"$ASSENT_TMP/events" &
listener=$!
ok "a stream begins at once" wait_until 20 grep -q '^: connected' "$ASSENT_TMP/events"
run 'echo a; echo b >&2; exit 5' >/dev/null
wait $listener
is "a command's events" "$(types_of <"$ASSENT_TMP/events" | sed 's/sandbox.exec.//g' | xargs -n 1 | sort | tr '\n' ' ')" 'completed started stderr stdout '
is "the first and the last of them" "$(types_of <"$ASSENT_TMP/events" | cut -d' ' -f1,4)" 'sandbox.exec.started sandbox.exec.completed'
is "with the status" "$(sed -n 's/^data: //p' "$ASSENT_TMP/events" | tail -n 1 | jq .exit_code)" 5
ok "ids only grow" test "$(id_of <"$ASSENT_TMP/events" | sort -u)" = "$(id_of <"$ASSENT_TMP/events")"
second=$(id_of <"$ASSENT_TMP/events" | sed -n 2p)
is "Last-Event-ID: what came after, and no more" "$(sse "/sandboxes/$box/events" 1 -H "Last-Event-ID: $second" | id_of | tr '\n' ' ')" \
	"$(id_of <"$ASSENT_TMP/events" | tail -n +3 | tr '\n' ' ')"
is "without one: nothing old" "$(sse "/sandboxes/$box/events" 1 | id_of | wc -l)" 0
like "the log" "$(api GET "/sandboxes/$box/logs" | tail -n 2 | tr '\n' ' ')" '^(a b|b a) $'
sse "/sandboxes/$box/logs/stream" 2 >"$ASSENT_TMP/lines" &
listener=$!
wait_until 20 grep -q '^: connected' "$ASSENT_TMP/lines"
run 'echo streamed' >/dev/null
wait $listener
like "the log as a stream" "$(cat "$ASSENT_TMP/lines")" '^data: \{"line":"streamed","stream":"stdout",'
like "ready, as a stream" "$(sse "/sandboxes/$box/readiness/stream" 2)" '^event: ready'

# ---- lifecycle ----
sse /events/stream 60 >"$ASSENT_TMP/tenant" &
listener=$!
wait_until 20 grep -q '^: connected' "$ASSENT_TMP/tenant"
new=$(api POST /sandboxes '{"name":"extra"}' | jq -r .id)
like "a new one" "$new" '^sbx_[0-9a-f]+$'
old=$box box=$new
is "works at once" "$(out 'echo here')" here
run "sleep $((marker + 1)) & (setsid sleep $((marker + 1)) &)" >/dev/null
ok "something runs in it" wait_until 20 there $((marker + 1)) 2
is "paused" "$(api POST "/sandboxes/$box/pause" '{}' | jq -r .state)" paused
is "all is stopped" "$(ps -eo stat=,args= | grep -E "sleep $((marker + 1))\$" | cut -c1 | tr -d '\n')" TT
is "no command then" "$(code POST "/sandboxes/$box/exec" '{"command":"true"}')" SANDBOX_NOT_COMMAND_READY
is "resumed" "$(api POST "/sandboxes/$box/resume" '{}' | jq -r .state) $(out 'echo again')" 'running again'
is "deleted" "$(status DELETE "/sandboxes/$box") $(status GET "/sandboxes/$box")" '204 404'
ok "with all that ran in it" wait_until 20 gone $((marker + 1))
no_folder() { ! find "$local_state/sandboxes" -maxdepth 1 | grep -q "$new"; }	# under no name
ok "and its files" wait_until 20 no_folder
box=$old
ok "what ran in the other goes on" there "$marker" 1
told() { grep -F -B1 "\"id\":\"$new\"" "$ASSENT_TMP/tenant" | types_of; }
all_told() { [[ "$(told)" == *destroyed* ]]; }
wait_until 10 all_told
kill $listener
wait $listener 2>/dev/null
is "the tenant's stream told" "$(told)" 'sandbox.created sandbox.ready sandbox.paused sandbox.resumed sandbox.destroyed '
# Whose supervisor is killed: it says so.
box=$(api POST /sandboxes '{"name":"broken"}' | jq -r .id)
out true >/dev/null
pkill -KILL -n -P "$local_pid"
broken() { [ "$(api GET "/sandboxes/$box" | jq -r .state)" = error ] && grep -q '^assent-local: broken ended by itself' "$ASSENT_TMP/local.log"; }
ok "one whose supervisor is gone is told" wait_until 20 broken
is "and can be deleted" "$(status DELETE "/sandboxes/$box")" 204
box=$old

# ---- previews and deployments ----
put /workspace/serve.pl 'use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8000, Listen => 8, ReuseAddr => 1) or die;
$SIG{CHLD} = "IGNORE";
while (my $c = $s->accept) { next if fork; my $r = <$c>; while (my $l = <$c>) { last if $l =~ /^\r?$/ } my $n = $r =~ /(\d+) / ? $1 : 5;
print $c "HTTP/1.0 200 OK\r\nContent-Length: $n\r\n\r\n", "hello" x ($n / 5); close $c; exit }'
run 'perl serve.pl >/dev/null 2>&1 & sleep 0.4' >/dev/null
url=$(api POST "/sandboxes/$box/expose" '{"port":8000}' | jq -r .url)
like "a preview is on the loopback address" "$url" '^http://127\.0\.0\.1:[0-9]+$'
is "and leads inside" "$(curl -s --max-time 5 "$url/")" hello
is "whole, whatever its length" "$(curl -s --max-time 30 "$url/20000000" | sha256sum)" "$(yes hello | head -n 4000000 | tr -d '\n' | sha256sum)"
# Where the end comes while bytes still wait for the visitor is luck: so, several lengths.
is "to slow visitors, too" "$(for i in 1 2 3 4 5 6 7 8 9 10; do curl -s -o /dev/null --max-time 30 --limit-rate 8M "$url/$((16000000 + i * 130000))" || echo cut & done; wait)" ''
is "the same port, the same preview" "$(api POST "/sandboxes/$box/expose" '{"port":8000}' | jq -r .url)" "$url"
nobody=$(api POST "/sandboxes/$box/expose" '{"port":8001}' | jq -r .url)
ok "where nobody listens the connection ends" test "$(curl -s --max-time 5 "$nobody/"; echo $?)" -ne 28
# A program that listens and never accepts must not stop the supervisor.
put /workspace/deaf.pl 'use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8002, Listen => 1) or die; sleep 60;'
run 'perl deaf.pl >/dev/null 2>&1 & sleep 0.3' >/dev/null
deaf=$(api POST "/sandboxes/$box/expose" '{"port":8002}' | jq -r .url)
for i in 1 2 3 4 5 6; do curl -s --max-time 3 "$deaf/" & done >/dev/null
sleep 0.5
is "nor does one that never accepts stop others" "$(run 'echo alive' | jq -c '[.stdout, .duration_ms < 15000]')" '["alive\n",true]'
is "no such port" "$(status POST "/sandboxes/$box/expose" '{"port":70000}') $(status POST "/sandboxes/$box/expose" '{}')" '422 422'
out 'mkdir -p site/css; echo "<p>shop" >site/index.html; echo body >site/css/a.css; ln -s /etc/passwd site/passwd' >/dev/null
deployed=$(api POST "/sandboxes/$box/deploy" '{"name":"shop","path":"/workspace/site"}')
like "a deployment" "$(jq -c '[.status, .url, (.id | length > 0)]' <<<"$deployed")" '^\["succeeded","http://127\.0\.0\.1:[0-9]+",true\]$'
url=$(jq -r .url <<<"$deployed")
is "is served" "$(curl -s --max-time 5 "$url/") $(curl -s --max-time 5 "$url/css/a.css")" '<p>shop body'
out 'echo changed >site/index.html' >/dev/null
is "as it was then" "$(curl -s --max-time 5 "$url/")" '<p>shop'
is "read-only, and nothing else" "$(curl -s -o /dev/null -w '%{http_code} ' -X DELETE "$url/index.html"; curl -s -o /dev/null -w '%{http_code}' "$url/passwd")" '405 404'
is "of what is not there" "$(status POST "/sandboxes/$box/deploy" '{"path":"/workspace/nothing"}')" 404

# ---- the end ----
run "(setsid sleep $((marker + 2)) &)" >/dev/null
ok "something runs outside its group" wait_until 20 there $((marker + 2)) 1
kill -TERM "$local_pid"
wait "$local_pid"
is "SIGTERM ends it in order" "$?" 0
is "and all that it started, before it is gone itself" "$(sleeps "$marker") $(sleeps $((marker + 2)))" '0 0'
is "it said where it is, and its isolation" "$(grep -c "^assent-local: http://127.0.0.1:$port/api/v1, token in .*/token, isolation: namespaces\$" "$ASSENT_TMP/local.log")" 1
token=$(<"$local_state/token")
start_local --sandboxes 1
first_box
is "the token stays the same" "$(<"$local_state/token")" "$token"
run "sleep $((marker + 3)) & (setsid sleep $((marker + 3)) &)" >/dev/null
ok "again something runs" wait_until 20 there $((marker + 3)) 2
kill -KILL "$local_pid"
wait "$local_pid" 2>/dev/null
ok "after kill -9 nothing does" wait_until 20 gone $((marker + 3))

# ---- without namespaces ----
chmod 711 "$ASSENT_TMP"	# started by root, the uid of its sandboxes has to get through
start_local --sandboxes 2 --no-namespaces
first_box
is "it says so" "$(api GET "/sandboxes/$box" | jq -r '"\(.isolation): \(.isolation_why)"')" 'landlock: namespaces are not used: --no-namespaces'
is "commands run" "$(run 'echo out; echo err >&2; exit 3' | jq -c '[.stdout, .stderr, .exit_code]')" '["out\n","err\n",3]'
is "in a folder by its name inside" "$(out 'mkdir -p /dev/null/x 2>/dev/null; mkdir sub; cd sub; pwd' | sed "s|.*/workspace||") $(out pwd '{"cwd":"/workspace/sub"}' | sed 's|.*/workspace||')" '/sub /sub'
is "what it was given is found" "$(out 'command -v assent-form')" "$(realpath "$ASSENT_BUILD")/examples/assent-form"
put /workspace/f 'text'
is "files too" "$(out 'cat f')" text
like "files outside cannot be read" "$(run "cat /etc/passwd '$ASSENT_TMP/secret' '$local_state/token'; ls /home /tmp" | jq -r '.stdout + .stderr' | grep -c denied)" '^5$'
is "nor written" "$(run "echo x >'$ASSENT_TMP/secret'; echo x >'$ASSENT_TMP/planted'; mkdir '$ASSENT_TMP/planted'" | jq '.exit_code != 0') $(<"$ASSENT_TMP/secret") $(ls "$ASSENT_TMP/planted" 2>/dev/null | wc -l)" 'true secret 0'
is "nor cut short by their names" "$(run "perl -e 'exit(truncate(\$ARGV[0], 0) ? 0 : 7)' '$ASSENT_TMP/secret'" | jq .exit_code) $(<"$ASSENT_TMP/secret")" '7 secret'
is "no network" "$(run "bash -c 'exec 3<>/dev/tcp/127.0.0.1/$(<"$ASSENT_TMP/local.port")'" | jq .exit_code)" 1
is "no sockets at all, so none of this user's services" "$(run 'perl -MSocket -e "socket(my \$s, AF_UNIX, SOCK_STREAM, 0) or die \$!"' | jq '.exit_code != 0')" true
is "nor descriptors" "$(out "$open_ones")" 'none'
is "over its time" "$(run "sleep $marker" '{"timeout_ms":400}' | jq -c '[.exit_code, .timed_out]')" '[137,true]'
is "no previews, it says" "$(code POST "/sandboxes/$box/expose" '{"port":80}') $(cat "$status_file")" 'NOT_IMPLEMENTED 501'
is "no pause either" "$(status POST "/sandboxes/$box/pause" '{}')" 501
run "sleep $((marker + 4)) & (setsid sh -c 'trap : TERM HUP INT; sleep $((marker + 4)); sleep $((marker + 4))' &)" >/dev/null
ok "something runs" wait_until 20 there $((marker + 4)) 2
new=$box
is "deleted" "$(status DELETE "/sandboxes/$box")" 204
ok "with all that ran in it" wait_until 20 gone $((marker + 4))
ok "and its files" wait_until 20 no_folder
box=$(session_id sandboxes build-2)
run "(setsid sh -c 'trap : TERM HUP INT; sleep $((marker + 5)); sleep $((marker + 5))' &)" >/dev/null
ok "in the other, too" wait_until 20 there $((marker + 5)) 1
kill -TERM "$local_pid"
wait "$local_pid"
is "SIGTERM ends all" "$? $(sleeps $((marker + 5)))" '0 0'
start_local --sandboxes 1 --no-namespaces
is "what was there is there again, and enough" "$(api GET /sandboxes | jq -c '[.data[].name]')" '["build-2"]'
run "(setsid sh -c 'trap : TERM HUP INT; sleep $((marker + 6)); sleep $((marker + 6))' &)" >/dev/null
ok "once more something runs" wait_until 20 there $((marker + 6)) 1
kill -KILL "$local_pid"
wait "$local_pid" 2>/dev/null
ok "and ends with kill -9" wait_until 20 gone $((marker + 6))

# ---- what it refuses ----
refused() { "$ASSENT_BUILD/assent-local" "$@" >/dev/null 2>"$ASSENT_TMP/refused"; echo $?; }
is "another address than loopback" "$(refused --listen 0.0.0.0:0)" 2
is "a bad number" "$(refused --sandboxes x)" 2
is "an unknown option" "$(refused --nothing)" 2
: >"$ASSENT_TMP/file"
like "a state folder that is none" "$(refused --state "$ASSENT_TMP/file/x"; cat "$ASSENT_TMP/refused")" "$ASSENT_TMP/file"
like "help" "$("$ASSENT_BUILD/assent-local" --help)" '^usage: assent-local'
end_test
