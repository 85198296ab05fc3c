#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Gate counts of the AES engine's cipher, key schedule and GHASH (modules aes_cipher and ghash), and the proof that Yosys
# can synthesize them without latches.
#
#   gates.sh [--pipelined 0|1] [--sbox-style 0|1|2] [--stages 1|2] [--keys N]
#
# The default is the engine's default configuration with S-boxes in a composite field; --pipelined 0 --keys 8 is the
# small configuration.
# Prints the cells and the area in gate equivalents (two-input NAND = 1), without the memories (round keys, stored
# keys, key lengths and directions; S-boxes of style 2), whose bits it prints instead. The gates and their areas are
# those that a small standard cell library offers; no timing is asked for, so read the area as a lower bound.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rtl=$(realpath "$here/../rtl")
readonly here rtl
pipelined=1 style=0 stages=2 keys=64

while (($#)); do
	[[ $1 == --help ]] || (($# >= 2)) || {
		printf 'gates.sh: %s needs a value\n' "$1" >&2
		exit 2
	}
	case $1 in
	--pipelined) pipelined=$2 ;;
	--sbox-style) style=$2 ;;
	--stages) stages=$2 ;;
	--keys) keys=$2 ;;
	--help)
		sed -n '3,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
		exit 0
		;;
	*)
		printf "gates.sh: unknown argument '%s' (see --help)\n" "$1" >&2
		exit 2
		;;
	esac
	shift 2
done

# Table S-boxes are mapped once, not once a byte: hundreds of them take very long otherwise.
early=-flatten
[[ $style != 1 ]] || early=

work=$(mktemp -d "${TMPDIR:-/tmp}/cce-gates.XXXXXX")
trap 'rm -rf "$work"' EXIT

cat >"$work/gates.genlib" <<'GENLIB'
GATE INV    0.67 O=!A;             PIN * INV 1 999 1 0 1 0
GATE BUF    1.00 O=A;              PIN * NONINV 1 999 1 0 1 0
GATE NAND2  1.00 O=!(A*B);         PIN * INV 1 999 1 0 1 0
GATE NOR2   1.00 O=!(A+B);         PIN * INV 1 999 1 0 1 0
GATE NAND3  1.33 O=!(A*B*C);       PIN * INV 1 999 1 0 1 0
GATE NOR3   1.33 O=!(A+B+C);       PIN * INV 1 999 1 0 1 0
GATE AND2   1.33 O=A*B;            PIN * NONINV 1 999 1 0 1 0
GATE OR2    1.33 O=A+B;            PIN * NONINV 1 999 1 0 1 0
GATE AOI21  1.33 O=!(A*B+C);       PIN * INV 1 999 1 0 1 0
GATE OAI21  1.33 O=!((A+B)*C);     PIN * INV 1 999 1 0 1 0
GATE AOI22  1.67 O=!(A*B+C*D);     PIN * INV 1 999 1 0 1 0
GATE OAI22  1.67 O=!((A+B)*(C+D)); PIN * INV 1 999 1 0 1 0
GATE XOR2   2.00 O=A*!B+!A*B;      PIN * UNKNOWN 1 999 1 0 1 0
GATE XNOR2  2.00 O=A*B+!A*!B;      PIN * UNKNOWN 1 999 1 0 1 0
GATE MUX2   2.33 O=A*!C+B*C;       PIN * UNKNOWN 1 999 1 0 1 0
GATE ZERO   0.00 O=CONST0;
GATE ONE    0.00 O=CONST1;
GENLIB
printf 'strash\nifraig\ndch\nmap -a -B 0.9\ntopo\n' >"$work/area.abc"

# Synthesizes the module TOP, prints its figures, and leaves its gate equivalents in $work/sum.TOP.
synthesize() {
	local top=$1
	{
		printf 'read_verilog -sv %s/cce_pkg.sv' "$rtl"
		for module in aes/aes_pkg aes/aes_sbox_composite aes/aes_sbox aes/aes_sbox_memory aes/aes_sub_bytes aes/aes_round \
			aes/aes_round_key_memory aes/aes_key_step aes/aes_key_expander aes/aes_cipher_pipelined \
			aes/aes_cipher_iterative aes/aes_cipher ghash/gf128_pkg ghash/gf128_multiplier ghash/ghash_pipelined \
			ghash/ghash_serial ghash/ghash; do
			printf ' %s/%s.sv' "$rtl" "$module"
		done
		printf "\nhierarchy -check -top %s -chparam Pipelined 1'b%s" "$top" "$pipelined"
		[[ $top != aes_cipher ]] || printf ' -chparam SboxStyle %s -chparam StagesPerRound %s -chparam KeyCount %s' \
			"$style" "$stages" "$keys"
		printf '\n'
		# shellcheck disable=SC2016 # dollars of Yosys cell types
		printf 'proc\nchformal -remove\nselect -assert-none t:$dlatch t:$adlatch t:$sr\n'
		printf 'synth %s -run begin:fine\ncheck -assert\nmemory -nomap\nopt -fast -full\n' "$early"
		# Enables and resets of registers as gates in front of them.
		# shellcheck disable=SC2016
		printf 'techmap\nopt -fast\ndfflegalize -cell $_DFF_P_ x\nopt_clean\n'
		printf 'abc -genlib %s/gates.genlib -script %s/area.abc\n' "$work" "$work"
		printf 'flatten\nopt_clean\n'
		# shellcheck disable=SC2016
		printf 'tee -q -o %s/dump dump t:$mem_v2\ntee -q -o %s/stat stat\n' "$work" "$work"
	} >"$work/gates.ys"

	"$here/../../scripts/toolbox.sh" run yosys --bind "$work" --bind "$(realpath "$here/..")" -- -q \
		-e 'implicitly declared' -l "$work/log" "$work/gates.ys" || {
		tail -n 20 "$work/log" >&2
		printf 'gates.sh: Yosys does not accept the RTL\n' >&2
		exit 1
	}

	awk -v what="$top" -v stat="$work/stat" -v sums="$work/sum.$top" '
	FILENAME == stat && $2 ~ /^(INV|NAND|NOR|AND|OR|AOI|OAI|BUF|XOR|XNOR|MUX)[0-9]*$|^\$_DFF_P_$/ { count[$2] = $1 }
	FILENAME == stat && $2 ~ /^\$/ && $2 !~ /^\$(_DFF_P_|mem_v2|scopeinfo)$/ { printf "gates.sh: unmapped cells: %s\n", $0; bad = 1 }
	FILENAME != stat && $1 == "cell" { size = width = 0 }
	FILENAME != stat && $1 == "parameter" && $2 == "\\SIZE" { size = $3 }
	FILENAME != stat && $1 == "parameter" && $2 == "\\WIDTH" { width = $3 }
	FILENAME != stat && $1 == "end" && size { bits[size " x " width]++; total += size * width; size = 0 }
	END {
		split("INV 0.67 BUF 1 NAND2 1 NOR2 1 NAND3 1.33 NOR3 1.33 AND2 1.33 OR2 1.33 AOI21 1.33 OAI21 1.33 AOI22 1.67 OAI22 1.67 " \
		      "XOR2 2 XNOR2 2 MUX2 2.33 $_DFF_P_ 5.67", list, " ")
		for (i = 1; i in list; i += 2) { area[list[i]] = list[i + 1] }
		for (cell in count) {
			sum += count[cell] * area[cell]
			if (cell == "$_DFF_P_") registers = count[cell]
			printf "  %-9s %7d\n", cell, count[cell]
		}
		for (shape in bits) printf "  memory %s bits: %d\n", shape, bits[shape]
		printf "%s: %.1f kGE, of them %d registers %.1f kGE; memories %d bits\n", what, sum / 1000, registers, registers * 5.67 / 1000, total
		printf "%.0f\n", sum >sums
		exit bad
	}' "$work/stat" "$work/dump"
}

printf 'pipelined=%s sbox-style=%s stages=%s keys=%s\n' "$pipelined" "$style" "$stages" "$keys"
synthesize aes_cipher
synthesize ghash
awk '{ sum += $1 } END { printf "cipher, key schedule and GHASH: %.1f kGE without memories\n", sum / 1000 }' "$work"/sum.*
