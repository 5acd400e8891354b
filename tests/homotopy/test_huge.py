"""Zeros that rounded coefficients push out to 10^14, where doubles take them for infinite."""

from __future__ import annotations

import pytest

from algebra.errors import LimitReached
from algebra.limits import Budget
from algebra.systems import PolynomialSystem
from homotopy.huge import with_huge_zeros
from homotopy.solve import solve

# The difference of the equations gives x = -y²/10^14: y² = 1 nearly, or y² = -10^28 nearly.
ROUNDED = PolynomialSystem.parse("x^2 + y^2 - 1; x^2 + (1 + 1e-14)*y^2 + x - 1")


def test_zeros_of_size_1e14_are_certified():
    found = solve(ROUNDED)
    complete = with_huge_zeros(found, ROUNDED, 4)
    sizes = sorted(float(abs(p).max()) for p in complete.points)
    assert sizes == pytest.approx([1, 1, 1e14, 1e14], rel=1e-6)
    assert all(s.certified for s in complete.solutions)
    assert complete.paths.success + complete.paths.at_infinity == complete.paths.tracked
    assert complete.completeness.lower.value == 4


def test_nothing_is_done_where_nothing_is_missing():
    found = solve(ROUNDED)
    assert with_huge_zeros(found, ROUNDED, 2) is found


def test_true_infinity_yields_no_zero():
    parallel = PolynomialSystem.parse("x^2 + y^2 - 1; x^2 + y^2 + x - 1")
    found = solve(parallel)
    assert with_huge_zeros(found, parallel, 4).points.tolist() == found.points.tolist()


def test_a_limit_hands_over_what_was_there():
    found = solve(ROUNDED)
    assert found.proof is not None
    assert found.proof.distinct_count == 2
    with pytest.raises(LimitReached) as caught:
        with_huge_zeros(found, ROUNDED, 4, budget=Budget.of(seconds=0))
    assert caught.value.partial is found
