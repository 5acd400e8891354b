"""Certified facts at a real critical point: the value of the function, the index of its Hessian.

The index of a symmetric matrix H known to lie in a matrix of real balls: with V the approximate
eigenvectors divided by √|eigenvalue|, B = VᵀHV is nearly diagonal with entries ±1. If every disc of
Gershgorin's theorem for B avoids 0, then B, hence V, is invertible, and by Sylvester's law of
inertia H has as many negative eigenvalues as there are discs on the negative side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from algebra.errors import InputError
from homotopy.boxes import Box
from homotopy.enclosures import Enclosure


@dataclass(frozen=True, eq=False)
class Hessian:
    """The Hessian at one critical point.

    Attributes
    ----------
    index : int or None
        Certified number of negative eigenvalues; None if the enclosure does not decide.
    eigenvalues : float64 array, shape (n,)
        Ascending; floating point only.
    """

    index: int | None
    eigenvalues: NDArray[np.float64]


def hessian_at(gradient: Enclosure, box: Box) -> Hessian:
    """Index and spectrum of the Hessian at the real critical point in `box`.

    Parameters
    ----------
    gradient : Enclosure
        Of the gradient system, whose Jacobian is the Hessian.

    Raises
    ------
    InputError
        The zero in `box` is not certified real.
    """
    if box.real is not True:
        raise InputError("the Morse index is defined at real critical points only")
    with ctx.workprec(max(64, 2 * box.precision)):
        rows = gradient.ball_jacobian(box.balls())
        matrix = arb_mat([[entry.real for entry in row] for row in rows])
        if not len(rows):
            return Hessian(0, np.zeros(0))
        middle = np.array([[float(entry.mid()) for entry in row] for row in matrix.tolist()])
        eigenvalues, vectors = np.linalg.eigh((middle + middle.T) / 2)
        return Hessian(negative_count(matrix, eigenvalues, vectors), eigenvalues)


def negative_count(
    matrix: arb_mat, eigenvalues: NDArray[np.float64], vectors: NDArray[np.float64]
) -> int | None:
    """Number of negative eigenvalues of every symmetric matrix in `matrix`; None if undecided.

    `eigenvalues` (n,) and `vectors` (n, n), columns, are approximations; they need not be good.
    """
    scale = np.sqrt(np.abs(eigenvalues))
    if not (np.isfinite(vectors).all() and (scale > 0).all()):
        return None
    scaled = arb_mat((vectors / scale).tolist())
    product = (scaled.transpose() * matrix * scaled).tolist()
    negative = 0
    for i, row in enumerate(product):
        radius = sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0))
        if row[i] + radius < 0:
            negative += 1
        elif not row[i] - radius > 0:
            return None
    return negative


def real_balls(box: Box) -> list[arb]:
    """Real balls that contain the real zero in `box`."""
    return [ball.real for ball in box.balls()]


def separated(values: Sequence[arb], index: int) -> list[int]:
    """Indices whose values may be as small as values[index]: enclosures reach below its top."""
    top = values[index].upper()
    return [k for k, value in enumerate(values) if not value > top]


def lowest(values: Sequence[arb]) -> int:
    """Index of the value with the lowest upper end."""
    best = 0
    for k in range(1, len(values)):
        if values[k].upper() < values[best].upper():
            best = k
    return best
