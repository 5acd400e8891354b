"""The finest grading for which given polynomials are homogeneous.

Let L ⊂ Zⁿ be spanned by the differences of exponents within each polynomial. The degree a + L of
x^a in Zⁿ/L makes every polynomial homogeneous, and every other such grading is coarser.
The free part of Zⁿ/L holds weighted degrees, the torsion sign symmetries and their like
(x → −x is Z/2, x → ζx is Z/k). A relation g = Σ h_i f_i may be searched in one degree at a time.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
#: Lattice bases with larger entries are given up; the grading is then trivial, which is valid.
LARGEST_ENTRY = 2**31


class Grading:
    """Degrees in Zⁿ/L as canonical representatives: int64 vectors of length n."""

    def __init__(self, supports: Iterable[IntArray], n: int) -> None:
        """`supports`: one array (m, n) per polynomial; empty ones say nothing."""
        self.n = n
        differences = [a[1:] - a[0] for a in supports if len(a) > 1]
        rows = np.unique(np.concatenate(differences), axis=0) if differences else np.zeros((0, n))
        self.lattice = _hermite_form(rows.astype(np.int64), n)

    def degrees(self, exponents: IntArray) -> IntArray:
        """Degrees of monomials, shape (k, n) to (k, n)."""
        if self.lattice is None:
            return np.zeros_like(exponents)
        out = exponents.astype(np.int64, copy=True)
        for row in self.lattice:
            pivot = int(np.flatnonzero(row)[0])
            out -= (out[:, pivot] // row[pivot])[:, None] * row
        return out

    @property
    def is_trivial(self) -> bool:
        """Whether all monomials have the same degree."""
        if self.lattice is None:
            return True
        pivots = [int(row[np.flatnonzero(row)[0]]) for row in self.lattice]
        return len(pivots) == self.n and all(p == 1 for p in pivots)


def sign_symmetries(grading: Grading) -> IntArray:
    """The sign changes x_i → ±x_i that fix every polynomial up to sign, as a basis over GF(2).

    Rows (k, n) of zeros and ones: 1 where the variable changes its sign.
    """
    if grading.lattice is None:
        return np.zeros((0, grading.n), dtype=np.int64)
    return _kernel_modulo_two(grading.lattice % 2, grading.n)


def _kernel_modulo_two(rows: IntArray, n: int) -> IntArray:
    matrix = rows.copy()
    pivots: list[int] = []
    for column in range(n):
        place = len(pivots)
        candidates = np.flatnonzero(matrix[place:, column])
        if not len(candidates):
            continue
        matrix[[place, place + candidates[0]]] = matrix[[place + candidates[0], place]]
        others = matrix[:, column].astype(bool)
        others[place] = False
        matrix[others] ^= matrix[place]
        pivots.append(column)
    free = [c for c in range(n) if c not in pivots]
    kernel = np.zeros((len(free), n), dtype=np.int64)
    for k, column in enumerate(free):
        kernel[k, column] = 1
        for i, pivot in enumerate(pivots):
            kernel[k, pivot] = matrix[i, column]
    return kernel


def _hermite_form(rows: IntArray, n: int) -> IntArray | None:
    """Row Hermite normal form without zero rows; None if an entry is too large."""
    if not len(rows):
        return np.zeros((0, n), dtype=np.int64)
    table = [[int(e) for e in row] for row in fmpz_mat(rows.tolist()).hnf().tolist()]
    kept = [row for row in table if any(row)]
    if any(abs(e) >= LARGEST_ENTRY for row in kept for e in row):
        return None
    return np.array(kept, dtype=np.int64).reshape(len(kept), n)
