#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's self-tests with the extra (fuzz) tests, once with every request on the CPU, once with those below 100
# bytes: a text that comes in pieces is then done by both.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

# with NAME BYTES: the engine's counter begins with the power, not with the module.
with() {
	local count=$2
	local seven=$count,$count,$count,$count,$count,$count,$count
	module_parameters=("cpu_below=$seven" "cpu_below_hash=$seven,$count" "cpu_below_authenc=$count,$count,$count")
	echo "completed: $completed" >"$out/$1.before"
	load
	snapshot "$1"
	completed=$(sed -n 's/^completed: //p' "$out/$1/engine")
	unload
}
completed=0
with all 100000000
with short 100
save_checkers
