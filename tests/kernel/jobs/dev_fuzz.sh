#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Sequences of calls of /dev/cce, chosen by libFuzzer.
# shellcheck source-path=SCRIPTDIR source=dev_common.sh
source "${BASH_SOURCE[0]%/*}/dev_common.sh"

readonly dev_fuzzer=${dev_fuzzer:?}

readonly calls=${calls:-10000}

# Mappings of the engine, as DMA debugging counts them.
mappings() {
	local dump=/sys/kernel/debug/dma-api/dump
	[[ ! -e $dump ]] || grep -c "^cce " "$dump" >"$out/mappings.$1" || true
}

load_dev
snapshot before
mappings before
echo "$calls" >"$out/limit"
mkdir "$out/seeds" "$out/corpus"
CCE_FUZZ_SEEDS=$out/seeds "$dev_fuzzer"
# An input that finds a defect is left in a file beside the log.
CCE_FUZZ_CALLS=$calls "$dev_fuzzer" -seed="${seed:-1}" -max_len=600 -len_control=0 -rss_limit_mb=0 -timeout=0 \
	-artifact_prefix="$out/" "$out/corpus" "$out/seeds" >"$out/fuzz.json" 2>"$out/fuzz.log" ||
	tail -n 20 "$out/fuzz.log"
rm -r "$out/corpus" "$out/seeds"
wait_for_rings
snapshot after
mappings after
unload_dev
save_checkers
