"""Laws of torus, affine and stable mixed volumes, inclusion-exclusion, degenerate inputs."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.words import Word
from polytopes import (
    SupportError,
    balanced,
    bounds,
    is_mixed_cell,
    mixed_cells,
    mixed_volume,
    newton_polytope,
    stable_cells,
    stable_count,
)
from polytopes.mixed_cells import lifted_points
from proofs.settled_volumes import certify_mixed_volume

KINDS = ("torus", "affine", "stable")
HUGE = (10**9, 10**13, 10**18, 10**25)


@st.composite
def polynomial_supports(draw, low=2, high=3, top=3, size=5):
    n = draw(st.integers(low, high))
    point = st.lists(st.integers(0, top), min_size=n, max_size=n)
    return [
        np.array(draw(st.lists(point, min_size=1, max_size=size)), dtype=np.int64) for _ in range(n)
    ]


def values(supports):
    return [mixed_volume(supports, kind=kind).value for kind in KINDS]


# -- inclusion-exclusion ---------------------------------------------------------------------------


def by_inclusion_exclusion(supports):
    """MV = sum over I of (-1)^(n-|I|) vol(sum of P_i, i in I), volumes by exact hulls."""
    n = len(supports)
    total = 0
    for k in range(1, n + 1):
        for chosen in itertools.combinations(supports, k):
            first, *others = (newton_polytope(a) for a in chosen)
            for other in others:
                first = first + other
            total += (-1) ** (n - k) * first.normalised_volume
    assert total % math.factorial(n) == 0
    return total // math.factorial(n)


@given(polynomial_supports(2, 4))
@settings(deadline=None, max_examples=60)
def test_mixed_volumes_by_inclusion_and_exclusion(supports):
    for kind in ("torus", "affine"):
        points = lifted_points(supports, kind)
        assert mixed_volume(supports, kind=kind).value == by_inclusion_exclusion(points)


@pytest.mark.parametrize("seed", range(3))
def test_five_random_polytopes_by_inclusion_and_exclusion(seed):
    rng = np.random.default_rng(seed)
    supports = [rng.integers(-3, 4, (4, 5)) for _ in range(5)]
    assert mixed_volume(supports).value == by_inclusion_exclusion(supports)


# -- laws ------------------------------------------------------------------------------------------


@given(polynomial_supports(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_all_kinds_are_symmetric_in_supports_variables_and_points(supports, random):
    n = len(supports)
    order, columns = random.sample(range(n), n), random.sample(range(n), n)
    moved = [supports[i][:, columns] for i in order]
    moved = [a[random.sample(range(len(a)), len(a))] for a in moved]
    assert values(moved) == values(supports)
    patterns = {
        tuple(sorted(columns.index(k) for k in zero)): count
        for zero, count in stable_count(supports).patterns.items()
    }
    assert stable_count(moved).patterns == patterns


@given(polynomial_supports(2, 3, top=2), polynomial_supports(3, 3, top=2), st.integers(0, 4))
@settings(deadline=None, max_examples=50)
def test_torus_and_affine_are_multilinear(supports, others, factor):
    n = len(supports)
    extra = others[0][:, :n]
    for kind in ("torus", "affine"):
        first, *rest = lifted_points(supports, kind)
        added = np.vstack([extra, 0 * extra[:1]]) if kind == "affine" else extra
        sums = (factor * first[:, None, :] + added[None, :, :]).reshape(-1, n)
        one, two = mixed_volume([first, *rest]).value, mixed_volume([added, *rest]).value
        assert mixed_volume([sums, *rest]).value == factor * one + two


@given(polynomial_supports(), st.lists(st.integers(0, 3), min_size=3, max_size=3))
@settings(deadline=None, max_examples=50)
def test_torus_and_affine_grow_with_the_polytopes(supports, point):
    n = len(supports)
    larger = [np.vstack([supports[0], [point[:n]]]), *supports[1:]]
    for kind in ("torus", "affine"):
        assert mixed_volume(larger, kind=kind).value >= mixed_volume(supports, kind=kind).value


@given(polynomial_supports(), st.lists(st.integers(-9, 9), min_size=9, max_size=9))
@settings(deadline=None, max_examples=50)
def test_translations_and_unimodular_maps_leave_the_torus_bound(supports, shifts):
    n = len(supports)
    shear = np.eye(n, dtype=np.int64)
    shear[0, -1] = shifts[0]
    moved = [a @ shear + shifts[i : i + n] for i, a in enumerate(supports)]
    assert mixed_volume(moved).value == mixed_volume(supports).value
    assert mixed_cells(moved).mixed_volume == mixed_volume(supports).value


@given(polynomial_supports(2, 2), polynomial_supports(1, 2))
@settings(deadline=None, max_examples=50)
def test_independent_systems_multiply(first, second):
    n, m = len(first), len(second)
    together = [np.hstack([a, np.zeros((len(a), m), np.int64)]) for a in first]
    together += [np.hstack([np.zeros((len(a), n), np.int64), a]) for a in second]
    product = [x * y for x, y in zip(values(first), values(second), strict=True)]
    assert values(together) == product


@given(polynomial_supports(), st.integers(0, 9))
@settings(deadline=None, max_examples=30)
def test_the_seed_never_changes_a_value(supports, seed):
    for kind in KINDS:
        assert mixed_volume(supports, kind=kind, seed=seed).value == (
            mixed_volume(supports, kind=kind).value
        )
    assert mixed_cells(supports, seed=seed).mixed_volume == mixed_volume(supports).value


@given(polynomial_supports(2, 3, size=4))
@settings(deadline=None, max_examples=25)
def test_balanced_cells_are_the_same_cells_for_smaller_weights(supports):
    drawn, small = mixed_cells(supports), mixed_cells(supports, balance=True)
    assert np.array_equal(drawn.edges, small.edges)
    assert np.array_equal(balanced(drawn).volumes, small.volumes)
    for j in range(len(small)):
        assert is_mixed_cell(small.supports, small.liftings, small.edges[j], int(small.volumes[j]))


# -- degenerate and huge ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("supports", "expected"),
    [
        ([[(0, 0)], [(0, 0), (1, 1)]], [0, 0, 0]),  # a constant
        ([[(2, 1)], [(0, 0), (1, 1)]], [0, 1, 0]),  # a monomial: its zeros miss the other curve
        ([[(2, 0)], [(0, 3)]], [0, 6, 6]),  # two monomials: the origin, six times
        ([[(0, 0), (1, 0)], [(0, 0), (2, 0)]], [0, 0, 0]),  # one direction only
        ([[(0, 0), (1, 1), (1, 1), (0, 0)], [(0, 0), (1, 0)]], [1, 1, 1]),  # repeated points
        ([[(1, 1), (2, 2), (3, 3)], [(0, 0), (1, 0)]], [2, 3, 3]),  # x y times a quadric in x y
    ],
)
def test_degenerate_systems(supports, expected):
    assert values(supports) == expected


def test_laurent_supports_have_a_torus_bound_only():
    supports = [[(-1, 0), (0, 1), (2, -3)], [(0, 0), (-2, 1), (1, 1)]]
    shifted = [np.array(a) + 3 for a in supports]
    assert mixed_volume(supports).value == mixed_volume(shifted).value > 0
    for kind in ("affine", "stable"):
        with pytest.raises(InputError, match="negative"):
            mixed_volume(supports, kind=kind)
    with pytest.raises(InputError, match="negative"):
        bounds(supports)


@pytest.mark.parametrize("empty", [[], [[]], np.empty((0, 2), np.int64)])
def test_empty_supports_are_refused_by_all(empty):
    for work in (mixed_volume, mixed_cells, stable_count, stable_cells, bounds):
        with pytest.raises(SupportError):
            work([empty, [(0, 0), (1, 1)]])


@pytest.mark.parametrize("size", HUGE)
def test_coordinates_of_any_size_give_the_exact_number(size):
    # Determinants by hand: MV = area(P + Q) - area(P) - area(Q) of two triangles with an origin.
    s = size
    supports = [[(0, 0), (s, 1), (1, s)], [(0, 0), (2 * s, s + 1), (3, 1)]]
    expected = by_inclusion_exclusion(supports)
    assert values(supports) == [expected] * 3
    assert mixed_cells(supports).mixed_volume == expected
    assert bounds(supports).bezout.value == (s + 1) * (3 * s + 1)
    settled = certify_mixed_volume(mixed_volume(supports))
    # Certificates end where values or two-level weights leave 64 bits.
    assert (settled.value, settled.word) == (
        expected,
        Word.PROVED if size <= 10**9 else Word.PROBABLE,
    )


@pytest.mark.parametrize("size", HUGE)
def test_stable_counts_of_any_size(size):
    # x^3 (…) = 0 and y (…) = 0: the origin counts 3 times, whatever the other exponents are.
    s = size
    supports = [[(0, 1), (s, 1), (1, s)], [(3, 0), (2 * s, s + 1), (3, 1)]]
    count = stable_count(supports)
    assert count.patterns[0, 1] == 3
    assert count.patterns[()] == by_inclusion_exclusion(supports)
    torus, affine, stable = values(supports)
    assert torus <= stable == count.value <= affine
    settled = certify_mixed_volume(mixed_volume(supports, kind="stable"))
    assert settled.value == count.value
