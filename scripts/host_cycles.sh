#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a request costs the host: cycles of the driver alone, or of the way through the library. "host_cycles.sh --help"
# says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
	cat <<-END
		Usage: scripts/host_cycles.sh [--library] [--json FILE]

		Installs missing Debian packages, builds what is needed (the guest kernel takes
		some minutes once) and measures, with this machine's time stamp counter, the
		cycles that the driver takes to submit a request and to complete it: the same
		driver code in a Linux guest in real time, over a null transport, an engine of
		nothing but memory. Doorbells and interrupts of real hardware are not in the
		figures; the guest has one processor, so locks cost nothing.

		With --library it is the way of a program: libcce, system calls and driver, for
		each backend that reaches the driver, and OpenSSL's code for comparison. A second
		table has requests per second in the time of a simulated engine, backend
		in-process among them. docs/library.md says how both are made.

		  --library     what a request through libcce costs
		  --json FILE   write every figure as JSON as well
		  --help        this text
	END
}

arguments=() library=
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--library) library=yes ;;
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
if [[ -z $library ]]; then
	build cce_contract_files
else
	build cce_contract_files cce_bench_library cce_device_server
fi
kernel=$(guest_kernel plain)
arguments+=(--kernel "$kernel" --contract "$cce_build/rtl_model/regs/generated")
[[ -n $library ]] || exec "$cce_root/bench/host_cycles/measure.sh" --out "$cce_build/bench/host_cycles" "${arguments[@]}"
exec "$cce_root/bench/host_cycles/library.sh" --out "$cce_build/bench/library_cycles" \
	--program "$cce_build/bench/cce_bench_library" --server "$cce_build/sim/device/cce_device_server" "${arguments[@]}"
