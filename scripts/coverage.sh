#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests reach of RTL, model, library, tool and driver. "coverage.sh --help" says more.
set -euo pipefail

# Guests need no counters but the driver's: their programs come from the ordinary build.
ordinary_build=${CCE_BUILD_DIR:-}
CCE_BUILD_DIR=${CCE_COVERAGE_BUILD_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/cce/coverage/build}
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ordinary_build=${ordinary_build:-$cce_root/build}

out=$cce_root/build/coverage
json=''
missed=()
only_driver=''
jobs=$(nproc)

usage() {
	cat <<-END
		Usage: scripts/coverage.sh [OPTION...]

		Installs missing Debian packages, builds everything with counters into
		$cce_build, runs the tests that need no kernel and prints,
		for each block of the RTL, the lines, branches and signals' bits that they reach,
		and the lines of model, library and tool. The driver's lines are counted in the tests
		in the plain guest kernel, from the ordinary build. Then it writes one HTML report. On
		two cores the first run builds for about half an hour, and the tests take about twenty
		minutes.

		  --only-driver   nothing but the driver: a few minutes once the guest kernel is there
		  --out DIR       where the report goes (default: build/coverage; index.html)
		  --json FILE     write all figures as JSON as well
		  --missed        print every point of the RTL that was not reached
		  --jobs N        so many tests at a time (default: $jobs)
		  --help          this text

		CCE_TEST_ALL=1 runs the long forms of the tests. CCE_COVERAGE_BUILD_DIR is another
		place for the build.

		The exit status is 0 if every block reaches 95 % and every part of the software, and
		every file of the driver, 90 %, without what rtl_model/coverage/exclusions.yaml excludes, and every exclusion is needed.
	END
}

while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--missed) missed=(--missed) ;;
	--only-driver) only_driver=1 ;;
	--out | --json | --jobs)
		[[ $# -ge 2 && -n $2 ]] || fail "$1 needs a value" "see scripts/coverage.sh --help"
		declare "${1#--}=$2"
		shift
		;;
	*) fail "unknown argument '$1'" "see scripts/coverage.sh --help" ;;
	esac
	shift
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || fail "--jobs needs a number, not '$jobs'"

# The programs whose runs are counted, with arguments. At 256 bits the RTL is not counted, so those runs would say nothing.
tests=(register_test status_test cavp_test cavp_authenticated_test length_test random_test queue_test region_test
	small_configuration_test)
runs=()
for name in "${tests[@]}"; do
	runs+=("tests/$name --gtest_brief=1 --gtest_filter=-*rtl_256*:*model_256*")
done
runs+=("rtl_model/lockstep/cce_lockstep --seed 1 --cycles 30000"
	"rtl_model/lockstep/cce_lockstep --traffic streams --seed 2 --cycles 30000"
	"lib/test/cce_lib_test --gtest_brief=1" lib/test/cce_c_api_test
	"lib/tool/cce selftest --backend software" "lib/tool/cce selftest --backend in-process")
for name in openssl_compatibility modes bad_input; do
	runs+=("bash $cce_root/lib/test/${name}_test.sh $cce_build/lib/tool/cce")
done
runs+=("/usr/bin/python3 $cce_root/lib/test/seal_test.py $cce_build/lib/tool/cce $cce_build/lib/test/libcce_vanishing_device.so"
	"/usr/bin/python3 $cce_root/lib/test/watch_test.py $cce_build/lib/tool/cce $cce_build/lib/tool/described")

data=$cce_build/coverage-data

build_counted() {
	check_space "$cce_build" 6000
	say "configuring in $cce_build"
	cmake -S "$cce_root" -B "$cce_build" -G Ninja -DCCE_COVERAGE=ON >"$cce_build/configure.log" 2>&1 || {
		tail -n 20 "$cce_build/configure.log" >&2
		fail "the configuration failed; all of it is in $cce_build/configure.log"
	}
	build "${tests[@]}" cce_lockstep cce_lib_test cce_c_api_test cce_tool cce_tool_documents cce_vanishing_device
	find "$cce_build" -name '*.gcda' -delete
}

# One run: its output into a log, its failure into a list.
run() {
	local number=$1 words
	read -ra words <<<"$2"
	[[ ${words[0]} == bash || ${words[0]} == /* ]] || words[0]=$cce_build/${words[0]}
	local log=$data/logs/$number.log
	if (cd "$data" && CCE_COVERAGE_FOLDER=$data "${words[@]}") >"$log" 2>&1; then
		say "done: $2"
	else
		say "failed: $2; its output is in $log"
		printf '%s\n' "$2" >>"$data/failed"
	fi
}

run_programs() {
	local number
	say "running ${#runs[@]} programs, $jobs at a time"
	for number in "${!runs[@]}"; do
		while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
		run "$number" "${runs[number]}" &
	done
	wait
	[[ ! -e $data/failed ]] || fail "some tests failed, so there are no figures"
	say "collecting"
	lcov --quiet --capture --directory "$cce_build" --base-directory "$cce_root" --output-file "$data/all.info" \
		>"$data/logs/lcov.log" 2>&1 || fail "lcov failed; see $data/logs/lcov.log"
	lcov --quiet --extract "$data/all.info" "$cce_root/rtl_model/model/*" "$cce_root/lib/src/*" "$cce_root/lib/tool/*" \
		--output-file "$data/programs.info" >>"$data/logs/lcov.log" 2>&1 || fail "lcov failed; see $data/logs/lcov.log"
}

run_guests() {
	local cce_build=$ordinary_build
	guest_kernel plain >/dev/null || fail "the plain guest kernel could not be built" "its log is named above"
	build cce_device_server cce_tool cce_kernel_vectors
	say "running the driver's tests in guests, $jobs at a time"
	"$cce_root/tests/kernel/coverage.sh" --build "$ordinary_build" --info "$data/driver.info" --jobs "$jobs"
}

install_packages
mkdir -p "$cce_build"
rm -rf "$data"
mkdir -p "$data/logs" "$out"
arguments=(--software "$data/software.info" --html "$out/index.html" "${missed[@]}")
[[ -z $json ]] || arguments+=(--json "$json")
infos=("$data/software.info")
if [[ -z $only_driver ]]; then
	build_counted
	run_programs
	arguments+=(--rtl "$data" --info "$data/rtl.info")
	infos+=("$data/rtl.info")
fi
run_guests
[[ -n $only_driver ]] || cat "$data/programs.info" >"$data/software.info"
cat "$data/driver.info" >>"$data/software.info"
status=0
/usr/bin/python3 "$cce_root/rtl_model/coverage/report.py" "${arguments[@]}" || status=$?
((status != 2)) || exit 2
genhtml --quiet --branch-coverage --prefix "$cce_root" --title "Core Crypto Engine" --output-directory "$out/lines" \
	"${infos[@]}" >"$data/logs/genhtml.log" 2>&1 || fail "genhtml failed; see $data/logs/genhtml.log"
say "the report is $out/index.html"
exit "$status"
