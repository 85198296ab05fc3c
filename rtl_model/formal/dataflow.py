# SPDX-License-Identifier: Apache-2.0
"""Proves that values do not leave the places that they belong to, by the wires that they can take.

Everything that a secret bit can have an influence on, through any cell, register or memory, is marked. The proof fails
if a marked bit reaches an output of the circuit, or a module that it must not enter. The marking knows which bits of a
word a multiplexer, a register, a memory or a bitwise operation can mix, and takes every other cell to mix all; so it
may mark too much, never too little (what a value does to the time that something takes is marked as well: enables and
selections are inputs like others).

Options of the proof:
    secret     memory or wire, hierarchical name with optional bits: name[high:low]
    sink       module.port where secrets may go: the module is left out of the circuit, nothing comes out of it marked
    reveal     wires through which a secret may be told: they are not marked (another proof says what they tell)
    within     instances that secrets may be in; a marked bit that enters a cell anywhere else is a failure
    parameter  name=value of the top module
"""

from __future__ import annotations

import collections
import json
import pathlib
import re
from typing import Any

import toolchain
from engines import Verdict
from proof_file import Proof

_BITWISE = {"$not", "$and", "$or", "$xor", "$xnor", "$pos", "$buf"}
_REGISTERS = {"$dff", "$dffe", "$sdff", "$sdffe", "$sdffce", "$adff", "$adffe"}


def _pairs(cell: dict[str, Any]) -> collections.abc.Iterator[tuple[Any, Any]]:
    """What can influence what in a cell: (input bit, output bit)."""
    kind, pins = cell["type"], cell["connections"]
    if kind in _BITWISE:
        outputs = pins["Y"]
        for pin in ("A", "B"):
            for i, output in enumerate(outputs):
                if pins.get(pin):
                    yield pins[pin][min(i, len(pins[pin]) - 1)], output
    elif kind in ("$mux", "$pmux"):
        width = len(pins["Y"])
        for pin in ("A", "B"):
            for i, bit in enumerate(pins[pin]):
                yield bit, pins["Y"][i % width]
        for select in pins["S"]:
            for output in pins["Y"]:
                yield select, output
    elif kind in _REGISTERS:
        for i, bit in enumerate(pins["D"]):
            yield bit, pins["Q"][i]
        for pin in set(pins) - {"D", "Q", "CLK"}:
            for bit in pins[pin]:
                for output in pins["Q"]:
                    yield bit, output
    elif kind == "$mem_v2":
        width = int(cell["parameters"]["WIDTH"], 2)
        for i, bit in enumerate(pins["WR_DATA"]):
            for output in pins["RD_DATA"][i % width::width]:
                yield bit, output
        # A write enable belongs to its bit of the word.
        for i, bit in enumerate(pins["WR_EN"]):
            for output in pins["RD_DATA"][i % width::width]:
                yield bit, output
        for pin in set(pins) - {"WR_DATA", "RD_DATA", "WR_EN", "WR_CLK", "RD_CLK"}:
            for bit in pins[pin]:
                for output in pins["RD_DATA"]:
                    yield bit, output
    else:
        outputs = [bit for pin, bits in pins.items() if cell["port_directions"][pin] == "output" for bit in bits]
        for pin, bits in pins.items():
            if cell["port_directions"][pin] == "input":
                for bit in bits:
                    for output in outputs:
                        yield bit, output


def _place(name: str) -> str:
    """Instance path of a cell: names are `$flatten\\u_a.\\u_b.$kind$...` or `u_a.u_b.name`."""
    parts = name.removeprefix("$flatten").replace("\\", "").split(".")
    path: list[str] = []
    for part in parts:
        if part.startswith("$") or not re.match(r"[A-Za-z_]", part):
            break
        path.append(part)
    return ".".join(path)


def _bits(module: dict[str, Any], text: str) -> list[Any]:
    """Bits of a wire, or what is read from a memory's bits of each word."""
    found = re.fullmatch(r"([\w.]+)(?:\[(\d+):(\d+)\])?", text)
    if not found:
        raise toolchain.ToolError(f"not a name of a wire or memory: {text}")
    name, high, low = found[1], found[2], found[3]
    memory = next((cell for cell in module["cells"].values() if cell["type"] == "$mem_v2" and
                   cell["parameters"]["MEMID"].replace("\\", "").strip() == name), None)
    if memory:
        width = int(memory["parameters"]["WIDTH"], 2)
        first, last = (int(low), int(high)) if high else (0, width - 1)
        return [bit for i, bit in enumerate(memory["connections"]["RD_DATA"]) if first <= i % width <= last]
    if name not in module["netnames"]:
        raise toolchain.ToolError(f"there is neither a wire nor a memory {name}")
    bits = module["netnames"][name]["bits"]
    return bits[int(low):int(high) + 1] if high else bits


def prove(proof: Proof, sources: list[str], folder: pathlib.Path, timeout: float | None) -> Verdict:
    del timeout  # A walk over the netlist ends.
    sinks = [sink.rsplit(".", 1) for sink in proof.options["sink"]]
    parameters = " ".join(f"-chparam {p.split('=')[0]} {p.split('=')[1]}" for p in proof.options.get("parameter", []))
    toolchain.yosys([
        f"read_verilog -sv {' '.join(sources)}", *(f"blackbox {module}" for module, _ in sinks),
        f"hierarchy -check -top {proof.top} {parameters}", "proc", "chformal -remove",
        "flatten -noscopeinfo", "opt_clean", "memory_collect",
        "opt_clean", "write_json design.json",
    ], folder)
    module = json.loads((folder / "design.json").read_text(encoding="utf-8"))["modules"][proof.top]
    readers: dict[Any, list[tuple[str, list[Any]]]] = collections.defaultdict(list)
    for name, cell in module["cells"].items():
        reached: dict[Any, list[Any]] = collections.defaultdict(list)
        sink = next((s for s in sinks if re.search(rf"\b{s[0]}\b", cell["type"])), None)
        if sink:
            for pin, bits in cell["connections"].items():
                if pin != sink[1] and cell["port_directions"][pin] == "input":
                    for bit in bits:
                        reached[bit].append(f"port {pin} of {cell['type']}")
        else:
            for source, output in _pairs(cell):
                reached[source].append(output)
        for bit, outputs in reached.items():
            readers[bit].append((name, outputs))

    names: dict[Any, str] = {}
    for name, net in module["netnames"].items():
        for i, bit in enumerate(net["bits"]):
            if not name.startswith("$"):
                names.setdefault(bit, f"{name}[{i}]")
    hidden = {bit for text in proof.options.get("reveal", []) for bit in _bits(module, text)}
    outputs = {bit: f"{name}[{i}]" for name, port in module["ports"].items() if port["direction"] == "output"
               for i, bit in enumerate(port["bits"])}
    within = proof.options.get("within", [])

    start = [bit for text in proof.options["secret"] for bit in _bits(module, text)]
    came: dict[Any, Any] = {bit: None for bit in start}
    waiting = collections.deque(start)

    def path(bit: Any) -> str:
        steps: list[str] = []
        while bit is not None:
            if bit in names and (not steps or steps[-1] != names[bit]):
                steps.append(names[bit])
            bit = came[bit]
        return " <- ".join(steps[:8])

    while waiting:
        bit = waiting.popleft()
        if bit in outputs:
            return Verdict(False, f"output {outputs[bit]} is reached: {path(bit)}")
        for cell, reached in readers[bit]:
            place = _place(cell)
            strange = [r for r in reached if isinstance(r, str) and r.startswith("port ")]
            if strange:
                return Verdict(False, f"{strange[0]} is reached: {path(bit)}")
            if within and not any(place == w or place.startswith(w + ".") for w in within):
                return Verdict(False, f"a cell of {place or proof.top} is reached ({cell}): {path(bit)}")
            for output in reached:
                if output not in came and output not in hidden:
                    came[output] = bit
                    waiting.append(output)
    entered = sum(1 for cell in module["cells"].values() for sink in sinks if re.search(rf"\b{sink[0]}\b", cell["type"])
                  for bit in cell["connections"][sink[1]] if bit in came)
    if entered == 0:
        return Verdict(False, "no answer: the secret does not reach its sink either: are the names right?")
    return Verdict(True, f"{len(start)} secret bits, {len(came)} marked, {entered} enter the sink")
