#!/bin/bash
# F30, F32, F34: a disk that is full, files that are moved away or forbidden while they are open, another program in the journal.
# RLIMIT_FSIZE (F31) is in tests/e2e/gate_crash.sh; the n-th write and sync (F33) in tests/fault/storm.sh and tests/unit/test_store.
. "$ASSENT_SRC/tests/e2e/lib.sh"
. "$ASSENT_SRC/tests/e2e/gate_lib.sh"

start_upstream
is_live() { [ "$(operator /v1/state | jq .gate.live)" = "$1" ]; }
why() { operator /v1/state | jq -r .gate.not_live_why; }

# ---- F30: a disk of 1 MB, and one that turns read-only, in a mount namespace of our own ----
# Lines for the shell in there are written to descriptor 7; the gate sees this test's uid as its own.
small=$ASSENT_TMP/small
mkdir "$small"
mkfifo inside
if unshare -rm mount -t tmpfs tmpfs "$small" 2>/dev/null; then
	start namespace unshare -rm bash -c 'mount -t tmpfs -o size=1m,mode=700 tmpfs "$1" && "${@:2}" & while read -r line; do eval "$line"; done <inside' \
		shell "$small" true
	namespace_pid=$started
	exec 7>inside
	gate_state=$small/state
	echo "'$ASSENT_BUILD/assent' gate --foreground --listen 127.0.0.1:0 --upstream '$UPSTREAM' --key-file '$KEY_FILE' --state '$gate_state' \
--socket '$socket' >>'$ASSENT_TMP/gate.log' 2>&1 & echo \$! >gate.pid" >&7
	ok "F30: a gate starts on a disk of 1 MB" wait_until 20 operator /v1/state -f
	GATE_URL=$(operator /v1/state | jq -r .gate.base_url)
	token=$(add_agent clerk --answer-within none)
	ask held "$token" /sandboxes/s1/exec -X POST -d held
	held '.body == "held"'
	id=$(actions '.body == "held"' | jq .id)
	# As many as fit, and then no more.
	echo "head -c 2000000 /dev/zero >'$small/ballast' 2>/dev/null; echo full >full" >&7
	ok "F30: it is full" wait_until 10 test -s full
	ask nospace "$token" /sandboxes/s2/exec -X POST -d "$(head -c 20000 /dev/zero | tr '\0' x)"
	answered nospace
	is "F30: what cannot be written is not taken" "$(status_of nospace) $(jq -r .error.code nospace.body)" '403 record_failed'
	ok "F30: the operator is told" is_live false
	like "F30: and why" "$(why)" 'journal.db.*(full|disk I/O error)'
	is "F30: a decision is refused" "$(decide_code "$id" approve)" record_failed
	is "F30: nothing was sent" "$(sent)" 0
	echo "rm '$small/ballast'; echo free >free" >&7
	wait_until 10 test -s free
	person ".id == $id" approve
	answered held
	is "F30: with room again it goes on" "$(status_of held) $(sent)" '200 1'
	ok "F30: and the notice is gone" is_live true
	ask ro "$token" /sandboxes/s3/exec -X POST -d ro
	held '.body == "ro"'
	id=$(actions '.body == "ro"' | jq .id)
	echo "mount -o remount,ro '$small' 2>>remount.err; mv '$small/state/journal.db-wal' '$small/x' 2>ro; echo \$? >ro.done" >&7
	wait_until 10 test -s ro.done
	# An open file keeps a file system writable: then it cannot be made read-only while a gate runs.
	if grep -q 'ead-only' ro; then
		is "F32: on a disk that turned read-only a decision is refused" "$(decide_code "$id" approve)" record_failed
	else
		ok "F32: a disk in use cannot be made read-only" test -s remount.err	# mount(8) has several words for it
		is "F32: a log that was moved away is noticed" "$(decide_code "$id" approve)" record_failed
	fi
	is "F32: nothing was sent" "$(sent)" 1
	echo "kill \$(cat gate.pid); exit" >&7
	exec 7>&-
	wait "$namespace_pid" 2>/dev/null
else
	echo "# no mount namespaces here: the full disk is tests/e2e/gate_crash.sh's (a limit on file sizes, and FPn:enospc)"
fi

# ---- F32: moved, replaced, forbidden while it is open ----
rm -f "$up/requests"
gate_state=$ASSENT_TMP/state
start_gate
token=$(add_agent clerk --answer-within none)
ask moved "$token" /sandboxes/s1/exec -X POST -d moved
held '.body == "moved"'
id=$(actions '.body == "moved"' | jq .id)
for file in journal.db journal.db-wal; do
	mv "$gate_state/$file" "$gate_state/aside"
	is "F32: without $file a decision is refused" "$(decide_code "$id" approve)" record_failed
	like "F32: and it says why" "$(why)" "$file.*No such file"
	cp "$gate_state/aside" "$gate_state/$file"
	is "F32: with another $file in its place, too" "$(decide_code "$id" approve)" record_failed
	like "F32: and it says what to do" "$(why)" "$file was replaced; start the gate again"
	mv "$gate_state/aside" "$gate_state/$file"
done
if [ "$(id -u)" -ne 0 ]; then
	chmod 000 "$gate_state"
	is "F32: in a folder that may not be entered a decision is refused" "$(decide_code "$id" approve)" record_failed
	like "F32: and it says why" "$(why)" 'Permission denied'
	chmod 700 "$gate_state"
fi
is "F32: nothing was sent" "$(sent)" 0
person ".id == $id" approve
answered moved
is "F32: with all in its place it goes on" "$(status_of moved) $(sent)" '200 1'

# ---- F34: another program in the journal ----
is "F34: while a gate runs nobody else gets in" "$(sqlite3 "$gate_state/journal.db" 'DELETE FROM moves' 2>&1 | grep -c 'database is locked')" 1
kill "$gate_pid"
wait "$gate_pid"
mkfifo sql
sqlite3 "$gate_state/journal.db" <sql >taken &
sqlite=$!
children=("$sqlite" "${children[@]}")
exec 8>sql
echo 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT count(*) FROM moves;' >&8
wait_until 10 test -s taken
began=$SECONDS
out=$("$ASSENT_BUILD/assent" gate --foreground --listen 127.0.0.1:0 --upstream "$UPSTREAM" --key-file "$KEY_FILE" --state "$gate_state" --socket "$socket" 2>&1)
is "F34: a gate does not start then" $? 4
like "F34: and says why" "$out" 'journal.db: another program has it open; end that first'
ok "F34: after a short wait" test $((SECONDS - began)) -lt 20
exec 8>&-
wait "$sqlite" 2>/dev/null
start_gate
is "F34: then it starts" "$(operator /v1/state | jq '.actions | length')" 1

end_test
