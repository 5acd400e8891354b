"""Staircases, Hilbert series, multiplication matrices, traces."""

import itertools

import numpy as np
import pytest
from flint import fmpq_mat, nmod_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.errors import InputError, NotZeroDimensional
from algebra.families import resolve_system
from algebra.groebner import groebner_basis
from algebra.quotient import Border, ModularQuotient, QuotientAlgebra
from algebra.staircase import hilbert_series, krull_dimension, standard_monomials

P = 2147483629


def exponents(*rows):
    return np.array(rows, dtype=np.int64)


@pytest.mark.parametrize(
    ("leading", "dimension", "degree"),
    [
        (exponents((2, 0), (0, 3)), 0, 6),
        (exponents((2, 0), (1, 1), (0, 2)), 0, 3),
        (exponents((1, 1)), 1, 2),
        (exponents((1, 1, 0), (0, 1, 1), (1, 0, 1)), 1, 3),
        (exponents((0, 0)), -1, 0),
        (exponents((2, 0, 0)), 2, 2),
    ],
)
def test_dimension_and_degree_of_monomial_ideals(leading, dimension, degree):
    assert krull_dimension(leading) == dimension
    series = hilbert_series(leading)
    assert (series.dimension, series.degree) == (dimension, degree)


monomial_ideals = st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=6)


@settings(deadline=None)
@given(monomial_ideals)
def test_hilbert_series_counts_the_standard_monomials(rows):
    leading = np.array([*rows, (4, 0, 0), (0, 4, 0), (0, 0, 4)], dtype=np.int64)
    by_hand = sum(
        not any(all(a <= b for a, b in zip(r, m, strict=True)) for r in leading.tolist())
        for m in itertools.product(range(4), repeat=3)
    )
    assert len(standard_monomials(leading)) == by_hand
    assert hilbert_series(leading).degree == by_hand


@settings(deadline=None)
@given(monomial_ideals)
def test_krull_dimension_agrees_with_the_hilbert_series(rows):
    leading = np.array(rows, dtype=np.int64)
    assert krull_dimension(leading) == hilbert_series(leading).dimension


@pytest.mark.parametrize("modulus", [None, P])
def test_multiplication_matrices_commute_and_satisfy_the_equations(modulus):
    system = resolve_system("katsura:3")
    algebra = QuotientAlgebra(groebner_basis(system, modulus=modulus))
    matrices = [algebra.multiplication_matrix(v) for v in system.variables]
    size = len(algebra.standard_monomials)
    for a, b in itertools.combinations(matrices, 2):
        assert a * b == b * a
    for f in system.equations:
        total = nmod_mat(size, size, P) if modulus else fmpq_mat(size, size)
        for m, c in f.terms():
            one = [[int(i == j) for j in range(size)] for i in range(size)]
            power = nmod_mat(one, P) if modulus else fmpq_mat(one)
            for matrix, e in zip(matrices, m, strict=True):
                for _ in range(int(e)):
                    power = power * matrix
            total = total + power * (int(c.p) if modulus else c)
        assert all(int(x) == 0 if modulus else x == 0 for x in total.entries())


@pytest.mark.parametrize("name", ["katsura:4", "network:2-1-2", "cyclic:5"])
def test_trace_functional_agrees_with_the_matrices(name):
    system = resolve_system(name)
    basis = groebner_basis(system, modulus=P)
    algebra = QuotientAlgebra(basis)
    border = Border(basis.leading, basis.order)
    polynomials = [(e, np.array(c, dtype=np.uint32)) for e, c in basis.elements]
    traces = ModularQuotient(border, polynomials, P).trace_functional()
    matrices = [algebra.multiplication_matrix(i) for i in range(len(system.variables))]
    size = border.dimension
    assert int(traces[0]) == size
    for m, found in zip(border.standard, traces.tolist(), strict=True):
        product = nmod_mat([[int(i == j) for j in range(size)] for i in range(size)], P)
        for matrix, e in zip(matrices, m, strict=True):
            for _ in range(e):
                product = product * matrix
        assert sum(int(product[i, i]) for i in range(size)) % P == found


def test_positive_dimension_has_no_matrices_but_a_degree():
    algebra = QuotientAlgebra(groebner_basis(PolynomialSystem.parse("x*y - z^2"), modulus=P))
    assert (algebra.krull_dimension, algebra.degree) == (2, 2)
    with pytest.raises(NotZeroDimensional, match=r"no power of"):
        algebra.multiplication_matrix("x")


def test_an_unknown_variable_is_refused():
    algebra = QuotientAlgebra(groebner_basis(resolve_system("katsura:2"), modulus=P))
    with pytest.raises(InputError):
        algebra.multiplication_matrix("nope")
