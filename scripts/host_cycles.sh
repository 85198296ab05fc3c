#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a request costs the host: cycles of the driver alone. "host_cycles.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
	cat <<-END
		Usage: scripts/host_cycles.sh [--json FILE]

		Installs missing Debian packages, builds what is needed (the guest kernel takes
		some minutes once) and measures, with this machine's time stamp counter, the
		cycles that the driver takes to submit a request and to complete it: the same
		driver code in a Linux guest in real time, over a null transport, an engine of
		nothing but memory. Doorbells and interrupts of real hardware are not in the
		figures; the guest has one processor, so locks cost nothing.

		  --json FILE   write every figure as JSON as well
		  --help        this text
	END
}

arguments=()
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--json)
		[[ -n ${2-} ]] || fail "--json needs a value" "see scripts/host_cycles.sh --help"
		arguments+=(--json "$2")
		shift
		;;
	*) fail "unknown argument '$1'" "see scripts/host_cycles.sh --help" ;;
	esac
	shift
done

install_packages
build cce_contract_files
kernel=$(guest_kernel plain)
exec "$cce_root/bench/host_cycles/measure.sh" --kernel "$kernel" --contract "$cce_build/rtl_model/regs/generated" \
	--out "$cce_build/bench/host_cycles" "${arguments[@]}"
