#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that no cycle of the engine depends on a secret: follows keys and text through the netlist of cce_top.

Yosys elaborates the RTL. From the key of each context record and from the data port of the source reader on, everything
that can depend on a secret is marked, through cipher, GHASH and buffers, until it leaves on the write data. No mark may
reach a multiplexer's select, a memory's address or enable, an output, or a register that review.yaml does not name;
what may be told of a secret (tag match and the like) is named there, too. Entries that nothing needs are errors.

With --faults, faults are planted into a copy of the RTL, and each of them must be found.

Exit status: 0 all is well, 1 something is not, 2 wrong usage, or a tool is missing, 77 left out (--only-all).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

import netlist
import review
import taint

HERE = Path(__file__).resolve().parent
RTL = HERE.parent / "rtl"
TOOLBOX = HERE.parent.parent / "scripts" / "toolbox.sh"
TOP = "cce_top"
SKIPPED = 77
# What review.yaml may say in `only`.
CONFIGURATIONS = {"default", "small", "wide", "block_ram"}


class CheckError(Exception):
    """The check could not be made."""


@dataclass(frozen=True)
class Fault:
    """A change of the RTL that makes cycles depend on secrets, and where the check must complain about it."""

    name: str
    file: str
    text: str
    replacement: str
    what: str
    where: str


def say(text: str) -> None:
    print(f"check.py: {text}", file=sys.stderr, flush=True)


def load_faults(path: Path) -> list[Fault]:
    return [Fault(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]


def sources(work: Path, contract: Path, faults: list[Fault]) -> list[Path]:
    """Copies of the RTL's files, with the faults in them, in compile order."""
    package = contract / "cce_contract_pkg.sv"
    if not package.is_file():
        raise CheckError(f"--contract: there is no cce_contract_pkg.sv in '{contract}'; the build generates it")
    names = [line.split("#")[0].split("//")[0].strip() for line in (RTL / "cce.f").read_text().splitlines()]
    files = []
    for name, origin in [(package.name, package)] + [(name, RTL / name) for name in names if name]:
        text = origin.read_text(encoding="utf-8")
        for fault in faults:
            if fault.file == name:
                if text.count(fault.text) != 1:
                    raise CheckError(f"fault {fault.name}: {name} holds its text {text.count(fault.text)} times, not "
                                     "once; faults.yaml must follow the RTL")
                text = text.replace(fault.text, fault.replacement)
        copy = work / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
        files.append(copy)
    if unknown := {fault.file for fault in faults} - set(names):
        raise CheckError(f"faults.yaml: cce.f does not list {sorted(unknown)}")
    return files


def synthesize(work: Path, files: list[Path], parameters: list[str]) -> Path:
    """The netlist, as Yosys writes it before it maps anything to gates."""
    result = work / "netlist.json"
    chosen = "".join(f" -chparam {name} {value}" for name, value in (text.split("=", 1) for text in parameters))
    script = work / "netlist.ys"
    script.write_text("\n".join([
        "read_verilog -sv " + " ".join(map(str, files)),
        f"hierarchy -check -top {TOP}{chosen}",
        # Assertions read secrets, and are no hardware.
        "proc", "chformal -remove", "opt_expr", "opt_clean", "memory_collect", "opt_expr", "opt_clean",
        f"write_json {result}",
    ]) + "\n", encoding="utf-8")
    done = subprocess.run([str(TOOLBOX), "run", "yosys", "--bind", str(work), "--", "-q", "-l", str(work / "log"),
                           str(script)], capture_output=True, text=True, check=False)
    if done.returncode != 0 or not result.is_file():
        raise CheckError(f"Yosys could not be run, or does not accept the RTL:\n{(done.stdout + done.stderr)[-2000:]}"
                         "To get Yosys: scripts/toolbox.sh install yosys")
    return result


def check(arguments: argparse.Namespace, faults: list[Fault]) -> taint.Result:
    with tempfile.TemporaryDirectory(prefix="cce-constant-time.") as folder:
        work = Path(folder)
        say(f"configuration {arguments.configuration}: Yosys elaborates {TOP}")
        begin = time.monotonic()
        written = synthesize(work, sources(work, arguments.contract, faults), arguments.set)
        say(f"Yosys is done after {time.monotonic() - begin:.0f} s; following secrets")
        graph = netlist.read(written, TOP)
    listed = review.load(arguments.review, arguments.configuration, CONFIGURATIONS)
    return taint.Propagation(graph, listed).run()


def print_result(result: taint.Result) -> None:
    for violation in result.violations:
        print(f"{violation.what}: {violation.text}")
        if violation.path:
            shown = violation.path if len(violation.path) <= 8 else (*violation.path[:2], "...", *violation.path[-5:])
            print("    " + " -> ".join(shown))
    print(f"{result.register_bits} bits of {len(result.registers)} registers and memories hold secrets, as listed; "
          f"released are {', '.join(result.releases)}; {len(result.violations)} complaints")


def found(fault: Fault, result: taint.Result) -> bool:
    return any(violation.what == fault.what and review.pattern_of(fault.where).fullmatch(violation.where)
               for violation in result.violations)


def check_faults(arguments: argparse.Namespace) -> int:
    """Plants the faults, all at once or one at a time."""
    faults = load_faults(HERE / "faults.yaml")
    missed = []
    for group in [[fault] for fault in faults] if arguments.one_by_one else [faults]:
        result = check(arguments, group)
        for fault in group:
            good = found(fault, result)
            print(f"fault {fault.name}: {'found' if good else 'NOT FOUND'}")
            if not good:
                missed.append(fault.name)
        if missed:
            print_result(result)
    return 1 if missed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", type=Path, required=True, metavar="DIR", help="holds cce_contract_pkg.sv")
    parser.add_argument("--configuration", choices=sorted(CONFIGURATIONS), default="default",
                        help="the name under which review.yaml knows these parameters (default: default)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of cce_top")
    parser.add_argument("--review", type=Path, default=HERE / "review.yaml", metavar="FILE", help="the reviewed list")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result as JSON as well")
    parser.add_argument("--faults", action="store_true", help="plant the faults of faults.yaml and look for them")
    parser.add_argument("--one-by-one", action="store_true", help="with --faults: a run for each of them")
    parser.add_argument("--only-all", action="store_true", help="do nothing unless CCE_TEST_ALL is set")
    arguments = parser.parse_args()
    if arguments.only_all and not os.environ.get("CCE_TEST_ALL"):
        print("SKIPPED: only with CCE_TEST_ALL=1 (scripts/test.sh --all)")
        return SKIPPED
    try:
        if any("=" not in text for text in arguments.set):
            raise CheckError("--set needs NAME=VALUE")
        if arguments.faults:
            return check_faults(arguments)
        result = check(arguments, [])
    except (CheckError, review.ReviewError, netlist.NetlistError) as error:
        say(f"error: {error}")
        return 2
    print_result(result)
    if arguments.json:
        arguments.json.write_text(json.dumps({
            "configuration": arguments.configuration,
            "parameters": arguments.set,
            "violations": [vars(violation) for violation in result.violations],
            "registers": result.registers,
            "register_bits": result.register_bits,
            "releases": result.releases,
        }, indent=2) + "\n", encoding="utf-8")
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
