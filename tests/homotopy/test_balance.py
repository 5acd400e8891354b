"""Ends that show late: zeros beside divergent paths and beside multiple zeros, never lost."""

import numpy as np
import pytest

from algebra.counting import count_zeros
from algebra.families import reimer
from algebra.systems import PolynomialSystem
from homotopy.accounting import Outcome, _suspects, completed_by, labels_of_zeros
from homotopy.balance import overtaking_times
from homotopy.results import PathStatus
from homotopy.solve import solve
from homotopy.tracker import empty_result

# Found by comparing random sparse systems with exact counting; each lost zeros once.
WILD = {
    # A zero near (1e-5, 2e5, 2e-9): until t = 1e-18 its path looks like t^(-2/7).
    "huge": (
        "-x^2*y*z^2 + 33*y^3*z^2 - 51*y*z^3 + 1; 83*x^2*z + 9*z^2;"
        "-69*x^3*y*z^3 - 32*x^2*y^3 + 94*x*y^2 + 98*x*y"
    ),
    # A simple zero with y = 3e-7 beside a double one with y = 0.
    "tiny": "21*y^3 + 88*x + 1; -22*x^3*y^2 - 22*x^2*y^3 - 94*y^3",
    # Zeros with coordinates from 1e-11 to 1e12; conjugates differ in the small ones only.
    "scales": (
        "-53*x^3*y^2*z*w^2 - 53*y^2*z^3*w^2 - 95*x*y^3*z - 60*z^2*w + 1;"
        "-33*x^3*y*z^3*w^3 - 65*x^2*y*w - 36*x*y^2 + 6*y*z*w;"
        "-48*x^3*y^2*z^2*w^3 - 11*x^2*y^2*z*w^2 - 91*x^2*z*w^3 + 1;"
        "42*x^3*y^2*w - 3*x*z*w^2 - 99*x*z*w + 1"
    ),
}


def test_a_large_winding_number_is_found():
    # 17 paths turn 17 times around t = 0 before they close at the origin: x ~ t^(1/17).
    system = PolynomialSystem.parse(
        "-58*x^5*y^3 - 26*x^2*y^4; -12*x^3*y^3 - 58*x^4 - 89*x*y^3 - 12*x*y - 5*y"
    )
    counts = count_zeros(system, patterns=False)
    result = solve(system)
    assert result.paths.failed == 0
    assert len(result.solutions) == counts.distinct.value == 10
    assert sum(s.multiplicity for s in result.solutions) == counts.with_multiplicity.value == 26


@pytest.mark.parametrize("name", WILD)
@pytest.mark.parametrize("seed", [0, 1])
def test_zeros_of_very_different_sizes_are_all_found(name, seed):
    system = PolynomialSystem.parse(WILD[name])
    counts = count_zeros(system, patterns=False)
    result = solve(system, seed=seed)
    assert len(result.solutions) == counts.distinct.value
    assert sum(s.multiplicity for s in result.solutions) == counts.with_multiplicity.value
    assert result.paths.failed == 0


def test_a_smaller_term_with_a_smaller_exponent_overtakes():
    # x = 10 at t = 1e-4, x ~ t^(-1/4): x^4 has size 1e4·1e-8 and exponent -1, x^2 1e2 and -1/2.
    system = PolynomialSystem.parse("1/100000000*x^4 + x^2 + 1")
    ends = empty_result(2, 1)
    ends.status[:] = PathStatus.AT_INFINITY
    ends.last[:] = 10.0
    ends.last_t[:] = 1e-4
    ends.valuations[:] = [[-0.25], [0.25]]
    times = overtaking_times(system, ends)
    # 1e2·(t/1e-4)^(-1/2) = 1e-4·(t/1e-4)^(-1) at t = 1e-16.
    assert np.exp(times[0]) == pytest.approx(1e-16)
    # With a positive exponent the constant overtakes: 1e2·(t/1e-4)^(1/2) = 1 at t = 1e-8.
    assert np.exp(times[1]) == pytest.approx(1e-8)


def test_a_balance_of_equal_exponents_is_final():
    system = PolynomialSystem.parse("x*y - 1")
    ends = empty_result(1, 2)
    ends.status[:] = PathStatus.AT_INFINITY
    ends.last[:] = [[1e3, 1e-3]]
    ends.last_t[:] = 1e-9
    ends.valuations[:] = [[-1 / 3, 1 / 3]]
    assert np.isnan(overtaking_times(system, ends)).all()


def test_paths_that_meet_on_the_way_are_suspects_wherever_they_end():
    ends = empty_result(3, 1)
    ends.status[:] = [PathStatus.AT_INFINITY, PathStatus.SUCCESS, PathStatus.AT_INFINITY]
    ends.points[:] = [[1e9], [1], [2e9]]
    ends.checkpoints[:] = [[3], [4], [3 + 1e-12]]
    assert _suspects(ends, False).tolist() == [0, 2]


def test_certificates_tell_zeros_apart_that_distances_do_not():
    system = PolynomialSystem.parse("x - 10^12; 10^20*y^2 - 1")
    points = np.array([[1e12, 1e-10], [1e12, -1e-10], [1e12, 1e-10]], dtype=np.complex128)
    assert len(set(labels_of_zeros(points, None).tolist())) == 1
    labels = labels_of_zeros(points, system)
    assert labels[0] == labels[2] != labels[1]


def test_auto_looks_at_diverging_paths_before_it_chooses():
    # As many paths from the product of degrees, but most diverge along degenerate directions.
    result = solve(reimer(5))
    assert result.start == "polyhedral"
    assert sum(s.certified for s in result.solutions) == 144


def test_zeros_that_only_other_constants_reach_are_not_lost():
    # x^2 = 2: one run lost a path, the other lets both paths end at the same zero.
    system = PolynomialSystem.parse("x^2 - 2")
    first, second = empty_result(2, 1), empty_result(2, 1)
    first.status[:] = [PathStatus.SUCCESS, PathStatus.ACCURACY_LIMIT]
    first.points[:] = [[2**0.5], [7]]
    second.status[:] = PathStatus.SUCCESS
    second.points[:] = [[-(2**0.5)], [-(2**0.5)]]
    outcomes = [Outcome(r, 0, _suspects(r, False, system), 0) for r in (first, second)]
    assert [len(o.suspects) for o in outcomes] == [1, 2]
    for one, other in (outcomes, outcomes[::-1]):
        whole = completed_by(one, other, system=system)
        assert whole.clean
        assert sorted(whole.ends.points[:, 0].real.tolist()) == [-(2**0.5), 2**0.5]
