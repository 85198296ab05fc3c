#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges what a job has left in its folder.

Usage: check.py VARIANT TEST FOLDER

FOLDER holds boot1, boot2, ..., each with the guest's log, copies of the driver's counters, the client's results and the
device server's statistics. Prints a summary, and each reason why the test failed. Exit status: 0 passed, 1 failed.
"""

import errno
import functools
import json
import re
import sys
from pathlib import Path

CIPHERS = (
    "ecb-aes-cce", "cbc-aes-cce", "ctr-aes-cce", "xts-aes-cce", "gcm-aes-cce", "ccm-aes-cce", "cmac-aes-cce",
)
HASHES = tuple(
    f"{name}-cce" for name in ("sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512")
)
AUTHENC = tuple(
    f"authenc-hmac-{name}-{cipher}-aes-cce" for name in ("sha256", "sha384", "sha512") for cipher in ("cbc", "ctr", "rfc3686-ctr")
)
ALGORITHMS = CIPHERS + HASHES + tuple(f"hmac-{name}" for name in HASHES) + AUTHENC
PIECE_BYTES = 65536  # libcce cuts longer requests for AF_ALG

# What must not be in the log of any test ...
BAD = re.compile(
    r"BUG:|WARNING:|KASAN|UBSAN|DMA-API:|kmemleak:|Oops|Call Trace|Kernel panic|general protection|"
    r"suspicious RCU|possible .*(deadlock|recursion|inversion)|INFO: task .* blocked|refcount_t|list_(add|del) corruption|"
    r"alg: .*(fail|not |unavailable|err)|sleeping function|detected .*stall"
)
# ... but these.
ALLOWED = re.compile(
    r"DMA-API: preallocated \d+ debug entries|"
    r"DMA-API: debugging enabled by kernel config|"
    r"kmemleak: Kernel memory leak detector initialized|"
    r"kmemleak: Cannot allocate a scan area"  # its own allocation fails with the others
)
# The driver's messages of severity warning and above: only tests of faults may have some.
DRIVER_COMPLAINT = re.compile(r"^<[0-4]>\[[ 0-9.]*\] cce(?!\w*: loading out-of-tree| *: loading out-of-tree)")


class Failures:
    def __init__(self):
        self.reasons = []

    def check(self, condition, reason):
        if not condition:
            self.reasons.append(reason)

    def equal(self, what, value, expected):
        self.check(value == expected, f"{what} is {value}, not {expected}")


def read_counters(path):
    """Lines of `name: value`; a number where it is one."""
    if not path.exists():
        return {}
    pairs = (line.split(": ", 1) for line in path.read_text().splitlines())
    return {name: int(value) if value.lstrip("-").isdigit() else value for name, value in pairs}


class Snapshot:
    """Crypto API, driver and engine at one time."""

    def __init__(self, folder):
        self.name = folder.name
        self.fallbacks = read_counters(folder / "module_fallbacks")
        for name, value in read_counters(folder / "fallbacks").items():
            self.fallbacks[name] = self.fallbacks.get(name, 0) + value
        self.engine = read_counters(folder / "engine")
        self.queues = read_counters(folder / "queues")
        self.selftests = self._selftests((folder / "crypto").read_text())

    @staticmethod
    def _selftests(text):
        result = {}
        for paragraph in text.split("\n\n"):
            fields = dict(re.split(r"\s*: ", line, maxsplit=1) for line in paragraph.splitlines() if ": " in line)
            if fields.get("driver") in ALGORITHMS:
                result[fields["driver"]] = fields["selftest"]
        return result

    def sum(self, counter):
        """Over all queue pairs."""
        return sum(value for name, value in self.queues.items() if name.endswith("." + counter))


# What the kernel itself says of memory that it did not get: reports of pages, a warning of the tracing code about a
# module's events, one of sysfs that removes the files that it could not make, kmemleak on its own behalf. First and last
# line of each; none: it is one line.
MEMORY_REPORTS = (
    (re.compile(r"page allocation failure|vmalloc error:"), re.compile(r"pages reserved")),
    (re.compile(r"WARNING: .* at (kernel/trace/trace_events|fs/sysfs/group)\.c:"), re.compile(r"end trace")),
    (re.compile(r"kmemleak: Cannot allocate a scan area"), None),
)


def without_memory_reports(lines):
    last = None
    for line in lines:
        if last:
            last = None if last.search(line) else last
            continue
        report = next((report for report in MEMORY_REPORTS if report[0].search(line)), None)
        if not report:
            yield line
        else:
            last = report[1]


class Boot:
    overlaps = False  # whether programs let several requests write to one place

    def __init__(self, folder):
        self.folder = folder
        self.log = (folder / "dmesg").read_text(errors="replace").splitlines()
        self.server = json.loads((folder / "server.json").read_text())

    @functools.cached_property
    def console(self):
        return (self.folder / "console.log").read_text(errors="replace").splitlines()

    def ignore_memory_reports(self):
        """Of a boot in which allocations fail on purpose."""
        self.log, self.console = list(without_memory_reports(self.log)), list(without_memory_reports(self.console))

    def snapshot(self, name):
        return Snapshot(self.folder / name)

    def json(self, name):
        return json.loads((self.folder / f"{name}.json").read_text())

    def driver_log(self):
        return [re.sub(r"^<\d+>\[[ 0-9.]*\] ", "", line) for line in self.log if DRIVER_COMPLAINT.match(line)]


def check_boot(boot, failures, fault=False):
    """What holds for every boot."""
    for line in boot.log + boot.console:
        if BAD.search(line) and not ALLOWED.search(line):
            failures.check(False, f"in the log: {line}")
    failures.check(boot.log, "the log is empty")
    if not fault:
        for line in boot.driver_log():
            failures.check(False, f"the driver complains: {line}")
        failures.equal("interrupts lost between device and guest", boot.server["interrupts_lost"], 0)
    failures.equal("misdeeds of the driver that the device server saw", boot.server["faults"], 0)


def check_debug(boot, failures):
    """What the debug kernel's checkers have collected."""
    folder = boot.folder
    leaks = (folder / "kmemleak").read_text() if (folder / "kmemleak").exists() else None
    failures.check(leaks is not None, "the debug kernel has no kmemleak")
    for leak in (leaks or "").split("unreferenced object")[1:]:
        failures.check(False, "kmemleak: unreferenced object" + leak.rstrip())
    lockdep = re.search(r"debug_locks: *(\d)", (folder / "lockdep_stats").read_text())
    failures.check(lockdep and lockdep[1] == "1", "lockdep is off at the end")
    errors = int((folder / "dma_api_errors").read_text())
    failures.check(errors == 0 or boot.overlaps, f"DMA-API errors is {errors}, not 0")
    print(f"  debug kernel: kmemleak {(leaks or '').count('unreferenced object')}, DMA-API errors {errors}, lockdep on")


def check_selftests(snapshot, failures):
    failures.equal(f"{snapshot.name}: self-tests", snapshot.selftests, {name: "passed" for name in ALGORITHMS})


def check_no_fallback(snapshot, failures, allowed=()):
    for reason, count in snapshot.fallbacks.items():
        failures.check(count == 0 or reason in allowed, f"{snapshot.name}: {count} requests on the CPU: {reason}")


def check_quiet(snapshot, failures):
    """Nothing is left over, nothing failed but texts that aren't authentic."""
    for counter in ("in_flight", "backlog", "rejected", "resets", "interrupts_lost", "redone"):
        failures.equal(f"{snapshot.name}: {counter}", snapshot.sum(counter), 0)
    failures.equal(f"{snapshot.name}: failed", snapshot.sum("failed"), snapshot.sum("status.tag"))


def selftest(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    names = sorted((p.name for p in boot.folder.glob("load*")), key=lambda name: int(name[4:]))
    before = {"completed": 0, "failed": 0}
    loads = []
    for name in names:
        snapshot = boot.snapshot(name)
        check_selftests(snapshot, failures)
        check_no_fallback(snapshot, failures)
        check_quiet(snapshot, failures)
        # The driver's counters begin with each load, the engine's with the power.
        done, wrong = (snapshot.engine[name] - before[name] for name in ("completed", "failed"))
        failures.equal(f"{name}: requests ended by the engine", done + wrong, snapshot.sum("submitted"))
        failures.equal(f"{name}: completions taken by the driver", snapshot.sum("completed"), done)
        failures.equal(f"{name}: wrong tags, by the driver", snapshot.sum("status.tag"), wrong)
        failures.check(done > (10000 if name == "load0" else 500), f"{name}: only {done} requests reached the engine")
        failures.check(wrong > (1000 if name == "load0" else 10), f"{name}: only {wrong} wrong tags were seen")
        loads.append(done + wrong)
        before = snapshot.engine
        if name == "load0":
            for driver in ALGORITHMS:
                print(f"  driver: {driver}  selftest: {snapshot.selftests.get(driver)}")
            print(f"  extra tests: submitted {snapshot.sum('submitted')}, completed by the engine {done}, wrong tags {wrong}, "
                  f"bounced {snapshot.sum('bounced')}, on the CPU {sum(snapshot.fallbacks.values())}, "
                  f"bytes {snapshot.engine['bytes']}")
    print(f"  {len(names) - 1} reloads: self-tests passed each time, "
          f"{sum(loads)} requests ended by the engine in all")


def check_client(result, failures, name):
    for counter in ("wrong", "failed", "partial_output"):
        failures.equal(f"{name}: {counter}", result[counter], 0)
    failures.equal(f"{name}: right answers", result["ok"], result["requests"])


def vectors(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    before, after, tool = (boot.snapshot(name) for name in ("before", "after", "tool"))
    check_selftests(before, failures)
    check_no_fallback(tool, failures)
    check_quiet(tool, failures)
    requests = size = 0
    for name in ("vectors", "random", "large", "parallel"):
        result = boot.json(name)
        check_client(result, failures, name)
        pieces = result["requests"]
        if name == "large":
            pieces *= result["bytes"] // result["requests"] // PIECE_BYTES
        requests += pieces
        size += result["bytes"]
        print(f"  {name}: {result['requests']} requests, {result['bytes']} bytes, all right")
    files = boot.json("vectors")["files"]
    failures.equal("vector files", len(files), 33)
    failures.check(sum(files.values()) > 500, f"only {sum(files.values())} vectors")
    # Not one request more or less than the client's, and not one byte.
    failures.equal("completions by the engine", after.engine["completed"] - before.engine["completed"], requests)
    failures.equal("bytes by the engine", after.engine["bytes"] - before.engine["bytes"], size)
    own = tool.engine["completed"] - after.engine["completed"]
    failures.check(own > 0, "cce selftest did not reach the engine")
    print(f"  engine: {requests} completions, {size} bytes: exactly the client's; cce selftest: {own} completions")


def backlog(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    before, parallel, after = (boot.snapshot(name) for name in ("before", "parallel", "after"))
    check_selftests(before, failures)
    check_no_fallback(after, failures)
    check_quiet(after, failures)
    result = boot.json("parallel")
    check_client(result, failures, "parallel")
    done = parallel.engine["completed"] - before.engine["completed"]
    failures.equal("completions by the engine", done, result["requests"])
    waited = parallel.sum("backlogged") - before.sum("backlogged")
    failures.check(waited > 0, "no request ever waited in the backlog")
    print(f"  AF_ALG, 8 processes, rings of 2: {done} requests, {waited} of them through the backlog, all right")
    disk = (boot.folder / "disk").read_text().strip()
    done = after.engine["completed"] - parallel.engine["completed"]
    waited = after.sum("backlogged") - parallel.sum("backlogged")
    # A sector is a request; each was written and read once.
    if "left out" not in disk:
        failures.check(done >= 2 * 1024, f"only {done} of the disk's requests reached the engine")
    print(f"  {disk}: {done} requests, {waited} of them through the backlog")


def removal(boots, failures, times):
    (boot,) = boots
    check_boot(boot, failures)
    result = boot.json("client")
    for counter in ("wrong", "failed", "partial_output"):
        failures.equal(f"client: {counter}", result[counter], 0)
    rounds = sorted(boot.folder.glob("bind*")) + sorted(boot.folder.glob("rescan*"))
    failures.equal("times that the device came back", len(rounds), times)
    after = boot.snapshot("after")
    failures.check(after.sum("completed") > 0, "the engine is not used at the end")
    cpu = after.fallbacks["no_device"]
    failures.check(cpu > 0, "no request ever ran without the device")
    done = after.engine["completed"] - boot.snapshot("before").engine["completed"]
    failures.check(done > 100, f"the engine completed only {done} requests")
    busy = sum(Snapshot(folder).sum("in_flight") > 0 for folder in rounds)
    print(f"  {len(rounds)} removals under load: {result['requests']} requests, all right; by the engine {done}, "
          f"on the CPU for want of a device {cpu}; {busy} times in flight right after")


def platform(boots, failures):
    """The same driver on another bus."""
    (boot,) = boots
    check_boot(boot, failures, fault=True)
    failures.equal("interrupts lost between device and guest", boot.server["interrupts_lost"], 0)
    failures.equal("complaints of the driver", boot.driver_log(), ["cce cce.0.auto: ecb(aes) wasn't measured: -12"])
    before, after = boot.snapshot("before"), boot.snapshot("after")
    check_selftests(before, failures)
    check_quiet(after, failures)
    check_no_fallback(before, failures)
    check_no_fallback(after, failures, ("no_device",))
    requests = {}
    for name in ("first", "unbound", "second"):
        result = boot.json(name)
        check_client(result, failures, name)
        requests[name] = result["requests"]
    failures.equal("requests on the CPU while unbound", after.fallbacks["no_device"], requests["unbound"])
    done = after.engine["completed"] - before.engine["completed"]
    failures.equal("completions by the engine", done, requests["first"] + requests["second"])
    print(f"  platform device: self-tests passed; {done} requests by the engine, {requests['unbound']} on the CPU while unbound")
    uncalibrated, calibrated, short = (boot.snapshot(name) for name in ("uncalibrated", "calibrated", "short"))
    # All algorithms but HMAC, authenc() with CBC only, 16 requests eight times. The CPU takes no time here, so no length is worth the engine.
    authenc = [name for name in AUTHENC if "-cbc-" in name]
    algorithms = len(CIPHERS) + len(HASHES) + len(authenc)
    measured = calibrated.sum("completed") - uncalibrated.sum("completed")
    failures.check(measured >= algorithms * 16 * 8, f"calibration: only {measured} requests by the engine")
    none = ["4294967295"] * len(CIPHERS)
    hashes = [",".join(["4294967295"] * len(names)) for names in (HASHES, authenc)]
    failures.equal("cpu_below after calibration", (boot.folder / "cpu_below").read_text().splitlines(),
                   [",".join(none), *hashes])
    failures.equal("calibration short of memory", (boot.folder / "calibrate_short_of_memory").read_text().splitlines(),
                   [f"True {errno.ENOMEM}", ",".join(["77"] + none[1:]), *hashes])
    told = sum(bool(re.search(r": [\w(),-]+: below 4294967295 bytes on the CPU$", line)) for line in boot.log)
    failures.equal("algorithms whose calibration is told, in both", told, 2 * algorithms - 1)
    client = boot.json("short")
    check_client(client, failures, "after calibration")
    failures.equal("after calibration: by the engine", short.sum("completed"), calibrated.sum("completed"))
    failures.check(short.fallbacks["short"] >= client["requests"], f"after calibration: {short.fallbacks['short']} on the CPU")
    print(f"  calibration with {measured} requests by the engine; all {client['requests']} afterwards on the CPU")


# What the driver must say of an engine that answers so, and which algorithms it then offers.
REFUSALS = {
    "absent": (r"identification is 0xffffffff, not 0x[0-9a-f]+: nothing answers$", ()),
    "stranger": (r"identification is 0x12345678, not 0x[0-9a-f]+$", ()),
    "version": (r"contract version \d+ isn't supported, only \d+$", ()),
    "queues": (r"0 queue pairs aren't possible$", ()),
    "key_sizes": (r"no key size among its capabilities, 0x[0-9a-f]+$", ()),
    "ecb_only": (None, ("ecb-aes-cce",)),
}


def refused_test(name):
    message, offered = REFUSALS[name]

    def test(boots, failures):
        (boot,) = boots
        check_boot(boot, failures, fault=True)
        said = boot.driver_log()
        failures.equal("bound", (boot.folder / "bound").exists(), message is None)
        if message:
            failures.check(any(re.search(message, line) for line in said), f"the driver does not say '{message}'")
        else:
            failures.equal("complaints", said, [])
        found = Snapshot._selftests((boot.folder / "after" / "crypto").read_text())
        failures.equal("algorithms", found, {driver: "passed" for driver in offered})
        print(f"  {said[0] if said else 'bound'}; algorithms: {', '.join(found) or 'none'}")

    return test


# What each fault must lead to: errno of the one failed request (None: none fails), what the driver must say, whether
# the engine is used afterwards, and whether the failed request's destination must have been wiped.
FAULTS = {
    "stall": (errno.ETIMEDOUT, ("request timed out", "resetting"), True, True),
    "stall_forever": (errno.EIO, ("request timed out", "resetting", "reset failed", "resetting the engine",
                                  "engine given up"), False, True),
    "interrupt_lost": (None, ("interrupt lost, took 1 completions",), True, False),
    "bus_error_descriptor": (errno.EIO, ("descriptor_access", "resetting"), True, True),
    # Status 7: context access; 12: source access; 15: destination access.
    "bus_error_context": (errno.EIO, ("ended with status context_access",), True, False),
    "bus_error_source": (errno.EIO, ("ended with status source_access",), True, True),
    "bus_error_destination": (errno.EIO, ("ended with status destination_access",), True, True),
    "bus_error_midway": (errno.EIO, ("ended with status destination_access",), True, True),
    "bus_error_completion": (errno.EIO, ("completion_access", "resetting"), True, True),
    "vanish": (errno.EIO, ("no answer from the bus", "engine given up"), False, True),
}


def fault_test(name):
    expected_errno, messages, engine_lives, wiped = FAULTS[name]

    def test(boots, failures):
        (boot,) = boots
        check_boot(boot, failures, fault=True)
        result, later = boot.json("fault"), boot.json("after")
        expected = {} if expected_errno is None else {str(expected_errno): 1}
        failures.equal("errors", result["errors"], expected)
        failures.equal("wrong answers", result["wrong"], 0)
        failures.equal("requests with partial output", result["partial_output"], 0)
        failures.equal("wiped destinations", result["wiped"], int(wiped))
        check_client(later, failures, "afterwards")
        said = boot.driver_log()
        for message in messages:
            failures.check(any(message in line for line in said), f"the driver does not say '{message}'")
        failures.equal("given up", any("given up" in line for line in said), not engine_lives)
        middle, after = boot.snapshot("fault"), boot.snapshot("after")
        if engine_lives:
            done = after.engine["completed"] - middle.engine["completed"]
            failures.equal("later completions by the engine", done, later["requests"])
            check_no_fallback(after, failures)
        else:
            failures.check(after.fallbacks["device_dead"] >= later["requests"], "later requests did not run on the CPU")
        if name == "interrupt_lost":
            failures.equal("interrupts lost, by the driver", after.sum("interrupts_lost"), 1)
        ended = errno.errorcode[expected_errno] if expected_errno else "right all the same"
        print(f"  after {result['ok']} right answers, one request: {ended}; destination "
              f"{'wiped' if result['wiped'] else 'not touched' if expected_errno else 'right'}; then {later['ok']} right ones "
              f"{'by the engine' if engine_lives else 'on the CPU'}")
        for line in said:
            print(f"  {line}")

    return test


def determinism(boots, failures, engines):
    """The same times in every boot, whichever of the engines there is."""
    names = ", ".join(boot.server["engine"] for boot in boots)
    failures.equal("engines", names, engines)
    latencies = []
    for boot in boots:
        failures.equal(
            f"simulated cycles, {boot.server['engine']}",
            boot.server["engine_cycles_simulated"],
            boots[0].server["engine_cycles_simulated"],
        )
        check_boot(boot, failures)
        after = boot.snapshot("after")
        check_selftests(after, failures)
        check_no_fallback(after, failures)
        latencies.append({mode: boot.json(mode)["latency_ns"] for mode in ("ctr", "cbc")})
    for mode in ("ctr", "cbc"):
        failures.check(latencies[0][mode]["p50"] > 0, f"{mode}: no latency")
        for number, other in enumerate(latencies[1:], 2):
            failures.equal(f"{mode}: latencies of boot {number}", other[mode], latencies[0][mode])
        texts = {(boot.folder / f"{mode}.enc").read_bytes() for boot in boots}
        failures.check(len(texts) == 1, f"{mode}: the boots' texts differ")
        print(f"  {mode}, ns of guest time, the same in {len(boots)} boots ({names}): {json.dumps(latencies[0][mode])}")


TESTS = {
    "selftest": selftest,
    "selftest_long": selftest,
    "vectors": vectors,
    "vectors_long": vectors,
    "backlog": backlog,
    "backlog_long": backlog,
    "removal": functools.partial(removal, times=6),
    "removal_long": functools.partial(removal, times=12),
    "platform": platform,
    "determinism": functools.partial(determinism, engines="rtl, model, model"),
    "determinism_long": functools.partial(determinism, engines="rtl, rtl, model"),
    **{f"fault.{name}": fault_test(name) for name in FAULTS},
    **{f"refused.{name}": refused_test(name) for name in REFUSALS},
}


def main():
    variant, name, folder = sys.argv[1:]
    # Which imports this module; only now is all of it there.
    from check_dev import TESTS as dev_tests
    from check_driver import TESTS as driver_tests
    from check_library import TESTS as library_tests
    from check_load import TESTS as load_tests
    from check_programs import TESTS as program_tests
    from check_users import TESTS as user_tests

    failures = Failures()
    boots = [Boot(path) for path in sorted(Path(folder).glob("boot*"))]
    print(f"kernel.{variant}.{name}:")
    tests = TESTS | dev_tests | driver_tests | library_tests | load_tests | program_tests | user_tests
    tests[name](boots, failures)
    if variant.endswith("debug"):
        for boot in boots:
            check_debug(boot, failures)
    seconds = sum(boot.server["host_seconds"] for boot in boots)
    cycles = sum(boot.server["engine_cycles_simulated"] for boot in boots)
    print(f"  {seconds:.1f} s, {cycles} engine cycles simulated")
    for reason in failures.reasons[:20]:
        print(f"FAILED: {reason}")
    return 1 if failures.reasons else 0


if __name__ == "__main__":
    sys.exit(main())
