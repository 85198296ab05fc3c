# SPDX-License-Identifier: Apache-2.0
"""The engine, in cycles of its clock: every mode, key, direction, size, depth and number of queues on the model, a stated
subset on the RTL, and whether both are the same there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from report.algorithms import AES_MODES, DIGESTS, HASHES, HMACS, KEY_WRAP, KEY_WRAP_LIMIT, KNOWN, NO_DIRECTION, engine_name
from report.figures import Figure
from report.part import Context, PartError, answers

Point = dict[str, Any]

SIZES = (16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
DEPTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
QUEUES = (1, 4)
#: Requests in flight hold no more text than this: beyond it nothing changes but the time it takes to simulate.
FLIGHT_BYTES = 2 << 20
KEY_WRAP_DEPTHS = (1, 4)  # there is one key wrap at a time
NO_ORACLE = ('engine: XTS with keys of 192 bits is not measured: the engine has it, but neither IEEE 1619 nor OpenSSL, so that '
             'nobody says what is right')
BASE_LATENCY = 20
BASE_BUS_BITS = 128
SYNCHRONOUS = 1
#: As many requests as fill every lane.
DEEP = 32
#: Seconds of one core that a point takes, about.
POINT_SECONDS = {'model': 0.1, 'rtl': 0.3}


def deep(algorithm: str) -> int:
    """So many requests in flight fill every lane."""
    return KEY_WRAP_DEPTHS[-1] if algorithm in KEY_WRAP else DEEP


def is_deep(asked: Mapping[str, Any]) -> bool:
    """True if more requests in flight would give no more: conditions of a figure."""
    return bool(asked['depth'] * asked['queues'] >= deep(asked['algorithm']))


def point(mode: str, key_bits: int, decrypt: bool, size: int, depth: int, queues: int, **more: Any) -> Point:
    return {'mode': mode, 'key_bits': key_bits, 'decrypt': decrypt, 'bytes': size, 'depth': depth, 'queues': queues, **more}


def sensible(candidate: Point) -> bool:
    if candidate['mode'] == 'xts' and candidate['key_bits'] == 192:
        return False  # NO_ORACLE
    if candidate['mode'] in KEY_WRAP:
        return (candidate['bytes'] <= KEY_WRAP_LIMIT and candidate['depth'] in KEY_WRAP_DEPTHS and candidate['queues'] == 1)
    return bool(candidate['bytes'] * candidate['depth'] * candidate['queues'] <= FLIGHT_BYTES)


def grid(modes: Iterable[str], keys: Iterable[int], directions: Iterable[bool], sizes: Iterable[int], depths: Iterable[int],
         queues: Iterable[int], **more: Any) -> list[Point]:
    """All combinations that make sense, longest texts last so that the first figures come soon."""
    chosen, bits_of, both = tuple(modes), tuple(keys), tuple(directions)
    many, counts = tuple(depths), tuple(queues)
    made = []
    for size in sizes:
        made += [point(mode, bits, decrypt, size, depth, count, **more) for mode in chosen if mode in AES_MODES
                 for bits in bits_of for decrypt in both for depth in many for count in counts]
        made += [{'mode': engine_name(mode), 'bytes': size, 'depth': depth, 'queues': count,
                  **({'keyed': True} if mode in HMACS else {}), **more}
                 for mode in chosen if mode in DIGESTS for depth in many for count in counts]
    return [one for one in made if sensible(one)]


def quick_grid(modes: Iterable[str], directions: Iterable[bool]) -> list[Point]:
    """Of --quick: one at a time, and as many as fill every lane; of the longest texts, whose throughput is the same, one."""
    chosen, both = tuple(modes), tuple(directions)
    return [found for size in SIZES[:-2] for mode in chosen for depth in (SYNCHRONOUS, deep(mode))
            if size < SIZES[-3] or depth == SYNCHRONOUS
            for found in grid((mode,), (256,), both, (size,), (depth,), (1,))]


def sweep_points(context: Context) -> list[Point]:
    """What the model does."""
    modes = context.algorithms
    if context.quick:
        return quick_grid(modes, (False, True))
    return grid(modes, (128, 192, 256), (False, True), SIZES, DEPTHS, QUEUES)


def rtl_points(context: Context) -> list[Point]:
    """What the RTL does as well: small windows, since it is slow."""
    modes = context.algorithms
    if context.quick:
        return grid(modes, (256,), (False, True), (64, 1024), (8,), (1,), requests=16)
    made = (grid(modes, (128, 192, 256), (False, True), (16, 64, 1024, 4096), (DEEP,), (1,), requests=32) +
            grid(modes, (128, 192, 256), (False, True), (16, 64, 1024, 4096), (SYNCHRONOUS,), (1,), requests=4) +
            grid(modes, (256,), (False,), (64, 16384), (8,), (4,), requests=32))
    # A long key takes a hundred thousand cycles to be wrapped.
    return [one for one in made if one['mode'] not in KEY_WRAP or one['bytes'] <= 1024]


def baseline_points(modes: tuple[str, ...] = KNOWN) -> list[Point]:
    """The small set whose cycles bench/baseline.json holds."""
    return (grid(modes, (256,), (False, True), (64, 4096), (1, 32), (1,), requests=32) +
            grid(modes, (128,), (False,), (1024,), (1, 32), (1,), requests=32) +
            grid(modes, (256,), (False,), (1024,), (16,), (4,), requests=64))


def algorithm_of(asked: Mapping[str, Any]) -> str:
    """Our name of what is measured at a point."""
    chosen = HMACS if asked.get('keyed') else AES_MODES + HASHES
    return next(name for name in chosen if engine_name(name) == asked['mode'])


def conditions(engine: str, asked: Point, latency: int, bus_bits: int) -> dict[str, str | int | bool]:
    direction = ('decrypt' if asked['decrypt'] else 'encrypt') if 'decrypt' in asked else NO_DIRECTION
    return {'engine': engine, 'algorithm': algorithm_of(asked), 'key_bits': asked.get('key_bits', 0),
            'direction': direction, 'bytes': asked['bytes'], 'depth': asked['depth'],
            'queues': asked['queues'], 'bus_bits': bus_bits, 'memory_latency_cycles': latency}


def figures_of(answer: dict[str, Any], latency: int, bus_bits: int) -> list[Figure]:
    """One answer of cce_engine_sweep."""
    asked = answer['point']
    common = conditions(answer['engine'], asked, latency, bus_bits)

    dma = {way: share * answer['cycles'] / answer['requests'] * bus_bits / 8 for way, share in answer['bus'].items()}

    def figure(name: str, unit: str, value: float, parts: dict[str, float]) -> Figure:
        return Figure(name, unit, value, common, parts, exact=True)

    return [figure('engine.throughput', 'bytes per cycle', answer['bytes_per_cycle'],
                   {'cycles': answer['cycles'], 'requests': answer['requests'], 'bytes': answer['bytes'],
                    'cycles_per_request': answer['cycles_per_request'], 'lowest_share': answer['lowest_share']}),
            figure('engine.latency', 'cycles', answer['latency']['p50'], answer['latency']),
            figure('engine.stages', 'cycles', sum(answer['stages'].values()), answer['stages']),
            figure('engine.bus', 'share of cycles with a beat', max(answer['bus'].values()), answer['bus']),
            figure('engine.dma', 'bytes per request, whole beats', sum(dma.values()), dma)]


class Sweep:
    """cce_engine_sweep for one engine in one memory."""

    def __init__(self, context: Context, engine: str, latency: int = BASE_LATENCY, bus_bits: int = BASE_BUS_BITS,
                 configuration: str = 'default') -> None:
        self.context, self.engine, self.latency, self.bus_bits = context, engine, latency, bus_bits
        self.configuration = configuration

    def seconds(self, points: list[Point]) -> float:
        return len(points) * POINT_SECONDS[self.engine] / max(1, len(self.context.cores))

    def run(self, points: list[Point]) -> Iterator[dict[str, Any]]:
        command = [str(self.context.program('bench/cce_engine_sweep')), '--engine', self.engine, '--latency',
                   str(self.latency), '--data-width', str(self.bus_bits), '--configuration', self.configuration]
        log = self.context.work / f'sweep-{self.engine}-{self.latency}-{self.bus_bits}-{self.configuration}.log'
        work = self.seconds(points) / max(1, len(points))
        for line in answers(command, [json.dumps(one) for one in points], len(self.context.cores), log):
            answer = json.loads(line)
            if 'failure' in answer:
                raise PartError(f'engine {self.engine}, {answer["point"]}: {answer["failure"]}')
            asked = answer['point']
            self.context.progress.advance('engine', work, f'{self.engine}, {asked["mode"]}, {asked["bytes"]} bytes')
            yield answer


class EnginePart:
    name = 'engine'

    def _sweeps(self, context: Context) -> list[tuple[Sweep, list[Point]]]:
        """All but the RTL's. Each memory once, whatever the number of profiles that have it."""
        if 'model' not in context.engines:
            return []
        memories = {(BASE_LATENCY, BASE_BUS_BITS): sweep_points(context)}
        of_profile = (quick_grid(context.algorithms, (False,)) if context.quick else
                      grid(context.algorithms, (256,), (False,), SIZES, (SYNCHRONOUS, KEY_WRAP_DEPTHS[-1], DEEP), (1,)))
        for profile in context.engine_profiles:
            memories.setdefault((profile.memory_latency_cycles, profile.bus_bits), of_profile)
        return [(Sweep(context, 'model', latency, bits), points) for (latency, bits), points in memories.items()]

    def seconds(self, context: Context) -> float:
        total = sum(sweep.seconds(points) for sweep, points in self._sweeps(context))
        if 'rtl' in context.engines:
            total += Sweep(context, 'rtl').seconds(rtl_points(context))
        return total

    def measure(self, context: Context) -> Iterator[Figure]:
        if 'xts' in context.algorithms and not context.quick:
            context.skip(NO_ORACLE)
        for sweep, points in self._sweeps(context):
            for answer in sweep.run(points):
                yield from figures_of(answer, sweep.latency, sweep.bus_bits)
        if 'rtl' not in context.engines:
            context.skip('engine: the RTL was not asked for (--engine)')
            return
        yield from self._rtl(context)

    @staticmethod
    def _rtl(context: Context) -> Iterator[Figure]:
        points = rtl_points(context)
        found = {'rtl': [*Sweep(context, 'rtl').run(points)]}
        for answer in found['rtl']:
            yield from (figure for figure in figures_of(answer, BASE_LATENCY, BASE_BUS_BITS)
                        if figure.name != 'engine.stages')
        if 'model' not in context.engines:
            context.skip('engine: RTL and model were not compared, since the model was not asked for (--engine)')
            return
        yield equality(found['rtl'], [*Sweep(context, 'model').run(points)])


def equality(rtl: list[dict[str, Any]], model: list[dict[str, Any]]) -> Figure:
    """At how many points RTL and model did the same in the same cycles. Raises PartError if not at all of them."""
    def by_point(found: list[dict[str, Any]]) -> dict[str, str]:
        return {json.dumps(answer['point'], sort_keys=True): answer['digest'] for answer in found}

    first, second = by_point(rtl), by_point(model)
    if first.keys() != second.keys() or not first:
        raise PartError('RTL and model were not measured at the same points')
    different = [asked for asked, digest in first.items() if second[asked] != digest]
    if different:
        raise PartError(f'RTL and model differ at {len(different)} of {len(first)} points, the first being {different[0]}')
    return Figure('engine.rtl_equals_model', 'points', len(first), {'bus_bits': BASE_BUS_BITS,
                  'memory_latency_cycles': BASE_LATENCY},
                  {'points': len(first), 'equal': len(first), 'requests': sum(answer['requests'] for answer in rtl)}, exact=True)
