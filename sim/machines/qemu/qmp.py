#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client for QEMU's machine protocol (QMP), for a program that run.sh starts with --host-program.

Usage: qmp.py SOCKET add DEVICE_SOCKET     plug the accelerator of this server in
       qmp.py SOCKET COMMAND [ARGUMENTS]   any command of QMP, its arguments as JSON; prints what it returns

The other way round does not work: device_del of a vfio-user device with MSI-X ends QEMU 11.1 with a failed assertion.
"""

import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

DEVICE = "cce"
PORT = "port0"


class Qmp:
    """One connection. Commands wait for their answers."""

    def __init__(self, path: str, patience: float = 60.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(patience)
        deadline = time.monotonic() + patience
        while True:
            try:
                self._socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self._receive()
        self.execute("qmp_capabilities")

    def _receive(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            raise ConnectionError("QEMU has closed its QMP socket")
        return json.loads(line)

    def execute(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        """What the command returns. Raises RuntimeError with QEMU's words if it fails."""
        message: dict[str, Any] = {"execute": command}
        if arguments:
            message["arguments"] = arguments
        self._socket.sendall(json.dumps(message).encode() + b"\n")
        while True:
            answer = self._receive()
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
            # Else it is an event, of which nobody wants to know.

    def add(self, device_socket: str) -> None:
        """Plugs the accelerator of the server at this socket in."""
        self.execute(
            "device_add",
            {
                "driver": "vfio-user-pci",
                "id": DEVICE,
                "bus": PORT,
                "rombar": 0,
                "x-msg-timeout": 60000,
                "socket": {"type": "unix", "path": device_socket},
            },
        )


def main() -> int:
    if "--help" in sys.argv:
        print(__doc__)
        return 0
    if len(sys.argv) < 3 or (sys.argv[2] == "add" and len(sys.argv) < 4):
        print(__doc__, file=sys.stderr)
        return 2
    path, command, *rest = sys.argv[1:]
    try:
        qmp = Qmp(path)
        if command == "add":
            qmp.add(str(Path(rest[0]).resolve()))
        else:
            print(json.dumps(qmp.execute(command, json.loads(rest[0]) if rest else None), indent=2))
    except (OSError, RuntimeError, json.JSONDecodeError) as error:
        print(f"qmp.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
