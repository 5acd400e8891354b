"""Newton polytopes: known polytopes, laws, huge and degenerate inputs."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
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


# -- faces, hulls and lattice points of harder polytopes -------------------------------------------


@pytest.mark.parametrize(("d", "m"), [(3, 8), (4, 9), (5, 10), (6, 11)])
def test_cyclic_polytopes_attain_the_upper_bound_theorem(d, m):
    # P. McMullen, Mathematika 17 (1970): neighbourly, and the h-vector gives all face counts.
    cyclic = newton_polytope([[t**k for k in range(1, d + 1)] for t in range(m)])
    h = [0] * (d + 1)
    for k in range(d // 2 + 1):
        h[k] = h[d - k] = math.comb(m - d - 1 + k, k)
    expected = tuple(
        sum(math.comb(d - j, i + 1 - j) * h[j] for j in range(i + 2)) for i in range(d)
    )
    assert cyclic.face_counts == expected


def test_the_permutohedron_has_ordered_partitions_as_faces():
    # Faces of dimension n - k are the ordered partitions of n things into k sets: k! S(n, k).
    permutohedron = newton_polytope(list(itertools.permutations(range(5))))
    assert permutohedron.dimension == 4
    assert permutohedron.face_counts == (120, 240, 150, 30)
    # Forests of K_5 (R. P. Stanley): 5^3 trees, each a unit parallelepiped; 4! times that.
    assert permutohedron.lattice_volume == 24 * 125


@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=5, max_size=14))
@settings(deadline=None, max_examples=40)
def test_face_counts_satisfy_euler_and_agree_with_intersections_of_facets(points):
    polytope = newton_polytope(points)
    counts = polytope.face_counts
    assert sum((-1) ** k * c for k, c in enumerate(counts)) == 1 - (-1) ** polytope.dimension
    vertices = frozenset(polytope.vertices)
    faces = {frozenset(f.points) & vertices for f in polytope.facets}
    while True:
        more = faces | {a & b for a in faces for b in faces}
        if more == faces:
            break
        faces = more
    assert sum(counts) == len(faces - {frozenset()})


@given(
    st.integers(2, 4).flatmap(
        lambda d: st.lists(
            st.lists(st.integers(-4, 4), min_size=d, max_size=d), min_size=d + 1, max_size=12
        )
    ),
    st.sampled_from([1, 10**9, 10**15, 10**30]),
)
@settings(deadline=None, max_examples=60)
def test_hulls_scale_in_every_width(points, scale):
    small = newton_polytope(points)
    large = newton_polytope([[scale * x for x in p] for p in points])
    assert large.vertices == small.vertices
    assert large.face_counts == small.face_counts
    assert large.lattice_volume == small.lattice_volume * scale**small.dimension


@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=8))
@settings(deadline=None, max_examples=60)
def test_lattice_points_are_those_that_leave_the_hull_as_it_is(points):
    polytope = newton_polytope(points)
    inside = {tuple(p) for p in polytope.lattice_points().tolist()}
    box = itertools.product(range(-3, 4), repeat=3)
    if polytope.dimension == 3:
        assert inside == {
            p
            for p in box
            if all(np.dot(normal, p) <= offset for normal, offset, _ in polytope.inequalities)
        }
    else:
        same = (polytope.dimension, polytope.lattice_volume)
        wider = (newton_polytope([*points, p]) for p in inside)
        assert all((w.dimension, w.lattice_volume) == same for w in wider)
        outside = next((p for p in box if p not in inside), None)
        if outside is not None:
            w = newton_polytope([*points, outside])
            assert (w.dimension, w.lattice_volume) != same


def test_lattice_points_of_thin_and_distant_polytopes():
    # A primitive segment times 7, far away: 8 points, although its box is huge.
    far = 10**20
    segment = newton_polytope([(far, far), (far + 7 * 10**6, far + 7)])
    assert segment.lattice_points().tolist()[1] == [far + 10**6, far + 1]
    assert len(segment.lattice_points()) == 8
    with pytest.raises(InputError, match="1000000"):
        newton_polytope([(0, 0), (10**4, 0), (0, 10**4)]).lattice_points()


@given(st.lists(st.lists(st.integers(-6, 6), min_size=2, max_size=2), min_size=3, max_size=9))
@settings(deadline=None, max_examples=60)
def test_pick_s_theorem(points):
    polygon = newton_polytope(points)
    if polygon.dimension < 2:
        return
    corners = [polygon.points[i] for i in polygon.vertices]
    on_edges = 0
    for facet in polygon.facets:
        a, b = (polygon.points[i] for i in facet.points if i in polygon.vertices)
        on_edges += math.gcd(*(int(x) for x in a - b))
    assert len(corners) == len(polygon.facets)
    interior = len(polygon.lattice_points()) - on_edges
    assert polygon.lattice_volume == 2 * interior + on_edges - 2
