"""Landscapes: every real critical point of a loss, with value, Morse index and the global minimum.

Points come from the certified zeros of the gradient; the index is certified by intervals
(`homotopy.morse`), values are enclosed in Arb. The lowest value is the global minimum if the loss
attains one (λ > 0 makes it coercive: L(w) ≥ ½ min λ ‖w‖²) and no real critical point is missing
(as many certified zeros as an upper bound allows).
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq_mpoly
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from algebra.words import Count, Word, weakest
from homotopy.boxes import Box, CertifyResult, is_inside
from homotopy.certify import certify, refine
from homotopy.enclosures import Enclosure
from homotopy.morse import hessian_at, lowest, real_balls, separated
from proofs.counting import CountResult, count

#: Digits to which points are refined before their values are enclosed; more where values tie.
DIGITS = (25, 60, 200)

COERCIVE = "L(w) ≥ ½ min λ ‖w‖² for λ > 0, so the loss attains its infimum"


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """One real critical point.

    Attributes
    ----------
    weights : float64 array, shape (n,)
        Centre of the certified box; coordinates proved to vanish are exactly 0.
    box : Box
    loss : arb
        Encloses the value.
    index : int or None
        Number of negative eigenvalues of the Hessian, certified; None if not decided.
    eigenvalues : float64 array, shape (n,)
        Of the Hessian, floating point.
    orbit : int
        Points that differ by sign changes of the network share a number.
    """

    weights: NDArray[np.float64]
    box: Box
    loss: arb
    index: int | None
    eigenvalues: NDArray[np.float64]
    orbit: int

    @property
    def kind(self) -> str:
        """What the index says: minimum, saddle, maximum (all local), or undecided."""
        if self.index is None:
            return "undecided"
        if self.index == 0:
            return "minimum"
        return "maximum" if self.index == len(self.weights) else "saddle"

    def to_dict(self, variables: Sequence[str]) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "weights": self.weights.tolist(),
            "loss": float(self.loss.mid()),
            "loss_enclosure": enclosure_strings(self.loss),
            "index": self.index,
            "kind": self.kind,
            "certified": True,
            "radius": self.box.radius,
            "eigenvalues": self.eigenvalues.tolist(),
            "zero": [variables[k] for k in self.box.zero_coordinates],
            "orbit": self.orbit,
        }


@dataclass(frozen=True, eq=False)
class GlobalMinimum:
    """The lowest value of the loss.

    Attributes
    ----------
    loss : arb
        Encloses it.
    points : tuple of int
        Positions of the critical points that may attain it (one orbit, unless values tie).
    word : Word
        `certified` if the points are complete and the loss attains a minimum.
    relies_on : tuple of str
    """

    loss: arb
    points: tuple[int, ...]
    word: Word
    relies_on: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "loss": float(self.loss.mid()),
            "loss_enclosure": enclosure_strings(self.loss),
            "points": list(self.points),
            "word": str(self.word),
            "relies_on": list(self.relies_on),
        }


@dataclass(frozen=True, eq=False)
class Landscape:
    """All real critical points found, lowest first.

    Attributes
    ----------
    system : PolynomialSystem
        The gradient.
    points : tuple of CriticalPoint
    real : Count
        Number of real critical points: the points are all of them where it has a value.
    global_minimum : GlobalMinimum or None
        None without real critical points.
    notes : tuple of str
    """

    system: PolynomialSystem
    points: tuple[CriticalPoint, ...]
    real: Count
    global_minimum: GlobalMinimum | None
    notes: tuple[str, ...] = ()
    counts: CountResult | None = None

    @functools.cached_property
    def gradient(self) -> Enclosure:
        """Evaluation of the gradient and the Hessian."""
        return Enclosure.of(self.system)

    @functools.cached_property
    def certificate(self) -> dict[str, Any]:
        """Certificate of kind `boxes`: these points are distinct real zeros of the gradient."""
        boxes = tuple(p.box for p in self.points)
        return CertifyResult(self.system, boxes, np.arange(len(boxes))).certificate

    @property
    def complete(self) -> bool:
        """Whether no real critical point is missing."""
        return self.real.value == len(self.points)

    @property
    def index_counts(self) -> dict[int, int]:
        """Number of points per certified index."""
        known = [p.index for p in self.points if p.index is not None]
        return {k: known.count(k) for k in sorted(set(known))}

    @property
    def morse_sum(self) -> int | None:
        """Σ (−1)^index; 1 for a coercive loss whose critical points are all known."""
        if any(p.index is None for p in self.points):
            return None
        return sum((-1) ** (p.index or 0) for p in self.points)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "variables": list(self.system.variables),
            "points": [p.to_dict(self.system.variables) for p in self.points],
            "real": self.real.to_dict(),
            "complete": self.complete,
            "index_counts": {str(k): v for k, v in self.index_counts.items()},
            "global_minimum": (
                None if self.global_minimum is None else self.global_minimum.to_dict()
            ),
            "notes": list(self.notes),
        }

    def to_dataframe(self) -> Any:
        """A pandas table with one row per point."""
        import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]

        table = pd.DataFrame([p.weights for p in self.points], columns=list(self.system.variables))
        table.insert(0, "loss", [float(p.loss.mid()) for p in self.points])
        table.insert(1, "index", [p.index for p in self.points])
        table.insert(2, "kind", [p.kind for p in self.points])
        table.insert(3, "orbit", [p.orbit for p in self.points])
        return table

    def __repr__(self) -> str:
        minimum = "none" if self.global_minimum is None else str(self.global_minimum.loss)
        return (
            f"Landscape({len(self.points)} real critical points, indices {self.index_counts}, "
            f"global minimum {minimum}, {'complete' if self.complete else 'perhaps incomplete'})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{p.kind}</td><td>{p.index}</td><td>{float(p.loss.mid()):.9g}</td></tr>"
            for p in self.points
        )
        head = "<tr><th>kind</th><th>index</th><th>loss</th></tr>"
        return f"<table><caption>{html.escape(repr(self))}</caption>{head}{rows}</table>"


def landscape(
    subject: PolynomialSystem,
    *,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    counts: CountResult | None = None,
) -> Landscape:
    """Every real critical point of a loss.

    Parameters
    ----------
    subject : PolynomialSystem
        The gradient system of a network, or one equation: the polynomial whose critical points are
        wanted.
    counts : CountResult, optional
        `proofs.count` of the gradient, if it is known already.

    Raises
    ------
    InputError
        Neither a network's gradient nor a single real polynomial.
    LimitReached
        A limit was hit while counting or solving.

    Examples
    --------
    >>> well = PolynomialSystem.parse("x^4/4 - x^2/2")
    >>> [p.kind for p in landscape(well).points]
    ['minimum', 'minimum', 'saddle']
    """
    system, value, coercive, signs = _objective(subject)
    if counts is None:
        counts = count(system, seed=seed, budget=budget)
    candidates = _candidates(system, counts, seed, budget)
    certified = certify(system, candidates, budget=budget)
    boxes = [box for box in certified.boxes if box.real is True]
    sharp = [refine(system, box, DIGITS[0]) for box in boxes]
    gradient = Enclosure.of(system)
    orbits = _orbits(sharp, boxes, signs)
    points = []
    for box, orbit in zip(sharp, orbits, strict=True):
        hessian = hessian_at(gradient, box)
        weights = np.array([float(c.real) for c in box.center])
        points.append(
            CriticalPoint(
                weights, box, _value(value, box), hessian.index, hessian.eigenvalues, orbit
            )
        )
    points.sort(key=lambda p: (float(p.loss.mid()), p.weights.tolist()))
    points = _renumbered(points)
    notes = [] if len(boxes) == counts.real.value else [
        f"{len(boxes)} real critical points are certified; their number is known as {counts.real!r}"
    ]  # fmt: skip
    minimum = _global_minimum(system, points, value, coercive, counts.real)
    result = Landscape(system, tuple(points), counts.real, minimum, tuple(notes), counts)
    if coercive and result.complete and result.morse_sum not in (1, None):
        warning = f"Σ(−1)^index = {result.morse_sum}, not 1: a critical point is missing or wrong"
        result = replace(result, notes=(*result.notes, warning))
    return result


# -- objectives ------------------------------------------------------------------------------------

Value = Callable[[Sequence[arb]], arb]


def _objective(
    subject: PolynomialSystem,
) -> tuple[PolynomialSystem, Value, bool, list[NDArray[np.int8]]]:
    """Gradient system, value at real balls, whether a minimum is attained, sign symmetries."""
    network, data = subject.metadata.get("network"), subject.metadata.get("data")
    if isinstance(network, LinearNetwork) and isinstance(data, NetworkData):
        positive = all(e > 0 for matrix in data.Lambda for row in matrix for e in row)

        def network_value(weights: Sequence[arb]) -> arb:
            return arb(network.exact_loss(list(weights), data))

        return subject, network_value, positive, network.sign_generators()
    subject.require_rational()
    if len(subject.equations) != 1:
        raise InputError(
            f"{len(subject.equations)} equations: expected a network's gradient, or one polynomial "
            "whose critical points are wanted"
        )
    (objective,) = subject.equations
    gradient = subject.with_equations(
        [objective.derivative(k) for k in range(len(subject.variables))]
    )
    return gradient, lambda x: evaluate(objective, x), False, []


def evaluate(polynomial: fmpq_mpoly, x: Sequence[arb]) -> arb:
    """The polynomial's value on real balls."""
    total = arb(0)
    for exponents, coefficient in polynomial.terms():
        term = arb(coefficient)
        for base, exponent in zip(x, exponents, strict=True):
            if exponent:
                term *= base ** int(exponent)
        total += term
    return total


def _value(value: Value, box: Box) -> arb:
    with ctx.workprec(2 * box.precision + 64):
        return value(real_balls(box))


# -- points ----------------------------------------------------------------------------------------


def _candidates(
    system: PolynomialSystem, counts: CountResult, seed: int, budget: Budget
) -> NDArray[np.complex128]:
    from homotopy.solve import solve

    solution = counts.solution
    if solution is None:
        solution = solve(system, seed=seed, budget=budget)
    return np.asarray(solution.points, dtype=np.complex128)


def _orbits(
    sharp: Sequence[Box], coarse: Sequence[Box], signs: Sequence[NDArray[np.int8]]
) -> list[int]:
    """Numbers of the orbits under sign changes, which permute the zeros exactly.

    The image of a sharp box holds a zero; where it lies in another zero's box it is that zero.
    """
    orbit = list(range(len(sharp)))
    for k, box in enumerate(sharp):
        for sign in signs:
            center = tuple(c * int(e) for c, e in zip(box.center, sign, strict=True))
            image = replace(box, center=center)
            for other, target in enumerate(coarse):
                if is_inside(image, target):
                    low, high = sorted((orbit[k], orbit[other]))
                    orbit = [low if o == high else o for o in orbit]
    return orbit


def _renumbered(points: Sequence[CriticalPoint]) -> list[CriticalPoint]:
    """Orbits numbered in the order of their lowest point."""
    names: dict[int, int] = {}
    return [replace(p, orbit=names.setdefault(p.orbit, len(names))) for p in points]


def _global_minimum(
    system: PolynomialSystem,
    points: list[CriticalPoint],
    value: Value,
    coercive: bool,
    real: Count,
) -> GlobalMinimum | None:
    if not points:
        return None
    losses = [p.loss for p in points]
    tied = separated(losses, lowest(losses))
    for digits in DIGITS[1:]:
        if len({points[k].orbit for k in tied}) <= 1:
            break
        for k in tied:
            box = refine(system, points[k].box, digits)
            losses[k] = _value(value, box)
            points[k] = replace(points[k], box=box, loss=losses[k])
        tied = separated(losses, lowest(losses))
    complete = real.value == len(points)
    word = weakest(Word.CERTIFIED, real.word) if complete and coercive else Word.NUMERICAL
    return GlobalMinimum(losses[lowest(losses)], tuple(tied), word, (COERCIVE,) if coercive else ())


def enclosure_strings(value: arb) -> list[str]:
    """Lower and upper end of a ball as decimal strings, rounded outwards."""
    with ctx.workprec(1024):
        lower, upper = value.lower(), value.upper()
        return [_decimal(lower, -1), _decimal(upper, 1)]


def _decimal(value: arb, direction: int, digits: int = 20) -> str:
    """An exact number rounded to a decimal string in the given direction."""
    if value == 0:
        return "0"
    size = abs(value)
    exponent = len(str(int(size.upper().floor().unique_fmpz() or 0))) if size > 1 else 0
    shift = digits - exponent
    scaled = value * arb(10) ** shift
    integer = int((scaled.floor() if direction < 0 else scaled.ceil()).mid().unique_fmpz())
    sign = "-" if integer < 0 else ""
    return f"{sign}{abs(integer)}e{-shift}"
