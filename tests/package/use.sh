#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a user does first with the installed packages. Runs in the clean Debian.
set -euo pipefail

step() {
	printf '  %s\n' "$*"
}

step "cce: $(cce --version)"
cce selftest --backend software >/tmp/selftest
step "cce selftest: $(tail -n 1 /tmp/selftest)"
head -c 32 /dev/urandom >/tmp/key
head -c 100000 /dev/urandom >/tmp/text
iv=000102030405060708090a0b0c0d0e0f
cce enc --backend software --mode ctr --key-file /tmp/key --iv "$iv" --in /tmp/text --out /tmp/text.enc --quiet
openssl enc -d -aes-256-ctr -K "$(od -An -v -tx1 /tmp/key | tr -d ' \n')" -iv "$iv" -in /tmp/text.enc -out /tmp/text.dec
cmp /tmp/text /tmp/text.dec
step "cce enc: OpenSSL decrypts it"
cce enc --backend in-process --engine model --mode ctr --key-file /tmp/key --iv "$iv" --in /tmp/text --out /tmp/text.simulated --quiet 2>/dev/null
cmp /tmp/text.enc /tmp/text.simulated
step "cce enc --backend in-process: the simulated engine does the same"

cat >/tmp/example.c <<'END'
#include <cce/cce.h>
#include <stdio.h>
int main(void) { return puts(cce_version()) < 0; }
END
read -ra flags < <(pkg-config --cflags --libs cce)
gcc -Wall -Werror -o /tmp/example /tmp/example.c "${flags[@]}"
step "a program built by pkg-config: libcce $(/tmp/example)"

if [[ -e $(pkg-config --variable=modulesdir libcrypto)/cce.so ]]; then
	openssl list -providers -provider cce -provider default | grep -q 'name:.*[Cc]ore [Cc]rypto' ||
		{ echo "OpenSSL does not load the provider"; exit 1; }
	step "openssl list -providers: the provider is there"
fi

kernel=$(basename "$(find /lib/modules -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)")
status=$(dkms status -m cce)
[[ $status == *"$kernel"*installed* ]] || { echo "DKMS: '$status'"; exit 1; }
modinfo -F vermagic -k "$kernel" cce | grep -q "^$kernel "
step "DKMS: $status"
getent group cce >/dev/null
