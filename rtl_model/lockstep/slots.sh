#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds RTL and model with another number of slots, in a folder of their own, and runs lockstep and the random requests,
# whose answers OpenSSL knows, on them.
#
# Usage: slots.sh SOURCE FOLDER SLOTS; only with CCE_TEST_ALL=1, since the build takes minutes.
set -euo pipefail

readonly skipped=77
source=$1 folder=$2 slots=$3

[[ -n ${CCE_TEST_ALL-} ]] || {
	echo "SKIPPED: only with CCE_TEST_ALL=1"
	exit "$skipped"
}

mkdir -p "$folder"
log=$folder/build.log
{
	cmake -S "$source" -B "$folder" -G Ninja -DCCE_SLOT_COUNT="$slots" &&
		cmake --build "$folder" --target cce_lockstep random_test
} >"$log" 2>&1 || {
	grep -A 5 -E 'error|Error|FAILED' "$log" | head -n 30 || true
	echo "FAILED: $slots slots could not be built; all of the output is in $log"
	exit 1
}

for arguments in "--seed 1 --width 128" "--seed 2 --width 256" "--traffic streams --seed 3 --width 128"; do
	read -ra words <<<"$arguments"
	"$folder/rtl_model/lockstep/cce_lockstep" --cycles 500000 "${words[@]}"
done
# In its plain form: what takes longer there does not depend on the number of slots.
env -u CCE_TEST_ALL "$folder/tests/random_test" --gtest_brief=1
