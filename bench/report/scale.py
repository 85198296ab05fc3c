# SPDX-License-Identifier: Apache-2.0
"""Scale, in the engine's cycles: throughput over queue pairs, over the requests that fill the lanes, over the bus, over the
configurations that are built, and cost over the number of keys in use."""

from __future__ import annotations

from collections.abc import Iterator

from report.algorithms import DIGESTS, engine_name
from report.engine import BASE_LATENCY, Point, Sweep, conditions, point
from report.figures import Condition, Figure
from report.part import Context
from report.profiles import BUS_BITS

QUEUES = (1, 2, 3, 4)
#: Requests in flight: the cipher has 32 lanes, SHA-2 four, SHA-3 one.
LANES = (1, 2, 3, 4, 6, 8, 16, 24, 32, 48, 64)
SESSIONS = (1, 10, 100, 1000, 10000, 100000)
SMALL, LARGE = 64, 4096
BUS_SIZES = (64, 256, 1024, 4096, 65536)
SESSION_REQUESTS = 4096
CONFIGURATIONS = ('default', 'small')
CONFIGURATION_REQUESTS = 16
NO_PARAMETERS = ('scale: queues, slots, blocks in flight and lanes for hash functions are parameters of the RTL, but the model '
                 'is built for the default ones, and the RTL for those and for its small configuration: no others are '
                 'measured')


def one_point(algorithm: str, size: int, depth: int, queues: int, **more: int) -> Point:
    """Encryption with a key of 256 bits, or a digest."""
    if algorithm in DIGESTS:
        return {'mode': engine_name(algorithm), 'bytes': size, 'depth': depth, 'queues': queues, **more}
    return point(algorithm, 256, False, size, depth, queues, **more)


class ScalePart:
    name = 'scale'

    @staticmethod
    def _model(context: Context) -> Iterator[tuple[str, str, Sweep, list[Point]]]:
        """Figure, the condition that grows, and how it is measured."""
        def asked_for(*names: str) -> list[str]:
            return [name for name in names if name in context.algorithms]

        modes = asked_for('gcm', 'cbc', 'ccm')
        sweep = Sweep(context, 'model')
        yield 'scale.queues', 'queues', sweep, [one_point(mode, size, 16, queues) for mode in modes
                                                for size in (SMALL, LARGE) for queues in QUEUES]
        yield 'scale.lanes', 'depth', sweep, [one_point(name, LARGE, depth, 1)
                                              for name in modes + asked_for('sha-256', 'sha3-256') for depth in LANES]
        for bits in BUS_BITS:
            yield 'scale.bus', 'bus_bits', Sweep(context, 'model', BASE_LATENCY, bits), [
                one_point(mode, size, 32, 1) for mode in modes for size in BUS_SIZES]
        sessions = SESSIONS[:4] if context.quick else SESSIONS
        yield 'scale.sessions', 'sessions', sweep, [
            one_point('gcm', SMALL, 32, 1, sessions=count, requests=SESSION_REQUESTS)
            for count in sessions if 'gcm' in modes]

    @staticmethod
    def _rtl(context: Context) -> Iterator[tuple[str, str, Sweep, list[Point]]]:
        """The configurations, which the model does not have."""
        names = ('gcm', 'sha-256') if context.quick else ('ctr', 'gcm', 'xts', 'cbc', 'ccm', 'cmac', 'sha-256', 'sha3-256')
        for configuration in CONFIGURATIONS:
            yield 'scale.configuration', 'configuration', Sweep(context, 'rtl', configuration=configuration), [
                one_point(name, size, CONFIGURATION_REQUESTS, 1, requests=CONFIGURATION_REQUESTS)
                for name in names if name in context.algorithms for size in (SMALL, LARGE)]

    def _sweeps(self, context: Context) -> Iterator[tuple[str, str, Sweep, list[Point]]]:
        if 'model' in context.engines:
            yield from self._model(context)
        if 'rtl' in context.engines:
            yield from self._rtl(context)

    def seconds(self, context: Context) -> float:
        return sum(sweep.seconds(points) for _, _, sweep, points in self._sweeps(context)) + (2 if context.quick else 20)

    def measure(self, context: Context) -> Iterator[Figure]:
        if 'model' not in context.engines:
            context.skip('scale: the model was not asked for (--engine): configurations alone are measured, on the RTL')
        if 'rtl' not in context.engines:
            context.skip('scale: the RTL was not asked for (--engine), and the model has no configuration but the default one')
        context.skip(NO_PARAMETERS)
        for name, grows, sweep, points in self._sweeps(context):
            for answer in sweep.run(points):
                asked = answer['point']
                of_sweep: dict[str, Condition] = {'bus_bits': sweep.bus_bits, 'configuration': sweep.configuration}
                condition = of_sweep[grows] if grows in of_sweep else asked[grows]
                common: dict[str, Condition] = {**conditions(sweep.engine, asked, sweep.latency, sweep.bus_bits),
                                                grows: condition}
                yield Figure(name, 'bytes per cycle', answer['bytes_per_cycle'], common,
                             {'cycles_per_request': answer['cycles_per_request'], **answer['bus'],
                              'lowest_share': answer['lowest_share']}, exact=True)
        context.progress.advance('scale', 2 if context.quick else 20)
