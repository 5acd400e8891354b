"""Splitting zeros by coordinates that vanish or coincide.

Zeros with different patterns of zero coordinates, and of equal coordinates where exchanging two
variables is a symmetry, are roots of different factors of the minimal polynomial of a form. The
factors are found modulo every prime by gcds and lifted one by one: their coefficients are much
smaller than those of the product. For a network these are the sets of active hidden units.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from flint import nmod_poly

from algebra.modular_bases import IntegerPolynomial

#: (i, None) asks whether x_i = 0, (i, j) whether x_i = x_j.
Test = tuple[int, int | None]
#: Answers to the tests, in order.
Pattern = tuple[bool, ...]
Parts = dict[Pattern, nmod_poly]
#: Pairs of variables tried as symmetries.
PAIR_LIMIT = 500


def candidate_tests(generators: Sequence[IntegerPolynomial], n: int) -> list[Test]:
    """All coordinates, then all pairs whose exchange maps the generators to themselves."""
    tests: list[Test] = [(i, None) for i in range(n)]
    pairs = list(itertools.combinations(range(n), 2))
    if len(pairs) > PAIR_LIMIT:
        return tests
    shapes = {signless(e, c) for e, c in generators}
    for i, j in pairs:
        exchange = np.arange(n)
        exchange[[i, j]] = j, i
        if all(signless(e[:, exchange], c) in shapes for e, c in generators):
            tests.append((i, j))
    return tests


def signless(exponents: np.ndarray, coefficients: Sequence[int]) -> frozenset[tuple[object, ...]]:
    """A polynomial up to its sign, as a set of terms."""
    terms = sorted(zip(map(tuple, exponents.tolist()), coefficients, strict=True))
    sign = 1 if terms and terms[0][1] > 0 else -1
    return frozenset((m, sign * c) for m, c in terms)


def split(
    f: nmod_poly, numerators: dict[int, nmod_poly], tests: Iterable[Test]
) -> tuple[Parts, list[Test]]:
    """Factors of f by the answers to the tests, and the tests that split some factor.

    numerators: polynomials whose values at the roots of f are the coordinates, up to a common
    factor that vanishes at no root. The patterns hold the answers to the tests that split.
    """
    parts: Parts = {(): f}
    useful: list[Test] = []
    for i, j in tests:
        value = numerators[i] if j is None else numerators[i] - numerators[j]
        found = {pattern: part.gcd(value) for pattern, part in parts.items()}
        if not any(
            0 < zero.degree() < part.degree()
            for zero, part in zip(found.values(), parts.values(), strict=True)
        ):
            continue
        parts = _refined(parts, found)
        useful.append((i, j))
    return parts, useful


def split_alike(f: nmod_poly, numerators: dict[int, nmod_poly], tests: Iterable[Test]) -> Parts:
    """Factors of f by the answers to all of the tests."""
    parts: Parts = {(): f}
    for i, j in tests:
        value = numerators[i] if j is None else numerators[i] - numerators[j]
        parts = _refined(parts, {pattern: part.gcd(value) for pattern, part in parts.items()})
    return parts


def _refined(parts: Parts, vanishing: Parts) -> Parts:
    out: Parts = {}
    for pattern, part in parts.items():
        zero = vanishing[pattern]  # gcd(part, 0) is part: all vanish
        if zero.degree() > 0:
            out[(*pattern, True)] = zero
        if zero.degree() < part.degree():
            out[(*pattern, False)] = part // zero
    return out
