#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the driver with the null transport, and the module that measures with it. Usage: build.sh KERNEL CONTRACT OUT
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
readonly here root
(($# == 3)) || {
	echo "Usage: build.sh KERNEL CONTRACT OUT" >&2
	exit 2
}
readonly kernel=$1 contract=$2 out=$3

mkdir -p "$out/module"
find "$out/module" -type l -delete
ln -sf "$root"/driver/*.[ch] "$contract"/cce_{contract,uapi_contract}.h "$out/module"
ln -sf "$here"/*.[ch] "$here/Kbuild" "$out/module"
make -j"$(nproc)" -C "$kernel" M="$out/module" W=1 ARCH=um modules >"$out/build.log" 2>&1 || {
	tail -n 20 "$out/build.log" >&2
	echo "build.sh: the modules do not build; all of it is in $out/build.log" >&2
	exit 1
}
