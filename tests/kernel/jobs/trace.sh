#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The driver's tracepoints follow requests from the submission to the completion.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

echo 1 >/sys/module/cryptomgr/parameters/notests
load
readonly tracing=/sys/kernel/tracing
mount -t tracefs tracefs "$tracing"
echo 1 >"$tracing/events/cce/enable"
snapshot before
"$client" random --seed 8 --requests 30 --bytes 4096 --processes 2 >"$out/client.json"
snapshot after
echo 0 >"$tracing/events/cce/enable"
cat "$tracing/trace" >"$out/trace"
umount "$tracing"
unload
save_checkers
