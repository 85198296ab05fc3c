#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The device is torn out while four processes use it: the host's program (kill-server.sh) kills the device server.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

load
snapshot load0
modprobe algif_skcipher
/in/cce_kernel_vectors random --seed 13 --bytes 20000 --processes 4 --until /tmp/stop --tolerate >"$out/client.json" &
client=$!
wait_for_requests 50
: >"$out/kill-now"
seconds=0
while [ ! -e "$out/killed" ]; do
	[ "$seconds" -lt 30 ] || fail "the host does not kill the server"
	sleep 1
	seconds=$((seconds + 1))
done
# The driver's watchdog has its time limit.
seconds=0
until dmesg | grep -q 'engine given up'; do
	[ "$seconds" -lt 60 ] || fail "the driver does not see that the device has gone"
	sleep 1
	seconds=$((seconds + 1))
done
sleep 2
: >/tmp/stop
wait "$client" || fail "the client ended with status $?"
/in/cce_kernel_vectors random --seed 14 --requests 20 --bytes 600 >"$out/later.json" || fail "later requests fail"
mkdir "$out/after"
cat "$counters"/*:*/fallbacks >"$out/after/fallbacks"
unload
