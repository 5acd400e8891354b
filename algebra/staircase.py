"""Monomial ideals: Krull dimension, Hilbert series, degree, standard monomials.

Everything here depends on the leading monomials alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpz_poly
from numpy.typing import NDArray

from algebra.errors import NotZeroDimensional
from algebra.limits import UNLIMITED, Budget

Exponents = NDArray[np.int64]


def minimal_generators(leading: Exponents) -> Exponents:
    """The minimal monomial generators among the rows (k, n)."""
    rows = np.unique(leading, axis=0)
    rows = rows[np.argsort(rows.sum(axis=1), kind="stable")]
    kept: list[NDArray[np.int64]] = []
    for row in rows:
        if not any((other <= row).all() for other in kept):
            kept.append(row)
    return np.array(kept, dtype=np.int64).reshape(len(kept), leading.shape[1])


def krull_dimension(leading: Exponents) -> int:
    """Dimension of the zero set; -1 for the unit ideal.

    The largest set S of variables such that no leading monomial lives in S alone, found as
    n minus a smallest set of variables that meets every leading monomial.
    """
    n = leading.shape[1]
    supports = {frozenset(np.flatnonzero(row).tolist()) for row in leading}
    if frozenset() in supports:
        return -1
    minimal = [s for s in supports if not any(t < s for t in supports)]

    def smallest_cover(sets: list[frozenset[int]], limit: int) -> int:
        if not sets:
            return 0
        if limit <= 0:
            return limit + 1
        best = limit + 1
        for v in min(sets, key=len):
            cover = 1 + smallest_cover([s for s in sets if v not in s], best - 2)
            best = min(best, cover)
        return best

    return n - smallest_cover(minimal, n)


def hilbert_numerator(leading: Exponents) -> fmpz_poly:
    """N(t) with Hilbert series N(t) / (1 - t)^n of the quotient by the monomial ideal.

    By pivots: HS(I) = HS(I + (x)) + t · HS(I : x); coprime generators multiply.
    """
    t = fmpz_poly([0, 1])
    cache: dict[bytes, fmpz_poly] = {}

    def numerator(rows: Exponents) -> fmpz_poly:
        degrees = rows.sum(axis=1)
        if len(rows) == 0:
            return fmpz_poly([1])
        if degrees.min() == 0:
            return fmpz_poly([0])
        occurrences = (rows > 0).sum(axis=0)
        if occurrences.max() <= 1:  # coprime generators: a regular sequence
            out = fmpz_poly([1])
            for d in degrees:
                out *= 1 - t ** int(d)
            return out
        key = rows.tobytes()
        if key in cache:
            return cache[key]
        v = int(occurrences.argmax())
        # The median power halves the work; a pure power of x_v must not be the pivot itself.
        mixed = np.sort(rows[(rows[:, v] > 0) & (degrees > rows[:, v]), v])
        power = int(mixed[len(mixed) // 2])
        pivot = np.zeros((1, rows.shape[1]), dtype=np.int64)
        pivot[0, v] = power
        colon = rows.copy()
        colon[:, v] = np.maximum(colon[:, v] - power, 0)
        plus = minimal_generators(np.concatenate([rows, pivot]))
        value = numerator(plus) + t**power * numerator(minimal_generators(colon))
        cache[key] = value
        return value

    return numerator(minimal_generators(leading))


@dataclass(frozen=True)
class HilbertSeries:
    """Hilbert series `numerator / (1 - t)^(dimension)` in lowest terms (affine: by degree ≤)."""

    numerator: tuple[int, ...]
    dimension: int

    @property
    def degree(self) -> int:
        """Degree of the zero set's top-dimensional part (dim of the quotient if finite)."""
        return sum(self.numerator)


def hilbert_series(leading: Exponents) -> HilbertSeries:
    """Hilbert series of the quotient by the monomial ideal of `leading` (k, n)."""
    numerator, n = hilbert_numerator(leading), leading.shape[1]
    one_minus_t = fmpz_poly([1, -1])
    dimension = n
    while numerator != 0 and numerator(1) == 0:
        numerator, dimension = numerator // one_minus_t, dimension - 1
    if numerator == 0:
        return HilbertSeries((), -1)
    return HilbertSeries(tuple(int(c) for c in numerator.coeffs()), dimension)


def is_zero_dimensional(leading: Exponents) -> bool:
    """Whether every variable has a pure power among the leading monomials (or 1 is one)."""
    return bool((leading.sum(axis=1) == 0).any()) or not unbounded_variables(leading)


def unbounded_variables(leading: Exponents) -> list[int]:
    """Variables without a pure power among the leading monomials."""
    pure = (leading > 0).sum(axis=1) == 1
    return [j for j in range(leading.shape[1]) if not (leading[pure, j] > 0).any()]


def standard_monomials(
    leading: Exponents, names: tuple[str, ...] = (), budget: Budget = UNLIMITED
) -> list[tuple[int, ...]]:
    """Monomials outside the ideal of `leading`, by increasing degree; finitely many.

    Raises
    ------
    NotZeroDimensional
        A variable has no pure power among the leading monomials.
    """
    if (leading.sum(axis=1) == 0).any():
        return []
    unbounded = unbounded_variables(leading)
    n = leading.shape[1]
    if unbounded:
        labels = names or tuple(f"variable {j}" for j in range(n))
        raise NotZeroDimensional(
            f"no power of {', '.join(labels[j] for j in unbounded)} is a leading monomial: "
            "the quotient is infinite"
        )
    bound = leading
    layer = [(0,) * n]
    out: list[tuple[int, ...]] = []
    while layer:
        out.extend(layer)
        budget.check()
        steps = {(*m[:j], m[j] + 1, *m[j + 1 :]) for m in layer for j in range(n)}
        candidates = np.array(sorted(steps), dtype=np.int64)
        keep = np.ones(len(candidates), dtype=bool)
        for row in bound:
            keep &= ~(candidates >= row).all(axis=1)
        layer = [tuple(int(e) for e in m) for m in candidates[keep]]
    return out
