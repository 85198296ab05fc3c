#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# On the host, started by run.sh of the machine: plugs the device in when the guest's job says so. out, qmp and
# device_socket are set.
set -euo pipefail

until [[ -e ${out:?}/plug-in-now ]]; do
	sleep 0.1
done
"$(dirname "${BASH_SOURCE[0]}")/../../../sim/machines/qemu/qmp.py" "${qmp:?}" add "${device_socket:?}"
: >"$out/plugged-in"
