#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The fuzzer of /dev/cce in a stock kernel, which has two processors, but no KASAN.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

load
snapshot load0
mkdir /tmp/seeds /tmp/corpus
CCE_FUZZ_SEEDS=/tmp/seeds /in/cce_dev_fuzzer
CCE_FUZZ_CALLS=${requests:?} /in/cce_dev_fuzzer -seed=1 -max_len=600 -len_control=0 -rss_limit_mb=0 -timeout=0 \
	-artifact_prefix="$out/" /tmp/corpus /tmp/seeds >"$out/fuzz.json" 2>"$out/fuzz.log" || tail -n 20 "$out/fuzz.log"
wait_for_rings
snapshot after
cat "$counters/clients" >"$out/clients"
unload
