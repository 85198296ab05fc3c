#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the demo's table: the hardware path beside the software path.

Two kinds of time appear and are kept apart:
  engine time  cycles of the simulated engine, shown at the stated clock. In the guest (time travel) a nanosecond is a
               fixed part of an engine cycle and the guest's CPU takes no time at all, so that the guest's clock
               measures the engine, its DMA and its interrupts, and no software.
  host time    OpenSSL on the machine that ran the demo, by its own clock.
Only the break-even estimate compares one with the other, and says so.

The input files are those of `cce enc --statistics` (ctr, cbc and the same in small requests), of the device server's
`--statistics` and of `cce_bench_software`.
"""
import argparse
import json
import sys
from pathlib import Path

LARGEST_BYTES = 16 << 20


def fail(message):
    sys.exit(f"demo_table.py: {message}")


def load(path, needed):
    """The JSON object in `path`, which must have the members `needed`."""
    try:
        data = json.loads(Path(path).read_text())
    except OSError as error:
        fail(f"can't read {path}: {error.strerror}")
    except ValueError as error:
        fail(f"{path} is not JSON: {error}")
    for name in needed:
        if not isinstance(data, dict) or name not in data:
            fail(f"{path} has no member '{name}'")
    return data


def load_tool(path, mode):
    """Statistics of a run of the tool in the guest. Others are refused: their latencies are host time."""
    data = load(path, ("bytes", "chunk_bytes", "latency_ns", "mode", "driver", "backend"))
    if data["mode"] != mode:
        fail(f"{path} is about mode {data['mode']}, not {mode}")
    if data["backend"] != "af_alg":
        fail(f"{path} comes from the backend {data['backend']}, whose latencies are host time: they can't be shown as "
             "the engine's. Only af_alg in the guest will do.")
    return data


def driver_counters(path):
    """Who did the work, and in how many engine cycles: the driver's counters before and after the run beside `path`."""
    values = {}
    for moment in ("before", "after"):
        try:
            text = Path(path).with_suffix(f".{moment}").read_text()
        except OSError as error:
            fail(f"can't read the driver's counters: {error.filename}: {error.strerror}")
        total = {"requests_by_engine": 0, "requests_by_cpu": 0, "engine_cycles": 0}
        for line in text.splitlines():
            name, _, value = line.partition(":")
            if not value.strip().isdigit():
                continue
            if name.startswith("queue"):
                if name.endswith(".completed"):
                    total["requests_by_engine"] += int(value)
                if name.endswith(".cycles"):
                    total["engine_cycles"] += int(value)
            elif "." not in name:
                total["requests_by_cpu"] += int(value)
        values[moment] = total
    return {name: values["after"][name] - values["before"][name] for name in values["after"]}


def hardware(statistics, cycle_ns, counters):
    """Figures of one run of the tool in the guest."""
    latency = statistics["latency_ns"]
    cycles = counters["engine_cycles"]
    return {
        "bytes": statistics["bytes"],
        "requests": latency["count"],
        "request_bytes": statistics["chunk_bytes"],
        "driver": statistics["driver"],
        "bytes_per_cycle": statistics["bytes"] / cycles if cycles else None,
        "engine_time_ns": cycles * cycle_ns,
        "engine_bytes_per_second": statistics["bytes"] * 1e9 / (cycles * cycle_ns) if cycles else None,
        "latency_ns": {key: latency[key] for key in ("min", "p50", "p99", "max")},
        **counters,
    }


def fit(small, large):
    """Fixed and per-byte part (ns) of the latency, from the p50 at two request sizes; None if they don't tell."""
    if small is None or small["chunk_bytes"] >= large["chunk_bytes"]:
        return None
    if small["latency_ns"]["count"] == 0 or large["bytes"] < large["chunk_bytes"]:
        return None
    rise = large["latency_ns"]["p50"] - small["latency_ns"]["p50"]
    per_byte = rise / (large["chunk_bytes"] - small["chunk_bytes"])
    fixed = small["latency_ns"]["p50"] - per_byte * small["chunk_bytes"]
    if per_byte <= 0 or fixed < 0:
        return None
    return {"fixed_ns": fixed, "ns_per_byte": per_byte}


class Software:
    """Host nanoseconds of a request of any size: linear between the measured sizes and beyond the last two."""

    def __init__(self, data, mode):
        self.points = sorted((p["bytes"], p["ns_per_request"]["median"]) for p in data["points"] if p["mode"] == mode)
        if len(self.points) < 2:
            fail(f"the software measurement has fewer than two sizes for mode {mode}")

    def ns(self, size):
        for low, high in zip(self.points, self.points[1:]):
            if size <= high[0]:
                break
        return low[1] + (high[1] - low[1]) * (size - low[0]) / (high[0] - low[0])

    def rate(self, size):
        return size * 1e9 / self.ns(size)


def break_even(cost, software):
    """Smallest power of two from which `cost(size)` stays below the software's time up to LARGEST_BYTES; or None."""
    result = None
    size = LARGEST_BYTES
    while size >= 16 and cost(size) <= software.ns(size):
        result = size
        size //= 2
    return result


def size_text(size):
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} bytes"


def rate_text(rate):
    return "-" if rate is None else f"{rate / 1e6:,.1f} MB/s"


def digest(options, size, software):
    """Figures of the SHA-256 of `size` bytes, beside those of the same on the host, at the largest size measured."""
    counters = driver_counters(options.digest)
    cycles = counters["engine_cycles"]
    return {
        "bytes": size,
        "bytes_per_cycle": size / cycles if cycles else None,
        "engine_bytes_per_second": size * 1e9 / (cycles * options.cycle_ns) if cycles else None,
        "software_bytes_per_second": {name: Software(data, "sha256").rate(size) for name, data in software.items()},
        **counters,
    }


def collect(options):
    result = {"assumptions": {
        "cycle_ns": options.cycle_ns,
        "engine_clock_mhz": 1000 / options.cycle_ns,
        "dma_latency_cycles": options.dma_latency,
        "cpu_ns_per_offloaded_request": options.cpu_cost,
        "requests_outstanding": 1,
    }, "modes": {}}
    software = {name: load(path, ("points", "openssl", "cpu_features"))
                for name, path in (("aes", options.software_aes), ("plain", options.software_plain))}
    result["software"] = {name: {"openssl": data["openssl"], "cpu_features": data["cpu_features"]}
                          for name, data in software.items()}
    if options.server:
        server = load(options.server, ())
        result["server"] = {key: server[key] for key in
                            ("engine", "engine_cycles_simulated", "engine_cycles", "guest_nanoseconds", "interrupts",
                             "dma_bytes_read", "dma_bytes_written", "host_seconds") if key in server}
    for mode, path, small_path in (("ctr", options.tool_ctr, options.tool_small),
                                   ("cbc", options.tool_cbc, options.tool_small_cbc)):
        tool = load_tool(path, mode)
        small = load_tool(small_path, mode) if small_path else None
        entry = {"hardware": hardware(tool, options.cycle_ns, driver_counters(path)), "backend": tool["backend"]}
        by_cpu = entry["hardware"]["requests_by_cpu"]
        if small is not None:
            entry["hardware_small"] = hardware(small, options.cycle_ns, driver_counters(small_path))
            by_cpu += entry["hardware_small"]["requests_by_cpu"]
        size = tool["chunk_bytes"]
        entry["software"] = {}
        # Requests that the driver gave back to the CPU took no engine time: no fit from them.
        model = None if by_cpu else fit(small, tool)
        entry["latency_model"] = model
        entry["break_even_bytes"] = {}
        for name, data in software.items():
            curve = Software(data, mode)
            entry["software"][name] = {"request_bytes": size, "ns_per_request": curve.ns(size),
                                       "bytes_per_second": curve.rate(size)}
            if model:
                def sync_cost(n, model=model):
                    return options.cpu_cost + model["fixed_ns"] + model["ns_per_byte"] * n
                entry["break_even_bytes"][name] = {
                    "latency": break_even(sync_cost, curve),
                    "cpu_time": break_even(lambda n: options.cpu_cost, curve),
                }
        result["modes"][mode] = entry
    if options.digest:
        # The file that was hashed is the one that was encrypted with CTR, which is as long.
        result["digest"] = digest(options, result["modes"]["ctr"]["hardware"]["bytes"], software)
    return result


def table(result):
    modes = result["modes"]
    rows = []

    def row(label, values):
        rows.append((label, *values))

    def each(function):
        return [function(modes[mode]) for mode in modes]

    hw = "hardware"
    clock = f"{result['assumptions']['engine_clock_mhz']:g} MHz"
    rows.append(("HARDWARE PATH, engine time", "", ""))
    row("  driver", each(lambda m: m[hw]["driver"]))
    row("  bytes", each(lambda m: f"{m[hw]['bytes']:,}"))
    row("  requests", each(lambda m: f"{m[hw]['requests']:,} of {size_text(m[hw]['request_bytes'])}"))
    row("  by engine / by the guest's CPU (0)", each(
        lambda m: f"{m[hw]['requests_by_engine']:,} / {m[hw]['requests_by_cpu']:,}"))
    row("  engine cycles (1)", each(lambda m: f"{m[hw]['engine_cycles']:,.0f}"))
    row("  bytes per cycle", each(lambda m: "-" if m[hw]["bytes_per_cycle"] is None
                                  else f"{m[hw]['bytes_per_cycle']:.3f}"))
    row(f"  engine time at {clock}", each(lambda m: f"{m[hw]['engine_time_ns'] / 1e6:,.3f} ms"))
    row(f"  throughput at {clock}", each(lambda m: rate_text(m[hw]["engine_bytes_per_second"])))
    for part in (hw, "hardware_small"):
        if any(part in m for m in modes.values()):
            row("  latency, guest clock (2)", each(lambda m: size_text(m[part]["request_bytes"]) if part in m else "-"))
            for figure in ("p50", "p99", "max"):
                row(f"    {figure}", each(lambda m: f"{m[part]['latency_ns'][figure]:,} ns" if part in m else "-"))
    rows.append(("SOFTWARE PATH, host time", "", ""))
    for name, label in (("aes", "with AES instructions"), ("plain", "AES instructions masked")):
        row(f"  {label}", each(lambda m: rate_text(m["software"][name]["bytes_per_second"])))
        row("    a request of the same size", each(lambda m: f"{m['software'][name]['ns_per_request']:,.0f} ns"))
    rows.append(("BREAK-EVEN, estimate (3)", "", ""))

    def even(mode, name, kind):
        if not mode["latency_model"]:
            return "not known (4)"
        size = mode["break_even_bytes"][name][kind]
        return "never" if size is None else f"from {size_text(size)}"

    for kind, label in (("latency", "answer sooner than"), ("cpu_time", "less CPU time than")):
        for name, who in (("aes", "AES instructions"), ("plain", "no AES instr.")):
            row(f"  {label} {who}", each(lambda m: even(m, name, kind)))

    hashed = result.get("digest")
    if hashed:
        rows.append(("THE SAME FILE'S SHA-256", "engine time", "host time (5)"))
        row("  by engine / by the guest's CPU (0)",
            (f"{hashed['requests_by_engine']:,} / {hashed['requests_by_cpu']:,}", ""))
        row("  engine cycles (1)", (f"{hashed['engine_cycles']:,}", ""))
        row("  bytes per cycle", ("-" if hashed["bytes_per_cycle"] is None else f"{hashed['bytes_per_cycle']:.3f}", ""))
        row(f"  throughput at {clock}; SHA instructions", (
            rate_text(hashed["engine_bytes_per_second"]), rate_text(hashed["software_bytes_per_second"]["aes"])))
        row("  the same; SHA instructions masked", ("", rate_text(hashed["software_bytes_per_second"]["plain"])))

    print(f"{'':42}{'AES-256-CTR':>24}{'AES-256-CBC':>24}")
    for label, *values in rows:
        print(f"{label:42}" + "".join(f"{value:>24}" for value in values))


def notes(result):
    assumptions = result["assumptions"]
    print()
    print("(0) The driver's counters. A call of the library becomes one request or, cut at 64 KiB, more. What the guest's "
          "CPU\n    did took no engine time: then the figures below are not the engine's alone.")
    print("(1) The engine's own counter: from the fetch of a descriptor to its completion entry, summed over the requests.\n"
          "    Bytes are those that the engine was given, padding included.")
    print("(2) CLOCK_MONOTONIC in the guest around each call of libcce. The guest's CPU takes no guest time: this is\n"
          f"    engine, DMA (memory latency {assumptions['dma_latency_cycles']} cycles) and interrupt, without software, plus some 256 ns for "
          "each\n    look at the guest's clock.")
    print("(3) The only place where engine time and host time meet. Assumed: one synchronous request at a time; engine\n"
          f"    clock {assumptions['engine_clock_mhz']:g} MHz; {assumptions['cpu_ns_per_offloaded_request']:g} ns of CPU "
          "for system call, driver and interrupt of an offloaded request\n    (a guess, not measured: --cpu-cost); "
          "latency = fixed + per byte, fitted to the p50 at two sizes:")
    for mode, entry in result["modes"].items():
        model = entry["latency_model"]
        if model:
            print(f"      {mode}: {model['fixed_ns']:,.0f} ns + {model['ns_per_byte']:.3f} ns per byte")
    print(f"    \"never\" means: at no size up to {size_text(LARGEST_BYTES)}. \"Less CPU time\" lets the CPU do other "
          "work meanwhile.")
    if not all(entry["latency_model"] for entry in result["modes"].values()):
        print("(4) The fit needs latencies, of the engine only, at two request sizes that rise with the size (--tool-small,\n"
              "    --tool-small-cbc).")
    if "digest" in result:
        print("(5) OpenSSL's SHA-256 of a text as long, from the largest two sizes measured. The engine hashes one message\n"
              "    with one of its lanes.")
    if "server" in result:
        server = result["server"]
        print(f"Whole run, start-up and self-tests included: {server.get('engine_cycles_simulated', 0):,} cycles "
              f"simulated by the engine ({server.get('engine', '?')}).\n"
              f"The simulator took {server.get('host_seconds', 0):.1f} s of host time, which says nothing about the "
              "engine's speed.")
    print(f"Software: {result['software']['aes']['openssl']}.")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="folder with the files below, under the names in brackets")
    parser.add_argument("--server", help="statistics of the device server [server.json]")
    parser.add_argument("--tool-ctr", help="statistics of cce enc --mode ctr [ctr.json]")
    parser.add_argument("--tool-cbc", help="statistics of cce enc --mode cbc [cbc.json]")
    parser.add_argument("--tool-small", help="the same for ctr with a small --chunk [small-ctr.json]")
    parser.add_argument("--tool-small-cbc", help="the same for cbc with a small --chunk [small-cbc.json]")
    parser.add_argument("--digest", help="the driver's counters around cce dgst are beside it [sha256.sums]")
    parser.add_argument("--software-aes", help="cce_bench_software, unmasked [software-aes.json]")
    parser.add_argument("--software-plain", help="cce_bench_software, masked [software-plain.json]")
    parser.add_argument("--cycle-ns", type=float, default=4.0, help="nanoseconds of an engine cycle (default: 4)")
    parser.add_argument("--dma-latency", type=int, default=20, help="memory latency in engine cycles (default: 20)")
    parser.add_argument("--cpu-cost", type=float, default=2000.0,
                        help="assumed CPU nanoseconds for each offloaded request (default: 2000)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as JSON too (-: instead of the table)")
    options = parser.parse_args()
    if options.cycle_ns <= 0:
        parser.error("--cycle-ns must be above 0")
    names = {"server": "server", "tool_ctr": "ctr", "tool_cbc": "cbc", "tool_small": "small-ctr",
             "tool_small_cbc": "small-cbc", "software_aes": "software-aes", "software_plain": "software-plain"}
    for option, name in names.items():
        if options.folder and getattr(options, option) is None:
            setattr(options, option, str(options.folder / f"{name}.json"))
    if options.folder and options.digest is None:
        options.digest = str(options.folder / "sha256.sums")
    for option in ("tool_ctr", "tool_cbc", "software_aes", "software_plain"):
        if getattr(options, option) is None:
            parser.error(f"--{option.replace('_', '-')} (or --folder) is missing")
    return options


def main():
    options = parse()
    result = collect(options)
    if options.json == "-":
        print(json.dumps(result, indent=2))
        return
    table(result)
    notes(result)
    if options.json:
        try:
            Path(options.json).write_text(json.dumps(result, indent=2) + "\n")
        except OSError as error:
            fail(f"can't write {options.json}: {error.strerror}")


if __name__ == "__main__":
    main()
