# SPDX-License-Identifier: Apache-2.0
"""The tools' runs: elaboration, synthesis to gates, synthesis for the ECP5, place and route. Each is cached by its inputs.

A step's folder in the cache is named by a digest of everything that its result depends on: the text of the source files
below the block and of all packages, the parameters, the script, the tool's version. It is made beside its place and
renamed when it is complete, so that an interrupted run leaves nothing that looks finished, and the next run goes on
where it stopped.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Iterator

import block_ram
import estimate
import harness
import hierarchy
import netlist

SYNTH = Path(__file__).resolve().parent
RTL = SYNTH.parent / 'rtl'
ROOT = SYNTH.parent.parent
TOOLBOX = ROOT / 'scripts' / 'toolbox.sh'
LIBRARY = SYNTH / 'gate_equivalents.lib'
CLOCK = 'clk_i'
DEVICE = ('--85k', '--package', 'CABGA756')
# What the device has; nextpnr would look for room for hours before it said that there is none.
LIMITS = {'LUT4 places': 83640, 'block RAMs': 208, 'DSPs': 156}
# router1 looks at delays, router2 does not: GHASH reached 95 MHz with the one and 78 with the other, from one placement.
ROUTER = 'router1'
# The default engine fills the part: wires are a fifth shorter than with the default placer, which moves cells apart afterwards.
LARGE_PLACER = 'static'
LARGE_TABLES = 40000
HEARTBEAT_SECONDS = 60
ROUTE_MINUTES = 120
# In the folder of a step.
DESIGN, PLACED, REPORT, LOG, OUTPUT = 'design.json', 'placed.json', 'report.json', 'nextpnr.log', 'output.log'
# In nextpnr's log: a clock after placement, what is taken of the device.
FREQUENCY_LINE = re.compile(r"^Info: Max frequency for clock +'([^']+)': ([0-9.]+) MHz", re.MULTILINE)
UTILIZATION_LINE = re.compile(r'^Info:\s+(\w+):\s+(\d+)/\s*\d+\s+\d+%', re.MULTILINE)

# Coarse synthesis, common to both targets: what `synth` does, but module by module until the memories are found (a
# module that stands in the design fourteen times is treated once; finding memories takes long in one large module),
# and without `share`: that pass merges operators that are not used at the same time, which costs much time here, saves
# next to nothing and makes paths longer.
_COARSE = '''
select -assert-none t:$dlatch t:$adlatch t:$sr
opt_expr
opt_clean
check -assert
opt -nodffe -nosdff
fsm
opt
wreduce
peepopt
opt_clean
{compare}alumacc
opt
memory -nomap
opt_clean
'''
_GATES_COARSE = _COARSE.format(compare='')
_ECP5_COARSE = _COARSE.format(compare='techmap -map +/cmp2lut.v -D LUT_WIDTH=6\nopt_expr\nopt_clean\n')

# Enables and resets of registers become gates in front of them; mapping aims at area, module by module.
_GATES = '''
opt -fast -full
techmap
opt -fast
dfflegalize -cell $_DFF_P_ x
opt_clean
check -assert
abc -liberty {library} -script {work}/area.abc
flatten
opt_clean
'''
_GATES_ABC = 'strash\nifraig\ndch\nmap -a -B 0.9\ntopo\n'

# Without the pass `autoname`, which takes half of the time: nets keep the names of the source, which is enough.
# Tables of up to five inputs (two LUT4 and the multiplexer between them), mapped twice: larger ones are quicker one by one
# but take so much room. Against synth_ecp5's own mapping (tables up to seven inputs, once): aes_cipher -10 % of the tables
# with two levels more, lane_unit -5 % with one, slot_table -19 % with none. Rewriting before (&syn3) is another 3 % of
# lane_unit, and a level.
_ECP5 = '''
read_verilog -lib -specify +/lattice/cells_sim_ecp5.v +/lattice/cells_bb_ecp5.v
read_verilog -lib -specify -overwrite <<BLOCK_RAM
''' + block_ram.verilog() + '''BLOCK_RAM
synth_ecp5 -top design -run map_ram:map_ffram
flatten
opt -full
synth_ecp5 -top design -run map_ffram:map_luts
abc9 -W 900 -maxlut 5 -script +&scorr;&sweep;&dc2;&syn3;&syn3;&dc2;&dch,-f,-r;&if,{W},{D};&mfs;&st;&dch,-f,-r;&if,{W},{D};&mfs
clean
synth_ecp5 -top design -run map_cells:check
hierarchy -check
check -noinit
blackbox =A:whitebox
'''


class FlowError(Exception):
    """A step failed; the text says what and why."""


class NotCached(Exception):
    """The step would have to be run, and nothing may be run."""


class RouteGivenUp(Exception):
    """The router came to no end in its time."""


class ToolMissing(Exception):
    """A tool is not there, or too old; the text says which and what to do."""


def cache_folder() -> Path:
    """Where results are kept; CCE_SYNTH_CACHE names another place, for tests."""
    if own := os.environ.get('CCE_SYNTH_CACHE', ''):
        return Path(own)
    base = os.environ.get('XDG_CACHE_HOME', '')
    return (Path(base) if base.startswith('/') else Path.home() / '.cache') / 'cce' / 'synth'


def digest(*parts: str | bytes) -> str:
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, 'little'))
        sha.update(data)
    return sha.hexdigest()[:24]


class Tools:
    """Starts Yosys and nextpnr through scripts/toolbox.sh."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._versions: dict[str, str] = {}

    def version(self, tool: str, option: str) -> str:
        """The tool's version; raises ToolMissing with the toolbox's own words if there is none."""
        if tool not in self._versions:
            run = subprocess.run([TOOLBOX, 'run', tool, '--bind', SYNTH, '--', option], capture_output=True, text=True,
                                 check=False)
            if run.returncode != 0:
                words = ' '.join((run.stdout + run.stderr).split())
                raise ToolMissing(f'{tool}: {words}')
            self._versions[tool] = (run.stdout + run.stderr).strip().splitlines()[0]
        return self._versions[tool]

    def run(self, tool: str, binds: Iterable[Path], arguments: list[str], log: Path, what: str,
            give_up: Callable[[], bool] = lambda: False) -> int:
        """Runs the tool with its output in the log. Says every minute that it is still at work; ends it if `give_up` says so."""
        command = ['nice', '-n', '5', str(TOOLBOX), 'run']
        for bind in binds:
            command += ['--bind', str(bind)]
        started = time.monotonic()
        with log.open('w', encoding='utf-8') as output:
            process = subprocess.Popen([*command, tool, '--', *arguments], stdout=output, stderr=subprocess.STDOUT)
            done = threading.Event()

            def heartbeat() -> None:
                while not done.wait(HEARTBEAT_SECONDS):
                    minutes = int(time.monotonic() - started) // 60
                    self._progress(f'{what}: {tool} at work for {minutes} min')
                    if give_up():
                        process.terminate()

            reporter = threading.Thread(target=heartbeat, daemon=True)
            reporter.start()
            try:
                return process.wait()
            except BaseException:
                process.terminate()
                process.wait()
                raise
            finally:
                done.set()
                reporter.join()


@dataclass(frozen=True)
class Design:
    """The engine in one configuration, elaborated."""

    modules: dict[str, hierarchy.Module]
    top: str
    files: dict[str, str]        # digest of each source file, as it was read, by its name in RTL's folder


@dataclass
class GateResult:
    gate_equivalents: float
    flip_flops: int
    memory_bits: int
    memories: list[str]
    depth: int
    depth_end: str
    cells: dict[str, int]


@dataclass
class PlaceResult:
    placed: bool
    reason: str                  # why not
    seed: int
    tables: int                  # LUT4 places, carry and distributed RAM included
    flip_flops: int
    block_ram: int
    multipliers: int
    table_levels: int
    maximum_frequency: float     # MHz; 0 if not placed
    critical_path: list[dict[str, Any]]
    routed: bool = True          # if not: the frequency is that of the wires expected after placement, and there is no path


@dataclass(frozen=True)
class PlaceOptions:
    speed: int                   # grade
    frequency: float             # MHz wanted
    seed: int
    route_minutes: int = ROUTE_MINUTES  # then the router is stopped; 0: it is not started


class Flow:
    def __init__(self, tools: Tools, progress: Callable[[str], None], cached_only: bool = False) -> None:
        self.tools = tools
        self.cached_only = cached_only
        self.progress = progress
        self.cache = cache_folder()
        self.cache.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _making(self, kind: str, key: str) -> Iterator[tuple[Path, bool]]:
        """The step's folder and whether it is complete; otherwise a new one to fill, which takes its place afterwards."""
        final = self.cache / f'{kind}-{key}'
        if self.cached_only and not final.is_dir():
            raise NotCached(kind)
        with (self.cache / f'{kind}-{key}.lock').open('w', encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if final.is_dir():
                yield final, True
                return
            work = self.cache / f'{kind}-{key}.new'
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            yield work, False
            work.rename(final)

    def _yosys(self, work: Path, script: str, what: str) -> None:
        (work / 'script.ys').write_text(script, encoding='utf-8')
        # A name that Yosys has to declare itself is an undriven wire: an error here.
        status = self.tools.run('yosys', [work, SYNTH.parent],
                                ['-q', '-e', 'implicitly declared', '-l', f'{work}/yosys.log', f'{work}/script.ys'],
                                work / OUTPUT, what)
        if status != 0:
            lines = (work / OUTPUT).read_text(encoding='utf-8', errors='replace').splitlines()[-5:]
            raise FlowError(f'{what}: Yosys failed: ' + ' | '.join(lines) + f' (log: {work}/yosys.log)')
        (work / 'yosys.log').unlink(missing_ok=True)

    def elaborate(self, parameters: dict[str, str], what: str) -> Design:
        """Reads the RTL and resolves the hierarchy of cce_top with these parameters."""
        sources = [RTL / line for line in (RTL / 'cce.f').read_text(encoding='utf-8').split('\n')
                   if line and not line.startswith('#')]
        contract = sorted((SYNTH.parent / 'regs').rglob('*.yaml')) + sorted((SYNTH.parent / 'regs').rglob('*.py')) + \
            sorted((SYNTH.parent / 'regs' / 'templates').iterdir())
        texts = {str(path.relative_to(RTL)): path.read_bytes() for path in sources}
        arguments = ' '.join(f'-chparam {name} {value}' for name, value in sorted(parameters.items()))
        key = digest(self.tools.version('yosys', '-V'), arguments,
                     *(part for name, text in texts.items() for part in (name, text)),
                     *(part for path in contract for part in (str(path.relative_to(ROOT)), path.read_bytes())))
        with self._making('elaborated', key) as (work, complete):
            if not complete:
                self.progress(f'{what}: elaboration')
                subprocess.run(['python3', SYNTH.parent / 'regs' / 'generate.py', '--out', work], check=True,
                               stdout=subprocess.DEVNULL)
                files = ' '.join(str(path) for path in [work / 'cce_contract_pkg.sv', *sources])
                self._yosys(work, f'read_verilog -sv {files}\nhierarchy -check -top cce_top {arguments}\nproc\n'
                            f'chformal -remove\nopt_clean\nwrite_rtlil {work}/design.il\n', what)
            modules = hierarchy.read(work / 'design.il')
        tops = [name for name, module in modules.items() if module.source_name == 'cce_top']
        if len(tops) != 1:
            raise FlowError(f'{what}: one cce_top expected, there are {tops}')
        return Design(modules, tops[0], {name: digest(text) for name, text in texts.items()})

    def _block_key(self, design: Design, block: str) -> str:
        """Digest of the block's sources and parameters, so that changes elsewhere leave it valid.

        Of the sources as they were when the design was elaborated: the files that it names may be another tree's, which
        shares the cache, and may have changed since.
        """
        names = hierarchy.subtree(design.modules, block)
        used = {file for name in names for file in design.modules[name].files}
        files = sorted(name for name in design.files
                       if name.endswith('_pkg.sv') or any(file.endswith(f'/{name}') for file in used))
        contract = [SYNTH.parent / 'regs' / 'contract.yaml', SYNTH.parent / 'regs' / 'generate.py']
        return digest(self.tools.version('yosys', '-V'), *names, *(design.files[name] for name in files),
                      *(path.read_bytes() for path in contract))

    def _write_block(self, design: Design, block: str, work: Path) -> str:
        """Writes the block's RTLIL; returns the commands that read it as the module `design`."""
        names = hierarchy.subtree(design.modules, block)
        (work / 'block.il').write_text(''.join(design.modules[name].text for name in names), encoding='utf-8')
        return f'read_rtlil {work}/block.il\nhierarchy -check -top {_quoted(block)}\nrename -top design\n'

    def gates(self, design: Design, block: str, what: str) -> GateResult:
        """Synthesis to the library of gate equivalents."""
        key = digest(self._block_key(design, block), _GATES_COARSE, _GATES, _GATES_ABC, LIBRARY.read_bytes(),
                     Path(netlist.__file__).read_bytes())
        with self._making('gates', key) as (work, complete):
            if not complete:
                self.progress(f'{what}: gates')
                (work / 'area.abc').write_text(_GATES_ABC, encoding='utf-8')
                script = self._write_block(design, block, work) + _GATES_COARSE + \
                    _GATES.format(library=LIBRARY, work=work) + f'write_json {work}/netlist.json\n'
                self._yosys(work, script, what)
                module = netlist.load(work / 'netlist.json')
                counts = netlist.cell_counts(module)
                memories = netlist.memories(module)
                depth = netlist.depth(module)
                result = GateResult(
                    gate_equivalents=round(netlist.gate_equivalents(counts, netlist.library_areas(LIBRARY)), 1),
                    flip_flops=counts[netlist.GATE_REGISTER], memory_bits=sum(memory.size for memory in memories),
                    memories=[f'{memory.words} x {memory.bits}' for memory in memories], depth=depth.levels,
                    depth_end=depth.end, cells=dict(sorted(counts.items())))
                _finish(work, asdict(result))
            return GateResult(**_finished(work))

    def _ecp5(self, design: Design, block: str, what: str) -> tuple[str, Path]:
        """Synthesis for the ECP5; returns the key and the folder with netlist.json."""
        key = digest(self._block_key(design, block), _ECP5_COARSE, _ECP5)
        with self._making('ecp5', key) as (work, complete):
            if not complete:
                self.progress(f'{what}: synthesis for the ECP5')
                self._yosys(work, self._write_block(design, block, work) + _ECP5_COARSE + _ECP5 +
                            f'write_json {work}/netlist.json\n', what)
                (work / 'block.il').unlink()
        return key, self.cache / f'ecp5-{key}'

    def estimate(self, design: Design, block: str, frequency: float, what: str) -> tuple[estimate.Estimate, dict[str, int]]:
        """Synthesis for the ECP5; the delays of the netlist before it is placed, and what it needs of the device."""
        _, folder = self._ecp5(design, block, what)
        module = netlist.load(folder / 'netlist.json')
        return estimate.estimate(module, 1000 / frequency), needs_of(module)

    def place(self, design: Design, block: str, options: PlaceOptions, what: str) -> PlaceResult:
        """Synthesis, place and route on the ECP5-85F, within registers at all pins (harness.py).

        The placement is kept by itself: a route that was interrupted starts from it again. What the router does not come to
        an end with in its time is told as it was placed; so is, if nothing may be run, what was only placed.
        """
        key, folder, result = self._placement(design, block, options, what)
        if not result.placed or options.route_minutes == 0:
            return result
        try:
            return self._route(key, folder, result, options, what)
        except NotCached:
            return result

    def _placement(self, design: Design, block: str, options: PlaceOptions, what: str) -> tuple[str, Path, PlaceResult]:
        """Returns the key, and the folder that has what nextpnr placed."""
        version = self.tools.version('nextpnr-ecp5', '--version')
        netlist_key, folder = self._ecp5(design, block, what)
        key = digest(netlist_key, version, Path(harness.__file__).read_bytes(), Path(netlist.__file__).read_bytes(),
                     repr((DEVICE, LARGE_PLACER, LARGE_TABLES, ROUTER)), repr((options.speed, options.frequency, options.seed)))
        with self._making('placement', key) as (work, complete):
            if not complete:
                module = netlist.load(folder / 'netlist.json')
                levels = netlist.depth(module).levels
                large = netlist.cell_counts(module)['LUT4'] > LARGE_TABLES
                added = harness.surround(module, CLOCK)
                if lacking := _lacking(module):
                    result = _does_not_fit(lacking, module, added, levels, options.seed)
                else:
                    self.progress(f'{what}: place')
                    (work / DESIGN).write_text(json.dumps({'modules': {'design': module}}), encoding='utf-8')
                    status = self._nextpnr(work, options, what, [
                        '--json', f'{work}/{DESIGN}', '--top', 'design', '--no-route', '--write', f'{work}/{PLACED}',
                        # Is written into the design, and obeyed when that is read, whatever is asked for then.
                        '--router', ROUTER,
                        *(('--placer', LARGE_PLACER) if large else ())])
                    (work / DESIGN).unlink()
                    if status == 0:
                        _compress(work / PLACED)
                        result = _placed_only(work / LOG, added, levels, options.seed)
                    else:
                        result = _not_placed(work, module, added, levels, options.seed)
                _finish(work, asdict(result))
            result = PlaceResult(**_finished(work))
        return key, self.cache / f'placement-{key}', result

    def _route(self, placement_key: str, placement: Path, placed: PlaceResult, options: PlaceOptions, what: str) -> PlaceResult:
        """A route that came to an end is the same whatever its time was; one that did not is tried again if there is more."""
        key = digest(placement_key)
        given_up = self.cache / f'routed-{key}.given-up'
        if given_up.is_file() and int(given_up.read_text(encoding='utf-8')) >= options.route_minutes:
            return placed
        try:
            with self._making('routed', key) as (work, complete):
                if not complete:
                    _finish(work, asdict(self._routed_within(work, placement, placed, options, what)))
                given_up.unlink(missing_ok=True)
                return PlaceResult(**_finished(work))
        except RouteGivenUp:
            given_up.write_text(str(options.route_minutes), encoding='utf-8')
            return placed

    def _routed_within(self, work: Path, placement: Path, placed: PlaceResult, options: PlaceOptions, what: str) -> PlaceResult:
        self.progress(f'{what}: route')
        _decompress(placement / PLACED, work)
        end = time.monotonic() + 60 * options.route_minutes
        status = self._nextpnr(work, options, what, [
            '--json', f'{work}/{PLACED}', '--no-pack', '--no-place', '--report', f'{work}/{REPORT}'],
            lambda: time.monotonic() > end)
        (work / PLACED).unlink()
        if status == 0:
            return _routed(work / REPORT, placed)
        if time.monotonic() > end:
            raise RouteGivenUp
        raise FlowError(f'{what}: nextpnr-ecp5 could not route: {_reason(work)} (log: {work}/{LOG})')

    def _nextpnr(self, work: Path, options: PlaceOptions, what: str, arguments: list[str],
                 give_up: Callable[[], bool] = lambda: False) -> int:
        return self.tools.run('nextpnr-ecp5', [work], [
            *DEVICE, '--speed', str(options.speed), '--freq', f'{options.frequency:g}', '--seed', str(options.seed),
            '--lpf-allow-unconstrained', '--timing-allow-fail', '--log', f'{work}/{LOG}', '-q', *arguments],
            work / OUTPUT, what, give_up)


def _quoted(name: str) -> str:
    """A module's name as Yosys' command line wants it."""
    return name if name.startswith('$') else f'\\{name}'


def _finish(work: Path, result: dict[str, Any]) -> None:
    for name in ('netlist.json', 'block.il'):
        (work / name).unlink(missing_ok=True)
    (work / 'result.json').write_text(json.dumps(result, indent=1), encoding='utf-8')


def _finished(work: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((work / 'result.json').read_text(encoding='utf-8'))
    return result


def needs_of(module: dict[str, Any]) -> dict[str, int]:
    """Places in the device, before packing, which needs some more LUT4."""
    counts = netlist.cell_counts(module)
    # A distributed RAM takes four places, and blocks the two that its write port is in.
    return {'LUT4 places': counts['LUT4'] + 2 * counts['CCU2C'] + 6 * counts['TRELLIS_DPR16X4'],
            'block RAMs': counts['DP16KD'] + counts['PDPW16KD'], 'DSPs': counts['MULT18X18D']}


def _lacking(module: dict[str, Any]) -> str:
    """What there is not enough of, in words; empty if the netlist may fit."""
    return ', '.join(f'{need:,} {name} of {LIMITS[name]:,}' for name, need in needs_of(module).items() if need > LIMITS[name])


def _does_not_fit(reason: str, module: dict[str, Any], added: harness.Added, levels: int, seed: int) -> PlaceResult:
    needs = needs_of(module)
    return PlaceResult(
        placed=False, reason=reason, seed=seed, tables=needs['LUT4 places'] - added.tables,
        flip_flops=netlist.cell_counts(module)['TRELLIS_FF'] - added.registers, block_ram=needs['block RAMs'],
        multipliers=needs['DSPs'], table_levels=levels, maximum_frequency=0.0, critical_path=[])


def _compress(path: Path) -> None:
    """The whole engine's design takes 160 MiB, and a tenth of that so."""
    with path.open('rb') as plain, gzip.open(f'{path}.gz', 'wb', compresslevel=3) as packed:
        shutil.copyfileobj(plain, packed)
    path.unlink()


def _decompress(path: Path, folder: Path) -> None:
    with gzip.open(f'{path}.gz', 'rb') as packed, (folder / path.name).open('wb') as plain:
        shutil.copyfileobj(packed, plain)


def _reason(work: Path) -> str:
    """The error that nextpnr ended with."""
    text = (work / OUTPUT).read_text(encoding='utf-8', errors='replace')
    for line in text.splitlines():
        if line.startswith('ERROR: '):
            return line.removeprefix('ERROR: ')
    raise FlowError(f'nextpnr-ecp5 ended without a result and without a reason: {text[-300:]} (log: {work}/{LOG})')


def _not_placed(work: Path, module: dict[str, Any], added: harness.Added, levels: int, seed: int) -> PlaceResult:
    """What nextpnr said when it gave up, and the cells that it was given."""
    return _does_not_fit(_reason(work), module, added, levels, seed)


def _placed_only(log: Path, added: harness.Added, levels: int, seed: int) -> PlaceResult:
    """Without a routed design nextpnr reports no frequency; its log has what it expected after placement."""
    text = log.read_text(encoding='utf-8', errors='replace') if log.is_file() else ''
    used = {name: int(count) for name, count in UTILIZATION_LINE.findall(text)}
    frequencies = [float(achieved) for _, achieved in FREQUENCY_LINE.findall(text)]
    if not used or len(frequencies) != 1:
        raise FlowError(f'nextpnr-ecp5 was to place, and tells {len(frequencies)} clocks of one (log: {log})')
    return PlaceResult(
        placed=True, reason='', seed=seed, routed=False, tables=used['TRELLIS_COMB'] - added.tables,
        flip_flops=used['TRELLIS_FF'] - added.registers, block_ram=used['DP16KD'], multipliers=used['MULT18X18D'],
        table_levels=levels, maximum_frequency=frequencies[0], critical_path=[])


def _routed(report_file: Path, placed: PlaceResult) -> PlaceResult:
    report = json.loads(report_file.read_text(encoding='utf-8'))
    clocks = list(report['fmax'].values())
    if len(clocks) != 1:
        raise FlowError(f'nextpnr-ecp5 reports {len(clocks)} clocks, one was expected (report: {report_file})')
    clock = next(iter(report['fmax']))
    paths = [path['path'] for path in report['critical_paths'] if clock in path['from'] and clock in path['to']]
    return replace(placed, routed=True, maximum_frequency=round(clocks[0]['achieved'], 2),
                   critical_path=[{'type': step['type'], 'delay': step['delay'], 'net': step.get('net', ''),
                                   'to': step['to']['cell']} for step in (paths[0] if paths else [])])
