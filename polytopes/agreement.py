"""Second opinions on a mixed volume: another lifting, another order of the supports.

The traversal is exact; what could go wrong is that it misses cells. Two runs that have neither the
lifting nor the order in common share no cell and no step, so their agreement is evidence, not
proof: it is asked for where no certificate is small enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from algebra.limits import UNLIMITED, Budget
from polytopes.errors import LiftingError
from polytopes.liftings import draw_liftings
from polytopes.mixed_cells import lifted_points
from polytopes.stable import StableCount, count_by_perturbation, stable_cells, stable_count
from polytopes.supports import ExactArray, as_supports
from polytopes.tropical import traversed

#: Keeps these liftings apart from those of the same seed elsewhere.
SEED_SHIFT = 1 << 32
BITS = 20
#: Variables up to which all cells of the two-level lifting are listed.
CELLS_UP_TO = 8


def second_volume(
    supports: Sequence[Any], *, kind: str = "torus", seed: int = 0, budget: Budget = UNLIMITED
) -> int:
    """Mixed volume without any reduction, supports reversed, by the cells of a random lifting.

    Parameters and errors as for `mixed_volume` with the kinds "torus" and "affine".

    Examples
    --------
    >>> second_volume([[(0, 0), (2, 0), (0, 1)], [(0, 0), (1, 1)]])
    3
    """
    points = lifted_points(supports, kind)[::-1]
    if min(len(a) for a in points) < 2:
        return 0
    return _drawn_volume(seed, points, budget)[0]


def second_stable_count(
    supports: Sequence[Any], *, seed: int = 0, budget: Budget = UNLIMITED
) -> StableCount:
    """Stable mixed volume by pattern, supports reversed, from drawn weights.

    Up to `CELLS_UP_TO` variables by all cells of the two-level lifting, which have nothing in
    common with the strata of the first run; beyond, by the strata again, with volumes of cells of
    drawn liftings. Where coordinates are too large for drawn weights, ties are broken symbolically.
    """
    before = as_supports(supports)[::-1]
    if len(before) > CELLS_UP_TO:
        return stable_count(before, volume=partial(_drawn_volume, seed), budget=budget)
    try:
        return stable_cells(before, seed=seed + SEED_SHIFT, budget=budget).count()
    except LiftingError:
        return count_by_perturbation(before, lifted_points(before, "affine"), budget)


def _drawn_volume(seed: int, points: list[ExactArray], budget: Budget) -> tuple[int, int]:
    """Mixed volume and exchanges by the cells of a random lifting; every support has two points."""
    lifting = draw_liftings(points, seed=seed + SEED_SHIFT, bits=BITS)
    traversal = traversed(points, lifting, budget)
    return traversal.total, traversal.exchanges
