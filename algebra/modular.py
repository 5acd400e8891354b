"""Primes, Chinese remaindering and rational reconstruction.

Reconstruction: P. Wang, "A p-adic algorithm for univariate partial fractions", SYMSAC 1981: a
residue modulo N determines at most one a/b with |a|, b ≤ sqrt(N/2).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from flint import fmpq, fmpz


def primes_below(limit: int = 2**31) -> Iterator[int]:
    """Primes in descending order, starting below `limit`; the same list on every machine."""
    candidate = limit - 1 if limit % 2 == 0 else limit - 2
    while candidate > 2:
        if fmpz(candidate).is_prime():
            yield candidate
        candidate -= 2


def chinese_remainder(x: list[int], modulus: int, y: list[int], other: int) -> list[int]:
    """Residues modulo modulus · other that agree with both vectors; the moduli are coprime."""
    inverse = pow(modulus, -1, other)
    return [a + modulus * ((b - a) * inverse % other) for a, b in zip(x, y, strict=True)]


def rational_reconstruction(residue: int, modulus: int) -> fmpq | None:
    """The fraction a/b ≡ residue with |a|, b ≤ sqrt(modulus / 2), or None."""
    bound = math.isqrt(modulus // 2)
    r0, r1, s0, s1 = modulus, residue % modulus, 0, 1
    while r1 > bound:
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        s0, s1 = s1, s0 - q * s1
    if abs(s1) > bound or math.gcd(r1, s1) != 1:
        return None
    return fmpq(r1, s1)


def reconstruct_vector(residues: list[int], modulus: int) -> list[fmpq] | None:
    """Fractions for all residues, or None if one has none.

    Entries of one polynomial tend to share denominators: multiplied by the denominator found so
    far the next residue is usually a small integer, which saves the Euclidean algorithm.
    """
    bound = math.isqrt(modulus // 2)
    denominator = 1
    out = []
    for residue in residues:
        scaled = residue * denominator % modulus
        if 2 * scaled > modulus:
            scaled -= modulus
        if abs(scaled) > bound >> 32 or denominator > bound:
            value = rational_reconstruction(residue, modulus)
            if value is None:
                return None
            denominator = math.lcm(denominator, int(value.q))
        else:
            value = fmpq(scaled, denominator)
        out.append(value)
    return out
