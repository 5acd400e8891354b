"""The finest grading: homogeneous polynomials, and nothing finer."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.families import resolve_system
from algebra.gradings import Grading, sign_symmetries


def test_a_weighted_homogeneous_polynomial_has_its_weighted_degree():
    grading = Grading([np.array([[3, 0], [0, 2]])], 2)
    degrees = grading.degrees(np.array([[3, 0], [0, 2], [1, 1], [6, 0], [3, 2]]))
    assert (degrees[0] == degrees[1]).all()
    assert (degrees[3] == degrees[4]).all()
    assert not (degrees[0] == degrees[2]).all()
    assert not grading.is_trivial


def test_linear_polynomials_with_constants_have_the_trivial_grading():
    assert Grading([np.array([[1, 0], [0, 1], [0, 0]])], 2).is_trivial


def test_without_polynomials_every_monomial_has_its_own_degree():
    grading = Grading([], 2)
    m = np.array([[1, 2], [2, 1]])
    assert (grading.degrees(m) == m).all()


def test_networks_have_one_sign_symmetry_per_hidden_unit():
    for name, units in (("network:2-2-2", 2), ("network:2-3-2", 3), ("network:1-1-1-1", 2)):
        system = resolve_system(name)
        grading = Grading(system.supports, len(system.variables))
        assert len(sign_symmetries(grading)) == units


vectors = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=4)


@settings(deadline=None, max_examples=60)
@given(st.lists(vectors, min_size=1, max_size=3), vectors)
def test_degrees_add_and_polynomials_are_homogeneous(supports, shifts):
    arrays = [np.array(s, dtype=np.int64) for s in supports]
    grading = Grading(arrays, 3)
    moved = np.array(shifts, dtype=np.int64)
    for a in arrays:
        assert len(np.unique(grading.degrees(a), axis=0)) == 1
        for m in moved:
            assert len(np.unique(grading.degrees(a + m), axis=0)) == 1


@settings(deadline=None, max_examples=60)
@given(vectors)
def test_sign_symmetries_fix_every_monomial_of_a_polynomial_alike(support):
    a = np.array(support, dtype=np.int64)
    for signs in sign_symmetries(Grading([a], 3)):
        assert len(set((a @ signs % 2).tolist())) == 1
