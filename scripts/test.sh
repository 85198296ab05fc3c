#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what is missing, builds everything and runs the tests. "test.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
	cat <<-END
		Usage: scripts/test.sh [--quick | --all] [-- CTEST ARGUMENTS...]

		Installs missing Debian packages, builds everything and runs all tests through
		ctest, whose counts end the output.

		  --quick   without the tests that boot a kernel, synthesize or prove (about 5 minutes)
		  --all     long forms of the tests as well: complete Monte-Carlo sets and more
		            random requests (hours)
		  --help    this text

		Examples:
		  scripts/test.sh --quick
		  scripts/test.sh -- -R kernel --verbose
	END
}

mode=plain
ctest_arguments=()
while (($#)); do
	case $1 in
	--quick) mode=quick ;;
	--all) mode=all ;;
	--help)
		usage
		exit 0
		;;
	--)
		shift
		ctest_arguments=("$@")
		break
		;;
	*) fail "unknown argument '$1'" "see scripts/test.sh --help" ;;
	esac
	shift
done

install_packages
# shellcheck disable=SC2119 # no targets: everything
build

selection=()
if [[ $mode == quick ]]; then
	selection=(--label-exclude 'kernel|synthesis|lockstep|mutants|formal|package')
else
	check_space "${XDG_CACHE_HOME:-$HOME/.cache}" 5000
	# Here rather than inside a test, so that progress is seen and no test's time limit counts it.
	for variant in plain debug; do
		guest_kernel "$variant" >/dev/null || fail "the $variant guest kernel could not be built" "its log is named above"
	done
	say "getting Yosys"
	"$cce_root/scripts/toolbox.sh" install yosys || fail "Yosys could not be installed" \
		"scripts/test.sh --quick runs without it"
	say "getting QEMU and stock kernels"
	kernels=(6.1-amd64)
	[[ $mode != all ]] || kernels+=(6.1-arm64 6.12-amd64 6.12-riscv64 newest-amd64)
	"$cce_root/scripts/toolbox.sh" install qemu || say "the tests kernel.stock.* will be skipped: no QEMU"
	for kernel in "${kernels[@]}"; do
		"$cce_root/sim/machines/qemu/get-kernel.sh" --kernel "$kernel" >/dev/null ||
			say "the tests with kernel $kernel will be skipped: it could not be fetched"
	done
	if [[ $mode == all ]]; then
		for variant in kasan kcsan; do
			"$cce_root/sim/machines/qemu/build-kernel.sh" --variant "$variant" >/dev/null ||
				fail "the $variant kernel could not be built" "its log is named above"
		done
	fi
fi
[[ $mode != all ]] || export CCE_TEST_ALL=1

say "running the tests"
cd "$cce_build"
# Two at a time: each is one busy process, and the machines have at least two cores.
exec ctest --output-on-failure --parallel "$(nproc)" --no-tests=error "${selection[@]}" "${ctest_arguments[@]}"
