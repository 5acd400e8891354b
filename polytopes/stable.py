"""Stable mixed volume: the count of zeros in C^n that generic coefficients attain.

Origins that are added to the supports are lifted to 1, all points of the supports to 0. A cell of
the induced subdivision is stable if its inner normal is >= 0; one whose normal is positive exactly
on the coordinates K accounts for zeros with x_k = 0 exactly for k in K.

Systems in blocks (`polytopes.reductions`): let g be generic with the own monomials of each block
only, with finitely many zeros in every block's affine space. Its isolated zeros, prod SM(block) of
them, persist when the other monomials are added, so SM(A) is at least their number; and SM(A) is at
most the affine mixed volume, which the block theorem bounds. Where the two meet, that is SM(A).
Zeros may leave a coordinate subspace meanwhile. They do not if every stratum has as many equations
left as coordinates and its torus mixed volume is the count expected there: the strata then hold
that many zeros of the whole system, and there are no others.

B. Huber, B. Sturmfels, "Bernstein's theorem in affine space", Discrete Comput. Geom. 17 (1997).
T. Gao, T. Y. Li, X. Wang, J. Symb. Comput. 28 (1999) for the two-level lifting.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.errors import LiftingError
from polytopes.liftings import draw_liftings
from polytopes.mixed_cells import lifted_points
from polytopes.orders import traversal_volume
from polytopes.parallel import run_parallel
from polytopes.reductions import block_reduction, candidate_blocks, own_parts, reduce_volume
from polytopes.supports import INT64_SAFE, ExactArray, IntArray, as_supports
from polytopes.traversal import CellList, Traversal

#: Blocks with more variables are not examined stratum by stratum.
MAX_STRATA_VARIABLES = 10

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
    return _by_blocks(before, points, seed, budget) or _by_cells(before, points, seed, budget)


def _by_cells(
    before: list[ExactArray], points: list[ExactArray], seed: int, budget: Budget
) -> StableCount:
    """Sum over the stable cells of a two-level lifting."""
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
        run_parallel(traversal, budget)
        cells = traversal.cells()
        levels = _split_normals(points, coarse, cells, coarse_bits)
        if levels is not None and _is_two_level(points, coarse, combined, cells, levels):
            return _count(cells, levels, traversal.exchanges)
    raise LiftingError("no generic two-level lifting found; try another seed")


def _by_blocks(
    before: list[ExactArray], points: list[ExactArray], seed: int, budget: Budget
) -> StableCount | None:
    """The stable mixed volume of a system in blocks, or None where the argument does not apply."""
    for blocks in candidate_blocks(points):
        parts = own_parts(before, blocks)
        if any(len(a) == 0 for part in parts for a in part):
            continue
        if not all(_has_finitely_many_zeros(part) for part in parts):
            continue
        memory: dict[bytes, StableCount] = {}
        counts = []
        for part in parts:
            key = repr([a.tolist() for a in part]).encode()
            if key not in memory:
                memory[key] = stable_count(part, seed=seed, budget=budget)
            counts.append(memory[key])
        value = math.prod(c.value for c in counts)
        affine = block_reduction(points, traversal_volume, budget)
        if affine is None or affine.value != value:
            continue
        patterns = {
            tuple(
                sorted(b.variables[k] for b, p in zip(blocks, choice, strict=True) for k in p)
            ): math.prod(c.patterns[p] for c, p in zip(counts, choice, strict=True))
            for choice in itertools.product(*(c.patterns for c in counts))
        }
        ordered = {k: patterns[k] for k in sorted(patterns, key=lambda k: (len(k), k))}
        if all(_stratum_count(before, k, budget) == count for k, count in ordered.items()):
            cost = affine.exchanges + sum(c.exchanges for c in memory.values())
            return StableCount(value, ordered, cost)
    return None


def _stratum_count(supports: list[ExactArray], zero: tuple[int, ...], budget: Budget) -> int | None:
    """Zeros with exactly the coordinates `zero` vanishing, for generic coefficients.

    None if there are not as many equations left on that stratum as coordinates.
    """
    n = len(supports)
    kept = [j for j in range(n) if j not in zero]
    left = [a[[not any(row[list(zero)]) for row in a]][:, kept] for a in supports]
    left = [a for a in left if len(a)]
    if len(left) != len(kept):
        return None
    return reduce_volume(left, traversal_volume, budget).value if kept else 1


def _has_finitely_many_zeros(supports: list[ExactArray]) -> bool:
    """Whether generic coefficients give finitely many zeros in C^n (a sufficient test).

    On each stratum, the torus of the coordinates that do not vanish, either some equation is left
    with one monomial, or there are as many equations left as coordinates.
    """
    n = len(supports)
    if n > MAX_STRATA_VARIABLES:
        return False
    for pattern in itertools.product((False, True), repeat=n):
        zero = [k for k in range(n) if pattern[k]]
        left = [sum(1 for row in a if not any(row[k] for k in zero)) for a in supports]
        if 1 not in left and sum(1 for m in left if m) < n - len(zero):
            return False
    return True


def _split_normals(
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


def _count(cells: CellList, normals: ExactArray, exchanges: int) -> StableCount:
    """Sum the volumes of the stable cells by zero pattern."""
    patterns: dict[tuple[int, ...], int] = {}
    for normal, volume in zip(normals, cells.volumes, strict=True):
        if all(x >= 0 for x in normal):
            pattern = tuple(k for k, x in enumerate(normal) if x > 0)
            patterns[pattern] = patterns.get(pattern, 0) + int(volume)
    ordered = {k: patterns[k] for k in sorted(patterns, key=lambda k: (len(k), k))}
    return StableCount(sum(ordered.values()), ordered, exchanges)
