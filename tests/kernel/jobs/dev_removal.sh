#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The engine comes and goes while a process uses /dev/cce.
# shellcheck source-path=SCRIPTDIR source=dev_common.sh
source "${BASH_SOURCE[0]%/*}/dev_common.sh"

no_extra_selftests
load_dev
snapshot before
CCE_DEV_UNTIL=/tmp/stop dev_tests removal 'Dev.RemovalUnderLoad' &
user=$!
CCE_DEV_UNTIL=/tmp/stop dev_tests wrap 'DevKeyWrap.RemovalUnderLoad' &
wrapper=$!
CCE_DEV_UNTIL=/tmp/stop dev_tests hash 'DevHash.RemovalUnderLoad' &
hasher=$!
for ((i = 1; i <= ${rounds:-5}; i++)); do
	sleep 0.003
	echo "$device" >/sys/bus/pci/drivers/cce/unbind
	sleep 0.002
	echo "$device" >/sys/bus/pci/drivers/cce/bind
	snapshot "bind$i"
done
sleep 0.003
snapshot after
: >/tmp/stop
wait "$user" || fail "the test program ended with status $?"
wait "$wrapper" || fail "the test program that wraps keys ended with status $?"
wait "$hasher" || fail "the test program that hashes ended with status $?"
unload_dev
save_checkers
