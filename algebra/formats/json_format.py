"""JSON: `{"variables": […], "equations": […]}`, or the data of a network.

An equation is a string, or a list of terms `[coefficient, [exponents]]` with exact coefficients.
Optional: `parameters`, `name`. A document with `network`, `X`, `Y` (and `Lambda`) stands for the
gradient system of that network. Other keys are ignored, so that reports can be read back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from algebra.errors import InputError, SyntaxProblem
from algebra.formats.assembly import assemble, declared_names
from algebra.formats.expressions import Statement
from algebra.formats.limits import MAX_EQUATIONS, check_nesting
from algebra.network_data import parse_json
from algebra.rationals import exact_rational
from algebra.systems import PolynomialSystem

SCHEMA = "critnet/system/1"


def read(text: str, name: str) -> PolynomialSystem:
    """A system from JSON."""
    check_nesting(text)
    document = parse_json(text, name or "the input")
    if "network" in document and "equations" not in document:
        return _network_system(document)
    missing = [key for key in ("variables", "equations") if key not in document]
    if missing:
        raise InputError(
            f"the JSON has no {' and no '.join(missing)}: expected variables and equations, or "
            "network, X and Y"
        )
    variables = _names(document["variables"], "variables")
    parameters = _names(document.get("parameters", []), "parameters")
    entries = document["equations"]
    if not isinstance(entries, list) or len(entries) > MAX_EQUATIONS:
        raise InputError(f"`equations`: expected a list of at most {MAX_EQUATIONS}")
    texts = [_equation_text(k, entry, variables) for k, entry in enumerate(entries, start=1)]
    label = name or str(document.get("name", ""))[:200]
    # One text, one equation per line: the line in a message is the number of the equation.
    source = "\n".join(texts)
    statements, offset = [], 0
    for body in texts:
        statements.append(Statement(body, offset, source))
        offset += len(body) + 1
    try:
        return assemble(statements, variables=variables, parameters=parameters, name=label)
    except SyntaxProblem as error:
        detail = str(error).partition(": ")[2]
        raise InputError(f"equation {error.line}, column {error.column}: {detail}") from None


def write(system: PolynomialSystem) -> str:
    """The system as canonical JSON, with its network and data if it has any."""
    document: dict[str, Any] = {"schema": SCHEMA, "name": system.name, **system.to_dict()}
    if "data" in system.metadata:
        document["network"] = system.metadata["network"].name
        document.update(system.metadata["data"].to_dict())
    return json.dumps(document, indent=1) + "\n"


def _network_system(document: dict[str, Any]) -> PolynomialSystem:
    from algebra.networks import LinearNetwork

    network = LinearNetwork.parse(str(document["network"])[:200])
    return network.gradient_system(data=document)


def _names(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InputError(f"`{key}`: expected a list of names")
    text = ", ".join(value)
    names = declared_names(Statement(text, 0, text), "")
    if names != tuple(value):
        raise InputError(f"`{key}`: expected names made of letters, digits and _")
    return names


def _equation_text(number: int, entry: Any, variables: Sequence[str]) -> str:
    if isinstance(entry, str):
        return entry.replace("\n", " ")
    if not isinstance(entry, list):
        raise InputError(f"equation {number}: expected a string or a list of terms")
    return " + ".join(_term_text(number, term, variables) for term in entry) or "0"


def _term_text(number: int, term: Any, variables: Sequence[str]) -> str:
    well_formed = (
        isinstance(term, list)
        and len(term) == 2
        and isinstance(term[1], list)
        and len(term[1]) == len(variables)
        and all(isinstance(e, int) and not isinstance(e, bool) and e >= 0 for e in term[1])
    )
    if not well_formed:
        raise InputError(
            f"equation {number}: expected terms [coefficient, [{len(variables)} exponents]]"
        )
    coefficient, _ = exact_rational(term[0])
    factors = [f"{v}^{e}" for v, e in zip(variables, term[1], strict=True) if e]
    return "*".join([f"({coefficient})", *factors])
