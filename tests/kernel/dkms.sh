#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Does DKMS build, install and remove the driver? In trees of its own; the machine's are not touched.
# Usage: dkms.sh --contract DIR
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root code_skip=77 code_usage=2

[[ ${1-} == --contract && -d ${2-} && $# == 2 ]] || {
	echo "dkms.sh: usage: dkms.sh --contract DIR" >&2
	exit "$code_usage"
}
readonly contract=$2

command -v dkms >/dev/null || {
	echo "SKIPPED: dkms is missing (Debian: apt-get install dkms)"
	exit "$code_skip"
}
headers=$(find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64' ! -name '*cloud*' ! -name '*rt*' | sort -V | tail -n 1)
[[ -n $headers ]] || {
	echo "SKIPPED: no /usr/src/linux-headers-*-amd64 (Debian: apt-get install linux-headers-amd64)"
	exit "$code_skip"
}
readonly kernel=${headers##*/linux-headers-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# DKMS wants to be root: in a user namespace anybody is.
private_dkms() {
	unshare --user --map-root-user dkms "$@" --dkmstree "$work/tree" --sourcetree "$work/source" \
		--installtree "$work/modules" -k "$kernel" --kernelsourcedir "$headers" --no-depmod >>"$work/log" 2>&1 || {
		cat "$work/log" "$work"/tree/cce/*/build/make.log 2>/dev/null || true
		echo "FAILED: dkms $*"
		exit 1
	}
}

modules() { find "$work/modules" -name 'cce.ko*' 2>/dev/null; }

mkdir -p "$work/tree" "$work/source" "$work/modules/$kernel"
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$root/driver/dkms.conf")
"$root/driver/build.sh" --contract "$contract" --export "$work/source/cce-$version"
private_dkms add -m cce -v "$version"
private_dkms build -m cce -v "$version"
private_dkms install -m cce -v "$version"
installed=$(modules)
[[ -n $installed ]] || {
	echo "FAILED: no module was installed"
	exit 1
}
# modinfo reads compressed modules, too.
vermagic=$(modinfo -F vermagic "$installed")
[[ $vermagic == "$kernel "* ]] || {
	echo "FAILED: the module is for '$vermagic', not for $kernel"
	exit 1
}
private_dkms remove -m cce -v "$version"
[[ -z $(modules) ]] || {
	echo "FAILED: the module is still there after its removal"
	exit 1
}
echo "DKMS: cce $version built, installed and removed for $kernel"
