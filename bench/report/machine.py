# SPDX-License-Identifier: Apache-2.0
"""What the figures of the host are figures of: machine, kernel, compiler, and what was built."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

#: Cores that others may keep busy: above, host times are worse than they need be.
IDLE_CORES = 0.1
NO_GUEST_KERNEL = 'the guest kernel is not built: sim/machines/uml/build-kernel.sh, some minutes'


def guest_kernel() -> Path | None:
    """The folder of the guest kernel, if it has been built."""
    script = ROOT / 'sim/machines/uml/build-kernel.sh'
    done = subprocess.run([script, '--print-path'], capture_output=True, text=True, check=False)
    path = Path(done.stdout.strip() or '/')
    return path if done.returncode == 0 and (path / 'linux').is_file() else None


def first_line(*command: str) -> str:
    """Of what a command prints; empty if it cannot be run."""
    try:
        out = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ''
    return out.splitlines()[0].strip() if out.strip() else ''


def from_cpuinfo(name: str) -> str:
    for line in Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines():
        key, _, value = line.partition(':')
        if key.strip() == name:
            return value.strip()
    return ''


def read(path: str) -> str:
    try:
        return Path(path).read_text(encoding='utf-8').strip()
    except OSError:
        return ''


class Others:
    """Whether the rest of the machine works, too, from here on; a virtual machine's host, as far as it says so."""

    def __init__(self) -> None:
        self._begun = time.monotonic(), self._busy() - self._own()

    def cores(self) -> float:
        """That it has kept busy, on average. Programs of ours that still run count as others."""
        then, busy = self._begun
        return max(0.0, (self._busy() - self._own() - busy) / (time.monotonic() - then))

    @staticmethod
    def _busy() -> float:
        # proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are in user.
        ticks = [int(word) for word in read('/proc/stat').splitlines()[0].split()[1:9]]
        return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf('SC_CLK_TCK')

    @staticmethod
    def _own() -> float:
        used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in used)


def describe() -> dict[str, Any]:
    vulnerabilities = Path('/sys/devices/system/cpu/vulnerabilities')
    return {
        'cpu': from_cpuinfo('model name'),
        'cores': os.cpu_count(),
        'mhz': from_cpuinfo('cpu MHz'),
        'hypervisor': 'yes' if 'hypervisor' in from_cpuinfo('flags').split() else 'no',
        'governor': read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor') or 'not known',
        'mitigations': {path.name: read(str(path)) for path in sorted(vulnerabilities.glob('*'))},
        'memory_kib': read('/proc/meminfo').splitlines()[0].split()[1],
        'kernel': platform.release(),
        'system': first_line('sh', '-c', '. /etc/os-release && echo "$PRETTY_NAME"'),
        'compiler': first_line('c++', '--version'),
        'verilator': first_line('verilator', '--version'),
        'openssl': first_line('openssl', 'version'),
        'python': platform.python_version(),
        'revision': first_line('git', '-C', str(ROOT), 'describe', '--always', '--dirty')}
