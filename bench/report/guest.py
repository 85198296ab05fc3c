# SPDX-License-Identifier: Apache-2.0
"""A guest whose clock is the engine's: it is booted with the device server, runs a job, and both say what was counted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.machine import ROOT
from report.part import Context, PartError, run

CYCLE_NS = 4  # of cce_device_server: 250 MHz
COUNTED = ('completed', 'interrupts', 'doorbells', 'polls', 'bounced', 'cycles')


def counters(text: str) -> dict[str, int]:
    """Sums over the queues of the driver's debugfs file `queues`."""
    total: dict[str, int] = {}
    for line in text.splitlines():
        name, _, value = line.partition(': ')
        if name.startswith('queue') and value.isdigit():
            key = name.partition('.')[2]
            total[key] = total.get(key, 0) + int(value)
    return total


@dataclass(frozen=True)
class Gained:
    """Between two looks: what the driver counted, and what DMA moved, as seen by the device server."""

    counted: dict[str, int]
    dma: dict[str, int]

    def per_request(self) -> dict[str, float]:
        """Interrupts, doorbells, polls, copies of the text, engine cycles and DMA's bytes of a request."""
        requests = self.counted['completed']
        return {'requests': requests,
                **{name: self.counted[name] / requests for name in ('interrupts', 'doorbells', 'polls', 'bounced')},
                'engine_cycles': self.counted['cycles'] / requests,
                **{name: moved / requests for name, moved in self.dma.items()}}


class Looks:
    """What a job left in `folder`: the driver's counters at each look, NAME.queues, and the order of looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        order = (folder / 'looks').read_text(encoding='utf-8').split()
        marks = json.loads((folder / 'server.json').read_text(encoding='utf-8'))['marks']
        if len(order) != len(marks):
            raise PartError(f'{folder}: {len(order)} looks at the driver\'s counters, but {len(marks)} marks of the device '
                            'server')
        self._marks = dict(zip(order, marks))

    def gained(self, name: str) -> Gained:
        """From NAME.before to NAME.after."""
        first, last = (counters((self.folder / f'{name}.{when}.queues').read_text(encoding='utf-8'))
                       for when in ('before', 'after'))
        before, after = (self._marks[f'{name}.{when}'] for when in ('before', 'after'))
        gained = Gained({key: last[key] - first[key] for key in COUNTED},
                        {'dma_read': after['dma_bytes_read'] - before['dma_bytes_read'],
                         'dma_written': after['dma_bytes_written'] - before['dma_bytes_written']})
        if gained.counted['completed'] == 0:
            raise PartError(f'{name}: no request came to the engine')
        return gained


def boot(context: Context, kernel: Path, job: Path, shares: Sequence[Path] = ()) -> None:
    """Boots it for a job; logs and the server's counters go beside the job.

    Guest and server take turns: on one core, neither waits for the other's core to wake up.
    """
    out = job.parent
    os.chmod(job, 0o755)
    shared = [word for path in (ROOT, context.work, *shares) for word in ('--share', str(path))]
    command = [
        str(ROOT / 'sim/machines/uml/with-device.sh'), '--server', str(context.program('sim/device/cce_device_server')),
        '--server-log', str(out / 'server.log'), '--kernel', str(kernel), '--job', str(job), '--log',
        str(out / 'guest.log'), '--timeout', '900', *shared, '--append', 'cryptomgr.notests=1', '--', '--engine', 'model',
        '--cycle-ns', str(CYCLE_NS), '--statistics', str(out / 'server.json')]
    try:
        run(context.pinned(*command), out / 'boot.log')
    except PartError as error:
        log = out / 'guest.log'
        text = log.read_text(encoding='utf-8', errors='replace') if log.is_file() else ''
        said = [line for line in text.splitlines() if 'error' in line.lower() or line.startswith('job: ')]
        raise PartError(f'{error}; in the guest: {said[-1] if said else "no error"}') from error


def fresh_folder(path: Path) -> Path:
    """An empty one: what an earlier run left there is not this one's."""
    path.mkdir(parents=True, exist_ok=True)
    for old in files_of(path):
        old.unlink()
    return path


def files_of(folder: Path) -> Iterator[Path]:
    return (path for path in list(folder.iterdir()) if path.is_file())
