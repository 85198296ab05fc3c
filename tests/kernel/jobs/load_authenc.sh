#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# CBC encryptions with HMAC, 16 in flight: all in one pass; then as many as the engine has hash lanes, the others in two
# passes; then few; then short ones, for which two are not worth it. How long each run takes is told in the guest's time,
# which is the engine's. Then all in two passes, of any length and shape, with keys that change meanwhile.
# shellcheck source-path=SCRIPTDIR source=load_common.sh
source "${BASH_SOURCE[0]%/*}/load_common.sh"

readonly requests=${requests:?}
readonly driver=/sys/module/cce/parameters
readonly unlimited=4294967295 sha256=4096 both=12288
readonly many=(threads=1 depth=16 "algorithms=$sha256" layouts=1 bytes=4096 exact=1 backlog=100 decrypt=0)

module_parameters=()
load
load_tester
read -r one_pass_most <"$driver/one_pass_most"
snapshot before
echo "$unlimited" >"$driver/one_pass_most"
run_load one_pass "${many[@]}" requests="$requests"
snapshot one_pass
echo "$one_pass_most" >"$driver/one_pass_most"
run_load two_passes "${many[@]}" requests="$requests"
snapshot two_passes
run_load few "${many[@]}" depth="$one_pass_most" requests="$requests"
snapshot few
run_load short "${many[@]}" bytes=64 requests="$requests"
snapshot short
echo 0 >"$driver/one_pass_most"
echo 0 >"$driver/two_passes_from"
run_load shapes threads=4 depth=64 algorithms=$both layouts=15 exact=0 bytes=2048 requests="$requests" backlog=50 decrypt=20 \
	rekey=20 seed=2
snapshot shapes
unload_tester
unload
save_checkers
