"""Explicit cofactors: exact identities, or an honest None."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.errors import InputError
from algebra.families import resolve_system
from algebra.groebner import groebner_basis
from algebra.membership import membership_certificate


def combination(system, cofactors):
    total = system.ring.constant(0)
    for h, f in zip(cofactors, system.equations, strict=True):
        total += h * f
    return total


@pytest.mark.parametrize("name", ["katsura:2", "network:1-1-1", "noon:2"])
def test_every_basis_element_has_cofactors(name):
    system = resolve_system(name)
    for g in groebner_basis(system).polynomials:
        cofactors = membership_certificate(system, g)
        assert cofactors is not None
        assert combination(system, cofactors) == g


def test_inconsistent_equations_give_a_nullstellensatz_identity():
    system = PolynomialSystem.parse("x*y - 1; x^2; y - 3")
    one = system.ring.constant(1)
    cofactors = membership_certificate(system, one)
    assert cofactors is not None
    assert combination(system, cofactors) == one


def test_what_is_not_in_the_ideal_has_no_cofactors():
    system = PolynomialSystem.parse("x^2; y^2")
    x, y = system.ring.gens()
    assert membership_certificate(system, x * y) is None
    assert membership_certificate(system, system.ring.constant(1)) is None


def test_zero_and_no_equations():
    system = PolynomialSystem.parse("variables x; 0*x")
    assert membership_certificate(system, system.ring.constant(0)) == [0]
    assert membership_certificate(system, system.ring.gen(0)) is None


def test_another_ring_is_refused():
    with pytest.raises(InputError):
        membership_certificate(PolynomialSystem.parse("x"), PolynomialSystem.parse("y").ring.gen(0))


small = st.dictionaries(
    st.tuples(st.integers(0, 1), st.integers(0, 1)), st.integers(-3, 3).filter(bool), min_size=1
)


@settings(deadline=None, max_examples=30)
@given(st.lists(small, min_size=1, max_size=2), st.lists(small, min_size=2, max_size=2))
def test_random_combinations_are_recognised(generators, multipliers):
    system = PolynomialSystem.from_terms("xy", generators)
    target = system.ring.constant(0)
    for f, h in zip(system.equations, multipliers, strict=False):
        target += f * system.ring.from_dict(h)
    cofactors = membership_certificate(system, target)
    assert cofactors is not None
    assert combination(system, cofactors) == target
