#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of scripts/synth.sh and the modules behind it.

    test_synth.py            the Python modules, on small netlists whose answers are known; no tool needed
    test_synth.py --yosys    a block through the whole command, without placement
    test_synth.py --nextpnr  the same, placed and routed
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import block_ram
import estimate
import flows
import harness
import hierarchy
import netlist
import report
import synthesize

COMMAND = Path(__file__).resolve().parents[2] / 'scripts' / 'synth.sh'


def cell(kind: str, connections: dict[str, list[Any]], outputs: str = '', **parameters: str) -> dict[str, Any]:
    result: dict[str, Any] = {'hide_name': 0, 'type': kind, 'parameters': parameters, 'connections': connections}
    if outputs:
        result['port_directions'] = {name: 'output' if name in outputs.split() else 'input' for name in connections}
    return result


def module(cells: dict[str, dict[str, Any]], ports: dict[str, Any] | None = None) -> dict[str, Any]:
    return {'attributes': {}, 'cells': cells, 'ports': ports or {}, 'netnames': {}}


class HierarchyTest(unittest.TestCase):
    TEXT = '''# Generated
autoidx 12
attribute \\src "/rtl/leaf.sv:1.1-9.10"
attribute \\hdlname "leaf"
module $paramod\\leaf\\Width=4
  wire \\x
end
attribute \\src "/rtl/leaf.sv:1.1-9.10"
attribute \\hdlname "leaf"
module $paramod\\leaf\\Width=8
  wire \\x
end
attribute \\src "/rtl/middle.sv:1.1-9.10"
module \\middle
  cell $paramod\\leaf\\Width=4 \\a
  end
  cell $paramod\\leaf\\Width=4 \\b
  end
  cell $and $1
  end
end
attribute \\src "/rtl/top.sv:1.1-9.10"
module \\top
  cell \\middle \\m
  end
  cell \\middle \\n
  end
  cell $paramod\\leaf\\Width=8 \\c
  end
end
'''

    def setUp(self) -> None:
        with tempfile.NamedTemporaryFile('w', suffix='.il') as file:
            file.write(self.TEXT)
            file.flush()
            self.modules = hierarchy.read(Path(file.name))

    def test_modules_and_files(self) -> None:
        self.assertEqual(len(self.modules), 4)
        self.assertEqual(self.modules['middle'].files, {'/rtl/middle.sv'})
        self.assertEqual(self.modules['middle'].instances, {'$paramod\\leaf\\Width=4': 2})
        self.assertEqual(''.join(entry.text for entry in self.modules.values()), self.TEXT.partition('12\n')[2])

    def test_subtree_leaves_out_the_rest(self) -> None:
        self.assertEqual(hierarchy.subtree(self.modules, 'middle'), ['$paramod\\leaf\\Width=4', 'middle'])

    def test_variant_with_most_instances(self) -> None:
        self.assertEqual(hierarchy.variant_of(self.modules, 'top', 'leaf'), ('$paramod\\leaf\\Width=4', 5))
        self.assertIsNone(hierarchy.variant_of(self.modules, 'top', 'branch'))


class NetlistTest(unittest.TestCase):
    AREAS = netlist.library_areas(flows.LIBRARY)

    def test_library(self) -> None:
        self.assertEqual(self.AREAS['NAND2'], 1.0)
        self.assertEqual(len(self.AREAS), 16)

    def test_area(self) -> None:
        counts = netlist.cell_counts(module({
            'a': cell('NAND2', {}), 'b': cell('XOR2', {}), 'c': cell('$_DFF_P_', {}), 'd': cell('$scopeinfo', {})}))
        self.assertAlmostEqual(netlist.gate_equivalents(counts, self.AREAS), 1.0 + 2.0 + 5.67)

    def test_a_cell_without_area_is_an_error(self) -> None:
        with self.assertRaisesRegex(netlist.NetlistError, r'\$_DLATCH_P_'):
            netlist.gate_equivalents(netlist.cell_counts(module({'a': cell('$_DLATCH_P_', {})})), self.AREAS)

    def test_depth_of_gates_ends_at_registers(self) -> None:
        found = netlist.depth(module({
            'r': cell('$_DFF_P_', {'C': [1], 'D': [5], 'Q': [2]}, 'Q'),
            'a': cell('INV', {'A': [2], 'Y': [3]}), 'b': cell('NAND2', {'A': [2], 'B': [3], 'Y': [4]}),
            'c': cell('NAND2', {'A': [4], 'B': [3], 'Y': [5]}), 'd': cell('INV', {'A': [9], 'Y': [10]})}))
        self.assertEqual(found.levels, 3)

    def test_depth_of_tables(self) -> None:
        tables = {'A': [2], 'B': ['0'], 'C': ['0'], 'D': ['0']}
        found = netlist.depth(module({
            'a': cell('LUT4', {**tables, 'Z': [3]}, 'Z'), 'b': cell('LUT4', {**tables, 'Z': [4]}, 'Z'),
            'm': cell('PFUMX', {'ALUT': [3], 'BLUT': [4], 'C0': [2], 'Z': [5]}, 'Z'),
            'x': cell('CCU2C', {'CIN': ['0'], 'A0': [5], 'S0': [6], 'COUT': [7]}, 'S0 COUT'),
            'y': cell('CCU2C', {'CIN': [7], 'A0': [2], 'S0': [8]}, 'S0')}))
        self.assertEqual(found.levels, 2)

    def test_asynchronous_read_of_a_memory_is_a_level(self) -> None:
        for clocked, levels in (('0', 2), ('1', 1)):
            found = netlist.depth(module({
                'm': cell('$mem_v2', {'RD_ADDR': [2, 3], 'RD_DATA': [4]}, 'RD_DATA', RD_CLK_ENABLE=clocked,
                          RD_PORTS='1', ABITS='10', WIDTH='1', SIZE='100'),
                'a': cell('INV', {'A': [4], 'Y': [5]})}))
            self.assertEqual(found.levels, levels)

    def test_loop(self) -> None:
        with self.assertRaisesRegex(netlist.NetlistError, 'loop'):
            netlist.depth(module({'a': cell('INV', {'A': [2], 'Y': [3]}), 'b': cell('INV', {'A': [3], 'Y': [2]})}))


def register(data: int, output: int) -> dict[str, Any]:
    return cell('TRELLIS_FF', {'CLK': [1], 'DI': [data], 'LSR': ['0'], 'Q': [output]}, 'Q')


class EstimateTest(unittest.TestCase):
    # Two registers of a counter; the second one behind two tables and the multiplexer beside them.
    MODULE = module({
        'low': register(10, 2), 'high': register(13, 3),
        'first': cell('LUT4', {'A': [2], 'B': ['0'], 'C': ['0'], 'D': ['0'], 'Z': [10]}, 'Z'),
        'second': cell('LUT4', {'A': [10], 'B': [3], 'C': ['0'], 'D': ['0'], 'Z': [11]}, 'Z'),
        'third': cell('LUT4', {'A': [3], 'B': ['0'], 'C': ['0'], 'D': ['0'], 'Z': [12]}, 'Z'),
        'choice': cell('PFUMX', {'ALUT': [12], 'BLUT': [11], 'C0': [2], 'Z': [13]}, 'Z'),
    })
    MODULE['netnames'] = {'count_q': {'hide_name': 0, 'bits': [2, 3]}, 'next': {'hide_name': 0, 'bits': [10]}}

    def test_the_longest_path_of_a_group(self) -> None:
        found = estimate.estimate(self.MODULE, 3.0)
        self.assertEqual([group.name for group in found.groups], ['count_q'])
        group = found.groups[0]
        # The wire between a table and the multiplexer of its slice is none.
        expected = estimate.REGISTER_OUTPUT + 3 * estimate.WIRE + 2 * estimate.TABLE + estimate.MULTIPLEXER + \
            estimate.REGISTER_SETUP
        self.assertAlmostEqual(group.nanoseconds, expected, 2)
        self.assertEqual((group.levels, group.end_points, group.path), (2, 2, ['count_q', 'next']))
        self.assertEqual((found.end_points, found.end_points_over, found.groups_over), (2, 1, 1))

    def test_what_is_printed(self) -> None:
        row = report.Row('small', 'counter', 1, estimate=estimate.estimate(self.MODULE, 3.0), needs=flows.needs_of(self.MODULE))
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            synthesize.print_estimates(report.Report({}, [row]), 1)
        lines = printed.getvalue().splitlines()
        self.assertRegex(lines[0], r'^counter, small: longest path [0-9.]+ ns by estimate; over 3 ns: 1 of 2 end points, 1 of 1 groups$')
        self.assertEqual(lines[1], 'needs 3 LUT4 places of 83,640, 0 block RAMs of 208, 0 DSPs of 156, before packing')
        self.assertTrue(lines[-1].endswith('count_q <- count_q > next'))

    def test_a_block_ram_begins_and_ends_paths(self) -> None:
        found = estimate.estimate(module({
            'ram.0.1': cell('DP16KD', {'ADA0': [3], 'DOA0': [2], 'CLKA': [1]}, 'DOA0'),
            'table': cell('LUT4', {'A': [2], 'B': ['0'], 'C': ['0'], 'D': ['0'], 'Z': [3]}, 'Z')}), 10.0)
        self.assertEqual([group.name for group in found.groups], ['ram.0.1'])
        self.assertAlmostEqual(found.longest, estimate.BLOCK_RAM_OUTPUT + 2 * estimate.WIRE + estimate.TABLE +
                               estimate.BLOCK_RAM_SETUP, 2)

    def test_loop(self) -> None:
        with self.assertRaisesRegex(netlist.NetlistError, 'loops'):
            estimate.estimate(module({'a': cell('LUT4', {'A': [2], 'B': ['0'], 'C': ['0'], 'D': ['0'], 'Z': [3]}, 'Z'),
                                      'b': cell('LUT4', {'A': [3], 'B': ['0'], 'C': ['0'], 'D': ['0'], 'Z': [2]}, 'Z')}), 10.0)


class HarnessTest(unittest.TestCase):
    def test_every_pin_gets_a_register(self) -> None:
        block = module({'a': cell('LUT4', {'A': [3], 'B': [4], 'C': ['0'], 'D': ['0'], 'Z': [5]}, 'Z')}, {
            'clk_i': {'direction': 'input', 'bits': [2]}, 'x_i': {'direction': 'input', 'bits': [3, 4]},
            'y_o': {'direction': 'output', 'bits': [5, '0']}})
        added = harness.surround(block, 'clk_i')
        self.assertEqual(added, harness.Added(registers=4, tables=1))
        self.assertEqual(set(block['ports']), {'clk_i', 'scan_i', 'scan_o'})
        counts = netlist.cell_counts(block)
        self.assertEqual((counts['TRELLIS_FF'], counts['LUT4']), (4, 2))
        driven = {bit for entry in block['cells'].values() for name, bits in entry['connections'].items()
                  if entry['port_directions'][name] == 'output' for bit in bits}
        driven |= set(block['ports']['scan_i']['bits']) | {2}
        used = {bit for entry in block['cells'].values() for bits in entry['connections'].values() for bit in bits
                if isinstance(bit, int)}
        self.assertEqual(used - driven, set())
        self.assertIn(block['ports']['scan_o']['bits'][0], driven)

    def test_without_a_clock(self) -> None:
        with self.assertRaisesRegex(ValueError, 'clk_i'):
            harness.surround(module({}), 'clk_i')


def placed(**changes: Any) -> report.PlaceResult:
    values: dict[str, Any] = {
        'placed': True, 'reason': '', 'seed': 1, 'tables': 5, 'flip_flops': 6, 'block_ram': 0, 'multipliers': 0,
        'table_levels': 2, 'maximum_frequency': 120.0, 'critical_path': []}
    return report.PlaceResult(**{**values, **changes})


class ReportTest(unittest.TestCase):
    def make(self, *rows: report.Row) -> report.Report:
        return report.Report({'device': 'D', 'speed_grade': 8, 'frequency_mhz': 100.0, 'seed': 1, 'area_limit_kge': 250.0,
                              'parameters': {'default': 'P'}, 'sbox_style': {}, 'tools': {}}, list(rows))

    def test_frequency_goal(self) -> None:
        self.assertTrue(self.make(report.Row('default', 'ghash', 1, placed=placed())).goals()[0].reached)
        slow = self.make(report.Row('default', 'ghash', 1, placed=placed(maximum_frequency=99.9)))
        self.assertFalse(slow.goals()[0].reached)
        self.assertIn('MISSED', slow.text())
        big = self.make(report.Row('default', 'ghash', 1, placed=placed(placed=False, reason='no room')))
        self.assertFalse(big.goals()[0].reached)
        self.assertIn('no room', big.markdown())
        self.assertIn('does not fit', big.text())

    def test_placed_and_not_routed(self) -> None:
        made = self.make(report.Row('default', 'ghash', 1, placed=placed(routed=False)))
        self.assertIn('120.0 (placed)', made.text())
        self.assertIn('not routed', made.goals()[0].text)

    def test_area_goal(self) -> None:
        for area, reached in ((100e3, True), (130e3, False)):
            gates = report.GateResult(area, 1, 0, [], 1, '', {})
            rows = [report.Row('default', block, 1, gates=gates) for block in report.AREA_GOAL_BLOCKS]
            self.assertEqual([goal.reached for goal in self.make(*rows).goals()], [reached])
            self.assertEqual(self.make(rows[0]).goals(), [])

    def test_document(self) -> None:
        with tempfile.NamedTemporaryFile('w+', suffix='.md') as file:
            path = Path(file.name)
            path.write_text(f'head\n{report.BEGIN}\nold\n{report.END}\ntail\n', encoding='utf-8')
            self.make(report.Row('default', 'ghash', 1, placed=placed())).write_document(path)
            text = path.read_text(encoding='utf-8')
            self.assertTrue(text.startswith('head\n') and text.endswith('tail\n') and 'old' not in text and '120.0' in text)
            path.write_text('no marks', encoding='utf-8')
            with self.assertRaisesRegex(ValueError, 'marks|missing'):
                self.make().write_document(path)

    def test_json(self) -> None:
        data = json.loads(self.make(report.Row('default', 'ghash', 1, placed=placed())).as_json())
        self.assertEqual(data['rows'][0]['placed']['tables'], 5)


class FlowTest(unittest.TestCase):
    def test_what_nextpnr_says_of_a_design_that_does_not_fit(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / 'output.log').write_text('Warning: x\nERROR: Unable to place cell, no BELs remaining\n', encoding='utf-8')
            tables = {'A': [2], 'B': ['0'], 'C': ['0'], 'D': ['0']}
            block = module({'a': cell('LUT4', {**tables, 'Z': [3]}, 'Z'), 'b': cell('LUT4', {**tables, 'Z': [4]}, 'Z')})
            result = flows._not_placed(work, block, harness.Added(0, 1), 3, 1)
            self.assertEqual((result.placed, result.tables), (False, 1))
            self.assertIn('no BELs', result.reason)
            (work / 'output.log').write_text('Killed\n', encoding='utf-8')
            with self.assertRaisesRegex(flows.FlowError, 'Killed'):
                flows._not_placed(work, block, harness.Added(0, 1), 3, 1)

    def test_what_was_placed_and_not_routed(self) -> None:
        lines = ['Info: \t          TRELLIS_FF:   18950/  83640    22%', 'Info: \t        TRELLIS_COMB:   76804/  83640    91%',
                 'Info: \t              DP16KD:     208/    208   100%', 'Info: \t          MULT18X18D:       0/    156     0%']
        clock = "Info: Max frequency for clock '$glbnet$clk_i': 37.49 MHz (FAIL at 100.00 MHz)"
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / 'nextpnr.log'
            log.write_text('\n'.join([*lines, clock, '']), encoding='utf-8')
            result = flows._placed_only(log, harness.Added(2, 3), 12, 1)
            self.assertEqual((result.placed, result.routed, result.maximum_frequency), (True, False, 37.49))
            self.assertEqual((result.tables, result.flip_flops, result.block_ram), (76804 - 3, 18950 - 2, 208))
            log.write_text('\n'.join([*lines, '']), encoding='utf-8')
            with self.assertRaisesRegex(flows.FlowError, '0 clocks'):
                flows._placed_only(log, harness.Added(2, 3), 12, 1)

    def test_a_placement_outlives_an_interrupted_route(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {'CCE_SYNTH_CACHE': folder}):
            nextpnr = Nextpnr(Path(folder))
            flow = flows.Flow(nextpnr, lambda _: None)
            options = flows.PlaceOptions(8, 100.0, 1)

            def place(**changes: Any) -> flows.PlaceResult:
                with mock.patch.object(flow, '_ecp5', return_value=('key', Path(folder))):
                    return flow.place(mock.Mock(), 'block', replace(options, **changes), 'block')

            nextpnr.ends.append(KeyboardInterrupt())
            with self.assertRaises(KeyboardInterrupt):
                place()
            placed = place(route_minutes=0)
            self.assertEqual((placed.placed, placed.routed, placed.maximum_frequency), (True, False, 37.49))
            nextpnr.ends.append(1)
            with self.assertRaisesRegex(flows.FlowError, 'block: nextpnr-ecp5 could not route: no way'):
                place()
            flow.cached_only = True
            self.assertFalse(place().routed)
            flow.cached_only = False
            nextpnr.ends.append(0)
            routed = place()
            self.assertEqual((routed.routed, routed.maximum_frequency, routed.tables), (True, 53.06, placed.tables))
            self.assertEqual([step['to'] for step in routed.critical_path], ['register'])
            self.assertEqual(place(), routed)
            self.assertEqual(nextpnr.runs, ['place', 'route', 'route', 'route'])

    def test_a_route_counts_whatever_its_time_was(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {'CCE_SYNTH_CACHE': folder}):
            nextpnr = Nextpnr(Path(folder))
            flow = flows.Flow(nextpnr, lambda _: None)

            def place(minutes: int) -> bool:
                with mock.patch.object(time, 'monotonic', lambda: nextpnr.now), \
                        mock.patch.object(flow, '_ecp5', return_value=('key', Path(folder))):
                    return flow.place(mock.Mock(), 'block', flows.PlaceOptions(8, 100.0, 1, minutes), 'block').routed

            nextpnr.ends += [LATE, LATE, 0]
            self.assertFalse(place(5))
            self.assertFalse(place(5))
            self.assertFalse(place(4))
            self.assertEqual(nextpnr.runs, ['place', 'route'])
            self.assertFalse(place(6))
            self.assertTrue(place(7))
            for minutes in (5, 7, flows.ROUTE_MINUTES):
                self.assertTrue(place(minutes))
            flow.cached_only = True
            self.assertTrue(place(flows.ROUTE_MINUTES))
            self.assertEqual(nextpnr.runs, ['place', 'route', 'route', 'route'])

    def test_a_tool_is_ended_that_was_given_up(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(flows, 'HEARTBEAT_SECONDS', 0.05), \
                mock.patch.object(flows, 'TOOLBOX', Path(folder) / 'toolbox.sh'):
            flows.TOOLBOX.write_text('#!/bin/sh\nexec sleep 60\n', encoding='utf-8')
            flows.TOOLBOX.chmod(0o755)
            said: list[str] = []
            status = flows.Tools(said.append).run('yosys', [], [], Path(folder) / 'log', 'block', lambda: True)
            self.assertNotEqual(status, 0)
            self.assertEqual(said[0], 'block: yosys at work for 0 min')

    def test_a_netlist_that_cannot_fit_is_not_placed(self) -> None:
        tables = {'A': [2], 'B': ['0'], 'C': ['0'], 'D': ['0'], 'Z': [3]}
        rams: dict[str, Any] = {f'r{i}': cell('TRELLIS_DPR16X4', {}) for i in range(3)}
        block = module({'a': cell('LUT4', tables, 'Z'), 'c': cell('CCU2C', {}), 'b': cell('DP16KD', {}), **rams})
        self.assertEqual(flows.needs_of(block), {'LUT4 places': 1 + 2 + 18, 'block RAMs': 1, 'DSPs': 0})
        self.assertEqual(flows._lacking(block), '')
        with mock.patch.dict(flows.LIMITS, {'LUT4 places': 20}):
            self.assertEqual(flows._lacking(block), '21 LUT4 places of 20')
            result = flows._does_not_fit('r', block, harness.Added(0, 1), 3, 1)
            self.assertEqual((result.placed, result.tables, result.block_ram), (False, 20, 1))

    def test_missing_tools(self) -> None:
        """Both tools, then one: what is said, the exit status, and that nothing else is tried."""
        with tempfile.TemporaryDirectory() as folder:
            toolbox = Path(folder) / 'toolbox.sh'
            toolbox.write_text('#!/bin/sh\necho "$2 is not installed" >&2\nexit 3\n', encoding='utf-8')
            toolbox.chmod(0o755)
            output = Path(folder) / 'report.json'
            with mock.patch.object(flows, 'TOOLBOX', toolbox), \
                    mock.patch.object(sys, 'argv', ['synth.sh', '--json', str(output), 'ghash']), \
                    mock.patch.object(sys, 'stdout'):
                self.assertEqual(synthesize.main(), synthesize.TOOL_MISSING)
            skipped = json.loads(output.read_text(encoding='utf-8'))['skipped']
            self.assertEqual(len(skipped), 1)
            self.assertRegex(skipped[0], 'everything.*yosys.*toolbox.sh install yosys')

    def test_small_parameters(self) -> None:
        self.assertEqual(synthesize.parameters_of('small')['SlotCount'], '4')
        self.assertEqual(synthesize.parameters_of('default'), {'Sha2Lanes': '0', 'Sha3Lanes': '0'})
        self.assertEqual(synthesize.parameters_of('small')['Sha2Lanes'], '0')
        self.assertEqual(synthesize.parameters_of('hash'), {})
        self.assertEqual(synthesize.parameters_of('slots-16'), {'SlotCount': '16', 'Sha2Lanes': '0', 'Sha3Lanes': '0'})

    def test_wrong_usage(self) -> None:
        for arguments in (['nonsense'], ['--speed', '9'], ['--no-place', '--no-gates'], ['--frequency', '0'],
                          ['--document', '/nowhere/x.md'], ['--route-minutes', '-1']):
            run = subprocess.run([sys.executable, synthesize.__file__, *arguments], capture_output=True, check=False)
            self.assertEqual(run.returncode, synthesize.USAGE, arguments)


LATE = 77     # the router's time is over


class Nextpnr(flows.Tools):
    """In nextpnr's place: places always; routes as `ends` says, and only what it has placed."""

    LOG = ('Info: \t          TRELLIS_FF:   12/  83640    1%\nInfo: \t        TRELLIS_COMB:   34/  83640    1%\n'
           'Info: \t              DP16KD:     0/    208   0%\nInfo: \t          MULT18X18D:       0/    156     0%\n'
           "Info: Max frequency for clock 'clk_i': 37.49 MHz (FAIL at 100.00 MHz)\n")
    REPORT = {'fmax': {'clk_i': {'achieved': 53.06}}, 'critical_paths': [
        {'from': 'posedge clk_i', 'to': 'posedge clk_i',
         'path': [{'type': 'clk-to-q', 'delay': 0.4, 'to': {'cell': 'register'}}]}]}

    def __init__(self, folder: Path) -> None:
        super().__init__(lambda _: None)
        self.ends: list[int | BaseException] = []
        self.runs: list[str] = []
        self.now = 0.0              # seconds, for a test that looks at the time
        block = module({'q': cell('TRELLIS_FF', {'CLK': [2], 'DI': [3], 'LSR': ['0'], 'Q': [4]}, 'Q')},
                       {'clk_i': {'direction': 'input', 'bits': [2]}})
        (folder / 'netlist.json').write_text(json.dumps({'modules': {'design': block}}), encoding='utf-8')

    def version(self, tool: str, option: str) -> str:
        return f'{tool} {option}'

    def run(self, tool: str, binds: Iterable[Path], arguments: list[str], log: Path, what: str,
            give_up: Callable[[], bool] = lambda: False) -> int:
        def file(option: str) -> Path:
            return Path(arguments[arguments.index(option) + 1])

        if '--no-route' in arguments:
            self.runs.append('place')
            file('--log').write_text(self.LOG, encoding='utf-8')
            file('--write').write_text('placed', encoding='utf-8')
            return 0
        self.runs.append('route')
        assert '--no-place' in arguments and file('--json').read_text(encoding='utf-8') == 'placed'
        end = self.ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        if end == LATE:
            self.now += 60.0 * flows.ROUTE_MINUTES + 1
            return 1
        log.write_text('ERROR: no way\n' if end else '', encoding='utf-8')
        file('--report').write_text(json.dumps(self.REPORT), encoding='utf-8')
        return end


def run_command(*arguments: str) -> dict[str, Any]:
    """The command with an empty cache; returns its JSON and its exit status in it."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / 'report.json'
        run = subprocess.run([COMMAND, *arguments, '--json', str(output), '--configuration', 'small', 'key_eraser', 'ghash'],
                             env={**os.environ, 'CCE_SYNTH_CACHE': folder}, check=False)
        result: dict[str, Any] = json.loads(output.read_text(encoding='utf-8'))
        return {**result, 'status': run.returncode}


class YosysTest(unittest.TestCase):
    def test_gates(self) -> None:
        result = run_command('--no-place')
        self.assertEqual(result['status'], synthesize.REACHED)
        rows = {row['block']: row['gates'] for row in result['rows']}
        # Registers of ghash_serial: hash key, sum, 120 bits of operand, 7 of control.
        self.assertEqual(rows['ghash']['flip_flops'], 128 + 128 + 120 + 7)
        self.assertGreater(rows['ghash']['gate_equivalents'], 383 * 5.67 + 2000)
        self.assertLess(rows['ghash']['gate_equivalents'], 10000)
        self.assertEqual(rows['ghash']['memory_bits'], 0)
        self.assertGreater(rows['key_eraser']['depth'], 2)

    def test_block_ram_is_the_one_of_the_library(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / 'ours.v').write_text(block_ram.verilog(), encoding='utf-8')
            log = folder / 'log'
            modules = []
            for source in ('+/lattice/cells_sim_ecp5.v', f'{folder}/ours.v'):
                script = folder / 'script.ys'
                script.write_text(f'read_verilog -lib -specify {source}\ndelete =* =DP16KD %d\n'
                                  f'write_json {folder}/library.json\n', encoding='utf-8')
                status = flows.Tools(lambda _: None).run('yosys', [folder], ['-q', str(script)], log, 'library')
                self.assertEqual(status, 0, log.read_text(encoding='utf-8'))
                modules.append(json.loads((folder / 'library.json').read_text(encoding='utf-8'))['modules']['DP16KD'])
            theirs, ours = modules

            def ports(module_: dict[str, Any]) -> dict[str, str]:
                return {port: content['direction'] for port, content in module_['ports'].items()}

            self.assertEqual(ports(ours), ports(theirs))
            self.assertLessEqual(ours['parameter_default_values'].keys(), theirs['parameter_default_values'].keys())
            arrivals = {cell_['parameters']['T_RISE_MAX'] for cell_ in ours['cells'].values() if cell_['type'] == '$specify3'}
            self.assertEqual({int(arrival, 2) for arrival in arrivals}, {round(1000 * estimate.BLOCK_RAM_OUTPUT)})
            self.assertFalse(theirs['cells'], 'the library tells arrival times by itself: block_ram.py is not needed')


class NextpnrTest(unittest.TestCase):
    def test_place_and_a_goal_out_of_reach(self) -> None:
        result = run_command('--no-gates')
        rows = {row['block']: row['placed'] for row in result['rows']}
        self.assertEqual(result['status'], synthesize.REACHED)
        self.assertEqual(rows['ghash']['flip_flops'], 128 + 128 + 120 + 7)
        self.assertTrue(rows['ghash']['critical_path'])
        missed = run_command('--no-gates', '--frequency', '1000')
        self.assertEqual(missed['status'], synthesize.MISSED)
        self.assertEqual(len(missed['rows']), 2)


TOOL_TESTS: dict[str, type[unittest.TestCase]] = {'--yosys': YosysTest, '--nextpnr': NextpnrTest}

if __name__ == '__main__':
    if '--nextpnr' in sys.argv and not os.environ.get('CCE_TEST_ALL'):
        print('placing and routing takes minutes: only with CCE_TEST_ALL=1')
        sys.exit(77)
    chosen = TOOL_TESTS.get(sys.argv[1]) if len(sys.argv) > 1 else None
    loader = unittest.defaultTestLoader
    cases = [chosen] if chosen else [HierarchyTest, NetlistTest, EstimateTest, HarnessTest, ReportTest, FlowTest]
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases)
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
