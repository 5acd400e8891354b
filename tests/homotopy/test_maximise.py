"""The search for many real zeros: certified, reproducible, within what theory allows."""

import pytest

from algebra.errors import InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from homotopy.maximise import maximise_real
from proofs.checker import check_document


def test_positive_regularisers_never_exceed_the_bound_of_theory():
    # λ > 0: at most Σ_{k ≤ 2} 2^k C(2,k) = 9 real critical points, attained for d ≤ p.
    result = maximise_real("1-2-2", rounds=6, starts=40, coordinates="reduced")
    assert 5 <= result.real <= 9


def test_signs_of_any_kind_reach_more_and_the_certificate_says_so():
    result = maximise_real("2-1-2", rounds=12, starts=30, signs="any")
    assert result.real > 3
    facts = check_document(result.certificate).facts
    assert facts["real", "at_least"] == result.real
    assert facts["complex", "at_least"] == result.zeros == 9
    data = NetworkData.from_dict(result.data, LinearNetwork((2, 1, 2), m=1))
    assert data.to_dict() == result.data


def test_the_history_never_falls_and_the_seed_reproduces_it():
    a, b = (maximise_real("1-1-2", rounds=5, starts=10, signs="any", seed=3) for _ in range(2))
    assert list(a.history) == sorted(a.history)
    assert a.to_dict() == b.to_dict()


def test_a_cubic_gets_its_three_real_roots():
    cubic = PolynomialSystem.parse("variables x; parameters a, b; x^3 + a*x + b")
    result = maximise_real(cubic, rounds=10, starts=5)
    assert result.real == 3
    a, b = (result.data[k] for k in "ab")
    assert a.startswith("-")
    assert b


def test_limits_and_bad_arguments():
    with pytest.raises(InputError, match="starts"):
        maximise_real("1-1-1", starts=0)
    with pytest.raises(LimitReached) as caught:
        maximise_real("1-1-1", budget=Budget.of(seconds=2.0), rounds=10**6)
    assert caught.value.partial.real == 3
