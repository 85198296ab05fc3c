# SPDX-License-Identifier: Apache-2.0
"""What scripts/synth.sh prints: the table, the goals, the JSON, and the part of docs/area.md that it writes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from estimate import Estimate
from flows import GateResult, PlaceResult

BEGIN, END = '<!-- begin: written by scripts/synth.sh -->', '<!-- end: written by scripts/synth.sh -->'
AREA_GOAL_BLOCKS = ('aes_cipher', 'ghash')


@dataclass
class Row:
    """A block in a configuration; None is what was not run."""

    configuration: str
    block: str
    instances: int
    gates: GateResult | None = None
    placed: PlaceResult | None = None
    estimate: Estimate | None = None
    needs: dict[str, int] | None = None      # with an estimate: places in the device, before packing


def _frequency(fit: PlaceResult) -> str:
    if not fit.placed:
        return 'does not fit'
    return f'{fit.maximum_frequency:.1f}' + ('' if fit.routed else ' (placed)')


@dataclass
class Goal:
    text: str
    reached: bool


@dataclass
class Report:
    conditions: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def goals(self) -> list[Goal]:
        """The goals that the rows speak of: each placed block at the frequency asked for, the area of the AES core."""
        goals = []
        frequency = self.conditions['frequency_mhz']
        for row in self.rows:
            if row.placed is None:
                continue
            name = f'{row.block}, {row.configuration}'
            if not row.placed.placed:
                goals.append(Goal(f'{name}: not placed: {row.placed.reason}', False))
            else:
                goals.append(Goal(f'{name}: {row.placed.maximum_frequency:.1f} MHz of {frequency:g}'
                                  f'{"" if row.placed.routed else ", placed, not routed"}',
                                  row.placed.maximum_frequency >= frequency))
        limit = self.conditions['area_limit_kge']
        for configuration in dict.fromkeys(row.configuration for row in self.rows):
            parts = [row.gates for row in self.rows
                     if row.configuration == configuration and row.block in AREA_GOAL_BLOCKS and row.gates]
            if len(parts) == len(AREA_GOAL_BLOCKS):
                total = sum(part.gate_equivalents for part in parts) / 1000
                goals.append(Goal(f'cipher, key schedule and GHASH, {configuration}: {total:.1f} kGE of {limit:g}',
                                  total <= limit))
        return goals

    def lines(self) -> list[list[str]]:
        """The table's rows, header first."""
        table = [['block', 'instances', 'kGE', 'flip-flops', 'memory bits', 'depth', 'LUT4', 'registers', 'block RAM',
                  'DSP', 'LUT depth', 'MHz']]
        for row in self.rows:
            gates = ['-'] * 4
            if row.gates:
                gates = [f'{row.gates.gate_equivalents / 1000:.1f}', f'{row.gates.flip_flops:,}',
                         f'{row.gates.memory_bits:,}', str(row.gates.depth)]
            placed = ['-'] * 6
            if row.placed:
                fit = row.placed
                placed = [f'{fit.tables:,}', f'{fit.flip_flops:,}', str(fit.block_ram), str(fit.multipliers),
                          str(fit.table_levels), _frequency(fit)]
            table.append([row.block, str(row.instances), *gates, *placed])
        return table

    def text(self) -> str:
        """The table for a terminal, a configuration after the other."""
        table = self.lines()
        widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
        out = []

        def put(line: list[str]) -> None:
            out.append('  '.join(cell.ljust(width) if i == 0 else cell.rjust(width)
                                 for i, (cell, width) in enumerate(zip(line, widths))).rstrip())

        configuration = ''
        for row, line in zip(self.rows, table[1:]):
            if row.configuration != configuration:
                configuration = row.configuration
                out += ['', f'{configuration} configuration: {self.conditions["parameters"][configuration]}']
                put(table[0])
            put(line)
        out += ['', self._note()]
        out += [f'{"reached" if goal.reached else "MISSED "}  {goal.text}' for goal in self.goals()]
        out += [f'skipped  {line}' for line in self.skipped]
        out += [f'FAILED   {line}' for line in self.failures]
        return '\n'.join(out).lstrip('\n') + '\n'

    def _note(self) -> str:
        said = ['kGE, flip-flops, depth: gates of gate_equivalents.lib (NAND2 = 1), memories left out; depth in gates.']
        if any(row.placed for row in self.rows):
            said.append(f'From LUT4 on: {self.conditions["device"]}, speed grade {self.conditions["speed_grade"]}, '
                        f'placed for {self.conditions["frequency_mhz"]:g} MHz, seed {self.conditions["seed"]}; '
                        'registers at all pins of the block, not counted.')
        if any(row.placed and not row.placed.routed for row in self.rows):
            said.append('(placed): not routed; the frequency is the one that nextpnr expects after placement.')
        said += [f'S-boxes on the ECP5, {configuration} configuration: SboxStyle = {style}'
                 for configuration, style in self.conditions['sbox_style'].items()]
        said += [f'{name} {version}' for name, version in self.conditions['tools'].items()]
        return '\n'.join(said)

    def markdown(self) -> str:
        table = self.lines()
        out: list[str] = []
        for configuration in dict.fromkeys(row.configuration for row in self.rows):
            out += [f'### {configuration.capitalize()} configuration', '',
                    f'{self.conditions["parameters"][configuration]}', '', '| ' + ' | '.join(table[0]) + ' |',
                    '|---|' + '---:|' * (len(table[0]) - 1)]
            out += ['| ' + ' | '.join([f'`{line[0]}`', *line[1:]]) + ' |'
                    for row, line in zip(self.rows, table[1:]) if row.configuration == configuration]
            out.append('')
        missed = [goal.text for goal in self.goals() if not goal.reached]
        area = [goal.text for goal in self.goals() if 'kGE' in goal.text and goal.reached]
        out += [*self._note().splitlines(), '']
        out += [f'- reached: {text}' for text in area] + [f'- missed: {text}' for text in missed]
        out += [f'- skipped: {text}' for text in self.skipped] + [f'- failed: {text}' for text in self.failures]
        return '\n'.join(out).rstrip() + '\n'

    def as_json(self) -> str:
        return json.dumps({'conditions': self.conditions, 'rows': [asdict(row) for row in self.rows],
                           'goals': [asdict(goal) for goal in self.goals()], 'skipped': self.skipped,
                           'failures': self.failures}, indent=1) + '\n'

    def write_document(self, path: Path) -> None:
        """Replaces what is between the two marks of the page."""
        text = path.read_text(encoding='utf-8')
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not begin or not end:
            raise ValueError(f'{path}: the lines "{BEGIN}" and "{END}" are missing: they tell where the tables go')
        path.write_text(f'{before}{BEGIN}\n\n{self.markdown()}\n{END}{after}', encoding='utf-8')
