#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Hundreds of requests in flight and no faults: a full ring and a full backlog; all shapes; keys replaced in flight; more
# pieces than the driver's lists hold.
# shellcheck source-path=SCRIPTDIR source=load_common.sh
source "${BASH_SOURCE[0]%/*}/load_common.sh"

readonly requests=${requests:?}
readonly all_layouts=15 contiguous_or_pieces=3 too_many_pieces=4

load
load_tester
snapshot before
# All may wait, so nothing comes in parts; then half of them, and the others are refused when there is no room.
run_load deep requests="$requests" layouts=$contiguous_or_pieces backlog=100 parts=0
snapshot deep
run_load mixed requests="$requests" layouts=$all_layouts backlog=50 parts=50 seed=2
snapshot mixed
run_load rekey requests="$requests" layouts=$contiguous_or_pieces rekey=5 seed=3
snapshot rekey
run_load segments requests="$((requests / 10))" layouts=$too_many_pieces bytes=1024 exact=1 rekey=0 parts=0 seed=4
snapshot after
unload_tester
unload
save_checkers
