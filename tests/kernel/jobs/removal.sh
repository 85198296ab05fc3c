#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The device comes and goes while four processes use it.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

no_extra_selftests
load
snapshot before
"$client" random --seed 5 --bytes 20000 --processes 4 --until /tmp/stop --tolerate --verbose >"$out/client.json" &
user=$!
for ((i = 1; i <= ${rounds:?}; i++)); do
	sleep 0.003
	echo "$device" >/sys/bus/pci/drivers/cce/unbind
	sleep 0.001
	echo "$device" >/sys/bus/pci/drivers/cce/bind
	snapshot "bind$i"
done
for i in 1 2; do
	sleep 0.003
	echo 1 >/sys/bus/pci/devices/"$device"/remove
	sleep 0.001
	echo 1 >/sys/bus/pci/rescan
	[[ -e /sys/bus/pci/drivers/cce/$device ]] || fail "the device did not come back"
	snapshot "rescan$i"
done
sleep 0.003
snapshot after
: >/tmp/stop
wait "$user" || fail "the client ended with status $?"
unload
save_checkers
