from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.families import resolve_system
from algebra.network_data import NetworkData
from algebra.networks import LinearNetwork
from algebra.recovery import recover_data, recover_moments
from algebra.systems import PolynomialSystem

EXAMPLES = Path(__file__).parents[2] / "examples"
NETWORK = LinearNetwork.parse("2-1-2,m=2")


def as_dictionaries(system):
    return [{tuple(map(int, m)): c for m, c in f.terms()} for f in system.equations]


@pytest.fixture(scope="module")
def printed():
    return resolve_system(str(EXAMPLES / "example_1_2.txt"))


def test_shipped_data_give_the_four_printed_equations(printed):
    # A. Bharadwaj, "Critical Points of Deep Linear Networks in C^N", Example 1.2, (1.13).
    rebuilt = resolve_system(str(EXAMPLES / "example_1_2.json"))
    assert rebuilt.metadata["network"] == NETWORK
    assert as_dictionaries(rebuilt) == as_dictionaries(printed)


def test_data_recovered_from_the_printed_equations_give_them_back(printed):
    data = recover_data(printed, NETWORK)
    assert as_dictionaries(NETWORK.gradient_system(data=data)) == as_dictionaries(printed)
    assert all(v.q == 1 for v in data.parameter_values)


def test_nonzero_critical_points_of_the_example_are_not_isolated(printed):
    # With W_2 g, W_1 / g the gradient scales: g moves a nonzero zero along a curve of zeros.
    ring = printed.ring
    a1, a2, b1, b2 = ring.gens()
    first, second, third, fourth = printed.equations
    assert a1 * first + a2 * second == b1 * third + b2 * fourth


matrices = st.lists(st.lists(st.integers(-4, 4), min_size=2, max_size=2), min_size=2, max_size=2)


@settings(deadline=None, max_examples=30)
@given(matrices, matrices)
def test_recovered_data_give_the_same_system(x, y):
    original = NETWORK.gradient_system(data={"X": x, "Y": y, "Lambda": 0})
    data = recover_data(original, NETWORK)
    assert NETWORK.gradient_system(data=data).equations == original.equations


def test_regulariser_and_moments_are_recovered_from_any_depth():
    network = LinearNetwork((2, 1, 2, 1), m=2)
    data = network.data(4)
    moments = recover_moments(network.gradient_system(data=data), network)
    assert moments.Lambda == data.Lambda
    x = data.X
    assert moments.x_moments[0][1] == x[0][0] * x[1][0] + x[0][1] * x[1][1]


def test_rational_data_are_recovered_up_to_a_rotation():
    data = NetworkData.from_dict(
        {"X": [["1/2", 1], [0, "3/2"]], "Y": [["1/3", 0], [1, 1]], "Lambda": 0}, NETWORK
    )
    original = NETWORK.gradient_system(data=data)
    recovered = recover_data(original, NETWORK)
    assert NETWORK.gradient_system(data=recovered).equations == original.equations


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("variables a, b; a*b - 1; a - b", "has 4 of each"),
        ("variables a, b, c, d; a^3; b; c; d", "occurs in no gradient"),
        (
            "variables a,b,c,d; a*c^2 + a*d^2; b*c^2 + 2*b*d^2; a^2*c + b^2*c; a^2*d + b^2*d",
            "for any data",
        ),
    ],
)
def test_systems_that_are_no_gradient_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        recover_moments(PolynomialSystem.parse(text), NETWORK)


def test_moments_without_lattice_points_are_reported(printed):
    with pytest.raises(InputError, match="more data points"):
        recover_data(printed, LinearNetwork((2, 1, 2), m=1))
