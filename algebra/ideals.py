"""Ideals of Q[x]: membership, radical membership, saturation, colon, elimination, intersection.

Everything rests on Gröbner bases (`algebra.groebner`), so answers are `probable`; with
`cofactors=True` an explicit identity is searched (`algebra.membership`) that anybody can expand.
D. Cox, J. Little, D. O'Shea, "Ideals, Varieties, and Algorithms", chapter 4.
"""

from __future__ import annotations

import functools
import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from flint import fmpq_mpoly

from algebra.errors import InputError
from algebra.groebner import GroebnerBasis, groebner_basis, normal_form
from algebra.ideal_results import DerivedIdeal, Equality, Membership
from algebra.limits import UNLIMITED, Budget
from algebra.membership import membership_certificate
from algebra.systems import PolynomialSystem, polynomial_ring
from algebra.words import Word

#: A polynomial of the ring, or its text.
Polynomial: TypeAlias = fmpq_mpoly | str


@dataclass(frozen=True, eq=False)
class Ideal:
    """The ideal of the equations of a system with rational coefficients and no parameters.

    For systems with parameters see `algebra.parametric`.

    Examples
    --------
    >>> ideal = Ideal.of("x^2 + y^2 - 1; x - y")
    >>> ideal.contains("2*y^2 - 1", cofactors=True).cofactors
    (1, -x - y)
    >>> ideal.eliminate("x").generators
    (2*y^2 - 1,)
    """

    system: PolynomialSystem
    budget: Budget = UNLIMITED

    def __post_init__(self) -> None:
        self.system.require_rational()

    @classmethod
    def of(
        cls,
        equations: PolynomialSystem | str | Sequence[fmpq_mpoly],
        *,
        budget: Budget = UNLIMITED,
    ) -> Ideal:
        """From a system, from text in any input format, or from polynomials of one ring."""
        if isinstance(equations, str):
            equations = PolynomialSystem.parse(equations)
        if isinstance(equations, PolynomialSystem):
            return cls(equations, budget)
        polynomials = tuple(equations)
        names = tuple(polynomials[0].context().names()) if polynomials else ()
        return cls(PolynomialSystem(names, polynomials), budget)

    @functools.cached_property
    def basis(self) -> GroebnerBasis:
        """The reduced Gröbner basis in grevlex."""
        return groebner_basis(self.system, budget=self.budget)

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables of the ring."""
        return self.system.variables

    def polynomial(self, f: Polynomial) -> fmpq_mpoly:
        """A polynomial of the ring; text is parsed, never evaluated."""
        return read_polynomial(self.system, f)

    # -- membership ---------------------------------------------------------------------------

    def normal_form(self, f: Polynomial) -> fmpq_mpoly:
        """The unique combination of standard monomials that is congruent to f."""
        return self.system.ring.from_dict(normal_form(self.polynomial(f), self.basis))

    def contains(
        self, f: Polynomial, *, cofactors: bool = False, extra_degree: int = 4
    ) -> Membership:
        """Whether f lies in the ideal; with cofactors f = Σ h_i f_i where they are found.

        `extra_degree`: see `membership_certificate`. `contains("1")` asks for inconsistency.
        """
        f = self.polynomial(f)
        holds = self.normal_form(f).is_zero()
        found = self._cofactors(f, extra_degree) if holds and cofactors else None
        return Membership(self.system, f, holds, Word.PROBABLE, cofactors=found)

    def radical_contains(
        self, f: Polynomial, *, cofactors: bool = False, extra_degree: int = 4
    ) -> Membership:
        """Whether f vanishes on all complex zeros; `power` is the least N with f^N in the ideal."""
        f = self.polynomial(f)
        if not _with_inverse(self, f).basis.is_unit:
            return Membership(self.system, f, False, Word.PROBABLE)
        power, rest = 1, self.normal_form(f)
        while not rest.is_zero():
            self.budget.check()
            power, rest = power + 1, self.normal_form(f * rest)
        found = self._cofactors(f**power, extra_degree) if cofactors else None
        return Membership(self.system, f, True, Word.PROBABLE, power, cofactors=found)

    def equals(self, other: Ideal, *, cofactors: bool = False, extra_degree: int = 4) -> Equality:
        """Whether both ideals are the same; with cofactors each generator in the other ideal."""
        self._require_same_ring(other)
        holds = self.basis.terms == other.basis.terms
        evidence: list[Membership] = []
        if holds and cofactors:
            for home, guest in ((self, other), (other, self)):
                evidence += [
                    home.contains(f, cofactors=True, extra_degree=extra_degree)
                    for f in guest.system.equations
                ]
        return Equality(holds, Word.PROBABLE, tuple(evidence))

    def _cofactors(self, f: fmpq_mpoly, extra_degree: int) -> tuple[fmpq_mpoly, ...] | None:
        found = membership_certificate(
            self.system, f, extra_degree=extra_degree, budget=self.budget
        )
        return None if found is None else tuple(found)

    # -- derived ideals -----------------------------------------------------------------------

    def saturate(self, h: Polynomial, *, cofactors: bool = False) -> DerivedIdeal:
        """I : h^∞, what remains of the zeros after those of h are removed.

        Evidence: h^N · g = Σ h_i f_i for every generator g, N as small as possible.
        """
        h = self.polynomial(h)
        result = _eliminated(_with_inverse(self, h), 1)
        return self._derived(result, f"saturation by {h}", cofactors, (h,))

    def colon(self, other: Polynomial | Ideal, *, cofactors: bool = False) -> DerivedIdeal:
        """I : h = {g : g·h ∈ I}, or I : J for an ideal J.

        Evidence: h · g = Σ h_i f_i for every generator g (and every generator h of J).
        """
        if isinstance(other, Ideal):
            self._require_same_ring(other)
            divisors = list(other.system.equations)
        else:
            divisors = [self.polynomial(other)]
        divisors = [h for h in divisors if not h.is_zero()]
        ring = self.system.ring
        result = Ideal(self.system.with_equations([ring.constant(1)]), self.budget)
        for h in divisors:
            multiples = self.intersect(Ideal(self.system.with_equations([h]), self.budget))
            quotient = [_exact_quotient(g, h) for g in multiples]
            part = Ideal(self.system.with_equations(quotient), self.budget)
            result = part if result.basis.is_unit else result.intersect(part).ideal
        result = _reduced(result)
        evidence = [m for h in divisors for m in self._products(result, h)] if cofactors else []
        shown = ", ".join(map(str, divisors)) or "0"
        return DerivedIdeal(result, f"colon by {shown}", Word.PROBABLE, tuple(evidence))

    def eliminate(self, variables: str | Iterable[str], *, cofactors: bool = False) -> DerivedIdeal:
        """The intersection with the ring in the other variables.

        `variables`: names, or one text with commas. Evidence: each generator as Σ h_i f_i.
        """
        names = variables.split(",") if isinstance(variables, str) else list(variables)
        gone = [name.strip() for name in names]
        for name in gone:
            if name not in self.variables:
                raise InputError(f"{name!r} is not among the variables {', '.join(self.variables)}")
        left = tuple(v for v in self.variables if v not in gone)
        if not left:
            raise InputError("all variables would be eliminated: keep at least one")
        first = tuple(v for v in self.variables if v in gone)
        if not first:
            return self._derived(_reduced(self), "elimination of nothing", cofactors)
        result = _eliminated(_moved(self, first + left), len(first))
        return self._derived(result, f"elimination of {', '.join(first)}", cofactors)

    def intersect(self, other: Ideal, *, cofactors: bool = False) -> DerivedIdeal:
        """I ∩ J. Evidence: each generator as a combination in both ideals."""
        self._require_same_ring(other)
        # t·I + (1 − t)·J, then t is eliminated.
        name = _fresh(self.variables)
        ring = polynomial_ring((name, *self.variables))
        t = ring.gen(0)
        equations = [t * _into(f, ring) for f in self.system.equations]
        equations += [(1 - t) * _into(f, ring) for f in other.system.equations]
        mixed = Ideal(PolynomialSystem(ring.names(), tuple(equations)), self.budget)
        result = _eliminated(mixed, 1)
        derived = self._derived(result, "intersection", cofactors)
        if not cofactors:
            return derived
        more = other._derived(result, "intersection", True).evidence
        return DerivedIdeal(result, "intersection", derived.word, derived.evidence + more)

    def _derived(
        self,
        result: Ideal,
        operation: str,
        cofactors: bool,
        saturated_by: tuple[fmpq_mpoly, ...] = (),
    ) -> DerivedIdeal:
        evidence: list[Membership] = []
        if cofactors:
            for h in saturated_by:
                evidence += self._products(result, h)
            if not saturated_by:
                ring = self.system.ring
                generators = [_into(g, ring) for g in result.system.equations]
                evidence += [self.contains(g, cofactors=True) for g in generators]
        return DerivedIdeal(result, operation, Word.PROBABLE, tuple(evidence))

    def _products(self, result: Ideal, h: fmpq_mpoly) -> list[Membership]:
        """Products h^N · g in the ideal for every generator g of the result, with the least N."""
        out = []
        for g in result.system.equations:
            exponent, product = 0, g
            while not self.normal_form(product).is_zero():
                self.budget.check()
                exponent, product = exponent + 1, product * h
            found = self._cofactors(product, 4)
            conditions = ((h, exponent),) if exponent else ()
            out.append(
                Membership(
                    self.system, g, True, Word.PROBABLE, conditions=conditions, cofactors=found
                )
            )
        return out

    def _require_same_ring(self, other: Ideal) -> None:
        if self.system.ring_names != other.system.ring_names:
            raise InputError(
                f"ideals of different rings: Q[{', '.join(self.system.ring_names)}] and "
                f"Q[{', '.join(other.system.ring_names)}]"
            )

    def __repr__(self) -> str:
        count, names = len(self.system.equations), ", ".join(self.variables)
        return f"Ideal({count} generators in Q[{names}])"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>{self.system._repr_html_()}"


def read_polynomial(system: PolynomialSystem, f: Polynomial) -> fmpq_mpoly:
    """A polynomial in the ring of the system, from text or from a polynomial of that ring."""
    if isinstance(f, fmpq_mpoly):
        if f.context().names() != system.ring_names:
            raise InputError(
                f"a polynomial of Q[{', '.join(f.context().names())}]: expected one of "
                f"Q[{', '.join(system.ring_names)}]"
            )
        return f
    head = f"variables {', '.join(system.variables)};\n"
    if system.parameters:
        head += f"parameters {', '.join(system.parameters)};\n"
    parsed = PolynomialSystem.parse(head + f, format="text")
    if len(parsed.equations) != 1:
        raise InputError(f"{len(parsed.equations)} polynomials in {f!r}: expected one")
    if parsed.imaginary:
        raise InputError("complex coefficients: expected rational ones here")
    return parsed.equations[0]


def primitive(f: fmpq_mpoly) -> fmpq_mpoly:
    """The multiple with coprime integer coefficients and positive leading coefficient."""
    coefficients = f.coeffs()
    if not coefficients:
        return f
    scale = math.lcm(*(int(c.q) for c in coefficients))
    content = math.gcd(*(int(c.p) * (scale // int(c.q)) for c in coefficients))
    factor = scale if coefficients[0] > 0 else -scale
    return f * factor / content


def _with_inverse(ideal: Ideal, h: fmpq_mpoly) -> Ideal:
    """The ideal with a first variable y and 1 − y·h: zeros off h = 0 (Rabinowitsch)."""
    ring = polynomial_ring((_fresh(ideal.variables), *ideal.variables))
    equations = [_into(f, ring) for f in ideal.system.equations]
    equations.append(1 - ring.gen(0) * _into(h, ring))
    return Ideal(PolynomialSystem(ring.names(), tuple(equations)), ideal.budget)


def _eliminated(ideal: Ideal, count: int) -> Ideal:
    """The intersection with the ring without the first `count` variables, reduced basis."""
    basis = groebner_basis(ideal.system, order=f"elim:{count}", budget=ideal.budget)
    names = ideal.variables[count:]
    ring = polynomial_ring(names)
    kept = [
        primitive(ring.from_dict({m[count:]: c for m, c in terms.items()}))
        for terms, lead in zip(basis.terms, basis.leading, strict=True)
        if not lead[:count].any()
    ]
    return Ideal(PolynomialSystem(names, tuple(kept)), ideal.budget)


def _reduced(ideal: Ideal) -> Ideal:
    """The same ideal, generated by its reduced grevlex basis."""
    generators = [primitive(f) for f in ideal.basis.polynomials]
    return Ideal(ideal.system.with_equations(generators), ideal.budget)


def _moved(ideal: Ideal, names: tuple[str, ...]) -> Ideal:
    """The ideal with its variables in another order."""
    ring = polynomial_ring(names)
    equations = tuple(_into(f, ring) for f in ideal.system.equations)
    return Ideal(PolynomialSystem(names, equations), ideal.budget)


def _into(f: fmpq_mpoly, ring: Any) -> fmpq_mpoly:
    """The polynomial in a ring that contains its variables by name."""
    names = ring.names()
    places = [names.index(v) for v in f.context().names()]
    terms = {}
    for m, c in f.terms():
        row = [0] * len(names)
        for place, e in zip(places, m, strict=True):
            row[place] = int(e)
        terms[tuple(row)] = c
    return ring.from_dict(terms)


def _fresh(names: Sequence[str]) -> str:
    """A name that is not taken."""
    name = "t_"
    while name in names:
        name += "_"
    return name


def _exact_quotient(g: fmpq_mpoly, h: fmpq_mpoly) -> fmpq_mpoly:
    quotient, rest = divmod(g, h)
    assert rest.is_zero()
    return primitive(quotient)
