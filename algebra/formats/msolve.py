"""msolve: names on the first line, the characteristic on the second, then polynomials and commas.

Only characteristic 0 is read: a system over Q. Repeated monomials are added up and signs such as
`+-` are read as written; in the other direction the writer produces neither. Source: J. Berthomieu,
C. Eder, M. Safey El Din, "msolve: a library for solving polynomial systems", ISSAC 2021.
"""

from __future__ import annotations

import re

from algebra.errors import InputError, SyntaxProblem
from algebra.formats.assembly import (
    assemble,
    declared_names,
    split_statements,
    with_flat_indices,
    without_comments,
)
from algebra.formats.expressions import Statement
from algebra.formats.limits import position
from algebra.systems import PolynomialSystem

HEADER = re.compile(r"\s*([A-Za-z_][\w,\s\[\]]*?),?[ \t]*\n\s*(\d{1,20})[ \t]*(?:\n|$)")


def read(text: str, name: str) -> PolynomialSystem:
    """A system in msolve's format."""
    text = with_flat_indices(without_comments(text, "#"))
    header = HEADER.match(text)
    if header is None:
        raise SyntaxProblem(
            "expected msolve's format: names separated by commas, a line with the characteristic 0",
            1,
            1,
        )
    if int(header[2]) != 0:
        raise SyntaxProblem(
            f"characteristic {header[2]}: expected 0, coefficients here are rational",
            *position(text, header.start(2)),
        )
    names = declared_names(Statement(header[1], header.start(1), text), "")
    statements = split_statements(text, separators=",", start=header.end())
    return assemble(statements, variables=names, unit_names=(), equality=False, name=name)


def write(system: PolynomialSystem) -> str:
    """The system in msolve's format."""
    system.require_rational()
    if not system.equations:
        raise InputError("msolve's format needs at least one polynomial")
    # msolve reads an expanded polynomial; python-flint's text is one, without repeated monomials.
    equations = ",\n".join(str(f).replace(" ", "") for f in system.equations)
    return f"{','.join(system.variables)}\n0\n{equations}\n"
