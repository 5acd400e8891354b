"""Representations split by coincidences of coordinates; separating forms; exact zeros."""

import pytest
from flint import fmpq_poly

from algebra import PolynomialSystem
from algebra.coincidences import candidate_tests
from algebra.families import resolve_system
from algebra.groebner import integer_generators
from algebra.rational_representation import rational_representation


def vanishes(system, representation):
    """Whether every equation vanishes at every root of every part, exactly."""
    for part in representation.parts:
        f = fmpq_poly(part.f)
        _, inverse, _ = fmpq_poly(part.denominator).xgcd(f)
        point = [fmpq_poly(g) * inverse % f for g in part.numerators]
        for equation in system.equations:
            total = fmpq_poly([0])
            for m, c in equation.terms():
                term = fmpq_poly([c])
                for x, e in zip(point, m, strict=True):
                    for _ in range(int(e)):
                        term = term * x % f
                total += term
            if total % f != 0:
                return False
    return True


@pytest.mark.parametrize(
    "name", ["network:2-2-2", "katsura:4", "noon:3", "cyclic:5", "eco:6", "heart"]
)
def test_the_equations_vanish_at_every_root(name):
    system = resolve_system(name)
    assert vanishes(system, rational_representation(system))


def test_multiple_zeros_go_through_the_trace_functional():
    system = PolynomialSystem.parse("(x-1)^3; y^2-x")
    representation = rational_representation(system)
    assert representation.multiple
    assert representation.distinct == 2
    assert vanishes(system, representation)


def test_networks_are_split_by_their_active_units():
    representation = rational_representation(resolve_system("network:2-2-2"), coordinates=False)
    assert sorted(int(p.f.degree()) for p in representation.parts) == [1, 8, 8, 16]
    assert representation.distinct == 33


def test_the_last_variable_of_noon_does_not_separate_and_equal_coordinates_split():
    system = resolve_system("noon:4")
    representation = rational_representation(system, coordinates=False)
    assert sum(c != 0 for c in representation.form) > 1
    assert representation.distinct == 3**4 - 2 * 4
    assert max(int(p.f.degree()) for p in representation.parts) < 12
    tests = candidate_tests(integer_generators(system)[0], 4)
    assert len(tests) == 4 + 6  # every coordinate, every pair


def test_katsura_has_no_exchangeable_variables():
    tests = candidate_tests(integer_generators(resolve_system("katsura:4"))[0], 5)
    assert all(j is None for _, j in tests)


def test_no_zeros_and_one_zero():
    empty = rational_representation(PolynomialSystem.parse("x; x - 1"))
    assert (empty.distinct, empty.real_count(), empty.real_roots()) == (0, 0, [])
    single = rational_representation(PolynomialSystem.parse("x - 3; y + 1/2"))
    assert single.distinct == single.real_count() == 1
