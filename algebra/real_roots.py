"""Real zeros of zero-dimensional systems over Q: representation, exact counts, isolation, signs.

A rational univariate representation is lifted from many primes, all with one small integer
separating form. If t separates the complex zeros, real zeros correspond to real roots of f: a
non-real zero and its conjugate have different, conjugate values. Roots of f are isolated by FLINT
(`arb_fmpz_poly_complex_roots`), which is rigorous; what is probable is the lift.
F. Rouillier, AAECC 9 (1999); A. Demin, F. Rouillier, J. Ruiz, arXiv:2402.07141.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import flint
import numpy as np
from flint import arb, fmpq, fmpq_mpoly, fmpq_poly, fmpz_poly
from numpy.typing import NDArray

from algebra.errors import InputError, NotZeroDimensional
from algebra.groebner import integer_generators
from algebra.limits import UNLIMITED, Budget
from algebra.modular import VectorLift
from algebra.modular_bases import ModularBases
from algebra.orders import MonomialOrder
from algebra.quotient import Border, ModularQuotient
from algebra.staircase import is_zero_dimensional, unbounded_variables
from algebra.systems import PolynomialSystem, polynomial_ring
from algebra.univariate import UnivariateRepresentation, random_form, univariate_representation
from algebra.words import Count, Word

#: Working precision (bits) at which sign decisions give up; exact zero tests come before.
HIGHEST_PRECISION = 1 << 20


@dataclass(frozen=True, eq=False)
class RationalRepresentation:
    """x_i = g_i(t) / g_1(t) at the roots t of f, over Z with common denominators cleared.

    Attributes
    ----------
    variables : tuple of str
    form : tuple of int
        Coefficients of the separating form.
    f : fmpz_poly
        Squarefree; its roots are the values of the form at the distinct zeros.
    denominator : fmpz_poly
        g_1; None of its roots is a root of f.
    numerators : tuple of fmpz_poly
        g_{x_i}; empty if only f was asked for.
    primes : tuple of int
    """

    variables: tuple[str, ...]
    form: tuple[int, ...]
    f: fmpz_poly
    denominator: fmpz_poly
    numerators: tuple[fmpz_poly, ...]
    primes: tuple[int, ...] = field(repr=False, default=())

    @property
    def distinct(self) -> int:
        """Number of distinct complex zeros."""
        return max(int(self.f.degree()), 0)

    def real_roots(self, bits: int = 64) -> list[arb]:
        """Disjoint enclosures of the real roots of f, ascending, relative width about 2^-bits."""
        if self.distinct == 0:
            return []
        with flint.ctx.workprec(max(bits, 64)):
            roots = [z.real for z, _ in self.f.complex_roots() if z.imag == 0]
            return sorted(roots, key=lambda r: r.mid())

    def real_zeros(self, bits: int = 64) -> list[list[arb]]:
        """Enclosures of the coordinates of all real zeros, each of radius at most 2^-bits.

        Relative to max(1, |x|). The enclosures of different zeros are disjoint in t.
        """
        precision = bits + 64
        while True:
            with flint.ctx.workprec(precision):
                points = [self._point(t) for t in self.real_roots(precision)]
                limit = arb(2) ** -bits
                if all(
                    c.is_finite() and bool(c.rad() <= limit * max(1, abs(float(c.mid()))))
                    for point in points
                    for c in point
                ):
                    return points
            precision *= 2

    def _point(self, t: arb) -> list[arb]:
        below = _at(self.denominator, t)
        return [_at(g, t) / below for g in self.numerators]

    def signs(self, h: fmpq_mpoly) -> dict[int, int]:
        """{-1, 0, 1: number of real zeros at which the polynomial h has this sign}, exact."""
        exact_zero = self._vanishing_factor(h)
        out = {-1: 0, 0: 0, 1: 0}
        precision = 128
        pending = True
        while pending and precision <= HIGHEST_PRECISION:
            out, pending = {-1: 0, 0: 0, 1: 0}, False
            with flint.ctx.workprec(precision):
                zeros = _real_root_enclosures(exact_zero)
                for t in self.real_roots(precision):
                    if any(t.overlaps(z) for z in zeros):
                        out[0] += 1
                        continue
                    value = _evaluate(h, self._point(t))
                    sign = 1 if value > 0 else -1 if value < 0 else 0
                    pending |= sign == 0
                    out[sign] += 1
            precision *= 2
        return out

    def _vanishing_factor(self, h: fmpq_mpoly) -> fmpz_poly:
        """Gcd of f and the numerator of h on the zeros."""
        f = fmpq_poly(self.f)
        images = [fmpq_poly(g) for g in self.numerators]
        below = fmpq_poly(self.denominator)
        top = max((sum(map(int, m)) for m in h.monoms()), default=0)
        total = fmpq_poly([0])
        for m, c in h.terms():
            term = fmpq_poly([c])
            for g, e in zip(images, m, strict=True):
                for _ in range(int(e)):
                    term = term * g % f
            for _ in range(top - sum(map(int, m))):
                term = term * below % f
            total += term
        return _primitive(f.gcd(total))


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
        Whether the coordinates are wanted; f alone needs fewer primes.

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
        one = fmpz_poly([1])
        none = (one,) * len(names)
        return RationalRepresentation(names, (0,) * len(names), one, one, none)
    border = Border(bases.leading, bases.order, names, budget)
    lifts: dict[int, VectorLift] = {}
    form: NDArray[np.int64] | None = None
    used: list[int] = []
    for batch in bases.batches():
        for p, tails in zip(batch.primes, batch.tails, strict=True):
            budget.check()
            budget.report("primes for the univariate representation", len(used), None)
            quotient = ModularQuotient(border, bases.polynomials(tails), p, budget)
            if form is None:
                form = separating_form(quotient, seed, budget)
            found = univariate_representation(quotient, form, budget)
            used.append(p)
            parts = [found.f]
            if coordinates:
                parts += [found.multiplicity_numerator, *found.coordinate_numerators]
            # Primes modulo which values of t collide have a smaller degree and stay apart.
            lift = lifts.setdefault(found.distinct, VectorLift())
            lifted = lift.include(_flatten(parts, found.distinct), p)
            if lifted is not None and found.distinct == max(lifts):
                return _assemble(lifted, found, names, form, coordinates, tuple(used))
    raise AssertionError("batches never end")


def separating_form(
    quotient: ModularQuotient, seed: int = 0, budget: Budget = UNLIMITED
) -> NDArray[np.int64]:
    """Small integers such that the form takes as many values as there are distinct zeros.

    Single variables come first, then growing random coefficients: sparse and small forms keep
    the coefficients of the representation small.
    """
    n, p = quotient.shape.successor.shape[0], quotient.p
    wanted = univariate_representation(quotient, random_form(n, p, seed), budget).distinct
    for form in _candidate_forms(n):
        if univariate_representation(quotient, form, budget).distinct == wanted:
            return form
    raise AssertionError("a random form separates finitely many points")


def _candidate_forms(n: int) -> Iterator[NDArray[np.int64]]:
    yield from np.eye(n, dtype=np.int64)[::-1][:2]
    rng = np.random.default_rng(7)
    for size in itertools.count(1):
        for _ in range(2):
            yield rng.integers(-size, size + 1, n)


def _flatten(parts: list[flint.nmod_poly], size: int) -> list[int]:
    """Coefficients of f (monic, degree `size`) and of polynomials of lower degree, one vector."""
    out: list[int] = []
    for g in parts:
        coefficients = [int(c) for c in g.coeffs()]
        coefficients += [0] * (size + 1 - len(coefficients))
        out += coefficients
    return out


def _assemble(
    lifted: list[fmpq],
    representation: UnivariateRepresentation,
    names: tuple[str, ...],
    form: NDArray[np.int64],
    coordinates: bool,
    primes: tuple[int, ...],
) -> RationalRepresentation:
    size = representation.distinct + 1
    parts = [lifted[k : k + size] for k in range(0, len(lifted), size)]
    f = _primitive(fmpq_poly(parts[0]))
    if not coordinates:
        return RationalRepresentation(names, tuple(map(int, form)), f, f.derivative(), (), primes)
    scale = math.lcm(*(int(c.q) for part in parts[1:] for c in part))
    cleared = [fmpz_poly([int(c * scale) for c in part]) for part in parts[1:]]
    return RationalRepresentation(
        names, tuple(map(int, form)), f, cleared[0], tuple(cleared[1:]), primes
    )


def count_real_zeros(
    system: PolynomialSystem, *, seed: int = 0, budget: Budget = UNLIMITED
) -> Count:
    """Number of distinct real zeros of a system with finitely many complex zeros.

    With complex coefficients: real points at which real and imaginary parts vanish.
    """
    if system.imaginary:
        system = real_and_imaginary_parts(system)
    representation = rational_representation(system, coordinates=False, seed=seed, budget=budget)
    count = len(representation.real_roots())
    source = (
        f"real roots of the eliminant of degree {representation.distinct}, "
        f"lifted from {len(representation.primes)} primes"
    )
    return Count.exactly(count, Word.PROBABLE, source)


def real_and_imaginary_parts(system: PolynomialSystem) -> PolynomialSystem:
    """Twice as many rational equations with the same real zeros."""
    ring = polynomial_ring(system.variables)
    equations = []
    for i in range(len(system.equations)):
        terms = system.terms(i)
        equations.append(ring.from_dict({t.exponents: t.real for t in terms if t.real != 0}))
        equations.append(
            ring.from_dict({t.exponents: t.imaginary for t in terms if t.imaginary != 0})
        )
    return PolynomialSystem(system.variables, tuple(equations), name=system.name)


def real_zeros(
    system: PolynomialSystem, *, bits: int = 64, seed: int = 0, budget: Budget = UNLIMITED
) -> list[list[arb]]:
    """All real zeros as Arb enclosures of radius 2^-bits relative to max(1, |x|)."""
    return rational_representation(system, seed=seed, budget=budget).real_zeros(bits)


def sign_conditions(
    system: PolynomialSystem, h: fmpq_mpoly, *, seed: int = 0, budget: Budget = UNLIMITED
) -> dict[int, int]:
    """{sign: number of real zeros of the system at which h has it}."""
    if h.context().names() != system.ring_names:
        raise InputError("h and the system live in different rings")
    return rational_representation(system, seed=seed, budget=budget).signs(h)


def _primitive(f: fmpq_poly) -> fmpz_poly:
    """Integer polynomial with content 1 and positive leading coefficient."""
    numerator = fmpz_poly(f.numer())
    coefficients = [int(c) for c in numerator.coeffs()]
    content = math.gcd(*coefficients) if coefficients else 1
    if coefficients and coefficients[-1] < 0:
        content = -content
    return fmpz_poly([c // content for c in coefficients])


def _real_root_enclosures(f: fmpz_poly) -> list[arb]:
    if f.degree() < 1:
        return []
    return [z.real for z, _ in f.complex_roots() if z.imag == 0]


def _at(g: fmpz_poly, t: arb) -> arb:
    """g(t) by Horner's rule in ball arithmetic."""
    value = arb(0)
    for c in reversed(g.coeffs()):
        value = value * t + c
    return value


def _evaluate(h: fmpq_mpoly, point: list[arb]) -> arb:
    total = arb(0)
    for m, c in h.terms():
        term = arb(c)
        for x, e in zip(point, m, strict=True):
            term *= x ** int(e)
        total += term
    return total
