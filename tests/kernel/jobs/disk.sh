#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Disks encrypted by dm-crypt on the engine, with ext4 on them; then read with the CPU's ciphers alone.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

need cryptsetup cryptsetup-bin
need dmsetup dmsetup
need mkfs.ext4 e2fsprogs
echo 1 >/sys/module/cryptomgr/parameters/notests
readonly files=/tmp/files
mkdir "$files"

# begin NAME MAPPING, end NAME MAPPING: what the mapping and the engine have done so far.
note() {
	snapshot "$1"
	block_statistics "$2" >"$out/$1/disk.stat"
}
begin() { note "$1.begin" "$2"; }
end() {
	sync
	note "$1.end" "$2"
}

# A file system with a program, small files, and a file written in the middle and at its end.
write_files() {
	local i
	mkfs.ext4 -q "/dev/mapper/$1"
	mount "/dev/mapper/$1" "$files"
	cp /usr/sbin/dmsetup "$files/program"
	mkdir "$files/small"
	for ((i = 0; i < 50; i++)); do
		printf '%*d\n' $((i * 97)) "$i" >"$files/small/$i"
	done
	head -c 300000 /dev/urandom >"$files/random"
	dd if=/dev/urandom of="$files/random" bs=1000 count=20 seek=77 conv=notrunc,fsync status=none
	dd if=/dev/urandom of="$files/random" bs=1000 count=20 oflag=append conv=notrunc,fsync status=none
	sync
	umount "$files"
	# From now on only the disk knows.
	echo 3 >/proc/sys/vm/drop_caches
	mount -o ro "/dev/mapper/$1" "$files"
	(cd "$files" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >/tmp/sums
	[[ $(sha256sum <"$files/program") == "$(sha256sum </usr/sbin/dmsetup)" ]] || fail "$1: the program is not what was written"
	umount "$files"
}

# NAME MAPPING: another implementation finds the same files.
compare_files() {
	echo 3 >/proc/sys/vm/drop_caches
	mount -o ro "/dev/mapper/$2" "$files"
	(cd "$files" && sha256sum --check --quiet /tmp/sums) || fail "$1: the CPU reads other files than the engine wrote"
	umount "$files"
	wc -l </tmp/sums >"$out/$1.files"
}

# NAME ENGINE-CIPHER CPU-CIPHER SECTOR-BYTES [cryptsetup's options]: a disk whose mapping names the driver.
named() {
	local name=$1 engine=$2 cpu=$3 options=(--type plain --key-size 512 --key-file /tmp/key --sector-size "$4")
	shift 4
	make_disk 8M
	head -c 64 /dev/urandom >/tmp/key
	cryptsetup open "${options[@]}" --cipher "$engine" "$@" "$disk" engine
	begin "$name" engine
	write_files engine
	end "$name" engine
	cryptsetup close engine
	cryptsetup open "${options[@]}" --cipher "$cpu" "$disk" cpu
	compare_files "$name" cpu
	cryptsetup close cpu
	remove_disk
}

readonly cpu_xts='capi:xts(ecb(aes-generic))-plain64'
load
named xts_512 capi:xts-aes-cce-plain64 "$cpu_xts" 512
named xts_4096 capi:xts-aes-cce-plain64 "$cpu_xts" 4096
# Without dm-crypt's work queues requests come from the submitter's context and from soft interrupts.
named xts_no_queues capi:xts-aes-cce-plain64 "$cpu_xts" 4096 --perf-no_read_workqueue --perf-no_write_workqueue
unload

# LUKS2, as anybody would set it up; the priority makes it come to the engine.
module_parameters=(priority=1000)
load
luks=(--type luks2 --key-file /tmp/key)
# The header takes 16 MiB.
make_disk 26M
cryptsetup luksFormat "${luks[@]}" --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --sector-size 4096 \
	--cipher aes-gcm-random --key-size 256 --integrity aead "$disk"
cryptsetup open "${luks[@]}" "$disk" engine
begin gcm engine
write_files engine
end gcm engine
cryptsetup close engine
unload

# The same disk on a machine that has no engine.
cryptsetup open "${luks[@]}" "$disk" cpu
compare_files gcm cpu
cryptsetup close cpu

# One bit of the disk changes, and the engine must see it. LUKS's header and dm-integrity's own data lie in front.
load
offset=$((23 * 1024 * 1024))
byte=$(od -An -tu1 -j "$offset" -N 1 /tmp/disk)
printf '%b' "\\x$(printf '%02x' $((byte ^ 1)))" | dd of=/tmp/disk bs=1 seek="$offset" conv=notrunc status=none
echo 3 >/proc/sys/vm/drop_caches
cryptsetup open "${luks[@]}" "$disk" engine
result=0
dd if=/dev/mapper/engine of=/dev/null bs=4k iflag=direct status=none 2>/tmp/error || result=$?
cat /tmp/error
echo "$result" >"$out/tampered.status"
cryptsetup close engine
snapshot tampered
remove_disk
unload
save_checkers
