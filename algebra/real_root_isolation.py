"""Real roots of squarefree integer polynomials: counted and enclosed, rigorously.

Descartes' rule in the Bernstein basis: the number of roots in an interval is at most the number of
sign changes of the coefficients, with equality if that is 0 or 1; otherwise the interval is halved.
Coefficients are truncated to a few limbs with a bound on the error; where signs are undecided they
are computed again from the polynomial, on the smaller interval.
F. Rouillier, P. Zimmermann, "Efficient isolation of polynomial's real roots", JCAM 162 (2004);
A. Eigenwillig, "Real Root Isolation for Exact and Approximate Polynomials", thesis, 2008.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import flint
import numpy as np
from flint import arb, fmpz, fmpz_poly
from numpy.typing import NDArray

from algebra.kernels import bernstein as kernels
from algebra.limits import UNLIMITED, Budget
from algebra.real_root_refinement import Evaluator, RefinableRoot

Limbs = NDArray[np.int64]
LIMBS = 16
#: Intervals in a row with undecided signs before more limbs are taken.
PATIENCE = 24


class RealRoots:
    """The real roots of a squarefree polynomial, not 0; refined further whenever asked to."""

    def __init__(self, f: fmpz_poly, budget: Budget = UNLIMITED) -> None:
        self.f = f
        zero = 1 if f[0] == 0 else 0
        self._zero = bool(zero)
        coefficients = f.coeffs()[zero:]
        self._even = all(c == 0 for c in coefficients[1::2])  # f(x) = g(x²)
        if self._even:
            self._positive = _positive_roots(fmpz_poly(coefficients[::2]), budget)
            self._negative: list[RefinableRoot] = []
        else:
            mirrored = fmpz_poly([-c if k % 2 else c for k, c in enumerate(coefficients)])
            self._positive = _positive_roots(fmpz_poly(coefficients), budget)
            self._negative = _positive_roots(mirrored, budget)

    def __len__(self) -> int:
        nonzero = len(self._positive) + len(self._negative)
        return int(self._zero) + (2 * nonzero if self._even else nonzero)

    def enclosures(self, bits: int = 64) -> list[arb]:
        """Disjoint balls around the roots, ascending, of relative width about 2^-bits."""
        bits = max(bits, 64)
        while True:
            with flint.ctx.workprec(bits + 32):
                positive = [root.enclosure(bits) for root in self._positive]
                if self._even:
                    positive = [y.sqrt() for y in positive]
                    negative = [-x for x in positive]
                else:
                    negative = [-root.enclosure(bits) for root in self._negative]
                found = sorted(negative + [arb(0)] * self._zero + positive, key=lambda x: x.mid())
                if not any(x.overlaps(y) for x, y in itertools.pairwise(found)):
                    return found
            bits *= 2


def real_root_enclosures(f: fmpz_poly, bits: int = 64) -> list[arb]:
    """Disjoint enclosures of the real roots, ascending, relative width about 2^-bits."""
    return RealRoots(f).enclosures(bits)


def _positive_roots(f: fmpz_poly, budget: Budget) -> list[RefinableRoot]:
    """The positive roots of a squarefree polynomial with f(0) ≠ 0."""
    roots: list[RefinableRoot] = []
    while f.degree() > 0:
        evaluator = Evaluator(f)
        found = _Intervals(f, budget).isolate()
        if isinstance(found, list):
            return roots + [RefinableRoot(evaluator, c, k) for c, k in found]
        c, k = found  # a root that is a dyadic number
        roots.append(RefinableRoot(evaluator, c, k, exact=True))
        f = f // fmpz_poly([-c << max(0, k), 1 << max(0, -k)])
    return roots


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
        self.sizes = [(i, int(a.bit_length())) for i, a in enumerate(f.coeffs()) if a != 0]
        self.binomials = [math.comb(self.n, i) for i in range(self.n + 1)]

    def isolate(self) -> list[tuple[int, int]] | tuple[int, int]:
        """(c, k) for every interval around one root; or one (c, k) if c 2^k itself is a root."""
        found: list[tuple[int, int]] = []
        pending = [self._fresh(0, self._shrunk(_root_bound(self.f)), 0)]
        signs = np.zeros(self.n + 1, dtype=np.int8)
        while pending:
            self.budget.check()
            node = pending.pop()
            if node.c == 0 and (k := self._shrunk(node.k)) < node.k:
                node = self._fresh(0, k, 0)
            kernels.signs(node.limbs, node.error, signs)
            changes = _sign_changes(signs)
            if changes is None and node.error > 1:
                node = self._fresh(node.c, node.k, node.doubtful)
                kernels.signs(node.limbs, node.error, signs)
                changes = _sign_changes(signs)
            if changes in (0, 1):
                found += [(node.c, node.k)] * changes
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
        return found

    def _shrunk(self, k: int) -> int:
        """A j ≤ k such that no root has an absolute value in (2^j, 2^k).

        Pellet's theorem: where one term exceeds the sum of the absolute values of all others there
        is no root. Without it roots of very different sizes would take a halving per bit.
        """
        top, i = max((size + i * k, i) for i, size in self.sizes)
        # Sizes are bit lengths: a term has at least `top` - 1 bits, the others sum up to `slack`
        # more bits than their largest.
        slack = self.n.bit_length() + 1
        if i == 0 or any(top <= size + j * k + slack for j, size in self.sizes if j != i):
            return k
        size_i = top - i * k
        return max((size + slack - size_i) // (i - j) + 1 for j, size in self.sizes if j < i)

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

    One undecided sign between two different ones changes nothing; two could hide two more changes.
    """
    known = np.flatnonzero(signs)
    if not len(known) or known[0] != 0 or known[-1] != len(signs) - 1:
        return None
    values = signs[known]
    changed = values[1:] != values[:-1]
    if (np.diff(known) > 1 + changed).any():
        return None
    return int(changed.sum())
