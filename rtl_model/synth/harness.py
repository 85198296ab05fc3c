# SPDX-License-Identifier: Apache-2.0
"""Puts registers around a netlist, so that a block with hundreds of pins can be placed and routed by itself.

    scan_i -> input registers, a shift register through all input bits -> block
    block -> output registers -> each added to the next register of a second chain -> scan_o

All input bits come from registers and all output bits go to registers, as inside a larger design, so that the maximum
frequency covers the paths from and to the pins; two pins and the clock are left. Nothing of the block can be optimized
away, and the cells added are known exactly: one register for each input bit; two registers and one table for each
output bit. They are added to the mapped netlist, behind all optimization.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# A string that reads as a number in Yosys' JSON ends with a space.
_REGISTER = {'CEMUX': '1 ', 'CLKMUX': 'CLK', 'GSR': 'DISABLED', 'LSRMUX': 'LSR', 'REGSET': 'RESET',
             'SRMODE': 'LSR_OVER_CE'}
_EXCLUSIVE_OR = '0110011001100110'


@dataclass(frozen=True)
class Added:
    """What the harness adds to the block."""

    registers: int
    tables: int


def surround(module: dict[str, Any], clock: str) -> Added:
    """Adds the harness to the module, in place."""
    cells, ports, nets = module['cells'], module['ports'], module['netnames']
    free = 1 + max((bit for cell in cells.values() for bits in cell['connections'].values() for bit in bits
                    if isinstance(bit, int)), default=1)
    free = max(free, 1 + max((bit for port in ports.values() for bit in port['bits'] if isinstance(bit, int)), default=1))
    if clock not in ports:
        raise ValueError(f'the block has no clock {clock}')
    clock_bit = ports[clock]['bits'][0]

    def new_bit(name: str) -> int:
        nonlocal free
        free += 1
        nets[name] = {'hide_name': 0, 'bits': [free], 'attributes': {}}
        return free

    def add_register(name: str, data: int, output: int) -> None:
        cells[name] = {
            'hide_name': 0, 'type': 'TRELLIS_FF', 'parameters': dict(_REGISTER), 'attributes': {},
            'port_directions': {'CLK': 'input', 'DI': 'input', 'LSR': 'input', 'Q': 'output'},
            'connections': {'CLK': [clock_bit], 'DI': [data], 'LSR': ['0'], 'Q': [output]}}

    def add_exclusive_or(name: str, a: int, b: int, output: int) -> None:
        cells[name] = {
            'hide_name': 0, 'type': 'LUT4', 'parameters': {'INIT': _EXCLUSIVE_OR}, 'attributes': {},
            'port_directions': {'A': 'input', 'B': 'input', 'C': 'input', 'D': 'input', 'Z': 'output'},
            'connections': {'A': [a], 'B': [b], 'C': ['0'], 'D': ['0'], 'Z': [output]}}

    scan_input = last = new_bit('scan_i')
    registers = tables = 0
    inputs = [(f'{name}[{i}]', bit) for name, port in ports.items() for i, bit in enumerate(port['bits'])
              if port['direction'] == 'input' and name != clock]
    outputs = [(f'{name}[{i}]', bit) for name, port in ports.items() for i, bit in enumerate(port['bits'])
               if port['direction'] == 'output' and isinstance(bit, int)]
    for name, bit in inputs:
        add_register(f'harness.input.{name}', last, bit)
        last = bit
        registers += 1
    for name, bit in outputs:
        captured, added, chained = (new_bit(f'harness.{what}.{name}') for what in ('captured', 'added', 'chained'))
        add_register(f'harness.output.{name}', bit, captured)
        add_exclusive_or(f'harness.add.{name}', captured, last, added)
        add_register(f'harness.chain.{name}', added, chained)
        last = chained
        registers += 2
        tables += 1
    module['ports'] = {clock: ports[clock], 'scan_i': {'direction': 'input', 'bits': [scan_input]},
                       'scan_o': {'direction': 'output', 'bits': [last]}}
    return Added(registers, tables)
