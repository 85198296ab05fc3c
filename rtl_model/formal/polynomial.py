# SPDX-License-Identifier: Apache-2.0
"""Proves that two outputs of a circuit are equal by their normal form, for circuits that solvers choke on.

Every function of bits has exactly one polynomial over GF(2) in which no variable occurs twice in a term (its algebraic
normal form). The polynomials of `actual_o` and `expected_o` are computed gate by gate from the netlist that Yosys makes
of the RTL, and compared. A multiplier in a field of characteristic 2 has few terms, whatever its structure, where SAT
solvers need exponential time. The circuit must have no feedback; registers delay, and each bit of `actual_o` must be
behind exactly `depth` of them on every path, each bit of `expected_o` behind none.
"""

from __future__ import annotations

import json
import pathlib
import sys

import toolchain
from engines import Verdict
from proof_file import Proof

# A term is the set of its variables as a bit mask; a polynomial is the set of its terms.
Polynomial = frozenset[int]
ZERO: Polynomial = frozenset()
ONE: Polynomial = frozenset({0})
TERM_LIMIT = 2_000_000


class _TooBig(Exception):
    pass


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > TERM_LIMIT:
        raise _TooBig
    terms: set[int] = set()
    for x in a:
        terms ^= {x | y for y in b} if len(a) == 1 else set()
        if len(a) > 1:
            for y in b:
                terms ^= {x | y}
    return frozenset(terms)


def _evaluate(kind: str, operands: dict[str, Polynomial]) -> Polynomial:
    a = operands["A"]
    if kind == "$_NOT_":
        return a ^ ONE
    b = operands["B"]
    if kind == "$_XOR_":
        return a ^ b
    if kind == "$_XNOR_":
        return a ^ b ^ ONE
    if kind == "$_AND_":
        return _product(a, b)
    if kind == "$_OR_":
        return a ^ b ^ _product(a, b)
    if kind == "$_MUX_":
        return a ^ _product(operands["S"], a ^ b)
    raise toolchain.ToolError(f"the polynomial prover does not know the cell {kind}")


def prove(proof: Proof, sources: list[str], folder: pathlib.Path, timeout: float | None) -> Verdict:
    del timeout  # The number of terms is limited instead.
    toolchain.yosys([
        f"read_verilog -formal -sv {' '.join(sources)}", f"hierarchy -check -top {proof.top}", "proc",
        "flatten -noscopeinfo", "chformal -remove", "opt -full", "simplemap", "opt_clean", "check -assert",
        "write_json design.json",
    ], folder)
    module = json.loads((folder / "design.json").read_text(encoding="utf-8"))["modules"][proof.top]
    values: dict[int | str, tuple[Polynomial, int | None]] = {"0": (ZERO, None), "1": (ONE, None)}
    names: list[str] = []
    for name, port in module["ports"].items():
        if port["direction"] == "input":
            for i, bit in enumerate(port["bits"]):
                values[bit] = (frozenset({1 << len(names)}), 0)
                names.append(f"{name}[{i}]")
    drivers = {cell["connections"]["Q" if cell["type"] == "$_DFF_P_" else "Y"][0]: cell
               for cell in module["cells"].values()}

    def value(wanted: int | str) -> tuple[Polynomial, int | None]:
        stack = [wanted]
        while stack:
            bit = stack[-1]
            if bit in values:
                stack.pop()
                continue
            if bit not in drivers or len(stack) > len(drivers) + 1:
                raise toolchain.ToolError("the polynomial prover needs a circuit without feedback, all of it driven")
            cell = drivers[bit]
            register = cell["type"] == "$_DFF_P_"
            inputs = {pin: bits[0] for pin, bits in cell["connections"].items() if pin not in ("Y", "Q", "C")}
            missing = [b for b in inputs.values() if b not in values]
            if missing:
                stack += missing
                continue
            delays = {values[b][1] for b in inputs.values()} - {None}
            if len(delays) > 1:
                raise toolchain.ToolError("a gate joins values of different cycles")
            delay = delays.pop() if delays else None
            if register:
                values[bit] = (values[inputs["D"]][0], None if delay is None else delay + 1)
            else:
                values[bit] = (_evaluate(cell["type"], {pin: values[b][0] for pin, b in inputs.items()}), delay)
            stack.pop()
        return values[wanted]

    actual, expected = module["ports"]["actual_o"]["bits"], module["ports"]["expected_o"]["bits"]
    if len(actual) != len(expected):
        raise toolchain.ToolError("actual_o and expected_o differ in width")
    sys.setrecursionlimit(10000)
    terms = 0
    try:
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            (left, delay), (right, none) = value(a), value(e)
            terms += len(left)
            if delay not in (proof.depth, None) or none not in (0, None):
                return Verdict(False, f"bit {i} comes after {delay} cycles, not {proof.depth}")
            if left != right:
                term = min(left ^ right)
                wrong = " ".join(name for j, name in enumerate(names) if term >> j & 1) or "1"
                return Verdict(False, f"bit {i}: {len(left ^ right)} terms differ, the first is {wrong}")
    except _TooBig:
        return Verdict(False, f"no answer: more than {TERM_LIMIT} terms")
    return Verdict(True, f"{len(actual)} polynomials, {terms} terms, equal")
