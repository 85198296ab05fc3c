# SPDX-License-Identifier: Apache-2.0
"""The ECP5's block RAM with the delay of its outputs.

Yosys' library says nothing of that delay: to abc9 a word that is read would be there with the clock edge, and it would
spend on the path behind it what is gone already.
"""

from __future__ import annotations

import estimate

_ADDRESS_WIDTH = 14
_DATA_WIDTH = 18
_INITIAL_VALUES = 64
# Of those that Yosys sets when it maps memories.
_PARAMETERS = ('DATA_WIDTH_A', 'DATA_WIDTH_B', 'REGMODE_A', 'REGMODE_B', 'RESETMODE', 'ASYNC_RESET_RELEASE',
               'CSDECODE_A', 'CSDECODE_B', 'WRITEMODE_A', 'WRITEMODE_B', 'CLKAMUX', 'CLKBMUX', 'GSR', 'INIT_DATA',
               *(f'INITVAL_{number:02X}' for number in range(_INITIAL_VALUES)))


def _bus(name: str, width: int) -> list[str]:
    return [f'{name}{bit}' for bit in range(width)]


def verilog() -> str:
    """DP16KD as a module with arrival times (picoseconds), to be read by Yosys with -lib -specify."""
    inputs: list[str] = []
    outputs: list[str] = []
    arrivals: list[str] = []
    for port in ('A', 'B'):
        inputs += [f'{name}{port}' for name in ('CLK', 'CE', 'OCE', 'WE', 'RST')]
        inputs += _bus(f'CS{port}', 3) + _bus(f'AD{port}', _ADDRESS_WIDTH) + _bus(f'DI{port}', _DATA_WIDTH)
        data = _bus(f'DO{port}', _DATA_WIDTH)
        outputs += data
        arrivals += [f"(posedge CLK{port} => ({name} : 1'bx)) = {round(1000 * estimate.BLOCK_RAM_OUTPUT)};" for name in data]
    ports = [f'input {name}' for name in inputs] + [f'output {name}' for name in outputs]
    return '\n'.join([f'module DP16KD({", ".join(ports)});', *(f'parameter {name} = 0;' for name in _PARAMETERS), 'specify',
                      *arrivals, 'endspecify', 'endmodule', ''])
