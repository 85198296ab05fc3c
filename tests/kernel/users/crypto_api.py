# SPDX-License-Identifier: Apache-2.0
"""The kernel's crypto API, as the user tests need it: on the CPU through AF_ALG, and what /proc/crypto says."""

import re
import socket
import struct
from pathlib import Path

# By their driver names: never the engine, whatever the priorities are.
SOFTWARE_GCM = "gcm_base(ctr(aes-generic),ghash-generic)"
SOFTWARE_AUTHENC = "authenc(hmac(sha256-generic),cbc(aes-generic))"
CRYPTO_AUTHENC_KEYA_PARAM = 1
TAG_BYTES = 16


def authenc_key(mac_key: bytes, cipher_key: bytes) -> bytes:
    """As include/crypto/authenc.h has it: the cipher key's length in a routing attribute, and both keys."""
    return struct.pack("=HH", 8, CRYPTO_AUTHENC_KEYA_PARAM) + struct.pack(">I", len(cipher_key)) + mac_key + cipher_key


class SoftwareAead:
    """Authenticated encryption by the kernel's generic code."""

    def __init__(self, driver: str, key: bytes) -> None:
        self._algorithm = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0)
        self._algorithm.bind(("aead", driver))
        self._algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
        self._algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_AEAD_AUTHSIZE, None, TAG_BYTES)

    def decrypt(self, nonce: bytes, associated: bytes, ciphertext_and_tag: bytes) -> bytes:
        """The plaintext; OSError (EBADMSG) if the tag is wrong."""
        operation, _ = self._algorithm.accept()
        with operation:
            operation.sendmsg_afalg([associated + ciphertext_and_tag], op=socket.ALG_OP_DECRYPT, iv=nonce,
                                    assoclen=len(associated))
            answer = operation.recv(len(associated) + len(ciphertext_and_tag) - TAG_BYTES)
        return answer[len(associated):]


def references() -> dict[tuple[str, str], int]:
    """References to each registered algorithm, by its name and its driver's name."""
    result = {}
    for paragraph in Path("/proc/crypto").read_text(encoding="ascii").split("\n\n"):
        fields = dict(re.split(r"\s*: ", line, maxsplit=1) for line in paragraph.splitlines() if ": " in line)
        if fields:
            result[fields["name"], fields["driver"]] = int(fields["refcnt"])
    return result


def users_of(kind: str, name: str) -> list[str]:
    """The drivers that somebody's first use of `name` takes a reference to: the one of that name that the kernel chooses,
    and, if it is the engine's or rests on the engine's, the engine's and its fallback."""
    before = references()
    with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0) as user:
        user.bind((kind, name))
        after = references()
    # An algorithm that has come into being only for this has a reference of its own.
    return sorted(driver for (algorithm, driver), count in after.items()
                  if count > before.get((algorithm, driver), 1) and (algorithm == name or "cce" in driver))
