# SPDX-License-Identifier: Apache-2.0
"""Engine against CPU, for pairs of profiles: from which size on each of them is the better one, and what the CPU saves.

The only place where the engine's time meets the host's. The engine's cycles are taken at its profile's clock; host cycles,
measured on the machine that ran the benchmark, at the CPU profile's clock; doorbells and interrupts are constants of the
profiles. Between two sizes that were measured everything is taken to be linear in the size.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from report.algorithms import KEY_WRAP, KEY_WRAP_LIMIT, KNOWN, direction_of, full_name, key_bits_of
from report.engine import SYNCHRONOUS, is_deep
from report.figures import Condition, Report
from report.profiles import CpuProfile, EngineProfile, from_json

KEY_BITS = 256
LARGEST = 1 << 20
STEP = 16  # bytes: a break-even is a multiple of a block
KINDS = {'latency': 'the engine answers sooner, one request at a time',
         'throughput': 'the engine gives more bytes a second, many requests in flight, one core',
         'cpu_time': 'the engine takes less CPU time, many requests in flight'}
#: Whose driver cost stands for the others', as far as it was measured.
DRIVER = {'gcm': 'gcm-aes-cce', 'ccm': 'gcm-aes-cce', 'xts': 'xts-aes-cce'}
DRIVER_DEFAULT = 'ctr-aes-cce'
#: The program's way whose doorbells and interrupts a request are taken, where they were counted.
COUNTED_BACKEND = 'dev_io_uring'


class Curve:
    """Something over the size of a request: linear between the points, and beyond the last two."""

    def __init__(self, points: dict[int, float]) -> None:
        if not points:
            raise ValueError('a curve needs a point')
        self.sizes = sorted(points)
        self.values = [points[size] for size in self.sizes]

    def __call__(self, size: float) -> float:
        if len(self.sizes) == 1:
            return self.values[0]
        right = min(max(bisect_left(self.sizes, size), 1), len(self.sizes) - 1)
        x, y = self.sizes[right - 1:right + 1], self.values[right - 1:right + 1]
        if size < x[0]:
            return y[0]  # below the smallest size measured nothing gets cheaper
        return y[0] + (y[1] - y[0]) * (size - x[0]) / (x[1] - x[0])


@dataclass(frozen=True)
class BreakEven:
    """From `bytes` on, up to the largest size, the engine is the better one; None: never."""

    engine: str
    cpu: str
    algorithm: str
    kind: str
    bytes: int | None


@dataclass(frozen=True)
class Saving:
    """At one size: host cycles that are left for each byte, CPU seconds for each GB."""

    engine: str
    cpu: str
    algorithm: str
    bytes: int
    host_cycles_per_byte: float
    cpu_cycles_per_byte: float
    cpu_seconds_per_gb: float
    saved_cpu_seconds_per_gb: float
    engine_bytes_per_second: float
    cpu_bytes_per_second: float


class Offload:
    """What a request costs that goes to the engine, in nanoseconds, for one algorithm and a pair of profiles."""

    def __init__(self, report: Report, engine: EngineProfile, cpu: CpuProfile, mode: str) -> None:
        self.engine, self.cpu, self.mode = engine, cpu, mode
        memory: dict[str, Condition] = {
            'engine': 'model', 'algorithm': mode, 'key_bits': key_bits_of(mode), 'direction': direction_of(mode), 'queues': 1,
            'bus_bits': engine.bus_bits, 'memory_latency_cycles': engine.memory_latency_cycles}
        latency = {int(figure.conditions['bytes']): figure.value
                   for figure in report.select('engine.latency', depth=SYNCHRONOUS, **memory)}
        turn: dict[int, float] = {}
        for figure in report.select('engine.throughput', **memory):
            if not is_deep(figure.conditions):
                continue
            size = int(figure.conditions['bytes'])
            turn[size] = min(turn.get(size, float('inf')), figure.parts['cycles_per_request'])
        name = full_name(mode)
        software = {int(figure.conditions['bytes']): figure.value * int(figure.conditions['bytes'])
                    for figure in report.select('software.cycles', algorithm=name, direction=direction_of(mode),
                                                instructions=cpu.instructions)}
        driver = DRIVER.get(mode, DRIVER_DEFAULT)
        alone, together = (driver_cost(report, driver, depth) for depth in (1, 0))
        for what, points in (('latencies of the engine', latency), ('turns of the engine', turn),
                             ('cycles of the software', software), ('host cycles of the driver', alone),
                             ('host cycles of the driver, many in flight', together)):
            if not points:
                raise LookupError(f'{name}, {engine.name} against {cpu.name}: there are no {what}')
        self._latency, self._turn, self._software = Curve(latency), Curve(turn), Curve(software)
        self._alone, self._together = Curve(alone), Curve(together)
        self.counted = counted(report)

    def software_ns(self, size: float) -> float:
        return self.cpu.nanoseconds(self._software(size))

    def latency_ns(self, size: float) -> float:
        """One request at a time, waited for with an interrupt: from the call to its return."""
        host = self._alone(size) + self.cpu.interrupt_cycles + self.cpu.wakeup_cycles
        return (self.cpu.nanoseconds(host) + self.engine.doorbell_ns + self.engine.nanoseconds(self._latency(size)) +
                self.engine.interrupt_latency_ns)

    def engine_ns(self, size: float) -> float:
        """What the engine alone takes for each of many requests."""
        return self.engine.nanoseconds(self._turn(size))

    def host_cycles(self, size: float) -> float:
        """Of many requests in flight, each: the driver's, and its share of doorbells and interrupts."""
        doorbell = self.engine.doorbell_ns * self.cpu.clock_ghz * self.counted['doorbells']
        return self._together(size) + self.cpu.interrupt_cycles * self.counted['interrupts'] + doorbell

    def host_ns(self, size: float) -> float:
        return self.cpu.nanoseconds(self.host_cycles(size))

    def turn_ns(self, size: float) -> float:
        """Many in flight, one core: host and engine work at the same time, and the slower one decides."""
        return max(self.engine_ns(size), self.host_ns(size))

    def polling_ns(self, size: float) -> float:
        """CPU time of waiting for one request by looking."""
        return self.engine.nanoseconds(self._latency(size))

    def interrupt_ns(self) -> float:
        """CPU time of waiting for one request by an interrupt."""
        return self.cpu.nanoseconds(self.cpu.interrupt_cycles + self.cpu.wakeup_cycles)

    def largest(self) -> int:
        return KEY_WRAP_LIMIT if self.mode in KEY_WRAP else LARGEST

    def cost(self, kind: str, size: float) -> float:
        return {'latency': self.latency_ns, 'throughput': self.turn_ns, 'cpu_time': self.host_ns}[kind](size)


def driver_cost(report: Report, algorithm: str, depth: int) -> dict[int, float]:
    """Submission and completion together, in host cycles, by size; depth 0: the deepest that was measured."""
    depths = {int(figure.conditions['depth']) for figure in report.select('linux.driver.submit', algorithm=algorithm)}
    if not depths:
        return {}
    depth = depth or max(depths)
    submit, complete = ({int(figure.conditions['bytes']): figure.value
                         for figure in report.select(f'linux.driver.{step}', algorithm=algorithm, depth=depth)}
                        for step in ('submit', 'complete'))
    # A run may have ended between the two.
    return {size: cycles + complete[size] for size, cycles in submit.items() if size in complete}


def counted(report: Report) -> dict[str, float]:
    """Doorbells and interrupts of a request when many are in flight, as counted in the guest; else one each.

    Of all sizes the one that had the most: in the guest's time the CPU takes none, so that with small requests submission
    never ends, and never needs an interrupt.
    """
    found = list(report.select('linux.guest', backend=COUNTED_BACKEND))
    if not found:
        return {'doorbells': 1.0, 'interrupts': 1.0}
    deepest = max(int(figure.conditions['depth']) for figure in found)
    deep = [figure for figure in found if figure.conditions['depth'] == deepest]
    return {name: max(figure.parts[name] for figure in deep) for name in ('doorbells', 'interrupts')}


def break_even(offload: Offload, kind: str) -> int | None:
    """The smallest size from which on the engine is never worse, up to the largest."""
    def better(size: int) -> bool:
        return offload.cost(kind, size) < offload.software_ns(size)

    low, high = STEP, offload.largest()
    if not better(high):
        return None
    # From above, since what counts is that it stays better: curves may cross more than once.
    sizes = [size for size in range(high.bit_length() - 1, low.bit_length() - 2, -1)]
    for exponent in sizes:
        size = 1 << exponent
        if better(size):
            high = size
            continue
        low = size
        while high - low > STEP:
            middle = (low + high) // 2 // STEP * STEP
            low, high = (low, middle) if better(middle) else (middle, high)
        return high
    return high


def pairs_of(report: Report) -> list[tuple[EngineProfile, CpuProfile]]:
    """In the order of all tables and panels: by the engine's clock."""
    profiles = [from_json(data) for data in report.profiles.values()]
    engines = sorted((one for one in profiles if isinstance(one, EngineProfile)), key=lambda one: one.clock_mhz)
    return [(engine, cpu) for engine in engines for cpu in profiles if isinstance(cpu, CpuProfile)]


@dataclass
class Comparison:
    break_evens: list[BreakEven]
    savings: list[Saving]
    missing: list[str]


def compare(report: Report, size: int = 65536) -> Comparison:
    """Every pair of profiles, every mode that was measured on both sides."""
    result = Comparison([], [], [])
    measured = {str(figure.conditions['algorithm']) for figure in report.select('engine.latency')}
    for engine, cpu in pairs_of(report):
        for mode in (name for name in KNOWN if name in measured):
            try:
                offload = Offload(report, engine, cpu, mode)
            except LookupError as error:
                result.missing.append(str(error.args[0]))
                continue
            for kind in KINDS:
                result.break_evens.append(BreakEven(engine.name, cpu.name, mode, kind, break_even(offload, kind)))
            at = min(size, offload.largest())
            software = offload.software_ns(at)
            result.savings.append(Saving(
                engine.name, cpu.name, mode, at, offload.host_cycles(at) / at, software * cpu.clock_ghz / at,
                offload.host_ns(at) / at, (software - offload.host_ns(at)) / at,  # ns for a byte: seconds for a GB
                at * 1e9 / offload.turn_ns(at), at * 1e9 / software))
    return result
