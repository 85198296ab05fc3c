#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Threads on four processors, each with a queue pair of its own, and user space beside them, while the device server
# injects faults of all kinds; then, when it has injected all of them, as many without.
# shellcheck source-path=SCRIPTDIR source=smp_common.sh
. /in/smp_common.sh

echo "${faults:?}" >"$out/wanted"
load
load_tester "$aes_only"
snapshot before
"$client" random --seed 8 --bytes 2000 --processes 2 --until /tmp/stop --tolerate --verbose >"$out/client.json" \
	2>"$out/client.errors" &
user=$!
wait_for_requests 4
begin_load threads="${threads:?}" requests="${requests:?}" rekey=200 bytes=1024 seed="${seed:-1}"
end_load faults 2
: >/tmp/stop
wait "$user" || fail "the client ended with status $?"
snapshot faults
begin_load requests="${after:?}" rekey=0 seed=2
end_load after 2
snapshot after
unload_tester
unload
save_checkers
