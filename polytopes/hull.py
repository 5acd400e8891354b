"""Convex hulls of integer points by beneath-beyond, in Python integers throughout.

Points are added one by one to a triangulated hull; every facet that strictly sees the new point is
replaced by the cone over the horizon. No floating point, no tolerance, no general position.
H. Edelsbrunner, "Algorithms in Combinatorial Geometry", 1987, section 8.4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from flint import fmpz_mat

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import ExactArray

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: <normal, p> <= offset on the polytope, with equality on `points`.

    The normal is primitive, outer, and in the coordinates of the hull's own affine lattice basis.
    """

    normal: Row
    offset: int
    points: tuple[int, ...]


@dataclass(slots=True)
class Hull:
    """Hull of full-dimensional points.

    Attributes
    ----------
    volume : int
        d! times the Euclidean volume.
    facets : list of Facet
        Merged: no two share a hyperplane. Point indices refer to the input.
    simplices : list of tuples of d+1 point indices
        A triangulation (placing order).
    """

    volume: int
    facets: list[Facet]
    simplices: list[tuple[int, ...]] = field(default_factory=list)


def affine_lattice_coordinates(points: Sequence[Row]) -> tuple[list[Row], int]:
    """Coordinates of the points in a basis of (affine hull) ∩ Z^n, and their dimension d.

    The first point goes to the origin; the map is an isomorphism of lattices, so volumes in
    the new coordinates are lattice volumes.
    """
    base = points[0]
    differences = [[x - y for x, y in zip(p, base, strict=True)] for p in points]
    columns = list(zip(*differences, strict=True))
    # Unimodular U with U * D^T in Hermite form: nonzero rows of U D^T are the coordinates with
    # respect to the lattice spanned by the first columns of U^-1, which is saturated.
    d_transposed = fmpz_mat([list(c) for c in columns])
    n, m = len(columns), len(points)
    augmented = fmpz_mat(
        [
            [int(d_transposed[i, j]) for j in range(m)] + [int(i == k) for k in range(n)]
            for i in range(n)
        ]
    )
    reduced = augmented.hnf()
    rows = [[int(reduced[i, j]) for j in range(m)] for i in range(n)]
    kept = [row for row in rows if any(row)]
    return [tuple(row[j] for row in kept) for j in range(m)], len(kept)


def convex_hull(points: Sequence[Row], budget: Budget = UNLIMITED) -> Hull:
    """Hull of distinct points in Z^d whose affine hull is everything, d >= 1.

    Raises
    ------
    LimitReached
        The budget is exhausted.
    """
    d = len(points[0])
    first = _independent(points, d)
    boundary: dict[frozenset[int], tuple[Row, int]] = {}
    inner = tuple(sum(points[i][j] for i in first) for j in range(d))  # (d+1) times a centre
    simplices = [tuple(first)]
    volume = abs(_determinant(points, first))
    for i in first:
        ridge = [j for j in first if j != i]
        boundary[frozenset(ridge)] = _hyperplane(points, ridge, inner, d + 1)
    for index in range(len(points)):
        if index in first:
            continue
        budget.check()
        p = points[index]
        seen = [f for f, (normal, offset) in boundary.items() if _dot(normal, p) > offset]
        if not seen:
            continue
        horizon: dict[frozenset[int], int] = {}
        for facet in seen:
            simplex = (*sorted(facet), index)
            simplices.append(simplex)
            volume += abs(_determinant(points, simplex))
            del boundary[facet]
            for i in facet:
                ridge_set = facet - {i}
                horizon[ridge_set] = horizon.get(ridge_set, 0) + 1
        for ridge_set, times in horizon.items():
            if times == 1:
                facet = ridge_set | {index}
                boundary[facet] = _hyperplane(points, sorted(facet), inner, d + 1)
    merged: dict[tuple[Row, int], None] = dict.fromkeys(boundary.values())
    facets = [
        Facet(normal, offset, tuple(i for i, p in enumerate(points) if _dot(normal, p) == offset))
        for normal, offset in sorted(merged)
    ]
    return Hull(volume, facets, simplices)


def as_rows(support: ExactArray) -> list[Row]:
    """Rows of an exact array as tuples of Python integers."""
    return [tuple(row) for row in support.tolist()]


def _independent(points: Sequence[Row], d: int) -> list[int]:
    """The first d+1 affinely independent points, by index."""
    chosen = [0]
    rows: list[list[int]] = []
    for i in range(1, len(points)):
        row = [x - y for x, y in zip(points[i], points[0], strict=True)]
        if fmpz_mat([*rows, row]).rank() == len(rows) + 1:
            rows.append(row)
            chosen.append(i)
            if len(chosen) == d + 1:
                break
    return chosen


def _determinant(points: Sequence[Row], simplex: Sequence[int]) -> int:
    base = points[simplex[0]]
    rows = [[x - y for x, y in zip(points[i], base, strict=True)] for i in simplex[1:]]
    return int(fmpz_mat(rows).det())


def _hyperplane(
    points: Sequence[Row], ridge: Sequence[int], inner: Row, scale: int
) -> tuple[Row, int]:
    """Primitive outer normal and offset of the hyperplane through d points.

    `inner` / scale lies inside the hull.
    """
    base = points[ridge[0]]
    d = len(base)
    if d == 1:
        normal: list[int] = [1]
    else:
        rows = [[x - y for x, y in zip(points[i], base, strict=True)] for i in ridge[1:]]
        kernel, nullity = fmpz_mat(rows).nullspace()
        if nullity != 1:
            raise AssertionError("boundary simplices are independent")
        normal = [int(kernel[j, 0]) for j in range(d)]
        divisor = math.gcd(*normal)
        normal = [x // divisor for x in normal]
    offset = _dot(normal, base)
    if _dot(normal, inner) > offset * scale:
        normal, offset = [-x for x in normal], -offset
    return tuple(normal), offset


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True))
