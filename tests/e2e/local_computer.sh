#!/bin/bash
# assent-local's computers over its API: windows, the clipboard with a real program at its other end, pictures of a part, and what is told of it.
. "$ASSENT_SRC/tests/e2e/lib.sh"

status_file=$ASSENT_TMP/status
api() { local_api "$2" -X "$1" ${3:+--data-binary "$3"} -o "$ASSENT_TMP/answer" -w '%{http_code}' >"$status_file"; cat "$ASSENT_TMP/answer"; }
status() { api "$@" >/dev/null; cat "$status_file"; }
desk() { api "$1" "/computers/$id/desktop/$2" "${3-}"; }
run() { api POST "/computers/$id/exec" "$(jq -cn --arg c "$1" '{command: $c}')"; }
out() { run "cd; $1" | jq -r .output; }

start_local --computers 1 --size 800x600
find_it() { id=$(session_id computers desk-1) && [ "$(api GET "/computers/$id" | jq -r .status)" = running ]; }
wait_until 20 find_it || { report 1 "a computer runs"; end_test; }
local_api "/computers/$id/events" -N --max-time 60 >"$ASSENT_TMP/events" 2>/dev/null &
children=($! "${children[@]}")
ok "its stream is there" wait_until 20 grep -q '^: connected' "$ASSENT_TMP/events"
# told TYPE JQ-FILTER: an event of this type for which the filter holds.
told() { grep -A1 "^event: $1\$" "$ASSENT_TMP/events" | sed -n 's/^data: //p' | jq -en "any(inputs; $2)"; }

# ---- windows ----
window() { desk GET windows | jq -r '[.[] | select(.title == "second")][0]'; }
there() { [ "$(window)" != null ]; }
run 'DISPLAY=:0 xterm -T second -geometry 40x8+20+30 -e "sleep 600" >/dev/null 2>&1 &' >/dev/null
ok "a second window" wait_until 10 there
w=$(window | jq -r .id)
is "names its program" "$(window | jq -r .app)" XTerm
is "its size and place by its id" "$(desk GET "window/$w/size" | jq -c '[.width, .height]') $(desk GET "window/$w/position" | jq -c '[.x, .y]')" "$(window | jq -cr '"\([.width, .height]) \([.x, .y])"')"
moved() { [ "$(window | jq -c '[(.x - 200 | fabs) < 30, (.y - 250 | fabs) < 30]')" = '[true,true]' ]; }
desk POST "window/$w/move" '{"x":200,"y":250}' >/dev/null
ok "moved" wait_until 20 moved
resized() { [ "$(window | jq '(.width - 500 | fabs) < 20 and (.height - 200 | fabs) < 20')" = true ]; }
desk POST "window/$w/resize" '{"width":500,"height":200}' >/dev/null
ok "resized" wait_until 20 resized
maximized() { [ "$(window | jq '.width > 700 and .height > 400')" = true ]; }
is "maximized" "$(desk POST "window/$w/maximize" '{}' | jq .success)" true
ok "it fills the screen" wait_until 20 maximized
before=$(local_api "/computers/$id/desktop/screenshot" | sha256sum)
changed() { [ "$(local_api "/computers/$id/desktop/screenshot" | sha256sum)" != "$before" ]; }
is "minimized" "$(desk POST "window/$w/minimize" | jq .success)" true
ok "the screen shows it" wait_until 20 changed
focused() { [ "$(window | jq .focused)" = true ]; }
desk POST window/focus "{\"window_id\":\"$w\"}" >/dev/null
ok "focused again" wait_until 20 focused
closed() { ! there; }
is "closed" "$(desk POST "window/$w/close" '{}' | jq .success)" true
ok "it is gone" wait_until 20 closed
ok "with the program in it" test "$(out 'ps -eo args | grep -c "[s]leep 600"')" = 0
is "no such window" "$(status POST "/computers/$id/desktop/window/$w/close" '{}') $(status GET "/computers/$id/desktop/window/x/size") $(status POST "/computers/$id/desktop/window/4294967296/move" '{"x":1,"y":1}')" '422 422 422'
is "the id twice" "$(status POST "/computers/$id/desktop/window/$w/move" '{"window_id":1,"x":1,"y":1}')" 422

# ---- the clipboard ----
is "nobody has one" "$(desk GET clipboard)" '{"text":""}'
text='grüße, "world" 🙂'
is "set" "$(desk POST clipboard "$(jq -cn --arg t "$text" '{text: $t}')" | jq .success)" true
is "a program inside gets it" "$(out 'DISPLAY=:0 timeout 15 xclip -selection clipboard -o')" "$text"
is "and we" "$(desk GET clipboard | jq -r .text)" "$text"
run "DISPLAY=:0 timeout 60 xclip -selection clipboard -i <<'END'
from inside ü
END" >/dev/null
is "a program's text" "$(desk GET clipboard | jq -r .text)" 'from inside ü'
run 'seq 70000 >numbers; DISPLAY=:0 timeout 60 xclip -selection clipboard -i numbers' >/dev/null
is "a long one, which comes in pieces" "$(desk GET clipboard | jq -j .text | sha256sum)" "$(seq 70000 | sha256sum)"
seq 100000 | jq -Rs '{text: .}' | local_api "/computers/$id/desktop/clipboard" --data-binary @- >/dev/null
is "a long one of ours" "$(out 'DISPLAY=:0 timeout 15 xclip -selection clipboard -o | sha256sum')" "$(seq 100000 | sha256sum)"
is "no text" "$(status POST "/computers/$id/desktop/clipboard" '{}') $(status POST "/computers/$id/desktop/clipboard" '{"text":"a\u0000b"}')" '422 422'
# It has to own the clipboard before it is stopped, and says nothing when it does.
unanswered() { run 'DISPLAY=:0 xclip -selection clipboard -i /dev/null; sleep 0.2; pkill -STOP xclip' >/dev/null; [ "$(desk GET clipboard | jq -r .error.code)" = DESKTOP_UNREACHABLE ]; }
ok "an owner that does not answer" wait_until 20 unanswered
is "and the rest goes on" "$(desk GET cursor | jq -c keys)" '["x","y"]'

# ---- pictures ----
# size FILE: as the PNG says.
size() { od -An -tu1 -j16 -N8 "$1" | awk '{ print $3 * 256 + $4 "x" $7 * 256 + $8 }'; }
rect='x=10&y=20&width=30&height=40'
local_api "/computers/$id/desktop/screenshot/region?$rect" -o "$ASSENT_TMP/get.png"
local_api "/computers/$id/desktop/screenshot/region" -d '{"x":10,"y":20,"width":30,"height":40}' -o "$ASSENT_TMP/post.png"
local_api "/computers/$id/screenshot?$rect" -o "$ASSENT_TMP/old.png"
local_api "/computers/$id/screenshot" -o "$ASSENT_TMP/whole.png"
is "a part, asked for in three ways, and the whole" "$(for f in get post old whole; do size "$ASSENT_TMP/$f.png"; done | xargs)" '30x40 30x40 30x40 800x600'
is "wrong rectangles" "$(for q in '' 'x=1' 'x=1&y=1&width=0&height=1' 'x=-1&y=1&width=1&height=1' 'x=1&y=1&width=9999&height=1'; do status GET "/computers/$id/desktop/screenshot/region?$q"; done | fold -w3 | sort -u)" 422
is "the environment" "$(desk GET environment | jq -c '[.session_type, .resolution, .color_depth]')" '["x11","800x600",24]'

# ---- files ----
upload() { curl -sS --max-time 20 -H "Authorization: Bearer $(<"$local_state/token")" -F "file=@$ASSENT_TMP/bytes" "$@" "$LOCAL_URL/computers/$id/files/upload"; }
files() { api "$1" "/computers/$id/files/$2" "${3-}"; }
head -c 100000 /dev/urandom >"$ASSENT_TMP/bytes"
is "uploaded as a form" "$(upload -F path=/home/user/up/bytes | jq -c '[.success, .size]')" '[true,100000]'
is "uploaded with its path in a header" "$(upload -H 'X-Remote-Path: /home/user/up/two' | jq -c .success)" true
is "the same bytes" "$(out 'sha256sum <up/bytes; sha256sum <up/two' | uniq | cut -c1-64) $(local_api "/computers/$id/files/download?path=/home/user/up/two" | sha256sum | cut -c1-64)" \
	"$(sha256sum <"$ASSENT_TMP/bytes" | cut -c1-64) $(sha256sum <"$ASSENT_TMP/bytes" | cut -c1-64)"
is "no form" "$(status POST "/computers/$id/files/upload" '{}')" 422
is "written as text, and as base64" "$(files POST write '{"path":"/home/user/t","content":"abcd"}' | jq .size) $(files POST write '{"path":"/home/user/b","content":"YWJjZA==","encoding":"base64"}' | jq .size) $(out 'cat t b')" '4 4 abcdabcd'
is "a folder" "$(files POST mkdir '{"path":"/home/user/d","mode":"0700"}' | jq .success) $(out 'stat -c %a d') $(status POST "/computers/$id/files/mkdir" '{"path":"/home/user/e/f"}') $(files POST mkdir '{"path":"/home/user/e/f","recursive":true}' | jq .success)" 'true 700 404 true'
is "renamed" "$(files POST rename '{"from":"/home/user/t","to":"/home/user/d/t"}' | jq .success) $(out 'cat d/t; ls t 2>&1 | grep -c "No such"')" 'true abcd1'
is "copied" "$(files POST copy '{"from":"/home/user/d","to":"/home/user/g","recursive":true}' | jq .success) $(out 'cat g/t; stat -c %U g/t')" 'true abcduser'
is "another mode" "$(files POST chmod '{"path":"/home/user/g/t","mode":"0600"}' | jq .success) $(out 'stat -c %a g/t')" 'true 600'
is "listed in three ways" "$(files GET 'readdir?path=/home/user/g' | jq -r '.data.entries[].name') $(files GET 'list?path=/home/user/g' | jq -r '.entries[] | "\(.name) \(.is_dir) \(.is_symlink)"') $(api GET "/computers/$id/files?path=/home/user/g" | jq '.entries | length')" 't t false false 1'
is "deleted, by its body and by the query" "$(api DELETE "/computers/$id/files" '{"path":"/home/user/g"}' | jq .success) $(api DELETE "/computers/$id/files?path=/home/user/b" | jq .success) $(out 'ls b g 2>&1 | grep -c "No such"')" 'true true 2'
for bad in 'rename {"from":"/etc/passwd","to":"/home/user/p"}' 'rename {"from":"/home/user/d"}' 'copy {"from":"/home/user/d","to":"/home/user/h"}' 'chmod {"path":"/home/user/d","mode":"4755"}' \
	'chmod {"path":"/home/user/d","mode":"rwx"}' 'chmod {"path":"/home/user/d"}' 'write {"path":"/home/user/x","content":"!","encoding":"base64"}' \
	'write {"path":"/home/user/x","content":"x","encoding":"latin1"}' 'write {"path":"/home/user/x","content":"x","mode":"0777"}' 'mkdir {"path":"/etc/x"}'; do
	is "refused: $bad" "$(status POST "/computers/$id/files/${bad%% *}" "${bad#* }")" 422
done
out 'ln -s /etc out; ln -s / root' >/dev/null
is "no way out" "$(status POST "/computers/$id/files/copy" '{"from":"/home/user/out/passwd","to":"/home/user/p"}') $(status POST "/computers/$id/files/rename" '{"from":"/home/user/root/etc/hostname","to":"/home/user/p"}')" '404 404'

# ---- what is told ----
ok "a file that was written" told file '.operation == "write" and .path == "/home/user/up/bytes" and .size == 100000 and .timestamp > 0'
is "and the others" "$(grep -A1 '^event: file$' "$ASSENT_TMP/events" | sed -n 's/^data: //p' | jq -r .operation | sort -u | xargs)" 'delete mkdir read rename write'
ok "a window's move is told" told desktop_action ".kind == \"window_move\" and .window_id == \"$w\" and .x == 200"
ok "so is the clipboard, without its text" told desktop_action '.kind == "set_clipboard" and (has("text") | not) and .timestamp > 0'
ok "and a picture, without its bytes" told screenshot '.width == 30 and .height == 40 and .size > 0 and (has("data") | not)'
is "looking is not" "$(grep -cE '"kind":"(cursor|windows|window_size|clipboard_get|environment)"' "$ASSENT_TMP/events")" 0
end_test
