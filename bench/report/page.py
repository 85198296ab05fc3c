# SPDX-License-Identifier: Apache-2.0
"""report.html: one file with everything in it, made from the report alone."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields

from report.algorithms import KNOWN, NO_DIRECTION, full_name
from report.comparison import KEY_BITS, KINDS, STEP, Comparison, Saving, compare
from report.engine import DEEP, is_deep
from report.figures import Condition, Figure, Report
from report.plots import all_plots, base, size_text
from report.profiles import EngineProfile, from_json
from report.software import CLASSES, KERNEL_C, busy_others

STYLE = '''
body { font: 15px/1.45 sans-serif; color: #222; max-width: 62rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; font-size: 13px; margin: 0.6rem 0; }
th, td { padding: 0.18rem 0.55rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #e4e4e4; }
th { vertical-align: bottom; white-space: normal; min-width: 3rem; } th:first-child, td:first-child { text-align: left; }
td.wide { text-align: left; white-space: normal; }
tr.group td { border-top: 2px solid #999; }
figure { margin: 0.8rem 0 1.6rem; break-inside: avoid; } figure img { width: 100%; height: auto; }
figcaption, .note { color: #555; font-size: 13px; max-width: 54rem; }
.warning { background: #fff3cd; border-left: 4px solid #e69f00; padding: 0.5rem 0.8rem; }
.scroll { overflow-x: auto; } th span { white-space: nowrap; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .scroll { overflow: visible; }
  table { font-size: 7.5pt; } th, td { padding: 0.1rem 0.25rem; } th { min-width: 0; }
  .whole { break-inside: avoid; } p { break-after: avoid; }
  h2, h3 { break-after: avoid; } tr { break-inside: avoid; } }
'''


#: A table with no more is printed on one page.
WHOLE_ROWS = 30


def table(head: Sequence[str], rows: Iterable[Sequence[str]], group: int | None = None, texts: Sequence[int] = ()) -> str:
    """`group`: where this column's text changes, a line is drawn. `texts`: columns whose text may take several lines."""
    rows = list(rows)
    whole = ' whole' if len(rows) <= WHOLE_ROWS else ''
    # Lines of a heading are not broken again.
    out = [f'<div class="scroll{whole}"><table><thead><tr>',
           *('<th>' + (f'<span>{"<br>".join(html.escape(line) for line in cell.splitlines())}</span>' if '\n' in cell
                       else html.escape(cell)) + '</th>' for cell in head),
           '</tr></thead><tbody>']
    before: str | None = None
    wide = ' class="wide"'
    for row in rows:
        new = group is not None and before is not None and row[group] != before
        before = row[group] if group is not None else None
        out.append('<tr class="group">' if new else '<tr>')
        out += [f'<td{wide if column in texts else ""}>{html.escape(cell)}</td>' for column, cell in enumerate(row)]
        out.append('</tr>')
    out.append('</tbody></table></div>')
    return ''.join(out)


def break_even_table(comparison: Comparison) -> str:
    modes = [mode for mode in KNOWN if any(one.algorithm == mode for one in comparison.break_evens)]
    by_key = {(one.engine, one.cpu, one.kind, one.algorithm): one for one in comparison.break_evens}
    pairs = list(dict.fromkeys((one.engine, one.cpu) for one in comparison.break_evens))
    out = []
    for kind, meaning in KINDS.items():
        rows = []
        for mode in modes:
            cells = []
            for engine, cpu in pairs:
                one = by_key.get((engine, cpu, kind, mode))
                cells.append('' if one is None else 'never' if one.bytes is None else
                             'always' if one.bytes <= STEP else size_text(one.bytes))
            rows.append([full_name(mode).upper(), *cells])
        out += [f'<h3>{meaning[0].upper()}{meaning[1:]}: from so many bytes on</h3>',
                table(['', *pair_heads(pairs)], rows)]
    return ''.join(out)


def pair_heads(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f'{engine},\n{cpu}' for engine, cpu in pairs]


def saving_table(comparison: Comparison) -> str:
    by_key = {(one.algorithm, one.engine, one.cpu): one for one in comparison.savings}
    pairs = list(dict.fromkeys((one.engine, one.cpu) for one in comparison.savings))
    sizes = {one.algorithm: one.bytes for one in comparison.savings}
    cells: dict[str, Callable[[Saving], str]] = {
        'CPU seconds saved for a GB; what is left of them': lambda one: f'{one.saved_cpu_seconds_per_gb:+.3f}; '
                                                                        f'{one.cpu_seconds_per_gb:.3f}',
        'Host cycles left for a byte, and without the engine': lambda one: f'{one.host_cycles_per_byte:.3f}; '
                                                                           f'{one.cpu_cycles_per_byte:.3f}',
        'GB/s: engine, one core driving it; the same core without it': lambda one: f'{one.engine_bytes_per_second / 1e9:.3g}; '
                                                                                   f'{one.cpu_bytes_per_second / 1e9:.3g}'}
    out = []
    for title, cell in cells.items():
        rows = [[full_name(mode).upper(), size_text(size), *(cell(by_key[mode, *pair]) if (mode, *pair) in by_key else ''
                                                             for pair in pairs)] for mode, size in sizes.items()]
        out += [f'<h3>{title}</h3>', table(['', 'bytes', *pair_heads(pairs)], rows)]
    return ''.join(out)


def measured_sizes(report: Report, name: str, wanted: tuple[int, ...]) -> list[int]:
    found = {figure.conditions['bytes'] for figure in report.select(name)}
    return [size for size in wanted if size in found]


def engine_table(report: Report) -> str:
    """Best throughput and least latency, by mode and size."""
    sizes = measured_sizes(report, 'engine.latency', (16, 64, 256, 1024, 4096, 16384, 65536, 1048576))
    rows = []
    for mode in KNOWN:
        for what in ('bytes per cycle', 'cycles alone'):
            cells = []
            for size in sizes:
                if what == 'bytes per cycle':
                    found = [figure.value for figure in report.select('engine.throughput', **base(mode, bytes=size))
                             if is_deep(figure.conditions)]
                    cells.append(f'{max(found):.2f}' if found else '')
                else:
                    alone = [figure.value for figure in report.select('engine.latency', **base(mode, bytes=size, depth=1))]
                    cells.append(f'{alone[0]:,.0f}' if alone else '')
            if any(cells):
                rows.append([mode.upper(), what, *cells])
    return table([f'encryption, 256-bit key,\nor digest; bytes per cycle:\n{DEEP} in flight or more', '',
                  *(size_text(size) for size in sizes)], rows, 0)


def software_table(report: Report) -> str:
    sizes = measured_sizes(report, 'software.cycles', (64, 1024, 16384, 65536, 1048576))[-4:]
    names = list(dict.fromkeys(str(figure.conditions['algorithm']) for figure in report.select('software.cycles',
                                                                                              instructions='all')))
    rows = []
    for name in sorted(name for name in names if not name.startswith(('aes-128', 'aes-192'))):
        for instructions in (*CLASSES, KERNEL_C):
            cells = []
            for size in sizes:
                pick: dict[str, Condition] = {
                    'algorithm': name, 'instructions': instructions, 'bytes': size,
                    'direction': 'encrypt' if name.startswith('aes') else NO_DIRECTION}
                cycles = next(report.select('software.cycles', **pick), None)
                cells.append(spread(cycles) if cycles else '')
            if any(cells):
                rows.append([name, instructions, *cells])
    return table(['cycles per byte, median (quartiles)', 'instructions', *(size_text(size) for size in sizes)], rows, 0)


def spread(figure: Figure) -> str:
    def number(value: float) -> str:
        return f'{value:,.0f}' if value >= 100 else f'{value:.3g}'

    if figure.quartiles is None:
        return number(figure.value)
    return f'{number(figure.value)} ({number(figure.quartiles[0])}–{number(figure.quartiles[1])})'


def linux_tables(report: Report) -> str:
    driver = []
    for submit in report.select('linux.driver.submit'):
        complete = next(report.select('linux.driver.complete', **submit.conditions), None)
        driver.append([str(submit.conditions['algorithm']), size_text(float(submit.conditions['bytes'])),
                       str(submit.conditions['depth']), spread(submit), spread(complete) if complete else ''])
    library = [[str(figure.conditions['backend']), size_text(float(figure.conditions['bytes'])),
                str(figure.conditions['depth']), f'{figure.parts["program"]:,.0f}', f'{figure.parts["kernel"]:,.0f}',
                f'{figure.parts["calls"]:.2f}'] for figure in report.select('linux.library.cycles')]
    in_guest = list(report.select('linux.guest'))
    guest = [[str(figure.conditions['backend']), size_text(float(figure.conditions['bytes'])),
              str(figure.conditions['depth']), f'{figure.value:,.0f}', *counted_cells(figure)] for figure in in_guest]
    out = []
    if driver:
        out += ['<h3>Host cycles of the driver, no engine behind it</h3>',
                table(['algorithm', 'bytes', 'in flight', 'submit, median (quartiles)', 'complete'], driver, 0)]
    if library:
        out += ['<h3>Host cycles of a request through the library, no engine behind it</h3>',
                table(['backend', 'bytes', 'in flight', 'program', 'kernel, beside empty calls', 'system calls'], library, 0)]
    if guest:
        out += ['<h3>Engine time of a request in the guest, and what driver and DMA did for it</h3>',
                clock_note(in_guest[0]),
                table(['backend', 'bytes', 'in flight', 'ns', *COUNTED], guest, 0)]
    return ''.join(out) + users_table(report)


#: Of a request: the parts of a figure, and what they are called.
COUNTED_PARTS = ('interrupts', 'doorbells', 'polls', 'bounced', 'engine_cycles', 'dma_read', 'dma_written')
COUNTED = ('interrupts', 'doorbells', 'polls', 'copied', 'engine cycles', 'bytes read', 'bytes written')


def counted_cells(figure: Figure) -> list[str]:
    # An older report has not all of them.
    return ['' if name not in figure.parts else f'{figure.parts[name]:.3f}' if name in COUNTED_PARTS[:4] else
            f'{figure.parts[name]:,.0f}' for name in COUNTED_PARTS]


def clock_note(figure: Figure) -> str:
    return (f'<p class="note">The guest\'s clock is the engine\'s ({1000 / float(figure.conditions["cycle_ns"]):g} MHz); what '
            'its CPU does takes none of it. All but the time is per request; copied: texts in so many pieces that the driver '
            'copied them into one; bytes are those of DMA.</p>')


def users_table(report: Report) -> str:
    found = list(report.select('linux.user'))
    if not found:
        return ''
    rows = [[str(figure.conditions['user']), str(figure.conditions['operation']), str(figure.conditions['algorithm']),
             size_text(float(figure.conditions['bytes'])), f'{figure.value:,.0f}',
             f'{figure.parts["requests_per_operation"]:.4g}', *counted_cells(figure)] for figure in found]
    return ('<h3>Engine time of an operation of those who use the driver</h3>' + clock_note(found[0]) +
            '<p class="note">dm-crypt: a read or write of a block device, not cached, sectors of 4 KiB. ipsec: UDP between two '
            'network namespaces and back, ESP with AES-GCM; burst: 32 datagrams and one back; each is encrypted and decrypted. '
            'provider: one call of EVP after the other.</p>' +
            table(['user', 'operation', 'algorithm', 'bytes', 'ns', 'requests of it', *COUNTED], rows, 0))


def crossed(found: Iterable[Figure], row: tuple[str, ...], column: tuple[str, ...], cell: Callable[[Figure], str],
            head: Sequence[str], group: int | None = None) -> str:
    """A table of figures: rows and columns by what their conditions are, in order, sizes as sizes."""
    def keys(names: tuple[str, ...]) -> list[tuple[Condition, ...]]:
        return sorted({tuple(figure.conditions[name] for name in names) for figure in figures})

    def texts(names: tuple[str, ...], key: tuple[Condition, ...]) -> list[str]:
        return [size_text(float(value)) if name == 'bytes' else f'{value} bits' if name == 'bus_bits' else
                str(value).upper() if name == 'algorithm' else str(value) for name, value in zip(names, key)]

    figures = list(found)
    cells = {tuple(figure.conditions[name] for name in row + column): cell(figure) for figure in figures}
    columns = keys(column)
    return table([*head, *('\n'.join(texts(column, key)) for key in columns)],
                 [[*texts(row, line), *(cells.get(line + key, '') for key in columns)] for line in keys(row)], group)


def configuration_table(report: Report) -> str:
    found = list(report.select('scale.configuration'))
    if not found:
        return ''
    return ('<h3>Configurations of the RTL: bytes per cycle, 16 in flight</h3><p class="note">small: one queue pair, four '
            'slots, a cipher that works on one block at a time, one lane for SHA-2 with a round a cycle '
            '(rtl_model/rtl/cce_small.f).</p>' +
            crossed(found, ('algorithm',), ('bytes', 'configuration'), lambda figure: f'{figure.value:.3g}', ['']))


def bus_table(report: Report) -> str:
    found = list(report.select('scale.bus'))
    if not found:
        return ''
    return ('<h3>Where the bus is full: bytes per cycle, 32 in flight, by size</h3><p class="note">In brackets: the share of '
            'cycles with a beat in the direction that has more of them. At 100 % there is no more to be had from this '
            'bus.</p>' +
            crossed(found, ('algorithm', 'bus_bits'), ('bytes',),
                    lambda figure: f'{figure.value:.2f} ({100 * max(figure.parts["read"], figure.parts["write"]):.0f} %)',
                    ['', 'bus'], 0))


def profile_table(report: Report) -> str:
    rows = []
    for data in report.profiles.values():
        profile = from_json(data)
        kind = 'engine' if isinstance(profile, EngineProfile) else 'CPU'
        constants = ', '.join(f'{field.name} {getattr(profile, field.name):g}' if isinstance(getattr(profile, field.name),
                                                                                             int | float)
                              else f'{field.name} {getattr(profile, field.name)}'
                              for field in fields(profile) if field.name not in ('name', 'text'))
        rows.append([profile.name, kind, profile.text, constants])
    return table(['profile', 'kind', 'what it stands for', 'stated constants (sources: bench/profiles/*.yaml)'], rows,
                 texts=(2, 3))


def equality(report: Report) -> str:
    figure = next(report.select('engine.rtl_equals_model'), None)
    if figure is None:
        return '<p>RTL and model were not compared in this run.</p>'
    return (f'<p>RTL and C++ model were measured at {figure.parts["points"]:,.0f} points with {figure.parts["requests"]:,.0f} '
            'requests, and did everything on the bus in the same cycles at all of them: doorbell, descriptor, key, first '
            'source address, last result beat, completion of every request, and the number of beats.</p>')


def notes(report: Report) -> str:
    out = []
    for figure in report.select('simulation.speed'):
        out.append([f'{figure.conditions["engine"]}, {figure.conditions["work"]}', f'{figure.value:,.0f}'])
    simulation = table(['simulated', 'cycles per host second'], out) if out else ''
    checks = [[str(figure.conditions['algorithm']), size_text(float(figure.conditions['bytes'])),
               f'{figure.value / 1e9:.3f}', f'{figure.parts.get("ratio_to_ours", float("nan")):.3f}']
              for figure in report.select('software.openssl_speed')]
    cross = table(['openssl speed', 'bytes', 'GB/s', 'of what was measured here'], checks) if checks else ''
    return simulation + cross


def page(report: Report) -> str:
    comparison = compare(report)
    parts = ['<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Core Crypto Engine: benchmark</title>',
             f'<style>{STYLE}</style></head><body><h1>Core Crypto Engine: benchmark</h1>']

    def of_machine(name: str) -> str:
        return html.escape(str(report.machine.get(name, 'not known')))

    parts.append(f'<p class="note">{html.escape(report.begun)}; {report.seconds / 60:.1f} minutes; revision '
                 f'{of_machine("revision")}; {of_machine("cpu")}, {of_machine("cores")} cores, virtual machine: '
                 f'{of_machine("hypervisor")}; Linux {of_machine("kernel")}; {of_machine("openssl")}; '
                 f'{of_machine("compiler")}</p>')
    if not report.complete:
        parts.append('<p class="warning">This run was not completed: figures are missing, and those marked in report.json as '
                     'not complete have fewer repetitions.</p>')
    if (others := busy_others(report)) is not None:
        parts.append(f'<p class="warning">The machine was not idle: other programs kept {others:.2f} cores busy while OpenSSL was '
                     'timed. Host times are worse than they need be, and spread. Cycles of the engine are exact all the '
                     'same.</p>')
    parts.append('<p>Three clocks appear, and each table and plot says which it has: <b>cycles of the engine</b>, exact, from '
                 'simulation; <b>host time</b> of the machine named above; and, in the comparison alone, <b>both together</b> '
                 'at the clocks of the profiles. Doorbells and interrupts are stated constants, never measured in a '
                 'simulator.</p>')
    if comparison.break_evens:
        parts += [f'<h2>From which size the engine is the better one (AES-{KEY_BITS} encryption, digests)</h2>',
                  break_even_table(comparison),
                  '<p class="note">"never": at no size up to 1 MiB (key wrap: 4 KiB) does it stay better. "always": from 16 '
                  'bytes. Between measured sizes everything is taken to be linear. Where the CPU wins, it says so.</p>']
    if comparison.missing:
        others = f', and {len(comparison.missing) - 1} more' if len(comparison.missing) > 1 else ''
        parts.append(f'<p class="note">Not compared: {html.escape(comparison.missing[0])}{others}</p>')
    for title, text, draw in all_plots(report):
        picture = draw()
        if picture is None:
            continue
        data = base64.b64encode(picture.encode()).decode()
        parts.append(f'<h2>{html.escape(title)}</h2><figure><img alt="{html.escape(title)}" '
                     f'src="data:image/svg+xml;base64,{data}"><figcaption>{html.escape(text)}</figcaption></figure>')
    if comparison.savings:
        parts += ['<h2>What the CPU saves, many requests in flight</h2>', saving_table(comparison)]
    parts += ['<h2>Engine, in cycles of its clock</h2>', equality(report), engine_table(report),
              bus_table(report), configuration_table(report),
              '<h2>Software on this machine</h2>', software_table(report), '<h2>The Linux path</h2>', linux_tables(report),
              '<h2>Cross-checks and simulation</h2>', notes(report), '<h2>Profiles</h2>', profile_table(report)]
    skipped = report.skipped()
    if skipped:
        parts += ['<h2>Skipped</h2><ul>', *(f'<li>{html.escape(reason)}</li>' for _, reason in skipped), '</ul>']
    parts.append('<p class="note">All figures: report.json, report.csv. How they are measured: docs/benchmark.md.</p>'
                 '</body></html>\n')
    return ''.join(parts)
