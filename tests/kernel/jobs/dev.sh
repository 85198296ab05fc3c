#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# /dev/cce: all modes against OpenSSL, limits, what is refused.
# shellcheck source-path=SCRIPTDIR source=dev_common.sh
source "${BASH_SOURCE[0]%/*}/dev_common.sh"

load_dev
stat --format='%a %U %G' /dev/cce >"$out/permissions"
snapshot before
dev_tests modes 'All/DevModes.*'
snapshot modes
dev_tests rest 'Dev.*-Dev.Stalled*:Dev.Removal*'
dev_tests uring 'DevUring*'
dev_tests wrap 'DevKeyWrap.StandardVectors'
snapshot wrapped
readonly power=/sys/bus/pci/devices/$device/power
echo 0 >"$power/autosuspend_delay_ms"
echo auto >"$power/control"
sleep 1
cat "$power/runtime_status" >"$out/asleep"
dev_tests woken 'DevKeyWrap.Asleep'
echo on >"$power/control"
snapshot after
unload_dev
save_checkers
