#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's TLS on the engine.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

need ip iproute2
echo 1 >/sys/module/cryptomgr/parameters/notests
module_parameters=(priority=1000)
load
ip link set lo up
snapshot before
python3 "$users/tls.py" >"$out/tls.json"
snapshot after
cat /proc/net/tls_stat >"$out/tls_stat"
unload
save_checkers
