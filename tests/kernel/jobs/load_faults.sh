#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Hundreds of requests in flight from kernel threads, and some from user space, while the device server injects faults of
# all kinds; then, when it has injected all of them, as many without.
# shellcheck source-path=SCRIPTDIR source=load_common.sh
source "${BASH_SOURCE[0]%/*}/load_common.sh"

echo "${faults:?}" >"$out/wanted"
module_parameters+=(timeout_ms=100)
load
load_tester
snapshot before
"$client" random --seed 8 --bytes 2000 --processes 2 --until /tmp/stop --tolerate --verbose >"$out/client.json" 2>"$out/client.errors" &
user=$!
run_load faults requests="${requests:?}" rekey=200 bytes=1024 seed="${seed:-1}"
: >/tmp/stop
wait "$user" || fail "the client ended with status $?"
snapshot faults
run_load after requests="${after:-250}" rekey=0 seed=2
snapshot after
unload_tester
unload
save_checkers
