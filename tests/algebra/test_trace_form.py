"""Signatures of the trace form against the univariate representation and by hand."""

import itertools

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.counting import count_zeros
from algebra.errors import NotZeroDimensional
from algebra.families import resolve_system
from algebra.real_roots import count_real_zeros, sign_conditions
from algebra.trace_form import rank_and_signature, sign_counts, trace_form

P = 2147483647


@pytest.mark.parametrize(
    ("name", "distinct", "real"),
    [("katsura:4", 16, 12), ("noon:3", 21, 7), ("cyclic:5", 70, 10), ("network:2-2-2", 33, 9)],
)
def test_signatures_count_real_zeros(name, distinct, real):
    form = trace_form(resolve_system(name))
    assert (form.rank, form.signature) == (distinct, real)


def test_sign_symmetries_give_one_block_per_set_of_units():
    # 33 = 1 + 8 + 8 + 16 zeros in 1 + 4 + 4 + 4 orbits of the sign changes of two units.
    assert sorted(trace_form(resolve_system("network:2-2-2")).blocks) == [4, 8, 8, 13]
    assert trace_form(resolve_system("katsura:3")).blocks == (8,)


def test_multiple_zeros_count_once():
    form = trace_form(PolynomialSystem.parse("(x-1)^3; y^2-x"))
    assert (form.dimension, form.rank, form.signature) == (6, 2, 2)


def test_signs_on_the_zeros():
    system = PolynomialSystem.parse("x^3 - x; y^2 - x - 1")
    # (0, ±1), (1, ±√2), (-1, 0)
    x, y = system.ring.gens()
    for h, signs in (
        (x, {-1: 1, 0: 2, 1: 2}),
        (y, {-1: 2, 0: 1, 1: 2}),
        (x * y, {-1: 1, 0: 3, 1: 1}),
    ):
        assert sign_counts(system, h) == sign_conditions(system, h) == signs


def test_no_zeros_and_infinitely_many():
    assert trace_form(PolynomialSystem.parse("x; x - 1")).rank == 0
    with pytest.raises(NotZeroDimensional):
        trace_form(PolynomialSystem.parse("x*y"))


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 5), st.data())
def test_signatures_of_random_symmetric_matrices(size, data):
    entries = st.integers(-2, 2)  # many zeros: pivots of size two, singular matrices
    rows = [[fmpq(data.draw(entries)) for _ in range(size - i)] for i in range(size)]
    full = [[rows[min(i, j)][abs(i - j)] for j in range(size)] for i in range(size)]
    # All roots of the characteristic polynomial are real: Descartes' rule is exact.
    coefficients = [c for c in fmpq_mat(full).charpoly().coeffs() if c != 0]
    mirrored = fmpq_mat([[-c for c in row] for row in full]).charpoly().coeffs()

    def changes(values):
        kept = [v for v in values if v != 0]
        return sum((a > 0) != (b > 0) for a, b in itertools.pairwise(kept))

    expected = changes(coefficients) - changes(mirrored)
    assert rank_and_signature(rows, P) == (fmpq_mat(full).rank(), expected)


terms = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-4, 4).filter(bool),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(terms, min_size=2, max_size=3))
def test_both_ways_agree_on_random_systems(equations):
    system = PolynomialSystem.from_terms("xy", equations)
    try:
        form = trace_form(system)
    except NotZeroDimensional:
        assume(False)
        return
    assert form.signature == count_real_zeros(system).value
    assert form.rank == count_zeros(system).distinct.value
