#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lets each allocation fail, one after the other: of the module's start, of a device's probe, of transformations and keys.

Usage: short_of_memory.py slab|pages BUS DEVICE [MODULE]   MODULE: to be loaded; else it is

After each failure nothing may be half done: the same must work when no allocation fails. Prints JSON. With EVERY=N in the
environment only each N-th allocation is looked at.
"""

import ctypes
import errno
import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DEBUGFS = Path("/sys/kernel/debug")
TEXT = bytes(32)
TAG_BYTES = 16
MOST = 3000
EVERY = int(os.environ.get("EVERY", "1"))


def fail_only(kind: str) -> None:
    """Allocations that may sleep fail as well, silently, and of this kind only."""
    for name, chosen in (("failslab", "slab"), ("fail_page_alloc", "pages")):
        folder = DEBUGFS / name
        (folder / "verbose").write_text("0")
        (folder / "ignore-gfp-wait").write_text("N" if kind == chosen else "Y")
    (DEBUGFS / "fail_page_alloc" / "min-order").write_text("0" if kind == "pages" else "20")


class FailNth:
    """Of the calling thread's allocations, lets the n-th fail; see Documentation/fault-injection/."""

    def __init__(self) -> None:
        self._file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def attempt(self, number: int, action: Callable[[], object]) -> tuple[bool, int]:
        """Whether there was such an allocation, and the errno of what failed."""
        code = 0
        os.pwrite(self._file, str(number).encode(), 0)
        try:
            action()
        except OSError as error:
            code = error.errno or 0
        left = int(os.pread(self._file, 20, 0).rstrip(b"\n\0"))
        os.pwrite(self._file, b"0", 0)
        return left == 0, code


def each_allocation(action: Callable[[], object], undo: Callable[[], object]) -> dict[str, object]:
    """Counts the ways in which `action` ends."""
    fail_nth = FailNth()
    ends: dict[str, int] = {}
    failures = 0
    for number in range(1, MOST, EVERY):
        failed, code = fail_nth.attempt(number, action)
        if code == 0:
            undo()
        name = errno.errorcode[code] if code else "right"
        if not failed:
            return {"allocations": failures, "ends": ends, "without_failure": name}
        failures += 1
        ends[name] = ends.get(name, 0) + 1
    raise RuntimeError(f"more than {MOST} allocations")


def write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


LIBC = ctypes.CDLL(None, use_errno=True)
SYS_DELETE_MODULE, SYS_FINIT_MODULE = 176, 313  # of x86-64


def system_call(*arguments: object) -> None:
    if LIBC.syscall(*arguments) != 0:
        raise OSError(ctypes.get_errno(), "system call")


def module(path: str) -> dict[str, object]:
    """Loads it, in the end for good."""
    with open(path, "rb") as file:
        def load() -> None:
            system_call(SYS_FINIT_MODULE, file.fileno(), b"", 0)

        result = each_allocation(load, lambda: system_call(SYS_DELETE_MODULE, b"cce", 0))
        load()
    return result


def probe(bus: str, device: str) -> dict[str, object]:
    """Without the algorithms, if the device has been bound before: they are registered once."""
    driver = Path("/sys/bus", bus, "drivers/cce")
    if (driver / device).exists():
        write(driver / "unbind", device)
    # Opened before: opening takes memory, too.
    bind = os.open(driver / "bind", os.O_WRONLY)
    result = each_allocation(lambda: os.write(bind, device.encode()), lambda: write(driver / "unbind", device))
    os.write(bind, device.encode())
    os.close(bind)
    return result


@dataclass
class Algorithm:
    kind: str
    driver: str
    key: bytes
    iv: bytes | None = None

    def unbound(self) -> socket.socket:
        return socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0)

    def answer_bytes(self) -> int:
        """To be asked for exactly: the kernel would wait for more."""
        return {"skcipher": len(TEXT), "aead": len(TEXT) + TAG_BYTES, "hash": TAG_BYTES}[self.kind]

    def run(self, algorithm: socket.socket) -> bytes:
        operation, _ = algorithm.accept()
        with operation:
            if self.iv is None:
                operation.sendall(TEXT)
            else:
                # The kernel takes the associated data's length for nothing else than AEADs.
                assoclen = {"assoclen": 0} if self.kind == "aead" else {}
                operation.sendmsg_afalg([TEXT], op=socket.ALG_OP_ENCRYPT, iv=self.iv, **assoclen)
            return operation.recv(self.answer_bytes())


ALGORITHMS = (
    Algorithm("skcipher", "cbc-aes-cce", bytes(range(16)), bytes(16)),
    Algorithm("skcipher", "xts-aes-cce", bytes(range(64)), bytes(16)),
    Algorithm("aead", "gcm-aes-cce", bytes(range(32)), bytes(12)),
    Algorithm("aead", "ccm-aes-cce", bytes(range(24)), bytes([3]) + bytes(15)),
    Algorithm("hash", "cmac-aes-cce", bytes(range(16))),
    Algorithm("hash", "hmac-sha256-cce", bytes(range(70))),
)


def transformation(row: Algorithm) -> dict[str, object]:
    """bind() makes one."""
    sockets = [row.unbound()]

    def action() -> None:
        sockets[-1].bind((row.kind, row.driver))

    def undo() -> None:
        sockets.pop().close()
        sockets.append(row.unbound())

    result = each_allocation(action, undo)
    sockets.pop().close()
    return result


def key(row: Algorithm) -> dict[str, object]:
    """A key that could not be set leaves the one before, or none; never half of it."""
    with row.unbound() as algorithm:
        algorithm.bind((row.kind, row.driver))
        algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, row.key)
        before = row.run(algorithm)
        result = each_allocation(lambda: algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, row.key),
                                 lambda: None)
        result["same_answer"] = row.run(algorithm) == before
    return result


def main() -> None:
    kind, bus, device, *path = sys.argv[1:]
    fail_only(kind)
    results = {}
    if path:
        results["module"] = module(path[0])
    results["probe"] = probe(bus, device)
    if kind == "slab" and bus == "pci":
        for row in ALGORITHMS:
            results[f"transformation {row.driver}"] = transformation(row)
            results[f"key {row.driver}"] = key(row)
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
