#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The guest's first process, started by run.sh. The kernel turns the words
# NAME=VALUE of its command line into environment variables:
#   job     the program to run, a path on the host
#   status  the file on the host that takes "booted", then "exit STATUS"
#   share   host paths, separated by colons, that the guest's own /tmp, /run and
#           /dev would hide
set -euo pipefail

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/tmp TMPDIR=/tmp LC_ALL=C.UTF-8

# A first process must not end: whatever happens, power off and wait for it.
power_off() {
	trap - EXIT
	sync || true
	[[ -e /proc/sysrq-trigger ]] || mount -t proc proc /proc || true
	echo o >/proc/sysrq-trigger || true
	while :; do sleep 60; done
}
trap power_off EXIT

: "${job:?no job}" "${status:?no status file}"

mount_file_systems() {
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t devtmpfs devtmpfs /dev
	mount -t tmpfs tmpfs /tmp
	mount -t tmpfs tmpfs /run
	ln -s /proc/self/fd /dev/fd
	mkdir /dev/shm
}

# The host's files that are now below one of the mounts above.
show_shared() {
	local paths path
	[[ -n ${share:-} ]] || return 0
	mkdir /tmp/.host
	mount -t hostfs -o / none /tmp/.host
	IFS=: read -ra paths <<<"$share"
	for path in "${paths[@]}"; do
		if [[ -d /tmp/.host$path ]]; then
			mkdir -p "$path"
		else
			mkdir -p "${path%/*}"
			: >"$path"
		fi
		mount --bind "/tmp/.host$path" "$path"
	done
}

run_job() {
	local result=0
	# The console's output is a file: no carriage returns.
	stty -onlcr </dev/console || true
	cd "${job%/*}"
	"$job" </dev/null 3>&- || result=$?
	# The host's file has this when the descriptor is closed.
	echo "exit $result" >&3
	exec 3>&-
}

echo booted >"$status"
# Stays open: the mounts may hide its path.
exec 3>>"$status"
mount_file_systems
show_shared
run_job
