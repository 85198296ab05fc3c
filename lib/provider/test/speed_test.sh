#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# openssl speed with 64 asynchronous jobs: runs, pauses jobs, and keeps many requests in flight. What it prints is the
# time of this machine; of a simulated engine it says nothing about hardware.
# Usage: speed_test.sh MODULE BACKEND[:ENGINE]
set -euo pipefail

# shellcheck source=lib/provider/test/provider-test.sh
source "$(dirname "$0")/provider-test.sh"
backend=$2
need openssl python3

seconds=1
[[ -z ${CCE_TEST_ALL-} ]] || seconds=3

run() {
	local report=$scratch/report-$1
	shift
	configure "$scratch/cce.cnf" "$backend" 0 "$report"
	say "openssl speed -elapsed -async_jobs 64 $*"
	OPENSSL_CONF=$scratch/cce.cnf openssl speed -elapsed -async_jobs 64 -seconds "$seconds" -bytes 4096 "$@" \
		>"$scratch/out" 2>"$scratch/error" || fail "openssl speed $*: $(tail -n 3 "$scratch/error")"
	tail -n 2 "$scratch/out"
	summary "$report"
	(($(count "$report" engine_requests) >= 64)) || fail "the engine did next to nothing: $(cat "$report")"
	(($(count "$report" async_pauses) >= 64)) || fail "no jobs were paused: $(cat "$report")"
	(($(count "$report" most_in_flight) >= 32)) || fail "only few requests were in flight: $(cat "$report")"
	(($(count "$report" engine_failures) == 0)) || fail "the engine failed requests: $(cat "$report")"
}

run ctr -evp aes-256-ctr
run cbc -evp aes-128-cbc
run gcm -aead -evp aes-256-gcm
