#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The device comes and goes while four processes use it on two processors.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

load
device=$(basename "$(ls -d "$counters"/*:*/)")
snapshot load0
modprobe algif_skcipher
/in/cce_kernel_vectors random --seed 12 --bytes 20000 --processes 4 --until /tmp/stop --tolerate >"$out/client.json" &
client=$!
wait_for_requests 50
for i in 1 2 3 4 5; do
	echo "$device" >/sys/bus/pci/drivers/cce/unbind
	sleep 0.1
	echo "$device" >/sys/bus/pci/drivers/cce/bind
	sleep 0.3
	snapshot "bind$i"
done
for i in 1 2; do
	echo 1 >/sys/bus/pci/devices/"$device"/remove
	sleep 0.1
	echo 1 >/sys/bus/pci/rescan
	sleep 0.3
	[ -e /sys/bus/pci/drivers/cce/"$device" ] || fail "the device did not come back"
	snapshot "rescan$i"
done
: >/tmp/stop
wait "$client" || fail "the client ended with status $?"
snapshot after
unload
