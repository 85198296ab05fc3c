#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Proves properties of the RTL, and shows of every proof that it can fail.

A proof is a file in proofs/ (proof_file.py describes it). With --faults, each fault of the header is planted in a copy
of the RTL, and the very same proof must then fail with a counterexample; one that does not is reported as an error.

Exit status: 0 all is as it should be; 1 not; 2 wrong use; 3 a tool is missing; 77 left out (--plain).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import sys
import time
from collections.abc import Callable

import dataflow
import engines
import polynomial
import proof_file
import toolchain
from engines import Verdict
from proof_file import Fault, Proof, ProofError

HERE = pathlib.Path(__file__).resolve().parent
RTL = HERE.parent / "rtl"
ENGINES: dict[str, Callable[[Proof, list[str], pathlib.Path, float | None], Verdict]] = {
    "pdr": engines.pdr,
    "ind": engines.induction,
    "bmc": engines.bmc,
    "polynomial": polynomial.prove,
    "dataflow": dataflow.prove,
}
SKIPPED = 77


def default_work() -> pathlib.Path:
    cache = os.environ.get("XDG_CACHE_HOME", "")
    base = pathlib.Path(cache) if cache.startswith("/") else pathlib.Path.home() / ".cache"
    return base / "cce" / "formal"


def run_one(proof: Proof, fault: Fault | None, arguments: argparse.Namespace) -> dict[str, object]:
    """Runs one proof, or one fault of it."""
    label = proof.name if fault is None else f"{proof.name}.{fault.name}"
    folder = arguments.work / label
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begin = time.monotonic()
    sources = proof_file.write_sources(proof, fault, RTL, arguments.contract, folder)
    # An induction that fails says nothing: a fault counts as found by a run of the circuit alone.
    tried = dataclasses.replace(proof, search=(proof.search or 24) if fault else 0)
    verdict = ENGINES[proof.engine](tried, sources, folder, arguments.timeout)
    seconds = time.monotonic() - begin
    # A prover that gave no answer has not found the fault.
    found = not verdict.proven and not verdict.detail.startswith("no answer")
    good = verdict.proven if fault is None else found
    if fault is None:
        word = "proven" if good else "NOT PROVEN"
    else:
        word = "found" if good else "NOT FOUND" if verdict.proven else "NO ANSWER"
    if not arguments.json:
        print(f"{label:44} {word:10} {seconds:6.1f} s  {verdict.detail}", flush=True)
        if verdict.trace and fault is None:
            print(f"  waves of the counterexample: {verdict.trace}")
        elif not good:
            if verdict.proven:
                print("  the proof holds although the RTL is broken: it does not prove what it says")
            print(f"  everything about it: {folder}")
    return {"proof": proof.name, "fault": fault.name if fault else None, "good": good, "result": word,
            "method": proof.method, "engine": proof.engine, "depth": proof.depth, "seconds": round(seconds, 1),
            "detail": verdict.detail, "trace": verdict.trace, "folder": str(folder)}


def table(proofs: list[Proof]) -> None:
    for proof in proofs:
        print(f"{proof.name}{' (' + proof.time + ')' if proof.time else ''}\n  {proof.claim}")
        print(f"  {proof.method} by {proof.engine}" + (f", {proof.depth} cycles: {proof.bound}" if proof.bound else ""))
        if proof.assumes:
            print(f"  assumes: {proof.assumes}")
        for fault in proof.faults:
            print(f"  fault {fault.name} ({fault.file}): {fault.text}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proofs", nargs="*", metavar="PROOF", help="names of proofs; none: all")
    parser.add_argument("--contract", type=pathlib.Path, help="folder of the generated cce_contract_pkg.sv")
    parser.add_argument("--list", action="store_true", help="say what the proofs are, and run none")
    parser.add_argument("--faults", action="store_true", help="plant the faults instead of proving the RTL")
    parser.add_argument("--plant", metavar="FAULT", help="plant this fault only")
    parser.add_argument("--plain", action="store_true",
                        help="the plain test run, unless CCE_TEST_ALL is set in the environment: exit with 77 if the "
                        "proofs take long; with --faults: plant the first fault only, and of short proofs only")
    parser.add_argument("--json", action="store_true", help="print results as JSON")
    parser.add_argument("--timeout", type=float, help="seconds that a prover may take")
    parser.add_argument("--work", type=pathlib.Path, default=default_work(),
                        help="folder for logs and traces (default: %(default)s)")
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()

    everything = {path.stem: path for path in sorted((HERE / "proofs").glob("*.sv"))}
    unknown = [name for name in arguments.proofs if name not in everything]
    if unknown:
        parser.error(f"there is no proof {', '.join(unknown)}; see --list")
    proofs = [proof_file.read(everything[name]) for name in arguments.proofs or everything]
    if arguments.list:
        if arguments.json:
            print(json.dumps([{"name": p.name, "claim": p.claim, "method": p.method, "engine": p.engine, "depth": p.depth,
                               "bound": p.bound, "assumes": p.assumes, "time": p.time,
                               "faults": {f.name: f.text for f in p.faults}} for p in proofs], indent=2))
        else:
            table(proofs)
        return 0
    if arguments.contract is None or not (arguments.contract / "cce_contract_pkg.sv").is_file():
        parser.error("--contract: name the folder of cce_contract_pkg.sv (the build's rtl_model/regs/generated)")
    plain = arguments.plain and os.environ.get("CCE_TEST_ALL", "") in ("", "0")
    if plain:
        proofs = [proof for proof in proofs if proof.time == "short" or (not arguments.faults and proof.time != "long")]
        if not proofs:
            print("left out: takes long (CCE_TEST_ALL=1 runs it)")
            return SKIPPED

    toolchain.check()
    jobs: list[tuple[Proof, Fault | None]] = []
    for proof in proofs:
        if arguments.plant:
            jobs += [(proof, fault) for fault in proof.faults if fault.name == arguments.plant]
        elif arguments.faults:
            jobs += [(proof, fault) for fault in (proof.faults[:1] if plain else proof.faults)]
        else:
            jobs.append((proof, None))
    if not jobs:
        parser.error(f"none of these proofs has a fault '{arguments.plant}'")
    results = []
    for number, (proof, fault) in enumerate(jobs, 1):
        if not arguments.json and sys.stdout.isatty():
            print(f"[{number}/{len(jobs)}] {proof.name} ...\r", end="", flush=True)
        results.append(run_one(proof, fault, arguments))
    if arguments.json:
        print(json.dumps(results, indent=2))
    return 0 if all(result["good"] for result in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ProofError as problem:
        print(f"prove.py: error: {problem}", file=sys.stderr)
        sys.exit(1)
    except toolchain.ToolError as problem:
        print(f"prove.py: error: {problem}", file=sys.stderr)
        sys.exit(3)
