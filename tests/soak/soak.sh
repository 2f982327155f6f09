#!/bin/bash
# A gate whose streams are cut every few kilobytes, whose events come twice and in the wrong order, whose calls are turned away and whose substrate is
# killed now and then ends with the same model as one that nothing disturbs: both see the same work. SOAK_SECONDS: how long (6; make soak: 1,800).
. "$ASSENT_SRC/tests/e2e/lib.sh"
seconds=${SOAK_SECONDS:-6}
declare -A snapshots=() port=() options=([calm]='' [rough]='--fault drop-every=6000,dup-ids,reorder,no-heartbeat,406,429') local_of=()

# on SIDE: what lib.sh's functions speak to from now on.
on() {
	local_state=$ASSENT_TMP/local-$1 gate_state=$ASSENT_TMP/gate-$1 socket=$ASSENT_TMP/$1.sock
	LOCAL_URL=http://127.0.0.1:${port[$1]-}/api/v1
}

begin_local() {	# SIDE
	on "$1"
	rm -f "$1.port"
	# shellcheck disable=SC2086
	start "local-$1" "$ASSENT_BUILD/assent-local" --listen "127.0.0.1:${port[$1]:-0}" --port-file "$1.port" --state "$local_state" --sandboxes 2 ${options[$1]}
	local_of[$1]=$started
	wait_until 30 test -s "$1.port" || { report 1 "assent-local ($1) starts"; end_test; }
	port[$1]=$(<"$1.port")
	on "$1"
}

api() {	# PATH CURL-ARGUMENT...: what is turned away is asked again
	local path=$1 try
	shift
	for try in 1 2 3 4 5 6; do
		local_api "$path" -f -o answer "$@" 2>/dev/null && cat answer && return 0
		sleep 0.3
	done
	echo "no answer: $path" >>"$ASSENT_TMP/unanswered"
	return 1
}
# What was deleted and not answered is not there the second time.
delete() {
	local try code said=''
	for try in 1 2 3 4 5 6 7 8 9 10; do
		code=$(local_api "$1" -X DELETE -o /dev/null -w '%{http_code}' 2>/dev/null)
		said+="$code "
		[[ $code = 204 || $code = 404 ]] && return
		sleep 0.5
	done
	echo "not deleted: $1: $said" >>"$ASSENT_TMP/unanswered"
}
sandbox() { api /sandboxes | jq -er --argjson n "$1" '(.data // .) | sort_by(.name) | .[$n].id'; }

work() {	# SIDE ROUND: the same on both
	local r=$2 a b p
	on "$1"
	a=$(sandbox 0) b=$(sandbox 1)
	api "/sandboxes/$a/exec" -d "{\"command\":\"for i in 1 2 3 4 5 6 7 8 9 10; do echo a $r line \$i; done; echo a $r wrong >&2\"}" >/dev/null
	api "/sandboxes/$b/exec/stream" -d "{\"command\":\"for i in 1 2 3 4 5; do echo b $r line \$i; sleep 0.02; done\"}" >/dev/null
	p=$(api "/sandboxes/$a/processes" -d "{\"command\":\"for i in 1 2 3; do echo p $r line \$i; done\",\"name\":\"p$r\"}" | jq -r '(.data // .).pid')
	api "/sandboxes/$b/files" -d "{\"path\":\"/workspace/file-$r\",\"content\":\"$(base64 <<<"$r")\"}" >/dev/null
	snapshots[$1$r]=$(api "/sandboxes/$b/snapshots" -d "{\"comment\":\"round $r\"}" | jq -r '(.data // .).id')
	[ $r -le 3 ] || delete "/sandboxes/$b/snapshots/${snapshots[$1$((r - 3))]}"
	[ $((r % 3)) -ne 0 ] || { api "/sandboxes/$b/pause" -d '{}' && api "/sandboxes/$b/resume" -d '{}'; } >/dev/null
	has_ended() { [ "$(api "/sandboxes/$a/processes/$p" | jq -r '(.data // .).status')" != running ]; }
	wait_until 10 has_ended
}

# A substrate that was killed begins its sandboxes again, and tells so; and a change of a file while nobody watches is repeated by nobody: the gap in the log says that.
# How far a snapshot is is told to who looks while it is made, and that is a matter of milliseconds; that it was made is in the model.
not_repeated='^event (sandbox\.(started|ready)|created|modified|deleted|renamed|file|snapshot_progress) '

# What must be the same in the end: what the sessions are, and every line but those that tell of a gap. Ids and times differ between the two.
model() {
	on "$1"
	operator /v1/state | jq -S '.sessions | map({name, kind, state, doing, snapshots: (.snapshots | map({status, comment}) | sort_by(.comment)), previews: (.previews | length)}) | sort_by(.name)'
	local id name
	while read -r name id; do
		echo "== $name"
		lines "$id" | jq -r '.lines[] | select(.stream != "gap") | .stream + " " + .text' |
			sed -E 's/[a-z]+_[0-9a-f]{8,}/ID/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g; s/[0-9.]+ ?m?s\b/TIME/g; s/(pid|duration_ms)=[0-9]+/NUMBER/g' | sort | grep -vE "$not_repeated"
	done < <(operator /v1/state | jq -r '.sessions | sort_by(.name)[] | .name + " " + .id')
}
lines() { local from=0 total; total=$(operator "/v1/sessions/$1/log?from=0&n=0" | jq .total); while [ "$from" -lt "$total" ]; do operator "/v1/sessions/$1/log?from=$from&n=500"; from=$((from + 500)); done; }
counts() { operator /v1/state | jq -c '[.sessions[] | .log_lines, .live]'; }
settle() {	# SIDE: nothing new for some seconds, and live
	local was='' now same=0 end=$((SECONDS + 90))
	on "$1"
	while [ $same -lt 5 ] && [ $SECONDS -lt $end ]; do
		now=$(counts)
		if [ "$now" = "$was" ] && ! grep -q false <<<"$now"; then same=$((same + 1)); else same=0; fi
		was=$now
		sleep 1
	done
}

cd "$ASSENT_TMP" || exit 1
for side in calm rough; do
	begin_local $side
	start_gate
	eval "gate_$side=$gate_pid"
done
end=$((SECONDS + seconds)) round=0 killed=0 told=0
while [ $SECONDS -lt $end ] || [ $round -lt 3 ]; do
	round=$((round + 1))
	work calm $round
	work rough $round
	if [ $((round % 4)) -eq 2 ]; then
		kill -9 "${local_of[rough]}" && wait "${local_of[rough]}" 2>/dev/null
		begin_local rough
		killed=$((killed + 1))
	fi
	[ $((SECONDS / 30)) -eq $told ] || { told=$((SECONDS / 30)) && echo "# $SECONDS s of $seconds: $round rounds, $killed kills"; }
done
settle calm
settle rough
model calm >calm.model
model rough >rough.model
echo "# $round rounds in $seconds s, $killed kills, $(grep -c . calm.model) lines of model, $(for s in calm rough; do on $s; operator /v1/state | jq '[.sessions[].streams[]?.gaps] | add // 0'; done | paste -sd/) gaps (calm/rough)"
is "every call was answered" "$(cat unanswered 2>/dev/null | sort | uniq -c)" ""
[ "$(grep -c . calm.model)" -gt $((round * 15)) ]
report $? "there is something to compare"
diff calm.model rough.model >model.diff
report $? "the two models are the same" "$(head -c 600 model.diff)"
on rough
[ "$(operator /v1/state | jq '[.sessions[].streams[]?.gaps] | add // 0')" -gt 0 ]
report $? "the rough one knows of its gaps"
end_test
