"""Real roots of squarefree integer polynomials: counted and enclosed, rigorously.

FLINT encloses all complex roots (`arb_fmpz_poly_complex_roots`). Counting alone is cheaper by
Descartes' rule in the Bernstein basis: the number of roots in an interval is at most the number of
sign changes of the coefficients, with equality if that is 0 or 1; otherwise the interval is halved.
Coefficients are truncated to a few limbs with a bound on the error; where signs are undecided they
are computed again from the polynomial, on the smaller interval.
F. Rouillier, P. Zimmermann, "Efficient isolation of polynomial's real roots", JCAM 162 (2004);
A. Eigenwillig, "Real Root Isolation for Exact and Approximate Polynomials", thesis, 2008.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import flint
import numpy as np
from flint import arb, fmpz, fmpz_poly
from numpy.typing import NDArray

from algebra.kernels import bernstein as kernels
from algebra.limits import UNLIMITED, Budget

Limbs = NDArray[np.int64]
#: Degrees up to which FLINT's complex roots are used for counting as well.
SMALL_DEGREE = 60
LIMBS = 8
#: Intervals in a row with undecided signs before more limbs are taken.
PATIENCE = 24


def real_root_enclosures(f: fmpz_poly, bits: int = 64) -> list[arb]:
    """Disjoint enclosures of the real roots, ascending, relative width about 2^-bits."""
    if f.degree() < 1:
        return []
    with flint.ctx.workprec(max(bits, 64)):
        roots = [z.real for z, _ in f.complex_roots() if z.imag == 0]
    return sorted(roots, key=lambda r: r.mid())


def count_real_roots(f: fmpz_poly, budget: Budget = UNLIMITED) -> int:
    """Number of real roots of a squarefree polynomial, not 0."""
    if f.degree() < 1:
        return 0
    if f.degree() <= SMALL_DEGREE:
        return len(real_root_enclosures(f))
    return descartes_count(f, budget)


def descartes_count(f: fmpz_poly, budget: Budget = UNLIMITED) -> int:
    """Number of real roots of a squarefree polynomial, by Descartes' rule."""
    zero = 1 if f[0] == 0 else 0
    coefficients = f.coeffs()[zero:]
    if all(c == 0 for c in coefficients[1::2]):  # f(x) = g(x²)
        return zero + 2 * _positive_roots(fmpz_poly(coefficients[::2]), budget)
    mirrored = fmpz_poly([-c if k % 2 else c for k, c in enumerate(coefficients)])
    return zero + sum(_positive_roots(g, budget) for g in (fmpz_poly(coefficients), mirrored))


def _positive_roots(f: fmpz_poly, budget: Budget) -> int:
    """Number of positive roots of a squarefree polynomial with f(0) ≠ 0."""
    count = 0
    while f.degree() > 0:
        found = _Intervals(f, budget).count()
        if isinstance(found, int):
            return count + found
        numerator, exponent = found  # a root that is a dyadic number
        count += 1
        f = f // fmpz_poly([-numerator << max(0, exponent), 1 << max(0, -exponent)])
    return count


@dataclass(frozen=True, slots=True)
class _Interval:
    """(c 2^k, (c + 1) 2^k) with Bernstein coefficients up to a positive factor, each ± `error`."""

    c: int
    k: int
    limbs: Limbs
    error: int
    doubtful: int = 0


class _Intervals:
    """Descartes' rule on the positive axis for one polynomial."""

    def __init__(self, f: fmpz_poly, budget: Budget) -> None:
        self.f, self.budget = f, budget
        self.n = int(f.degree())
        self.limbs = LIMBS
        self.binomials = [math.comb(self.n, i) for i in range(self.n + 1)]

    def count(self) -> int | tuple[int, int]:
        """Number of roots; or (c, k) if c 2^k is one that an interval ends at."""
        total, pending = 0, [self._fresh(0, _root_bound(self.f), 0)]
        signs = np.zeros(self.n + 1, dtype=np.int8)
        while pending:
            self.budget.check()
            node = pending.pop()
            kernels.signs(node.limbs, node.error, signs)
            changes = _sign_changes(signs)
            if changes is None and node.error > 1:
                node = self._fresh(node.c, node.k, node.doubtful)
                kernels.signs(node.limbs, node.error, signs)
                changes = _sign_changes(signs)
            if changes in (0, 1):
                total += changes
                continue
            if changes is None and node.doubtful >= PATIENCE:
                self.limbs *= 2
                node = self._fresh(node.c, node.k, 0)
            pair = self._halves(node, changes is None)
            kernels.signs(pair[1].limbs, pair[1].error, signs)
            # The first coefficient is the value at the middle.
            if signs[0] == 0 and self._is_root(pair[1].c, pair[1].k):
                return pair[1].c, pair[1].k
            pending += pair
        return total

    def _halves(self, node: _Interval, doubtful: bool) -> list[_Interval]:
        left, right = np.empty_like(node.limbs), np.empty_like(node.limbs)
        carry = np.empty(self.n + 1, dtype=np.int64)
        kernels.halve(node.limbs, left, right, carry)
        error = node.error + self.n
        doubts = node.doubtful + 1 if doubtful else 0
        return [
            _Interval(2 * node.c, node.k - 1, left, error, doubts),
            _Interval(2 * node.c + 1, node.k - 1, right, error, doubts),
        ]

    def _fresh(self, c: int, k: int, doubtful: int) -> _Interval:
        """Coefficients of f on (c 2^k, (c + 1) 2^k), truncated relative to the largest."""
        n = self.n
        scaled = fmpz_poly(
            [a << (k * i if k >= 0 else -k * (n - i)) for i, a in enumerate(self.f.coeffs())]
        )
        local = scaled(fmpz_poly([c, 1])) if c else scaled
        # (1 + x)^n g(1 / (1 + x)) = Σ b_i x^i has b_(n-i) = C(n, i) times Bernstein coefficient i.
        reverse = [0] * (n - int(local.degree())) + [int(a) for a in local.coeffs()[::-1]]
        b = [int(x) for x in fmpz_poly(reverse)(fmpz_poly([1, 1])).coeffs()]
        b += [0] * (n + 1 - len(b))
        pairs = list(zip(b[::-1], self.binomials, strict=True))
        bits = max(x.bit_length() - m.bit_length() for x, m in pairs if x)
        shift = 32 * self.limbs - 4 - bits
        if shift >= 0:
            values = [(x << shift) // m for x, m in pairs]
        else:
            values = [x // (m << -shift) for x, m in pairs]
        return _Interval(c, k, _to_limbs(values, self.limbs), 1, doubtful)

    def _is_root(self, c: int, k: int) -> bool:
        """Whether f(c 2^k) = 0."""
        return bool(self.f(flint.fmpq(c) * flint.fmpq(2) ** k) == 0)


def _to_limbs(values: list[int], count: int) -> Limbs:
    data = b"".join(v.to_bytes(4 * count, "little", signed=True) for v in values)
    table = np.frombuffer(data, dtype=np.uint32).reshape(len(values), count).astype(np.int64)
    table[:, -1] -= (table[:, -1] >> 31) << 32
    return np.ascontiguousarray(table.T)


def _root_bound(f: fmpz_poly) -> int:
    """An e with every positive root below 2^e: twice the largest |a_i / a_n|^(1/(n-i))."""
    coefficients = [fmpz(c) for c in f.coeffs()]
    if coefficients[-1] < 0:
        coefficients = [-c for c in coefficients]
    n, top = len(coefficients) - 1, int(coefficients[-1].bit_length()) - 1
    excess = [
        -(-(int((-c).bit_length()) - top) // (n - i))
        for i, c in enumerate(coefficients[:-1])
        if c < 0
    ]
    return max(excess, default=0) + 1


def _sign_changes(signs: NDArray[np.int8]) -> int | None:
    """Number of sign changes; None if undecided signs (0) could matter.

    An undecided sign between two different ones changes nothing.
    """
    known = np.flatnonzero(signs)
    if not len(known) or known[0] != 0 or known[-1] != len(signs) - 1:
        return None
    values = signs[known]
    changed = values[1:] != values[:-1]
    gaps = np.diff(known) > 1
    if (gaps & ~changed).any():
        return None
    return int(changed.sum())
