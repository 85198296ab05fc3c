# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# What the jobs for stock kernels share. Sourced in the guest, by busybox' sh; run.sh sets dependencies (of the module),
# parameters and what else the job needs.
set -eu

out=/out
counters=/sys/kernel/debug/cce
load_parameters=/sys/module/cce_load/parameters
load_files=/sys/kernel/debug/cce_load

fail() {
	printf 'job: %s\n' "$*" >&2
	exit 1
}

# Runs whatever happens: the log is worth most when something did.
save_log() {
	dmesg -r >"$out/dmesg" || true
}
trap save_log EXIT

# The module's algorithms that have not passed their self-tests, one a line.
untested() {
	awk -F ' *: ' '$1 == "driver" { driver = $2 } $1 == "module" { ours = $2 == "cce" }
		$1 == "selftest" && ours && $2 != "passed" { print driver }' /proc/crypto
}

# Since Linux 6.12 registering an algorithm returns before its self-tests begin. One that fails stays untested.
wait_for_selftests() {
	seconds=0
	while [ -n "$(untested)" ] && [ "$seconds" -lt 60 ] && ! dmesg | grep -q 'alg: self-tests for .* failed'; do
		sleep 1
		seconds=$((seconds + 1))
	done
}

load() {
	for module in ${dependencies:-}; do
		modprobe "$module" || fail "modprobe $module failed"
	done
	# shellcheck disable=SC2086 # words
	insmod /in/cce.ko ${parameters:-} || fail "insmod failed"
	ls -d "$counters"/*:*/ >/dev/null 2>&1 || fail "the driver has found no engine"
	wait_for_selftests
}

# The kernel takes a ring of io_uring down, and lets /dev/cce go, some time after the program that had it.
wait_for_rings() {
	for _ in $(seq 100); do
		[ "$(cat /sys/module/cce/refcnt)" != 0 ] || return 0
		sleep 0.1
	done
}

unload() {
	rmmod cce || fail "rmmod failed"
	! grep -q '^module *: cce$' /proc/crypto || fail "the algorithms outlive the module"
}

# wait_for_requests N: until the engine has done N more of them.
wait_for_requests() {
	wanted=$(($(awk '$1 == "completed:" { print $2 }' "$counters"/*:*/engine) + $1))
	seconds=0
	while [ "$(awk '$1 == "completed:" { print $2 }' "$counters"/*:*/engine)" -lt "$wanted" ]; do
		[ "$seconds" -lt 60 ] || fail "the engine has not done $1 requests in 60 s"
		sleep 1
		seconds=$((seconds + 1))
	done
}

# snapshot NAME: what kernel, driver and engine say now.
snapshot() {
	mkdir -p "$out/$1"
	cat /proc/crypto >"$out/$1/crypto"
	cat /proc/interrupts >"$out/$1/interrupts"
	cat "$counters/fallbacks" >"$out/$1/module_fallbacks"
	for name in queues fallbacks engine; do
		cat "$counters"/*:*/"$name" >"$out/$1/$name"
	done
}

# load_tester [NAME=VALUE...]: with these parameters to begin with.
load_tester() {
	insmod /in/cce_load.ko "$@" || fail "insmod cce_load failed"
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
