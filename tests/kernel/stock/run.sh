#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the driver's test in a stock Debian kernel. "run.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(realpath "$here/../../..")
readonly here top
readonly machine=$top/sim/machines/qemu
readonly code_usage=2 code_skip=77

usage() {
	cat <<-END
		Usage: run.sh NAME --kernel KERNEL --server PROGRAM --contract DIR --out DIR [OPTION...]
		              [-- ARGUMENTS of with-device.sh...]

		Boots a kernel of get-kernel.sh with the device server, runs a job in it and lets
		judge.py judge what that left in DIR/NAME/. ctest knows the arguments:
		ctest --test-dir build -R kernel.stock --verbose

		  --kernel KERNEL     e.g. 6.1-amd64: see get-kernel.sh --help
		  --server PROGRAM    cce_vfio_user_server
		  --contract DIR      the generated contract, for the driver's build
		  --out DIR           for module, logs and results
		  --job JOB           selftest (the default), load, streams, removal, killed, reboot, arrival, dev, dev_fuzz
		  --engine E          model (the default) or rtl
		  --client PROGRAM    cce_kernel_vectors: random requests through AF_ALG as well; jobs dev and dev_fuzz: those of tests/dev
		  --requests N        of the client or of each thread of the load, or calls of the fuzzer (default: 300)
		  --reloads N         (default: 3)
		  --parameters WORDS  for the module
		  --algorithms A,...  drivers that there must be, tested
		  --cpu-reasons R,... why requests may be done by the CPU (default: for no reason)
		  --inject FAULT      for the device server
		  --cycle-ns N        the same: an engine's cycle takes at least so long
		  --only-all          skip unless CCE_TEST_ALL is set; fetch the kernel if need be
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

name='' kernel_name='' server='' contract='' out='' engine=model job=selftest client='' requests=300 reloads=3 parameters=''
algorithms='' cpu_reasons='' only_all=no python=python3
machine_arguments=() server_arguments=()

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
			machine_arguments=("$@")
			return
			;;
		--*)
			(($# > 1)) || misused "$1 needs a value"
			case $1 in
			--kernel) kernel_name=$2 ;;
			--server) server=$2 ;;
			--contract) contract=$2 ;;
			--out) out=$2 ;;
			--engine) engine=$2 ;;
			--job) job=$2 ;;
			--client) client=$2 ;;
			--requests) requests=$2 ;;
			--reloads) reloads=$2 ;;
			--parameters) parameters=$2 ;;
			--algorithms) algorithms=$2 ;;
			--inject | --cycle-ns) server_arguments+=("$1" "$2") ;;
			--cpu-reasons) cpu_reasons=$2 ;;
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

# Sets kernel, its folder.
find_kernel() {
	local complaint=$out/$name.get-kernel.log
	kernel=$("$machine/get-kernel.sh" --kernel "$kernel_name" --print-path) && return
	[[ $only_all == yes ]] || skip "there is no kernel $kernel_name: run $machine/get-kernel.sh --kernel $kernel_name"
	kernel=$("$machine/get-kernel.sh" --kernel "$kernel_name" 2>"$complaint") ||
		skip "the kernel $kernel_name cannot be fetched: $(tail -n 1 "$complaint")"
}

# build_module FOLDER [ARGUMENTS of build-module.sh...]: once for all tests of the kernel, which take turns.
build_module() {
	local folder=$1
	shift
	mkdir -p "$folder"
	(
		flock 9
		"$machine/build-module.sh" --kernel "$kernel" --contract "$contract" --out "$folder" "$@" >"$folder.log" 2>&1
	) 9>"$folder.lock" || {
		grep -E -A 5 'error' "$folder.log" | head -n 20 || tail -n 20 "$folder.log"
		fail "a module does not build for $(<"$kernel/release"); see $folder.log"
	}
}

# The driver, and the test module of the jobs that have one; sets module and files.
build_modules() {
	local folder
	folder=$out/modules/$(basename "$kernel")
	build_module "$folder/driver"
	module=$folder/driver/cce.ko
	case $job in
	load | streams)
		build_module "$folder/$job" --source "$top/tests/kernel/$job"
		files+=(--file "$folder/$job/cce_$job.ko")
		;;
	esac
}

main() {
	local kernel module result=0 dependencies files=()
	parse_arguments "$@"
	for argument in name kernel_name server contract out; do
		[[ -n ${!argument} ]] || misused "'$argument' is missing"
	done
	[[ $only_all == no || -n ${CCE_TEST_ALL:-} ]] || skip "only with CCE_TEST_ALL=1 (scripts/test.sh --all)"
	[[ -x $here/$job.sh ]] || misused "there is no $job.sh"
	[[ -x $server ]] || fail "$server is not built"
	"$top/scripts/toolbox.sh" path qemu >/dev/null || skip "there is no QEMU: run scripts/toolbox.sh install qemu"
	mkdir -p "$out"
	find_kernel
	build_modules
	dependencies=$(modinfo -F depends "$module" | tr ',' ' ')
	rm -rf "${out:?}/$name"
	mkdir -p "$out/$name/boot1"
	"$machine/with-device.sh" --server "$server" --server-log "$out/$name/boot1/server.log" --kernel "$kernel" \
		--job "$here/$job.sh" --file "$here/common.sh" --file "$module" "${files[@]}" ${client:+--program "$client"} \
		--set "dependencies=$dependencies" --set "parameters=$parameters" --set "requests=$requests" \
		--set "reloads=$reloads" --timeout 500 --out "$out/$name/boot1" --log "$out/$name/boot1/console.log" \
		"${machine_arguments[@]}" -- --engine "$engine" --statistics "$out/$name/boot1/server.json" \
		"${server_arguments[@]}" || result=$?
	if ((result != 0)) && grep -a 'qemu-system.*Assertion .* failed' "$out/$name/boot1/console.log"; then
		# QEMU 11.1 does not always survive the end of a vfio-user server: nothing was learned of the driver.
		echo "SKIPPED: QEMU itself ended with the assertion above"
		exit "$code_skip"
	fi
	((result == 0)) || {
		[[ ! -s $out/$name/boot1/server.log ]] || cat "$out/$name/boot1/server.log"
		fail "the boot ended with status $result; see $out/$name/boot1"
	}
	printf '%s, %s:\n' "$name" "$(<"$kernel/release")"
	"$python" -B "$here/judge.py" --job "$job" --algorithms "$algorithms" --cpu-reasons "$cpu_reasons" \
		"$out/$name/boot1"
}

main "$@"
