"""Real critical points of an objective: certified points, values, inertia of the Hessian, orbits.

Nondegenerate points come with a Krawczyk box; their Morse index is certified by intervals
(`homotopy.morse`), or exactly where the point is rational. A degenerate point has no box: it is
certified where it is rational, as the origin often is, because then everything is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from homotopy.boxes import Box, is_inside
from homotopy.certify import certify, refine
from homotopy.enclosures import Enclosure
from homotopy.krawczyk import power_of_two
from homotopy.morse import hessian_at, real_balls
from homotopy.results import SolveResult
from proofs.inertia import Inertia, exact_inertia
from proofs.objectives import Objective

#: Digits to which points are refined before their values are enclosed.
DIGITS = 25
#: Largest denominator of a coordinate that is tested for being rational.
DENOMINATOR = 1000
#: Relative size of imaginary parts below which an uncertified zero may be real, and distance
#: within which an uncertified zero may be a rational point: ends at multiple zeros are this rough.
ROUGH = 1e-5
#: All kinds of critical points, in the order of tables and legends.
KINDS = ("minimum", "saddle", "maximum", "degenerate", "undecided")


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """One real critical point.

    Attributes
    ----------
    weights : float64 array, shape (n,)
        Coordinates, rounded; those known to vanish are exactly 0.
    loss : arb
        Encloses the value; a floating-point value only where the point is not certified.
    index : int or None
        Number of negative eigenvalues of the Hessian, certified; None if not decided.
    kind : str
        "minimum", "maximum" or "saddle" (all local, strict); "degenerate" where the Hessian is
        singular and semidefinite, "undecided" where nothing is certified.
    nullity : int
        Number of zero eigenvalues: 0 for nondegenerate points.
    eigenvalues : float64 array, shape (n,)
        Of the Hessian, ascending, floating point.
    box : Box or None
        Certified box; None for degenerate points.
    rational : tuple of fmpq or None
        The point itself where it was recognised and verified as rational.
    orbit : int
        Points that symmetries of the objective map to one another share a number.
    """

    weights: NDArray[np.float64]
    loss: arb
    index: int | None
    kind: str
    nullity: int
    eigenvalues: NDArray[np.float64]
    box: Box | None
    rational: tuple[fmpq, ...] | None = None
    orbit: int = 0

    @property
    def certified(self) -> bool:
        """Whether a critical point is certainly there."""
        return self.box is not None or self.rational is not None

    @property
    def value(self) -> float:
        """The loss, rounded."""
        return float(self.loss.mid())

    @property
    def zero(self) -> tuple[int, ...]:
        """Coordinates known to vanish."""
        if self.rational is not None:
            return tuple(k for k, v in enumerate(self.rational) if v == 0)
        return () if self.box is None else self.box.zero_coordinates

    def to_dict(self, variables: Sequence[str]) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "weights": self.weights.tolist(),
            "loss": self.value,
            "loss_enclosure": enclosure_strings(self.loss) if self.certified else None,
            "index": self.index,
            "kind": self.kind,
            "certified": self.certified,
            "nullity": self.nullity,
            "radius": 0.0 if self.box is None else self.box.radius,
            "exact": None if self.rational is None else [str(v) for v in self.rational],
            "eigenvalues": self.eigenvalues.tolist(),
            "zero": [variables[k] for k in self.zero],
            "orbit": self.orbit,
        }


def critical_points(
    objective: Objective, solution: SolveResult, *, budget: Budget = UNLIMITED
) -> list[CriticalPoint]:
    """The real critical points among the zeros of the gradient, lowest first, orbits numbered.

    Parameters
    ----------
    solution : SolveResult
        Zeros of `objective.gradient`; they are certified here once more, from the exact
        coefficients.
    """
    gradient = Enclosure.of(objective.gradient)
    boxes = certify(objective.gradient, solution.points, budget=budget).boxes
    real = [box for box in boxes if box.real is True]
    points = []
    for done, box in enumerate(real):
        budget.check()
        budget.report("Morse indices", done, len(real))
        points.append(_nondegenerate(objective, gradient, box))
    points = number_orbits(points, real, objective)
    return in_order([*points, *_degenerate(objective, gradient, solution, boxes)])


def in_order(points: Sequence[CriticalPoint]) -> list[CriticalPoint]:
    """Sorted by value, then weights; orbits numbered in that order."""
    scale = max((abs(p.value) for p in points), default=0.0) or 1.0
    ordered = sorted(points, key=lambda p: (round(p.value / scale, 12), p.weights.tolist()))
    names: dict[int, int] = {}
    return [replace(p, orbit=names.setdefault(p.orbit, len(names))) for p in ordered]


def enclosed_value(objective: Objective, box: Box) -> arb:
    """Ball that contains the objective's value at the real zero in `box`."""
    with ctx.workprec(2 * box.precision + 64):
        return arb(objective.exact(real_balls(box)))


def sharpened(objective: Objective, point: CriticalPoint, digits: int) -> CriticalPoint:
    """The same point with a smaller box and a narrower enclosure of its value."""
    if point.box is None or point.rational is not None:
        return point
    box = refine(objective.gradient, point.box, digits)
    return replace(point, box=box, loss=enclosed_value(objective, box))


# -- nondegenerate points --------------------------------------------------------------------------


def _nondegenerate(objective: Objective, gradient: Enclosure, box: Box) -> CriticalPoint:
    """What is known at the zero in a real box."""
    sharp = refine(objective.gradient, box, DIGITS)
    hessian = hessian_at(gradient, sharp)
    weights = np.array([float(c.real) for c in sharp.center])
    rational = _rational_in(gradient, sharp)
    if rational is not None:
        exact = _exact_point(objective, gradient, rational)
        return replace(exact, box=sharp, eigenvalues=hessian.eigenvalues)
    index = hessian.index
    kind = "undecided" if index is None else Inertia(index, 0, len(weights) - index).kind
    value = enclosed_value(objective, sharp)
    return CriticalPoint(weights, value, index, kind, 0, hessian.eigenvalues, sharp)


def _rational_in(gradient: Enclosure, box: Box) -> tuple[fmpq, ...] | None:
    """The zero in the box if it is rational with small denominators."""
    guess = _near_rational([c.real for c in box.center])
    inside = all(
        abs(c.real - arb(g)) <= power_of_two(e)
        for c, g, e in zip(box.center, guess, box.exponents, strict=True)
    )
    return guess if inside and _is_zero(gradient, guess) else None


def number_orbits(
    points: Sequence[CriticalPoint], coarse: Sequence[Box], objective: Objective
) -> list[CriticalPoint]:
    """Orbits of nondegenerate points under the objective's symmetries, which permute the zeros.

    The image of a point's box holds a zero; where it lies in another zero's box it is that zero.
    `coarse` are the boxes before refinement, in the same order.
    """
    orbit = list(range(len(points)))
    centers = np.array([p.weights for p in points]).reshape(len(points), objective.n)
    for symmetry in objective.symmetries():
        for k, point in enumerate(points):
            assert point.box is not None
            image = _image(point.box, symmetry)
            # Nearest centres first: usually one exact comparison decides.
            where = np.array([float(c.real) for c in image.center])
            distances = np.abs(centers - where).max(axis=1, initial=0.0)
            for other in np.argsort(distances, kind="stable")[:2].tolist():
                if is_inside(image, coarse[other]):
                    low, high = sorted((orbit[k], orbit[other]))
                    orbit = [low if o == high else o for o in orbit]
    return [replace(p, orbit=o) for p, o in zip(points, orbit, strict=True)]


def _image(box: Box, symmetry: Any) -> Box:
    order = [int(k) for k in symmetry.order]
    return replace(
        box,
        center=tuple(symmetry(box.center)),
        exponents=tuple(box.exponents[k] for k in order),
        tight=tuple(box.tight[k] for k in order),
    )


# -- rational and degenerate points ----------------------------------------------------------------


def _degenerate(
    objective: Objective, gradient: Enclosure, solution: SolveResult, boxes: Sequence[Box]
) -> list[CriticalPoint]:
    """Zeros without a box that are or may be real: exact where rational, otherwise numerical."""
    found: list[CriticalPoint] = []
    for point in _without_box(solution, boxes):
        guess = _near_rational([arb(float(v)) for v in point])
        close = np.array([int(g.p) / int(g.q) for g in guess]) - point
        rough = ROUGH * max(1.0, float(np.abs(point).max(initial=0.0)))
        if np.abs(close).max(initial=0.0) <= rough and _is_zero(gradient, guess):
            new = _exact_point(objective, gradient, guess)
        else:
            loss = arb(float(objective.values(point[None])[0]))
            eigenvalues = np.asarray(
                np.linalg.eigvalsh(float_hessian(gradient, point)), dtype=np.float64
            )
            new = CriticalPoint(point, loss, None, "undecided", 0, eigenvalues, None)
        if all(np.abs(new.weights - old.weights).max(initial=0.0) > rough for old in found):
            found.append(replace(new, orbit=len(boxes) + len(found)))
    return found


def _without_box(solution: SolveResult, boxes: Sequence[Box]) -> Iterator[NDArray[np.float64]]:
    """Real parts of the zeros that are not certified and almost real."""
    for zero in solution.solutions:
        scale = max(1.0, float(np.abs(zero.point).max(initial=0.0)))
        if zero.certified or np.abs(zero.point.imag).max(initial=0.0) > ROUGH * scale:
            continue
        boxed = any(np.abs(b.point - zero.point).max(initial=0.0) <= 2 * b.radius for b in boxes)
        if not boxed:
            yield np.asarray(zero.point.real, dtype=np.float64)


def _exact_point(
    objective: Objective, gradient: Enclosure, point: tuple[fmpq, ...]
) -> CriticalPoint:
    """A rational critical point: exact value and inertia."""
    inertia = exact_inertia(exact_hessian(gradient, point))
    weights = np.array([int(v.p) / int(v.q) for v in point], dtype=np.float64)
    with ctx.workprec(256):
        loss = arb(objective.exact(point))
    eigenvalues = np.asarray(np.linalg.eigvalsh(float_hessian(gradient, weights)), dtype=np.float64)
    return CriticalPoint(
        weights, loss, inertia.negative, inertia.kind, inertia.zero, eigenvalues, None, point
    )


def _near_rational(point: Sequence[arb]) -> tuple[fmpq, ...]:
    """The nearest rational numbers with small denominators."""
    fractions = (Fraction(float(v)).limit_denominator(DENOMINATOR) for v in point)
    return tuple(fmpq(f.numerator, f.denominator) for f in fractions)


def _is_zero(gradient: Enclosure, point: Sequence[fmpq]) -> bool:
    constants = [c.real for c in gradient.values.constants]
    return all(v == 0 for v in gradient.values.execute(list(point), constants))


def exact_hessian(gradient: Enclosure, point: Sequence[fmpq]) -> list[list[fmpq]]:
    """The Hessian at a rational point, over Q."""
    program, n = gradient.values_and_jacobian, gradient.n
    flat = program.execute(list(point), [c.real for c in program.constants])[n:]
    return [[fmpq(v) for v in flat[i * n : (i + 1) * n]] for i in range(n)]


def float_hessian(gradient: Enclosure, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Hessian at one point (n,), floating point, symmetrised."""
    _, jacobians = gradient.float_values_and_jacobian(point[None].astype(np.complex128))
    return np.asarray((jacobians[0] + jacobians[0].T).real / 2)


# -- printing --------------------------------------------------------------------------------------


def enclosure_strings(value: arb) -> list[str]:
    """Lower and upper end of a ball as decimal strings, rounded outwards."""
    with ctx.workprec(1024):
        return [decimal_string(value.lower(), -1), decimal_string(value.upper(), 1)]


def decimal_string(value: arb, direction: int, digits: int = 20) -> str:
    """An exact finite number rounded down (direction < 0) or up to `digits` significant digits."""
    if value == 0:
        return "0"
    mantissa, exponent = value.man_exp()
    number = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    # One more than the position of the leading digit, up to one.
    size = int(Fraction(int(exponent) + int(mantissa).bit_length()) * Fraction(30103, 100000)) + 1
    shift = digits - size
    scaled = number * Fraction(10) ** shift
    integer = scaled.numerator // scaled.denominator
    if direction > 0 and scaled.denominator != 1:
        integer += 1
    return str(Decimal(integer).scaleb(-shift).normalize())
