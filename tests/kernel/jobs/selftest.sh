#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's self-tests with the extra (fuzz) tests; then loading and unloading again and again, with the plain ones.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

load
snapshot load0
unload
no_extra_selftests
for ((i = 1; i <= ${reloads:?}; i++)); do
	load
	snapshot "load$i"
	unload
done
save_checkers
