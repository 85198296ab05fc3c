#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures requests through libcce, backend by backend. "library.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
readonly here root
readonly machine=$root/sim/machines/uml code_usage=2

usage() {
	cat <<-END
		Usage: library.sh --kernel DIR --contract DIR --program FILE --server FILE --out DIR
		                  [--samples N] [--sizes N,...] [--depths N,...] [--json FILE]

		Two boots of the guest. In real time, with the driver on the null transport, host cycles of a request are measured;
		in the time of a simulated engine, with the engine's model, requests per second. Backend in-process runs on the host.

		  --kernel DIR       the path that sim/machines/uml/build-kernel.sh printed
		  --contract DIR     the generated contract
		  --program FILE     cce_bench_library
		  --server FILE      cce_device_server
		  --out DIR          for modules and logs; the guest must see it: not below /tmp
		  --samples N        of host cycles; the median counts (default $samples)
		  --sizes, --depths  bytes of a request, requests in flight (default $sizes, $depths)
		  --json FILE        write every figure as JSON as well
		  --help             this text

		The exit status is 0 if all was measured, 1 if something failed, 2 after wrong usage.
	END
}

misused() {
	printf 'library.sh: %s (see --help)\n' "$*" >&2
	exit "$code_usage"
}

say() {
	printf 'library.sh: %s\n' "$*" >&2
}

kernel='' contract='' program='' server='' out='' json='' samples=200 sizes=64,1024,16384,65536 depths=1,16,128
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--kernel | --contract | --program | --server | --out | --json)
		[[ -n ${2-} ]] || misused "$1 needs a value"
		declare "${1#--}=$(realpath -m "$2")"
		shift 2
		;;
	--samples | --sizes | --depths)
		[[ ${2-} =~ ^[1-9][0-9,]*$ ]] || misused "$1 needs a number, --sizes and --depths a list of them"
		declare "${1#--}=$2"
		shift 2
		;;
	*) misused "unknown argument '$1'" ;;
	esac
done
for name in kernel contract program server out; do
	[[ -n ${!name} ]] || misused "--$name is needed"
done

"$here/build.sh" "$kernel" "$contract" "$out"
"$root/driver/build.sh" --kernel "$kernel" --arch um --contract "$contract" --out "$out/driver" >"$out/driver.log" 2>&1 || {
	tail -n 20 "$out/driver.log" >&2
	say "the driver does not build for $kernel; all of it is in $out/driver.log"
	exit 1
}
rm -f "$out"/{host,guest,engine}.*.json "$out"/{host,guest,engine}.error
cat >"$out/common" <<END
# shellcheck shell=bash
set -eu
export CCE_DEV_TRANSPORT
# measure CLOCK ARGUMENTS...: a figure of every size and depth for each way to the driver.
measure() {
	local clock=\$1
	shift
	set -- "$program" --json --sizes $sizes --depths $depths "\$@"
	for CCE_DEV_TRANSPORT in ioctl io_uring; do
		"\$@" --backend dev >"$out/\$clock.dev_\$CCE_DEV_TRANSPORT.json" 2>"$out/\$clock.error"
	done
	"\$@" --backend af_alg >"$out/\$clock.af_alg.json" 2>"$out/\$clock.error"
}
END
# The standing engine works only when nobody else would: a program that waits.
cat >"$out/host.job" <<END
#!/bin/bash
source "$out/common"
insmod "$out/module/cce_null.ko" interrupt_count=0
insmod "$out/module/cce_host_cycles.ko" stay=1
thread=\$(grep -lx cce-null /proc/[0-9]*/comm)
chrt --idle --pid 0 "\$(basename "\${thread%/comm}")"
engine=/sys/module/cce_host_cycles/parameters/engine_cycles
measure host --samples $samples --engine-cycles \$engine
"$program" --json --sizes $sizes --depths $depths --samples $samples --backend software >"$out/host.software.json"
rmmod cce_host_cycles
rmmod cce_null
END
cat >"$out/guest.job" <<END
#!/bin/bash
source "$out/common"
insmod "$out/driver/cce.ko"
measure guest --guest --seconds 0.002
rmmod cce
END
chmod +x "$out"/{host,guest}.job

# failed BOOT: with what it said.
failed() {
	local file
	for file in "$out/$1".{log,error}; do
		[[ ! -f $file ]] || tail -n 5 "$file" >&2
	done
	say "the measurement failed; see $out"
	exit 1
}

# Without self-tests: they would find that the null transport encrypts nothing.
readonly boot=(--kernel "$kernel" --timeout 500 --share "$root" --share "$out" --share "$(dirname "$program")"
	--append "cryptomgr.notests=1")
say "host cycles of a request, in real time"
"$machine/run.sh" "${boot[@]}" --job "$out/host.job" --log "$out/host.log" || failed host
say "requests per second, in the engine's time"
"$machine/with-device.sh" --server "$server" --server-log "$out/server.log" "${boot[@]}" --job "$out/guest.job" \
	--log "$out/guest.log" -- --engine model || failed guest
"$program" --json --sizes "$sizes" --depths "$depths" --seconds 0.001 --backend in-process >"$out/engine.in-process.json" \
	2>"$out/engine.error" || failed engine
python3 -B "$here/library_table.py" "$out" "$sizes" "$depths" ${json:+"$json"}
