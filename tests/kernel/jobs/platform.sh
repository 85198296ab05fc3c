#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The engine as a platform device: cce_platform_bridge.ko hands the PCI function's resources to one. Self-tests, requests,
# unbind and bind; calibration, which is for engines that are not simulated.
device=cce.0.auto
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

insmod "${bridge:?}" || fail "insmod of the bridge failed"
load
[[ -e /sys/bus/platform/drivers/cce/$device ]] || fail "the driver has not bound to the platform device"
[[ ! -e /sys/bus/pci/drivers/cce/0000:00:00.0 ]] || fail "the driver has bound to the PCI function"
snapshot before
"$client" random --seed 3 --requests 300 --bytes 5000 >"$out/first.json"
echo "$device" >/sys/bus/platform/drivers/cce/unbind
"$client" random --seed 4 --requests 20 --bytes 5000 >"$out/unbound.json"
echo "$device" >/sys/bus/platform/drivers/cce/bind
"$client" random --seed 5 --requests 300 --bytes 5000 >"$out/second.json"
snapshot after
unload
rmmod cce_platform_bridge || fail "rmmod of the bridge failed"

insmod "$bridge" simulated=N || fail "insmod of the bridge failed"
echo 1 >/sys/module/cryptomgr/parameters/notests
load
snapshot uncalibrated
readonly calibrate=/sys/bus/platform/devices/$device/calibrate
# The third allocation is the first algorithm's: that one keeps what it had.
echo 77,0,0,0,0,0,0 >/sys/module/cce/parameters/cpu_below
PYTHONPATH=$users python3 - "$calibrate" >"$out/calibrate_short_of_memory" <<-'END'
	import os, sys
	from short_of_memory import FailNth, fail_only
	file = os.open(sys.argv[1], os.O_WRONLY)
	fail_only("slab")
	print(*FailNth().attempt(3, lambda: os.write(file, b"1")))
END
cat /sys/module/cce/parameters/cpu_below{,_hash,_authenc} >>"$out/calibrate_short_of_memory"
echo 1 >"$calibrate" || fail "calibration failed"
cat /sys/module/cce/parameters/cpu_below{,_hash,_authenc} >"$out/cpu_below"
snapshot calibrated
"$client" random --seed 6 --requests 50 --bytes 5000 >"$out/short.json"
snapshot short
unload
rmmod cce_platform_bridge || fail "rmmod of the bridge failed"
save_checkers
