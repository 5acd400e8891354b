"""Multiple zeros: exact where they are rational, counted once, never taken for simple ones."""

from fractions import Fraction

import numpy as np
import pytest

from algebra.systems import PolynomialSystem
from homotopy.multiple import exact_multiplicity, rational_candidate, simplest_between
from homotopy.solve import solve


@pytest.mark.parametrize(
    ("equations", "point", "multiplicity"),
    [
        # A. Griewank, M. R. Osborne, SIAM J. Numer. Anal. 20 (1983), 747-773.
        ("29/16*x^3 - 2*x*y; y - x^2", [0, 0], 3),
        ("(x-2)*(x^2+y^2-1)^3; (x-y)^2*(y+3)", [2, 2], 2),
        ("x^2 - 2*I*x - 1; y^3", [1j, 0], 6),
        # The Hilbert function of the local ring is 1, 3, 4, 3, 1.
        ("x^2+y^2+z^2; x*y+y*z; z^3-x*y*z", [0, 0, 0], 12),
        ("x*y - 1; x + y - 5/2", [2, Fraction(1, 2)], 1),
        ("x^2; x*y", [0, 0], None),  # on a line of zeros
        ("x^2 - 1; y^2", [0, 0], None),  # no zero
    ],
)
def test_multiplicities_of_rational_points_are_exact(equations, point, multiplicity):
    system = PolynomialSystem.parse(equations)
    candidate = rational_candidate(np.array(point, dtype=complex))
    assert exact_multiplicity(system, candidate, 12) == multiplicity


def test_the_simplest_fraction_of_an_interval():
    assert simplest_between(Fraction(-7, 10), Fraction(-3, 5)) == Fraction(-2, 3)
    assert simplest_between(Fraction(-1), Fraction(1, 100)) == 0
    assert simplest_between(Fraction(199, 100), Fraction(201, 100)) == 2
    assert rational_candidate(np.array([np.nan])) is None


@pytest.mark.parametrize("seed", range(3))
def test_double_and_triple_factors_give_each_zero_once(seed):
    system = PolynomialSystem.parse("(x^2+y^2-1)^3*(x-2); (x-y)^2*(y+3)")
    result = solve(system, seed=seed)
    zeros = sorted((s.multiplicity, s.certified or s.exact) for s in result.solutions)
    # Rational zeros are exact; (±√½, ±√½) and (±2√2·i, -3) stay numerical.
    assert zeros == [(1, True), (2, True), (3, False), (3, False), (6, False), (6, False)]
    assert result.paths.tracked == 21
    assert result.paths.failed == 0
    exact = [s for s in result.solutions if s.exact]
    assert len(exact) == 1
    assert exact[0].point.tolist() == [2, 2]
    assert exact[0].real is True
    assert not exact[0].certified  # no interval test passes at a multiple zero


def test_no_more_zeros_are_listed_than_exact_counting_allows():
    # Multiplicities 9 and 36: known to 2 % only, yet rational.
    result = solve(PolynomialSystem.parse("(x-1)^9; y^4*(y-2)"))
    points = {tuple(s.point.real.tolist()): s.multiplicity for s in result.solutions}
    assert points == {(1.0, 0.0): 36, (1.0, 2.0): 9}
    assert all(s.exact and s.real and not s.certified for s in result.solutions)


def test_a_line_of_zeros_gives_no_exact_points():
    result = solve(PolynomialSystem.parse("x^2*(x-1); x*y*(y-2)"))
    assert result.dimension == 1
    assert sorted(s.point.real.tolist() for s in result.solutions) == [[1, 0], [1, 2]]
    assert all(s.multiplicity == 1 for s in result.solutions)
