#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the guest kernel from Debian's kernel source into the user's cache.
# "build-kernel.sh --help" says more.
set -euo pipefail

readonly needed_mib=4096
# Part of the key: raise it when a change below alters what is built.
readonly recipe=1
readonly code_none=3

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
# shellcheck source=sim/machines/build-kernel-common.sh
source "$here/../build-kernel-common.sh"
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/cce/kernel

variant=plain
series=6.1
jobs=$(nproc)
action=build

usage() {
	cat <<-END
		Usage: build-kernel.sh [--variant plain|debug] [--series SERIES] [--jobs N]
		                       [--print-path|--print-key]

		Builds the User Mode Linux kernel for the tests, unless the cache already has it,
		and prints the path of its build directory. The directory holds the program
		"linux" and what "make ARCH=um O=DIRECTORY M=..." needs to build a module.

		  --variant plain    plain.config (the default)
		  --variant debug    plain.config and debug.config
		  --series SERIES    of Linux: 6.1 (the default) or 6.12
		  --jobs N           compile N files at a time (default: one per processor)
		  --print-path       only print the path, whether or not it has been built
		  --print-key        only print the key: a hash of all that the build depends on
		  --help             this text

		The cache is \${XDG_CACHE_HOME:-\$HOME/.cache}/cce/kernel.
		The source comes from the Debian package linux-source-SERIES, which get-source.sh fetches
		from a newer Debian if it is not installed; exit status $code_none of --print-path and
		--print-key if it has not done that yet.
	END
}

parse_arguments() {
	while (($#)); do
		case $1 in
		--variant)
			variant=${2:-}
			[[ $variant == plain || $variant == debug ]] ||
				fail "--variant is plain or debug, not '$variant'"
			shift
			;;
		--series)
			series=${2:-}
			[[ $series == 6.1 || -f $here/linux-$series.config ]] ||
				fail "--series is 6.1 or 6.12, not '$series'"
			shift
			;;
		--jobs)
			jobs=${2:-}
			[[ $jobs =~ ^[1-9][0-9]*$ ]] || fail "--jobs needs a number, not '$jobs'"
			shift
			;;
		--print-path) action=path ;;
		--print-key) action=key ;;
		--help)
			usage
			exit 0
			;;
		*) fail "unknown argument '$1' (see --help)" ;;
		esac
		shift
	done
}

finish_build() {
	:
}

# What the series needs besides: its source, and what is different in it.
use_series() {
	use_source "$series"
	if [[ -z $source_archive ]]; then
		if [[ $action != build ]]; then
			say "the source of Linux $series has not been fetched"
			exit "$code_none"
		fi
		source_archive=$("$machines/get-source.sh" --series "$series")
	fi
	if [[ $series == 6.1 ]]; then
		patches=("$here"/patches/*.patch)
	else
		patches=("$here/patches/$series"/*.patch)
		fragments+=("$here/linux-$series.config")
		expected=$((expected + 144))
		variant+=-$series
	fi
}

main() {
	programs=()
	part=''
	parse_arguments "$@"
	fragments=("$here/plain.config")
	[[ $variant == plain ]] || fragments+=("$here/$variant.config")
	expected=1295
	[[ $variant == plain ]] || expected=1342
	use_series
	check_prerequisites
	arch=um
	settings=()
	targets=(linux modules)
	serve
}

main "$@"
