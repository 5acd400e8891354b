"""Exact real counts, isolation and sign conditions."""

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.errors import EnginesDisagree, NotZeroDimensional
from algebra.families import resolve_system
from algebra.rational_representation import RationalRepresentation, rational_representation
from algebra.real_roots import (
    count_real_zeros,
    enclosures,
    real_zeros,
    sign_conditions,
)


@pytest.mark.parametrize(
    ("name", "real"),
    # Own values from the exact trace form; cyclic-5: 10 real zeros (literature).
    [
        ("katsura:3", 6),
        ("katsura:4", 12),
        ("katsura:5", 16),
        ("cyclic:5", 10),
        ("noon:3", 7),
        ("noon:4", 15),
        ("eco:5", 4),
        ("eco:6", 4),
        ("heart", 2),
    ],
)
def test_real_counts_of_the_literature(name, real):
    assert count_real_zeros(resolve_system(name)).value == real


@pytest.mark.parametrize("name", ["network:2-1-2", "network:1-1-1-1", "network:2-2-2"])
def test_real_counts_of_networks_are_odd(name):
    # W = 0 is a critical point; signs act freely on the others.
    assert count_real_zeros(resolve_system(name)).value % 2 == 1


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("x^2+1", 0),
        ("x^3-2", 1),
        ("x-1; x-2", 0),
        ("(x-1)^3; y^2-x", 2),
        ("x^2+y^2; x*y", 1),
        ("x^2 - I; y - x", 0),
        ("x^2 - 1; (x-1)*(y-I)*(y-2); (x+1)*(y-3)", 2),
    ],
)
def test_small_real_counts(text, real):
    assert count_real_zeros(PolynomialSystem.parse(text)).value == real


def test_the_trace_form_checks_the_representation(monkeypatch):
    system = resolve_system("katsura:3")
    assert "trace form" in count_real_zeros(system, check=True).lower.source
    monkeypatch.setattr(RationalRepresentation, "real_count", lambda self, budget: 5)
    with pytest.raises(EnginesDisagree, match="5 real of 8"):
        count_real_zeros(system, check=True)


def test_infinitely_many_zeros_are_refused():
    with pytest.raises(NotZeroDimensional, match="infinitely many"):
        real_zeros(PolynomialSystem.parse("x^2+y^2-1"))


@settings(deadline=None, max_examples=25)
@given(st.sets(st.integers(-6, 6), min_size=1, max_size=5), st.integers(-3, 3))
def test_real_zeros_enclose_the_known_ones(values, shift):
    product = "*".join(f"(x-({v}))" for v in values)
    system = PolynomialSystem.parse(f"variables x, y; {product}; y - x^2 - ({shift})")
    found = sorted(real_zeros(system), key=lambda point: float(point[0].mid()))
    assert len(found) == len(values)
    for point, v in zip(found, sorted(values), strict=True):
        assert point[0].overlaps(arb(v))
        assert point[1].overlaps(arb(v * v + shift))


def test_enclosures_reach_the_requested_width():
    for point in real_zeros(resolve_system("katsura:4"), bits=300):
        assert all(c.rad() <= arb(2) ** -299 for c in point)


def test_sign_conditions_are_exact_at_zero():
    system = PolynomialSystem.parse("x^3-x; y-x")
    ring = system.ring
    x, y = ring.gens()
    assert sign_conditions(system, x) == {-1: 1, 0: 1, 1: 1}
    assert sign_conditions(system, x - y) == {-1: 0, 0: 3, 1: 0}
    assert sign_conditions(system, x * x + y * y + 1) == {-1: 0, 0: 0, 1: 3}


def test_a_variable_that_does_not_separate_is_not_used():
    # Both coordinates take each value twice.
    system = PolynomialSystem.parse("x^2-1; y^2-1")
    representation = rational_representation(system)
    assert representation.distinct == 4
    assert len(enclosures(representation)) == 4
