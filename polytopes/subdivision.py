"""All cells, mixed and not, of the mixed subdivision that a lifting induces; for pictures.

Cayley trick: point a of support i becomes (a, e_i); the lower facets of the lifted points are the
cells, a facet's points in support i being the summand of polytope i. So a hull of Σ m_i points in
dimension 2n replaces one of Π m_i sums. B. Huber, J. Rambau, F. Santos, "The Cayley trick, lifting
subdivisions and the Bohne-Dress theorem on zonotopal tilings", J. Eur. Math. Soc. 2 (2000).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpz_mat

from algebra.limits import UNLIMITED, Budget
from polytopes.hull import Row, affine_lattice_coordinates, as_rows, convex_hull
from polytopes.mixed_cells import MixedCells
from polytopes.newton import newton_polytope


@dataclass(frozen=True, slots=True)
class SubdivisionCell:
    """One full-dimensional cell, the sum of a face of every lifted support.

    Attributes
    ----------
    parts : tuple of tuples of int
        Rows of each support; their sums span the cell.
    kind : tuple of int
        Dimensions of the summands; (1, …, 1) is a mixed cell.
    corners : list of points
        The vertices.
    volume : Fraction
        Euclidean volume.
    """

    parts: tuple[tuple[int, ...], ...]
    kind: tuple[int, ...]
    corners: list[Row]
    volume: Fraction

    @property
    def is_mixed(self) -> bool:
        """Whether every summand is an edge."""
        return all(d == 1 for d in self.kind)


def subdivision(cells: MixedCells, budget: Budget = UNLIMITED) -> list[SubdivisionCell]:
    """All cells of the subdivision of P_1 + … + P_n for the lifting of `cells`.

    They tile the sum: volumes add up to its volume, those of the mixed ones to the mixed volume.
    Empty if the sum has a dimension below n.

    Examples
    --------
    >>> from polytopes import mixed_cells
    >>> len(subdivision(mixed_cells([[(0, 0), (1, 0)], [(0, 0), (0, 1)]])))
    1
    """
    n = len(cells.supports)
    supports = [as_rows(a) for a in cells.supports]
    owner: list[tuple[int, int]] = []
    lifted: list[Row] = []
    for i, (rows, weights) in enumerate(zip(supports, cells.liftings, strict=True)):
        unit = tuple(int(i == j) for j in range(1, n))
        for r, (row, w) in enumerate(zip(rows, weights.tolist(), strict=True)):
            lifted.append((*row, *unit, w))
            owner.append((i, r))
    if affine_lattice_coordinates([p[:-1] for p in lifted])[1] < 2 * n - 1:
        return []
    # Over a point of the base nothing lower is hidden, and the hull has full dimension.
    top = (*lifted[0][:-1], 1 + max(p[-1] for p in lifted))
    out = []
    for facet in convex_hull([*lifted, top], budget).facets:
        if facet.normal[-1] >= 0:
            continue
        parts = tuple(
            tuple(owner[k][1] for k in facet.points if k < len(owner) and owner[k][0] == i)
            for i in range(n)
        )
        chosen = [[rows[r] for r in part] for rows, part in zip(supports, parts, strict=True)]
        sums = list(
            dict.fromkeys(tuple(map(sum, zip(*c, strict=True))) for c in itertools.product(*chosen))
        )
        polytope = newton_polytope(sums)
        out.append(
            SubdivisionCell(
                parts,
                tuple(_dimension(points) for points in chosen),
                [as_rows(polytope.points)[k] for k in polytope.vertices],
                Fraction(polytope.lattice_volume, math.factorial(n)),
            )
        )
    return sorted(out, key=lambda c: (c.kind, c.parts))


def _dimension(points: Sequence[Row]) -> int:
    base, *rest = points
    steps = [[x - y for x, y in zip(p, base, strict=True)] for p in rest]
    return int(fmpz_mat(steps).rank()) if steps else 0
