"""Gröbner bases over Q: lifting, unlucky primes, huge coefficients, complex coefficients."""

import itertools
import math

import numpy as np
import pytest
from flint import fmpq, fmpz
from hypothesis import example, given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.common_denominator import CommonDenominatorLift
from algebra.counting import count_zeros
from algebra.division import is_groebner, normal_form
from algebra.f4 import f4
from algebra.families import resolve_system
from algebra.groebner import groebner_basis, integer_generators
from algebra.lifting import BasisLift, Moduli
from algebra.limits import Budget
from algebra.modular import primes_below, rational_reconstruction, reconstructed
from algebra.modular_bases import ModularBases, reduced
from algebra.orders import MonomialOrder
from algebra.words import Word


@pytest.mark.parametrize("name", ["katsura:3", "katsura:4", "cyclic:5", "noon:3", "eco:5"])
def test_lifted_basis_passes_buchberger_and_contains_the_equations(name):
    system = resolve_system(name)
    basis = groebner_basis(system)
    assert is_groebner(basis)
    assert all(not normal_form(f, basis) for f in system.equations)
    assert basis.word is Word.PROBABLE


@pytest.fixture
def largest_primes(monkeypatch):
    """Runs begin with the largest primes below 2^31, which a test can make unlucky."""
    monkeypatch.setattr("algebra.modular_bases.first_bound", lambda generators: 2**31)


@pytest.mark.parametrize(
    ("text", "degree", "dimension"),
    [
        ("x + y; x + {}*y + 1; z^2 - x", 2, 0),  # otherwise the unit ideal
        ("x + y + z^2; x + {}*y + z^2; z^3 - 2", 3, 0),  # otherwise a curve
        ("x^2 - {} + 1; y - x", 2, 0),  # otherwise a double zero
    ],
)
def test_no_list_of_primes_can_be_made_unlucky(text, degree, dimension):
    # The largest forty primes all tell the same wrong basis: none of them may be foreseen.
    c = 1 + math.prod(itertools.islice(primes_below(), 40))
    system = PolynomialSystem.parse(text.format(c))
    basis = groebner_basis(system)
    assert is_groebner(basis)
    assert (basis.to_dict()["degree"], basis.to_dict()["dimension"]) == (degree, dimension)
    counts = count_zeros(system)
    assert (counts.distinct.value, counts.with_multiplicity.value) == (degree, degree)


def test_unlucky_primes_at_the_head_of_the_list_do_no_harm(largest_primes):
    p, q = itertools.islice(primes_below(), 2)
    # Modulo p and modulo q other leading monomials appear: both primes are unlucky.
    system = PolynomialSystem.from_terms(
        "xy", [{(1, 0): 1, (0, 1): 1}, {(1, 0): 1, (0, 1): 1 + p * q, (0, 0): 1}]
    )
    assert groebner_basis(system).strings() == [
        f"{p * q}*y + 1",
        f"{p * q}*x - 1",
    ]


def test_a_leading_coefficient_divisible_by_the_working_primes(largest_primes):
    p, q, r = itertools.islice(primes_below(), 3)
    system = PolynomialSystem.from_terms("x", [{(1,): p * q * r, (0,): -1}])
    assert groebner_basis(system).elements[0][1] == [fmpq(1), fmpq(-1, p * q * r)]


def test_coefficients_of_ten_thousand_digits():
    big = 10**10_000 + 7
    system = PolynomialSystem.from_terms(
        "xy", [{(1, 0): big, (0, 1): 1}, {(1, 0): 1, (0, 1): 1, (0, 0): -1}]
    )
    basis = groebner_basis(system)
    assert {c.q for _, cs in basis.elements for c in cs} == {fmpz(1), fmpz(big - 1)}


def test_complex_coefficients_adjoin_the_imaginary_unit():
    basis = groebner_basis(PolynomialSystem.parse("x^2 - I; y - x*I"))
    assert basis.strings() == ["I^2 + 1", "x + y*I", "y^2 + I"]
    assert basis.to_dict()["degree"] == 2


def test_lex_basis_of_katsura_3_is_in_shape_position():
    basis = groebner_basis(resolve_system("katsura:3"), order="lex")
    assert len(basis.elements) == 4
    assert basis.leading[0].tolist() == [0, 0, 0, 8]
    assert is_groebner(basis)


fractions = st.fractions(max_denominator=10**6).map(lambda f: fmpq(f.numerator, f.denominator))


@settings(deadline=None, max_examples=50)
@given(st.lists(fractions, min_size=1, max_size=12))
@example([fmpq(k * k + 1, q) for k, q in enumerate(itertools.islice(primes_below(10**6), 12))])
def test_vectors_of_fractions_are_recovered(values):
    lift = CommonDenominatorLift()
    for p in itertools.islice(primes_below(), 200):
        if any(int(v.q) % p == 0 for v in values):
            continue
        vector = [int(v.p) * pow(int(v.q), -1, p) % p for v in values]
        found = lift.include(vector, p)
        if found is not None:
            assert found == values
            return
    raise AssertionError("never settled")


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_a_fraction_within_the_bound_is_reconstructed(a, b):
    modulus = (2**61 - 1) * (2**31 - 1)
    residue = a * pow(b, -1, modulus) % modulus
    assert rational_reconstruction(residue, modulus) == fmpq(a, b)


@given(st.integers(-(2**700), 2**700), st.integers(1, 2**700))
def test_many_quotients_at_once_end_at_the_same_fraction(a, b):
    modulus = 2**1521 - 1  # a Mersenne-like odd number; only coprimality matters
    if math.gcd(b, modulus) != 1:
        return
    residue = a * pow(b, -1, modulus) % modulus
    assert rational_reconstruction(residue, modulus) == fmpq(a, b)


def test_a_residue_without_a_small_fraction_gives_none():
    modulus = 2**127 - 1
    found = [rational_reconstruction(pow(3, k, modulus), modulus) for k in range(200, 260)]
    assert None in found


def test_replayed_primes_give_the_same_bases_as_separate_runs():
    generators, names = integer_generators(resolve_system("network:2-2-2"))
    order = MonomialOrder.parse("grevlex", len(names))
    bases = ModularBases(generators, len(names), order)
    batch = next(bases.batches())
    assert len(batch.primes) == 8
    for p, tails in zip(batch.primes, batch.tails, strict=True):
        alone = f4([reduced(g, p) for g in generators], len(names), order, p)
        for (e, x), (m, y) in zip(bases.polynomials(tails), alone.polynomials, strict=True):
            assert (e == m).all()
            assert (x == y).all()


@pytest.mark.parametrize("name", ["katsura:5", "network:2-2-2"])
def test_the_number_of_threads_changes_nothing(name):
    one, three = (groebner_basis(resolve_system(name), budget=Budget.of(threads=k)) for k in (1, 3))
    assert one.strings() == three.strings()
    assert one.primes == three.primes


tails = st.lists(st.lists(fractions, max_size=6), min_size=1, max_size=4)


@settings(deadline=None, max_examples=60)
@given(tails, st.integers(1, 8))
def test_polynomials_are_lifted_from_batches_of_any_size(tails, batch):
    if not any(tails):
        return
    flat = [c for tail in tails for c in tail]
    lift = BasisLift([len(tail) for tail in tails])
    primes = (p for p in primes_below() if all(int(c.q) % p for c in flat))
    for _ in range(400):
        chosen = list(itertools.islice(primes, batch))
        rows = [[int(c.p) * pow(int(c.q), -1, p) % p for c in flat] for p in chosen]
        found = lift.include(np.array(rows, dtype=np.uint32), chosen)
        if found is not None:
            for (denominator, values), tail in zip(found, tails, strict=True):
                assert [fmpq(v, denominator) for v in values] == tail
                assert math.gcd(denominator, *values) == 1
            return
    raise AssertionError("never settled")


@settings(deadline=None)
@given(st.lists(st.integers(-(2**300), 2**300), min_size=1, max_size=8), st.integers(1, 2**40))
def test_integers_come_back_from_scaled_residues(values, denominator):
    primes = list(itertools.islice(primes_below(), 13))
    moduli = Moduli(primes)
    rows = [[v * pow(denominator, -1, p) % p for v in values] for p in primes]
    residues, scale = np.array(rows, dtype=np.uint32), moduli.modulo(denominator)
    assert moduli.first_large(residues, scale) == len(values)
    assert moduli.integers(residues, scale) == values
    residues[-1, 0] ^= 1
    assert moduli.integers(residues, scale) == 0
    assert moduli.integer(residues[:, 0], scale) == values[0]


@settings(deadline=None)
@given(st.integers(-(2**900), 2**900), st.integers(1, 2**60))
def test_an_unbalanced_fraction_is_found_beyond_the_symmetric_bound(a, b):
    # No number near a power of two: there 2^-33 is also the integer 2^(k-33), just as short.
    modulus = math.prod(itertools.islice(primes_below(2**31 - 10**6), 41))
    common = math.gcd(a, b)
    residue = a * pow(b, -1, modulus) % modulus
    assert reconstructed(residue, modulus, slack=30) == (a // common, b // common)


def test_leading_coefficients_divisible_by_all_the_first_working_primes():
    primes = list(itertools.islice(primes_below(), 24))
    product = math.prod(primes)
    terms = [
        {(2, 0): product, (0, 1): 1, (0, 0): 3},
        {(1, 1): product * primes[0], (1, 0): 1, (0, 0): -1},
    ]
    basis = groebner_basis(PolynomialSystem.from_terms("xy", terms))
    assert is_groebner(basis)
    system = PolynomialSystem.from_terms("xy", terms)
    assert all(not normal_form(f, basis) for f in system.equations)
    assert not set(primes) & set(basis.primes)


def bad_primes(name, bound=2000):
    """Primes modulo which the reduced basis is no image of the one over Q."""
    leading = {values[0] for values in groebner_basis(resolve_system(name)).coefficients}
    return [p for p in range(3, bound) if fmpz(p).is_prime() and any(c % p == 0 for c in leading)]


@pytest.mark.parametrize("place", [0, 1, 5, 9])
@pytest.mark.parametrize("name", ["katsura:4", "network:1-2-1"])
def test_unlucky_primes_forced_into_the_list_change_nothing(monkeypatch, name, place):
    expected, bad = groebner_basis(resolve_system(name)).strings(), bad_primes(name)[:3]
    assert bad

    def with_bad_primes(bound):
        good = primes_below(bound)
        yield from itertools.islice(good, place)
        yield from bad
        yield from good

    monkeypatch.setattr("algebra.modular_bases.primes_below", with_bad_primes)
    basis = groebner_basis(resolve_system(name))
    assert basis.strings() == expected
    assert not set(bad) & set(basis.primes)


def test_a_middle_term_that_vanishes_modulo_the_first_prime_is_not_forgotten(largest_primes):
    p = next(primes_below())
    system = PolynomialSystem.from_terms(
        "xy", [{(2, 0): 1, (1, 0): p, (0, 1): 1}, {(1, 1): 1, (0, 1): p, (0, 0): 1}]
    )
    basis = groebner_basis(system)
    assert is_groebner(basis)
    assert all(not normal_form(f, basis) for f in system.equations)


@pytest.mark.parametrize("name", ["katsura:4", "cyclic:5"])
def test_shuffled_repeated_and_zero_generators_give_the_same_basis_over_q(name):
    system = resolve_system(name)
    expected = groebner_basis(system).strings()
    listed = [*system.equations[::-1], system.equations[0] * 0, 3 * system.equations[1]]
    assert groebner_basis(system.with_equations([*listed, *listed])).strings() == expected


def test_the_unit_ideal_over_q_is_found_though_primes_disagree(largest_primes):
    p = next(primes_below())
    system = PolynomialSystem.from_terms("x", [{(1,): 1}, {(1,): 1, (0,): p}])
    assert groebner_basis(system).is_unit  # modulo p it is not
