#!/bin/bash
# The examples of docs/POLICY.md, and the rules to begin with, are good as they stand; each key of the parser is in the document and in the manual page.
cd "${ASSENT_SRC:?}" || exit 2
: "${ASSENT_BUILD:?}" "${ASSENT_TMP:?}"
failed=0
ok() { if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; failed=1; fi; }

awk -v dir="$ASSENT_TMP" '/^```policy$/ { n++; file = dir "/example-" n ".conf"; next } /^```$/ { file = ""; next } file { print > file }' docs/POLICY.md
n=$(find "$ASSENT_TMP" -name 'example-*.conf' | wc -l)
[ "$n" -eq 11 ]
ok $? "docs/POLICY.md has eleven examples ($n)"
sed -n '/^    # first match wins/,/^$/s/^    //p' docs/POLICY.md >"$ASSENT_TMP/example-first.conf"
for file in "$ASSENT_TMP"/example-*.conf examples/policy.conf; do
	out=$("$ASSENT_BUILD/assent" policy check "$file" 2>&1)
	ok $? "$(basename "$file") is good: $out"
done

test_says() {	# WANT FILE METHOD PATH [BODY]
	local want=$1 file=$2 got
	shift 2
	got=$("$ASSENT_BUILD/assent" policy test "$@" --agent builder-7 --policy "$file" --json | jq -r .verdict)
	[ "$got" = "$want" ]
	ok $? "$(basename "$file"): $1 $2 ${3-}: $want ($got)"
}
first=$ASSENT_TMP/example-first.conf
test_says allow "$first" POST /sandboxes/sbx_7f2c/exec '{"command":"npm test","cwd":"/workspace/site"}'
test_says hold "$first" POST /sandboxes/sbx_7f2c/exec '{"command":"cd /workspace/site && npm test"}'
test_says allow examples/policy.conf POST /sandboxes/s/files/stat '{"path":"/a"}'
test_says deny examples/policy.conf DELETE /sandboxes/s
test_says hold examples/policy.conf POST /sandboxes/s/exec '{"command":"ls"}'
test_says allow "$ASSENT_TMP/example-4.conf" POST /computers/cmp_9a1/desktop/click '{"x":639,"y":799}'
test_says hold "$ASSENT_TMP/example-4.conf" POST /computers/cmp_9a1/desktop/click '{"x":640,"y":799}'
test_says allow "$ASSENT_TMP/example-5.conf" POST /computers/cmp_9a1/desktop/key '{"key":"Tab"}'
test_says hold "$ASSENT_TMP/example-5.conf" POST /computers/cmp_9a1/desktop/key '{"key":"Return"}'
test_says allow "$ASSENT_TMP/example-7.conf" POST /sandboxes/sbx_7f2c/exec '{"command":"ls"}'

for key in $(sed -n 's/^	{ "\([a-z-]*\)", \(true\|false\),.*/\1/p' src/core/policy_keys.c) because actions per-minute waiting reads-per-minute max-cost; do
	grep -q "\`$key[= ]" docs/POLICY.md || [ "$key" = kind ]
	ok $? "docs/POLICY.md tells of $key"
	grep -q "$(sed 's/-/\\\\-/g' <<<"$key")" docs/assent-policy.5
	ok $? "assent-policy(5) tells of $key"
done
exit $failed
