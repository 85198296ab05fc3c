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

box=$(cache_home)/cce/kernel/archives
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
		get_lists 1/3 || continue
		version=$(candidate_of "linux-source-$series")
		[[ -z $version ]] || return 0
		tried+=("$suite: has none")
	done
	die "$mirror_shown has no package linux-source-$series now ($(all_tried))"
}

get_source() {
	local target
	make_box
	exec 9>"$box/.$series.lock"
	flock 9
	! cached || return 0
	work=$box/.$series.new
	open_work
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
