#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one test of the driver on four processors, in a kernel with sanitizers. "run.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(realpath "$here/../../..")
readonly here top
readonly machine=$top/sim/machines/qemu
readonly code_usage=2 code_skip=77

usage() {
	cat <<-END
		Usage: run.sh NAME --variant kasan|kcsan --server PROGRAM --client PROGRAM --contract DIR
		              --out DIR [OPTION...] [-- ARGUMENTS of the device server...]

		Boots a kernel of build-kernel.sh on four processors, each emulated by a thread of its
		own, with the device server; runs a job in it and lets judge.py judge what that left
		in DIR/VARIANT.NAME/. ctest knows the arguments:
		ctest --test-dir build -R kernel.smp --verbose

		  --variant V         kasan or kcsan: see build-kernel.sh --help
		  --server PROGRAM    cce_vfio_user_server
		  --client PROGRAM    cce_kernel_vectors
		  --contract DIR      the generated contract, for the driver's build
		  --out DIR           for modules, logs and results
		  --program PROGRAM   another one for the guest (repeatable)
		  --job JOB           a script of jobs/ (default: NAME)
		  --boots N           so many one after another (default: 1); @BOOT@ in what follows, and
		                      in --set, becomes 1, 2, ...
		  --set NAME=VALUE    a variable for the job (repeatable)
		  --append WORDS      for the kernel's command line (repeatable)
		  --iommu strict      behind a virtual IOMMU
		  --timeout SECONDS   of a boot (default: $timeout)
		  --only-all          skip unless CCE_TEST_ALL is set; build the kernel if need be
		  --python PROGRAM    default: python3
		  --help              this text

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

skip() {
	printf 'SKIPPED: %s\n' "$*"
	exit "$code_skip"
}

name='' variant='' server='' client='' contract='' out='' job='' boots=1 timeout=1200 only_all=no python=python3
variables=() append=() programs=() machine_arguments=() server_arguments=()

parse_arguments() {
	while (($#)); do
		case $1 in
		--help)
			usage
			exit 0
			;;
		--only-all) only_all=yes ;;
		--)
			shift
			server_arguments=("$@")
			return
			;;
		--*)
			(($# > 1)) || misused "$1 needs a value"
			case $1 in
			--variant) variant=$2 ;;
			--server) server=$2 ;;
			--client) client=$2 ;;
			--contract) contract=$2 ;;
			--out) out=$2 ;;
			--program) programs+=("$2") ;;
			--job) job=$2 ;;
			--boots) boots=$2 ;;
			--set) variables+=("$2") ;;
			--append) append+=("$2") ;;
			--iommu) machine_arguments+=(--iommu "$2") ;;
			--timeout) timeout=$2 ;;
			--python) python=$2 ;;
			*) misused "unknown argument '$1'" ;;
			esac
			shift
			;;
		*)
			[[ -z $name ]] || misused "one test at a time: '$name', '$1'"
			name=$1
			;;
		esac
		shift
	done
}

check_arguments() {
	local argument
	for argument in name variant server client contract out; do
		[[ -n ${!argument} ]] || misused "'$argument' is missing"
	done
	[[ $boots =~ ^[1-9][0-9]*$ ]] || misused "--boots needs a number, not '$boots'"
	[[ -n $job ]] || job=$name
	[[ -x $here/jobs/$job.sh ]] || misused "there is no jobs/$job.sh"
	for argument in "$server" "$client" "${programs[@]}"; do
		[[ -x $argument ]] || fail "$argument is not built"
		[[ $argument == "$server" ]] || machine_arguments+=(--program "$argument")
	done
}

# Sets kernel, its folder.
find_kernel() {
	local complaint=$out/build-kernel-$variant.log
	kernel=$("$machine/build-kernel.sh" --variant "$variant" --print-path)
	[[ ! -e $kernel/build/complete ]] || return 0
	[[ $only_all == yes ]] || skip "the $variant kernel is not built: $machine/build-kernel.sh --variant $variant"
	"$machine/build-kernel.sh" --variant "$variant" >/dev/null 2>"$complaint" ||
		fail "the $variant kernel cannot be built: $(tail -n 1 "$complaint")"
}

# build_module FOLDER COMMAND...: once for all tests of this kernel; the command gets --out and the folder.
build_module() {
	local folder=$1
	shift
	mkdir -p "$folder"
	(
		flock 9
		"$@" --out "$folder" >"$folder.log" 2>&1
	) 9>"$folder.lock" || {
		grep -E -A 5 'error' "$folder.log" | head -n 20 || tail -n 20 "$folder.log"
		fail "${folder##*/}: a module does not build for the $variant kernel; see $folder.log"
	}
}

build_modules() {
	local folder=$out/modules/$variant source
	build_module "$folder/driver" "$machine/build-module.sh" --kernel "$kernel" --contract "$contract"
	files=(--file "$folder/driver/cce.ko")
	for source in "$top/tests/kernel/load" "$here/mistakes"; do
		build_module "$folder/${source##*/}" "$top/tests/kernel/build-module.sh" --source "$source" \
			--kernel "$kernel/build" --arch x86 --contract "$contract"
	done
	files+=(--file "$folder/load/cce_load.ko" --file "$folder/mistakes/cce_mistake.ko")
}

# boot NUMBER
boot() {
	local folder=$out/$variant.$name/boot$1 result=0 variable sets=()
	mkdir -p "$folder"
	for variable in "${variables[@]//@BOOT@/$1}"; do
		sets+=(--set "$variable")
	done
	# A processor that waits by MONITOR and MWAIT would be a host thread that spins.
	"$machine/with-device.sh" --server "$server" --server-log "$folder/server.log" --kernel "$kernel" \
		--job "$here/jobs/$job.sh" --file "$here/jobs/smp_common.sh" --file "$top/tests/kernel/stock/common.sh" \
		"${files[@]}" "${sets[@]}" --cpus 4 --tcg multi --memory 1G --timeout "$timeout" \
		--append "idle=halt log_buf_len=8M ${append[*]}" "${machine_arguments[@]}" --out "$folder" \
		--log "$folder/console.log" -- --engine model --statistics "$folder/server.json" \
		"${server_arguments[@]//@BOOT@/$1}" || result=$?
	((result == 0)) || {
		printf '%s\n' "the last lines of the guest:"
		tail -n 25 "$folder/console.log" || true
		[[ ! -s $folder/server.log ]] || cat "$folder/server.log"
		fail "the boot ended with status $result; see $folder"
	}
}

main() {
	local kernel files i begin=$SECONDS
	parse_arguments "$@"
	check_arguments
	[[ $only_all == no || -n ${CCE_TEST_ALL:-} ]] || skip "only with CCE_TEST_ALL=1 (scripts/test.sh --all)"
	"$top/scripts/toolbox.sh" path qemu >/dev/null || skip "there is no QEMU: run scripts/toolbox.sh install qemu"
	mkdir -p "$out"
	find_kernel
	build_modules
	rm -rf "${out:?}/$variant.$name"
	for ((i = 1; i <= boots; i++)); do
		boot "$i"
	done
	"$python" -B "$here/judge.py" "$variant" "$job" "$out/$variant.$name"
	printf '  %d s in all\n' "$((SECONDS - begin))"
}

main "$@"
