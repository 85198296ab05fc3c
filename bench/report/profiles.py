# SPDX-License-Identifier: Apache-2.0
"""Profiles: the constants of an engine in a system, and of the CPU beside it (bench/profiles/*.yaml)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[1] / 'profiles'
INSTRUCTIONS = ('all', 'aes-ni', 'plain', 'kernel-c')
BUS_BITS = (128, 256)


class ProfileError(Exception):
    """A profile that is not there or not right."""


@dataclass(frozen=True)
class EngineProfile:
    name: str
    text: str
    clock_mhz: float
    bus_bits: int
    memory_latency_cycles: int
    doorbell_ns: float
    interrupt_latency_ns: float

    def nanoseconds(self, cycles: float) -> float:
        return cycles * 1000 / self.clock_mhz


@dataclass(frozen=True)
class CpuProfile:
    name: str
    text: str
    instructions: str
    clock_ghz: float
    interrupt_cycles: float
    wakeup_cycles: float

    def nanoseconds(self, cycles: float) -> float:
        return cycles / self.clock_ghz


Profile = EngineProfile | CpuProfile


def known(folder: Path = FOLDER) -> list[str]:
    return sorted(path.stem for path in folder.glob('*.yaml'))


def load(name: str, folder: Path = FOLDER) -> Profile:
    if name not in known(folder):
        raise ProfileError(f"there is no profile '{name}'; known: {', '.join(known(folder))}")
    path = folder / f'{name}.yaml'
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (OSError, yaml.YAMLError) as error:
        raise ProfileError(f'{path}: {error}') from error
    kinds: dict[str, type[EngineProfile] | type[CpuProfile]] = {'engine': EngineProfile, 'cpu': CpuProfile}
    kind = data.pop('kind', None) if isinstance(data, dict) else None
    if kind not in kinds:
        raise ProfileError(f"{path}: kind must be engine or cpu, not '{kind}'")
    wanted = {field.name for field in fields(kinds[kind])} - {'name'}
    if wrong := sorted(wanted ^ set(data)):
        raise ProfileError(f"{path}: missing or unknown: {', '.join(wrong)}")
    for key, value in data.items():
        if key not in ('text', 'instructions') and (isinstance(value, bool) or not isinstance(value, int | float)
                                                    or value < 0 or (value == 0 and 'clock' in key)):
            raise ProfileError(f"{path}: {key} must be a number, not '{value}'")
    if not isinstance(data['text'], str):
        raise ProfileError(f"{path}: text must be a text, not '{data['text']}'")
    if data.get('instructions', 'all') not in INSTRUCTIONS:
        raise ProfileError(f"{path}: instructions must be one of {', '.join(INSTRUCTIONS)}")
    if data.get('bus_bits', 128) not in BUS_BITS:
        raise ProfileError(f"{path}: bus_bits must be 128 or 256")
    return kinds[kind](name=name, **data)


def pairs(names: list[str], folder: Path = FOLDER) -> tuple[list[EngineProfile], list[CpuProfile]]:
    """Those named, of each kind; of a kind of which none is named, all."""
    chosen = [load(name, folder) for name in names]
    every = [load(name, folder) for name in known(folder)]
    engines = [one for one in chosen if isinstance(one, EngineProfile)]
    cpus = [one for one in chosen if isinstance(one, CpuProfile)]
    return (engines or [one for one in every if isinstance(one, EngineProfile)],
            cpus or [one for one in every if isinstance(one, CpuProfile)])


def as_json(profile: Profile) -> dict[str, Any]:
    return {'kind': 'engine' if isinstance(profile, EngineProfile) else 'cpu', **asdict(profile)}


def from_json(data: dict[str, Any]) -> Profile:
    rest = {key: value for key, value in data.items() if key != 'kind'}
    return EngineProfile(**rest) if data['kind'] == 'engine' else CpuProfile(**rest)
