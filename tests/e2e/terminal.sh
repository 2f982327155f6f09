#!/bin/bash
# The dashboard and its terminal, in a pty: kinds of terminals, locales and colours; frames as one; away and back; sizes; and a terminal that stops
# reading. tests/robot/drive is the terminal, and watches each byte.
. "$ASSENT_SRC/tests/e2e/terminal_lib.sh"
occurs() { grep -aoF -- "$2" "$1.bytes" | wc -l; }
# balanced NAME ON OFF: what was set is taken back as often.
balanced() {
	local on off
	on=$(occurs "$1" "$2")
	off=$(occurs "$1" "$3")
	ok "$1: $(printf %q "$2") is taken back ($on times)" test "$on" -gt 0 -a "$on" = "$off"
}
colors() { grep -aoP '\033\[(?:[0-9:;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:[;:][0-9:;]*)?m' "$1.bytes" | wc -l; }
open=("$assent" --socket "$socket")

# ---- kinds of terminals ----
for name in xterm-256color xterm xterm-16color xterm-direct2 foot screen tmux-256color linux vt100; do
	drive "$name" -t "$name" - "${open[@]}" <<-STEPS
		await 60 NEEDS YOU 1
		await 60 echo first
		screen
		type \x1a?\p
		await 60 KEYS
		type \e
		pause 300
		type q
		end 60
	STEPS
	lines=$(grep -c '─\|│' "$name.out")
	case $name in
	linux | vt100) is "$name: lines are ASCII" "$lines" 0 ;;
	*) ok "$name: lines are lines" test "$lines" -gt 5 ;;
	esac
	if [ "$name" = vt100 ]; then is "$name: no colours" "$(colors "$name")" 0; else ok "$name: colours" test "$(colors "$name")" -gt 3; fi
done
is "an old console is not asked what it would print" "$(occurs linux '2026')$(occurs vt100 ']11')" 00
for name in dumb no-such-terminal; do
	drive "$name" -t "$name" - "${open[@]}" <<<'end 60'
	like "TERM=$name leads to --plain" "$(<"$name.bytes")" "TERM=$name .*--plain"
	like "and ends" "$(<"$name.out")" 'status [1-9]'
done
drive unset -t dumb - /usr/bin/env -u TERM "${open[@]}" <<<'end 60'
like "no TERM leads to --plain too" "$(<unset.bytes)" 'TERM is not set: .*--plain'
drive doctor -t dumb - "$assent" doctor --socket "$socket" <<<'end 20'
like "doctor knows what cannot be used" "$(<doctor.bytes)" 'BAD  terminal  TERM=dumb cannot place text on its screen: use assent --plain'
is "and asks it nothing" "$(occurs doctor $'\033')" 0

# ---- a gate that listens and has never answered ----
perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 9) or die; push @c, $s->accept while 1' "$ASSENT_TMP/mute.sock" &
children+=("$!")
wait_until 10 test -S "$ASSENT_TMP/mute.sock"
drive mute - "$assent" --socket "$ASSENT_TMP/mute.sock" <<-'STEPS'
	await 60 THE GATE DOES NOT ANSWER
	screen
	type q
	end 60
STEPS
is "what nobody has told is not said" "$(grep -cE 'HELD|NO AGENT|nothing waits' mute.out)" 0

# ---- locales, colours, themes ----
LC_ALL=C drive ascii - "${open[@]}" <<<$'await 10 NEEDS YOU 1\ntype q\nend 5'
is "a locale that is no UTF-8: ASCII alone" "$(LC_ALL=C grep -caP '[\x80-\xff]' ascii.bytes)" 0
LC_ALL=en_US.ISO-8859-1 drive latin - "${open[@]}" <<<$'await 10 NEEDS YOU 1\ntype q\nend 5'
is "one of another charset, which is not installed: the same" "$(LC_ALL=C grep -caP '[\x80-\xff]' latin.bytes)" 0
LC_ALL=xx_YY.utf8 drive unicode - "${open[@]}" <<<$'await 10 NEEDS YOU 1\ntype q\nend 5'
ok "one of UTF-8 that is not installed: UTF-8" env LC_ALL=C grep -qaP '\xe2\x94' unicode.bytes
NO_COLOR=1 drive no-color - "${open[@]}" <<<$'await 10 NEEDS YOU 1\ntype jkL?\\p\\e\npause 300\ntype q\nend 5'
is "NO_COLOR: no colour at all" "$(colors no-color)" 0
drive mono - "${open[@]}" --theme=mono <<<$'await 10 NEEDS YOU 1\ntype q\nend 5'
is "--theme=mono: neither" "$(colors mono)" 0

# ---- left at once, while its calls are on their way ----
for i in 1 2 3 4 5; do
	drive "left$i" - "${open[@]}" <<<$'await 10 NEEDS YOU 1\ntype q\nend 5'
	like "left as soon as it stands there: nothing is left behind" "$(<"left$i.out")" 'status 0'
done
NO_COLOR=1 drive said - "${open[@]}" --theme=light <<<$'await 10 NEEDS YOU 1\ntype q\nend 5'
ok "a theme that is asked for goes before NO_COLOR" grep -qa '38;5;24[14]m' said.bytes
mkdir -p "$XDG_CONFIG_HOME/assent"
echo 'theme = light' >"$XDG_CONFIG_HOME/assent/assent.conf"
drive setting - "${open[@]}" <<<$'await 10 NEEDS YOU 1\ntype q\nend 5'
ok "the setting" grep -qa '38;5;24[14]m' setting.bytes
rm "$XDG_CONFIG_HOME/assent/assent.conf"
drive asked - "${open[@]}" <<<$'await 10 NEEDS YOU 1\npause 200\ntype \\e]11;rgb:ffff/ffff/eeee\\e\\\\\npause 500\ntype q\nend 5'
ok "a light ground that the terminal tells of" grep -qa '38;5;24[14]m' asked.bytes
is "and not before" "$(grep -oba '38;5;24[14]m' asked.bytes | head -n 1 | cut -d: -f1 | awk '{ print ($1 > 1000) }')" 1

# ---- away and back ----
# The terminal tells, as if it were typed, that it takes frames as one.
drive away - /bin/bash --norc --noprofile -i <<STEPS
type PS1='\$ '; bind 'set enable-bracketed-paste off'; clear\r
pause 300
type ${open[*]}\r
await 60 NEEDS YOU 1
type \e[?2026;2\$y\x0c
pause 300
type \x1a
await 60 Stopped
type clear; fg\r
await 60 NEEDS YOU 1
signal 20
await 60 Stopped
type clear; fg\r
await 60 NEEDS YOU 1
signal 19
await 60 Stopped
type clear; fg\r
await 60 NEEDS YOU 1
pause 300
type q
pause 500
type exit\r
end 60
STEPS
for mode in 1049 2004 1000 1006; do
	# A SIGSTOP leaves no time to leave: it is entered once more than left. What comes last is what counts.
	is "away: mode $mode is off at the end" "$(grep -aoP "\033\[\?$mode[hl]" away.bytes | tail -n 1 | tail -c 2)" l
	ok "away: and was off in between" test "$(occurs away $'\033[?'"${mode}l")" -ge 3
done
balanced away $'\033[?2026h' $'\033[?2026l'
is "the cursor is shown at the end" "$(grep -aoP '\033\[\?(12l\033\[\?)?25[hl]' away.bytes | tail -n 1 | tail -c 2)" h
# This shell, unlike one at a prompt, puts nothing back itself.
for end in 'type q' 'signal 15' 'signal 1'; do
	drive ended - /bin/sh -mc "{ stty -g; grep flags /proc/self/fdinfo/0; } >before; ${open[*]}; { stty -g; grep flags /proc/self/fdinfo/0; } >after" <<-STEPS
		await 60 NEEDS YOU 1
		$end
		end 60
	STEPS
	ok "$end: the modes are as they were, byte for byte" cmp before after
	rm -f before after
done
drive terminated - "${open[@]}" <<<$'await 10 NEEDS YOU 1\ntype \\e[?2026;2$y\\x0c\npause 300\nsignal 15\nend 5'
for mode in 1049 2004 1000 1006 2026; do balanced terminated $'\033[?'"${mode}h" $'\033[?'"${mode}l"; done
is "the palette is nobody's to reset" "$(occurs xterm-256color $'\033]104')" 0
is "not offered, not used" "$(occurs xterm $'\033[?2026h')" 0

# ---- sizes ----
{
	echo await 10 NEEDS YOU 1
	for ((i = 0; i < 500; i++)); do printf 'size 90x30\nsize 100x31\n'; done
	printf 'size 80x24\npause 700\ntype q\nend 5\n'
} | drive storm - "${open[@]}"
ok "a thousand changes of size cost a few frames ($(occurs storm $'\033[2J'))" test "$(occurs storm $'\033[2J')" -le 12
drive sizes - "${open[@]}" <<'STEPS'
await 60 NEEDS YOU 1
size 2x500
pause 300
size 59x17
await 3 assent needs 60x18
pause 1800
type a\p
size 1x1
pause 300
type a\p
size 10000x10000
pause 600
size 65535x1
pause 300
size 80x24
await 60 NEEDS YOU 1
type q
end 60
STEPS
is "too small a window decides nothing" "$(state_of 'echo first')" held

end_test
