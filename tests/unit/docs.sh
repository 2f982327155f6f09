#!/bin/bash
# The files that the documents and the comments name are there: a file that is renamed or taken apart takes its name along.
# Checks the tree, not a build.
cd "${ASSENT_SRC:-$(dirname "$0")/../..}" || exit 2
failed=0
names=" README.md $(find src ui tests examples docs build-aux -type f -printf '%f ') "

# verdict WHAT: of the list on standard input, of what is named and is not there.
verdict() {
	local missing
	missing=$(sort -u)
	if [ -z "$missing" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1; missing:"
		echo "$missing"
		failed=1
	fi
}

# A path, from the top or from src, with its ending or without: "gate/facts*.c", "tests/unit/test_sse", "core/sse". Or the name of a file alone: "files.mk".
exists() {
	local path
	case $1 in
	*/*) for path in $1 $1.[ch] src/$1 src/$1.[ch] ${1%.so}.c; do [ -e "$path" ] && return; done; return 1 ;;
	*\**) for path in src/*/$1 ui/$1; do [ -e "$path" ] && return; done; return 1 ;;
	*) [[ $names == *" $1 "* ]] ;;
	esac
}

for page in README.md docs/*.md; do
	# The words in `code` that begin with a folder of ours, or end as a source file does.
	verdict "$page names files that are there" < <(grep -oE '`[^`]+`' "$page" | tr -d '`' | tr ' ,' '\n\n' |
		grep -E '^((src|ui|tests|docs|examples|build-aux|base|core|io|gate|local|cmd)/[A-Za-z0-9_*./-]*|[a-z0-9_*]+\.(c|h|sh|mk))$' | sort -u |
		while read -r word; do exists "$word" || echo "$word"; done)
	# [text](page.md#part): from the page's own folder.
	verdict "$page leads to files that are there" < <(grep -oE '\]\([^)]+\)' "$page" | sed -E 's/^\]\(//; s/[#)].*//' | grep -vE '^(https?:|$)' | sort -u |
		while read -r link; do [ -e "$(dirname "$page")/$link" ] || echo "$link"; done)
done

# What a comment calls by its file's name: "see queue.h", "docs/GATE.md".
verdict "comments name files that are there" < <(grep -ohE '/\*.*|^ \*.*' src/*/*.[ch] ui/*.[ch] tests/*/*.[ch] | grep -oE '\b[A-Za-z][A-Za-z0-9_-]*\.(c|h|md)\b' | sort -u |
	while read -r word; do exists "$word" || echo "$word"; done)
exit $failed
