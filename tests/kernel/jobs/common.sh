# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the jobs share. Sourced in the guest; run.sh sets module, tool, client and out.
set -euo pipefail

readonly module=${module:?} tool=${tool:?} client=${client:?} out=${out:?}

readonly device=${device:-0000:00:00.0}
readonly counters=/sys/kernel/debug/cce
# Programs that the tests of users share.
# shellcheck disable=SC2034 # for the jobs
readonly users=${BASH_SOURCE[0]%/*/*}/users
export PYTHONDONTWRITEBYTECODE=1
# There is no udev to wait for.
export DM_DISABLE_UDEV=1

fail() {
	printf 'job: %s\n' "$*" >&2
	exit 1
}

# The driver's counts of its lines, if it was built to count. They outlive the module.
save_line_counts() {
	local counts=/sys/kernel/debug/gcov
	[[ -n $(find "$counts" -name 'cce*.gcda' 2>/dev/null) ]] || return 0
	mkdir "$out/gcov"
	find "$counts" -name 'cce*.gcda' -exec cp --target-directory="$out/gcov" {} +
}

# need PROGRAM PACKAGE: the guest has the host's programs.
need() {
	command -v "$1" >/dev/null || fail "there is no $1: install the Debian package $2"
}

# Runs whatever happens: the log is worth most when something did.
save_log() {
	dmesg --raw >"$out/dmesg" || true
	save_line_counts || true
}
trap save_log EXIT

# The module's algorithms that have not passed their self-tests, one a line.
untested() {
	awk -F ' *: ' '$1 == "driver" { driver = $2 } $1 == "module" { ours = $2 == "cce" }
		$1 == "selftest" && ours && $2 != "passed" { print driver }' /proc/crypto
}

# The kernel's self-tests are done on return. Since Linux 6.12 registering an algorithm returns before they begin; one that
# fails stays untested.
module_parameters=()
load() {
	local tries
	insmod "$module" "${module_parameters[@]}" || fail "insmod failed"
	for ((tries = 0; tries < 600; tries++)); do
		[[ -n $(untested) ]] || break
		! dmesg | grep -q 'alg: self-tests for .* failed' || break
		sleep 0.1
	done
}

# From here on the self-tests do without their extra (fuzz) tests, which count as slow ones since Linux 6.16.
no_extra_selftests() {
	local parameters=/sys/module/cryptomgr/parameters name=noextratests
	[[ -e $parameters/$name ]] || name=noslowtests
	echo 1 >"$parameters/$name"
}

# The kernel takes a ring of io_uring down, and lets /dev/cce go, some time after the program that had it.
wait_for_rings() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		[[ $(</sys/module/cce/refcnt) != 0 ]] || break
		sleep 0.1
	done
}

unload() {
	wait_for_rings
	rmmod cce || fail "rmmod failed"
	! grep -q -- '-cce$' /proc/crypto || fail "the algorithms outlive the module"
}

# snapshot NAME: what kernel, driver and engine say now.
snapshot() {
	local folder=$out/$1 name
	mkdir -p "$folder"
	cat /proc/crypto >"$folder/crypto"
	cat "$counters/fallbacks" >"$folder/module_fallbacks"
	for name in queues fallbacks engine; do
		# The engine's own counters can't be read if it has gone.
		[[ ! -e $counters/$device/$name ]] || cat "$counters/$device/$name" >"$folder/$name" 2>/dev/null || true
	done
	for name in state resets last_error; do
		[[ ! -e /sys/bus/pci/devices/$device/health ]] ||
			echo "$name: $(cat "/sys/bus/pci/devices/$device/health/$name")" >>"$folder/health"
	done
}

# make_disk SIZE: an empty disk, $disk, in the guest's memory; remove_disk takes it away.
readonly disk=/dev/loop0
make_disk() {
	truncate -s "$1" /tmp/disk
	losetup "$disk" /tmp/disk
}

remove_disk() {
	losetup -d "$disk"
	rm /tmp/disk
}

# block_statistics MAPPING: what the block layer counted for a device of the device mapper.
block_statistics() {
	cat "/sys/block/$(dmsetup info --columns --noheadings -o blkdevname "$1")/stat"
}

# To be called last, with the module gone: what the debug kernel's checkers have collected.
save_checkers() {
	if [[ -e /sys/kernel/debug/kmemleak ]]; then
		# A leak is one only after 5 s.
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		cat /sys/kernel/debug/kmemleak >"$out/kmemleak"
	fi
	[[ ! -e /proc/lockdep_stats ]] || cat /proc/lockdep_stats >"$out/lockdep_stats"
	[[ ! -e /sys/kernel/debug/dma-api/error_count ]] ||
		cat /sys/kernel/debug/dma-api/error_count >"$out/dma_api_errors"
}
