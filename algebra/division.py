"""The division algorithm and Buchberger's criterion, term by term: slow, and independent of F4.

D. Cox, J. Little, D. O'Shea, "Ideals, Varieties, and Algorithms", 2.3 and 2.6.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq_mpoly

from algebra.errors import InputError
from algebra.orders import MonomialOrder

if TYPE_CHECKING:
    from algebra.groebner import GroebnerBasis

#: {exponent vector: coefficient}; coefficients are fmpq, or int residues.
Terms = dict[tuple[int, ...], Any]


def divide(f: fmpq_mpoly | Terms, basis: GroebnerBasis) -> tuple[list[Terms], Terms]:
    """Quotients q_i and remainder r with f = Σ q_i g_i + r for the monic elements g_i.

    No term of r is divisible by a leading monomial, and no lm(q_i g_i) exceeds lm(f). Modulo p
    coefficients of f may be fractions without p in the denominator.

    Raises
    ------
    InputError
        The polynomial lives in another ring.
    """
    if isinstance(f, fmpq_mpoly):
        if f.context().names() != basis.variables:
            raise InputError("the polynomial and the basis live in different rings")
        f = {tuple(int(e) for e in m): c for m, c in f.terms()}
    p = basis.characteristic
    if p:
        f = {m: _residue(c, p) for m, c in f.items()}
    key = order_key(basis.order, len(basis.variables))
    reducers = [(exponents[0], exponents, c) for exponents, c in basis.elements]
    quotients: list[Terms] = [{} for _ in reducers]
    pending, remainder = {m: c for m, c in f.items() if c != 0}, {}
    while pending:
        m = max(pending, key=key)
        c = pending.pop(m)
        for (lead, exponents, coefficients), quotient in zip(reducers, quotients, strict=True):
            multiplier = np.array(m) - lead
            if (multiplier >= 0).all():
                quotient[tuple(multiplier.tolist())] = c
                rows = map(tuple, (exponents[1:] + multiplier).tolist())
                for target, value in zip(rows, coefficients[1:], strict=True):
                    new = pending.get(target, 0) - c * value
                    if p:
                        new %= p
                    if new == 0:
                        pending.pop(target, None)
                    else:
                        pending[target] = new
                break
        else:
            remainder[m] = c
    return quotients, remainder


def normal_form(f: fmpq_mpoly | Terms, basis: GroebnerBasis) -> Terms:
    """Remainder of f modulo the basis, as {exponents: coefficient}."""
    return divide(f, basis)[1]


def s_polynomial(basis: GroebnerBasis, i: int, j: int) -> Terms:
    """Lcm / lm(g_i) · g_i - lcm / lm(g_j) · g_j for two monic elements."""
    (e, x), (f, y) = basis.elements[i], basis.elements[j]
    lcm = np.maximum(e[0], f[0])
    difference: Terms = {}
    for exponents, coefficients, sign in ((e, x, 1), (f, y, -1)):
        shifted = (exponents + (lcm - exponents[0])).tolist()
        for target, c in zip(map(tuple, shifted), coefficients, strict=True):
            difference[target] = difference.get(target, 0) + sign * c
    return {m: c for m, c in difference.items() if c != 0}


def is_groebner(basis: GroebnerBasis) -> bool:
    """Whether all S-polynomials of the elements reduce to zero (Buchberger's criterion)."""
    leading = basis.leading
    return all(
        not normal_form(s_polynomial(basis, i, j), basis)
        for i in range(len(leading))
        for j in range(i)
        if np.minimum(leading[i], leading[j]).any()
    )


def order_key(order: MonomialOrder, n: int) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
    """Sort key of exponent tuples straight from the definition of the order."""

    def key(m: tuple[int, ...]) -> tuple[int, ...]:
        parts: list[int] = []
        for block in order.blocks:
            part = m[block.first : block.stop]
            if block.kind == "grevlex":
                weights = block.weights or (1,) * len(part)
                parts.append(sum(w * e for w, e in zip(weights, part, strict=True)))
                parts.extend(-e for e in reversed(part))
            else:
                parts.extend(part)
        return tuple(parts)

    return key


def _residue(c: Any, p: int) -> int:
    if isinstance(c, int):
        return c % p
    return int(c.p) * pow(int(c.q), -1, p) % p
