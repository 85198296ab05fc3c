#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# OpenSSL's own test program for ciphers and MACs, evp_test, with its own vectors, through the provider: built from
# Debian's source package against the library that is installed, in the cache. Every file is run twice: with OpenSSL's
# own code, and with the provider preferred, which must do as well.
# Usage: evp_test.sh MODULE BACKEND[:ENGINE]
set -euo pipefail

# shellcheck source=lib/provider/test/provider-test.sh
source "$(dirname "$0")/provider-test.sh"
backend=$2
here=$(cd "$(dirname "$0")" && pwd)
need openssl python3 gcc apt-get dpkg-query tar

# For private-apt.sh, which takes them; see there.
die() { skip "$*"; }
box=${XDG_CACHE_HOME:-$HOME/.cache}/cce/openssl-evp-test
foreign='' least='' tool="OpenSSL's source"
# shellcheck source=scripts/private-apt.sh
source "$here/../../../scripts/private-apt.sh"

installed=$(dpkg-query -W -f '${Version}' libssl-dev 2>/dev/null) || skip "libssl-dev is missing (apt-get install libssl-dev)"

# Sets candidate: the newest source that is not newer than the library, whose tests expect nothing that it has not;
# else the oldest that there is.
choose_source() {
	local version versions
	mapfile -t versions < <(private_apt apt-cache showsrc openssl | sed -n 's/^Version: //p' | sort -Vu)
	((${#versions[@]} > 0)) || skip "no source package openssl in $suites of $mirror_shown"
	candidate=${versions[0]}
	for version in "${versions[@]}"; do
		if dpkg --compare-versions "$version" le "$installed"; then
			candidate=$version
		fi
	done
}

# Fetches the source package, builds evp_test, and keeps that and the vectors in $1.
build_evp_test() {
	local folder=$1 codename source unit
	work=$folder.work
	rm -rf "$work"
	mkdir -p "$box"
	mkdir -m 700 "$work"
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-}")
	[[ -n $codename ]] || skip "this system has no code name (/etc/os-release), so where its sources are is unknown"
	find_mirror
	for suites in "$codename $codename-updates" "$codename"; do
		make_private_apt
		sed -i 's/^Types: deb$/Types: deb-src/' "$work/apt/etc/apt/sources.list.d/private.sources"
		say "package lists of $suites (sources) from $mirror_shown"
		if private_apt apt-get -q update >"$work/log" 2>&1; then
			break
		elif [[ $suites == "$codename" ]] || ! grep -qE 'does not have a Release file|404 ' "$work/log"; then
			explain "fetching the package lists"
		fi
	done
	choose_source
	say "source of OpenSSL $candidate; installed is $installed"
	(cd "$work" && private_apt apt-get -q source --download-only "openssl=$candidate" >log 2>&1) || explain "downloading"
	source=$work/source
	mkdir "$source" "$work/objects" "$work/result"
	tar -xf "$(find "$work" -maxdepth 1 -name 'openssl_*.orig.tar.*' ! -name '*.asc' -print -quit)" -C "$source" --strip-components=1
	for unit in "$source"/test/evp_test.c "$source"/test/testutil/*.c "$source"/apps/lib/opt.c; do
		gcc -O1 -w -DOPENSSL_SUPPRESS_DEPRECATED -I"$source" -I"$source/include" -I"$source/apps/include" -c "$unit" \
			-o "$work/objects/$(basename "$unit" .c).o" 2>"$work/log" ||
			skip "OpenSSL's $(basename "$unit") does not build: $(grep -m 1 error "$work/log")"
	done
	mv "$work/objects/evp_test.o" "$work/evp_test.o"
	ar rcs "$work/testutil.a" "$work"/objects/*.o
	gcc -o "$work/result/evp_test" "$work/evp_test.o" "$work/testutil.a" -lssl -lcrypto -lpthread 2>"$work/log" ||
		skip "evp_test does not link with the installed library: $(tail -n 1 "$work/log")"
	cp -r "$source/test/recipes/30-test_evp_data" "$work/result/vectors"
	printf '%s\n' "$candidate" >"$work/result/version"
	rm -rf "$folder"
	mv "$work/result" "$folder"
	rm -rf "$work"
}

folder=$box/$installed
mkdir -p "$box"
exec 9>"$box/.lock"
flock 9
[[ -x $folder/evp_test ]] || build_evp_test "$folder"
flock -u 9
say "evp_test of OpenSSL $(cat "$folder/version"), with the library $installed, backend $backend"

# Tests of a vector file whose algorithm is one of the provider's.
ours_in() {
	python3 - "$1" <<'EOF'
import re, sys

ours = re.compile(r"(?i)^(Cipher\s*=\s*(aes-(128|192|256)-(ecb|cbc|ctr|gcm|ccm|xts|wrap|wrap-pad)"
                  r"|(id-)?aes(128|192|256)-(gcm|ccm|wrap|wrap-pad))|MAC\s*=\s*(CMAC|GMAC|HMAC|KMAC(128|256))"
                  r"|Digest\s*=\s*(sha(224|256|384|512|512-224|512-256)|sha3-(224|256|384|512)|shake(128|256)))\s*$")
with open(sys.argv[1], encoding="utf-8") as file:
    print(sum(1 for line in file if ours.match(line)))
EOF
}

# Prints tests, errors and skipped ones of evp_test with the vectors $1 and the options that follow.
run_evp_test() {
	local vectors=$1 output=$scratch/output
	shift
	"$folder/evp_test" "$@" "$vectors" >"$output" 2>&1 || true
	sed -n 's/^.*# Completed \([0-9]*\) tests\? with \([0-9]*\) errors\? and \([0-9]*\) skipped.*/\1 \2 \3/p' "$output" | grep . || {
		tail -n 5 "$output" >&2
		fail "evp_test did not end as it should with $(basename "$vectors")"
	}
}

# What the list says of a file; the first line that fits counts.
verdict() {
	local what pattern
	while read -r what pattern _; do
		[[ $what == run || $what == not ]] || continue
		# shellcheck disable=SC2053 # a pattern
		if [[ $1 == $pattern ]]; then
			printf '%s\n' "$what"
			return
		fi
	done <"$here/evp_files.txt"
	printf 'unlisted\n'
}

total=0 total_skipped=0 total_ours=0 total_not=0 bad=0
for vectors in "$folder"/vectors/*.txt; do
	name=$(basename "$vectors")
	case $(verdict "$name") in
		not)
			total_not=$((total_not + 1))
			continue
			;;
		unlisted) fail "evp_files.txt says nothing about $name" ;;
	esac
	report=$scratch/report-$name
	: >"$report"
	configure "$scratch/cce.cnf" "$backend" 0 "$report"
	read -r plain_tests plain_errors plain_skipped < <(run_evp_test "$vectors")
	read -r tests errors skipped_tests < <(run_evp_test "$vectors" -config "$scratch/cce.cnf")
	ours=$(ours_in "$vectors")
	say "$name: $tests tests ($ours with the provider's algorithms), $errors errors, $skipped_tests skipped;" \
		"OpenSSL alone: $plain_tests, $plain_errors, $plain_skipped; engine $(count "$report" engine_requests)" \
		"requests, CPU $(count "$report" cpu_requests)"
	if ((errors != 0 || tests != plain_tests || skipped_tests != plain_skipped)); then
		grep -A 3 -E 'Source of above error|unexpected error' "$scratch/output" | head -n 20 >&2 || true
		bad=1
	fi
	((ours == 0 || $(count "$report" engine_requests) + $(count "$report" cpu_requests) > 0)) ||
		fail "$name: the provider did nothing"
	(($(count "$report" engine_failures) == 0)) || fail "$name: the engine failed requests"
	total=$((total + tests)) total_skipped=$((total_skipped + skipped_tests)) total_ours=$((total_ours + ours))
done
((bad == 0)) || fail "evp_test has errors that OpenSSL's own code has not"
((total_ours > 0)) || fail "no test was run"
say "$total tests: $((total - total_skipped)) passed, 0 failed, $total_skipped skipped (with OpenSSL alone as well);" \
	"$total_ours with the provider's algorithms; $total_not files are not for it: evp_files.txt"
