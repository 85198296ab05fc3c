# SPDX-License-Identifier: Apache-2.0
"""Those who use the driver: dm-crypt, IPsec and the OpenSSL provider, in a guest whose clock is the engine's."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path

from report.figures import Condition, Figure
from report.guest import CYCLE_NS, Looks, boot, fresh_folder
from report.machine import ROOT
from report.part import Context

#: By user: bytes of an operation. dm-crypt has sectors of 4 KiB, each a request; packets fit into Ethernet's.
SIZES = {'dm-crypt': (4096, 65536, 1048576), 'ipsec': (64, 1400), 'provider': (64, 1024, 16384)}
QUICK_SIZES = {'dm-crypt': (4096, 65536), 'ipsec': (1400,), 'provider': (1024, 16384)}
OPERATIONS = {'dm-crypt': ('write', 'read'), 'ipsec': ('ping', 'burst')}
PROVIDED = {'aes-256-gcm': 'gcm', 'aes-256-ctr': 'ctr', 'sha-256': 'sha-256'}
ALGORITHMS = {'dm-crypt': 'aes-256-xts', 'ipsec': 'aes-256-gcm'}
ITERATIONS = 20
#: Programs of the host that the guest runs, and their Debian packages.
NEEDED: dict[str, dict[str, str]] = {
    'dm-crypt': {'cryptsetup': 'cryptsetup-bin', 'losetup': 'util-linux', 'dmsetup': 'dmsetup'},
    'ipsec': {'ip': 'iproute2'},
    'provider': {}}
PROVIDER = 'lib/provider/cce.so'
ADMINISTRATION = '/usr/sbin:/sbin'  # where users other than root do not look


def figure(user: str, operation: str, algorithm: str, size: int, taken: list[float], gained: dict[str, float]) -> Figure:
    """One kind of operation: what each took by the guest's clock, and what each of its requests cost."""
    conditions: dict[str, Condition] = {'user': user, 'operation': operation, 'algorithm': algorithm, 'bytes': size,
                                        'cycle_ns': CYCLE_NS}
    value = statistics.median(taken)
    return Figure('linux.user', 'ns of engine time per operation', value, conditions,
                  {'min': min(taken), 'max': max(taken), **gained}, exact=True)


def missing(user: str, programs: Path) -> str | None:
    """Why a user of the driver cannot be measured here; None: it can."""
    if user == 'provider' and not (programs / PROVIDER).is_file():
        return f'{programs / PROVIDER} is not built'
    for name, package in NEEDED[user].items():
        if shutil.which(name, path=f'{os.environ.get("PATH", "")}:{ADMINISTRATION}') is None:
            return f'there is no {name}: install the Debian package {package}'
    return None


def figures_of(folder: Path, sizes: Mapping[str, tuple[int, ...]], provided: list[str]) -> Iterator[Figure]:
    """What bench/linux_users/job.sh left of the users that `sizes` has."""
    looks = Looks(folder)

    def gained(name: str, operations: int) -> dict[str, float]:
        found = looks.gained(name)
        return {**found.per_request(), 'requests_per_operation': found.counted['completed'] / operations}

    def result(name: str) -> dict[str, list[float]]:
        data: dict[str, list[float]] = json.loads((folder / f'{name}.json').read_text(encoding='utf-8'))
        return data

    for user, operations in OPERATIONS.items():
        for operation in operations:
            for size in sizes.get(user, ()):
                name = f'{user}.{operation}.{size}'
                taken = result(name)['nanoseconds']
                yield figure(user, operation, ALGORITHMS[user], size, taken, gained(name, len(taken)))
    for algorithm in provided:
        for size in sizes.get('provider', ()):
            name = f'provider.{algorithm}.{size}'
            text = json.loads((folder / f'{name}.json').read_text(encoding='utf-8'))
            (row,) = (row for row in text['benchmarks'] if row['run_type'] == 'iteration')
            # One more, which is not timed, shows what is computed.
            yield figure('provider', 'EVP', algorithm, size, [row['real_time']], gained(name, row['iterations'] + 1))


def measure(context: Context, kernel: Path, module: Path) -> Iterator[Figure]:
    sizes = dict(QUICK_SIZES if context.quick else SIZES)
    for user in list(sizes):
        if reason := missing(user, context.programs):
            context.skip(f'linux: {user}: {reason}')
            del sizes[user]
    if not sizes:
        return
    provided = [name for name, algorithm in PROVIDED.items() if algorithm in context.algorithms]
    out = fresh_folder(context.work / 'linux_users')
    provider = context.programs / PROVIDER
    program = context.program('bench/cce_bench_openssl')
    variables = {
        'module': module, 'tool': '/bin/true', 'client': '/bin/true', 'out': out, 'provider': provider,
        'openssl_program': program, 'iterations': ITERATIONS, 'provider_algorithms': ' '.join(provided),
        **{f'{name}_sizes': ' '.join(map(str, sizes.get(user, ()))) for name, user in
           (('disk', 'dm-crypt'), ('packet', 'ipsec'), ('provider', 'provider'))}}
    job = out / 'job.sh'
    job.write_text('#!/bin/bash\n' + ''.join(f'export {name}={shlex.quote(str(value))}\n' for name, value in variables.items()) +
                   f'exec {shlex.quote(str(ROOT / "bench/linux_users/job.sh"))}\n', encoding='utf-8')
    boot(context, kernel, job, (*((provider.parent,) if 'provider' in sizes else ()), program.parent))
    yield from figures_of(out, sizes, provided)
