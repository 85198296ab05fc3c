# SPDX-License-Identifier: Apache-2.0
"""A part of the benchmark: what it will take, and how its figures come about one by one."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from report.figures import Figure
from report.profiles import CpuProfile, EngineProfile
from report.progress import Progress


class PartError(Exception):
    """A measurement that failed: what is measured so far is kept."""


@dataclass
class Context:
    """What every part knows."""

    programs: Path  #: the build tree
    work: Path  #: for logs and intermediate files; visible in guests
    progress: Progress
    algorithms: list[str]
    engines: list[str]  #: rtl, model
    engine_profiles: list[EngineProfile]
    cpu_profiles: list[CpuProfile]
    quick: bool = False
    cores: list[int] = field(default_factory=lambda: [0])
    skipped: list[str] = field(default_factory=list)  #: reasons, of the part that runs

    def pinned(self, *command: str) -> list[str]:
        """The same, on one core: for what is timed there, a guest among it."""
        return ['taskset', '-c', str(self.cores[-1]), *command]

    def skip(self, reason: str) -> None:
        self.skipped.append(reason)
        self.progress.say('skipped: ' + reason)

    def program(self, name: str) -> Path:
        path = self.programs / name
        if not path.is_file():
            raise PartError(f'{path} is missing: build it (scripts/bench.sh does)')
        return path


class Part(Protocol):
    name: str

    def seconds(self, context: Context) -> float:
        """About what it takes, on an idle machine with two cores."""

    def measure(self, context: Context) -> Iterator[Figure]:
        """Figures as they come. Accounts for its own seconds in context.progress."""


def run(command: list[str], log: Path, environment: dict[str, str] | None = None) -> str:
    """Standard output of a program. What it says besides goes to `log`."""
    # In a session of its own, so that what it has started, guests and servers, ends with it.
    with log.open('w', encoding='utf-8') as errors, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment,
            start_new_session=True) as process:
        try:
            out, _ = process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):  # it may have ended just now: that is not what is to be told
                os.killpg(process.pid, signal.SIGTERM)
            raise
    if process.returncode != 0:
        program = command[3] if command[0] == 'taskset' else command[0]
        raise PartError(f'{Path(program).name} failed with status {process.returncode}: {last_line(log)} ({log})')
    return out


def last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding='utf-8', errors='replace').splitlines() if line.strip()]
    return lines[-1] if lines else 'it said nothing'


def answers(command: list[str], questions: list[str], processes: int, log: Path) -> Iterator[str]:
    """The lines that several processes of one program answer to the lines that they are given, as they come: one for each.
    Status 1 is no failure by itself: it says that one of the answers tells of one."""
    shares = [questions[i::processes] for i in range(processes) if questions[i::processes]]
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        errors = stack.enter_context(log.open('w', encoding='utf-8'))
        running: list[subprocess.Popen[str]] = []
        for share in shares:
            file: IO[str] = stack.enter_context(tempfile.TemporaryFile('w+', encoding='utf-8'))
            file.write('\n'.join(share) + '\n')
            file.seek(0)
            process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1)
            stack.callback(end, process)
            running.append(process)
            assert process.stdout is not None
            selector.register(process.stdout, selectors.EVENT_READ)
        answered = 0
        while selector.get_map():
            for key, _ in selector.select():
                # Each answer is one line, flushed by itself: readline never waits for long.
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if line:
                    answered += 1
                    yield line
                else:
                    selector.unregister(key.fileobj)
        for process in running:
            if process.wait() not in (0, 1):
                raise PartError(f'{Path(command[0]).name} failed with status {process.returncode}: {last_line(log)} ({log})')
        if answered != len(questions):
            raise PartError(f'{Path(command[0]).name} answered {answered} of {len(questions)} questions: {last_line(log)} ({log})')


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
