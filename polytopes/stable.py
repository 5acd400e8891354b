"""Stable mixed volume: the count of zeros in C^n that generic coefficients attain.

Origins that are added to the supports are lifted to 1, all points of the supports to 0. A cell of
the induced subdivision is stable if its inner normal is >= 0; one whose normal is positive exactly
on the coordinates K accounts for zeros with x_k = 0 exactly for k in K.

So the stable mixed volume is the sum over all normals w >= 0 of the mixed volumes of the faces in
direction w, and it splits by strata (`polytopes.strata`). Let w be positive exactly on K. Supports
with monomials free of K have the face of these monomials, which varies in the other coordinates
only: it has no edge if there is one such monomial, and the mixed volume is 0 if there are more such
supports than other coordinates. If there are as many, it is a product: their mixed volume, which
does not depend on w, times that of the other faces projected to the coordinates of K. The sum over
w of the second factors is the part of the stable mixed volume of the projected supports where all
coordinates vanish. It is 1 if linear terms can be matched with these supports: the zero 0 of a
system with generic linear part is simple. So

    stable mixed volume = sum over K of MV(alive supports) * multiplicity of 0 across the stratum,

and no cell is listed. Only where a stratum has fewer supports left than coordinates all cells are.

B. Huber, B. Sturmfels, "Bernstein's theorem in affine space", Discrete Comput. Geom. 17 (1997).
T. Gao, T. Y. Li, X. Wang, J. Symb. Comput. 28 (1999) for the two-level lifting.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.mixed_cells import MixedCells, lifted_points, mixed_cells
from polytopes.orders import traversal_volume
from polytopes.reductions import Memory, Volume, reduce_volume
from polytopes.strata import Stratum, square_strata
from polytopes.supports import ExactArray, IntArray, as_supports, with_origin
from polytopes.tropical import traversed
from polytopes.two_level import two_level_cells

Pattern = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StableCount:
    """Stable mixed volume and its parts.

    Attributes
    ----------
    value : int
    patterns : dict
        Set of coordinates predicted to vanish (sorted tuple of indices) -> number of zeros.
    exchanges : int
    method : str
        "strata" or "cells": what was summed.
    """

    value: int
    patterns: dict[Pattern, int] = field(default_factory=dict)
    exchanges: int = 0
    method: str = "cells"

    def __repr__(self) -> str:
        return f"StableCount({self.value}, {len(self.patterns)} zero patterns)"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{', '.join(map(str, pattern)) or 'none'}</td><td>{count}</td></tr>"
            for pattern, count in self.patterns.items()
        )
        return f"<table><tr><th>coordinates 0</th><th>zeros</th></tr>{rows}</table>"

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the value, what it bounds, and the zeros by vanishing coordinates."""
        return {
            "kind": "stable",
            "value": self.value,
            "bounds": "isolated zeros in C^n, with multiplicity",
            "zero_patterns": [{"zero": list(k), "count": v} for k, v in self.patterns.items()],
        }


@dataclass(frozen=True, slots=True, eq=False)
class StableCells:
    """All mixed cells of a two-level lifting, and which of them are stable.

    Attributes
    ----------
    cells : MixedCells
        Of the supports with the origin; added origins are lifted far above all other points.
    patterns : list of tuples of int, or None
        Per cell, the coordinates that vanish at the zeros it predicts (empty: none); None for a
        cell that is not stable and predicts nothing.
    """

    cells: MixedCells
    patterns: list[Pattern | None]

    def count(self) -> StableCount:
        """Volumes of the stable cells by pattern."""
        return _count(self.patterns, self.cells.volumes, self.cells.exchanges)

    def __repr__(self) -> str:
        stable = sum(p is not None for p in self.patterns)
        return (
            f"StableCells({stable} of {len(self.patterns)} mixed cells are stable, "
            f"stable mixed volume {self.count().value})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"

    def to_dict(self) -> dict[str, Any]:
        """JSON form: the mixed cells, each with `stable` and, if it is, `zero`."""
        document = self.cells.to_dict()
        for entry, pattern in zip(document["cells"], self.patterns, strict=True):
            entry["stable"] = pattern is not None
            entry["zero"] = None if pattern is None else list(pattern)
        return {**document, "kind": "stable", "stable_mixed_volume": self.count().value}


def stable_count(
    supports: Sequence[Any],
    *,
    budget: Budget = UNLIMITED,
    memory: Memory | None = None,
    volume: Volume | None = None,
) -> StableCount:
    """Stable mixed volume of n supports in n variables, by zero pattern.

    Parameters
    ----------
    supports : n integer arrays (m_i, n) of exponents >= 0
    memory : dict or None
        Mixed volumes found on the way, shared by calls for related supports.
    volume : function or None
        (supports with at least two points each, budget) -> (mixed volume, exchanges), for the
        strata; None for the usual reductions and traversals.

    Raises
    ------
    SupportError, NotSquare, InputError
        Unusable supports or negative exponents.
    LimitReached
        The budget is exhausted.

    Examples
    --------
    >>> stable_count([[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]]).patterns
    {(): 3, (0,): 1, (1,): 1, (0, 1): 1}
    """
    before = as_supports(supports)
    points = lifted_points(before, "affine")
    if min(len(a) for a in points) < 2:
        return StableCount(0)
    strata = square_strata(before, budget)
    if strata is None:
        return count_by_perturbation(before, points, budget)
    memory = {} if memory is None else memory

    def reduced(alive: list[ExactArray], budget: Budget) -> tuple[int, int]:
        found = reduce_volume(alive, traversal_volume, budget, memory)
        return found.value, found.exchanges

    patterns: dict[Pattern, int] = {}
    exchanges = 0
    for k, stratum in enumerate(strata):
        count, cost = _zeros_on(stratum, volume or reduced, budget)
        exchanges += cost
        if count:
            patterns[stratum.zero] = count
        budget.report("strata of the stable mixed volume", k + 1, len(strata))
    return StableCount(sum(patterns.values()), patterns, exchanges, "strata")


def count_by_perturbation(
    before: list[ExactArray], points: list[ExactArray], budget: Budget = UNLIMITED
) -> StableCount:
    """Sum over the stable cells of the coarse lifting, refined symbolically.

    The traversal breaks ties as infinitesimal weights of its starting order would; so the fine
    weights need no size, and coordinates may have any.
    """
    traversal = traversed(points, _coarse(before, points), budget)
    cells = traversal.cells()
    return _count(_patterns(cells.scaled_normals), cells.volumes, traversal.exchanges)


def stable_cells(
    supports: Sequence[Any], *, seed: int = 0, budget: Budget = UNLIMITED
) -> StableCells:
    """The mixed cells of a two-level lifting with the zeros that the stable ones predict.

    Parameters and errors as for `stable_count`, and `LiftingError` if no generic lifting is found:
    beyond coordinates of about 10^9 the weights would be too large.

    Examples
    --------
    >>> stable_cells([[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]]).count().value
    6
    """
    before = as_supports(supports)
    points = lifted_points(before, "affine")
    if min(len(a) for a in points) < 2:
        return StableCells(mixed_cells(before, kind="affine"), [])
    found = two_level_cells(points, _coarse(before, points), seed=seed, budget=budget)
    cells = MixedCells(
        "affine",
        points,
        found.combined,
        found.edges,
        found.scaled_normals,
        found.volumes,
        found.exchanges,
    )
    return StableCells(cells, _patterns(found.coarse_normals))


def _coarse(before: list[ExactArray], points: list[ExactArray]) -> list[IntArray]:
    """1 on the origins that were added (last rows), 0 on all other points."""
    return [
        (np.arange(len(a)) >= len(b)).astype(np.int64) for a, b in zip(points, before, strict=True)
    ]


def _patterns(normals: ExactArray) -> list[Pattern | None]:
    """Per coarse normal the coordinates where it is positive; None if some are negative."""
    return [
        tuple(k for k, x in enumerate(normal) if x > 0) if all(x >= 0 for x in normal) else None
        for normal in normals.tolist()
    ]


def _count(
    patterns: Sequence[Pattern | None], volumes: Sequence[int] | ExactArray, exchanges: int
) -> StableCount:
    found: dict[Pattern, int] = {}
    for pattern, volume in zip(patterns, volumes, strict=True):
        if pattern is not None:
            found[pattern] = found.get(pattern, 0) + int(volume)
    ordered = {k: found[k] for k in sorted(found, key=lambda k: (len(k), k))}
    return StableCount(sum(ordered.values()), ordered, exchanges)


def _zeros_on(stratum: Stratum, volume: Volume, budget: Budget) -> tuple[int, int]:
    """Zeros with exactly these coordinates vanishing, and the exchanges spent."""
    along, exchanges = volume(stratum.along, budget) if stratum.along else (1, 0)
    if along == 0 or not stratum.across:
        return along, exchanges
    across, more = _multiplicity(stratum.across, budget)
    return along * across, exchanges + more


def _multiplicity(across: list[ExactArray], budget: Budget) -> tuple[int, int]:
    """Multiplicity of the zero 0 of a generic system, and the exchanges spent.

    Precisely the part of the stable mixed volume where all coordinates vanish; 0 is no monomial.
    """
    n = len(across)
    linear = nx.Graph()
    supports = {("support", i) for i in range(n)}
    linear.add_nodes_from(supports)
    linear.add_edges_from(
        (("support", i), ("variable", row.index(1)))
        for i, a in enumerate(across)
        for row in a.tolist()
        if sum(row) == 1
    )
    if len(nx.bipartite.hopcroft_karp_matching(linear, supports)) == 2 * n:
        return 1, 0
    found = count_by_perturbation(across, [with_origin(a) for a in across], budget)
    return found.patterns.get(tuple(range(n)), 0), found.exchanges
