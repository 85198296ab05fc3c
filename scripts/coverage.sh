#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests reach of the RTL and of the software. "coverage.sh --help" says more.
set -euo pipefail

# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# For --only-driver, which needs no other counters than the driver's.
ordinary_build=$cce_build
builds=${CCE_COVERAGE_BUILD_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/cce/coverage}

out=$cce_root/build/coverage
json=''
missed=()
only=''
jobs=$(nproc)

usage() {
	cat <<-END
		Usage: scripts/coverage.sh [OPTION...]

		Installs missing Debian packages, builds everything with counters in
		$builds, runs the tests that need no kernel and those in
		the plain guest kernel, and prints, for each block of the RTL, the lines, branches and
		signals' bits that they reach, and the lines of model, library, tool, provider, firmware
		driver, SystemC modules and Linux driver. Then it writes one HTML report. On two cores the
		first run builds for about an hour, most of it the RTL with counters.

		  --only-rtl       the RTL alone: no guest
		  --only-software  everything but the RTL, which is built as ever
		  --only-driver    the Linux driver alone, with the ordinary build
		  --out DIR        where the report goes (default: build/coverage; index.html)
		  --json FILE      write all figures as JSON as well
		  --missed         print every point of the RTL that was not reached
		  --jobs N         so many tests at a time (default: $jobs)
		  --help           this text

		CCE_TEST_ALL=1 runs the long forms of the tests. CCE_COVERAGE_BUILD_DIR is another
		place for the builds.

		The exit status is 0 if every block reaches 95 % and every part of the software, and
		every file of the driver, 90 %, without what rtl_model/coverage/exclusions.yaml
		excludes, and every exclusion is needed.
	END
}

while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--missed) missed=(--missed) ;;
	--only-rtl | --only-software | --only-driver)
		[[ -z $only || $only == "${1#--only-}" ]] || fail "$1 and --only-$only exclude each other"
		only=${1#--only-}
		;;
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

# Without counters of the RTL, other flags: a folder of its own.
cce_build=$builds/build
[[ $only != software ]] || cce_build=$builds/software
data=$cce_build/coverage-data

# The programs whose runs are counted, with arguments; files are those of the build, if there are such. First those that
# simulate RTL: at 256 bits it is not counted, so those runs would say nothing.
tests=(register_test status_test cavp_test cavp_authenticated_test length_test hash_test cipher_hash_test random_test queue_test region_test
	small_configuration_test)
targets=("${tests[@]}" cce_lockstep cce_lib_test cce_c_api_test cce_tool)
runs=()
for name in "${tests[@]}"; do
	runs+=("tests/$name --gtest_brief=1 --gtest_filter=-*rtl_256*:*model_256*")
done
for seed in 1 2 3; do
	runs+=("env CCE_TEST_SEED=$seed tests/random_test --gtest_brief=1 --gtest_filter=*rtl_128*:*rtl_small*")
done
runs+=("rtl_model/lockstep/cce_lockstep --seed 1 --cycles 30000"
	"rtl_model/lockstep/cce_lockstep --traffic streams --seed 2 --cycles 30000"
	"lib/test/cce_lib_test --gtest_brief=1" lib/test/cce_c_api_test "lib/tool/cce selftest --backend in-process")
# What the tests in a guest need.
guest_targets=(cce_device_server cce_tool cce_kernel_vectors cce_lib_test cce_dev_test cce_provider_test
	cce_driver_digest_state_test)

# Then those of the software alone.
add_software() {
	local library=$cce_root/lib/test provider=$cce_root/lib/provider/test name backend
	targets+=(cce_tool_documents cce_vanishing_device cce_firmware_test cce_riscv_cpu_test
		cce_systemc_{example,engine_module_test,pin_module_test,parts_test} cce_firmware_{computer,example}
		"${guest_targets[@]}")
	runs+=("lib/tool/cce selftest --backend software")
	for name in openssl_compatibility modes dgst bad_input; do
		runs+=("bash $library/${name}_test.sh lib/tool/cce")
	done
	runs+=("/usr/bin/python3 $library/seal_test.py lib/tool/cce lib/test/libcce_vanishing_device.so"
		"/usr/bin/python3 $library/watch_test.py lib/tool/cce $cce_build/lib/tool/described")
	for backend in software in-process:model; do
		runs+=("env CCE_PROVIDER_TEST_BACKEND=$backend lib/provider/test/cce_provider_test --gtest_brief=1"
			"bash $provider/cli_test.sh lib/provider/cce.so $backend")
	done
	runs+=("bash $provider/tls_test.sh lib/provider/cce.so software 4"
		"lib/firmware/cce_firmware_test --gtest_brief=1"
		"sim/systemc/example/cce_systemc_example --engine model"
		"sim/systemc/example/cce_systemc_example --quantum 10000 --dmi"
		"sim/systemc/cpu/test/cce_riscv_cpu_test sim/systemc/cpu/test/programs.elf"
		"sim/systemc/computer/cce_firmware_computer lib/firmware/example/firmware.elf --engine model")
	for name in engine_module_test pin_module_test parts_test; do
		runs+=("sim/systemc/test/cce_systemc_$name --gtest_brief=1")
	done
}

build_counted() {
	local rtl=ON
	[[ $only != software ]] || rtl=OFF
	check_space "$cce_build" 6000
	say "configuring in $cce_build"
	cmake -S "$cce_root" -B "$cce_build" -G Ninja -DCCE_COVERAGE=ON -DCCE_COVERAGE_RTL="$rtl" \
		>"$cce_build/configure.log" 2>&1 || {
		tail -n 20 "$cce_build/configure.log" >&2
		fail "the configuration failed; all of it is in $cce_build/configure.log"
	}
	build "${targets[@]}"
	find "$cce_build" -name '*.gcda' -delete
}

# One run: its output into a log, its failure into a list.
run() {
	local number=$1 words i
	read -ra words <<<"$2"
	for i in "${!words[@]}"; do
		[[ ! -f $cce_build/${words[i]} ]] || words[i]=$cce_build/${words[i]}
	done
	local log=$data/logs/$number.log
	# A shell's background ignores SIGINT, which some tests send.
	if (cd "$data" && CCE_COVERAGE_FOLDER=$data env --default-signal=INT "${words[@]}") >"$log" 2>&1; then
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
}

run_guests() {
	local guest_build=$cce_build counts=(--info "$data/driver.info")
	guest_kernel plain >/dev/null || fail "the plain guest kernel could not be built" "its log is named above"
	if [[ $only == driver ]]; then
		guest_build=$ordinary_build
		cce_build=$ordinary_build build "${guest_targets[@]}"
	else
		counts+=(--programs "$data/guest-programs.info")
	fi
	say "running the tests in guests, $jobs at a time"
	"$cce_root/tests/kernel/coverage.sh" --build "$guest_build" --jobs "$jobs" "${counts[@]}"
}

# The counts of programs here and in guests together, of what is ours.
add_counts() {
	local log=$data/logs/lcov.log folders=() folder
	for folder in rtl_model/model lib/{src,include,tool,provider,firmware} sim/systemc; do
		folders+=("$cce_root/$folder/*")
	done
	say "collecting"
	lcov --quiet --capture --directory "$cce_build" --base-directory "$cce_root" --output-file "$data/host.info" \
		>"$log" 2>&1 || fail "lcov failed; see $log"
	run_guests
	lcov --quiet --add-tracefile "$data/host.info" --add-tracefile "$data/guest-programs.info" \
		--output-file "$data/sum.info" >>"$log" 2>&1 || fail "lcov failed; see $log"
	lcov --quiet --extract "$data/sum.info" "${folders[@]}" --output-file "$data/programs.info" \
		>>"$log" 2>&1 || fail "lcov failed; see $log"
	cat "$data/programs.info" "$data/driver.info" >"$data/software.info"
}

install_packages
mkdir -p "$cce_build"
rm -rf "$data"
mkdir -p "$data/logs" "$out"
arguments=(--html "$out/index.html" "${missed[@]}")
infos=()
[[ -z $json ]] || arguments+=(--json "$json")
[[ -n $only && $only != software ]] || add_software
if [[ $only == driver ]]; then
	run_guests
	cp "$data/driver.info" "$data/software.info"
else
	build_counted
	run_programs
fi
if [[ $only != driver && $only != rtl ]]; then
	add_counts
	arguments+=(--complete)
fi
if [[ $only != rtl ]]; then
	arguments+=(--software "$data/software.info")
	infos+=("$data/software.info")
fi
if [[ -z $only || $only == rtl ]]; then
	arguments+=(--rtl "$data" --info "$data/rtl.info")
	infos+=("$data/rtl.info")
fi
status=0
/usr/bin/python3 "$cce_root/rtl_model/coverage/report.py" "${arguments[@]}" || status=$?
((status != 2)) || exit 2
genhtml --quiet --branch-coverage --prefix "$cce_root" --title "Core Crypto Engine" --output-directory "$out/lines" \
	"${infos[@]}" >"$data/logs/genhtml.log" 2>&1 || fail "genhtml failed; see $data/logs/genhtml.log"
say "the report is $out/index.html"
exit "$status"
