#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Times operations in a guest, by the guest's clock, and prints their nanoseconds as JSON.

Usage: operations.py read|write DEVICE BYTES COUNT                     of a block device, one after the other, not cached
       operations.py datagrams HERE THERE BYTES TOGETHER COUNT         from the network namespace "left" to "right" and back:
                                                                       so many at once, then one that answers the last
"""

import ctypes
import json
import mmap
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

CLONE_NEWNET = 0x40000000
PORT = 4001
TIMEOUT_SECONDS = 5


def blocks(way: str, device: str, size: int, count: int) -> list[int]:
    buffer = mmap.mmap(-1, size)  # whose address O_DIRECT takes
    buffer.write(bytes(range(256)) * (size // 256))
    file = os.open(device, os.O_RDWR | os.O_DIRECT)
    length = os.lseek(file, 0, os.SEEK_END)
    taken = []
    for number in range(count):
        offset = number * size % (length - size + 1) // size * size
        start = time.monotonic_ns()
        done = os.preadv(file, [buffer], offset) if way == "read" else os.pwritev(file, [buffer], offset)
        taken.append(time.monotonic_ns() - start)
        if done != size:
            raise OSError(f"{way} of {size} bytes at {offset}: {done}")
    os.close(file)
    return taken


def enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", namespace).open("rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def answer(address: str, together: int, ready: int) -> NoReturn:
    """In the other namespace: sends back the last of so many, until this process is ended."""
    enter("right")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind((address, PORT))
        os.write(ready, b"!")
        number = 0
        while True:
            data, sender = own.recvfrom(1 << 16)
            number += 1
            if number % together == 0:
                own.sendto(data, sender)


def datagrams(here: str, there: str, size: int, together: int, count: int) -> list[int]:
    ready_read, ready_write = os.pipe()
    other = os.fork()
    if other == 0:
        try:
            answer(there, together, ready_write)
        except OSError as error:
            print(f"{there}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(1)
    os.close(ready_write)  # so that the end of the other one is the end of the pipe
    try:
        if not os.read(ready_read, 1):
            raise OSError(f"{there} does not answer")
        return exchange(here, there, b"C" * size, together, count)
    finally:
        os.close(ready_read)
        os.kill(other, signal.SIGTERM)
        os.waitpid(other, 0)


def exchange(here: str, there: str, data: bytes, together: int, count: int) -> list[int]:
    taken = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind((here, 0))
        own.connect((there, PORT))
        own.settimeout(TIMEOUT_SECONDS)
        for _ in range(count):
            start = time.monotonic_ns()
            for _ in range(together):
                own.send(data)
            if own.recv(1 << 16) != data:
                raise OSError(f"{there} answers something else")
            taken.append(time.monotonic_ns() - start)
    return taken


def main() -> None:
    command, *rest = sys.argv[1:]
    if command == "datagrams":
        here, there, *numbers = rest
        size, together, count = map(int, numbers)
        taken = datagrams(here, there, size, together, count)
    else:
        device, *numbers = rest
        size, count = map(int, numbers)
        taken = blocks(command, device, size, count)
    print(json.dumps({"bytes": size, "nanoseconds": taken}))


if __name__ == "__main__":
    main()
