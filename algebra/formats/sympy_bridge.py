"""SymPy expressions in and out.

Only expression objects are accepted: a string would have to be evaluated. Floats become the exact
dyadic rationals they are, before anything is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sympy
from flint import fmpq
from sympy.core.function import AppliedUndef, Function

from algebra.errors import InputError
from algebra.formats.expressions import check_name
from algebra.formats.limits import MAX_DEGREE, Size
from algebra.systems import (
    IMAGINARY_UNIT,
    PolynomialSystem,
    polynomial_ring,
    reduce_imaginary,
)


def system_from_sympy(
    expressions: Sequence[Any], variables: Sequence[Any] | None = None
) -> PolynomialSystem:
    """A system from SymPy expressions, equalities or polynomials.

    Parameters
    ----------
    expressions
        Each is an `Expr`, an `Eq` (left minus right), a `Poly`, or a number.
    variables
        Symbols in the wanted order; other symbols become parameters. None takes all symbols as
        variables, sorted by name, digits as numbers.

    Raises
    ------
    InputError
        A string, or something that is not a polynomial with (Gaussian) rational coefficients.
    """
    if isinstance(expressions, str | sympy.Basic):
        raise InputError("expected a list of SymPy expressions")
    parsed = [_expression(entry) for entry in expressions]
    free = sorted(set().union(*(e.free_symbols for e in parsed)), key=_natural_order)
    chosen = free if variables is None else list(variables)
    for symbol in (*chosen, *free):
        if not isinstance(symbol, sympy.Symbol):
            raise InputError(f"{str(symbol)[:40]!r} is not a SymPy symbol; strings are refused")
        check_name(symbol.name)
        if not symbol.is_commutative:
            raise InputError(f"{symbol.name} does not commute: expected ordinary symbols")
        if symbol.name == IMAGINARY_UNIT:
            raise InputError("a symbol named I: the name is kept for the imaginary unit")
    if not chosen:
        raise InputError("no variables: give them as `variables`")
    parameters = [symbol for symbol in free if symbol not in chosen]
    imaginary = any(e.has(sympy.I) for e in parsed)
    unit = sympy.Dummy("I")
    generators = [*chosen, *parameters, *([unit] if imaginary else [])]
    names = [s.name for s in (*chosen, *parameters)] + [IMAGINARY_UNIT] * imaginary
    if len(set(names)) != len(names):
        raise InputError("two different symbols have the same name")
    ring = polynomial_ring(names)
    equations = []
    for expression in parsed:
        _size(expression)
        terms = _terms(expression.xreplace({sympy.I: unit}), generators)
        polynomial = ring.from_dict(terms)
        equations.append(reduce_imaginary(polynomial) if imaginary else polynomial)
    return PolynomialSystem(
        tuple(s.name for s in chosen),
        tuple(equations),
        tuple(s.name for s in parameters),
        imaginary,
    )


def system_to_sympy(system: PolynomialSystem) -> tuple[Any, ...]:
    """The equations as SymPy expressions, with exact coefficients."""
    symbols = [sympy.Symbol(n) for n in system.variables + system.parameters]
    values = [*symbols, sympy.I] if system.imaginary else symbols
    return tuple(
        sympy.Add(
            *(
                sympy.Mul(
                    sympy.Rational(int(coefficient.p), int(coefficient.q)),
                    *(v ** int(e) for v, e in zip(values, exponents, strict=True) if e),
                )
                for exponents, coefficient in equation.terms()
            )
        )
        for equation in system.equations
    )


def _natural_order(symbol: Any) -> tuple[Any, ...]:
    """x, x2, x10: digits compare as numbers."""
    parts = re.split(r"(\d+)", str(symbol))
    return tuple((p.isdigit(), int(p) if p.isdigit() else 0, p) for p in parts)


def _expression(entry: Any) -> Any:
    """An expression with exact numbers, equal to zero where `entry` holds."""
    if isinstance(entry, str):
        raise InputError("a string among SymPy expressions: use PolynomialSystem.parse for text")
    if isinstance(entry, sympy.Poly):
        entry = entry.as_expr()
    elif isinstance(entry, sympy.Equality):
        entry = sympy.Add(entry.lhs, sympy.Mul(-1, entry.rhs))
    elif isinstance(entry, int | float) and not isinstance(entry, bool):
        entry = sympy.Integer(entry) if isinstance(entry, int) else sympy.Float(entry)
    elif entry is sympy.true:
        entry = sympy.Integer(0)  # Eq(x, x) is simplified to true by SymPy
    elif entry is sympy.false:
        entry = sympy.Integer(1)
    if not isinstance(entry, sympy.Expr):
        raise InputError(f"{type(entry).__name__}: expected a SymPy expression or equality")
    return entry.xreplace({f: _exact_float(f) for f in entry.atoms(sympy.Float)})


def _exact_float(value: Any) -> Any:
    if not value.is_finite:
        raise InputError(f"{value} is not a finite number")
    sign, mantissa, exponent, _ = value._mpf_
    number = sympy.Integer(-int(mantissa) if sign else int(mantissa))
    return number * sympy.Integer(2) ** int(exponent)


def _size(expression: Any) -> Size:
    """Bounds on the expansion; raises `InputError` for what is no polynomial or too large."""
    if expression.is_Rational:
        return Size.term(fmpq(int(expression.p), int(expression.q)), 0).checked()
    if expression.is_Symbol or expression is sympy.I:
        return Size.term(fmpq(1), 1, [str(expression)])
    if expression.is_Add:
        return Size.sum([_size(child) for child in expression.args])
    if expression.is_Mul:
        total = Size.term(fmpq(1), 0)
        for child in expression.args:
            total = total.times(_size(child))
        return total
    if expression.is_Pow and expression.exp.is_Integer:
        exponent = int(expression.exp)
        base = _size(expression.base)
        if 0 <= exponent <= MAX_DEGREE:
            return base.power(exponent)
        if exponent > MAX_DEGREE:
            raise InputError(f"the exponent {exponent} exceeds the limit {MAX_DEGREE}")
        if not expression.base.free_symbols:
            return base.power(-exponent)
    kind = "a function" if isinstance(expression, Function | AppliedUndef) else "not a polynomial"
    raise InputError(
        f"{str(expression)[:60]} is {kind}: expected polynomials with rational coefficients"
    )


def _terms(expression: Any, generators: Sequence[Any]) -> dict[tuple[int, ...], fmpq]:
    try:
        polynomial = sympy.Poly(expression, *generators, domain=sympy.QQ)
    except (sympy.PolynomialError, sympy.CoercionFailed) as error:
        raise InputError(
            f"{str(expression)[:60]} is not a polynomial with rational coefficients "
            f"({str(error)[:60]})"
        ) from None
    return {
        tuple(int(e) for e in exponents): fmpq(int(c.p), int(c.q))
        for exponents, c in polynomial.terms()
        if c != 0
    }
