#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The speed table: the engine's cycles beside their goals and beside other engines. "cycles.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
	cat <<-END
		Usage: scripts/cycles.sh [OPTION...]

		Installs missing Debian packages, builds and measures, in simulation, how
		many cycles of its own clock the engine needs: throughput in every mode, small
		requests, scattered ones, latency, hash functions, sharing by several queue pairs. Every output is
		compared with OpenSSL. Each figure stands beside its goal, then beside what other
		engines publish; the simulators' own speed comes last, in these rows and in long
		requests. About two minutes.

		  --engine E      rtl, model or both (default: all that this build has)
		  --json FILE     write every figure with unit, conditions and goal as JSON as well
		  --rows A,B...   measure these rows only: numbers of the table, or names as in
		                  build/bench/cce_cycles --help
		  --latency N     cycles of the memory's latency (default: 20, for which the goals are)
		  --help          this text

		The exit status is 0 if every figure reaches its goal, 1 if one does not, 2 after
		wrong usage.

		Examples:
		  scripts/cycles.sh --rows gcm-encrypt,9
		  scripts/cycles.sh --rows 7,8,10       # also with 4 queue pairs
	END
}

# Ends the script after wrong usage.
wrong_usage() {
	say "error: $1"
	say "  see scripts/cycles.sh --help"
	exit 2
}

arguments=()
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--engine | --json | --rows | --latency)
		[[ $# -ge 2 && -n $2 ]] || wrong_usage "$1 needs a value"
		case $1 in
		--engine) [[ $2 =~ ^(rtl|model|both)$ ]] || wrong_usage "there is no engine '$2'" ;;
		--latency) [[ $2 =~ ^[0-9]{1,4}$ ]] || wrong_usage "--latency needs a number of cycles up to 9999, not '$2'" ;;
		esac
		arguments+=("$1=$2")
		shift
		;;
	*) wrong_usage "unknown argument '$1'" ;;
	esac
	shift
done

install_packages
build cce_cycles
exec "$cce_build/bench/cce_cycles" "${arguments[@]}"
