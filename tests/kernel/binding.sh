#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Is the device-tree binding a correct schema, and is its example correct by it? And does the check find a mistake?
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here code_skip=77
readonly binding=$here/../../driver/devicetree/core-crypto-engine,cce.yaml

for tool in dt-doc-validate dt-validate dt-extract-example dtc cpp; do
	command -v "$tool" >/dev/null || {
		echo "SKIPPED: $tool is missing (Debian: apt-get install dt-schema device-tree-compiler cpp)"
		exit "$code_skip"
	}
done
# The example's macros stand in the kernel's headers.
headers=$(find /usr/src -maxdepth 1 -name 'linux-headers-*-common' | sort -V | tail -n 1)
[[ -n $headers ]] || {
	echo "SKIPPED: no /usr/src/linux-headers-*-common (Debian: apt-get install linux-headers-amd64)"
	exit "$code_skip"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A schema's path is part of its name. The validators complain with exit status 0, too.
mkdir -p "$work/schemas/crypto"
cp "$binding" "$work/schemas/crypto"
cd "$work/schemas"
dt-doc-validate -u . "crypto/${binding##*/}" 2>&1 | tee "$work/schema.log"
[[ ! -s $work/schema.log ]] || {
	echo "FAILED: the binding is no correct schema"
	exit 1
}

# validate NAME: NAME.dts by the schema; what it says is in NAME.log.
validate() {
	cpp -nostdinc -undef -x assembler-with-cpp -I "$headers/include" "$work/$1.dts" >"$work/$1.pre"
	dtc -q -I dts -O dtb -o "$work/$1.dtb" "$work/$1.pre"
	dt-validate -s "$work/schemas" -m "$work/$1.dtb" >"$work/$1.log" 2>&1
}

dt-extract-example "$binding" >"$work/example.dts"
validate example
# The extracted example's frame has compatible strings without a schema.
grep -v -e "'example'" -e 'failed to match any schema with compatible: ..foo' "$work/example.log" || true
if grep -q 'crypto@' "$work/example.log"; then
	echo "FAILED: the example is not correct by the binding"
	exit 1
fi

sed 's/interrupt-names = "event"/interrupt-names = "events"/' "$work/example.dts" >"$work/wrong.dts"
validate wrong
grep -q 'crypto@.*interrupt-names' "$work/wrong.log" || {
	cat "$work/wrong.log"
	echo "FAILED: an interrupt with a wrong name is not found"
	exit 1
}
echo "binding: correct schema, correct example; a wrong interrupt name is found"
