#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# cce dgst and cce mac --hmac, --kmac: byte for byte against sha256sum and its kin, the openssl program, and Python for
# cSHAKE; lists of checksums with the words and the status of sha256sum -c; wrong usage and failures.
# Usage: dgst_test.sh CCE
set -euo pipefail

cce=$(realpath "$1")
export CCE_BACKEND=software LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
checks=0

fail() { echo "FAILED: $*"; exit 1; }
equal() {
	[[ $1 == "$2" ]] || fail "$3: got $1, wanted $2"
	checks=$((checks + 1))
}
same() {
	cmp "$1" "$2" || fail "$3"
	checks=$((checks + 1))
}
# expect STATUS PATTERN ARGUMENT... : fails so, and says so.
expect() {
	local status=$1 pattern=$2 got=0
	shift 2
	"$cce" "$@" >stdout 2>stderr </dev/null || got=$?
	if [[ $got != "$status" ]] || ! grep -qE -- "$pattern" stderr; then
		cat stderr
		fail "cce $*: status $got, wanted $status with /$pattern/"
	fi
	checks=$((checks + 1))
}

# Around blocks of all functions, around the length of one request, and beyond a piece of what is read ahead.
sizes=(0 1 55 56 64 111 112 128 135 136 144 168 4096 131071 131072 131073 3145728 5000001)
for size in "${sizes[@]}"; do
	head -c "$size" /dev/urandom >"f$size"
done
names=("${sizes[@]/#/f}")

for bits in 224 256 384 512; do
	"sha${bits}sum" "${names[@]}" >theirs
	"$cce" dgst -a "sha$bits" --quiet "${names[@]}" >ours
	same theirs ours "sha${bits}sum"
	"sha${bits}sum" --quiet -c ours || fail "sha${bits}sum does not take what cce dgst prints"
	"sha${bits}sum" --tag "${names[@]}" >theirs
	"$cce" dgst -a "SHA-$bits" --quiet --tag "${names[@]}" >ours
	same theirs ours "sha${bits}sum --tag"
	"sha${bits}sum" --quiet -c ours || fail "sha${bits}sum does not take what cce dgst --tag prints"
	"$cce" dgst --check --status theirs || fail 'lines with a tag need no --algorithm'
done
for function in sha224 sha256 sha384 sha512 sha512-224 sha512-256 sha3-224 sha3-256 sha3-384 sha3-512; do
	openssl dgst "-$function" "${names[@]}" >theirs
	"$cce" dgst -a "$function" --quiet --format openssl "${names[@]}" >ours
	same theirs ours "openssl dgst -$function"
	"$cce" dgst --check --quiet ours || fail "--check of the lines of openssl dgst -$function"
	openssl dgst -r "-$function" "${names[@]}" >theirs
	"$cce" dgst -a "$function" --quiet --format openssl-r "${names[@]}" >ours
	same theirs ours "openssl dgst -r -$function"
	"$cce" dgst -a "$function" --check --quiet ours || fail "--check of the lines of openssl dgst -r -$function"
	openssl dgst -binary "-$function" f5000001 >theirs
	"$cce" dgst -a "$function" --quiet --format raw <f5000001 >ours
	same theirs ours "openssl dgst -binary -$function"
	printf 'a key of text' >key
	for size in 0 136 5000001; do
		theirs=$(openssl dgst "-$function" -hmac 'a key of text' "f$size" | sed 's/.*= //')
		equal "$("$cce" mac --hmac "$function" --key-file key --quiet "f$size")" "$theirs" "hmac $function, $size bytes"
		"$cce" mac --hmac "$function" --key-file key --verify "$theirs" --quiet <"f$size"
		"$cce" mac --hmac "$function" --key-file key --verify "${theirs:0:20}" --quiet "f$size"
	done
done
for bits in 128 256; do
	for length in 1 32 168 5000; do
		for size in 0 136 168 5000001; do
			theirs=$(openssl dgst "-shake$bits" -xoflen "$length" "f$size" | sed 's/.*= //')
			equal "$("$cce" dgst -a "shake-$bits" --length "$length" --quiet --format hex "f$size")" "$theirs" \
				"shake$bits, $size bytes, $length of output"
		done
	done
	for size in 0 136 168 5000001; do
		theirs=$(openssl mac -macopt hexkey:000102030405 -macopt size:40 -macopt custom:test -in "f$size" "KMAC-$bits" |
			tr 'A-F' 'a-f')
		options=(--kmac "$bits" -K 000102030405 --customization test --quiet)
		equal "$("$cce" mac "${options[@]}" --tag-length 40 "f$size")" "$theirs" "KMAC$bits, $size bytes"
		"$cce" mac "${options[@]}" --verify "$theirs" "f$size"
		theirs=$(openssl mac -macopt hexkey:000102030405 -macopt xof:1 -in "f$size" "KMAC-$bits" | tr 'A-F' 'a-f')
		equal "$("$cce" mac --kmac "$bits" -K 000102030405 --xof --quiet <"f$size")" "$theirs" "KMACXOF$bits, $size bytes"
	done
done

# SP 800-185's examples of cSHAKE, 1 and 3.
printf '\x00\x01\x02\x03' >m
equal "$("$cce" dgst -a cshake128 --customization 'Email Signature' --length 32 --format hex --quiet m)" \
	c1c36925b6409a04f1b504fcbca9d82b4017277cb5ed2b2065fc1d3814d5aaf5 'cSHAKE128, example 1'
equal "$("$cce" dgst -a cSHAKE-256 --customization 'Email Signature' --length 64 --format hex --quiet <m)" \
	d008828e2b80ac9d2218ffee1d070c48b8e4c87bff32c9699d5b6896eee0edd164020e2be0560858d9c00c037e34a96937c561a74c412bb4c746469527281c8c \
	'cSHAKE256, example 3'

# Names that are escaped, standard input, zero bytes at line ends, many files.
mkdir names
(
	cd names
	for name in plain 'two words' $'new\nline' $'re\rturn' 'back\slash' '*star' '(brackets)' $'\xff'; do
		printf '%s' "$name" >"$name"
	done
	for option in '' --tag --zero; do
		# shellcheck disable=SC2086
		sha256sum $option -- * >../theirs
		# shellcheck disable=SC2086
		"$cce" dgst --quiet $option -- * >../ours
		cmp ../theirs ../ours || fail "names, $option"
		[[ $option == --zero ]] || "$cce" dgst --check ../theirs --quiet || fail "names in a list, $option"
	done
	sha256sum -- * | sha256sum -c >../theirs
	sha256sum -- * | "$cce" dgst --check --backend software 2>/dev/null >../ours
	cmp ../theirs ../ours || fail 'names of what was checked'
)
equal "$("$cce" dgst --quiet - <f64)" "$(sha256sum - <f64)" 'standard input'
equal "$("$cce" dgst --quiet <f5000001)" "$(sha256sum <f5000001)" 'standard input'
equal "$(head -c 5000001 f5000001 | "$cce" dgst --quiet)" "$(sha256sum <f5000001)" 'a pipe'
equal "$("$cce" dgst --quiet --format openssl <f64)" "$(openssl dgst -sha256 <f64)" 'standard input as of openssl'
mkdir many
for ((i = 0; i < 300; ++i)); do
	head -c $((i * 17)) f5000001 >"many/$i"
done
same <(sha256sum many/*) <("$cce" dgst --quiet many/*) '300 files'

# Lists, with all that may be wrong in them: output, words and status are sha256sum's.
cp f4096 damaged
sha256sum f0 f4096 f5000001 damaged m >list
printf 'x' >>damaged
rm m
{
	cat list
	printf '# a comment\n\nnonsense\n%s  short\n' 0123
	sed -n 's/^/ /;s/  \(f4096\)/\t*\1/p' list | tr 'a-f' 'A-F' | grep F4096 || true
	sed -n 's/  f0$/ f0/p' list
	printf '%s  dos\r\n' "$(sha256sum <f64 | cut -d' ' -f1)"
} >long-list
cp f64 dos
printf 'nonsense\n' >no-list
sed -n '/ m$/p' list >missing-list
mkdir directory
sed -n 's/ f0$/ directory/p' list >directory-list
: >empty-list
input=/dev/null
compare() {
	local theirs=0 ours=0
	sha256sum -c "$@" <"$input" >theirs 2>theirs.err || theirs=$?
	"$cce" dgst --check "$@" <"$input" >ours 2>ours.err || ours=$?
	sed -i 's/^sha256sum:/cce:/' theirs.err
	sed -i '/^cce: backend /d' ours.err
	equal "$ours" "$theirs" "status of --check $*"
	same theirs ours "output of --check $*"
	same theirs.err ours.err "messages of --check $*"
}
for list in list long-list no-list missing-list directory-list empty-list absent 'list no-list' 'no-list list'; do
	for option in '' --quiet --status --warn --strict --ignore-missing '--ignore-missing --strict --warn'; do
		# shellcheck disable=SC2086
		compare $option $list
	done
done
for input in long-list no-list; do
	compare
	compare -
done
"$cce" dgst --check --json --quiet long-list >json 2>/dev/null && fail 'a damaged file was accepted'
"$cce" dgst --json --quiet f64 absent >json2 2>/dev/null && fail 'a missing file was accepted'
/usr/bin/python3 - "$(sha256sum <f64 | cut -d' ' -f1)" <<'PYTHON'
import json, sys

check = json.load(open("json"))
assert check["matches"] is False, check
assert {f["name"]: f["result"] for f in check["files"]}["damaged"] == "FAILED", check
files = json.load(open("json2"))["files"]
assert files[0] == {"name": "f64", "bytes": 64, "digest": sys.argv[1]}, files
assert files[1] == {"name": "absent", "error": "No such file or directory"}, files
PYTHON

# Keys: hexadecimal digits in a file are the bytes, and that is said; --key-as-is: the text.
printf '0011223344\n' >hex-key
bytes=$(openssl dgst -sha256 -mac HMAC -macopt hexkey:0011223344 f64 | sed 's/.*= //')
equal "$("$cce" mac --hmac sha256 --key-file hex-key --quiet f64)" "$bytes" 'a key of hexadecimal digits'
equal "$("$cce" mac --hmac sha256 --key-fd 3 --quiet f64 3<hex-key)" "$bytes" 'a key by descriptor'
equal "$("$cce" mac --hmac sha256 -K 0011223344 --quiet f64)" "$bytes" 'a key on the command line'
expect 0 'hex-key: 10 hexadecimal digits, taken as a key of 5 bytes' mac --hmac sha256 --key-file hex-key f64
text=$(openssl dgst -sha256 -hmac 0011223344$'\n' f64 | sed 's/.*= //')
equal "$("$cce" mac --hmac sha256 --key-file hex-key --key-as-is --quiet f64)" "$text" 'a key as it is'
: >no-key
equal "$("$cce" mac --hmac sha256 --key-file no-key --quiet f64)" \
	"$(/usr/bin/python3 -c 'import hmac; print(hmac.new(b"", open("f64", "rb").read(), "sha256").hexdigest())')" 'an empty key'
"$cce" mac --hmac sha512 --key-file key --json --quiet f64 >json
/usr/bin/python3 -c 'import json; m = json.load(open("json")); assert m["mac"] == "hmac-sha512" and len(m["value"]) == 128, m'

# Progress, as asked for; long files only.
"$cce" dgst --progress f64 f5000001 >/dev/null 2>&1 || fail '--progress'

# Wrong usage, and failures.
expect 2 'there is no hash function md5; there are sha224' dgst -a md5 f64
expect 2 '--length: shake128 has no length of its own' dgst -a shake128 f64
expect 2 '--length: a digest of sha256 has 32 bytes' dgst --length 16 f64
expect 2 '--length: 1 byte to 1 GiB' dgst -a shake128 --length 0 f64
expect 2 '--length: with --check' dgst --check --length 32 list
expect 2 '--customization: sha256 has none' dgst --customization x f64
expect 2 '--function-name: shake256 has none' dgst -a shake256 --length 1 --function-name x f64
expect 2 '--format raw: one file' dgst --format raw f64 f0
expect 2 '--tag: --format says another' dgst --tag --format openssl f64
expect 2 'requires --check' dgst --strict f64
expect 2 'excludes' dgst --check --tag list
expect 2 'base64' dgst --format base64 f64
expect 1 '^cce: absent: No such file or directory$' dgst absent f64
equal "$(cat stdout)" "$(sha256sum f64)" 'the other files'
expect 1 '^cce: directory: Is a directory$' dgst directory
expect 2 'which MAC: give one of --mac, --hmac, --kmac' mac -K 00 f64
expect 2 '--hmac: there is no hash function sha1' mac --hmac sha1 -K 00 f64
expect 2 '--hmac: shake128 is no hash function of fixed length' mac --hmac shake128 -K 00 f64
expect 2 'excludes' mac --hmac sha256 --kmac 128 -K 00 f64
expect 2 '192' mac --kmac 192 -K 00 f64
expect 2 '--iv: HMAC and KMAC have no IV' mac --hmac sha256 --iv 00 -K 00 f64
expect 2 'requires --kmac' mac --hmac sha256 --xof -K 00 f64
expect 2 '--tag-length: hmac-sha256 has 1 to 32 bytes, not 33' mac --hmac sha256 --tag-length 33 -K 00 f64
expect 2 '--verify has 2 bytes, --tag-length says 4' mac --hmac sha256 --tag-length 4 --verify 0011 -K 00 f64
expect 2 'no key' mac --hmac sha256 f64
expect 2 'exclude each other' mac --hmac sha256 -K 00 --key-file key f64
expect 1 "can't read absent" mac --hmac sha256 --key-file absent f64
expect 1 "can't read absent" mac --hmac sha256 -K 00 absent
expect 1 "can't read directory: Is a directory" mac --hmac sha256 -K 00 directory
expect 1 'f64: the MAC does not match: wrong key or MAC' mac --hmac sha256 -K 00 --verify 00112233 f64
expect 1 'f64: the MAC does not match: wrong key, customization or MAC' mac --kmac 256 -K 00 --verify 00112233 f64
status=0
"$cce" dgst --quiet f64 >/dev/full 2>stderr || status=$?
equal "$status" 1 'a full disk'
grep -q "can't write standard output: No space" stderr || fail "a full disk: $(cat stderr)"

"$cce" info --json >json
/usr/bin/python3 -c 'import json; h = json.load(open("json"))["opened"]["hashes"]; assert {"sha256", "hmac-sha3-512", "cshake256"} <= set(h), h'
"$cce" bench --mode sha256,sha3-256,shake128,hmac-sha512 --size 0,100 --depth 1 --requests 3 --json --quiet >json
"$cce" bench --mode sha256,hmac-sha3-256 --size 100 --depth 2 --requests 3 --decrypt --quiet >table
grep -q '^hmac-sha3-256 ' table || fail 'bench'
/usr/bin/python3 -c 'import json; r = json.load(open("json")); assert [x["mode"] for x in r["rows"]] == ["sha256", "sha3-256", "shake128", "hmac-sha512"], r'

# On the simulated engine: as requests, and as a stream.
if "$cce" info --backend in-process --engine model >/dev/null 2>&1; then
	simulated=(--backend in-process --engine model --quiet)
	for function in sha256 sha512 sha3-256; do
		equal "$("$cce" dgst -a "$function" "${simulated[@]}" f0 f135 f4096 f131073 many/2?)" \
			"$("$cce" dgst -a "$function" --quiet f0 f135 f4096 f131073 many/2?)" "$function, simulated"
	done
	mac=$("$cce" mac --hmac sha384 --key-file key --quiet f131073)
	equal "$("$cce" mac --hmac sha384 --key-file key "${simulated[@]}" f131073)" "$mac" 'HMAC, simulated'
	"$cce" mac --hmac sha384 --key-file key --verify "$mac" "${simulated[@]}" f131073 2>/dev/null
	sha256sum f135 f131073 damaged >list
	"$cce" dgst --check "${simulated[@]}" list 2>/dev/null || fail 'a list, simulated'
	checks=$((checks + 2))
fi
echo "$checks comparisons"
