# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# What the jobs on four processors share. Sourced in the guest, by busybox' sh.
# shellcheck source-path=SCRIPTDIR source=../../stock/common.sh
. /in/common.sh

# KCSAN is off until somebody asks for it: what the kernel does by itself at boot is not looked at.
[ ! -e /sys/kernel/debug/kcsan ] || echo on >/sys/kernel/debug/kcsan

# shellcheck disable=SC2034 # for the jobs
client=/in/cce_kernel_vectors
# For the tester: this kernel has no hashes.
# shellcheck disable=SC2034 # for the jobs
aes_only=algorithms=127

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
