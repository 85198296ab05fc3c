# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# What the jobs on four processors share. Sourced in the guest, by busybox' sh.
# shellcheck source-path=SCRIPTDIR source=../../stock/common.sh
. /in/common.sh

# KCSAN is off until somebody asks for it: what the kernel does by itself at boot is not looked at.
[ ! -e /sys/kernel/debug/kcsan ] || echo on >/sys/kernel/debug/kcsan

load_parameters=/sys/module/cce_load/parameters
load_files=/sys/kernel/debug/cce_load
# shellcheck disable=SC2034 # for the jobs
client=/in/cce_kernel_vectors

load_tester() {
	# AES only: this kernel has no hashes.
	insmod /in/cce_load.ko algorithms=127 || fail "insmod cce_load failed"
}

unload_tester() {
	rmmod cce_load || fail "rmmod cce_load failed"
}

# begin_load NAME=VALUE...: a run of cce_load that goes on meanwhile.
begin_load() {
	for word in "$@"; do
		echo "${word#*=}" >"$load_parameters/${word%%=*}"
	done
	echo 1 >"$load_files/run" || fail "a run does not begin"
}

# end_load NAME HOW: waits for it (2) or stops it (0); what became of the requests goes to a file of that name.
end_load() {
	echo "$2" >"$load_files/run" || echo "a run with defects: $1"
	cat "$load_files/result" >"$out/$1.load"
}

# To be called last, with the modules gone: what the checkers have collected.
save_checkers() {
	if [ -e /sys/kernel/debug/kmemleak ]; then
		# A leak is one only after 5 s.
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		cat /sys/kernel/debug/kmemleak >"$out/kmemleak"
	fi
	[ ! -e /proc/lockdep_stats ] || cat /proc/lockdep_stats >"$out/lockdep_stats"
	[ ! -e /sys/kernel/debug/dma-api/error_count ] ||
		cat /sys/kernel/debug/dma-api/error_count >"$out/dma_api_errors"
	[ ! -e /sys/kernel/debug/kcsan ] || cat /sys/kernel/debug/kcsan >"$out/kcsan"
}
