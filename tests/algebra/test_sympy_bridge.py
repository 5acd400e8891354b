import pytest
import sympy
from hypothesis import given, settings
from polynomial_strategies import same, systems
from sympy import I, Rational, symbols

from algebra.errors import InputError
from algebra.systems import PolynomialSystem

x, y, x2, x10 = symbols("x y x2 x10")


@settings(deadline=None)
@given(systems(parameters=True))
def test_sympy_and_back_is_the_identity(system):
    variables = symbols(system.variables)
    again = PolynomialSystem.from_sympy(system.to_sympy(), variables)
    used = {p for p in system.parameters if any(p in str(f) for f in system.equations)}
    if used == set(system.parameters):
        assert same(again, system)


@settings(deadline=None)
@given(systems(imaginary=True))
def test_complex_systems_survive_sympy(system):
    again = PolynomialSystem.from_sympy(system.to_sympy(), symbols(system.variables))
    assert same(again, system)


def test_equalities_polynomials_and_numbers():
    system = PolynomialSystem.from_sympy(
        [sympy.Eq(x**2, y), sympy.Poly(x * y - 1, x), sympy.Eq(x, x, evaluate=False), 0], [x, y]
    )
    assert [str(f) for f in system.equations] == ["x^2 - y", "x*y - 1", "0", "0"]


def test_symbols_that_are_no_variables_become_parameters():
    system = PolynomialSystem.from_sympy([x * y - 1], [x])
    assert (system.variables, system.parameters) == (("x",), ("y",))


def test_variables_default_to_sorted_symbols_with_numbers_by_size():
    assert PolynomialSystem.from_sympy([x10 + x2 + x]).variables == ("x", "x2", "x10")


def test_floats_are_exact_before_anything_is_expanded():
    system = PolynomialSystem.from_sympy([(sympy.Float(0.1) * x + 1) ** 2])
    tenth = Rational(*(0.1).as_integer_ratio())
    assert sympy.expand(system.to_sympy()[0] - (tenth * x + 1) ** 2) == 0


def test_division_by_a_complex_constant():
    system = PolynomialSystem.from_sympy([x / (2 + I)])
    assert sympy.expand(system.to_sympy()[0] - x * (2 - I) / 5) == 0


@pytest.mark.parametrize(
    "expressions",
    [
        "x + 1",
        ["x + 1"],
        x,
        [sympy.sqrt(2) * x],
        [1 / x],
        [sympy.sin(x)],
        [x**y],
        [sympy.pi * x],
        [x + sympy.nan],
        [x + sympy.oo],
        [x < 1],
        [sympy.Symbol("a b")],
        [sympy.Symbol("I") + x],
        [x + sympy.Symbol("x", real=True)],
        [(x + y + x2) ** 100000],
        [x ** (10**9)],
        [sympy.Integer(3)],
        [],
        [None],
        [True],
        [sympy.Function("f")(x)],
        [sympy.MatrixSymbol("A", 2, 2)],
        [sympy.Symbol("A", commutative=False) * x],
    ],
    ids=str,
)
def test_what_is_no_polynomial_is_refused(expressions):
    with pytest.raises(InputError):
        PolynomialSystem.from_sympy(expressions)


def test_variables_must_be_symbols():
    with pytest.raises(InputError, match="strings are refused"):
        PolynomialSystem.from_sympy([x + 1], ["x"])
