#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds a test module outside the source tree. "build-module.sh --help" says more.
set -euo pipefail

readonly code_usage=2

usage() {
	cat <<-END
		Usage: build-module.sh --source DIR --kernel KDIR --out DIR [--contract DIR] [--arch ARCH]
		                       [-- MAKE-ARGUMENT...]

		  --source DIR     folder with the module's sources and Kbuild
		  --kernel KDIR    build folder of the kernel, e.g. /lib/modules/\$(uname -r)/build
		  --out DIR        made if missing; receives links to the sources, and the module
		  --contract DIR   folder with the generated cce_contract.h, for a module that includes it
		  --arch ARCH      as for the kernel's make, e.g. um
		  --help           this text

		Example: build-module.sh --source ... --kernel ... --out ... -- C=2 runs sparse.
	END
}

misused() {
	printf 'build-module.sh: %s (see --help)\n' "$*" >&2
	exit "$code_usage"
}

source='' kernel='' out='' contract='' arch=()
while (($#)); do
	case $1 in
	--source | --kernel | --out | --contract)
		[[ -n ${2-} ]] || misused "$1 needs a value"
		declare "${1#--}=$(realpath -m "$2")"
		shift 2
		;;
	--arch)
		[[ -n ${2-} ]] || misused "$1 needs a value"
		arch=("ARCH=$2")
		shift 2
		;;
	--help)
		usage
		exit 0
		;;
	--)
		shift
		break
		;;
	*) misused "unknown argument '$1'" ;;
	esac
done
[[ -n $source && -n $kernel && -n $out ]] || misused "--source, --kernel and --out are needed"
[[ $out != "$source" ]] || misused "--out must not be the source folder"

mkdir -p "$out"
find "$source" -maxdepth 1 \( -name '*.[ch]' -o -name Kbuild \) -exec ln -sf -t "$out" {} +
[[ -z $contract ]] || ln -sf "$contract/cce_contract.h" "$out"
exec make -C "$kernel" M="$out" W=1 "${arch[@]}" "$@" modules
