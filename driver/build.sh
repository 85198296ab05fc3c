#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds cce.ko outside the source tree. "build.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

usage() {
	cat <<-END
		Usage: build.sh --kernel KDIR --contract DIR --out DIR [--arch ARCH] [-- MAKE-ARGUMENT...]
		       build.sh --contract DIR --export DIR

		  --kernel KDIR    build folder of the kernel, e.g. /lib/modules/\$(uname -r)/build
		  --contract DIR   folder with the generated headers (rtl_model/regs/generate.py --out DIR)
		  --out DIR        made if missing; receives links to the sources, and the module
		  --arch ARCH      as for the kernel's make, e.g. um
		  --export DIR     build nothing: copy the sources and the contract to DIR, ready for DKMS
		  --help           this text

		Example: build.sh --kernel ... --contract ... --out ... -- C=2 runs sparse.
	END
}

fail() {
	printf 'build.sh: %s\n' "$*" >&2
	exit 1
}

kernel='' contract='' out='' export='' arch=()
while (($#)); do
	case $1 in
	--kernel | --contract | --out | --export | --arch)
		(($# > 1)) || fail "$1 needs a value"
		case $1 in
		--kernel) kernel=$(realpath "$2") ;;
		--contract) contract=$(realpath "$2") ;;
		--out) out=$(realpath -m "$2") ;;
		--export) export=$(realpath -m "$2") ;;
		--arch) arch=("ARCH=$2") ;;
		esac
		shift 2
		;;
	--help) usage; exit 0 ;;
	--) shift; break ;;
	*) usage >&2; exit 2 ;;
	esac
done

[[ -n $contract ]] || fail "--contract is missing"
generated=("$contract"/cce_{contract,uapi_contract}.h)
for file in "${generated[@]}"; do
	[[ -f $file ]] || fail "no ${file##*/} in $contract"
done

if [[ -n $export ]]; then
	mkdir -p "$export"
	cp "$here"/*.[ch] "$here"/Kbuild "$here"/Makefile "$here"/dkms.conf "${generated[@]}" "$export"
	exit 0
fi

[[ -n $kernel && -n $out ]] || fail "--kernel and --out are needed"
[[ $out != "$here" ]] || fail "--out must not be the source folder"

mkdir -p "$out"
ln -sf "$here"/*.[ch] "$here"/Kbuild "${generated[@]}" "$out"
exec make -C "$kernel" M="$out" W=1 "${arch[@]}" "$@" modules
