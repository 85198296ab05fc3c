#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Area and clock of the engine and its blocks. "synth.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
	cat <<-END
		Usage: scripts/synth.sh [OPTION...] [BLOCK...]

		Synthesizes blocks of the engine, with the parameters that they have inside it, in the default
		configuration, in the default with 16 requests in flight instead of 32, and in the small one, all
		without the hash engine; and the hash engine's blocks with two rounds a cycle and with one; and
		prints for each
		  kGE, flip-flops, depth     to gates: area in thousands of two-input NANDs, gates on the longest path
		  LUT4, registers, ... MHz   placed and routed on an ECP5-85F: what it takes there, maximum frequency
		Without BLOCK: the whole engine ("engine") and every block; that takes hours the first time. Results are
		kept in \${XDG_CACHE_HOME:-~/.cache}/cce/synth until a block's sources change; an interrupted run
		goes on where it stopped.

		  --configuration C  default, slots-16, small, hash, hash-single (one round a cycle), or all
		                     (default: all)
		  --no-place         gates only
		  --no-gates         place and route only
		  --route-minutes N  stop the router after N minutes, and give the frequency that nextpnr expects after
		                     placement; 0: do not route (default: 120)
		  --speed N          speed grade of the ECP5: 6, 7 or 8, the fastest (default: 8)
		  --frequency MHZ    the goal (default: 100)
		  --sbox-style N     S-boxes on the ECP5: 0 composite field, 1 table in logic, 2 block RAM (default: 0 in
		                     the small configuration, else 2; gates always have 0)
		  --seed N           start of the placer's random numbers (default: 1)
		  --estimate N       do not place: map for the ECP5 and print what it needs there, and the N longest paths by
		                     estimated delays, grouped by the registers that they end in; minutes instead of hours
		  --cached           run nothing: report what has been run on these sources before
		  --critical-path    print the slowest path of each placed block
		  --json FILE        write every figure as JSON as well
		  --document FILE    put the tables into this page, between its marks (docs/area.md)
		  --block-list       print the names of the blocks
		  --help             this text

		Yosys and nextpnr-ecp5 come from scripts/toolbox.sh, which is asked to install what is missing.

		The exit status is 0 if every goal is reached; 1 if a block does not fit, misses the frequency or the area
		goal, or a tool fails on it (the report has all figures nevertheless); 2 after wrong usage; 3 if
		a tool is missing, so that the report is incomplete (it says what was skipped).

		Examples:
		  scripts/synth.sh --no-place ghash
		  scripts/synth.sh --no-gates --configuration default --critical-path engine
		  scripts/synth.sh --configuration default --estimate 20 engine
		  scripts/synth.sh --document docs/area.md --json area.json
	END
}

place=yes work=yes
for argument in "$@"; do
	case $argument in
	--help | -h)
		usage
		exit 0
		;;
	--no-place) place=no ;;
	--block-list) work=no ;;
	esac
done

if [[ $work == yes ]]; then
	check_space "${XDG_CACHE_HOME:-$HOME/.cache}" 2000
	tools=(yosys)
	[[ $place == no ]] || tools+=(nextpnr-ecp5)
	for tool in "${tools[@]}"; do
		[[ -n $("$cce_root/scripts/toolbox.sh" path "$tool" || true) ]] ||
			"$cce_root/scripts/toolbox.sh" install "$tool" || say "$tool could not be installed; going on without it"
	done
fi
exec python3 "$cce_root/rtl_model/synth/synthesize.py" "$@"
