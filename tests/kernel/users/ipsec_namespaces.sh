# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Two network namespaces, left and right, with IPsec between them: ESP with AES-GCM (RFC 4106), transport and tunnel mode,
# and with AES-CBC and HMAC-SHA-256-128 (RFC 3602, RFC 4868), transport mode.
# Sourced in the guest, after jobs/common.sh.
#
# The wire's own addresses are 10.0.0; 10.1.0 talk in transport mode; 10.2.0 through the tunnel; 10.3.0 with CBC.
# In each the last number is the side's.

# Key and salt; one for all, as the tests are not of IKE.
readonly secret=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3
readonly mac_key=202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
readonly cbc_key=404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f

# ipsec_side NUMBER OTHER: addresses and routes.
ipsec_side() {
	cat <<-END
		address add 10.0.0.$1/24 dev veth0
		address add 10.1.0.$1/24 dev veth0
		address add 10.2.0.$1/32 dev lo
		address add 10.3.0.$1/24 dev veth0
		link set lo up
		link set veth0 up
		route add 10.2.0.$2 via 10.0.0.$2 src 10.2.0.$1
		xfrm policy add src 10.1.0.$1 dst 10.1.0.$2 dir out tmpl proto esp reqid 1 mode transport
		xfrm policy add src 10.1.0.$2 dst 10.1.0.$1 dir in tmpl proto esp reqid 1 mode transport
		xfrm policy add src 10.2.0.$1 dst 10.2.0.$2 dir out tmpl src 10.0.0.$1 dst 10.0.0.$2 proto esp reqid 2 mode tunnel
		xfrm policy add src 10.2.0.$2 dst 10.2.0.$1 dir in tmpl src 10.0.0.$2 dst 10.0.0.$1 proto esp reqid 2 mode tunnel
		xfrm policy add src 10.3.0.$1 dst 10.3.0.$2 dir out tmpl proto esp reqid 3 mode transport
		xfrm policy add src 10.3.0.$2 dst 10.3.0.$1 dir in tmpl proto esp reqid 3 mode transport
	END
	ipsec_associations "$1" "$2"
	ipsec_associations "$2" "$1"
}

# ipsec_associations FROM TO: the security associations of one direction, which both sides have. The engine ends requests
# out of order, 32 of them at each end: as many as the usual window of 32 packets has.
ipsec_associations() {
	local aead="replay-window 128 aead rfc4106(gcm(aes)) 0x$secret 128"
	local apart="replay-window 128 auth-trunc hmac(sha256) 0x$mac_key 128 enc cbc(aes) 0x$cbc_key"
	cat <<-END
		xfrm state add src 10.1.0.$1 dst 10.1.0.$2 proto esp spi 0x10$1 reqid 1 mode transport $aead
		xfrm state add src 10.0.0.$1 dst 10.0.0.$2 proto esp spi 0x20$1 reqid 2 mode tunnel $aead
		xfrm state add src 10.3.0.$1 dst 10.3.0.$2 proto esp spi 0x30$1 reqid 3 mode transport $apart
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
