"""Solutions with few entries of linear systems modulo a prime.

The reduced echelon form gives one solution on the pivot columns. Exchange steps then bring in one
free column at a time, with the coefficient that clears the most entries of the solution.
"""

from __future__ import annotations

import numpy as np
from flint import nmod_mat
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget

Residues = NDArray[np.int64]
#: Reduced matrices beyond this many entries are not searched for sparser solutions.
SEARCH_LIMIT = 1_500_000


def sparse_combination(matrix: Residues, p: int, budget: Budget = UNLIMITED) -> list[int] | None:
    """Independent columns whose span contains the last column, as few as the search finds.

    matrix int64 (c, r + 1), residues modulo the prime p. None if the last column is no combination
    of the others; [] if it is zero.
    """
    reduced, pivots = echelon_form(matrix, p)
    width = matrix.shape[1] - 1
    if pivots and pivots[-1] == width:
        return None
    values = _column(reduced, len(pivots), width)
    support = {pivots[i] for i in np.flatnonzero(values)}
    if len(pivots) * (width + 1) <= SEARCH_LIMIT and len(support) > 1:
        table = np.array([int(c) for c in reduced.entries()], dtype=np.int64)
        table = table.reshape(matrix.shape)[: len(pivots)]
        improved = _exchange(table, pivots, p, budget)
        if len(improved) < len(support):
            support = improved
    columns = sorted(support)
    # What is left may still be dependent; the pivots among it carry a solution.
    small, pivots = echelon_form(matrix[:, [*columns, width]], p)
    values = _column(small, len(pivots), len(columns))
    return [columns[pivots[i]] for i in np.flatnonzero(values)]


def independent_rows(matrix: Residues, p: int) -> list[int]:
    """As many independent rows as the matrix has independent columns."""
    return echelon_form(matrix.T, p)[1]


def echelon_form(matrix: Residues, p: int) -> tuple[nmod_mat, list[int]]:
    """Reduced row echelon form of residues modulo p, int64 (r, c), and its pivot columns."""
    height, width = matrix.shape
    reduced, rank = nmod_mat(height, width, matrix.ravel().tolist(), p).rref()
    pivots, column = [], 0
    for i in range(rank):
        while int(reduced[i, column]) == 0:
            column += 1
        pivots.append(column)
    return reduced, pivots


def _column(reduced: nmod_mat, rank: int, column: int) -> Residues:
    return np.array([int(reduced[i, column]) for i in range(rank)], dtype=np.int64)


def _exchange(table: Residues, pivots: list[int], p: int, budget: Budget) -> set[int]:
    """Columns of a solution after exchange steps; table (rank, width + 1) is reduced."""
    values = table[:, -1].copy()
    free = np.setdiff1d(np.arange(table.shape[1] - 1), pivots)
    columns = table[:, free]
    chosen: dict[int, int] = {}
    while True:
        budget.check()
        step = _best_step(columns, values, p)
        if step is None:
            break
        k, factor = step
        values = (values - columns[:, k] * factor) % p
        chosen[int(free[k])] = (chosen.get(int(free[k]), 0) + factor) % p
    used = {pivots[i] for i in np.flatnonzero(values)}
    return used | {c for c, factor in chosen.items() if factor}


def _best_step(columns: Residues, values: Residues, p: int) -> tuple[int, int] | None:
    """(free column, coefficient) that lowers the number of entries most, or None."""
    rows = np.flatnonzero(values)
    block = columns[rows]
    filled = (columns[values == 0] != 0).sum(axis=0)
    hits = (block != 0).sum(axis=0)
    best, found = 0, None
    for k in np.flatnonzero(hits - filled - 1 > 0):
        if hits[k] - filled[k] - 1 <= best:
            continue
        part = np.flatnonzero(block[:, k])
        ratios = values[rows[part]] * _inverses(block[part, k], p) % p
        kinds, counts = np.unique(ratios, return_counts=True)
        gain = int(counts.max()) - int(filled[k]) - 1
        if gain > best:
            best, found = gain, (int(k), int(kinds[counts.argmax()]))
    return found


def _inverses(values: Residues, p: int) -> Residues:
    return np.array([pow(int(v), -1, p) for v in values], dtype=np.int64)
