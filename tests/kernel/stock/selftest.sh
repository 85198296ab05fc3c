#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's self-tests at the first load and at each of some more; requests through AF_ALG, if there is a client.
# shellcheck source-path=SCRIPTDIR source=common.sh
. /in/common.sh

load
snapshot load0
if [ -x /in/cce_kernel_vectors ]; then
	modprobe algif_skcipher
	/in/cce_kernel_vectors random --seed 11 --requests "${requests:?}" --bytes 20000 --processes 4 >"$out/client.json" ||
		fail "the client ended with status $?"
	snapshot client
fi
unload
for i in $(seq "${reloads:?}"); do
	load
	snapshot "load$i"
	unload
done
