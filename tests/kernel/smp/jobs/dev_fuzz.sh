#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Sequences of calls of /dev/cce, chosen by libFuzzer.
# shellcheck source-path=SCRIPTDIR source=smp_common.sh
. /in/smp_common.sh

# Mappings of the engine, as DMA debugging counts them.
mappings() {
	[ ! -e /sys/kernel/debug/dma-api/dump ] || grep -c '^cce ' /sys/kernel/debug/dma-api/dump >"$out/mappings.$1" || true
}

load
snapshot before
mappings before
echo "${calls:?}" >"$out/limit"
mkdir /tmp/seeds /tmp/corpus
CCE_FUZZ_SEEDS=/tmp/seeds /in/cce_dev_fuzzer
# An input that finds a defect is left in a file beside the log.
CCE_FUZZ_CALLS=$calls /in/cce_dev_fuzzer -seed="${seed:?}" -max_len=600 -len_control=0 -rss_limit_mb=0 -timeout=0 \
	-artifact_prefix="$out/" /tmp/corpus /tmp/seeds >"$out/fuzz.json" 2>"$out/fuzz.log" || tail -n 20 "$out/fuzz.log"
wait_for_rings
snapshot after
mappings after
cat "$counters/clients" >"$out/clients"
unload
save_checkers
