"""Primes, Chinese remaindering and rational reconstruction.

Reconstruction: P. Wang, "A p-adic algorithm for univariate partial fractions", SYMSAC 1981: a
residue modulo N determines at most one a/b with |a|, b ≤ sqrt(N/2).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

from flint import fmpq, fmpz

from algebra.kernels.remaindering import lehmer_step


def primes_below(limit: int = 2**31) -> Iterator[int]:
    """Primes in descending order, starting below `limit`; the same list on every machine."""
    while (limit := _prime_before(limit)) > 2:
        yield limit


@functools.lru_cache(maxsize=4096)
def _prime_before(limit: int) -> int:
    """The largest odd prime below `limit`, or a number up to 2."""
    candidate = limit - 1 if limit % 2 == 0 else limit - 2
    while candidate > 2 and not fmpz(candidate).is_prime():
        candidate -= 2
    return candidate


def chinese_remainder(x: list[int], modulus: int, y: list[int], other: int) -> list[int]:
    """Residues modulo modulus · other that agree with both vectors; the moduli are coprime."""
    inverse = pow(modulus, -1, other)
    return [a + modulus * ((b - a) * inverse % other) for a, b in zip(x, y, strict=True)]


def rational_reconstruction(residue: int, modulus: int) -> fmpq | None:
    """The fraction a/b ≡ residue with |a|, b ≤ sqrt(modulus / 2), or None."""
    found = reconstructed(residue, modulus)
    return None if found is None else fmpq(*found)


def reconstructed(residue: int, modulus: int, slack: int | None = None) -> tuple[int, int] | None:
    """Coprime numerator and positive denominator of a fraction ≡ residue, or None.

    Without `slack` as `rational_reconstruction`. With it, the first a/b on the way of Euclid's
    algorithm with |a| b < modulus / 2^slack, sizes balanced or not: the less there is to find, the
    sooner it ends. M. Monagan, "Maximal quotient rational reconstruction", ISSAC 2004, 243-249.
    """
    bound = math.isqrt(modulus // 2) if slack is None else 0
    enough = modulus.bit_length() - (slack or 0)
    r0, r1, s0, s1 = modulus, residue % modulus, 0, 1
    least = bound.bit_length() + 64
    while r1.bit_length() > least:  # many quotients at once, never past the end
        if slack is not None and r1.bit_length() + s1.bit_length() < enough:
            break
        shift = r0.bit_length() - 62
        a, b, c, d = lehmer_step(r0 >> shift, r1 >> shift)
        if b == 0:
            a, b, c, d = 0, 1, 1, -(r0 // r1)
        r0, r1, s0, s1 = a * r0 + b * r1, c * r0 + d * r1, a * s0 + b * s1, c * s0 + d * s1
    while r1 > bound:
        if slack is not None and r1.bit_length() + s1.bit_length() < enough:
            break
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        s0, s1 = s1, s0 - q * s1
    if slack is None:
        missed = abs(s1) > bound
    else:
        missed = r1.bit_length() + s1.bit_length() >= enough
    if missed or math.gcd(r1, s1) != 1:
        return None
    return (r1, s1) if s1 > 0 else (-r1, -s1)


def combine(parts: list[tuple[list[int], int]]) -> tuple[list[int], int]:
    """Chinese remaindering of several vectors by a product tree."""
    while len(parts) > 1:
        merged = []
        for k in range(0, len(parts) - 1, 2):
            (x, a), (y, b) = parts[k], parts[k + 1]
            merged.append((chinese_remainder(x, a, y, b), a * b))
        if len(parts) % 2:
            merged.append(parts[-1])
        parts = merged
    return parts[0]
