#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Gets the source of a Linux that this machine's Debian does not have from a newer Debian, into the user's cache.
# "get-source.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly code_usage=2 code_none=3

series='' action=get
tool='' least='' foreign='' suites='' work=''

say() { printf 'get-source: %s\n' "$*" >&2; }
die() {
	printf 'get-source: error: %s\n' "$*" >&2
	exit 1
}
usage_error() {
	printf 'get-source: error: %s (see --help)\n' "$*" >&2
	exit "$code_usage"
}

# shellcheck source=scripts/private-apt.sh
source "$here/../../scripts/private-apt.sh"

cache=${XDG_CACHE_HOME:-}
[[ $cache == /* ]] || cache=${HOME:?neither XDG_CACHE_HOME nor HOME is set}/.cache
box=$cache/cce/kernel/archives
readonly box

# The suites that may have a series, the first that does wins.
suites_of() {
	case $1 in
	6.12) echo trixie ;;
	*) echo sid forky trixie-backports ;;
	esac
}

usage() {
	cat <<-END
		Usage: get-source.sh --series SERIES [--print-path]

		Fetches the archive of the Debian package linux-source-SERIES from the newer suites of
		Debian's mirror into the user's cache and prints its path. What is there already is not
		fetched again. Nothing is installed; root is not needed.

		  --series SERIES  e.g. 6.12 (Debian 13), 7.2 (sid, forky or backports, while they have it)
		  --print-path     fetch nothing; exit status $code_none if there is none
		  --help           this text

		Cache: $box, 160 MB for each; delete it to free the space.
	END
}

parse_arguments() {
	while (($#)); do
		case $1 in
		--series)
			series=${2-}
			[[ $series =~ ^[0-9]+\.[0-9]+$ ]] || usage_error "--series: '$series' is none"
			shift
			;;
		--print-path) action=path ;;
		--help)
			usage
			exit 0
			;;
		*) usage_error "unknown argument '$1'" ;;
		esac
		shift
	done
	[[ -n $series ]] || usage_error "--series is missing"
	tool="the source of Linux $series"
}

# The archive of this series that was fetched last.
cached() {
	local archive newest=''
	for archive in "$box/linux-source-$series"_*.tar.xz; do
		[[ -e $archive ]] || continue
		[[ -n $newest && $newest -nt $archive ]] || newest=$archive
	done
	[[ -n $newest ]] && printf '%s\n' "$newest"
}

# Sets suites and version. Leaves the private apt set up for it.
find_package() {
	local suite tried=()
	for suite in $(suites_of "$series"); do
		suites=$suite
		say "1/3 package lists of $suite from $mirror_shown"
		make_private_apt
		if ! private_apt apt-get -q update >"$work/log" 2>&1; then
			if grep -qE 'does not have a Release file|404 ' "$work/log"; then
				tried+=("$suite: not on this mirror")
				continue
			fi
			explain "fetching the package lists"
		fi
		version=$(private_apt apt-cache policy "linux-source-$series" | awk '$1 == "Candidate:" { print $2 }')
		[[ -z $version || $version == '(none)' ]] || return 0
		tried+=("$suite: has none")
	done
	die "$mirror_shown has no package linux-source-$series now ($(printf '%s; ' "${tried[@]}" | sed 's/; $//'))"
}

clean_up() { rm -rf -- "$work"; }

get_source() {
	local host_id='' target
	mkdir -p "$box" 2>/dev/null || true
	[[ -d $box && -w $box ]] || die "the folder $box cannot be made or written"
	exec 9>"$box/.$series.lock"
	flock 9
	! cached || return 0
	work=$box/.$series.new
	clean_up
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# Not for others to read while it holds the address of the mirror, perhaps with a password.
	mkdir -m 700 "$work"
	# shellcheck source=/dev/null
	host_id=$(. /etc/os-release && printf '%s' "${ID-}") || true
	find_mirror
	find_package
	say "2/3 linux-source-$series $version"
	need_mib "getting $tool" 400
	(cd "$work" && private_apt apt-get -q download "linux-source-$series" >"$work/log" 2>&1) ||
		explain "downloading linux-source-$series"
	say "3/3 unpacking"
	# The version may have a colon and a tilde in it, which paths for make must not.
	target=$box/linux-source-${series}_$(tr -c 'A-Za-z0-9.+\n-' - <<<"$version").tar.xz
	dpkg --fsys-tarfile "$work/linux-source-$series"_*.deb |
		tar -x -O "./usr/src/linux-source-$series.tar.xz" >"$work/archive" 2>"$work/log" ||
		explain "unpacking linux-source-$series"
	mv "$work/archive" "$target"
	printf '%s\n' "$target"
}

main() {
	parse_arguments "$@"
	! cached || return 0
	[[ $action != path ]] || exit "$code_none"
	get_source
}

main "$@"
