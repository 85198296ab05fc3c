# SPDX-License-Identifier: Apache-2.0
"""Judges the tests of programs over /dev/cce: the tool, and OpenSSL with the provider."""

import json
import re

from check import check_boot, check_no_fallback, check_quiet
from check_driver import completed
from check_library import check_report

SHARE = 0.99  # of what is not for the CPU anyway, by the engine


def read(boot, name):
    return (boot.folder / name).read_text(errors="replace")


PARTIAL = r"\.partial is kept: the same command with --resume goes on there"
# What each attempt must end with, and what it must say.
ATTEMPTS = {
    "no_module": (1, r"there is no /dev/cce \(is the module cce loaded\?\)"),
    "selftest": (0, None),
    "seal": (0, None),
    "open": (0, None),
    **{f"{direction}_{mode}": (0, None) for direction in ("enc", "dec") for mode in ("ctr", "cbc", "ecb")},
    "mac": (0, None),
    "not_permitted": (1, r"no permission to open /dev/cce: it is for the group that owns it \(cce, by the driver's udev rule\)"),
    "other_choice": (0, None),
    "permitted": (0, None),
    "removed": (0, None),
    "absent": (0, None),
    "back": (0, None),
    "disk_full": (1, r"can't write full/sealed\.partial: No space left on device; full/sealed" + PARTIAL),
    "closed_pipe": (1, r"can't write standard output: Broken pipe"),
    **{f"signal_{name}": (128 + number, rf"ended by SIG{name}; stopped{PARTIAL}")
       for name, number in (("TERM", 15), ("INT", 2))},
    **{f"resumed_{name}": (0, None) for name in ("TERM", "INT")},
}


def check_attempts(boot, attempts, failures):
    for name, (status, pattern) in attempts.items():
        said = read(boot, f"{name}.error")
        failures.equal(f"{name}: exit status", int(read(boot, f"{name}.status")), status)
        # Beside the line that tells which backend it is.
        messages = [line for line in said.splitlines() if not re.match(r"cce: backend \S+ \(", line)]
        if pattern:
            failures.equal(f"{name}: messages of failure", sum(bool(re.search(pattern, line)) for line in messages), 1)
        failures.check(status == 0 or len(messages) == 1, f"{name}: it says {said!r}")


def tool_dev(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    check_attempts(boot, ATTEMPTS, failures)
    before, work, after = (boot.snapshot(name) for name in ("before", "work", "after"))
    failures.equal("cce info: backend", boot.json("info")["opened"]["backend"], "dev")
    check_no_fallback(work, failures)
    check_quiet(work, failures)
    by_engine = completed(before, work)
    failures.check(by_engine > 200, f"only {by_engine} requests reached the engine")
    failures.equal("left on a full disk", read(boot, "disk_full.left").split(), ["sealed.partial"])
    # Chunks of the run that lost its engine, and all of the one that had none.
    check_no_fallback(after, failures, allowed=("no_device",))
    by_cpu = after.fallbacks["no_device"]
    failures.check(by_cpu > 32, f"only {by_cpu} requests without the engine")
    print(f"  {len(ATTEMPTS)} runs of cce ended as they should; {by_engine} requests by the engine before it was removed, "
          f"{by_cpu} without it")


GONE = {
    "dying": (1, r"chunk \d+: the device refused or failed the request \(/dev/cce: a request failed: Input/output error "
                 r"\(errno 5\)\); sealed" + PARTIAL),
    "resumed": (0, None),
    "opened": (0, None),
}


def tool_gone(boots, failures):
    (boot,) = boots
    check_boot(boot, failures, fault=True)
    check_attempts(boot, GONE, failures)
    failures.check(any("engine given up" in line for line in boot.driver_log()), "the driver has not given the engine up")
    by_engine, kept = boot.snapshot("dead").sum("completed"), int(read(boot, "partial.bytes"))
    failures.check(by_engine > 3, f"the engine died after {by_engine} requests")
    failures.check(kept > 65536, f"only {kept} bytes were kept")
    print(f"  the engine died after {by_engine} chunks, {kept} bytes were kept; the run was gone on with on the CPU")


def reports(boot, name):
    """The sums of what the processes with the provider have reported."""
    lines = [json.loads(line) for line in read(boot, f"{name}.report").splitlines()]
    total = {key: sum(line[key] for line in lines)
             for key in ("engine_requests", "engine_bytes", "cpu_requests", "engine_failures")}
    total["why"] = {key: sum(line["cpu"][key] for line in lines) for key in lines[0]["cpu"]}
    return total


def provider(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    tests = check_report(boot, "unit", 35, failures)
    before, unit, commands, after = (boot.snapshot(name) for name in ("before", "unit", "commands", "after"))
    by_engine = completed(before, unit)
    failures.check(by_engine > 1000, f"the tests gave the engine only {by_engine} requests")
    print(f"  {tests} of the provider's own tests; {by_engine} requests by the engine")
    for name, begin, end in (("commands", unit, commands), ("tls", commands, after)):
        parts = [reports(boot, part) for part in (("commands",) if name == "commands" else TRANSFERS)]
        asked, on_cpu = (sum(part[key] for part in parts) for key in ("engine_requests", "cpu_requests"))
        failures.equal(f"{name}: requests that the engine failed", sum(part["engine_failures"] for part in parts), 0)
        done = completed(begin, end)
        # The driver's own count: nothing that the provider has given to the engine was done by the kernel's code.
        failures.check(done >= SHARE * asked, f"{name}: {asked} requests, but the engine completed {done}")
        why = {reason: sum(part["why"][reason] for part in parts) for reason in parts[0]["why"]}
        not_for_it = why["not_offered"] + why["streamed"]
        failures.check(asked >= SHARE * (asked + on_cpu - not_for_it), f"{name}: {asked} by the engine, by the CPU {why}")
        print(f"  {name}: {asked} requests to the engine, which completed {done}; {on_cpu} by the CPU "
              f"({', '.join(f'{reason} {count}' for reason, count in why.items() if count) or 'none'})")
    checked = int(read(boot, "commands.checked"))
    failures.check(checked >= 10, f"only {checked} of the commands' answers compared")
    for name in TRANSFERS:
        moved, report = int(read(boot, f"{name}.bytes")), reports(boot, name)
        failures.check(report["engine_bytes"] >= SHARE * moved, f"{name}: {moved} bytes, {report['engine_bytes']} by the engine")
        print(f"  {name}: {moved} bytes intact, {report['engine_bytes']} by the engine in {report['engine_requests']} requests")
    print(f"  openssl: {checked} answers as OpenSSL's own code's")


TRANSFERS = ("tls13_server", "tls12_client")
TESTS = {"tool_dev": tool_dev, "tool_gone": tool_gone, "provider": provider, "provider_long": provider}
