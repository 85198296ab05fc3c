# SPDX-License-Identifier: Apache-2.0
"""The Linux path: host cycles of the driver and of the way through the library, over the null transport; and, in the time
of a simulated engine, latency, interrupts, doorbells and polls of a request."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from report.figures import Condition, Figure
from report.machine import NO_GUEST_KERNEL, ROOT, guest_kernel
from report.part import Context, PartError, run

BATCHES = 400  # of measure.sh: bench/host_cycles/cce_host_cycles.c
BACKENDS = ('dev_ioctl', 'dev_io_uring', 'af_alg')
CYCLE_NS = 4  # of cce_device_server: 250 MHz
GUEST_SECONDS = '0.002'
#: Users of the driver are tested: tests/kernel, *.users.* and provider.
NOT_MEASURED = ('linux: the cost of dm-crypt, IPsec and the OpenSSL provider is not measured (they are tested), nor is the '
                'kernel\'s own C code')


def driver_figures(data: dict[str, Any]) -> Iterator[Figure]:
    """What measure.sh --json writes: cycles of the driver over the null transport."""
    for row in data['rows']:
        conditions: dict[str, Condition] = {'algorithm': row['algorithm'], 'bytes': row['bytes'], 'depth': row['depth']}
        for step in ('submit', 'complete'):
            yield Figure(f'linux.driver.{step}', 'time stamp counter cycles per request', row[f'{step}_median'], conditions,
                         {'least': row[f'{step}_least']}, BATCHES, (row[f'{step}_low'], row[f'{step}_high']))
    for mode, size in data['cpu_below'].items():
        yield Figure('linux.driver.threshold', 'bytes', size, {'algorithm': mode})


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


def counters(text: str) -> dict[str, int]:
    """Sums over the queues of the driver's debugfs file `queues`."""
    total: dict[str, int] = {}
    for line in text.splitlines():
        name, _, value = line.partition(': ')
        if name.startswith('queue') and value.isdigit():
            key = name.partition('.')[2]
            total[key] = total.get(key, 0) + int(value)
    return total


def guest_figure(backend: str, row: dict[str, Any], before: str, after: str) -> Figure:
    """One size and depth in a guest whose clock is the engine's: what the driver counted around it."""
    first, last = counters(before), counters(after)
    gained = {name: last[name] - first[name] for name in ('completed', 'interrupts', 'doorbells', 'polls', 'cycles')}
    requests = gained['completed']
    if requests < row['requests'] or row['by_cpu'] != 0:
        raise PartError(f'{backend}, {row["bytes"]} bytes: the engine ended {requests} requests, the program counted '
                        f'{row["requests"]}, {row["by_cpu"]} of them by the CPU')
    nanoseconds = row['seconds'] * 1e9 / row['requests']
    return Figure('linux.guest', 'ns of engine time per request', nanoseconds,
                  {'backend': backend, 'algorithm': 'aes-256-ctr', 'bytes': row['bytes'], 'depth': row['in_flight'],
                   'cycle_ns': CYCLE_NS},
                  {'requests': requests, 'interrupts': gained['interrupts'] / requests,
                   'doorbells': gained['doorbells'] / requests, 'polls': gained['polls'] / requests,
                   'engine_cycles': gained['cycles'] / requests}, exact=True)


JOB = '''#!/bin/bash
# Each size and depth by itself, between two looks at the driver's counters.
set -eu
insmod "{module}"
look() {{ cat /sys/kernel/debug/cce/*/queues >"{out}/$1"; }}
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
        return 45 if context.quick else 240

    def measure(self, context: Context) -> Iterator[Figure]:
        context.skip(NOT_MEASURED)
        kernel = guest_kernel()
        if kernel is None:
            context.skip('linux: ' + NO_GUEST_KERNEL)
            return
        samples, sizes, depths = self._shape(context)
        step = self.seconds(context) / 3
        contract = context.programs / 'rtl_model/regs/generated'
        common = ['--kernel', str(kernel), '--contract', str(contract)]
        folder = ROOT / 'bench/host_cycles'

        out = context.work / 'host_cycles'
        result = out.with_suffix('.json')
        run([str(folder / 'measure.sh'), *common, '--out', str(out), '--json', str(result)], context.work / 'measure.log')
        yield from driver_figures(json.loads(result.read_text(encoding='utf-8')))
        context.progress.advance('linux', step, 'host cycles of the driver')

        out = context.work / 'library_cycles'
        result = out.with_suffix('.json')
        run([str(folder / 'library.sh'), *common, '--program', str(context.program('bench/cce_bench_library')), '--server',
             str(context.program('sim/device/cce_device_server')), '--out', str(out), '--json', str(result), '--samples',
             str(samples), '--sizes', ','.join(map(str, sizes)), '--depths', ','.join(map(str, depths))],
            context.work / 'library.log')
        yield from library_figures(json.loads(result.read_text(encoding='utf-8')), samples)
        context.progress.advance('linux', step, 'host cycles of the library')

        # library.sh has built the driver there.
        yield from self._guest(context, kernel, out / 'driver/cce.ko', sizes, depths)
        context.progress.advance('linux', step, 'engine time in the guest')

    @staticmethod
    def _guest(context: Context, kernel: Path, module: Path, sizes: tuple[int, ...],
               depths: tuple[int, ...]) -> Iterator[Figure]:
        out = context.work / 'guest_time'
        out.mkdir(exist_ok=True)
        for old in out.glob('*.json'):
            old.unlink()
        job = out / 'job.sh'
        program = context.program('bench/cce_bench_library')
        job.write_text(JOB.format(module=module, out=out, program=program, backends=' '.join(BACKENDS), sizes=' '.join(map(str, sizes)),
                                  depths=' '.join(map(str, depths)), seconds=GUEST_SECONDS), encoding='utf-8')
        os.chmod(job, 0o755)
        command = [
            str(ROOT / 'sim/machines/uml/with-device.sh'), '--server', str(context.program('sim/device/cce_device_server')),
            '--server-log', str(out / 'server.log'), '--kernel', str(kernel), '--job', str(job), '--log',
            str(out / 'guest.log'), '--timeout', '900', '--share', str(ROOT), '--share', str(context.work), '--share',
            str(program.parent), '--append', 'cryptomgr.notests=1', '--', '--engine', 'model', '--cycle-ns', str(CYCLE_NS)]
        try:
            run(command, context.work / 'guest.log')
        except PartError as error:
            said = [line for line in (out / 'guest.log').read_text(encoding='utf-8', errors='replace').splitlines()
                    if 'error' in line.lower()]
            raise PartError(f'{error}; in the guest: {said[-1] if said else "no error"}') from error
        for backend in BACKENDS:
            for size in sizes:
                for depth in depths:
                    stem = out / f'{backend}.{size}.{depth}'
                    row = json.loads(stem.with_name(stem.name + '.json').read_text(encoding='utf-8'))['rows'][0]
                    yield guest_figure(backend, row, stem.with_name(stem.name + '.before').read_text(encoding='utf-8'),
                                       stem.with_name(stem.name + '.after').read_text(encoding='utf-8'))
