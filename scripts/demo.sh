#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The main job: encrypts and hashes a file with the engine behind a Linux kernel and compares it with software.
# "demo.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

engine=rtl
cycle_ns=4
trace=''
json=''
file=''

usage() {
	cat <<-END
		Usage: scripts/demo.sh [OPTION...] [FILE]

		Installs missing Debian packages, builds, boots a Linux kernel (User Mode Linux)
		whose PCI bus holds the engine, encrypts FILE there with AES-256-CTR and
		AES-256-CBC and makes its SHA-256: cce -> libcce -> AF_ALG -> cce.ko -> MMIO, DMA,
		MSI-X -> RTL. OpenSSL decrypts the results on the host, and they are compared
		with FILE, the digest with sha256sum's. Then a table shows the hardware path
		beside OpenSSL on this machine.

		FILE defaults to a program of 1 to 8 MiB that the build has just made.

		  --engine E       the engine's implementation: rtl, or model, its cycle-accurate equal (default: rtl)
		  --cycle-ns N     guest nanoseconds of an engine cycle (default: $cycle_ns, 250 MHz)
		  --trace OUT.fst  write waves (needs a build with tracing: docs/waves.md)
		  --json OUT.json  write the table's figures as JSON as well
		  --help           this text

		The exit status is 0 if everything was done by the engine and compared equal.
	END
}

while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--engine | --cycle-ns | --trace | --json)
		[[ $# -ge 2 ]] || fail "$1 needs a value" "see scripts/demo.sh --help"
		declare "$(tr - _ <<<"${1#--}")=$2"
		shift
		;;
	-*) fail "unknown option '$1'" "see scripts/demo.sh --help" ;;
	*)
		[[ -z $file ]] || fail "more than one FILE: '$file' and '$1'"
		file=$1
		;;
	esac
	shift
done

[[ $engine == rtl || $engine == model ]] || fail "there is no engine '$engine'" "known: rtl, model"
[[ $engine == rtl || -z $trace ]] || fail "the model has no waves" "use --engine rtl with --trace"
[[ $cycle_ns =~ ^[1-9][0-9]{0,5}$ ]] || fail "--cycle-ns needs a number of nanoseconds, not '$cycle_ns'"
if [[ -n $file ]]; then
	[[ -e $file ]] || fail "there is no file '$file'"
	[[ -f $file ]] || fail "'$file' is not a file"
	[[ -r $file ]] || fail "'$file' cannot be read" "are its permissions right?"
	[[ -s $file ]] || fail "'$file' is empty" "there would be nothing to encrypt"
	file=$(realpath "$file")
fi

SECONDS=0
install_packages
build cce_device_server cce_tool cce_bench_software
check_space "${XDG_CACHE_HOME:-$HOME/.cache}" 500
kernel=$(guest_kernel plain) || fail "the guest kernel could not be built" "its log is named above"
module=$(guest_module "$kernel")

folder=$cce_build/demo
[[ $file != "$folder"/* ]] || fail "'$file' is in the demo's own folder, which each run empties" "copy it elsewhere"
rm -rf "$folder"
mkdir -p "$folder"

# A program of the build, of 1 to 8 MiB.
if [[ -z $file ]]; then
	file=$(find "$cce_build" -type f -size +1024k -size -8192k -perm -u+x | sort | head -n 1)
	[[ -n $file ]] || fail "the build has made no program of 1 to 8 MiB" "name a file: scripts/demo.sh FILE"
fi
bytes=$(stat -L -c %s "$file")
check_space "$folder" $((bytes * 4 / 1048576 + 50))
# The key is random, and is gone when the demo ends.
trap 'rm -f "$folder/key"' EXIT
(umask 077 && head -c 32 /dev/urandom >"$folder/key")
head -c 16 /dev/urandom | od -An -v -t x1 | tr -d ' \n' >"$folder/iv"
cp "$file" "$folder/plain"
head -c 65536 "$file" >"$folder/head"

# Without the random part of the kernel's self-tests, which would shift the guest's clock by a different amount in each
# boot: so two runs show the same latencies.
say "encrypting $file ($bytes bytes) in the guest"
server_arguments=(--engine "$engine" --cycle-ns "$cycle_ns" --statistics "$folder/server.json")
[[ -z $trace ]] || server_arguments+=(--trace "$trace")
"$cce_root/sim/machines/uml/with-device.sh" --server "$cce_build/sim/device/cce_device_server" \
	--server-log "$folder/server.log" --kernel "$kernel" --job "$cce_root/scripts/demo-guest.sh" \
	--log "$folder/guest.log" --timeout 600 \
	--append "cryptomgr.noextratests=1 demo_folder=$folder demo_module=$module demo_tool=$cce_build/lib/tool/cce" \
	-- "${server_arguments[@]}" ||
	fail "the guest's part failed" "see $folder/guest.log and $folder/server.log"
[[ ! -s $folder/kernel-complaints ]] || fail "the guest kernel complained: $(head -n 1 "$folder/kernel-complaints")" \
	"see $folder/guest.log"

say "decrypting with OpenSSL on the host"
key=$(od -An -v -t x1 "$folder/key" | tr -d ' \n')
compare() {
	local mode=$1 plain=$2 name=$3
	openssl enc -d "-aes-256-$mode" -K "$key" -iv "$(<"$folder/iv")" -in "$folder/$name.encrypted" \
		-out "$folder/$name.decrypted" || fail "OpenSSL cannot decrypt what the engine encrypted with AES-256-$mode"
	cmp "$folder/$plain" "$folder/$name.decrypted" || fail "AES-256-$mode: the decrypted file differs from the original"
}
# No request may have been given back to the guest's CPU.
for name in ctr cbc small-ctr small-cbc sha256; do
	cmp -s <(grep -v '^queue' "$folder/$name.before") <(grep -v '^queue' "$folder/$name.after") ||
		fail "some requests ran on the guest's CPU instead of the engine" "compare $folder/$name.before and $name.after"
done
compare ctr plain ctr
compare cbc plain cbc
compare ctr head small-ctr
compare cbc head small-cbc
unset key
say "equal, byte for byte: AES-256-CTR and AES-256-CBC"
(cd "$folder" && sha256sum --check --quiet sha256.sums) ||
	fail "the engine's SHA-256 of the file is not sha256sum's" "compare $folder/sha256.sums and sha256sum $folder/plain"
say "equal: SHA-256"

say "measuring software on this machine"
"$cce_build/bench/cce_bench_software" --quick >"$folder/software-aes.json"
OPENSSL_ia32cap=$("$cce_build/bench/cce_bench_software" --print-mask) \
	"$cce_build/bench/cce_bench_software" --quick >"$folder/software-plain.json"

table_arguments=(--folder "$folder" --cycle-ns "$cycle_ns")
[[ -z $json ]] || table_arguments+=(--json "$json")
/usr/bin/python3 "$cce_root/bench/demo_table.py" "${table_arguments[@]}"
say "done in $SECONDS s; everything is in $folder"
