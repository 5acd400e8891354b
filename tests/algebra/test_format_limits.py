import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.errors import InputError
from algebra.formats.assembly import split_statements
from algebra.formats.expressions import Expansion
from algebra.formats.limits import MAX_TERMS, Size, monomials, shown
from algebra.systems import polynomial_ring

NAMES = ("x", "y", "z")

atoms = st.sampled_from(["x", "y", "z", "3", "1/7", "0.25", "2*x*y", "5/6*z^2", "x^3"])
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(inner, st.integers(0, 4)).map(lambda t: f"({t[0]})^{t[1]}"),
        st.tuples(inner, st.integers(1, 9)).map(lambda t: f"({t[0]})/{t[1]}"),
    ),
    max_leaves=8,
)


def bits(value):
    return max(int(value.p).bit_length(), 1) + int(value.q).bit_length()


@settings(deadline=None, max_examples=300)
@given(expressions)
def test_size_bounds_the_expansion(text):
    (statement,) = split_statements(text)
    tree, expansion = statement.parse(), Expansion(polynomial_ring(NAMES))
    try:
        size = expansion.size(tree)
    except InputError:
        reject()  # beyond the limits on input
    polynomial = expansion.expand(tree, statement)
    assert len(polynomial) <= size.terms
    assert max((sum(map(int, m)) for m in polynomial.monoms()), default=0) <= size.degree
    assert sum(map(bits, polynomial.coeffs())) <= size.total
    assert (
        max(map(bits, polynomial.coeffs()), default=0) <= size.bits + 2 * size.denominator_bits + 1
    )
    if size.denominator:
        assert all((c * size.denominator).q == 1 for c in polynomial.coeffs())


def test_only_the_variables_that_occur_count():
    system = PolynomialSystem.parse("variables x, y, z; (((x + 1/7)^4)^4)^4; y; z")
    assert len(system.equations[0]) == 65


@given(st.integers(0, 6), st.integers(0, 8))
def test_number_of_monomials(names, degree):
    ring = polynomial_ring(NAMES[: min(names, 3)])
    if names <= 3:
        dense = (sum(ring.gens(), start=ring.constant(1))) ** degree
        assert monomials(names, degree) == len(dense)
    else:
        assert monomials(names, degree) == monomials(degree, names)


def test_a_sum_of_many_fractions_is_not_mistaken_for_a_giant():
    # The common denominator of 20 000 fractions is enormous, but nobody forms it.
    parts = [
        Size.term(polynomial_ring(("x",)).constant(1).coeffs()[0] / (2 * k + 3), 1)
        for k in range(20_000)
    ]
    assert Size.sum(parts).terms == 20_000


def test_limits_are_errors():
    one = Size.term(polynomial_ring(("x",)).constant(1).coeffs()[0], 1)
    with pytest.raises(InputError, match="terms"):
        Size.sum([one] * (MAX_TERMS + 1))
    with pytest.raises(InputError, match="exponent"):
        one.power(10**6 + 1)
    with pytest.raises(InputError, match="degree"):
        one.power(10**6).times(one)


def test_long_numbers_are_abbreviated():
    assert shown(10**30) == "about 10^30"
    assert shown(12345) == "12345"
