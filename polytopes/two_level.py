"""Mixed cells of two-level liftings K·coarse + fine for all large K, verified exactly.

The coarse weights are given (origins that were added raised by 1, or the corners of a simplex
around a support), the fine ones are drawn: they refine the coarse subdivision. A cell found for one
K is a cell for all large K if every further point lies higher above it for the coarse weights, or
as high and higher for both.

T. Gao, T. Y. Li, X. Wang, J. Symb. Comput. 28 (1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.errors import LiftingError
from polytopes.liftings import draw_liftings
from polytopes.supports import INT64_SAFE, ExactArray, IntArray
from polytopes.tropical import traversed
from polytopes.wide import CellList

#: (bits of the fine weights, bits of K), tried in this order: narrow ones are cheap, wide ones
#: have no ties.
LEVELS = ((12, 30), (16, 40), (20, 46), (24, 60))


@dataclass(frozen=True, slots=True, eq=False)
class TwoLevelCells:
    """All mixed cells of a two-level lifting.

    Attributes
    ----------
    fine, combined : lists of int64 arrays (m_i,)
        The fine weights, and K·coarse + fine for the K that was used; minimum convention.
    edges : int64 array (k, n, 2)
        Rows of each support; sorted.
    coarse_normals, scaled_normals : exact arrays (k, n)
        Volume times the inner normal for the coarse and for the combined weights.
    volumes : exact array (k,)
    exchanges : int
    """

    fine: list[IntArray]
    combined: list[IntArray]
    edges: IntArray
    coarse_normals: ExactArray
    scaled_normals: ExactArray
    volumes: ExactArray
    exchanges: int


def two_level_cells(
    points: Sequence[ExactArray],
    coarse: Sequence[IntArray],
    *,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> TwoLevelCells:
    """The mixed cells of the coarse subdivision refined by random fine weights.

    Parameters
    ----------
    points : n exact arrays (m_i, n), rows distinct, two each at least
    coarse : n int64 arrays (m_i,)
        Small nonnegative weights.

    Raises
    ------
    LiftingError
        No fine weights without ties were found.
    LimitReached
        The budget is exhausted.
    """
    points, coarse = list(points), list(coarse)
    for fine_bits, coarse_bits in LEVELS:
        fine = draw_liftings(points, seed=seed, bits=fine_bits)
        combined = [(c << coarse_bits) + f for c, f in zip(coarse, fine, strict=True)]
        traversal = traversed(points, combined, budget)
        cells = traversal.cells()
        levels = _coarse_normals(points, coarse, cells, coarse_bits)
        if levels is not None and _is_two_level(points, coarse, combined, cells, levels):
            return TwoLevelCells(
                fine,
                combined,
                cells.edges,
                levels,
                cells.scaled_normals,
                cells.volumes,
                traversal.exchanges,
            )
    raise LiftingError(
        "no two-level weights without ties found: try another seed, or smaller exponents"
    )


def _coarse_normals(
    points: list[ExactArray], coarse: list[IntArray], cells: CellList, bits: int
) -> ExactArray | None:
    """V times the normals of the coarse lifting, or None if the fine part is too large.

    scaled normal = 2^bits * coarse part + fine part; the guess by rounding is verified exactly.
    """
    kind = _width(points, coarse, cells)
    normals = cells.scaled_normals.astype(kind)
    volumes = cells.volumes.astype(kind)
    guess = (normals + (1 << (bits - 1))) >> bits
    for i, (a, w) in enumerate(zip(points, coarse, strict=True)):
        p, q = cells.edges[:, i, 0], cells.edges[:, i, 1]
        steps = (a.astype(kind)[p] - a.astype(kind)[q]) * guess
        if (steps.sum(axis=1) != volumes * (w[q] - w[p]).astype(kind)).any():
            return None
    return np.asarray(guess)


def _width(points: list[ExactArray], lifting: list[IntArray], cells: CellList) -> Any:
    """int64 if all heights of these cells fit, Python integers otherwise."""
    wide = cells.scaled_normals.dtype == object or any(a.dtype == object for a in points)
    if not wide and len(cells.volumes):
        reach = max(float(np.abs(a).sum(axis=1).max()) for a in points)
        weight = max(float(np.abs(w).max()) for w in lifting)
        top = float(np.abs(cells.scaled_normals).max()) * reach
        wide = 4 * (top + float(cells.volumes.max()) * weight) > INT64_SAFE
    return object if wide else np.int64


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
    kind = _width(points, combined, cells)
    volumes = cells.volumes.astype(kind)
    coarse_normals = coarse_normals.astype(kind)
    normals = cells.scaled_normals.astype(kind)
    cell = np.arange(len(volumes))
    for i, (a, w0, w) in enumerate(zip(points, coarse, combined, strict=True)):
        p, q = cells.edges[:, i, 0], cells.edges[:, i, 1]
        high = _heights(a, w0, coarse_normals, volumes, cell, p)
        total = _heights(a, w, normals, volumes, cell, p)
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
    heights = normals @ a.astype(normals.dtype).T + volumes[:, None] * w.astype(normals.dtype)
    return np.asarray(heights - heights[cell, level][:, None])
