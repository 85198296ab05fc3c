#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# On the host, started by run.sh of the machine: kills the device server when the guest's job says so. out and
# server_pid are set.
set -euo pipefail

until [[ -e ${out:?}/kill-now ]]; do
	sleep 0.1
done
kill -KILL "${server_pid:?}"
: >"$out/killed"
