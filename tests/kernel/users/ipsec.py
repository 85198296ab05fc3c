#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Traffic through IPsec from the network namespace "left" to "right", and a look at what the wire carried.

Usage: ipsec.py traffic PACKETS ADDRESS-HERE:ADDRESS-THERE...   in the namespace "left"; writes what both of them send
       ipsec.py look PACKETS GCM-KEY-AND-SALT MAC-KEY CBC-KEY   decrypts these packets on the CPU

Both print JSON.
"""

import ctypes
import hashlib
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from crypto_api import SOFTWARE_AUTHENC, SOFTWARE_GCM, SoftwareAead, authenc_key

PATTERN = bytes.fromhex("4343452d70696e672d4343452d70696e")  # ping fills its packets with it
PING_BYTES = (40, 600, 1200, 4000)  # the last one in fragments
PINGS = 6
PORT = 4000
BULK_BYTES = 1 << 20
CLONE_NEWNET = 0x40000000
ETH_P_ALL, ETH_P_IP = 3, 0x0800
ESP = 50
GCM_IV_BYTES, SALT_BYTES, CBC_IV_BYTES = 8, 4, 16
FIRST_CBC_SPI = 0x300  # of the associations with CBC and HMAC


def enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", namespace).open("rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def serve(addresses: list[str], ready: int) -> None:
    """Takes one connection at each address, and answers with the digest of what came."""
    listeners = [socket.create_server((address, PORT)) for address in addresses]
    os.write(ready, b"!")
    for listener in listeners:
        connection, _ = listener.accept()
        digest = hashlib.sha256()
        while data := connection.recv(1 << 16):
            digest.update(data)
        connection.sendall(digest.digest())
        connection.close()


def send_bulk(here: str, there: str) -> bool:
    """Sends random bytes; is the digest that comes back theirs?"""
    data = random.Random(here).randbytes(BULK_BYTES)
    with socket.create_connection((there, PORT), source_address=(here, 0)) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(32, socket.MSG_WAITALL)
    return answer == hashlib.sha256(data).digest()


def ping(here: str, there: str, size: int) -> int:
    """How many answers came."""
    run = subprocess.run(["ping", "-q", "-n", "-c", str(PINGS), "-i", "0.01", "-W", "2", "-s", str(size),
                          "-p", PATTERN.hex(), "-I", here, there], check=False, capture_output=True, text=True)
    received = re.search(r"(\d+) received", run.stdout)
    if received is None:
        raise RuntimeError(f"ping: {run.stdout}{run.stderr}")
    return int(received[1])


def packet_socket() -> socket.socket:
    """Sees what goes through veth0 of the namespace that makes it, without Ethernet headers."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    wire.bind(("veth0", ETH_P_ALL))
    wire.setblocking(False)
    return wire


def captured(wire: socket.socket) -> list[bytes]:
    """The IP packets sent so far. (Of those received, it would also show what the tunnel had in them.)"""
    packets = []
    try:
        while True:
            packet, (_, protocol, kind, *_) = wire.recvfrom(1 << 16)
            if (protocol, kind) == (ETH_P_IP, socket.PACKET_OUTGOING):
                packets.append(packet)
    except BlockingIOError:
        return packets


def traffic(file: Path, pairs: list[list[str]]) -> dict[str, object]:
    ready_read, ready_write = os.pipe()
    server = os.fork()
    if server == 0:
        enter("right")
        serve([there for _, there in pairs], ready_write)
        os._exit(0)
    os.read(ready_read, 1)
    enter("right")
    wires = [packet_socket()]
    enter("left")
    wires.append(packet_socket())
    packets = []
    answers = 0
    for here, there in pairs:
        for size in PING_BYTES:
            answers += ping(here, there, size)
            for wire in wires:
                packets += captured(wire)
    for wire in wires:
        wire.close()
    bulk = [send_bulk(here, there) for here, there in pairs]
    _, status = os.waitpid(server, 0)
    file.write_text("\n".join(packet.hex() for packet in packets), encoding="ascii")
    return {"pings": len(pairs) * len(PING_BYTES) * PINGS, "answers": answers, "bulk_right": bulk,
            "bulk_bytes": BULK_BYTES, "server": status}


def reassembled(packets: list[bytes]) -> list[tuple[int, bytes]]:
    """Protocol and payload of each IP packet, its fragments put together."""
    parts: dict[bytes, dict[int, bytes]] = defaultdict(dict)
    result = []
    for packet in packets:
        header = (packet[0] & 15) * 4
        total, flags = struct.unpack_from(">H2xH", packet, 2)
        # Identification, protocol, addresses.
        fragments = parts[packet[4:6] + packet[9:10] + packet[12:20]]
        fragments[(flags & 0x1FFF) * 8] = packet[header:total]
        if flags & 0x2000 == 0:
            result.append((packet[9], b"".join(fragments[offset] for offset in sorted(fragments))))
            fragments.clear()
    return result


class Decryption:
    """What an ESP packet holds behind SPI and sequence number, which are authenticated. The IV is sent."""

    def __init__(self, key_and_salt: bytes, mac_key: bytes, cbc_key: bytes) -> None:
        self._salt = key_and_salt[-SALT_BYTES:]
        self._gcm = SoftwareAead(SOFTWARE_GCM, key_and_salt[:-SALT_BYTES])
        self._cbc = SoftwareAead(SOFTWARE_AUTHENC, authenc_key(mac_key, cbc_key))

    def __call__(self, payload: bytes) -> bytes:
        (spi,) = struct.unpack_from(">I", payload)
        if spi >= FIRST_CBC_SPI:  # RFC 4868, 2.7: the IV is authenticated as well
            begin = 8 + CBC_IV_BYTES
            return self._cbc.decrypt(payload[8:begin], payload[:begin], payload[begin:])
        begin = 8 + GCM_IV_BYTES  # RFC 4106, 8.1: the salt is part of the key
        return self._gcm.decrypt(self._salt + payload[8:begin], payload[:8], payload[begin:])


def look(file: Path, decrypted: Decryption) -> dict[str, int]:
    packets = reassembled([bytes.fromhex(line) for line in file.read_text(encoding="ascii").splitlines()])
    result = {"packets": len(packets), "not_esp": 0, "readable": 0, "pings_inside": 0}
    for protocol, payload in packets:
        if protocol != ESP:
            result["not_esp"] += 1
            continue
        result["readable"] += PATTERN in payload
        result["pings_inside"] += PATTERN in decrypted(payload)
    return result


def main() -> None:
    command, file, *rest = sys.argv[1:]
    if command == "traffic":
        answer: object = traffic(Path(file), [pair.split(":") for pair in rest])
    else:
        answer = look(Path(file), Decryption(*map(bytes.fromhex, rest)))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
