# SPDX-License-Identifier: Apache-2.0
"""Delays of a netlist for the ECP5 before it is placed: which paths are long, in minutes instead of hours.

Every cell has one delay and every wire the same one, rounded from what nextpnr tells of placed blocks (speed grade 8). So
nanoseconds compare paths with each other; a full part has wires twice as long.

End points are grouped by the name of their register or memory, without indices: the bits of a register are one group.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import netlist

# Nanoseconds.
WIRE = 0.75
TABLE = 0.24
MULTIPLEXER = 0.2
CARRY_ENTRY = 0.45
CARRY_STEP = 0.07
CARRY_EXIT = 0.4
REGISTER_OUTPUT = 0.5
REGISTER_SETUP = 0.2
BLOCK_RAM_OUTPUT = 4.3
BLOCK_RAM_SETUP = 0.3

_BLOCK_RAMS = frozenset({'DP16KD', 'PDPW16KD'})
_REGISTER_INPUTS = ('DI', 'CE', 'LSR')
_MEMORY_INPUTS = ('DI', 'WAD', 'WRE')


@dataclass(frozen=True)
class Group:
    """End points of one name, and the longest path to one of them."""

    name: str
    end_points: int
    nanoseconds: float
    levels: int
    path: list[str]              # named nets from its beginning on


@dataclass(frozen=True)
class Estimate:
    end_points: int
    end_points_over: int         # of these, with paths longer than the limit
    limit: float                 # ns
    groups: list[Group]          # the longest path first

    @property
    def longest(self) -> float:
        return self.groups[0].nanoseconds if self.groups else 0.0

    @property
    def groups_over(self) -> int:
        return sum(group.nanoseconds > self.limit for group in self.groups)


@dataclass(frozen=True)
class _Arc:
    inputs: list[int]
    outputs: list[int]
    delay: float
    levels: int


@dataclass(frozen=True)
class _End:
    bit: int
    group: str
    setup: float


def _net_names(module: dict[str, Any]) -> dict[int, str]:
    """The most telling name of each net: one of the source, not deep in the hierarchy, short."""
    best: dict[int, tuple[tuple[Any, ...], str]] = {}
    for name, net in module['netnames'].items():
        rank = (int(net['hide_name']), '$' in name, name.count('.'), len(name), name)
        for bit in netlist.driven_bits(net['bits']):
            if bit not in best or rank < best[bit][0]:
                best[bit] = (rank, name)
    return {bit: name for bit, (_, name) in best.items()}


def _group_name(name: str) -> str:
    """Without indices; names made by the tools are one group."""
    name = re.sub(r'\[\d+\]', '', re.sub(r'(memory)(\.\d+)+', r'\1', name))
    return '(unnamed)' if '$' in name else re.sub(r'_\d+$', '', name)


class _Timing:
    """Cells as arcs, beginnings and end points."""

    def __init__(self, module: dict[str, Any]) -> None:
        self.names = _net_names(module)
        self.arcs: list[_Arc] = []
        self.ends: list[_End] = []
        self.arrival: dict[int, float] = {}
        self.local: set[int] = set()     # wires within a slice
        for name, cell in module['cells'].items():
            self._add(name, cell['type'], cell['connections'])
        for name, port in module['ports'].items():
            if port['direction'] == 'output':
                self.ends += [_End(bit, f'output {name}', 0.0) for bit in netlist.driven_bits(port['bits'])]

    def _end(self, bits: list[Any], group: str, setup: float) -> None:
        self.ends += [_End(bit, group, setup) for bit in netlist.driven_bits(bits)]

    def _arc(self, inputs: list[Any], outputs: list[Any], delay: float, levels: int) -> None:
        self.arcs.append(_Arc(netlist.driven_bits(inputs), netlist.driven_bits(outputs), delay, levels))

    def _add(self, name: str, kind: str, pins: dict[str, list[Any]]) -> None:
        others = [bit for pin, bits in pins.items() if pin != 'Z' for bit in bits]
        if kind == netlist.ECP5_REGISTER:
            output = pins['Q'][0]
            self.arrival[output] = REGISTER_OUTPUT
            group = _group_name(self.names.get(output, name))
            for pin in _REGISTER_INPUTS:
                self._end(pins.get(pin, []), group, REGISTER_SETUP)
        elif kind in _BLOCK_RAMS:
            for pin, bits in pins.items():
                if pin.startswith('DO'):
                    self.arrival.update((bit, BLOCK_RAM_OUTPUT) for bit in netlist.driven_bits(bits))
                elif not pin.startswith('CLK'):
                    self._end(bits, _group_name(name), BLOCK_RAM_SETUP)
        elif kind == 'TRELLIS_DPR16X4':
            self._arc(pins['RAD'], pins['DO'], TABLE, 1)
            for pin in _MEMORY_INPUTS:
                self._end(pins[pin], _group_name(name), REGISTER_SETUP)
        elif kind == 'CCU2C':
            sums, carry = pins.get('S0', []) + pins.get('S1', []), pins.get('COUT', [])
            entries = [bit for pin, bits in pins.items() if pin not in ('CIN', 'S0', 'S1', 'COUT') for bit in bits]
            self._arc(entries, sums + carry, CARRY_ENTRY, 1)
            self._arc(pins.get('CIN', []), carry, CARRY_STEP, 0)
            self._arc(pins.get('CIN', []), sums, CARRY_EXIT, 0)
            self.local.update(netlist.driven_bits(carry))
        elif kind in netlist.ECP5_SLICE_MULTIPLEXERS:
            self._arc(others, pins['Z'], MULTIPLEXER, 0)
            self.local.update(bit for pin in ('ALUT', 'BLUT', 'D0', 'D1') for bit in netlist.driven_bits(pins.get(pin, [])))
        elif kind == 'LUT4':
            self._arc(others, pins['Z'], TABLE, 1)


def estimate(module: dict[str, Any], limit: float) -> Estimate:
    """Longest paths to all registers, memories and outputs of a flattened netlist for the ECP5; the limit in ns."""
    timing = _Timing(module)
    arrival = timing.arrival
    levels: dict[int, int] = defaultdict(int)
    before: dict[int, int] = {}

    def time_at(bit: int) -> float:
        """At the far end of the wire."""
        return arrival.get(bit, 0.0) + (0.0 if bit in timing.local else WIRE)

    for number in netlist.in_order([(arc.inputs, arc.outputs) for arc in timing.arcs]):
        arc = timing.arcs[number]
        if not arc.inputs:
            continue
        last = max(arc.inputs, key=time_at)
        time = time_at(last) + arc.delay
        for bit in arc.outputs:
            if time > arrival.get(bit, -1.0):
                arrival[bit], before[bit], levels[bit] = time, last, levels[last] + arc.levels

    def path_to(bit: int) -> list[str]:
        bits = [bit]
        while bits[-1] in before:
            bits.append(before[bits[-1]])
        names = (re.sub(r'\[\d+\]', '', timing.names.get(bit, '$')) for bit in reversed(bits))
        return list(dict.fromkeys(name for name in names if '$' not in name))

    def time_of(end: _End) -> float:
        return time_at(end.bit) + end.setup

    members: dict[str, list[_End]] = defaultdict(list)
    for end in timing.ends:
        members[end.group].append(end)
    groups = []
    for name, ends in members.items():
        worst = max(ends, key=time_of)
        groups.append(Group(name, len(ends), round(time_of(worst), 2), levels[worst.bit], path_to(worst.bit)))
    groups.sort(key=lambda group: (-group.nanoseconds, group.name))
    return Estimate(len(timing.ends), sum(time_of(end) > limit for end in timing.ends), limit, groups)
