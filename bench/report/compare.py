# SPDX-License-Identifier: Apache-2.0
"""What changed between two reports: exact figures by any difference, those of the host beyond their spread; those of two
different hosts not at all, unless that is what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from report.figures import Figure, Report

#: Names of figures of which more is better; of all others less is.
MORE_IS_BETTER = ('engine.throughput', 'scale.', 'simulation.', 'linux.library.rate', 'software.openssl_speed')
#: Said of what something is, not how good it is: no change for the better or for the worse.
NEUTRAL = ('engine.bus', 'engine.dma', 'engine.rtl_equals_model', 'machine.others')


@dataclass(frozen=True)
class Change:
    figure: str
    old: float
    new: float
    unit: str
    verdict: str  #: better, worse, changed

    @property
    def percent(self) -> float:
        return 100 * (self.new / self.old - 1) if self.old else float('inf')

    def __str__(self) -> str:
        return (f'{self.verdict:8} {self.figure}: {self.old:,.6g} -> {self.new:,.6g} {self.unit} ({self.percent:+.2f} %)')


@dataclass
class Differences:
    changes: list[Change]
    compared: int
    only_old: list[str]
    only_new: list[str]
    other_hosts: int = 0  #: figures of the host that were left out, since the hosts differ
    no_spread: int = 0  #: and those that were measured once

    def worse(self) -> list[Change]:
        return [change for change in self.changes if change.verdict == 'worse']


def describe(figure: Figure) -> str:
    conditions = ', '.join(f'{name}={value}' for name, value in sorted(figure.conditions.items()))
    return f'{figure.name} ({conditions})'


def beyond_noise(old: Figure, new: Figure) -> bool | None:
    """Exact figures: any change. Others: quartiles that do not overlap. None: without a spread there is nothing to say."""
    if old.exact and new.exact:
        return old.value != new.value
    if old.quartiles is None or new.quartiles is None or min(old.repetitions, new.repetitions) < 2:
        return None
    return old.quartiles[1] < new.quartiles[0] or new.quartiles[1] < old.quartiles[0]


def verdict(old: Figure, new: Figure) -> str:
    if new.name.startswith(NEUTRAL):
        return 'changed'
    more = new.value > old.value
    return 'better' if more == new.name.startswith(MORE_IS_BETTER) else 'worse'


#: What times of a host depend on: two reports that differ here are of two hosts.
HOST = ('cpu', 'cores', 'hypervisor', 'kernel', 'compiler', 'openssl')


def host_differences(old: Report, new: Report) -> list[str]:
    """In what the machines of both reports differ; empty: figures of the host can be compared."""
    return [f'{name}: {old.machine.get(name, "not known")} / {new.machine.get(name, "not known")}' for name in HOST
            if old.machine.get(name) != new.machine.get(name)]


def differences(old: Report, new: Report, hosts: bool = True) -> Differences:
    """`hosts`: compare figures of the host as well, not exact ones alone."""
    by_key = {figure.key(): figure for figure in old.figures}
    found = Differences([], 0, [], [])
    for figure in new.figures:
        before = by_key.pop(figure.key(), None)
        if before is None:
            found.only_new.append(describe(figure))
            continue
        if not hosts and not (before.exact and figure.exact):
            found.other_hosts += 1
            continue
        noticed = beyond_noise(before, figure)
        if noticed is None:
            found.no_spread += 1
            continue
        found.compared += 1
        if noticed:
            found.changes.append(Change(describe(figure), before.value, figure.value, figure.unit, verdict(before, figure)))
        elif figure.exact and dict(before.parts) != dict(figure.parts):
            found.changes += [Change(f'{describe(figure)}, {part}', before.parts[part], value, figure.unit,
                                     part_verdict(figure, before.parts[part], value))
                              for part, value in figure.parts.items()
                              if part in before.parts and before.parts[part] != value]
    found.only_old = [describe(figure) for figure in by_key.values()]
    return found


def part_verdict(figure: Figure, old: float, new: float) -> str:
    """Parts of latencies are latencies; parts of others say how a value came about."""
    if figure.name != 'engine.latency':
        return 'changed'
    return 'worse' if new > old else 'better'


def spread_text(old: Report, new: Report) -> str:
    """How far apart the medians of the host's figures are in two runs of the same: for each name, half of them and nine
    tenths of them differ by no more."""
    before = {figure.key(): figure.value for figure in old.figures if not figure.exact}
    apart: dict[str, list[float]] = {}
    for figure in new.figures:
        value = before.get(figure.key(), 0)
        if not figure.exact and value:
            apart.setdefault(figure.name, []).append(100 * abs(figure.value / value - 1))
    lines = []
    for name, percents in apart.items():
        percents.sort()
        lines.append(f'{name:28} {len(percents):5} figures: half within {percents[(len(percents) - 1) // 2]:.1f} %, '
                     f'nine tenths within {percents[(len(percents) - 1) * 9 // 10]:.1f} %, all within {percents[-1]:.1f} %')
    return 'From run to run, medians of the host:\n' + '\n'.join(lines) + '\n' if lines else ''


def text(found: Differences) -> str:
    lines = [str(change) for change in sorted(found.changes, key=lambda one: (one.verdict != 'worse', one.figure))]
    lines.append(f'{len(found.changes)} of {found.compared} figures changed beyond noise, {len(found.worse())} for the worse; '
                 f'{len(found.only_old)} are in the old report alone, {len(found.only_new)} in the new one')
    if found.other_hosts:
        lines.append(f'{found.other_hosts} figures of the host were not compared')
    if found.no_spread:
        lines.append(f'{found.no_spread} figures of the host have no spread in one of the reports: nothing is said of them')
    return '\n'.join(lines) + '\n'
