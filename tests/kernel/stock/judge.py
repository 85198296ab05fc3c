#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges what a job has left of one boot of a stock kernel. "judge.py --help" says more."""

import argparse
import errno
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import check as kernel_check  # noqa: E402 (the other tests' judge, one folder up)
import check_dev  # noqa: E402
import check_driver  # noqa: E402
import check_load  # noqa: E402

Failures = kernel_check.Failures
ENGINE_SHARE = 0.99  # of requests that are not empty


def own_selftests(text: str) -> dict[str, str]:
    """What /proc/crypto says of the module's algorithms: driver name and state of its self-test."""
    result = {}
    for paragraph in text.split("\n\n"):
        fields = dict(re.split(r"\s*: ", line, maxsplit=1) for line in paragraph.splitlines() if ": " in line)
        if fields.get("module") == "cce":
            result[fields["driver"]] = fields["selftest"]
    return result


class Snapshot(kernel_check.Snapshot):
    @staticmethod
    def _selftests(text: str) -> dict[str, str]:
        return own_selftests(text)


def check_selftests(snapshot: Snapshot, wanted: set[str], failures: Failures) -> None:
    """Registering succeeds even if a self-test fails: only this tells."""
    for driver, state in snapshot.selftests.items():
        failures.equal(f"{snapshot.name}: self-test of {driver}", state, "passed")
    missing = wanted - set(snapshot.selftests)
    failures.check(not missing, f"{snapshot.name}: algorithms are missing: {', '.join(sorted(missing))}")


def check_share(name: str, by_engine: int, fallbacks: dict[str, int], allowed: set[str], failures: Failures) -> None:
    for reason, count in fallbacks.items():
        failures.check(count == 0 or reason in allowed, f"{name}: {count} requests on the CPU: {reason}")
    total = by_engine + sum(fallbacks.values())
    failures.check(
        total > 0 and by_engine >= ENGINE_SHARE * total, f"{name}: the engine did only {by_engine} of {total} requests"
    )


def check_client(boot: kernel_check.Boot, first: Snapshot, allowed: set[str], failures: Failures) -> dict[str, int]:
    """The requests through AF_ALG. Returns the engine's counters after them."""
    snapshot = Snapshot(boot.folder / "client")
    result = boot.json("client")
    kernel_check.check_client(result, failures, "client")
    kernel_check.check_quiet(snapshot, failures)
    done = snapshot.engine["completed"] - first.engine["completed"]
    on_cpu = {reason: count - first.fallbacks.get(reason, 0) for reason, count in snapshot.fallbacks.items()}
    check_share("client", done, on_cpu, allowed, failures)
    failures.equal("client: bytes by the engine", snapshot.engine["bytes"] - first.engine["bytes"], result["bytes"])
    print(f"  AF_ALG, 4 processes: {result['requests']} requests, {result['bytes']} bytes, all right; by the engine {done}")
    return snapshot.engine


class Boot(kernel_check.Boot):
    """A server that was killed has left no statistics."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = (folder / "dmesg").read_text(errors="replace").splitlines()
        statistics = folder / "server.json"
        self.server = json.loads(statistics.read_text()) if statistics.exists() else {}


def selftest(boot: Boot, wanted: set[str], allowed: set[str], failures: Failures) -> None:
    kernel_check.check_boot(boot, failures)
    loads = sorted(boot.folder.glob("load*"), key=lambda path: int(path.name[4:]))
    failures.check(loads, "the module was never loaded")
    before: dict[str, int] = {"completed": 0, "failed": 0, "bytes": 0}
    for folder in loads:
        snapshot = Snapshot(folder)
        check_selftests(snapshot, wanted, failures)
        kernel_check.check_quiet(snapshot, failures)
        # The engine counts from power-on, the driver from its load.
        done, wrong = (snapshot.engine[name] - before[name] for name in ("completed", "failed"))
        failures.equal(f"{snapshot.name}: wrong tags, by the driver", snapshot.sum("status.tag"), wrong)
        failures.equal(f"{snapshot.name}: completions taken by the driver", snapshot.sum("completed"), done)
        check_share(snapshot.name, done + wrong, snapshot.fallbacks, allowed, failures)
        # Every kernel has far more test vectors than that for each algorithm.
        failures.check(done >= 20 * len(snapshot.selftests), f"{snapshot.name}: only {done} requests reached the engine")
        if folder == loads[0]:
            print(f"  self-tests: {', '.join(f'{name} {state}' for name, state in sorted(snapshot.selftests.items()))}")
            print(f"  by the engine {done} and {wrong} wrong tags, on the CPU {sum(snapshot.fallbacks.values())}")
        before = snapshot.engine
        if folder == loads[0] and (boot.folder / "client").exists():
            before = check_client(boot, snapshot, allowed, failures)
    print(f"  {len(loads) - 1} reloads; {before['completed']} completions by the engine in all")


def load(boot: Boot, wanted: set[str], _allowed: set[str], failures: Failures) -> None:
    kernel_check.check_boot(boot, failures)
    first, *others = (Snapshot(boot.folder / name) for name in ("load0", "mixed", "one_pass", "two_passes", "chosen"))
    check_selftests(first, wanted, failures)
    print(f"  self-tests: {len(first.selftests)} algorithms, {', '.join(sorted(set(first.selftests.values())))}")
    ways: dict[str, tuple[int, int]] = {}
    waited = refused = 0
    for before, after in zip([first, *others], others):
        run = check_load.Load(boot, after.name)
        check_load.check_load(run, failures)
        check_load.check_engine_share(run, before, after, failures, allowed=("segments",))
        kernel_check.check_quiet(after, failures)
        ways[after.name] = check_load.cbc_ways(before, after)
        failures.check(run["rekeyed_in_flight"] > 0, f"{run.name}: no key was replaced in flight")
        waited, refused = waited + run["backlogged"], refused + run["refused"]
    failures.check(waited > 0 and refused > 0, f"{waited} requests waited for room, {refused} were refused for want of it")
    failures.check(check_load.Load(boot, "mixed")["in_parts"] > 0, "no MAC came in parts")
    for name, wanted_ways in (("one_pass", (True, False)), ("two_passes", (False, True)), ("chosen", (True, True))):
        failures.equal(f"{name}: some in one pass, some in two", tuple(count > 0 for count in ways[name]), wanted_ways)
    shares = ", ".join(f"{name} {one} and {two}" for name, (one, two) in ways.items())
    print(f"  CBC encryptions with HMAC in one pass and in two: {shares}; requests that waited {waited}, refused {refused}")


def streams(boot: Boot, wanted: set[str], allowed: set[str], failures: Failures) -> None:
    kernel_check.check_boot(boot, failures)
    before, after = (Snapshot(boot.folder / name) for name in ("load0", "after"))
    check_selftests(before, wanted, failures)
    kernel_check.check_quiet(after, failures)
    done = after.engine["completed"] - before.engine["completed"]
    check_share("streams", done, after.fallbacks, allowed, failures)
    print(f"  {check_driver.check_streams(boot, 1, failures)}; by the engine {done} requests")


def removal(boot: Boot, wanted: set[str], _allowed: set[str], failures: Failures) -> None:
    kernel_check.check_boot(boot, failures)
    check_selftests(Snapshot(boot.folder / "load0"), wanted, failures)
    result = boot.json("client")
    for counter in ("wrong", "failed", "partial_output"):
        failures.equal(f"client: {counter}", result[counter], 0)
    after = Snapshot(boot.folder / "after")
    failures.check(after.sum("completed") > 0, "the engine is not used at the end")
    on_cpu = after.fallbacks["no_device"]
    failures.check(on_cpu > 0, "no request ever ran without the device")
    rounds = sorted(boot.folder.glob("bind*")) + sorted(boot.folder.glob("rescan*"))
    failures.equal("times that the device came back", len(rounds), 7)
    print(
        f"  {len(rounds)} removals under load: {result['requests']} requests, all right; by the engine "
        f"{after.engine['completed']}, on the CPU for want of a device {on_cpu}"
    )


def killed(boot: Boot, wanted: set[str], _allowed: set[str], failures: Failures) -> None:
    for line in boot.log:
        bad = kernel_check.BAD.search(line) and not kernel_check.ALLOWED.search(line)
        failures.check(not bad, f"in the log: {line}")
    check_selftests(Snapshot(boot.folder / "load0"), wanted, failures)
    result, later = boot.json("client"), boot.json("later")
    failures.equal("wrong answers", result["wrong"], 0)
    failures.equal("requests with partial output", result["partial_output"], 0)
    possible = {str(errno.EIO), str(errno.ETIMEDOUT)}
    failures.check(set(result["errors"]) <= possible, f"errors are {result['errors']}, not EIO or ETIMEDOUT alone")
    failures.check(result["ok"] > 0, "no request was ever right")
    kernel_check.check_client(later, failures, "afterwards")
    said = boot.driver_log()
    for message in ("no answer from the bus", "engine given up"):
        failures.check(any(message in line for line in said), f"the driver does not say '{message}'")
    counters = kernel_check.read_counters(boot.folder / "after" / "fallbacks")
    failures.check(counters["device_dead"] >= later["requests"], "later requests did not run on the CPU")
    failures.equal("the server's statistics, of a server that was killed", boot.server, {})
    print(
        f"  torn out under load: {result['requests']} requests, {result['failed']} failed ({result['errors']}), the others "
        f"right; then {later['ok']} right ones on the CPU"
    )
    for line in said:
        print(f"  {line}")


def dev(boot: Boot, wanted: set[str], _allowed: set[str], failures: Failures) -> None:
    kernel_check.check_boot(boot, failures)
    before, after = (Snapshot(boot.folder / name) for name in ("load0", "after"))
    check_selftests(before, wanted, failures)
    tests = check_dev.check_report(boot, "dev", 29, failures)
    ended = check_dev.check_gone(boot, failures)
    done = after.engine["completed"] - before.engine["completed"]
    failures.check(done > 300, f"the engine completed only {done} requests")
    print(f"  {tests} tests of /dev/cce; {ended} requests ended, {done} completed by the engine")


def dev_fuzz(boot: Boot, wanted: set[str], _allowed: set[str], failures: Failures) -> None:
    kernel_check.check_boot(boot, failures)
    check_selftests(Snapshot(boot.folder / "load0"), wanted, failures)
    result = check_dev.check_fuzz(boot, 1000, failures)
    failures.check(result.get("commands", 0) > 100, "io_uring was not used")


def rebooted(boot: Boot, wanted: set[str], allowed: set[str], failures: Failures) -> None:
    failures.check((boot.folder / "rebooted").exists(), "the machine has not restarted")
    # The reset of the machine is one of the function, and its counters begin anew.
    resets = boot.server["vfio_user_messages"]["device_reset"]
    failures.check(resets >= 2, f"the device was reset only {resets} times")
    selftest(boot, wanted, allowed, failures)


JOBS = {"selftest": selftest, "load": load, "streams": streams, "removal": removal, "killed": killed, "reboot": rebooted,
        "arrival": selftest, "dev": dev, "dev_fuzz": dev_fuzz}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job", choices=JOBS, default="selftest")
    parser.add_argument("--algorithms", default="", help="drivers that there must be, separated by commas")
    parser.add_argument("--cpu-reasons", default="", help="why the CPU may do requests, separated by commas")
    parser.add_argument("folder", type=Path, help="what the guest left, with the server's statistics")
    arguments = parser.parse_args()
    wanted = {word for word in arguments.algorithms.split(",") if word}
    allowed = {word for word in arguments.cpu_reasons.split(",") if word}

    failures = Failures()
    boot = Boot(arguments.folder)
    JOBS[arguments.job](boot, wanted, allowed, failures)
    if boot.server:
        server = boot.server
        failures.equal("commands that the device server refused", server["refusals"], 0)
        print(
            f"  engine {server['engine']}, {server['engine_cycles_simulated']} cycles simulated; interrupts "
            f"{server['interrupts']}, DMA maps at once {server['dma_maps_at_once']}, messages for DMA "
            f"{server['dma_read_messages'] + server['dma_write_messages']}; {server['host_seconds']:.1f} s"
        )
    for reason in failures.reasons[:20]:
        print(f"FAILED: {reason}")
    return 1 if failures.reasons else 0


if __name__ == "__main__":
    sys.exit(main())
