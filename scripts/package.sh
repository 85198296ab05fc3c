#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Debian packages of driver, library, provider and tool. "package.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
	cat <<-END
		Usage: scripts/package.sh [--out DIR]

		Installs missing Debian packages, builds, and makes Debian packages for this
		release of Debian and this architecture:

		  cce-dkms               the Linux driver as source, for DKMS, and the udev rule
		  libcce0                the library
		  libcce-dev             its headers, pkg-config and CMake files, man pages
		  openssl-provider-cce   the OpenSSL 3 provider
		  cce                    the command line tool

		  --out DIR   where to put them (default: $cce_build/packages)
		  --help      this text

		Install them with: apt-get install ./packages/*.deb
	END
}

out=$cce_build/packages
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--out)
		[[ -n ${2-} ]] || fail "--out needs a value" "see scripts/package.sh --help"
		out=$(realpath -m "$2")
		shift
		;;
	*) fail "unknown argument '$1'" "see scripts/package.sh --help" ;;
	esac
	shift
done

install_packages
build
mkdir -p "$out"
log=$cce_build/package.log
say "making the packages"
cpack --config "$cce_build/CPackConfig.cmake" -B "$out" >"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	fail "the packages were not made; all of it is in $log"
}
rm -rf "$out/_CPack_Packages"
for package in "$out"/*.deb; do
	printf '%s\n' "$package"
	dpkg-deb --field "$package" Version Depends Installed-Size | sed 's/^/    /'
done
