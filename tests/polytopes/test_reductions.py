"""Reductions of mixed volumes, each against the traversal without reductions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.networks import LinearNetwork
from polytopes import mixed_volume, reductions
from polytopes.blocks import Block, candidate_blocks, own_parts, upper_parts
from polytopes.orders import traversal_volume
from polytopes.reductions import lattice_coordinates, reduce_volume, triangular_blocks
from polytopes.supports import with_origin


def plain(supports):
    if any(len(np.unique(a, axis=0)) < 2 for a in supports):
        return 0
    return traversal_volume([np.unique(a, axis=0) for a in supports])[0]


@st.composite
def systems(draw, n, top=3, low=0, size=5):
    point = st.lists(st.sampled_from([0, 0, *range(low, top + 1)]), min_size=n, max_size=n)
    return [
        np.array(draw(st.lists(point, min_size=2, max_size=size)), dtype=np.int64) for _ in range(n)
    ]


@given(systems(3, low=-2))
@settings(deadline=None, max_examples=150)
def test_reduced_mixed_volumes_equal_traversed_ones(supports):
    assert reduce_volume(supports, traversal_volume).value == plain(supports)


@given(systems(4, top=2))
@settings(deadline=None, max_examples=150)
def test_the_two_sides_of_the_block_theorem_enclose_the_mixed_volume(supports):
    for equations in [((0, 1), (2, 3)), ((0, 2), (1, 3))]:
        blocks = (Block((0, 1), equations[0]), Block((2, 3), equations[1]))
        own = own_parts(supports, blocks)
        lower = math.prod(0 if any(len(a) < 2 for a in part) else plain(part) for part in own)
        upper = math.prod(plain(part) for part in upper_parts(supports, blocks))
        assert lower <= plain(supports) <= upper


@st.composite
def translates(draw):
    n = draw(st.integers(2, 5))
    (support, *_) = draw(systems(n, top=3, low=-3, size=9))
    scale = draw(st.sampled_from([1, 1, 7, 10**11]))
    shifts = draw(st.lists(st.lists(st.integers(-5, 5), min_size=n, max_size=n), min_size=n))
    return [support * scale + np.array(shift) for shift in shifts[:n]]


@given(translates())
@settings(deadline=None, max_examples=150)
def test_equal_supports_have_the_volume_of_their_hull(supports):
    # A. G. Kushnirenko 1976: n polynomials with one Newton polytope P have n! vol(P) zeros.
    reduction = reduce_volume(supports, traversal_volume)
    assert "traversal" not in reduction.methods()
    assert reduction.value == plain(supports)


def test_hulls_that_may_have_too_many_facets_are_left_to_the_traversal(monkeypatch):
    supports = [np.array([(0, 0, 0), (3, 1, 0), (0, 2, 1), (1, 0, 3), (2, 2, 2), (1, 1, 0)])] * 3
    by_hull = reduce_volume(supports, traversal_volume)
    monkeypatch.setattr(reductions, "MAX_FACETS", 7)
    by_traversal = reduce_volume(supports, traversal_volume)
    assert (by_hull.methods(), by_traversal.methods()) == ({"equal"}, {"traversal"})
    assert by_hull.value == by_traversal.value > 0


@given(systems(3, top=2), st.integers(2, 5))
@settings(deadline=None, max_examples=40)
def test_a_sublattice_contributes_its_index(supports, factor):
    scaled = [a * np.array([factor * 1000, 1, 1]) for a in supports]
    assert mixed_volume(scaled).value == factor * 1000 * mixed_volume(supports).value


def test_lattice_coordinates_of_even_points_have_index_a_power_of_two():
    index, coordinates = lattice_coordinates(
        [np.array([[0, 0], [2, 0]]), np.array([[0, 0], [0, 2]])]
    )
    assert index == 4
    assert mixed_volume(coordinates).value == 1


@pytest.mark.parametrize(
    ("widths", "torus", "affine"),
    [
        ((2, 2, 2), 1024, 1089),
        ((3, 2, 2), 5184, 5329),
        ((2, 3, 2), 32768, 35937),
        ((3, 3, 2), 373248, 389017),
        ((2, 3, 3), 373248, 389017),
    ],
)
def test_networks_with_one_hidden_layer_cost_one_block_per_hidden_unit(widths, torus, affine):
    # A. Bharadwaj, S. Hosten, arXiv:2301.12651, Table 3.1, column BKK (affine), rows 14 to 26;
    # the torus values are the squares and cubes of those of one hidden unit.
    supports = LinearNetwork(widths, m=1).gradient_system(seed=0).supports
    for kind, value in (("torus", torus), ("affine", affine)):
        points = [with_origin(a) for a in supports] if kind == "affine" else supports
        reduction = reduce_volume(points, traversal_volume)
        assert reduction.value == value
        assert reduction.method == "blocks"
        assert len(reduction.blocks) == widths[1]
        assert mixed_volume(supports, kind=kind).value == value


def test_blocks_agree_with_the_full_traversal_where_that_is_feasible():
    supports = LinearNetwork((2, 2, 2), m=1).gradient_system(seed=0).supports
    assert plain(supports) == 1024
    assert plain([with_origin(a) for a in supports]) == 1089


def test_triangular_systems_split_and_unmatched_ones_vanish():
    triangular = [
        np.array([[0, 0, 0], [3, 0, 0]]),
        np.array([[0, 0, 0], [1, 2, 0], [0, 1, 0]]),
        np.array([[0, 0, 0], [1, 1, 5]]),
    ]
    blocks = triangular_blocks(triangular)
    assert [(b.variables, b.equations) for b in blocks] == [((k,), (k,)) for k in range(3)]
    assert mixed_volume(triangular).value == 3 * 2 * 5
    assert triangular_blocks([np.array([[0, 0], [1, 0]])] * 2) is None
    assert mixed_volume([np.array([[0, 0], [1, 0]])] * 2).value == 0


def test_no_blocks_are_proposed_where_every_variable_meets_every_other():
    cyclic = [[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 0], [0, 1, 1], [1, 0, 1]], [[1, 1, 1]]]
    assert all(len(b) == 3 for b in candidate_blocks([np.array(a) for a in cyclic]))
