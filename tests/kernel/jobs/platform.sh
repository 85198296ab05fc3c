#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The engine as a platform device: cce_platform_bridge.ko hands the PCI function's resources to one. Self-tests, requests,
# unbind and bind.
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
save_checkers
