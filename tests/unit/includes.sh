#!/bin/bash
# Includes point one way (docs/HACKING.md), and each outside facility is used by the files named here only.
# Checks the tree, not a build; the table below is the rule.
cd "${ASSENT_SRC:-$(dirname "$0")/../..}" || exit 2
failed=0

# folder: what its files may include, of our own.
while read -r folder allowed; do
	bad=$(ls "$folder"/*.c >/dev/null && grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"' "$folder"/*.[ch] 2>/dev/null |
		grep -vE "\"(config\.h|(${allowed// /|})/[a-z0-9_]+\.h)\"")
	if [ -z "$bad" ]; then
		echo "ok - $folder includes only $allowed"
	else
		echo "not ok - $folder includes only $allowed:"
		echo "$bad"
		failed=1
	fi
done <<'TABLE'
src/base base
src/core core base
src/io io core base
src/gate gate io core base
src/local local io core base
src/cmd cmd gate local io core base ui
ui ui core base
TABLE

# header: the only files which may include it.
while read -r header files; do
	bad=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]+<($header)" src ui | grep -vE "^($files):")
	if [ -z "$bad" ]; then
		echo "ok - <$header> is included only by $files"
	else
		echo "not ok - <$header> is included only by $files:"
		echo "$bad"
		failed=1
	fi
done <<'TABLE'
(n?curses(w)?/?|term\.h) ui/term\.c
curl/ src/io/http_own\.h
sqlite3\.h src/io/store_[a-z]+\.[ch]
sixel\.h ui/sixel_lib\.c
png\.h src/io/png[a-z_]*\.c
zlib\.h (ui/kitty|src/local/pngwrite)\.c
xcb/ src/local/desktop[a-z_]*\.[ch]
dbus/ src/local/accessible\.c
jsmn\.h src/base/json\.c
confuse\.h src/io/settings\.c
pcre2\.h src/io/pattern\.c
utf8proc\.h src/(core/safetext|base/utf8)\.c
openssl/ src/base/crypto\.h
seccomp\.h src/(io/[a-z_]+|local/fallback)\.c
TABLE

# What the files of one thing share: NAME_own.h is for those of its folder that have NAME in theirs. So what is included there stays there.
bad=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"[a-z]+/[a-z0-9_]+_own\.h"' src ui | sed -E 's/:[0-9]+:.*"([^"]+)".*/ \1/' |
	while read -r file header; do
		name=$(basename "$header" _own.h)
		[[ ${file%/*} == *"${header%/*}" && ${file##*/} == *$name* ]] || echo "$file includes $header"
	done)
if [ -z "$bad" ]; then
	echo "ok - what the files of one thing share is included by them alone"
else
	echo "not ok - what the files of one thing share is included by them alone:"
	echo "$bad"
	failed=1
fi

# The pure folders: no clock, no files, no sockets.
bad=$(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]+<(uv|unistd|fcntl|sys/socket|sys/stat|netdb|signal|pthread)\.?h?' src/core/*.[ch] |
	cat - <(grep -nE '\b(time|gettimeofday|clock_gettime|fopen|getenv|printf|socket)\(' src/core/*.c))
if [ -z "$bad" ]; then
	echo "ok - src/core does no I/O and asks no clock"
else
	echo "not ok - src/core does no I/O and asks no clock:"
	echo "$bad"
	failed=1
fi
exit $failed
