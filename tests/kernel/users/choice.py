#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints, as JSON, which drivers the crypto API takes for somebody who asks for an AES algorithm by its name."""

import json

from crypto_api import users_of

ALGORITHMS = {
    "skcipher": ("ecb(aes)", "cbc(aes)", "ctr(aes)", "xts(aes)", "cts(cbc(aes))", "rfc3686(ctr(aes))",
                 "essiv(cbc(aes),sha256)"),
    "aead": ("gcm(aes)", "rfc4106(gcm(aes))", "rfc4543(gcm(aes))", "ccm(aes)", "rfc4309(ccm(aes))",
             "authenc(hmac(sha256),cbc(aes))"),
    "hash": ("cmac(aes)",),
}

print(json.dumps({name: users_of(kind, name) for kind, names in ALGORITHMS.items() for name in names}, indent=1))
