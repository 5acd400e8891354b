"""The traversal of `kernels.circuits` in Python integers: slow, of any width, no shared code.

Every cell's matrix is inverted afresh, so a subtree can be entered at any cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpz_mat

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import ExactArray, IntArray

Cell = list[tuple[int, int]]


class WideTraversal:
    """Subtrees of the tropical homotopy (notation of `kernels.circuits`), without overflow.

    Attributes
    ----------
    total, leaves : int
        Volume and number of the cells of the last stage met.
    edges, normals, volumes : list
        Those cells, if there is a lifting: pairs of point indices, V times the normal, V.
    """

    def __init__(
        self,
        supports: Sequence[ExactArray],
        lifting: Sequence[IntArray] | None = None,
        budget: Budget = UNLIMITED,
    ) -> None:
        self.n = n = len(supports)
        self.budget = budget
        self.last_stage = n - 1 if lifting is None else n
        self.total = self.leaves = self.exchanges = self.visited = 0
        self.edges: list[list[tuple[int, int]]] = []
        self.normals: list[list[int]] = []
        self.volumes: list[int] = []
        self._degrees = [max(sum(int(x) for x in row) for row in a) for a in supports]
        self._simplex = np.zeros((n + 1, n), dtype=object)
        for j in range(n):
            self._simplex[j + 1, j] = 1
        self._supports = [a.astype(object) for a in supports]
        self._lifting = lifting
        sizes = [len(a) + n + 1 for a in supports]
        self._base = [sum(sizes[:c]) for c in range(n)]

    def start_cell(self) -> Cell:
        """The only cell of stage 0: columns c and c+1 of simplex c."""
        return [(self._base[c] + c, self._base[c] + c + 1) for c in range(self.n)]

    def run(self, stage: int, cell: Cell | None) -> None:
        """Traverse the subtree of `cell`, which belongs to `stage`."""
        pending = [(stage, self.start_cell() if cell is None else cell)]
        while pending:
            stage, cell = pending.pop()
            self.visited += 1
            if self.visited % 256 == 0:
                self.budget.check()
            columns, points, target = self._columns(stage)
            pending.extend(self._successors(stage, cell, columns, points, target))

    def _columns(self, stage: int) -> tuple[list[tuple[int, int]], ExactArray, list[int]]:
        """Columns in play, ascending: (index, configuration), coordinates, target lifting."""
        n = self.n
        columns: list[tuple[int, int]] = []
        blocks: list[Any] = []
        target: list[int] = []
        for c, base in enumerate(self._base):
            if c >= stage:
                scale = self._degrees[c] if c == stage else 1
                columns += [(base + r, c) for r in range(n + 1)]
                blocks.append(self._simplex * scale)
                target += [-1 if c == stage else 0] * (n + 1)
            if c <= stage:
                a = self._supports[c]
                columns += [(base + n + 1 + r, c) for r in range(len(a))]
                blocks.append(a)
                final = stage == n and self._lifting is not None
                target += [-int(w) for w in self._lifting[c]] if final else [0] * len(a)  # type: ignore[index]
        return columns, np.concatenate(blocks), target

    def _successors(
        self,
        stage: int,
        cell: Cell,
        columns: list[tuple[int, int]],
        points: ExactArray,
        target: list[int],
    ) -> list[tuple[int, Cell]]:
        n = self.n
        row_of = {q: r for r, (q, _) in enumerate(columns)}
        a = [row_of[p] for p, _ in cell]
        b = [row_of[q] for _, q in cell]
        edges = [[int(x) for x in points[a[k]] - points[b[k]]] for k in range(n)]
        matrix = fmpz_mat(edges).transpose()
        volume = abs(int(matrix.det()))
        inverse, denominator = matrix.inv().numer_denom()
        factor = volume // int(denominator)
        # adj[k] . edge l = volume [k == l]
        adj = np.array([[int(x) * factor for x in r] for r in inverse.tolist()], dtype=object)
        steps = np.array([target[a[k]] - target[b[k]] for k in range(n)], dtype=object)
        g = steps @ adj
        levels = points @ g
        below = []
        for r, (_, c) in enumerate(columns):
            height = levels[r] - levels[b[c]] + volume * (target[b[c]] - target[r])
            if height < 0:
                below.append((r, c, height))
        if not below:
            return self._target_cell(stage, cell, volume, g)

        def ratio(entry: tuple[int, int, int]) -> list[tuple[int, int]]:
            """Coordinates of circuit / |height| as (column, numerator)."""
            r, c, _ = entry
            x = adj @ (points[r] - points[b[c]])
            coordinates = [(columns[r][0], -volume)]
            for k in range(n):
                coordinates.append((cell[k][0], int(x[k])))
                coordinates.append((cell[k][1], (volume if k == c else 0) - int(x[k])))
            return sorted(coordinates)

        best, best_ratio = below[0], dict(ratio(below[0]))
        for entry in below[1:]:
            other = dict(ratio(entry))
            for column in sorted({*best_ratio, *other}):
                left = other.get(column, 0) * -best[2]
                right = best_ratio.get(column, 0) * -entry[2]
                if left != right:
                    if left < right:
                        best, best_ratio = entry, other
                    break
        r, i, _ = best
        entering = columns[r][0]
        x_a = int(adj[i] @ (points[r] - points[b[i]]))
        x_b = volume - x_a
        p, q = cell[i]
        out: list[tuple[int, Cell]] = []
        if x_a > 0 and (x_b >= 0 or q < entering):
            out.append((stage, [*cell[:i], (entering, q), *cell[i + 1 :]]))
        if x_b > 0 and (x_a >= 0 or p < entering):
            out.append((stage, [*cell[:i], (p, entering), *cell[i + 1 :]]))
        self.exchanges += len(out)
        return out

    def _target_cell(
        self, stage: int, cell: Cell, volume: int, g: ExactArray
    ) -> list[tuple[int, Cell]]:
        """Count a cell of the stage's target, or carry it to the next stage."""
        n = self.n
        if stage < n and min(cell[stage]) <= self._base[stage] + n:
            return []
        if stage < self.last_stage:
            return [(stage + 1, cell)]
        self.total += volume
        self.leaves += 1
        if stage == n:
            self.edges.append(
                [
                    (p - self._base[c] - n - 1, q - self._base[c] - n - 1)
                    for c, (p, q) in enumerate(cell)
                ]
            )
            self.normals.append([int(x) for x in g])
            self.volumes.append(volume)
        return []
