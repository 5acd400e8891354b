"""The tropical homotopy from simplices to the given supports, and on to a lifting of them.

`Traversal` sets up the arrays of `kernels.circuits`, calls the kernel in batches, and finishes
subtrees that are too wide for int64 with Python integers (`polytopes.wide`).

Method: A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818, with regeneration: the
simplices are replaced by the supports one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.kernels import circuits, depth_first, exchanges
from polytopes.kernels.lanes import LANES
from polytopes.supports import INT64_SAFE, ExactArray, IntArray, translated
from polytopes.wide import CellList, WideTraversal, objects

#: Exchanges per kernel call: about half a second, so that limits and Ctrl-C are seen.
BATCH = 1 << 19
#: Cells the kernel may collect before it returns.
CELL_BUFFER = 4096


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
            if status == depth_first.DONE:
                return True
            if status == depth_first.STACK_FULL:
                self._stack = [np.concatenate([a, np.zeros_like(a)]) for a in self._stack]
            elif status == depth_first.OVERFLOW:
                if self._is_narrow:
                    self._widen()
                else:
                    self._leave_to_python(budget)
            budget.report("mixed cells", self.leaves)

    def cells(self) -> CellList:
        """The cells of the lifting."""
        n = self.n
        edges = np.concatenate([np.empty((0, n, 2), np.int64), *self._edges])
        normals = np.concatenate([np.empty((0, n), np.int64), *self._normals])
        volumes = np.concatenate([np.empty(0, np.int64), *self._volumes])
        return CellList.sorted(edges, normals, volumes)

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
        other._current[0][circuits.MODE] = depth_first.POP
        return other

    def pending_subtrees(self) -> int:
        """How many subtrees can be handed over without leaving this traversal idle."""
        if not self._fits:
            return 0
        state = self._current[0]
        return int(state[circuits.DEPTH]) - int(state[circuits.MODE] == depth_first.POP)

    def surface(self) -> None:
        """After the cell at hand, go on with the pending subtree nearest to the root."""
        if self._fits:
            depth = int(self._current[0][circuits.DEPTH])
            for a in self._stack:
                a[:depth] = np.roll(a[:depth], -1, axis=0)

    def hand_over(self, other: Traversal) -> bool:
        """Give every second pending subtree, from the root on, to the idle `other`.

        One subtree would not do: most are small, and the other would soon be idle again. False if
        there is none to give.
        """
        if self.pending_subtrees() < 1:
            return False
        if self._is_narrow != other._is_narrow:
            for traversal in (self, other):
                if traversal._is_narrow:
                    traversal._widen()
        depth = int(self._current[0][circuits.DEPTH])
        given, kept = slice(0, depth, 2), slice(1, depth, 2)
        count = len(range(depth)[given])
        for k, mine in enumerate(self._stack):
            if len(other._stack[k]) < len(mine):
                other._stack[k] = np.zeros_like(mine)
            other._stack[k][:count] = mine[given]
            mine[: depth - count] = mine[kept].copy()
        self._current[0][circuits.DEPTH] = depth - count
        other._current[0][circuits.DEPTH] = count
        other._current[0][circuits.MODE] = depth_first.POP
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
        reach = float(max(int(degrees.max()), 1))
        spread = float(np.abs(target).max())
        self._first = first
        self._problem = [
            _filled(columns),
            *_blocks(self.supports, degrees, first, None if self.lifting is None else target),
            first,
            degrees,
            target,
            reach,
            spread,
            exchanges.WIDE_LIMIT,
        ]
        state = np.zeros(circuits.STATE_SIZE, np.int64)
        state[circuits.VOLUME] = state[circuits.MAX_DUAL] = degrees[0]
        state[circuits.PENDING] = -1
        state[circuits.LAST_STAGE] = n - 1 if self.lifting is None else n
        # The start cell: columns k and k+1 of simplex k; a functional dual to that edge falls
        # by 1 from column k to column k+1.
        cell = np.stack([first[:-1] + np.arange(n), first[:-1] + np.arange(n) + 1])
        scales = np.array([degrees[0], *[1] * (n - 1)])
        vectors = -np.triu(np.ones((n, n), np.int64)) * degrees[0]
        vectors[0] //= max(1, int(degrees[0]))
        dual = _filled(np.hstack([vectors, vectors @ columns[cell[1]].T * scales]))
        normal = np.zeros(dual.shape[1], np.int64)
        normal[n] = degrees[0]
        self._current = [state, cell.astype(np.int64), dual, normal, _filled(cell[:1])[0] * 0]
        rows = n + 1 + -(-len(self._current[-1]) // dual.shape[1])
        depth = 64
        self._stack = [
            np.zeros((depth, depth_first.STACK_SIZE), np.int64),
            np.zeros((depth, rows, dual.shape[1]), np.int64),
            np.zeros((depth, 2, n), np.int64),
        ]
        cells = CELL_BUFFER if self.lifting is not None else 1
        plays = len(self._problem[2]) + 1  # one more: a block is written before it is counted
        self._work = [
            np.zeros((cells, 3 * n + 1), np.int64),
            np.zeros(n + 1, np.int64),
            np.zeros((plays, LANES), np.int64),
            np.zeros((plays, LANES), np.int64),
            np.zeros(plays, np.int64),
            np.zeros(plays, np.int64),
        ]
        self._is_narrow = max(reach**2, spread) < exchanges.NARROW_LIMIT
        if self._is_narrow:
            self._set_width(np.int32, exchanges.NARROW_LIMIT)
        else:
            self._set_width(np.int64, exchanges.WIDE_LIMIT)

    def _set_width(self, kind: type[np.int32] | type[np.int64], limit: float) -> None:
        """Convert the arrays whose width varies (see `kernels.circuits`)."""
        for arrays, positions in (
            (self._problem, (0, 1)),
            (self._current, (2, 3, 4)),
            (self._stack, (1,)),
            (self._work, (1, 2, 3)),
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
        self._set_width(np.int64, exchanges.WIDE_LIMIT)

    def _leave_to_python(self, budget: Budget) -> None:
        """Finish the subtree of the current cell with Python integers."""
        state, cell = self._current[0], self._current[1].copy()
        if state[circuits.MODE] == depth_first.POP:
            # The second successor of a stacked parent: its b is to be replaced.
            depth = int(state[circuits.DEPTH]) - 1
            top = self._stack[0][depth]
            cell[1, top[depth_first.CONFIGURATION]] = top[depth_first.ENTERING]
            state[circuits.DEPTH] = depth
            self.exchanges += 1
        self._finish_in_python(int(state[circuits.STAGE]), cell, budget)
        state[circuits.MODE] = depth_first.POP
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
            self._normals.append(objects(wide.normals))
            self._volumes.append(objects(wide.volumes))


def _filled(rows: IntArray) -> IntArray:
    """The rows with zeros appended up to a multiple of LANES."""
    width = -(-rows.shape[1] // LANES) * LANES
    out = np.zeros((len(rows), width), np.int64)
    out[:, : rows.shape[1]] = rows
    return out


def _blocks(
    supports: Sequence[IntArray], degrees: IntArray, first: IntArray, target: IntArray | None
) -> tuple[IntArray, IntArray, IntArray]:
    """Blocks of columns, which of them each stage plays, and where each stage begins.

    See `kernels.circuits`; `target` is the lifting of all columns in the last stage.
    """
    n = len(supports)
    blocks: list[IntArray] = []
    simplex = np.vstack([np.zeros((1, n), np.int64), np.eye(n, dtype=np.int64)])

    def listed(rows: IntArray, weights: IntArray | None = None) -> list[tuple[int, int, int]]:
        """(block, column less the first one, mask) of every block of `rows`."""
        if target is not None:
            weights = np.zeros(len(rows), np.int64) if weights is None else weights
            rows = np.hstack([rows, weights[:, None]])
        out = []
        for k in range(0, len(rows), LANES):
            out.append((len(blocks), k, (1 << min(LANES, len(rows) - k)) - 1))
            blocks.append(_filled(rows[k : k + LANES].T))
        return out

    unit = listed(simplex)
    scaled = [listed(simplex * d) for d in degrees]
    own = [
        listed(a, None if target is None else target[first[c] + n + 1 : first[c + 1]])
        for c, a in enumerate(supports)
    ]
    plays, begins = [], [0]
    for stage in range(n + 1):
        for c in range(n):
            if c >= stage:
                bar, simplices = (n, scaled[c]) if c == stage else (c, unit)
                plays += [(t, first[c] + k, c, there, bar) for t, k, there in simplices]
            if c <= stage:
                plays += [(t, first[c] + n + 1 + k, c, there, c) for t, k, there in own[c]]
        begins.append(len(plays))
    return np.stack(blocks), np.array(plays, np.int64), np.array(begins, np.int64)
