"""Identities with integer coefficients, which every proof assistant reads the same way.

A document of kind `identity`, `membership` or `radical-membership` says
Π condition^e · conclusion^N = Σ cofactor · generator over Q. Multiplying each polynomial by its
denominator and both sides by one integer gives an identity over Z.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd, lcm, prod
from typing import Any

from algebra.errors import InputError

KINDS = ("identity", "membership", "radical-membership")

IntegerPolynomial = list[tuple[int, tuple[int, ...]]]


@dataclass(frozen=True)
class IntegerIdentity:
    """factor · Π condition^e · conclusion^power = Σ cofactor · generator, all over Z.

    Attributes
    ----------
    names : tuple of str
        The generators of the ring.
    factor : int
        Nonzero.
    conclusion : polynomial, as a list of (coefficient, exponents)
    power : int
    conditions : list of (polynomial, exponent)
    generators, cofactors : list of polynomials
    """

    names: tuple[str, ...]
    factor: int
    conclusion: IntegerPolynomial
    power: int
    conditions: list[tuple[IntegerPolynomial, int]]
    generators: list[IntegerPolynomial]
    cofactors: list[IntegerPolynomial]

    @property
    def size(self) -> int:
        """Number of term products that expanding the right side takes."""
        return sum(len(q) * len(f) for q, f in zip(self.cofactors, self.generators, strict=True))


def identities(document: dict[str, Any]) -> Iterator[IntegerIdentity]:
    """The identities inside a certificate, parts of compositions included."""
    if document.get("kind") in KINDS:
        yield integer_identity(document)
    for part in document.get("proof", {}).get("parts", []):
        yield from identities(part)


def integer_identity(document: dict[str, Any]) -> IntegerIdentity:
    """The identity of one document, denominators cleared.

    Raises
    ------
    InputError
        The document is of another kind.
    """
    if document.get("kind") not in KINDS:
        raise InputError(
            f"a certificate of kind {document.get('kind')!r} has no export: expected "
            + ", ".join(KINDS)
        )
    system, claim, proof = document["system"], document["claim"], document["proof"]
    generators = [_cleared(f) for f in (*system["equations"], *claim["hypotheses"])]
    conclusion, scale = _cleared(claim["conclusion"])
    conditions = [_cleared(c) for c in claim["conditions"]]
    powers = proof["condition_powers"]
    # left·L = Σ (cofactor / denominator of its generator) · integer generator, times L again.
    left = scale ** proof["power"] * prod(
        d**e for (_, d), e in zip(conditions, powers, strict=True)
    )
    raw = [
        [(_fraction(c, d), tuple(m)) for c, m in q]
        for q, (_, d) in zip(proof["cofactors"], generators, strict=True)
    ]
    common = lcm(1, *(bottom for q in raw for (_, bottom), _ in q))
    # factor · (integer conditions and conclusion) = Σ integer cofactor · integer generator
    # holds with factor = common and cofactors scaled by common · left; divide what they share.
    cofactors = [[(top * (common // bottom) * left, m) for (top, bottom), m in q] for q in raw]
    shared = gcd(common, *(c for q in cofactors for c, _ in q))
    return IntegerIdentity(
        (*system["variables"], *system["parameters"]),
        common // shared,
        conclusion,
        proof["power"],
        [(c, e) for (c, _), e in zip(conditions, powers, strict=True)],
        [f for f, _ in generators],
        [[(c // shared, m) for c, m in q] for q in cofactors],
    )


def _cleared(terms: Any) -> tuple[IntegerPolynomial, int]:
    """The polynomial times its least common denominator, and that number."""
    parts = [(_fraction(c), tuple(m)) for c, m in terms]
    scale = lcm(1, *(bottom for (_, bottom), _ in parts))
    return [(top * (scale // bottom), m) for (top, bottom), m in parts], scale


def _fraction(text: str, divisor: int = 1) -> tuple[int, int]:
    top, _, bottom = text.partition("/")
    p, q = int(top), int(bottom or 1) * divisor
    shared = gcd(p, q)
    return p // shared, q // shared
