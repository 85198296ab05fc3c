# SPDX-License-Identifier: Apache-2.0
"""Judges the tests with cce_load.ko: hundreds of requests in flight, with and without faults.

The tester itself tells right from wrong: see load/load.h for what each of its counters means. Here the accounts of tester,
driver and device server are compared with each other and with what each test is about.
"""

import errno

from check import check_boot, read_counters

# What a request may fail with: a DMA error or a queue pair that stopped; a timeout.
FAULT_ERRNOS = {errno.EIO, errno.ETIMEDOUT}


class Load:
    """What cce_load.ko says of one run."""

    def __init__(self, boot, name):
        self.name = name
        self.counts = read_counters(boot.folder / f"{name}.load")

    def __getitem__(self, counter):
        return self.counts[counter]

    @property
    def errnos(self):
        return {int(name[6:]): count for name, count in self.counts.items() if name.startswith("errno.")}

    def ended(self):
        return sum(self[name] for name in ("right", "forged", "refused", "failed"))


def check_load(load, failures, errnos=()):
    """No defect, and every request accounted for."""
    for name, count in load.counts.items():
        if name.startswith("defect."):
            failures.equal(f"{load.name}: {name}", count, 0)
        if name.startswith("named"):
            failures.check(False, f"{load.name}: {count}")
    failures.equal(f"{load.name}: requests that ended", load.ended(), load["offered"])
    failures.check(load["offered"] > 0, f"{load.name}: no request")
    failures.equal(f"{load.name}: destinations of the failed ones, wiped or untouched",
                   load["failed_wiped"] + load["failed_untouched"], load["failed"])
    for number, count in load.errnos.items():
        failures.check(number in errnos, f"{load.name}: {count} requests failed with {errno.errorcode.get(number, number)}")


def check_engine_share(load, before, after, failures, allowed):
    """At least 99 % of those that no listed reason sent to the CPU were ended by the engine."""
    done = sum(after.engine[name] - before.engine[name] for name in ("completed", "failed"))
    done -= after.sum("two_passes") - before.sum("two_passes")
    reasons = {name: after.fallbacks[name] - before.fallbacks[name] for name in after.fallbacks}
    for reason, count in reasons.items():
        failures.check(count == 0 or reason in allowed, f"{load.name}: {count} requests on the CPU: {reason}")
    eligible = load["offered"] - load["refused"] - sum(reasons[reason] for reason in allowed)
    failures.check(eligible > 0 and done >= 0.99 * eligible, f"{load.name}: the engine ended {done} of {eligible}")
    on_cpu = ", ".join(f"{name} {count}" for name, count in reasons.items() if count) or "none"
    print(f"  {load.name}: {load['offered']} requests: right {load['right']}, wrong tags found {load['forged']}, refused "
          f"{load['refused']}, failed {load['failed']}; engine {done} of {eligible}; on the CPU: {on_cpu}")


def cbc_ways(before, after):
    """CBC encryptions with HMAC that the engine began in one pass, and in two."""
    return tuple(after.sum(name) - before.sum(name) for name in ("one_pass", "two_passes"))


def check_ways(before, after, failures):
    one, two = cbc_ways(before, after)
    failures.check(one > 0 and two > 0, f"CBC encryptions with HMAC: {one} in one pass, {two} in two")
    print(f"  CBC encryptions with HMAC in one pass: {one}, in two: {two}")


def quiet(boots, failures):
    """No faults: everything comes out right, and in order; the queue pair is as full as it gets."""
    (boot,) = boots
    check_boot(boot, failures)
    before, deep, mixed, rekey, after = (boot.snapshot(name) for name in ("before", "deep", "mixed", "rekey", "after"))
    loads = {name: Load(boot, name) for name in ("deep", "mixed", "rekey", "segments")}
    for load in loads.values():
        check_load(load, failures)
    check_quiet_but_tags(after, failures)
    check_engine_share(loads["deep"], before, deep, failures, allowed=())
    # A request in too many pieces is what this list of reasons is for.
    check_engine_share(loads["mixed"], deep, mixed, failures, allowed=("segments",))
    check_engine_share(loads["rekey"], mixed, rekey, failures, allowed=())
    depth = deep.queues["queue0.in_flight_most"]
    failures.check(depth >= 32, f"only {depth} requests were ever in flight")
    failures.check(loads["deep"]["in_flight_most"] >= 200, "hundreds of requests never were under way")
    failures.check(loads["deep"]["backlogged"] > 100, "hardly any request was in the backlog")
    failures.check(loads["mixed"]["refused"] > 0, "no request was refused")
    print(f"  in flight in one queue pair: {depth} at most; under way: {loads['deep']['in_flight_most']}; "
          f"{loads['deep']['backlogged']} waited in the backlog and left it in order; {loads['mixed']['refused']} of another run refused")
    check_ways(before, rekey, failures)
    failures.check(loads["rekey"]["rekeyed_in_flight"] > 50, "hardly any key was replaced in flight")
    print(f"  keys replaced with requests under way: {loads['rekey']['rekeyed_in_flight']}")
    segments = after.fallbacks["segments"] - rekey.fallbacks["segments"]
    failures.check(loads["mixed"]["in_parts"] > 50, "hardly any MAC came in parts")
    failures.equal("requests in too many pieces, on the CPU", segments, loads["segments"]["offered"])
    print(f"  in more pieces than a list holds: {loads['segments']['offered']}, counted as segments {segments}")


def check_quiet_but_tags(snapshot, failures):
    for counter in ("in_flight", "backlog", "rejected", "resets", "interrupts_lost", "redone"):
        failures.equal(f"{snapshot.name}: {counter}", snapshot.sum(counter), 0)
    failures.equal(f"{snapshot.name}: failed", snapshot.sum("failed"), snapshot.sum("status.tag"))


# How the driver tells each kind of fault: the statuses that it counts.
STATUSES = {
    "bus_error_context": ("context_access",),
    "bus_error_list": ("source_list_access", "destination_list_access"),
    "bus_error_source": ("source_access",),
    "bus_error_destination": ("destination_access",),
}
# What it says in its log of those that stop a queue pair.
COMPLAINTS = {
    "bus_error_descriptor": "error descriptor_access",
    "bus_error_completion": "error completion_access",
    "stall_long": "request timed out",
    "stall_stuck": "resetting the engine",
}


def faults(boots, failures):
    """Faults of all kinds: nothing lost, nothing wrong, nothing left."""
    injected, totals = {}, {}
    for boot in boots:
        judge_faults(boot, failures, injected, totals)
    count = sum(injected.values())
    wanted = totals["wanted"]
    failures.equal("faults injected", count, wanted)
    for kind, number in injected.items():
        failures.check(number > 0, f"no fault of kind {kind} was injected")
    print_faults(injected, totals)


def faults_both_ways(boots, failures):
    """The same, with CBC encryptions with HMAC among them, in one pass and in two."""
    faults(boots, failures)
    for boot in boots:
        check_ways(boot.snapshot("before"), boot.snapshot("faults"), failures)


def judge_faults(boot, failures, injected, totals):
    check_boot(boot, failures, fault=True)
    load, later = Load(boot, "faults"), Load(boot, "after")
    check_load(load, failures, FAULT_ERRNOS)
    check_load(later, failures)
    before, middle, after = (boot.snapshot(name) for name in ("before", "faults", "after"))
    for name, number in boot.server["injected"].items():
        injected[name] = injected.get(name, 0) + number
    said = boot.driver_log()
    failures.check(not any("given up" in line for line in said), "the driver gave the engine up")
    client = boot.json("client")
    for counter in ("wrong", "partial_output"):
        failures.equal(f"AF_ALG: {counter}", client[counter], 0)
    for number in client["errors"]:
        failures.check(int(number) in FAULT_ERRNOS, f"AF_ALG: {client['errors'][number]} requests failed with errno {number}")
    failures.check(client["ok"] > 0, "AF_ALG: no request went well")
    check_engine_share(later, middle, after, failures, allowed=("segments",))
    failures.equal("faults after those that were asked for", middle.sum("resets"), after.sum("resets"))
    rows = {kind: sum(middle.sum(f"status.{status}") for status in names) for kind, names in STATUSES.items()}
    rows |= {kind: sum(text in line for line in said) for kind, text in COMPLAINTS.items()}
    for kind, number in rows.items():
        totals[kind] = totals.get(kind, 0) + number
    failures.check(load["in_parts"] > 0, "no MAC came in parts")
    for name in ("offered", "right", "forged", "refused", "failed", "defect.lost", "failed_wiped", "failed_untouched"):
        totals[name] = totals.get(name, 0) + load[name]
    for number, amount in load.errnos.items():
        name = f"failed with {errno.errorcode[number]}"
        totals[name] = totals.get(name, 0) + amount
    for name in ("redone", "interrupts_lost", "resets"):
        totals[name] = totals.get(name, 0) + middle.sum(name)
    totals["AF_ALG right"] = totals.get("AF_ALG right", 0) + client["ok"]
    totals["AF_ALG failed"] = totals.get("AF_ALG failed", 0) + sum(client["errors"].values())
    totals["wanted"] = totals.get("wanted", 0) + int((boot.folder / "wanted").read_text())


def print_faults(injected, totals):
    """Of faults that hit one request each, those count as recovered after which no request ended with their status: it had
    failed for another reason already, or was redone. Those that stop a queue pair, or stall it, are recovered from by a
    reset, whose requests fail together; the others cost no request."""
    lost = totals["defect.lost"]
    print("  kind                      injected  recovered  failed with errno  lost")
    for kind, number in injected.items():
        if kind in STATUSES:
            print(f"  {kind:24}  {number:8}  {number - totals[kind]:9}  {totals[kind]:17}  {lost:4}")
        elif kind in COMPLAINTS:
            print(f"  {kind:24}  {number:8}  {number:9}  {'see the resets':>17}  {lost:4}")
        else:
            print(f"  {kind:24}  {number:8}  {number:9}  {0:17}  {lost:4}")
    print(f"  {totals['resets']} resets of a queue pair: descriptor or completion not accessible "
          f"{totals['bus_error_descriptor'] + totals['bus_error_completion']}, timed out {totals['stall_long']}, of the "
          f"whole engine {totals['stall_stuck']}; {totals['redone']} requests redone on the CPU; "
          f"{totals['interrupts_lost']} times completions without an interrupt")
    ended = ", ".join(f"{name} {totals[name]}" for name in totals if name.startswith("failed"))
    print(f"  requests {totals['offered']}: right {totals['right']}, wrong tags found {totals['forged']}, refused "
          f"{totals['refused']}, {ended}; lost {totals['defect.lost']}; beside them AF_ALG: right "
          f"{totals['AF_ALG right']}, failed {totals['AF_ALG failed']}")


def authenc(boots, failures):
    """Many CBC encryptions with HMAC at once go in two passes, and end sooner; few, and short ones, in one."""
    (boot,) = boots
    check_boot(boot, failures)
    names = ("before", "one_pass", "two_passes", "few", "short", "shapes")
    snapshots = [boot.snapshot(name) for name in names]
    loads = {name: Load(boot, name) for name in names[1:]}
    ways = {}
    for before, after in zip(snapshots, snapshots[1:]):
        check_load(loads[after.name], failures)
        check_engine_share(loads[after.name], before, after, failures, allowed=("segments",))
        ways[after.name] = cbc_ways(before, after)
    check_quiet_but_tags(snapshots[-1], failures)
    for name in ("one_pass", "few", "short"):
        failures.equal(f"{name}: requests in one pass and in two", ways[name], (loads[name]["offered"], 0))
    one, two = ways["two_passes"]
    failures.equal("two_passes: all requests", one + two, loads["two_passes"]["offered"])
    failures.check(0 < one <= 0.1 * two, f"two_passes: {one} in one pass, {two} in two")
    failures.equal("shapes: in one pass", ways["shapes"][0], 0)
    failures.check(ways["shapes"][1] > 100, f"shapes: only {ways['shapes'][1]} in two passes")
    failures.check(loads["shapes"]["rekeyed_in_flight"] > 20, "shapes: hardly any key was replaced in flight")
    speeds = {name: load["text_bytes"] * boot.server["cycle_ns"] / load["took_ns"] for name, load in loads.items()}
    failures.check(speeds["two_passes"] >= 2 * speeds["one_pass"],
                   f"two passes: {speeds['two_passes']:.2f} bytes a cycle, one pass: {speeds['one_pass']:.2f}")
    text = loads["two_passes"]["text_bytes"] // loads["two_passes"]["offered"]
    print(f"  {text} bytes, 16 in flight: one pass {speeds['one_pass']:.2f} bytes a cycle; {one} in one pass and {two} in two "
          f"{speeds['two_passes']:.2f}; 4 in flight, one pass {speeds['few']:.2f}; of all lengths and shapes {ways['shapes'][1]} in two")


def midway(boots, failures):
    """What the engine left half done is wiped, and is not done again."""
    (boot,) = boots
    check_boot(boot, failures, fault=True)
    load, after = Load(boot, "midway"), boot.snapshot("after")
    check_load(load, failures, {errno.ETIMEDOUT})
    written, text = boot.server["dma_bytes_written"], load["text_bytes"]
    failures.check(1024 <= written <= text - 1024, f"{written} bytes were written: that is not the middle")
    failures.equal("requests in place", load["in_place"], 1)
    failures.equal("requests that failed", load["failed"], 1)
    failures.equal("wiped destinations", load["failed_wiped"], 1)
    failures.equal("requests redone on the CPU", after.sum("redone"), 0)
    ended = ", ".join(errno.errorcode.get(number, str(number)) for number in load.errnos) or "without error"
    print(f"  stopped after {written} bytes of {text}: {ended}, destinations wiped {load['failed_wiped']}, blocks of "
          f"plaintext {load['defect.plaintext_blocks']}")


def removal(boots, failures):
    """The device goes as it likes, the driver does not."""
    (boot,) = boots
    check_boot(boot, failures)
    load = Load(boot, "removal")
    check_load(load, failures)
    rounds = sorted(boot.folder.glob("bound*"))
    refusals = (boot.folder / "refusals").read_text().count("in use")
    failures.equal("times that the driver was not unloaded", refusals, 2 * len(rounds))
    failures.check(len(rounds) >= 3, f"only {len(rounds)} removals")
    busy = sum(boot.snapshot(folder.name).sum("in_flight") >= 32 for folder in rounds)
    failures.check(busy > 0, "there never were 32 requests in flight")
    before, after = boot.snapshot("before"), boot.snapshot("after")
    done = sum(after.engine[name] - before.engine[name] for name in ("completed", "failed"))
    gone = after.fallbacks["no_device"]
    failures.check(done > 500, f"the engine ended only {done} requests")
    failures.check(gone > 50, f"only {gone} requests found no device")
    for reason, count in after.fallbacks.items():
        failures.check(count == 0 or reason in ("no_device", "segments"), f"{count} requests on the CPU: {reason}")
    print(f"  {len(rounds)} removals, {busy} of them with 32 requests or more in flight; {refusals} times the driver was in use: "
          f"refused; requests {load['offered']}: right {load['right']}, failed {load['failed']}; by the engine {done}, without "
          f"a device {gone}")


def memory(boots, failures):
    """No allocation that fails does more than to refuse a key or a device."""
    (boot,) = boots
    boot.ignore_memory_reports()
    # The driver says why it does not bind.
    check_boot(boot, failures, fault=True)
    scarce, binding, after = (Load(boot, name) for name in ("scarce", "binding", "after"))
    for load in (scarce, binding, after):
        check_load(load, failures)
    snapshots = {name: boot.snapshot(name) for name in ("before", "scarce", "after")}
    # The driver allocates nothing for a request.
    check_engine_share(scarce, snapshots["before"], snapshots["scarce"], failures, allowed=())
    failures.check(scarce["no_memory"] > 50, f"only {scarce['no_memory']} allocations failed")
    counts = read_counters(boot.folder / "binding")
    failed = counts["attempts"] - counts["bound"]
    failures.check(failed >= 5 and 4 * failed >= counts["attempts"], f"only {failed} bindings failed")
    failures.check(counts["bound"] > 0, "no binding went well in the end")
    failures.check(after["right"] > 0 and snapshots["after"].sum("completed") > 0, "the engine is not used at the end")
    print(f"  {scarce['no_memory']} allocations failed beside {scarce['offered']} requests and {scarce['rekeyed']} new keys: "
          f"right {scarce['right']}, failed {scarce['failed']}")
    print(f"  {counts['attempts']} bindings, each with another allocation that fails: {failed} failed; meanwhile requests "
          f"{binding['offered']}: right {binding['right']}, failed {binding['failed']}")


def suspend(boots, failures):
    """Requests never wait for an engine that sleeps: the CPU does them."""
    (boot,) = boots
    check_boot(boot, failures)
    before, machine, idle, after = (boot.snapshot(name) for name in ("before", "machine", "idle", "after"))
    loads = [Load(boot, path.stem) for path in sorted(boot.folder.glob("*.load"))]
    for load in loads:
        check_load(load, failures)
    slept = machine.fallbacks["suspended"]
    failures.check(slept > 0, "no request came while the machine slept")
    depth = min(boot.snapshot(path.name).sum("in_flight") for path in boot.folder.glob("awake*"))
    failures.check(depth >= 32, f"only {depth} requests were in flight when the machine went to sleep")
    check_engine_share(Load(boot, "machine"), before, machine, failures, allowed=("suspended",))
    states = (boot.folder / "asleep").read_text().split()
    failures.check(states and all(state == "suspended" for state in states), f"the idle engine is {', '.join(states)}")
    woken = idle.fallbacks["suspended"] - slept
    failures.check(woken > 0, "no request came while the engine slept")
    done = sum(idle.engine[name] - machine.engine[name] for name in ("completed", "failed"))
    failures.check(done > 100, f"after sleep the engine ended only {done} requests")
    check_engine_share(Load(boot, "after"), idle, after, failures, allowed=())
    check_quiet_but_tags(after, failures)
    print(f"  in flight when the machine went to sleep: {depth} or more; on the CPU while it slept: {slept}; {len(states)} times the idle engine slept: on the CPU until it was "
          f"awake {woken}, then by the engine {done}")


TESTS = {
    "load.midway_ctr": midway,
    "load.midway_gcm": midway,
    "load.midway_authenc": midway,
    "load.midway_two_passes": midway,
    "load.authenc": authenc,
    "load.removal": removal,
    "load.memory": memory,
    "load.suspend": suspend,
    "load.quiet": quiet,
    "load.faults": faults_both_ways,
    "load.faults_long": faults_both_ways,
}
