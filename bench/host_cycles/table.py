#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what cce_host_cycles.ko has logged as a table.

Usage: table.py LOG THRESHOLDS [JSON]

THRESHOLDS is what the driver's calibration has set its parameter cpu_below to, where the engine takes no time: what
the driver costs, against the guest's CPU code.
"""

import json
import re
import sys
from pathlib import Path

FIGURES = ("submit_median", "submit_least", "complete_median", "complete_least")
ROWS = 5 * 3 * 2
MODES = ("ecb", "cbc", "ctr", "xts", "gcm", "ccm", "cmac")
LONGEST = 65536


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return "unknown"


def main() -> int:
    log = Path(sys.argv[1]).read_text()
    rows: list[dict[str, str | int]] = []
    for match in re.finditer(r"cce_host_cycles: (\S+) (bytes=.*)", log):
        pairs = (word.split("=") for word in match[2].split())
        rows.append({"algorithm": match[1], **{name: int(value) for name, value in pairs}})
    wanted = {"batches", *(f"{step}_{quartile}" for step in ("submit", "complete") for quartile in ("low", "high"))}
    if len(rows) != ROWS or any(not wanted <= row.keys() for row in rows) or "cce_host_cycles: done" not in log:
        print(f"table.py: {len(rows)} of {ROWS} rows in {sys.argv[1]}", file=sys.stderr)
        return 1

    thresholds = dict(zip(MODES, map(int, Path(sys.argv[2]).read_text().split(",")), strict=True))
    # Without AES instructions, and against an engine that takes no time, the CPU cannot win at every length.
    if any(value > LONGEST for value in thresholds.values()):
        print(f"table.py: the calibration has found that no length is worth the engine: {thresholds}", file=sys.stderr)
        return 1

    print("Host cycles per request: the driver with the null transport, in a guest in real time.")
    print(f"Time stamp counter of: {processor()}; median and least of {rows[0]['batches']} batches\n")
    print(f"{'algorithm':<36}   bytes  depth     submit    (least)   complete    (least)")
    for row in rows:
        print(f"{row['algorithm']:<36} {row['bytes']:>7} {row['depth']:>6} " + " ".join(f"{row[name]:>10}" for name in FIGURES))
    print("\nWorth the driver's cost from so many bytes on, 16 requests together, against the guest's AES code without AES\n"
          "instructions; an engine's own time comes on top (the driver's calibration):")
    print("  " + ", ".join(f"{mode} {value}" for mode, value in thresholds.items()))
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text(json.dumps({"unit": "time stamp counter cycles per request", "processor": processor(),
                                                 "rows": rows, "cpu_below": thresholds}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
