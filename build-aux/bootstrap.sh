# bootstrap.sh: what ./demo, ./check and .ci/run share: packages, configure, build. Sourced by them, from bash.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

say() { printf '%s\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# package_names GROUP...: the names of these groups in build-aux/packages.
package_names() {
	local group
	for group; do
		awk -v g="$group" '$1 == g { print $2 }' "$top/build-aux/packages"
	done
}

# need_packages GROUP...: installs what is missing; as a user who may not, prints the exact line and stops.
need_packages() {
	local name missing=()
	command -v dpkg-query >/dev/null ||
		die "this is no Debian: install what build-aux/packages lists, then run ./configure && make"
	for name in $(package_names "$@"); do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	local install=(apt-get install -y --no-install-recommends "${missing[@]}") sudo=()
	if [ "$(id -u)" -ne 0 ]; then
		if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
			sudo=(sudo)
		else
			say "${0##*/}: ${#missing[@]} packages are missing. As root, run this line, then ${0##*/} again:"
			say "    apt-get update && ${install[*]}"
			exit 1
		fi
	fi
	say "installing ${#missing[@]} packages (apt-get) ..."
	local log
	log=$(mktemp)
	if ! { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}"; } \
		</dev/null >"$log" 2>&1; then
		tail -n 15 "$log" >&2
		die "apt-get could not install: ${missing[*]}  (whole log: $log)"
	fi
	rm -f "$log"
}

# leave_root ARGS...: started by root, runs the same script as an ordinary user in a copy of the tree, and exits with its status:
# root ignores file modes, and the tests rely on them.
leave_root() {
	[ "$(id -u)" -eq 0 ] || return 0
	local uid=23457 copy script	# no account has this uid; the tests need none
	script=$(realpath --relative-to="$top" "$0")
	copy=$(mktemp -d /var/tmp/assent-check.XXXXXX) || die "cannot make a folder in /var/tmp"
	# shellcheck disable=SC2064
	trap "rm -rf '$copy'" EXIT
	say "started by root: running as uid $uid in $copy"
	tar -C "$top" --exclude="./build" --exclude="./build-[!a]*" --exclude=./.git -cf - . | tar -C "$copy" -xf - ||
		die "cannot copy the tree to $copy"
	mkdir "$copy/home" && chown -R $uid:$uid "$copy" && chmod 755 "$copy" || die "cannot prepare $copy"
	cd "$copy" && setpriv --reuid $uid --regid $uid --clear-groups \
		env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME HOME="$copy/home" TMPDIR=/tmp "$copy/$script" "$@"
	exit
}

# build DIR TARGETS... [-- CONFIGURE-ARGS]: configures once and builds, quietly; the log is shown when it fails.
build() {
	local dir=$1 targets=() log
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do targets+=("$1"); shift; done
	[ $# -gt 0 ] && shift
	mkdir -p "$dir" || die "cannot make $dir"
	log=$dir/build.log
	if [ ! -x "$top/configure" ] || [ "$top/configure.ac" -nt "$top/configure" ] || [ ! -f "$top/Makefile.in" ]; then
		say "preparing configure ..."
		(cd "$top" && autoreconf -fi) >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "autoreconf failed"; }
	fi
	if [ ! -f "$dir/Makefile" ] || [ "$(cat "$dir/.configured" 2>/dev/null)" != "$*" ]; then
		say "configuring in ${dir#"$top"/} ..."
		(cd "$dir" && "$top/configure" -q "$@") >>"$log" 2>&1 || { tail -n 20 "$log" >&2; die "configure failed"; }
		printf '%s' "$*" >"$dir/.configured"
	fi
	say "building in ${dir#"$top"/} ..."
	make -C "$dir" -s -j"$jobs" "${targets[@]}" >>"$log" 2>&1 ||
		{ grep -E 'error|Error|warning' "$log" | tail -n 25 >&2; die "the build failed; whole log: $log"; }
}
