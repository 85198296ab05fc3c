# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the jobs with /dev/cce share. Sourced in the guest; run.sh sets dev_test and dev_fuzzer.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

readonly dev_test=${dev_test:?}

# load_dev: the module; its file is there.
load_dev() {
	load
	[[ -c /dev/cce ]] || fail "there is no /dev/cce"
}

# dev_tests NAME FILTER: GoogleTest's own report goes to NAME.json, which check_dev.py judges.
dev_tests() {
	"$dev_test" --gtest_filter="$2" --gtest_output="json:$out/$1.json" --gtest_brief=1 >"$out/$1.output" 2>&1 ||
		cat "$out/$1.output"
}

# unload_dev: nothing is left of any client, so the module can go.
unload_dev() {
	wait_for_rings
	cat "$counters/clients" >"$out/clients"
	unload
	[[ ! -e /dev/cce ]] || fail "/dev/cce outlives the module"
}
