"""The F4 algorithm over GF(p), and nothing else.

J.-C. Faugère, "A new efficient algorithm for computing Gröbner bases (F4)", JPAA 139 (1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algebra.errors import ModulusError
from algebra.limits import UNLIMITED, Budget
from algebra.macaulay import MacaulayMatrix, SparseRows
from algebra.orders import Layout, MonomialOrder, Words
from algebra.pairs import PairQueue
from algebra.polynomial_store import ExponentOverflow, MonomialTable, PolynomialStore, Residues
from algebra.shared_monomials import SharedMonomials
from algebra.tracing import Trace

#: (exponents int64 (m, n), residues uint32 (m,)), descending in the order, first residue 1.
ModularPolynomial = tuple[NDArray[np.int64], Residues]
LARGEST_MODULUS = 2**31
ADOPTED_AT_ONCE = 50_000


class Round(NamedTuple):
    """One line of the course of F4: what was selected and what came out."""

    degree: int
    pairs: int
    rows: int
    columns: int
    new: int
    operations: int


@dataclass(frozen=True, eq=False)
class ModularBasis:
    """The reduced Gröbner basis modulo p, ascending leading monomials, and how it was found.

    `residues` uint32 (N,): coefficients of all elements one after the other, as the numbers of
    `monomials`; each element is monic with descending monomials.
    """

    monomials: SharedMonomials
    residues: Residues
    rounds: list[Round] = field(default_factory=list)

    @cached_property
    def polynomials(self) -> list[ModularPolynomial]:
        """The elements one by one."""
        parts = np.split(self.residues, self.monomials.start[1:-1])
        return list(zip(self.monomials, parts, strict=True)) if len(self.monomials) else []

    @property
    def leading(self) -> NDArray[np.int64]:
        """Exponents (k, n) of the leading monomials."""
        return self.monomials.first


def f4(
    generators: Sequence[ModularPolynomial],
    n: int,
    order: MonomialOrder,
    p: int,
    *,
    probabilistic: bool = True,
    by_sugar: bool | None = None,
    pairs_per_round: int = 5000,
    trace: Trace | None = None,
    budget: Budget = UNLIMITED,
) -> ModularBasis:
    """Reduced Gröbner basis of the ideal of `generators` in GF(p)[x_1, …, x_n].

    Parameters
    ----------
    generators : sequence of (exponents, residues)
        Any order of terms, no repeated monomial; zero polynomials are allowed.
    p : int
        A prime, 2 < p < 2**31.
    probabilistic : bool
        Reduce random combinations of rows (an error has probability about 1/p per block).
    by_sugar : bool or None
        Selection by sugar degree instead of the degree of the lcm; None: sugar for orders that do
        not refine the degree.
    trace : Trace or None
        An empty trace that records the run, which is then deterministic.

    Raises
    ------
    ModulusError
        p is out of range.
    LimitReached
        From `budget`.
    """
    if not 2 < p < LARGEST_MODULUS:
        raise ModulusError(f"p = {p}: expected an odd prime below 2**31")
    largest = max((int(e.max()) for e, _ in generators if e.size), default=0)
    if by_sugar is None:
        by_sugar = len(order.blocks) > 1 or order.blocks[0].kind == "lex"
    for bits in (8, 16, 32):
        layout = order.layout(n, bits)
        if largest > layout.limit:
            continue
        try:
            if trace is not None:
                trace.rounds.clear()
            return _f4(
                generators, layout, p, probabilistic, by_sugar, pairs_per_round, trace, budget
            )
        except ExponentOverflow:
            continue
    raise ExponentOverflow("exponents beyond 2**31 are not supported")


def _f4(
    generators: Sequence[ModularPolynomial],
    layout: Layout,
    p: int,
    probabilistic: bool,
    by_sugar: bool,
    limit: int,
    trace: Trace | None,
    budget: Budget,
) -> ModularBasis:
    store = PolynomialStore(layout)
    pairs = PairQueue(store)
    rounds: list[Round] = []
    if not any((residues % p).any() for _, residues in generators):
        return _monomial_basis(np.zeros((0, layout.n), dtype=np.int64), rounds)
    matrix = MacaulayMatrix(store, MonomialTable(layout))
    rows = _echelon_form(matrix, generators, p, trace, budget)
    if _adopt(store, pairs, matrix, rows, None):
        return _unit(layout.n, rounds)
    while len(pairs):
        budget.check()
        budget.report("F4", len(rounds), None)
        chosen = pairs.select(by_sugar=by_sugar, limit=limit)
        matrix.preprocess(chosen.polynomial, chosen.lcm, chosen.is_pivot, _reducers(store), budget)
        lower = np.flatnonzero(~chosen.is_pivot)
        rows = matrix.new_rows(lower, p, probabilistic=probabilistic, trace=trace, budget=budget)
        new = len(rows.start) - 1
        rounds.append(
            Round(chosen.degree, chosen.pairs, matrix.rows, matrix.columns, new, matrix.operations)
        )
        if _adopt(store, pairs, matrix, rows, chosen.sugar):
            return _unit(layout.n, rounds)
    return _interreduced(matrix, p, rounds, trace, budget)


def _reducers(store: PolynomialStore) -> NDArray[np.int64]:
    """Polynomials offered as reducers, the shortest first."""
    alive = np.flatnonzero(store.redundant[: store.count] == 0)
    return alive[np.argsort(store.length[alive], kind="stable")]


def _echelon_form(
    matrix: MacaulayMatrix,
    generators: Sequence[ModularPolynomial],
    p: int,
    trace: Trace | None,
    budget: Budget,
) -> SparseRows:
    """Row-reduced generators; they enter the store marked redundant, as rows only."""
    store, layout = matrix.store, matrix.store.layout
    parts: list[tuple[Words, Residues]] = []
    hashes, places, end = [], [], 0
    for exponents, residues in generators:
        residues = residues % p
        keep = np.flatnonzero(residues)
        first, end = end, end + len(residues)
        if not len(keep):
            continue
        words = layout.pack(exponents[keep])
        order = layout.descending(words)
        kept = keep[order]
        places.append(first + kept)
        parts.append((words[order], residues[kept]))
        hashes.append(store.table.hash_exponents(exponents[kept]))
    if trace is not None:
        trace.terms = np.concatenate(places)
    sizes = [len(residues) for _, residues in parts]
    store.extend(
        np.concatenate([words for words, _ in parts]),
        np.concatenate(hashes),
        np.concatenate([residues for _, residues in parts]),
        np.concatenate([[0], np.cumsum(sizes)]),
        np.zeros(len(parts), dtype=np.int64),
        redundant=True,
    )
    rows = np.arange(store.count)
    nothing = np.zeros(0, dtype=np.int64)
    matrix.preprocess(rows, store.lead[rows], np.zeros(len(rows), dtype=bool), nothing, budget)
    return matrix.new_rows(rows, p, probabilistic=False, trace=trace, budget=budget)


def _adopt(
    store: PolynomialStore,
    pairs: PairQueue,
    matrix: MacaulayMatrix,
    rows: SparseRows,
    sugar: int | None,
) -> bool:
    """Take new rows into the basis, smallest leading monomial first; True if one is constant."""
    start = rows.start
    first, count = 0, len(start) - 1
    while first < count:
        # As many rows at once as have few terms: packed monomials take room.
        stop = max(first + 1, int(np.searchsorted(start, start[first] + ADOPTED_AT_ONCE)) - 1)
        part = slice(int(start[first]), int(start[stop]))
        columns = rows.columns[part]
        words = matrix.column_words[columns]
        starts = start[first : stop + 1] - start[first]
        highest = np.maximum.reduceat(words[:, store.layout.degree], starts[:-1])
        degrees = highest.astype(np.int64)
        if not degrees.all():
            return True
        new = store.extend(
            words,
            matrix.column_hash[columns],
            rows.values[part],
            starts,
            np.maximum(degrees, 0 if sugar is None else sugar),
        )
        pairs.update(new)
        first = stop
    return False


def _unit(n: int, rounds: list[Round]) -> ModularBasis:
    return _monomial_basis(np.zeros((1, n), dtype=np.int64), rounds)


def _monomial_basis(exponents: NDArray[np.int64], rounds: list[Round]) -> ModularBasis:
    count = len(exponents)
    each = SharedMonomials(exponents, np.arange(count + 1), np.arange(count, dtype=np.int32))
    return ModularBasis(each, np.ones(count, dtype=np.uint32), rounds)


def _interreduced(
    matrix: MacaulayMatrix,
    p: int,
    rounds: list[Round],
    trace: Trace | None,
    budget: Budget,
) -> ModularBasis:
    """The reduced basis: minimal leading monomials, tails in normal form."""
    store, layout = matrix.store, matrix.store.layout
    minimal = np.flatnonzero(store.redundant[: store.count] == 0)
    minimal = minimal[layout.descending(store.lead[minimal])[::-1]]
    matrix.preprocess(
        minimal, store.lead[minimal], np.ones(len(minimal), dtype=bool), _reducers(store), budget
    )
    rows = np.arange(len(minimal))
    skip = np.ones(len(minimal), dtype=np.int64)
    tails = matrix.normal_forms(rows, skip, p, trace=trace, budget=budget)
    if trace is not None:
        trace.store_size = store.used
    count, end = len(minimal), int(tails.start[len(minimal)])
    start = tails.start[: count + 1] + np.arange(count + 1)
    leading = np.zeros(count + end, dtype=bool)
    leading[start[:-1]] = True
    numbers = np.empty(count + end, dtype=np.int32)
    numbers[leading] = matrix.entries[matrix.row_start[:count]]
    numbers[~leading] = tails.columns[:end]
    residues = np.ones(count + end, dtype=np.uint32)
    residues[~leading] = tails.values[:end]
    monomials = SharedMonomials.compact(layout.unpack(matrix.column_words), start, numbers)
    return ModularBasis(monomials, residues, rounds)
