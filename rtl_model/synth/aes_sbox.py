#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Derives the matrices of aes_sbox_composite and prints their gates in SystemVerilog.

The S-box (FIPS 197, 5.1.1) is an inversion in GF(2^8) and an affine map. The inversion is done in the tower
GF(((2^2)^2)^2) with normal bases (W^2, W), (Z^4, Z), (Y^16, Y), all with trace 1, as D. Canright's "A Very Compact
S-Box for AES" (CHES 2005) does. Both directions share the inverter, so the maps around it are
    before   basis change                  or  inverse affine map, then basis change
    after    basis change, then affine map or  basis change
Each pair of 8 x 8 matrices is made by one network of XOR gates with 16 outputs: greedily, the pair of signals that
most outputs need becomes a gate (Paar), ties broken at random, best of many runs. Tried for all bases; the cheapest
wins. The result is checked for every byte in both directions before it is printed.
"""

import argparse
import itertools
import random

POLYNOMIAL = 0x11B


def multiply(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= POLYNOMIAL
        b >>= 1
    return product


def power(a, n):
    result = 1
    for _ in range(n):
        result = multiply(result, a)
    return result


def invert(a):
    return power(a, 254)


def affine(x):
    """The affine map of SBOX() without its constant."""
    result = 0
    for i in range(8):
        bit = sum(x >> ((i + j) % 8) & 1 for j in (0, 4, 5, 6, 7)) & 1
        result |= bit << i
    return result


def columns_of(function):
    return [function(1 << i) for i in range(8)]


def apply(columns, x):
    result = 0
    for i, column in enumerate(columns):
        if x >> i & 1:
            result ^= column
    return result


def inverse_columns(columns):
    table = {apply(columns, x): x for x in range(256)}
    assert len(table) == 256
    return [table[1 << i] for i in range(8)]


def rows_of(columns):
    """Row r as a set of the input bits that it sums."""
    return [frozenset(i for i in range(8) if columns[i] >> r & 1) for r in range(8)]


def bases():
    """Yields (basis of 8 elements, lowest first; W-coordinates of N; Z-coordinates of nu)."""
    w = next(x for x in range(2, 256) if power(x, 3) == 1)
    quarter = [x for x in range(256) if power(x, 4) == x]
    sixteenth = [x for x in range(256) if power(x, 16) == x]
    for z in sixteenth:
        if z in quarter or z ^ power(z, 4) != 1:
            continue
        for y in range(256):
            if y in sixteenth or y ^ power(y, 16) != 1:
                continue
            pairs = itertools.product((y, power(y, 16)), (z, power(z, 4)), (w, power(w, 2)))
            basis = [multiply(multiply(a, b), c) for a, b, c in pairs]
            yield basis, power(z, 5), power(y, 17)


def network(rows, generator):
    """XOR gates [(name, a, b)] and the signal of each row (Paar's greedy algorithm)."""
    rows = [set(row) for row in rows]
    gates = []
    while True:
        counts = {}
        for row in rows:
            for pair in itertools.combinations(sorted(row), 2):
                counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            break
        most = max(counts.values())
        pair = generator.choice([p for p, count in counts.items() if count == most])
        new = 8 + len(gates)
        gates.append(pair)
        for row in rows:
            if pair[0] in row and pair[1] in row:
                row -= set(pair)
                row.add(new)
    return gates, [next(iter(row)) for row in rows]


def coordinates(basis, x):
    """x in the tower basis."""
    return next(v for v in range(256) if apply(basis, v) == x)


def linear_bits(function, width):
    """A linear map on `width` bits: for each output bit, the input bits that it sums."""
    images = [function(1 << i) for i in range(width)]
    return [[i for i in range(width) if images[i] >> r & 1] for r in range(width)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="random runs for each basis")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)

    affine_columns = columns_of(affine)
    inverse_affine = inverse_columns(affine_columns)
    best = None
    for basis, n, nu in bases():
        to_tower = inverse_columns(basis)
        before = rows_of(to_tower) + rows_of([apply(to_tower, c) for c in inverse_affine])
        after = rows_of([apply(affine_columns, c) for c in basis]) + rows_of(basis)
        # The inverse of (a, b) over GF(2^4) is (b, a) / norm: the same basis serves both sides.
        first = min((network(before, generator) for _ in range(arguments.runs)), key=lambda x: len(x[0]))
        second = min((network(after, generator) for _ in range(arguments.runs)), key=lambda x: len(x[0]))
        # Squaring and scaling by nu, scaling by N: bits to add.
        scale = linear_bits(lambda v: coordinates(basis, multiply(nu, power(apply_low(basis, v, 4), 2))) & 15, 4)
        small = linear_bits(lambda v: coordinates(basis, multiply(n, apply_low(basis, v, 2))) & 3, 2)
        cost = len(first[0]) + len(second[0]) + sum(len(s) - 1 for s in scale) + 4 * sum(len(s) - 1 for s in small)
        if best is None or cost < best[0]:
            best = (cost, basis, n, nu, first, second, scale, small)
    emit(*best, inverse_affine)


def apply_low(basis, v, width):
    """The element of the subfield GF(2^width) whose coordinates are v: in a basis of trace 1, (v, v) is v itself."""
    while width < 8:
        v |= v << width
        width *= 2
    return apply(basis, v)


def evaluate(first_or_second, x):
    gates, outputs = first_or_second
    signals = [x >> i & 1 for i in range(8)]
    for a, b in gates:
        signals.append(signals[a] ^ signals[b])
    return sum(signals[s] << i for i, s in enumerate(outputs))


def emit(cost, basis, n, nu, first, second, scale, small, inverse_affine):
    for x in range(256):
        for inverse in (0, 1):
            tower = evaluate(first, x) >> 8 * inverse & 255
            if inverse:
                tower ^= coordinates(basis, apply(inverse_affine, 0x63))
            field = invert(apply(basis, tower))
            result = evaluate(second, coordinates(basis, field)) >> 8 * inverse & 255
            if not inverse:
                result ^= 0x63
            expected = affine(invert(x)) ^ 0x63
            if inverse:
                expected = invert(apply(inverse_affine, x ^ 0x63))
            assert result == expected
    print(f"// {len(first[0])} + {len(second[0])} XOR gates in the two maps, cost {cost}")
    print("// basis, lowest first: " + " ".join(f"{b:02x}" for b in basis) + f"; N = {n:02x}, nu = {nu:02x}")
    print(f"// constant before the inverter (inverse only): 8'h{coordinates(basis, apply(inverse_affine, 0x63)):02x}")
    for name, source, (gates, outputs) in (("front", "data_i", first), ("back", "inverted", second)):
        for i, (a, b) in enumerate(gates):
            operand = [f"{source}[{s}]" if s < 8 else f"{name}[{s - 8}]" for s in (a, b)]
            print(f"    {name}[{i}] = {operand[0]} ^ {operand[1]};")
        for half, words in ((0, "forward"), (8, "inverse")):
            signals = [f"{source}[{s}]" if s < 8 else f"{name}[{s - 8}]" for s in outputs[half : half + 8]]
            print(f"    // {words}: " + "{" + ", ".join(reversed(signals)) + "}")
    print("// nu times the square: " + "; ".join(f"[{r}] = " + " ^ ".join(f"x[{i}]" for i in s) for r, s in enumerate(scale)))
    print("// N times: " + "; ".join(f"[{r}] = " + " ^ ".join(f"x[{i}]" for i in s) for r, s in enumerate(small)))


if __name__ == "__main__":
    main()
