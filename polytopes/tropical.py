"""The tropical homotopy, in whichever of its two forms is ready sooner.

Loading compiled kernels takes half a second and compiling them much longer; a few hundred cells in
Python integers take a tenth of that. So while no kernel is loaded, traversals begin in Python, and
where they end soon the process never needs Numba. Both forms visit the same cells: totals, counts
and cells are equal.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import ExactArray, IntArray, translated
from polytopes.wide import WideTraversal

if TYPE_CHECKING:
    from polytopes.traversal import Traversal

#: Work in Python (below) of one traversal and of a process before kernels are loaded: some 50 ms,
#: which a long traversal loses, and 0.3 s.
TRIAL = 500_000
ALLOWANCE = 3_000_000
#: Work of one cell besides that for each coordinate of each point.
CELL_WORK = 500

_spent = 0


def traversed(
    supports: Sequence[ExactArray],
    lifting: Sequence[IntArray] | None = None,
    budget: Budget = UNLIMITED,
) -> Traversal | WideTraversal:
    """A finished traversal: `total`, `exchanges`, `leaves`, and `cells()` of the lifting.

    Parameters and errors as for `polytopes.traversal.Traversal` and `run_parallel`.
    """
    short = short_traversal(supports, lifting, budget)
    if short is not None:
        return short
    require_kernels(budget)
    from polytopes.parallel import run_parallel
    from polytopes.traversal import Traversal

    traversal = Traversal(supports, lifting)
    run_parallel(traversal, budget)
    return traversal


def short_traversal(
    supports: Sequence[ExactArray],
    lifting: Sequence[IntArray] | None = None,
    budget: Budget = UNLIMITED,
) -> WideTraversal | None:
    """A finished traversal in Python, or None if kernels are loaded or worth loading."""
    global _spent
    if kernels_are_loaded():
        return None
    n = len(supports)
    work = CELL_WORK + n * sum(n + 1 + len(a) for a in supports)
    if _spent + work > ALLOWANCE:
        return None
    wide = WideTraversal([translated(a) for a in supports], lifting, budget)
    is_done = wide.run(0, None, min(TRIAL, ALLOWANCE - _spent) // work)
    _spent += work * wide.visited
    return wide if is_done else None


def kernels_are_loaded() -> bool:
    """Whether this process has imported the kernels, and Numba with them."""
    return "polytopes.kernels.depth_first" in sys.modules


def require_kernels(budget: Budget) -> None:
    """Let whoever runs the computation load the kernels in its own way, with progress, say."""
    if not kernels_are_loaded():
        budget.prepare("polytopes")
