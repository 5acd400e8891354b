"""The order of the supports: the cost of a traversal depends on it by factors.

All orders share the same total, so the volume found per exchange early on predicts the cost.
"""

from __future__ import annotations

import math

from algebra.limits import UNLIMITED, Budget
from polytopes.parallel import run_parallel
from polytopes.supports import ExactArray, translated
from polytopes.traversal import Traversal

#: Exchanges the natural order of the supports may use before others are tried at all,
#: and what each of these is granted.
FREE_EXCHANGES = 12000
TRIAL_EXCHANGES = 2000


def traversal_volume(points: list[ExactArray], budget: Budget = UNLIMITED) -> tuple[int, int]:
    """Mixed volume and exchanges by the tropical homotopy, in the best of a few support orders.

    Every support must have two points. The cost depends on the order by factors; the volume found
    per exchange early on predicts it, because the total is the same.
    """
    first, *orders = _orders(points)
    natural = Traversal([points[i] for i in first])
    if natural.run(budget, FREE_EXCHANGES):
        return natural.total, natural.exchanges
    best, spent = natural, 0
    best_rate = 1.5 * natural.total / natural.exchanges  # another order must promise a clear gain
    for order in orders:
        other = Traversal([points[i] for i in order])
        done = other.run(budget, TRIAL_EXCHANGES)
        rate = math.inf if done else other.total / other.exchanges
        if rate > best_rate:
            best, other, best_rate = other, best, rate
        spent += other.exchanges
        if done:
            break
    run_parallel(best, budget)
    return best.total, best.exchanges + spent


def _orders(points: list[ExactArray]) -> list[tuple[int, ...]]:
    """Natural order, by degree, by decreasing size, reversed; each once."""
    n = len(points)
    degrees = [max(sum(int(x) for x in row) for row in translated(a)) for a in points]
    orders = [
        tuple(range(n)),
        tuple(sorted(range(n), key=lambda i: (degrees[i], len(points[i])))),
        tuple(sorted(range(n), key=lambda i: -len(points[i]))),
        tuple(range(n))[::-1],
    ]
    return list(dict.fromkeys(orders))
