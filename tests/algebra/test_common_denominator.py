"""Rational vectors from residues, with fewer primes than one fraction needs."""

import random

from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.common_denominator import CommonDenominatorLift
from algebra.modular import primes_below


def lifted(vector, most=200):
    lift = CommonDenominatorLift()
    for count, p in enumerate(primes_below(), start=1):
        if any(int(c.q) % p == 0 for c in vector):
            continue
        found = lift.include([int(c.p) * pow(int(c.q), -1, p) % p for c in vector], p)
        if found is not None:
            return found, count
        if count == most:
            return None, count
    raise AssertionError


def test_a_common_denominator_saves_primes():
    rng = random.Random(0)
    b = rng.getrandbits(600) | 1
    vector = [fmpq(rng.getrandbits(600), b) for _ in range(12)]
    found, count = lifted(vector)
    assert found == vector
    assert count < 32  # one fraction alone takes 2 · 600 / 31 > 38


def test_different_denominators_and_a_common_factor_of_all_numerators():
    rng = random.Random(1)
    vector = [fmpq(rng.getrandbits(9 * k + 1), 3 * 2 ** (9 * k)) for k in range(1, 30)]
    assert lifted(vector)[0] == vector
    factor = rng.getrandbits(700)
    vector = [fmpq(factor * rng.getrandbits(100)) for _ in range(20)] + [fmpq(1)]
    found, count = lifted(vector)
    assert found == vector
    assert count < 34


def test_numerators_shorter_than_the_denominator_at_the_lower_end():
    # Coefficients of a monic polynomial all of whose roots are small: their sizes grow steadily.
    rng = random.Random(2)
    b = rng.getrandbits(1800) | 1
    vector = [fmpq(rng.getrandbits(600 + 30 * k), b) for k in range(40)]
    found, count = lifted(vector)
    assert found == vector
    assert count < 66  # 1800 · 7/6 bits would be 68 primes, one fraction alone 116


rationals = st.builds(fmpq, st.integers(-(10**30), 10**30), st.integers(1, 10**20))


@settings(deadline=None, max_examples=60)
@given(st.lists(rationals, min_size=1, max_size=8))
def test_every_vector_is_found(vector):
    assert lifted(vector)[0] == vector
