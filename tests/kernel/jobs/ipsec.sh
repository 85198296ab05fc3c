#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# IPsec between two network namespaces: ESP with AES-GCM (RFC 4106), transport and tunnel mode.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

need ip iproute2
need ping iputils-ping
echo 1 >/sys/module/cryptomgr/parameters/notests
module_parameters=(priority=1000)
load

# Key and salt; one for all, as the test is not of IKE.
readonly secret=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3
# The wire's own addresses are 10.0.0; 10.1.0 talk in transport mode; 10.2.0 through the tunnel.
ip -batch - <<-END
	netns add left
	netns add right
	link add veth0 netns left type veth peer name veth0 netns right
END

# side NUMBER OTHER: addresses and routes. In each the last number is the side's.
side() {
	cat <<-END
		address add 10.0.0.$1/24 dev veth0
		address add 10.1.0.$1/24 dev veth0
		address add 10.2.0.$1/32 dev lo
		link set lo up
		link set veth0 up
		route add 10.2.0.$2 via 10.0.0.$2 src 10.2.0.$1
		xfrm policy add src 10.1.0.$1 dst 10.1.0.$2 dir out tmpl proto esp reqid 1 mode transport
		xfrm policy add src 10.1.0.$2 dst 10.1.0.$1 dir in tmpl proto esp reqid 1 mode transport
		xfrm policy add src 10.2.0.$1 dst 10.2.0.$2 dir out tmpl src 10.0.0.$1 dst 10.0.0.$2 proto esp reqid 2 mode tunnel
		xfrm policy add src 10.2.0.$2 dst 10.2.0.$1 dir in tmpl src 10.0.0.$2 dst 10.0.0.$1 proto esp reqid 2 mode tunnel
	END
	associations "$1" "$2"
	associations "$2" "$1"
}

# associations FROM TO: the security associations of one direction, which both sides have.
associations() {
	local aead="replay-window 32 aead rfc4106(gcm(aes)) 0x$secret 128"
	cat <<-END
		xfrm state add src 10.1.0.$1 dst 10.1.0.$2 proto esp spi 0x10$1 reqid 1 mode transport $aead
		xfrm state add src 10.0.0.$1 dst 10.0.0.$2 proto esp spi 0x20$1 reqid 2 mode tunnel $aead
	END
}

side 1 2 | ip -n left -batch -
side 2 1 | ip -n right -batch -
cat /proc/crypto >"$out/crypto"
snapshot before
ip netns exec left python3 "$users/ipsec.py" traffic "$out/packets" 10.1.0.1:10.1.0.2 10.2.0.1:10.2.0.2 >"$out/traffic.json"
snapshot after
for name in left right; do
	ip -n "$name" -s xfrm state >"$out/$name.states"
	ip netns exec "$name" cat /proc/net/xfrm_stat >"$out/$name.errors"
done
python3 "$users/ipsec.py" look "$out/packets" "$secret" >"$out/wire.json"
for name in left right; do
	ip -n "$name" xfrm state flush
	ip netns delete "$name"
done
# Namespaces and what they hold go in the background.
for ((i = 0; i < 50; i++)); do
	rmmod cce 2>/dev/null && break
	sleep 0.1
done
[[ ! -e /sys/module/cce ]] || fail "the module is still in use: $(cat /sys/module/cce/refcnt)"
save_checkers
