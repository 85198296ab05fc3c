#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/baseline.json: cycles of a small set of requests, exact. `check` measures them again and fails if one got worse,
`write` replaces them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from report.engine import BASE_BUS_BITS, BASE_LATENCY, Point, algorithm_of, baseline_points
from report.part import PartError, answers

FILE = Path(__file__).resolve().parents[1] / 'baseline.json'
ABOUT = ('Cycles of the engine, measured by the C++ model, which is equal to the RTL in every cycle. To replace them: '
         'cd bench && python3 -B -m report.baseline write --program ../build/bench/cce_engine_sweep')


def name_of(point: Point) -> str:
    what = algorithm_of(point)
    if 'key_bits' in point:
        what = f'aes-{point["key_bits"]}-{what} {"decrypt" if point["decrypt"] else "encrypt"}'
    return (f'{what}, {point["bytes"]} bytes, depth {point["depth"]}, queues {point["queues"]}, '
            f'window {point["requests"]}')


def measured(program: Path, points: Iterable[Point], log: Path) -> dict[str, dict[str, int]]:
    """By name: cycles of the window, median and greatest latency."""
    lines = answers([str(program), '--latency', str(BASE_LATENCY), '--data-width', str(BASE_BUS_BITS)],
                    [json.dumps(point) for point in points], 1, log)
    found: dict[str, dict[str, int]] = {}
    for line in lines:
        answer: dict[str, Any] = json.loads(line)
        if 'failure' in answer:
            raise PartError(f'{name_of(answer["point"])}: {answer["failure"]}')
        found[name_of(answer['point'])] = {'cycles': answer['cycles'], 'latency_p50': answer['latency']['p50'],
                                           'latency_max': answer['latency']['max']}
    return found


def judge(old: dict[str, dict[str, int]], new: dict[str, dict[str, int]]) -> tuple[list[str], list[str]]:
    """What got worse, and what else is not as it was."""
    worse: list[str] = []
    other: list[str] = []
    for name in old.keys() | new.keys():
        if name not in old or name not in new:
            worse.append(f'{name}: {"not in the baseline" if name not in old else "no longer measured"}')
            continue
        for what, before in old[name].items():
            after = new[name][what]
            if after != before:
                (worse if after > before else other).append(f'{name}: {what} {before:,} -> {after:,}')
    return sorted(worse), sorted(other)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog='report.baseline', description=__doc__)
    parser.add_argument('action', choices=('check', 'write'))
    parser.add_argument('--program', type=Path, required=True, help='cce_engine_sweep')
    parser.add_argument('--file', type=Path, default=FILE, help='default: bench/baseline.json')
    parser.add_argument('--log', type=Path, default=Path('baseline.log'), help='what the program says')
    options = parser.parse_args(arguments)
    try:
        new = measured(options.program, baseline_points(), options.log)
        if options.action == 'write':
            lines = ',\n'.join(f'  {json.dumps(name)}: {json.dumps(values)}' for name, values in sorted(new.items()))
            options.file.write_text(
                '{\n "license": "SPDX-License-Identifier: Apache-2.0",\n "about": ' + json.dumps(ABOUT) +
                ',\n "unit": "cycles",\n "figures": {\n' + lines + '\n }\n}\n', encoding='utf-8')
            return 0
        old = json.loads(options.file.read_text(encoding='utf-8'))['figures']
    except (PartError, OSError, ValueError, KeyError) as error:
        print(f'report.baseline: {error}', file=sys.stderr)
        return 2
    worse, other = judge(old, new)
    for line in other:
        print(f'better: {line}')
    for line in worse:
        print(f'WORSE: {line}')
    print(f'{len(new)} points, {len(worse)} figures worse, {len(other)} better')
    if worse:
        print('If that is meant, write the baseline anew, and say in the commit what it buys: see "about" in the file.')
    return 1 if worse else 0


if __name__ == '__main__':
    sys.exit(main())
