# SPDX-License-Identifier: Apache-2.0
"""Judges tests of single sides of the driver: its parameters, its path over the CPU, sleep, lack of memory, tracepoints."""

import re

from check import HASHES, check_boot, check_client, check_no_fallback, check_quiet, check_selftests, read_counters


def completed(before, after):
    return after.engine["completed"] - before.engine["completed"]


def check_share(what, done, requests, failures):
    """All of it, and nothing else."""
    failures.check(requests > 0, f"{what}: nothing to do")
    failures.equal(f"{what}: completions by the engine", done, requests)


def trace(boots, failures):
    """Each request is submitted once and completed once, under one cookie and later."""
    (boot,) = boots
    check_boot(boot, failures)
    check_client(boot.json("client"), failures, "client")
    submitted, finished = set(), 0
    for line in (boot.folder / "trace").read_text().splitlines():
        event = re.search(r": cce_(submit|complete): (\S+ queue=\d+ cookie=\S+) (.*)", line)
        if not event:
            continue
        name, request, details = event.groups()
        if name == "submit":
            failures.check(request not in submitted, f"submitted twice: {line}")
            failures.check(re.search(r"(en|de)crypt text=[1-9]\d* aad=0 in_flight=\d", details), f"not as expected: {line}")
            submitted.add(request)
        else:
            failures.check(request in submitted, f"not submitted: {line}")
            submitted.discard(request)
            cycles = re.fullmatch(r"status=0 start_cycle=(\d+) end_cycle=(\d+)", details)
            failures.check(cycles and int(cycles[1]) < int(cycles[2]), f"not as expected: {line}")
            finished += 1
    failures.equal("requests never completed", len(submitted), 0)
    check_share("traced", completed(boot.snapshot("before"), boot.snapshot("after")), finished, failures)
    print(f"  {finished} requests traced from submission to completion")


def tool(boots, failures):
    """cce top shows what the driver's files say, cce trace what its tracepoints say."""
    (boot,) = boots
    check_boot(boot, failures)
    check_client(boot.json("client"), failures, "client")
    for name, reason in (("not_loaded", "the driver is not loaded"), ("not_mounted", "debugfs is not mounted")):
        said = (boot.folder / name).read_text()
        failures.check(reason in said, f"{name}: cce said: {said}")
    after = boot.snapshot("after")
    (device,) = boot.json("top")["devices"]
    failures.check(not device["unread"], f"cce top could not read {device['unread']}")
    failures.equal("cce top: health", device["health"], {"state": "working", "resets": 0, "last_error": "none"})
    for name in ("seal", "open"):
        run = boot.json(name)
        failures.check(run["backend"] in ("dev", "af_alg"), f"cce {name} ran on {run['backend']}")
        failures.equal(f"cce {name}: bytes", run["bytes"], 100000)
    for name in ("wrap", "unwrap"):
        failures.equal(f"cce {name}: backend", boot.json(name)["backend"], "dev")
    shown = {f"queue{queue['queue']}.{name}": value for queue in device["queues"] for name, value in queue.items()
             if name != "queue"}
    failures.equal("cce top: queues", shown, after.queues)
    failures.equal("cce top: engine", device["engine"], after.engine)
    failures.check(boot.json("top")["devices"] != boot.json("top_before")["devices"], "cce top saw no work")
    failures.check("running" in (boot.folder / "top.txt").read_text(), "cce top shows no queue that runs")

    pattern = r": cce_complete: .* start_cycle=(\d+) end_cycle=(\d+)"
    traced = sorted((int(start), int(end)) for start, end in
                    re.findall(pattern, (boot.folder / "trace").read_text()))
    events = [event for event in boot.json("timeline")["traceEvents"] if event["ph"] == "X"]
    cycles = [event["args"] for event in events if "cycles" in event["args"]]
    failures.equal("cce trace: cycles of requests",
                   sorted((c["start_cycle"], c["end_cycle"]) for c in cycles), traced)
    failures.check(len(traced) >= 30, f"only {len(traced)} requests traced")
    failures.equal("cce trace: spans in kernel time", len(events) - len(cycles), len(traced))
    print(f"  cce top: as the driver's files; cce trace: {len(traced)} requests, all there")


def suspend(boots, failures):
    """No request is lost by sleep, of the machine or of the engine; and the engine works again afterwards."""
    (boot,) = boots
    check_boot(boot, failures)
    before, slept, woken, after = (boot.snapshot(name) for name in ("before", "slept", "woken", "after"))
    for name in ("client", "woken", "kept"):
        check_client(boot.json(name), failures, name)
    slept_well = sum("PM: suspend exit" in line for line in boot.log)
    failures.equal("times that the machine slept", slept_well, 7)
    failures.check(completed(before, slept) > 100, "the engine was not used between sleeps")
    states = {name: (boot.folder / name).read_text().strip() for name in ("idle", "busy", "idle_after_sleep")}
    failures.equal("states of the engine", states,
                   {"idle": "suspended", "busy": "active", "idle_after_sleep": "suspended"})
    check_no_fallback(after, failures, allowed=("suspended",))
    cpu = woken.fallbacks["suspended"] - slept.fallbacks["suspended"]
    failures.check(cpu > 0, "nothing ran on the CPU while the engine woke up")
    check_share("after sleep", completed(slept, woken) + cpu, boot.json("woken")["requests"], failures)
    check_share("kept awake", completed(woken, after), boot.json("kept")["requests"], failures)
    check_quiet(after, failures)
    print(f"  the machine slept {slept_well} times under load, {boot.json('client')['requests']} requests all right; the idle "
          f"engine slept, {cpu} requests ran on the CPU until it was awake, {completed(slept, woken)} on it then")


def cpu(boots, failures):
    """The self-tests pass as well where the CPU does all of the work, or the short requests."""
    (boot,) = boots
    check_boot(boot, failures)
    for name in ("all", "short"):
        before, after = read_counters(boot.folder / f"{name}.before"), boot.snapshot(name)
        check_selftests(after, failures)
        check_no_fallback(after, failures, allowed=("short",))
        check_quiet(after, failures)
        on_cpu = after.fallbacks["short"]
        by_engine = after.engine["completed"] - before["completed"]
        failures.check(on_cpu > 3000, f"{name}: only {on_cpu} requests on the CPU")
        failures.check((by_engine > 3000) == (name == "short"), f"{name}: {by_engine} by the engine")
        print(f"  self-tests with {'all' if name == 'all' else 'short'} requests on the CPU: passed; on the CPU {on_cpu}, "
              f"by the engine {by_engine}")


def parameters(boots, failures):
    """What can't be is refused, with a reason; what can be, is done."""
    (boot,) = boots
    check_boot(boot, failures, fault=True)
    said = boot.driver_log()
    for refused in ("3", "2048"):
        failures.check(any(f"ring_entries={refused} is not a power of two" in line for line in said),
                       f"ring_entries={refused} is not refused")
    failures.equal("complaints about rings", sum("ring_entries=" in line for line in said), 2)
    after = boot.snapshot("after")
    queues = {name.split(".")[0] for name in after.queues}
    failures.equal("queue pairs", queues, {"queue0", "queue1"})
    check_client(boot.json("client"), failures, "client")
    check_quiet(after, failures)
    check_no_fallback(after, failures)
    health = (boot.folder / "after/health").read_text()
    failures.equal("health", health, "state: working\nresets: 0\nlast_error: none\n")
    answers = [line.rpartition(": ")[2] for line in (boot.folder / "calibrate").read_text().splitlines()]
    failures.equal("answers to what is written to calibrate", answers, ["Invalid argument"] * 2 + ["Operation not supported"])
    failures.check(any("the engine is simulated" in line for line in said), "why it isn't measured is not told")
    print(f"  impossible sizes of rings refused; two queue pairs of 8 entries: {boot.json('client')['requests']} requests right")


STREAM = re.compile(
    r"cce_streams: (\S+): messages (\d+), moves to engine (\d+), to cpu (\d+), inside a block (\d+), "
    r"pieces by engine (\d+), by cpu (\d+), wrong (\d+), error (-?\d+)"
)


def check_streams(boot, runs, failures):
    """Of so many runs of cce_streams.ko. Returns what it did."""
    found = [match for match in map(STREAM.search, boot.log) if match]
    failures.equal("runs of algorithms", len(found), 2 * len(HASHES) * runs)
    totals = [0] * 6
    for match in found:
        *counts, wrong, error = map(int, match.groups()[1:])
        failures.equal(f"{match[1]}: wrong digests, error", (wrong, error), (0, 0))
        failures.check(min(counts) >= counts[0] // 4, f"{match[1]}: hardly any moves: {match[0]}")
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    return (f"{totals[0]} messages: moved to the engine {totals[1]} times, to the CPU {totals[2]}, {totals[3]} of them inside "
            f"a block; pieces hashed through the driver {totals[4]}, by the CPU {totals[5]}; all right")


def streams(boots, failures):
    """Hashes go from the engine to the CPU and back, anywhere in a message, and come out right."""
    (boot,) = boots
    check_boot(boot, failures)
    did = check_streams(boot, 2, failures)
    before, after, threshold = (boot.snapshot(name) for name in ("before", "after", "threshold"))
    check_no_fallback(after, failures)
    check_no_fallback(threshold, failures, allowed=("short",))
    failures.check(threshold.fallbacks["short"] > 100, "the threshold sent hardly any request to the CPU")
    check_quiet(threshold, failures)
    failures.check(completed(before, after) > 500, "the engine was hardly used")
    failures.check(completed(after, threshold) > 100, "with a threshold the engine was not used")
    print(f"  {did}")
    print(f"  by the engine {completed(before, after)} requests, with a threshold of 200 bytes "
          f"{completed(after, threshold)} and {threshold.fallbacks['short']} on the CPU")


def hashes(boots, failures):
    """Programs and templates that know nothing of the engine."""
    (boot,) = boots
    check_boot(boot, failures)
    right = [line for name in ("sha224", "sha256", "sha384", "sha512")
             for line in (boot.folder / f"{name}.check").read_text().splitlines() if line.endswith(": OK")]
    failures.equal("digests of kcapi-dgst that coreutils confirm", len(right), 4 * 8)
    before, after, template = (boot.snapshot(name) for name in ("before", "after", "template"))
    check_no_fallback(template, failures)
    check_quiet(template, failures)
    done, size = (after.engine[name] - before.engine[name] for name in ("completed", "bytes"))
    failures.check(done >= len(right), f"only {done} requests reached the engine")
    failures.equal("bytes by the engine", size, 4 * sum((0, 1, 63, 64, 65, 1000, 5000, 70000)))
    print(f"  kcapi-dgst: {len(right)} files, all digests right; {done} requests, {size} bytes by the engine")
    driver = "authenc(hmac-sha256-cce,cbc-aes-cce)"
    text = (boot.folder / "template/crypto").read_text()
    states = [re.search(r"^selftest *: (.*)$", paragraph, re.M)[1] for paragraph in text.split("\n\n")
              if re.search(rf"^driver *: {re.escape(driver)}$", paragraph, re.M)]
    failures.equal(f"{driver}: self-test", states, ["passed"])
    failures.check(completed(after, template) > 50, f"only {completed(after, template)} requests for {driver}")
    print(f"  driver: {driver}  selftest: {', '.join(states)}; {completed(after, template)} requests by the engine")
    authenc(boot, failures)


def authenc(boot, failures):
    """One pass is one request of the engine, the template's two passes are two, unless the tag is wrong."""
    after = boot.snapshot("authenc")
    check_no_fallback(after, failures, allowed=("unfit",))
    check_quiet(after, failures)
    result = boot.json("authenc")
    cases = result["cases"]
    failures.equal("authenc: in one pass", result["one_pass"], {"right": cases, "ended_by_engine": 4 * cases})
    failures.equal("authenc: by the template", result["two_passes"], {"right": cases, "ended_by_engine": 6 * cases})
    # Three hashes: no text for three ciphers, four requests each, and with CBC two with a piece of a block.
    failures.equal("authenc: requests that no engine does", after.fallbacks["unfit"], 3 * (3 * 4 + 2))
    failures.equal("authenc: such requests", result["unfit"], {"right": 3 * (3 + 2), "ended_by_engine": 0})
    failures.equal("authenc: published vectors that are wrong", result["published_wrong"], [])
    print(f"  authenc: {cases} texts encrypted, decrypted and forged: in one pass {result['one_pass']['ended_by_engine']} "
          f"requests of the engine, by the template {result['two_passes']['ended_by_engine']}; all as on the CPU, as are "
          f"{after.fallbacks['unfit']} requests that no engine does")


def short_of_memory(boots, failures):
    (boot,) = boots
    boot.ignore_memory_reports()
    check_boot(boot, failures, fault=True)
    for kind in ("slab", "pages", "platform"):
        results = boot.json(kind)
        for name, result in results.items():
            what = f"{kind}, {name}"
            failures.check(result["allocations"] > 0, f"{what}: no allocation failed")
            failures.equal(f"{what}: the end without a failure", result["without_failure"], "right")
            # A probe: of interrupts and regions the kernel says so even if only memory is short.
            codes = {"ENOMEM", "right"} | ({"ENOSPC", "EBUSY"} if name == "probe" else set())
            failures.check(set(result["ends"]) <= codes, f"{what}: {result['ends']}")
            failures.check("ENOMEM" in result["ends"], f"{what}: nothing was missed")
            failures.check(result.get("same_answer", True), f"{what}: another answer afterwards")
        print(f"  {kind}: each of {sum(result['allocations'] for result in results.values())} allocations failed once "
              f"({', '.join(sorted(results))}); the probe ended {results['probe']['ends']}")
    check_client(boot.json("platform_client"), failures, "platform, afterwards")
    check_client(boot.json("client"), failures, "afterwards")
    before, after = boot.snapshot("before"), boot.snapshot("after")
    check_share("afterwards", completed(before, after), boot.json("client")["requests"], failures)
    check_quiet(after, failures)


def stress(boots, failures):
    """Somebody else's load: all of it done, what the engine has by the engine, and no complaint."""
    (boot,) = boots
    check_boot(boot, failures)
    before, after = boot.snapshot("before"), boot.snapshot("after")
    log = (boot.folder / "stress.log").read_text()
    failures.check(re.search(r"successful run completed", log), f"stress-ng: {log}")
    failures.check(not re.search(r"stress-ng: (fail|error)", log), f"stress-ng: {log}")
    done = completed(before, after)
    failures.check(done > 1000, f"the engine was given only {done} requests")
    check_no_fallback(after, failures, allowed=("segments", "short"))
    check_quiet(after, failures)
    print(f"  stress-ng --af-alg: {done} requests completed by the engine")


TESTS = {
    "cpu": cpu,
    "hashes": hashes,
    "parameters": parameters,
    "short_of_memory": short_of_memory,
    "streams": streams,
    "stress": stress,
    "suspend": suspend,
    "tool": tool,
    "trace": trace,
}
