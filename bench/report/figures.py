# SPDX-License-Identifier: Apache-2.0
"""What is measured: figures with their unit, conditions and spread, and the report that holds them."""

from __future__ import annotations

import csv
import json
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

FORMAT = 1
Condition = str | int | float | bool


class ReportError(Exception):
    """A report that cannot be read or written: the message says which, and why."""


@dataclass(frozen=True)
class Figure:
    """One thing that was measured under stated conditions.

    `value` is the median of all repetitions; of a figure with several parts (`parts`, such as percentiles) it is the
    first that counts. `exact` figures are cycles of a simulated engine: they have no spread, and any change is one.
    """

    name: str
    unit: str
    value: float
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
    repetitions: int = 1
    quartiles: tuple[float, float] | None = None
    exact: bool = False
    complete: bool = True

    def key(self) -> tuple[str, tuple[tuple[str, Condition], ...]]:
        return self.name, tuple(sorted(self.conditions.items()))

    def as_json(self) -> dict[str, Any]:
        quartiles = list(self.quartiles) if self.quartiles else [self.value, self.value] if self.exact else None
        return {'name': self.name, 'unit': self.unit, 'value': self.value, 'median': self.value, 'quartiles': quartiles,
                'repetitions': self.repetitions, 'exact': self.exact, 'complete': self.complete,
                'conditions': dict(self.conditions), **({'parts': dict(self.parts)} if self.parts else {})}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Figure:
        quartiles = data['quartiles']
        wanted: tuple[tuple[str, Any, type | tuple[type, ...]], ...] = (
            ('name', data['name'], str), ('unit', data['unit'], str), ('conditions', data['conditions'], dict),
            ('parts', data.get('parts', {}), dict), ('exact', data['exact'], bool), ('complete', data['complete'], bool))
        for name, value, kind in wanted:
            if not isinstance(value, kind):
                raise TypeError(f'{name} {value!r} of figure {data["name"]!r}')
        if quartiles is not None and (not isinstance(quartiles, list) or len(quartiles) != 2):
            raise TypeError(f'quartiles {quartiles!r} of figure {data["name"]!r}')
        for value in (data['value'], data['repetitions'], *(quartiles or ()), *data.get('parts', {}).values()):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f'number {value!r} of figure {data["name"]!r}')
        for value in data['conditions'].values():
            if not isinstance(value, str | int | float):
                raise TypeError(f'condition {value!r} of figure {data["name"]!r}')
        return Figure(data['name'], data['unit'], data['value'], data['conditions'], data.get('parts', {}),
                      data['repetitions'], (quartiles[0], quartiles[1]) if quartiles else None, data['exact'],
                      data['complete'])


def summarize(name: str, unit: str, samples: list[float], conditions: Mapping[str, Condition],
              parts: Mapping[str, float] | None = None, complete: bool = True) -> Figure:
    """The figure of several repetitions: median and quartiles. One alone tells of no spread."""
    if not samples:
        raise ValueError(f'{name}: no samples')
    if len(samples) == 1:
        return Figure(name, unit, samples[0], conditions, parts or {}, complete=complete)
    low, median, high = statistics.quantiles(samples, n=4, method='inclusive')
    return Figure(name, unit, median, conditions, parts or {}, len(samples), (low, high), complete=complete)


@dataclass
class Report:
    """All figures of a run, and what they are figures of."""

    machine: dict[str, Any]
    options: dict[str, Any]
    profiles: dict[str, dict[str, Any]]
    figures: list[Figure] = field(default_factory=list)
    #: By part: seconds, complete, and what was skipped with its reason.
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    complete: bool = False
    begun: str = ''
    seconds: float = 0

    def select(self, name: str, **conditions: Condition) -> Iterator[Figure]:
        """The figures of that name under (at least) these conditions."""
        for figure in self.figures:
            if figure.name == name and all(figure.conditions.get(key) == value for key, value in conditions.items()):
                yield figure

    def skipped(self) -> list[tuple[str, str]]:
        return [(part, reason) for part, state in self.parts.items() for reason in state['skipped']]

    def write_json(self, path: Path) -> None:
        head = {'program': 'scripts/bench.sh', 'format': FORMAT, 'begun': self.begun, 'seconds': round(self.seconds, 1),
                'complete': self.complete, 'options': self.options, 'machine': self.machine, 'profiles': self.profiles,
                'parts': self.parts}
        # A figure a line: thousands of them, and still fit to be read and compared.
        lines = ',\n'.join('  ' + json.dumps(figure.as_json()) for figure in self.figures)
        text = json.dumps(head, indent=1)[:-2] + ',\n "figures": [\n' + lines + '\n ]\n}\n'
        write_text(path, text)

    def write_csv(self, path: Path) -> None:
        """A line for each figure, and one more for each of its parts."""
        names = sorted({name for figure in self.figures for name in figure.conditions})

        def rows(file: TextIO) -> None:
            out = csv.writer(file)
            out.writerow(['name', 'part', 'unit', 'median', 'quartile 1', 'quartile 3', 'repetitions', 'exact', 'complete',
                          *names])
            for figure in self.figures:
                given = [figure.conditions.get(name, '') for name in names]
                low, high = figure.quartiles or ((figure.value,) * 2 if figure.exact else ('', ''))
                out.writerow([figure.name, '', figure.unit, figure.value, low, high, figure.repetitions, figure.exact,
                              figure.complete, *given])
                for part, value in figure.parts.items():
                    out.writerow([figure.name, part, figure.unit, value, '', '', figure.repetitions, figure.exact,
                                  figure.complete, *given])

        try:
            with path.open('w', encoding='utf-8', newline='') as file:
                rows(file)
        except OSError as error:
            raise ReportError(f'cannot write {path}: {error.strerror}') from error


def write_text(path: Path, text: str) -> None:
    """Writes it, as a whole or not at all."""
    new = path.with_name(path.name + '.new')
    try:
        new.write_text(text, encoding='utf-8')
        new.replace(path)
    except OSError as error:
        raise ReportError(f'cannot write {path}: {error.strerror}') from error


def check_head(data: Mapping[str, Any]) -> None:
    """All of a report but its figures. Raises KeyError or TypeError with what is missing or wrong."""
    kinds: dict[str, type | tuple[type, ...]] = {
        'machine': dict, 'options': dict, 'profiles': dict, 'parts': dict, 'figures': list, 'complete': bool, 'begun': str,
        'seconds': (int, float)}
    for name, kind in kinds.items():
        if not isinstance(data[name], kind):
            raise TypeError(f'{name} {data[name]!r:.60}')
    for name, part in data['parts'].items():
        if not isinstance(part, dict) or not isinstance(part['skipped'], list):
            raise TypeError(f'part {name}')
    for name, profile in data['profiles'].items():
        if not isinstance(profile, dict) or profile['kind'] not in ('engine', 'cpu'):
            raise TypeError(f'profile {name}')


def read_report(path: Path) -> Report:
    try:
        data = json.loads(path.read_text(encoding='utf-8'))
    except OSError as error:
        raise ReportError(f'cannot read {path}: {error.strerror}') from error
    except ValueError as error:
        raise ReportError(f'{path} is not JSON: {error}') from error
    try:
        if data['format'] != FORMAT:
            raise ReportError(f'{path} has format {data["format"]}, this program reads format {FORMAT}')
        check_head(data)
        return Report(data['machine'], data['options'], data['profiles'],
                      [Figure.from_json(figure) for figure in data['figures']], data['parts'], data['complete'],
                      data['begun'], data['seconds'])
    except (KeyError, TypeError) as error:
        raise ReportError(f'{path} is not a report of scripts/bench.sh: {error} is missing or wrong') from error
