"""The matrix of one F4 round: symbolic preprocessing, columns, elimination."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algebra.kernels import elimination, preprocessing
from algebra.kernels.lanes import LANES
from algebra.limits import UNLIMITED, Budget
from algebra.orders import Words
from algebra.polynomial_store import (
    ExponentOverflow,
    Hashes,
    Ids,
    MonomialTable,
    PolynomialStore,
    Residues,
    grown,
)
from algebra.tracing import Sparsity, Trace

#: Eight-lane operations per kernel call: about half a second, so that limits and Ctrl-C work.
OPERATIONS_PER_CALL = np.array([200_000_000], dtype=np.int64)
Int64s = NDArray[np.int64]


class SparseRows:
    """Rows over GF(p): row i is columns[start[i]:start[i+1]] with the values at these places."""

    def __init__(self, capacity: int, rows: int) -> None:
        self.start: Int64s = np.zeros(rows + 1, dtype=np.int64)
        self.columns: Ids = np.empty(capacity, dtype=np.int32)
        self.values: Residues = np.empty(capacity, dtype=np.uint32)

    def sparsity(self, rows: int) -> Sparsity:
        """A copy of the places of the first `rows` rows."""
        end = int(self.start[rows])
        return Sparsity(self.start[: rows + 1].copy(), self.columns[:end].copy())

    def grow(self, needed: int) -> None:
        """Room for `needed` entries."""
        self.columns = grown(self.columns, needed)
        self.values = grown(self.values, needed)


class MacaulayMatrix:
    """Multiples of stored polynomials as rows, monomials as columns.

    One object serves all rounds and keeps its memory. After `preprocess`, row k is
    `entries[row_start[k]:row_start[k+1]]` (columns, pivots first, both parts in descending order
    of monomials) with the coefficients of its polynomial.
    """

    def __init__(self, store: PolynomialStore, table: MonomialTable) -> None:
        self.store = store
        self.table = table
        table.reserve(1024)
        self.reducer_row: Ids = np.full(len(table.hashes), preprocessing.UNSEEN, dtype=np.int32)
        self.row_polynomial: Ids = np.empty(256, dtype=np.int32)
        self.row_words: Words = np.empty((256, len(store.layout.guard)), dtype=np.uint64)
        self.row_hash: Hashes = np.empty(256, dtype=np.uint32)
        self.row_start: Int64s = np.zeros(257, dtype=np.int64)
        self.entries: Ids = np.empty(16384, dtype=np.int32)
        self.state = np.zeros(5, dtype=np.int64)
        self.operations = 0

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.state[preprocessing.ROWS])

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.column_words)

    def preprocess(
        self,
        polynomial: Int64s,
        product: Words,
        is_pivot: NDArray[np.bool_],
        reducers: Int64s,
        budget: Budget = UNLIMITED,
    ) -> None:
        """Rows product / lead(polynomial) · polynomial and every reducer they call for.

        polynomial (k,): indices into the store; product (k, W): leading monomials of the rows;
        is_pivot (k,): whether the row serves as reducer of its leading monomial. Row k keeps its
        place; rows from `len(polynomial)` on are reducers.
        """
        store, layout = self.store, self.store.layout
        rows = len(polynomial)
        self.table.clear()
        self._room_for_rows(rows + 256)
        multiplier = product - store.lead[polynomial]
        exponents = layout.unpack(multiplier)
        self.row_polynomial[:rows] = polynomial
        self.row_words[:rows] = multiplier
        self.row_hash[:rows] = self.table.hash_exponents(exponents)
        pivots = np.flatnonzero(is_pivot)
        columns = self.table.intern(
            np.ascontiguousarray(product[pivots]),
            self.row_hash[pivots] + store.lead_hash[polynomial[pivots]],
        )
        self.reducer_row = grown(self.reducer_row, len(self.table.hashes))
        self.reducer_row[: len(self.table)] = preprocessing.UNSEEN
        self.reducer_row[columns] = pivots
        self.state[:] = len(self.table), rows, 0, 0, 0
        mask = store.mask[reducers]
        reducer_ids = reducers.astype(np.int32)
        while True:
            status = preprocessing.expand_rows(
                store.table.words, store.table.hashes, store.start, store.length, store.pool,
                store.lead, store.lead_hash, mask, reducer_ids, len(reducer_ids),
                self.table.words, self.table.hashes, self.table.slots, self.reducer_row,
                self.row_polynomial, self.row_words, self.row_hash, self.row_start, self.entries,
                self.state, layout.guard, layout.word, layout.shift, store.field,
            )  # fmt: skip
            self.table.size[0] = self.state[preprocessing.MONOMIALS]
            longest = int(store.length[: store.count].max())
            if status == preprocessing.DONE:
                break
            if status == preprocessing.OVERFLOW:
                raise ExponentOverflow
            # Every array doubles here at the most.
            budget.check(
                extra=self.entries.nbytes + self.table.words.nbytes + self.row_words.nbytes
            )
            if status == preprocessing.GROW_TABLE:
                self.table.reserve(len(self.table) + longest)
                self.reducer_row = grown(self.reducer_row, len(self.table.hashes))
            elif status == preprocessing.GROW_ROWS:
                self._room_for_rows(2 * len(self.row_polynomial))
            else:
                self.entries = grown(self.entries, 2 * len(self.entries) + longest)
        self._order_columns()

    def _room_for_rows(self, rows: int) -> None:
        for name in ("row_polynomial", "row_words", "row_hash"):
            setattr(self, name, grown(getattr(self, name), rows))
        self.row_start = grown(self.row_start, len(self.row_polynomial) + 1)

    def _order_columns(self) -> None:
        """Number the columns: those with a pivot row first, each part descending."""
        count = len(self.table)
        words, reducer = self.table.words[:count], self.reducer_row[:count]
        order = self.store.layout.descending(words)
        has_pivot = reducer[order] >= 0
        order = np.concatenate([order[has_pivot], order[~has_pivot]])
        position = np.empty(count, dtype=np.int32)
        position[order] = np.arange(count, dtype=np.int32)
        preprocessing.renumber(self.entries, int(self.state[preprocessing.ENTRIES]), position)
        self.column_words = words[order]
        self.column_hash = self.table.hashes[:count][order]
        self.pivot_row: Ids = np.maximum(reducer[order], -1)
        self.row_values = self.store.start[self.row_polynomial[: self.rows]]

    # -- linear algebra -----------------------------------------------------------------------

    def new_rows(
        self,
        lower: Int64s,
        p: int,
        *,
        probabilistic: bool,
        trace: Trace | None = None,
        budget: Budget = UNLIMITED,
    ) -> SparseRows:
        """Reduced echelon form of the rows `lower` modulo the pivot rows, ascending leads.

        A `trace` records the round; the elimination is then deterministic.
        """
        columns = self.columns
        work = np.zeros(LANES * columns, dtype=np.int64)
        factors = np.zeros(LANES, dtype=np.uint32)
        blocks = np.zeros(1, dtype=np.int64)
        if probabilistic and trace is None and len(lower) > 2 * LANES:
            # As msolve: about sqrt(rows / 3) blocks balance making and reducing combinations.
            count = max(1, round((len(lower) / 3) ** 0.5 / 2))
            blocks = np.linspace(0, len(lower), count + 1).astype(np.int64)
        found = SparseRows(4 * LANES * columns, len(lower))
        new_row = np.full(columns, -1, dtype=np.int32)
        state = np.array([0, 0, 0, 0, 88172645463325252, 0], dtype=np.int64)
        lower = np.ascontiguousarray(lower.astype(np.int32))
        useful = np.zeros(len(lower), dtype=np.uint8)
        used = np.zeros(columns, dtype=np.uint8)
        while True:
            status = elimination.eliminate(
                work, factors, p, columns, lower, blocks, OPERATIONS_PER_CALL, useful, used,
                self.pivot_row, self.row_start, self.entries, self.row_values, self.store.values,
                new_row, found.start, found.columns, found.values, state,
            )  # fmt: skip
            budget.check()
            if status == elimination.DONE:
                break
            if status == elimination.GROW:
                found.grow(2 * len(found.columns))
        count = int(state[elimination.FOUND])
        leads = found.columns[found.start[:count]]
        order = np.argsort(-leads.astype(np.int64)).astype(np.int32)
        result = SparseRows(int(state[elimination.USED]) + LANES * columns, count)
        new_row.fill(-1)
        state[:] = 0, 0, 0, 0, 1, state[elimination.WORK]
        while True:
            status = elimination.back_substitute(
                work, factors, p, columns, order, OPERATIONS_PER_CALL,
                new_row, found.start, found.columns, found.values,
                new_row, result.start, result.columns, result.values, state,
            )  # fmt: skip
            budget.check()
            if status == elimination.DONE:
                break
            if status == elimination.GROW:
                result.grow(2 * len(result.columns))
        self.operations = int(state[elimination.WORK])
        if trace is not None:
            trace.add_round(
                columns, self.row_start[: self.rows + 1], self.entries, self.row_values,
                self.pivot_row, lower[useful > 0].astype(np.int64), used > 0,
                found.sparsity(count), order, result.sparsity(count), self.store.used,
            )  # fmt: skip
        return result

    def normal_forms(
        self,
        rows: Int64s,
        skip: Int64s,
        p: int,
        *,
        trace: Trace | None = None,
        budget: Budget = UNLIMITED,
    ) -> SparseRows:
        """Normal forms of rows without their first `skip` entries, modulo the pivot rows.

        A `trace` expects skip = 1 throughout and records the round as its last.
        """
        used = np.zeros(self.columns, dtype=np.uint8)
        columns = self.columns
        work = np.zeros(LANES * columns, dtype=np.int64)
        factors = np.zeros(LANES, dtype=np.uint32)
        result = SparseRows(4 * LANES * columns, len(rows))
        state = np.array([0, 0, 0, 0, 1, 0], dtype=np.int64)
        lower = np.ascontiguousarray(rows.astype(np.int32))
        while True:
            status = elimination.reduce_rows(
                work, factors, p, columns, lower, skip, OPERATIONS_PER_CALL, used,
                self.pivot_row, self.row_start, self.entries, self.row_values, self.store.values,
                result.start, result.columns, result.values, state,
            )  # fmt: skip
            budget.check()
            if status == elimination.DONE:
                break
            if status == elimination.GROW:
                result.grow(2 * len(result.columns))
        if trace is not None:
            trace.add_round(
                columns, self.row_start[: self.rows + 1], self.entries, self.row_values,
                self.pivot_row, rows, used > 0, None, lower, result.sparsity(len(rows)), 0,
            )  # fmt: skip
        return result
