#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The device comes and goes, and somebody tries to unload the driver, while threads and processes on four processors use
# it; then the driver itself goes and comes back, in between of two loads.
# shellcheck source-path=SCRIPTDIR source=smp_common.sh
. /in/smp_common.sh

load
device=$(basename "$(ls -d "$counters"/*:*/)")
load_tester "$aes_only"
snapshot before
"$client" random --seed 9 --bytes 2000 --processes 2 --until /tmp/stop --tolerate >"$out/client.json" &
user=$!
wait_for_requests 4
# A new binding may overtake an old backlog.
begin_load threads="${threads:?}" requests=100000 rekey=50 order=0 bytes=1024
for i in $(seq "${rounds:?}"); do
	sleep 1
	snapshot "bound$i"
	! rmmod cce 2>>"$out/refusals" || fail "the driver was unloaded under load"
	echo "$device" >/sys/bus/pci/drivers/cce/unbind
	! rmmod cce 2>>"$out/refusals" || fail "the driver was unloaded under load, without its device"
	sleep 0.2
	echo "$device" >/sys/bus/pci/drivers/cce/bind
done
sleep 1
snapshot after
end_load removal 0
: >/tmp/stop
wait "$user" || fail "the client ended with status $?"
# Somebody asks for a transformation while the driver goes: it gets one, or another's, and nothing else happens.
for i in $(seq "${reloads:?}"); do
	rm -f /tmp/stop
	(until [ -e /tmp/stop ]; do
		"$client" random --seed "$i" --requests 1 --bytes 500 --processes 2 --tolerate >>"$out/reload_clients" || true
	done) &
	user=$!
	tries=0
	until rmmod cce 2>>"$out/reload_refusals"; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || fail "the driver is always in use"
	done
	: >/tmp/stop
	wait "$user"
	load
done
unload_tester
unload
save_checkers
