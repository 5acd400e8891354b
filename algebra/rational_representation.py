"""Rational univariate representations over Q, lifted from many primes.

One small integer form t is chosen inside the quotient: it separates the zeros if it takes as many
values as a random form. For radical ideals its minimal polynomial comes from sparse Krylov
sequences, eight primes at once, and is split by vanishing and coinciding coordinates before it is
lifted. Other ideals go through the trace functional (`algebra.univariate`), prime by prime.
F. Rouillier, AAECC 9 (1999); A. Demin, F. Rouillier, J. Ruiz, arXiv:2402.07141.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import flint
import numpy as np
from flint import arb, fmpq, fmpq_poly, fmpz_poly, nmod_poly
from numpy.typing import NDArray

from algebra.coincidences import Parts, Pattern, candidate_tests, split, split_alike
from algebra.common_denominator import RowsLift
from algebra.errors import EnginesDisagree, NotZeroDimensional
from algebra.gradings import Grading, sign_symmetries
from algebra.groebner import integer_generators
from algebra.kernels.lanes import LANES
from algebra.lane_quotient import LaneQuotient, QuotientPattern
from algebra.limits import UNLIMITED, Budget
from algebra.modular_bases import Barren, IntegerPolynomial, ModularBases
from algebra.orders import MonomialOrder
from algebra.quotient import Border, ModularQuotient
from algebra.real_root_isolation import RealRoots
from algebra.residue_store import Batch
from algebra.staircase import is_zero_dimensional, unbounded_variables
from algebra.systems import PolynomialSystem
from algebra.univariate import polynomial_part, random_form, univariate_representation

Form = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RepresentationPart:
    """x_i = g_i(t) / g_1(t) at the roots t of f, over Z; numerators empty if not asked for."""

    f: fmpz_poly
    denominator: fmpz_poly
    numerators: tuple[fmpz_poly, ...]
    _isolated: list[RealRoots] = field(default_factory=list, repr=False)

    def real_roots(self, budget: Budget = UNLIMITED) -> RealRoots:
        """The real roots of f, isolated once."""
        if not self._isolated:
            self._isolated.append(RealRoots(self.f, budget))
        return self._isolated[0]


@dataclass(frozen=True, eq=False)
class RationalRepresentation:
    """Every zero corresponds to one root of one part.

    Attributes
    ----------
    variables : tuple of str
    form : tuple of int
        Coefficients of the separating form t.
    parts : tuple of RepresentationPart
        Squarefree and coprime f; none of its roots is one of the denominator.
    multiple : bool
        Whether some zero is multiple: the ideal is not radical.
    primes : tuple of int
    """

    variables: tuple[str, ...]
    form: tuple[int, ...]
    parts: tuple[RepresentationPart, ...]
    multiple: bool = False
    primes: tuple[int, ...] = field(repr=False, default=())

    @property
    def f(self) -> fmpz_poly:
        """The product over the parts: its roots are the values of t at the distinct zeros."""
        return math.prod((part.f for part in self.parts), start=fmpz_poly([1]))

    @property
    def distinct(self) -> int:
        """Number of distinct complex zeros."""
        return sum(int(part.f.degree()) for part in self.parts)

    def real_count(self, budget: Budget = UNLIMITED) -> int:
        """Number of real zeros, without enclosing them."""
        return sum(len(part.real_roots(budget)) for part in self.parts)

    def real_roots(self, bits: int = 64) -> list[arb]:
        """Disjoint enclosures of the real values of t, ascending, relative width about 2^-bits."""
        return [t for _, t in self.roots_by_part(bits)]

    def roots_by_part(
        self, bits: int, budget: Budget = UNLIMITED
    ) -> list[tuple[RepresentationPart, arb]]:
        """(part, enclosure) of every real zero, by ascending t; the enclosures are disjoint."""
        precision = max(bits, 64)
        while True:
            with flint.ctx.workprec(precision):
                found = [
                    (part, t)
                    for part in self.parts
                    for t in part.real_roots(budget).enclosures(precision)
                ]
                found.sort(key=lambda pair: pair[1].mid())
                if not any(a.overlaps(b) for (_, a), (_, b) in itertools.pairwise(found)):
                    return found
            precision *= 2


def rational_representation(
    system: PolynomialSystem,
    *,
    coordinates: bool = True,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> RationalRepresentation:
    """Representation of the zeros of a zero-dimensional rational system.

    Parameters
    ----------
    coordinates : bool
        Whether the coordinates are wanted; without them fewer primes are needed.

    Raises
    ------
    NotZeroDimensional
        There are infinitely many complex zeros.
    """
    system.require_rational()
    generators, names = integer_generators(system)
    bases = ModularBases(generators, len(names), MonomialOrder.parse("grevlex", len(names)), budget)
    if not is_zero_dimensional(bases.leading):
        missing = [names[j] for j in unbounded_variables(bases.leading)]
        raise NotZeroDimensional(
            f"no power of {', '.join(missing)} is a leading monomial: infinitely many zeros"
        )
    if bases.is_trivial:  # no zeros
        return RationalRepresentation(names, (0,) * len(names), ())
    return _Lifting(generators, names, bases, coordinates, seed, budget).run()


class _Lifting:
    """The state of one lift: patterns and the form, then one lift per part."""

    def __init__(
        self,
        generators: list[IntegerPolynomial],
        names: tuple[str, ...],
        bases: ModularBases,
        coordinates: bool,
        seed: int,
        budget: Budget,
    ) -> None:
        self.generators, self.names, self.bases = generators, names, bases
        self.coordinates, self.seed, self.budget = coordinates, seed, budget
        self.border = Border(bases.leading, bases.order, names, budget)
        self.functional = np.random.default_rng(seed + 1).integers(
            1, 2**30, self.border.dimension
        ).astype(np.uint32)  # fmt: skip
        self.used: list[int] = []

    def run(self) -> RationalRepresentation:
        batches = self.bases.batches()
        first = next(batches)
        learned = [self._dense(first, k) for k in range(min(2, len(first.primes)))]
        tails = [exponents[1:] for exponents in self.bases.exponents]
        self.pattern = QuotientPattern(self.border, tails, learned)
        if not self._last_variable_separates(first):
            # A prime modulo which zeros collide would hide simple zeros: two are asked.
            found = [self._separating_form(first, k) for k in range(len(learned))]
            self.form, distinct = max(found, key=lambda pair: pair[1])
            if distinct < self.border.dimension:
                return self._by_traces(itertools.chain([first], batches))
            self._prepare(first)
        self._choose_tests()
        return self._by_sequences(itertools.chain([first], batches))

    def _dense(self, batch: Batch, k: int) -> ModularQuotient:
        polynomials = self.bases.polynomials(batch.tails[k])
        return ModularQuotient(self.border, polynomials, batch.primes[k], self.budget)

    # -- the form -----------------------------------------------------------------------------

    def _last_variable_separates(self, batch: Batch) -> bool:
        """Whether x_n, the cheapest form, has D values: then all zeros are simple."""
        self.form = np.eye(len(self.names), dtype=np.int64)[-1]
        self._prepare(batch)
        _, quotient, sequences = self.prepared
        f = quotient.recurrence(sequences[:1, 0], 0)
        return _squarefree_degree(f) == self.border.dimension

    def _separating_form(self, batch: Batch, k: int) -> tuple[Form, int]:
        """A small form with as many values as there are distinct zeros, and that number.

        Eight forms are tried at once, all modulo prime k of the batch; the first is random.
        """
        n, p = len(self.names), batch.primes[k]
        tails = np.repeat(batch.tails[k : k + 1], LANES, axis=0)
        quotient = LaneQuotient(self.pattern, tails, [p] * LANES, budget=self.budget)
        forms = candidate_forms([e for e, _ in self.generators], n)
        wanted = 0
        while True:
            trial = [next(forms) for _ in range(LANES - 1)]
            lanes = np.stack([random_form(n, p, self.seed), *trial], axis=1)
            sequences = quotient.sequences(lanes, (), self.functional, self.budget)
            values = [
                _squarefree_degree(quotient.recurrence(sequences[:1, k], k)) for k in range(LANES)
            ]
            wanted = max(wanted, values[0])
            for form, value in zip(trial, values[1:], strict=True):
                if value == wanted:
                    return form, wanted

    # -- radical ideals -----------------------------------------------------------------------

    def _prepare(self, batch: Batch) -> None:
        """Sequences of the first batch with all variables observed, kept for `_split_batch`."""
        self.observed = list(range(len(self.names)))
        self.length, self.together = 2 * self.border.dimension + 2, [0]
        self.needed = list(range(len(self.names) + 1))
        self.rows = self.pattern.needed_rows(np.flatnonzero(self.form).tolist(), self.observed)
        self.prepared = (batch, *self._sequences(batch))

    def _sequences(self, batch: Batch) -> tuple[LaneQuotient, NDArray[np.uint32]]:
        quotient = LaneQuotient(self.pattern, batch.tails, batch.primes, self.rows, self.budget)
        return quotient, quotient.sequences(
            self.form, self.observed, self.functional, self.budget, self.length
        )

    def _choose_tests(self) -> None:
        """The coincidences that split the minimal polynomial, by the first prime."""
        batch, quotient, sequences = self.prepared
        f, numerators = self._polynomials(quotient, sequences, 0)
        candidates = candidate_tests(self.generators, len(self.names))
        _, self.tests = split(f, numerators, candidates)
        self.length, witnesses = quotient.shorter(
            f, sequences, np.flatnonzero(self.form == 0).tolist()
        )
        if not self.coordinates:
            tested = {i for test in self.tests for i in test if i is not None}
            self.observed = sorted(tested | set(witnesses))
            self.needed = [self.observed.index(i) + 1 for i in sorted(tested)]
            kept = sequences[[0, *(i + 1 for i in self.observed)]]
            self.prepared = (batch, quotient, kept)
        self.together = [0, *(self.observed.index(i) + 1 for i in witnesses)]

    def _polynomials(
        self, quotient: LaneQuotient, sequences: NDArray[np.uint32], lane: int
    ) -> tuple[nmod_poly, dict[int, nmod_poly]]:
        """Minimal polynomial of t and the numerators needed: {-1: of 1, i: of x_i}."""
        f = quotient.recurrence(sequences[self.together, lane], lane)
        d, p = int(f.degree()), quotient.primes[lane]
        names = [-1, *self.observed]
        return f, {names[r]: polynomial_part(f, sequences[r, lane, :d], p) for r in self.needed}

    def _by_sequences(self, batches: Iterator[Batch]) -> RationalRepresentation:
        # Primes modulo which zeros collide or coordinates coincide split f differently; the most
        # frequent way is the right one.
        ways: dict[tuple[tuple[Pattern, int], ...], _PartsLift] = {}
        barren = Barren()
        for batch in batches:
            found = self._split_batch(batch)
            barren.note(len(found), "univariate representation")
            for p, parts, vectors in found:
                way = ways.setdefault(_degrees(parts), _PartsLift())
                way.include(vectors, p)
                if way.complete and len(way.primes) == max(len(w.primes) for w in ways.values()):
                    self.used = way.primes
                    done = tuple(self._assemble(way.done[pattern]) for pattern in sorted(way.done))
                    return self._result(done, False)
            self.budget.report(
                "primes for the univariate representation",
                max((len(w.primes) for w in ways.values()), default=0),
                None,
            )
        raise AssertionError("batches never end")

    def _split_batch(self, batch: Batch) -> list[tuple[int, Parts, dict[Pattern, _Vector]]]:
        """(prime, parts, what to lift of each part) for the primes at which t separates."""
        if batch is self.prepared[0]:
            _, quotient, sequences = self.prepared
        else:
            quotient, sequences = self._sequences(batch)
        out = []
        for lane, p in enumerate(batch.primes):
            self.budget.check()
            if quotient.failed[lane]:
                continue
            f, numerators = self._polynomials(quotient, sequences, lane)
            if f.degree() != self.border.dimension or f.gcd(f.derivative()).degree() > 0:
                continue
            parts = split_alike(f, numerators, self.tests)
            values = list(numerators.values()) if self.coordinates else []
            vectors = {pattern: _Vector(part, values) for pattern, part in parts.items()}
            out.append((p, parts, vectors))
        return out

    def _assemble(self, lifted: list[list[fmpq]]) -> RepresentationPart:
        rows = [fmpq_poly(row) for row in lifted]
        f = primitive(rows[0])
        if not self.coordinates:
            return RepresentationPart(f, f.derivative(), ())
        cleared = _cleared([rows[0].derivative(), *rows[1:]])
        return RepresentationPart(f, cleared[0], tuple(cleared[1:]))

    # -- other ideals -------------------------------------------------------------------------

    def _by_traces(self, batches: Iterator[Batch]) -> RationalRepresentation:
        # Modulo some primes values of t collide: the largest number of values counts.
        lifts: dict[int, RowsLift] = {}
        for batch in batches:
            for k, p in enumerate(batch.primes):
                self.budget.check()
                self.budget.report("primes for the univariate representation", len(self.used), None)
                found = univariate_representation(
                    self._dense(batch, k), self.form, self.budget, multiple=True
                )
                self.used.append(p)
                rows = [found.f]
                if self.coordinates:
                    rows += [found.multiplicity_numerator, *found.coordinate_numerators]
                lift = lifts.setdefault(found.distinct, RowsLift())
                lifted = lift.include([_padded(g, found.distinct) for g in rows], p)
                if lifted is not None and found.distinct == max(lifts):
                    multiple = found.distinct < self.border.dimension
                    return self._result((self._from_traces(lifted),), multiple)
        raise AssertionError("batches never end")

    def _from_traces(self, lifted: list[list[fmpq]]) -> RepresentationPart:
        rows = [fmpq_poly(row) for row in lifted]
        f = primitive(rows[0])
        if not self.coordinates:
            return RepresentationPart(f, f.derivative(), ())
        cleared = _cleared(rows[1:])
        return RepresentationPart(f, cleared[0], tuple(cleared[1:]))

    def _result(
        self, parts: tuple[RepresentationPart, ...], multiple: bool
    ) -> RationalRepresentation:
        form = tuple(map(int, self.form))
        return RationalRepresentation(self.names, form, parts, multiple, tuple(self.used))


@dataclass(frozen=True)
class _Vector:
    """What is lifted of one part: f, and the numerators over f' of all coordinates."""

    part: nmod_poly
    values: list[nmod_poly]

    def __call__(self) -> list[list[int]]:
        part, size = self.part, int(self.part.degree())
        if not self.values:
            return [_padded(part, size)]
        # With weights u(e_z) for the zeros z the values are Σ_z u(e_z) v(z) Π (T − t(z')): the
        # quotient by that of v = 1 is v as a polynomial in t, and times f' a numerator over f'.
        unit, inverse, _ = (self.values[0] % part).xgcd(part)
        scale = inverse * part.derivative() % part
        if unit.degree() != 0:
            raise EnginesDisagree("a random functional vanishes at a zero modulo a prime")
        scale = scale * nmod_poly([pow(int(unit.leading_coefficient()), -1, part.modulus())],
                                  part.modulus())  # fmt: skip
        rows = [part, *(v * scale % part for v in self.values[1:])]
        return [_padded(g, size) for g in rows]


class _PartsLift:
    """The parts of one way to split f, lifted until all are complete."""

    def __init__(self) -> None:
        self.primes: list[int] = []
        self.lifts: dict[Pattern, RowsLift] = {}
        self.done: dict[Pattern, list[list[fmpq]]] = {}

    @property
    def complete(self) -> bool:
        """Whether every part is known."""
        return len(self.done) == len(self.lifts)

    def include(self, vectors: dict[Pattern, _Vector], p: int) -> None:
        """Add residues modulo p."""
        self.primes.append(p)
        hopeful = True
        for pattern, vector in sorted(vectors.items(), key=lambda entry: entry[1].part.degree()):
            lift = self.lifts.setdefault(pattern, RowsLift())
            if pattern in self.done:
                continue
            # One search at a time, the easiest part first: all are needed in the end.
            value = lift.include(vector(), p, hopeful)
            hopeful = lift.hopeful
            if value is not None:
                self.done[pattern] = value


def candidate_forms(supports: Sequence[NDArray[np.int64]], n: int) -> Iterator[Form]:
    """Linear forms with small coefficients: sparse ones first, then random ones.

    Sparse and small forms keep the coefficients of the representation small. A form needs a
    variable that changes sign under every sign symmetry, and distinct coefficients where
    variables can be exchanged.
    """
    yield from np.eye(n, dtype=np.int64)[::-1][:2]
    count = np.arange(n, dtype=np.int64)
    rng = np.random.default_rng(7)
    characters = sign_symmetries(Grading(supports, n)).T
    classes = [
        np.flatnonzero((characters == c).all(axis=1))
        for c in np.unique(characters, axis=0)
        if c.any()
    ]
    if len(classes) > 1:
        small = (np.arange(len(classes)) // 2 + 1) * (-1) ** np.arange(len(classes))
        for choice in ([c[-1] for c in classes], *([rng.choice(c) for c in classes],) * 2):
            form = np.zeros(n, dtype=np.int64)
            form[choice] = small
            yield form
    yield (count + 1) // 2 * (-1) ** count
    for size in itertools.count(1):
        for _ in range(2):
            yield rng.integers(-size, size + 1, n)
        yield rng.permutation(count + size) * rng.choice([-1, 1], n)


def primitive(f: fmpq_poly) -> fmpz_poly:
    """Integer polynomial with content 1 and positive leading coefficient."""
    numerator = fmpz_poly(f.numer())
    coefficients = [int(c) for c in numerator.coeffs()]
    content = math.gcd(*coefficients) if coefficients else 1
    if coefficients and coefficients[-1] < 0:
        content = -content
    return fmpz_poly([c // content for c in coefficients])


def _cleared(rows: Sequence[fmpq_poly]) -> list[fmpz_poly]:
    """The polynomials times their common denominator."""
    scale = math.lcm(*(int(row.denom()) for row in rows))
    return [fmpz_poly((row * scale).numer()) for row in rows]


def _squarefree_degree(f: nmod_poly) -> int:
    return int(f.degree()) - max(0, int(f.gcd(f.derivative()).degree()))


def _degrees(parts: Parts) -> tuple[tuple[Pattern, int], ...]:
    return tuple((pattern, int(part.degree())) for pattern, part in sorted(parts.items()))


def _padded(g: nmod_poly, size: int) -> list[int]:
    """Coefficients of a polynomial of degree at most `size`."""
    coefficients = [int(c) for c in g.coeffs()]
    return coefficients + [0] * (size + 1 - len(coefficients))
