"""Convex hulls of integer points by beneath-beyond, exact for coordinates of any size.

Points are added one by one to a triangulated hull; every facet that strictly sees the new point is
replaced by the cone over the horizon. No floating point, no tolerance, no general position: which
facets see a point is one integer matrix product, in int64 only where a bound says that it fits.
H. Edelsbrunner, "Algorithms in Combinatorial Geometry", 1987, section 8.4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpz_mat

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import INT64_SAFE, ExactArray

Row = tuple[int, ...]

#: Hyperplanes multiplied with all points at a time.
CHUNK = 1024


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
    """

    volume: int
    facets: list[Facet]


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


def affine_lattice_basis(points: Sequence[Row]) -> list[Row]:
    """A short basis (LLL) of the integer vectors parallel to the affine hull of the points."""
    base = points[0]
    steps = fmpz_mat([[x - y for x, y in zip(p, base, strict=True)] for p in points])
    # Integer vectors orthogonal to everything that is orthogonal to the points: saturated.
    orthogonal = _integer_kernel(steps)
    n = len(base)
    everything = fmpz_mat([[int(i == j) for j in range(n)] for i in range(n)])
    basis = _integer_kernel(orthogonal) if orthogonal.nrows() else everything
    return [tuple(int(x) for x in row) for row in basis.lll().tolist()]


def lattice_coordinates_in(basis: Sequence[Row], base: Row, points: Sequence[Row]) -> list[Row]:
    """Coordinates of the points, relative to `base`, in a basis of their lattice."""
    rows = fmpz_mat([list(v) for v in basis])
    steps = fmpz_mat([[x - y for x, y in zip(p, base, strict=True)] for p in points])
    # Normal equations: the basis is independent, so its Gram matrix is invertible.
    solution = (rows * rows.transpose()).solve(rows * steps.transpose())
    return [tuple(int(solution[i, j].p) for i in range(len(basis))) for j in range(len(points))]


def _integer_kernel(matrix: fmpz_mat) -> fmpz_mat:
    """A basis, in rows, of the integer vectors v with matrix · v = 0."""
    m, n = matrix.nrows(), matrix.ncols()
    augmented = fmpz_mat(
        [[int(matrix[i, j]) for i in range(m)] + [int(j == k) for k in range(n)] for j in range(n)]
    ).hnf()
    rows = [[int(augmented[j, k]) for k in range(m + n)] for j in range(n)]
    kernel = [row[m:] for row in rows if not any(row[:m])]
    return fmpz_mat(len(kernel), n, [x for row in kernel for x in row])


def convex_hull(points: Sequence[Row], budget: Budget = UNLIMITED) -> Hull:
    """Hull of distinct points in Z^d whose affine hull is everything, d >= 1.

    Raises
    ------
    LimitReached
        The budget is exhausted.
    """
    first = _independent(points, len(points[0]))
    boundary = _Boundary(points, first)
    for index in _farthest_first(points, first):
        budget.check()
        boundary.enclose(index)
    return Hull(boundary.volume, boundary.merged(points))


class _Boundary:
    """Boundary simplices of the hull so far.

    Slot k holds d vertices, the hyperplane as a row (normal, -offset), and the index of the
    vertices' lattice in that of the hyperplane, so that index · height is d! times the volume of
    the pyramid over the simplex. A ridge, d - 1 vertices, lies on two simplices. The rows are int64
    as long as all products fit, and Python integers from then on; free slots have zero rows, which
    see nothing.

    Attributes
    ----------
    volume : int
        d! times the volume enclosed.
    """

    def __init__(self, points: Sequence[Row], first: Sequence[int]) -> None:
        d = len(first) - 1
        self._points = points
        self._rows: ExactArray = np.zeros((64, d + 1), np.int64)
        self._vertices: list[Row] = []
        self._index: list[int] = []
        self._free: list[int] = []
        self._ridges: dict[Row, list[int]] = {}
        self._reach = 0
        self.volume = abs(_determinant(points, first))
        inner = tuple(sum(points[i][j] for i in first) for j in range(d))  # (d+1) times a centre
        for i in first:
            corners = tuple(sorted(j for j in first if j != i))
            normal, offset = _hyperplane(points, corners, inner, d + 1)
            depth = offset - _dot(normal, points[i])
            slot = self._add(corners, (*normal, -offset), self.volume // depth)
            for ridge in _ridges(corners):
                self._ridges.setdefault(ridge, []).append(slot)

    def enclose(self, index: int) -> None:
        """Extend the hull to point `index`."""
        p = self._points[index]
        heights = self._product(self._rows[: len(self._vertices)], [p])[:, 0]
        seen = np.flatnonzero(heights > 0).tolist()
        if not seen:
            return
        # Ridges between a simplex that is seen and one that is not: (ridge, seen, unseen, vertex).
        horizon: list[tuple[Row, int, int, int]] = []
        for k in seen:
            self.volume += self._index[k] * int(heights[k])
            for ridge, vertex in zip(_ridges(self._vertices[k]), self._vertices[k], strict=True):
                pair = self._ridges.get(ridge)
                if pair is None:
                    continue  # between two seen ones, met before
                other = pair[0] if pair[1] == k else pair[1]
                if heights[other] > 0:
                    del self._ridges[ridge]
                else:
                    horizon.append((ridge, k, other, vertex))
        rows = self._combined(heights, [h[1] for h in horizon], [h[2] for h in horizon])
        pyramids = {k: self._index[k] * int(heights[k]) for k in seen}
        for k in seen:
            self._rows[k] = 0
        self._free += seen
        for (ridge, k, other, vertex), row in zip(horizon, rows, strict=True):
            depth = -_dot(row, (*self._points[vertex], 1))
            corners = tuple(sorted((*ridge, index)))
            slot = self._add(corners, row, pyramids[k] // depth)
            self._ridges[ridge] = [slot, other]
            for side in _ridges(corners):
                if side != ridge:
                    self._ridges.setdefault(side, []).append(slot)

    def _combined(self, heights: ExactArray, seen: list[int], unseen: list[int]) -> list[Row]:
        """The hyperplanes through ridges and the new point p, primitive and outer.

        For f(p) > 0 >= g(p), f(p)·g - g(p)·f vanishes at p and where f and g do, and is <= 0 on
        the hull like f and g.
        """
        f, g = heights[seen], heights[unseen]
        top = max(int(np.abs(f).max()), int(np.abs(g).max()), 1)
        kind: Any = object if 2 * top * self._reach > INT64_SAFE else np.int64
        rows = self._rows.astype(kind, copy=False)
        new = f.astype(kind)[:, None] * rows[unseen] - g.astype(kind)[:, None] * rows[seen]
        out = []
        for row in new.tolist():
            divisor = math.gcd(*row)
            out.append(tuple(x // divisor for x in row))
        return out

    def _add(self, corners: Row, row: Row, index: int) -> int:
        """A new boundary simplex; its slot."""
        self._reach = max(self._reach, *map(abs, row))
        if self._reach > INT64_SAFE and self._rows.dtype != object:
            self._rows = self._rows.astype(object)
        if self._free:
            slot = self._free.pop()
            self._vertices[slot], self._index[slot] = corners, index
        else:
            slot = len(self._vertices)
            self._vertices.append(corners)
            self._index.append(index)
            if slot == len(self._rows):
                self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[slot] = row
        return slot

    def merged(self, points: Sequence[Row]) -> list[Facet]:
        """The facets: simplices in one hyperplane together, with all points on it."""
        planes = sorted({tuple(row) for row in self._rows.tolist() if any(row)})
        out = []
        for start in range(0, len(planes), CHUNK):
            part = planes[start : start + CHUNK]
            on = self._product(np.array(part, dtype=self._rows.dtype), points) == 0
            for plane, flags in zip(part, on, strict=True):
                here = tuple(int(i) for i in np.flatnonzero(flags))
                out.append(Facet(plane[:-1], -plane[-1], here))
        return out

    def _product(self, rows: ExactArray, points: Sequence[Row]) -> ExactArray:
        """<normal, p> - offset for all rows and points, exact."""
        reach = self._reach * (1 + max(sum(map(abs, p)) for p in points))
        kind: Any = object if reach > INT64_SAFE else np.int64
        columns = np.array([(*p, 1) for p in points], dtype=kind).T
        return np.asarray(rows.astype(kind) @ columns)


def _ridges(corners: Row) -> list[Row]:
    """The faces of a simplex without one vertex, in the order of the vertices left out."""
    return [corners[:k] + corners[k + 1 :] for k in range(len(corners))]


def _farthest_first(points: Sequence[Row], first: Sequence[int]) -> list[int]:
    """The other points by decreasing distance from the middle: few are covered by later ones."""
    taken, m = set(first), len(points)
    middle = [sum(column) for column in zip(*points, strict=True)]

    def distance(i: int) -> int:
        return sum((m * x - c) ** 2 for x, c in zip(points[i], middle, strict=True))

    return sorted((i for i in range(m) if i not in taken), key=lambda i: -distance(i))


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
