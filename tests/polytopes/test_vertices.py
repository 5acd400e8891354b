"""Vertices of supports against the exact hull, and mixed volumes that do not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytopes import mixed_volume, newton_polytope
from polytopes.vertices import vertices_only, without_midpoints


@st.composite
def supports_in(draw, n, top=5, size=10):
    point = st.lists(st.integers(-top, top), min_size=n, max_size=n)
    rows = draw(st.lists(point, min_size=1, max_size=size))
    return np.unique(np.array(rows, dtype=np.int64), axis=0)


@given(st.integers(1, 4).flatmap(supports_in))
@settings(deadline=None, max_examples=120)
def test_exactly_the_vertices_of_the_hull_stay(support):
    polytope = newton_polytope(support)
    expected = {tuple(polytope.points[k].tolist()) for k in polytope.vertices}
    assert {tuple(v) for v in vertices_only(support).tolist()} == expected


@pytest.mark.parametrize("scale", [1, 10**9, 10**18])
def test_inner_points_that_are_no_midpoints_go_in_every_width(scale):
    triangle = np.array([[0, 0], [3, 0], [0, 3], [1, 1]]).astype(object) * scale
    assert len(without_midpoints(triangle)) == 4
    assert vertices_only(triangle).tolist() == [[0, 0], [3 * scale, 0], [0, 3 * scale]]


def test_midpoints_are_dropped_and_vertices_kept():
    assert without_midpoints(np.array([[0], [1], [2], [3], [4]])).tolist() == [[0], [4]]


@pytest.mark.parametrize("n", [10**6, 10**15])
def test_a_point_barely_outside_the_hull_of_the_others_stays(n):
    # (n, -1) lies 1 below the edge from (0, 0) to (2n, 0).
    support = np.array([[0, 0], [n, -1], [2 * n, 0], [n, n], [n, 1]])
    kept = vertices_only(support).tolist()
    assert kept[:4] == [[0, 0], [n, -1], [2 * n, 0], [n, n]]
    assert n > 10**9 or len(kept) == 4  # floats only propose: beyond them a point may stay


def test_long_traversals_use_vertices_only(monkeypatch):
    from polytopes import orders

    rng = np.random.default_rng(1)
    inner = [rng.multinomial(6, [0.25] * 4, 8)[:, :3] for _ in range(3)]
    corners = np.vstack([np.zeros((1, 3), int), 6 * np.eye(3, dtype=int)])
    supports = [np.unique(np.vstack([corners, a]), axis=0) for a in inner]
    monkeypatch.setattr(orders, "FREE_EXCHANGES", 1)
    monkeypatch.setattr(orders, "TRIAL_EXCHANGES", 1)
    value, exchanges = orders.traversal_volume(supports)
    assert value == mixed_volume(supports).value == 216
    assert exchanges < 20
