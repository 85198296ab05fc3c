#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The machine restarts with the module loaded; then selftest.sh.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

if [ ! -e "$out/rebooted" ]; then
	load
	: >"$out/rebooted"
	sync
	reboot -f
	sleep 60
	fail "the machine does not restart"
fi
load
snapshot load0
unload
