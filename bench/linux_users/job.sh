#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# In the guest, whose clock is the engine's: what those who use the driver pay for a request. bench/report/linux_users.py
# writes the variables and reads the results.
# shellcheck source-path=SCRIPTDIR source=../../tests/kernel/jobs/common.sh
source "${BASH_SOURCE[0]%/*}/../../tests/kernel/jobs/common.sh"
# shellcheck source-path=SCRIPTDIR source=../../tests/kernel/users/ipsec_namespaces.sh
source "$users/ipsec_namespaces.sh"
# shellcheck source-path=SCRIPTDIR source=../../lib/provider/test/configuration.sh
source "${BASH_SOURCE[0]%/*}/../../lib/provider/test/configuration.sh"

readonly provider=${provider:?} openssl_program=${openssl_program:?} iterations=${iterations:?}
# Empty: that user is not measured.
readonly disk_sizes=${disk_sizes?} packet_sizes=${packet_sizes?} provider_sizes=${provider_sizes?}
readonly provider_algorithms=${provider_algorithms?}
readonly operations=${BASH_SOURCE[0]%/*}/operations.py

# look NAME: the driver's counters; and a mark in the device server's list of them, for what DMA has moved.
look() {
	cat "$counters/$device/queues" >"$out/$1.queues"
	cat "$counters/$device/engine" >/dev/null
	echo "$1" >>"$out/looks"
}

# between NAME COMMAND...: it and what the driver did meanwhile; what it prints goes to NAME.json.
between() {
	local name=$1
	shift
	look "$name.before"
	"$@" >"$out/$name.json" || fail "$name failed"
	look "$name.after"
}

dm_crypt() {
	local size way
	need cryptsetup cryptsetup-bin
	make_disk 8M
	# Both halves of XTS's key, which must differ.
	printf '%064d' 1 >/tmp/key
	cryptsetup open --type plain --key-size 512 --key-file /tmp/key --sector-size 4096 --cipher capi:xts-aes-cce-plain64 \
		"$disk" engine
	for way in write read; do
		for size in $disk_sizes; do
			between "dm-crypt.$way.$size" python3 "$operations" "$way" /dev/mapper/engine "$size" "$iterations"
		done
	done
	cryptsetup close engine
	remove_disk
}

openssl_provider() {
	local size algorithm
	configuration /tmp/provider.cnf "$provider" dev 0 "$out/provider.report"
	for algorithm in $provider_algorithms; do
		for size in $provider_sizes; do
			between "provider.$algorithm.$size" env OPENSSL_CONF=/tmp/provider.cnf "$openssl_program" \
				--algorithms "$algorithm" --direction encrypt --sizes "$size" --repetitions 1 --iterations "$iterations"
		done
	done
	wait_for_rings
}

ipsec() {
	local size
	need ip iproute2
	ipsec_namespaces
	# Neighbours are found before anything is timed.
	ip netns exec left python3 "$operations" datagrams 10.1.0.1 10.1.0.2 64 1 1 >/dev/null
	for size in $packet_sizes; do
		between "ipsec.ping.$size" ip netns exec left python3 "$operations" datagrams 10.1.0.1 10.1.0.2 "$size" 1 "$iterations"
		between "ipsec.burst.$size" ip netns exec left python3 "$operations" datagrams 10.1.0.1 10.1.0.2 "$size" 32 4
	done
}

echo 1 >/sys/module/cryptomgr/parameters/notests
# IPsec asks for rfc4106(gcm(aes)), whoever has it: the priority makes it come to the engine.
module_parameters=(priority=1000)
load
[[ -z $disk_sizes ]] || dm_crypt
[[ -z $provider_sizes ]] || openssl_provider
if [[ -n $packet_sizes ]]; then
	ipsec
	end_ipsec_namespaces
else
	unload
fi
