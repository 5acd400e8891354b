"""Gröbner bases and membership with coefficients in Q(parameters), and where they are valid.

A Gröbner basis G of the ideal in Q[x, p] for a block order x ≫ p stays one after p is given values
at which no leading coefficient (in Q[p]) of the elements with minimal leading monomial in x
vanishes, and no element of G ∩ Q[p] is there to make the ideal trivial.
M. Kalkbrener, J. Symb. Comput. 24 (1997) 51-58; A. Suzuki, Y. Sato, ISSAC 2006, Lemma 2.2.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq_mpoly

from algebra.errors import InputError
from algebra.groebner import groebner_basis
from algebra.ideal_results import Membership
from algebra.ideals import Ideal, Polynomial, primitive, read_polynomial
from algebra.limits import UNLIMITED, Budget
from algebra.membership import membership_certificate
from algebra.orders import MonomialOrder
from algebra.systems import PolynomialSystem, Rational
from algebra.words import Word

Exponents = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class GenericBasis:
    """A Gröbner basis over Q(parameters), valid wherever no condition vanishes.

    Attributes
    ----------
    system : PolynomialSystem
    elements : tuple of fmpq_mpoly
        In the ring of the system; leading monomials in the variables are minimal and distinct.
    leading : tuple of exponent tuples
        Leading monomials in the variables, grevlex.
    conditions : tuple of fmpq_mpoly
        Irreducible polynomials in the parameters. At values where none of them is 0 the elements
        are a minimal Gröbner basis of the specialised ideal; elsewhere nothing is said.
    word : Word
    """

    system: PolynomialSystem
    elements: tuple[fmpq_mpoly, ...]
    leading: tuple[Exponents, ...]
    conditions: tuple[fmpq_mpoly, ...]
    word: Word

    def holds_at(self, values: Mapping[str, Rational]) -> bool:
        """Whether no condition vanishes at these values of all parameters."""
        return not any(f.is_zero() for f in self._specialised(self.conditions, values).equations)

    def specialise(self, values: Mapping[str, Rational]) -> PolynomialSystem:
        """The elements at values of all parameters; `InputError` where a condition vanishes."""
        for c, value in zip(
            self.conditions, self._specialised(self.conditions, values).equations, strict=True
        ):
            if value.is_zero():
                raise InputError(f"the condition {c} vanishes at these values")
        return self._specialised(self.elements, values)

    def _specialised(
        self, polynomials: tuple[fmpq_mpoly, ...], values: Mapping[str, Rational]
    ) -> PolynomialSystem:
        missing = set(self.system.parameters) - set(values)
        if missing:
            raise InputError(f"no values for the parameters {', '.join(sorted(missing))}")
        return self.system.with_equations(polynomials).specialise(values)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "basis": [str(f) for f in self.elements],
            "conditions": [str(c) for c in self.conditions],
            "word": str(self.word),
        }

    def __repr__(self) -> str:
        return (
            f"GenericBasis({len(self.elements)} elements, valid where {len(self.conditions)} "
            f"polynomials in {', '.join(self.system.parameters)} do not vanish, {self.word})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(str(f))}</td></tr>" for f in self.elements[:50])
        shown = html.escape(", ".join(map(str, self.conditions[:20])))
        return f"<p>{html.escape(repr(self))}</p><table>{rows}</table><p>nonzero: {shown}</p>"


def generic_basis(system: PolynomialSystem, *, budget: Budget = UNLIMITED) -> GenericBasis:
    """Gröbner basis over the field of rational functions in the parameters, grevlex.

    Examples
    --------
    >>> generic_basis(PolynomialSystem.parse("variables x, y; parameters a; a*x - 1; x*y - a"))
    GenericBasis(2 elements, valid where 1 polynomials in a do not vanish, probable)
    """
    n = _require_parameters(system)
    names = system.ring_names
    full = PolynomialSystem(names, system.equations)
    basis = groebner_basis(full, order=MonomialOrder.parse(f"elim:{n}", len(names)), budget=budget)
    ring = system.ring
    smallest: dict[Exponents, fmpq_mpoly] = {}
    for terms, lead in zip(basis.terms, basis.leading.tolist(), strict=True):
        top = tuple(lead[:n])
        f = primitive(ring.from_dict(terms))
        # Ascending order: the first element with this leading monomial has the smallest
        # leading coefficient.
        smallest.setdefault(top, f)
    minimal = [
        top
        for top in smallest
        if not any(
            other != top and all(a <= b for a, b in zip(other, top, strict=True))
            for other in smallest
        )
    ]
    factors: dict[str, fmpq_mpoly] = {}
    for top in minimal:
        for factor in _irreducible(leading_coefficient(smallest[top], top)):
            factors.setdefault(str(factor), factor)
    return GenericBasis(
        system,
        tuple(smallest[top] for top in minimal),
        tuple(minimal),
        tuple(factors.values()),
        Word.PROBABLE,
    )


def parametric_membership(
    system: PolynomialSystem,
    f: Polynomial,
    *,
    cofactors: bool = False,
    extra_degree: int = 4,
    budget: Budget = UNLIMITED,
) -> Membership:
    """Whether f lies in the ideal over Q(parameters): some c(p) · f = Σ h_i(x, p) f_i, c ≠ 0.

    The condition c is an element of the smallest degree of (I : f) ∩ Q[p]; the identity is valid
    for all parameter values and says something where c ≠ 0. Both are found by elimination, which
    limits this to a few parameters.

    Examples
    --------
    >>> system = PolynomialSystem.parse("variables x; parameters a; a*x - 1; x^2 - 2")
    >>> parametric_membership(system, "1", cofactors=True).conditions
    ((2*a^2 - 1, 1),)
    """
    _require_parameters(system)
    f = read_polynomial(system, f)
    ideal = Ideal(PolynomialSystem(system.ring_names, system.equations), budget)
    if ideal.contains(f).holds:
        conditions: tuple[tuple[fmpq_mpoly, int], ...] = ()
        product = f
    else:
        quotient = ideal.colon(f).ideal
        multipliers = quotient.eliminate(system.variables).generators
        if not multipliers:
            return Membership(system, f, False, Word.PROBABLE)
        smallest = min(multipliers, key=lambda c: (c.total_degree(), len(c)))
        _, factors = _into_ring(smallest, system).factor()
        conditions = tuple((primitive(c), int(e)) for c, e in factors)
        product = f
        for c, e in conditions:
            product *= c**e
    found = None
    if cofactors:
        found = membership_certificate(
            ideal.system, product, extra_degree=extra_degree, budget=budget
        )
    return Membership(
        system,
        f,
        True,
        Word.PROBABLE,
        conditions=conditions,
        cofactors=None if found is None else tuple(found),
    )


def leading_coefficient(f: fmpq_mpoly, top: Exponents) -> fmpq_mpoly:
    """The coefficient, a polynomial in the parameters, of the monomial `top` in the variables."""
    n = len(top)
    zero = (0,) * n
    terms = {
        (*zero, *(int(e) for e in m[n:])): c
        for m, c in f.terms()
        if tuple(int(e) for e in m[:n]) == top
    }
    return f.context().from_dict(terms)


def _irreducible(f: fmpq_mpoly) -> list[fmpq_mpoly]:
    _, factors = f.factor()
    return [primitive(g) for g, _ in factors]


def _into_ring(f: fmpq_mpoly, system: PolynomialSystem) -> fmpq_mpoly:
    """A polynomial in the parameters alone as one of the ring of the system."""
    zero = (0,) * len(system.variables)
    return system.ring.from_dict({(*zero, *map(int, m)): c for m, c in f.terms()})


def _require_parameters(system: PolynomialSystem) -> int:
    if system.imaginary:
        raise InputError("complex coefficients: expected rational ones here")
    if not system.parameters:
        raise InputError("no parameters: use groebner_basis or Ideal")
    return len(system.variables)
