"""Stable mixed volume: the count of zeros in C^n that generic coefficients attain.

Origins that are added to the supports are lifted to 1, all points of the supports to 0. A cell of
the induced subdivision is stable if its inner normal is >= 0; one whose normal is positive exactly
on the coordinates K accounts for zeros with x_k = 0 exactly for k in K.

Systems in blocks (`polytopes.reductions`): let g be generic with the own monomials of each block
only, with finitely many zeros in every block's affine space. Its isolated zeros, prod SM(block) of
them, persist when the other monomials are added, so SM(A) is at least their number; and SM(A) is at
most the affine mixed volume, which the block theorem bounds. Where the two meet, that is SM(A).
Zeros may leave a coordinate subspace meanwhile. They do not if every stratum has as many equations
left as coordinates and its torus mixed volume is the count expected there: the strata then hold
that many zeros of the whole system, and there are no others.

B. Huber, B. Sturmfels, "Bernstein's theorem in affine space", Discrete Comput. Geom. 17 (1997).
T. Gao, T. Y. Li, X. Wang, J. Symb. Comput. 28 (1999) for the two-level lifting.
"""

from __future__ import annotations

import html
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.mixed_cells import MixedCells, lifted_points, mixed_cells
from polytopes.orders import traversal_volume
from polytopes.parallel import run_parallel
from polytopes.reductions import block_reduction, candidate_blocks, own_parts, reduce_volume
from polytopes.supports import ExactArray, IntArray, as_supports
from polytopes.traversal import Traversal
from polytopes.two_level import two_level_cells

#: Blocks with more variables are not examined stratum by stratum.
MAX_STRATA_VARIABLES = 10


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
    """

    value: int
    patterns: dict[Pattern, int] = field(default_factory=dict)
    exchanges: int = 0

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
        found: dict[Pattern, int] = {}
        for pattern, volume in zip(self.patterns, self.cells.volumes, strict=True):
            if pattern is not None:
                found[pattern] = found.get(pattern, 0) + int(volume)
        ordered = {k: found[k] for k in sorted(found, key=lambda k: (len(k), k))}
        return StableCount(sum(ordered.values()), ordered, self.cells.exchanges)

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
    supports: Sequence[Any], *, seed: int = 0, budget: Budget = UNLIMITED
) -> StableCount:
    """Stable mixed volume of n supports in n variables, by zero pattern.

    Parameters
    ----------
    supports : n integer arrays (m_i, n) of exponents >= 0

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
    by_blocks = _by_blocks(before, points, seed, budget)
    return by_blocks or count_by_perturbation(before, points, budget)


def count_by_perturbation(
    before: list[ExactArray], points: list[ExactArray], budget: Budget = UNLIMITED
) -> StableCount:
    """Sum over the stable cells of the coarse lifting, refined symbolically.

    The traversal breaks ties as infinitesimal weights of its starting order would; so the fine
    weights need no size, and coordinates may have any.
    """
    traversal = Traversal(points, _coarse(before, points))
    run_parallel(traversal, budget)
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


def _by_blocks(
    before: list[ExactArray], points: list[ExactArray], seed: int, budget: Budget
) -> StableCount | None:
    """The stable mixed volume of a system in blocks, or None where the argument does not apply."""
    for blocks in candidate_blocks(points):
        parts = own_parts(before, blocks)
        if any(len(a) == 0 for part in parts for a in part):
            continue
        if not all(_has_finitely_many_zeros(part) for part in parts):
            continue
        memory: dict[bytes, StableCount] = {}
        counts = []
        for part in parts:
            key = repr([a.tolist() for a in part]).encode()
            if key not in memory:
                memory[key] = stable_count(part, seed=seed, budget=budget)
            counts.append(memory[key])
        value = math.prod(c.value for c in counts)
        affine = block_reduction(points, traversal_volume, budget)
        if affine is None or affine.value != value:
            continue
        patterns = {
            tuple(
                sorted(b.variables[k] for b, p in zip(blocks, choice, strict=True) for k in p)
            ): math.prod(c.patterns[p] for c, p in zip(counts, choice, strict=True))
            for choice in itertools.product(*(c.patterns for c in counts))
        }
        ordered = {k: patterns[k] for k in sorted(patterns, key=lambda k: (len(k), k))}
        if all(_stratum_count(before, k, budget) == count for k, count in ordered.items()):
            cost = affine.exchanges + sum(c.exchanges for c in memory.values())
            return StableCount(value, ordered, cost)
    return None


def _stratum_count(supports: list[ExactArray], zero: tuple[int, ...], budget: Budget) -> int | None:
    """Zeros with exactly the coordinates `zero` vanishing, for generic coefficients.

    None if there are not as many equations left on that stratum as coordinates.
    """
    n = len(supports)
    kept = [j for j in range(n) if j not in zero]
    left = [a[[not any(row[list(zero)]) for row in a]][:, kept] for a in supports]
    left = [a for a in left if len(a)]
    if len(left) != len(kept):
        return None
    return reduce_volume(left, traversal_volume, budget).value if kept else 1


def _has_finitely_many_zeros(supports: list[ExactArray]) -> bool:
    """Whether generic coefficients give finitely many zeros in C^n (a sufficient test).

    On each stratum, the torus of the coordinates that do not vanish, either some equation is left
    with one monomial, or there are as many equations left as coordinates.
    """
    n = len(supports)
    if n > MAX_STRATA_VARIABLES:
        return False
    for pattern in itertools.product((False, True), repeat=n):
        zero = [k for k in range(n) if pattern[k]]
        left = [sum(1 for row in a if not any(row[k] for k in zero)) for a in supports]
        if 1 not in left and sum(1 for m in left if m) < n - len(zero):
            return False
    return True
