"""The order of the supports and of their points: the cost of a traversal depends on it by factors.

All orders share the same total, so the volume found by equally many exchanges predicts the cost,
provided that it is sampled all over the tree: after each slice a trial goes on with the subtree
that hangs nearest to the root. What the winner has done counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import ExactArray, translated
from polytopes.tropical import require_kernels, short_traversal
from polytopes.vertices import vertices_only

#: Exchanges the natural order of the supports may use before others are tried at all, and what
#: each order uses in the race; fewer say nothing yet.
FREE_EXCHANGES = 4000
TRIAL_EXCHANGES = 2000
#: Exchanges between two places of the tree.
SLICE = 100

if TYPE_CHECKING:
    from polytopes.traversal import Traversal


def traversal_volume(points: list[ExactArray], budget: Budget = UNLIMITED) -> tuple[int, int]:
    """Mixed volume and exchanges by the tropical homotopy, in the best of a few support orders.

    Every support must have two points.
    """
    arrays = [far_points_first(a) for a in points]
    short = short_traversal(arrays, None, budget)
    if short is not None:
        return short.total, short.exchanges
    require_kernels(budget)
    from polytopes.parallel import run_parallel
    from polytopes.traversal import Traversal

    first, *others = _orders(arrays)
    best = Traversal([arrays[i] for i in first])
    if _sampled(best, TRIAL_EXCHANGES, budget):
        return best.total, best.exchanges
    most, spent = best.total, 0
    if _sampled(best, FREE_EXCHANGES, budget):
        return best.total, best.exchanges
    # Exact vertices cost a linear program for each doubtful point: too much for small tasks.
    vertices = [vertices_only(a) for a in arrays]
    if any(len(v) < len(a) for v, a in zip(vertices, arrays, strict=True)):
        arrays, others, most, spent = vertices, [first, *others], -1, best.exchanges
    for order in others:
        other = Traversal([arrays[i] for i in order])
        done = _sampled(other, TRIAL_EXCHANGES, budget)
        if done or other.total > most:
            best, other, most = other, best, other.total
        spent += other.exchanges
        if done:
            return best.total, best.exchanges + spent
    run_parallel(best, budget)
    return best.total, best.exchanges + spent


def far_points_first(support: ExactArray) -> ExactArray:
    """The points by falling distance from the corner of their bounding box.

    The start lifting is infinitely higher at earlier points, which tend to be vertices then.
    """
    rows = [[int(x) for x in row] for row in translated(support)]
    keys = [(-sum(x * x for x in row), row) for row in rows]
    return support[sorted(range(len(rows)), key=keys.__getitem__)]


def _sampled(traversal: Traversal, exchanges: int, budget: Budget) -> bool:
    """Spend up to `exchanges` in slices all over the tree; whether the traversal is done."""
    while traversal.exchanges < exchanges:
        if traversal.run(budget, min(traversal.exchanges + SLICE, exchanges)):
            return True
        traversal.surface()
    return False


def _orders(points: list[ExactArray]) -> list[tuple[int, ...]]:
    """Natural order, by degree, by falling size, reversed, one drawn; each once."""
    n = len(points)
    degrees = [max(sum(int(x) for x in row) for row in translated(a)) for a in points]
    generator = np.random.default_rng(n)
    orders = [
        tuple(range(n)),
        tuple(sorted(range(n), key=lambda i: (degrees[i], len(points[i])))),
        tuple(sorted(range(n), key=lambda i: -len(points[i]))),
        tuple(range(n))[::-1],
        tuple(int(i) for i in generator.permutation(n)),
    ]
    return list(dict.fromkeys(orders))
