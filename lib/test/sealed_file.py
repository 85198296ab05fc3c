#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sealed files by docs/file-format.md, with Python's cryptography: an implementation of its own, for the tests.

Usage: sealed_file.py seal KEYFILE [--context TEXT] [--log2 N] [--salt HEX] <text >file
       sealed_file.py open KEYFILE [--context TEXT] <file >text
       sealed_file.py --example
"""

import argparse
import hmac
import os
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

MAGIC = bytes.fromhex("894343450d0a1a0a")
LABEL = b"cce sealed file 1"
TAG = 16


def derive(key: bytes, covered: bytes, context: bytes) -> tuple[bytes, bytes]:
    """Chunk key and header tag."""
    output = b""
    for i in (1, 2, 3):
        mac = CMAC(AES(key))
        mac.update(struct.pack(">I", i) + LABEL + b"\0" + covered + context + struct.pack(">I", 384))
        output += mac.finalize()
    return output[:32], output[32:]


def nonce(number: int, last: bool) -> bytes:
    return bytes(3) + struct.pack(">Q", number) + bytes([last])


def seal(key: bytes, text: bytes, context: bytes, log2: int, salt: bytes) -> bytes:
    covered = MAGIC + bytes([1, 1, log2]) + bytes(5) + salt
    chunk_key, tag = derive(key, covered, context)
    size = 1 << log2
    pieces = [text[i : i + size] for i in range(0, len(text), size)] or [b""]
    cipher = AESGCM(chunk_key)
    chunks = (cipher.encrypt(nonce(i, i == len(pieces) - 1), piece, None) for i, piece in enumerate(pieces))
    return covered + tag + b"".join(chunks)


def open_sealed(key: bytes, data: bytes, context: bytes) -> bytes:
    covered, tag, body = data[:48], data[48:64], data[64:]
    if data[:8] != MAGIC or data[8:10] != b"\1\1" or any(data[11:16]) or not 10 <= data[10] <= 23:
        sys.exit("no sealed file of version 1")
    chunk_key, expected = derive(key, covered, context)
    if not hmac.compare_digest(tag, expected):
        sys.exit("header tag")
    size = (1 << data[10]) + TAG
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    if not pieces or (len(pieces) > 1 and len(pieces[-1]) <= TAG):
        sys.exit("cut off")
    cipher = AESGCM(chunk_key)
    text = []
    for i, piece in enumerate(pieces):
        try:
            text.append(cipher.decrypt(nonce(i, i == len(pieces) - 1), piece, None))
        except InvalidTag:
            sys.exit(f"chunk {i}")
    return b"".join(text)


def example() -> str:
    sealed = seal(bytes(range(32)), b"", b"", 16, bytes(range(0x20, 0x40)))
    return "\n".join(sealed[i : i + 16].hex(" ") for i in range(0, len(sealed), 16))


def main() -> None:
    if sys.argv[1:] == ["--example"]:
        print(example())
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("seal", "open"))
    parser.add_argument("key")
    parser.add_argument("--context", default="")
    parser.add_argument("--log2", type=int, default=16)
    parser.add_argument("--salt", default="")
    arguments = parser.parse_args()
    with open(arguments.key, "rb") as file:
        key = file.read()
    data = sys.stdin.buffer.read()
    context = arguments.context.encode()
    if arguments.what == "seal":
        salt = bytes.fromhex(arguments.salt) or os.urandom(32)
        result = seal(key, data, context, arguments.log2, salt)
    else:
        result = open_sealed(key, data, context)
    sys.stdout.buffer.write(result)


if __name__ == "__main__":
    main()
