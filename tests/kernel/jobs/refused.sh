#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# An engine that isn't one of ours, or not all of it: the device server has registers answer otherwise. What does the
# driver say, and offer?
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

load
mkdir -p "$out/after"
cat /proc/crypto >"$out/after/crypto"
[[ ! -e /sys/bus/pci/drivers/cce/$device ]] || echo bound >"$out/bound"
unload
