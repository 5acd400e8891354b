"""The three integer widths of a traversal, each driven to where the next one takes over."""

import numpy as np
import pytest

from polytopes.kernels import exchanges
from polytopes.supports import translated
from polytopes.traversal import Traversal
from polytopes.wide import WideTraversal


def scaled_supports(scale):
    rng = np.random.default_rng(11)
    supports = [np.unique(rng.integers(0, 5, (6, 3)), axis=0) for _ in range(3)]
    return [supports[0], supports[1] * scale, supports[2] * scale]


def in_python(supports, lifting=None):
    wide = WideTraversal([translated(a) for a in supports], lifting)
    wide.run(0, None)
    return wide


@pytest.mark.parametrize(
    ("scale", "stays_narrow", "needs_python"),
    [(1, True, False), (300, False, False), (10**7, False, True), (10**15, False, True)],
)
def test_each_width_hands_over_to_the_next_and_all_agree(scale, stays_narrow, needs_python):
    supports = scaled_supports(scale)
    traversal = Traversal(supports)
    assert traversal.run()
    expected = in_python(supports)
    assert traversal.total == expected.total == in_python(scaled_supports(1)).total * scale**2
    assert (traversal.leaves, traversal.exchanges) == (expected.leaves, expected.exchanges)
    assert traversal._is_narrow == stays_narrow
    assert (traversal.wide_cells > 0) == needs_python


@pytest.mark.parametrize("scale", [1, 10**4, 10**7, 10**12])
def test_cells_of_a_lifting_agree_in_every_width(scale):
    supports = scaled_supports(scale)
    rng = np.random.default_rng(2)
    lifting = [rng.integers(0, 1 << 20, len(a)) for a in supports]
    traversal = Traversal(supports, lifting)
    assert traversal.run()
    cells, expected = traversal.cells(), in_python(supports, lifting)
    assert traversal.total == expected.total
    assert sorted(int(v) for v in cells.volumes) == sorted(expected.volumes)
    found = {tuple(map(tuple, e)) for e in cells.edges.tolist()}
    assert found == {tuple(tuple(sorted(p)) for p in e) for e in expected.edges}


def test_lowered_limits_only_change_who_does_the_work(monkeypatch):
    supports = scaled_supports(3)
    expected = in_python(supports)
    for narrow, wide in ((200.0, exchanges.WIDE_LIMIT), (200.0, 2000.0), (10.0, 100.0)):
        monkeypatch.setattr(exchanges, "NARROW_LIMIT", narrow)
        monkeypatch.setattr(exchanges, "WIDE_LIMIT", wide)
        traversal = Traversal(supports)
        assert traversal.run()
        assert (traversal.total, traversal.leaves) == (expected.total, expected.leaves)
        assert traversal.exchanges >= expected.exchanges


def test_the_stack_grows_and_the_cell_buffer_is_emptied(monkeypatch):
    from polytopes import traversal as module

    monkeypatch.setattr(module, "CELL_BUFFER", 3)
    supports = scaled_supports(1)
    rng = np.random.default_rng(4)
    lifting = [rng.integers(0, 1 << 20, len(a)) for a in supports]
    small = Traversal(supports, lifting)
    small._stack = [a[:1].copy() for a in small._stack]
    assert small.run()
    assert small.total == in_python(supports, lifting).total
    assert len(small.cells().volumes) == small.leaves


def test_a_traversal_goes_on_where_it_stopped():
    supports = scaled_supports(1)
    whole, pieces = Traversal(supports), Traversal(supports)
    whole.run()
    limit = 0
    while not pieces.run(max_exchanges=limit):
        limit += 7
    assert (pieces.total, pieces.exchanges) == (whole.total, whole.exchanges)


@pytest.mark.parametrize("scale", [2**7, 2**9, 2**11, 2**20])
@pytest.mark.parametrize("lifted", [False, True])
def test_volumes_divisible_by_high_powers_of_two_are_divided_exactly(scale, lifted):
    # Division by V is by its odd part modulo the range of the type, then a shift: the quotient
    # times the power of two must fit, or the row is computed in int64.
    supports = scaled_supports(scale)
    rng = np.random.default_rng(3)
    lifting = [rng.integers(0, 1 << 10, len(a)) for a in supports] if lifted else None
    traversal = Traversal(supports, lifting)
    assert traversal.run()
    expected = in_python(supports, lifting)
    assert (traversal.total, traversal.exchanges) == (expected.total, expected.exchanges)


def test_going_on_elsewhere_in_the_tree_changes_nothing():
    supports = scaled_supports(1)
    whole, turned = Traversal(supports), Traversal(supports)
    whole.run()
    limit = 0
    while not turned.run(max_exchanges=limit):
        turned.surface()
        limit += 3
    assert (turned.total, turned.leaves, turned.exchanges) == (
        whole.total,
        whole.leaves,
        whole.exchanges,
    )
