"""Exact polynomial systems: python-flint equations, their supports, coefficients and Jacobian.

A system lives in the ring Q[variables, parameters] or, with complex rational coefficients, in
Q[variables, parameters, I] modulo I² + 1, where `I` is always the last generator.
"""

from __future__ import annotations

import functools
import hashlib
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from numpy.typing import NDArray

from algebra.errors import BeyondFloats, InputError, NotSquare

if TYPE_CHECKING:
    from algebra.programs import StraightLineProgram

IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complex128]
#: Exact numbers accepted where a coefficient or parameter value is wanted.
Rational: TypeAlias = int | Fraction | fmpq | float

IMAGINARY_UNIT = "I"


def polynomial_ring(names: Sequence[str]) -> fmpq_mpoly_ctx:
    """The ring Q[names] with the grevlex order (flint calls it degrevlex)."""
    return fmpq_mpoly_ctx.get(tuple(names), Ordering.degrevlex)


def to_rational(value: Rational) -> fmpq:
    """An exact rational; floats are taken as the dyadic rationals they are."""
    if isinstance(value, fmpq):
        return value
    fraction = Fraction(value)
    return fmpq(fraction.numerator, fraction.denominator)


@dataclass(frozen=True, slots=True)
class Term:
    """One term c·x^a with c = real + imaginary·i exact."""

    exponents: tuple[int, ...]
    real: fmpq
    imaginary: fmpq


@dataclass(frozen=True, eq=False)
class PolynomialSystem:
    """A list of polynomial equations `f = 0` with exact coefficients.

    Attributes
    ----------
    variables : tuple of str
        The unknowns, in order.
    equations : tuple of fmpq_mpoly
        Elements of the ring over `variables + parameters (+ I)`; zero equations are kept.
    parameters : tuple of str
        Names that stand for unspecified constants.
    imaginary : bool
        Whether the ring's last generator is the imaginary unit `I`.
    name : str
        For people: "cyclic(5)", a file name; no meaning.
    program : StraightLineProgram or None
        Product form computing the same equations with fewer operations, kept beside them.
    """

    variables: tuple[str, ...]
    equations: tuple[fmpq_mpoly, ...]
    parameters: tuple[str, ...] = ()
    imaginary: bool = False
    name: str = ""
    program: StraightLineProgram | None = field(default=None, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        names = self.ring_names
        if len(set(names)) != len(names):
            raise InputError(f"repeated names among {', '.join(names)}: every name must differ")
        for equation in self.equations:
            if equation.context().names() != names:
                raise InputError(
                    f"an equation lives in Q[{', '.join(equation.context().names())}], "
                    f"expected Q[{', '.join(names)}]"
                )

    # -- construction -------------------------------------------------------------------------

    @classmethod
    def parse(cls, text: str, *, format: str = "auto", name: str = "") -> PolynomialSystem:
        """Read a system from text in any supported format; nothing is ever evaluated.

        Raises
        ------
        SyntaxProblem
            The text does not parse; carries line and column.
        """
        from algebra.formats import parse_system

        return parse_system(text, format=format, name=name)

    @classmethod
    def from_terms(
        cls,
        variables: Sequence[str],
        equations: Iterable[Mapping[tuple[int, ...], Rational]],
        *,
        name: str = "",
    ) -> PolynomialSystem:
        """A system from {exponent vector: rational coefficient} maps.

        Raises
        ------
        InputError
            A name is no ASCII identifier, or an exponent vector has another length than
            `variables` or a negative entry.
        """
        for variable in variables:
            if not (variable.isascii() and variable.isidentifier()) or variable == IMAGINARY_UNIT:
                raise InputError(
                    f"{variable!r} cannot name a variable: expected ASCII letters, digits, _, not I"
                )
        equations = [dict(terms) for terms in equations]
        for exponents in (e for terms in equations for e in terms):
            if len(exponents) != len(variables) or min(exponents, default=0) < 0:
                raise InputError(
                    f"exponents {exponents}: expected {len(variables)} integers from 0 on"
                )
        ring = polynomial_ring(variables)
        polynomials = tuple(
            ring.from_dict({k: to_rational(v) for k, v in terms.items()}) for terms in equations
        )
        return cls(tuple(variables), polynomials, name=name)

    @classmethod
    def from_sympy(
        cls, expressions: Sequence[Any], variables: Sequence[Any] | None = None
    ) -> PolynomialSystem:
        """A system from sympy expressions or equalities; `variables` default to sorted symbols."""
        from algebra.formats.sympy_bridge import system_from_sympy

        return system_from_sympy(expressions, variables)

    def to_sympy(self) -> tuple[Any, ...]:
        """The equations as sympy expressions."""
        from algebra.formats.sympy_bridge import system_to_sympy

        return system_to_sympy(self)

    # -- shape --------------------------------------------------------------------------------

    @property
    def ring_names(self) -> tuple[str, ...]:
        """Generators of the ring: variables, parameters, then `I` if present."""
        unit = (IMAGINARY_UNIT,) if self.imaginary else ()
        return self.variables + self.parameters + unit

    @property
    def ring(self) -> fmpq_mpoly_ctx:
        """The ring the equations live in."""
        return polynomial_ring(self.ring_names)

    @property
    def is_square(self) -> bool:
        """Whether there are as many equations as unknowns."""
        return len(self.equations) == len(self.variables)

    def require_square(self) -> None:
        """Raise `NotSquare` unless the system is square."""
        if not self.is_square:
            raise NotSquare(len(self.equations), len(self.variables))

    def require_specialised(self) -> None:
        """Raise `InputError` if parameters are left without values."""
        if self.parameters:
            raise InputError(
                f"parameters {', '.join(self.parameters)} have no values: give them, with "
                f"`--at {self.parameters[0]}=1/2` or `specialise`, or remove the `parameters` line"
            )

    def require_rational(self) -> None:
        """Raise `InputError` unless all coefficients are rational numbers."""
        self.require_specialised()
        if self.imaginary:
            raise InputError("complex coefficients: expected rational ones here")

    # -- terms --------------------------------------------------------------------------------

    def terms(self, index: int) -> list[Term]:
        """Terms of equation `index` in grevlex order; the system must be specialised."""
        self.require_specialised()
        n = len(self.variables)
        if not self.imaginary:
            return [
                Term(tuple(int(e) for e in exponents), coefficient, fmpq(0))
                for exponents, coefficient in self.equations[index].terms()
            ]
        merged: dict[tuple[int, ...], list[fmpq]] = {}
        for exponents, coefficient in self.equations[index].terms():
            pair = merged.setdefault(tuple(int(e) for e in exponents[:n]), [fmpq(0), fmpq(0)])
            pair[int(exponents[n]) % 2] += coefficient * (-1) ** ((int(exponents[n]) // 2) % 2)
        return [Term(k, v[0], v[1]) for k, v in merged.items() if v[0] != 0 or v[1] != 0]

    @functools.cached_property
    def supports(self) -> list[IntArray]:
        """One int64 array (m_i, n) of exponent vectors per equation.

        With parameters, the monomials in the variables that carry any coefficient polynomial.
        """
        n = len(self.variables)
        if self.parameters:
            rows = [
                sorted({tuple(int(e) for e in m[:n]) for m in f.monoms()}, reverse=True)
                for f in self.equations
            ]
        else:
            rows = [[t.exponents for t in self.terms(i)] for i in range(len(self.equations))]
        return [np.array(r, dtype=np.int64).reshape(len(r), n) for r in rows]

    @functools.cached_property
    def coefficients(self) -> list[ComplexArray]:
        """Coefficients rounded to complex128, aligned with `supports`."""
        return [
            np.array(
                [complex(_to_float(t.real), _to_float(t.imaginary)) for t in self.terms(i)],
                dtype=np.complex128,
            )
            for i in range(len(self.equations))
        ]

    @property
    def degrees(self) -> tuple[int, ...]:
        """Total degree of each equation in the variables; -1 for a zero equation."""
        return tuple(int(a.sum(axis=1).max()) if a.size else len(a) - 1 for a in self.supports)

    # -- operations ---------------------------------------------------------------------------

    def specialise(self, values: Mapping[str, Rational]) -> PolynomialSystem:
        """The system with exact values put in for some or all parameters."""
        unknown = set(values) - set(self.parameters)
        if unknown:
            raise InputError(f"{', '.join(sorted(unknown))}: not among the parameters")
        left = tuple(p for p in self.parameters if p not in values)
        unit = (IMAGINARY_UNIT,) if self.imaginary else ()
        ring = polynomial_ring(self.variables + left + unit)
        images = [
            ring.constant(to_rational(values[g]))
            if g in values
            else ring.gen(ring.names().index(g))
            for g in self.ring_names
        ]
        equations = tuple(f.compose(*images, ctx=ring) for f in self.equations)
        program = None
        if self.program is not None:
            program = self.program.specialise({k: to_rational(v) for k, v in values.items()})
        return PolynomialSystem(
            self.variables, equations, left, self.imaginary, self.name, program, self.metadata
        )

    def evaluate(self, points: Any) -> ComplexArray:
        """Values of the equations in complex128.

        Parameters
        ----------
        points : array_like
            Shape (n,) or (k, n).

        Returns
        -------
        ndarray of complex128, shape (number of equations,) or (k, number of equations).
        """
        x = np.asarray(points, dtype=np.complex128)
        single = x.ndim == 1
        x = np.atleast_2d(x)
        if x.shape[1] != len(self.variables):
            raise InputError(
                f"points of length {x.shape[1]}: expected {len(self.variables)} coordinates"
            )
        columns = [
            np.prod(x[:, None, :] ** support[None, :, :], axis=2) @ coefficients
            for support, coefficients in zip(self.supports, self.coefficients, strict=True)
        ]
        values = np.stack(columns, axis=1) if columns else np.zeros((len(x), 0), np.complex128)
        return values[0] if single else values

    def jacobian(self) -> list[list[fmpq_mpoly]]:
        """Exact partial derivatives: entry [i][j] is ∂f_i/∂x_j."""
        return [[f.derivative(j) for j in range(len(self.variables))] for f in self.equations]

    def with_equations(self, equations: Iterable[fmpq_mpoly], name: str = "") -> PolynomialSystem:
        """Another system in the same ring."""
        return PolynomialSystem(
            self.variables, tuple(equations), self.parameters, self.imaginary, name or self.name
        )

    # -- output -------------------------------------------------------------------------------

    def to_text(self, format: str = "text") -> str:
        """The system in one of the supported formats (see `algebra.formats`)."""
        from algebra.formats import write_system

        return write_system(self, format)

    def to_dict(self) -> dict[str, Any]:
        """Canonical exact form: names and one string per equation."""
        return {
            "variables": list(self.variables),
            "parameters": list(self.parameters),
            "equations": [str(f) for f in self.equations],
            "imaginary": self.imaginary,
        }

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form, as hexadecimal text."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def __repr__(self) -> str:
        label = f"{self.name}: " if self.name else ""
        degrees = self.degrees
        shown = f"{degrees}" if len(degrees) <= 12 else f"{min(degrees)} to {max(degrees)}"
        return (
            f"PolynomialSystem({label}{len(self.equations)} equations in "
            f"{len(self.variables)} unknowns, degrees {shown})"
        )

    def _repr_html_(self) -> str:
        shown = [str(f) if len(f) <= 40 else f"({len(f)} terms)" for f in self.equations[:40]]
        if len(self.equations) > len(shown):
            shown.append(f"… {len(self.equations) - len(shown)} more")
        rows = "".join(f"<tr><td>{html.escape(text)}</td></tr>" for text in shown)
        return f"<table><caption>{html.escape(repr(self))}</caption>{rows}</table>"


def reduce_imaginary(polynomial: fmpq_mpoly) -> fmpq_mpoly:
    """The normal form modulo I² + 1, where `I` is the last generator: degree at most 1 in it."""
    ring = polynomial.context()
    unit = len(ring.names()) - 1
    if polynomial.degrees()[unit] < 2:
        return polynomial
    reduced: dict[tuple[int, ...], fmpq] = {}
    for exponents, coefficient in polynomial.terms():
        power = int(exponents[unit])
        key = (*(int(e) for e in exponents[:unit]), power % 2)
        signed = -coefficient if power % 4 >= 2 else coefficient
        reduced[key] = reduced.get(key, fmpq(0)) + signed
    return ring.from_dict(reduced)


def _to_float(value: fmpq) -> float:
    """Nearest double, also when numerator and denominator exceed the float range."""
    try:
        return float(Fraction(int(value.p), int(value.q)))
    except OverflowError:
        raise BeyondFloats(
            "a coefficient exceeds 10^308, which floating point cannot hold: scale its equation"
        ) from None
