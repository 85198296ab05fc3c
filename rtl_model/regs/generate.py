#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the files of the hardware/software contract from contract.yaml.

    generate.py --contract contract.yaml --out DIR

writes cce_contract_pkg.sv, cce_contract.h, cce_contract.hpp, cce_uapi_contract.h and registers.md into DIR. A file whose
content would not change is left alone, so that nothing is rebuilt for nothing. Exit status 1 and one line on stderr for a bad contract.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import jinja2

import contract as contract_module

OUTPUTS = {
    "cce_contract_pkg.sv.j2": "cce_contract_pkg.sv",
    "cce_contract.h.j2": "cce_contract.h",
    "cce_contract.hpp.j2": "cce_contract.hpp",
    "cce_uapi_contract.h.j2": "cce_uapi_contract.h",
    "registers.md.j2": "registers.md",
}


def camel(name: str) -> str:
    """CamelCase of a lower_snake_case name."""
    return "".join(part.capitalize() for part in name.split("_"))


def packed_bits(bits: list, width: int) -> list[dict]:
    """The runs of `width` bits from the highest to the lowest, gaps included: the order of a SystemVerilog packed struct."""
    result = []
    position = 0
    gap = 0
    for item in sorted(bits, key=lambda b: b.lsb):
        if item.lsb > position:
            result.append({"name": f"reserved{gap}", "width": item.lsb - position, "enum": None})
            gap += 1
        result.append({"name": item.name, "width": item.width, "enum": item.enum})
        position = item.lsb + item.width
    if position < width:
        result.append({"name": f"reserved{gap}", "width": width - position, "enum": None})
    return list(reversed(result))


def render(contract: contract_module.Contract, out: Path) -> None:
    """Writes every output into the directory `out`, which is made if it does not exist."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
                                     undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                                     keep_trailing_newline=True)
    environment.filters["camel"] = camel
    environment.filters["hex"] = lambda value, digits=0: f"0x{value:0{digits}x}"
    environment.globals["packed_bits"] = packed_bits
    out.mkdir(parents=True, exist_ok=True)
    for template, name in OUTPUTS.items():
        text = environment.get_template(template).render(contract=contract)
        target = out / name
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Generates the files of the hardware/software contract.")
    parser.add_argument("--contract", type=Path, default=Path(__file__).parent / "contract.yaml",
                        help="the description (default: contract.yaml beside this script)")
    parser.add_argument("--out", type=Path, required=True, help="directory for the generated files")
    arguments = parser.parse_args()
    try:
        render(contract_module.load(arguments.contract), arguments.out)
    except contract_module.ContractError as error:
        print(f"generate.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
