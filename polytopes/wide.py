"""The traversal of `kernels.circuits` in Python integers: slow, of any width, no shared code.

Every cell's matrix is inverted afresh, so a subtree can be entered at any cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpz_mat

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import INT64_SAFE, ExactArray, IntArray

Cell = list[tuple[int, int]]
#: Position of a column that is still to be crossed, its configuration and height.
Candidate = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class CellList:
    """Mixed cells as found: point indices, V times the normal, V."""

    edges: IntArray  # (k, n, 2)
    scaled_normals: ExactArray  # (k, n), minimum convention not yet applied
    volumes: ExactArray  # (k,)

    @classmethod
    def sorted(cls, edges: IntArray, normals: ExactArray, volumes: ExactArray) -> CellList:
        """Sorted by their edges: independent of the course taken."""
        edges = np.sort(edges, axis=2)
        order = np.lexsort(edges.reshape(len(edges), 2 * edges.shape[1]).T[::-1])
        return cls(edges[order], normals[order], volumes[order])


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """Columns in play in one stage, ascending."""

    columns: list[int]
    owners: list[int]  # their configurations
    row_of: dict[int, int]  # column -> position in `columns`
    points: list[list[int]]  # coordinates, a row each
    matrix: fmpz_mat  # the same
    target: list[int]  # target lifting


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
        self._supports: list[list[list[int]]] = [a.tolist() for a in supports]
        self._lifting = lifting
        self._stages: dict[int, _Stage] = {}
        sizes = [len(a) + n + 1 for a in supports]
        self._base = [sum(sizes[:c]) for c in range(n)]

    def start_cell(self) -> Cell:
        """The only cell of stage 0: columns c and c+1 of simplex c."""
        return [(self._base[c] + c, self._base[c] + c + 1) for c in range(self.n)]

    def run(self, stage: int, cell: Cell | None, max_cells: int | None = None) -> bool:
        """Traverse the subtree of `cell`, which belongs to `stage`; False after `max_cells` cells.

        The rest of the subtree is lost then.
        """
        pending = [(stage, self.start_cell() if cell is None else cell)]
        while pending:
            if self.visited == max_cells:
                return False
            stage, cell = pending.pop()
            self.visited += 1
            if self.visited % 256 == 0:
                self.budget.check()
            if stage not in self._stages:
                self._stages[stage] = self._columns(stage)
            pending.extend(self._successors(stage, cell, self._stages[stage]))
        return True

    def cells(self) -> CellList:
        """The cells of the lifting."""
        n = self.n
        edges = np.array(self.edges, np.int64).reshape(-1, n, 2)
        normals = objects(self.normals).reshape(len(self.normals), n)
        return CellList.sorted(edges, narrowest(normals), narrowest(objects(self.volumes)))

    def _columns(self, stage: int) -> _Stage:
        n = self.n
        columns: list[int] = []
        owners: list[int] = []
        points: list[list[int]] = []
        target: list[int] = []
        for c, base in enumerate(self._base):
            if c >= stage:
                scale = self._degrees[c] if c == stage else 1
                columns += range(base, base + n + 1)
                points += [[0] * n, *([scale * (j == k) for j in range(n)] for k in range(n))]
                target += [-1 if c == stage else 0] * (n + 1)
            if c <= stage:
                a = self._supports[c]
                columns += range(base + n + 1, base + n + 1 + len(a))
                points += a
                final = stage == n and self._lifting is not None
                target += [-int(w) for w in self._lifting[c]] if final else [0] * len(a)  # type: ignore[index]
            owners += [c] * (len(columns) - len(owners))
        row_of = {q: r for r, q in enumerate(columns)}
        return _Stage(columns, owners, row_of, points, fmpz_mat(points), target)

    def _successors(self, stage: int, cell: Cell, in_play: _Stage) -> list[tuple[int, Cell]]:
        points, target = in_play.points, in_play.target
        a = [in_play.row_of[p] for p, _ in cell]
        b = [in_play.row_of[q] for _, q in cell]
        ends = list(zip(a, b, strict=True))
        edges = [[x - y for x, y in zip(points[p], points[q], strict=True)] for p, q in ends]
        matrix = fmpz_mat(edges).transpose()
        volume = abs(int(matrix.det()))
        inverse, denominator = matrix.inv().numer_denom()
        factor = volume // int(denominator)
        # adj[k] . edge l = volume [k == l]
        adj = [[int(x) * factor for x in row] for row in inverse.tolist()]
        steps = fmpz_mat([[target[p] - target[q] for p, q in ends]])
        g = [int(x) for x in (steps * fmpz_mat(adj)).entries()]
        levels = [int(x) for x in (in_play.matrix * fmpz_mat([[x] for x in g])).entries()]
        bars = [levels[q] - volume * target[q] for q in b]
        below = []
        for r, c in enumerate(in_play.owners):
            height = levels[r] - volume * target[r] - bars[c]
            if height < 0:
                below.append((r, c, height))
        if not below:
            return self._target_cell(stage, cell, volume, g)

        def circuit(k: int, r: int, c: int) -> int:
            """Coefficient of the column in row r, of configuration c, at a_k."""
            steps = zip(adj[k], points[r], points[b[c]], strict=True)
            return sum(x * (y - z) for x, y, z in steps)

        r, i, _ = _first_crossed(below, a, b, volume, circuit)
        entering = in_play.columns[r]
        x_a = circuit(i, r, i)
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
        self, stage: int, cell: Cell, volume: int, g: list[int]
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
            self.normals.append(g)
            self.volumes.append(volume)
        return []


def _first_crossed(
    below: list[Candidate],
    a: list[int],
    b: list[int],
    volume: int,
    circuit: Callable[[int, int, int], int],
) -> Candidate:
    """The candidate for which circuit / |height| is least, coordinate by coordinate.

    Coordinates are those of the columns, ascending; only those of the cell and of the candidates
    themselves are not 0.
    """
    ends = {q: (k, False) for k, q in enumerate(b)} | {p: (k, True) for k, p in enumerate(a)}
    left = below
    for column in sorted({*ends, *(r for r, _, _ in below)}):
        if len(left) == 1:
            break
        values = []
        for r, c, _ in left:
            if column in ends:
                k, is_a = ends[column]
                x = circuit(k, r, c)
                values.append(x if is_a else (volume if k == c else 0) - x)
            else:
                values.append(-volume if column == r else 0)
        best = 0
        for e in range(1, len(left)):
            if values[e] * -left[best][2] < values[best] * -left[e][2]:
                best = e
        scale, least = -left[best][2], values[best]
        left = [x for x, v in zip(left, values, strict=True) if v * scale == least * -x[2]]
    return left[0]


def objects(values: Sequence[object]) -> ExactArray:
    """Python integers (nested) as an object array, so that numpy never narrows them."""
    return np.array(values, dtype=object)


def narrowest(values: ExactArray) -> ExactArray:
    """The same as int64 where all entries fit."""
    fits = all(-INT64_SAFE <= x <= INT64_SAFE for x in values.flat)
    return values.astype(np.int64) if fits else values
