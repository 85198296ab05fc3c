#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The contract's description is checked: each kind of fault gets its own precise message."""

from __future__ import annotations

import copy
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

import contract
import generate

HERE = Path(__file__).resolve().parent

GOOD = """
name: demo
version: {major: 1, minor: 2}
constants:
  register_space_bytes: {value: 0x10000, text: "Size"}
  page_bytes: {value: 0x1000, text: "Page"}
enums:
  colour:
    width: 8
    text: "Colours"
    values:
      red: {value: 0, text: "Red"}
      green: {value: 1, text: "Green"}
structs:
  part:
    bytes: 3
    text: "A part"
    fields:
      first: {offset: 0, bytes: 1, text: "First"}
      others: {offset: 1, bytes: 2, array: true, text: "Others"}
  entry:
    bytes: 8
    text: "An entry"
    fields:
      colour: {offset: 0, bytes: 1, enum: colour, text: "Colour"}
      rest: {offset: 1, bytes: 3, array: true, views: [part], text: "Rest"}
      flags: {offset: 4, bytes: 4, text: "Flags", bits: {first: {bit: 0, text: "First"}, second: {bit: 1, text: "Second"}}}
pages:
  one:
    base: 0x0000
    text: "First page"
    registers:
      control: {offset: 0, access: rw, text: "Control", fields: {go: {lsb: 0, width: 1, text: "Go"}, hue: {lsb: 8, width: 8, enum: colour, text: "Hue"}}}
      status: {offset: 4, access: ro, text: "Status"}
  two: {base: 0x1000, reserved: true, text: "Second page"}
"""


class GoodDescriptions(unittest.TestCase):
    def test_the_real_contract_loads(self):
        loaded = contract.load(HERE / "contract.yaml")
        self.assertEqual(loaded.name, "cce")
        sizes = {struct.name: struct.size for struct in loaded.structs}
        self.assertEqual(sizes["descriptor"], 64)
        self.assertEqual(sizes["completion"], 32)
        self.assertGreaterEqual(len(loaded.pages), 12)

    def test_the_small_contract_loads(self):
        loaded = contract.parse(yaml.safe_load(GOOD))
        self.assertEqual((loaded.major, loaded.minor), (1, 2))
        self.assertEqual([register.name for register in loaded.pages[0].registers], ["control", "status"])
        self.assertEqual([view.name for view in loaded.structs[1].members[1].views], ["part"])

    def test_every_output_is_made_and_left_alone_when_unchanged(self):
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory)
            loaded = contract.load(HERE / "contract.yaml")
            generate.render(loaded, out)
            stamps = {name: (out / name).stat().st_mtime_ns for name in generate.OUTPUTS.values()}
            generate.render(loaded, out)
            self.assertEqual(stamps, {name: (out / name).stat().st_mtime_ns for name in generate.OUTPUTS.values()})


class BadDescriptions(unittest.TestCase):
    def check(self, message: str, *path_and_value) -> None:
        """Sets (or, for ..., removes) the item at the path; the description must be refused with this message."""
        *path, value = path_and_value
        source = copy.deepcopy(yaml.safe_load(GOOD))
        place = source
        for name in path[:-1]:
            place = place[name]
        if value is ...:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        with self.assertRaises(contract.ContractError) as caught:
            contract.parse(source)
        self.assertEqual(str(caught.exception), message)

    def test_overlapping_struct_fields(self):
        self.check("structs.entry.rest: offset 0 overlaps the field before it, which ends at 1",
                   "structs", "entry", "fields", "rest", "offset", 0)

    def test_hole_in_a_struct(self):
        self.check("structs.entry.rest: bytes 1 to 1 in front of it belong to no field",
                   "structs", "entry", "fields", "rest", {"offset": 2, "bytes": 2, "array": True, "text": "Rest"})

    def test_struct_of_another_size(self):
        self.check("structs.entry: the fields end at byte 8, the structure at 12", "structs", "entry", "bytes", 12)

    def test_misaligned_struct_field(self):
        self.check("structs.entry.rest: offset 1 is not a multiple of its 2 bytes",
                   "structs", "entry", "fields", "rest", {"offset": 1, "bytes": 2, "text": "Rest"})

    def test_odd_integer(self):
        self.check("structs.entry.rest: 3 bytes is no integer size; say 'array: true'",
                   "structs", "entry", "fields", "rest", {"offset": 1, "bytes": 3, "text": "Rest"})

    def test_keyword(self):
        self.check("structs.entry.register: is a keyword of SystemVerilog or C++",
                   "structs", "entry", {"bytes": 1, "text": "An entry",
                                        "fields": {"register": {"offset": 0, "bytes": 1, "text": "A keyword"}}})

    def test_view_that_is_no_structure(self):
        self.check("structs.entry.rest: view 'whole' is no structure described before",
                   "structs", "entry", "fields", "rest", "views", ["whole"])

    def test_view_that_is_described_later(self):
        self.check("structs.part.others: view 'entry' is no structure described before",
                   "structs", "part", "fields", "others", "views", ["entry"])

    def test_view_of_another_size(self):
        self.check("structs.part.others: is 2 bytes long, view 'pair' 1", "structs",
                   {"pair": {"bytes": 1, "text": "A pair", "fields": {"one": {"offset": 0, "bytes": 1, "text": "One"}}},
                    "part": {"bytes": 2, "text": "A part", "fields": {
                        "others": {"offset": 0, "bytes": 2, "array": True, "views": ["pair"], "text": "Others"}}}})

    def test_view_of_an_integer(self):
        self.check("structs.entry.flags: only an array has 'views'",
                   "structs", "entry", "fields", "flags", "views", ["part"])

    def test_overlapping_flag_bits(self):
        self.check("structs.entry.flags.second: bit 0 overlaps 'first'",
                   "structs", "entry", "fields", "flags", "bits", "second", "bit", 0)

    def test_flag_bit_out_of_range(self):
        self.check("structs.entry.flags.second: bits 32..32 do not fit in 32 bits",
                   "structs", "entry", "fields", "flags", "bits", "second", "bit", 32)

    def test_overlapping_register_fields(self):
        self.check("pages.one.control.hue: bit 0 overlaps 'go'",
                   "pages", "one", "registers", "control", "fields", "hue", "lsb", 0)

    def test_register_field_too_wide(self):
        self.check("pages.one.control.go: bits 32..0 do not fit in 32 bits",
                   "pages", "one", "registers", "control", "fields", "go", "width", 33)

    def test_two_registers_at_one_offset(self):
        self.check("pages.one.status: offset 0x0 is already 'control'",
                   "pages", "one", "registers", "status", "offset", 0)

    def test_misaligned_register(self):
        self.check("pages.one.status: offset 0x6 is not a multiple of 4",
                   "pages", "one", "registers", "status", "offset", 6)

    def test_register_outside_its_page(self):
        self.check("pages.one.status: offset 0x1000 lies outside its page of 0x1000 bytes",
                   "pages", "one", "registers", "status", "offset", 0x1000)

    def test_unknown_access(self):
        self.check("pages.one.status: access 'rx' is not one of ro, rw, w1c, w1s, wo",
                   "pages", "one", "registers", "status", "access", "rx")

    def test_overlapping_pages(self):
        self.check("pages.two: overlaps page 'one'", "pages", "two", "base", 0)

    def test_misaligned_page(self):
        self.check("pages.two: base 0x1800 is not a multiple of the page size 0x1000", "pages", "two", "base", 0x1800)

    def test_page_outside_the_register_space(self):
        self.check("pages.two: ends at 0x11000, the register space at 0x10000", "pages", "two", "base", 0x10000)

    def test_page_without_registers(self):
        self.check("pages.two: give either 'registers' or 'reserved: true'", "pages", "two", "reserved", False)

    def test_unknown_enum(self):
        self.check("pages.one.control.hue: unknown enum 'flavour'",
                   "pages", "one", "registers", "control", "fields", "hue", "enum", "flavour")

    def test_enum_of_another_width(self):
        self.check("pages.one.control.hue: is 4 bits wide, enum 'colour' is 8",
                   "pages", "one", "registers", "control", "fields", "hue", "width", 4)

    def test_enum_value_too_large(self):
        self.check("enums.colour.green: value 256 does not fit in 8 bits",
                   "enums", "colour", "values", "green", "value", 256)

    def test_enum_value_twice(self):
        self.check("enums.colour.green: value 0 is already 'red'", "enums", "colour", "values", "green", "value", 0)

    def test_names_the_place_of_a_missing_text(self):
        for path, place in ((("pages", "one", "registers", "status", "text"), "pages.one.status"),
                            (("structs", "entry", "text"), "structs.entry"),
                            (("enums", "colour", "values", "red", "text"), "enums.colour.red"),
                            (("constants", "page_bytes", "text"), "constants.page_bytes")):
            with self.subTest(place):
                source = yaml.safe_load(GOOD)
                holder = source
                for name in path[:-1]:
                    holder = holder[name]
                del holder[path[-1]]
                with self.assertRaises(contract.ContractError) as caught:
                    contract.parse(source)
                self.assertTrue(str(caught.exception).startswith(place + ": "), str(caught.exception))
                self.assertIn("text", str(caught.exception))

    def test_names_the_place_of_an_unknown_key(self):
        source = yaml.safe_load(GOOD)
        source["pages"]["one"]["registers"]["status"]["colour"] = "red"
        with self.assertRaises(contract.ContractError) as caught:
            contract.parse(source)
        self.assertTrue(str(caught.exception).startswith("pages.one.status: "), str(caught.exception))
        self.assertIn("colour", str(caught.exception))

    def test_a_constant_that_the_checks_need(self):
        self.check("constants: 'page_bytes' is missing", "constants", "page_bytes", ...)


class CommandLine(unittest.TestCase):
    def run_on(self, text: str) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "bad.yaml"
            path.write_text(text, encoding="utf-8")
            return subprocess.run([sys.executable, HERE / "generate.py", "--contract", path, "--out", directory],
                                  capture_output=True, text=True, check=False)

    def test_not_yaml(self):
        result = self.run_on("name: [unfinished\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not YAML", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_not_a_mapping(self):
        result = self.run_on("- just\n- a list\n")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, "generate.py: contract: expected a mapping\n")

    def test_no_such_file(self):
        result = subprocess.run([sys.executable, HERE / "generate.py", "--contract", "/nonexistent.yaml", "--out", "/tmp"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("/nonexistent.yaml: No such file or directory", result.stderr)


if __name__ == "__main__":
    unittest.main()
