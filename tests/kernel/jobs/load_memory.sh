#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Allocations fail: one in ten of those that the tester's threads make for themselves and for the driver (keys); then, with
# requests in flight, each one in turn that binding the device needs.
# shellcheck source-path=SCRIPTDIR source=load_common.sh
source "${BASH_SOURCE[0]%/*}/load_common.sh"

readonly faults=/sys/kernel/debug
if [[ ! -e $faults/failslab || ! -e $faults/fail_page_alloc || ! -e /proc/self/fail-nth ]]; then
	fail "the guest kernel has no fault injection"
fi

for kind in failslab fail_page_alloc; do
	echo 0 >"$faults/$kind/verbose"
	echo N >"$faults/$kind/ignore-gfp-wait"
	echo Y >"$faults/$kind/task-filter"
	echo -1 >"$faults/$kind/times"
done
echo 0 >"$faults/fail_page_alloc/min-order"
# Of the marked caches alone, if some are: DMA-API debugging gives up for want of a node of its tree.
! grep -q slub_debug=A /proc/cmdline || echo Y >"$faults/failslab/cache-filter"

load
load_tester
snapshot before
begin_load requests="${requests:?}" rekey=5 layouts=3
for file in /proc/[0-9]*/comm; do
	read -r name <"$file"
	[[ $name != cce_load/* ]] || echo 1 >"${file%comm}make-it-fail"
done
echo 10 >"$faults/failslab/probability"
echo 2 >"$load_files/run" || echo "a run with defects"
echo 0 >"$faults/failslab/probability"
cat "$load_files/result" >"$out/scarce.load"
snapshot scarce

begin_load requests=20000 pause_us=20 order=0 rekey=0
bound=0 attempts=0
for ((nth = 1; nth <= 1000; nth += ${step:?})); do
	[[ ! -e /sys/bus/pci/drivers/cce/$device ]] || echo "$device" >/sys/bus/pci/drivers/cce/unbind
	# This shell's nth allocation from here on fails; what is left says whether that many were needed.
	echo "$nth" >/proc/self/fail-nth
	{ echo "$device" >/sys/bus/pci/drivers/cce/bind; } 2>/dev/null || true
	# If it was to be the next one, it is this open() that fails.
	{ read -r left </proc/self/fail-nth; } 2>/dev/null || left=1
	{ echo 0 >/proc/self/fail-nth; } 2>/dev/null || echo 0 >/proc/self/fail-nth
	attempts=$((attempts + 1))
	[[ ! -e /sys/bus/pci/drivers/cce/$device ]] || bound=$((bound + 1))
	((left == 0)) || break
	((attempts % 8)) || sleep 0.001
done
printf 'attempts: %d\nbound: %d\n' "$attempts" "$bound" >"$out/binding"
[[ -e /sys/bus/pci/drivers/cce/$device ]] || echo "$device" >/sys/bus/pci/drivers/cce/bind
sleep 0.01
end_load binding
run_load after requests=250 rekey=0 layouts=3 pause_us=0
snapshot after
unload_tester
unload
save_checkers
