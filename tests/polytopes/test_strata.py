"""Strata: the search against all subsets of coordinates."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.networks import LinearNetwork
from polytopes import strata
from polytopes.strata import square_strata


@st.composite
def supports(draw):
    n = draw(st.integers(1, 5))
    point = st.lists(st.integers(0, 2), min_size=n, max_size=n)
    sets = [draw(st.lists(point, min_size=1, max_size=5, unique_by=tuple)) for _ in range(n)]
    return [np.array(a, dtype=np.int64) for a in sets]


def by_definition(supports):
    """Sets K with as many supports alive as coordinates left; None if some has fewer."""
    n, found = len(supports), []
    for size in range(n + 1):
        for zero in itertools.combinations(range(n), size):
            alive = [int((a[:, list(zero)] == 0).all(axis=1).sum()) for a in supports]
            if 1 in alive:
                continue
            left = sum(1 for k in alive if k)
            if left < n - size:
                return None
            if left == n - size:
                found.append(zero)
    return found


@given(supports())
@settings(deadline=None, max_examples=200)
def test_the_search_finds_exactly_the_square_strata(supports):
    found = square_strata(supports)
    expected = by_definition(supports)
    assert (None if found is None else [s.zero for s in found]) == expected
    for stratum in found or []:
        n = len(supports)
        assert len(stratum.along) == n - len(stratum.zero)
        assert len(stratum.across) == len(stratum.zero)
        assert all(len(a) > 1 and a.shape[1] == n - len(stratum.zero) for a in stratum.along)
        assert all(a.any(axis=1).all() for a in stratum.across)


def test_strata_of_a_network_are_the_sets_of_hidden_units_that_are_off():
    # 2 -> 5 units -> 3: every unit is on or off, with its 2 + 3 weights.
    network = LinearNetwork((2, 5, 3), m=1).gradient_system(seed=0)
    names = network.variables
    found = [{names[j] for j in s.zero} for s in square_strata(network.supports)]

    def weights(unit):
        return {f"w1_{unit}_{j}" for j in (1, 2)} | {f"w2_{k}_{unit}" for k in (1, 2, 3)}

    off = (c for r in range(6) for c in itertools.combinations(range(1, 6), r))
    expected = [set().union(*map(weights, units)) for units in off]
    assert sorted(map(sorted, found)) == sorted(map(sorted, expected))


def test_a_search_that_grows_too_large_is_given_up(monkeypatch):
    monkeypatch.setattr(strata, "MAX_NODES", 3)
    network = LinearNetwork((2, 2, 2), m=1).gradient_system(seed=0)
    assert square_strata(network.supports) is None
