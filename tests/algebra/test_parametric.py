"""Coefficients in Q(parameters): specialisation, conditions, identities."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algebra import Ideal, PolynomialSystem
from algebra.errors import InputError
from algebra.groebner import groebner_basis
from algebra.parametric import generic_basis, parametric_membership

SYSTEMS = [
    "variables x, y; parameters a, b; a*x + y - 1; x + b*y - 2",
    "variables x, y; parameters a, b; x^2 + a*y; x*y - b",
    "variables x; parameters a, b; x^2 + a*x + b; 2*x + a",
    "variables x, y; parameters a, b; a*x^2 - x*y; b*y^2 - x - 1",
]


@pytest.mark.parametrize("text", SYSTEMS)
@settings(deadline=None, max_examples=20)
@given(values=st.tuples(st.integers(-4, 4), st.integers(-4, 4)))
def test_the_generic_basis_specialises_where_the_conditions_hold(text, values):
    system = PolynomialSystem.parse(text)
    basis = generic_basis(system)
    point = dict(zip("ab", values, strict=True))
    assume(basis.holds_at(point))
    special = Ideal(basis.specialise(point))
    assert special.equals(Ideal(system.specialise(point)))
    # Being a minimal Gröbner basis, not only a set of generators:
    found = groebner_basis(system.specialise(point)).leading.tolist()
    assert sorted(map(tuple, found)) == sorted(basis.leading)


def test_two_lines_meet_unless_the_determinant_vanishes():
    basis = generic_basis(PolynomialSystem.parse(SYSTEMS[0]))
    assert [str(c) for c in basis.conditions] == ["a*b - 1"]
    assert not basis.holds_at({"a": 2, "b": "1/2"})
    with pytest.raises(InputError, match="vanishes"):
        basis.specialise({"a": 2, "b": "1/2"})
    with pytest.raises(InputError, match="no values"):
        basis.holds_at({"a": 2})


def test_generically_inconsistent_equations_are_a_unit_ideal_off_the_discriminant():
    basis = generic_basis(PolynomialSystem.parse(SYSTEMS[2]))
    assert basis.leading == ((0,),)
    assert [str(c) for c in basis.conditions] == ["a^2 - 4*b"]


def test_membership_over_the_rational_functions_comes_with_its_condition():
    system = PolynomialSystem.parse(SYSTEMS[2])
    m = parametric_membership(system, "1", cofactors=True)
    assert [(str(c), e) for c, e in m.conditions] == [("a^2 - 4*b", 1)]
    total = system.ring.constant(0)
    for h, f in zip(m.cofactors, system.equations, strict=True):
        total += h * f
    assert total == m.conditions[0][0]
    assert m.certificate["kind"] == "identity"


def test_what_lies_in_the_ideal_for_all_values_needs_no_condition():
    system = PolynomialSystem.parse("variables x, y; parameters a; x - a*y; y^2")
    m = parametric_membership(system, "x^2", cofactors=True)
    assert m.holds
    assert m.conditions == ()
    assert m.certificate["kind"] == "membership"
    assert not parametric_membership(system, "x")


def test_a_system_without_parameters_is_refused():
    with pytest.raises(InputError, match="no parameters"):
        generic_basis(PolynomialSystem.parse("x^2 - 1"))
