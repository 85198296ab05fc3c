#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The library's own tests with the backends that only a kernel has: dev, by both transports, and af_alg.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

readonly library_test=${library_test:?}

# library_tests NAME FILTER: GoogleTest's own report goes to NAME.json, which check_library.py judges.
library_tests() {
	"$library_test" --gtest_filter="$2" --gtest_output="json:$out/$1.json" --gtest_brief=1 >"$out/$1.output" 2>&1 ||
		cat "$out/$1.output"
}

no_extra_selftests
load
[[ -c /dev/cce ]] || fail "there is no /dev/cce"
snapshot before
library_tests af_alg '*/af_alg'
export CCE_DEV_TRANSPORT=ioctl
# NIST's many vectors once: by the transport that is the default.
library_tests ioctl '*/dev:Dev.*:Open.*-*HashVectors*'
export CCE_DEV_TRANSPORT=io_uring
library_tests io_uring '*/dev'
snapshot after
unload
save_checkers
