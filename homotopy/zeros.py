"""From the ends of paths to zeros: which are one, which are simple, polished to the last digit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algebra.systems import PolynomialSystem
from homotopy.accounting import SAME_SINGULAR_POINT, clusters, labels_of_zeros
from homotopy.certify import certify
from homotopy.homotopies import Homotopy
from homotopy.results import PathStatus
from homotopy.shapes import Scaled, residual_test
from homotopy.tape import Tape
from homotopy.tracker import TrackResult, track

ComplexArray = NDArray[np.complex128]

#: Relative size below which a polished real or imaginary part is rounding noise.
RESOLUTION = 1e-28
#: Relative residuals below which a regular and a singular end satisfy an equation.
HOLDS, HOLDS_SINGULAR = 1e-8, 1e-6


@dataclass(frozen=True, eq=False)
class Zeros:
    """Ends of paths as points of the original system.

    regular (k, n); singular (l, n) with multiplicities (l,); suspicious counts singular ends that
    may lie on a positive-dimensional component.
    """

    regular: ComplexArray
    singular: ComplexArray
    multiplicities: NDArray[np.int64]
    suspicious: int

    def all(self) -> list[tuple[ComplexArray, int]]:
        """Points with their multiplicities."""
        return [(z, 1) for z in self.regular] + list(
            zip(self.singular, self.multiplicities.tolist(), strict=True)
        )


def rescued(scaled: Scaled, ends: TrackResult, system: PolynomialSystem) -> TrackResult:
    """Ends that only look singular, because their coordinates have very different sizes.

    A certificate shows a zero to be simple, which no condition number in doubles can deny.
    """
    indices = ends.of(PathStatus.SINGULAR)
    indices = indices[ends.winding_number[indices] <= 1]
    if not len(indices):
        return ends
    candidates = scaled.original(ends.points[indices])
    proof = certify(system, candidates, max_precision=212)
    simple = proof.assignment >= 0
    status, points = ends.status.copy(), ends.points.copy()
    status[indices[simple]] = PathStatus.SUCCESS
    boxes = proof.points[proof.assignment[simple]]
    points[indices[simple]] = scaled.scaled(boxes)
    return replace(ends, status=status, points=points)


def zeros_of(scaled: Scaled, ends: TrackResult, system: PolynomialSystem) -> Zeros:
    """Distinct ends, regular ones polished, in the units of the original system."""
    regular = ends.points[ends.of(PathStatus.SUCCESS)]
    regular = regular[np.sort(_first_indices(labels_of_zeros(regular, scaled.system)))]
    regular = scaled.original(polish(scaled.system, regular))
    indices = ends.of(PathStatus.SINGULAR)
    points = ends.points[indices]
    labels = clusters(points, SAME_SINGULAR_POINT)
    singular, multiplicities = [], []
    suspicious = 0
    for label in np.unique(labels):
        members = indices[labels == label]
        winding = int(ends.winding_number[members].max(initial=0))
        best = members[np.argmin(ends.accuracy[members])]
        if len(members) == 1 and winding < 2:
            # One path without monodromy into a singular Jacobian: typical of components.
            suspicious += 1
        singular.append(ends.points[best] if winding > 1 else ends.points[members].mean(axis=0))
        multiplicities.append(len(members))
    n = len(system.variables)
    return Zeros(
        regular,
        scaled.original(np.array(singular, dtype=np.complex128).reshape(-1, n)),
        np.array(multiplicities, dtype=np.int64),
        suspicious,
    )


def polish(system: PolynomialSystem, points: ComplexArray) -> ComplexArray:
    """Regular zeros refined with double-double residuals to the nearest doubles.

    All starts use the same equations here, so that equal zeros get equal digits.
    """
    if not len(points):
        return points
    tape = Tape.from_supports(system.supports)
    values = np.concatenate(system.coefficients)
    here = Homotopy(
        tape, Homotopy.linear(tape, values, values).kind, values[None, :], values[None, :],
        np.zeros(1), True,
    )  # fmt: skip
    result = track(here, points, stage="polishing")
    good = (result.status == PathStatus.SUCCESS)[:, None]
    polished = np.where(good, result.points, points)
    # Parts below what double-double residuals resolve would depend on the path.
    noise = RESOLUTION * np.maximum(1.0, np.max(np.abs(polished), axis=1, keepdims=True))
    polished.real[np.abs(polished.real) < noise] = 0.0
    polished.imag[np.abs(polished.imag) < noise] = 0.0
    return polished


def _first_indices(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(labels, return_index=True)[1]


def on_all_equations(system: PolynomialSystem, scaled: Scaled, zeros: Zeros) -> Zeros:
    """Zeros of the squared-up system that satisfy every original equation numerically."""
    holds = residual_test(system, np.ldexp(1.0, scaled.exponents))
    keep = holds(zeros.singular, HOLDS_SINGULAR)
    return replace(
        zeros,
        regular=zeros.regular[holds(zeros.regular, HOLDS)],
        singular=zeros.singular[keep],
        multiplicities=zeros.multiplicities[keep],
    )
