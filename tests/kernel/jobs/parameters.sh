#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The module's parameters, right and wrong.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

echo 1 >/sys/module/cryptomgr/parameters/notests
for entries in 3 2048; do
	module_parameters=("ring_entries=$entries")
	load
	[[ ! -e /sys/bus/pci/drivers/cce/$device ]] || fail "the driver has bound to the device with ring_entries=$entries"
	unload
done
module_parameters=(queues=2 ring_entries=8 interrupt_count=4)
load
"$client" random --seed 14 --requests 30 --bytes 8192 --processes 4 >"$out/client.json"
for value in 0 nonsense 1; do
	! echo "$value" >"/sys/bus/pci/devices/$device/calibrate" 2>>"$out/calibrate" ||
		fail "writing $value to calibrate has no effect, but succeeds"
done
snapshot after
unload
save_checkers
