#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Hashes that are exported and imported in the middle, from the engine to the kernel's own code and back.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

load
snapshot load0
insmod /in/cce_streams.ko messages=100 || fail "cce_streams has found something"
snapshot after
rmmod cce_streams
unload
