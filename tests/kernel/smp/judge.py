#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges what a job has left of its boots on four processors, in a kernel with sanitizers.

Usage: judge.py VARIANT JOB FOLDER

FOLDER holds boot1, boot2, ..., as for check.py, whose rules hold here too. Prints a summary, and each reason why the test
failed. Exit status: 0 passed, 1 failed.
"""

import functools
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import check  # noqa: E402 (the other tests' judges, one folder up)
import check_dev  # noqa: E402
import check_load  # noqa: E402

PROCESSORS = 4
# Each queue pair's least part of what all of them have taken: little, since a busy host runs an emulated processor as it likes.
QUEUE_SHARE = 0.01
# Modules of ours, as the kernel names them behind a function.
OURS = re.compile(r"\[(cce|cce_load|cce_mistake)\]")
TIME = re.compile(r"^(?:<\d+>)?\[ *[0-9.]+\](?:\[ *[TC]\d+\])? ?")
RULE = "=" * 66


@dataclass
class Report:
    """One report of KCSAN: what it says first, and what stands on top of each of its stacks."""

    title: str
    lines: list[str] = field(default_factory=list)

    def tops(self) -> list[str]:
        """The functions whose accesses race: the first lines of the stacks behind "read to" and "write to"."""
        result = []
        for line, following in zip(self.lines, self.lines[1:]):
            if re.match(r"(read|write|read-write|assert no \w+)\b.* (to|by) |race at unknown origin, with", line):
                result.append(following.strip())
        return result

    def is_ours(self) -> bool:
        return bool(OURS.search(self.title)) or any(OURS.search(line) for line in self.tops())

    def comes_from_us(self) -> bool:
        """The accesses are the kernel's own, but one of them was made for us."""
        return any(OURS.search(line) for line in self.lines)


def take_reports(lines: list[str]) -> tuple[list[str], list[Report]]:
    """Takes KCSAN's reports out of a log: the other lines, and the reports."""
    rest: list[str] = []
    reports: list[Report] = []
    report: Report | None = None
    opened = False
    for line in lines:
        text = TIME.sub("", line)
        if text.startswith(RULE):
            if report is not None:
                report = None
                opened = False
            else:
                opened = True
            continue
        if opened and text.startswith("BUG: KCSAN:"):
            report = Report(text)
            reports.append(report)
            opened = False
        elif report is not None:
            report.lines.append(text)
            # Another processor's message between the report's lines.
            if check.BAD.search(text) or text.startswith("cce"):
                rest.append(line)
        else:
            opened = False
            rest.append(line)
    return rest, reports


class Boot(check.Boot):
    """KCSAN's reports are kept apart: the kernel has races of its own, which are none of our business."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.log, self.reports = take_reports(self.log)

    @functools.cached_property
    def console(self) -> list[str]:
        return take_reports((self.folder / "console.log").read_text(errors="replace").splitlines())[0]


def check_races(boot: Boot, failures: check.Failures) -> None:
    ours = [report for report in boot.reports if report.is_ours()]
    from_us = [report for report in boot.reports if not report.is_ours() and report.comes_from_us()]
    for report in ours:
        failures.check(False, f"{report.title}: {'; '.join(report.tops())}")
    counters = dict(line.split(": ", 1) for line in (boot.folder / "kcsan").read_text().splitlines() if ": " in line)
    failures.check(counters.get("enabled") == "1", "KCSAN is off at the end")
    watched = int(counters.get("setup_watchpoints", 0))
    failures.check(watched >= 1000, f"KCSAN has watched only {watched} accesses")
    print(
        f"  KCSAN: {watched} accesses watched, {counters.get('data_races')} reports or repetitions; of our modules {len(ours)}, "
        f"of the kernel's code under ours {len(from_us)}, of others {len(boot.reports) - len(ours) - len(from_us)}"
    )
    for title, count in Counter(report.title for report in from_us).items():
        print(f"    under ours, {count}: {title}")


def check_processors(boot: Boot, before: str, after: str, failures: check.Failures) -> None:
    """One queue pair each, and all of them at work."""
    first, last = boot.snapshot(before), boot.snapshot(after)
    counts = [
        last.queues.get(f"queue{i}.submitted", 0) - first.queues.get(f"queue{i}.submitted", 0) for i in range(PROCESSORS)
    ]
    for i, count in enumerate(counts):
        failures.check(count >= QUEUE_SHARE * sum(counts), f"queue pair {i} has had only {count} of {sum(counts)} requests")
    interrupts = [last.queues.get(f"queue{i}.interrupts", 0) for i in range(PROCESSORS)]
    print(f"  requests of the queue pairs: {', '.join(map(str, counts))}; their interrupts: {', '.join(map(str, interrupts))}")


def load(boots: list[Boot], failures: check.Failures) -> None:
    check_load.faults(boots, failures)
    for boot in boots:
        check_processors(boot, "before", "faults", failures)
    deepest = max(check_load.Load(boot, "faults")["in_flight_most"] for boot in boots)
    # As many as a ring has entries; behind an IOMMU and on a busy host there are not many more.
    failures.check(deepest >= 32, f"only {deepest} requests were ever under way")
    waited = sum(check_load.Load(boot, "faults")["backlogged"] for boot in boots)
    print(f"  under way: {deepest} at most; {waited} waited in the backlog")


def removal(boots: list[Boot], failures: check.Failures) -> None:
    for boot in boots:
        check.check_boot(boot, failures)
        run = check_load.Load(boot, "removal")
        check_load.check_load(run, failures)
        rounds = sorted(boot.folder.glob("bound*"))
        failures.check(len(rounds) >= 3, f"only {len(rounds)} removals")
        busy = sum(boot.snapshot(folder.name).sum("in_flight") > 0 for folder in rounds)
        failures.check(busy >= 3, f"only {busy} removals came while requests were in flight")
        # How many depends on the host; with one for each processor nobody would wait for anybody.
        failures.check(run["in_flight_most"] > PROCESSORS, f"only {run['in_flight_most']} requests were ever under way")
        client = boot.json("client")
        for counter in ("wrong", "failed", "partial_output"):
            failures.equal(f"AF_ALG: {counter}", client[counter], 0)
        before, after = boot.snapshot("before"), boot.snapshot("after")
        done = sum(after.engine[name] - before.engine[name] for name in ("completed", "failed"))
        gone = after.fallbacks["no_device"]
        failures.check(done > 500, f"the engine ended only {done} requests")
        failures.check(gone > 20, f"only {gone} requests found no device")
        for reason, count in after.fallbacks.items():
            failures.check(count == 0 or reason in ("no_device", "segments"), f"{count} requests on the CPU: {reason}")
        wrong = re.findall(r'"wrong": *[1-9]', (boot.folder / "reload_clients").read_text())
        failures.check(not wrong, "wrong answers while the driver was unloaded and loaded")
        refused = len((boot.folder / "reload_refusals").read_text().splitlines())
        print(
            f"  {len(rounds)} removals, {busy} of them with requests in flight, {run['in_flight_most']} under way at most; requests {run['offered']}: right "
            f"{run['right']}, wrong tags found {run['forged']}, refused {run['refused']}, failed {run['failed']}, lost "
            f"{run['defect.lost']}; by the engine {done}, without a device {gone}; AF_ALG: right {client['ok']}; the driver was "
            f"in use {refused} times when it was to go for good"
        )


def selftest(boots: list[Boot], failures: check.Failures) -> None:
    for boot in boots:
        check.check_boot(boot, failures)
        snapshot = boot.snapshot("load0")
        check.check_selftests(snapshot, failures)
        check.check_no_fallback(snapshot, failures)
        check.check_quiet(snapshot, failures)
        done, wrong = snapshot.engine["completed"], snapshot.engine["failed"]
        failures.equal("completions taken by the driver", snapshot.sum("completed"), done)
        failures.equal("wrong tags, by the driver", snapshot.sum("status.tag"), wrong)
        failures.check(done > 10000, f"only {done} requests reached the engine")
        failures.check(wrong > 1000, f"only {wrong} wrong tags were seen")
        print(f"  self-tests passed; by the engine {done} and {wrong} wrong tags")


def dev(boots: list[Boot], failures: check.Failures) -> None:
    for boot in boots:
        check.check_boot(boot, failures)
        tests = check_dev.check_report(boot, "dev", 29, failures)
        check_dev.check_report(boot, "removal", 1, failures)
        check_dev.check_report(boot, "wrap", 1, failures)
        ended = check_dev.check_gone(boot, failures)
        before, after = boot.snapshot("before"), boot.snapshot("after")
        check.check_quiet(after, failures)
        done = after.engine["completed"] - before.engine["completed"]
        failures.check(done > 300, f"the engine completed only {done} requests")
        told = re.search(r"(\d+) requests ended well, (\d+) failed", (boot.folder / "removal.output").read_text())
        failures.check(told, "the program under removal does not tell what became of its requests")
        wrapped = re.search(r"\d+ keys wrapped;.*", (boot.folder / "wrap.output").read_text())
        failures.check(wrapped, "the program that wraps keys does not tell how many")
        rounds = len(list(boot.folder.glob("bound*")))
        failures.check(rounds >= 3, f"only {rounds} removals")
        print(
            f"  {tests} tests, {done} requests completed by the engine; {rounds} removals: {told[0] if told else ''}; "
            f"{wrapped[0] if wrapped else ''}; {ended} requests in all"
        )


def dev_fuzz(boots: list[Boot], failures: check.Failures) -> None:
    for boot in boots:
        boot.overlaps = True
        boot.log, boot.console = check_dev.without_overlap(boot.log), check_dev.without_overlap(boot.console)
        check.check_boot(boot, failures)
        if (boot.folder / "mappings.before").exists():
            check_dev.check_mappings(boot, failures)
        result = check_dev.check_fuzz(boot, int((boot.folder / "limit").read_text()), failures)
        failures.check(result.get("commands", 0) > 100, "io_uring was hardly used")


# What the judge must say of each mistake.
MISTAKES = {
    "kasan": {
        "use_after_free": r"BUG: KASAN: (slab-)?use-after-free in mistake_use_after_free",
        "leak": r"kmemleak: unreferenced object",
        "sleep": r"BUG: sleeping function called from invalid context",
        "dma": r"DMA-API errors is [1-9]",
        "lock_order": r"possible circular locking dependency",
        "lockdep ends with the first report": r"lockdep is off",
    },
    "kcsan": {"race": r"BUG: KCSAN: data-race in mistake_racer"},
}


def finds_mistakes(variant: str, boots: list[Boot], failures: check.Failures) -> None:
    """Everything here is the wrong way round: what the judge does not complain of fails the test."""
    found = check.Failures()
    (boot,) = boots
    check.check_boot(boot, found)
    check_variant(variant, boot, found)
    for name, wanted in MISTAKES[variant].items():
        reasons = [reason for reason in found.reasons if re.search(wanted, reason)]
        failures.check(reasons, f"the judge does not see the mistake '{name}'")
        if reasons:
            print(f"  {name}: {reasons[0].splitlines()[0][:140]}")


def check_variant(variant: str, boot: Boot, failures: check.Failures) -> None:
    if variant == "kcsan":
        check_races(boot, failures)
    else:
        check.check_debug(boot, failures)


JOBS = {"load": load, "removal": removal, "selftest": selftest, "dev": dev, "dev_fuzz": dev_fuzz}


def main() -> int:
    variant, job, folder = sys.argv[1:]
    failures = check.Failures()
    boots = [Boot(path) for path in sorted(Path(folder).glob("boot*"), key=lambda path: int(path.name[4:]))]
    print(f"kernel.smp.{variant}, {job}:")
    if job == "finds_mistakes":
        finds_mistakes(variant, boots, failures)
    else:
        JOBS[job](boots, failures)
        for boot in boots:
            check_variant(variant, boot, failures)
    seconds = sum(boot.server["host_seconds"] for boot in boots)
    cycles = sum(boot.server["engine_cycles_simulated"] for boot in boots)
    print(f"  {seconds:.1f} s in QEMU, {cycles} engine cycles simulated")
    for reason in failures.reasons[:20]:
        print(f"FAILED: {reason}")
    return 1 if failures.reasons else 0


if __name__ == "__main__":
    sys.exit(main())
