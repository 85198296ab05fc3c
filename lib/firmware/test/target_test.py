#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the firmware driver for a target as firmware does, and looks at what comes out.

    target_test.py riscv64|cortex-m4 [--contract DIR] [--sources FILE...] [--json]

It fails if there is a warning, if anything is undefined but the port's functions and memset() and memcpy() (which
the compiler may call), if there are variables in memory, if a function calls itself, directly or by others, or if a
path of calls needs more stack than the limit. Prints the sizes, the deepest stack, and what the caller's structures take.
Exit status 77: the compiler is missing.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT.parents[1] / "build/rtl_model/regs/generated"

TARGETS: dict[str, tuple[str, str, list[str], str]] = {
    # prefix, Debian package, flags, port
    "riscv64": ("riscv64-unknown-elf-", "gcc-riscv64-unknown-elf",
                ["-march=rv64imac_zicsr", "-mabi=lp64", "-mcmodel=medany"], "riscv"),
    "cortex-m4": ("arm-none-eabi-", "gcc-arm-none-eabi", ["-mcpu=cortex-m4", "-mthumb"], "cortex_m"),
}
FLAGS = ["-Os", "-std=c11", "-ffreestanding", "-nostdlib", "-ffunction-sections", "-fno-tree-loop-distribute-patterns",
         "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wstrict-prototypes", "-Wvla", "-pedantic", "-fcallgraph-info=su"]
ALLOWED = {"cce_port_time", "cce_port_arm_timer", "memset", "memcpy"}
# Bytes, without the port's own functions: what a small firmware can spare.
STACK_LIMIT = 768
# What the caller has to have, as variables whose sizes are looked at.
STRUCTURES = """
#include "cce_mmio.h"
uint8_t memory_of_a_queue_of_8_slots[CCE_MMIO_QUEUE_BYTES(3)];
struct cce_mmio_engine an_engine;
struct cce_mmio_queue a_queue;
struct cce_mmio_key a_key;
struct cce_mmio_hash a_hash;
"""


def run(*command: str) -> str:
    """Runs a program; its output. Ends this one if it fails."""
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def structures(prefix: str, flags: list[str], folder: Path) -> dict[str, int]:
    """What each of the caller's structures takes."""
    source, target = folder / "structures.c", folder / "structures.o"
    source.write_text(STRUCTURES, encoding="utf-8")
    run(prefix + "gcc", *flags, *FLAGS, f"-I{ROOT}/include", "-c", str(source), "-o", str(target))
    symbols = (line.split() for line in run(prefix + "nm", "-S", "-P", str(target)).splitlines())
    return {name: int(size, 16) for name, _, _, size in symbols}


class CallGraph:
    """What GCC says of calls and stack (-fcallgraph-info=su), of all files."""

    def __init__(self, files: list[Path]) -> None:
        self.stack: dict[str, int] = {}
        self.calls: dict[str, set[str]] = {}
        for file in files:
            text = file.read_text(encoding="utf-8")
            for title, label in re.findall(r'node: { title: "([^"]+)" label: "([^"]*)"', text):
                found = re.search(r"\\n(\d+) bytes \((\w+)", label)
                if found:
                    if found.group(2) != "static":
                        sys.exit(f"{title}: the size of its stack is not fixed ({found.group(2)})")
                    self.stack[self.name(title)] = int(found.group(1))
            for source, target in re.findall(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"', text):
                self.calls.setdefault(self.name(source), set()).add(self.name(target))

    @staticmethod
    def name(title: str) -> str:
        """Functions of one file have the file's name in front; which one does not matter, but for static ones."""
        return title.rsplit(":", 1)[-1]

    def deepest(self, function: str, path: tuple[str, ...] = ()) -> tuple[int, tuple[str, ...]]:
        """Bytes of stack from here on, and by which calls."""
        if function in path:
            sys.exit(f"recursion: {' -> '.join((*path, function))}")
        if function == "__indirect_call":
            sys.exit(f"{path[-1]} calls through a pointer: its stack can't be told")
        best, calls = 0, ()
        for callee in sorted(self.calls.get(function, ())):
            depth, further = self.deepest(callee, (*path, function))
            if depth > best or not calls:
                best, calls = depth, further
        return self.stack.get(function, 0) + best, (function, *calls)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compiles the firmware driver for a target, and looks at what comes out.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--contract", type=Path, default=CONTRACT, help=f"the folder of cce_contract.h (default: {CONTRACT})")
    parser.add_argument("--sources", nargs="+", default=sorted(f"src/{path.name}" for path in (ROOT / "src").glob("*.c")),
                        help="the driver's files, in its folder (default: all)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    prefix, package, flags, port = TARGETS[arguments.target]
    if shutil.which(prefix + "gcc") is None:
        print(f"skipped: {prefix}gcc is missing (Debian: apt-get install {package})")
        return 77

    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for source in arguments.sources:
            target = Path(folder) / (Path(source).stem + ".o")
            run(prefix + "gcc", *flags, *FLAGS, f"-I{ROOT}/include", f"-I{ROOT}/port/{port}", f"-I{arguments.contract}",
                "-c", str(ROOT / source), "-o", str(target))
            objects.append(target)
        graph = CallGraph(sorted(Path(folder).glob("*.ci")))
        whole = Path(folder) / "whole"
        run(prefix + "ld", "-r", *map(str, objects), "-o", str(whole))
        undefined = set(run(prefix + "nm", "-u", "-P", str(whole)).split()) - {"U"}
        if undefined - ALLOWED:
            sys.exit(f"undefined: {', '.join(sorted(undefined - ALLOWED))}: firmware has no such function")
        variables = structures(prefix, flags, Path(folder))
        sizes = {path.name: [int(word) for word in run(prefix + "size", str(path)).splitlines()[1].split()[:3]]
                 for path in objects}

    text, data, bss = (sum(column) for column in zip(*sizes.values()))
    if not graph.stack:
        sys.exit("the compiler has written no call graph")
    depth, path = max(graph.deepest(function) for function in graph.stack)
    if arguments.json:
        print(json.dumps({"target": arguments.target, "text": text, "data": data, "bss": bss, "stack": depth,
                          "path": path, "undefined": sorted(undefined), "structures": variables}))
    else:
        for name, size in sizes.items():
            print(f"{name:24} {size[0]:6} bytes of code and constants")
        print(f"{arguments.target:24} {text:6} in all (-Os), {data} of data, {bss} of zeros")
        print(f"stack at the most: {depth} bytes ({' -> '.join(path)})")
        print("of the caller's: " + ", ".join(f"{name.replace('_', ' ')} {size}" for name, size in variables.items()))
    if data or bss:
        sys.exit("the driver has variables of its own: what it knows must be in the caller's structures")
    if depth > STACK_LIMIT:
        sys.exit(f"the stack is deeper than {STACK_LIMIT} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
