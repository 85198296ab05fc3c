#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Hashes that are exported and imported in the middle, from the engine to the CPU's code and back: cce_streams.ko does it
# when it is loaded. Then again with a threshold, so that the driver itself moves them as well.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

streams() {
	insmod "${streams_module:?}" messages="${messages:?}" seed="$1" || fail "cce_streams has found something"
	rmmod cce_streams
}

load
snapshot before
streams 1
snapshot after
echo 200,200,200,200,200,200,200,200 >/sys/module/cce/parameters/cpu_below_hash
streams 2
snapshot threshold
unload
save_checkers
