# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Two network namespaces, left and right, with IPsec between them: ESP with AES-GCM (RFC 4106), transport and tunnel mode.
# Sourced in the guest, after jobs/common.sh.
#
# The wire's own addresses are 10.0.0; 10.1.0 talk in transport mode; 10.2.0 through the tunnel. In each the last number is
# the side's.

# Key and salt; one for all, as the tests are not of IKE.
readonly secret=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3

# ipsec_side NUMBER OTHER: addresses and routes.
ipsec_side() {
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
	ipsec_associations "$1" "$2"
	ipsec_associations "$2" "$1"
}

# ipsec_associations FROM TO: the security associations of one direction, which both sides have.
ipsec_associations() {
	local aead="replay-window 32 aead rfc4106(gcm(aes)) 0x$secret 128"
	cat <<-END
		xfrm state add src 10.1.0.$1 dst 10.1.0.$2 proto esp spi 0x10$1 reqid 1 mode transport $aead
		xfrm state add src 10.0.0.$1 dst 10.0.0.$2 proto esp spi 0x20$1 reqid 2 mode tunnel $aead
	END
}

# Makes them.
ipsec_namespaces() {
	ip -batch - <<-END
		netns add left
		netns add right
		link add veth0 netns left type veth peer name veth0 netns right
	END
	ipsec_side 1 2 | ip -n left -batch -
	ipsec_side 2 1 | ip -n right -batch -
}

# Takes them down, and the module with them.
end_ipsec_namespaces() {
	local name tries
	for name in left right; do
		ip -n "$name" xfrm state flush
		ip netns delete "$name"
	done
	# Namespaces and what they hold go in the background.
	for ((tries = 0; tries < 50; tries++)); do
		rmmod cce 2>/dev/null && break
		sleep 0.1
	done
	[[ ! -e /sys/module/cce ]] || fail "the module is still in use: $(cat /sys/module/cce/refcnt)"
}
