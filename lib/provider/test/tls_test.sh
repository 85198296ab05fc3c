#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A file over TLS between openssl s_server and s_client, the provider on one side only.
# Usage: tls_test.sh MODULE BACKEND[:ENGINE] MEBIBYTES
set -euo pipefail

# shellcheck source=lib/provider/test/provider-test.sh
source "$(dirname "$0")/provider-test.sh"
backend=$2
mebibytes=$3
need openssl python3 timeout

certificate
head -c "${mebibytes}M" /dev/urandom >"$scratch/file"
bytes=$(stat -c %s "$scratch/file")

# SIDE BYTES OPTIONS...: the provider's side, how much is transferred, what is asked of both sides.
transfer() {
	local side=$1 length=$2 port report=$scratch/report server_environment=() client_environment=() started
	shift 2
	rm -f "$report"
	port=$(free_port)
	# A record of 16 KiB counts one byte more in TLS 1.3 (RFC 8446, 5.2): this threshold lets only whole records pass.
	configure "$scratch/cce.cnf" "$backend" 16384 "$report"
	if [[ -n $mac_then_encrypt ]]; then
		sed -i 's/^\[openssl_init\]$/&\nssl_conf = tls/' "$scratch/cce.cnf"
		printf '[tls]\nsystem_default = tls_defaults\n[tls_defaults]\nOptions = -EncryptThenMac\n' >>"$scratch/cce.cnf"
	fi
	if [[ $side == server ]]; then
		server_environment=("OPENSSL_CONF=$scratch/cce.cnf")
	else
		client_environment=("OPENSSL_CONF=$scratch/cce.cnf")
	fi
	head -c "$length" "$scratch/file" >"$scratch/part"
	# -naccept: the probe for the port is one connection, the transfer the other.
	(cd "$scratch" && exec env "${server_environment[@]}" openssl s_server -accept "127.0.0.1:$port" -cert certificate.pem \
		-key key.pem -WWW -naccept 2 ${server_options[@]+"${server_options[@]}"} "$@") >"$scratch/server.log" 2>&1 &
	local server=$!
	children=("$server")
	wait_for_port "$port"
	started=$(date +%s%N)
	printf 'GET /part HTTP/1.0\r\n\r\n' |
		env "${client_environment[@]}" timeout 300 openssl s_client -connect "127.0.0.1:$port" -quiet -ign_eof \
			-verify_quiet "$@" >"$scratch/answer" 2>"$scratch/client.log" ||
		fail "$side $*: $(tail -n 3 "$scratch/client.log" "$scratch/server.log")"
	local milliseconds=$((($(date +%s%N) - started) / 1000000))
	wait "$server" || true
	children=()
	# The answer's header ends with an empty line.
	python3 -c 'import sys; sys.stdout.buffer.write(open(sys.argv[1], "rb").read().split(b"\r\n\r\n", 1)[1])' \
		"$scratch/answer" | cmp - "$scratch/part" || fail "$side $*: what arrived is not what was sent"
	say "$side, $*: $length bytes in $milliseconds ms, intact"
	summary "$report"
	(($(count "$report" engine_bytes) >= length * 9 / 10)) || fail "$side $*: the engine did too little: $(cat "$report")"
	(($(count "$report" engine_failures) == 0)) || fail "the engine failed requests: $(cat "$report")"
}

mebibyte=$((1024 * 1024))
((bytes > mebibyte)) && small=$mebibyte || small=$bytes
server_options=()
mac_then_encrypt=
transfer server "$bytes" -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
transfer client "$bytes" -tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256
transfer server "$small" -tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256
transfer server "$small" -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384
transfer client "$small" -tls1_2 -cipher ECDHE-ECDSA-AES128-CCM
# Asynchronous: the server's jobs are paused while the engine works.
server_options=(-async)
transfer server "$small" -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
(($(count "$scratch/report" async_pauses) > 0)) || fail "s_server -async: no job was paused"

# CBC, with the MAC of the ciphertext (RFC 7366): HMAC by the engine, the cipher with its padding by the CPU.
server_options=()
transfer client "$small" -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256
(($(count "$scratch/report" engine.cbc) == 0)) || fail "CBC records of TLS went to the engine: $(cat "$scratch/report")"
(($(count "$scratch/report" engine.sha256) > 0)) || fail "no HMAC by the engine: $(cat "$scratch/report")"

# With the MAC of the text, as before: records go to the CPU as a whole, where MAC and padding are checked in constant time.
# SHA-384: for SHA-1 and SHA-256 libssl takes OpenSSL's own stitched ciphers.
mac_then_encrypt=yes
if (transfer client "$small" -tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384) >"$scratch/cbc.log" 2>&1; then
	fail "CBC records of TLS went to the engine: $(cat "$scratch/cbc.log")"
fi
cmp -s <(python3 -c 'import sys; sys.stdout.buffer.write(open(sys.argv[1], "rb").read().split(b"\r\n\r\n", 1)[1])' \
	"$scratch/answer") "$scratch/part" || fail "CBC records: what arrived is not what was sent: $(cat "$scratch/cbc.log")"
# Each record twice: its cipher, and its HMAC.
(($(count "$scratch/report" cpu.tls_padding) >= 2 * small / 16384)) ||
	fail "CBC records, or their HMAC, were not counted: $(cat "$scratch/report")"
say "client, TLS 1.2 with CBC: $(count "$scratch/report" cpu.tls_padding) times cipher or HMAC of a record by the CPU, intact"
