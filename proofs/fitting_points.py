"""Exact critical points of given data at which the network fits exactly, or nearly so.

Where some λ vanish the critical points may form curves, which no count reaches. But then there are
rational points to be found: all layers but the last are drawn, with random zeros; the gradient of
the last layer is linear in it and solved exactly; if what remains of the gradient vanishes too,
the point is critical. Floating point plays no part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from algebra.gradients import product
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from proofs import certificates
from proofs.certificates import Document

#: Draws before the search gives up.
TRIES = 400


@dataclass(frozen=True)
class FittingPoint:
    """An exact critical point of given data.

    Attributes
    ----------
    system : PolynomialSystem
    weights : tuple of fmpq
    """

    system: PolynomialSystem
    weights: tuple[fmpq, ...]

    @property
    def zero(self) -> frozenset[str]:
        """Names of the weights that vanish."""
        pairs = zip(self.system.variables, self.weights, strict=True)
        return frozenset(name for name, weight in pairs if weight == 0)

    def certificate(self) -> Document:
        """Kind `counterexample`: some critical point has exactly these vanishing weights."""
        gens = self.system.ring.gens()
        everything = self.system.ring.constant(1)
        for gen, weight in zip(gens, self.weights, strict=True):
            if weight != 0:
                everything *= gen
        return certificates.counterexample(
            self.system,
            everything,
            [[weight] for weight in self.weights],
            hypotheses=[g for g, w in zip(gens, self.weights, strict=True) if w == 0],
        )

    def to_dict(self) -> dict[str, str]:
        """The point as exact strings."""
        pairs = zip(self.system.variables, self.weights, strict=True)
        return {name: str(weight) for name, weight in pairs}


def find_point(
    network: LinearNetwork,
    data: NetworkData,
    wanted: Callable[[frozenset[str]], bool],
    *,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> FittingPoint | None:
    """An exact critical point whose set of vanishing weights is wanted, or None.

    Parameters
    ----------
    wanted : callable
        Gets the names of the vanishing weights.
    """
    system = network.gradient_system(data=data)
    generator = np.random.default_rng(seed)
    for attempt in range(TRIES):
        if attempt % 50 == 0:
            budget.check()
        inner = [_draw(generator, shape) for shape in network.shapes[:-1]]
        last = _last_layer(inner, data, generator)
        if last is None:
            continue
        flat = tuple(entry for matrix in (*inner, last) for row in matrix for entry in row)
        point = FittingPoint(system, flat)
        if wanted(point.zero) and all(f(*flat) == 0 for f in system.equations):
            return point
    return None


def _last_layer(
    inner: list[Any], data: NetworkData, generator: np.random.Generator
) -> list[list[fmpq]] | None:
    """Rows b_k with (C Cᵀ + diag μ_k) b_k = C y_k, free unknowns drawn; None if there are none."""
    signal: Any = data.X
    for matrix in inner:
        signal = product(matrix, signal)
    width, points = len(signal), range(len(data.X[0]))
    rows = []
    for k, targets in enumerate(data.Y):
        augmented = []
        for i in range(width):
            row = [
                sum((signal[i][t] * signal[e][t] for t in points), fmpq(0)) for e in range(width)
            ]
            row[i] += data.Lambda[-1][k][i]
            row.append(sum((signal[i][t] * targets[t] for t in points), fmpq(0)))
            augmented.append(row)
        reduced, rank = fmpq_mat(augmented).rref()
        pivots = [
            next((j for j in range(width + 1) if reduced[r, j] != 0), width) for r in range(rank)
        ]
        if width in pivots:
            return None
        solution = [fmpq(int(v)) for v in generator.integers(-3, 4, width)]
        for r, j in enumerate(pivots):
            others = (reduced[r, e] * solution[e] for e in range(width) if e not in pivots)
            solution[j] = reduced[r, width] - sum(others, fmpq(0))
        rows.append(solution)
    return rows


def _draw(generator: np.random.Generator, shape: tuple[int, int]) -> list[list[fmpq]]:
    """Small integers, about a third of them zero."""
    values = generator.integers(-4, 5, shape) * (generator.random(shape) < 0.7)
    return [[fmpq(int(v)) for v in row] for row in values]
