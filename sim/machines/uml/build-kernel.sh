#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the guest kernel from Debian's kernel source into the user's cache.
# "build-kernel.sh --help" says more.
set -euo pipefail

readonly needed_mib=4096
# Part of the key: raise it when a change below alters what is built.
readonly recipe=1

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
# shellcheck source=sim/machines/build-kernel-common.sh
source "$here/../build-kernel-common.sh"
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/cce/kernel

variant=plain
jobs=$(nproc)
action=build

usage() {
	cat <<-END
		Usage: build-kernel.sh [--variant plain|debug] [--jobs N] [--print-path|--print-key]

		Builds the User Mode Linux kernel for the tests, unless the cache already has it,
		and prints the path of its build directory. The directory holds the program
		"linux" and what "make ARCH=um O=DIRECTORY M=..." needs to build a module.

		  --variant plain    plain.config (the default)
		  --variant debug    plain.config and debug.config
		  --jobs N           compile N files at a time (default: one per processor)
		  --print-path       only print the path, whether or not it has been built
		  --print-key        only print the key: a hash of all that the build depends on
		  --help             this text

		The cache is \${XDG_CACHE_HOME:-\$HOME/.cache}/cce/kernel.
		The source comes from the Debian package $source_package.
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

main() {
	programs=()
	part=''
	parse_arguments "$@"
	check_prerequisites
	fragments=("$here/plain.config")
	[[ $variant == plain ]] || fragments+=("$here/$variant.config")
	patches=("$here"/patches/*.patch)
	arch=um
	settings=()
	targets=(linux modules)
	expected=1295
	[[ $variant == plain ]] || expected=1342
	serve
}

main "$@"
