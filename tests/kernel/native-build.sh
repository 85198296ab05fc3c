#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Do the driver and the tests' cce_load and cce_streams build without a warning (W=1, sparse) and pass checkpatch? Against
# Debian's kernel headers and, where they have been built, the guest kernels. "native-build.sh --help" says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
readonly here root
readonly machine=$root/sim/machines/uml
readonly code_usage=2 code_skip=77

contract='' out=''
while (($#)); do
	case $1 in
	--contract) contract=${2-} ;;
	--out) out=${2-} ;;
	--help)
		echo "Usage: native-build.sh --contract DIR --out DIR"
		echo "Builds the driver below DIR; for the debug guest kernel, and with all of the kernel's semantic checks, only if"
		echo "CCE_TEST_ALL is set. Exit status: 0 no warning, 1 some, 2 wrong arguments, 77 no kernel to build for."
		exit 0
		;;
	*)
		echo "native-build.sh: unknown argument '$1' (see --help)" >&2
		exit "$code_usage"
		;;
	esac
	shift $(($# > 1 ? 2 : 1))
done
[[ -n $contract && -n $out ]] || {
	echo "native-build.sh: --contract and --out are needed (see --help)" >&2
	exit "$code_usage"
}

make_arguments=()
if command -v sparse >/dev/null; then
	make_arguments=(-- C=2)
else
	echo "sparse is not installed: left out"
fi

bad=0 builds=0

# build NAME KERNEL [ARGUMENT of build.sh...]
build() {
	local name=$1 kernel=$2 log=$out/$1.log
	shift 2
	# Everything is compiled each time: what make skips can't warn.
	rm -rf "${out:?}/$name"
	mkdir -p "$out"
	if ! "$root/driver/build.sh" --kernel "$kernel" --contract "$contract" --out "$out/$name" "$@" \
		"${make_arguments[@]}" >"$log" 2>&1; then
		tail -n 20 "$log"
		echo "FAILED: no module for $name"
		bad=1
	elif grep -E -i -B 2 -A 5 'warning|error' "$log"; then
		echo "FAILED: warnings for $name"
		bad=1
	else
		echo "$name: no warning (W=1${make_arguments[1]:+, sparse}); $(modinfo -F vermagic "$out/$name/cce.ko")"
	fi
	builds=$((builds + 1))
}

# The same for the tests' own modules.
build_test_module() {
	local source=$1 name=$2 kernel=$3 log=$out/$1.log folder=$out/$1
	shift 3
	rm -rf "${folder:?}"
	if ! "$here/build-module.sh" --source "$here/$source" --kernel "$kernel" --contract "$contract" --out "$folder" "$@" \
		"${make_arguments[@]}" >"$log" 2>&1; then
		tail -n 20 "$log"
		echo "FAILED: no module $name"
		bad=1
	elif grep -E -i -B 2 -A 5 'warning|error' "$log"; then
		echo "FAILED: warnings for $name"
		bad=1
	else
		echo "$name: no warning; $(modinfo -F vermagic "$folder/$name.ko")"
	fi
}

check_style() {
	local options=(--no-tree --strict --terse --no-summary) file result=0
	for file in "$root"/driver/{*.[ch],Kconfig,Kbuild} "$here"/{load,streams}/{*.[ch],Kbuild}; do
		case ${file##*/} in
		cce_compat.h | cce_uring_compat.h | load_compat.h) perl "$script" "${options[@]}" --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON --file "$file" ;;
		cce_trace.h) perl "$script" "${options[@]}" --ignore OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT --file "$file" ;;
		*) perl "$script" "${options[@]}" --file "$file" ;;
		esac || result=1
	done
	return "$result"
}

# Debian's headers, the newest.
headers=$(find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64' ! -name '*cloud*' ! -name '*rt*' | sort -V | tail -n 1)
if [[ -n $headers ]]; then
	build "$(basename "$headers")" "$headers"
	build_test_module load cce_load "$headers"
	build_test_module streams cce_streams "$headers"
else
	echo "no /usr/src/linux-headers-*-amd64: left out"
fi

script='' variants=(plain) slow_rules=(minmax.cocci)
if [[ -n ${CCE_TEST_ALL-} ]]; then
	variants+=(debug)
	slow_rules=()
else
	echo "only with CCE_TEST_ALL=1: um-debug, ${slow_rules[*]}"
fi
for variant in "${variants[@]}"; do
	kernel=$("$machine/build-kernel.sh" --variant "$variant" --print-path 2>/dev/null) || continue
	[[ -x $kernel/linux ]] || continue
	build "um-$variant" "$kernel" --arch um
	# The kernel's build folder knows its source.
	script=$(readlink -f "$kernel/source")/scripts/checkpatch.pl
done
((builds > 0)) || {
	echo "SKIPPED: no kernel to build for: neither linux-headers-amd64 nor a guest kernel is there"
	exit "$code_skip"
}

if [[ -f $script ]]; then
	# Its own tree decides which rules hold. Debian's perl only.
	# One source for many kernels asks for their version, in one header; and TRACE_EVENT() has a style of its own.
	if check_style >"$out/checkpatch.log" 2>&1; then
		echo "checkpatch --strict: clean"
	else
		cat "$out/checkpatch.log"
		echo "FAILED: checkpatch"
		bad=1
	fi
else
	echo "no kernel source with checkpatch.pl: left out"
fi

# The kernel's own semantic checks: what they report, nothing else. A rule with OCaml in it needs a compiler that
# Debian's coccinelle does not bring.
check_semantics() {
	local rule name found
	local -a rules
	mapfile -t rules < <(find "${script%/*}/coccinelle" -name '*.cocci' ! -path '*/tests/*' | sort)
	for rule in "${rules[@]}"; do
		name=${rule##*/}
		[[ " ${slow_rules[*]} " != *" $name "* ]] || continue
		if ! command -v ocamlopt >/dev/null && grep -q '^@[a-z]*:ocaml' "$rule"; then
			semantics_left_out+=("$name")
			continue
		fi
		if ! found=$(spatch -D report --no-show-diff --very-quiet --cocci-file "$rule" --no-includes \
			--include-headers --dir "$root/driver" 2>"$out/coccinelle.errors"); then
			semantics_found+=("$name: spatch failed: $(tail -n 3 "$out/coccinelle.errors")")
		elif [[ -n $found ]]; then
			semantics_found+=("$name: $found")
		fi
		semantics_rules=$((semantics_rules + 1))
	done
}

semantics_rules=0 semantics_found=() semantics_left_out=()
if [[ -f $script ]] && command -v spatch >/dev/null; then
	check_semantics
	if ((${#semantics_found[@]})); then
		printf '%s\n' "${semantics_found[@]}" "FAILED: coccinelle"
		bad=1
	else
		echo "coccinelle: clean by $semantics_rules rules"
	fi
	((${#semantics_left_out[@]} == 0)) ||
		echo "coccinelle: no OCaml compiler, left out: ${semantics_left_out[*]} (Debian: apt-get install ocaml-nox)"
else
	echo "no kernel source, or no spatch (Debian: apt-get install coccinelle): left out"
fi

if [[ -f $script ]]; then
	if perl "${script%/*}/kernel-doc" -v -none "$root"/driver/*.[ch] "$here"/load/*.[ch] 2>&1 | grep -v 'info: Scanning'; then
		echo "FAILED: kernel-doc"
		bad=1
	else
		echo "kernel-doc: clean"
	fi
fi
exit "$bad"
