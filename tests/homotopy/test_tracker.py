"""One path at a time: ends with closed forms, every status, kernels against slow oracles."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from algebra.errors import LimitReached
from algebra.limits import Budget
from homotopy.errors import ShapeError
from homotopy.homotopies import Homotopy
from homotopy.kernels.double_double import add_dd, mul_dd, two_prod, two_sum
from homotopy.kernels.linear_algebra import factor, solve
from homotopy.results import ADVICE, PathStatus
from homotopy.tape import Tape
from homotopy.tracker import CONSERVATIVE, track


def univariate(exponents, start, target):
    """The coefficient homotopy between two polynomials with the same exponents."""
    return Homotopy.linear(
        Tape.from_supports([np.array(exponents, dtype=np.int64)[:, None]]), start, target
    )


def test_square_roots_end_where_the_formula_says():
    # x² - c with c from 1 to 4i along a segment that avoids 0.
    result = track(univariate([2, 0], [1, -1], [1, -4j]), [[1.0], [-1.0]])
    root = np.sqrt(4j)
    assert np.all(result.status == PathStatus.SUCCESS)
    assert np.allclose(np.abs(result.points[:, 0]), abs(root), rtol=1e-15)
    assert np.allclose(result.points[0], -result.points[1], rtol=1e-15)
    assert np.allclose(result.points[:, 0] ** 2, 4j, rtol=1e-15)


def test_a_path_to_infinity_is_told_from_a_finite_one():
    # t·x² + x - 1 …: at t = 0 one root stays at 1, the other runs off like -1/t.
    result = track(univariate([2, 1, 0], [1j, 1, -1], [0, 1, -1]), roots(np.array([1j, 1, -1])))
    assert sorted(result.status.tolist()) == [PathStatus.SUCCESS, PathStatus.AT_INFINITY]
    finite = result.points[result.status == PathStatus.SUCCESS]
    assert np.allclose(finite, 1.0, rtol=1e-15)
    infinite = result.valuations[result.status == PathStatus.AT_INFINITY]
    assert np.allclose(infinite, -1.0, atol=1e-3)


@pytest.mark.parametrize("size", [1e3, 1e5, 1e7])
def test_a_large_finite_zero_is_not_called_infinite(size):
    # The second root ends at about -size instead of infinity.
    target = np.array([1 / size, 1, -1])
    result = track(univariate([2, 1, 0], [1j, 1, -1], target), roots(np.array([1j, 1, -1])))
    assert np.all(result.status == PathStatus.SUCCESS)
    assert np.abs(result.points).max() == pytest.approx(size, rel=0.1)


@pytest.mark.parametrize("multiplicity", [2, 3, 5])
def test_winding_numbers_of_multiple_roots(multiplicity):
    # x^m - t·(…): all m paths meet in 0 and permute cyclically around t = 0.
    k = multiplicity
    start = np.array([1.0, -1.0])
    points = np.exp(2j * np.pi * np.arange(k) / k)[:, None]
    result = track(univariate([k, 0], start, [1, 0]), points)
    assert np.all(result.status == PathStatus.SINGULAR)
    assert np.all(result.winding_number == k)
    assert np.abs(result.points).max() < 1e-6


def test_a_coordinate_that_tends_to_zero_at_a_regular_end_is_finite():
    result = track(univariate([2, 1, 0], [1, 1j, 0.3], [1, 1j, 0]), roots(np.array([1, 1j, 0.3])))
    assert np.all(result.status == PathStatus.SUCCESS)
    assert np.abs(result.points).min() < 1e-15


def test_griewank_osborne_has_a_triple_zero_reached_by_three_paths():
    # A. Griewank, M. R. Osborne, SIAM J. Numer. Anal. 20 (1983): Newton diverges from almost
    # everywhere near the origin. 29/16 x³ - 2xy, y - x²; substituting y = x² gives -3/16 x³.
    supports = [np.array([[3, 0], [1, 1], [0, 0]]), np.array([[0, 1], [2, 0], [0, 0]])]
    target = [29 / 16, -2, 0, 1, -1, 0]
    start = [29 / 16, -2, 0.7 + 0.2j, 1, -1, 0]
    x = np.roots([29 / 16 - 2, 0, 0, 0.7 + 0.2j])
    points = np.stack([x, x**2], axis=1)
    result = track(Homotopy.linear(Tape.from_supports(supports), start, target), points)
    assert np.all(result.status == PathStatus.SINGULAR)
    assert np.all(result.winding_number == 3)
    assert np.abs(result.points).max() < 1e-5


def roots(coefficients):
    return np.roots(coefficients)[:, None]


def test_exponential_paths_follow_log_time():
    # 1 - e^s·x² … at s = 0: the toric homotopy x² = 4 - 3 e^{s}, from s = -40 (x = ±2) to x = ±1.
    tape = Tape.from_supports([np.array([[2], [0], [0]])])
    homotopy = Homotopy.exponential(tape, [1, -4, 3], [[0, 0, 1.0]], [-40.0])
    result = track(homotopy, [[2.0], [-2.0]])
    assert np.all(result.status == PathStatus.SUCCESS)
    assert np.allclose(np.sort(result.points[:, 0].real), [-1, 1], rtol=1e-14)


def test_results_do_not_depend_on_threads_or_company():
    generator = np.random.default_rng(0)
    start = generator.normal(size=9) + 1j * generator.normal(size=9)
    homotopy = univariate(range(9), start, generator.normal(size=9))
    points = roots(start[::-1])
    alone = np.array([track(homotopy, p).points[0] for p in points])
    together = track(homotopy, points, budget=Budget.of(threads=2))
    assert np.array_equal(alone, together.points)


def test_recorded_samples_lie_on_the_path():
    homotopy = univariate([2, 0], [1, -1], [1, -4j])
    times, samples = track(homotopy, [[1.0]], record=True)[0].samples
    assert times[0] == 1.0
    assert np.all(np.diff(times) < 0)
    for t, x in zip(times, samples, strict=True):
        assert abs(homotopy.evaluate(x, t)[0]) < 1e-12


def test_a_start_point_off_the_path_is_a_status_not_an_exception():
    result = track(univariate([2, 0], [1, -1], [1, -4]), [[0.0], [1e5]])
    assert np.all(result.status == PathStatus.START_INVALID)
    assert "start" in ADVICE[PathStatus.START_INVALID]


def test_a_singular_point_on_the_way_stops_the_path_with_a_failure():
    # x² = 2t - 1 has its branch point at t = 1/2, on the real segment.
    result = track(univariate([2, 0], [1, -1], [1, 1]), [[1.0]], settings=CONSERVATIVE)
    assert result.failed.tolist() == [0]


def test_time_limits_keep_what_is_known():
    homotopy = univariate([2, 0], [1, -1], [1, -4j])
    with pytest.raises(LimitReached) as limit:
        track(homotopy, np.ones((2000, 1)), budget=Budget.of(seconds=0))
    partial = limit.value.partial
    assert 0 < np.sum(partial.status >= 0) < 2000


def test_empty_and_wrong_start_points():
    homotopy = univariate([2, 0], [1, -1], [1, -4])
    assert len(track(homotopy, np.zeros((0, 1)))) == 0
    with pytest.raises(ShapeError, match=r"expected \(k, 1\)"):
        track(homotopy, [[1.0, 2.0]])
    with pytest.raises(ShapeError, match="rows"):
        track(homotopy, [[1.0]], rows=[3])


# -- kernels --------------------------------------------------------------------------------------

finite = st.floats(-1e100, 1e100).filter(lambda v: v == 0 or abs(v) > 1e-100)


@njit
def both(a, b):
    return two_sum(a, b), two_prod(a, b)


@njit
def product(a, b, c, d):
    return mul_dd(a, b, c, d), add_dd(a, b, c, d)


@given(finite, finite)
@settings(deadline=None)
def test_error_free_transformations_are_exact(a, b):
    (s, e), (p, f) = both(a, b)
    assert Fraction(s) + Fraction(e) == Fraction(a) + Fraction(b)
    assert Fraction(p) + Fraction(f) == Fraction(a) * Fraction(b)


@given(finite, st.floats(-1, 1), finite, st.floats(-1, 1))
@settings(deadline=None)
def test_double_double_products_and_sums_have_100_bits(a, low_a, c, low_c):
    b, d = low_a * abs(a) * 2.0**-54, low_c * abs(c) * 2.0**-54
    (p, q), (s, t) = product(a, b, c, d)
    x, y = Fraction(a) + Fraction(b), Fraction(c) + Fraction(d)
    assert abs(Fraction(p) + Fraction(q) - x * y) <= abs(x * y) / 2**100
    assert abs(Fraction(s) + Fraction(t) - x - y) <= (abs(x) + abs(y)) / 2**100


@given(st.integers(1, 8), st.integers(0, 2**32), st.floats(-12, 12))
@settings(deadline=None, max_examples=40)
def test_scaled_lu_solves_badly_scaled_systems(n, seed, decades):
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(n, n)) + 1j * generator.normal(size=(n, n))
    weights = 10.0 ** (decades * generator.uniform(-1, 1, size=n))
    y = generator.normal(size=n) + 1j * generator.normal(size=n)
    b = matrix @ y
    scaled = np.ascontiguousarray(matrix / weights)
    pivots, rows = np.zeros(n, np.int64), np.zeros(n)
    assert factor(scaled, pivots, rows, weights)
    solve(scaled, pivots, rows, b)
    assert np.allclose(b, y, rtol=1e-13 * np.linalg.cond(matrix), atol=1e-12)


def test_lu_reports_singular_matrices():
    matrix, weights = np.ones((2, 2), dtype=complex), np.ones(2)
    assert not factor(matrix, np.zeros(2, np.int64), np.zeros(2), weights)
