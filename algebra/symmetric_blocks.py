"""Orthogonal parts of the quotient algebra for the trace form, from symmetries of the system.

Monomials that behave differently under a sign symmetry are orthogonal. An exchange of variables
permutes these parts; it is an isometry, so of parts that are exchanged one is enough, and a part
that is mapped to itself falls into the eigenspaces of the exchanges that do so. On the eigenspace
with signs χ the vectors are P(b) = Σ_g χ(g) g(b), and Tr(P(b) P(c)) = |G| Tr(b P(c)).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import nmod_mat
from numpy.typing import NDArray

from algebra.exchanges import Permutation, commuting_exchanges, compose, group, moved
from algebra.gradings import Grading, sign_symmetries
from algebra.modular_bases import IntegerPolynomial

Monomial = tuple[int, ...]
Int64s = NDArray[np.int64]
#: Coordinates of monomials in the quotient modulo p.
Vectors = Mapping[Monomial, NDArray[np.uint32]]


@dataclass(frozen=True, eq=False)
class Block:
    """The vectors P(b) for the standard monomials b at `places`.

    `signs`: (g, χ(g)) for the exchanges g other than the identity; `multiplicity`: how many parts
    the form is the same on.
    """

    places: Int64s
    signs: tuple[tuple[Permutation, int], ...] = ()
    multiplicity: int = 1


def symmetric_blocks(
    generators: Sequence[IntegerPolynomial],
    standard: Sequence[Monomial],
    h: Any = None,
) -> list[list[Block]]:
    """Parts of the quotient; those in one list are eigenspaces of one space and span it.

    h: a polynomial that the symmetries have to fix as well, if given.
    """
    n = len(standard[0])
    supports = [exponents for exponents, _ in generators]
    if h is not None:
        weights = np.array([[int(e) for e in m] for m in h.monoms()], dtype=np.int64).reshape(-1, n)
        supports.append(np.concatenate([np.zeros((1, n), dtype=np.int64), weights]))
    signs = sign_symmetries(Grading(supports, n))
    labels = [tuple(row) for row in (np.array(standard, dtype=np.int64) @ signs.T % 2).tolist()]
    places: dict[Monomial, list[int]] = {}
    for k, label in enumerate(labels):
        places.setdefault(label, []).append(k)
    terms = {} if h is None else {tuple(map(int, m)): c for m, c in h.terms()}
    exchanges = [
        p
        for p in commuting_exchanges(generators, n)
        if {moved(m, p): c for m, c in terms.items()} == terms
    ]
    elements = group(exchanges, n)
    out: list[list[Block]] = []
    seen: set[Monomial] = set()
    for label, members in places.items():
        if label in seen:
            continue
        m = np.array(standard[members[0]])
        images = [tuple((np.array(moved(m.tolist(), g)) @ signs.T % 2).tolist()) for g in elements]
        seen |= set(images)
        fixing = [g for g, image in zip(elements, images, strict=True) if image == label]
        whole = Block(np.array(members, dtype=np.int64), (), len(set(images)))
        out.append([replace(whole, signs=chi) for chi in _characters(fixing)])
    return out


def _characters(elements: Sequence[Permutation]) -> list[tuple[tuple[Permutation, int], ...]]:
    """The characters of a group of commuting involutions, without their value 1 at the identity."""
    identity = tuple(range(len(elements[0])))
    generators: list[Permutation] = []
    for g in elements:
        if g not in group(generators, len(identity)):
            generators.append(g)
    out = []
    for values in itertools.product((1, -1), repeat=len(generators)):
        table = {identity: 1}
        for g, value in zip(generators, values, strict=True):
            table |= {compose(g, q): value * sign for q, sign in table.items()}
        out.append(tuple((g, sign) for g, sign in table.items() if g != identity))
    return out


def independent(
    parts: Sequence[Block], standard: Sequence[Monomial], vectors: Vectors, p: int
) -> list[Block]:
    """The parts with places at which the vectors are independent modulo p and span the part.

    Independent modulo p they are over Q; if their number is too small modulo this prime the space
    is left whole.
    """
    if len(parts) == 1:
        return list(parts)
    out = []
    for part in parts:
        rows = np.stack([_projected(part, standard[b], vectors, p) for b in part.places])
        reduced, rank = nmod_mat(*rows.T.shape, rows.T.ravel().tolist(), p).rref()
        pivots, column = [], 0
        for k in range(rank):
            while int(reduced[k, column]) == 0:
                column += 1
            pivots.append(column)
        if pivots:
            out.append(replace(part, places=part.places[pivots]))
    if sum(len(part.places) for part in out) < len(parts[0].places):
        return [replace(parts[0], signs=())]
    return out


def _projected(part: Block, b: Monomial, vectors: Vectors, p: int) -> Int64s:
    """Coordinates of P(b) modulo p."""
    total = vectors[b].astype(np.int64)
    for g, sign in part.signs:
        total = (total + sign * vectors[moved(b, g)].astype(np.int64)) % p
    return total


def block_entries(
    part: Block,
    form: NDArray[np.uint32],
    standard: Sequence[Monomial],
    vectors: Vectors,
    p: int,
) -> Int64s:
    """The matrix of Tr(b P(c)) modulo p, from the form on the standard monomials."""
    rows = form[part.places].astype(np.int64)
    if not part.signs:
        return rows[:, part.places]
    columns = np.stack([_projected(part, standard[c], vectors, p) for c in part.places], axis=1)
    # Halves of 16 bits: sums of up to 2^16 products of 47 bits fit.
    high, low = rows >> 16, rows & 0xFFFF
    used = np.flatnonzero(columns.any(axis=1))
    columns = np.ascontiguousarray(columns[used])
    return ((high[:, used] @ columns % p << 16) + low[:, used] @ columns) % p
