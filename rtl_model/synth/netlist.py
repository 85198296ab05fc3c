# SPDX-License-Identifier: Apache-2.0
"""Area and logic depth of a mapped netlist, from the JSON that Yosys writes (flattened, one module)."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

# The register that the gate flow leaves; its area is that of the library's cell DFF.
GATE_REGISTER = '$_DFF_P_'
MEMORY = '$mem_v2'
# Cells of the ECP5 that paths end and begin at. Distributed RAM is written on the clock and read through.
ECP5_REGISTER = 'TRELLIS_FF'
ECP5_SEQUENTIAL = frozenset({ECP5_REGISTER, 'DP16KD', 'PDPW16KD', 'MULT18X18D', 'ALU54B'})
# Multiplexers beside the tables of a slice: no level of their own.
ECP5_SLICE_MULTIPLEXERS = frozenset({'PFUMX', 'L6MUX21'})
_NOT_LOGIC = frozenset({'$scopeinfo', '$print', '$check'})


class NetlistError(Exception):
    """The netlist is not what the flow should have made."""


@dataclass(frozen=True)
class Memory:
    words: int
    bits: int                    # a word

    @property
    def size(self) -> int:
        return self.words * self.bits


@dataclass(frozen=True)
class Depth:
    levels: int
    end: str                     # net or port at the end of the longest path


def load(path: Path) -> dict[str, Any]:
    """The one module of a netlist that is not a cell of a library."""
    with path.open(encoding='utf-8') as file:
        modules = json.load(file)['modules']
    real = {name: module for name, module in modules.items()
            if not int(module['attributes'].get('blackbox', '0'), 2)
            and not int(module['attributes'].get('whitebox', '0'), 2)}
    if len(real) != 1:
        raise NetlistError(f'{path}: one module expected, there are {sorted(real)}')
    return next(iter(real.values()))


def library_areas(path: Path) -> dict[str, float]:
    """Area of each cell of a liberty file."""
    text = re.sub(r'/\*.*?\*/', '', path.read_text(encoding='utf-8'), flags=re.DOTALL)
    areas = {name: float(area) for name, area in re.findall(r'cell\s*\((\w+)\)\s*\{\s*area\s*:\s*([\d.]+)', text)}
    if areas.get('NAND2') != 1.0 or 'DFF' not in areas:
        raise NetlistError(f'{path}: a library of gate equivalents has NAND2 of area 1, and DFF')
    return areas


def cell_counts(module: dict[str, Any]) -> Counter[str]:
    return Counter(cell['type'] for cell in module['cells'].values() if cell['type'] not in _NOT_LOGIC)


def gate_equivalents(counts: Counter[str], areas: dict[str, float]) -> float:
    """Area of gates and registers; memories are left out."""
    total = 0.0
    for kind, count in counts.items():
        if kind == MEMORY:
            continue
        name = 'DFF' if kind == GATE_REGISTER else kind
        if name not in areas:
            raise NetlistError(f'{count} cells of type {kind} were not mapped to the library')
        total += count * areas[name]
    return total


def memories(module: dict[str, Any]) -> list[Memory]:
    found = []
    for cell in module['cells'].values():
        if cell['type'] == MEMORY:
            parameters = cell['parameters']
            found.append(Memory(int(parameters['SIZE'], 2), int(parameters['WIDTH'], 2)))
    return sorted(found, key=lambda memory: (-memory.size, memory.words))


def _memory_arcs(cell: dict[str, Any]) -> list[tuple[list[Any], list[Any], int]]:
    """Asynchronous read ports of a memory: address to data, one level."""
    parameters, connections = cell['parameters'], cell['connections']
    clocked = parameters['RD_CLK_ENABLE'][::-1]
    ports, address_bits, width = (int(parameters[name], 2) for name in ('RD_PORTS', 'ABITS', 'WIDTH'))
    return [(connections['RD_ADDR'][address_bits * port:address_bits * (port + 1)],
             connections['RD_DATA'][width * port:width * (port + 1)], 1)
            for port in range(ports) if clocked[port] == '0']


def _arcs(cell: dict[str, Any]) -> list[tuple[list[Any], list[Any], int]]:
    """Paths through a cell: bits in, bits out, levels."""
    kind, connections = cell['type'], cell['connections']
    if kind in ECP5_SEQUENTIAL or kind == GATE_REGISTER:
        return []
    if kind == MEMORY:
        return _memory_arcs(cell)
    if kind == 'TRELLIS_DPR16X4':
        return [(connections['RAD'], connections['DO'], 1)]
    # Of a gate of the library Yosys knows no directions: all have one output, Y.
    directions = cell.get('port_directions') or {name: 'output' if name == 'Y' else 'input' for name in connections}
    outputs = {name: bits for name, bits in connections.items() if directions[name] == 'output'}
    inputs = {name: bits for name, bits in connections.items() if directions[name] == 'input'}
    if kind == 'CCU2C':
        # The carry chain itself is quick: its level counts where it is entered.
        every = [bit for bits in outputs.values() for bit in bits]
        entries = [bit for name, bits in inputs.items() if name != 'CIN' for bit in bits]
        return [(entries, every, 1), (inputs.get('CIN', []), every, 0)]
    levels = 0 if kind in ECP5_SLICE_MULTIPLEXERS else 1
    return [([bit for bits in inputs.values() for bit in bits], [bit for bits in outputs.values() for bit in bits], levels)]


def in_order(arcs: list[tuple[list[int], list[int]]]) -> Iterator[int]:
    """Numbers of the arcs (bits in, bits out), each behind all those that drive its inputs."""
    followers: dict[int, list[int]] = defaultdict(list)
    undriven = Counter(bit for _, outputs in arcs for bit in outputs)
    driven = frozenset(undriven)
    waiting = []
    for number, (inputs, _) in enumerate(arcs):
        needed = [bit for bit in inputs if bit in driven]
        waiting.append(len(needed))
        for bit in needed:
            followers[bit].append(number)
    ready = deque(number for number, count in enumerate(waiting) if count == 0)
    done = 0
    while ready:
        number = ready.popleft()
        done += 1
        yield number
        for bit in arcs[number][1]:
            undriven[bit] -= 1
            if undriven[bit] == 0:
                for follower in followers[bit]:
                    waiting[follower] -= 1
                    if waiting[follower] == 0:
                        ready.append(follower)
    if done != len(arcs):
        raise NetlistError(f'{len(arcs) - done} cells are in combinational loops')


def driven_bits(bits: list[Any]) -> list[int]:
    """Without the constants."""
    return [bit for bit in bits if isinstance(bit, int)]


def depth(module: dict[str, Any]) -> Depth:
    """Cells on the longest path between registers, memories and ports."""
    arcs = [(driven_bits(inputs), driven_bits(outputs), levels) for cell in module['cells'].values()
            if cell['type'] not in _NOT_LOGIC for inputs, outputs, levels in _arcs(cell)]
    level: dict[int, int] = defaultdict(int)
    ends: set[int] = set()
    for number in in_order([(inputs, outputs) for inputs, outputs, _ in arcs]):
        inputs, outputs, levels = arcs[number]
        start = max((level[bit] for bit in inputs if bit in ends), default=0)
        for bit in outputs:
            level[bit] = max(level[bit], start + levels)
            ends.add(bit)
    if not ends:
        return Depth(0, '')
    last = max(ends, key=lambda bit: (level[bit], -bit))
    names = sorted(name for name, net in module['netnames'].items() if last in net['bits'] and not net['hide_name'])
    # A name made by the tools says less than the register that the net goes to.
    if not names:
        names = sorted(name for name, cell in module['cells'].items()
                       for bits in cell['connections'].values() if last in bits)
    return Depth(level[last], names[0] if names else '')
