"""Liftings of supports: integer weights whose lower faces subdivide the Newton polytopes.

Minimum convention: the lifting `w` of a support `A` raises point a to height w(a), and the cells of
the subdivision are the projections of lower faces. A lifting is generic for a list of cells if no
further point lies on any of their supporting hyperplanes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from polytopes.errors import LiftingError
from polytopes.supports import INT64_SAFE, ExactArray, IntArray

#: Bits of the first lifting drawn; after a tie the next one is wider.
FIRST_BITS = 16


def draw_liftings(
    supports: Sequence[ExactArray], *, seed: int = 0, bits: int = FIRST_BITS
) -> list[IntArray]:
    """Independent uniform weights in [0, 2**bits), one int64 array (m_i,) per support."""
    generator = np.random.default_rng([seed, bits])
    return [generator.integers(0, 1 << bits, len(a), dtype=np.int64) for a in supports]


def as_liftings(supports: Sequence[ExactArray], liftings: Sequence[Any]) -> list[IntArray]:
    """Given weights as int64 arrays, one per support.

    Raises
    ------
    LiftingError
        Wrong number or length, or a weight outside the int64 range used here (2**40).
    """
    if len(liftings) != len(supports):
        raise LiftingError(f"{len(liftings)} liftings for {len(supports)} supports")
    out = []
    for i, (a, w) in enumerate(zip(supports, liftings, strict=True)):
        weights = np.asarray(w)
        if weights.shape != (len(a),) or weights.dtype.kind not in "iu":
            raise LiftingError(
                f"lifting {i + 1} has shape {weights.shape} and type {weights.dtype}; "
                f"expected {len(a)} integers"
            )
        if len(weights) and int(np.abs(weights).max()) >= 1 << 40:
            raise LiftingError(f"lifting {i + 1} has a weight of 2^40 or more; use smaller ones")
        out.append(weights.astype(np.int64))
    return out


def has_tie(
    supports: Sequence[ExactArray],
    liftings: Sequence[IntArray],
    edges: IntArray,
    scaled_normals: ExactArray,
    volumes: ExactArray,
) -> bool:
    """Whether a further point touches the supporting hyperplane of some cell.

    Parameters
    ----------
    edges (k, n, 2), scaled_normals (k, n), volumes (k,)
        Cells as `Traversal.cells` gives them: V times the inner normal, and V.
    """
    if len(edges) == 0:
        return False
    wide = scaled_normals.dtype == object or any(a.dtype == object for a in supports)
    if not wide:
        reach = max(float(np.abs(a).sum(axis=1).max()) for a in supports)
        weight = max(float(np.abs(w).max()) for w in liftings)
        top = float(np.abs(scaled_normals).max()) * reach + float(volumes.max()) * weight
        wide = 4 * top > INT64_SAFE
    kind: Any = object if wide else np.int64
    normals, scale = scaled_normals.astype(kind), volumes.astype(kind)
    for i, (a, w) in enumerate(zip(supports, liftings, strict=True)):
        heights = normals @ a.astype(kind).T + scale[:, None] * w.astype(kind)[None, :]
        level = heights[np.arange(len(edges)), edges[:, i, 0]]
        if int((heights <= level[:, None]).sum()) != 2 * len(edges):
            return True
    return False
