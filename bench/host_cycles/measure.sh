#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures the driver's host cycles per request in a guest, with the null transport. "measure.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
readonly here root
readonly code_usage=2

usage() {
	cat <<-END
		Usage: measure.sh --kernel DIR --contract DIR --out DIR [--json FILE]

		  --kernel DIR     the path that sim/machines/uml/build-kernel.sh printed
		  --contract DIR   the generated contract
		  --out DIR        for modules and logs
		  --json FILE      write every figure as JSON as well
		  --help           this text

		The exit status is 0 if all was measured, 1 if something failed, 2 after wrong usage.
	END
}

misused() {
	printf 'measure.sh: %s (see --help)\n' "$*" >&2
	exit "$code_usage"
}

kernel='' contract='' out='' json=''
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--kernel | --contract | --out | --json)
		[[ -n ${2-} ]] || misused "$1 needs a value"
		declare "${1#--}=$(realpath -m "$2")"
		shift 2
		;;
	*) misused "unknown argument '$1'" ;;
	esac
done
[[ -n $kernel && -n $contract && -n $out ]] || misused "--kernel, --contract and --out are needed"

"$here/build.sh" "$kernel" "$contract" "$out"

cat >"$out/job" <<END
#!/bin/bash
set -eu
dmesg --clear
insmod "$out/module/cce_null.ko" interrupt_count=0 && insmod "$out/module/cce_host_cycles.ko" || result=1
if [[ -z \${result-} ]]; then
	rmmod cce_host_cycles
	insmod "$out/module/cce_host_cycles.ko" stay=1
	echo 1 >/sys/devices/platform/cce_null/calibrate || result=1
	cat /sys/module/cce_null/parameters/cpu_below >"$out/cpu_below"
	rmmod cce_host_cycles || result=1
	rmmod cce_null || result=1
fi
dmesg --raw >"$out/dmesg"
exit "\${result:-0}"
END
chmod +x "$out/job"

# In real time, so that instructions take the time that they take. Self-tests would find that nothing is encrypted.
if ! "$root/sim/machines/uml/run.sh" --kernel "$kernel" --job "$out/job" --timeout 300 --log "$out/console.log" \
	--share "$out" --append "cryptomgr.notests=1"; then
	tail -n 20 "$out/dmesg" "$out/console.log" >&2 || true
	echo "measure.sh: the measurement failed; see $out" >&2
	exit 1
fi
python3 -B "$here/table.py" "$out/dmesg" "$out/cpu_below" ${json:+"$json"}
