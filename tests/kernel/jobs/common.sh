# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the jobs share. Sourced in the guest; run.sh sets module, tool, client and out.
set -euo pipefail

readonly module=${module:?} tool=${tool:?} client=${client:?} out=${out:?}

readonly device=${device:-0000:00:00.0}
readonly counters=/sys/kernel/debug/cce

fail() {
	printf 'job: %s\n' "$*" >&2
	exit 1
}

# Runs whatever happens: the log is worth most when something did.
save_log() {
	dmesg --raw >"$out/dmesg" || true
}
trap save_log EXIT

# The kernel's self-tests are done on return.
module_parameters=()
load() {
	insmod "$module" "${module_parameters[@]}" || fail "insmod failed"
}

unload() {
	rmmod cce || fail "rmmod failed"
	! grep -q aes-cce /proc/crypto || fail "the algorithms outlive the module"
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
