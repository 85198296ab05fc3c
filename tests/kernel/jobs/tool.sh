#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cce top and cce trace on the real driver's files, and what cce top says when they are not there.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

# refused NAME: cce top fails; what it says is in NAME.
refused() {
	! "$tool" top --once 2>"$out/$1" || fail "cce top did not fail: $1"
}

refused not_loaded
echo 1 >/sys/module/cryptomgr/parameters/notests
load
readonly tracing=/sys/kernel/tracing
mount -t tracefs tracefs "$tracing"
echo 1 >"$tracing/events/cce/enable"
"$tool" top --once --json >"$out/top_before.json"
"$client" random --seed 8 --requests 30 --bytes 4096 --processes 2 >"$out/client.json"
# What the driver seals, the CPU opens, and the other way round.
head -c 100000 "$tool" >"$out/text"
printf %064d 0 >"$out/key"
"$tool" seal --key-file "$out/key" --in "$out/text" --out "$out/sealed" --json --quiet >"$out/seal.json"
"$tool" open --key-file "$out/key" --in "$out/sealed" --out "$out/opened" --backend software
cmp "$out/text" "$out/opened"
"$tool" seal --key-file "$out/key" --in "$out/text" --chunk 16KiB --backend software |
	"$tool" open --key-file "$out/key" --json 2>"$out/open.json" --quiet | cmp - "$out/text"
# And the same with wrapped keys, which need not be whole semiblocks.
head -c 1001 "$tool" >"$out/plain_key"
"$tool" wrap --mode kwp --key-file "$out/key" --in "$out/plain_key" --out "$out/wrapped" --json --quiet >"$out/wrap.json"
"$tool" unwrap --mode kwp --key-file "$out/key" --in "$out/wrapped" --backend software --quiet | cmp - "$out/plain_key"
"$tool" unwrap --mode kwp --key-file "$out/key" --in "$out/wrapped" --json --quiet --out "$out/unwrapped" >"$out/unwrap.json"
cmp "$out/unwrapped" "$out/plain_key"
snapshot after
"$tool" top --once --json >"$out/top.json"
"$tool" top --count 2 --interval 0.01 >"$out/top.txt"
echo 0 >"$tracing/events/cce/enable"
cat "$tracing/trace" >"$out/trace"
"$tool" trace kernel --quiet --out "$out/timeline.json"
umount "$tracing"
umount /sys/kernel/debug
refused not_mounted
mount -t debugfs debugfs /sys/kernel/debug
unload
save_checkers
