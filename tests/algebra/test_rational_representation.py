"""Representations split by coincidences of coordinates; separating forms; exact zeros."""

import itertools

import pytest
from flint import fmpq_poly

from algebra import PolynomialSystem, modular_bases
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


def unlucky_first(monkeypatch, *primes):
    """Runs begin with these primes."""
    usual = list(itertools.islice(modular_bases.primes_below(), 100))
    order = [*primes, *(p for p in usual if p not in primes)]
    monkeypatch.setattr(modular_bases, "primes_below", lambda bound: iter(order))


def test_primes_modulo_which_zeros_collide_are_outvoted(monkeypatch):
    # (x - 1)^2 = p1 p2: a double zero modulo the first two primes, two simple ones over Q.
    p1, p2 = 2147483629, 2147483587
    unlucky_first(monkeypatch, 1073741789, p1, p2)
    system = PolynomialSystem.parse(f"(x - 1)^2 - {p1 * p2}; y - x")
    representation = rational_representation(system)
    assert (representation.distinct, representation.real_count()) == (2, 2)
    assert not representation.multiple


def test_primes_modulo_which_coordinates_vanish_are_outvoted(monkeypatch):
    p1 = 2147483629
    unlucky_first(monkeypatch, 1073741789, p1)
    # y is 3 at x = 2 and p1 at x = 5: modulo p1, and there alone, the zeros fall apart.
    system = PolynomialSystem.parse(f"(x - 2)*(x - 5); 3*y - {p1 - 3}*x - {15 - 2 * p1}")
    representation = rational_representation(system)
    assert representation.distinct == 2
    assert vanishes(system, representation)
