"""Stable mixed volume: the count of zeros in C^n that generic coefficients attain.

Origins that are added to the supports are lifted to 1, all points of the supports to 0. A cell of
the induced subdivision is stable if its inner normal is >= 0; one whose normal is positive exactly
on the coordinates K accounts for zeros with x_k = 0 exactly for k in K.

B. Huber, B. Sturmfels, "Bernstein's theorem in affine space", Discrete Comput. Geom. 17 (1997).
T. Gao, T. Y. Li, X. Wang, J. Symb. Comput. 28 (1999) for the two-level lifting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.errors import LiftingError
from polytopes.liftings import draw_liftings
from polytopes.mixed_cells import lifted_points
from polytopes.supports import ExactArray, IntArray, as_supports
from polytopes.traversal import CellList, Traversal

#: (bits of the fine lifting, bits of the factor on the coarse one), tried in this order.
LEVELS = ((12, 30), (16, 40), (20, 46))


@dataclass(frozen=True, slots=True)
class StableCount:
    """Stable mixed volume and its parts.

    Attributes
    ----------
    value : int
    patterns : dict
        Set of coordinates predicted to vanish (sorted tuple of indices) -> number of zeros.
    exchanges : int
    """

    value: int
    patterns: dict[tuple[int, ...], int] = field(default_factory=dict)
    exchanges: int = 0


def stable_count(
    supports: Sequence[Any], *, seed: int = 0, budget: Budget = UNLIMITED
) -> StableCount:
    """Stable mixed volume of n supports in n variables, by zero pattern.

    Parameters
    ----------
    supports : n integer arrays (m_i, n) of exponents >= 0

    Raises
    ------
    SupportError, NotSquare, InputError
        Unusable supports or negative exponents.
    LimitReached
        The budget is exhausted.
    """
    before = as_supports(supports)
    points = lifted_points(before, "affine")
    if min(len(a) for a in points) < 2:
        return StableCount(0)
    # The added origin is the last row.
    coarse = []
    for a, b in zip(points, before, strict=True):
        weights = np.zeros(len(a), np.int64)
        weights[len(b) :] = 1
        coarse.append(weights)
    for fine_bits, coarse_bits in LEVELS:
        fine = draw_liftings(points, seed=seed, bits=fine_bits)
        combined = [(c << coarse_bits) + f for c, f in zip(coarse, fine, strict=True)]
        traversal = Traversal(points, combined)
        traversal.run(budget)
        cells = traversal.cells()
        levels = _split_normals(points, coarse, cells, coarse_bits)
        if levels is not None and _is_two_level(points, coarse, combined, cells, levels):
            return _count(cells, levels, traversal.exchanges)
    raise LiftingError("no generic two-level lifting found; try another seed")


def _split_normals(
    points: list[ExactArray], coarse: list[IntArray], cells: CellList, bits: int
) -> ExactArray | None:
    """V times the normals of the coarse lifting, or None if the fine part is too large.

    scaled normal = 2^bits * coarse part + fine part; the guess by rounding is verified exactly.
    """
    normals = cells.scaled_normals.astype(object)
    guess = (normals + (1 << (bits - 1))) >> bits
    for i, (a, w) in enumerate(zip(points, coarse, strict=True)):
        p, q = cells.edges[:, i, 0], cells.edges[:, i, 1]
        steps = (a.astype(object)[p] - a.astype(object)[q]) * guess
        right = cells.volumes.astype(object) * (w[q] - w[p]).astype(object)
        if (steps.sum(axis=1) != right).any():
            return None
    return guess


def _is_two_level(
    points: list[ExactArray],
    coarse: list[IntArray],
    combined: list[IntArray],
    cells: CellList,
    coarse_normals: ExactArray,
) -> bool:
    """Whether every cell is one of the coarse lifting, refined infinitesimally by the fine one.

    Every further point must lie higher for the coarse lifting, or as high and higher for both.
    """
    volumes = cells.volumes.astype(object)
    cell = np.arange(len(volumes))
    for i, (a, w0, w) in enumerate(zip(points, coarse, combined, strict=True)):
        p, q = cells.edges[:, i, 0], cells.edges[:, i, 1]
        high = _heights(a, w0, coarse_normals, volumes, cell, p)
        total = _heights(a, w, cells.scaled_normals.astype(object), volumes, cell, p)
        rows = np.arange(len(a))
        ends = (rows == p[:, None]) | (rows == q[:, None])
        if not (ends | (high > 0) | ((high == 0) & (total > 0))).all():
            return False
    return True


def _heights(
    a: ExactArray,
    w: IntArray,
    normals: ExactArray,
    volumes: ExactArray,
    cell: IntArray,
    level: IntArray,
) -> ExactArray:
    """Heights (cells, points) above the point `level` of each cell, times the volumes."""
    heights = normals @ a.astype(object).T + volumes[:, None] * w.astype(object)
    return np.asarray(heights - heights[cell, level][:, None])


def _count(cells: CellList, normals: ExactArray, exchanges: int) -> StableCount:
    """Sum the volumes of the stable cells by zero pattern."""
    patterns: dict[tuple[int, ...], int] = {}
    for normal, volume in zip(normals, cells.volumes, strict=True):
        if all(x >= 0 for x in normal):
            pattern = tuple(k for k, x in enumerate(normal) if x > 0)
            patterns[pattern] = patterns.get(pattern, 0) + int(volume)
    ordered = {k: patterns[k] for k in sorted(patterns, key=lambda k: (len(k), k))}
    return StableCount(sum(ordered.values()), ordered, exchanges)
