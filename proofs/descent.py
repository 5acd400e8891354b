"""Descents from random weights: which certified local minimum an optimiser finds, how often.

Floating point throughout (BFGS, scipy); the minima it is compared with are certified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from proofs.landscape import Landscape

FloatArray = NDArray[np.float64]

#: An end belongs to a point if it is this near, relative to the size of the weights.
NEAR = 1e-4


@dataclass(frozen=True)
class Descents:
    """Ends of descents.

    Attributes
    ----------
    reached : dict of int to int
        Position of a critical point in the landscape: number of descents that ended there.
    elsewhere : int
        Descents that ended at no certified point (not converged).
    """

    reached: dict[int, int]
    elsewhere: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "reached": {str(k): v for k, v in sorted(self.reached.items())},
            "elsewhere": self.elsewhere,
        }


def descend(
    landscape: Landscape, starts: int, *, seed: int = 0, budget: Budget = UNLIMITED
) -> Descents:
    """Minimise the loss of a network from `starts` normally distributed weights.

    Raises
    ------
    InputError
        The landscape is not that of a network.
    """
    network, _ = _network(landscape)
    points = np.array([p.weights for p in landscape.points]).reshape(-1, network.weight_count)
    spread = float(np.abs(points).max(initial=1.0))
    generator = np.random.default_rng(seed)
    reached: dict[int, int] = {}
    elsewhere = 0
    for k in range(starts):
        if k % 16 == 0:
            budget.check(Descents(dict(reached), elsewhere))
            budget.report("descents", k, starts)
        end = minimise(landscape, generator.normal(size=network.weight_count) * spread)
        position = nearest(points, end)
        if position is None:
            elsewhere += 1
        else:
            reached[position] = reached.get(position, 0) + 1
    return Descents(reached, elsewhere)


def minimise(landscape: Landscape, start: FloatArray) -> FloatArray:
    """The end of one BFGS descent from weights (N,)."""
    from scipy.optimize import minimize

    network, data = _network(landscape)
    loss = lambda w: float(network.loss(w, data))  # noqa: E731 - two one-line callables
    slope = lambda w: np.asarray(landscape.system.evaluate(w).real)  # noqa: E731
    result = minimize(loss, start, jac=slope, method="BFGS", options={"gtol": 1e-9})
    return np.asarray(result.x, dtype=np.float64)


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


def disconnectivity(landscape: Landscape) -> list[Merge]:
    """Which groups of minima are joined when the allowed loss rises, lowest saddle first.

    From every saddle of index 1 one descends to both sides of its unstable direction; groups of
    minima are then merged in the order of the saddles' losses (O. M. Becker, M. Karplus, J. Chem.
    Phys. 106 (1997), 1495-1517). The descents are floating point.
    """
    points = np.array([p.weights for p in landscape.points])
    group: dict[int, tuple[int, ...]] = {
        k: (k,) for k, p in enumerate(landscape.points) if p.index == 0
    }
    merges = []
    for k, point in enumerate(landscape.points):  # sorted by loss
        if point.index != 1:
            continue
        ends = []
        for direction in (1.0, -1.0):
            start = point.weights + direction * _unstable_step(landscape, point.weights)
            end = nearest(points, minimise(landscape, start))
            if end is not None and end in group:
                ends.append(end)
        if len(ends) == 2 and group[ends[0]] != group[ends[1]]:
            left, right = group[ends[0]], group[ends[1]]
            merges.append(Merge(k, left, right))
            for minimum in (*left, *right):
                group[minimum] = tuple(sorted((*left, *right)))
    return merges


def _unstable_step(landscape: Landscape, weights: FloatArray) -> FloatArray:
    """A small step along the eigenvector of the lowest eigenvalue of the Hessian."""
    _, jacobians = landscape.gradient.float_values_and_jacobian(weights[None].astype(complex))
    hessian = jacobians[0].real
    _, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    return np.asarray(vectors[:, 0] * 1e-3 * max(1.0, float(np.abs(weights).max())))


def nearest(points: FloatArray, end: FloatArray) -> int | None:
    """Position of the point that `end` is near to."""
    if not len(points):
        return None
    distances = np.abs(points - end).max(axis=1)
    best = int(distances.argmin())
    return best if distances[best] <= NEAR * max(1.0, float(np.abs(end).max())) else None


def _network(landscape: Landscape) -> tuple[LinearNetwork, NetworkData]:
    metadata = landscape.system.metadata
    network, data = metadata.get("network"), metadata.get("data")
    if not isinstance(network, LinearNetwork) or not isinstance(data, NetworkData):
        raise InputError("descents need the loss of a network")
    return network, data
