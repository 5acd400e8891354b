"""Newton polytopes: known polytopes, laws, huge and degenerate inputs."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytopes import SupportError, mixed_volume, newton_polytope


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_cubes_have_the_known_faces_and_volume(n):
    cube = newton_polytope(list(itertools.product([0, 1], repeat=n)))
    assert len(cube.vertices) == 2**n
    assert cube.face_counts == tuple(2 ** (n - k) * math.comb(n, k) for k in range(n))
    assert cube.lattice_volume == math.factorial(n)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_cross_polytopes_are_dual_to_cubes(n):
    points = [[s * int(i == j) for j in range(n)] for i in range(n) for s in (1, -1)]
    polytope = newton_polytope([*points, [0] * n])
    assert polytope.vertices == tuple(range(2 * n))
    assert len(polytope.facets) == 2**n
    assert polytope.lattice_volume == 2**n


@pytest.mark.parametrize("size", [10, 10**9, 10**15, 10**40])
def test_a_vertex_too_flat_for_floating_point_is_found(size):
    quadrilateral = newton_polytope([(0, 0), (size, -1), (2 * size, 0), (size, size), (size, 0)])
    assert quadrilateral.vertices == (0, 1, 2, 3)
    assert quadrilateral.lattice_volume == 2 * size * (size + 1)


@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=9))
@settings(deadline=None, max_examples=80)
def test_volume_is_kushnirenko_s_mixed_volume(points):
    assert newton_polytope(points).normalised_volume == mixed_volume([points] * 3).value


@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=4, max_size=9))
@settings(deadline=None, max_examples=60)
def test_facets_support_the_polytope_and_vertices_determine_it(points):
    polytope = newton_polytope(points)
    corners = newton_polytope(polytope.points[list(polytope.vertices)])
    assert corners.lattice_volume == polytope.lattice_volume
    assert len(corners.vertices) == len(polytope.vertices)
    if polytope.dimension == 3:
        for normal, offset, on in polytope.inequalities:
            heights = polytope.points @ np.array(normal)
            assert heights.max() == offset
            assert tuple(np.flatnonzero(heights == offset)) == on
        counts = polytope.face_counts
        assert counts[0] - counts[1] + counts[2] == 2  # Euler


def test_lower_dimensional_polytopes_are_measured_in_their_own_lattice():
    segment = newton_polytope([(0, 0, 0), (2, 4, 6)])
    assert (segment.dimension, segment.lattice_volume, segment.normalised_volume) == (1, 2, 0)
    triangle = newton_polytope([(1, 0, 0), (0, 1, 0), (0, 0, 1)])
    assert (triangle.dimension, triangle.lattice_volume) == (2, 1)
    point = newton_polytope([(3, 4), (3, 4)])
    assert (point.dimension, point.lattice_volume, point.vertices) == (0, 1, (0,))


def test_minkowski_sum_of_segments_is_a_square_with_its_lattice_points():
    square = newton_polytope([(0, 0), (2, 0)]) + newton_polytope([(0, 0), (0, 2)])
    assert square.lattice_volume == 8
    assert len(square.lattice_points()) == 9


def test_empty_supports_are_refused():
    with pytest.raises(SupportError):
        newton_polytope([])
