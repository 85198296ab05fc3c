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
# All of SHA-2 and SHA-3.
export CCE_DEV_CPU_HASHES=0xf3f
dev_tests hashes 'DevHash.*-DevHash.Asleep:DevHash.Removal*:DevHash.Scattered'
snapshot hashed
dev_tests scattered 'DevHash.Scattered'
# Half of the pieces go to the CPU, then all that it can do.
readonly threshold=/sys/module/cce/parameters/cpu_below_hash some='DevHash.Pieces:DevHash.Hmac:DevHash.ManyStreams'
echo 500,500,500,500,500,500,500,500 >"$threshold"
dev_tests hashes_both "$some"
snapshot both
echo 4000000000,4000000000,4000000000,4000000000,4000000000,4000000000,4000000000,4000000000 >"$threshold"
dev_tests hashes_cpu "$some"
snapshot cpu
echo 0,0,0,0,0,0,0,0 >"$threshold"
readonly power=/sys/bus/pci/devices/$device/power
echo 0 >"$power/autosuspend_delay_ms"
echo auto >"$power/control"
sleep 1
cat "$power/runtime_status" >"$out/asleep"
dev_tests woken 'DevKeyWrap.Asleep'
# It falls asleep again when it is told to.
echo on >"$power/control"
echo auto >"$power/control"
sleep 1
cat "$power/runtime_status" >>"$out/asleep"
dev_tests woken_hash 'DevHash.Asleep'
echo on >"$power/control"
snapshot after
unload_dev
save_checkers
