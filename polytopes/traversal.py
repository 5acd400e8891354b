"""The tropical homotopy from simplices to the given supports, and on to a lifting of them.

`Traversal` sets up the arrays of `kernels.circuits`, calls the kernel in batches, and finishes
subtrees that are too wide for int64 with Python integers (`polytopes.wide`).

Method: A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818, with regeneration: the
simplices are replaced by the supports one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.kernels import circuits
from polytopes.supports import INT64_SAFE, ExactArray, IntArray, translated
from polytopes.wide import WideTraversal

#: Exchanges per kernel call: about half a second, so that limits and Ctrl-C are seen.
BATCH = 1 << 19
#: Cells the kernel may collect before it returns.
CELL_BUFFER = 4096


@dataclass(frozen=True, slots=True)
class CellList:
    """Mixed cells as found: point indices, V times the normal, V."""

    edges: IntArray  # (k, n, 2)
    scaled_normals: ExactArray  # (k, n), minimum convention not yet applied
    volumes: ExactArray  # (k,)


class Traversal:
    """Depth-first traversal for one list of supports, in the given order.

    Parameters
    ----------
    supports : n exact arrays (m_i, n) with at least two rows each, rows distinct
    lifting : n int64 arrays (m_i,) or None
        Target lifting in the minimum convention; None for the mixed volume alone.

    Attributes
    ----------
    total : int
        Mixed volume, once `run` has returned True.
    exchanges, leaves : int
        Work done, and cells found in the last stage.
    wide_cells : int
        Cells that needed Python integers.
    """

    def __init__(
        self, supports: Sequence[ExactArray], lifting: Sequence[IntArray] | None = None
    ) -> None:
        self.supports = [translated(a) for a in supports]
        self.n = len(supports)
        self.lifting = lifting
        self.total = self.exchanges = self.leaves = self.wide_cells = 0
        self._edges: list[IntArray] = []
        self._normals: list[ExactArray] = []
        self._volumes: list[ExactArray] = []
        self._fits = all(a.dtype == np.int64 for a in self.supports) and all(
            int(a.max()) * self.n < INT64_SAFE for a in self.supports
        )
        if self._fits:
            self._prepare()

    # -- running ------------------------------------------------------------------------------

    def run(self, budget: Budget = UNLIMITED, max_exchanges: int | None = None) -> bool:
        """Traverse until done (True) or until `max_exchanges` exchanges are made (False)."""
        if not self._fits:
            self._finish_wide(0, None, budget)
            return True
        while True:
            budget.check()
            steps = BATCH if max_exchanges is None else min(BATCH, max_exchanges - self.exchanges)
            if steps <= 0:
                return False
            status = circuits.traverse(steps, *self._arguments)
            self._drain()
            if status == circuits.DONE:
                return True
            if status == circuits.STACK_FULL:
                self._grow_stack()
            elif status == circuits.OVERFLOW:
                self._widen(budget)
            budget.report("mixed cells", self.leaves)

    def cells(self) -> CellList:
        """The cells of the lifting, sorted by their edges: independent of the course taken."""
        n = self.n
        edges = np.concatenate([np.empty((0, n, 2), np.int64), *self._edges])
        normals = np.concatenate([np.empty((0, n), np.int64), *self._normals])
        volumes = np.concatenate([np.empty(0, np.int64), *self._volumes])
        edges = np.sort(edges, axis=2)
        order = np.lexsort(edges.reshape(len(edges), 2 * n).T[::-1])
        return CellList(edges[order], normals[order], volumes[order])

    # -- set-up -------------------------------------------------------------------------------

    def _prepare(self) -> None:
        n = self.n
        points = np.ascontiguousarray(np.concatenate(self.supports))
        offsets = np.cumsum([0, *(len(a) for a in self.supports)]).astype(np.int64)
        degrees = np.array([int(a.sum(axis=1).max()) for a in self.supports], dtype=np.int64)
        tree = _evaluation_tree(points, offsets)
        if self.lifting is None:
            target = np.zeros(len(points), np.int64)
        else:
            target = -np.concatenate([np.asarray(w, np.int64) for w in self.lifting])
        state = np.zeros(circuits.STATE_SIZE, np.int64)
        state[circuits.VOLUME] = state[circuits.MAX_ADJ] = degrees[0]
        state[circuits.PENDING] = state[circuits.STOP_STAGE] = -1
        state[circuits.LAST_STAGE] = n - 1 if self.lifting is None else n
        base = offsets[:-1] + np.arange(n) * (n + 1)
        cell = np.stack([base + np.arange(n), base + np.arange(n) + 1]).astype(np.int64)
        # Row k is dual to the edge from column k to column k+1 of a simplex: it falls by 1 there.
        adj = -np.triu(np.ones((n, n), np.int64)) * degrees[0]
        adj[0] //= max(1, int(degrees[0]))
        depth = 64
        columns = len(points) + n * (n + 1)
        self._offsets, self._degrees = offsets, degrees
        self._state, self._cell = state, cell
        self._stack = [
            np.zeros((depth, 6), np.int64),
            np.zeros((depth, n, n), np.int64),
            np.zeros((depth, n), np.int64),
            np.zeros((depth, 2, n), np.int64),
        ]
        self._out = np.zeros((CELL_BUFFER if self.lifting is not None else 1, 3 * n + 1), np.int64)
        self._head = [
            points,
            offsets,
            degrees,
            *tree,
            target,
            np.zeros(len(tree[2]), np.int64),
            float(max(int(degrees.max()), 1)),
            float(np.abs(target).max()),
            state,
            cell,
            adj,
            np.zeros(n, np.int64),
        ]
        self._workspace = np.zeros((5, columns), np.int64)

    @property
    def _arguments(self) -> tuple[object, ...]:
        return (*self._head, *self._stack, self._out, self._workspace)

    # -- between kernel calls -----------------------------------------------------------------

    def _drain(self) -> None:
        """Take over what the kernel has counted and collected."""
        state, n = self._state, self.n
        self.total += int(state[circuits.TOTAL])
        self.exchanges += int(state[circuits.STEPS])
        self.leaves += int(state[circuits.LEAVES])
        rows = self._out[: state[circuits.CELLS]]
        if len(rows):
            ends = np.stack([rows[:, :n], rows[:, n : 2 * n]], axis=2)
            shift = self._offsets[:-1] + (np.arange(n) + 1) * (n + 1)
            self._edges.append(ends - shift[None, :, None])
            self._normals.append(rows[:, 2 * n : 3 * n].copy())
            self._volumes.append(rows[:, 3 * n].copy())
        for entry in (circuits.TOTAL, circuits.STEPS, circuits.LEAVES, circuits.CELLS):
            state[entry] = 0

    def _grow_stack(self) -> None:
        self._stack = [np.concatenate([a, np.zeros_like(a)]) for a in self._stack]

    def _widen(self, budget: Budget) -> None:
        """Finish the subtree of the current cell with Python integers."""
        state, cell = self._state, self._cell.copy()
        if state[circuits.MODE] == circuits.POP:
            # The second successor of a stacked parent: b_i is replaced.
            depth = int(state[circuits.DEPTH]) - 1
            top = self._stack[0][depth]
            cell[1, top[3]] = top[4]
            state[circuits.DEPTH] = depth
        self._finish_wide(int(state[circuits.STAGE]), cell, budget)
        state[circuits.MODE] = circuits.POP
        state[circuits.PENDING] = -1

    def _finish_wide(self, stage: int, cell: IntArray | None, budget: Budget) -> None:
        wide = WideTraversal(self.supports, self.lifting, budget)
        wide.run(stage, None if cell is None else [(int(a), int(b)) for a, b in cell.T])
        self.total += wide.total
        self.leaves += wide.leaves
        self.exchanges += wide.exchanges
        self.wide_cells += wide.visited
        if wide.edges:
            self._edges.append(np.array(wide.edges, np.int64))
            self._normals.append(_objects(wide.normals))
            self._volumes.append(_objects(wide.volumes))


def _objects(values: Sequence[object]) -> ExactArray:
    """Python integers (nested) as an object array, so that numpy never narrows them."""
    return np.array(values, dtype=object)


def _evaluation_tree(
    points: IntArray, offsets: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Distinct points, each as an earlier one plus a difference with few nonzeros.

    A functional on all points then costs about two additions per point, whatever n is. Returns
    point_ids (m,), known (n+1,), parents (u,), start (u+1,), index, factor.
    """
    ids: dict[bytes, int] = {}
    point_ids = np.empty(len(points), np.int64)
    known = []
    distinct: list[IntArray] = []
    for c in range(len(offsets) - 1):
        for q in range(int(offsets[c]), int(offsets[c + 1])):
            point_ids[q] = ids.setdefault(points[q].tobytes(), len(ids))
            if len(ids) > len(distinct):
                distinct.append(points[q])
        known.append(len(ids))
    known.append(len(ids))
    table = np.array(distinct)
    parents, start = np.full(len(table), -1, np.int64), [0]
    index: list[int] = []
    factor: list[int] = []
    for u, point in enumerate(table):
        best, cost = -1, int(np.count_nonzero(point))
        if u:
            window = max(0, u - 4096)  # enough for a good parent, linear for huge supports
            costs = np.count_nonzero(table[window:u] != point, axis=1) + 1
            nearest = int(costs.argmin())
            if costs[nearest] < cost:
                best = window + nearest
        parents[u] = best
        step = point - table[best] if best >= 0 else point
        support = np.flatnonzero(step)
        index.extend(int(j) for j in support)
        factor.extend(int(step[j]) for j in support)
        start.append(len(index))
    return (
        point_ids,
        np.array(known, np.int64),
        parents,
        np.array(start, np.int64),
        np.array(index, np.int64),
        np.array(factor, np.int64),
    )
