"""Certificates that a mixed volume is at most a number, for the checker's `mixed-volume` kind.

Unit simplices Δ have mixed volume 1. Support after support replaces a simplex: A_i lies in d_i·Δ
with d_i its degree, so the mixed cells of (…, A_i and the corners of d_i·Δ, …) fill d_i times the
mixed volume known before. A list of cells that reaches that number is complete; with the corners
lifted far above everything, those of its cells that touch no corner of d_i·Δ are all the mixed
cells of (…, A_i, …), whose mixed volume is known then. The other simplices stay unit simplices, so
the lists are short: as long as the last layers of the tropical homotopy, not as its whole course.

Systems in blocks of variables (hidden units) go through the block theorem first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from polytopes.errors import LiftingError
from polytopes.orders import traversal_volume
from polytopes.reductions import Reduction, reduce_volume
from polytopes.supports import ExactArray, IntArray, as_supports, translated
from polytopes.two_level import two_level_cells
from polytopes.vertices import without_midpoints
from proofs.certificates import SCHEMA, Document

#: Cells in all lists of a document; about 25 MB in 12 variables, a minute of checking.
CELL_LIMIT = 150_000
#: The certificate format has no larger coordinates and values.
COORDINATE_LIMIT, VALUE_LIMIT = 2**53, 2**63
#: Random liftings tried where points tie.
DRAWS = 4


class _TooLarge(Exception):
    """The document would have more cells than `CELL_LIMIT`."""


def mixed_volume_certificate(
    supports: Sequence[Any],
    *,
    reduction: Reduction | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> Document | None:
    """A document of kind `mixed-volume`, or None if it would be too large.

    Parameters
    ----------
    supports : n integer arrays (m_i, n)
        With the origin in each where the bound is meant for C^n.
    reduction : Reduction or None
        How the mixed volume was found, if that is known; it only decides which argument is used.

    Raises
    ------
    LimitReached
        The budget is exhausted.
    """
    arrays = as_supports(supports)
    if any(int(abs(x)) > COORDINATE_LIMIT for a in arrays for x in a.flat):
        return None
    tree = reduction or reduce_volume(arrays, traversal_volume, budget)
    if tree.value > VALUE_LIMIT:
        return None
    try:
        return _of_tree(tree, seed, budget, {})
    except (LiftingError, _TooLarge):
        return None


def affine_supports(system: PolynomialSystem) -> list[Any]:
    """The supports with the origin appended where it is missing."""
    return [with_origin(a) for a in system.supports]


def with_origin(support: Any) -> Any:
    """The support, an int64 array (m, n), with the origin appended unless it is there."""
    if (support == 0).all(axis=1).any():
        return support
    return np.concatenate([support, np.zeros((1, support.shape[1]), np.int64)])


def _of_tree(tree: Reduction, seed: int, budget: Budget, made: dict[str, Document]) -> Document:
    """Blocks where they were used; everything else by lists of cells, equal ones made once."""
    if tree.method != "blocks":
        key = repr([a.tolist() for a in tree.supports])
        if key not in made:
            made[key] = _by_stages(tree.supports, seed, budget)
        return made[key]
    parts = [_of_tree(part, seed, budget, made) for part in tree.parts]
    blocks = [{"variables": list(b.variables), "equations": list(b.equations)} for b in tree.blocks]
    proof = {"method": "blocks", "blocks": blocks, "parts": parts}
    return _document(tree.supports, tree.value, proof)


def _by_stages(supports: list[ExactArray], seed: int, budget: Budget) -> Document:
    """One complete list of cells for each support that replaces a simplex."""
    n = len(supports)
    moved = [translated(a) for a in supports]
    simplex = np.vstack([np.zeros((1, n), np.int64), np.eye(n, dtype=np.int64)])
    shapes: list[ExactArray] = [simplex] * n
    known, cells, stages = 1, 0, []
    quiet = replace(budget, progress=None)
    for i in sorted(range(n), key=lambda i: int(moved[i].sum(axis=1).max())):
        corners = int(moved[i].sum(axis=1).max()) * simplex
        stage, known = _stage(shapes, i, moved[i], corners, seed, quiet)
        shapes[i] = moved[i]
        stages.append(stage)
        cells += len(stage["cells"])
        budget.report("stages of the certificate", len(stages), n)
        if cells > CELL_LIMIT:
            raise _TooLarge
    return _document(supports, known, {"method": "stages", "stages": stages})


def _stage(
    shapes: list[ExactArray],
    i: int,
    points: ExactArray,
    corners: IntArray,
    seed: int,
    budget: Budget,
) -> tuple[Document, int]:
    """All cells with `points` and `corners` as support i; the mixed volume without the corners.

    Points that are no vertices are left out of the search and lifted above all others: they lie
    strictly above every cell then.
    """
    full = [np.concatenate([points, corners]) if j == i else a for j, a in enumerate(shapes)]
    searched = [_searched(a, len(points) if j == i else len(a)) for j, a in enumerate(full)]
    sizes = [len(a) for a in full]
    lifting = [[0] * m for m in sizes]
    if min(len(rows) for rows in searched) < 2:
        return {"support": i, "lifting": lifting, "cells": []}, 0
    coarse = [
        (rows >= len(points)).astype(np.int64) if j == i else np.zeros(len(rows), np.int64)
        for j, rows in enumerate(searched)
    ]
    arrays = [a[rows] for a, rows in zip(full, searched, strict=True)]
    found = _generic(arrays, coarse, seed, budget)
    for row, rows, weights in zip(lifting, searched, found.fine, strict=True):
        row[:] = [1 + int(weights.max())] * len(row)
        for r, w in zip(rows, weights, strict=True):
            row[r] = int(w)
    edges = np.stack([rows[found.edges[:, j]] for j, rows in enumerate(searched)], axis=1)
    inside = (edges[:, i] < len(points)).all(axis=1)
    value = sum(int(v) for v in found.volumes[inside])
    cells = [{"edges": e} for e in edges.tolist()]
    return {"support": i, "lifting": lifting, "cells": cells}, value


def _searched(full: ExactArray, count: int) -> IntArray:
    """Rows that may be vertices: of the first `count`, and of corners that are no such point."""
    kept = {tuple(row) for row in without_midpoints(full[:count]).tolist()}
    known = {tuple(row) for row in full[:count].tolist()}
    rows = full.tolist()
    return np.array(
        [
            r
            for r, row in enumerate(rows)
            if (tuple(row) in kept if r < count else tuple(row) not in known and row != rows[r - 1])
        ],
        dtype=np.int64,
    )


def _generic(arrays: list[ExactArray], coarse: list[IntArray], seed: int, budget: Budget) -> Any:
    """Two-level cells for the first draw of weights without ties."""
    for draw in range(DRAWS):
        try:
            return two_level_cells(arrays, coarse, seed=seed + 1000 * draw, budget=budget)
        except LiftingError:
            if draw == DRAWS - 1:
                raise
    raise AssertionError("the loop returns or raises")


def _document(supports: list[ExactArray], value: int, proof: Document) -> Document:
    return {
        "schema": SCHEMA,
        "kind": "mixed-volume",
        "supports": [a.tolist() for a in supports],
        "claim": {"at_most": int(value)},
        "proof": proof,
    }
