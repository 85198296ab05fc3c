#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Times the kernel's own C code in a guest. "measure.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
readonly here root
readonly code_usage=2

usage() {
	cat <<-END
		Usage: measure.sh --kernel DIR --out DIR [--sizes N,...] [--rounds N] [--names NAME,...]

		Prints a line for each algorithm, direction and size: NAME/DIRECTION/BYTES, a digest of the first output, and for
		each round the cycles of the time stamp counter and the nanoseconds that a request took, as CYCLES:NANOSECONDS.

		  --kernel DIR     the path that sim/machines/uml/build-kernel.sh printed
		  --out DIR        for module and logs; the guest must see it: not below /tmp
		  --sizes N,...    bytes of a request (default $sizes)
		  --rounds N       how often each is timed (default $rounds)
		  --names NAME,... algorithms of cce_kernel_c.c (default: all)
		  --help           this text

		The exit status is 0 if all was measured, 1 if something failed, 2 after wrong usage.
	END
}

misused() {
	printf 'measure.sh: %s (see --help)\n' "$*" >&2
	exit "$code_usage"
}

kernel='' out='' sizes=64,1024,16384,65536 rounds=10 names=''
while (($#)); do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--kernel | --out)
		[[ -n ${2-} ]] || misused "$1 needs a value"
		declare "${1#--}=$(realpath -m "$2")"
		shift 2
		;;
	--sizes | --rounds)
		[[ ${2-} =~ ^[1-9][0-9,]*$ ]] || misused "$1 needs a number, --sizes a list of them"
		declare "${1#--}=$2"
		shift 2
		;;
	--names)
		[[ ${2-} =~ ^[a-z0-9,-]+$ ]] || misused "--names needs a list of names"
		names=$2,
		shift 2
		;;
	*) misused "unknown argument '$1'" ;;
	esac
done
[[ -n $kernel && -n $out ]] || misused "--kernel and --out are needed"

mkdir -p "$out"
"$root/tests/kernel/build-module.sh" --source "$here" --kernel "$kernel" --arch um --out "$out/module" \
	>"$out/build.log" 2>&1 || {
	tail -n 20 "$out/build.log" >&2
	echo "measure.sh: the module does not build; all of it is in $out/build.log" >&2
	exit 1
}
cat >"$out/job" <<END
#!/bin/bash
dmesg --clear
insmod "$out/module/cce_kernel_c.ko" sizes=$sizes rounds=$rounds ${names:+names=$names}
result=\$?
dmesg --raw >"$out/dmesg"
exit "\$result"
END
chmod +x "$out/job"

# In real time, so that instructions take the time that they take.
if ! "$root/sim/machines/uml/run.sh" --kernel "$kernel" --job "$out/job" --timeout 300 --log "$out/console.log" \
	--share "$out" --append "cryptomgr.notests=1 log_buf_len=2M"; then
	tail -n 20 "$out/dmesg" "$out/console.log" >&2 || true
	echo "measure.sh: the measurement failed; see $out" >&2
	exit 1
fi
grep -q 'cce_kernel_c: done' "$out/dmesg" || {
	echo "measure.sh: the module did not end; see $out/dmesg" >&2
	exit 1
}
sed -n 's/^<[0-9]*>\[ *[0-9.]*\] cce_kernel_c: \(.*\/.*\/.* .*\)$/\1/p' "$out/dmesg"
