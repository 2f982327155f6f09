#!/bin/bash
# Each mutant still applies to the tree, and names a test of ./check: so that a change of a line notices the mutant of that line.
# Whether each is caught takes a while: make mutants.
cd "${ASSENT_SRC:?}" || exit 2
tests=" $(make -s -C "${ASSENT_BUILD:?}" list-tests) "
stale=0 count=0
for patch in tests/mutants/*.patch; do
	count=$((count + 1))
	named=$(sed -n 's/^Test: //p' "$patch")
	if ! patch --dry-run -s -f -p1 <"$patch" >/dev/null 2>&1; then
		echo "not ok - $patch applies"
		stale=1
	elif [[ $tests != *" $named "* ]]; then
		echo "not ok - $patch names a test of ./check, not \"$named\""
		stale=1
	fi
done
[ $stale -eq 0 ] && echo "ok - $count mutants apply, and each names a test"
exit $stale
