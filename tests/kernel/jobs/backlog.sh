#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rings of two entries and many at once: requests wait in the backlog. AF_ALG first, then a disk (dm-crypt).
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

no_extra_selftests
module_parameters=(ring_entries=2 priority=1000)
load
snapshot before
"$client" random --seed 4 --requests 60 --bytes 8192 --processes 8 >"$out/parallel.json"
snapshot parallel

if ! command -v dmsetup >/dev/null; then
	echo "dm-crypt left out: there is no dmsetup" | tee "$out/disk"
else
	export DM_DISABLE_UDEV=1
	readonly key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
	readonly bytes=$((512 * 1024))
	openssl enc -aes-256-ctr -K "$key" -iv 00 -in /dev/zero 2>/dev/null | head -c "$bytes" >/tmp/text || true
	truncate -s "$bytes" /tmp/disk
	losetup /dev/loop0 /tmp/disk
	map() {
		dmsetup create "$1" --noudevsync --table "0 $((bytes / 512)) crypt capi:$2-plain64 $key 0 /dev/loop0 0" ||
			fail "dmsetup could not map $2"
	}
	map engine 'cbc(aes)'
	dd if=/tmp/text of=/dev/mapper/engine bs=64k conv=fsync status=none
	# From the disk, not from the page cache.
	echo 3 >/proc/sys/vm/drop_caches
	cmp /tmp/text /dev/mapper/engine || fail "the disk returns other data than was written"
	dmsetup remove --noudevsync engine
	echo 3 >/proc/sys/vm/drop_caches
	map software 'cbc(aes-generic)'
	cmp /tmp/text /dev/mapper/software || fail "the CPU reads other data than the engine wrote"
	dmsetup remove --noudevsync software
	losetup -d /dev/loop0
	echo "dm-crypt wrote and read $bytes bytes" | tee "$out/disk"
fi
snapshot after
unload
save_checkers
