# SPDX-License-Identifier: Apache-2.0
"""How fast RTL and model are simulated: host time, which says nothing about the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator

from report.figures import Figure, summarize
from report.part import Context, run

REPETITIONS = 3
SECONDS = {'model': 2.0, 'rtl': 8.0}


class SimulationPart:
    name = 'simulation'

    def _repetitions(self, context: Context) -> int:
        return 1 if context.quick else REPETITIONS

    def seconds(self, context: Context) -> float:
        return self._repetitions(context) * sum(SECONDS[engine] for engine in context.engines)

    def measure(self, context: Context) -> Iterator[Figure]:
        program = str(context.program('bench/cce_cycles'))
        out = context.work / 'cycles.json'
        for engine in context.engines:
            stream: list[float] = []
            rows: list[float] = []
            for _ in range(self._repetitions(context)):
                # Long requests one behind the other, and small ones cycle by cycle.
                run([program, '--engine', engine, '--rows', 'gcm-64-held', '--json', str(out)], context.work / 'cycles.log')
                data = json.loads(out.read_text(encoding='utf-8'))
                stream.append(data['simulator_long_requests']['engines'][engine]['cycles_per_host_cpu_second'])
                rows.append(data['simulator'][engine]['cycles_per_host_second'])
                context.progress.advance('simulation', SECONDS[engine], engine)
            for work, samples in (('long requests', stream), ('requests of 64 bytes', rows)):
                yield summarize('simulation.speed', 'simulated cycles per host second', samples,
                                {'engine': engine, 'work': work})
