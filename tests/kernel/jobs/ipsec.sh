#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# IPsec between two network namespaces: ESP with AES-GCM (RFC 4106), transport and tunnel mode, and with AES-CBC and
# HMAC-SHA-256 (RFC 4868), which is one pass of the engine.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

need ip iproute2
need ping iputils-ping
echo 1 >/sys/module/cryptomgr/parameters/notests
module_parameters=(priority=1000)
load

# shellcheck source-path=SCRIPTDIR source=../users/ipsec_namespaces.sh
source "$users/ipsec_namespaces.sh"
ipsec_namespaces
cat /proc/crypto >"$out/crypto"
snapshot before
ip netns exec left python3 "$users/ipsec.py" traffic "$out/packets" 10.1.0.1:10.1.0.2 10.2.0.1:10.2.0.2 10.3.0.1:10.3.0.2 \
	>"$out/traffic.json"
snapshot after
for name in left right; do
	ip -n "$name" -s xfrm state >"$out/$name.states"
	ip netns exec "$name" cat /proc/net/xfrm_stat >"$out/$name.errors"
done
python3 "$users/ipsec.py" look "$out/packets" "$secret" "$mac_key" "$cbc_key" >"$out/wire.json"
end_ipsec_namespaces
save_checkers
