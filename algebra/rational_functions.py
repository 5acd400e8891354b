"""Rational functions in one variable modulo a prime, from their values.

The polynomial through all points is reduced against the polynomial that vanishes at them by
Euclid's algorithm; numerator and denominator are the remainder and cofactor where the next quotient
is long. J. von zur Gathen, J. Gerhard, "Modern Computer Algebra", section 5.7; M. Monagan, "Maximal
quotient rational reconstruction", ISSAC 2004, 243-249.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import nmod_poly


def interpolated(points: Sequence[int], values: Sequence[int], q: int) -> nmod_poly:
    """The polynomial of least degree with these values at distinct points, modulo q < 2^31.

    Newton's divided differences, then Horner's rule.
    """
    x = np.array(points, dtype=np.int64) % q
    table = np.array(values, dtype=np.int64) % q
    for k in range(1, len(x)):
        gaps = x[k:] - x[:-k]
        inverses = np.array([pow(int(g), -1, q) for g in gaps], dtype=np.int64)
        table[k:] = (table[k:] - table[k - 1 : -1]) % q * inverses % q
    out = np.zeros(len(x), dtype=np.int64)
    for k in range(len(x) - 1, -1, -1):
        shifted = np.concatenate([[0], out[:-1]])
        out = (shifted - out * x[k]) % q
        out[0] = (out[0] + table[k]) % q
    return nmod_poly(out.tolist(), q)


def reconstructed_fraction(
    f: nmod_poly, points: Sequence[int], q: int, spare: int
) -> tuple[nmod_poly, nmod_poly] | None:
    """The fraction with the values of f at the points, if `spare` values fewer determine it.

    Numerator and monic denominator without common factor; None if no fraction is that short.
    """
    modulus = nmod_poly([1], q)
    for point in points:
        modulus = modulus * nmod_poly([-point % q, 1], q)
    r0, r1 = modulus, f
    s0, s1 = nmod_poly([0], q), nmod_poly([1], q)
    while True:
        if max(r1.degree(), 0) + s1.degree() + 1 + spare <= len(points):
            break
        if r1.degree() < 0:
            return None
        quotient, rest = divmod(r0, r1)
        r0, r1 = r1, rest
        s0, s1 = s1, s0 - quotient * s1
    if r1.gcd(s1).degree() > 0:
        return None
    unit = pow(int(s1[s1.degree()]), -1, q)
    return r1 * unit, s1 * unit
