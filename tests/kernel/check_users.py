# SPDX-License-Identifier: Apache-2.0
"""Judges the tests of users of the crypto API: dm-crypt, IPsec, kTLS, and those that never asked for the engine.

How much of the work the engine did is what its own counter says, against what the block layer, IPsec or the test itself
counted: each sector, packet and record is one request.
"""

import re

from check import check_boot, check_no_fallback, check_quiet
from check_driver import check_share, completed

BLOCK_BYTES = 512  # in which the block layer counts, whatever the size of a device's sectors


def blocks_moved(path):
    """Blocks read and written; see Documentation/block/stat.rst."""
    fields = [int(field) for field in path.read_text().split()]
    return fields[2] + fields[6]


def unnamed(boots, failures):
    """Loading the module changes nothing for those who don't name it."""
    (boot,) = boots
    check_boot(boot, failures)
    with_module, without = boot.json("with"), boot.json("without")
    for name, drivers in without.items():
        failures.equal(f"with the module, {name}", with_module[name], drivers)
        failures.check(len(drivers) == 1 and "cce" not in drivers[0], f"without the module, {name} is {drivers}")
    failures.check(len(without) >= 14, f"only {len(without)} algorithms were looked at")
    moved = blocks_moved(boot.folder / "disk.stat")
    failures.check(moved > 0, "the disk was not used")
    done = completed(boot.snapshot("before"), boot.snapshot("after"))
    failures.equal("completions by the engine that nobody asked for", done, 0)
    print(f"  {len(without)} AES algorithms: the same drivers with and without the module; "
          f"dm-crypt wrote {moved * BLOCK_BYTES} bytes without the engine")


# Bytes of a sector, which is what dm-crypt makes a request of.
DISKS = {"xts_512": 512, "xts_4096": 4096, "xts_no_queues": 4096, "gcm": 4096}


def disk(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    for name, sector_bytes in DISKS.items():
        begin, end = boot.snapshot(f"{name}.begin"), boot.snapshot(f"{name}.end")
        size = BLOCK_BYTES * (blocks_moved(boot.folder / end.name / "disk.stat") -
                              blocks_moved(boot.folder / begin.name / "disk.stat"))
        done = completed(begin, end)
        check_share(name, done, size // sector_bytes, failures)
        # dm-crypt has more sectors for the engine than the one that is alone in it.
        failures.equal(f"{name}: requests that dm-crypt's threads spun for", end.sum("polls") - begin.sum("polls"), 0)
        check_no_fallback(end, failures)
        check_quiet(end, failures)
        files = int((boot.folder / f"{name}.files").read_text())
        failures.check(files >= 50, f"{name}: the CPU found only {files} files")
        print(f"  {name}: {size} bytes in {done} requests, all by the engine; the CPU then reads the same {files} files")
    failures.check((boot.folder / "tampered.status").read_text().strip() != "0", "a changed disk reads without an error")
    sectors = {match[1] for line in boot.log if (match := re.search(r"INTEGRITY AEAD ERROR, sector (\d+)", line))}
    failures.equal("sectors that dm-crypt finds changed", len(sectors), 1)
    print(f"  a bit changed on the disk: sector {', '.join(sectors)} can't be read")


def ipsec(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    before, after = boot.snapshot("before"), boot.snapshot("after")
    drivers = []
    for name, part in (("seqiv(rfc4106(gcm(aes)))", "gcm-aes-cce"),
                       ("echainiv(authenc(hmac(sha256),cbc(aes)))", "authenc-hmac-sha256-cbc-aes-cce")):
        driver = re.search(rf"name *: {re.escape(name)}\ndriver *: (.*)", (boot.folder / "crypto").read_text())
        failures.check(driver and part in driver[1], f"IPsec uses {driver[1] if driver else 'no ' + name}")
        drivers.append(driver[1] if driver else "none")
    packets = 0
    for side in ("left", "right"):
        packets += sum(int(count) for count in re.findall(r"(\d+)\(packets\)", (boot.folder / f"{side}.states").read_text()))
        for line in (boot.folder / f"{side}.errors").read_text().splitlines():
            failures.check(line.split()[1] == "0", f"{side}: {line}")
    # Many encryptions with CBC at once are two requests each.
    twice = after.sum("two_passes") - before.sum("two_passes")
    check_share("packets", completed(before, after) - twice, packets, failures)
    check_no_fallback(after, failures)
    check_quiet(after, failures)
    traffic, wire = boot.json("traffic"), boot.json("wire")
    failures.equal("answers to pings", traffic["answers"], traffic["pings"])
    failures.equal("bulk transfers with the right digest", traffic["bulk_right"], [True, True, True])
    failures.equal("the server's status", traffic["server"], 0)
    # Each ping and each answer, on the wire, was ESP that the CPU can decrypt, and without that can't be read.
    failures.equal("wire", wire, {"packets": 2 * traffic["pings"], "not_esp": 0, "readable": 0,
                                  "pings_inside": 2 * traffic["pings"]})
    print(f"  transport, tunnel, CBC with HMAC: {traffic['answers']} pings answered, 3 x {traffic['bulk_bytes']} bytes right; "
          f"{packets} packets encrypted or decrypted, {packets - twice} by one request of the engine, {twice} by two ({', '.join(drivers)})")


def tls(boots, failures):
    (boot,) = boots
    check_boot(boot, failures)
    before, after = boot.snapshot("before"), boot.snapshot("after")
    results = boot.json("tls")
    for result in results:
        failures.check(result["right"], f"{result['cipher']}, {result['test']}: wrong")
    refused = sum(result.get("refused", 0) for result in results)
    failures.check(len(results) >= 14 and refused >= 5, f"only {len(results)} tests, {refused} with a wrong tag")
    statistics = dict(line.split() for line in (boot.folder / "tls_stat").read_text().splitlines())
    failures.equal("TlsDecryptError", int(statistics["TlsDecryptError"]), refused)
    records = sum(result["records"] for result in results)
    check_share("records", completed(before, after), records, failures)
    check_no_fallback(after, failures)
    check_quiet(after, failures)
    ciphers = sorted({result["cipher"] for result in results})
    print(f"  {', '.join(ciphers)}: {records} records encrypted or decrypted, all by the engine; {refused} forged ones refused")


TESTS = {
    "users.disk": disk,
    "users.ipsec": ipsec,
    "users.tls": tls,
    "users.unnamed": unnamed,
    "users.unnamed_first": unnamed,
}
