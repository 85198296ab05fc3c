#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel's TLS over TCP on the loopback device. Prints JSON: what was sent, and how many records that took.

Each cipher is used three times: both ends by the kernel; one end by the kernel, the records decrypted here by generic
code; and a record with a wrong tag, which the kernel must refuse.
"""

import contextlib
import errno
import json
import os
import random
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crypto_api import SOFTWARE_GCM, TAG_BYTES, SoftwareAead

TCP_ULP = 31
SOL_TLS, TLS_TX, TLS_RX = 282, 1, 2
TLS_1_2, TLS_1_3 = 0x0303, 0x0304
AES_GCM_128, AES_GCM_256, AES_CCM_128 = 51, 52, 53
RECORD_BYTES = 16384
APPLICATION_DATA = 23
HEADER_BYTES = 5
SALT_BYTES, EXPLICIT_BYTES = 4, 8
WRITES = (1, 15, 16, 17, 100, 1420, 4096, RECORD_BYTES - 1, RECORD_BYTES, RECORD_BYTES) * 3
FILE_BYTES = 200_000


@dataclass
class Cipher:
    name: str
    version: int
    number: int
    key_bytes: int

    def keys(self, generator: random.Random) -> bytes:
        """What setsockopt() takes: struct tls12_crypto_info_aes_gcm_128 and its like, whose order this is."""
        return struct.pack("=HH", self.version, self.number) + \
            generator.randbytes(EXPLICIT_BYTES + self.key_bytes + SALT_BYTES) + bytes(8)


CIPHERS = (
    Cipher("TLS 1.2 AES-128-GCM", TLS_1_2, AES_GCM_128, 16),
    Cipher("TLS 1.2 AES-256-GCM", TLS_1_2, AES_GCM_256, 32),
    Cipher("TLS 1.2 AES-128-CCM", TLS_1_2, AES_CCM_128, 16),
    Cipher("TLS 1.3 AES-128-GCM", TLS_1_3, AES_GCM_128, 16),
    Cipher("TLS 1.3 AES-256-GCM", TLS_1_3, AES_GCM_256, 32),
)


@contextlib.contextmanager
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a TCP connection: TLS is not for socket pairs."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as one:
        other, _ = listener.accept()
        with other:
            for end in (one, other):
                end.setsockopt(socket.IPPROTO_TCP, TCP_ULP, b"tls")
            yield one, other


def records_of(size: int) -> int:
    return -(-size // RECORD_BYTES)


def send_all(end: socket.socket, messages: list[bytes]) -> None:
    for message in messages:
        end.sendall(message)
    finish(end)


def finish(end: socket.socket) -> None:
    """close() waits for the records that are still being encrypted; shutdown() would send FIN before them."""
    end.close()


def receive_all(end: socket.socket) -> bytes:
    pieces = []
    while data := end.recv(1 << 16):
        pieces.append(data)
    return b"".join(pieces)


def in_child(work) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:  # noqa: whatever it is, the parent must not go on in two processes
            print(error, flush=True)
            os._exit(1)
        os._exit(0)
    return child


def messages_of(generator: random.Random) -> list[bytes]:
    return [generator.randbytes(size) for size in WRITES]


def both_ends(cipher: Cipher, generator: random.Random) -> dict[str, int]:
    """Writes of many sizes, and a file through sendfile()."""
    keys, messages, text = cipher.keys(generator), messages_of(generator), generator.randbytes(FILE_BYTES)
    file = Path("/tmp/tls")
    file.write_bytes(text)
    with connection() as (one, other):
        one.setsockopt(SOL_TLS, TLS_TX, keys)
        other.setsockopt(SOL_TLS, TLS_RX, keys)

        def send() -> None:
            other.close()
            for message in messages:
                one.sendall(message)
            with file.open("rb") as source:
                one.sendfile(source)
            finish(one)

        child = in_child(send)
        one.close()
        right = receive_all(other) == b"".join(messages) + text
        _, status = os.waitpid(child, 0)
    records = sum(records_of(len(message)) for message in messages) + records_of(FILE_BYTES)
    return {"right": int(right and status == 0), "records": 2 * records}


def plaintext_of(cipher: Cipher, keys: bytes, stream: bytes) -> bytes:
    """RFC 5288 and RFC 8446: what records hold, if each one's tag is right."""
    iv, key, salt = (keys[4:4 + EXPLICIT_BYTES], keys[4 + EXPLICIT_BYTES:4 + EXPLICIT_BYTES + cipher.key_bytes],
                     keys[4 + EXPLICIT_BYTES + cipher.key_bytes:-8])
    gcm = SoftwareAead(SOFTWARE_GCM, key)
    pieces = []
    number = position = 0
    while position < len(stream):
        header = stream[position:position + HEADER_BYTES]
        kind, size = header[0], int.from_bytes(header[3:], "big")
        body = stream[position + HEADER_BYTES:position + HEADER_BYTES + size]
        sequence = number.to_bytes(8, "big")
        if kind != APPLICATION_DATA:
            raise RuntimeError(f"record {number} is of type {kind}")
        if cipher.version == TLS_1_2:
            text_bytes = size - EXPLICIT_BYTES - TAG_BYTES
            associated = sequence + header[:3] + text_bytes.to_bytes(2, "big")
            pieces.append(gcm.decrypt(salt + body[:EXPLICIT_BYTES], associated, body[EXPLICIT_BYTES:]))
        else:
            mask = bytes(4) + sequence
            nonce = bytes(a ^ b for a, b in zip(salt + iv, mask))
            inner = gcm.decrypt(nonce, header, body)
            if inner[-1] != APPLICATION_DATA:
                raise RuntimeError(f"record {number} is of inner type {inner[-1]}")
            pieces.append(inner[:-1])
        position += HEADER_BYTES + size
        number += 1
    return b"".join(pieces)


def records_on_the_wire(cipher: Cipher, keys: bytes, messages: list[bytes]) -> bytes:
    with connection() as (one, other):
        one.setsockopt(SOL_TLS, TLS_TX, keys)

        def send() -> None:
            other.close()
            send_all(one, messages)

        child = in_child(send)
        one.close()
        # Without TLS_RX the socket gives what TCP carried.
        stream = receive_all(other)
        os.waitpid(child, 0)
    return stream


def one_end(cipher: Cipher, generator: random.Random) -> dict[str, int]:
    keys, messages = cipher.keys(generator), messages_of(generator)
    stream = records_on_the_wire(cipher, keys, messages)
    text = b"".join(messages)
    return {"right": int(messages[-1][:64] not in stream and plaintext_of(cipher, keys, stream) == text),
            "records": sum(records_of(len(message)) for message in messages)}


def wrong_tag(cipher: Cipher, generator: random.Random) -> dict[str, int]:
    """A good record, then one whose tag has lost a bit: the second must not come through."""
    keys, message = cipher.keys(generator), generator.randbytes(1000)
    stream = bytearray(records_on_the_wire(cipher, keys, [message, message]))
    stream[-1] ^= 1
    with connection() as (one, other):
        other.setsockopt(SOL_TLS, TLS_RX, keys)
        one.sendall(stream)
        first = other.recv(len(message), socket.MSG_WAITALL)
        try:
            other.recv(len(message))
            code = 0
        except OSError as error:
            code = error.errno or 0
    return {"right": int(first == message and code == errno.EBADMSG), "records": 3, "refused": 1}


def main() -> None:
    generator = random.Random(1)
    results = []
    for cipher in CIPHERS:
        tests = [both_ends, wrong_tag] if cipher.number == AES_CCM_128 else [both_ends, one_end, wrong_tag]
        results += [{"cipher": cipher.name, "test": test.__name__, **test(cipher, generator)} for test in tests]
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
