#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The OpenSSL provider over /dev/cce: its own tests, the openssl command beside OpenSSL's own code, TLS with the provider at
# one end.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source-path=SCRIPTDIR source=../../../lib/provider/test/configuration.sh
source "${BASH_SOURCE[0]%/*}/../../../lib/provider/test/configuration.sh"

readonly provider=${provider:?} provider_test=${provider_test:?} mebibytes=${mebibytes:-4}
need openssl openssl
need ip iproute2

readonly scratch=/tmp/provider
mkdir "$scratch"

# configure REPORT: for every request; the provider's accounts go to REPORT.
configure() {
	configuration "$scratch/$1.cnf" "$provider" dev 0 "$out/$1.report"
}

configure commands
with_cce() { OPENSSL_CONF=$scratch/commands.cnf openssl "$@"; }
without() { openssl "$@"; }

# same NAME FILE1 FILE2
checked=0
same() {
	cmp "$2" "$3" || fail "$1: the provider and OpenSSL's own code disagree"
	checked=$((checked + 1))
}

# there_and_back NAME FORWARD.. -- BACKWARD..: what one encrypts the other decrypts, both ways round; commands read $text.
there_and_back() {
	local name=$1 first second forward=() backward
	shift
	while [[ $1 != -- ]]; do
		forward+=("$1")
		shift
	done
	backward=("${@:2}")
	for first in with_cce without; do
		second=without
		[[ $first == with_cce ]] || second=with_cce
		"$first" "${forward[@]}" -in "$scratch/text" -out "$scratch/cipher"
		"$second" "${backward[@]}" -in "$scratch/cipher" -out "$scratch/back"
		same "$name, encrypted $first" "$scratch/text" "$scratch/back"
	done
}

readonly key=603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4 iv=000102030405060708090a0b0c0d0e0f
commands() {
	local mode mac options words bytes
	head -c 200003 /dev/urandom >"$scratch/text"
	for mode in ecb cbc ctr; do
		options=(-aes-256-"$mode" -K "$key")
		[[ $mode == ecb ]] || options+=(-iv "$iv")
		there_and_back "$mode" enc "${options[@]}" -- enc -d "${options[@]}"
	done
	# The content in GCM, its key wrapped (RFC 5083, RFC 3394).
	options=(-secretkey "$key" -secretkeyid 01 -binary)
	there_and_back cms cms -encrypt "${options[@]}" -aes-256-gcm -outform DER -- cms -decrypt "${options[@]}" -inform DER
	for mac in "CMAC -cipher AES-256-CBC" "GMAC -cipher AES-256-GCM -macopt hexiv:${iv:0:24}"; do
		read -ra words <<<"$mac"
		options=("${words[@]:1}" -macopt "hexkey:$key" -in "$scratch/text" "${words[0]}")
		with_cce mac "${options[@]}" >"$scratch/mac_with"
		without mac "${options[@]}" >"$scratch/mac_without"
		same "$mac" "$scratch/mac_with" "$scratch/mac_without"
	done
	echo "$checked" >"$out/commands.checked"
}

# transfer NAME SIDE OPTIONS...: a file over TLS, the provider at one side.
port=4430
transfer() {
	local name=$1 side=$2 server_environment=() client_environment=() server bytes line
	shift 2
	configure "$name"
	if [[ $side == server ]]; then
		server_environment=("OPENSSL_CONF=$scratch/$name.cnf")
	else
		client_environment=("OPENSSL_CONF=$scratch/$name.cnf")
	fi
	port=$((port + 1))
	(
		cd "$scratch"
		exec env "${server_environment[@]}" openssl s_server -accept "127.0.0.1:$port" -cert certificate -key key -WWW \
			-naccept 1 "$@" >"$out/$name.server" 2>&1
	) &
	server=$!
	# By what the server says: a connection to see whether it listens would be the one that it takes.
	while ! grep -q ACCEPT "$out/$name.server" 2>/dev/null; do
		kill -0 "$server" 2>/dev/null || fail "$name: $(cat "$out/$name.server")"
		sleep 0.01
	done
	# The answer's header ends with an empty line; behind it is the file.
	printf 'GET /file HTTP/1.0\r\n\r\n' |
		env "${client_environment[@]}" openssl s_client -connect "127.0.0.1:$port" -quiet -ign_eof -verify_quiet "$@" \
			2>"$out/$name.client" |
		{
			while IFS= read -r line && [[ $line != $'\r' ]]; do :; done
			cmp - "$scratch/file"
		} || fail "$name: what arrived is not what was sent: $(tail -n 3 "$out/$name.client" "$out/$name.server")"
	wait "$server" || true
	bytes=$(stat -c %s "$scratch/file")
	echo "$bytes" >"$out/$name.bytes"
}

tls() {
	head -c "${mebibytes}M" /dev/urandom >"$scratch/file"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
		-keyout "$scratch/key" -out "$scratch/certificate" 2>"$scratch/req" || fail "no certificate: $(cat "$scratch/req")"
	ip link set lo up
	transfer tls13_server server -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
	transfer tls12_client client -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
}

echo 1 >/sys/module/cryptomgr/parameters/notests
load
snapshot before
# CMAC's tests have messages of a mebibyte, block after block: minutes of simulation.
CCE_PROVIDER_TEST_BACKEND=dev "$provider_test" --gtest_filter='-*Macs*CBC' --gtest_output="json:$out/unit.json" \
	--gtest_brief=1 >"$out/unit.output" 2>&1 || cat "$out/unit.output"
snapshot unit
commands
snapshot commands
tls
wait_for_rings
snapshot after
cat "$counters/clients" >"$out/clients"
unload
save_checkers
