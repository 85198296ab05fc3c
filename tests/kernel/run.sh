#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one test of the driver in a guest. "run.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
readonly here root
readonly machine=$root/sim/machines/uml
readonly code_usage=2 code_skip=77

usage() {
	cat <<-END
		Usage: run.sh TEST --variant plain|debug --server PROGRAM --tool PROGRAM --client PROGRAM
		              --contract DIR --build DIR --out DIR [OPTION...] [-- SERVER ARGUMENTS...]

		Boots the guest kernel with the device server, runs jobs/TEST.sh in it and lets
		check.py judge what the job left in DIR/VARIANT.TEST/ (of another series than 6.1:
		DIR/umlSERIES.TEST or DIR/umlSERIES_debug.TEST). ctest knows the arguments:
		ctest --test-dir build -R kernel.plain.selftest --verbose

		  --variant V         the guest kernel; the test is skipped if it was not built
		  --series S          of Linux (default: $series); another one than 6.1 is built if need be
		  --server PROGRAM    cce_device_server
		  --tool PROGRAM      cce
		  --client PROGRAM    cce_kernel_vectors
		  --contract DIR      the generated contract, for the driver's build
		  --build DIR         the build folder: the guest must see all of it
		  --out DIR           for module, logs and results
		  --job NAME          jobs/NAME.sh instead (default: TEST)
		  --set NAME=VALUE    a variable for the job (repeatable)
		  --append WORD       for the guest kernel's command line (repeatable)
		  --engines E,...     one boot with each of these engines, rtl or model (default: rtl)
		  --boots N           so many boots with each engine (default: 1); @BOOT@ in a variable or in a server
		                      argument becomes the number of the boot
		  --long yes          a long test: skipped unless CCE_TEST_ALL is set
		  --timeout SECONDS   of one boot (default: 280)
		  --python PROGRAM    default: python3
		  --help              this text

		With CCE_DRIVER_COVERAGE=1 in the environment the driver counts its lines, the jobs leave the
		counts in DIR/VARIANT.TEST/bootN/gcov, those of programs that were built to count in
		bootN/gcov_programs, and every boot has the model for its engine; scripts/coverage.sh sets it.

		Exit status: 0 passed, 1 failed, 2 wrong arguments, 77 skipped.
	END
}

fail() {
	printf 'FAILED: %s\n' "$*"
	exit 1
}

misused() {
	printf 'run.sh: %s (see --help)\n' "$*" >&2
	exit "$code_usage"
}

test='' variant='' series=6.1 server='' tool='' client='' contract='' build='' out='' job='' engines=rtl timeout=280 boots=1 long='' python=python3
variables=() server_arguments=()
# The log of a whole test fits.
append=(log_buf_len=2M)

parse_arguments() {
	while (($#)); do
		case $1 in
		--help)
			usage
			exit 0
			;;
		--)
			shift
			server_arguments=("$@")
			return
			;;
		--*)
			(($# > 1)) || misused "$1 needs a value"
			case $1 in
			--variant) variant=$2 ;;
			--series) series=$2 ;;
			--server) server=$2 ;;
			--tool) tool=$2 ;;
			--client) client=$2 ;;
			--contract) contract=$2 ;;
			--build) build=$2 ;;
			--out) out=$2 ;;
			--job) job=$2 ;;
			--engines) engines=$2 ;;
			--boots) boots=$2 ;;
			--long) long=$2 ;;
			--timeout) timeout=$2 ;;
			--python) python=$2 ;;
			--set) variables+=("$2") ;;
			--append) append+=("$2") ;;
			*) misused "unknown argument '$1'" ;;
			esac
			shift 2
			;;
		*)
			[[ -z $test ]] || misused "one test at a time: '$test', '$1'"
			test=$1
			shift
			;;
		esac
	done
}

check_arguments() {
	local name
	for name in test variant server tool client contract build out; do
		[[ -n ${!name} ]] || misused "'$name' is missing"
	done
	[[ -n $job ]] || job=$test
	label=$variant
	if [[ $series != 6.1 ]]; then
		label=uml${series//./}
		[[ $variant == plain ]] || label+=_$variant
	fi
	[[ -x $here/jobs/$job.sh ]] || misused "there is no jobs/$job.sh"
	for name in server tool client; do
		[[ -x ${!name} ]] || fail "${!name} is not built"
	done
}

# Sets kernel, its folder. scripts/test.sh has built those of 6.1; another one takes its source from a newer Debian.
find_kernel() {
	local builder=("$machine/build-kernel.sh" --variant "$variant" --series "$series") complaint
	if [[ $series == 6.1 ]]; then
		kernel=$("${builder[@]}" --print-path)
		[[ ! -x $kernel/linux ]] || return 0
		printf 'SKIPPED: the %s guest kernel is not built: %s\n' "$variant" "${builder[*]}"
		exit "$code_skip"
	fi
	mkdir -p "$out"
	complaint=$out/build-kernel-$label.log
	kernel=$("${builder[@]}" 2>"$complaint") && return
	if grep -q '^get-source: error:' "$complaint"; then
		printf 'SKIPPED: %s\n' "$(tail -n 1 "$complaint")"
		exit "$code_skip"
	fi
	fail "the $label kernel cannot be built: $(tail -n 1 "$complaint"); see $complaint"
}

# The module for a guest kernel, built once for all tests of it; prints its path.
guest_module() {
	local kernel=$1 folder counters=()
	folder=$out/module/$(basename "$kernel")
	if [[ -n ${CCE_DRIVER_COVERAGE:-} ]]; then
		folder+=-counted
		counters=(-- GCOV_PROFILE=y)
	fi
	mkdir -p "$folder"
	(
		flock 9
		"$root/driver/build.sh" --kernel "$kernel" --arch um --contract "$contract" --out "$folder" \
			"${counters[@]}" >"$folder.log" 2>&1
	) 9>"$folder.lock" || {
		tail -n 20 "$folder.log" >&2
		return 1
	}
	printf '%s\n' "$folder/cce.ko"
}

# test_module FOLDER NAME KERNEL: NAME.ko from a folder beside this script, the same way.
test_module() {
	local source=$1 name=$2 kernel=$3 folder
	folder=$out/$source/$(basename "$kernel")
	mkdir -p "$folder"
	(
		flock 9
		"$here/build-module.sh" --source "$here/$source" --kernel "$kernel" --arch um --contract "$contract" \
			--out "$folder" >"$folder.log" 2>&1
	) 9>"$folder.lock" || {
		tail -n 20 "$folder.log" >&2
		return 1
	}
	printf '%s\n' "$folder/$name.ko"
}

# boot KERNEL MODULE ENGINE NUMBER: the job finds its variables in the script that starts it.
boot() {
	local kernel=$1 module=$2 engine=$3 number=$4 folder=$out/$label.$test/boot$4 result=0
	rm -rf "$folder"
	mkdir -p "$folder"
	{
		printf '#!/bin/bash\n'
		printf 'export %q\n' "module=$module" "tool=$tool" "client=$client" "out=$folder" "${variables[@]//@BOOT@/$number}"
		# Not where they are without this: guests and host do not see each other's locks.
		[[ -z ${CCE_DRIVER_COVERAGE:-} ]] || printf 'export %q\n' "GCOV_PREFIX=$folder/gcov_programs"
		printf 'exec %q\n' "$here/jobs/$job.sh"
	} >"$folder/job"
	chmod +x "$folder/job"
	"$machine/with-device.sh" --server "$server" --server-log "$folder/server.log" --kernel "$kernel" \
		--job "$folder/job" --timeout "$timeout" --log "$folder/console.log" --share "$root" --share "$build" \
		--append "${append[*]}" -- --engine "$engine" --statistics "$folder/server.json" \
		"${server_arguments[@]//@BOOT@/$number}" || result=$?
	((result == 0)) || {
		printf '%s\n' "the last lines of the guest:"
		tail -n 25 "$folder/console.log" || true
		[[ ! -s $folder/server.log ]] || cat "$folder/server.log"
		fail "the boot ended with status $result; see $folder"
	}
}

main() {
	local kernel label module engine number=0 i
	parse_arguments "$@"
	check_arguments
	# Counters cost time.
	[[ -z ${CCE_DRIVER_COVERAGE:-} ]] || engines=model timeout=$((4 * timeout))
	[[ -z $long || -n ${CCE_TEST_ALL:-} ]] || {
		echo "SKIPPED: a long test; CCE_TEST_ALL=1 runs it"
		exit "$code_skip"
	}
	find_kernel
	module=$(guest_module "$kernel") || fail "the driver does not build for $kernel"
	case $job in
	load_*)
		variables+=("load_module=$(test_module load cce_load "$kernel")") || fail "cce_load does not build for $kernel"
		;;
	streams)
		variables+=("streams_module=$(test_module streams cce_streams "$kernel")") ||
			fail "cce_streams does not build for $kernel"
		;;
	platform | short_of_memory)
		variables+=("bridge=$(test_module platform cce_platform_bridge "$kernel")") ||
			fail "cce_platform_bridge does not build for $kernel"
		;;
	library)
		[[ -x $build/lib/test/cce_lib_test ]] || fail "$build/lib/test/cce_lib_test is not built"
		variables+=("library_test=$build/lib/test/cce_lib_test")
		;;
	provider)
		local provider=$build/lib/provider/cce.so provider_test=$build/lib/provider/test/cce_provider_test
		[[ -e $provider && -x $provider_test ]] || fail "$provider or $provider_test is not built"
		variables+=("provider=$provider" "provider_test=$provider_test")
		;;
	esac
	case $job in
	dev*)
		[[ -x $build/tests/dev/cce_dev_test ]] || fail "$build/tests/dev/cce_dev_test is not built"
		variables+=("dev_test=$build/tests/dev/cce_dev_test" "dev_fuzzer=$build/tests/dev/cce_dev_fuzzer")
		;;
	esac
	[[ $job != dev_fuzz || -x $build/tests/dev/cce_dev_fuzzer ]] || {
		echo "SKIPPED: no fuzzer was built: install the Debian packages clang and libclang-rt-dev, and configure again"
		exit "$code_skip"
	}
	rm -rf "${out:?}/$label.$test"
	for engine in ${engines//,/ }; do
		for ((i = 0; i < boots; i++)); do
			((boots == 1)) || printf '%(%T)T: boot %d of %d\n' -1 "$((i + 1))" "$boots"
			boot "$kernel" "$module" "$engine" "$((++number))"
		done
	done
	"$python" -B "$here/check.py" "$label" "$test" "$out/$label.$test"
}

main "$@"
