#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A load that knows nothing of this driver: stress-ng's workers for AF_ALG, on whatever /proc/crypto lists, first.
# With the priority raised they get the engine wherever it has the algorithm.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

need stress-ng stress-ng
module_parameters=(priority=4000)
load
snapshot before
# It asks for a hundred algorithms that this kernel does not have: nobody needs to look for modules.
echo >/proc/sys/kernel/modprobe
cd /tmp || fail "there is no /tmp"
stress-ng --af-alg "${workers:?}" --af-alg-ops "${operations:?}" --verify --metrics-brief --no-rand-seed --temp-path /tmp \
	>"$out/stress.log" 2>&1 || fail "stress-ng ended with status $?: $(tail -n 5 "$out/stress.log")"
snapshot after
unload
save_checkers
