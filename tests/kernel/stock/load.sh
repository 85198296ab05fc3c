#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Many requests in flight, of all lengths and shapes, with keys that change meanwhile, and each accounted for: of every
# algorithm; then CBC with HMAC alone: all encryptions in one pass, all in two, and as the driver chooses.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

driver=/sys/module/cce/parameters
unlimited=4294967295 cbc_with_hmac=12288

# run_load NAME NAME=VALUE...
run_load() {
	name=$1
	shift
	begin_load requests="${requests:?}" "$@"
	end_load "$name" 2
	snapshot "$name"
}

load
snapshot load0
load_tester threads=4 depth=16 rekey=20
read -r one_pass_most <"$driver/one_pass_most"
echo 64 >"$driver/two_passes_from"
run_load mixed seed=1
echo "$unlimited" >"$driver/one_pass_most"
run_load one_pass algorithms=$cbc_with_hmac decrypt=20 seed=2
echo 0 >"$driver/one_pass_most"
echo 0 >"$driver/two_passes_from"
run_load two_passes seed=3
echo "$one_pass_most" >"$driver/one_pass_most"
run_load chosen seed=4
unload_tester
unload
