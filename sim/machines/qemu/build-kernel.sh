#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds a kernel with sanitizers from Debian's kernel source into the user's cache.
# "build-kernel.sh --help" says more.
set -euo pipefail

readonly needed_mib=4096
# Part of the key: raise it when a change below alters what is built.
readonly recipe=1
# Where the guest's busybox comes from.
readonly stock=6.1-amd64

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
# shellcheck source=sim/machines/build-kernel-common.sh
source "$here/../build-kernel-common.sh"
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/cce/qemu-kernel

variant=''
jobs=$(nproc)
action=build

usage() {
	cat <<-END
		Usage: build-kernel.sh --variant kasan|kcsan [--jobs N] [--print-path|--print-key]

		Builds Linux 6.1 for x86-64 in QEMU, for four processors, with sanitizers, unless the
		cache already has it, and prints the folder for run.sh and build-module.sh.

		  --variant kasan    base.config and kasan.config: KASAN, lockdep, DMA-API debugging,
		                     kmemleak, DEBUG_OBJECTS; the self-tests with the extra ones
		  --variant kcsan    base.config and kcsan.config: KCSAN, by the strict rules
		  --jobs N           compile N files at a time (default: one per processor)
		  --print-path       only print the path, whether or not it has been built
		  --print-key        only print the key: a hash of all that the build depends on
		  --help             this text

		The cache is \${XDG_CACHE_HOME:-\$HOME/.cache}/cce/qemu-kernel.
		The source comes from the Debian package $source_package, the guest's busybox from
		the kernel $stock of get-kernel.sh.
	END
}

parse_arguments() {
	while (($#)); do
		case $1 in
		--variant)
			variant=${2:-}
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
	[[ $variant == kasan || $variant == kcsan ]] || fail "--variant is kasan or kcsan, not '$variant' (see --help)"
}

# The folder that run.sh takes, laid out as those of get-kernel.sh.
finish_build() {
	local guest=$build/guest release modules file
	release=$(<"$build/include/config/kernel.release")
	modules=$guest/modules/lib/modules/$release
	rm -rf "$guest"
	mkdir -p "$modules"
	cp "$build/arch/x86/boot/bzImage" "$guest/kernel"
	# All of them are built in; modprobe wants to know.
	for file in modules.order modules.builtin modules.builtin.modinfo; do
		cp "$build/$file" "$modules"
	done
	depmod -b "$guest/modules" "$release"
	cp "$busybox" "$guest/busybox"
	printf '%s\n' "$release" >"$guest/release"
	printf 'amd64\n' >"$guest/architecture"
	ln -s .. "$guest/build"
	printf 'package: %s %s\n' "$source_package" "$(package_version)" >"$guest/complete"
}

main() {
	local busybox
	programs=(depmod gzip)
	part=/guest
	parse_arguments "$@"
	check_prerequisites
	[[ $(uname -m) == x86_64 ]] || fail "this machine is no x86-64: there is no cross compilation here"
	fragments=("$here/base.config" "$here/$variant.config")
	patches=()
	arch=x86
	targets=(bzImage modules)
	settings=()
	expected=1640
	if [[ $action == build ]]; then
		busybox=$("$here/get-kernel.sh" --kernel "$stock")/busybox ||
			fail "there is no busybox for the guest: get-kernel.sh --kernel $stock failed"
	fi
	serve
}

main "$@"
