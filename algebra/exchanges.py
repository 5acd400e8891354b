"""Exchanges of variables that map a system to itself, found by search and not by name.

Hidden units of a network, variables of noon, the reflection of cyclic: involutions that permute the
polynomials up to sign. Commuting ones split the quotient algebra into common eigenspaces.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from algebra.coincidences import signless
from algebra.modular_bases import IntegerPolynomial

#: x_i goes to x_(permutation[i]).
Permutation = tuple[int, ...]
#: Steps of one search, and generators of the group: it has 2^k elements.
MOST_STEPS = 2_000
MOST_GENERATORS = 4


def commuting_exchanges(generators: Sequence[IntegerPolynomial], n: int) -> list[Permutation]:
    """Independent involutions of the variables that commute and fix the set of polynomials."""
    search = _Search(generators, n)
    found: list[Permutation] = []
    for i, j in itertools.combinations(range(n), 2):
        if len(found) == MOST_GENERATORS:
            break
        if any(p[i] != i or p[j] != j for p in found) or not search.alike(i, j):
            continue
        exchange = search.exchange(i, j)
        if exchange and all(compose(exchange, p) == compose(p, exchange) for p in found):
            found.append(exchange)
    return found


def compose(p: Permutation, q: Permutation) -> Permutation:
    """First q, then p."""
    return tuple(p[k] for k in q)


def group(generators: Iterable[Permutation], n: int) -> list[Permutation]:
    """All products of commuting involutions; product k takes those at the bits of k."""
    elements: list[Permutation] = [tuple(range(n))]
    for p in generators:
        elements += [compose(p, q) for q in elements]
    return elements


def moved(monomial: Sequence[int], p: Permutation) -> tuple[int, ...]:
    """The monomial with x_(p[i]) in place of x_i."""
    out = [0] * len(monomial)
    for i, e in enumerate(monomial):
        out[p[i]] = e
    return tuple(out)


class _Search:
    def __init__(self, generators: Sequence[IntegerPolynomial], n: int) -> None:
        self.generators, self.n = generators, n
        self.polynomials = {signless(e, c) for e, c in generators}
        self.pairs = _pair_invariants(generators, n)
        self.steps = 0

    def alike(self, i: int, j: int) -> bool:
        """Whether nothing obvious tells x_i from x_j."""
        return self.pairs[i][i] == self.pairs[j][j]

    def exchange(self, i: int, j: int) -> Permutation | None:
        """An involution that exchanges x_i and x_j and moves little else; None if none is found."""
        self.steps = 0
        image = [-1] * self.n
        return self._extended(image, i, j)

    def _extended(self, image: list[int], i: int, j: int) -> Permutation | None:
        """The image with x_i and x_j exchanged as well (i = j: fixed), completed."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            return None
        image = list(image)
        image[i], image[j] = j, i
        known = [k for k in range(self.n) if image[k] >= 0]
        if any(self.pairs[a][k] != self.pairs[image[a]][image[k]] for a in (i, j) for k in known):
            return None
        if len(known) == self.n:
            return tuple(image) if self._fixes(image) else None
        k = image.index(-1)
        for other in range(k, self.n):
            if image[other] < 0 and self.alike(k, other):
                found = self._extended(image, k, other)
                if found is not None:
                    return found
        return None

    def _fixes(self, image: list[int]) -> bool:
        back = np.argsort(image)
        return all(signless(e[:, back], c) in self.polynomials for e, c in self.generators)


def _pair_invariants(generators: Sequence[IntegerPolynomial], n: int) -> list[list[int]]:
    """Numbers that agree for (i, k) and (i', k') if an exchange maps one to the other."""
    number: dict[object, int] = {}

    def numbered(key: object) -> int:
        return number.setdefault(key, len(number))

    entries: dict[tuple[int, int], list[tuple[int, ...]]] = {
        (i, k): [] for i, k in itertools.product(range(n), repeat=2)
    }
    for exponents, coefficients in generators:
        rows = exponents.tolist()
        kinds = [
            numbered((abs(c), tuple(sorted(m)))) for m, c in zip(rows, coefficients, strict=True)
        ]
        colour = numbered(("polynomial", *sorted(kinds)))
        for m, kind in zip(rows, kinds, strict=True):
            present = [i for i, e in enumerate(m) if e]
            for i in present:
                for k in range(n):
                    entries[i, k].append((colour, kind, m[i], m[k]))
    return [[numbered(("pair", *sorted(entries[i, k]))) for k in range(n)] for i in range(n)]
