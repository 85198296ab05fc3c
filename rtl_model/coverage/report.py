#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Coverage of the RTL, block by block, and of the software, part by part, as a table, as JSON and as one HTML report.

Reads what the tests of a build with CCE_COVERAGE have left: Verilator's points (FOLDER/*.all.dat, *.twice.dat) and gcov's
lines (lcov's FILE.info). Of the driver each file must reach the goal, of the other software each part. A block is a file of rtl_model/rtl. Its figures, over all instances in all configurations:
  lines     source lines of statements that were executed
  branches  alternatives of if and case that were taken
  toggles   bits of signals that changed twice or more in one simulation, so once in each direction at least (signals
            wider than 256 bits and memories have no such points)
exclusions.yaml names points that need not be covered, each with its reason; one that excludes nothing uncovered is an
error.

Exit status: 0 everything reaches its goal, 1 something does not, or an exclusion is not needed; 2 wrong usage or input.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RTL = HERE.parent / "rtl"
# A signal's name, and its last index if it has one.
LAST_INDEX = re.compile(r"(.*?)(?:\[(\d+)\])?")
BITS = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")
KINDS = ("lines", "branches", "toggles")
# Folders whose lines gcov counts, and the names that the report gives them.
SOFTWARE = {"rtl_model/model": "model", "lib/src": "library", "lib/include": "library", "lib/tool": "tool",
            "lib/provider": "provider", "lib/firmware": "firmware", "sim/systemc": "systemc", "driver": "driver"}
# Parts of which each file must reach the goal, but for headers: theirs is a line or two.
BY_FILE = {"driver"}
# What Verilator calls the points that are an alternative of something.
ALTERNATIVES = {"if", "else", "elsif", "case"}


class ReportError(Exception):
    """The input is not what it should be."""


@dataclass(frozen=True)
class Point:
    """Something that a simulation can reach."""

    kind: str
    file: str  # relative to rtl_model/rtl
    line: int
    name: str  # of a signal's bit; of an alternative: Verilator's name and its column; else ""


def lines_of(ranges: str) -> Iterator[int]:
    """Numbers in a text such as "3,5-7"."""
    for part in filter(None, ranges.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Sources:
    """Lines of the RTL."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {}

    def line(self, file: str, number: int) -> str:
        if file not in self.lines:
            self.lines[file] = (RTL / file).read_text(encoding="utf-8").splitlines()
        return self.lines[file][number - 1].strip()


@dataclass
class Exclusion:
    kind: str
    reason: str
    file: str = "*"   # a pattern
    text: str = ""    # lines and branches: the source line, without the space around it
    signal: str = ""  # toggles: a pattern for names of signals, without the last index; `*` matches indices as well
    bits: str = ""    # that index, as in "2-7,9"; none: whatever it is
    needed: int = 0

    def __str__(self) -> str:
        bits = f"[{self.bits}]" if self.bits else ""
        return f"{self.kind} of {self.file}, {self.signal + bits or repr(self.text)}"

    def matches(self, point: Point, sources: Sources) -> bool:
        if self.kind != point.kind or not fnmatchcase(point.file, self.file):
            return False
        if self.kind != "toggles":
            return sources.line(point.file, point.line) == self.text
        name, index = LAST_INDEX.fullmatch(point.name).group(1, 2)
        if self.bits and (index is None or int(index) not in lines_of(self.bits)):
            return False
        # Brackets are indices here, no set of characters.
        return fnmatchcase(name, self.signal.replace("[", "[[]"))


@dataclass
class Figures:
    reached: int = 0
    excluded: int = 0
    total: int = 0  # without what is excluded

    @property
    def percent(self) -> float:
        return 100.0 if self.total == 0 else 100.0 * self.reached / self.total


@dataclass
class Block:
    figures: dict[str, Figures] = field(default_factory=lambda: {kind: Figures() for kind in KINDS})
    missed: list[Point] = field(default_factory=list)


# ---- Verilator's points ----------------------------------------------------------------------------------------------


def records(path: Path) -> Iterator[tuple[dict[str, str], int]]:
    """The records of one of Verilator's files: C '\\1key\\2value...' count."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            if not text.startswith("C '"):
                continue
            body, _, count = text[3:].rpartition("' ")
            yield dict(pair.split("\2", 1) for pair in body.split("\1") if "\2" in pair), int(count)


def points_of(record: dict[str, str]) -> Iterator[Point]:
    path = Path(record["f"])
    if RTL not in path.parents:
        return
    file, line = str(path.relative_to(RTL)), int(record["l"])
    page, comment = record.get("page", ""), record.get("o", "")
    if page.startswith("v_toggle"):
        yield Point("toggles", file, line, comment)
    elif page.startswith(("v_line", "v_branch")):
        for covered in lines_of(record.get("S", "")) if record.get("S") else [line]:
            yield Point("lines", file, covered, "")
        if comment in ALTERNATIVES:
            yield Point("branches", file, line, f"{comment} {record['n']}")


def read_points(folder: Path) -> dict[Point, int]:
    counts: dict[Point, int] = defaultdict(int)
    files = sorted(folder.glob("*.dat"))
    if not files:
        raise ReportError(f"{folder} holds no coverage of the RTL: have the tests been run with CCE_COVERAGE_FOLDER set?")
    for path in files:
        twice = path.name.endswith(".twice.dat")
        for record, count in records(path):
            for point in points_of(record):
                if (point.kind == "toggles") == twice:
                    counts[point] += count
    return dict(counts)


# ---- exclusions ------------------------------------------------------------------------------------------------------


def read_exclusions(path: Path) -> list[Exclusion]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        exclusions = [Exclusion(**entry) for entry in entries]
    except (OSError, TypeError, yaml.YAMLError) as error:
        raise ReportError(f"{path}: {error}") from error
    for entry in exclusions:
        if entry.kind not in KINDS or not entry.reason.strip() or bool(entry.text) == bool(entry.signal) or \
                bool(entry.signal) != (entry.kind == "toggles"):
            raise ReportError(f"{path}: {entry}: needs a kind ({', '.join(KINDS)}), a reason, and 'signal' for toggles or "
                              "'text' for the others")
        if not any(fnmatchcase(str(file.relative_to(RTL)), entry.file) for file in RTL.glob("*/*.sv")):
            raise ReportError(f"{path}: there is no rtl_model/rtl/{entry.file}")
        if entry.bits and not BITS.fullmatch(entry.bits):
            raise ReportError(f"{path}: {entry}: bits are numbers and ranges")
    return exclusions


def excluded(point: Point, exclusions: Iterable[Exclusion], sources: Sources) -> bool:
    """Is this point, which was not reached, excluded?"""
    hits = [entry for entry in exclusions if entry.matches(point, sources)]
    for entry in hits:
        entry.needed += 1
    return bool(hits)


def blocks_of(counts: dict[Point, int], exclusions: list[Exclusion]) -> dict[str, Block]:
    blocks: dict[str, Block] = defaultdict(Block)
    sources = Sources()
    for point in sorted(counts, key=lambda one: (one.file, one.line, one.kind, one.name)):
        block = blocks[point.file]
        figures = block.figures[point.kind]
        if counts[point]:
            figures.reached += 1
        elif excluded(point, exclusions, sources):
            figures.excluded += 1
            continue
        else:
            block.missed.append(point)
        figures.total += 1
    return dict(blocks)


# ---- gcov's lines ----------------------------------------------------------------------------------------------------


def software_of(info: Path, complete: bool) -> dict[str, dict[str, Figures]]:
    """Lines by part and file, from a file of lcov; of the parts that it has. `complete`: that must be all of them."""
    result: dict[str, dict[str, Figures]] = {name: {} for name in SOFTWARE.values()}
    current: Figures | None = None
    for text in info.read_text(encoding="utf-8").splitlines():
        if text.startswith("SF:"):
            current = None
            for folder, name in SOFTWARE.items():
                base = ROOT / folder
                path = Path(text[3:])
                if base in path.parents:
                    current = result[name].setdefault(str(path.relative_to(base)), Figures())
        elif text.startswith("DA:") and current is not None:
            current.total += 1
            current.reached += text.split(",")[1] != "0"
    if complete and (missing := [name for name, files in result.items() if not files]):
        raise ReportError(f"{info} holds no lines of {', '.join(missing)}: were they built to count, and run?")
    return {name: files for name, files in result.items() if files}


def rows_of(software: dict[str, dict[str, Figures]]) -> Iterator[tuple[str, Figures]]:
    """What the goal is for, by name."""
    for name, files in software.items():
        yield name, sum_of(files.values())
        if name in BY_FILE:
            yield from ((f"{name}/{file}", figures) for file, figures in sorted(files.items()) if not file.endswith(".h"))


def sum_of(files: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in files:
        total.reached += one.reached
        total.excluded += one.excluded
        total.total += one.total
    return total


# ---- output ----------------------------------------------------------------------------------------------------------


def percent(figures: Figures) -> str:
    return "-" if figures.total == 0 else f"{figures.percent:.1f}"


def print_tables(blocks: dict[str, Block], software: dict[str, dict[str, Figures]], goal: float, software_goal: float,
                 missed: bool) -> None:
    if blocks:
        print(f"{'block':<38} {'lines':>8} {'branches':>9} {'toggles':>8} {'excluded':>9}")
    for name, block in sorted(blocks.items()):
        values = [block.figures[kind] for kind in KINDS]
        low = any(one.percent < goal for one in values)
        print(f"{name:<38} {percent(values[0]):>8} {percent(values[1]):>9} {percent(values[2]):>8} "
              f"{sum(one.excluded for one in values):>9}{'  below ' + format(goal, 'g') + ' %' if low else ''}")
    for name, figures in rows_of(software):
        low = figures.percent < software_goal
        print(f"{name:<38} {percent(figures):>8}{'  below ' + format(software_goal, 'g') + ' %' if low else ''}")
    if missed:
        for name, block in sorted(blocks.items()):
            for point in block.missed:
                print(f"rtl_model/rtl/{name}:{point.line}: not reached: {point.kind} {point.name}")


def as_json(blocks: dict[str, Block], software: dict[str, dict[str, Figures]]) -> dict[str, Any]:
    def numbers(figures: Figures) -> dict[str, Any]:
        return {"reached": figures.reached, "total": figures.total, "excluded": figures.excluded,
                "percent": round(figures.percent, 2)}
    return {
        "rtl": {name: {kind: numbers(block.figures[kind]) for kind in KINDS} for name, block in sorted(blocks.items())},
        "software": {name: {"lines": numbers(sum_of(files.values())),
                            "files": {file: numbers(one) for file, one in sorted(files.items())}}
                     for name, files in software.items()},
    }


def write_info(path: Path, counts: dict[Point, int]) -> None:
    """Lines and branches of the RTL as lcov has them, for genhtml."""
    files: dict[str, list[Point]] = defaultdict(list)
    for point in counts:
        files[point.file].append(point)
    with path.open("w", encoding="utf-8") as out:
        for file, points in sorted(files.items()):
            out.write(f"TN:\nSF:{RTL / file}\n")
            for point in sorted(points, key=lambda one: (one.line, one.name)):
                if point.kind == "lines":
                    out.write(f"DA:{point.line},{counts[point]}\n")
                elif point.kind == "branches":
                    out.write(f"BRDA:{point.line},0,{point.name.replace(' ', '_')},{counts[point] or '-'}\n")
            out.write("end_of_record\n")


STYLE = """body { font-family: sans-serif; margin: 2em } table { border-collapse: collapse }
td, th { padding: 0.2em 0.8em; text-align: right } td:first-child, th:first-child { text-align: left }
tr:nth-child(even) { background: #f2f2f2 } .low { color: #b00020; font-weight: bold } code { white-space: pre }"""


def cell(figures: Figures, goal: float) -> str:
    return f"<td{' class=low' if figures.percent < goal else ''}>{percent(figures)}</td>"


def write_html(path: Path, blocks: dict[str, Block], software: dict[str, dict[str, Figures]],
               exclusions: list[Exclusion], goal: float, software_goal: float) -> None:
    out = ["<!DOCTYPE html><meta charset=utf-8><title>Coverage</title>", f"<style>{STYLE}</style>",
           "<h1>Coverage</h1><p>Every line, with its count: <a href=lines/index.html>lines and branches</a>.</p>",
           f"<h2>RTL</h2><p>Goal: {goal:g} % for every block.</p>",
           "<table><tr><th>block<th>lines %<th>branches %<th>toggles %<th>excluded<th>not reached</tr>"]
    for name, block in sorted(blocks.items()):
        values = [block.figures[kind] for kind in KINDS]
        missed = "<br>".join(html.escape(f"{point.line}: {point.kind} {point.name}") for point in block.missed[:200])
        details = f"<details><summary>{len(block.missed)}</summary><code>{missed}</code></details>" if missed else "0"
        out.append(f"<tr><td>{html.escape(name)}</td>{''.join(cell(one, goal) for one in values)}"
                   f"<td>{sum(one.excluded for one in values)}</td><td>{details}</td></tr>")
    out.append(f"</table><h2>Software</h2><p>Goal: {software_goal:g} % of the lines; "
               "in the driver, of each file's.</p><table><tr><th>file<th>lines %</tr>")
    for name, files in software.items():
        out.append(f"<tr><th>{name}</th>{cell(sum_of(files.values()), software_goal)}</tr>")
        out += [f"<tr><td>{html.escape(file)}</td>{cell(one, software_goal if name in BY_FILE and not file.endswith('.h') else 0)}</tr>"
                for file, one in sorted(files.items())]
    out.append("</table><h2>Excluded</h2><table><tr><th>what<th>points<th>why</tr>")
    out += [f"<tr><td>{html.escape(str(entry))}</td><td>{entry.needed}</td><td style=text-align:left>"
            f"{html.escape(entry.reason)}</td></tr>" for entry in exclusions]
    out.append("</table>")
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rtl", type=Path, metavar="FOLDER", help="Verilator's files; without them, only software")
    parser.add_argument("--software", type=Path, metavar="FILE", help="lcov's file of the software")
    parser.add_argument("--complete", action="store_true", help="it must have lines of every part")
    parser.add_argument("--exclusions", type=Path, default=HERE / "exclusions.yaml", metavar="FILE")
    parser.add_argument("--info", type=Path, metavar="FILE", help="write lines and branches of the RTL for genhtml")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    parser.add_argument("--goal", type=float, default=95, metavar="PERCENT", help="for every block (default: 95)")
    parser.add_argument("--software-goal", type=float, default=90, metavar="PERCENT", help="(default: 90)")
    parser.add_argument("--missed", action="store_true", help="print every point that was not reached")
    arguments = parser.parse_args()
    try:
        counts = read_points(arguments.rtl) if arguments.rtl else {}
        exclusions = read_exclusions(arguments.exclusions) if arguments.rtl else []
        software = software_of(arguments.software, arguments.complete) if arguments.software else {}
    except (ReportError, OSError) as error:
        print(f"report.py: error: {error}", file=sys.stderr)
        return 2
    blocks = blocks_of(counts, exclusions)
    print_tables(blocks, software, arguments.goal, arguments.software_goal, arguments.missed)
    if arguments.info:
        write_info(arguments.info, counts)
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(blocks, software), indent=2) + "\n", encoding="utf-8")
    if arguments.html:
        write_html(arguments.html, blocks, software, exclusions, arguments.goal, arguments.software_goal)
    unneeded = [entry for entry in exclusions if not entry.needed]
    for entry in unneeded:
        print(f"report.py: exclusion of {entry} is not needed; its reason was: {entry.reason}", file=sys.stderr)
    low = any(figures.percent < arguments.goal for block in blocks.values() for figures in block.figures.values()) or \
        any(figures.percent < arguments.software_goal for _, figures in rows_of(software))
    return 1 if low or unneeded else 0


if __name__ == "__main__":
    sys.exit(main())
