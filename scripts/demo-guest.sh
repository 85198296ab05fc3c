#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The part of the demo that runs inside the guest. demo.sh starts it with these variables:
#   demo_folder  holds "plain" (the file), "key", "iv"; takes the results
#   demo_module  cce.ko
#   demo_tool    the cce program
set -euo pipefail

: "${demo_folder:?}" "${demo_module:?}" "${demo_tool:?}"
cd "$demo_folder"
iv=$(<iv)

insmod "$demo_module"

# The engine's counters as the driver's debugfs shows them.
counters() {
	cat /sys/kernel/debug/cce/*/queues /sys/kernel/debug/cce/*/fallbacks
}

encrypt() {
	local mode=$1 chunk=$2 input=$3 name=$4
	counters >"$name.before"
	"$demo_tool" enc --backend af_alg --mode "$mode" --key-file key --iv "$iv" --chunk "$chunk" --in "$input" \
		--out "$name.encrypted" --statistics "$name.json" --quiet
	counters >"$name.after"
}

encrypt ctr 64KiB plain ctr
encrypt cbc 64KiB plain cbc
# The same in small requests, to split the latency into a fixed and a per-byte part.
encrypt ctr 1KiB head small-ctr
encrypt cbc 1KiB head small-cbc

counters >sha256.before
"$demo_tool" dgst --backend af_alg --algorithm sha256 --quiet plain >sha256.sums
counters >sha256.after

rmmod cce
# What the kernel had to complain about, if anything.
dmesg | grep -E 'WARNING|BUG|cce .*(error|failed|timeout)' >kernel-complaints || true
