"""Faces of a polytope of every dimension, from which vertices lie on which facets; no coordinates.

The facets of a face G are the maximal ones among its intersections with the facets of the polytope
that do not contain G; a face of dimension k with k + 1 vertices is a simplex, and all its subsets
are faces. Sets of vertices are bits of Python integers.

V. Kaibel, M. E. Pfetsch, "Computing the face lattice of a polytope from its vertex-facet
incidences", Comput. Geom. 23 (2002), 281-290.
"""

from __future__ import annotations

from collections.abc import Sequence

from algebra.limits import UNLIMITED, Budget


def face_counts(
    facets: Sequence[Sequence[int]], dimension: int, budget: Budget = UNLIMITED
) -> tuple[int, ...]:
    """Numbers of faces of dimension 0, 1, …, dimension - 1 (the f-vector).

    Parameters
    ----------
    facets : the vertices on each facet, by number

    Examples
    --------
    >>> face_counts([(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)], 3)
    (4, 6, 4)
    """
    walls = {sum(1 << v for v in facet) for facet in facets}
    counts = [0] * dimension
    layer = walls
    for k in range(dimension - 1, -1, -1):
        counts[k] = len(layer)
        below: set[int] = set()
        for face in layer if k else ():
            if face.bit_count() == k + 1:
                below.update(_without_one(face))
            else:
                below.update(_maximal({face & wall for wall in walls} - {face}))
                budget.check()
        layer = below
    return tuple(counts)


def _without_one(face: int) -> list[int]:
    """All sets with one element less."""
    out, rest = [], face
    while rest:
        bit = rest & -rest
        out.append(face ^ bit)
        rest ^= bit
    return out


def _maximal(sets: set[int]) -> list[int]:
    """The sets that lie in no other one."""
    out: list[int] = []
    for candidate in sorted(sets, key=int.bit_count, reverse=True):
        if not any(candidate & larger == candidate for larger in out):
            out.append(candidate)
    return out
