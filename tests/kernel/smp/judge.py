#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges what a job has left of its boots on four processors, in a kernel with sanitizers.

Usage: judge.py VARIANT JOB FOLDER

FOLDER holds boot1, boot2, ..., as for check.py, whose rules hold here too. Prints a summary, and each reason why the test
failed. Exit status: 0 passed, 1 failed.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import check  # noqa: E402 (the other tests' judges, one folder up)
import check_load  # noqa: E402

PROCESSORS = 4
# Each queue pair's least part of what all of them have taken.
QUEUE_SHARE = 0.05


def check_processors(boot: check.Boot, before: str, after: str, failures: check.Failures) -> None:
    """One queue pair each, and all of them at work."""
    first, last = boot.snapshot(before), boot.snapshot(after)
    counts = [
        last.queues.get(f"queue{i}.submitted", 0) - first.queues.get(f"queue{i}.submitted", 0) for i in range(PROCESSORS)
    ]
    for i, count in enumerate(counts):
        failures.check(count >= QUEUE_SHARE * sum(counts), f"queue pair {i} has had only {count} of {sum(counts)} requests")
    interrupts = [last.queues.get(f"queue{i}.interrupts", 0) for i in range(PROCESSORS)]
    print(f"  requests of the queue pairs: {', '.join(map(str, counts))}; their interrupts: {', '.join(map(str, interrupts))}")


def load(boots: list[check.Boot], failures: check.Failures) -> None:
    check_load.faults(boots, failures)
    for boot in boots:
        check_processors(boot, "before", "faults", failures)
    deepest = max(check_load.Load(boot, "faults")["in_flight_most"] for boot in boots)
    failures.check(deepest >= 64, f"only {deepest} requests were ever under way")
    waited = sum(check_load.Load(boot, "faults")["backlogged"] for boot in boots)
    print(f"  under way: {deepest} at most; {waited} waited in the backlog")


# What the judge must say of each mistake.
MISTAKES = {
    "kasan": {
        "use_after_free": r"BUG: KASAN: (slab-)?use-after-free in mistake_use_after_free",
        "leak": r"kmemleak: unreferenced object",
        "sleep": r"BUG: sleeping function called from invalid context",
        "dma": r"DMA-API errors is [1-9]",
        "lockdep ends with a report of KASAN": r"lockdep is off",
    },
}


def finds_mistakes(variant: str, boots: list[check.Boot], failures: check.Failures) -> None:
    """Everything here is the wrong way round: what the judge does not complain of fails the test."""
    found = check.Failures()
    (boot,) = boots
    check.check_boot(boot, found)
    check.check_debug(boot, found)
    for name, wanted in MISTAKES[variant].items():
        reasons = [reason for reason in found.reasons if re.search(wanted, reason)]
        failures.check(reasons, f"the judge does not see the mistake '{name}'")
        if reasons:
            print(f"  {name}: {reasons[0].splitlines()[0][:140]}")


JOBS = {"load": load}


def main() -> int:
    variant, job, folder = sys.argv[1:]
    failures = check.Failures()
    boots = [check.Boot(path) for path in sorted(Path(folder).glob("boot*"), key=lambda path: int(path.name[4:]))]
    print(f"kernel.smp.{variant}, {job}:")
    if job == "finds_mistakes":
        finds_mistakes(variant, boots, failures)
    else:
        JOBS[job](boots, failures)
        for boot in boots:
            check.check_debug(boot, failures)
    seconds = sum(boot.server["host_seconds"] for boot in boots)
    cycles = sum(boot.server["engine_cycles_simulated"] for boot in boots)
    print(f"  {seconds:.1f} s in QEMU, {cycles} engine cycles simulated")
    for reason in failures.reasons[:20]:
        print(f"FAILED: {reason}")
    return 1 if failures.reasons else 0


if __name__ == "__main__":
    sys.exit(main())
