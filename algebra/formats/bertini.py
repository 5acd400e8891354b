"""Bertini: an INPUT section with variable groups, constants, subfunctions and functions.

The CONFIG section is skipped. `constant` and subfunctions may be defined by polynomial expressions;
`parameter` names without a definition stay parameters. Homotopies (`pathvariable`), homogeneous
groups and functions such as `exp` are refused. Source: D. Bates, J. Hauenstein, A. Sommese,
C. Wampler, "Numerically Solving Polynomial Systems with Bertini", SIAM 2013.
"""

from __future__ import annotations

import re

from algebra.errors import InputError
from algebra.formats.assembly import assemble, declared_names, split_statements, without_comments
from algebra.formats.expressions import Statement
from algebra.systems import IMAGINARY_UNIT, PolynomialSystem

RECOGNISED = re.compile(r"^\s*(?:CONFIG|INPUT|variable_group|hom_variable_group|function)\b", re.M)
_DECLARATION = re.compile(
    r"(variable_group|variable|function|constant|parameter|hom_variable_group|pathvariable|random"
    r"|random_real)\s"
)
_SECTION = re.compile(r"\b(?:CONFIG|INPUT|END)\b\s*;?")


def read(text: str, name: str) -> PolynomialSystem:
    """A system in Bertini's input format."""
    declared: dict[str, list[str]] = {}
    assigned: dict[str, Statement] = {}
    for statement in split_statements(_input_section(without_comments(text, "%"))):
        match = _DECLARATION.match(statement.text)
        if match is None:
            _assign(statement, assigned)
            continue
        if match[1] not in ("variable_group", "variable", "function", "constant", "parameter"):
            raise statement.problem(f"`{match[1]}` is not supported: expected an affine system")
        declared.setdefault(match[1], []).extend(declared_names(statement, match[1]))
    functions = declared.get("function", [])
    variables = declared.get("variable_group", []) + declared.get("variable", [])
    if not functions or not variables:
        raise InputError("no `function` or no `variable_group` in a Bertini file")
    missing = [f for f in (*functions, *declared.get("constant", [])) if f not in assigned]
    if missing:
        raise InputError(f"no definition of {', '.join(missing[:10])} in a Bertini file")
    parameters = [p for p in declared.get("parameter", []) if p not in assigned]
    return assemble(
        [assigned[f] for f in functions],
        variables=variables,
        parameters=parameters,
        definitions={k: v for k, v in assigned.items() if k not in functions},
        equality=False,
        name=name,
    )


def write(system: PolynomialSystem) -> str:
    """The system in Bertini's input format; left-over parameters are declared as such."""
    prefix = "f"
    while any(v.startswith(prefix) for v in system.variables + system.parameters):
        prefix += "f"
    functions = [f"{prefix}{i}" for i in range(1, len(system.equations) + 1)]
    lines = ["CONFIG", "END;", "INPUT", f"variable_group {', '.join(system.variables)};"]
    if system.parameters:
        lines.append(f"parameter {', '.join(system.parameters)};")
    if functions:
        lines.append(f"function {', '.join(functions)};")
    lines += [f"{f} = {body};" for f, body in zip(functions, system.equations, strict=True)]
    return "\n".join([*lines, "END;", ""])


def _input_section(text: str) -> str:
    """The text with everything outside the INPUT section blanked."""
    begin = re.search(r"\bINPUT\b", text)
    start = begin.end() if begin else 0
    end = re.compile(r"\bEND\b").search(text, start)
    stop = end.start() if end else len(text)
    blank = re.sub(r"[^\n]", " ", text[:start])
    return blank + text[start:stop]


def _assign(statement: Statement, assigned: dict[str, Statement]) -> None:
    name, equals, body = statement.text.partition("=")
    if not equals:
        raise statement.problem("expected a declaration or `name = expression`")
    try:
        (key,) = declared_names(Statement(name, statement.offset, statement.source), "")
    except ValueError:
        raise statement.problem("expected one name before '='") from None
    if key in assigned or key == IMAGINARY_UNIT:
        raise statement.problem(f"{key} is defined twice")
    assigned[key] = Statement(body, statement.offset + len(name) + 1, statement.source)
