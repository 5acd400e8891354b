from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from polynomial_strategies import systems

from algebra.errors import InputError, NotSquare
from algebra.systems import PolynomialSystem, polynomial_ring, reduce_imaginary


@settings(deadline=None)
@given(systems(imaginary=True))
def test_terms_give_back_the_equations(system):
    ring = system.ring
    unit = ring.gens()[-1]
    for i, equation in enumerate(system.equations):
        total = ring.constant(0)
        for term in system.terms(i):
            monomial = ring.from_dict({(*term.exponents, 0): fmpq(1)})
            total += monomial * term.real + monomial * unit * term.imaginary
        assert total == equation


@settings(deadline=None)
@given(systems())
def test_jacobian_satisfies_the_euler_relation(system):
    # Σ_j x_j ∂f/∂x_j multiplies every term by its degree.
    gens = system.ring.gens()
    for equation, row in zip(system.equations, system.jacobian(), strict=True):
        total = sum((x * d for x, d in zip(gens, row, strict=True)), start=system.ring.constant(0))
        terms = {tuple(m): c * int(sum(m)) for m, c in equation.terms() if sum(m)}
        assert total == system.ring.from_dict(terms)


def test_imaginary_unit_is_reduced():
    ring = polynomial_ring(("x", "I"))
    x, unit = ring.gens()
    assert reduce_imaginary(x * unit**2 + unit**3 + unit**4) == -x - unit + 1


def test_floats_are_taken_as_dyadic_rationals():
    system = PolynomialSystem.from_terms(("x",), [{(1,): 0.1}])
    exact = Fraction(0.1)
    assert system.terms(0)[0].real == fmpq(exact.numerator, exact.denominator)


def test_zero_constant_and_repeated_equations_are_kept():
    system = PolynomialSystem.parse("variables x, y; 0; 5; x; x")
    assert system.degrees == (-1, 0, 1, 1)
    assert [s.shape for s in system.supports] == [(0, 2), (1, 2), (1, 2), (1, 2)]
    assert system.evaluate([2.0, 3.0]).tolist() == [0, 5, 2, 2]
    assert not system.is_square
    with pytest.raises(NotSquare, match="4 equations in 2 unknowns"):
        system.require_square()


def test_supports_with_parameters_are_the_monomials_in_the_variables():
    system = PolynomialSystem.parse("parameters a, b; a*x^2 + b*x^2 + x*y + a; x + b*y")
    assert [s.tolist() for s in system.supports] == [[[2, 0], [1, 1], [0, 0]], [[1, 0], [0, 1]]]


def test_coefficients_beyond_the_float_range_do_not_fail():
    big = 10**400
    system = PolynomialSystem.parse(f"x*{big}/{big + 1} - 1")
    assert system.coefficients[0][0] == 1


def test_specialising_keeps_the_program_and_the_order_of_the_rest():
    system = PolynomialSystem.parse("parameters a, b; a*x + b")
    special = system.specialise({"a": Fraction(1, 2)})
    assert special.parameters == ("b",)
    assert str(special.equations[0]) == "1/2*x + b"
    with pytest.raises(InputError, match="not among the parameters"):
        system.specialise({"c": 1})


@pytest.mark.parametrize("exponents", [(1,), (1, 2, 3), (-1, 0)])
def test_exponents_of_the_wrong_length_or_sign_are_refused(exponents):
    with pytest.raises(InputError, match="expected 2 integers"):
        PolynomialSystem.from_terms(("x", "y"), [{exponents: 1}])


@pytest.mark.parametrize("name", ["λ", "", "2x", "x y", "I"])
def test_names_that_no_format_can_write_are_refused(name):
    with pytest.raises(InputError, match="cannot name a variable"):
        PolynomialSystem.from_terms((name,), [])


def test_repeated_names_are_refused():
    ring = polynomial_ring(("x",))
    with pytest.raises(InputError, match="repeated names"):
        PolynomialSystem(("x", "x"), (ring.gen(0),))


def test_points_of_the_wrong_length_are_refused():
    with pytest.raises(InputError, match="expected 2 coordinates"):
        PolynomialSystem.parse("x*y - 1").evaluate([1.0])


def test_digest_depends_on_the_equations_only():
    first = PolynomialSystem.parse("x^2 - 1; y", name="one")
    second = PolynomialSystem.parse("(x-1)*(x+1); y", name="two")
    assert first.digest == second.digest
    assert first.digest != PolynomialSystem.parse("y; x^2 - 1").digest


def test_points_may_be_rows():
    system = PolynomialSystem.parse("x*y - 1; x - y")
    points = np.array([[1.0, 1.0], [2.0, 1j]])
    assert system.evaluate(points).tolist() == [[0, 0], [-1 + 2j, 2 - 1j]]
