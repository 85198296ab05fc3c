#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# One long encryption in place, which the engine stops in the middle of: what it hasn't encrypted yet is still plaintext.
# shellcheck source-path=SCRIPTDIR source=load_common.sh
source "${BASH_SOURCE[0]%/*}/load_common.sh"

read -ra parameters <<<"${parameters-}"
module_parameters=(timeout_ms=100 "${parameters[@]}")
load
load_tester
run_load midway threads=1 depth=1 requests=1 algorithms="${algorithms:?}" layouts="${layouts:-1}" bytes="${bytes:?}" exact=1 \
	in_place=100 decrypt=0
snapshot after
unload_tester
unload
save_checkers
