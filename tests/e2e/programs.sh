#!/bin/bash
# Two programs behind one name: assent links neither libcurl nor SQLite, assent-gate has what needs them, and is found beside it or where it was installed.
# And none links libcrypto, which is loaded when it is needed.
. "$ASSENT_SRC/tests/e2e/lib.sh"
needed() { readelf -d "$1" | grep -oE 'NEEDED.*\[lib[a-z0-9_+-]+' | sed 's/.*\[//' | tr '\n' ' '; }
like "assent-gate has them" "$(needed "$ASSENT_BUILD/assent-gate")" 'libcurl .*libsqlite3 '
is "assent has neither" "$(needed "$ASSENT_BUILD/assent" | grep -oE 'libcurl|libsqlite3')" ''
is "nor does one of its own libraries" "$(ldd "$ASSENT_BUILD/assent" | grep -oE 'lib(curl|sqlite3|ssl|gnutls)')" ''
is "and none of it libcrypto" "$(ldd "$ASSENT_BUILD/assent" | grep -o libcrypto)" ''
mkdir broken && echo 'no library' >broken/libcrypto.so.3
like "a server that cannot load libcrypto does not start" "$(LD_LIBRARY_PATH=broken "$ASSENT_BUILD/assent-local" --listen 127.0.0.1:0 --state "$ASSENT_TMP/broken/state" 2>&1; echo $?)" 'broken/libcrypto.so.3: [a-z ]+
[1-9]'
like "and what hashes nothing does" "$(LD_LIBRARY_PATH=broken "$ASSENT_BUILD/assent" --version)" '^assent [0-9]'

mkdir alone both "$ASSENT_TMP/state" && chmod 700 "$ASSENT_TMP/state"
cp "$ASSENT_BUILD/assent" alone/
cp "$ASSENT_BUILD/assent" "$ASSENT_BUILD/assent-gate" both/
said() { "$@" 2>&1; echo $?; }
for command in gate agent tail; do
	is "assent $command is assent-gate's" "$(both/assent $command --help)" "$("$ASSENT_BUILD/assent-gate" $command --help)"
	like "assent $command --help" "$(both/assent $command --help)" "^usage: assent $command"
done
is "its status is that of the command" "$(said both/assent gate --listen nowhere)" "$(said "$ASSENT_BUILD/assent-gate" gate --listen nowhere)"
ln -s "$PWD/both/assent" linked
like "a link to it finds it too" "$(./linked agent --help)" '^usage: assent agent'
# One that is installed on this machine is of another day: then there is nothing to see here.
missing=$(alone/assent gate --help 2>&1 | sed -n 's|^assent gate: \(/.*/libexec/assent-gate\): No such file or directory; .*|\1|p')
if [ -n "$missing" ]; then
	is "alone it says what is missing" "$(said alone/assent gate)" "assent gate: $missing: No such file or directory; it belongs to assent: install it again
4"
	like "a dashboard says it too" "$(script -qec "alone/assent --state state --socket '$ASSENT_TMP/none.sock'" /dev/null </dev/null)" "assent: $missing: No such file"
	touch state/journal.db
	like "and doctor" "$(alone/assent doctor --state state --socket "$ASSENT_TMP/none.sock")" "BAD +record +$missing does not look at it \\(it is not there\\)"
	is "what needs no gate works without it" "$(alone/assent --version)" "$("$ASSENT_BUILD/assent" --version)"
fi
like "by itself it is no program for people" "$(said both/assent-gate queue)" '^assent: this is a part of assent'
end_test
