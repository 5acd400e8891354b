"""Learn and apply: the course of F4 modulo one prime, replayed modulo eight others at once.

The learning run is deterministic. Of each round the trace keeps the matrix without the rows that
turned out useless: rows that reduced to zero, and reducers that were never needed.
C. Traverso, "Gröbner trace algorithms", ISSAC 1988, 125-138.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from algebra.kernels.lanes import LANES
from algebra.kernels.replay import replay_rows
from algebra.limits import UNLIMITED, Budget

Ids = NDArray[np.int32]
Int64s = NDArray[np.int64]
OPERATIONS_PER_CALL = 150_000_000


@dataclass(frozen=True, eq=False)
class Sparsity:
    """Rows without numbers: row i is columns[start[i]:start[i+1]]."""

    start: Int64s
    columns: Ids


@dataclass(frozen=True, eq=False)
class TraceRound:
    """One matrix: rows (with offsets of their coefficients), the useful lower rows, the results.

    `found`: echelon form of the lower rows; `order`: its rows by descending pivot column;
    `result`: the reduced echelon form, whose coefficients enter the store at `offset`.
    In the last round (`found` is None) the results are the tails of the reduced basis.
    """

    columns: int
    rows: Sparsity
    row_values: Int64s
    pivot_row: Ids
    lower: Ids
    found: Sparsity | None
    order: Ids
    result: Sparsity
    offset: int


@dataclass(eq=False)
class Trace:
    """Rounds in order; `terms`: places of the stored terms among those of all generators."""

    terms: Int64s = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rounds: list[TraceRound] = field(default_factory=list)
    store_size: int = 0

    def add_round(
        self,
        columns: int,
        row_start: Int64s,
        entries: Ids,
        row_values: Int64s,
        pivot_row: Ids,
        lower: Int64s,
        used: NDArray[np.bool_],
        found: Sparsity | None,
        order: Ids,
        result: Sparsity,
        offset: int,
    ) -> None:
        """Record a round; pivot rows of columns that are not `used` are dropped."""
        pivots = np.where(used, pivot_row, -1)
        wanted = np.zeros(len(row_start) - 1, dtype=bool)
        wanted[pivots[pivots >= 0]] = True
        wanted[lower] = True
        number = np.cumsum(wanted, dtype=np.int32) - np.int32(1)
        sizes = row_start[1:] - row_start[:-1]
        entry_wanted = np.repeat(wanted, sizes)
        start = np.zeros(int(number[-1]) + 2, dtype=np.int64)
        np.cumsum(sizes[wanted], out=start[1:])
        kept = np.where(pivots >= 0, number[pivots], np.int32(-1))
        self.rounds.append(
            TraceRound(
                columns,
                Sparsity(start, entries[: len(entry_wanted)][entry_wanted]),
                row_values[wanted],
                kept,
                number[lower],
                found,
                order,
                result,
                offset,
            )
        )

    def apply(
        self,
        generators: NDArray[np.uint32],
        primes: Sequence[int],
        budget: Budget = UNLIMITED,
    ) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
        """Tails of the reduced basis modulo `primes`.

        Parameters
        ----------
        generators : uint32 (m, k)
            Residues of the terms of all generators, one column per prime, in the input's order.
        primes : sequence of k ≤ 8 ints

        Returns
        -------
        (uint32 (N, k), bool (k,))
            Coefficients of all tails, element after element, on the monomials of the learning
            prime; and whether the prime followed the course. Columns that did not mean nothing.
        """
        count = len(primes)
        filled = list(primes) + [primes[0]] * (LANES - count)
        moduli = np.array(filled, dtype=np.int64)
        squares = moduli * moduli
        failed = np.zeros(LANES, dtype=np.uint8)
        values = np.zeros((self.store_size, LANES), dtype=np.uint32)
        stored = generators[self.terms]
        values[: len(stored), :count] = stored
        values[: len(stored), count:] = stored[:, :1]
        flat = values.reshape(-1)
        out = np.zeros(0, dtype=np.uint32)
        widest = max((round_.columns for round_ in self.rounds), default=0)
        work = np.zeros(LANES * widest, dtype=np.int64)  # zero again after every round
        nothing = np.full(widest, -1, dtype=np.int32)
        for round_ in self.rounds:
            budget.check()
            if round_.found is None:
                out = np.zeros(LANES * len(round_.result.columns), dtype=np.uint32)
                _replay(work, round_, round_.rows, round_.row_values, round_.pivot_row,
                        round_.lower, 1, flat, round_.result, out, 0, moduli, squares, failed,
                        budget)  # fmt: skip
                break
            scratch = np.zeros(LANES * len(round_.found.columns), dtype=np.uint32)
            _replay(work, round_, round_.rows, round_.row_values, round_.pivot_row, round_.lower,
                    0, flat, round_.found, scratch, 0, moduli, squares, failed,
                    budget)  # fmt: skip
            _replay(work, round_, round_.found, round_.found.start[:-1], nothing, round_.order, 0,
                    scratch, round_.result, flat, round_.offset, moduli, squares, failed,
                    budget)  # fmt: skip
            if failed[:count].all():
                break
        return out.reshape(-1, LANES)[:, :count], failed[:count] == 0


def _replay(
    work: Int64s,
    round_: TraceRound,
    rows: Sparsity,
    row_values: Int64s,
    pivot_row: Ids,
    lower: Ids,
    tails: int,
    values: NDArray[np.uint32],
    result: Sparsity,
    out: NDArray[np.uint32],
    offset: int,
    moduli: Int64s,
    squares: Int64s,
    failed: NDArray[np.uint8],
    budget: Budget,
) -> None:
    factors = np.zeros(LANES, dtype=np.uint32)
    new_row = np.full(round_.columns, -1, dtype=np.int32)
    position = 0
    while position < len(lower):
        position = replay_rows(
            work, factors, moduli, squares, round_.columns, lower, position, tails,
            pivot_row, rows.start, rows.columns, row_values, values,
            new_row, result.start, result.columns, out, offset, failed, OPERATIONS_PER_CALL,
        )  # fmt: skip
        budget.check()
