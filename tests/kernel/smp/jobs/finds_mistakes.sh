#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# One mistake of each kind: judge.py must fail this boot for each of them.
# shellcheck source-path=SCRIPTDIR source=smp_common.sh
. /in/smp_common.sh

for kind in ${mistakes:?}; do
	insmod /in/cce_mistake.ko kind="$kind" || fail "the mistake $kind cannot be made"
	rmmod cce_mistake || fail "rmmod cce_mistake failed"
done
save_checkers
