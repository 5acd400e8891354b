"""Changed orders against F4 in that order; minimal polynomials by their definition."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algebra import Ideal, PolynomialSystem
from algebra.errors import NotZeroDimensional
from algebra.families import resolve_system
from algebra.fglm import change_order, minimal_polynomial
from algebra.groebner import groebner_basis

P = 2147483629


def agrees_modulo_p(basis, system, order):
    """Whether F4 in this order modulo a prime gives the same basis."""
    found = groebner_basis(system, order=order, modulus=P)
    ours = [
        {m: int(c.p) * pow(int(c.q), -1, P) % P for m, c in terms.items()} for terms in basis.terms
    ]
    return ours == found.terms


@pytest.mark.parametrize("order", ["lex", "elim:1", "weighted:3,1,2,1"])
@pytest.mark.parametrize("name", ["katsura:3", "noon:3", "network:1-1-1-1"])
def test_the_changed_basis_is_the_one_of_f4(name, order):
    system = resolve_system(name)
    n = len(system.variables)
    if order.startswith("weighted"):
        order = "weighted:" + ",".join(str(1 + (3 * i) % 4) for i in range(n))
    assert agrees_modulo_p(change_order(system, order), system, order)


def test_lex_bases_of_finite_ideals_take_this_way():
    system = resolve_system("noon:3")
    assert groebner_basis(system, order="lex").terms == change_order(system).terms
    # A curve: F4 in lex.
    assert groebner_basis(PolynomialSystem.parse("x*y - z; x^2 - y"), order="lex").strings()


def test_katsura_in_shape_position():
    basis = change_order(resolve_system("katsura:5"), "lex")
    assert len(basis.elements) == 6
    assert basis.elements[0][0][0].tolist() == [0, 0, 0, 0, 0, 32]  # 2^5 zeros
    assert all(sum(e[0]) == 1 for e, _ in basis.elements[1:])
    ideal = Ideal(resolve_system("katsura:5"))
    assert all(ideal.contains(g) for g in basis.polynomials[1:])


def test_multiple_zeros_out_of_shape_position():
    system = PolynomialSystem.parse("x^2; x*y; y^3")
    assert agrees_modulo_p(change_order(system, "lex"), system, "lex")


def test_trivial_and_positive_dimensional_ideals():
    assert change_order(PolynomialSystem.parse("x; x - 1")).strings() == ["1"]
    with pytest.raises(NotZeroDimensional):
        change_order(PolynomialSystem.parse("x*y"))


def test_minimal_polynomials_of_elements():
    system = PolynomialSystem.parse("x^2 - 2; y^2 - 3")
    f = minimal_polynomial(system, system.ring.gen(0) + system.ring.gen(1))
    assert f.coeffs() == [1, 0, -10, 0, 1]
    assert minimal_polynomial(system, system.ring.gen(0) ** 2).coeffs() == [-2, 1]
    assert minimal_polynomial(system, system.ring.constant(5)).coeffs() == [-5, 1]
    nilpotent = PolynomialSystem.parse("x^3; y - x")
    assert minimal_polynomial(nilpotent, nilpotent.ring.gen(1)).coeffs() == [0, 0, 0, 1]
    empty = PolynomialSystem.parse("x; x - 1")
    assert minimal_polynomial(empty, empty.ring.gen(0)).degree() == 0


terms = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-5, 5).filter(bool),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(st.lists(terms, min_size=2, max_size=3))
def test_random_ideals(generators):
    system = PolynomialSystem.from_terms("xy", generators)
    try:
        changed = change_order(system, "lex")
    except NotZeroDimensional:
        assume(False)
        return
    assert agrees_modulo_p(changed, system, "lex")
