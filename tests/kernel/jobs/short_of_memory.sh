#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Each allocation fails once: while the module starts, while the driver takes the device on either bus, for a
# transformation, for a key. With "every" in the environment only each so many-th does.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

export EVERY=${every:-1}
echo 1 >/sys/module/cryptomgr/parameters/notests
# The kernel reports each page that it did not get; the log is judged, the console need not show it.
dmesg --console-level 1

# The module first, without a device.
echo 0 >/sys/bus/pci/drivers_autoprobe
python3 "$users/short_of_memory.py" slab pci "$device" "$module" >"$out/slab.json"
python3 "$users/short_of_memory.py" pages pci "$device" >"$out/pages.json"
snapshot before
"$client" random --seed 12 --requests 20 --bytes 2000 >"$out/client.json"
snapshot after
unload

echo 1 >/sys/bus/pci/drivers_autoprobe
insmod "${bridge:?}" || fail "insmod of the bridge failed"
load
python3 "$users/short_of_memory.py" slab platform cce.0.auto >"$out/platform.json"
"$client" random --seed 13 --requests 20 --bytes 2000 >"$out/platform_client.json"
unload
rmmod cce_platform_bridge || fail "rmmod of the bridge failed"
save_checkers
