# SPDX-License-Identifier: Apache-2.0
"""Puts the break-even plot and the main table of a report into README.md and docs/.

    cd bench && python3 -B -m report.readme ../build/bench/report/report.json
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from report.algorithms import full_name
from report.comparison import STEP, compare
from report.figures import Report, ReportError, read_report, write_text
from report.machine import ROOT
from report.plots import break_evens, size_text
from report.software import busy_others

PLOT = 'docs/break-even.svg'
BLOCK = re.compile(r'(<!-- bench: begin -->\n).*(<!-- bench: end -->\n)', re.DOTALL)
ROWS = ('gcm', 'xts', 'cbc', 'ccm', 'sha-256', 'sha3-256')
KINDS = ('latency', 'throughput')


def size_of(size: int | None) -> str:
    return 'never' if size is None else 'always' if size <= STEP else size_text(size)


def block(report: Report) -> str:
    """Markdown: what was run, the plot, and from which size on the engine is the better one."""
    found = compare(report).break_evens
    sizes = {(one.algorithm, one.engine, one.cpu, one.kind): one.bytes for one in found}
    pairs = list(dict.fromkeys((one.engine, one.cpu) for one in found))
    rows = [mode for mode in ROWS if any(one.algorithm == mode for one in found)]
    if not rows:
        raise ReportError('the report has no comparison: not every part of the benchmark was run')
    command = 'scripts/bench.sh' + (' --quick' if report.options.get('quick') else '')
    virtual = ' (a virtual machine)' if report.machine.get('hypervisor') == 'yes' else ''
    busy = ' The machine was not idle.' if busy_others(report) is not None else ''
    lines = [f'`{command}`, {report.begun[:10]}, on an {report.machine.get("cpu", "unknown CPU")} with '
             f'{report.machine.get("cores", "?")} cores{virtual}: bytes of a request from which on the engine is better than '
             'the CPU, one at a time (it answers sooner) / many in flight (more bytes a second from one core).' + busy,
             '', f'![Break-even by algorithm, engine and CPU]({PLOT})', '',
             '| | ' + ' | '.join(f'{engine}, {cpu}' for engine, cpu in pairs) + ' |', '|---|' + '---|' * len(pairs)]
    lines += [f'| {full_name(mode).upper()} | ' +
              ' | '.join(' / '.join(size_of(sizes[mode, *pair, kind]) for kind in KINDS) for pair in pairs) + ' |'
              for mode in rows]
    return '\n'.join(lines) + '\n'


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    readme = ROOT / 'README.md'
    try:
        report = read_report(Path(arguments[0]))
        if not report.complete:
            raise ReportError(f'{arguments[0]} is of a run that was not completed')
        text, count = BLOCK.subn(lambda match: match[1] + block(report) + match[2], readme.read_text(encoding='utf-8'))
        picture = break_evens(report)
        if count != 1 or picture is None:
            raise ReportError(f'{readme} has {count} blocks between <!-- bench: begin --> and <!-- bench: end -->, not one')
        write_text(ROOT / PLOT, '<!-- SPDX-License-Identifier: Apache-2.0 -->\n' + picture)
        write_text(readme, text)
    except (ReportError, LookupError, TypeError, ValueError) as error:
        print(f'readme.py: {error}', file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
