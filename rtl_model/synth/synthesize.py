#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Area and clock of the engine's blocks. scripts/synth.sh is the command; its --help has the words."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import flows
import hierarchy
import netlist
import report

# The blocks of docs/architecture.md, the whole first. Each stands in the design below cce_top.
BLOCKS = ('cce_top', 'aes_engine', 'aes_cipher', 'aes_key_expander', 'ghash', 'stream_issue', 'stream_retire', 'lane_unit',
          'key_wrap_lane', 'subkey_unit', 'cipher_arbiter', 'key_loader', 'context_store', 'key_eraser', 'source_reader',
          'source_buffer', 'destination_writer', 'destination_buffer', 'segment_walker', 'dma_read_port', 'dma_write_port',
          'queue_pair', 'descriptor_fetcher', 'request_dispatcher', 'slot_table', 'completion_writer',
          'axi_lite_subordinate', 'global_registers', 'region_registers')
# The hash engine's, in configurations of their own: two rounds a cycle, and one. The others are without it, so that their
# figures are those of the AES engine.
HASH_BLOCKS = ('hash_engine', 'hash_lane', 'text_cipher', 'byte_packer', 'sha2_core', 'keccak_core')
CONFIGURATIONS = {'default': BLOCKS, 'slots-16': BLOCKS, 'small': BLOCKS, 'hash': HASH_BLOCKS, 'hash-single': HASH_BLOCKS}
NO_HASH = {'Sha2Lanes': '0', 'Sha3Lanes': '0'}
# Where not cce_top's own; those of the small configuration stand in cce_small.f.
PARAMETERS = {'default': NO_HASH, 'slots-16': {'SlotCount': '16', **NO_HASH}, 'hash': {},
              'hash-single': {'HashRoundsPerCycle': '1'}}
DEVICE = 'ECP5 LFE5U-85F'
AREA_LIMIT_KGE = 250.0
# The style of the S-boxes changes no cycle, so each target gets the one that suits it: a composite field in gates and
# in small parts, block RAM for the 224 of the pipelined cipher on an FPGA.
GATE_SBOX = '0'
ECP5_SBOX = {'default': '2', 'slots-16': '2', 'small': '0', 'hash': '2', 'hash-single': '2'}

REACHED, MISSED, USAGE, TOOL_MISSING = 0, 1, 2, 3


def say(text: str) -> None:
    print(f'synth.sh: {text}', file=sys.stderr, flush=True)


def parameters_of(configuration: str) -> dict[str, str]:
    """What cce_top's parameters are in the configuration, where not the default."""
    if configuration in PARAMETERS:
        return dict(PARAMETERS[configuration])
    lines = (flows.RTL / 'cce_small.f').read_text(encoding='utf-8').splitlines()
    pairs = [line.removeprefix('-G').split('=') for line in lines if line.startswith('-G')]
    return {**dict((name, value) for name, value in pairs), **NO_HASH}


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='scripts/synth.sh', add_help=False)
    parser.add_argument('blocks', nargs='*', metavar='BLOCK')
    parser.add_argument('--configuration', choices=[*CONFIGURATIONS, 'all'], default='all')
    parser.add_argument('--block-list', action='store_true')
    parser.add_argument('--no-place', action='store_true')
    parser.add_argument('--no-gates', action='store_true')
    parser.add_argument('--route-minutes', type=int, default=flows.ROUTE_MINUTES, metavar='N')
    parser.add_argument('--estimate', type=int, metavar='N')
    parser.add_argument('--speed', type=int, choices=(6, 7, 8), default=8)
    parser.add_argument('--frequency', type=float, default=100.0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--sbox-style', choices=('0', '1', '2'))
    parser.add_argument('--cached', action='store_true')
    parser.add_argument('--critical-path', action='store_true')
    parser.add_argument('--json', type=Path)
    parser.add_argument('--document', type=Path)
    options = parser.parse_args(arguments)
    unknown = [block for block in options.blocks if block not in (*BLOCKS, *HASH_BLOCKS, 'engine')]
    if unknown:
        parser.error(f'there is no block {unknown[0]!r}; --block-list prints their names')
    if options.no_place and options.no_gates:
        parser.error('--no-place and --no-gates together leave nothing to do')
    if options.route_minutes < 0:
        parser.error(f'--route-minutes takes minutes from 0 on, not {options.route_minutes}')
    if options.estimate is not None and (options.estimate < 1 or options.no_place or options.document or options.cached):
        parser.error('--estimate takes the number of paths to print, from 1 on, and neither --no-place, --document nor --cached')
    if not 1 <= options.frequency <= 1000:
        parser.error(f'--frequency takes MHz from 1 to 1000, not {options.frequency:g}')
    for path in (options.json, options.document):
        if path and not path.resolve().parent.is_dir():
            parser.error(f'{path}: there is no such folder')
    if options.document and not options.document.is_file():
        parser.error(f'--document: there is no page {options.document}')
    return options


def tool_advice(error: flows.ToolMissing, skipped: str) -> str:
    tool = str(error).partition(':')[0]
    return (f'{skipped}: {error}. Get it with "scripts/toolbox.sh install {tool}", which unpacks it from a newer Debian '
            'suite without touching the system')


def failed(result: report.Report, error: Exception) -> None:
    result.failures.append(str(error))
    say(str(error))


def measure(options: argparse.Namespace, result: report.Report) -> bool:
    """Fills the report; says whether every tool was there."""
    tools = flows.Tools(say)
    flow = flows.Flow(tools, say, options.cached)
    complete = True
    try:
        result.conditions['tools']['Yosys'] = tools.version('yosys', '-V').removeprefix('Yosys ')
    except flows.ToolMissing as error:
        result.skipped.append(tool_advice(error, 'everything'))
        return False
    place = not options.no_place
    placing = flows.PlaceOptions(options.speed, options.frequency, options.seed, options.route_minutes)
    if place and options.estimate is None:
        try:
            result.conditions['tools']['nextpnr-ecp5'] = tools.version('nextpnr-ecp5', '--version').rpartition(
                'Version ')[2].rstrip(')')
        except flows.ToolMissing as error:
            result.skipped.append(tool_advice(error, 'placing and routing, so LUT4 to MHz'))
            place = complete = False
    blocks = list(dict.fromkeys('cce_top' if block == 'engine' else block for block in options.blocks)) or [*BLOCKS, *HASH_BLOCKS]
    configurations = tuple(CONFIGURATIONS) if options.configuration == 'all' else (options.configuration,)
    wanted = {configuration: [block for block in blocks if block in CONFIGURATIONS[configuration]]
              for configuration in configurations}
    total, number = sum(len(these) for these in wanted.values()), 0
    not_run: dict[str, list[str]] = {}

    def elaborated(parameters: dict[str, str], what: str) -> flows.Design | None:
        try:
            return flow.elaborate(parameters, what)
        except flows.NotCached:
            not_run[what] = []
            return None

    for configuration in configurations:
        if not wanted[configuration]:
            continue
        parameters = parameters_of(configuration)
        result.conditions['parameters'][configuration] = ', '.join(
            f'{name} = {value}' for name, value in parameters.items() if name != 'SboxStyle') or 'all parameters of cce_top'
        gate_design = ecp5_design = None
        if not options.no_gates and options.estimate is None:
            gate_design = elaborated({**parameters, 'SboxStyle': GATE_SBOX}, f'{configuration}, for gates')
        if place:
            style = options.sbox_style or ECP5_SBOX[configuration]
            result.conditions['sbox_style'][configuration] = int(style)
            ecp5_design = elaborated({**parameters, 'SboxStyle': style}, f'{configuration}, for the ECP5')
        if not gate_design and not ecp5_design:
            continue
        for block in wanted[configuration]:
            number += 1
            what = f'[{number}/{total}] {configuration} {block}'
            started = time.monotonic()
            design = gate_design or ecp5_design
            found = hierarchy.variant_of(design.modules, design.top, block) if design else None
            if found is None:
                result.skipped.append(f'{block}: not part of the {configuration} configuration')
                continue
            row = report.Row(configuration, block, found[1])
            result.rows.append(row)
            try:
                if gate_design:
                    row.gates = flow.gates(gate_design, found[0], what)
            except flows.NotCached:
                not_run.setdefault(f'{configuration}, gates', []).append(block)
            except (flows.FlowError, netlist.NetlistError) as error:
                failed(result, error)
            try:
                if ecp5_design:
                    module = hierarchy.variant_of(ecp5_design.modules, ecp5_design.top, block)
                    assert module is not None
                    if options.estimate is not None:
                        row.estimate, row.needs = flow.estimate(ecp5_design, module[0], options.frequency, what)
                        continue
                    row.placed = flow.place(ecp5_design, module[0], placing, what)
            except flows.NotCached:
                not_run.setdefault(f'{configuration}, place and route', []).append(block)
            except (flows.FlowError, netlist.NetlistError, ValueError) as error:
                failed(result, error)
            if not options.cached:
                say(f'{what}: {time.monotonic() - started:.0f} s')
    if not_run and not result.rows:
        raise flows.NotCached
    result.skipped += [f'not run yet: {what}: {", ".join(these) or "all blocks"}' for what, these in not_run.items()]
    return complete


def print_critical_paths(result: report.Report) -> None:
    for row in result.rows:
        if row.placed and row.placed.critical_path:
            print(f'\n{row.block}, {row.configuration}: critical path, ns')
            total = 0.0
            for step in row.placed.critical_path:
                total += step['delay']
                print(f'  {total:6.2f}  {step["delay"]:5.2f} {step["type"]:9}  {step["net"] or step["to"]}')


def print_estimates(result: report.Report, count: int) -> None:
    for row in result.rows:
        if (found := row.estimate) is None or row.needs is None:
            continue
        print(f'{row.block}, {row.configuration}: longest path {found.longest:.1f} ns by estimate; over {found.limit:g} ns: '
              f'{found.end_points_over:,} of {found.end_points:,} end points, {found.groups_over:,} of {len(found.groups):,} '
              'groups')
        needs = ', '.join(f'{need:,} {name} of {flows.LIMITS[name]:,}' for name, need in row.needs.items())
        print(f'needs {needs}, before packing')
        print('     ns  tables  end points  group <- path')
        for group in found.groups[:count]:
            print(f'  {group.nanoseconds:5.1f}  {group.levels:6}  {group.end_points:10,}  {group.name} <- '
                  f'{" > ".join(group.path)}')


def main() -> int:
    options = parse(sys.argv[1:])
    if options.block_list:
        print('\n'.join((*BLOCKS, *HASH_BLOCKS)))
        return REACHED
    result = report.Report({'device': DEVICE, 'speed_grade': options.speed, 'frequency_mhz': options.frequency,
                            'seed': options.seed, 'area_limit_kge': AREA_LIMIT_KGE, 'parameters': {}, 'sbox_style': {},
                            'tools': {}})
    try:
        complete = measure(options, result)
    except flows.NotCached:
        say('error: nothing has been run yet: --cached has nothing to report')
        return MISSED
    except flows.FlowError as error:
        say(f'error: {error}')
        return MISSED
    if options.estimate is None:
        print(result.text(), end='')
    else:
        print_estimates(result, options.estimate)
    if options.critical_path:
        print_critical_paths(result)
    if options.json:
        options.json.write_text(result.as_json(), encoding='utf-8')
    if options.document:
        result.write_document(options.document)
    if not complete:
        return TOOL_MISSING
    if result.failures or not all(goal.reached for goal in result.goals()):
        return MISSED
    return REACHED


if __name__ == '__main__':
    sys.exit(main())
