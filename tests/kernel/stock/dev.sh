#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# /dev/cce in a stock kernel: the modes, what is refused, limits, io_uring. Key wrap's vectors are not there.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

load
snapshot load0
# Its report tells what failed; judge.py reads it.
/in/cce_dev_test --gtest_filter='*-*.Stalled*:*.Removal*:*.Asleep:*.StandardVectors' --gtest_output="json:$out/dev.json" --gtest_brief=1 \
	>"$out/dev.output" 2>&1 || cat "$out/dev.output"
wait_for_rings
snapshot after
cat "$counters/clients" >"$out/clients"
unload
