"""Stable mixed volumes: literature, brute force over GF(p), zero patterns, degenerate systems."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.groebner import groebner_basis
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from polytopes import is_mixed_cell, mixed_volume, stable_cells, stable_count

PRIME = 2147483629


def test_zero_patterns_of_a_documented_example():
    count = stable_count([[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]])
    assert count.value == 6
    assert count.patterns == {(): 3, (0,): 1, (1,): 1, (0, 1): 1}


def test_stable_mixed_volume_of_huber_and_sturmfels_example():
    # B. Huber, B. Sturmfels 1997, Example 1: a y + b y^2 + c x y^3, d x + e x^2 + f x^3 y has
    # mixed volume 3, six zeros in C^2, and 8 with the origin added.
    supports = [[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]]
    values = [mixed_volume(supports, kind=k).value for k in ("torus", "stable", "affine")]
    assert values == [3, 6, 8]


@st.composite
def small_supports(draw, n):
    point = st.lists(st.integers(0, 3 if n < 3 else 2), min_size=n, max_size=n)
    sets = [draw(st.lists(point, min_size=2, max_size=4, unique_by=tuple)) for _ in range(n)]
    return [np.array(a, dtype=np.int64) for a in sets]


def random_system(supports, seed):
    generator = random.Random(seed)
    n = len(supports)
    names = tuple(f"x{j}" for j in range(n))
    terms = [{tuple(map(int, row)): generator.randrange(1, PRIME) for row in a} for a in supports]
    return PolynomialSystem.from_terms(names, terms)


def zeros_with_multiplicity(system):
    """Dimension of the quotient ring modulo a large prime; None if it is infinite."""
    basis = groebner_basis(system, modulus=PRIME).to_dict()
    if basis["dimension"] > 0:
        return None
    return basis["degree"] if basis["dimension"] == 0 else 0


@given(st.one_of(small_supports(2), small_supports(3)), st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_generic_coefficients_have_as_many_zeros_as_the_stable_mixed_volume(supports, seed):
    # B. Huber, B. Sturmfels 1997, Theorem 2: equality if the zeros are finite in number.
    count = zeros_with_multiplicity(random_system(supports, seed))
    assume(count is not None)
    assert stable_count(supports).value == count


@given(st.one_of(small_supports(2), small_supports(3)), st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_zero_patterns_are_the_coordinates_that_vanish(supports, seed):
    """Zeros with x_K = 0: saturate by the others and localise at x_K = 0 by a high power."""
    system = random_system(supports, seed)
    total = zeros_with_multiplicity(system)
    assume(total is not None)
    n = len(supports)
    patterns = stable_count(supports).patterns
    names = system.variables
    text = [str(f) for f in system.equations]
    subsets = (itertools.combinations(range(n), k) for k in range(n + 1))
    for zero in itertools.chain.from_iterable(subsets):
        kept = [names[j] for j in range(n) if j not in zero]
        # x_j^total = 0 keeps exactly the zeros with x_j = 0, multiplicities included.
        powers = [f"{names[j]}^{total + 1}" for j in zero]
        inverse = [f"t*{'*'.join(kept)} - 1"] if kept else ["t"]
        local = PolynomialSystem.parse("; ".join([*text, *powers, *inverse]) + ";")
        assert zeros_with_multiplicity(local) == patterns.get(zero, 0)


@given(small_supports(3))
@settings(deadline=None, max_examples=40)
def test_stable_cells_are_mixed_cells_and_sum_to_the_count(supports):
    found = stable_cells(supports)
    cells = found.cells
    assert cells.mixed_volume == mixed_volume(supports, kind="affine").value
    for j in range(len(cells)):
        assert is_mixed_cell(cells.supports, cells.liftings, cells.edges[j], int(cells.volumes[j]))
    assert found.count().value == stable_count(supports).value
    document = found.to_dict()
    assert document["stable_mixed_volume"] == sum(
        c["volume"] for c in document["cells"] if c["stable"]
    )


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 2, 2, 1), (2, 1, 1, 1)])
def test_counts_by_strata_and_by_cells_agree_on_networks(widths):
    supports = LinearNetwork(widths, m=1).gradient_system(seed=0).supports
    strata, cells = stable_count(supports), stable_cells(supports).count()
    assert (strata.method, cells.method) == ("strata", "cells")
    assert (strata.value, strata.patterns) == (cells.value, cells.patterns)
    assert strata.exchanges < cells.exchanges


@given(st.one_of(small_supports(2), small_supports(3), small_supports(4)))
@settings(deadline=None, max_examples=60)
def test_counts_by_strata_and_by_cells_agree_on_random_supports(supports):
    strata = stable_count(supports)
    cells = stable_cells(supports).count()
    assert (strata.value, strata.patterns) == (cells.value, cells.patterns)


def test_a_common_factor_leaves_too_few_equations_and_cells_are_counted():
    # Both vanish on x = 0, so the zeros there are not isolated; the sum of stable cells remains.
    supports = [[(1, 0), (2, 0), (1, 1)], [(1, 0), (1, 2), (3, 0)]]
    count = stable_count(supports)
    assert count.method == "cells"
    assert count.value == stable_cells(supports).count().value


def test_monomials_vanish_at_the_origin_only():
    assert stable_count([[(1, 0)], [(0, 1)]]).patterns == {(0, 1): 1}
    assert stable_count([[(2, 0)], [(0, 3)]]).patterns == {(0, 1): 6}
    assert stable_cells([[(2, 0)], [(0, 3)]]).patterns == [(0, 1)]


def test_a_constant_has_no_zeros():
    assert stable_count([[(0, 0)], [(0, 1), (1, 0)]]).value == 0
    assert len(stable_cells([[(0, 0)], [(0, 1), (1, 0)]]).cells) == 0


def test_negative_exponents_are_refused():
    with pytest.raises(InputError, match="negative"):
        stable_count([[[-1], [1]]])
