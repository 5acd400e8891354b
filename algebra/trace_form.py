"""The trace form of Q[x]/I: ranks and signatures count distinct and real zeros exactly.

H^h_ij = Tr(h b_i b_j) on the standard monomials b: its rank is the number of distinct zeros with
h ≠ 0, its signature #{real zeros with h > 0} − #{real zeros with h < 0}. Sign changes and exchanges
of variables that map the system to itself make it fall into blocks (`algebra.symmetric_blocks`).
P. Pedersen, M.-F. Roy, A. Szpirglas, "Counting real zeros in the multivariate case", MEGA 1992.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flint
import numpy as np
from flint import arb, fmpq, fmpq_mpoly
from numpy.typing import NDArray

from algebra.common_denominator import RowsLift
from algebra.errors import EnginesDisagree, InputError, NotZeroDimensional
from algebra.fglm import MonomialVectors
from algebra.groebner import integer_generators
from algebra.kernels.quotient import transposed_multiply
from algebra.limits import UNLIMITED, Budget
from algebra.modular_bases import ModularBases
from algebra.orders import MonomialOrder
from algebra.quotient import Border, ModularQuotient
from algebra.staircase import is_zero_dimensional, unbounded_variables
from algebra.symmetric_blocks import Block, block_entries, independent, symmetric_blocks
from algebra.systems import PolynomialSystem

Residues = NDArray[np.uint32]
#: Working precision (bits) at which undecided pivots are given up.
HIGHEST_PRECISION = 1 << 22


@dataclass(frozen=True)
class TraceForm:
    """Rank and signature of H^h, and the sizes of its blocks.

    Attributes
    ----------
    rank : int
        Number of distinct complex zeros with h ≠ 0.
    signature : int
        Real zeros with h > 0 minus real zeros with h < 0; with h = 1 the number of real zeros.
    dimension : int
        D, the number of zeros with multiplicity.
    blocks : tuple of int
        Sizes of the blocks.
    primes : int
        Number of primes from which the entries were lifted.
    """

    rank: int
    signature: int
    dimension: int
    blocks: tuple[int, ...]
    primes: int


def trace_form(
    system: PolynomialSystem, h: fmpq_mpoly | None = None, *, budget: Budget = UNLIMITED
) -> TraceForm:
    """The trace form of a zero-dimensional rational system, with weight h (default 1).

    Raises
    ------
    NotZeroDimensional, InputError
        There are infinitely many complex zeros; h lives in another ring.

    Examples
    --------
    >>> form = trace_form(PolynomialSystem.parse("x^3 - x; y^2 + x"))
    >>> form.rank, form.signature
    (5, 3)
    """
    system.require_rational()
    if h is not None and h.context().names() != system.ring_names:
        raise InputError("h and the system live in different rings")
    generators, names = integer_generators(system)
    n = len(names)
    bases = ModularBases(generators, n, MonomialOrder.parse("grevlex", n), budget)
    if not is_zero_dimensional(bases.leading):
        missing = [names[j] for j in unbounded_variables(bases.leading)]
        raise NotZeroDimensional(
            f"no power of {', '.join(missing)} is a leading monomial: infinitely many zeros"
        )
    if bases.is_trivial:
        return TraceForm(0, 0, 0, (), 0)
    border = Border(bases.leading, bases.order, names, budget)
    standard = border.standard
    blocks: list[Block] = []
    lifts: list[RowsLift] = []
    done: dict[int, list[list[fmpq]]] = {}
    used: list[int] = []
    for batch in bases.batches():
        for p, tails in zip(batch.primes, batch.tails, strict=True):
            if h is not None and any(int(c.q) % p == 0 for c in h.coeffs()):
                continue
            budget.check()
            budget.report("trace form: primes", len(used), None)
            used.append(p)
            quotient = ModularQuotient(border, bases.polynomials(tails), p, budget)
            vectors = MonomialVectors(quotient)
            if not blocks:
                for parts in symmetric_blocks(generators, standard, h):
                    blocks += independent(parts, standard, vectors, p)
                lifts = [RowsLift() for _ in blocks]
            matrix = modular_trace_form(quotient, h)
            hopeful = True
            for b, (block, lift) in enumerate(zip(blocks, lifts, strict=True)):
                if b in done:
                    continue
                entries = block_entries(block, matrix, standard, vectors, p)
                rows = [entries[i, i:].tolist() for i in range(len(entries))]
                value = lift.include(rows, p, hopeful)
                hopeful = lift.hopeful
                if value is not None:
                    done[b] = value
            if len(done) == len(blocks):
                return _total(blocks, done, border.dimension, used, budget)
    raise AssertionError("batches never end")


def _total(
    blocks: Sequence[Block],
    rows: dict[int, list[list[fmpq]]],
    dimension: int,
    primes: Sequence[int],
    budget: Budget,
) -> TraceForm:
    rank = signature = 0
    for b, block in enumerate(blocks):
        r, s = rank_and_signature(rows[b], primes[0], budget)
        rank += block.multiplicity * r
        signature += block.multiplicity * s
    sizes = tuple(len(block.places) for block in blocks for _ in range(block.multiplicity))
    return TraceForm(rank, signature, dimension, sizes, len(primes))


def sign_counts(
    system: PolynomialSystem, h: fmpq_mpoly, *, budget: Budget = UNLIMITED
) -> dict[int, int]:
    """{sign: number of real zeros at which h has it}, from the signatures for 1, h and h²."""
    real, difference, nonzero = (
        trace_form(system, g, budget=budget).signature for g in (None, h, h * h)
    )
    return {
        -1: (nonzero - difference) // 2,
        0: real - nonzero,
        1: (nonzero + difference) // 2,
    }


def modular_trace_form(quotient: ModularQuotient, h: fmpq_mpoly | None = None) -> Residues:
    """H^h modulo p: row b is the functional x ↦ Tr(h b x), by products along the tree."""
    shape, p, size = quotient.shape, quotient.p, quotient.dimension
    rows = np.zeros((size, size), dtype=np.uint32)
    rows[0] = _weighted(quotient, quotient.trace_functional(), h)
    for b in range(1, size):
        transposed_multiply(
            int(shape.tree_variable[b]), shape.successor, quotient.forms,
            rows[shape.tree_parent[b]], rows[b], p,
        )  # fmt: skip
    return rows


def _weighted(quotient: ModularQuotient, functional: Residues, h: fmpq_mpoly | None) -> Residues:
    """The functional x ↦ functional(h x)."""
    if h is None:
        return functional
    p = quotient.p
    known: dict[tuple[int, ...], Residues] = {(0,) * len(quotient.shape.successor): functional}
    total = np.zeros(len(functional), dtype=np.int64)
    for m, c in h.terms():
        image, reached = functional, [0] * len(quotient.shape.successor)
        for i, e in enumerate(m):
            for _ in range(int(e)):
                reached[i] += 1
                key = tuple(reached)
                if key not in known:
                    out = np.zeros(len(functional), dtype=np.uint32)
                    transposed_multiply(i, quotient.shape.successor, quotient.forms, image, out, p)
                    known[key] = out
                image = known[key]
        total = (total + image.astype(np.int64) * (int(c.p) * pow(int(c.q), -1, p) % p)) % p
    return total.astype(np.uint32)


# -- exact signatures ---------------------------------------------------------------------------


def rank_and_signature(
    rows: Sequence[Sequence[fmpq]], p: int, budget: Budget = UNLIMITED
) -> tuple[int, int]:
    """Rank modulo p and signature of a symmetric matrix, given by its upper triangle.

    Symmetric elimination with pivots that are not 0 modulo p, hence not 0; their signs come from
    ball arithmetic, with the precision doubled until all are decided.
    """
    pivots = _pivots([[_residue(c, p) for c in row] for row in rows], p)
    precision = 128
    while precision <= HIGHEST_PRECISION:
        budget.check()
        with flint.ctx.workprec(precision):
            signature = _signature([[arb(c) for c in row] for row in rows], pivots)
        if signature is not None:
            return sum(len(pivot) for pivot in pivots), signature
        precision *= 2
    raise EnginesDisagree("a pivot of the trace form vanishes that does not vanish modulo a prime")


def _residue(c: fmpq, p: int) -> int:
    return int(c.p) * pow(int(c.q), -1, p) % p


def _pivots(rows: list[list[int]], p: int) -> list[tuple[int, ...]]:
    """Pivots (i,) with a nonzero diagonal entry or (i, j) with both diagonal entries 0."""
    size = len(rows)
    table = np.zeros((size, size), dtype=object)
    for i, row in enumerate(rows):
        table[i, i:] = row
        table[i:, i] = row
    left = list(range(size))
    pivots: list[tuple[int, ...]] = []
    while left:
        diagonal = next((i for i in left if table[i, i]), None)
        if diagonal is not None:
            pivot: tuple[int, ...] = (diagonal,)
            inverse = pow(int(table[diagonal, diagonal]), -1, p)
            column = table[left, diagonal].copy()
            table[np.ix_(left, left)] -= np.outer(column, column * inverse % p)
        else:
            found = next(((i, j) for i in left for j in left if table[i, j]), None)
            if found is None:
                break
            pivot = found
            inverse = pow(int(table[found]), -1, p)
            a, b = table[left, found[0]].copy(), table[left, found[1]].copy()
            table[np.ix_(left, left)] -= (np.outer(a, b) + np.outer(b, a)) * inverse
        table %= p
        left = [i for i in left if i not in pivot]
        pivots.append(pivot)
    return pivots


def _signature(rows: list[list[arb]], pivots: list[tuple[int, ...]]) -> int | None:
    """Signature by elimination in this order; None if a sign is undecided."""
    size = len(rows)
    entry = {(i, i + k): c for i, row in enumerate(rows) for k, c in enumerate(row)}

    def at(i: int, j: int) -> arb:
        return entry[(i, j) if i <= j else (j, i)]

    left = list(range(size))
    signature = 0
    for pivot in pivots:
        left = [i for i in left if i not in pivot]
        if len(pivot) == 1:
            (k,) = pivot
            value = at(k, k)
            if not (value > 0 or value < 0):
                return None
            signature += 1 if value > 0 else -1
            scaled = {i: at(i, k) / value for i in left}
            for a, i in enumerate(left):
                for j in left[a:]:
                    entry[i, j] -= scaled[i] * at(j, k)
            continue
        k, m = pivot
        # Diagonal entries that vanish modulo p may not vanish: the determinant decides.
        determinant = at(k, k) * at(m, m) - at(k, m) * at(k, m)
        if not (determinant > 0 or determinant < 0):
            return None
        if determinant > 0:
            if not (at(k, k) > 0 or at(k, k) < 0):
                return None
            signature += 2 if at(k, k) > 0 else -2
        pairs = {
            i: (
                (at(m, m) * at(i, k) - at(k, m) * at(i, m)) / determinant,
                (at(k, k) * at(i, m) - at(k, m) * at(i, k)) / determinant,
            )
            for i in left
        }
        for a, i in enumerate(left):
            for j in left[a:]:
                entry[i, j] -= pairs[i][0] * at(j, k) + pairs[i][1] * at(j, m)
    return signature
