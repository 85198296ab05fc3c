# SPDX-License-Identifier: Apache-2.0
"""The command behind scripts/bench.sh: measures, reports, compares."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from report import algorithms, compare, machine, profiles
from report.comparison import KINDS
from report.comparison import compare as compare_profiles
from report.engine import EnginePart
from report.figures import Report, ReportError, read_report, write_text
from report.linux import LinuxPart
from report.page import page
from report.part import Context, Part, PartError
from report.plots import break_evens
from report.progress import Progress, duration
from report.scale import ScalePart
from report.simulation import SimulationPart
from report.software import SoftwarePart

PARTS: tuple[Part, ...] = (EnginePart(), ScalePart(), SoftwarePart(), LinuxPart(), SimulationPart())
CODE_FAILED, CODE_USAGE, CODE_WORSE, CODE_INTERRUPTED = 1, 2, 3, 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: What comes of data that lacks something or is of another kind.
MANGLED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Interrupted(Exception):
    """SIGINT or SIGTERM: what is done is kept."""


def handle_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in SIGNALS:
        signal.signal(number, handler)


def interrupt(number: int, _: FrameType | None) -> None:
    handle_signals(signal.SIG_IGN)  # a second one would lose what is kept
    raise Interrupted(signal.Signals(number).name)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog='scripts/bench.sh', allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Measures the engine (cycles), the Linux path and the software path (host time), compares them for\n'
                    'stated profiles, and writes report.json, report.csv and report.html. docs/benchmark.md says how.',
        epilog='Exit status: 0; 1 if something failed; 2 after wrong usage; 3 if --compare found something worse;\n'
               '130 after an interruption (the report is written, marked as incomplete).\n\n'
               f'Algorithms: {", ".join(algorithms.KNOWN)}\nProfiles: {", ".join(profiles.known())}')
    made.add_argument('--quick', action='store_true', help='fewer points: less than 3 minutes instead of 40')
    made.add_argument('--engine', choices=('model', 'rtl', 'both'), default='both',
                      help='model: no RTL; rtl: the stated subset on it and nothing else; both (default)')
    made.add_argument('--profile', default='', metavar='NAME,...', help='profiles to compare (default: all)')
    made.add_argument('--algorithms', default='', metavar='NAME,...',
                      help='what to measure (default: all; --quick: not all hashes)')
    made.add_argument('--parts', default='', metavar='NAME,...',
                      help=f'parts of the benchmark (default: all): {", ".join(part.name for part in PARTS)}')
    made.add_argument('--out', type=Path, metavar='FOLDER', help='for the report (default: build/bench/report)')
    made.add_argument('--compare', type=Path, metavar='OLD.json',
                      help='print what changed from that report beyond noise; exit status 3 if something got worse')
    made.add_argument('--force', action='store_true',
                      help='with --compare: compare times of the host although the machines differ')
    made.add_argument('--from', dest='source', type=Path, metavar='REPORT.json',
                      help='measure nothing: make the page, or compare, from that report')
    made.add_argument('--check', action='store_true', help=argparse.SUPPRESS)  # the arguments alone: scripts/bench.sh
    made.add_argument('--build', type=Path, default=machine.ROOT / 'build', help=argparse.SUPPRESS)
    return made


def split(text: str) -> list[str]:
    return [name.strip() for name in text.split(',') if name.strip()]


def profiles_of(context: Context) -> dict[str, dict[str, Any]]:
    chosen: list[profiles.Profile] = [*context.engine_profiles, *context.cpu_profiles]
    return {one.name: profiles.as_json(one) for one in chosen}


def chosen_parts(text: str) -> list[Part]:
    names = split(text)
    known = {part.name: part for part in PARTS}
    for name in names:
        if name not in known:
            raise ValueError(f"there is no part '{name}'; known: {', '.join(known)}")
    return [part for part in PARTS if not names or part.name in names]


def measure_part(part: Part, context: Context, report: Report) -> str | None:
    """Runs it into the report. What went wrong, if something did."""
    begun = time.monotonic()
    before = len(report.figures)
    context.skipped = []
    state = report.parts[part.name] = {'complete': False, 'seconds': 0.0, 'figures': 0, 'skipped': context.skipped}
    failure = None
    try:
        for figure in part.measure(context):
            report.figures.append(figure)
        state['complete'] = True
    except (PartError, OSError, *MANGLED) as error:
        kind = f'{type(error).__name__}: ' if isinstance(error, MANGLED) else ''
        failure = f'{part.name}: {kind}{error}'
        state['failure'] = failure
        context.progress.say('failed: ' + failure)
    finally:
        state['seconds'] = round(time.monotonic() - begun, 1)
        state['figures'] = len(report.figures) - before
    return failure


def write(report: Report, folder: Path, progress: Progress) -> None:
    report.write_json(folder / 'report.json')
    report.write_csv(folder / 'report.csv')
    write_text(folder / 'report.html', page(report))
    if picture := break_evens(report):
        write_text(folder / 'break-even.svg', picture)
    progress.say(f'{len(report.figures)} figures in {folder}/report.json, report.csv and report.html')


def page_of(source: Path, report: Report) -> str:
    """Of a report that somebody else may have written, or changed. Raises ReportError if nothing can be made of it."""
    try:
        return page(report)
    except MANGLED as error:
        raise ReportError(f'no page can be made of {source}: a figure or profile of it lacks something or is mangled: '
                          f'{type(error).__name__}: {error}') from error


def print_comparison(report: Report) -> None:
    found = compare_profiles(report)
    if not found.break_evens:
        for missing in found.missing[:1]:
            print(f'no comparison: {missing}')
        return
    print('From so many bytes on the engine is the better one (AES-256 encryption, digests; never: the CPU\n'
          'is better, or gets better again, up to 1 MiB)')
    pairs = list(dict.fromkeys((one.engine, one.cpu) for one in found.break_evens))
    by_key = {(one.kind, one.algorithm, one.engine, one.cpu): one.bytes for one in found.break_evens}
    for kind, meaning in KINDS.items():
        print(f'\n{meaning}')
        for line in (0, 1):
            print(f'{"":14}' + ''.join(f'{pair[line]:>13}' for pair in pairs))
        for mode in dict.fromkeys(one.algorithm for one in found.break_evens):
            sizes = [by_key.get((kind, mode, *pair), 0) for pair in pairs]
            print(f'{algorithms.full_name(mode):14}' +
                  ''.join(f'{"never" if size is None else size or "-":>13}' for size in sizes))


def print_changes(old: Report, new: Report, force: bool) -> int:
    machines = compare.host_differences(old, new)
    found = compare.differences(old, new, force or not machines)
    print(compare.text(found), end='')
    if machines:
        print(f'the machines differ ({"; ".join(machines)}): ' +
              ('times of the host were compared all the same' if force else
               'exact figures alone were compared, --force compares times of the host as well'))
    else:
        print(compare.spread_text(old, new), end='')
    if not old.complete or not new.complete:
        print('one of the reports is incomplete: what is missing was not compared')
    return CODE_WORSE if found.worse() else 0


def measure(options: argparse.Namespace, parts: Sequence[Part], names: list[str]) -> tuple[Report, int]:
    folder: Path = options.out
    engines = {'model': ['model'], 'rtl': ['rtl'], 'both': ['rtl', 'model']}[options.engine]
    engine_profiles, cpu_profiles = profiles.pairs(split(options.profile))
    progress = Progress(1)
    context = Context(options.build.resolve(), folder / 'work', progress, names, engines, engine_profiles, cpu_profiles,
                      options.quick, sorted(os.sched_getaffinity(0))[:2])
    context.work.mkdir(parents=True, exist_ok=True)
    progress.total = sum(part.seconds(context) for part in parts)
    report = Report(machine.describe(), {'quick': options.quick, 'engine': options.engine, 'algorithms': names,
                                         'parts': [part.name for part in parts]},
                    profiles_of(context),
                    begun=datetime.now().astimezone().isoformat(timespec='seconds'))
    begun = time.monotonic()
    failures = []
    code = 0
    try:
        handle_signals(interrupt)
        progress.say(f'about {duration(progress.total)} on an idle machine; interrupt it and what is done is kept')
        for part in parts:
            failures += [failure] if (failure := measure_part(part, context, report)) else []
    except Interrupted as signalled:
        progress.say(f'interrupted ({signalled}): what is done is kept')
        code = CODE_INTERRUPTED
    handle_signals(signal.SIG_IGN)
    report.seconds = time.monotonic() - begun
    report.complete = code == 0 and not failures
    write(report, folder, progress)
    return report, code or (CODE_FAILED if failures else 0)


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    options.out = (options.out or options.build / 'bench/report').resolve()
    try:
        if options.force and not options.compare:
            raise ValueError('--force is for --compare')
        names = algorithms.parse(options.algorithms, options.quick)
        parts = chosen_parts(options.parts)
        profiles.pairs(split(options.profile))
        old = read_report(options.compare) if options.compare else None
        given = read_report(options.source) if options.source else None
        options.out.mkdir(parents=True, exist_ok=True)
        if options.check:
            return 0
        if given is not None:
            report, code = given, 0
            write_text(options.out / 'report.html', page_of(options.source, report))
        else:
            report, code = measure(options, parts, names)
    except (algorithms.AlgorithmError, profiles.ProfileError, ReportError, ValueError, OSError) as error:
        print(f'bench.sh: {error}', file=sys.stderr)
        return CODE_USAGE
    print_comparison(report)
    if old is not None:
        return code or print_changes(old, report, options.force)
    return code
