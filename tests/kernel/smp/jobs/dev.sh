#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# /dev/cce, by ioctl() and by io_uring: the modes, what is refused, limits; then the device goes and comes while
# programs use it.
# shellcheck source-path=SCRIPTDIR source=smp_common.sh
. /in/smp_common.sh

# dev_tests NAME FILTER: the program's own report tells what failed; judge.py reads it.
dev_tests() {
	/in/cce_dev_test --gtest_filter="$2" --gtest_output="json:$out/$1.json" --gtest_brief=1 >"$out/$1.output" 2>&1 ||
		cat "$out/$1.output"
}

load
device=$(basename "$(ls -d "$counters"/*:*/)")
snapshot before
# Key wrap's vectors are not there.
dev_tests dev '*-*.Stalled*:*.Removal*:*.Asleep:*.StandardVectors'
snapshot after
CCE_DEV_UNTIL=/tmp/stop dev_tests removal 'Dev.RemovalUnderLoad' &
user=$!
CCE_DEV_UNTIL=/tmp/stop dev_tests wrap 'DevKeyWrap.RemovalUnderLoad' &
wrapper=$!
# Without an engine there is no session for key wrap: both have theirs first.
until grep -q '^sessions: [23]$' "$counters/clients"; do
	for program in "$user" "$wrapper"; do
		kill -0 "$program" || fail "a test program has ended too early"
	done
	sleep 0.1
done
for i in $(seq "${rounds:?}"); do
	sleep 0.5
	echo "$device" >/sys/bus/pci/drivers/cce/unbind
	sleep 0.5
	echo "$device" >/sys/bus/pci/drivers/cce/bind
	snapshot "bound$i"
done
sleep 0.5
: >/tmp/stop
wait "$user" || fail "the test program ended with status $?"
wait "$wrapper" || fail "the test program that wraps keys ended with status $?"
wait_for_rings
cat "$counters/clients" >"$out/clients"
unload
save_checkers
