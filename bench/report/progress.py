# SPDX-License-Identifier: Apache-2.0
"""What is being done, how far it is, and how long it will take: on standard error."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO


@dataclass
class Progress:
    """Work is counted in seconds as they were expected; the pace so far says how long the rest takes."""

    total: float
    out: TextIO = field(default_factory=lambda: sys.stderr)
    interval: float = 5
    done: float = 0
    _start: float = field(default_factory=time.monotonic)
    _shown: float = 0

    def left(self) -> float:
        elapsed = time.monotonic() - self._start
        pace = elapsed / self.done if self.done > 0 and elapsed > 2 else 1.0
        return max(0.0, self.total - self.done) * pace

    def advance(self, part: str, work: float, text: str = '') -> None:
        self.done = min(self.total, self.done + work)
        now = time.monotonic()
        if now - self._shown < (0.5 if self.out.isatty() else self.interval):
            return
        self._shown = now
        share = 100 * self.done / self.total if self.total else 100
        line = f'bench: {share:3.0f} %, {duration(self.left())} left: {part}{": " + text if text else ""}'
        if self.out.isatty():
            self.out.write(f'\r{line[:100]:<100}')
        else:
            self.out.write(line + '\n')
        self.out.flush()

    def say(self, text: str) -> None:
        if self.out.isatty():
            self.out.write('\r' + ' ' * 100 + '\r')
        self.out.write(f'bench: {text}\n')
        self.out.flush()


def duration(seconds: float) -> str:
    if seconds < 90:
        return f'{seconds:.0f} s'
    return f'{seconds / 60:.0f} min'
