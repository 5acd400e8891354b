"""Objectives: exact values, potentials, growth and symmetries against independent arguments."""

import itertools

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from proofs.objectives import (
    NetworkLoss,
    definite_leading_form,
    objective_of,
    potential,
    sign_symmetries,
)


def parse(text):
    return PolynomialSystem.parse(text)


def leading_form_is_definite(text):
    return definite_leading_form(parse(text).equations[0])


# -- values ---------------------------------------------------------------------------------------


def test_exact_values_agree_over_rationals_balls_and_floats():
    objective = objective_of(parse("x^4 - 3/2*x^2*y^2 + y/7"))
    exact = objective.exact([fmpq(2), fmpq(1, 3)])
    assert exact == fmpq(16) - fmpq(2, 3) + fmpq(1, 21)
    assert objective.exact([arb(2), arb(fmpq(1, 3))]).contains(arb(exact).mid())
    value = float(objective.values(np.array([[2.0, 1 / 3]]))[0])
    assert value == pytest.approx(int(exact.p) / int(exact.q))


def test_slopes_are_finite_differences_of_values():
    objective = objective_of(LinearNetwork((2, 1, 2)).gradient_system(seed=2))
    x = np.array([[0.3, -0.2, 0.5, 0.7]])
    for k in range(4):
        step = np.zeros((1, 4))
        step[0, k] = 1e-6
        slope = (objective.values(x + step) - objective.values(x - step))[0] / 2e-6
        assert objective.slopes(x)[0, k] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_a_potential_has_the_given_gradient():
    f = parse("x^3*y - 2*x*y^2 + 5/3*y + x").equations[0]
    gradient = PolynomialSystem(("x", "y"), (f.derivative(0), f.derivative(1)))
    assert potential(gradient) == f


def test_the_potential_of_a_network_is_its_loss_up_to_a_constant():
    network = LinearNetwork((1, 2, 1))
    system = network.gradient_system(seed=4)
    data = system.metadata["data"]
    difference = [
        network.exact_loss(w, data) - potential(system)(*w)
        for w in ([fmpq(0)] * 4, [fmpq(k, 3) for k in (1, -2, 4, 5)])
    ]
    assert difference[0] == difference[1]


def test_systems_that_are_no_gradient_are_refused():
    with pytest.raises(InputError, match="symmetric Jacobian"):
        potential(parse("variables x, y; y; -x"))


# -- growth ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "definite"),
    [
        ("x^4/4 - x^2/2", True),
        ("x^2 + x*y + y^2 + 100*x", True),
        ("x^2 + 3*x*y + y^2", False),
        ("x^2 - y^2", False),
        ("x^4 + y^4 - 3/2*x^2*y^2", True),
        ("x^4 + y^4 - 2*x^2*y^2", False),
        ("x^4 + y^4 + 100*x^2*y^2", True),
        ("x^4 + y^4 - x^3*y", True),
        ("x^4 + x^2*y^2", False),
        ("x^3", False),
        ("x^4 + y^2", False),
        ("x", False),
        ("-x^4", False),
    ],
)
def test_leading_forms_done_by_hand(text, definite):
    # False means "not seen to be definite": x^4 + y^2 grows, but its leading form vanishes on y.
    assert leading_form_is_definite(text) == definite


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-6, 6), min_size=5, max_size=5), st.integers(0, 2**31))
def test_what_is_called_definite_is_positive_on_the_sphere(c, seed):
    a, b, d, e, f = c
    text = f"({a})*x^4 + ({b})*x^3*y + ({d})*x^2*y^2 + ({e})*x*y^3 + ({f})*y^4"
    system = parse(f"variables x, y; {text}")
    if not definite_leading_form(system.equations[0]):
        return
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, 200)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert (system.evaluate(points).real > 0).all()


def test_a_loss_grows_in_all_directions_exactly_if_all_penalties_are_positive():
    network = LinearNetwork((1, 1, 1))
    for penalty, attained in ((1, True), (0, False), (-1, False)):
        system = network.gradient_system(data={"X": [[1]], "Y": [[1]], "Lambda": penalty})
        objective = objective_of(system)
        assert isinstance(objective, NetworkLoss)
        assert objective.attains_minimum == attained


# -- symmetries ------------------------------------------------------------------------------------


def span(generators):
    """All products of sign vectors."""
    group = {tuple([1] * len(generators[0]))} if generators else set()
    for g in generators:
        group |= {tuple(int(a) * int(b) for a, b in zip(s, g, strict=True)) for s in group}
    return group


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 3, 1), (2, 2, 1, 2)])
def test_sign_symmetries_of_networks_are_those_of_their_hidden_units(widths):
    network = LinearNetwork(widths)
    found = sign_symmetries(network.gradient_system(seed=1))
    assert span(found) == span(network.sign_generators())


def test_every_symmetry_leaves_the_values_unchanged():
    objective = objective_of(parse("x^4 + y^4 - x^2*y^2 + z^2*x^2 + z^2*y^2"))
    symmetries = objective.symmetries()
    assert len(symmetries) == 4  # three signs, one exchange
    point = [fmpq(2), fmpq(3), fmpq(-5, 7)]
    for symmetry, other in itertools.product(symmetries, repeat=2):
        assert objective.exact(symmetry(other(point))) == objective.exact(point)


def test_a_network_with_equal_penalties_has_the_exchange_of_hidden_units():
    network = LinearNetwork((1, 2, 1))
    data = {"X": [[1]], "Y": [[2]], "Lambda": [[[1], [1]], [[3, 3]]]}
    objective = objective_of(network.gradient_system(data=data))
    point = [fmpq(1), fmpq(2), fmpq(3), fmpq(4)]
    images = [s(point) for s in objective.symmetries()]
    assert [2, 1, 4, 3] in images
    assert {str(objective.exact(image)) for image in images} == {str(objective.exact(point))}
