# SPDX-License-Identifier: Apache-2.0
"""The report's plots, drawn from its figures alone: static SVG, one colour scheme, fit for print."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import matplotlib
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, NullFormatter

from report.algorithms import QUICK, direction_of, full_name, key_bits_of
from report.comparison import LARGEST, Offload, break_even, compare, counted, driver_cost, pairs_of
from report.engine import BASE_BUS_BITS, BASE_LATENCY, DEEP, SIZES, is_deep
from report.figures import Condition, Report
from report.profiles import CpuProfile, EngineProfile

matplotlib.use('svg')
matplotlib.rcParams.update({
    'svg.fonttype': 'none', 'svg.hashsalt': 'cce', 'font.family': 'sans-serif', 'font.size': 9, 'axes.grid': True,
    'grid.color': '#dddddd', 'grid.linewidth': 0.6, 'axes.spines.top': False, 'axes.spines.right': False,
    'axes.axisbelow': True, 'legend.frameon': False, 'legend.fontsize': 8, 'lines.linewidth': 1.6, 'lines.markersize': 4,
    'axes.titlesize': 9, 'axes.titlelocation': 'left'})

#: Okabe and Ito's, told apart by most eyes; in grey print, line styles and markers tell them apart.
ENGINE, ENGINE_ALONE, CPU_AES, CPU_PLAIN = '#0072b2', '#56b4e9', '#d55e00', '#e69f00'
SERIES = ('#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999', '#7a5195')
MARKERS = 'osD^vPX*<'
LINES = ('-', '--', '-.', ':', (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1)), '-', '--')  #: where one curve hides another
GREY = '#666666'
CPU_STYLE = {'all': (CPU_AES, '-'), 'aes-ni': (CPU_AES, '-.'), 'plain': (CPU_PLAIN, '-'), 'kernel-c': (CPU_PLAIN, '--')}
WIDTH = 9.2  # inches: as wide as the page's text


def size_text(size: float) -> str:
    """16, 1,420, 4 KiB, 17.1 KiB, 1 MiB."""
    for unit, name in ((1 << 20, 'MiB'), (1 << 10, 'KiB')):
        if size >= unit and size % unit == 0:
            return f'{size / unit:g} {name}'
        if size >= 4 * unit:
            return f'{size / unit:.3g} {name}' if size < 1000 * unit else f'{size / unit:.0f} {name}'
    return f'{size:,.0f}'


def size_axis(axes: Any, sizes: Sequence[int] = SIZES) -> None:
    axes.set_xscale('log', base=2)
    axes.set_xticks(list(sizes)[::2])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: size_text(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel('bytes of a request')


def plain_numbers(axis: Any) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: f'{value:,g}'))
    axis.set_minor_formatter(NullFormatter())


def svg(canvas: Canvas) -> str:
    out = io.StringIO()
    canvas.savefig(out, format='svg', bbox_inches='tight', metadata={'Date': None, 'Creator': None})
    text = out.getvalue()
    return text[text.index('<svg'):]


def marks(axes: Any, offload: Offload, colour: str, row: int) -> None:
    """Where the engine becomes the better one."""
    for kind, style in (('throughput', ':'), ('latency', '--')):
        size = break_even(offload, kind)
        if size is not None and size > SIZES[0]:
            axes.axvline(size, color=colour, linestyle=style, linewidth=1)
            left = size < 64 << 10  # else it would be written beyond the panel
            axes.annotate(size_text(size), (size, 0.03 + 0.08 * row), xycoords=('data', 'axes fraction'), fontsize=7,
                          color='black', ha='left' if left else 'right', xytext=(2 if left else -2, 0),
                          textcoords='offset points', bbox={'facecolor': 'white', 'edgecolor': 'none', 'pad': 0.6})
        row += 1


def throughput(report: Report, mode: str) -> str | None:
    """Engine and CPU over the size, a panel for each engine profile, break-even marked."""
    engines = list(dict.fromkeys(engine for engine, _ in pairs_of(report)))
    canvas = Canvas(figsize=(WIDTH, 3.6))
    panels = canvas.subplots(1, max(1, len(engines)), sharey=True, squeeze=False)[0]
    drawn = False
    for axes, engine in zip(panels, engines):
        row = 0
        for cpu in (cpu for other, cpu in pairs_of(report) if other == engine):
            try:
                offload = Offload(report, engine, cpu, mode)
            except LookupError:
                continue
            sizes = [size for size in SIZES if size <= offload.largest()]
            if row == 0:
                axes.plot(sizes, [size / offload.turn_ns(size) for size in sizes], color=ENGINE, marker='o',
                          label='engine, many requests in flight')
                axes.plot(sizes, [size / offload.latency_ns(size) for size in sizes], color=ENGINE_ALONE, marker='s',
                          label='engine, one at a time, interrupt')
            colour, style = CPU_STYLE[cpu.instructions]
            whose = 'Linux' if cpu.instructions == 'kernel-c' else 'OpenSSL'
            axes.plot(sizes, [size / offload.software_ns(size) for size in sizes], color=colour, linestyle=style,
                      marker='^' if cpu.instructions == 'all' else 'v', label=f'{cpu.name}, {whose}')
            marks(axes, offload, colour, row)
            row += 2
            drawn = True
        axes.axhline(engine.bus_bits / 8 * engine.clock_mhz / 1000, color=GREY, linewidth=0.8)
        axes.annotate('bus', (SIZES[-1], engine.bus_bits / 8 * engine.clock_mhz / 1000), fontsize=7, color=GREY, ha='right',
                      va='bottom')
        axes.set_title(engine.text)
        axes.set_yscale('log')
        plain_numbers(axes.yaxis)
        size_axis(axes)
        axes.tick_params(axis='x', labelrotation=45)
    if not drawn:
        return None
    panels[0].set_ylabel(f'GB/s, {full_name(mode).upper()}')
    handles, labels = panels[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc='upper center', ncol=4, bbox_to_anchor=(0.5, 1.06))
    canvas.subplots_adjust(wspace=0.08)
    return svg(canvas)


def break_evens(report: Report) -> str | None:
    """From which size on the engine is the better one: a panel for each CPU, a row for each algorithm."""
    found = compare(report).break_evens
    # Others are like those: the rest is in the table.
    found = [one for one in found if one.algorithm in QUICK] or found
    cpus = list(dict.fromkeys(one.cpu for one in found))
    engines = list(dict.fromkeys(one.engine for one in found))
    modes = list(dict.fromkeys(one.algorithm for one in found))
    if not found:
        return None
    never = 4 * LARGEST  # where those stand that are never better
    offset = 0.5 / max(1, len(engines) - 1) if len(engines) > 1 else 0
    canvas = Canvas(figsize=(WIDTH, 0.36 * len(modes) + 0.9))
    panels = canvas.subplots(1, len(cpus), sharey=True, squeeze=False)[0]
    for axes, cpu in zip(panels, cpus):
        for index, (engine, colour, marker) in enumerate(zip(engines, SERIES, MARKERS)):
            for kind, fill in (('latency', 'none'), ('throughput', colour)):
                sizes = {one.algorithm: never if one.bytes is None else one.bytes for one in found
                         if (one.cpu, one.engine, one.kind) == (cpu, engine, kind)}
                rows = [len(modes) - 1 - modes.index(mode) + offset * ((len(engines) - 1) / 2 - index) for mode in sizes]
                axes.plot(list(sizes.values()), rows, linestyle='', marker=marker, color=colour, markerfacecolor=fill,
                          markersize=5, label=f'{engine}, {"one at a time" if kind == "latency" else "many in flight"}')
        axes.axvline(2 * LARGEST, color=GREY, linewidth=0.8)
        axes.set_title(f'against {cpu}')
        size_axis(axes)
        ticks = [*SIZES[:-1:2], never]
        axes.set_xticks(ticks, [*(size_text(size) for size in ticks[:-1]), 'never'])
        axes.set_xlim(10, 2 * never)
        axes.set_xlabel('from so many bytes on')
        axes.set_yticks(range(len(modes)), [full_name(mode).upper() for mode in reversed(modes)])
        axes.set_ylim(-0.6, len(modes) - 0.4)
    canvas.legend(*panels[0].get_legend_handles_labels(), loc='lower center', ncol=len(engines), bbox_to_anchor=(0.5, 0.92))
    canvas.subplots_adjust(wspace=0.06, top=0.86)
    return svg(canvas)


def base(mode: str, **more: Any) -> dict[str, Any]:
    """The conditions of the model's main sweep."""
    return {'engine': 'model', 'algorithm': mode, 'key_bits': key_bits_of(mode), 'direction': direction_of(mode), 'queues': 1,
            'bus_bits': BASE_BUS_BITS, 'memory_latency_cycles': BASE_LATENCY, **more}


def latency(report: Report, modes: list[str]) -> str | None:
    """Distribution of latencies at two depths, in cycles of the engine."""
    points = (('min', 0.0), ('p10', 0.1), ('p25', 0.25), ('p50', 0.5), ('p75', 0.75), ('p90', 0.9), ('p99', 0.99),
              ('p99.9', 0.999), ('max', 1.0))
    canvas = Canvas(figsize=(WIDTH, 3.2))
    panels = canvas.subplots(1, 2, sharey=True)
    drawn = False
    for axes, depth in zip(panels, (4, DEEP)):
        for mode, colour, marker, line in zip(modes, SERIES, MARKERS, LINES):
            for figure in report.select('engine.latency', **base(mode, bytes=1024, depth=depth)):
                values = [figure.parts[name] for name, _ in points]
                axes.plot(values, [share for _, share in points], drawstyle='steps-post', color=colour, marker=marker,
                          linestyle=line, label=mode.upper())
                drawn = True
        axes.set_title(f'1 KiB, {depth} requests in flight')
        axes.set_xlim(left=0)
        plain_numbers(axes.xaxis)
        axes.set_xlabel('cycles from doorbell to completion')
    if not drawn:
        return None
    panels[0].set_ylabel('share of requests')
    canvas.legend(*panels[0].get_legend_handles_labels(), loc='upper center', ncol=len(modes), bbox_to_anchor=(0.5, 1.05))
    canvas.subplots_adjust(wspace=0.06)
    return svg(canvas)


def depth_scaling(report: Report, modes: list[str]) -> str | None:
    canvas = Canvas(figsize=(WIDTH, 3.2))
    panels = canvas.subplots(1, 2, sharey=True)
    drawn = False
    for axes, size in zip(panels, (64, 4096)):
        for mode, colour, marker, line in zip(modes, SERIES, MARKERS, LINES):
            points = sorted((int(figure.conditions['depth']), figure.value)
                            for figure in report.select('engine.throughput', **base(mode, bytes=size)))
            if points:
                axes.plot(*zip(*points), color=colour, marker=marker, linestyle=line, label=mode.upper())
                drawn = True
        axes.axhline(BASE_BUS_BITS / 8, color=GREY, linewidth=0.8)
        axes.set_title(f'requests of {size_text(size)}{" bytes" if size < 1024 else ""}')
        axes.set_xscale('log', base=2)
        plain_numbers(axes.xaxis)
        axes.set_xlabel('requests in flight')
    if not drawn:
        return None
    panels[0].set_ylabel('bytes per cycle')
    panels[0].annotate('bus', (1, BASE_BUS_BITS / 8), fontsize=7, color=GREY, va='bottom')
    panels[0].legend(loc='upper left', bbox_to_anchor=(0, 0.93))
    canvas.subplots_adjust(wspace=0.06)
    return svg(canvas)


def stages(report: Report, mode: str) -> str | None:
    """Where the time of a request that is alone goes."""
    names = (('wait', 'waits'), ('fetch', 'descriptor fetched'), ('process', 'text read, processed, written'),
             ('write_back', 'completion written'))
    found = sorted((int(figure.conditions['bytes']), figure.parts) for figure in
                   report.select('engine.stages', **base(mode, depth=1)) if int(figure.conditions['bytes']) <= 4096)
    if not found:
        return None
    canvas = Canvas(figsize=(WIDTH, 2.4))
    axes = canvas.subplots()
    left = [0.0] * len(found)
    for (name, label), colour, hatch in zip(names, (GREY, '#56b4e9', '#0072b2', '#e69f00'), ('', '//', '', '..')):
        values = [parts[name] for _, parts in found]
        axes.barh([size_text(size) for size, _ in found], values, left=left, color=colour, label=label, hatch=hatch,
                  edgecolor='white', height=0.65)
        left = [before + value for before, value in zip(left, values)]
    for index, total in enumerate(left):  # categories stand at 0, 1, ...
        axes.annotate(f'{total:,.0f}', (total, index), va='center', xytext=(3, 0), textcoords='offset points', fontsize=8)
    axes.grid(False, axis='y')
    axes.set_xlabel(f'cycles of a request that is alone, {full_name(mode).upper()}, key in memory')
    axes.set_ylabel('bytes')
    axes.legend(loc='upper center', ncol=4, bbox_to_anchor=(0.5, 1.16))
    return svg(canvas)


def host_cycles(report: Report) -> str | None:
    """Host cycles of a request: what is measured is filled, what the profile states is hatched."""
    cpu = next((cpu for _, cpu in pairs_of(report)), None)
    engine = next((engine for engine, _ in pairs_of(report)), None)
    algorithms = sorted({str(figure.conditions['algorithm']) for figure in report.select('linux.driver.submit')})
    depths = sorted({int(figure.conditions['depth']) for figure in report.select('linux.driver.submit')})
    if not algorithms or cpu is None or engine is None:
        return None
    bars: list[tuple[str, list[float]]] = []
    share = counted(report)
    for algorithm in algorithms:
        for depth in depths:
            for size in sorted(driver_cost(report, algorithm, depth)):
                pick: dict[str, Condition] = {'algorithm': algorithm, 'depth': depth, 'bytes': size}
                submit, complete = (next(report.select(f'linux.driver.{step}', **pick)).value
                                    for step in ('submit', 'complete'))
                of_many = 1.0 if depth == 1 else share['interrupts']
                doorbell = engine.doorbell_ns * cpu.clock_ghz * (1.0 if depth == 1 else share['doorbells'])
                bars.append((f'{algorithm}, {size_text(size)}, {depth} in flight',
                             [submit, complete, doorbell, of_many * cpu.interrupt_cycles,
                              cpu.wakeup_cycles if depth == 1 else 0.0]))
    if not bars:
        return None
    bars.reverse()
    labels = ('submit, measured', 'complete, measured', f'doorbell, stated ({engine.name})', f'interrupt, stated ({cpu.name})',
              f'sleep and wake-up, stated ({cpu.name})')
    canvas = Canvas(figsize=(WIDTH, 0.24 * len(bars) + 1))
    axes = canvas.subplots()
    left = [0.0] * len(bars)
    for index, (label, colour, hatch) in enumerate(zip(labels, ('#0072b2', '#56b4e9', '#ffffff', '#ffffff', '#ffffff'),
                                                       ('', '', '....', '////', 'xxxx'))):
        values = [parts[index] for _, parts in bars]
        axes.barh([name for name, _ in bars], values, left=left, color=colour, hatch=hatch, label=label, height=0.7,
                  edgecolor='white' if not hatch else GREY, linewidth=0.5)
        left = [before + value for before, value in zip(left, values)]
    axes.set_xlabel('host cycles of a request (time stamp counter)')
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f'{value:,.0f}'))
    axes.grid(False, axis='y')
    axes.margins(y=0.02)
    axes.legend(loc='lower center', ncol=3, bbox_to_anchor=(0.3, 1.0))
    return svg(canvas)


def polling(report: Report, mode: str) -> str | None:
    """CPU time of waiting for a request: looking for its completion, or an interrupt; both from stated constants."""
    engines: dict[EngineProfile, Offload] = {}
    cpus: dict[CpuProfile, Offload] = {}
    for engine, cpu in pairs_of(report):
        try:
            offload = Offload(report, engine, cpu, mode)
        except LookupError:
            continue
        engines.setdefault(engine, offload)
        cpus.setdefault(cpu, offload)
    if not engines:
        return None
    canvas = Canvas(figsize=(WIDTH, 3.2))
    axes = canvas.subplots()
    for index, ((engine, offload), colour, marker) in enumerate(zip(engines.items(), SERIES, MARKERS)):
        sizes = [size for size in SIZES if size <= offload.largest()]
        axes.plot(sizes, [offload.polling_ns(size) for size in sizes], color=colour, marker=marker,
                  label=f'polling, {engine.name}')
        crossing = crossover(offload)
        if crossing is not None:
            axes.plot([crossing], [offload.polling_ns(crossing)], 'o', markersize=9, markerfacecolor='none', color=colour)
            axes.annotate(size_text(crossing), (crossing, offload.polling_ns(crossing)), fontsize=8,
                          xytext=(0, (-16, 10)[index % 2]), ha='center', textcoords='offset points',
                          bbox={'facecolor': 'white', 'edgecolor': 'none', 'pad': 0.6})
    levels: dict[float, list[str]] = {}
    for cpu, offload in cpus.items():
        levels.setdefault(offload.interrupt_ns(), []).append(cpu.name)
    for level, names in levels.items():
        axes.axhline(level, color=GREY, linestyle='--', label=f'interrupt and wake-up, {", ".join(names)}')
    axes.set_yscale('log')
    plain_numbers(axes.yaxis)
    size_axis(axes)
    axes.set_ylabel(f'CPU time of waiting, ns ({full_name(mode).upper()})')
    axes.legend(loc='upper left')
    return svg(canvas)


def crossover(offload: Offload) -> int | None:
    """The size from which an interrupt takes less CPU time than polling."""
    size = SIZES[0]
    while size <= offload.largest():
        if offload.polling_ns(size) > offload.interrupt_ns():
            return size
        size += 16 if size < 4096 else 256
    return None


def roofline(report: Report, modes: list[str]) -> str | None:
    """What is reached of what bus, cipher and descriptors allow."""
    canvas = Canvas(figsize=(WIDTH, 3.6))
    axes = canvas.subplots()
    least = float('inf')
    drawn = False
    for mode, colour, marker in zip(modes, SERIES, MARKERS):
        best: dict[int, float] = {}
        for figure in report.select('engine.throughput', **base(mode)):
            if not is_deep(figure.conditions):
                continue
            size = int(figure.conditions['bytes'])
            best[size] = max(best.get(size, 0), figure.value)
            least = min(least, figure.parts['cycles_per_request'])
        if best:
            axes.plot(sorted(best), [best[size] for size in sorted(best)], linestyle='', marker=marker, color=colour,
                      label=mode.upper())
            drawn = True
    if not drawn:
        return None
    bus = BASE_BUS_BITS / 8
    sizes = sorted({*SIZES, bus * least})
    axes.plot(sizes, [min(bus, size / least) for size in sizes], color='black', linewidth=1.2,
              label=f'roof: bus of {bus:g} bytes a cycle,\na request every {least:.0f} cycles at best')
    axes.plot(sizes, [min(bus / 2, size / least) for size in sizes], color=GREY, linewidth=1.2, linestyle='--',
              label='roof of CCM: two passes of the cipher')
    axes.set_yscale('log', base=2)
    plain_numbers(axes.yaxis)
    size_axis(axes)
    axes.set_ylabel(f'bytes per cycle, {DEEP} requests in flight or more')
    axes.legend(loc='lower right')
    return svg(canvas)


def scale(report: Report) -> str | None:
    """Throughput over queue pairs, over the requests that fill the lanes, over the bus; cost over keys in use."""
    canvas = Canvas(figsize=(WIDTH, 6.4))
    (queues, lanes), (bus, keys) = canvas.subplots(2, 2)
    drawn = [scale_queues(report, queues), scale_lanes(report, lanes), scale_bus(report, bus), scale_keys(report, keys)]
    if not any(drawn):
        return None
    canvas.subplots_adjust(wspace=0.2, hspace=0.5)
    return svg(canvas)


def scale_queues(report: Report, axes: Any) -> bool:
    shown = sorted({(str(figure.conditions['algorithm']), int(figure.conditions['bytes']))
                    for figure in report.select('scale.queues')})
    for (mode, size), colour, marker, line in zip(shown, SERIES, MARKERS, LINES):
        points = sorted((int(figure.conditions['queues']), figure.value)
                        for figure in report.select('scale.queues', algorithm=mode, bytes=size))
        axes.plot(*zip(*points), color=colour, marker=marker, linestyle=line, label=f'{mode.upper()}, {size_text(size)}')
    axes.set_xlabel('queue pairs, 16 requests in flight in each')
    axes.set_ylabel('bytes per cycle')
    axes.set_ylim(bottom=0)
    axes.set_xticks([1, 2, 3, 4])
    if shown:
        axes.legend(fontsize=7, ncol=3, loc='lower center', bbox_to_anchor=(0.5, 1.0))
    return bool(shown)


def scale_lanes(report: Report, axes: Any) -> bool:
    names = list(dict.fromkeys(str(figure.conditions['algorithm']) for figure in report.select('scale.lanes')))
    for mode, colour, marker, line in zip(names, SERIES, MARKERS, LINES):
        points = sorted((int(figure.conditions['depth']), figure.value)
                        for figure in report.select('scale.lanes', algorithm=mode))
        axes.plot(*zip(*points), color=colour, marker=marker, linestyle=line, label=mode.upper())
    axes.set_xscale('log', base=2)
    plain_numbers(axes.xaxis)
    axes.set_ylim(bottom=0)
    axes.set_xlabel('requests of 4 KiB in flight, which fill the lanes')
    axes.set_ylabel('bytes per cycle')
    if names:
        axes.legend(fontsize=7, ncol=3, loc='lower center', bbox_to_anchor=(0.5, 1.0))
    return bool(names)


def scale_bus(report: Report, axes: Any) -> bool:
    shown = list(dict.fromkeys((str(figure.conditions['algorithm']), int(figure.conditions['bus_bits']))
                               for figure in report.select('scale.bus')))
    sizes: set[int] = set()
    for (mode, bits), colour, marker in zip(sorted(shown), SERIES, MARKERS):
        points = sorted((int(figure.conditions['bytes']), figure.value)
                        for figure in report.select('scale.bus', algorithm=mode, bus_bits=bits))
        sizes |= {size for size, _ in points}
        axes.plot(*zip(*points), color=colour, marker=marker, linestyle='-' if bits == BASE_BUS_BITS else '--',
                  label=f'{mode.upper()}, {bits} bits')
    axes.axhline(BASE_BUS_BITS / 8, color=GREY, linewidth=0.8)
    axes.annotate('bus of 128 bits; one pipeline of the cipher', (0.02, BASE_BUS_BITS / 8), xycoords=('axes fraction', 'data'),
                  fontsize=7, color=GREY, va='bottom')
    size_axis(axes, sorted(sizes) or SIZES)
    axes.set_ylim(bottom=0, top=1.15 * BASE_BUS_BITS / 8)
    axes.set_ylabel('bytes per cycle, 32 in flight')
    if shown:
        axes.legend(fontsize=7, ncol=3, loc='lower center', bbox_to_anchor=(0.5, 1.0))
    return bool(shown)


def scale_keys(report: Report, axes: Any) -> bool:
    points = sorted((int(figure.conditions['sessions']), figure.parts['cycles_per_request'])
                    for figure in report.select('scale.sessions'))
    if points:
        axes.plot(*zip(*points), color=ENGINE, marker='o')
        axes.set_ylim(bottom=0, top=1.3 * max(value for _, value in points))
    axes.set_xscale('log')
    plain_numbers(axes.xaxis)
    axes.set_xlabel('keys in use, in turn (GCM, 64 bytes, 32 in flight)')
    axes.set_ylabel('cycles per request')
    return bool(points)


Plot = tuple[str, str, Callable[[], str | None]]


def all_plots(report: Report) -> list[Plot]:
    """Title, what it shows, and the drawing, of every plot."""
    measured = [str(figure.conditions['algorithm']) for figure in report.select('engine.throughput', engine='model')]
    stream = [mode for mode in ('gcm', 'xts', 'ctr', 'cbc', 'ccm', 'cmac') if mode in measured]
    main = stream[0] if stream else 'gcm'
    chained = [mode for mode in ('cbc', 'sha-256') if mode in measured and mode != main]
    plots: list[Plot] = [
        ('Break-even', 'From which size on the engine answers sooner (hollow: one request at a time, waited for with an '
         'interrupt), or gives more bytes a second (filled: many in flight, one core).', partial(break_evens, report)),
        *((f'Throughput over size, {mode.upper()}',
         'Engine: cycles of the model at the profile\'s clock, limited by the host\'s own work on one core. CPU: OpenSSL on '
         'this machine, cycles per byte at the profile\'s clock. Dotted: from that size on the engine gives more bytes a '
         'second, with many requests in flight; dashed: it answers sooner, one at a time. No line: never.',
         partial(throughput, report, mode)) for mode in [main, *chained])]
    hashes = [mode for mode in ('sha-256', 'sha-512', 'sha3-256') if mode in measured]
    shown = (stream + hashes)[:len(LINES)]
    return plots + [
        ('Latency distribution', 'Cycles of the engine\'s clock. With many requests in flight most of a latency is waiting '
         'for the others.', lambda: latency(report, stream[:5])),
        ('Depth scaling', 'Cycles of the engine\'s clock. Modes whose blocks wait for one another need many requests to fill '
         'the cipher.', lambda: depth_scaling(report, shown)),
        ('Where an engine\'s request spends its time', 'Cycles of the engine\'s clock, as seen on its bus.',
         lambda: stages(report, main)),
        ('Host cycles of a request', 'Host time only; the engine\'s is not in it. Filled: measured over a transport without an '
         'engine. Hatched: constants of the profiles, not measured.', lambda: host_cycles(report)),
        ('Polling or interrupt', 'Computed: the engine\'s latency at its profile\'s clock is what polling takes; interrupt and '
         'wake-up are constants of the CPU profiles. Circles: from that size on an interrupt is cheaper.',
         lambda: polling(report, main)),
        ('Roofline', 'Cycles of the engine\'s clock, 128-bit bus, memory latency of 20 cycles.',
         lambda: roofline(report, shown)),
        ('Scale', 'Cycles of the engine\'s clock. A wider bus helps only where the cipher\'s one pipeline is not what limits.',
         lambda: scale(report)),
    ]
