# SPDX-License-Identifier: Apache-2.0
"""Reads the reviewed list (review.yaml): where secrets begin, which registers may hold them, what may be told of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


class ReviewError(Exception):
    """The list is not what it should be."""


def pattern_of(text: str) -> re.Pattern[str]:
    """`*` stands for anything without a dot, `**` for anything; brackets and dots mean themselves."""
    parts = re.split(r"(\*\*|\*)", text)
    return re.compile("".join({"*": r"[^.]*", "**": r".*"}.get(part, re.escape(part)) for part in parts))


@dataclass
class Entry:
    """What all kinds of entries have in common. `used` is set when something of the netlist needs the entry."""

    kind: str
    text: str
    reason: str
    used: bool = False

    def __str__(self) -> str:
        return f"{self.kind} '{self.text}'"


@dataclass
class Part(Entry):
    """Bits of a net, all of them unless `high` says otherwise."""

    low: int = 0
    high: int | None = None


@dataclass
class Release(Entry):
    into: dict[str, bool] = field(default_factory=dict)  # register pattern: needed


@dataclass
class Permitted(Entry):
    """A register, an output or a control that secrets may reach."""

    control: str = ""

    def matches(self, name: str) -> bool:
        return pattern_of(self.text).fullmatch(name) is not None


@dataclass
class Review:
    sources: list[Part] = field(default_factory=list)
    public: list[Part] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    registers: list[Permitted] = field(default_factory=list)
    outputs: list[Permitted] = field(default_factory=list)
    controls: list[Permitted] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        yield from self.sources
        yield from self.public
        yield from self.releases
        yield from self.registers
        yield from self.outputs
        yield from self.controls


KEYS = {
    "sources": {"net", "bits", "reason", "only"},
    "public": {"net", "bits", "reason", "only"},
    "releases": {"net", "into", "reason", "only"},
    "registers": {"names", "reason", "only"},
    "outputs": {"names", "reason", "only"},
    "controls": {"kind", "names", "reason", "only"},
}


def entries_of(document: dict[str, Any], section: str, configuration: str, known: set[str]) -> Iterator[dict[str, Any]]:
    """The entries of a section that apply to the configuration, checked for form."""
    for entry in document.get(section) or []:
        where = f"{section}: {entry}"
        if unknown := set(entry) - KEYS[section]:
            raise ReviewError(f"{where}: unknown keys {sorted(unknown)}")
        if missing := KEYS[section] - {"bits", "only"} - set(entry):
            raise ReviewError(f"{where}: keys {sorted(missing)} are missing")
        if not str(entry["reason"]).strip():
            raise ReviewError(f"{where}: the reason is empty")
        only = entry.get("only", sorted(known))
        if not isinstance(only, list) or not set(only) <= known:
            raise ReviewError(f"{where}: 'only' must be a list of configurations, of {sorted(known)}")
        if configuration in only:
            yield entry


def load(path: Path, configuration: str, known: set[str]) -> Review:
    """The part of the list that applies to `configuration`."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ReviewError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise ReviewError(f"{path}: not a mapping of sections")
    if unknown := set(document) - set(KEYS):
        raise ReviewError(f"{path}: unknown sections {sorted(unknown)}")
    review = Review()
    for section, kind, parts in (("sources", "source", review.sources), ("public", "public", review.public)):
        for entry in entries_of(document, section, configuration, known):
            high, low = entry.get("bits", [None, 0])
            parts.append(Part(kind, entry["net"], entry["reason"], low=low, high=high))
    for entry in entries_of(document, "releases", configuration, known):
        review.releases.append(Release("release", entry["net"], entry["reason"],
                                       into={name: False for name in entry["into"]}))
    for entry in entries_of(document, "registers", configuration, known):
        review.registers += [Permitted("register", name, entry["reason"]) for name in entry["names"]]
    for entry in entries_of(document, "outputs", configuration, known):
        review.outputs += [Permitted("output", name, entry["reason"]) for name in entry["names"]]
    for entry in entries_of(document, "controls", configuration, known):
        review.controls += [Permitted("control", name, entry["reason"], control=entry["kind"])
                            for name in entry["names"]]
    return review
