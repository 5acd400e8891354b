"""The mixed cells of a lifting, and the independent exact test of one cell.

A mixed cell is a choice of one edge per support such that a common inner normal makes both ends of
every edge lowest in their lifted support; its volume is |det| of the edge vectors. The volumes of
all mixed cells of a generic lifting add up to the mixed volume.

B. Huber, B. Sturmfels, "A polyhedral method for solving sparse polynomial systems", Math. Comp. 64
(1995), 1541-1555.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpz_mat

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from polytopes.errors import LiftingError
from polytopes.liftings import FIRST_BITS, as_liftings, draw_liftings, has_tie
from polytopes.supports import ExactArray, IntArray, as_supports, with_origin
from polytopes.tropical import traversed
from polytopes.wide import CellList

#: Widths tried one after the other when a random lifting ties.
MAX_BITS = 36


@dataclass(frozen=True, slots=True, eq=False)
class MixedCells:
    """All mixed cells of one generic lifting.

    Attributes
    ----------
    kind : str
        "torus", or "affine" where the origin was appended to supports that lacked it.
    supports : list of exact arrays (m_i, n)
        The points that were lifted; row numbers below refer to them.
    liftings : list of int64 arrays (m_i,)
        Weights, minimum convention.
    edges : int64 array (k, n, 2)
        Cell j takes the rows edges[j, i, 0] < edges[j, i, 1] of support i. Sorted.
    scaled_normals : exact array (k, n)
        `volumes[j]` times the inner normal of cell j.
    volumes : exact array (k,)
        |det| of the edge vectors; they sum to the mixed volume.
    """

    kind: str
    supports: list[ExactArray]
    liftings: list[IntArray]
    edges: IntArray
    scaled_normals: ExactArray
    volumes: ExactArray
    exchanges: int = 0

    def __len__(self) -> int:
        return len(self.edges)

    @property
    def mixed_volume(self) -> int:
        """Sum of the volumes."""
        return sum(int(v) for v in self.volumes)

    def normal(self, j: int) -> tuple[fmpq, ...]:
        """Inner normal of cell j: <a, normal> + w(a) is least at both ends of each edge."""
        return tuple(fmpq(int(x), int(self.volumes[j])) for x in self.scaled_normals[j])

    def certificate(self) -> dict[str, Any]:
        """Document of kind `mixed-cells` (docs/certificates.md): the mixed volume is at least this.

        The checker verifies every cell; nothing in it depends on how the cells were found.
        """
        return {
            "schema": "critnet/certificate/2",
            "kind": "mixed-cells",
            "supports": [_nested(a) for a in self.supports],
            "claim": {"at_least": self.mixed_volume},
            "proof": {
                "lifting": [_nested(w) for w in self.liftings],
                "cells": [{"edges": edges.tolist()} for edges in self.edges],
            },
        }

    def __repr__(self) -> str:
        return f"MixedCells({len(self)} cells, mixed volume {self.mixed_volume}, {self.kind})"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"

    def to_dict(self) -> dict[str, Any]:
        """JSON form: supports, liftings and every cell with its volume and exact normal."""
        return {
            "kind": self.kind,
            "mixed_volume": self.mixed_volume,
            "supports": [_nested(a) for a in self.supports],
            "liftings": [_nested(w) for w in self.liftings],
            "cells": [
                {
                    "edges": self.edges[j].tolist(),
                    "volume": int(self.volumes[j]),
                    "normal": [str(x) for x in self.normal(j)],
                }
                for j in range(len(self))
            ],
        }


def mixed_cells(
    supports: Sequence[Any],
    *,
    kind: str = "torus",
    liftings: Sequence[Any] | None = None,
    balance: bool = False,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> MixedCells:
    """The mixed cells of a generic lifting of n supports in n variables.

    Parameters
    ----------
    supports : n integer arrays of shapes (m_1, n), ..., (m_n, n)
        Exponent vectors, any signs. Repeated rows count once (the first stays).
    kind : {"torus", "affine"}
        "affine" appends the origin to every support that lacks it (Li-Wang).
    liftings : n integer arrays (m_i,), optional
        Weights (minimum convention) for the points after these two steps; drawn if not given.
    balance : bool
        The same cells for weights as small as a linear program finds (`polytopes.balanced`).
    seed : int
        Seed of the lifting drawn: other cells, the same sum of volumes.

    Raises
    ------
    SupportError, NotSquare
        Unusable supports, or their number differs from n.
    LiftingError
        The given liftings are not generic.
    LimitReached
        The budget is exhausted.

    Examples
    --------
    >>> mixed_cells([[[0], [1], [3]]]).mixed_volume
    3
    """
    if balance:
        from polytopes.balancing import balanced

        drawn = mixed_cells(supports, kind=kind, liftings=liftings, seed=seed, budget=budget)
        return balanced(drawn)
    points = lifted_points(supports, kind)
    if liftings is not None:
        weights = as_liftings(points, liftings)
        cells, exchanges = _cells_of(points, weights, budget)
        if has_tie(points, weights, cells.edges, cells.scaled_normals, cells.volumes):
            raise LiftingError("the given liftings are not generic: points tie on a lower face")
        return MixedCells(kind, points, weights, *_fields(cells), exchanges)
    for bits in range(FIRST_BITS, MAX_BITS + 1, 4):
        weights = draw_liftings(points, seed=seed, bits=bits)
        cells, exchanges = _cells_of(points, weights, budget)
        if not has_tie(points, weights, cells.edges, cells.scaled_normals, cells.volumes):
            return MixedCells(kind, points, weights, *_fields(cells), exchanges)
    raise LiftingError(f"no generic lifting of {MAX_BITS} bits found; try another seed")


def lifted_points(supports: Sequence[Any], kind: str) -> list[ExactArray]:
    """The supports as exact arrays, with the origin appended where `kind` asks for it."""
    arrays = as_supports(supports)
    if kind == "torus":
        return arrays
    if kind == "affine":
        for i, a in enumerate(arrays):
            if (a < 0).any():
                raise InputError(
                    f"support {i + 1} has negative exponents: the affine bound needs polynomials; "
                    "multiply by a monomial or ask for the torus bound"
                )
        return [with_origin(a) for a in arrays]
    raise InputError(f'kind {kind!r}: expected "torus" or "affine"')


def is_mixed_cell(
    supports: Sequence[ExactArray],
    liftings: Sequence[IntArray],
    edges: IntArray,
    volume: int,
) -> bool:
    """Whether `edges` is a mixed cell of that volume, every further point lying strictly higher.

    Exact and independent of the search: solves for the normal with python-flint and compares all
    heights. Cells that pass for one lifting have disjoint interiors, so the volumes of distinct
    ones sum to at most the mixed volume.

    Parameters
    ----------
    edges : int64 array (n, 2)
        Rows of each support.
    volume : int
        Claimed |det| of the edge vectors.
    """
    n = len(supports)
    rows, right = [], []
    for a, w, (p, q) in zip(supports, liftings, edges, strict=True):
        rows.append([int(x) - int(y) for x, y in zip(a[p], a[q], strict=True)])
        right.append([int(w[q]) - int(w[p])])
    matrix = fmpz_mat(rows)
    determinant = int(matrix.det())
    if determinant == 0 or abs(determinant) != volume:
        return False
    solution = matrix.solve(fmpz_mat(right))
    normal = [solution[k, 0] for k in range(n)]
    for a, w, (p, q) in zip(supports, liftings, edges, strict=True):
        height = [
            sum((x * int(e) for x, e in zip(normal, row, strict=True)), fmpq(int(w[r])))
            for r, row in enumerate(a)
        ]
        if any(h <= height[p] for r, h in enumerate(height) if r not in (p, q)):
            return False
    return True


def _cells_of(
    points: list[ExactArray], weights: list[IntArray], budget: Budget
) -> tuple[CellList, int]:
    n = len(points)
    if min(len(a) for a in points) < 2:
        # A point has no edge: there is no mixed cell.
        empty = np.empty(0, np.int64)
        return CellList(np.empty((0, n, 2), np.int64), np.empty((0, n), np.int64), empty), 0
    traversal = traversed(points, weights, budget)
    return traversal.cells(), traversal.exchanges


def _fields(cells: CellList) -> tuple[IntArray, ExactArray, ExactArray]:
    return cells.edges, cells.scaled_normals, cells.volumes


def _nested(array: ExactArray) -> Any:
    """Nested lists of Python integers."""
    return array.astype(object).tolist()
