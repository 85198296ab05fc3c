# SPDX-License-Identifier: Apache-2.0
"""The software path, on this machine: OpenSSL with all of the CPU's instructions, with AES-NI only, and with none; the
kernel's own C code in a guest; memcpy as the floor; `openssl speed` as a second opinion."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from report.algorithms import NO_DIRECTION, openssl_names
from report.figures import Condition, Figure, Report, summarize
from report.machine import IDLE_CORES, NO_GUEST_KERNEL, ROOT, Others, guest_kernel
from report.part import Context, PartError, run

CLASSES = ('all', 'aes-ni', 'plain')
SIZES = (16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
REPETITIONS = 10
#: What the rest of the machine did while OpenSSL was timed.
OTHERS = 'machine.others'
#: Of the kernel's own C code, as of OpenSSL's classes.
KERNEL_C = 'kernel-c'
KERNEL_C_SECONDS = 12  #: of all its rounds, the guest's boot included
NAME = re.compile(r'(?P<algorithm>[^/]+)(/(?P<direction>encrypt|decrypt))?/(?P<bytes>\d+)(/.*)?')
#: Measured by `openssl speed` as well: its name there, ours.
CROSS_CHECKED = {'aes-256-gcm': ('-evp', 'aes-256-gcm'), 'aes-256-ctr': ('-evp', 'aes-256-ctr'),
                 'sha-256': ('-evp', 'sha256')}
CROSS_CHECK_BYTES = 16384


@dataclass(frozen=True)
class Kind:
    instructions: str
    algorithm: str
    direction: str
    bytes: int


@dataclass
class Samples:
    nanoseconds: list[float]
    cycles: list[float]


def parse(text: str, instructions: str) -> Iterator[tuple[Kind, float, float | None, str]]:
    """Rows of Google Benchmark's JSON: nanoseconds, cycles of the time stamp counter, digest of the output."""
    try:
        rows = json.loads(text)['benchmarks']
    except (ValueError, KeyError) as error:
        raise PartError(f'cce_bench_openssl printed no JSON of Google Benchmark: {error}') from error
    for row in rows:
        if row['run_type'] != 'iteration':
            continue
        match = NAME.fullmatch(row['name'])
        if match is None or row['time_unit'] != 'ns':
            raise PartError(f'cce_bench_openssl: what is {row["name"]} in {row["time_unit"]}?')
        if row.get('error_occurred'):
            raise PartError(f'cce_bench_openssl: {row["name"]}: {row["error_message"]}')
        kind = Kind(instructions, match['algorithm'], match['direction'] or NO_DIRECTION, int(match['bytes']))
        yield kind, row['real_time'], row.get('tsc_cycles'), row['label']


def parse_kernel(text: str) -> Iterator[tuple[Kind, float, float | None, str]]:
    """What bench/kernel_c/measure.sh prints: NAME/DIRECTION/BYTES DIGEST CYCLES:NANOSECONDS..."""
    for line in text.splitlines():
        try:
            name, digest, *samples = line.split()
            algorithm, direction, size = name.split('/')
            kind = Kind(KERNEL_C, algorithm, direction if algorithm.startswith('aes') else NO_DIRECTION, int(size))
            pairs = [(float(cycles), float(nanoseconds)) for cycles, nanoseconds in
                     (sample.split(':') for sample in samples)]
        except ValueError as error:
            raise PartError(f'cce_kernel_c: what is "{line}"?') from error
        for cycles, nanoseconds in pairs:
            yield kind, nanoseconds, cycles, digest


class Collection:
    """Samples of all rounds; what one class of instructions makes must be what the others make."""

    def __init__(self) -> None:
        self.samples: dict[Kind, Samples] = defaultdict(lambda: Samples([], []))
        self.digests: dict[tuple[str, str, int], str] = {}

    def add(self, rows: Iterable[tuple[Kind, float, float | None, str]]) -> None:
        for kind, nanoseconds, cycles, digest in rows:
            known = self.digests.setdefault((kind.algorithm, kind.direction, kind.bytes), digest)
            if known != digest:
                raise PartError(f'software with instructions "{kind.instructions}" computes another {kind.algorithm} '
                                f'({kind.direction}, {kind.bytes} bytes) than with other instructions')
            self.samples[kind].nanoseconds.append(nanoseconds)
            if cycles is not None:
                self.samples[kind].cycles.append(cycles)

    def figures(self, wanted: int) -> Iterator[Figure]:
        for kind, samples in self.samples.items():
            conditions: dict[str, Condition] = {
                'instructions': kind.instructions, 'algorithm': kind.algorithm, 'direction': kind.direction,
                'bytes': kind.bytes}
            complete = len(samples.nanoseconds) >= wanted
            time = summarize('software.time', 'ns per request', samples.nanoseconds, conditions, complete=complete)
            yield Figure(time.name, time.unit, time.value, conditions,
                         {'bytes_per_second': kind.bytes * 1e9 / time.value}, time.repetitions, time.quartiles,
                         complete=complete)
            if samples.cycles:
                yield summarize('software.cycles', 'time stamp counter cycles per byte',
                                [value / kind.bytes for value in samples.cycles], conditions, complete=complete)


class SoftwarePart:
    name = 'software'

    def _shape(self, context: Context) -> tuple[list[str], tuple[int, ...], float]:
        """Algorithms, sizes and seconds of a repetition."""
        if context.quick:
            return openssl_names(context.algorithms, (256,)) + ['memcpy'], SIZES[1:-2], 0.001
        return openssl_names(context.algorithms, (128, 192, 256)) + ['memcpy'], SIZES, 0.01

    def _round_seconds(self, context: Context) -> float:
        """Of one class. Google Benchmark tries out how many requests fill a repetition: that doubles it, and more."""
        algorithms, sizes, seconds = self._shape(context)
        return 1.6 * len(algorithms) * len(sizes) * max(2.5 * seconds, 0.004)

    def seconds(self, context: Context) -> float:
        return REPETITIONS * len(CLASSES) * self._round_seconds(context) + KERNEL_C_SECONDS + len(self._cross_checked(context))

    @staticmethod
    def _cross_checked(context: Context) -> list[str]:
        named = openssl_names(context.algorithms, (256,))
        return [name for name in CROSS_CHECKED if name in named][:1 if context.quick else None]

    def measure(self, context: Context) -> Iterator[Figure]:
        program = str(context.program('bench/cce_bench_openssl'))
        algorithms, sizes, seconds = self._shape(context)
        masks = {name: run([program, '--print-mask', name], context.work / 'mask.log').strip() for name in CLASSES}
        collection = Collection()
        others = Others()
        try:
            # A process for each class and round, classes in another order each time: what changes on the machine
            # meanwhile is in all of them.
            for number in range(REPETITIONS):
                for instructions in random.sample(CLASSES, len(CLASSES)):
                    environment = {**os.environ, 'OPENSSL_ia32cap': masks[instructions]}
                    if not masks[instructions]:
                        del environment['OPENSSL_ia32cap']
                    named = [name for name in algorithms if name != 'memcpy' or instructions == 'all']
                    command = [program, '--repetitions', '1', '--seconds', str(seconds), '--algorithms', ','.join(named),
                               '--sizes', ','.join(map(str, sizes)), '--core', str(context.cores[-1])]
                    text = run(command, context.work / 'openssl.log', environment)
                    collection.add(parse(text, instructions))
                    context.progress.advance('software', self._round_seconds(context),
                                             f'{instructions}, round {number + 1} of {REPETITIONS}')
            yield Figure(OTHERS, 'cores', others.cores())
            self._kernel_c(context, collection, sizes)
        finally:
            # Also of a run that was interrupted or failed: fewer repetitions, marked as not complete.
            figures = list(collection.figures(REPETITIONS))
            yield from figures
        if shutil.which('openssl') is None:
            context.skip('software: the second opinion of openssl speed: there is no openssl: install the Debian package openssl')
            return
        for name in self._cross_checked(context):
            yield self._cross_check(context, name, figures)

    @staticmethod
    def _kernel_c(context: Context, collection: Collection, sizes: tuple[int, ...]) -> None:
        """In a guest in real time, whose CPU is this machine's."""
        kernel = guest_kernel()
        if kernel is None:
            context.skip("software: the kernel's own C code: " + NO_GUEST_KERNEL)
            return
        text = run(context.pinned(
            str(ROOT / 'bench/kernel_c/measure.sh'), '--kernel', str(kernel), '--out', str(context.work / 'kernel_c'),
            '--sizes', ','.join(map(str, sizes)), '--rounds', str(REPETITIONS), '--names',
            ','.join(openssl_names(context.algorithms, (256,)))), context.work / 'kernel_c.log')
        collection.add(parse_kernel(text))
        context.progress.advance('software', KERNEL_C_SECONDS, "the kernel's own C code")

    @staticmethod
    def _cross_check(context: Context, name: str, figures: list[Figure]) -> Figure:
        """What `openssl speed` says of the same. By CPU time: -elapsed is for those that leave the work to a device."""
        options = CROSS_CHECKED[name]
        text = run(context.pinned('openssl', 'speed', '-mr', '-seconds', '1', '-bytes', str(CROSS_CHECK_BYTES), *options),
                   context.work / 'speed.log')
        context.progress.advance('software', 1, f'openssl speed {name}')
        rate = speed_rate(text)
        conditions: dict[str, Condition] = {'instructions': 'all', 'algorithm': name, 'bytes': CROSS_CHECK_BYTES,
                                            'direction': 'encrypt' if name.startswith('aes') else NO_DIRECTION}
        ours = [figure for figure in figures if figure.name == 'software.time' and figure.conditions == conditions]
        parts = {'ratio_to_ours': rate / ours[0].parts['bytes_per_second']} if ours else {}
        return Figure('software.openssl_speed', 'bytes per second', rate, conditions, parts)


def busy_others(report: Report) -> float | None:
    """Cores that other programs kept busy while OpenSSL was timed, if that is more than an idle machine's."""
    cores = next((figure.value for figure in report.figures if figure.name == OTHERS), 0.0)
    return cores if cores > IDLE_CORES else None


def speed_rate(text: str) -> float:
    """Bytes per second from `openssl speed -mr`: +F:number:name:rate."""
    for line in text.splitlines():
        fields = line.split(':')
        if fields[0] == '+F' and len(fields) >= 4:
            return float(fields[3])
    raise PartError(f'openssl speed printed no result: {text[:200]!r}')

