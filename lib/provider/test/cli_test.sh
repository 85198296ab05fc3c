#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The provider under the openssl command: what it does, OpenSSL's own code undoes, and the other way round.
# Usage: cli_test.sh MODULE BACKEND[:ENGINE]
set -euo pipefail

# shellcheck source=lib/provider/test/provider-test.sh
source "$(dirname "$0")/provider-test.sh"
backend=$2
need openssl python3

configuration=$scratch/cce.cnf
report=$scratch/report
configure "$configuration" "$backend" 0 "$report"
with_cce() { OPENSSL_CONF=$configuration openssl "$@"; }
without() { openssl "$@"; }

with_cce list -providers >"$scratch/list"
grep -q 'Core Crypto Engine provider' "$scratch/list" || fail "the provider is not in the list: $(cat "$scratch/list")"

iv=000102030405060708090a0b0c0d0e0f
key_of() { printf '%.*s' $(($1 / 4)) 603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4; }

checked=0
for length in 0 1 15 16 17 4095 100000; do
	head -c "$length" /dev/urandom >"$scratch/text"
	for bits in 128 192 256; do
		for mode in ecb cbc ctr; do
			options=("-aes-$bits-$mode" -K "$(key_of "$bits")")
			[[ $mode == ecb ]] || options+=(-iv "$iv")
			with_cce enc "${options[@]}" -in "$scratch/text" -out "$scratch/cipher"
			without enc -d "${options[@]}" -in "$scratch/cipher" | cmp - "$scratch/text" || fail "$mode $bits $length: encryption"
			without enc "${options[@]}" -in "$scratch/text" -out "$scratch/cipher"
			with_cce enc -d "${options[@]}" -in "$scratch/cipher" | cmp - "$scratch/text" || fail "$mode $bits $length: decryption"
			checked=$((checked + 2))
		done
	done
done

# Without a configuration file, and with our provider as the only choice.
for mode in cbc ctr; do
	CCE_BACKEND=${backend%%:*} CCE_ENGINE=${backend#*:} CCE_CPU_BELOW=0 CCE_PROVIDER_REPORT=$report openssl enc \
		-provider-path "$(dirname "$module")" -provider "$(basename "$module" .so)" -provider default \
		-propquery provider=cce "-aes-256-$mode" -K "$(key_of 256)" -iv "$iv" -in "$scratch/text" -out "$scratch/cipher"
	without enc -d "-aes-256-$mode" -K "$(key_of 256)" -iv "$iv" -in "$scratch/cipher" | cmp - "$scratch/text" ||
		fail "-propquery provider=cce, $mode"
	checked=$((checked + 1))
done

for length in 0 5 16 70000; do
	head -c "$length" /dev/urandom >"$scratch/text"
	for bits in 128 192 256; do
		for mac in "CMAC -cipher AES-$bits-CBC" "GMAC -cipher AES-$bits-GCM -macopt hexiv:${iv:0:24}"; do
			read -ra words <<<"$mac"
			options=("${words[@]:1}" -macopt "hexkey:$(key_of "$bits")" -in "$scratch/text" "${words[0]}")
			[[ $(with_cce mac "${options[@]}") == "$(without mac "${options[@]}")" ]] || fail "$mac of $length bytes"
			checked=$((checked + 1))
		done
	done
done

digests=(sha224 sha256 sha384 sha512 sha512-224 sha512-256 sha3-224 sha3-256 sha3-384 sha3-512 shake128 shake256)
for length in 0 5 136 70000 1500000; do
	head -c "$length" /dev/urandom >"$scratch/text"
	for digest in "${digests[@]}"; do
		[[ $(with_cce dgst "-$digest" "$scratch/text") == "$(without dgst "-$digest" "$scratch/text")" ]] ||
			fail "$digest of $length bytes"
		checked=$((checked + 1))
		[[ $digest != shake* ]] || continue
		[[ $(with_cce dgst "-$digest" -hmac key "$scratch/text") == "$(without dgst "-$digest" -hmac key "$scratch/text")" ]] ||
			fail "HMAC, $digest of $length bytes"
		options=(-digest "$digest" -macopt hexkey:0001020304 -in "$scratch/text" HMAC)
		[[ $(with_cce mac "${options[@]}") == "$(without mac "${options[@]}")" ]] || fail "mac HMAC, $digest of $length bytes"
		checked=$((checked + 2))
	done
	for mac in KMAC-128 KMAC-256; do
		options=(-macopt hexkey:0001020304 -macopt custom:test -macopt size:100 -in "$scratch/text" "$mac")
		[[ $(with_cce mac "${options[@]}") == "$(without mac "${options[@]}")" ]] || fail "$mac of $length bytes"
		checked=$((checked + 1))
	done
done

# Without a configuration file.
[[ $(CCE_BACKEND=${backend%%:*} CCE_ENGINE=${backend#*:} CCE_CPU_BELOW=0 openssl dgst -provider-path "$(dirname "$module")" \
	-provider "$(basename "$module" .so)" -provider default -propquery provider=cce -sha3-256 "$scratch/text") == \
	"$(without dgst -sha3-256 "$scratch/text")" ]] || fail "openssl dgst -provider"
checked=$((checked + 1))

# CMS: the content in CBC, or in GCM piece by piece; its key wrapped with another one (RFC 5652, 5083, 3394).
head -c 50000 /dev/urandom >"$scratch/text"
for cipher in aes-128-cbc aes-256-gcm; do
	for keys in 128 256; do
		options=(-secretkey "$(key_of "$keys")" -secretkeyid 01 -binary)
		for first in with_cce without; do
			second=without
			[[ $first == with_cce ]] || second=with_cce
			"$first" cms -encrypt "${options[@]}" "-$cipher" -outform DER -in "$scratch/text" -out "$scratch/cms"
			"$second" cms -decrypt "${options[@]}" -inform DER -in "$scratch/cms" | cmp - "$scratch/text" ||
				fail "CMS with $cipher, keys of $keys bits, $first"
			checked=$((checked + 1))
		done
	done
done
for mode in ecb cbc ctr gcm cmac kw sha256 sha512-224 sha3-384 shake128 cshake256; do
	(($(count "$report" "engine.$mode") > 0)) || fail "the engine did nothing in $mode: $(cat "$report")"
done
(($(count "$report" engine_failures) == 0)) || fail "the engine failed requests"
summary "$report"

# The random generator has AES of its own (docs/provider.md).
configure "$configuration" "$backend" 0 "$scratch/random-report"
OPENSSL_CONF=$configuration openssl rand 100000 >"$scratch/random"
total=$(($(count "$scratch/random-report" engine_requests) + $(count "$scratch/random-report" cpu_requests)))
((total == 0)) || fail "$total requests of the random generator came to the provider"

# A backend that is not there: said, and OpenSSL goes on with its own code.
configure "$configuration" no-such-backend 0 "$report"
OPENSSL_CONF=$configuration openssl list -providers >"$scratch/list" 2>"$scratch/error" || true
grep -q "cce provider: not loaded: backend 'no-such-backend'" "$scratch/error" || fail "a wrong backend was not told"
if grep -q 'Core Crypto Engine' "$scratch/list"; then
	fail "a provider with a wrong backend was loaded"
fi
configure "$configuration" "$backend" many "$report"
OPENSSL_CONF=$configuration openssl list -providers >"$scratch/list" 2>"$scratch/error" || true
grep -q "cpu-below.*number of bytes.*'many'" "$scratch/error" || fail "a wrong threshold was not told: $(cat "$scratch/error")"

say "$checked operations agree with OpenSSL's own code (backend $backend)"
