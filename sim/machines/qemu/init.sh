#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The guest's first process, started by run.sh, in busybox. The kernel turns the words NAME=VALUE of its command line
# into environment variables:
#   job     the program to run, a path in the guest
# The host's folders appear as /in (files for the job), /out (results; "status" takes "booted", then "exit STATUS")
# and /lib/modules.

export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/tmp

# A first process must not end: whatever happens, power off and wait for it.
power_off() {
	trap - EXIT
	sync
	poweroff -f
	while :; do sleep 60; done
}
trap power_off EXIT
set -eu

/bin/busybox --install -s
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t debugfs debugfs /sys/kernel/debug
mount -t tmpfs tmpfs /tmp
# In the order in which they need each other.
while read -r file; do
	insmod "/boot/$file"
done </boot/order
for folder in in:ro out:rw modules:ro; do
	target=/${folder%:*}
	[ "$target" != /modules ] || target=/lib/modules
	mount -t 9p -o "${folder#*:},trans=virtio,version=9p2000.L,msize=131072" "${folder%:*}" "$target"
done
echo booted >/out/status
result=0
"${job:?no job}" </dev/null || result=$?
echo "exit $result" >>/out/status
