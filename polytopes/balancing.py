"""Small liftings for given mixed cells: a linear program proposes, exact arithmetic decides.

The cells stay the same as long as every further point lies above each cell's hyperplane; this is
linear in the weights. The least largest weight with gaps of at least 1 keeps the powers of t in a
polyhedral homotopy close together.

T. Gao, T. Y. Li, J. Verschelde, M. Wu, "Balancing the lifting values to improve the numerical
stability of polyhedral homotopy continuation methods", Appl. Math. Comput. 114 (2000).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from flint import fmpz_mat

from polytopes.liftings import has_tie
from polytopes.mixed_cells import MixedCells
from polytopes.supports import INT64_SAFE, IntArray

#: Inequalities beyond which the cells are returned as they are; these take some ten seconds.
MAX_INEQUALITIES = 60_000
#: Factors by which the solution is scaled before rounding, until the cells survive.
FACTORS = (1, 2, 4, 8, 16, 64, 256, 1024)


def balanced(cells: MixedCells) -> MixedCells:
    """The same mixed cells for weights that are as small as a linear program finds.

    The result is verified exactly; where nothing smaller survives, `cells` itself is returned.
    """
    sizes = [len(a) for a in cells.supports]
    count = len(cells) * sum(m - 2 for m in sizes)
    wide = any(a.dtype == object for a in cells.supports) or cells.scaled_normals.dtype == object
    if len(cells) == 0 or count == 0 or count > MAX_INEQUALITIES or wide:
        return cells
    weights = _least_weights(cells)
    if weights is None:
        return cells
    largest = max(int(w.max()) for w in cells.liftings)
    start = np.cumsum([0, *sizes])
    for factor in FACTORS:
        rounded = np.rint(weights * factor).astype(np.int64)
        if int(rounded.max()) >= largest:
            break
        liftings = [rounded[start[i] : start[i + 1]] for i in range(len(sizes))]
        normals = _scaled_normals(cells, liftings)
        if normals is None:
            continue
        if not has_tie(cells.supports, liftings, cells.edges, normals, cells.volumes):
            return replace(cells, liftings=liftings, scaled_normals=normals)
    return cells


def _inverse_edges(cells: MixedCells, j: int) -> IntArray | None:
    """V times the inverse of the matrix whose columns are the edges of cell j; None if large."""
    edges = [
        [int(x) for x in a[p] - a[q]]
        for a, (p, q) in zip(cells.supports, cells.edges[j], strict=True)
    ]
    inverse, denominator = fmpz_mat(edges).transpose().inv().numer_denom()
    factor = int(cells.volumes[j]) // int(denominator)
    rows = [[int(x) * factor for x in row] for row in inverse.tolist()]
    if max(abs(x) for row in rows for x in row) > 1 << 40:
        return None
    return np.array(rows, dtype=np.int64)


def _least_weights(cells: MixedCells) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """Minimise the largest weight; every further point at least 1 above each cell (floats)."""
    # Imported here: scipy's optimisers would double the time `import polytopes` takes.
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    sizes = [len(a) for a in cells.supports]
    start = np.cumsum([0, *sizes])
    total = int(start[-1])
    rows, columns, entries = [], [], []
    row = 0
    for j in range(len(cells)):
        inverse = _inverse_edges(cells, j)
        if inverse is None:
            return None
        volume = float(cells.volumes[j])
        ends = cells.edges[j] + start[:-1, None]
        for i, a in enumerate(cells.supports):
            p, q = cells.edges[j, i]
            others = [r for r in range(sizes[i]) if r not in (p, q)]
            # w_r - w_q - sum_k x_k (w_a_k - w_b_k) >= 1, x = coordinates of r - q in the edges.
            x = (inverse @ (a[others] - a[q]).T).T / volume
            for r, coordinates in zip(others, x, strict=True):
                used = np.flatnonzero(coordinates)
                columns += [start[i] + r, start[i] + q, *ends[used, 0], *ends[used, 1]]
                entries += [-1.0, 1.0, *coordinates[used], *(-coordinates[used])]
                rows += [row] * (2 + 2 * len(used))
                row += 1
    # Last variable: the largest weight.
    rows += [row + k for k in range(total) for _ in (0, 1)]
    columns += [c for k in range(total) for c in (k, total)]
    entries += [1.0, -1.0] * total
    matrix = coo_array((entries, (rows, columns)), shape=(row + total, total + 1)).tocsr()
    right = np.concatenate([-np.ones(row), np.zeros(total)])
    objective = np.zeros(total + 1)
    objective[-1] = 1.0
    solve: Any = linprog  # its stubs know dense matrices only
    result = solve(objective, A_ub=matrix, b_ub=right, bounds=(0, None), method="highs")
    return np.asarray(result.x[:-1]) if result.success else None


def _scaled_normals(cells: MixedCells, liftings: list[IntArray]) -> IntArray | None:
    """V times the inner normal of every cell for other weights (exact); None if too large."""
    weight = max(float(np.abs(w).max()) for w in liftings)
    out = np.empty(cells.scaled_normals.shape, np.int64)
    for j in range(len(cells)):
        inverse = _inverse_edges(cells, j)
        if inverse is None or 2 * weight * float(np.abs(inverse).max()) * len(inverse) > INT64_SAFE:
            return None
        steps = [w[q] - w[p] for w, (p, q) in zip(liftings, cells.edges[j], strict=True)]
        out[j] = np.array(steps) @ inverse
    return out
