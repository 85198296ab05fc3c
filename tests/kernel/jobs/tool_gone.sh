#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The engine dies while cce seal uses it: the device server lets it vanish.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

cd /tmp
head -c 4000000 /dev/urandom >text
printf %064d 7 >key

# attempt NAME COMMAND...: its exit status and what it says, for check_programs.py.
attempt() {
	local name=$1 status=0
	shift
	"$@" 2>"$out/$name.error" || status=$?
	echo "$status" >"$out/$name.status"
}

echo 1 >/sys/module/cryptomgr/parameters/notests
load
snapshot before
attempt dying "$tool" seal --backend dev --key-file key --in text --out sealed
[[ ! -e sealed && -s sealed.partial ]] || fail "a run that has failed leaves $(echo sealed*)"
stat --format=%s sealed.partial >"$out/partial.bytes"
snapshot dead
# The driver goes on with the kernel's own code.
attempt resumed "$tool" seal --backend dev --key-file key --in text --out sealed --resume
"$tool" open --backend software --key-file key --in sealed --quiet | cmp - text || fail "what was gone on with is not the text"
attempt opened "$tool" open --backend dev --key-file key --in sealed --out opened
cmp text opened
snapshot after
unload
save_checkers
