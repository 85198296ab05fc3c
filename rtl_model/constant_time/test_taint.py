#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The follower of secrets, on netlists of a few cells: how they spread, where they stop, what is complained about."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

import review
import taint
from netlist import Elaboration, NetlistError
from review import Part, Permitted, Release, Review

Bits = list[int | str]


def cell(kind: str, parameters: dict[str, str] | None = None, **ports: Bits) -> dict[str, Any]:
    return {"type": kind, "parameters": parameters or {}, "attributes": {"src": "rtl/block.sv:1.1-1.2"},
            "connections": ports}


def module(nets: dict[str, Bits], cells: dict[str, Any], inputs: str = "", outputs: str = "") -> dict[str, Any]:
    ports = {name: {"direction": "input", "bits": nets[name]} for name in inputs.split()}
    ports |= {name: {"direction": "output", "bits": nets[name]} for name in outputs.split()}
    return {"ports": ports, "cells": cells, "netnames": {name: {"bits": bits} for name, bits in nets.items()}}


def memory(write_address: Bits, write_data: Bits, write_enable: Bits, read_address: Bits, read_data: Bits) -> Any:
    ports = {"MEMID": "\\memory", "WIDTH": "10", "ABITS": "1", "RD_PORTS": "1", "WR_PORTS": "1"}
    return cell("$mem_v2", ports, WR_ADDR=write_address, WR_DATA=write_data, WR_EN=write_enable, RD_ADDR=read_address,
                RD_DATA=read_data, RD_EN=["1"], RD_ARST=["0"], RD_SRST=["0"])


class Follow(unittest.TestCase):
    def follow(self, top: dict[str, Any], listed: Review | None = None, **others: dict[str, Any]) -> taint.Result:
        listed = listed or Review()
        if not listed.sources:
            listed.sources.append(Part("source", "secret", "test"))
        graph = Elaboration({"top": top, **others}).run("top")
        self.propagation = taint.Propagation(graph, listed)
        return self.propagation.run()

    def reached(self, net: str) -> list[bool]:
        return [node in self.propagation.before for node in self.propagation.graph.nets[net]]

    def complaints(self, result: taint.Result) -> list[tuple[str, str]]:
        return [(violation.what, violation.where) for violation in result.violations]


class Spreading(Follow):
    def test_bitwise_cells_keep_bits_apart(self):
        self.follow(module({"secret": [2], "y": [10, 11]}, {"c": cell("$xor", A=[2, 3], B=[4, 5], Y=[10, 11])}))
        self.assertEqual(self.reached("y"), [True, False])

    def test_a_carry_goes_up_only(self):
        self.follow(module({"secret": [3], "y": [10, 11, 12]},
                           {"c": cell("$add", A=[2, 3, 4], B=[5, 6, 7], Y=[10, 11, 12])}))
        self.assertEqual(self.reached("y"), [False, True, True])

    def test_a_comparison_takes_everything(self):
        self.follow(module({"secret": [3], "y": [10]}, {"c": cell("$eq", A=[2, 3], B=["0", "1"], Y=[10])}))
        self.assertEqual(self.reached("y"), [True])

    def test_data_of_a_multiplexer_pass(self):
        result = self.follow(module({"secret": [3], "y": [10, 11]},
                                    {"c": cell("$mux", A=[2, 3], B=[4, 5], S=[6], Y=[10, 11])}))
        self.assertEqual(self.reached("y"), [False, True])
        self.assertEqual(result.violations, [])

    def test_each_word_of_a_parallel_multiplexer_passes(self):
        self.follow(module({"secret": [7], "y": [10, 11]},
                           {"c": cell("$pmux", A=[2, 3], B=[4, 5, 6, 7], S=[8, 9], Y=[10, 11])}))
        self.assertEqual(self.reached("y"), [False, True])

    def test_a_memory_keeps_its_columns_apart(self):
        listed = Review(registers=[Permitted("register", "memory", "test")])
        result = self.follow(module({"secret": [3], "y": [10, 11]},
                                    {"c": memory([6], [2, 3], [7, 7], [8], [10, 11])}), listed)
        self.assertEqual(self.reached("y"), [False, True])
        self.assertEqual(result.violations, [])

    def test_what_enters_an_instance_does_not_leak_out(self):
        inner = module({"a": [2], "y": [3]}, {"c": cell("$not", A=[2], Y=[3])}, inputs="a", outputs="y")
        top = module({"shared": [2], "y": [3], "other": [4]},
                     {"u": cell("inner", a=[2], y=[3]), "c": cell("$not", A=[2], Y=[4])})
        self.follow(top, Review(sources=[Part("source", "u.a", "test")]), inner=inner)
        self.assertEqual(self.reached("y"), [True])
        self.assertEqual(self.reached("other"), [False])

    def test_an_unknown_cell_is_an_error(self):
        with self.assertRaisesRegex(NetlistError, r"\$odd"):
            self.follow(module({"secret": [2]}, {"c": cell("$odd", A=[2])}))


class Complaints(Follow):
    def test_select_of_a_multiplexer(self):
        result = self.follow(module({"secret": [6], "y": [10]}, {"c": cell("$mux", A=[2], B=[4], S=[6], Y=[10])}))
        self.assertEqual(self.complaints(result), [("select", " rtl/block.sv:1.1-1.2")])
        self.assertEqual(self.reached("y"), [False], "nothing behind a complaint is looked at")

    def test_amount_of_a_shift(self):
        result = self.follow(module({"secret": [6], "y": [10]}, {"c": cell("$shiftx", A=[2, 3], B=[6], Y=[10])}))
        self.assertEqual([what for what, _ in self.complaints(result)], ["select"])

    def test_addresses_and_enables_of_a_memory(self):
        for secret, what in ((6, "memory address"), (8, "memory address"), (7, "memory enable")):
            with self.subTest(secret):
                result = self.follow(module({"secret": [secret]},
                                            {"c": memory([6], [2, 3], [7, 7], [8], [10, 11])}))
                self.assertEqual([kind for kind, _ in self.complaints(result)], [what])

    def test_enable_of_a_register(self):
        result = self.follow(module({"secret": [6], "q": [3]}, {"c": cell("$dffe", D=[2], Q=[3], CLK=[4], EN=[6])}))
        self.assertEqual([what for what, _ in self.complaints(result)], ["register EN"])

    def test_a_register_that_is_not_listed(self):
        result = self.follow(module({"secret": [2], "state_q": [3], "y": [4]},
                                    {"r": cell("$dff", D=[2], Q=[3], CLK=[9]), "c": cell("$not", A=[3], Y=[4])},
                                    outputs="y"))
        self.assertEqual(self.complaints(result), [("register", "state_q")])
        self.assertEqual(result.violations[0].path, ("secret", "state_q"))

    def test_an_output(self):
        result = self.follow(module({"secret": [2], "y": [3]}, {"c": cell("$not", A=[2], Y=[3])}, outputs="y"))
        self.assertEqual(self.complaints(result), [("output", "y")])

    def test_entries_that_nothing_needs(self):
        listed = Review(registers=[Permitted("register", "nothing_q", "test")],
                        outputs=[Permitted("output", "nothing_o", "test")],
                        controls=[Permitted("control", "nothing", "test", control="select")])
        result = self.follow(module({"secret": [2]}, {}), listed)
        self.assertEqual([what for what, _ in self.complaints(result)], ["list"] * 3)

    def test_nets_that_are_not_there(self):
        listed = Review(sources=[Part("source", "secret", "test", high=5), Part("source", "gone", "test")],
                        releases=[Release("release", "gone", "test", into={})])
        result = self.follow(module({"secret": [2, 3]}, {}), listed)
        self.assertEqual(sorted(set(what for what, _ in self.complaints(result))), ["list", "release", "source"])


class Releases(Follow):
    # secret -> match -> register of the status; and what else uses match
    def release(self, into: list[str], width: int = 1, more: dict[str, Any] | None = None) -> taint.Result:
        match: Bits = [10, 11][:width]
        listed = Review(releases=[Release("release", "match", "test", into={name: False for name in into})])
        return self.follow(module({"secret": [2, 3], "match": match, "status_q": [20], "other_q": [21]},
                                  {"c": cell("$eq", A=[2, 3], B=[4, 5], Y=match),
                                   "m": cell("$mux", A=[6], B=[7], S=[10], Y=[8]),
                                   "r": cell("$dff", D=[8], Q=[20], CLK=[9]), **(more or {})}), listed)

    def test_one_bit_may_be_told(self):
        result = self.release(["status_q"])
        self.assertEqual(self.complaints(result), [])
        self.assertEqual(self.reached("status_q"), [False])

    def test_two_bits_may_not(self):
        self.assertIn(("release", "match"), self.complaints(self.release(["status_q"], width=2)))

    def test_not_to_anybody_else(self):
        result = self.release(["status_q"], more={"x": cell("$dff", D=[10], Q=[21], CLK=[9])})
        self.assertEqual(self.complaints(result), [("release", "match into other_q")])

    def test_a_name_too_many(self):
        self.assertEqual(self.complaints(self.release(["status_q", "other_q"])), [("list", "match into other_q")])

    def test_what_is_public_stops_secrets(self):
        listed = Review(public=[Part("public", "record", "test", high=0)])
        self.follow(module({"secret": [2, 3], "record": [4, 5], "y": [6, 7]},
                           {"a": cell("$not", A=[2, 3], Y=[4, 5]), "b": cell("$not", A=[4, 5], Y=[6, 7])}), listed)
        self.assertEqual(self.reached("y"), [False, True])


class Lists(unittest.TestCase):
    def load(self, text: str) -> Review:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list.yaml"
            path.write_text(text, encoding="utf-8")
            return review.load(path, "default", {"default", "small"})

    def test_only_some_configurations(self):
        text = "outputs:\n- {names: [a, b], reason: r, only: [small]}\n- {names: [c], reason: r}\n"
        self.assertEqual([entry.text for entry in self.load(text).outputs], ["c"])

    def test_bad_lists(self):
        for text, message in (
            ("odd: []", "unknown sections"),
            ("outputs:\n- {names: [a]}", "missing"),
            ("outputs:\n- {names: [a], reason: ' '}", "reason is empty"),
            ("outputs:\n- {names: [a], reason: r, odd: 1}", "unknown keys"),
            ("outputs:\n- {names: [a], reason: r, only: [large]}", "'only' must be"),
            ("[]", "not a mapping"),
            ("a: [", "list.yaml"),
        ):
            with self.subTest(text), self.assertRaisesRegex(review.ReviewError, message):
                self.load(text)

    def test_patterns(self):
        pattern = review.pattern_of("u_a.gen[*].**_q")
        self.assertTrue(pattern.fullmatch("u_a.gen[12].u_b.x_q"))
        self.assertFalse(pattern.fullmatch("u_a.gen[1.2].x_q"))
        self.assertFalse(pattern.fullmatch("u_aXgen[1].x_q"))


if __name__ == "__main__":
    unittest.main()
