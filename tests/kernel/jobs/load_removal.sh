#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The device comes and goes, and somebody tries to unload the driver, with hundreds of requests in flight, whose
# keys are replaced meanwhile. A new binding may overtake an old backlog.
# shellcheck source-path=SCRIPTDIR source=load_common.sh
source "${BASH_SOURCE[0]%/*}/load_common.sh"

load
load_tester
snapshot before
begin_load requests=20000 pause_us=20 rekey=50 order=0
for ((i = 1; i <= ${rounds:?}; i++)); do
	sleep 0.01
	snapshot "bound$i"
	! rmmod cce 2>>"$out/refusals" || fail "the driver was unloaded under load"
	echo "$device" >/sys/bus/pci/drivers/cce/unbind
	! rmmod cce 2>>"$out/refusals" || fail "the driver was unloaded under load, without its device"
	sleep 0.002
	echo "$device" >/sys/bus/pci/drivers/cce/bind
done
sleep 0.01
snapshot after
end_load removal
unload_tester
unload
save_checkers
