"""Newton polytopes: vertices, facets, faces, lattice volume, lattice points, Minkowski sums; exact.

Lower-dimensional polytopes are measured in the lattice of their own affine hull, so the volume of
a primitive segment is 1 wherever it lies.
"""

from __future__ import annotations

import functools
import html
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpz_mat

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from polytopes.faces import face_counts
from polytopes.hull import (
    Facet,
    Hull,
    Row,
    affine_lattice_basis,
    affine_lattice_coordinates,
    as_rows,
    convex_hull,
    lattice_coordinates_in,
)
from polytopes.supports import INT64_SAFE, ExactArray, as_support, narrowed, unique_rows

#: Most lattice points that `lattice_points` tries, and how many at a time.
MAX_BOX = 10**6
BOX_CHUNK = 1 << 14


@dataclass(frozen=True, eq=False)
class NewtonPolytope:
    """Convex hull of a support.

    Attributes
    ----------
    points : exact array (m, n)
        The support, without repeated rows; every index below refers to its rows.
    """

    points: ExactArray
    budget: Budget = UNLIMITED

    @functools.cached_property
    def _coordinates(self) -> tuple[list[Row], int]:
        return affine_lattice_coordinates(as_rows(self.points))

    @functools.cached_property
    def _hull(self) -> Hull:
        coordinates, d = self._coordinates
        if d == 0:
            return Hull(1, [])
        return convex_hull(coordinates, self.budget)

    @property
    def dimension(self) -> int:
        """Dimension of the affine hull."""
        return self._coordinates[1]

    @property
    def lattice_volume(self) -> int:
        """D! times the volume in the lattice of the affine hull: 1 for a unimodular simplex."""
        return self._hull.volume

    @property
    def normalised_volume(self) -> int:
        """N! times the Euclidean volume in Z^n: 0 if the dimension is below n."""
        return self.lattice_volume if self.dimension == self.points.shape[1] else 0

    @property
    def facets(self) -> list[Facet]:
        """Facets in the coordinates of the affine lattice (those of Z^n if of full dimension).

        For full dimension the normals are outer primitive normals up to the unimodular change of
        basis; use `inequalities` for normals in the original coordinates.
        """
        return self._hull.facets

    @functools.cached_property
    def inequalities(self) -> list[tuple[Row, int, tuple[int, ...]]]:
        """(normal, offset, point indices): <normal, x> <= offset, equality on a facet.

        Only for full dimension; normals are primitive and outer, in the coordinates of `points`.
        """
        if self.dimension < self.points.shape[1]:
            raise InputError(
                f"dimension {self.dimension} in {self.points.shape[1]}-space: facets have no "
                "unique normals; use `facets`"
            )
        rows = as_rows(self.points)
        out = []
        for facet in self.facets:
            on = [rows[i] for i in facet.points]
            normal = _normal_of(on)
            offset = sum(x * y for x, y in zip(normal, on[0], strict=True))
            other = next(i for i in range(len(rows)) if i not in facet.points)
            if sum(x * y for x, y in zip(normal, rows[other], strict=True)) > offset:
                normal, offset = tuple(-x for x in normal), -offset
            out.append((normal, offset, facet.points))
        return sorted(out)

    @functools.cached_property
    def vertices(self) -> tuple[int, ...]:
        """Indices of the vertices, ascending."""
        d = self.dimension
        if d == 0:
            return (0,)
        on: dict[int, list[Row]] = {}
        for facet in self.facets:
            for i in facet.points:
                on.setdefault(i, []).append(facet.normal)
        # A point is a vertex iff the normals of the facets through it span the dual space.
        return tuple(
            i
            for i, normals in sorted(on.items())
            if fmpz_mat([list(v) for v in normals]).rank() == d
        )

    @functools.cached_property
    def face_counts(self) -> tuple[int, ...]:
        """Numbers of faces of dimension 0, 1, …, d-1 (the f-vector)."""
        number = {v: k for k, v in enumerate(self.vertices)}
        facets = [[number[i] for i in f.points if i in number] for f in self.facets]
        return face_counts(facets, self.dimension, self.budget)

    def lattice_points(self) -> ExactArray:
        """All integer points, in lexicographic order, whatever the dimension.

        Raises
        ------
        InputError
            The bounding box, in a short basis of the lattice of the affine hull, has more than
            `MAX_BOX` points.
        """
        rows = as_rows(self.points)
        if self.dimension == 0:
            return self.points
        base, basis = rows[0], affine_lattice_basis(rows)
        inside = _points_in_box(newton_polytope(lattice_coordinates_in(basis, base, rows)))
        image = [
            tuple(
                b + sum(c * v[j] for c, v in zip(p, basis, strict=True)) for j, b in enumerate(base)
            )
            for p in inside
        ]
        return narrowed(sorted(image))

    def __add__(self, other: NewtonPolytope) -> NewtonPolytope:
        """Minkowski sum: the hull of all sums of a vertex of each."""
        a, b = self.points[list(self.vertices)], other.points[list(other.vertices)]
        sums = (a.astype(object)[:, None, :] + b.astype(object)[None, :, :]).reshape(-1, a.shape[1])
        return newton_polytope(sums, budget=self.budget)

    def __repr__(self) -> str:
        return (
            f"NewtonPolytope({len(self.vertices)} vertices, {len(self.facets)} facets, dimension "
            f"{self.dimension}, lattice volume {self.lattice_volume})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"

    def to_dict(self) -> dict[str, Any]:
        """Vertices, facets and volume as plain data."""
        return {
            "dimension": self.dimension,
            "vertices": self.points[list(self.vertices)].astype(object).tolist(),
            "facets": len(self.facets),
            "face_counts": list(self.face_counts),
            "lattice_volume": self.lattice_volume,
        }


def newton_polytope(
    support: Sequence[Any] | ExactArray, *, budget: Budget = UNLIMITED
) -> NewtonPolytope:
    """The Newton polytope of one support.

    Parameters
    ----------
    support : integer array (m, n)
        Exponent vectors, any signs, any size; repeated rows count once.

    Raises
    ------
    SupportError
        The support is empty, ragged or not integer.

    Examples
    --------
    >>> newton_polytope([[0, 0], [2, 0], [0, 2], [1, 1]])
    NewtonPolytope(3 vertices, 3 facets, dimension 2, lattice volume 4)
    """
    return NewtonPolytope(unique_rows(as_support(support)), budget)


def _points_in_box(polytope: NewtonPolytope) -> list[Row]:
    """Integer points of a full-dimensional polytope, tried one by one in its bounding box."""
    rows = as_rows(polytope.points)
    ranges = [range(min(c), max(c) + 1) for c in zip(*rows, strict=True)]
    size = math.prod(len(r) for r in ranges)
    if size > MAX_BOX:
        raise InputError(f"the bounding box has {size} lattice points: at most {MAX_BOX}")
    walls = [(*normal, -offset) for normal, offset, _ in polytope.inequalities]
    matrix = narrowed(walls)
    reach = max(sum(map(abs, wall)) for wall in walls) * max(
        1, *(max(abs(r[0]), abs(r[-1])) for r in ranges)
    )
    kind: Any = object if reach > INT64_SAFE else np.int64
    out: list[Row] = []
    choices = itertools.product(*ranges)
    while chunk := list(itertools.islice(choices, BOX_CHUNK)):
        polytope.budget.check()
        points = np.array([(*p, 1) for p in chunk], dtype=kind)
        inside = (points @ matrix.astype(kind).T <= 0).all(axis=1)
        out += [chunk[k] for k in np.flatnonzero(inside)]
    return out


def _normal_of(points: Sequence[Row]) -> Row:
    """Primitive normal of the hyperplane through points of affine rank n-1."""
    base = points[0]
    if len(base) == 1:
        return (1,)
    rows = [[x - y for x, y in zip(p, base, strict=True)] for p in points[1:]]
    kernel, _ = fmpz_mat(rows).nullspace()
    normal = [int(kernel[j, 0]) for j in range(len(base))]
    divisor = math.gcd(*normal)
    return tuple(x // divisor for x in normal)
