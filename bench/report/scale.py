# SPDX-License-Identifier: Apache-2.0
"""Scale, in the engine's cycles: throughput over queue pairs, over the bus, over the requests that fill the lanes, and cost
over the number of keys in use."""

from __future__ import annotations

from collections.abc import Iterator

from report.engine import BASE_LATENCY, Sweep, conditions, point
from report.figures import Figure
from report.part import Context
from report.profiles import BUS_BITS

QUEUES = (1, 2, 3, 4)
LANES = (1, 2, 4, 8, 16, 24, 32, 48, 64)
SESSIONS = (1, 10, 100, 1000, 10000, 100000)
SMALL, LARGE = 64, 4096
SESSION_REQUESTS = 4096


class ScalePart:
    name = 'scale'

    @staticmethod
    def _sweeps(context: Context) -> Iterator[tuple[str, str, Sweep, list[dict[str, object]]]]:
        """Figure, the condition that grows, and how it is measured."""
        modes = [mode for mode in ('gcm', 'cbc', 'ccm') if mode in context.algorithms]
        sweep = Sweep(context, 'model')
        yield 'scale.queues', 'queues', sweep, [point(mode, 256, False, size, 16, queues) for mode in modes
                                                for size in (SMALL, LARGE) for queues in QUEUES]
        yield 'scale.lanes', 'depth', sweep, [point(mode, 256, False, LARGE, depth, 1) for mode in modes for depth in LANES]
        for bits in BUS_BITS:
            yield 'scale.bus', 'bus_bits', Sweep(context, 'model', BASE_LATENCY, bits), [
                point(mode, 256, False, LARGE, 32, 1) for mode in modes]
        sessions = SESSIONS[:4] if context.quick else SESSIONS
        yield 'scale.sessions', 'sessions', sweep, [
            point('gcm', 256, False, SMALL, 32, 1, sessions=count, requests=SESSION_REQUESTS)
            for count in sessions if 'gcm' in modes]

    def seconds(self, context: Context) -> float:
        return sum(sweep.seconds(points) for _, _, sweep, points in self._sweeps(context)) + (2 if context.quick else 20)

    def measure(self, context: Context) -> Iterator[Figure]:
        if 'model' not in context.engines:
            context.skip('scale: the model was not asked for (--engine)')
            return
        for name, grows, sweep, points in self._sweeps(context):
            for answer in sweep.run(points):
                asked = answer['point']
                common = {**conditions('model', asked, sweep.latency, sweep.bus_bits), grows: asked.get(grows, sweep.bus_bits)}
                yield Figure(name, 'bytes per cycle', answer['bytes_per_cycle'], common,
                             {'cycles_per_request': answer['cycles_per_request'], **answer['bus'],
                              'lowest_share': answer['lowest_share']}, exact=True)
        context.progress.advance('scale', 2 if context.quick else 20)
