#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Latencies by the guest's clock, which is the engine's.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

load
head -c 100000 "$client" >/tmp/text
for mode in ctr cbc; do
	"$tool" enc --backend af_alg --mode "$mode" --iv 000102030405060708090a0b0c0d0e0f --chunk 4KiB --quiet \
		-K 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f \
		--in /tmp/text --out "$out/$mode.enc" --statistics "$out/$mode.json"
done
snapshot after
unload
save_checkers
