"""Points of a support that are no vertices of its Newton polytope, dropped exactly.

Mixed volumes depend on the vertices alone. `without_midpoints` is cheap and catches most others.
`vertices_only` drops all: a point that is the only highest one in some direction is a vertex; for
the rest a linear program proposes other points around it, and it goes only if the rational
multipliers, computed exactly, are not negative. Where the program fails a point stays, which is
never wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpz_mat

from polytopes.hull import as_rows
from polytopes.supports import INT64_SAFE, ExactArray, IntArray


def without_midpoints(support: ExactArray) -> ExactArray:
    """The support without points halfway between two others: never vertices."""
    rows = as_rows(support)
    doubled = {tuple(2 * x for x in p) for p in rows}
    inner = set()
    for i, p in enumerate(rows):
        for q in rows[:i]:
            middle = tuple(x + y for x, y in zip(p, q, strict=True))
            if middle in doubled:
                inner.add(tuple(x // 2 for x in middle))
    if not inner:
        return support
    return support[[i for i, p in enumerate(rows) if p not in inner]]


def vertices_only(support: ExactArray) -> ExactArray:
    """The vertices of the Newton polytope, in the given order.

    Parameters
    ----------
    support : exact array (m, n), rows distinct

    Returns
    -------
    exact array (k, n)
        All vertices; a point that is none stays only where the linear program found no proof.
    """
    kept = without_midpoints(support)
    known = _certain_vertices(kept)
    rows = as_rows(kept)
    points = list(range(len(rows)))
    for i in range(len(rows)):
        if not known[i]:
            others = [j for j in points if j != i]
            if _is_between(rows[i], [rows[j] for j in others]):
                points = others
    return kept if len(points) == len(rows) else kept[points]


def _certain_vertices(support: ExactArray) -> list[bool]:
    """Which points are the only highest ones in a direction that is easily found."""
    m, n = support.shape
    wide = int(np.abs(support).max()) ** 2 * 4 * n * m > INT64_SAFE
    points: Any = support.astype(object) if wide else support
    low, high = points.min(axis=0), points.max(axis=0)
    axes = np.eye(n, dtype=np.int64).astype(points.dtype)
    found = [False] * m
    for directions in (m * points - points.sum(axis=0), 2 * points - low - high, axes, -axes):
        heights = directions @ points.T
        for row in heights:
            top = row.max()
            at = np.flatnonzero(row == top)
            if len(at) == 1:
                found[int(at[0])] = True
    return found


def _is_between(point: tuple[int, ...], others: Sequence[tuple[int, ...]]) -> bool:
    """Whether `point` is proved to be a convex combination of `others`."""
    # Imported here: scipy's optimisers would double the time `import polytopes` takes.
    from scipy.optimize import linprog

    if not others:
        return False
    # Coordinates relative to the point, scaled: floats only propose.
    steps = [[x - y for x, y in zip(q, point, strict=True)] for q in others]
    largest = max(abs(x) for step in steps for x in step)
    matrix = np.array([[x / largest for x in step] for step in steps]).T
    conditions = np.vstack([matrix, np.ones(len(others))])
    right = np.zeros(len(conditions))
    right[-1] = 1.0
    solve: Any = linprog  # its stubs know dense matrices only
    result = solve(
        np.zeros(len(others)), A_eq=conditions, b_eq=right, bounds=(0, None), method="highs-ds"
    )
    if not result.success:
        return False
    used: IntArray = np.flatnonzero(result.x > 1e-9)
    return _encloses_origin([steps[int(k)] for k in used])


def _encloses_origin(steps: Sequence[Sequence[int]]) -> bool:
    """Whether the origin is a convex combination of `steps`, by the relation between them."""
    if not steps:
        return False
    relations, rank = fmpz_mat([list(step) for step in steps]).transpose().nullspace()
    # A basic solution has exactly one relation; its sign is free.
    entries = [int(relations[k, 0]) for k in range(len(steps))] if rank == 1 else [0]
    return all(x > 0 for x in entries) or all(x < 0 for x in entries)
