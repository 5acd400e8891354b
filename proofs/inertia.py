"""Exact inertia of rational symmetric matrices, degenerate ones included.

A symmetric matrix has real eigenvalues only, and for real-rooted polynomials Descartes' rule of
signs is exact: the number of positive roots, with multiplicity, is the number of sign changes of
the coefficients. So the characteristic polynomial over Q gives the inertia without a pivot.

Used at rational critical points, where intervals cannot tell a zero eigenvalue from a small one;
at irrational ones `homotopy.morse` decides by intervals.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from algebra.errors import InputError


@dataclass(frozen=True, slots=True)
class Inertia:
    """Numbers of negative, zero and positive eigenvalues, with multiplicity."""

    negative: int
    zero: int
    positive: int

    @property
    def degenerate(self) -> bool:
        """Whether 0 is an eigenvalue: the point is then no Morse point."""
        return self.zero > 0

    @property
    def kind(self) -> str:
        """What the second derivatives say: minimum, maximum, saddle, or degenerate.

        Both signs among the eigenvalues make a saddle even where others vanish.
        """
        if self.negative and self.positive:
            return "saddle"
        if self.zero:
            return "degenerate"
        return "maximum" if self.negative else "minimum"


def exact_inertia(matrix: Sequence[Sequence[fmpq]]) -> Inertia:
    """Inertia of a symmetric matrix over Q.

    Parameters
    ----------
    matrix : n rows of n fmpq

    Raises
    ------
    InputError
        The matrix is not square or not symmetric.

    Examples
    --------
    >>> exact_inertia([[fmpq(0), fmpq(1)], [fmpq(1), fmpq(0)]])
    Inertia(negative=1, zero=0, positive=1)
    """
    n = len(matrix)
    if any(len(row) != n for row in matrix):
        raise InputError("an inertia belongs to a square matrix")
    if any(matrix[i][j] != matrix[j][i] for i in range(n) for j in range(i)):
        raise InputError("an inertia belongs to a symmetric matrix")
    if n == 0:
        return Inertia(0, 0, 0)
    # A positive multiple with integer entries has the same inertia and faster arithmetic.
    scaled, denominator = fmpq_mat([list(row) for row in matrix]).numer_denom()
    assert denominator > 0
    coefficients = fmpz_mat(scaled).charpoly().coeffs()
    zero = next(k for k, c in enumerate(coefficients) if c != 0)
    positive = sign_changes(coefficients)
    return Inertia(n - zero - positive, zero, positive)


def sign_changes(coefficients: Sequence[fmpz]) -> int:
    """Sign changes of a sequence, zeros left out."""
    signs = [c > 0 for c in coefficients if c != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))
