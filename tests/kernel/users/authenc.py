#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""authenc(hmac(...),...) through AF_ALG: in one pass of the engine, by the kernel's template over the engine's cipher and
HMAC, and on the CPU. All three must agree, and the first with published ciphertexts and Python's HMAC.

Usage: authenc.py COUNTERS...    the files of debugfs with what each engine has completed

Prints JSON: how many requests were right, and how many of them the engine did for each implementation.
"""

import errno
import hmac
import json
import random
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from crypto_api import authenc_key

HASHES = {"sha256": 32, "sha384": 48, "sha512": 64}  # bytes of the digest
CIPHERS = {"cbc": "cbc-aes", "ctr": "ctr-aes", "rfc3686": "rfc3686-ctr-aes"}
ON_ENGINE = {"cbc": "cbc-aes-cce", "ctr": "ctr-aes-cce", "rfc3686": "rfc3686(ctr-aes-cce)"}
ON_CPU = {"cbc": "cbc(aes-generic)", "ctr": "ctr(aes-generic)", "rfc3686": "rfc3686(ctr(aes-generic))"}
IV_BYTES = {"cbc": 16, "ctr": 16, "rfc3686": 8}
NONCE_BYTES = 4
REQUESTS = 12  # of each hash and cipher


@dataclass(frozen=True)
class Request:
    mac_key: bytes
    cipher_key: bytes
    iv: bytes
    associated: bytes
    text: bytes
    tag_bytes: int


class Implementation:
    def __init__(self, driver: str, request: Request) -> None:
        self._request = request
        self._algorithm = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0)
        self._algorithm.bind(("aead", driver))
        self._algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, authenc_key(request.mac_key, request.cipher_key))
        self._algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_AEAD_AUTHSIZE, None, request.tag_bytes)

    def __enter__(self) -> "Implementation":
        return self

    def __exit__(self, *_: object) -> None:
        self._algorithm.close()

    def _run(self, direction: int, text: bytes, answer_bytes: int) -> bytes:
        associated = self._request.associated
        operation, _ = self._algorithm.accept()
        with operation:
            operation.sendmsg_afalg([associated + text], op=direction, iv=self._request.iv, assoclen=len(associated))
            answer = operation.recv(len(associated) + answer_bytes)
        if answer[:len(associated)] != associated:
            raise RuntimeError("the associated data has not come back")
        return answer[len(associated):]

    def encrypt(self, text: bytes) -> bytes:
        return self._run(socket.ALG_OP_ENCRYPT, text, len(text) + self._request.tag_bytes)

    def decrypt(self, sealed: bytes) -> bytes:
        return self._run(socket.ALG_OP_DECRYPT, sealed, len(sealed) - self._request.tag_bytes)

    def refuses(self, sealed: bytes) -> bool:
        return error_of(self.decrypt, sealed) == errno.EBADMSG


def error_of(operation: Callable[[bytes], bytes], text: bytes) -> int:
    try:
        operation(text)
    except OSError as error:
        return error.errno or -1
    return 0


def one_pass(hash_name: str, cipher: str) -> str:
    return f"authenc-hmac-{hash_name}-{CIPHERS[cipher]}-cce"


def two_passes(hash_name: str, cipher: str) -> str:
    return f"authenc(hmac-{hash_name}-cce,{ON_ENGINE[cipher]})"


def on_cpu(hash_name: str, cipher: str) -> str:
    return f"authenc(hmac({hash_name}-generic),{ON_CPU[cipher]})"


def chosen(generator: random.Random, hash_name: str, cipher: str) -> Request:
    length = generator.choice((1, 15, 16, 17, 64, 100, 1000, generator.randrange(1, 5000)))
    if cipher == "cbc":
        length = (length + 15) // 16 * 16
    nonce_bytes = NONCE_BYTES if cipher == "rfc3686" else 0
    return Request(
        mac_key=generator.randbytes(generator.choice((1, 32, 64, 65, 128, 129, 150))),
        cipher_key=generator.randbytes(generator.choice((16, 24, 32)) + nonce_bytes),
        iv=generator.randbytes(IV_BYTES[cipher]),
        associated=generator.randbytes(generator.choice((0, 8, 16, 24, 63, 64, 65, 300))),
        text=generator.randbytes(length),
        tag_bytes=generator.choice((10, 12, 16, HASHES[hash_name] // 2, HASHES[hash_name])),
    )


def spoiled(generator: random.Random, sealed: bytes) -> bytes:
    position = generator.randrange(len(sealed))
    return sealed[:position] + bytes((sealed[position] ^ 1 << generator.randrange(8),)) + sealed[position + 1:]


def agree(generator: random.Random, driver: str, reference: str, request: Request) -> bool:
    """Four requests: encryption, decryption, a wrong text or tag, a wrong tag."""
    with Implementation(driver, request) as tested, Implementation(reference, request) as cpu:
        sealed = cpu.encrypt(request.text)
        return (tested.encrypt(request.text) == sealed and tested.decrypt(sealed) == request.text
                and tested.refuses(spoiled(generator, sealed))
                and tested.refuses(sealed[:-1] + bytes((sealed[-1] ^ 0x80,))))


# SP 800-38A, F.2.5 and F.5.5 (AES-256), and RFC 3686, 6, test vector 9.
KEY_256 = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
TEXT_38A = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                         "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
PUBLISHED = {
    "cbc": (KEY_256, bytes(range(16)), TEXT_38A,
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
            "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"),
    "ctr": (KEY_256, bytes(range(0xF0, 0x100)), TEXT_38A,
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
            "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"),
    "rfc3686": (bytes.fromhex("ff7a617ce69148e4f1726e2f43581de2aa62d9f805532edff1eed687fb54153d001cc5b7"),
                bytes.fromhex("51a51d70a1c11148"), bytes(range(36)),
                "eb6c52821d0bbbf7ce7594462aca4faab407df866569fd07f48cc0b583d6071f1ec0e6b8"),
}


def agrees_with_published(hash_name: str, cipher: str) -> bool:
    key, iv, text, ciphertext = PUBLISHED[cipher]
    request = Request(mac_key=bytes(range(1, 81)), cipher_key=key, iv=iv, associated=b"header" + iv, text=text,
                      tag_bytes=HASHES[hash_name])
    tag = hmac.digest(request.mac_key, request.associated + bytes.fromhex(ciphertext), hash_name)
    with Implementation(one_pass(hash_name, cipher), request) as tested:
        return tested.encrypt(text) == bytes.fromhex(ciphertext) + tag


def ended(counters: list[Path]) -> int:
    """Requests that the engines have ended."""
    return sum(int(count) for file in counters
               for count in re.findall(r"^(?:completed|failed): (\d+)$", file.read_text(encoding="ascii"), re.M))


def measured(counters: list[Path], drivers: Callable[[str, str], str]) -> dict[str, int]:
    generator = random.Random(1)
    right = 0
    before = ended(counters)
    for hash_name in HASHES:
        for cipher in CIPHERS:
            reference = on_cpu(hash_name, cipher)
            right += sum(agree(generator, drivers(hash_name, cipher), reference, chosen(generator, hash_name, cipher))
                         for _ in range(REQUESTS))
    return {"right": right, "ended_by_engine": ended(counters) - before}


def unfit(counters: list[Path]) -> dict[str, int]:
    """What no engine does is done as on the CPU, errors as well: no text, and with CBC 20 bytes."""
    generator = random.Random(3)
    right = 0
    before = ended(counters)
    for hash_name in HASHES:
        for cipher in CIPHERS:
            driver, reference = one_pass(hash_name, cipher), on_cpu(hash_name, cipher)
            request = replace(chosen(generator, hash_name, cipher), associated=b"header", text=b"")
            right += agree(generator, driver, reference, request)
        text = generator.randbytes(20)
        request = chosen(generator, hash_name, "cbc")
        with Implementation(one_pass(hash_name, "cbc"), request) as tested, \
             Implementation(on_cpu(hash_name, "cbc"), request) as cpu:
            right += error_of(tested.encrypt, text) == error_of(cpu.encrypt, text) == errno.EINVAL
            sealed = text + bytes(request.tag_bytes)
            right += error_of(tested.decrypt, sealed) == error_of(cpu.decrypt, sealed) == errno.EBADMSG
    return {"right": right, "ended_by_engine": ended(counters) - before}


def main() -> None:
    counters = [Path(name) for name in sys.argv[1:]]
    # Their self-tests run when they are first asked for, and are not counted.
    generator = random.Random(2)
    for hash_name in HASHES:
        for cipher in CIPHERS:
            for driver in (one_pass, two_passes, on_cpu):
                Implementation(driver(hash_name, cipher), chosen(generator, hash_name, cipher))
    answer: dict[str, object] = {
        "cases": len(HASHES) * len(CIPHERS) * REQUESTS,
        "one_pass": measured(counters, one_pass),
        "two_passes": measured(counters, two_passes),
        "unfit": unfit(counters),
        "published_wrong": [f"{hash_name} {cipher}" for hash_name in HASHES for cipher in CIPHERS
                      if not agrees_with_published(hash_name, cipher)],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
