#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Shows that Yosys can synthesize the engine: every file is read, the hierarchy resolves, no latch is inferred, nothing
# is undriven or driven twice, and generic synthesis runs to gates. Memories stay memories.
#
#   check.sh --contract DIR [--data-width N] [--top MODULE]
#
# DIR holds the generated cce_contract_pkg.sv. Prints the cells of every module; exit status 0 if all is well.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly rtl=$here/../rtl toolbox=$here/../../scripts/toolbox.sh
contract='' data_width=128 top=cce_top

fail() {
	printf 'check.sh: %s\n' "$*" >&2
	exit 2
}

while (($#)); do
	[[ $1 == --help ]] || (($# >= 2)) || fail "$1 needs a value"
	case $1 in
	--contract) contract=$2 ;;
	--data-width) data_width=$2 ;;
	--top) top=$2 ;;
	--help)
		sed -n '3,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
		exit 0
		;;
	*) fail "unknown argument '$1' (see --help)" ;;
	esac
	shift 2
done
[[ -r $contract/cce_contract_pkg.sv ]] || fail "--contract: there is no cce_contract_pkg.sv in '$contract'"

work=$(mktemp -d "${TMPDIR:-/tmp}/cce-synth.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$contract/cce_contract_pkg.sv" "$work/"

parameters=
# S-boxes in a composite field: tables take Yosys long, and say no more here.
[[ $top != cce_top ]] || parameters="-chparam DataWidth $data_width -chparam SboxStyle 0"
{
	printf 'read_verilog -sv %s' "$work/cce_contract_pkg.sv"
	while read -r file; do printf ' %s' "$(realpath "$rtl/$file")"; done < <(grep -v '^#' "$rtl/cce.f")
	printf '\nhierarchy -check -top %s %s\n' "$top" "$parameters"
	# Assertions have their own tools; synthesis leaves them out.
	# shellcheck disable=SC2016 # dollars of Yosys cell types
	printf 'proc\nchformal -remove\nselect -assert-none t:$dlatch t:$adlatch t:$sr\n'
	printf 'synth -run begin:fine\ncheck -assert\nopt -undriven -fine\ntechmap\nopt -fast\nhierarchy -check\nstat\ncheck -assert\n'
} >"$work/check.ys"

# A name that Yosys has to declare itself is an undriven wire: an error here.
"$toolbox" run yosys --bind "$work" --bind "$(realpath "$here/..")" -- -q -e 'implicitly declared' \
	-l "$work/log" "$work/check.ys" || {
	tail -n 20 "$work/log" >&2
	printf 'check.sh: Yosys does not accept the RTL\n' >&2
	exit 1
}
sed -n '/Printing statistics/,$p' "$work/log" | grep -E '^=== |cells$|Number of cells' || true
printf 'check.sh: %s at %s bits: synthesizable, no latches\n' "$top" "$data_width"
