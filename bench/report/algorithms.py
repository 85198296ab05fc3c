# SPDX-License-Identifier: Apache-2.0
"""Names of what is measured: one vocabulary for --algorithms, the engine's modes and OpenSSL's algorithms."""

from __future__ import annotations

import yaml

from report.machine import ROOT

CONTRACT = yaml.safe_load((ROOT / 'rtl_model/regs/contract.yaml').read_text(encoding='utf-8'))
AES_MODES = ('ecb', 'cbc', 'ctr', 'xts', 'gcm', 'ccm', 'cmac', 'kw', 'kwp')
HASHES = ('sha-224', 'sha-256', 'sha-384', 'sha-512', 'sha-512-224', 'sha-512-256', 'sha3-224', 'sha3-256', 'sha3-384',
          'sha3-512', 'shake-128', 'shake-256')
HMACS = ('hmac-sha-256', 'hmac-sha-512')
KEY_WRAP = ('kw', 'kwp')
KEY_WRAP_LIMIT: int = CONTRACT['constants']['key_wrap_limit_bytes']['value']
#: What has no direction, and no key that the engine expands.
DIGESTS = HASHES + HMACS
KNOWN = AES_MODES + DIGESTS
#: Of what has no direction.
NO_DIRECTION = 'none'
#: What a quick run measures if nothing is asked for.
QUICK = AES_MODES + ('sha-256', 'sha-512', 'sha3-256', 'hmac-sha-256')


class AlgorithmError(Exception):
    """An algorithm that is not known."""


def parse(text: str, quick: bool = False) -> list[str]:
    """The algorithms of a list with commas, in our order; if it is empty, all of them, or those of a quick run."""
    names = [name.strip().lower() for name in text.split(',') if name.strip()]
    for name in names:
        if name not in KNOWN:
            raise AlgorithmError(f"there is no algorithm '{name}'; known: {', '.join(KNOWN)}")
    return [name for name in KNOWN if name in (names or (QUICK if quick else KNOWN))]


def engine_name(name: str) -> str:
    """What the contract calls a mode: sha_512_256, sha3_256, gcm. HMAC is its hash, keyed."""
    return name.removeprefix('hmac-').replace('-', '_')


def key_bits_of(name: str) -> int:
    """Of the comparison's key; 0 where there is none."""
    return 256 if name in AES_MODES else 0


def full_name(name: str) -> str:
    """aes-256-gcm, sha-256: as in the software's figures."""
    return f'aes-{key_bits_of(name)}-{name}' if name in AES_MODES else name


def direction_of(name: str) -> str:
    """The one that is compared."""
    return 'encrypt' if name in AES_MODES else NO_DIRECTION


def openssl_names(names: list[str], key_bits: tuple[int, ...]) -> list[str]:
    """What cce_bench_openssl calls them."""
    result = []
    for name in names:
        if name in DIGESTS:
            result.append(name)
        else:
            result += [f'aes-{bits}-{name}' for bits in key_bits if (name, bits) != ('xts', 192)]
    return result
