#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The coverage report: what it makes of Verilator's and lcov's files, and what it complains about."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import report

# Two lines that are in the RTL for as long as this test is right; found by their text.
FILE = "common/stream_fifo.sv"


def line_of(text: str) -> int:
    lines = [line.strip() for line in (report.RTL / FILE).read_text(encoding="utf-8").splitlines()]
    return lines.index(text) + 1


def record(count: int, line: int, page: str, comment: str, lines: str = "", column: int = 5, hierarchy: str = "a") -> str:
    pairs = {"f": str(report.RTL / FILE), "l": str(line), "n": str(column), "page": page + "/stream_fifo", "o": comment,
             "S": lines, "h": hierarchy}
    return "C '" + "".join(f"\1{key}\2{value}" for key, value in pairs.items()) + f"' {count}\n"


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "exclusions.yaml").write_text("[]\n")

    def write(self, name: str, *records: str) -> None:
        (self.folder / name).write_text("# SystemC::Coverage-3\n" + "".join(records), encoding="utf-8")

    def exclude(self, **entry: str) -> None:
        (self.folder / "exclusions.yaml").write_text(json.dumps([{"file": FILE, **entry}]))

    def run_report(self, *more: str) -> tuple[int, dict, str]:
        figures = self.folder / "figures.json"
        arguments = ["report.py", "--rtl", str(self.folder), "--exclusions", str(self.folder / "exclusions.yaml"),
                     "--json", str(figures), *more]
        out = io.StringIO()
        with mock.patch("sys.argv", arguments), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = report.main()
        return status, json.loads(figures.read_text()) if figures.exists() else {}, out.getvalue()

    def figures(self, kind: str, result: tuple[int, dict, str]) -> tuple[int, int, int]:
        numbers = result[1]["rtl"][FILE][kind]
        return numbers["reached"], numbers["total"], numbers["excluded"]

    def test_instances_and_files_count_together(self):
        self.write("one.all.dat", record(0, 10, "v_line", "block", "10-11"), record(3, 10, "v_line", "block", "10", 5, "b"))
        self.write("two.all.dat", record(1, 11, "v_line", "block", "11"), record(0, 12, "v_line", "block", "12"))
        result = self.run_report("--missed")
        self.assertEqual(self.figures("lines", result), (2, 3, 0))
        self.assertEqual(result[0], 1)
        self.assertIn(f"{FILE}:12: not reached: lines", result[2])

    def test_alternatives_are_told_apart_by_their_column(self):
        self.write("one.all.dat", record(1, 10, "v_branch", "if", "10", 5), record(0, 10, "v_branch", "else", "", 6),
                   record(1, 10, "v_branch", "else", "", 9))
        self.assertEqual(self.figures("branches", self.run_report()), (2, 3, 0))

    def test_toggles_need_two_changes_in_one_simulation(self):
        point = ("v_toggle", "data_i[0]")
        self.write("one.all.dat", record(7, 10, *point))
        self.write("one.twice.dat", record(0, 10, *point), record(4, 10, "v_toggle", "data_i[1]"))
        self.assertEqual(self.figures("toggles", self.run_report()), (1, 2, 0))

    def test_exclusions_take_out_what_was_not_reached(self):
        self.write("one.twice.dat", record(0, 10, "v_toggle", "data_i[1]"), record(2, 10, "v_toggle", "data_i[0]"))
        self.exclude(kind="toggles", signal="data_i", bits="2-7", reason="test")
        self.assertEqual(self.figures("toggles", self.run_report()), (1, 2, 0))
        self.exclude(kind="toggles", signal="data_i", bits="1,3-7", reason="test")
        result = self.run_report()
        self.assertEqual(self.figures("toggles", result), (1, 1, 1))
        self.assertEqual(result[0], 0)

    def test_lines_are_excluded_by_their_text(self):
        text = "`default_nettype none"
        self.write("one.all.dat", record(0, line_of(text), "v_line", "block", str(line_of(text))),
                   record(1, 1, "v_line", "block", "1"))
        self.exclude(kind="lines", text=text, reason="test")
        self.assertEqual(self.figures("lines", self.run_report()), (1, 1, 1))

    def test_an_exclusion_that_is_not_needed_is_an_error(self):
        self.write("one.twice.dat", record(2, 10, "v_toggle", "data_i[0]"))
        self.exclude(kind="toggles", signal="data_i", bits="0", reason="test")
        status, _, text = self.run_report()
        self.assertEqual(status, 1)
        self.assertIn("is not needed", text)

    def test_bad_input(self):
        self.assertEqual(self.run_report()[0], 2, "no files of Verilator's")
        self.write("one.all.dat", record(1, 1, "v_line", "block", "1"))
        for entry in ({"kind": "toggles", "text": "x", "reason": "r"}, {"kind": "lines", "text": "x", "reason": " "},
                      {"kind": "odd", "text": "x", "reason": "r"}, {"kind": "lines", "reason": "r"},
                      {"kind": "lines", "text": "x", "reason": "r", "file": "gone.sv"},
                      {"kind": "toggles", "signal": "x", "bits": "a", "reason": "r"}):
            with self.subTest(entry):
                self.exclude(**entry)
                self.assertEqual(self.run_report()[0], 2)

    def test_lines_of_software(self):
        self.write("one.all.dat", record(1, 1, "v_line", "block", "1"))
        info = self.folder / "software.info"
        info.write_text(f"SF:{report.ROOT}/lib/src/api.cc\nDA:1,5\nDA:2,0\nend_of_record\n"
                        f"SF:{report.ROOT}/rtl_model/model/a.cc\nDA:1,1\nend_of_record\nSF:/usr/include/x.h\nDA:1,0\n")
        status, figures, _ = self.run_report("--software", str(info))
        self.assertEqual(status, 1)
        self.assertEqual(figures["software"]["library"]["lines"]["percent"], 50)
        self.assertEqual(figures["software"]["model"]["lines"]["percent"], 100)

    def test_a_part_without_lines_is_an_error_if_all_are_asked_for(self):
        self.write("one.all.dat", record(1, 1, "v_line", "block", "1"))
        info = self.folder / "software.info"
        folders = list(report.SOFTWARE)
        info.write_text("".join(f"SF:{report.ROOT}/{folder}/a.c\nDA:1,1\nend_of_record\n" for folder in folders))
        self.assertEqual(self.run_report("--software", str(info), "--complete")[0], 0)
        info.write_text("".join(f"SF:{report.ROOT}/{folder}/a.c\nDA:1,1\nend_of_record\n" for folder in folders[:-1]))
        self.assertEqual(self.run_report("--software", str(info))[0], 0)
        status, _, text = self.run_report("--software", str(info), "--complete")
        self.assertEqual(status, 2)
        self.assertIn("no lines of driver", text)

    def test_writes_a_page_and_lines_for_genhtml(self):
        self.write("one.all.dat", record(2, 10, "v_branch", "if", "10"), record(0, 10, "v_branch", "else", "", 6))
        self.run_report("--html", str(self.folder / "index.html"), "--info", str(self.folder / "rtl.info"))
        self.assertIn(FILE, (self.folder / "index.html").read_text())
        info = (self.folder / "rtl.info").read_text()
        self.assertIn("DA:10,2\n", info)
        self.assertIn("BRDA:10,0,else_6,-\n", info)

    def software(self, **files: tuple[int, int]) -> str:
        """lcov's file: of each file of the driver, lines reached and lines in all."""
        info = self.folder / "software.info"
        info.write_text("".join(
            f"SF:{report.ROOT}/driver/{name.replace('_', '.')}\n" +
            "".join(f"DA:{line + 1},{int(line < reached)}\n" for line in range(total)) + "end_of_record\n"
            for name, (reached, total) in files.items()))
        return str(info)

    def test_each_file_of_the_driver_must_reach_the_goal(self):
        self.write("one.all.dat", record(1, 10, "v_line", "block", "10"))
        self.assertEqual(self.run_report("--software", self.software(a_c=(100, 100), b_c=(9, 10)))[0], 0)
        status, figures, text = self.run_report("--software", self.software(a_c=(100, 100), b_c=(8, 10)))
        self.assertEqual((status, figures["software"]["driver"]["lines"]["percent"]), (1, 98.18))
        self.assertRegex(text, r"driver/b\.c +80\.0  below 90 %")

    def test_headers_of_the_driver_count_only_in_the_sum(self):
        self.write("one.all.dat", record(1, 10, "v_line", "block", "10"))
        self.assertEqual(self.run_report("--software", self.software(a_c=(100, 100), b_h=(0, 1)))[0], 0)


if __name__ == "__main__":
    unittest.main()
