"""Where one parameter changes the zeros of a system: the discriminant, exactly.

Let G be a Gröbner basis over Q(p) and D the number of its standard monomials b. Where no leading
coefficient of G vanishes the system has D zeros with multiplicity, and the matrix of traces
Tr(b_i b_j) is defined; its signature is the number of real zeros, and its determinant Δ(p) vanishes
exactly where two zeros meet. Between neighbouring real roots of Δ and of the leading coefficients
the matrix is continuous and invertible, so the number of real zeros is constant.

Sign symmetries make the matrix fall into blocks. The determinant of each is a rational function,
interpolated modulo primes; what is lifted are the squarefree parts of its numerator, which are
much shorter. H. P. Le, M. Safey El Din, "Solving parametric systems of polynomial equations over
the reals through Hermite matrices", J. Symb. Comput. 112 (2022) 25-61.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpz, fmpz_poly, nmod_mat, nmod_poly
from numpy.typing import NDArray

from algebra.common_denominator import CommonDenominatorLift
from algebra.division import order_key
from algebra.errors import EnginesDisagree, InputError, NotZeroDimensional
from algebra.gradings import Grading, sign_symmetries
from algebra.limits import UNLIMITED, Budget
from algebra.modular import primes_below
from algebra.orders import MonomialOrder
from algebra.parametric import GenericBasis, generic_basis
from algebra.quotient import Border, ModularQuotient
from algebra.rational_functions import interpolated, reconstructed_fraction
from algebra.staircase import is_zero_dimensional, unbounded_variables
from algebra.systems import PolynomialSystem
from algebra.trace_form import modular_trace_form
from algebra.words import Word

Int64s = NDArray[np.int64]
Monomial = tuple[int, ...]
Residues = NDArray[np.uint32]
#: Points with which interpolation begins, and at which it is given up.
FIRST_POINTS, MOST_POINTS = 32, 20_000
#: Values beyond those that determine a rational function: they confirm it.
SPARE_POINTS = 4
#: Primes in a row on which the degrees are not those of the first before it is given up.
MOST_UNLUCKY = 20
#: Points handled in one go.
BATCH = 32


@dataclass(frozen=True)
class Discriminant:
    """Polynomials in the parameter between whose real roots the number of real zeros is constant.

    Attributes
    ----------
    system : PolynomialSystem
        With one parameter.
    zeros : int
        Complex zeros with multiplicity wherever no condition vanishes.
    conditions : tuple of fmpz_poly
        Irreducible factors of leading coefficients: at their roots zeros may go to infinity, or
        the basis alone degenerates.
    factors : tuple of fmpz_poly
        Irreducible; two zeros meet exactly at the roots that are not roots of a condition.
    multiplicities : tuple of int
        Of the factors in the determinant of the trace form.
    primes, points : int
        Primes from which the factors were lifted, parameter values modulo each.
    word : Word
        `probable`: the basis and the factors are lifted from primes and confirmed by one more.
    """

    system: PolynomialSystem
    zeros: int
    conditions: tuple[fmpz_poly, ...]
    factors: tuple[fmpz_poly, ...]
    multiplicities: tuple[int, ...]
    primes: int
    points: int
    word: Word = Word.PROBABLE

    def to_dict(self) -> dict[str, Any]:
        """JSON form; polynomials as coefficients, constant term first."""
        return {
            "parameter": self.system.parameters[0],
            "zeros": self.zeros,
            "factors": [
                {"coefficients": [str(c) for c in f.coeffs()], "multiplicity": m}
                for f, m in zip(self.factors, self.multiplicities, strict=True)
            ],
            "conditions": [[str(c) for c in f.coeffs()] for f in self.conditions],
            "word": str(self.word),
        }

    def __repr__(self) -> str:
        degrees = ", ".join(str(f.degree()) for f in self.factors) or "none"
        return (
            f"Discriminant({self.zeros} zeros, factors of degrees {degrees}, "
            f"{len(self.conditions)} conditions, {self.word})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(str(f))}</td></tr>" for f in self.factors)
        return f"<p>{html.escape(repr(self))}</p><table>{rows}</table>"


def discriminant(system: PolynomialSystem, *, budget: Budget = UNLIMITED) -> Discriminant:
    """The discriminant of a rational system with one parameter and finitely many zeros.

    Raises
    ------
    InputError
        There is not exactly one parameter, or some zero is multiple for every value of it.
    NotZeroDimensional
        Generic members have infinitely many zeros.

    Examples
    --------
    >>> d = discriminant(PolynomialSystem.parse("variables x; parameters a; x^3 + a*x + 2"))
    >>> [str(f) for f in d.factors]
    ['x + 3', 'x^2 + (-3)*x + 9']
    """
    if len(system.parameters) != 1:
        raise InputError(f"{len(system.parameters)} parameters: expected one")
    basis = generic_basis(system, budget=budget)
    if () in basis.leading or any(not any(m) for m in basis.leading):
        return Discriminant(system, 0, _conditions(basis), (), (), 0, 0)
    evaluator = _Evaluator(basis, budget)
    parts, primes, points = _lifted_parts(evaluator, budget)
    conditions = _conditions(basis)
    known = set(map(canonical, conditions))
    found: dict[tuple[int, ...], int] = {}
    for part, multiplicity in parts:
        _, factors = part.factor()
        for f, _ in factors:
            if canonical(f) not in known:
                found[canonical(f)] = found.get(canonical(f), 0) + multiplicity
    ordered = sorted(found, key=lambda k: (len(k), k))
    return Discriminant(
        system,
        evaluator.border.dimension,
        conditions,
        tuple(fmpz_poly(list(k)) for k in ordered),
        tuple(found[k] for k in ordered),
        primes,
        points,
    )


def _conditions(basis: GenericBasis) -> tuple[fmpz_poly, ...]:
    found = {canonical(univariate(c)) for c in basis.conditions}
    return tuple(fmpz_poly(list(k)) for k in sorted(found, key=lambda k: (len(k), k)))


def canonical(f: fmpz_poly) -> tuple[int, ...]:
    """Coefficients of ± f with a positive leading one."""
    sign = -1 if f[f.degree()] < 0 else 1
    return tuple(sign * int(c) for c in f.coeffs())


# -- the trace form modulo a prime -----------------------------------------------------------------


@dataclass
class _Evaluator:
    """Determinants of the blocks of the trace form at parameter values modulo primes."""

    basis: GenericBasis
    budget: Budget
    border: Border = field(init=False)
    blocks: list[Int64s] = field(init=False)
    rewriting: _Rewriting = field(init=False)

    def __post_init__(self) -> None:
        system = self.basis.system
        n = len(system.variables)
        leading = np.array(self.basis.leading, dtype=np.int64)
        if not is_zero_dimensional(leading):
            missing = [system.variables[j] for j in unbounded_variables(leading)]
            raise NotZeroDimensional(
                f"no power of {', '.join(missing)} is a leading monomial: infinitely many zeros"
            )
        self.border = Border(leading, _grevlex(n), system.variables, self.budget)
        supports = [
            np.array([[int(e) for e in m[:n]] for m in f.monoms()], np.int64).reshape(-1, n)
            for f in system.equations
        ]
        signs = sign_symmetries(Grading(supports, n))
        standard = np.array(self.border.standard, dtype=np.int64)
        labels = standard @ signs.T % 2
        _, which = np.unique(labels, axis=0, return_inverse=True)
        self.blocks = [np.flatnonzero(which.ravel() == k) for k in range(which.max() + 1)]
        self.rewriting = _Rewriting(self.basis, self.border)

    def determinants(self, points: Sequence[int], q: int) -> tuple[list[int], list[list[int]]]:
        """Values of the parameter at which the basis holds, and the determinants there."""
        good, forms = self.rewriting.leading_forms(points, q)
        values = []
        for table in forms:
            polynomials = []
            for lead, row in zip(self.rewriting.leading, table, strict=True):
                used = np.flatnonzero(row)
                exponents = np.concatenate([lead[None], self.rewriting.standard[used]])
                residues = np.concatenate([[1], q - row[used]]).astype(np.uint32)
                polynomials.append((exponents, residues))
            quotient = ModularQuotient(self.border, polynomials, q, self.budget)
            form = modular_trace_form(quotient)
            values.append([
                int(nmod_mat(len(b), len(b), form[np.ix_(b, b)].ravel().tolist(), q).det())
                for b in self.blocks
            ])  # fmt: skip
        return good, values


class _Rewriting:
    """Normal forms of the leading monomials at parameter values modulo primes.

    The basis is minimal, not reduced. Each monomial that is not standard but occurs in a tail is
    rewritten by a multiple of an element; in ascending order the forms follow one from another.
    """

    def __init__(self, basis: GenericBasis, border: Border) -> None:
        n = len(border.standard[0])
        self.leading = np.array(basis.leading, dtype=np.int64)
        self.standard = np.array(border.standard, dtype=np.int64)
        tables = [_by_monomial(f, n) for f in basis.elements]
        tails = [
            {m: c for m, c in table.items() if m != lead}
            for table, lead in zip(tables, basis.leading, strict=True)
        ]
        self._tops = [table[lead] for table, lead in zip(tables, basis.leading, strict=True)]
        self._polynomials = [list(tail.values()) for tail in tails]
        wanted: dict[Monomial, tuple[int, list[Monomial]]] = {}
        waiting = list(basis.leading)
        while waiting:
            m = waiting.pop()
            if m in wanted or m in border.index:
                continue
            divides = (self.leading <= np.array(m)).all(axis=1)
            g = (
                int(np.flatnonzero(divides)[0])
                if m not in basis.leading
                else basis.leading.index(m)
            )
            shift = np.array(m) - self.leading[g]
            targets = [tuple((np.array(t) + shift).tolist()) for t in tails[g]]
            wanted[m] = g, targets
            waiting += targets
        key = order_key(_grevlex(n), n)
        ordered = sorted(wanted, key=key)
        size = len(border.standard)
        place = {**border.index, **{m: size + k for k, m in enumerate(ordered)}}
        self._steps = [
            (wanted[m][0], np.array([place[t] for t in wanted[m][1]], dtype=np.int64))
            for m in ordered
        ]
        self._places = np.array([place[m] for m in basis.leading], dtype=np.int64)
        self._size = size

    def leading_forms(self, points: Sequence[int], q: int) -> tuple[list[int], Int64s]:
        """Points at which no leading coefficient vanishes, and normal forms (points, G, D)."""
        tops = np.array([_values(f, points, q) for f in self._tops], dtype=np.int64)
        good = np.flatnonzero(tops.all(axis=0))
        chosen = [points[k] for k in good.tolist()]
        size = self._size
        forms = np.zeros((len(chosen), size + len(self._steps), size), dtype=np.int64)
        forms[:, np.arange(size), np.arange(size)] = 1
        scaled = []
        for top, row in zip(tops[:, good], self._polynomials, strict=True):
            inverse = np.array([pow(int(c), -1, q) for c in top], dtype=np.int64)
            coefficients = np.array([_values(f, chosen, q) for f in row], dtype=np.int64)
            scaled.append(-coefficients.reshape(len(row), len(chosen)) * inverse % q)
        for k, (g, targets) in enumerate(self._steps):
            total = np.zeros((len(chosen), size), dtype=np.int64)
            for c, target in zip(scaled[g], targets.tolist(), strict=True):
                total = (total + c[:, None] * forms[:, target]) % q
            forms[:, size + k] = total
        return chosen, forms[:, self._places]


def _values(f: fmpz_poly, points: Sequence[int], q: int) -> list[int]:
    g = nmod_poly([int(c) for c in f.coeffs()], q)
    return [int(g(point)) for point in points]


def _grevlex(n: int) -> MonomialOrder:
    return MonomialOrder.parse("grevlex", n)


def _by_monomial(f: fmpq_mpoly, n: int) -> dict[tuple[int, ...], fmpz_poly]:
    """Coefficients in Z[p] of the monomials in the variables; f has integer coefficients."""
    table: dict[tuple[int, ...], dict[int, int]] = {}
    for m, c in f.terms():
        assert c.q == 1
        table.setdefault(tuple(map(int, m[:n])), {})[int(m[n])] = int(c.p)
    return {
        m: fmpz_poly([terms.get(k, 0) for k in range(max(terms) + 1)]) for m, terms in table.items()
    }


def univariate(c: fmpq_mpoly) -> fmpz_poly:
    """A polynomial in the last generator alone, with integer coefficients, in Z[p]."""
    (f,) = _by_monomial(c, len(c.context().names()) - 1).values()
    return f


# -- interpolation and lifting ---------------------------------------------------------------------

#: Pairwise coprime squarefree monic polynomials modulo a prime, by their multiplicities in the
#: determinants of the blocks: these name them alike modulo every prime.
Parts = dict[tuple[int, ...], nmod_poly]


def _lifted_parts(
    evaluator: _Evaluator, budget: Budget
) -> tuple[list[tuple[fmpz_poly, int]], int, int]:
    """Squarefree parts over Z with their multiplicities; primes used, and points of each."""
    course: _Course | None = None
    lifts: dict[tuple[int, ...], CommonDenominatorLift] = {}
    done: dict[tuple[int, ...], fmpz_poly] = {}
    used = unlucky = 0
    for q in primes_below():
        budget.check()
        budget.report("discriminant: primes", used)
        if course is None:
            course = _first_course(evaluator, q, budget)
        parts = course.parts(evaluator, q, budget)
        degrees = {k: f.degree() for k, f in parts.items()}
        if sum(degrees.values()) > sum(course.degrees.values()):
            # Modulo an unlucky prime roots coincide: the pattern with the most of them is right.
            course = replace(course, degrees=degrees)
            lifts, done, used = {}, {}, 0
        elif degrees != course.degrees:
            unlucky += 1
            if unlucky > MOST_UNLUCKY:
                raise EnginesDisagree("the discriminant has other degrees modulo every prime")
            continue
        used += 1
        for key, part in parts.items():
            if key not in done:
                lift = lifts.setdefault(key, CommonDenominatorLift())
                value = lift.include([int(c) for c in part.coeffs()], q)
                if value is not None:
                    done[key] = course.unfolded(value)
        if len(done) == len(parts):
            return [(f, sum(key)) for key, f in done.items()], used, course.points
    raise AssertionError("primes never end")


@dataclass(frozen=True)
class _Course:
    """What the first prime tells about the others.

    `points`: values that determine all determinants; `even`: whether they are functions of p²,
    and are interpolated as such.
    """

    points: int
    even: bool
    degrees: dict[tuple[int, ...], int]

    def parts(self, evaluator: _Evaluator, q: int, budget: Budget) -> Parts:
        """The squarefree parts modulo q; nothing if the points do not determine them."""
        values = _Values(evaluator, q, budget)
        values.extend(self.points)
        fractions = values.fractions(self.even)
        return {} if fractions is None else _refined([f for f, _ in fractions])

    def unfolded(self, coefficients: Sequence[fmpq]) -> fmpz_poly:
        """The primitive polynomial in p."""
        below = fmpz(1)
        for c in coefficients:
            below = below.lcm(c.q)
        f = fmpz_poly([int(c * below) for c in coefficients])
        return f(fmpz_poly([0, 0, 1])) if self.even else f


def _first_course(evaluator: _Evaluator, q: int, budget: Budget) -> _Course:
    """Values modulo q at more and more points, until they determine the determinants."""
    values = _Values(evaluator, q, budget)
    count = FIRST_POINTS
    while True:
        values.extend(count)
        fractions = values.fractions(False)
        if fractions is not None:
            break
        count *= 2
    even = all(_is_even(f) and _is_even(g) for f, g in fractions)
    if any(f.degree() < 0 for f, _ in fractions):
        raise InputError("some zero is multiple for every value of the parameter: no discriminant")
    needed = max(f.degree() + g.degree() for f, g in fractions) // (2 if even else 1)
    return _Course(needed + 1 + SPARE_POINTS, even, {})


class _Values:
    """Determinants modulo q at the points 1, 2, … where the basis holds."""

    def __init__(self, evaluator: _Evaluator, q: int, budget: Budget) -> None:
        self.evaluator, self.q, self.budget = evaluator, q, budget
        self.points: list[int] = []
        self.values: list[list[int]] = []
        self._next = 1

    def extend(self, count: int) -> None:
        """Have as many points."""
        while len(self.points) < count:
            if self._next > 2 * MOST_POINTS:
                raise InputError(f"the discriminant has a degree beyond {MOST_POINTS}")
            self.budget.check()
            batch = range(self._next, self._next + min(count - len(self.points), BATCH))
            self._next = batch.stop
            good, found = self.evaluator.determinants(batch, self.q)
            self.points += good
            self.values += found

    def fractions(self, even: bool) -> list[tuple[nmod_poly, nmod_poly]] | None:
        """Numerator and denominator per block, in p or in p²; None if there are too few points."""
        points = [k * k % self.q for k in self.points] if even else self.points
        out = []
        for k in range(len(self.evaluator.blocks)):
            f = interpolated(points, [row[k] for row in self.values], self.q)
            fraction = reconstructed_fraction(f, points, self.q, SPARE_POINTS)
            if fraction is None:
                return None
            out.append(fraction)
        return out


def _refined(numerators: Sequence[nmod_poly]) -> Parts:
    """Coprime squarefree parts of all numerators, each under its multiplicities in them."""
    out: Parts = {}
    for k, numerator in enumerate(numerators):
        left = {int(m): f for f, m in numerator.factor_squarefree()[1] if f.degree() > 0}
        following: Parts = {}
        for key, f in out.items():
            for m in list(left):
                common = f.gcd(left[m])
                if common.degree() > 0:
                    following[*key, m] = common
                    f, left[m] = f // common, left[m] // common
            if f.degree() > 0:
                following[*key, 0] = f
        for m, f in left.items():
            if f.degree() > 0:
                following[*(0,) * k, m] = f
        out = following
    return {key: f * pow(int(f[f.degree()]), -1, f.modulus()) for key, f in out.items()}


def _is_even(f: nmod_poly) -> bool:
    return not any(f.coeffs()[1::2])
