#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Requests until one fails, or a hundred; the device server injects a fault. Then: do later ones work?
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

module_parameters=(timeout_ms=20)
load
snapshot before
readonly bytes=${bytes:-}
length=(--bytes 600)
[[ -z $bytes ]] || length=(--bytes "$bytes" --exact)
# The fault counts bursts, so no request may happen to lie across pages.
"$client" random --seed 6 --requests 100 "${length[@]}" --page-aligned --tolerate --stop-at-failure --verbose \
	>"$out/fault.json" 2>"$out/fault.errors"
snapshot fault
# A memory that has become slow stays so.
echo 5000 >/sys/module/cce/parameters/timeout_ms
"$client" random --seed 7 --requests 4 --bytes 600 >"$out/after.json"
snapshot after
unload
save_checkers
