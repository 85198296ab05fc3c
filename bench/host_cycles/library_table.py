#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what cce_bench_library has measured as two tables, one for each clock.

Usage: library_table.py FOLDER SIZES DEPTHS [JSON]

FOLDER has CLOCK.BACKEND.json. Exit status: 0, or 1 if a figure is missing or one can't be.
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from table import processor

# By file; the second kind of clock is the engine's in both.
HOST = ("host.dev_ioctl", "host.dev_io_uring", "host.af_alg", "host.software")
ENGINE = ("guest.dev_ioctl", "guest.dev_io_uring", "guest.af_alg", "engine.in-process")
CLOCK_MHZ = 250

Rows = dict[tuple[int, int], dict[str, Any]]


class Wrong(Exception):
    """What was measured is not what was asked for."""


def read(path: Path, wanted: list[tuple[int, int]]) -> tuple[dict[str, Any], Rows]:
    report = json.loads(path.read_text())
    rows = {(row["bytes"], row["in_flight"]): row for row in report["rows"]}
    if list(rows) != wanted:
        raise Wrong(f"{path}: rows {list(rows)}, not {wanted}")
    if report["clock"] != path.name.split(".")[0]:
        raise Wrong(f"{path}: the clock is the {report['clock']}'s")
    software = report["backend"] == "software"
    for row in rows.values():
        what = f"{path.name}, {row['bytes']} bytes, {row['in_flight']} in flight"
        if row["requests"] < row["in_flight"]:
            raise Wrong(f"{what}: only {row['requests']} requests")
        if (row["by_cpu"] == row["requests"]) != software or (row["by_cpu"] != 0) != software:
            raise Wrong(f"{what}: {row['by_cpu']} of {row['requests']} requests by the CPU")
        if report["clock"] != "host":
            continue
        cycles = row["host_cycles"]
        if not 0 < cycles["program"] <= cycles["all"] + cycles["engine_left_out"]:
            raise Wrong(f"{what}: {cycles}")
        # Only the CPU's code needs no system call.
        if (row["system_calls"] == 0) != software or (cycles["engine_left_out"] == 0) != software:
            raise Wrong(f"{what}: {row}")
    return report, rows


def check_depth(found: dict[str, Rows], wanted: list[tuple[int, int]]) -> None:
    """Requests that are in flight together must reach the engine together. In its time that is no matter of luck."""
    least, depths = wanted[0][0], [depth for _, depth in wanted]
    for file in ("guest.dev_ioctl", "guest.dev_io_uring"):
        rates = [found[file][least, depth]["requests_per_second"] for depth in depths]
        if max(depths) >= 16 and max(rates) < 4 * rates[0]:
            raise Wrong(f"{file}: {rates[0]:.0f} requests a second one by one, {max(rates):.0f} with many in flight")


def name_of(file: str) -> str:
    return file.split(".")[1].replace("dev_", "dev ")


def print_engine(found: dict[str, Rows], wanted: list[tuple[int, int]]) -> None:
    print(f"Requests per second, AES-256-CTR, one thread. Engine's time, at {CLOCK_MHZ} MHz: what the CPU does takes none of it.\n")
    print("  bytes  in flight" + "".join(f"{name_of(file):>15}" for file in found))
    for size, depth in wanted:
        figures = "".join(f"{rows[size, depth]['requests_per_second']:>15,.0f}" for rows in found.values())
        print(f"{size:>7} {depth:>10}{figures}")


def print_host(found: dict[str, Rows], wanted: list[tuple[int, int]]) -> None:
    empty = statistics.median(row["host_cycles"]["empty_call"] for rows in found.values() for row in rows.values())
    print("\nHost cycles of a request; the driver on the null transport, in a guest in real time. Medians.\n"
          "  prog.   in the program: its own and the library's\n"
          "  kernel  in system calls, less what as many empty ones take\n"
          "  calls   system calls of a request; an empty one takes this guest, whose processes the host traces,\n"
          f"          {empty:,.0f} cycles, a real machine some hundred\n"
          f"Time stamp counter of: {processor()}; nothing is encrypted but by backend software\n")
    print("                 " + "".join(f"{name_of(file):^26}" for file in found if file != "host.software") + " software")
    print("  bytes  in flight" + "".join("   prog.   kernel   calls  " for file in found if file != "host.software") + "   prog.")
    for size, depth in wanted:
        line = f"{size:>7} {depth:>10}"
        for file, rows in found.items():
            row = rows[size, depth]
            cycles = row["host_cycles"]
            line += f"{cycles['program']:>8,.0f}"
            if file != "host.software":
                line += f"{cycles['beside_empty_calls']:>9,.0f}{row['system_calls']:>8.2f} "
        print(line)


def main() -> int:
    folder = Path(sys.argv[1])
    sizes, depths = ([int(number) for number in text.split(",")] for text in sys.argv[2:4])
    wanted = [(size, depth) for size in sizes for depth in depths]
    found: dict[str, Rows] = {}
    reports: dict[str, Any] = {}
    try:
        for file in HOST + ENGINE:
            reports[file], found[file] = read(folder / f"{file}.json", wanted)
        check_depth(found, wanted)
    except (Wrong, OSError, ValueError, KeyError) as error:
        print(f"library_table.py: {error}", file=sys.stderr)
        return 1
    print_engine({file: found[file] for file in ENGINE}, wanted)
    print_host({file: found[file] for file in HOST}, wanted)
    if len(sys.argv) > 4:
        Path(sys.argv[4]).write_text(json.dumps({"processor": processor(), "clock_mhz": CLOCK_MHZ, "reports": reports}, indent=2)
                                     + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
