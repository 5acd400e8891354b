"""Balanced liftings: the same cells for smaller weights, verified independently."""

import numpy as np
import pytest

from algebra.families import cyclic, katsura
from polytopes import balanced, is_mixed_cell, mixed_cells


@pytest.mark.parametrize("system", [cyclic(5), katsura(4)], ids=["cyclic-5", "katsura-4"])
def test_balanced_liftings_are_small_and_keep_every_cell(system):
    cells = mixed_cells(system.supports)
    small = balanced(cells)
    assert np.array_equal(small.edges, cells.edges)
    assert max(int(w.max()) for w in small.liftings) < 1000
    assert min(int(w.min()) for w in small.liftings) >= 0
    for j in range(len(small)):
        assert is_mixed_cell(small.supports, small.liftings, small.edges[j], int(small.volumes[j]))
        for a, w, (p, q) in zip(small.supports, small.liftings, small.edges[j], strict=True):
            ends = [
                sum(x * int(e) for x, e in zip(small.normal(j), a[r], strict=True)) + int(w[r])
                for r in (p, q)
            ]
            assert ends[0] == ends[1]


def test_without_cells_there_is_nothing_to_balance():
    cells = mixed_cells([[(0, 0), (1, 0)], [(0, 0), (1, 0)]])
    assert balanced(cells) is cells
