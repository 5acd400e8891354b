"""Quotient algebras modulo eight primes at once: sparse multiplication and Krylov sequences.

The pattern of the normal forms is learned from dense quotients modulo two primes. The minimal
polynomial of a linear form comes from the sequence u(t^k) of one functional u (D. Wiedemann, IEEE
Trans. Inf. Theory 32 (1986); J.-C. Faugère, C. Mou, "Sparse FGLM algorithms", JSC 80 (2017)).
Several sequences u(v t^k) share it, and r of them need D + D/r products instead of 2D: block
Wiedemann with a single column (D. Coppersmith, Math. Comp. 62 (1994)).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from flint import nmod_poly
from numpy.typing import NDArray

from algebra.kernels import sparse_quotient as kernels
from algebra.kernels.lanes import LANES
from algebra.limits import UNLIMITED, Budget
from algebra.quotient import Border, ModularQuotient

Int64s = NDArray[np.int64]
Residues = NDArray[np.uint32]
#: Multiply-adds on eight lanes per call of the Krylov kernel.
OPERATIONS_PER_CALL = 200_000_000
ROWS_PER_CALL = 256
#: Sequences that determine the minimal polynomial together, choices of variables that are tried,
#: and terms beyond the least number: they leave equations that a wrong polynomial would not meet.
TOGETHER = 3
MOST_TRIALS = 10
SPARE_TERMS = 4


class QuotientPattern:
    """Where normal forms of border monomials have entries, and where these come from.

    `start`, `columns`: sparse rows, one per border monomial. `given`: positions of the entries of
    leading monomials; their residues are minus the tails' at `sources`.
    """

    def __init__(
        self, border: Border, tails: Sequence[Int64s], learned: Sequence[ModularQuotient]
    ) -> None:
        """`tails`: exponents (m, n) of the basis elements without their leading monomials."""
        self.border = border
        filled = np.zeros((len(border.monomials), border.dimension), dtype=bool)
        for quotient in learned:
            filled |= quotient.forms != 0
        places = np.concatenate([[0], np.cumsum([len(t) for t in tails])]).astype(np.int64)
        wanted: dict[int, Int64s] = {}
        for e in np.flatnonzero(border.lead >= 0):
            g = int(border.lead[e])
            wanted[int(e)] = np.array([border.index[m] for m in map(tuple, tails[g].tolist())],
                                      dtype=np.int64)  # fmt: skip
            filled[e, wanted[int(e)]] = True
        self.start = np.concatenate([[0], np.cumsum(filled.sum(axis=1))]).astype(np.int64)
        self.columns = np.nonzero(filled)[1].astype(np.int32)
        given, sources = [], []
        for place, columns in wanted.items():
            row = self.columns[self.start[place] : self.start[place + 1]]
            given.append(self.start[place] + np.searchsorted(row, columns))
            g = int(border.lead[place])
            sources.append(np.arange(places[g], places[g + 1]))
        nothing = np.zeros(0, dtype=np.int64)
        self.given = np.concatenate([nothing, *given])
        self.sources = np.concatenate([nothing, *sources])

    def needed_rows(self, variables: Sequence[int], observed: Sequence[int]) -> Int64s:
        """Border monomials, ascending, that products with `variables` and `observed` rest on."""
        border = self.border
        wanted = np.zeros(len(border.monomials), dtype=bool)
        for targets in (border.successor[list(variables)], border.successor[list(observed), 0]):
            wanted[-1 - targets[targets < 0]] = True
        for e in range(len(wanted) - 1, -1, -1):
            if wanted[e] and border.lead[e] < 0:
                parent = border.parent[e]
                wanted[parent] = True
                columns = self.columns[self.start[parent] : self.start[parent + 1]]
                below = border.successor[border.variable[e], columns]
                wanted[-1 - below[below < 0]] = True
        return np.flatnonzero(wanted)

    @functools.lru_cache(maxsize=4)  # noqa: B019 - a pattern lives as long as its cache
    def form_pattern(
        self, used: tuple[int, ...]
    ) -> tuple[Int64s, NDArray[np.int32], NDArray[np.bool_]]:
        """Sparse rows of multiplication by a form in the variables `used`; rows that are units."""
        successor = self.border.successor[list(used)]
        start, rows = [0], []
        for b in range(self.border.dimension):
            parts = []
            for target in successor[:, b]:
                if target >= 0:
                    parts.append(np.array([target], dtype=np.int32))
                else:
                    e = -1 - target
                    parts.append(self.columns[self.start[e] : self.start[e + 1]])
            rows.append(np.unique(np.concatenate(parts)) if len(parts) > 1 else parts[0])
            start.append(start[-1] + len(rows[-1]))
        units: NDArray[np.bool_] = np.logical_and((successor >= 0).all(axis=0), len(used) == 1)
        return np.array(start), np.concatenate(rows).astype(np.int32), units

    def variable_rows(self, variables: Sequence[int]) -> tuple[Int64s, NDArray[np.int32], Int64s]:
        """Sparse rows of 1 and of x_i for i in `variables`; sources of their values.

        A source is a position in the border's values, or -1 for the value 1.
        """
        start, columns, sources = [0, 1], [0], [-1]
        for i in variables:
            target = int(self.border.successor[i, 0])
            if target >= 0:
                columns.append(target)
                sources.append(-1)
            else:
                e = -1 - target
                part = range(int(self.start[e]), int(self.start[e + 1]))
                columns.extend(self.columns[part.start : part.stop].tolist())
                sources.extend(part)
            start.append(len(columns))
        return np.array(start), np.array(columns, dtype=np.int32), np.array(sources)


def lane_constants(primes: Sequence[int]) -> Int64s:
    """The array `constants` of `algebra.kernels.sparse_quotient`, for eight odd primes."""
    out = np.empty((5, LANES), dtype=np.int64)
    for j, p in enumerate(primes):
        shift = int(p).bit_length() - 1
        out[:, j] = p, p * p, 2 * p * p, (1 << (2 * shift + 2)) // p, shift
    return out.reshape(-1)


def generating_polynomial(sequences: NDArray[np.uint32], p: int) -> nmod_poly:
    """The monic polynomial of least degree that generates all sequences (r, N) modulo p."""
    shift = p.bit_length() - 1
    out = np.zeros(sequences.shape[1] + 2, dtype=np.uint32)
    order = kernels.shortest_recurrence(
        np.ascontiguousarray(sequences), out, p, (1 << (2 * shift + 2)) // p, shift
    )
    return nmod_poly(out[: order + 1][::-1].tolist(), p)


class LaneQuotient:
    """The quotient modulo eight primes, which may be equal; lanes that failed mean nothing."""

    def __init__(
        self,
        pattern: QuotientPattern,
        tails: Residues,
        primes: Sequence[int],
        rows: Int64s | None = None,
        budget: Budget = UNLIMITED,
    ) -> None:
        """`tails` uint32 (k, N): flat tails of the basis for k ≤ 8 primes.

        `rows`: from `needed_rows` if not all border monomials are wanted.
        """
        self.pattern, self.count = pattern, len(primes)
        spare = LANES - len(primes)
        self.primes = [*primes, *[primes[0]] * spare]
        lanes = np.concatenate([tails, np.repeat(tails[:1], spare, axis=0)])
        self.constants = lane_constants(self.primes)
        self.failed = np.zeros(LANES, dtype=np.uint8)
        border = pattern.border
        values = np.zeros((len(pattern.columns), LANES), dtype=np.uint32)
        moduli = np.array(self.primes, dtype=np.int64)
        entries = lanes[:, pattern.sources].T.astype(np.int64)
        values[pattern.given] = np.where(entries, moduli - entries, 0)
        self.values = values.reshape(-1)
        work = np.zeros(LANES * border.dimension, dtype=np.int64)
        wanted = np.arange(len(border.monomials)) if rows is None else rows
        for begin in range(0, len(wanted), ROWS_PER_CALL):
            kernels.border_rows(
                wanted[begin : begin + ROWS_PER_CALL], border.successor, border.variable,
                border.parent, pattern.start, pattern.columns, self.values, self.constants, work,
                self.failed,
            )  # fmt: skip
            budget.check()

    def sequences(
        self,
        form: Int64s,
        observed: Sequence[int],
        functional: Residues,
        budget: Budget = UNLIMITED,
        length: int | None = None,
    ) -> NDArray[np.uint32]:
        """u(v t^k) for k < N and v = 1, then x_i for i in `observed`: uint32 (r, 8, N).

        form int64 (n,) or (n, 8): one form, or one per lane. functional uint32 (D,): u on the
        standard monomials. length: N, 2D + 2 if not given.
        """
        pattern, border = self.pattern, self.pattern.border
        moduli = np.array(self.primes, dtype=np.int64)
        forms = form[:, None] if form.ndim == 1 else form
        lanes = np.ascontiguousarray(np.broadcast_to(forms, (len(form), LANES)) % moduli)
        used = np.flatnonzero(lanes.any(axis=1))
        row_start, row_columns, units = pattern.form_pattern(tuple(used.tolist()))
        units = units & bool((lanes[used] == 1).all())
        row_values = np.zeros(LANES * len(row_columns), dtype=np.uint32)
        work = np.zeros(LANES * border.dimension, dtype=np.int64)
        kernels.form_rows(
            border.successor, pattern.start, pattern.columns, self.values, lanes,
            row_start, row_columns, row_values, self.constants, work, self.failed,
        )  # fmt: skip
        seen_start, seen_columns, sources = pattern.variable_rows(observed)
        seen_values = np.ones((len(sources), LANES), dtype=np.uint32)
        places = sources >= 0
        seen_values[places] = self.values.reshape(-1, LANES)[sources[places]]
        length = length or 2 * border.dimension + 2
        out = np.zeros((length, LANES * (len(observed) + 1)), dtype=np.uint32)
        vector = np.repeat(functional % int(moduli.min()), LANES).astype(np.uint32)
        following = np.empty_like(vector)
        step = max(1, OPERATIONS_PER_CALL // max(1, len(row_columns)))
        for begin in range(0, length, step):
            kernels.krylov_lanes(
                row_start, row_columns, row_values, units.astype(np.uint8), seen_start,
                seen_columns, seen_values.reshape(-1), vector, following, self.constants, out,
                begin, min(begin + step, length),
            )  # fmt: skip
            budget.check()
        return np.ascontiguousarray(out.reshape(length, -1, LANES).transpose(1, 2, 0))

    def recurrence(self, sequences: NDArray[np.uint32], lane: int) -> nmod_poly:
        """The monic polynomial of least degree that generates these sequences (r, N) of a lane."""
        return generating_polynomial(sequences, self.primes[lane])

    def shorter(
        self, f: nmod_poly, sequences: NDArray[np.uint32], candidates: Sequence[int]
    ) -> tuple[int, list[int]]:
        """Number of terms that determine the minimal polynomial, and the variables it takes.

        r sequences u(v t^k), v = 1 and r - 1 variables, need about D + D/r terms instead of 2D if
        the products v t^k for k < D/r are independent: lane 0 tells, where f is known. sequences
        as from `sequences`, of v = 1 and all variables; candidates: variables other than t.
        """
        size = self.pattern.border.dimension
        enough = size - (-size // TOGETHER)
        choices = itertools.combinations(map(int, candidates), TOGETHER - 1)
        for chosen in itertools.islice(choices, MOST_TRIALS):
            rows = sequences[[0, *(i + 1 for i in chosen)], 0, :enough]
            if self.recurrence(rows, 0) == f:
                return enough + SPARE_TERMS, list(chosen)
        return 2 * size + 2, []
