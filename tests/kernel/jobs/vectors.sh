#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# NIST vectors, random requests, large ones and several processes at once, through AF_ALG.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

no_extra_selftests
load
snapshot before
"$client" vectors --every 5 >"$out/vectors.json"
"$client" random --seed 1 --requests 400 --bytes 20000 >"$out/random.json"
"$client" random --seed 2 --requests 3 --bytes 262144 --exact >"$out/large.json"
"$client" random --seed 3 --requests 100 --bytes 20000 --processes 4 >"$out/parallel.json"
snapshot after
"$tool" selftest --backend af_alg --json >"$out/tool_selftest.json"
snapshot tool
unload
save_checkers
