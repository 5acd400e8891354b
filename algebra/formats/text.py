"""Plain text: one polynomial per line or `;`, `=` allowed, `#` comments.

variables x, y;      # optional; otherwise names in order of first appearance
parameters a;
x^2 + a*y = 1/2;
(x - y)**3 - 1.5e-3
"""

from __future__ import annotations

import re

from algebra.formats.assembly import (
    assemble,
    declared_names,
    split_statements,
    with_flat_indices,
    without_comments,
)
from algebra.systems import PolynomialSystem

_DECLARATION = re.compile(r"(variables|parameters)(?=\s+[A-Za-z_]|\s*$)")


def read(text: str, name: str) -> PolynomialSystem:
    """A system from plain text."""
    declared: dict[str, tuple[str, ...]] = {}
    equations = []
    cleaned = with_flat_indices(without_comments(text, "#"))
    for statement in split_statements(cleaned, newline=True):
        match = _DECLARATION.match(statement.text)
        if match is None:
            equations.append(statement)
            continue
        keyword = match[1]
        if keyword in declared:
            raise statement.problem(f"a second `{keyword}` line")
        declared[keyword] = declared_names(statement, keyword)
    return assemble(
        equations,
        variables=declared.get("variables"),
        parameters=declared.get("parameters", ()),
        name=name,
    )


def write(system: PolynomialSystem) -> str:
    """The system as plain text, names declared."""
    lines = [f"variables {', '.join(system.variables)};"]
    if system.parameters:
        lines.append(f"parameters {', '.join(system.parameters)};")
    lines += [f"{equation};" for equation in system.equations]
    return "\n".join(lines) + "\n"
