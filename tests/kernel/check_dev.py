# SPDX-License-Identifier: Apache-2.0
"""Judges the tests of /dev/cce."""

import re

from check import check_boot, check_no_fallback, check_quiet, check_selftests, read_counters


def check_report(boot, name, least, failures):
    """GoogleTest's report: all passed, and none was left out."""
    report = boot.json(name)
    failures.check(report["tests"] >= least, f"{name}: only {report['tests']} tests ran")
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            failures.equal(f"{name}: {suite['name']}.{test['name']}", test["result"], "COMPLETED")
            for failure in test.get("failures", []):
                failures.check(False, f"{suite['name']}.{test['name']}: {failure['failure']}")
    return report["tests"]


def check_gone(boot, failures):
    """Nothing of any client is left, and what was begun has ended. That the module went, the job saw."""
    counters = read_counters(boot.folder / "clients")
    for name in ("clients", "sessions", "regions", "requests"):
        failures.equal(f"{name} left", counters.get(name), 0)
    failures.equal("requests ended, of those begun", counters.get("ended"), counters.get("begun"))
    return counters.get("ended", 0)


def check_hashes(boot, failures):
    """Hash functions by the engine, by both, and by the CPU but for those that are the engine's alone."""
    tests = check_report(boot, "hashes", 10, failures) + check_report(boot, "scattered", 1, failures)
    tests += check_report(boot, "hashes_both", 3, failures) + check_report(boot, "hashes_cpu", 3, failures)
    wrapped, hashed, both, cpu = (boot.snapshot(name) for name in ("wrapped", "hashed", "both", "cpu"))

    def more(earlier, later):
        """Requests by the engine, and by the CPU below the threshold, from one snapshot to the next."""
        return (later.sum("completed") - earlier.sum("completed"),
                later.fallbacks.get("short", 0) - earlier.fallbacks.get("short", 0))

    check_no_fallback(hashed, failures, allowed=("bounce_size",))
    (by_engine, none), (engines_half, cpus_half), (engines_own, cpus) = more(wrapped, hashed), more(hashed, both), more(both, cpu)
    failures.check(by_engine > 2000, f"only {by_engine} hash requests reached the engine")
    failures.equal("hash requests on the CPU, without a threshold", none, 0)
    for what, count in (("engine's half", engines_half), ("CPU's half", cpus_half), ("engine's own", engines_own), ("CPU's", cpus)):
        failures.check(count > 100, f"only {count} hash requests: {what}")
    failures.check(cpus > cpus_half and engines_own < engines_half, "a threshold doesn't move hash requests to the CPU")
    print(f"  hash requests: {by_engine} by the engine; with a threshold {engines_half} by the engine, {cpus_half} by the CPU; "
          f"then {engines_own} and {cpus}")
    return tests


def dev(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    before, modes, after = (boot.snapshot(name) for name in ("before", "modes", "after"))
    check_selftests(before, failures)
    tests = check_report(boot, "modes", 9, failures) + check_report(boot, "rest", 17, failures)
    tests += check_report(boot, "uring", 10, failures)
    tests += check_report(boot, "wrap", 1, failures) + check_report(boot, "woken", 1, failures)
    tests += check_report(boot, "woken_hash", 1, failures) + check_hashes(boot, failures)
    failures.equal("the engine, before a key was wrapped, and before an XOF", (boot.folder / "asleep").read_text().split(),
                   ["suspended"] * 2)
    failures.equal("permissions of /dev/cce", (boot.folder / "permissions").read_text().strip(), "660 root root")
    check_no_fallback(modes, failures, allowed=("bounce_size",))
    check_quiet(after, failures)
    ended = check_gone(boot, failures)
    by_engine = modes.sum("completed") + modes.sum("failed") - before.sum("completed") - before.sum("failed")
    failures.check(by_engine > 200, f"only {by_engine} requests of the modes reached the engine")
    print(f"  {tests} tests; {ended} requests in all, {by_engine} of those of the modes by the engine")


def dev_stall(boots, failures):
    (boot,) = boots
    check_boot(boot, failures, fault=True)
    check_report(boot, "stalled", 1, failures)
    ended = check_gone(boot, failures)
    fault = boot.snapshot("fault")
    failures.equal("the engine", read_counters(boot.folder / "fault" / "health").get("state"), "given up")
    failures.check(fault.sum("failed") > 0 and fault.sum("redone") > 0, "nothing was with the engine when it was given up")
    failures.equal("requests in flight", fault.sum("in_flight"), 0)
    told = re.search(r"a killed process was gone after (\d+) ms, with a timeout of (\d+) ms",
                     (boot.folder / "stalled.output").read_text())
    failures.check(told, "the test does not tell how long it took")
    print(f"  {ended} requests ended; {told[0] if told else ''}")


def dev_removal(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    check_report(boot, "removal", 1, failures)
    check_report(boot, "wrap", 1, failures)
    check_report(boot, "hash", 1, failures)
    ended = check_gone(boot, failures)
    told = re.search(r"\d+ requests ended well, \d+ failed", (boot.folder / "removal.output").read_text())
    rounds = len(list(boot.folder.glob("bind*")))
    failures.check(rounds >= 3, f"only {rounds} removals")
    wrapped = re.search(r"\d+ keys wrapped;.*", (boot.folder / "wrap.output").read_text())
    hashed = re.search(r"\d+ outputs of an XOF;.*", (boot.folder / "hash.output").read_text())
    print(f"  {rounds} removals; {ended} requests: {told[0] if told else ''}; {wrapped[0] if wrapped else ''}; "
          f"{hashed[0] if hashed else ''}")


def without_overlap(log):
    """The log without the one report of DMA debugging that is no defect of the driver here.

    A program may tell two requests to write to one place: the result is its own affair, as that of two direct reads from a
    disk into one buffer. Linux 6.1 warns of it, also where caches are coherent; once, then it only counts.
    """
    text = "\n".join(log)
    # What is wrong comes before the WARNING on x86-64, behind it under UML.
    report = re.compile(r"([^\n]*DMA-API: [^\n]*\n)?[^\n]*WARNING: [^\n]*kernel/dma/debug\.c:\d+ add_dma_entry.*?\n"
                        r"[^\n]*end trace [^\n]*(\n[^\n]*DMA-API: Mapped at:)?", re.DOTALL)
    overlap = re.compile(r"cacheline tracking EEXIST|exceeded \d+ overlapping mappings")
    return report.sub(lambda match: "" if overlap.search(match[0]) else match[0], text).splitlines()


def check_mappings(boot, failures):
    """As many DMA mappings of the engine as before: what it always has."""
    before, after = ((boot.folder / f"mappings.{when}").read_text().strip() for when in ("before", "after"))
    failures.equal("DMA mappings left", after, before)


def check_fuzz(boot, limit, failures):
    """The fuzzer came to its end, found no defect, and did something."""
    log = (boot.folder / "fuzz.log").read_text(errors="replace")
    for line in log.splitlines():
        failures.check(not re.search(r"DEFECT|ERROR: libFuzzer|SUMMARY", line), f"the fuzzer: {line}")
    ended = check_gone(boot, failures)
    text = (boot.folder / "fuzz.json").read_text()
    failures.check(text, "the fuzzer has not come to its end")
    if not text:
        return {}
    result = boot.json("fuzz")
    failures.check(result["calls"] >= limit, f"only {result['calls']} calls of {limit}")
    # A fuzzer whose calls are all refused finds nothing.
    failures.check(result["well"] > result["calls"] // 100, f"only {result['well']} requests ended well")
    failures.check(result["hashes"] > result["calls"] // 1000, f"only {result['hashes']} hash requests ended well")
    failures.check(result["refused"] > result["calls"] // 100, f"only {result['refused']} calls were refused")
    print(f"  {result['calls']} calls in {result['sequences']} sequences: {result['refused']} refused, "
          f"{result['accepted']} requests accepted, {result['collected']} collected, {result['commands']} io_uring commands "
          f"({result['fixed']} in registered buffers, {result['fixed_well']} of those well), {result['well']} well, "
          f"{result['hashes']} of those of queues hashes; "
          f"{result['children']} children; {ended} requests ended in the driver")
    return result


def dev_fuzz(boots, failures):
    limits = total = commands = 0
    for boot in boots:
        boot.overlaps = True
        boot.log, boot.console = without_overlap(boot.log), without_overlap(boot.console)
        check_boot(boot, failures)
        check_mappings(boot, failures)
        limit = int((boot.folder / "limit").read_text())
        result = check_fuzz(boot, limit, failures)
        failures.check(result.get("fixed_well", 0) > 0, "no command in a registered buffer ended well")
        limits += limit
        total += result.get("calls", 0)
        commands += result.get("commands", 0)
    print(f"  in all {total} calls of {limits}, {commands} of them io_uring commands, in {len(boots)} boots")


TESTS = {"dev": dev, "dev.stall": dev_stall, "dev.removal": dev_removal, "dev.fuzz": dev_fuzz, "dev.fuzz_long": dev_fuzz}
