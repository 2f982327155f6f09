#!/bin/bash
# assent doctor says of each thing whether it is well, and what to do; assent completion fits the commands there are.
. "$ASSENT_SRC/tests/e2e/lib.sh"
cd "$ASSENT_TMP" || exit 1
mkdir -p config/assent
conf=config/assent/assent.conf

doctor() { "$ASSENT_BUILD/assent" doctor --state "$gate_state" --socket "$socket" "$@" 2>&1; }
finding() { doctor --json | jq -r --arg w "$1" '.[] | select(.what == $w) | .finding + ": " + .text'; }

like "without anything it names the gate" "$(finding gate)" '^note: none runs'
like "... the key" "$(finding key)" '^note: assent.conf names no key_file'
like "... the rules" "$(finding policy)" '^note: no rules'
like "... and the record" "$(finding record)" '^note: .*not there yet'
like "assent-local looks itself" "$(finding local)" 'sandboxes'
ok "nothing of this is bad" doctor

echo msk_test_key >key && chmod 644 key
echo "key_file = $ASSENT_TMP/key" >$conf
like "a key that others read is bad" "$(finding key)" '^bad: .*chmod 600'
is "... and the status says so" "$(doctor >/dev/null; echo $?)" 1
chmod 600 key
like "a key of one's own is well" "$(finding key)" '^ok: '
: >key
like "an empty key is bad" "$(finding key)" '^bad: .*empty'
echo msk_test_key >key
ln -s key link
echo "key_file = $ASSENT_TMP/link" >$conf
like "a link is no key file" "$(finding key)" '^bad: .*no regular file'
rm $conf

echo 'allow exce' >config/assent/policy.conf
like "a wrong rule is named with its place" "$(finding policy)" '^bad: .*policy.conf:1:7'
echo 'allow exec command="npm test"' >config/assent/policy.conf
like "right rules are counted" "$(finding policy)" '^ok: .* 1 line$'

start_local --sandboxes 1
start_gate
like "a gate that runs is named" "$(finding gate)" "^ok: agents ask at $GATE_URL"
like "the record is the gate's meanwhile" "$(finding record)" '^ok: .*in the hands of the gate'
kill "$local_pid" && wait "$local_pid"
gone() { finding gate | grep -q '^bad: .*not live'; }
ok "an upstream that does not answer is bad" wait_until 20 gone
kill "$gate_pid" && wait "$gate_pid"
like "without the gate the chain is walked" "$(finding record)" '^ok: .*the chain is whole'
sqlite3 "$gate_state/journal.db" "update moves set who = 'person:mallory' where rowid = 1"
like "... and a forged row is bad" "$(finding record)" '^bad: '

# In a real terminal.
tm() { tmux -f /dev/null -S "$ASSENT_TMP/tmux" "$@"; }
tm new-session -d -s d -x 100 -y 30 "'$ASSENT_BUILD/assent' doctor --state '$ASSENT_TMP/none' --socket '$ASSENT_TMP/none.sock'; sleep 60"
children+=("$(tm display-message -p -t d '#{pid}')")
looked() { tm capture-pane -p -t d | grep -q 'local '; }
ok "in a terminal it comes to its end" wait_until 20 looked
like "the terminal is named" "$(tm capture-pane -p -t d)" 'ok +terminal +(tmux|screen)[^,]*, 100x30, [0-9]+ colours, UTF-8'
like "tmux has no sixel, and it says so" "$(tm capture-pane -p -t d)" 'pictures +half blocks: this tmux passes no sixel on'
tm kill-server

# Completion.
complete_bash() {	# WORD...: what bash would offer for the last
	bash -c 'PATH=$1:$PATH; shift; eval "$(assent completion bash)"; COMP_WORDS=(assent "$@"); COMP_CWORD=$#; _assent; echo "${COMPREPLY[@]}"' - "$ASSENT_BUILD" "$@"
}
is "every command of the help is completed" "$(complete_bash '' | tr ' ' '\n' | sort | paste -sd' ')" \
	"$("$ASSENT_BUILD/assent" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' | sort | paste -sd' ')"
is "the beginning of a command" "$(complete_bash unf)" unfreeze
like "the options of a command" "$(complete_bash queue --)" '--all.*--json'
is "the verbs of a decision" "$(complete_bash decide 41 den)" deny
like "the options of the dashboard" "$(complete_bash --pi)" '^--picture$'
like "... also behind one of them" "$(complete_bash --plain --so)" '^--socket$'
is "every command has words or options to complete with" "$(for c in $(complete_bash ''); do [ -n "$(complete_bash "$c" '')" ] || echo "$c"; done)" ''
mkdir fake
cat >fake/assent <<'END'
#!/bin/sh
case "$1 $2" in
'session list') printf '%s sandbox running live x\n' 'sbx_7f2c' '$(touch${IFS}pwned)' '`touch${IFS}pwned`' '-rf' 'cmp.1' '*' ;;
queue*) [ "$2" = --help ] && exec "$REAL" "$@"; printf '%s x x\n' 41 'approval:apr_1' 'approval:$(touch${IFS}pwned)' 'approval:`touch${IFS}pwned`' ;;
'agent list' | 'operator list' | 'alike list') printf '%s x x\n' '7' '$(touch${IFS}pwned)' ;;
*) exec "$REAL" "$@" ;;
esac
END
chmod +x fake/assent
as_fake() { REAL=$ASSENT_BUILD/assent ASSENT_BUILD=$PWD/fake complete_bash "$@"; }
is "sessions are completed, those with plain names only" "$(as_fake tail '')" "sbx_7f2c cmp.1 $("$ASSENT_BUILD/assent" tail --help | grep -oE -- '--[a-z][a-z-]*' | paste -sd' ')"
is "behind the verb of a session too" "$(as_fake session stop c)" cmp.1
is "of what waits, too" "$(as_fake decide '' | cut -d' ' -f1,2) $(as_fake show 'a')" '41 approval:apr_1 approval:apr_1'
is "of agents, operators and rules" "$(for c in stop 'agent revoke' 'operator revoke' 'alike revoke'; do as_fake $c 7; done | paste -sd' ')" '7 7 7 7'
ok "and nothing that they are called is carried out" test ! -e pwned
if command -v fish >/dev/null; then
	fishes() { REAL=$ASSENT_BUILD/assent PATH=$PWD/fake:$PATH fish -c 'source (assent completion fish | psub); complete -C "'"$1"'"' | cut -f1 | paste -sd' '; }
	is "fish completes commands" "$(fishes 'assent unf')" unfreeze
	is "... sessions" "$(fishes 'assent tail s')" sbx_7f2c
	is "... verbs" "$(fishes 'assent decide 41 den')" deny
	is "... and options" "$(fishes 'assent --pi') $(fishes 'assent queue --al')" '--picture --all'
fi
make -s -C "$ASSENT_BUILD" install DESTDIR="$ASSENT_TMP/installed" >/dev/null 2>&1
is "completions and manuals are installed where they are looked for" "$(cd installed && find . -path '*/share/*' -type f | sed 's|.*/share/||' | sort | paste -sd' ')" \
	"assent/strong-mode bash-completion/completions/assent fish/vendor_completions.d/assent.fish $(cd "$ASSENT_SRC/docs" && printf 'man/man1/%s ' *.1)$(cd "$ASSENT_SRC/docs" && printf 'man/man5/%s ' *.5)zsh/site-functions/_assent"
for shell in zsh fish; do
	like "a script for $shell" "$("$ASSENT_BUILD/assent" completion $shell)" 'unfreeze'
	command -v $shell >/dev/null && ok "... that $shell reads" "$shell" -n <("$ASSENT_BUILD/assent" completion $shell)
done
is "an unknown shell is an error" "$("$ASSENT_BUILD/assent" completion tcsh 2>&1; echo $?)" "assent completion: no completion for \"tcsh\": bash, zsh or fish
2"
end_test
