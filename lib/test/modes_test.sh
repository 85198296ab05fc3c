#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cce with XTS, GCM, CCM, MACs and key wrap: against the openssl program where it has them, else against examples of the
# standards; there and back; forgeries.
# Usage: modes_test.sh CCE
set -euo pipefail

cce=$(realpath "$1")
export CCE_BACKEND=software
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
all_keys=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
checks=0

fail() { echo "FAILED: $*"; exit 1; }
same() {
	cmp "$1" "$2" || fail "$3"
	checks=$((checks + 1))
}
equal() {
	[[ $1 == "$2" ]] || fail "$3: got $1, wanted $2"
	checks=$((checks + 1))
}
hex() { od -An -v -tx1 | tr -d ' \n'; }
# shellcheck disable=SC2059
unhex() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }
# refuses PATTERN ARGUMENT... : exit status 1, says so, leaves no file `gone`.
refuses() {
	local pattern=$1 status=0
	shift
	"$cce" "$@" >stdout 2>stderr || status=$?
	if [[ $status != 1 || -s stdout ]] || ! grep -q -- "$pattern" stderr; then
		cat stderr
		fail "cce $*: status $status"
	fi
	[[ -z $(find . -name 'gone*') ]] || fail "cce $*: left a file"
	checks=$((checks + 1))
}

# MACs against openssl mac.
for size in 0 1 16 17 4096 100001; do
	head -c "$size" /dev/urandom >message
	for bits in 128 192 256; do
		key=${all_keys:0:$((bits / 4))}
		theirs=$(openssl mac -cipher "AES-$bits-CBC" -macopt "hexkey:$key" -in message CMAC | tr 'A-F' 'a-f')
		equal "$("$cce" mac --mac cmac --key "$key" --quiet message)" "$theirs" "cmac $bits, $size bytes"
		equal "$("$cce" mac --mac cmac --key "$key" --tag-length 5 --quiet <message)" "${theirs:0:10}" "short cmac"
		"$cce" mac --mac cmac --key "$key" --verify "$theirs" --quiet message
		iv=cafebabefacedbaddecaf888
		theirs=$(openssl mac -cipher "AES-$bits-GCM" -macopt "hexkey:$key" -macopt "hexiv:$iv" -in message GMAC |
			tr 'A-F' 'a-f')
		equal "$("$cce" mac --mac gmac --key "$key" --iv "$iv" --quiet message)" "$theirs" "gmac $bits, $size bytes"
		"$cce" mac --mac gmac --key "$key" --iv "$iv" --verify "${theirs:0:24}" --quiet message
	done
done
refuses 'message: the MAC does not match' mac --mac cmac --key "${all_keys:0:32}" --verify 00112233 message
"$cce" mac --mac cmac --key "${all_keys:0:32}" --json --quiet message >json
python=/usr/bin/python3
$python -c 'import json; m = json.load(open("json")); assert m["mac"] == "cmac" and len(m["value"]) == 32, m'

# Key wrap against openssl enc, which has no kwp.
for bits in 128 192 256; do
	key=${all_keys:0:$((bits / 4))}
	for size in 16 24 64 4096; do
		head -c "$size" /dev/urandom >plain
		"$cce" wrap --mode kw --key "$key" --in plain --out ours --quiet
		openssl enc "-id-aes$bits-wrap" -e -K "$key" -iv a6a6a6a6a6a6a6a6 -in plain -out theirs
		same theirs ours "wrap kw $bits, $size bytes"
		"$cce" unwrap --mode kw --key "$key" --in ours --out back --quiet
		same plain back "unwrap kw $bits, $size bytes"
	done
	for size in 1 7 8 9 20 4095 4096; do
		head -c "$size" /dev/urandom >plain
		"$cce" wrap --mode kwp --key "$key" --quiet <plain >ours
		"$cce" unwrap --mode kwp --key "$key" --quiet <ours >back
		same plain back "kwp $bits, $size bytes"
	done
done
# RFC 5649, 6.
equal "$(echo 466f7250617369 | "$cce" wrap --mode kwp --hex --quiet \
	--key 5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8)" afbeb0f07dfbf5419200f2ccb50bb24f 'RFC 5649'
printf '\x00' | dd of=ours bs=1 seek=3 conv=notrunc status=none
refuses 'ours: the integrity check does not match' unwrap --mode kwp --key "$key" --in ours --out gone --quiet
refuses 'ours: the integrity check does not match' unwrap --mode kwp --key "$key" --in ours --quiet

# XTS: IEEE 1619 B, vector 15; then data units against one call each.
equal "$(unhex 000102030405060708090a0b0c0d0e0f10 | "$cce" enc --mode xts --quiet \
	--key fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0bfbebdbcbbbab9b8b7b6b5b4b3b2b1b0 \
	--iv 9a785634120000000000000000000000 | hex)" 6c1625db4671522d3d7599601de7ca09ed 'IEEE 1619, vector 15'
head -c 1300 /dev/urandom >disk
for bits in 256 384 512; do
	key=${all_keys:0:$((bits / 4))}
	"$cce" enc --mode xts --key "$key" --iv ff000000000000000000000000000000 --data-unit 512 --in disk --out ours --quiet
	for unit in 'ff00 0' '0001 1' '0101 2'; do
		# shellcheck disable=SC2086
		set -- $unit
		dd if=disk bs=512 skip="$2" count=1 status=none |
			"$cce" enc --mode xts --key "$key" --iv "$1"0000000000000000000000000000 --quiet
	done >units
	same units ours "xts $bits by data units"
	"$cce" dec --mode xts --key "$key" --iv ff000000000000000000000000000000 --data-unit 512 --quiet <ours >back
	same disk back "xts $bits back"
done

# AEAD: an example each, then there and back.
equal "$("$cce" enc --mode gcm --key feffe9928665731c6d6a8f9467308308 --iv cafebabefacedbaddecaf888 --quiet \
	--aad feedfacedeadbeeffeedfacedeadbeefabaddad2 < <(unhex d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39) | hex)" \
	42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47 \
	'McGrew-Viega, case 4'
equal "$("$cce" enc --mode ccm --key 404142434445464748494a4b4c4d4e4f --nonce 10111213141516 --tag-length 4 --quiet \
	--aad 0001020304050607 < <(unhex 20212223) | hex)" 7162015b4dac255d 'SP 800-38C, example 1'
for mode in gcm ccm; do
	iv=000102030405060708090a0b
	for size in 0 1 16 17 4096 100001; do
		head -c "$size" /dev/urandom >plain
		for bits in 128 192 256; do
			options=(--mode "$mode" --key "${all_keys:0:$((bits / 4))}" --iv "$iv" --aad-file disk --quiet)
			"$cce" enc "${options[@]}" --in plain --out ours
			equal "$(stat -c %s ours)" $((size + 16)) "$mode length"
			"$cce" dec "${options[@]}" --in ours --out back
			same plain back "$mode $bits, $size bytes"
			"$cce" dec "${options[@]}" <ours >back
			same plain back "$mode $bits, $size bytes, piped"
		done
	done
	"$cce" dec "${options[@]}" --in ours --out back --json --statistics s.json >json
	cmp json s.json
	$python -c 'import json; s = json.load(open("json")); assert s["bytes"] == 100001 and s["tag_bytes"] == 16, s'
	# In place, over the input.
	cp plain both
	"$cce" enc "${options[@]}" --in both --out both
	same ours both "$mode over the input"
	refuses 'ours: the tag does not match' dec "${options[@]}" --tag-length 12 --in ours --out gone
	refuses 'ours: the tag does not match' dec --mode "$mode" --key "${all_keys:0:64}" --iv $iv --in ours --quiet
	printf 'x' >>ours
	refuses 'ours: the tag does not match' dec "${options[@]}" --in ours --out gone
	head -c 15 plain >short
	refuses 'short: .*at least as long as its tag' dec "${options[@]}" --in short --out gone
done

"$cce" info | grep -q 'modes.*xts.*gcm.*ccm.*cmac.*kw.*kwp' || fail 'info lists no modes'
echo "$checks comparisons"
