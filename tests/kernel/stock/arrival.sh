#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The module is there before the device, which the host's program (plug-in.sh) plugs in.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

for module in ${dependencies:-}; do
	modprobe "$module" || fail "modprobe $module failed"
done
# shellcheck disable=SC2086 # words
insmod /in/cce.ko ${parameters:-} || fail "insmod failed"
! grep -q '^module *: cce$' /proc/crypto || fail "there are algorithms without an engine"
: >"$out/plug-in-now"
seconds=0
until [ -e "$out/plugged-in" ] && grep -q '^module *: cce$' /proc/crypto; do
	[ "$seconds" -lt 60 ] || fail "the driver does not find the device that was plugged in"
	sleep 1
	seconds=$((seconds + 1))
done
# Its probe may still be registering.
sleep 3
wait_for_selftests
snapshot load0
unload
