#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Wrong usage and failures of cce: exit status, a message that names the cause, and no output left behind.
# Usage: bad_input_test.sh CCE
set -uo pipefail

cce=$(realpath "$1")
export CCE_BACKEND=software
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
k=000102030405060708090a0b0c0d0e0f
iv=$k
head -c 100 /dev/zero >plain
head -c 15 /dev/zero >short-key
mkdir work
failures=0

# expect STATUS PATTERN ARGUMENT... : fails so, says so, and leaves work/ empty.
expect() {
	local status=$1 pattern=$2 got
	shift 2
	"$cce" "$@" >stdout 2>stderr </dev/null
	got=$?
	if [[ $got != "$status" ]] || ! grep -qE -- "$pattern" stderr || [[ -n $(ls -A work) ]]; then
		echo "FAILED: cce $*: status $got, wanted $status with /$pattern/; left: $(ls -A work); said:"
		cat stderr
		failures=$((failures + 1))
		rm -f work/*
	fi
}

out=(--out work/x)
expect 2 'subcommand'
expect 2 'frobnicate' frobnicate
expect 2 '--mode' enc -K $k --iv $iv --in plain "${out[@]}"
expect 2 'ofb' enc --mode ofb -K $k --iv $iv --in plain "${out[@]}"
expect 2 'no key' enc --mode ctr --iv $iv --in plain "${out[@]}"
expect 2 'exclude' enc --mode ctr -K $k --key-file short-key --iv $iv --in plain "${out[@]}"
expect 2 '-K: character 2 is not' enc --mode ctr -K 0x02 --iv $iv --in plain "${out[@]}"
expect 2 '-K: an odd number' enc --mode ctr -K 012 --iv $iv --in plain "${out[@]}"
expect 2 '-K: an AES key' enc --mode ctr -K 0102 --iv $iv --in plain "${out[@]}"
expect 2 '--iv is missing' enc --mode cbc -K $k --in plain "${out[@]}"
expect 2 '--iv: mode ecb has no IV' enc --mode ecb -K $k --iv $iv --in plain "${out[@]}"
expect 2 '--iv: 16 bytes .* 2 were given' enc --mode ctr -K $k --iv 0102 --in plain "${out[@]}"
expect 2 '--chunk' enc --mode ctr -K $k --iv $iv --chunk 17 --in plain "${out[@]}"
expect 2 '--chunk' enc --mode ctr -K $k --iv $iv --chunk 0 --in plain "${out[@]}"
expect 2 'no backend is called "gpu"' enc --mode ctr -K $k --iv $iv --backend gpu --in plain "${out[@]}"
expect 2 '-K: an XTS key' enc --mode xts -K $k --iv $iv --in plain "${out[@]}"
expect 2 '--iv: 16 bytes' enc --mode xts -K $k$iv --iv 00 --in plain "${out[@]}"
expect 1 'halves of the XTS key are equal.*--allow-equal-keys' enc --mode xts -K $k$k --iv $iv --in plain "${out[@]}"
expect 2 '--chunk: mode xts' enc --mode xts -K $k$k --iv $iv --chunk 512 --in plain "${out[@]}"
expect 2 '--data-unit: 16 bytes' enc --mode xts -K $k$k --iv $iv --data-unit 15 --in plain "${out[@]}"
expect 2 '--data-unit: mode ctr' enc --mode ctr -K $k --iv $iv --data-unit 512 --in plain "${out[@]}"
expect 2 '--allow-equal-keys: mode ctr' enc --mode ctr -K $k --iv $iv --allow-equal-keys --in plain "${out[@]}"
expect 1 'short-key: 15 bytes .* mode xts needs at least 16' enc --mode xts -K ${k}101112131415161718191a1b1c1d1e1f --iv $iv --in short-key "${out[@]}"
expect 1 'plain: 100 bytes leave a last data unit of 4' enc --mode xts -K ${k}101112131415161718191a1b1c1d1e1f --iv $iv --data-unit 32 --in plain "${out[@]}"
for option in --aad --aad-file; do
	expect 2 "$option: mode cbc authenticates nothing" enc --mode cbc -K $k --iv $iv $option 00 --in plain "${out[@]}"
done
expect 2 '--tag-length: mode xts has no tag' enc --mode xts -K $k$k --iv $iv --tag-length 16 --in plain "${out[@]}"
for mode in gcm ccm; do
	expect 2 '--iv is missing' enc --mode $mode -K $k --in plain "${out[@]}"
	expect 2 'a ... tag has .* not 5' enc --mode $mode -K $k --iv 00010203040506 --tag-length 5 --in plain "${out[@]}"
	expect 2 "--chunk: mode $mode" enc --mode $mode -K $k --iv 00 --chunk 16 --in plain "${out[@]}"
	expect 2 '--aad: character 1' enc --mode $mode -K $k --iv 00 --aad xx --in plain "${out[@]}"
	expect 2 'exclude' enc --mode $mode -K $k --iv 00 --aad 00 --aad-file plain --in plain "${out[@]}"
	expect 1 "can't read absent" enc --mode $mode -K $k --iv 00 --aad-file absent --in plain "${out[@]}"
	expect 1 "can't read absent" dec --mode $mode -K $k --iv 00 --in absent "${out[@]}"
done
expect 2 'a CCM nonce has 7 to 13 bytes, not 14' enc --mode ccm -K $k --iv 000102030405060708090a0b0c0d --in plain "${out[@]}"
head -c 65536 /dev/zero >long
expect 1 'long: CCM with a nonce of 13 bytes' enc --mode ccm -K $k --iv 000102030405060708090a0b0c --in long "${out[@]}"
expect 2 '--mac' mac -K $k plain
expect 2 'hmac' mac --mac hmac -K $k plain
expect 2 '--iv: cmac has no IV' mac --mac cmac --iv 00 -K $k plain
expect 2 '--iv is missing: gmac' mac --mac gmac -K $k plain
expect 2 'a CMAC has 1 to 16 bytes, not 17' mac --mac cmac --tag-length 17 -K $k plain
expect 2 'a GCM tag has' mac --mac gmac --iv 00 --tag-length 5 -K $k plain
expect 2 '--verify has 2 bytes, --tag-length says 4' mac --mac cmac --tag-length 4 --verify 0011 -K $k plain
expect 2 '--verify: an odd number' mac --mac cmac --verify 001 -K $k plain
expect 1 "can't read absent" mac --mac cmac -K $k absent
expect 1 'the MAC does not match' mac --mac cmac --verify 0011 -K $k plain
expect 2 'no key' wrap --mode kw --in plain "${out[@]}"
expect 1 'plain: KW wraps a key of 16 to 4096 bytes, a multiple of 8; there are 100' wrap --mode kw -K $k --in plain "${out[@]}"
expect 1 'standard input: KWP wraps a key of 1' wrap --mode kwp -K $k "${out[@]}"
expect 1 'plain: KWP unwraps' unwrap --mode kwp -K $k --in plain "${out[@]}"
expect 1 'long is longer than 4104 bytes' wrap --mode kwp -K $k --in long "${out[@]}"
expect 1 'plain: character 1 is not' wrap --mode kwp -K $k --hex --in plain "${out[@]}"
head -c 24 /dev/zero >forged
expect 1 'forged: the integrity check does not match' unwrap --mode kw -K $k --in forged "${out[@]}"
expect 2 '--engine: only backend in-process' enc --mode ctr -K $k --iv $iv --engine rtl --in plain "${out[@]}"
expect 1 "can't read absent: No such file" enc --mode ctr -K $k --iv $iv --in absent "${out[@]}"
expect 1 "can't read absent: No such file" enc --mode ctr --key-file absent --iv $iv --in plain "${out[@]}"
expect 1 "can't read work: Is a directory" enc --mode ctr -K $k --iv $iv --in work "${out[@]}"
expect 1 'short-key: a key has .* found 15 bytes' enc --mode ctr --key-file short-key --iv $iv --in plain "${out[@]}"
expect 1 'key-fd 9: Bad file descriptor' enc --mode ctr --key-fd 9 --iv $iv --in plain "${out[@]}"
expect 1 "can't write nowhere/x: No such file" enc --mode ctr -K $k --iv $iv --in plain --out nowhere/x
expect 1 "can't write /dev/full: No space" enc --mode ctr -K $k --iv $iv --in plain --out /dev/full
expect 1 'plain: 100 bytes are not whole blocks' enc --mode cbc --no-padding -K $k --iv $iv --in plain "${out[@]}"
expect 1 'plain: 100 bytes are not whole blocks' dec --mode cbc -K $k --iv $iv --in plain "${out[@]}"
expect 1 'standard input is empty' dec --mode cbc -K $k --iv $iv "${out[@]}"
head -c 64 /dev/zero >no-padding
expect 1 'bad padding' dec --mode cbc -K $k --iv $iv --in no-padding "${out[@]}"
if ! grep -q 'ecb-aes-cce' /proc/crypto 2>/dev/null; then
	expect 1 'af_alg: /proc/crypto lists no driver' enc --backend af_alg --mode ctr -K $k --iv $iv --in plain "${out[@]}"
fi

# An existing target stays as it was.
echo old >target
"$cce" dec --mode cbc -K $k --iv $iv --in no-padding --out target 2>/dev/null
[[ $(<target) == old ]] || { echo 'FAILED: the target was touched'; failures=$((failures + 1)); }
[[ -z $(find . -name 'target.*') ]] || { echo 'FAILED: a temporary file is left'; failures=$((failures + 1)); }

for command in '' enc dec seal open dgst mac wrap unwrap bench top trace 'trace run' 'trace kernel' info selftest; do
	# shellcheck disable=SC2086
	"$cce" $command --help | grep -q Examples || { echo "FAILED: cce $command --help"; failures=$((failures + 1)); }
done
"$cce" --version | grep -qE '^cce [0-9]+\.[0-9]+\.[0-9]+$' || { echo 'FAILED: --version'; failures=$((failures + 1)); }
"$cce" info --json | /usr/bin/python3 -m json.tool >/dev/null || { echo 'FAILED: info --json'; failures=$((failures + 1)); }
exit $((failures > 0))
