#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's self-tests with the extra (fuzz) tests, on several processors.
# shellcheck source-path=SCRIPTDIR source=smp_common.sh
. /in/smp_common.sh

load
snapshot load0
unload
save_checkers
