"""Certificates that a mixed volume is at most a number, for the checker's `mixed-volume` kind.

Around every support A_i lies a simplex d_i·Δ with d_i the degree. All mixed cells of the supports
together with the corners of the simplices, the corners lifted far above, fill MV(d_1Δ, …, d_nΔ) =
Π d_i: a list of cells whose volumes reach that number is complete, and those of its cells that
touch no corner are all the mixed cells of the supports. Systems in blocks of variables (hidden
units) go through the block theorem first, which makes the lists short.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from polytopes.mixed_cells import mixed_cells
from polytopes.reductions import Reduction, reduce_volume
from polytopes.supports import as_supports
from proofs.certificates import SCHEMA, Document

#: Heights of the corners, in bits, tried until the checker's two levels order the same way.
CORNER_BITS = (26, 32, 38)
#: Products of degrees beyond which no list of cells is made.
VOLUME_LIMIT = 20_000

Points = list[tuple[int, ...]]


def mixed_volume_certificate(
    supports: Sequence[Any], *, seed: int = 0, budget: Budget = UNLIMITED
) -> Document | None:
    """A document of kind `mixed-volume`, or None if it would be too large.

    Parameters
    ----------
    supports : n integer arrays (m_i, n)
        With the origin in each where the bound is meant for C^n.
    """

    def volume(arrays: list[Any], limits: Budget) -> tuple[int, int]:
        cells = mixed_cells(arrays, seed=seed, budget=limits)
        return sum(int(v) for v in cells.volumes), 0

    return _of_tree(reduce_volume(as_supports(supports), volume, budget), seed, budget)


def affine_supports(system: PolynomialSystem) -> list[Any]:
    """The supports with the origin appended where it is missing."""
    return [with_origin(a) for a in system.supports]


def with_origin(support: Any) -> Any:
    """The support, an int64 array (m, n), with the origin appended unless it is there."""
    if (support == 0).all(axis=1).any():
        return support
    return np.concatenate([support, np.zeros((1, support.shape[1]), np.int64)])


def _of_tree(tree: Reduction, seed: int, budget: Budget) -> Document | None:
    """Blocks where they were used; everything else by one list of cells."""
    supports = [[tuple(map(int, row)) for row in a] for a in tree.supports]
    if tree.method != "blocks":
        return _by_cells(supports, seed, budget)
    parts = [_of_tree(part, seed, budget) for part in tree.parts]
    if any(part is None for part in parts):
        return None
    blocks = [{"variables": list(b.variables), "equations": list(b.equations)} for b in tree.blocks]
    return _document(supports, tree.value, {"method": "blocks", "blocks": blocks, "parts": parts})


def _by_cells(supports: list[Points], seed: int, budget: Budget) -> Document | None:
    """All cells of the supports and the corners of their simplices."""
    n = len(supports)
    lowest = [tuple(map(min, zip(*points, strict=True))) for points in supports]
    moved = [
        [tuple(x - y for x, y in zip(q, m, strict=True)) for q in points]
        for points, m in zip(supports, lowest, strict=True)
    ]
    degrees = [max(map(sum, points)) for points in moved]
    if prod(degrees) > VOLUME_LIMIT:
        return None
    generator = np.random.default_rng([seed, n])
    lifting = [generator.integers(0, 1 << 14, len(points)).tolist() for points in moved]
    corner_lifting = [generator.integers(0, 1 << 14, n + 1).tolist() for _ in moved]
    if prod(degrees) == 0:
        return _cell_document(supports, 0, lifting, corner_lifting, [])
    corners = [[tuple(d * int(i == j) for i in range(n)) for j in range(-1, n)] for d in degrees]
    # A corner that is a point of its support already stays what it is.
    kept = [
        [k for k, q in enumerate(c) if q not in set(points)]
        for c, points in zip(corners, moved, strict=True)
    ]
    arrays = [
        np.array([*points, *(c[k] for k in ks)], dtype=np.int64)
        for points, c, ks in zip(moved, corners, kept, strict=True)
    ]
    for bits in CORNER_BITS:
        heights = [
            np.array([*w, *((1 << bits) + v[k] for k in ks)], dtype=np.int64)
            for w, v, ks in zip(lifting, corner_lifting, kept, strict=True)
        ]
        found = mixed_cells(arrays, liftings=heights, budget=budget)
        names = [
            [*range(len(points)), *(len(points) + k for k in ks)]
            for points, ks in zip(moved, kept, strict=True)
        ]
        cells = [
            [[name[int(a)], name[int(b)]] for name, (a, b) in zip(names, edges, strict=True)]
            for edges in found.edges
        ]
        own = [all(max(e) < len(p) for e, p in zip(c, moved, strict=True)) for c in cells]
        value = sum(int(v) for v, inside in zip(found.volumes, own, strict=True) if inside)
        document = _cell_document(supports, value, lifting, corner_lifting, cells)
        if _holds(document):
            return document
    return None


def _cell_document(
    supports: list[Points], value: int, lifting: Any, corner_lifting: Any, cells: Any
) -> Document:
    proof = {
        "method": "cells",
        "lifting": lifting,
        "simplex_lifting": corner_lifting,
        "cells": [{"edges": edges} for edges in cells],
    }
    return _document(supports, value, proof)


def _document(supports: list[Points], value: int, proof: Document) -> Document:
    return {
        "schema": SCHEMA,
        "kind": "mixed-volume",
        "supports": [[list(q) for q in points] for points in supports],
        "claim": {"at_most": int(value)},
        "proof": proof,
    }


def _holds(document: Document) -> bool:
    """Whether the two levels of the checker agree with the heights that were used."""
    from proofs.checker import CertificateRejected, check_document

    try:
        check_document(document)
    except CertificateRejected:
        return False
    return True
