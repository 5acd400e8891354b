"""Threads: the same totals, counts and cells whatever their number."""

import numpy as np
import pytest

from algebra.families import cyclic
from algebra.limits import Budget
from polytopes.parallel import run_parallel
from polytopes.traversal import Traversal


@pytest.mark.parametrize("threads", [2, 3, 5])
@pytest.mark.parametrize("slice_", [50, 400])
def test_results_do_not_depend_on_the_number_of_threads(threads, slice_):
    supports = cyclic(7).supports
    rng = np.random.default_rng(3)
    lifting = [rng.integers(0, 1 << 16, len(a)) for a in supports]
    for weights in (None, lifting):
        alone, together = Traversal(supports, weights), Traversal(supports, weights)
        alone.run()
        run_parallel(together, Budget(threads=threads), slice_)
        assert together.total == alone.total == 924
        assert (together.leaves, together.exchanges) == (alone.leaves, alone.exchanges)
        mine, theirs = together.cells(), alone.cells()
        assert np.array_equal(mine.edges, theirs.edges)
        assert np.array_equal(mine.volumes, theirs.volumes)
        assert np.array_equal(mine.scaled_normals, theirs.scaled_normals)


def test_subtrees_may_change_hands_while_widths_differ():
    rng = np.random.default_rng(5)
    supports = [rng.integers(0, 6, (6, 4)) * 40 for _ in range(4)]
    alone, together = Traversal(supports), Traversal(supports)
    alone.run()
    run_parallel(together, Budget(threads=3), 20)
    assert (together.total, together.exchanges) == (alone.total, alone.exchanges)
