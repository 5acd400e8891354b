"""Zero sets of positive dimension: witness points, degrees, membership, isolated zeros told apart.

A component of dimension k meets a general linear space of codimension k in as many points as its
degree says (counted once each): its *witness points*. Moving the space moves the points along the
component: a point lies on it if and only if spaces through the point lead to it. That is how the
points of larger components are taken out of the cascade's witness supersets, and isolated multiple
zeros told from points of components.

A. J. Sommese, J. Verschelde, C. W. Wampler, SIAM J. Numer. Anal. 38 (2001), 2022-2046, and
A. J. Sommese, C. W. Wampler, "The Numerical Solution of Systems of Polynomials Arising in
Engineering and Science", World Scientific 2005, chapters 13-15.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from homotopy.accounting import SAME_POINT, follow
from homotopy.cascade import NO_SLACK_SINGULAR, Level, Test, cascade
from homotopy.certify import certify
from homotopy.homotopies import StartSystem
from homotopy.irreducible import irreducible_parts
from homotopy.results import PathStatus, WitnessSet
from homotopy.shapes import Scaled, residual_test, scale, square_up
from homotopy.slicing import Slicing
from homotopy.tracker import CONSERVATIVE, track

ComplexArray = NDArray[np.complex128]

#: Sets of random constants tried while something is in doubt.
ATTEMPTS = 3
#: Relative distance below which a moved witness point has reached the candidate.
REACHED = 1e-4
#: The same for a path that was given up on its way, as it may be near a very singular point.
CLOSE = 1e-8
#: Most bits for certificates that a point lies on no larger component.
PRECISION = 106
#: Samples of a path that are extrapolated, and the least ratio of their times.
ORDERS, SPACING = 8, 1.3
#: How far from the zero set, on the way down the cascade, multiple witness points are moved; one
#: random space is tried with each.
NEARBY = (1e-3, 1e-4, 1e-5)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The zero set of a system, numerically.

    Attributes
    ----------
    variables : tuple of str
    components : tuple of WitnessSet
        By falling dimension; irreducible ones each for itself.
    isolated : complex128 array, shape (k, n)
        Isolated zeros; multiplicities int64 (k,) count paths.
    regular, decided : bool arrays, shape (k,)
        Which of them are simple, and which certainly lie on no component of positive dimension.
    notes : tuple of str
        What is not certain, in sentences.
    doubts : int
        Paths without an understood end, and points that may lie on larger components.
    """

    variables: tuple[str, ...]
    components: tuple[WitnessSet, ...]
    isolated: ComplexArray
    multiplicities: NDArray[np.int64]
    regular: NDArray[np.bool_]
    decided: NDArray[np.bool_]
    notes: tuple[str, ...]
    doubts: int
    _sets: tuple[_MovableSet, ...]
    _scaled: Scaled

    @property
    def dimension(self) -> int:
        """Of the zero set; −1 if it is empty."""
        return max((c.dimension for c in self.components), default=0 if len(self.isolated) else -1)

    def contains(self, point: Any, *, seed: int = 0, budget: Budget = UNLIMITED) -> bool | None:
        """Whether `point` (n,) lies on a component of positive dimension; None if not decided."""
        here = self._scaled.scaled(np.atleast_2d(np.asarray(point, dtype=np.complex128)))[0]
        return lies_on_one(self._sets, here, seed=seed, budget=budget)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "dimension": self.dimension,
            "components": [c.to_dict() for c in self.components],
            "isolated": len(self.isolated),
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        parts = ", ".join(f"{c.degree} in dimension {c.dimension}" for c in self.components)
        return (
            f"Decomposition(dimension {self.dimension}; degrees: {parts or 'none'}; "
            f"{len(self.isolated)} isolated zeros)"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{c.dimension}</td><td>{c.degree}</td><td>{c.multiplicity}</td></tr>"
            for c in self.components
        )
        head = "<tr><th>dimension</th><th>degree</th><th>multiplicity</th></tr>"
        return f"<table><caption>{html.escape(repr(self))}</caption>{head}{rows}</table>"


def decompose(
    system: PolynomialSystem,
    *,
    top: int | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> Decomposition:
    """Witness points of all components of positive dimension, and the isolated zeros.

    Parameters
    ----------
    system : PolynomialSystem
        Of any shape, without free parameters.
    top : int, optional
        A guess of the dimension plus one: the number of slices to begin with. Raised where the
        slices meet the zero set. Without it every dimension is looked at.

    Raises
    ------
    InputError
        The system has parameters.
    LimitReached

    Examples
    --------
    >>> system = PolynomialSystem.parse("x^2 - x; x*y - 2*x")  # the line x = 0 and (1, 2)
    >>> decompose(system)
    Decomposition(dimension 1; degrees: 1 in dimension 1; 1 isolated zeros)
    """
    system.require_specialised()
    square = square_up(system, seed=seed, pad=True)
    n = len(system.variables)
    if square.system is None or n == 0:
        empty = np.zeros((0, n), dtype=np.complex128)
        no_scale = Scaled(system, np.zeros(n, np.int64))
        none = np.zeros(0, np.int64)
        return Decomposition(
            system.variables, (), empty, none, none > 0, none > 0, (square.reason,), 0, (), no_scale
        )
    scaled = scale(square.system)
    in_units = residual_test(system, np.ldexp(1.0, scaled.exponents))

    def holds(points: ComplexArray, tolerance: float) -> NDArray[np.bool_]:
        if not square.surplus:
            return np.ones(len(points), dtype=bool)
        return in_units(scaled.original(points), tolerance)

    best: Decomposition | None = None
    for attempt in range(ATTEMPTS):
        slicing = Slicing.of(scaled.system, seed=seed + 1_000_003 * attempt)
        found = _decomposed(slicing, scaled, n if top is None else min(top, n), holds, budget)
        if best is None or found.doubts < best.doubts:
            best = found
        if not best.doubts:
            break
    assert best is not None
    return best


def _decomposed(
    slicing: Slicing, scaled: Scaled, top: int, holds: Test, budget: Budget
) -> Decomposition:
    sets: list[_MovableSet] = []
    notes: list[str] = []
    doubts = 0
    isolated: Level | None = None
    for superset in cascade(slicing, top, holds, budget=budget):
        level, decided = _without_larger_components(superset, sets, budget)
        undecided = int(np.sum(~decided))
        k, doubts = level.dimension, doubts + level.failed + undecided
        if level.failed:
            notes.append(
                f"{level.failed} of {level.tracked} paths to {k} slices have no understood end: "
                "points may be missing"
            )
        if undecided:
            notes.append(f"{undecided} points in dimension {k} may lie on larger components")
        if k:
            sets += _parts(slicing, level, budget)
        else:
            isolated = level
    nothing = np.zeros(0, np.int64)
    return Decomposition(
        slicing.system.variables,
        tuple(part.witness_set(scaled) for part in sets),
        scaled.original(isolated.points if isolated else np.zeros((0, slicing.n), np.complex128)),
        isolated.multiplicities if isolated else nothing,
        isolated.regular if isolated else nothing > 0,
        decided if isolated else nothing > 0,
        tuple(notes),
        doubts,
        tuple(sets),
        scaled,
    )


def _without_larger_components(
    level: Level, sets: Sequence[_MovableSet], budget: Budget
) -> tuple[Level, NDArray[np.bool_]]:
    """The level without points of larger components, and of which points that is certain.

    Where the sliced system is regular no larger component passes. Near points where components
    meet a condition number says little about that: a certificate does.
    """
    if not sets:
        return level, np.ones(len(level.points), dtype=bool)
    keep = level.regular & _certified(sets[0].slicing, level)
    decided = np.ones(len(keep), dtype=bool)
    for i in np.flatnonzero(~keep):
        embedded = lies_on_one(sets, level.points[i], budget=budget)
        keep[i], decided[i] = not embedded, embedded is not None
    sources = tuple(s for s, k in zip(level.sources, keep, strict=True) if k)
    kept = Level(
        level.dimension, level.points[keep], level.regular[keep], level.multiplicities[keep],
        sources, level.slack, level.tracked, level.failed,
    )  # fmt: skip
    return kept, decided[keep]


def _certified(slicing: Slicing, level: Level) -> NDArray[np.bool_]:
    """Which points of a level are certified simple zeros of its sliced system."""
    k = level.dimension
    system = slicing.level(k) if k else slicing.system
    found = certify(system, level.points, max_precision=PRECISION)
    out = found.assignment >= 0
    centers = found.points[found.assignment[out]]
    distances = np.max(np.abs(centers - level.points[out]), axis=1, initial=0.0)
    sizes = np.maximum(1.0, np.max(np.abs(centers), axis=1, initial=0.0))
    # Polishing may have led elsewhere.
    out[out] = distances <= SAME_POINT * sizes
    return out


def _parts(slicing: Slicing, level: Level, budget: Budget) -> list[_MovableSet]:
    """The witness points of one dimension by multiplicity, reduced ones by component."""
    out = []
    kinds = np.where(level.regular, 0, level.multiplicities)
    for kind in np.unique(kinds):
        members = np.flatnonzero(kinds == kind)
        if kind == 0:
            points = level.points[members]
            for indices, irreducible in irreducible_parts(
                slicing, level.dimension, points, budget=budget
            ):
                group = members[indices]
                out.append(_MovableSet.of(slicing, level, group, irreducible))
        else:
            irreducible = True if len(members) == 1 else None
            out.append(_MovableSet.of(slicing, level, members, irreducible))
    return out


# -- membership -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _MovableSet:
    """Witness points in scaled units, and where their paths began."""

    slicing: Slicing
    dimension: int
    points: ComplexArray
    regular: bool
    multiplicity: int
    irreducible: bool | None
    sources: ComplexArray

    @classmethod
    def of(
        cls,
        slicing: Slicing,
        level: Level,
        members: NDArray[np.int64],
        irreducible: bool | None,
    ) -> _MovableSet:
        return cls(
            slicing,
            level.dimension,
            level.points[members],
            bool(level.regular[members].all()),
            int(level.multiplicities[members].max()),
            irreducible,
            np.concatenate([level.sources[i] for i in members]),
        )

    def witness_set(self, scaled: Scaled) -> WitnessSet:
        forms = self.slicing.forms[: self.dimension].copy()
        forms[:, 1:] = np.ldexp(forms[:, 1:].real, -scaled.exponents) + 1j * np.ldexp(
            forms[:, 1:].imag, -scaled.exponents
        )
        return WitnessSet(
            self.dimension,
            scaled.original(self.points),
            forms,
            self.multiplicity,
            self.irreducible,
        )

    def start_to(self, target: ComplexArray, nearby: float) -> StartSystem:
        """Paths from the witness points to those on the forms `target`, shape (dimension, n + 1).

        Multiple witness points are no start points: the simple zeros near them are moved, a little
        way (`nearby`) up the cascade, and taken down again.
        """
        slicing, k = self.slicing, self.dimension
        own, other = slicing.matrix(slicing.forms[:k]), slicing.matrix(target)
        if self.regular:
            return StartSystem("moved slice", (slicing.homotopy(own, other),), self.points)
        up = np.outer(slicing.slack[:, k], slicing.forms[k])
        stages = (
            slicing.homotopy(own + up, own + nearby * up, generic=True),
            slicing.homotopy(own + nearby * up, other + nearby * up, generic=True),
            slicing.homotopy(other + nearby * up, other),
        )
        return StartSystem("moved slice", stages, self.sources)

    def reaches(self, point: ComplexArray, *, seed: int, budget: Budget) -> bool | None:
        """Whether a zero (n,) lies on this set; None if all random spaces leave it open.

        A general space through the point meets the set in as many finite points as any other: an
        end elsewhere proves nothing.
        """
        generator = np.random.default_rng([seed, 19])
        size = max(1.0, float(np.abs(point).max()))
        for nearby in NEARBY:
            target = self.slicing.through(generator, self.dimension, point)
            ends = follow(self.start_to(target, nearby), budget=budget).ends
            finite = ends.of(PathStatus.SUCCESS, PathStatus.SINGULAR)
            distances = np.max(np.abs(ends.points - point), axis=1, initial=0.0)
            if np.any(distances[finite] <= REACHED * size) or np.any(distances <= CLOSE * size):
                return True
            if self._tends_to(point, target, ends.failed):
                return True
            on_the_set = self.slicing.slack_sizes(ends.points[finite], target) < NO_SLACK_SINGULAR
            if len(finite) == len(ends) and on_the_set.all():
                return False
        return None

    def _tends_to(
        self, point: ComplexArray, target: ComplexArray, failed: NDArray[np.int64]
    ) -> bool:
        """Whether the samples of a path that failed extrapolate to the point (n,).

        The square system may be so singular at the point that no path comes near; the component is
        not, and its points move analytically up to there.
        """
        if not self.regular:
            return False
        stage = self.start_to(target, NEARBY[0]).stages[0]
        again = track(stage, self.points[failed], settings=CONSERVATIVE, record=True)
        for times, samples in again.samples:
            limit, error = extrapolated(times.real, samples)
            if max(error, float(np.abs(limit - point).max())) <= REACHED * max(
                1.0, float(np.abs(point).max())
            ):
                return True
        return False


def extrapolated(times: NDArray[np.float64], samples: ComplexArray) -> tuple[ComplexArray, float]:
    """The value at t = 0 from samples (k, n) at falling times, and what the last order changed.

    Neville's scheme on samples whose times fall by a factor of at least `SPACING`.
    """
    chosen = [len(times) - 1]
    for k in range(len(times) - 2, -1, -1):
        if times[k] >= SPACING * times[chosen[-1]] and len(chosen) < ORDERS:
            chosen.append(k)
    t, values = times[chosen], [samples[k] for k in chosen]
    before = values[0]
    for width in range(1, len(chosen)):
        before = values[0]
        values = [
            (t[i + width] * values[i] - t[i] * values[i + 1]) / (t[i + width] - t[i])
            for i in range(len(values) - 1)
        ]
    return values[0], float(np.max(np.abs(values[0] - before), initial=0.0))


def lies_on_one(
    sets: Sequence[_MovableSet], point: ComplexArray, *, seed: int = 0, budget: Budget = UNLIMITED
) -> bool | None:
    """Whether a zero (n,) of the system lies on one of the sets; None if that is not decided."""
    answers = []
    for part in sets:
        answer = part.reaches(point, seed=seed, budget=budget)
        if answer:
            return True
        answers.append(answer)
    return None if None in answers else False
