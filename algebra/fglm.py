"""Change of the monomial order of zero-dimensional ideals, and minimal polynomials of elements.

Modulo one prime the new standard and leading monomials are found by increasing monomials (FGLM);
modulo the others a linear system on these monomials gives the basis, which is lifted.
J.-C. Faugère, P. Gianni, D. Lazard, T. Mora, J. Symb. Comput. 16 (1993) 329-344. In shape position,
where the new standard monomials are powers of one variable, sparse Krylov sequences take the place
of linear systems, eight primes at once: J.-C. Faugère, C. Mou, "Sparse FGLM algorithms", J. Symb.
Comput. 80 (2017) 538-569.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpq_poly, nmod_mat, nmod_poly
from numpy.typing import NDArray

from algebra.common_denominator import CommonDenominatorLift, RowsLift
from algebra.division import order_key
from algebra.errors import InputError, NotZeroDimensional
from algebra.groebner import GroebnerBasis, integer_generators
from algebra.kernels import fglm as kernels
from algebra.kernels.quotient import dot
from algebra.lane_quotient import LaneQuotient, QuotientPattern, generating_polynomial
from algebra.limits import UNLIMITED, Budget
from algebra.modular_bases import Barren, IntegerPolynomial, ModularBases
from algebra.orders import MonomialOrder
from algebra.quotient import Border, ModularQuotient
from algebra.residue_store import Batch
from algebra.shared_monomials import SharedMonomials
from algebra.staircase import is_zero_dimensional, unbounded_variables
from algebra.systems import PolynomialSystem
from algebra.univariate import polynomial_part
from algebra.words import Word

Monomial = tuple[int, ...]
Residues = NDArray[np.uint32]


def change_order(
    system: PolynomialSystem, order: str | MonomialOrder = "lex", *, budget: Budget = UNLIMITED
) -> GroebnerBasis:
    """Reduced Gröbner basis in `order` of a zero-dimensional ideal, through the grevlex quotient.

    Raises
    ------
    NotZeroDimensional
        There are infinitely many complex zeros.

    Examples
    --------
    >>> change_order(PolynomialSystem.parse("x^2 - y; x*y - 1"), "lex").strings()
    ['y^3 - 1', 'x - y^2']
    """
    system.require_rational()
    generators, names = integer_generators(system)
    parsed = MonomialOrder.parse(order, len(names))
    bases = _finite_bases(generators, names, budget)
    if bases.is_trivial:
        table = np.zeros((1, len(names)), dtype=np.int64)
        one = SharedMonomials.of([np.zeros(1, dtype=np.int32)], table)
        primes = (bases.learning_prime,)
        return GroebnerBasis(names, one, ([1],), parsed, 0, Word.PROBABLE, primes)
    border = Border(bases.leading, bases.order, names, budget)
    batches = bases.batches()
    first = next(batches)
    learned = [
        ModularQuotient(border, bases.polynomials(tails), p, budget)
        for p, tails in zip(first.primes[:2], first.tails, strict=False)
    ]
    shape = _Shape.learned(learned[0], order_key(parsed, len(names)), budget)
    powers = shape.powers_of
    sparse = None if powers is None else _SparseShape(shape, powers, bases, border, learned)
    lift = RowsLift()
    used: list[int] = []
    barren = Barren()
    for batch in itertools.chain([first], batches):
        budget.report("change of order: primes", len(used), None)
        found = list(
            sparse.tails(batch, budget)
            if sparse is not None
            else _dense_tails(shape, bases, border, batch, budget)
        )
        barren.note(len(found), "change of order")
        for p, rows in found:
            used.append(p)
            done = lift.include(rows, p)
            if done is not None:
                return shape.basis(done, names, parsed, tuple(used))
    raise AssertionError("batches never end")


def _dense_tails(
    shape: _Shape, bases: ModularBases, border: Border, batch: Batch, budget: Budget
) -> Iterator[tuple[int, list[list[int]]]]:
    """(prime, tails of the new basis) for the primes of a batch."""
    for p, tails in zip(batch.primes, batch.tails, strict=True):
        budget.check()
        rows = shape.tails(ModularQuotient(border, bases.polynomials(tails), p, budget))
        if rows is not None:  # else the new standard monomials are dependent modulo this prime
            yield p, rows


def minimal_polynomial(
    system: PolynomialSystem, h: fmpq_mpoly, *, budget: Budget = UNLIMITED
) -> fmpq_poly:
    """The monic f of least degree with f(h) in the ideal; 1 for the unit ideal.

    Raises
    ------
    NotZeroDimensional, InputError
        There are infinitely many complex zeros; h lives in another ring.
    """
    system.require_rational()
    if h.context().names() != system.ring_names:
        raise InputError("h and the system live in different rings")
    generators, names = integer_generators(system)
    bases = _finite_bases(generators, names, budget)
    if bases.is_trivial:
        return fmpq_poly([1])
    border = Border(bases.leading, bases.order, names, budget)
    functional = np.random.default_rng(1).integers(1, 2**30, border.dimension).astype(np.uint32)
    lifts: dict[int, CommonDenominatorLift] = {}
    for batch in bases.batches():
        for p, tails in zip(batch.primes, batch.tails, strict=True):
            budget.check()
            if any(int(c.q) % p == 0 for c in h.coeffs()):
                continue
            quotient = ModularQuotient(border, bases.polynomials(tails), p, budget)
            f = _modular_minimal_polynomial(quotient, h, functional % p)
            # The degree can only drop modulo a prime.
            lift = lifts.setdefault(int(f.degree()), CommonDenominatorLift())
            value = lift.include([int(c) for c in f.coeffs()], p)
            if value is not None and f.degree() == max(lifts):
                return fmpq_poly(value)
    raise AssertionError("batches never end")


def _finite_bases(
    generators: list[IntegerPolynomial], names: tuple[str, ...], budget: Budget
) -> ModularBases:
    order = MonomialOrder.parse("grevlex", len(names))
    bases = ModularBases(generators, len(names), order, budget)
    if not is_zero_dimensional(bases.leading):
        missing = [names[j] for j in unbounded_variables(bases.leading)]
        raise NotZeroDimensional(
            f"no power of {', '.join(missing)} is a leading monomial: infinitely many zeros"
        )
    return bases


class _Shape:
    """Standard and leading monomials in the new order, ascending."""

    def __init__(self, standard: list[Monomial], leading: list[Monomial]) -> None:
        self.standard, self.leading = standard, leading

    @classmethod
    def learned(
        cls, quotient: ModularQuotient, key: Callable[[Monomial], Any], budget: Budget
    ) -> _Shape:
        """By increasing monomials: independent ones are standard, minimal dependent ones lead."""
        size, p, n = quotient.dimension, quotient.p, quotient.shape.successor.shape[0]
        vectors = MonomialVectors(quotient)
        rows = np.zeros((size, size), dtype=np.uint32)
        pivots = np.zeros(size, dtype=np.int64)
        standard: list[Monomial] = []
        leading: list[Monomial] = []
        one = (0,) * n
        waiting, seen = [(key(one), one)], {one}
        while waiting:
            budget.check()
            _, m = heapq.heappop(waiting)
            if any(all(a <= b for a, b in zip(lead, m, strict=True)) for lead in leading):
                continue
            if not kernels.extend_echelon(vectors[m], rows, pivots, len(standard), p):
                leading.append(m)
                continue
            standard.append(m)
            for i in range(n):
                product = (*m[:i], m[i] + 1, *m[i + 1 :])
                if product not in seen:
                    seen.add(product)
                    heapq.heappush(waiting, (key(product), product))
        return cls(standard, leading)

    @property
    def powers_of(self) -> int | None:
        """The variable whose powers are the standard monomials, if there is one."""
        used = np.flatnonzero(np.array(self.standard).any(axis=0))
        return int(used[0]) if len(used) == 1 else None

    def tails(self, quotient: ModularQuotient) -> list[list[int]] | None:
        """Coefficients of the basis elements on the standard monomials; None if singular."""
        p, size = quotient.p, len(self.standard)
        vectors = MonomialVectors(quotient)
        columns = np.stack([vectors[m] for m in self.standard], axis=1)
        right = np.stack([vectors[m] for m in self.leading], axis=1)
        matrix = nmod_mat(size, size, columns.ravel().tolist(), p)
        try:
            solution = matrix.solve(nmod_mat(size, len(self.leading), right.ravel().tolist(), p))
        except ZeroDivisionError:
            return None
        return [[-int(solution[k, j]) % p for k in range(size)] for j in range(len(self.leading))]

    def basis(
        self,
        tails: list[list[fmpq]],
        names: tuple[str, ...],
        order: MonomialOrder,
        primes: tuple[int, ...],
    ) -> GroebnerBasis:
        """The basis over Q with these coefficients on the standard monomials."""
        lists, coefficients = [], []
        for k, tail in enumerate(tails):
            # Standard monomials ascend; terms of an element descend. Those above the leading
            # monomial have coefficient 0.
            support = [j for j in range(len(tail) - 1, -1, -1) if tail[j] != 0]
            scale = math.lcm(*(int(tail[j].q) for j in support))
            values = [scale, *(int((tail[j] * scale).p) for j in support)]
            content = math.gcd(*values)
            lists.append(np.array([len(tail) + k, *support], dtype=np.int32))
            coefficients.append([v // content for v in values])
        table = np.array([*self.standard, *self.leading], dtype=np.int64)
        monomials = SharedMonomials.of(lists, table)
        return GroebnerBasis(names, monomials, tuple(coefficients), order, 0, Word.PROBABLE, primes)


class _SparseShape:
    """Bases f(t), x_i - r_i(t) modulo eight primes at once from sequences u(x_i t^k).

    With f the minimal polynomial of t, of degree D, the polynomial parts N_v of the products of f
    and Σ_k u(v t^k) / T^(k+1) satisfy N_(tv) = T N_v modulo f, hence r_i = N_(x_i) / N_1.
    """

    def __init__(
        self,
        shape: _Shape,
        variable: int,
        bases: ModularBases,
        border: Border,
        learned: Sequence[ModularQuotient],
    ) -> None:
        self.shape, self.variable, self.size = shape, variable, border.dimension
        self.n = len(shape.standard[0])
        self.pattern = QuotientPattern(border, [e[1:] for e in bases.exponents], learned)
        self.rows = self.pattern.needed_rows([variable], range(self.n))
        self.form = np.eye(self.n, dtype=np.int64)[variable]
        rng = np.random.default_rng(1)
        self.functional = rng.integers(1, 2**30, self.size).astype(np.uint32)
        self.length: int | None = None
        self.together = [0]

    def tails(self, batch: Batch, budget: Budget) -> Iterator[tuple[int, list[list[int]]]]:
        """(prime, tails of the new basis) for the primes of a batch."""
        quotient = LaneQuotient(self.pattern, batch.tails, batch.primes, self.rows, budget)
        sequences = quotient.sequences(
            self.form, range(self.n), self.functional, budget, self.length
        )
        for lane, p in enumerate(batch.primes):
            budget.check()
            f = quotient.recurrence(sequences[self.together, lane], lane)
            if quotient.failed[lane] or f.degree() != self.size:
                continue
            if self.length is None and lane == 0:
                others = [i for i in range(self.n) if i != self.variable]
                self.length, chosen = quotient.shorter(f, sequences, others)
                self.together = [0, *(i + 1 for i in chosen)]
            unit, *values = (polynomial_part(f, s[lane, : self.size], p) for s in sequences)
            common, inverse, _ = unit.xgcd(f)
            if common.degree() == 0:
                # FLINT's gcd is monic.
                yield p, [self._tail(m, f, values, inverse) for m in self.shape.leading]

    def _tail(
        self, lead: Monomial, f: nmod_poly, values: list[nmod_poly], inverse: nmod_poly
    ) -> list[int]:
        if lead[self.variable]:
            tail = f
        else:
            tail = -(values[lead.index(1)] * inverse % f)
        coefficients = [int(c) for c in tail.coeffs()][: self.size]
        return coefficients + [0] * (self.size - len(coefficients))


class MonomialVectors(dict[Monomial, Residues]):
    """Coordinates of monomials in the quotient, computed from those of their divisors."""

    def __init__(self, quotient: ModularQuotient) -> None:
        super().__init__()
        self.quotient = quotient
        one = np.zeros(quotient.dimension, dtype=np.uint32)
        one[0] = 1
        self[(0,) * quotient.shape.successor.shape[0]] = one

    def __missing__(self, m: Monomial) -> Residues:
        choices = [i for i, e in enumerate(m) if e]
        i = next((i for i in choices if _lowered(m, i) in self), choices[-1])
        quotient = self.quotient
        out = np.empty(quotient.dimension, dtype=np.uint32)
        kernels.multiply_by_variable(
            i, quotient.shape.successor, quotient.forms, self[_lowered(m, i)], out, quotient.p
        )
        self[m] = out
        return out


def _lowered(m: Monomial, i: int) -> Monomial:
    return (*m[:i], m[i] - 1, *m[i + 1 :])


def _modular_minimal_polynomial(
    quotient: ModularQuotient, h: fmpq_mpoly, functional: Residues
) -> nmod_poly:
    """From the sequence u(h^k), k < 2D."""
    p, size = quotient.p, quotient.dimension
    terms = [(tuple(int(e) for e in m), int(c.p) * pow(int(c.q), -1, p) % p) for m, c in h.terms()]
    vectors = MonomialVectors(quotient)
    image = np.zeros(size, dtype=np.int64)
    for m, c in terms:
        image = (image + vectors[m].astype(np.int64) * c) % p
    # Column b of multiplication by h: products with variables along the tree of standard monomials.
    columns = np.zeros((size, size), dtype=np.uint32)
    columns[0] = image
    border = quotient.shape
    for b in range(1, size):
        kernels.multiply_by_variable(
            int(border.tree_variable[b]), border.successor, quotient.forms,
            columns[border.tree_parent[b]], columns[b], p,
        )  # fmt: skip
    sequence = np.zeros(2 * size, dtype=np.uint32)
    for k in range(2 * size):
        sequence[k] = functional[0]
        functional = np.array([dot(columns[b], functional, p) for b in range(size)], np.uint32)
    return generating_polynomial(sequence[None], p)
