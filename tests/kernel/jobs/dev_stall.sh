#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A process that uses /dev/cce is killed while the engine doesn't answer; the device server stalls it.
# shellcheck source-path=SCRIPTDIR source=dev_common.sh
source "${BASH_SOURCE[0]%/*}/dev_common.sh"

readonly timeout_ms=${timeout_ms:-20}
module_parameters=("timeout_ms=$timeout_ms" poll_us=0)
load_dev
snapshot before
CCE_DEV_TIMEOUT_MS=$timeout_ms dev_tests stalled 'Dev.StalledDeath'
snapshot fault
unload_dev
save_checkers
