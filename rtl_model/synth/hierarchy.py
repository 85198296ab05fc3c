# SPDX-License-Identifier: Apache-2.0
"""The module hierarchy of an elaborated design, from Yosys' RTLIL text.

Yosys names a module with parameters after their values; its attribute hdlname is the name in the source, which is
what people ask for. A block is synthesized with the parameters it has inside the engine, so none are typed here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Module:
    """One module of the design, with parameters resolved."""

    name: str                    # in RTLIL, without the leading backslash if it has one
    source_name: str             # in the source
    files: set[str]
    text: str                    # its RTLIL, attributes included
    instances: Counter[str] = field(default_factory=Counter)   # names of modules


_ATTRIBUTE = re.compile(r'^attribute \\(\w+) (.*)$')
_CELL = re.compile(r'^\s*cell (\S+) \S+$')


def _plain(name: str) -> str:
    return name[1:] if name.startswith('\\') else name


def read(path: Path) -> dict[str, Module]:
    """All modules of the RTLIL file, by name."""
    modules: dict[str, Module] = {}
    pending: list[str] = []
    attributes: dict[str, str] = {}
    body: list[str] = []
    current: Module | None = None
    for line in path.read_text(encoding='utf-8').splitlines(keepends=True):
        if current is not None:
            body.append(line)
            if cell := _CELL.match(line):
                current.instances[_plain(cell[1])] += 1
            elif line == 'end\n':
                current.text = ''.join(body)
                current = None
        elif line.startswith('module '):
            name = _plain(line.split()[1])
            source = attributes.get('src', '""').strip('"')
            current = Module(name, attributes.get('hdlname', f'"{name}"').strip('"\\'),
                             {part.rpartition(':')[0] for part in source.split('|') if ':' in part}, '')
            modules[name] = current
            body = [*pending, line]
            pending, attributes = [], {}
        else:
            if attribute := _ATTRIBUTE.match(line):
                attributes[attribute[1]] = attribute[2]
                pending.append(line)
            elif line.strip() and not line.startswith(('#', 'autoidx')):
                pending.append(line)
    for module in modules.values():
        module.instances = Counter({name: count for name, count in module.instances.items() if name in modules})
    return modules


def subtree(modules: dict[str, Module], root: str) -> list[str]:
    """The module and everything below it, each once, in the order of the names."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(modules[name].instances)
    return sorted(found)


def instance_counts(modules: dict[str, Module], top: str) -> Counter[str]:
    """How often each module stands in the design below top, top itself once."""
    counts: Counter[str] = Counter()

    def visit(name: str, times: int) -> None:
        counts[name] += times
        for below, count in modules[name].instances.items():
            visit(below, times * count)

    visit(top, 1)
    return counts


def variant_of(modules: dict[str, Module], top: str, block: str) -> tuple[str, int] | None:
    """The module that is `block` in the design, and how many instances of the block there are, all variants counted.

    Of several variants the one with most instances is taken, then the one with the longest RTLIL, then by name.
    """
    counts = instance_counts(modules, top)
    variants = [name for name in counts if modules[name].source_name == block]
    if not variants:
        return None
    best = max(variants, key=lambda name: (counts[name], len(modules[name].text), name))
    return best, sum(counts[name] for name in variants)
