"""Homogenised systems."""

import pytest

from algebra import PolynomialSystem
from algebra.errors import InputError
from algebra.homogenisation import homogenised


def test_terms_are_filled_up_with_a_new_last_variable():
    raised = homogenised(PolynomialSystem.parse("x^2*y - 3*h + 1; h - 2/3"))
    assert raised.variables == ("x", "y", "h", "hh")
    assert [str(f) for f in raised.equations] == ["x^2*y - 3*h*hh^2 + hh^3", "h - 2/3*hh"]


def test_zero_equations_are_left_out_and_constants_stay():
    raised = homogenised(PolynomialSystem.parse("variables x; 0; 5; x^2"))
    assert [str(f) for f in raised.equations] == ["5", "x^2"]


@pytest.mark.parametrize("text", ["x^2 - I", "parameters a; x - a"])
def test_rational_coefficients_are_expected(text):
    with pytest.raises(InputError):
        homogenised(PolynomialSystem.parse(text))
