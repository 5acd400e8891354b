"""Start systems: as many distinct regular start points as promised, on the start system."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from homotopy.binomial import binomial_residual, solve_binomial
from homotopy.decoupled import decoupled_start, rank_one_parameters
from homotopy.errors import StartUnavailable
from homotopy.polyhedral import cell_weights, polyhedral_start
from homotopy.starts import (
    default_groups,
    group_degrees,
    multihomogeneous_number,
    multihomogeneous_start,
    total_degree_start,
)
from polytopes import mixed_cells

# Example 4.4 style: three torus zeros, six finite zeros, affine bound 8.
SPARSE = PolynomialSystem.from_terms(
    ("x", "y"),
    [{(0, 1): 2, (0, 2): 3, (1, 3): -1}, {(1, 0): 1, (2, 0): 4, (3, 1): -2}],
)
CUBIC = PolynomialSystem.from_terms(
    ("x", "y"),
    [{(3, 0): 7, (1, 1): -2, (0, 0): 5}, {(0, 2): 11, (1, 0): 1, (0, 0): -3}],
)


def distinct(points):
    # A generic projection tells different points apart.
    weights = np.exp(1j * np.arange(1, points.shape[1] + 1))
    values = np.sort_complex((points @ weights).round(9))
    return len(np.unique(values)) == len(points)


def start_residual(start):
    """Largest |H| at the start points, relative to the size of the point."""
    first = start.stages[0]
    worst = 0.0
    for point, row in zip(start.points, start.rows, strict=True):
        value = first.evaluate(point, first.begin[row], int(row))
        jacobian = first.jacobian(point, first.begin[row], int(row))
        step = np.linalg.solve(jacobian, value)
        worst = max(worst, float(np.abs(step).max() / (1e-12 + np.abs(point).max())))
    return worst


# -- binomial systems --------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(-5, 5), min_size=n, max_size=n), min_size=n, max_size=n
        )
    ),
    st.integers(0, 2**32),
)
def test_a_binomial_system_has_as_many_zeros_as_its_determinant(rows, seed):
    exponents = np.array(rows, dtype=np.int64)
    volume = abs(round(np.linalg.det(exponents)))
    generator = np.random.default_rng(seed)
    values = np.exp(generator.normal(size=len(rows)) + 6j * generator.random(len(rows)))
    if volume == 0:
        with pytest.raises(InputError, match="dependent"):
            solve_binomial(exponents, values)
        return
    zeros = solve_binomial(exponents, values)
    assert zeros.shape == (volume, len(rows))
    assert binomial_residual(exponents, values, zeros) < 1e-11
    assert distinct(zeros / np.abs(zeros))


def test_huge_exponents_lose_nothing_but_rounding():
    exponents = np.array([[10**9, 10**9 - 1], [1, 1]], dtype=np.int64)
    zeros = solve_binomial(exponents, np.array([np.exp(1j), np.exp(2j)]))
    # x·(xy)^(10^9 - 1) = e^i and xy = e^(2i).
    assert len(zeros) == 1
    assert abs(zeros[0, 0] * zeros[0, 1] - np.exp(2j)) < 1e-8


def test_meaningless_binomial_systems_are_refused():
    with pytest.raises(InputError, match="nonzero"):
        solve_binomial(np.array([[1]]), np.array([0j]))
    with pytest.raises(InputError, match="limit"):
        solve_binomial(np.array([[2**40]]), np.array([1 + 0j]))
    assert solve_binomial(np.zeros((0, 0)), np.zeros(0)).shape == (1, 0)


# -- degrees ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", [total_degree_start(CUBIC), multihomogeneous_start(CUBIC, [[0, 1]])]
)
def test_degree_starts_have_bezout_many_regular_start_points(start):
    assert start.path_count == 6 == start.bound.value
    assert distinct(start.points)
    assert start_residual(start) < 1e-9


def test_the_target_of_a_degree_start_is_the_system_itself():
    points = np.random.default_rng(0).normal(size=(5, 2))
    for start in (total_degree_start(CUBIC), multihomogeneous_start(CUBIC)):
        for point in points:
            assert np.allclose(start.stages[-1].evaluate(point, 0.0), CUBIC.evaluate(point))


def test_multihomogeneous_numbers_of_the_literature():
    # A. Morgan, A. Sommese: eigenvalue problem A v = s v, v normalised by a linear equation:
    # degree 2^(n-1) against n in the two groups {s}, {v}.
    n = 4
    rows = [{}] * n
    variables = ("s", *(f"v{k}" for k in range(n)))
    for i in range(n):
        terms = {(0, *(int(j == k) for j in range(n))): 1 + i * n + k * k for k in range(n)}
        terms[(1, *(int(j == i) for j in range(n)))] = -1
        rows[i] = terms
    rows.append({(0, 1, 1, 1, 1): 0, (0, 1, 0, 0, 0): 1, (0, 0, 1, 0, 0): 2, (0,) * 5: -1})
    system = PolynomialSystem.from_terms(variables, rows)
    groups = [[0], [1, 2, 3, 4]]
    assert multihomogeneous_number(group_degrees(system, groups), [1, 4]) == 4
    assert multihomogeneous_number(group_degrees(system, default_groups(system)), [
        len(g) for g in default_groups(system)]) <= 4  # fmt: skip
    start = multihomogeneous_start(system, groups)
    assert start.path_count == 4
    assert start_residual(start) < 1e-8


def test_layers_are_the_groups_of_a_network():
    gradient = LinearNetwork((2, 1, 2), m=1).gradient_system(seed=0)
    assert default_groups(gradient) == [[0, 1], [2, 3]]


# -- polyhedral ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("region", "paths"), [("affine", 8), ("torus", 3)])
def test_polyhedral_start_has_mixed_volume_many_paths(region, paths):
    start = polyhedral_start(SPARSE, region=region)
    assert start.path_count == paths == start.bound.value
    assert start_residual(start) < 1e-3
    toric, last = start.stages
    assert np.allclose(toric.evaluate(np.array([1.5, 0.3j]), 0.0),
                       last.evaluate(np.array([1.5, 0.3j]), 1.0))  # fmt: skip
    point = np.array([0.7, -1.1 + 0.2j])
    assert np.allclose(last.evaluate(point, 0.0), SPARSE.evaluate(point))


def test_weights_vanish_on_exactly_two_points_of_each_support():
    cells = mixed_cells(SPARSE.supports, kind="affine", seed=3)
    for j in range(len(cells)):
        weights, smallest = cell_weights(cells, j)
        assert smallest > 0
        for i, w in enumerate(weights):
            assert np.flatnonzero(w == 0).tolist() == sorted(cells.edges[j, i].tolist())
            assert (w >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_start_points_of_a_cell_are_distinct_for_every_seed(seed):
    start = polyhedral_start(CUBIC, seed=seed)
    assert start.path_count == 6
    for row in np.unique(start.rows):
        assert distinct(start.points[start.rows == row])


def test_systems_without_such_a_start_say_why():
    zero = PolynomialSystem.from_terms(("x",), [{}])
    constant = PolynomialSystem.from_terms(("x",), [{(0,): 1}])
    for build, target in [(polyhedral_start, zero), (total_degree_start, constant)]:
        with pytest.raises(StartUnavailable, match="equation 1"):
            build(target)
    assert polyhedral_start(constant).path_count == 0
    with pytest.raises(InputError, match="partition"):
        multihomogeneous_start(CUBIC, [[0]])
    with pytest.raises(StartUnavailable, match="not the gradient"):
        decoupled_start(CUBIC)


# -- decoupled ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("widths", "paths"), [((2, 2, 2), 81), ((1, 2, 1), 25), ((3, 1, 3), 13), ((1, 3, 1), 125)]
)
def test_decoupled_start_has_as_many_regular_zeros_as_the_printed_bound(widths, paths):
    # Table 3.1 of arXiv:2301.12651, column B_C.
    start = decoupled_start(LinearNetwork(widths, m=1).gradient_system(seed=1))
    assert start.path_count == paths
    assert distinct(start.points)
    assert start_residual(start) < 1e-9


def test_the_decoupled_family_ends_in_the_gradient():
    gradient = LinearNetwork((2, 2, 3), m=1).gradient_system(seed=2)
    start = decoupled_start(gradient)
    point = np.random.default_rng(0).normal(size=10) + 0.5j
    assert np.allclose(start.stages[-1].evaluate(point, 0.0), gradient.evaluate(point))


def test_rank_one_data_of_several_points_reduce_to_one_point():
    network = LinearNetwork((2, 2, 1), m=3)
    data = NetworkData.from_dict(
        {"X": [[1, 2, -3], [2, 4, -6]], "Y": [[5, -7, 11]], "Lambda": "random"}, network, seed=0
    )
    gradient = network.gradient_system(data=data)
    start = decoupled_start(gradient)
    point = np.random.default_rng(1).normal(size=6) - 0.25j
    assert np.allclose(start.stages[-1].evaluate(point, 0.0), gradient.evaluate(point))
    assert len(rank_one_parameters(network, data)) == 2 + 1 + 6


def test_data_of_rank_two_and_deep_networks_have_no_decoupled_start():
    with pytest.raises(StartUnavailable, match="rank 2"):
        decoupled_start(LinearNetwork((2, 2, 1), m=2).gradient_system(seed=0))
    with pytest.raises(StartUnavailable, match="2 hidden layers"):
        decoupled_start(LinearNetwork((1, 1, 1, 1), m=1).gradient_system(seed=0))
