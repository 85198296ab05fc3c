#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The machine goes to sleep while four processes use the engine; then the engine alone does, for want of work.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

echo 1 >/sys/module/cryptomgr/parameters/notests
load
snapshot before
"$client" random --seed 9 --bytes 20000 --processes 4 --until /tmp/stop --verbose >"$out/client.json" &
user=$!
# Each time devices are suspended for five seconds, nothing else: enough for the driver.
echo devices >/sys/power/pm_test
for state in mem freeze mem freeze mem freeze; do
	sleep 0.003
	echo "$state" >/sys/power/state || fail "no sleep of the kind '$state'"
done
sleep 0.003
: >/tmp/stop
wait "$user" || fail "the client ended with status $?"
snapshot slept

readonly power=/sys/bus/pci/devices/$device/power
echo auto >"$power/control"
sleep 4
cat "$power/runtime_status" >"$out/idle"
"$client" random --seed 10 --requests 40 --bytes 2000 >"$out/woken.json"
cat "$power/runtime_status" >"$out/busy"
snapshot woken
# The machine sleeps while the engine does already.
sleep 4
echo mem >/sys/power/state
cat "$power/runtime_status" >"$out/idle_after_sleep"
echo on >"$power/control"
"$client" random --seed 11 --requests 10 --bytes 2000 >"$out/kept.json"
snapshot after
unload
save_checkers
