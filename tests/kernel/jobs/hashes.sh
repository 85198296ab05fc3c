#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Users of the driver's hashes that know nothing of them: libkcapi's program over AF_ALG, whose digests coreutils check;
# the kernel's template of encryption with HMAC, whose self-tests run when it is asked for; and the same in one pass.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

readonly template='authenc(hmac-sha256-cce,cbc-aes-cce)'
need kcapi-dgst kcapi-tools

load
mkdir /tmp/texts
for bytes in 0 1 63 64 65 1000 5000 70000; do
	head -c "$bytes" /dev/urandom >"/tmp/texts/$bytes"
done
snapshot before
for name in sha224 sha256 sha384 sha512; do
	for file in /tmp/texts/*; do
		printf '%s  %s\n' "$(kcapi-dgst --quiet --cipher "$name-cce" --hex <"$file")" "$file"
	done >"/tmp/${name}sums"
	"${name}sum" --check "/tmp/${name}sums" >"$out/$name.check" || fail "a $name of kcapi-dgst is wrong"
done
snapshot after
python3 - "$template" <<'END' || fail "$template can't be had"
import socket
import sys

with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as algorithm:
    algorithm.bind(("aead", sys.argv[1]))
END
snapshot template
python3 "$users/authenc.py" /sys/kernel/debug/cce/*:*/engine >"$out/authenc.json" || fail "authenc can't be compared"
snapshot authenc
unload
save_checkers
