"""Descents: which certified minimum an optimiser finds how often, and which saddles join minima.

Floating point throughout, and said so in every result; only the points that ends are compared with
are certified.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from proofs.critical_points import float_hessian
from proofs.landscape import Landscape

FloatArray = NDArray[np.float64]

#: An end belongs to a point if it is this near, relative to the size of the weights.
NEAR = 1e-4
#: Step away from a saddle, relative to the size of the weights.
FIRST_STEP = 1e-3
#: Gradient flow ends where the slope is this small, relative to the slope's scale.
FLAT = 1e-7
#: Time after which a gradient flow is given up, in units of 1/(smallest curvature at minima).
PATIENCE = 1e6
#: A flow line has left for good at this many times the size of the critical points.
FAR = 1e3


@dataclass(frozen=True)
class Descents:
    """Ends of descents from random points; floating point.

    Attributes
    ----------
    reached : dict of int to int
        Position of a critical point in the landscape: number of descents that ended there.
    elsewhere : int
        Descents that ended at no known point: not converged, or diverged.
    best : float
        Lowest finite value reached, at a known point or not; infinity without descents.
    """

    reached: dict[int, int]
    elsewhere: int
    best: float = float("inf")

    @property
    def total(self) -> int:
        """Number of descents."""
        return sum(self.reached.values()) + self.elsewhere

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "starts": self.total,
            "reached": {str(k): v for k, v in sorted(self.reached.items())},
            "elsewhere": self.elsewhere,
            "best": self.best if math.isfinite(self.best) else None,
            "word": "numerical",
        }


def descend(
    landscape: Landscape, starts: int, *, seed: int = 0, budget: Budget = UNLIMITED
) -> Descents:
    """Minimise the objective from `starts` normally distributed points (BFGS, scipy).

    The standard deviation is the largest coordinate of a critical point.

    Raises
    ------
    LimitReached
        With the Descents so far as `partial`.
    """
    points = _points(landscape)
    spread = float(np.abs(points).max(initial=0.0)) or 1.0
    generator = np.random.default_rng(seed)
    reached: dict[int, int] = {}
    elsewhere, best = 0, float("inf")
    for k in range(starts):
        if k % 16 == 0:
            budget.check(Descents(dict(reached), elsewhere, best))
            budget.report("descents", k, starts)
        start = spread * generator.standard_normal(points.shape[1:])
        end = minimise(landscape, np.asarray(start, dtype=np.float64))
        value = float(landscape.objective.values(end[None])[0])
        if math.isfinite(value):
            best = min(best, value)
        position = nearest(points, end)
        if position is None:
            elsewhere += 1
        else:
            reached[position] = reached.get(position, 0) + 1
    return Descents(reached, elsewhere, best)


def minimise(landscape: Landscape, start: FloatArray) -> FloatArray:
    """The end (n,) of one BFGS descent; not finite where the objective falls for ever."""
    from scipy.optimize import minimize

    objective = landscape.objective
    run: Any = minimize  # scipy-stubs want array types with the number of axes
    with np.errstate(all="ignore"):
        result = run(
            lambda x: float(objective.values(x[None])[0]),
            start,
            jac=lambda x: objective.slopes(x[None])[0],
            method="BFGS",
            options={"gtol": 1e-9},
        )
    return np.asarray(result.x, dtype=np.float64)


def flow(landscape: Landscape, start: FloatArray) -> FloatArray:
    """End (n,) of the gradient flow x' = −∇f(x) from `start`, by a stiff integrator (LSODA).

    Unlike an optimiser, the flow never jumps into another basin of attraction.
    """
    from scipy.integrate import solve_ivp

    objective, enclosure = landscape.objective, landscape.gradient
    run: Any = solve_ivp
    steep = float(np.abs(objective.slopes(start[None])).max(initial=0.0)) or 1.0
    slowest = min(
        (abs(float(p.eigenvalues[0])) for p in landscape.points if p.kind == "minimum"), default=1.0
    )

    def flat(_: float, x: FloatArray) -> float:
        return float(np.abs(objective.slopes(x[None])).max(initial=0.0)) - FLAT * steep

    far = FAR * max(1.0, float(np.abs(_points(landscape)).max(initial=0.0)))

    def away(_: float, x: FloatArray) -> float:
        return far - float(np.abs(x).max(initial=0.0))

    flat.terminal = away.terminal = True  # type: ignore[attr-defined]
    with np.errstate(all="ignore"):
        result = run(
            lambda _, x: -objective.slopes(x[None])[0],
            (0.0, PATIENCE / max(slowest, 1e-12)),
            start,
            method="LSODA",
            jac=lambda _, x: -float_hessian(enclosure, x),
            events=(flat, away),
            rtol=1e-8,
            atol=1e-10,
        )
    return np.asarray(result.y[:, -1], dtype=np.float64)


# -- saddles that join minima ----------------------------------------------------------------------


@dataclass(frozen=True)
class Connection:
    """Where the two flow lines that leave a saddle of index 1 downwards end.

    Attributes
    ----------
    saddle : int
        Position of the saddle in the landscape.
    ends : pair of int or None
        Positions of the points reached; None where none is known there.
    """

    saddle: int
    ends: tuple[int | None, int | None]


def connections(landscape: Landscape, *, budget: Budget = UNLIMITED) -> list[Connection]:
    """The two sides of every saddle of index 1, by gradient flow; lowest saddle first."""
    points = _points(landscape)
    out: list[Connection] = []
    for k, point in enumerate(landscape.points):
        if point.index != 1 or point.nullity:
            continue
        budget.check()
        budget.report("saddles", len(out), landscape.index_counts.get(1))
        step = _unstable_step(landscape, point.weights)
        sides = [nearest(points, flow(landscape, point.weights + s * step)) for s in (1.0, -1.0)]
        out.append(Connection(k, (sides[0], sides[1])))
    return out


@dataclass(frozen=True)
class Merge:
    """Two groups of minima that a saddle joins: a node of the disconnectivity graph.

    Attributes
    ----------
    saddle : int
        Position of the saddle in the landscape.
    left, right : tuple of int
        Positions of the minima on either side.
    """

    saddle: int
    left: tuple[int, ...]
    right: tuple[int, ...]


def disconnectivity(
    landscape: Landscape, joined: Sequence[Connection] | None = None
) -> list[Merge]:
    """Which groups of minima are joined when the allowed value rises, lowest saddle first.

    From every saddle of index 1 one flows down on both sides; groups of minima are then merged in
    the order of the saddles' values (O. M. Becker, M. Karplus, J. Chem. Phys. 106 (1997),
    1495-1517). Values are certified, flow lines are floating point.
    """
    group: dict[int | None, tuple[int, ...]] = {k: (k,) for k in landscape.of_kind("minimum")}
    merges = []
    for connection in connections(landscape) if joined is None else joined:
        a, b = connection.ends
        # Symmetry can hold a flow line in a subspace, where it ends at a lower saddle: the minima
        # below that saddle are then reached at this height as well.
        if a not in group or b not in group:
            continue
        left, right = sorted((group[a], group[b]))
        group[connection.saddle] = both = tuple(sorted({*left, *right}))
        if left == right:
            continue
        merges.append(Merge(connection.saddle, left, right))
        for member, old in group.items():
            if old in (left, right):
                group[member] = both
    return merges


def _unstable_step(landscape: Landscape, weights: FloatArray) -> FloatArray:
    """A small step along the eigenvector of the lowest eigenvalue of the Hessian."""
    _, vectors = np.linalg.eigh(float_hessian(landscape.gradient, weights))
    return np.asarray(vectors[:, 0] * FIRST_STEP * max(1.0, float(np.abs(weights).max())))


def nearest(points: FloatArray, end: FloatArray) -> int | None:
    """Position of the point (row of `points`) that `end` is near to."""
    if not len(points) or not np.isfinite(end).all():
        return None
    distances = np.abs(points - end).max(axis=1, initial=0.0)
    best = int(distances.argmin())
    return best if distances[best] <= NEAR * max(1.0, float(np.abs(end).max(initial=0.0))) else None


def _points(landscape: Landscape) -> FloatArray:
    shape = (len(landscape.points), landscape.objective.n)
    return np.array([p.weights for p in landscape.points], dtype=np.float64).reshape(shape)
