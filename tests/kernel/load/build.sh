#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds cce_load.ko outside the source tree. "build.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

usage() {
	cat <<-END
		Usage: build.sh --kernel KDIR --out DIR [--arch ARCH] [-- MAKE-ARGUMENT...]

		  --kernel KDIR    build folder of the kernel, e.g. /lib/modules/\$(uname -r)/build
		  --out DIR        made if missing; receives links to the sources, and the module
		  --arch ARCH      as for the kernel's make, e.g. um
		  --help           this text

		Example: build.sh --kernel ... --out ... -- C=2 runs sparse.
	END
}

fail() {
	printf 'build.sh: %s (see --help)\n' "$*" >&2
	exit 2
}

kernel='' out='' arch=()
while (($#)); do
	case $1 in
	--kernel | --out | --arch)
		(($# > 1)) || fail "$1 needs a value"
		case $1 in
		--kernel) kernel=$(realpath "$2") ;;
		--out) out=$(realpath -m "$2") ;;
		--arch) arch=("ARCH=$2") ;;
		esac
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
	*) fail "unknown argument '$1'" ;;
	esac
done
[[ -n $kernel && -n $out ]] || fail "--kernel and --out are needed"
[[ $out != "$here" ]] || fail "--out must not be the source folder"

mkdir -p "$out"
ln -sf "$here"/*.[ch] "$here"/Kbuild "$out"
exec make -C "$kernel" M="$out" W=1 "${arch[@]}" "$@" modules
