#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cce enc and dec against openssl enc, byte for byte: sizes, modes, key sizes, chunks, padding, files and pipes.
# Usage: openssl_compatibility_test.sh CCE
set -euo pipefail

cce=$(realpath "$1")
export CCE_BACKEND=software
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
iv=fffffffffffffffffffffffffffffffe
all_keys=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
checks=0

same() {
	cmp "$1" "$2" || { echo "FAILED: $3"; exit 1; }
	checks=$((checks + 1))
}

for size in 0 1 15 16 17 4096 100001; do
	head -c "$size" /dev/urandom >plain
	for mode in ctr cbc ecb; do
		iv_ours=(--iv "$iv") iv_theirs=(-iv "$iv")
		[[ $mode != ecb ]] || iv_ours=() iv_theirs=()
		for bits in 128 192 256; do
			key=${all_keys:0:$((bits / 4))}
			for chunk in 16 4KiB 64KiB; do
				[[ $chunk != 16 || $size -le 4096 ]] || continue
				what="$mode $bits, $size bytes, chunk $chunk"
				openssl enc "-aes-$bits-$mode" -K "$key" "${iv_theirs[@]}" -in plain -out theirs
				"$cce" enc --mode "$mode" -K "$key" "${iv_ours[@]}" --chunk "$chunk" --in plain --out ours --quiet
				same theirs ours "enc $what"
				"$cce" dec --mode "$mode" -K "$key" "${iv_ours[@]}" --chunk "$chunk" --quiet <ours >back
				same plain back "dec $what"
			done
		done
		if [[ $mode != ctr && $((size % 16)) == 0 ]]; then
			openssl enc "-aes-256-$mode" -nopad -K "$all_keys" "${iv_theirs[@]}" -in plain -out theirs
			"$cce" enc --mode "$mode" -K "$all_keys" "${iv_ours[@]}" --no-padding --in plain --out ours --quiet
			same theirs ours "enc $mode without padding, $size bytes"
			"$cce" dec --mode "$mode" -K "$all_keys" "${iv_ours[@]}" --no-padding --in ours --out back --quiet
			same plain back "dec $mode without padding, $size bytes"
		fi
	done
done

# Keys from a raw file, a hexadecimal file and a descriptor.
printf '%s\n' "$all_keys" >key.hex
# shellcheck disable=SC2059
printf "$(sed 's/../\\x&/g' <<<"$all_keys")" >key.raw
openssl enc -aes-256-ctr -K "$all_keys" -iv "$iv" -in plain -out theirs
"$cce" enc --mode ctr --key-file key.raw --iv "$iv" --in plain --out ours --quiet
same theirs ours "raw key file"
"$cce" enc --mode ctr --key-file key.hex --iv "$iv" --in plain --out ours --quiet
same theirs ours "hexadecimal key file"
"$cce" enc --mode ctr --key-fd 3 --iv "$iv" --in plain --out ours --quiet 3<key.raw
same theirs ours "key descriptor"

# In place, and statistics.
cp plain both
"$cce" enc --mode ctr --key-file key.raw --iv "$iv" --in both --out both --chunk 4KiB --statistics s.json --quiet
same theirs both "output over the input"
grep -q '"count": 25' s.json && grep -q '"bytes": 100001' s.json || { cat s.json; exit 1; }
echo "$checks comparisons"
