"""From statements to a system: comments, separators, names, the imaginary unit, limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from flint import fmpq_mpoly

from algebra.errors import InputError
from algebra.formats.expressions import Expansion, Statement, check_name, names_in
from algebra.formats.limits import (
    MAX_EQUATIONS,
    MAX_EXPONENTS,
    MAX_NAMES,
    MAX_TERMS,
    check_nesting,
)
from algebra.systems import (
    IMAGINARY_UNIT,
    PolynomialSystem,
    polynomial_ring,
    reduce_imaginary,
)

_INDEX = re.compile(r"(?<=[A-Za-z0-9_])\[([0-9]+(?:,[0-9]+)*)\]")


def without_comments(text: str, marker: str) -> str:
    """The text with comments up to the end of the line blanked; offsets stay the same."""
    pattern = re.compile(rf"{re.escape(marker)}[^\n]*")
    return pattern.sub(lambda match: " " * len(match[0]), text)


def with_flat_indices(text: str) -> str:
    """Indexed names `x[1]`, `x[1,2]`, as Maple writes them, become `x_1`, `x_1_2`.

    A blank in place of the closing bracket keeps all offsets.
    """
    return _INDEX.sub(lambda match: "_" + match[1].replace(",", "_") + " ", text)


def split_statements(
    text: str, *, separators: str = ";", newline: bool = False, start: int = 0
) -> list[Statement]:
    """Non-empty pieces of `text` from `start` on, cut at separators outside brackets.

    With `newline`, the end of a line separates as well, except inside brackets and after an
    operator.
    """
    check_nesting(text)
    statements, depth, begin = [], 0, start
    cut = re.compile(rf"[(){re.escape(separators)}\n]")
    for match in cut.finditer(text, start):
        character = match[0]
        if character in "()":
            # A bracket too many is reported by the parser, with its position.
            depth = depth + 1 if character == "(" else max(depth - 1, 0)
            continue
        if character == "\n":
            unfinished = text[begin : match.start()].rstrip()[-1:]
            if not newline or depth or (unfinished and unfinished in "+-*/^=,"):
                continue
        statements.append(_trimmed(text, begin, match.start()))
        begin, depth = match.end(), 0
    statements.append(_trimmed(text, begin, len(text)))
    return [statement for statement in statements if statement.text]


def _trimmed(text: str, begin: int, end: int) -> Statement:
    piece = text[begin:end]
    lead = len(piece) - len(piece.lstrip())
    return Statement(piece.strip(), begin + lead, text)


def declared_names(statement: Statement, keyword: str) -> tuple[str, ...]:
    """Names of a declaration such as `variables x, y`."""
    names = tuple(n for n in re.split(r"[\s,]+", statement.text[len(keyword) :]) if n)
    for name in names:
        try:
            check_name(name)
        except InputError as error:
            raise statement.problem(str(error)) from None
        if name == IMAGINARY_UNIT:
            raise statement.problem("I is the imaginary unit: choose another name")
    if len(set(names)) != len(names):
        raise statement.problem(f"a name is declared twice after {keyword!r}")
    return names


def assemble(
    statements: Sequence[Statement],
    *,
    variables: Sequence[str] | None = None,
    parameters: Sequence[str] = (),
    unit_names: Sequence[str] = (IMAGINARY_UNIT,),
    equality: bool = True,
    definitions: Mapping[str, Statement] | None = None,
    name: str = "",
) -> PolynomialSystem:
    """The system of the equations `statements`.

    Parameters
    ----------
    variables
        Declared variables; None takes the names in order of first appearance.
    unit_names
        Names that mean the imaginary unit, unless declared.
    equality
        Whether `a = b` may be written for a − b.
    definitions
        Named subexpressions, in order; each may use earlier ones.
    """
    if len(statements) > MAX_EQUATIONS:
        raise InputError(f"{len(statements)} equations: the limit is {MAX_EQUATIONS}")
    definitions = definitions or {}
    texts = [s.text for s in (*definitions.values(), *statements)]
    units = [u for u in unit_names if u not in (variables or ()) and u not in parameters]
    used = _distinct(name for text in texts for name in names_in(text))
    if variables is None:
        known = {*parameters, *units, *definitions}
        variables = tuple(n for n in used if n not in known)
    if not variables:
        for statement in statements:  # a syntax error is the better message
            statement.parse(equality=equality)
        raise InputError("no variables: expected polynomials, or a line such as `variables x, y;`")
    if len(variables) + len(parameters) > MAX_NAMES:
        raise InputError(
            f"{len(variables) + len(parameters)} variables and parameters: the limit is {MAX_NAMES}"
        )
    imaginary = any(u in used for u in units)
    names = (*variables, *parameters, *((IMAGINARY_UNIT,) if imaginary else ()))
    ring = polynomial_ring(names)
    values: dict[str, fmpq_mpoly] = {}
    for key, statement in definitions.items():
        expansion = Expansion(ring, values, units if imaginary else ())
        values[key] = _reduced(expansion.expand(statement.parse(), statement), imaginary)
    expansion = Expansion(ring, values, units if imaginary else ())
    equations, terms = [], 0
    for statement in statements:
        equation = expansion.expand(statement.parse(equality=equality), statement)
        equations.append(_reduced(equation, imaginary))
        terms += len(equation)
        if terms > MAX_TERMS or terms * len(names) > MAX_EXPONENTS:
            raise InputError(
                f"more than {min(MAX_TERMS, MAX_EXPONENTS // len(names))} terms in all in "
                f"{len(names)} names: the limit"
            )
    if imaginary and all(f.degrees()[-1] <= 0 for f in equations):
        return _without_unit(tuple(variables), tuple(parameters), equations, name)
    return PolynomialSystem(tuple(variables), tuple(equations), tuple(parameters), imaginary, name)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _reduced(polynomial: fmpq_mpoly, imaginary: bool) -> fmpq_mpoly:
    return reduce_imaginary(polynomial) if imaginary else polynomial


def _without_unit(
    variables: tuple[str, ...],
    parameters: tuple[str, ...],
    equations: Sequence[fmpq_mpoly],
    name: str,
) -> PolynomialSystem:
    """All coefficients turned out real: the same system without the generator `I`."""
    ring = polynomial_ring(variables + parameters)
    real = tuple(
        ring.from_dict({tuple(int(e) for e in m[:-1]): c for m, c in f.terms()}) for f in equations
    )
    return PolynomialSystem(variables, real, parameters, name=name)
