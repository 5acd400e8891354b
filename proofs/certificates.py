"""Writing certificates: exact objects in, plain JSON documents of `docs/certificates.md` out.

Nothing here decides anything: `proofs.checker` reads the documents back and trusts no field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flint import arb, fmpq, fmpq_mpoly

from algebra.errors import InputError
from algebra.systems import PolynomialSystem

SCHEMA = "critnet/certificate/2"

Document = dict[str, Any]
PolynomialJson = list[list[Any]]


def polynomial_json(f: fmpq_mpoly) -> PolynomialJson:
    """A polynomial as [[coefficient, exponents], …] in the order of its own terms."""
    return [[str(c), [int(e) for e in m]] for m, c in f.terms()]


def polynomials_json(polynomials: Iterable[fmpq_mpoly]) -> list[PolynomialJson]:
    """A list of polynomials."""
    return [polynomial_json(f) for f in polynomials]


def system_json(system: PolynomialSystem) -> Document:
    """A system; powers of I above 1 are reduced by I² = −1."""
    equations = system.equations
    if system.imaginary:
        equations = tuple(_reduce_imaginary(f) for f in equations)
    return {
        "variables": list(system.variables),
        "parameters": list(system.parameters),
        "imaginary": system.imaginary,
        "equations": polynomials_json(equations),
    }


def _reduce_imaginary(f: fmpq_mpoly) -> fmpq_mpoly:
    terms: dict[tuple[int, ...], fmpq] = {}
    for exponents, c in f.terms():
        m = tuple(int(e) for e in exponents)
        key = (*m[:-1], m[-1] % 2)
        terms[key] = terms.get(key, fmpq(0)) + (-c if m[-1] % 4 >= 2 else c)
    return f.context().from_dict({m: c for m, c in terms.items() if c != 0})


def dyadic(value: float | int | arb) -> str:
    """An exact dyadic number "m*2^e"; of a ball its midpoint."""
    if isinstance(value, arb):
        mantissa, exponent = value.mid().man_exp()
        return f"{mantissa}*2^{exponent}"
    if isinstance(value, int):
        return f"{value}*2^0"
    numerator, denominator = float(value).as_integer_ratio()
    return f"{numerator}*2^{1 - denominator.bit_length()}"


def document(kind: str, system: PolynomialSystem | Document, claim: Any, proof: Any) -> Document:
    """A certificate of any kind that speaks of a system."""
    subject = system_json(system) if isinstance(system, PolynomialSystem) else system
    return {"schema": SCHEMA, "kind": kind, "system": subject, "claim": claim, "proof": proof}


def identity(
    system: PolynomialSystem,
    conclusion: fmpq_mpoly,
    cofactors: Sequence[fmpq_mpoly],
    *,
    hypotheses: Sequence[fmpq_mpoly] = (),
    conditions: Sequence[tuple[fmpq_mpoly, int]] = (),
    power: int = 1,
    kind: str = "identity",
) -> Document:
    """Π condition^e · conclusion^power = Σ cofactor · (equations, then hypotheses).

    Parameters
    ----------
    conditions : pairs (polynomial, exponent)
        What must not vanish for the conclusion to follow.
    kind : str
        "identity", "membership" (no conditions, power 1) or "radical-membership".
    """
    claim = {
        "conclusion": polynomial_json(conclusion),
        "hypotheses": polynomials_json(hypotheses),
        "conditions": polynomials_json(c for c, _ in conditions),
    }
    proof = {
        "power": power,
        "condition_powers": [e for _, e in conditions],
        "cofactors": polynomials_json(cofactors),
    }
    return document(kind, system, claim, proof)


def bezout(system: PolynomialSystem, number: int, groups: Sequence[Sequence[int]]) -> Document:
    """At most `number` isolated zeros, by a partition of the variables into groups."""
    return document(
        "bezout",
        system,
        {"at_most": int(number)},
        {"groups": [[int(i) for i in g] for g in groups]},
    )


def counterexample(
    system: PolynomialSystem,
    conclusion: fmpq_mpoly,
    point: Sequence[Sequence[fmpq]],
    *,
    hypotheses: Sequence[fmpq_mpoly] = (),
    conditions: Sequence[fmpq_mpoly] = (),
    minimal_polynomial: Sequence[fmpq | int] = (0, 1),
    real_between: tuple[fmpq, fmpq] | None = None,
    real: bool = True,
) -> Document:
    """An exact point with f = 0, hypotheses = 0, conditions ≠ 0 and conclusion ≠ 0.

    Parameters
    ----------
    point : one list of rationals per generator of the ring
        Coordinates as polynomials in a root θ of `minimal_polynomial`, constant first.
    """
    claim = {
        "conclusion": polynomial_json(conclusion),
        "hypotheses": polynomials_json(hypotheses),
        "conditions": polynomials_json(conditions),
        "real": real,
    }
    proof = {
        "minimal_polynomial": [str(c) for c in minimal_polynomial],
        "real_between": None if real_between is None else [str(v) for v in real_between],
        "point": [[str(c) for c in coordinate] for coordinate in point],
    }
    return document("counterexample", system, claim, proof)


def ring_isomorphism(
    system: PolynomialSystem,
    reduced: PolynomialSystem,
    forward: Sequence[fmpq_mpoly],
    backward: Sequence[fmpq_mpoly],
    forward_cofactors: Sequence[Sequence[fmpq_mpoly]],
    backward_cofactors: Sequence[Sequence[fmpq_mpoly]],
    round_trip: Sequence[Sequence[fmpq_mpoly]],
    reduced_round_trip: Sequence[Sequence[fmpq_mpoly]],
) -> Document:
    """Q[x]/I ≅ Q[y]/J; the arguments are those of `docs/certificates.md`."""
    rows = {
        "forward_cofactors": forward_cofactors,
        "backward_cofactors": backward_cofactors,
        "round_trip": round_trip,
        "reduced_round_trip": reduced_round_trip,
    }
    proof: Document = {
        "forward": polynomials_json(forward),
        "backward": polynomials_json(backward),
        **{name: [polynomials_json(row) for row in value] for name, value in rows.items()},
    }
    return document("ring-isomorphism", system, {"reduced": system_json(reduced)}, proof)


def count_document(
    system: PolynomialSystem,
    at_least: Mapping[str, int],
    at_most: Mapping[str, int],
    parts: Sequence[Document],
) -> Document:
    """Bounds of several quantities from the parts together."""
    claim = {"at_least": dict(at_least), "at_most": dict(at_most)}
    return document("count", system, claim, {"parts": list(parts)})


def conjunction(title: str, parts: Sequence[Document]) -> Document:
    """All parts hold."""
    return {
        "schema": SCHEMA,
        "kind": "conjunction",
        "claim": {"title": title},
        "proof": {"parts": list(parts)},
    }


def write_certificate(certificate: Document, path: str | Path) -> None:
    """Write a document canonically (sorted keys, no spaces) for `checker.check_file`."""
    text = json.dumps(certificate, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        Path(path).write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}") from problem
