"""Mixed volumes: literature values, widths; more laws in test_laws.py."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError, LimitReached, NotSquare
from algebra.limits import Budget
from polytopes import SupportError, mixed_cells, mixed_volume, newton_polytope
from polytopes.supports import translated
from polytopes.traversal import Traversal
from polytopes.wide import WideTraversal


def cyclic(n):
    windows = [[[int((j - i) % n < k) for j in range(n)] for i in range(n)] for k in range(1, n)]
    return [np.array(a) for a in (*windows, [[1] * n, [0] * n])]


def noon(n):
    unit = np.eye(n, dtype=np.int64)
    return [
        np.array([0 * unit[i], unit[i], *(unit[i] + 2 * unit[j] for j in range(n) if j != i)])
        for i in range(n)
    ]


@st.composite
def supports_in(draw, n, top=4):
    point = st.lists(st.integers(-top, top), min_size=n, max_size=n)
    return [
        np.array(draw(st.lists(point, min_size=1, max_size=6)), dtype=np.int64) for _ in range(n)
    ]


@st.composite
def unimodular_matrices(draw, n):
    u = np.eye(n, dtype=np.int64)
    for _ in range(draw(st.integers(0, 4))):
        i, j = draw(st.permutations(range(n)))[:2]
        u[i] += draw(st.integers(-2, 2)) * u[j]
    return u


# -- literature -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "value"), [(4, 16), (5, 70), (6, 156), (7, 924), (8, 2560), (9, 11016), (10, 35940)]
)
def test_mixed_volume_of_cyclic_equals_the_published_one(n, value):
    # J. Backelin, R. Froeberg, ISSAC 1991 (n = 5, 6, 7); U. Haagerup, arXiv:0803.2629, for primes;
    # I. Emiris, J. Canny, J. Symb. Comput. 20 (1995) for 8 to 10.
    assert mixed_volume(cyclic(n)).value == value


@pytest.mark.parametrize("n", range(3, 8))
def test_mixed_volume_of_noon_is_3_to_the_n_minus_2n(n):
    # V. W. Noonburg, SIAM J. Appl. Math. 49 (1989).
    assert mixed_volume(noon(n)).value == 3**n - 2 * n
    assert mixed_volume(noon(n), kind="affine").value == 3**n - 2 * n


def test_affine_bound_exceeds_the_torus_bound_where_zeros_have_zero_coordinates():
    # 2y + 3y^2 - xy^3 and x + 4x^2 - 2x^3y: documentation of HomotopyContinuation.jl.
    supports = [[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]]
    assert mixed_volume(supports).value == 3
    assert mixed_volume(supports, kind="affine").value == 8


# -- laws -----------------------------------------------------------------------------------------


@given(supports_in(3), unimodular_matrices(3), st.lists(st.integers(-9, 9), min_size=9, max_size=9))
@settings(deadline=None, max_examples=60)
def test_mixed_volume_is_invariant_under_unimodular_maps_and_translations(supports, u, shifts):
    moved = [a @ u + shifts[3 * i : 3 * i + 3] for i, a in enumerate(supports)]
    assert mixed_volume(moved).value == mixed_volume(supports).value


@given(supports_in(3))
@settings(deadline=None, max_examples=60)
def test_mixed_cells_of_a_random_lifting_sum_to_the_mixed_volume(supports):
    assert mixed_cells(supports).mixed_volume == mixed_volume(supports).value


@given(supports_in(2, top=9))
@settings(deadline=None, max_examples=60)
def test_mixed_volume_in_the_plane_is_a_difference_of_areas(supports):
    # MV(P, Q) = area(P + Q) - area(P) - area(Q), areas by the shoelace formula on exact hulls.
    p, q = supports
    total = (p[:, None, :] + q[None, :, :]).reshape(-1, 2)
    doubled = twice_area(total) - twice_area(p) - twice_area(q)
    assert 2 * mixed_volume(supports).value == doubled


@given(supports_in(3, top=3))
@settings(deadline=None, max_examples=60)
def test_mixed_volume_in_space_is_an_alternating_sum_of_volumes(supports):
    # Inclusion-exclusion over all sums of the polytopes; volumes by beneath-beyond.
    total = 0
    for k in range(1, 4):
        for chosen in itertools.combinations(supports, k):
            points = chosen[0]
            for a in chosen[1:]:
                points = (points[:, None, :] + a[None, :, :]).reshape(-1, 3)
            polytope = newton_polytope(np.unique(points, axis=0))
            if polytope.dimension == 3:
                total += (-1) ** (3 - k) * polytope.lattice_volume
    assert 6 * mixed_volume(supports).value == total


@given(supports_in(3), st.integers(0, 2))
@settings(deadline=None, max_examples=40)
def test_degenerate_supports_agree_with_the_traversal_of_what_is_left(supports, flat):
    # A support repeated, one of them squeezed into a plane, points repeated.
    a, b, c = supports
    squeezed = a.copy()
    squeezed[:, flat] = 0
    repeated = np.vstack([c, c, c[:1]])
    assert mixed_volume([squeezed, b, repeated]).value == mixed_volume([b, c, squeezed]).value
    assert mixed_volume([squeezed, squeezed, squeezed]).value == 0


def twice_area(points):
    """Andrew's monotone chain, then the shoelace formula; exact integers."""
    rows = sorted({tuple(int(x) for x in p) for p in points})
    hull = []
    for sweep in (rows, rows[::-1]):
        chain = []
        for p in sweep:
            while len(chain) > 1 and cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        hull += chain[:-1]
    ends = hull[1:] + hull[:1]
    return abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(hull, ends, strict=True)))


def cross(o, a, b):
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


# -- widths ---------------------------------------------------------------------------------------


@given(supports_in(3), st.booleans())
@settings(deadline=None, max_examples=40)
def test_python_integers_take_the_same_course_as_the_kernel(supports, lifted):
    supports = [np.unique(a, axis=0) for a in supports]
    if min(len(a) for a in supports) < 2:
        return
    rng = np.random.default_rng(0)
    lifting = [rng.integers(0, 1000, len(a)) for a in supports] if lifted else None
    kernel = Traversal(supports, lifting)
    kernel.run()
    wide = WideTraversal([translated(a) for a in supports], lifting)
    wide.run(0, None)
    assert (kernel.total, kernel.leaves, kernel.exchanges) == (
        wide.total,
        wide.leaves,
        wide.exchanges,
    )


@given(
    supports_in(3),
    st.sampled_from([50, 300, 1000, 2**8, 2**12, 2**16, 10**4, 10**9, 10**13, 2**62, 10**30]),
)
@settings(deadline=None, max_examples=60)
def test_scaled_coordinates_scale_the_mixed_volume_in_every_width(supports, scale):
    scaled = [a.astype(object) * scale for a in supports]
    assert mixed_volume(scaled).value == mixed_volume(supports).value * scale**3


@pytest.mark.parametrize("scale", [10**5, 10**6, 3 * 10**6, 10**9])
def test_subtrees_too_wide_for_int64_are_finished_in_python_integers(scale):
    # The simplices start narrow; only part of the tree leaves int64.
    rng = np.random.default_rng(5)
    supports = [rng.integers(0, 5, (5, 4)) for _ in range(4)]
    supports[3] = supports[3] * scale
    small = [*supports[:3], supports[3] // scale]
    assert mixed_volume(supports).value == mixed_volume(small).value * scale
    traversal = Traversal(supports)
    traversal.run()
    assert traversal.total == mixed_volume(supports).value


# -- failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("supports", "error"),
    [
        ([], SupportError),
        ([[]], SupportError),
        ([[[1, 2], [1]], [[0, 0]]], SupportError),
        ([[[0.5]]], SupportError),
        ([[["x"]]], SupportError),
        ([[[0, 1], [1, 0]]], NotSquare),
    ],
)
def test_unusable_supports_are_refused(supports, error):
    with pytest.raises(error):
        mixed_volume(supports)


def test_affine_bound_of_laurent_supports_is_refused():
    with pytest.raises(InputError, match="negative"):
        mixed_volume([[[-1], [1]]], kind="affine")
    assert mixed_volume([[[-1], [1]]]).value == 2


def test_one_point_supports_have_mixed_volume_zero():
    assert mixed_volume([[(3, 1)], [(0, 0), (1, 5)]]).value == 0
    assert len(mixed_cells([[(3, 1)], [(0, 0), (1, 5)]])) == 0


def test_repeated_points_count_once():
    assert mixed_volume([[[0], [3], [3], [0]]]).value == 3


def test_an_exhausted_budget_is_reported():
    with pytest.raises(LimitReached):
        mixed_volume(cyclic(9), budget=Budget.of(seconds=0))
