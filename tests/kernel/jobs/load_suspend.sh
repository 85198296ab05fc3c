#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The machine goes to sleep, and wakes up, with hundreds of requests in flight: kernel threads go on meanwhile. Then the
# engine sleeps whenever it has nothing to do, and wakes up when it has.
# shellcheck source-path=SCRIPTDIR source=load_common.sh
source "${BASH_SOURCE[0]%/*}/load_common.sh"

readonly power=/sys/bus/pci/devices/$device/power

load
load_tester
snapshot before
begin_load requests=20000 pause_us=100 layouts=3
echo devices >/sys/power/pm_test
for ((i = 1; i <= ${rounds:?}; i++)); do
	sleep 0.02
	snapshot "awake$i"
	echo mem >/sys/power/state || fail "the machine does not go to sleep"
done
sleep 0.05
end_load machine
snapshot machine

echo auto >"$power/control"
echo 20 >"$power/autosuspend_delay_ms"
# Bursts of requests and pauses that are longer than the engine stays awake for nothing.
for ((i = 1; i <= ${rounds:?}; i++)); do
	run_load "idle$i" requests=100 pause_us=500 layouts=3 seed="$((i + 10))"
	sleep 6
	cat "$power/runtime_status" >>"$out/asleep"
done
snapshot idle
echo on >"$power/control"
run_load after requests=250 pause_us=0 seed=9
snapshot after
unload_tester
unload
save_checkers
