#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the driver for a kernel of get-kernel.sh or build-kernel.sh. "build-module.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(realpath "$here/../../..")
readonly here top
readonly code_usage=2

usage() {
	cat <<-END
		Usage: build-module.sh --kernel DIR --contract DIR --out DIR [--source DIR] [-- MAKE-ARGUMENT...]

		Builds cce.ko, or a test module. For a kernel of get-kernel.sh with the kernel's own compiler and headers,
		which see nothing of this machine but the three folders and the driver's sources; for one
		of build-kernel.sh with what that was built with.

		  --kernel DIR     the path that get-kernel.sh or build-kernel.sh printed
		  --contract DIR   folder with the generated cce_contract.h
		  --out DIR        made if missing; receives the module
		  --source DIR     folder of a test module (tests/kernel/build-module.sh) instead of the driver
		  --help           this text

		What follows -- goes to driver/build.sh, or to the other: see there.
	END
}

say() { printf 'build-module: %s\n' "$*" >&2; }
die() {
	printf 'build-module: error: %s\n' "$*" >&2
	exit 1
}

# shellcheck source=scripts/private-apt.sh
source "$top/scripts/private-apt.sh"

kernel='' contract='' out='' source='' rest=()
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--)
		shift
		rest=("$@")
		break
		;;
	--kernel | --contract | --out | --source)
		[[ -n ${2-} ]] || {
			say "$1 needs a value (see --help)"
			exit "$code_usage"
		}
		declare "${1#--}=$(realpath -m "$2")"
		shift 2
		;;
	*)
		say "unknown argument '$1' (see --help)"
		exit "$code_usage"
		;;
	esac
done
[[ -n $kernel && -n $contract && -n $out ]] || {
	say "--kernel, --contract and --out are needed (see --help)"
	exit "$code_usage"
}
[[ -e $kernel/complete ]] || die "there is no kernel in '$kernel': run get-kernel.sh or build-kernel.sh"
builder=$top/driver/build.sh sources=("$top/driver")
[[ -z $source ]] || builder=$top/tests/kernel/build-module.sh sources=("$top/tests/kernel" --source "$source")
readonly builder sources
[[ ! -e $kernel/build ]] || exec "$builder" "${sources[@]:1}" --kernel "$kernel/build" --arch x86 --contract "$contract" \
	--out "$out" -- "${rest[@]}"

release=$(<"$kernel/release") architecture=$(<"$kernel/architecture")
cross=() arch=()
case $architecture in
amd64) arch=(--arch x86) triplet=x86_64-linux-gnu ;;
arm64) arch=(--arch arm64) triplet=aarch64-linux-gnu ;;
riscv64) arch=(--arch riscv) triplet=riscv64-linux-gnu ;;
*) die "architecture $architecture is not known here" ;;
esac
[[ $architecture == "$(dpkg --print-architecture)" ]] || cross=("CROSS_COMPILE=$triplet-")

# shellcheck disable=SC2034 # read by private-apt.sh
tool="the kernel's compiler" least=''
need_bubblewrap
mkdir -p "$out"
sandbox_of "$kernel/root"
shared=()
for folder in "${sources[0]}" "$contract" "$out" ${source:+"$source"}; do
	share_folder "$folder"
done
# The root has no interpreter for the check of comments; tests/kernel/native-build.sh does it.
exec bwrap "${sandbox[@]}" --setenv LC_ALL C --chdir "$out" --remount-ro / /bin/bash "$builder" \
	"${sources[@]:1}" --kernel "/usr/src/linux-headers-$release" "${arch[@]}" --contract "$contract" --out "$out" -- \
	cmd_checkdoc= "${cross[@]}" "${rest[@]}"
