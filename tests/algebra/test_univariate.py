"""Univariate representations modulo a prime: two functionals, one answer."""

import numpy as np
import pytest

from algebra import PolynomialSystem
from algebra.counting import generators_modulo
from algebra.f4 import f4
from algebra.families import resolve_system
from algebra.orders import MonomialOrder
from algebra.quotient import Border, ModularQuotient
from algebra.univariate import random_form, univariate_representation

PRIME = 2147483629


def quotient_of(system, p=PRIME):
    n = len(system.variables)
    order = MonomialOrder.parse("grevlex", n)
    basis = f4(generators_modulo(system, p), n, order, p)
    return ModularQuotient(Border(basis.leading, order), basis.polynomials, p)


@pytest.mark.parametrize(
    ("name", "distinct", "dimension"),
    [
        ("katsura:4", 16, 16),
        ("noon:3", 21, 21),
        ("cyclic:5", 70, 70),
        ("network:2-2-2", 33, 33),
        ("x^2; y^3 - 1", 3, 6),
        ("x^2 - y; y^2", 1, 4),  # one point with a cyclic quotient: f would have degree D
        ("x^3 - x; y*(y - x)", 5, 6),
        ("x^2 - 2*x + 1; y^2 - y*x", 2, 4),
    ],
)
def test_simple_zeros_need_no_traces(name, distinct, dimension):
    system = resolve_system(name) if ":" in name else PolynomialSystem.parse(name)
    quotient = quotient_of(system)
    assert quotient.dimension == dimension
    form = random_form(len(system.variables), PRIME, 0)
    found = univariate_representation(quotient, form)
    traces = univariate_representation(quotient, form, multiple=True)
    assert found.distinct == distinct
    assert found.f == traces.f
    assert found.multiplicity_numerator == traces.multiplicity_numerator
    assert found.coordinate_numerators == traces.coordinate_numerators


def test_a_form_that_does_not_separate_goes_by_traces():
    quotient = quotient_of(PolynomialSystem.parse("x^2 - 1; y^2 - 4"))
    found = univariate_representation(quotient, np.array([1, 0]))
    assert found.distinct == 2
    assert found.multiplicities(found.f, 4) == {2: 2}


@pytest.mark.parametrize("p", [101, 65537, PRIME])
@pytest.mark.parametrize("name", ["noon:4", "cyclic:5", "x^40 - 3; y^2 - x"])
def test_sparse_and_dense_matrices_give_the_same(monkeypatch, name, p):
    system = resolve_system(name) if ":" in name else PolynomialSystem.parse(name)
    quotient, form = quotient_of(system, p), random_form(len(system.variables), p, 1)
    found = []
    for threshold in (0, 10**9):
        monkeypatch.setattr("algebra.univariate.DENSE", threshold)
        found.append(univariate_representation(quotient, form))
    sparse, dense = found
    assert sparse.f == dense.f
    assert sparse.multiplicity_numerator == dense.multiplicity_numerator
    assert sparse.coordinate_numerators == dense.coordinate_numerators
