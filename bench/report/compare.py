# SPDX-License-Identifier: Apache-2.0
"""What changed between two reports: exact figures by any difference, those of the host beyond their spread."""

from __future__ import annotations

from dataclasses import dataclass

from report.figures import Figure, Report

#: Names of figures of which more is better; of all others less is.
MORE_IS_BETTER = ('engine.throughput', 'scale.', 'simulation.', 'linux.library.rate', 'software.openssl_speed')
#: Said of what something is, not how good it is: no change for the better or for the worse.
NEUTRAL = ('engine.bus', 'engine.dma', 'engine.rtl_equals_model')


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

    def worse(self) -> list[Change]:
        return [change for change in self.changes if change.verdict == 'worse']


def describe(figure: Figure) -> str:
    conditions = ', '.join(f'{name}={value}' for name, value in sorted(figure.conditions.items()))
    return f'{figure.name} ({conditions})'


def beyond_noise(old: Figure, new: Figure) -> bool:
    """Exact figures: any change. Others: quartiles that do not overlap. Without a spread there is nothing to say."""
    if old.exact and new.exact:
        return old.value != new.value
    if old.quartiles is None or new.quartiles is None:
        return False
    return old.quartiles[1] < new.quartiles[0] or new.quartiles[1] < old.quartiles[0]


def verdict(old: Figure, new: Figure) -> str:
    if new.name.startswith(NEUTRAL):
        return 'changed'
    more = new.value > old.value
    return 'better' if more == new.name.startswith(MORE_IS_BETTER) else 'worse'


def differences(old: Report, new: Report) -> Differences:
    by_key = {figure.key(): figure for figure in old.figures}
    found = Differences([], 0, [], [])
    for figure in new.figures:
        before = by_key.pop(figure.key(), None)
        if before is None:
            found.only_new.append(describe(figure))
            continue
        found.compared += 1
        if beyond_noise(before, figure):
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


def text(found: Differences) -> str:
    lines = [str(change) for change in sorted(found.changes, key=lambda one: (one.verdict != 'worse', one.figure))]
    lines.append(f'{len(found.changes)} of {found.compared} figures changed beyond noise, {len(found.worse())} for the worse; '
                 f'{len(found.only_old)} are in the old report alone, {len(found.only_new)} in the new one')
    return '\n'.join(lines) + '\n'
