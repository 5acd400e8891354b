"""F4 modulo p: sizes from the literature, laws, an independent engine, widths and failures."""

import numpy as np
import pytest
from flint import Ordering, fmpz_mpoly_ctx, fmpz_mpoly_vec
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.division import is_groebner, normal_form, order_key
from algebra.errors import InputError, LimitReached, ModulusError
from algebra.f4 import f4
from algebra.families import resolve_system
from algebra.groebner import groebner_basis, integer_generators
from algebra.limits import Budget, peak_memory
from algebra.modular_bases import reduced
from algebra.orders import MonomialOrder
from algebra.staircase import hilbert_series

P = 2147483629


def modular(system, p=P, order="grevlex", **options):
    generators, names = integer_generators(system)
    parsed = MonomialOrder.parse(order, len(names))
    return f4([reduced(g, p) for g in generators], len(names), parsed, p, **options)


# Own values, computed twice; cyclic: J. Backelin, R. Froeberg, ISSAC 1991 (70, 156, 924 zeros);
# katsura-n has 2^n zeros; noon-n 3^n - 2n: V. W. Noonburg, SIAM J. Appl. Math. 49 (1989).
@pytest.mark.parametrize(
    ("name", "size", "degree"),
    [
        ("katsura:3", 7, 8),
        ("katsura:4", 13, 16),
        ("katsura:5", 22, 32),
        ("katsura:6", 41, 64),
        ("cyclic:5", 20, 70),
        ("cyclic:6", 45, 156),
        ("cyclic:7", 209, 924),
        ("noon:3", 11, 21),
        ("noon:4", 28, 73),
        ("noon:5", 72, 233),
        ("eco:5", 11, 8),
        ("eco:6", 18, 16),
        ("eco:7", 32, 32),
    ],
)
@pytest.mark.parametrize("probabilistic", [True, False])
def test_basis_has_the_size_and_degree_of_the_literature(name, size, degree, probabilistic):
    basis = modular(resolve_system(name), probabilistic=probabilistic)
    assert len(basis.polynomials) == size
    assert hilbert_series(basis.leading).degree == degree


def test_cyclic_4_is_a_curve():
    series = hilbert_series(modular(resolve_system("cyclic:4")).leading)
    assert (series.dimension, series.degree) == (1, 4)


def test_the_course_of_katsura_5_by_the_normal_strategy():
    rounds = modular(resolve_system("katsura:5"), probabilistic=False).rounds
    assert [r.degree for r in rounds] == [2, 3, 4, 5, 6, 7]


monomials = st.tuples(*[st.integers(0, 2)] * 3)
polynomials = st.dictionaries(monomials, st.integers(-5, 5).filter(bool), min_size=1, max_size=4)
systems = st.lists(polynomials, min_size=1, max_size=4).map(
    lambda terms: PolynomialSystem.from_terms("xyz", terms)
)


@settings(max_examples=60, deadline=None)
@given(systems)
def test_s_polynomials_and_generators_reduce_to_zero(system):
    basis = groebner_basis(system, modulus=P)
    assert is_groebner(basis)
    assert all(not normal_form(f, basis) for f in system.equations)


@settings(max_examples=40, deadline=None)
@given(systems)
def test_leading_monomials_agree_with_flint(system):
    ring = fmpz_mpoly_ctx.get(system.variables, Ordering.degrevlex)
    generators, _ = integer_generators(system)
    listed = [
        ring.from_dict({tuple(m): c for m, c in zip(e.tolist(), cs, strict=True)})
        for e, cs in generators
    ]
    oracle = fmpz_mpoly_vec(listed, ring).buchberger_naive(limits=(40, 20, 200))[0]
    oracle = oracle.autoreduction()
    if not oracle.is_groebner():
        return  # the naive engine hit its limits
    expected = {tuple(int(e) for e in g.monoms()[0]) for g in oracle}
    assert {tuple(m) for m in groebner_basis(system).leading.tolist()} == expected


@settings(max_examples=25, deadline=None)
@given(systems, st.permutations(range(3)), st.integers(0, 3))
def test_order_repetition_and_zeros_among_generators_do_not_matter(system, shuffle, extra):
    listed = list(system.equations)
    changed = [listed[k % len(listed)] for k in shuffle] + listed + [listed[0] * 0] * extra
    again = system.with_equations([*changed, listed[0] * listed[-1]])
    assert groebner_basis(again, modulus=P).strings() == groebner_basis(system, modulus=P).strings()


def test_probabilistic_and_deterministic_elimination_agree():
    system = resolve_system("katsura:7")
    first, second = (modular(system, probabilistic=flag) for flag in (True, False))
    for (a, x), (b, y) in zip(first.polynomials, second.polynomials, strict=True):
        assert (a == b).all()
        assert (x == y).all()


@pytest.mark.parametrize("order", ["lex", "elim:1", "elim:2", "weighted:1,2,3", "weighted:3,1,1"])
@pytest.mark.parametrize("text", ["x^2+y*z-1; x*y-z^2; x+y^3-2", "x*y-z; x^2-y; z^3-x*y"])
def test_every_order_gives_a_groebner_basis(order, text):
    basis = groebner_basis(PolynomialSystem.parse(text), order=order, modulus=P)
    assert is_groebner(basis)


def test_elimination_order_finds_the_implicit_equation():
    # The twisted cubic: t is eliminated first.
    system = PolynomialSystem.parse("variables t, x, y, z; x-t; y-t^2; z-t^3")
    strings = groebner_basis(system, order="elim:1").strings()
    assert {"x^2 - y", "x*y - z", "y^2 - x*z"} <= set(strings)


@pytest.mark.parametrize("degree", [100, 127, 128, 200, 40_000])
def test_exponents_beyond_a_byte_restart_with_wider_fields(degree):
    system = PolynomialSystem.from_terms(
        "xy", [{(degree, 0): 1, (0, 1): -1}, {(0, 2): 1, (0, 0): -1}]
    )
    basis = groebner_basis(system, modulus=P)
    assert is_groebner(basis)
    assert hilbert_series(basis.leading).degree == 2 * degree


def test_overflow_met_only_on_the_way_is_detected():
    # x^120 · y^120 appears in an S-pair though the input fits a byte.
    system = PolynomialSystem.parse("x^120*y - z^3; x*y^120 - z^2; z^2*x^100 - y")
    assert is_groebner(groebner_basis(system, modulus=P))


@pytest.mark.parametrize("n", [1, 9, 31, 40])
def test_many_variables_need_several_words(n):
    names = [f"x{i}" for i in range(n)]
    terms = []
    for i in range(n):
        square, other = [0] * n, [0] * n
        square[i], other[(i + 1) % n] = 2, 1
        terms.append({tuple(square): 1, tuple(other): -1} if n > 1 else {(2,): 1, (0,): -1})
    basis = groebner_basis(PolynomialSystem.from_terms(names, terms), modulus=P)
    assert len(basis.elements) == n


def test_unit_ideal_zero_ideal_and_constants():
    assert groebner_basis(PolynomialSystem.parse("x-1; x-2"), modulus=P).strings() == ["1"]
    assert groebner_basis(PolynomialSystem.parse("variables x; 0*x"), modulus=P).strings() == []
    assert groebner_basis(PolynomialSystem.parse("variables x; 7")).is_unit
    assert not groebner_basis(PolynomialSystem.parse("variables x; 0*x")).is_unit


@pytest.mark.parametrize("p", [3, 5, 7, 101, 32003, 65521, 2147483647])
def test_small_and_large_primes(p):
    assert is_groebner(groebner_basis(resolve_system("katsura:4"), modulus=p))


@pytest.mark.parametrize("modulus", [0, 1, 2, 4, 2**31 + 11, -7])
def test_a_modulus_that_is_no_odd_31_bit_prime_is_refused(modulus):
    with pytest.raises(ModulusError):
        groebner_basis(resolve_system("katsura:2"), modulus=modulus)


@pytest.mark.parametrize(
    "order", ["", "grlex", "elim:0", "elim:9", "weighted:1,2", "weighted:0,1,1"]
)
def test_an_unknown_order_is_refused(order):
    with pytest.raises(InputError):
        groebner_basis(PolynomialSystem.parse("x+y+z"), order=order)


def test_a_modulus_that_divides_a_denominator_is_refused():
    with pytest.raises(InputError, match="denominator"):
        groebner_basis(PolynomialSystem.parse("x/7 - y; y^2-1"), modulus=7)


def test_a_time_limit_stops_the_computation():
    with pytest.raises(LimitReached):
        groebner_basis(resolve_system("cyclic:7"), budget=Budget.of(seconds=0.0))


def test_packing_agrees_with_the_definition_of_the_orders():
    rng = np.random.default_rng(3)
    for name in ("grevlex", "lex", "elim:4", "weighted:1,2,3,4,5,6,7,8,9,10"):
        order = MonomialOrder.parse(name, 10)
        exponents = rng.integers(0, 4, (200, 10))
        for bits in (8, 16, 32):
            layout = order.layout(10, bits)
            words = layout.pack(exponents)
            assert (layout.unpack(words) == exponents).all()
            ranked = exponents[layout.descending(words)].tolist()
            key = order_key(order, 10)
            assert ranked == sorted(exponents.tolist(), key=key, reverse=True)


def test_a_matrix_that_outgrows_the_memory_limit_is_not_built():
    budget = Budget.of(memory_bytes=peak_memory() + 2**12)
    with pytest.raises(LimitReached, match="memory"):
        modular(resolve_system("katsura:8"), budget=budget)
