"""PHCpack: the number of polynomials (and of unknowns), then polynomials ended by `;`.

Coefficients are decimals, fractions, or complex as in `(1.5 - 2*i)*x`; both `i` and `I` are the
imaginary unit. Unknowns are ordered by first appearance, as PHCpack does. Solutions and other
reports after the polynomials are ignored.
Source: J. Verschelde, "Algorithm 795: PHCpack", ACM TOMS 25 (1999).
"""

from __future__ import annotations

import re

from algebra.errors import InputError, SyntaxProblem
from algebra.formats.assembly import assemble, split_statements
from algebra.formats.expressions import names_in
from algebra.formats.limits import MAX_EQUATIONS, position
from algebra.systems import PolynomialSystem, Term

HEADER = re.compile(r"\s*(\d{1,9})(?:[ \t]+(\d{1,9}))?[ \t]*\n", re.ASCII)
# What PHCpack writes after the polynomials: "THE SOLUTIONS :", "ROOT COUNTS :", "TITLE : …".
_REPORT = re.compile(r"[A-Z][A-Z ]* :")


def read(text: str, name: str) -> PolynomialSystem:
    """A system in PHCpack's format."""
    header = HEADER.match(text)
    if header is None:
        raise SyntaxProblem("expected the number of polynomials, as in PHCpack's format", 1, 1)
    count = int(header[1])
    if count > MAX_EQUATIONS:
        raise InputError(f"{count} equations: the limit is {MAX_EQUATIONS}")
    statements = split_statements(text, start=header.end())
    if len(statements) < count or (len(statements) == count and not text.rstrip().endswith(";")):
        raise SyntaxProblem(
            f"{len(statements)} polynomials, expected {count}, each ended by ';'",
            *position(text, len(text.rstrip())),
        )
    if len(statements) > count and not _REPORT.match(statements[count].text):
        raise statements[count].problem(f"more than the {count} polynomials announced")
    system = assemble(statements[:count], unit_names=("I", "i"), equality=False, name=name)
    stated = int(header[2]) if header[2] else None
    if stated is not None and stated != len(system.variables):
        raise InputError(
            f"{stated} unknowns announced, {len(system.variables)} found: "
            f"{', '.join(system.variables[:20])}"
        )
    return system


def write(system: PolynomialSystem) -> str:
    """The system in PHCpack's format; `x - x` terms keep the order of the variables."""
    system.require_specialised()
    clash = {"i", "I", "e", "E"} & set(system.variables)
    if clash:
        raise InputError(f"PHCpack reads {', '.join(sorted(clash))} as a number: rename it")
    bodies = [_polynomial(system, i) for i in range(len(system.equations))]
    appearing = tuple(dict.fromkeys(n for body in bodies for n in names_in(body) if n != "i"))
    if appearing != system.variables:
        if not bodies:
            raise InputError("PHCpack's format needs at least one polynomial")
        order = " + ".join(f"{v} - {v}" for v in system.variables)
        bodies[0] = f"{order} + {bodies[0]}"
    square = len(bodies) == len(system.variables)
    header = f"{len(bodies)}" if square else f"{len(bodies)} {len(system.variables)}"
    return "\n".join([header, *(f"{body};" for body in bodies)]) + "\n"


def _polynomial(system: PolynomialSystem, index: int) -> str:
    if not system.imaginary:
        return str(system.equations[index])
    terms = [_term(term, system.variables) for term in system.terms(index)]
    return " + ".join(terms) or "0"


def _term(term: Term, variables: tuple[str, ...]) -> str:
    sign = "-" if term.imaginary < 0 else "+"
    factors = [f"({term.real} {sign} {abs(term.imaginary)}*i)"]
    factors += [
        v if e == 1 else f"{v}^{e}" for v, e in zip(variables, term.exponents, strict=True) if e
    ]
    return "*".join(factors)
