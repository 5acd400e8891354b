"""Mixed cells of a system in blocks, as products of cells of the blocks.

Where the block theorem (`polytopes.blocks`) gives the mixed volume, the own points of the
blocks have all of it. Lift these as each block likes, and all other points far above: the products
of the blocks' mixed cells are mixed cells then, and they add up to the whole. Liftings with few
cells in each block, where they are cheap to try, give products with very few.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.blocks import Block, own_points
from polytopes.hull import as_rows
from polytopes.mixed_cells import MixedCells, mixed_cells
from polytopes.reductions import Reduction
from polytopes.supports import ExactArray, IntArray, narrowed
from polytopes.vertices import vertices_only
from polytopes.wide import narrowest, objects

#: Liftings tried for each block.
DRAWS = 24
#: Products with more cells are not made.
MAX_CELLS = 20_000


def block_cells(
    reduction: Reduction, kind: str, *, seed: int = 0, budget: Budget = UNLIMITED
) -> MixedCells | None:
    """All mixed cells of a lifting that suits the blocks of `reduction`.

    Parameters
    ----------
    reduction : Reduction
        By the method "blocks".
    kind : str
        "torus" or "affine", for the result only: the supports are those of the reduction.

    Returns
    -------
    MixedCells, or None
        None if there would be more than `MAX_CELLS`.
    """
    supports, blocks = reduction.supports, reduction.blocks
    rows = own_points(supports, blocks)
    known: dict[str, tuple[MixedCells, list[IntArray]]] = {}
    factors = []
    for b in blocks:
        part = [supports[i][rows[i]][:, list(b.variables)] for i in b.equations]
        key = repr([a.tolist() for a in part])
        if key not in known:
            known[key] = _few_cells(part, seed, budget)
        factors.append(known[key])
    if math.prod(len(cells) for cells, _ in factors) > MAX_CELLS:
        return None
    return _product(kind, supports, blocks, rows, factors)


def _few_cells(
    part: list[ExactArray], seed: int, budget: Budget
) -> tuple[MixedCells, list[IntArray]]:
    """The shortest of a few lists of mixed cells of the vertices, and which rows these are."""
    vertices = [vertices_only(a) for a in part]
    draws = (mixed_cells(vertices, seed=seed + k, budget=budget) for k in range(DRAWS))
    best = min(draws, key=len)
    kept = []
    for a, v in zip(part, vertices, strict=True):
        position = {row: r for r, row in enumerate(as_rows(a))}
        kept.append(np.array([position[row] for row in as_rows(v)], np.int64))
    return best, kept


def _product(
    kind: str,
    supports: list[ExactArray],
    blocks: tuple[Block, ...],
    rows: list[IntArray],
    factors: list[tuple[MixedCells, list[IntArray]]],
) -> MixedCells:
    n = len(supports)
    high = _far_above(supports, [cells for cells, _ in factors])
    liftings = [np.full(len(a), high, np.int64) for a in supports]
    ends: list[IntArray] = [np.empty((0, 2), np.int64)] * n  # cells of its block, by equation
    for b, (cells, kept) in zip(blocks, factors, strict=True):
        for e, i in enumerate(b.equations):
            full = rows[i][kept[e]]  # rows of supports[i] that were lifted
            liftings[i][full] = cells.liftings[e]
            ends[i] = full[cells.edges[:, e]]
    edges, normals, volumes = [], [], []
    for choice in itertools.product(*(range(len(cells)) for cells, _ in factors)):
        volume = math.prod(int(c.volumes[k]) for (c, _), k in zip(factors, choice, strict=True))
        edge, normal = [[0, 0]] * n, [0] * n
        for b, (cells, _), k in zip(blocks, factors, choice, strict=True):
            for i in b.equations:
                edge[i] = ends[i][k].tolist()
            for j, x in zip(b.variables, cells.scaled_normals[k], strict=True):
                normal[j] = int(x) * (volume // int(cells.volumes[k]))
        edges.append(edge)
        normals.append(normal)
        volumes.append(volume)
    return MixedCells(
        kind,
        supports,
        liftings,
        np.sort(np.array(edges, np.int64), axis=2),
        narrowed(normals),
        narrowest(objects(volumes)),
        sum(cells.exchanges for cells, _ in factors),
    )


def _far_above(supports: list[ExactArray], parts: list[MixedCells]) -> int:
    """A height above every hyperplane of a product of cells at every point of the supports."""
    weight = max(int(w.max()) for cells in parts for w in cells.liftings)
    slope = 1 + max(
        abs(int(x)) // int(v)
        for cells in parts
        for normal, v in zip(cells.scaled_normals, cells.volumes, strict=True)
        for x in normal
    )
    reach = max(sum(abs(x) for x in row) for a in supports for row in as_rows(a))
    return weight + 2 * slope * reach + 1
