"""The tropical homotopy from simplices to the given supports, and on to a lifting of them.

`Traversal` sets up the arrays of `kernels.circuits`, calls the kernel in batches, and finishes
subtrees that are too wide for int64 with Python integers (`polytopes.wide`).

Method: A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818, with regeneration: the
simplices are replaced by the supports one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.kernels import circuits, depth_first
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
        self._first: IntArray
        self._problem: list[Any] = []
        self._current: list[Any] = []
        self._stack: list[Any] = []
        self._work: list[Any] = []
        self._is_narrow = False
        self._fits = all(a.dtype == np.int64 for a in self.supports) and all(
            int(a.max()) * self.n < INT64_SAFE for a in self.supports
        )
        if self._fits:
            self._prepare()

    # -- running ------------------------------------------------------------------------------

    def run(self, budget: Budget = UNLIMITED, max_exchanges: int | None = None) -> bool:
        """Traverse until done (True) or until `max_exchanges` exchanges are made (False)."""
        if not self._fits:
            self._finish_in_python(0, None, budget)
            return True
        while True:
            budget.check()
            steps = BATCH if max_exchanges is None else min(BATCH, max_exchanges - self.exchanges)
            if steps <= 0:
                return False
            kernel = depth_first.traverse_narrow if self._is_narrow else depth_first.traverse_wide
            status = kernel(steps, *self._problem, *self._current, *self._stack, *self._work)
            self._drain()
            if status == circuits.DONE:
                return True
            if status == circuits.STACK_FULL:
                self._stack = [np.concatenate([a, np.zeros_like(a)]) for a in self._stack]
            elif status == circuits.OVERFLOW:
                if self._is_narrow:
                    self._widen()
                else:
                    self._leave_to_python(budget)
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

    # -- sharing work -------------------------------------------------------------------------

    def idle_copy(self) -> Traversal:
        """A traversal of the same problem with nothing to do yet."""
        other = Traversal.__new__(Traversal)
        other.__dict__.update(self.__dict__)
        other.total = other.exchanges = other.leaves = other.wide_cells = 0
        other._edges, other._normals, other._volumes = [], [], []
        other._problem = list(self._problem)
        other._current = [a.copy() for a in self._current]
        other._stack = [np.zeros_like(a) for a in self._stack]
        other._work = [np.zeros_like(a) for a in self._work]
        other._current[0][[circuits.TOTAL, circuits.STEPS, circuits.LEAVES, circuits.CELLS]] = 0
        other._current[0][circuits.DEPTH] = 0
        other._current[0][circuits.MODE] = circuits.POP
        return other

    def pending_subtrees(self) -> int:
        """How many subtrees can be handed over without leaving this traversal idle."""
        if not self._fits:
            return 0
        state = self._current[0]
        return int(state[circuits.DEPTH]) - int(state[circuits.MODE] == circuits.POP)

    def hand_over(self, other: Traversal) -> bool:
        """Give the largest pending subtree to the idle `other`; False if there is none."""
        if self.pending_subtrees() < 1:
            return False
        if self._is_narrow != other._is_narrow:
            for traversal in (self, other):
                if traversal._is_narrow:
                    traversal._widen()
        depth = int(self._current[0][circuits.DEPTH])
        for mine, theirs in zip(self._stack, other._stack, strict=True):
            theirs[0] = mine[0]  # the bottom of the stack: pushed first, hence near the root
            mine[: depth - 1] = mine[1:depth].copy()
        self._current[0][circuits.DEPTH] = depth - 1
        other._current[0][circuits.DEPTH] = 1
        other._current[0][circuits.MODE] = circuits.POP
        return True

    def absorb(self, other: Traversal) -> None:
        """Add what `other` has counted and collected."""
        self.total += other.total
        self.exchanges += other.exchanges
        self.leaves += other.leaves
        self.wide_cells += other.wide_cells
        self._edges += other._edges
        self._normals += other._normals
        self._volumes += other._volumes

    # -- set-up -------------------------------------------------------------------------------

    def _prepare(self) -> None:
        n = self.n
        degrees = np.array([int(a.sum(axis=1).max()) for a in self.supports], dtype=np.int64)
        simplex = np.vstack([np.zeros((1, n), np.int64), np.eye(n, dtype=np.int64)])
        columns = np.concatenate([np.vstack([simplex, a]) for a in self.supports])
        sizes = [n + 1 + len(a) for a in self.supports]
        first = np.cumsum([0, *sizes]).astype(np.int64)
        target = np.zeros(len(columns), np.int64)
        if self.lifting is not None:
            for c, weights in enumerate(self.lifting):
                target[first[c] + n + 1 : first[c + 1]] = -np.asarray(weights, np.int64)
        rows, index = np.nonzero(columns)
        start = np.searchsorted(rows, np.arange(len(columns) + 1)).astype(np.int64)
        distinct, known, point_ids = _distinct_points(self.supports)
        reach = float(max(int(degrees.max()), 1))
        self._first = first
        self._problem = [
            columns,
            start,
            index.astype(np.uint32),  # unsigned: no test for negative indices in kernels
            columns[rows, index],
            first,
            degrees,
            distinct,
            known,
            point_ids,
            target,
            reach,
            float(np.abs(target).max()),
            circuits.WIDE_LIMIT,
        ]
        state = np.zeros(circuits.STATE_SIZE, np.int64)
        state[circuits.VOLUME] = state[circuits.MAX_ADJ] = degrees[0]
        state[circuits.PENDING] = -1
        state[circuits.LAST_STAGE] = n - 1 if self.lifting is None else n
        # The start cell: columns k and k+1 of simplex k; a functional dual to that edge falls
        # by 1 from column k to column k+1.
        cell = np.stack([first[:-1] + np.arange(n), first[:-1] + np.arange(n) + 1])
        adj = -np.triu(np.ones((n, n), np.int64)) * degrees[0]
        adj[0] //= max(1, int(degrees[0]))
        self._current = [state, cell.astype(np.int64), adj, np.zeros(n, np.int64)]
        depth = 64
        self._stack = [
            np.zeros((depth, 7), np.int64),
            np.zeros((depth, n, n), np.int64),
            np.zeros((depth, n), np.int64),
            np.zeros((depth, 2, n), np.int64),
        ]
        cells = CELL_BUFFER if self.lifting is not None else 1
        self._work = [
            np.zeros((cells, 3 * n + 1), np.int64),
            np.zeros((4, len(columns)), np.int64),
            np.zeros(distinct.shape[1], np.int64),
            np.zeros(n, np.int64),
        ]
        self._is_narrow = self.lifting is None and reach**2 < circuits.NARROW_LIMIT
        if self._is_narrow:
            self._set_width(np.int32, circuits.NARROW_LIMIT)

    def _set_width(self, kind: type[np.int32] | type[np.int64], limit: float) -> None:
        """Convert the arrays whose width varies (see `kernels.circuits`)."""
        for arrays, positions in (
            (self._problem, (0, 3, 6)),
            (self._current, (2, 3)),
            (self._stack, (1, 2)),
            (self._work, (2, 3)),
        ):
            for i in positions:
                arrays[i] = np.ascontiguousarray(arrays[i], dtype=kind)
        self._problem[-1] = limit

    # -- between kernel calls -----------------------------------------------------------------

    def _drain(self) -> None:
        """Take over what the kernel has counted and collected."""
        state, n = self._current[0], self.n
        self.total += int(state[circuits.TOTAL])
        self.exchanges += int(state[circuits.STEPS])
        self.leaves += int(state[circuits.LEAVES])
        rows = self._work[0][: state[circuits.CELLS]]
        if len(rows):
            ends = np.stack([rows[:, :n], rows[:, n : 2 * n]], axis=2)
            self._edges.append(ends - (self._first[:-1] + n + 1)[None, :, None])
            self._normals.append(rows[:, 2 * n : 3 * n].copy())
            self._volumes.append(rows[:, 3 * n].copy())
        for entry in (circuits.TOTAL, circuits.STEPS, circuits.LEAVES, circuits.CELLS):
            state[entry] = 0

    def _widen(self) -> None:
        """Go on in int64."""
        self._is_narrow = False
        self._set_width(np.int64, circuits.WIDE_LIMIT)

    def _leave_to_python(self, budget: Budget) -> None:
        """Finish the subtree of the current cell with Python integers."""
        state, cell = self._current[0], self._current[1].copy()
        if state[circuits.MODE] == circuits.POP:
            # The second successor of a stacked parent: its b is to be replaced.
            depth = int(state[circuits.DEPTH]) - 1
            top = self._stack[0][depth]
            cell[1, top[3]] = top[4]
            state[circuits.DEPTH] = depth
        self._finish_in_python(int(state[circuits.STAGE]), cell, budget)
        state[circuits.MODE] = circuits.POP
        state[circuits.PENDING] = -1

    def _finish_in_python(self, stage: int, cell: IntArray | None, budget: Budget) -> None:
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


def _distinct_points(supports: Sequence[IntArray]) -> tuple[IntArray, IntArray, Any]:
    """Distinct points of all supports as columns (n, u), in order of first appearance.

    Also how many of them occur in stage s (n+1,), and the number of each Cayley column's point,
    0 on the simplices.
    """
    n = len(supports)
    ids: dict[bytes, int] = {}
    point_ids: list[int] = []
    known: list[int] = []
    distinct: list[IntArray] = []
    for a in supports:
        point_ids.extend([0] * (n + 1))
        for row in a:
            point_ids.append(ids.setdefault(row.tobytes(), len(ids)))
            if len(ids) > len(distinct):
                distinct.append(row)
        known.append(len(ids))
    return (
        np.ascontiguousarray(np.array(distinct).T),
        np.array([*known, len(ids)], np.int64),
        np.array(point_ids, np.uint32),
    )
