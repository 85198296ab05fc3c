# SPDX-License-Identifier: Apache-2.0
"""The Linux path: host cycles of the driver and of the way through the library, over the null transport; and, in the time
of a simulated engine, latency, interrupts, doorbells and polls of a request."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from report import linux_users
from report.figures import Condition, Figure
from report.guest import CYCLE_NS, Gained, Looks, boot, fresh_folder
from report.machine import NO_GUEST_KERNEL, ROOT, guest_kernel
from report.part import Context, PartError, run

BACKENDS = ('dev_ioctl', 'dev_io_uring', 'af_alg')
GUEST_SECONDS = '0.001'


def driver_figures(boots: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    """What measure.sh --json writes: cycles of the driver over the null transport. Of several boots the quartiles are the
    outermost: a boot takes seconds, in which the host of a virtual machine is in one mood; its moods are the spread.
    """
    for rows in zip(*(boot['rows'] for boot in boots), strict=True):
        conditions: dict[str, Condition] = {name: rows[0][name] for name in ('algorithm', 'bytes', 'depth')}
        for step in ('submit', 'complete'):
            yield Figure(f'linux.driver.{step}', 'time stamp counter cycles per request',
                         statistics.median(row[f'{step}_median'] for row in rows), conditions,
                         {'least': min(row[f'{step}_least'] for row in rows), 'boots': len(rows)},
                         sum(row['batches'] for row in rows),
                         (min(row[f'{step}_low'] for row in rows), max(row[f'{step}_high'] for row in rows)))
    for mode in boots[0]['cpu_below']:
        yield Figure('linux.driver.threshold', 'bytes', statistics.median_low(boot['cpu_below'][mode] for boot in boots),
                     {'algorithm': mode})


def library_figures(data: dict[str, Any], samples: int) -> Iterator[Figure]:
    """What library.sh --json writes: the way of a program, in host cycles and in the engine's time."""
    for name, report in data['reports'].items():
        clock, backend = name.split('.')
        for row in report['rows']:
            conditions: dict[str, Condition] = {'backend': backend, 'algorithm': 'aes-256-ctr', 'bytes': row['bytes'],
                                                'depth': row['in_flight']}
            if clock == 'host':
                cycles = row['host_cycles']
                kernel = 0 if backend == 'software' else cycles['beside_empty_calls']
                yield Figure('linux.library.cycles', 'time stamp counter cycles per request', cycles['program'] + kernel,
                             conditions, {'program': cycles['program'], 'kernel': kernel, 'calls': row['system_calls'],
                                          'empty_call': cycles['empty_call']}, samples)
            else:
                # How many requests backend in-process makes is a matter of the host's time.
                yield Figure('linux.library.rate', 'requests per second, engine time', row['requests_per_second'],
                             {**conditions, 'clock_mhz': data['clock_mhz']}, exact=clock == 'guest')


def guest_figure(backend: str, row: dict[str, Any], gained: Gained) -> Figure:
    """One size and depth in a guest whose clock is the engine's: what was counted around it."""
    per_request = gained.per_request()
    requests = per_request['requests']
    if requests < row['requests'] or row['by_cpu'] != 0:
        raise PartError(f'{backend}, {row["bytes"]} bytes: the engine ended {requests} requests, the program counted '
                        f'{row["requests"]}, {row["by_cpu"]} of them by the CPU')
    nanoseconds = row['seconds'] * 1e9 / row['requests']
    return Figure('linux.guest', 'ns of engine time per request', nanoseconds,
                  {'backend': backend, 'algorithm': 'aes-256-ctr', 'bytes': row['bytes'], 'depth': row['in_flight'],
                   'cycle_ns': CYCLE_NS}, per_request, exact=True)


JOB = '''#!/bin/bash
# Each size and depth by itself, between two looks at the driver's counters.
set -eu
insmod "{module}"
# The file `engine` makes the device server note what DMA has moved.
look() {{
	cat /sys/kernel/debug/cce/*/queues >"{out}/$1.queues"
	cat /sys/kernel/debug/cce/0*/engine >/dev/null
	echo "$1" >>"{out}/looks"
}}
for backend in {backends}; do
	# Which way to /dev/cce: the variable is refused if it holds anything else.
	unset CCE_DEV_TRANSPORT
	way=$backend
	if [[ $backend == dev_* ]]; then
		way=dev
		export CCE_DEV_TRANSPORT=${{backend#dev_}}
	fi
	for size in {sizes}; do
		for depth in {depths}; do
			name=$backend.$size.$depth
			look "$name.before"
			"{program}" --guest --json --backend "$way" --sizes "$size" --depths "$depth" \\
				--seconds {seconds} >"{out}/$name.json"
			look "$name.after"
		done
	done
done
rmmod cce
'''


class LinuxPart:
    name = 'linux'

    def _shape(self, context: Context) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """Samples, sizes, depths."""
        if context.quick:
            return 50, (64, 16384), (1, 16)
        return 200, (64, 1024, 4096, 16384, 65536), (1, 16, 128)

    def seconds(self, context: Context) -> float:
        return 75 if context.quick else 210

    def measure(self, context: Context) -> Iterator[Figure]:
        kernel = guest_kernel()
        if kernel is None:
            context.skip('linux: ' + NO_GUEST_KERNEL)
            return
        contract = context.programs / 'rtl_model/regs/generated'
        common = ['--kernel', str(kernel), '--contract', str(contract)]
        out = context.work / 'library_cycles'
        self._build(context, kernel, contract, out)

        boots = [self._driver(context, common, out)]
        steps = (self._library(context, common, out), self._guest(context, kernel, out / 'driver/cce.ko'),
                 linux_users.measure(context, kernel, out / 'driver/cce.ko'))
        try:
            for name, figures in zip(('the library', 'engine time in the guest', 'dm-crypt, IPsec, OpenSSL provider'), steps):
                yield from figures
                if not context.quick:
                    boots.append(self._driver(context, common, out))
                context.progress.advance('linux', self.seconds(context) / len(steps), name)
        finally:
            yield from driver_figures(boots)

    @staticmethod
    def _driver(context: Context, common: list[str], out: Path) -> dict[str, Any]:
        """Its host cycles, from one boot."""
        result = context.work / 'host_cycles.json'
        run(context.pinned(str(ROOT / 'bench/host_cycles/measure.sh'), *common, '--out', str(out), '--json', str(result)),
            context.work / 'measure.log')
        data: dict[str, Any] = json.loads(result.read_text(encoding='utf-8'))
        return data

    def _library(self, context: Context, common: list[str], out: Path) -> Iterator[Figure]:
        samples, sizes, depths = self._shape(context)
        result = out.with_suffix('.json')
        run(context.pinned(str(ROOT / 'bench/host_cycles/library.sh'), *common, '--program',
                           str(context.program('bench/cce_bench_library')), '--server',
                           str(context.program('sim/device/cce_device_server')), '--out', str(out), '--json', str(result),
                           '--samples', str(samples), '--sizes', ','.join(map(str, sizes)), '--depths',
                           ','.join(map(str, depths))),
            context.work / 'library.log')
        yield from library_figures(json.loads(result.read_text(encoding='utf-8')), samples)

    @staticmethod
    def _build(context: Context, kernel: Path, contract: Path, out: Path) -> None:
        """The driver, and the same with the null transport, where measure.sh and library.sh look for them: those keep to one
        core and would build on it."""
        run([str(ROOT / 'bench/host_cycles/build.sh'), str(kernel), str(contract), str(out)], context.work / 'null.log')
        run([str(ROOT / 'driver/build.sh'), '--kernel', str(kernel), '--arch', 'um', '--contract', str(contract), '--out',
             str(out / 'driver'), '--', f'-j{len(context.cores)}'], context.work / 'driver.log')

    def _guest(self, context: Context, kernel: Path, module: Path) -> Iterator[Figure]:
        _, sizes, depths = self._shape(context)
        out = fresh_folder(context.work / 'guest_time')
        job = out / 'job.sh'
        program = context.program('bench/cce_bench_library')
        job.write_text(JOB.format(module=module, out=out, program=program, backends=' '.join(BACKENDS),
                                  sizes=' '.join(map(str, sizes)), depths=' '.join(map(str, depths)),
                                  seconds=GUEST_SECONDS), encoding='utf-8')
        boot(context, kernel, job, (program.parent,))
        looks = Looks(out)
        for backend in BACKENDS:
            for size in sizes:
                for depth in depths:
                    name = f'{backend}.{size}.{depth}'
                    row = json.loads((out / f'{name}.json').read_text(encoding='utf-8'))['rows'][0]
                    yield guest_figure(backend, row, looks.gained(name))
