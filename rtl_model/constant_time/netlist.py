# SPDX-License-Identifier: Apache-2.0
"""The dependencies between the bits of a netlist that Yosys has written (write_json), hierarchy and all.

A node is a bit: of a wire, of a memory's words (one node for each bit position of all words together), or inside a
cell. There is an edge from node a to node b if the value of b can depend on that of a, in the same cycle or, through a
register or a memory, in a later one. Ports of an instance are nodes of their own, and the edge leads in the port's
direction: what enters the instance does not leak out to other users of the wire outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Bit i of the output depends on bit i of the inputs.
BITWISE = {"$not", "$and", "$or", "$xor", "$xnor", "$pos", "$buf"}
# Bit i of the output depends on the bits up to i of the inputs.
CARRYING = {"$add", "$sub", "$neg", "$mul", "$alu"}
# Every bit of the output depends on every bit of the inputs.
REDUCING = {"$eq", "$ne", "$eqx", "$nex", "$lt", "$le", "$ge", "$gt", "$logic_and", "$logic_or", "$logic_not",
            "$reduce_and", "$reduce_or", "$reduce_xor", "$reduce_xnor", "$reduce_bool", "$div", "$mod", "$pow",
            "$shift", "$shiftx", "$shl", "$shr", "$sshl", "$sshr"}
CHOOSING = {"$mux", "$pmux", "$bmux", "$demux"}
REGISTERS = {"$dff", "$dffe", "$sdff", "$sdffe", "$sdffce", "$adff", "$adffe", "$aldff", "$aldffe", "$dffsr", "$dffsre"}
# Inputs by which a cell decides what happens, by the cell's type.
SELECTS = {"$mux": "S", "$pmux": "S", "$bmux": "S", "$demux": "S", "$shift": "B", "$shiftx": "B", "$shl": "B",
           "$shr": "B", "$sshl": "B", "$sshr": "B"}
REGISTER_CONTROLS = ("CLK", "EN", "SRST", "ARST", "ALOAD", "SET", "CLR")
IGNORED = {"$scopeinfo", "$print"}


class NetlistError(Exception):
    """The netlist holds something that this program does not know."""


@dataclass(frozen=True)
class Control:
    """Where bits decide: a multiplexer's select, a memory's address or enable, a register's enable or reset."""

    kind: str
    instance: str
    module: str
    source: str


@dataclass
class State:
    """A register or a memory."""

    name: str  # with the path of its instance
    module: str
    source: str
    nodes: tuple[int, ...]


@dataclass
class Graph:
    successors: list[list[int]] = field(default_factory=list)
    nets: dict[str, tuple[int, ...]] = field(default_factory=dict)  # named nets, with the path of their instance
    names: dict[int, str] = field(default_factory=dict)
    outputs: dict[str, tuple[int, ...]] = field(default_factory=dict)  # of the top module
    controls: dict[int, Control] = field(default_factory=dict)  # the node that all deciding bits lead to
    states: list[State] = field(default_factory=list)
    instances: dict[str, str] = field(default_factory=dict)  # path: module

    def node(self) -> int:
        self.successors.append([])
        return len(self.successors) - 1

    def edge(self, begin: int | None, end: int | None) -> None:
        if begin is not None and end is not None:
            self.successors[begin].append(end)


def plain_module(name: str) -> str:
    """The name in the RTL of a module that Yosys has made for some parameters."""
    if name.startswith("$paramod"):
        parts = name.split("\\")
        return parts[1] if "=" in name else parts[-1]
    return name


def short_source(cell: dict[str, Any]) -> str:
    source = cell.get("attributes", {}).get("src", "")
    return "/".join(source.split("|")[0].rsplit("/", 2)[-2:])


class Elaboration:
    """Builds the graph, an instance at a time."""

    def __init__(self, modules: dict[str, Any]) -> None:
        self.modules = modules
        self.graph = Graph()

    def run(self, top: str) -> Graph:
        if top not in self.modules:
            raise NetlistError(f"the netlist has no module '{top}'")
        wires = self.instance(top, "")
        for name, port in self.modules[top]["ports"].items():
            if port["direction"] == "output":
                self.graph.outputs[name] = tuple(node for node in self.bits(wires, port["bits"]) if node is not None)
        return self.graph

    def bits(self, wires: dict[int, int], bits: Iterable[int | str]) -> list[int | None]:
        """Nodes of wires; None for a constant."""
        result: list[int | None] = []
        for bit in bits:
            if isinstance(bit, str):
                result.append(None)
                continue
            if bit not in wires:
                wires[bit] = self.graph.node()
            result.append(wires[bit])
        return result

    def instance(self, module_name: str, path: str) -> dict[int, int]:
        module = self.modules[module_name]
        graph = self.graph
        graph.instances[path] = plain_module(module_name)
        wires: dict[int, int] = {}
        prefix = path + "." if path else ""
        net_of: dict[int, str] = {}
        for name, net in module["netnames"].items():
            nodes = self.bits(wires, net["bits"])
            real = tuple(node for node in nodes if node is not None)
            if net.get("hide_name"):
                continue
            graph.nets[prefix + name] = real
            for index, node in enumerate(nodes):
                if node is None:
                    continue
                known = graph.names.get(node)
                text = prefix + name + (f"[{index}]" if len(nodes) > 1 else "")
                # Of several names of a wire, a register's own says most.
                if known is None or (name.endswith("_q") and not net_of[node].endswith("_q")):
                    graph.names[node] = text
                    net_of[node] = name
        for name, cell in module["cells"].items():
            self.cell(wires, name, cell, path, graph.instances[path], net_of)
        return wires

    def cell(self, wires: dict[int, int], name: str, cell: dict[str, Any], path: str, module: str,
             net_of: dict[int, str]) -> None:
        kind = cell["type"]
        ports = {port: self.bits(wires, bits) for port, bits in cell["connections"].items()}
        if kind in self.modules:
            self.submodule(name, kind, ports, path)
        elif kind == "$mem_v2":
            self.memory(cell, ports, path, module)
        elif kind in REGISTERS:
            self.register(cell, ports, path, module, net_of)
        elif kind in BITWISE | CARRYING | REDUCING | CHOOSING:
            self.logic(cell, ports, path, module)
        elif kind not in IGNORED:
            raise NetlistError(f"{path}: cell type '{kind}' is not known ({short_source(cell)})")

    def control(self, kind: str, path: str, module: str, cell: dict[str, Any], deciding: Iterable[int | None],
                decided: Iterable[int | None]) -> None:
        node = self.graph.node()
        self.graph.controls[node] = Control(kind, path, module, short_source(cell))
        for bit in deciding:
            self.graph.edge(bit, node)
        for bit in decided:
            self.graph.edge(node, bit)

    def submodule(self, name: str, kind: str, ports: dict[str, list[int | None]], path: str) -> None:
        inner = self.instance(kind, f"{path}.{name}" if path else name)
        for port, declared in self.modules[kind]["ports"].items():
            inside = self.bits(inner, declared["bits"])
            outside = ports.get(port, [])
            for a, b in zip(inside, outside):
                if declared["direction"] == "input":
                    self.graph.edge(b, a)
                else:
                    self.graph.edge(a, b)

    def logic(self, cell: dict[str, Any], ports: dict[str, list[int | None]], path: str, module: str) -> None:
        graph = self.graph
        kind = cell["type"]
        output = ports["Y"]
        deciding = SELECTS.get(kind)
        if deciding:
            self.control("select", path, module, cell, ports[deciding], output)
        inputs = [bits for port, bits in ports.items() if port not in ("Y", deciding)]
        if kind in BITWISE:
            for bits in inputs:
                for index, node in enumerate(output):
                    # A shorter input is extended by its last bit.
                    graph.edge(bits[min(index, len(bits) - 1)] if bits else None, node)
        elif kind in CARRYING:
            below: int | None = None
            for index, node in enumerate(output):
                carry = graph.node()
                graph.edge(below, carry)
                for bits in inputs:
                    graph.edge(bits[min(index, len(bits) - 1)] if bits else None, carry)
                graph.edge(carry, node)
                below = carry
        elif kind in ("$mux", "$pmux"):
            for index, node in enumerate(output):
                for bits in inputs:
                    for position in range(index, len(bits), len(output)):
                        graph.edge(bits[position], node)
        else:
            middle = graph.node()
            for bits in inputs:
                for bit in bits:
                    graph.edge(bit, middle)
            for node in output:
                graph.edge(middle, node)

    def register(self, cell: dict[str, Any], ports: dict[str, list[int | None]], path: str, module: str,
                 net_of: dict[int, str]) -> None:
        for data in ("D", "AD"):
            for begin, end in zip(ports.get(data, []), ports["Q"]):
                self.graph.edge(begin, end)
        for port in REGISTER_CONTROLS:
            if port in ports:
                self.control(f"register {port}", path, module, cell, ports[port], ports["Q"])
        by_name: dict[str, list[int]] = {}
        for node in ports["Q"]:
            if node is not None:
                by_name.setdefault(net_of.get(node, "(no name)"), []).append(node)
        for name, nodes in by_name.items():
            self.state(path, name, module, cell, nodes)

    def state(self, path: str, name: str, module: str, cell: dict[str, Any], nodes: Iterable[int]) -> None:
        full = f"{path}.{name}" if path else name
        self.graph.states.append(State(full, module, short_source(cell), tuple(nodes)))

    def memory(self, cell: dict[str, Any], ports: dict[str, list[int | None]], path: str, module: str) -> None:
        graph = self.graph
        parameters = {name: int(value, 2) if set(value) <= {"0", "1"} else value
                      for name, value in cell["parameters"].items()}
        width, address_bits = parameters["WIDTH"], parameters["ABITS"]
        columns = [graph.node() for _ in range(width)]
        name = str(parameters["MEMID"]).lstrip("\\")
        for index, column in enumerate(columns):
            graph.names[column] = f"{path}.{name}[][{index}]"
        if parameters["WR_PORTS"]:
            self.state(path, name, module, cell, columns)
        for port in range(parameters["WR_PORTS"]):
            begin = port * width
            address = ports["WR_ADDR"][port * address_bits:(port + 1) * address_bits]
            self.control("memory address", path, module, cell, address, columns)
            self.control("memory enable", path, module, cell, ports["WR_EN"][begin:begin + width], columns)
            for data, column in zip(ports["WR_DATA"][begin:begin + width], columns):
                graph.edge(data, column)
        for port in range(parameters["RD_PORTS"]):
            data = ports["RD_DATA"][port * width:(port + 1) * width]
            address = ports["RD_ADDR"][port * address_bits:(port + 1) * address_bits]
            enables = [ports[name][port] for name in ("RD_EN", "RD_ARST", "RD_SRST")]
            self.control("memory address", path, module, cell, address, data)
            self.control("memory enable", path, module, cell, enables, data)
            for column, bit in zip(columns, data):
                graph.edge(column, bit)


def read(path: Path, top: str) -> Graph:
    """The graph of module `top` of a netlist."""
    with path.open(encoding="utf-8") as file:
        return Elaboration(json.load(file)["modules"]).run(top)
