"""Descartes' rule in the Bernstein basis against FLINT's complex roots and known polynomials."""

import itertools

import flint
import numpy as np
import pytest
from flint import arb, fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.kernels.bernstein import halve, signs
from algebra.real_root_isolation import RealRoots, _sign_changes, _to_limbs, real_root_enclosures


def product(factors):
    total = fmpz_poly([1])
    for f in factors:
        total *= fmpz_poly(f)
    return total


def squarefree(f):
    common = f.gcd(f.derivative())
    return f // common if common.degree() > 0 else f


@pytest.mark.parametrize(
    ("f", "count"),
    [
        (fmpz_poly.chebyshev_t(120), 120),
        (product([[-i, 1] for i in range(1, 81)]), 80),  # dyadic roots, and Wilkinson's scales
        (product([[-(i**3), 7] for i in range(1, 61)]), 60),
        (fmpz_poly([1] + [0] * 99 + [1]), 0),
        (fmpz_poly([-2] + [0] * 98 + [1]), 1),
        (fmpz_poly([0] * 40 + [1]) - 2 * fmpz_poly([-1, 10**6]) ** 2, 4),  # Mignotte: close roots
        (product([[-1, 2**200], [1, 2**180], [-(2**150), 1], [1, 0, 1]]), 3),
        (fmpz_poly([0, -3, 0, 1]), 3),
        (product([[-(2 ** (40 * k)), 3] for k in range(20)]), 20),  # many sizes
        (product([[-1, 2 ** (31 * k)] for k in range(20)] + [[1, 0, 2**700]]), 20),
    ],
    ids=range(10),
)
def test_known_numbers_of_real_roots(f, count):
    roots = RealRoots(f)
    assert len(roots) == len(roots.enclosures()) == count


coefficients = st.lists(st.integers(-20, 20), min_size=2, max_size=12)
linear = st.tuples(st.integers(-9, 9), st.integers(1, 8)).map(list)


@settings(deadline=None, max_examples=150)
@given(coefficients, st.lists(linear, max_size=4))
def test_random_polynomials_with_rational_roots(f, factors):
    f = squarefree(fmpz_poly(f) * product(factors))
    if f.degree() > 0:
        assert_encloses(f, 64)


def assert_encloses(f, bits):
    """Disjoint, ascending, narrow, as many as FLINT's real ones and around the same numbers."""
    found = real_root_enclosures(f, bits)
    with flint.ctx.workprec(2 * bits):
        expected = sorted((z.real for z, _ in f.complex_roots() if z.imag == 0), key=arb.mid)
    assert len(found) == len(expected)
    assert all(x.overlaps(y) for x, y in zip(found, expected, strict=True))
    assert all(x < y for x, y in itertools.pairwise(found))
    for x in found:
        assert x.rad() <= abs(x.mid()) * arb(2) ** (2 - bits)
        if not x.is_exact():
            value = f.derivative()(x)  # a simple root: the polynomial is monotone on the ball
            assert value > 0 or value < 0


@settings(deadline=None, max_examples=60)
@given(coefficients, st.integers(-200, 200), st.sampled_from([64, 100, 700]))
def test_roots_of_any_size_are_enclosed_to_any_width(f, scale, bits):
    f = squarefree(fmpz_poly(f))
    if f.degree() > 0:
        stretched = [
            c << (scale * k if scale >= 0 else -scale * (int(f.degree()) - k))
            for k, c in enumerate(f.coeffs())
        ]
        assert_encloses(fmpz_poly([int(c) for c in stretched]), bits)


def test_refining_again_goes_on_from_the_narrower_enclosure():
    roots = RealRoots(fmpz_poly([-2, 0, 0, 1]))  # the cube root of 2
    for bits in (64, 1000, 100, 5000):
        (x,) = roots.enclosures(bits)
        with flint.ctx.workprec(6000):
            assert (x**3).contains(2)
            assert x.rad() < arb(2) ** (2 - bits)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-(2**90), 2**90), min_size=2, max_size=9))
def test_halving_is_de_casteljau_up_to_its_error(values):
    n = len(values) - 1
    limbs = _to_limbs(values, 4)
    left, right = np.empty_like(limbs), np.empty_like(limbs)
    halve(limbs.copy(), left, right, np.empty(n + 1, dtype=np.int64))
    row, expected_left, expected_right = list(values), [], []
    for step in range(n + 1):  # exact averages, scaled by 2^step
        expected_left.append((row[0], step))
        expected_right.insert(0, (row[-1], step))
        row = [a + b for a, b in itertools.pairwise(row)]
    for table, expected in ((left, expected_left), (right, expected_right)):
        for k, (value, step) in enumerate(expected):
            got = sum(int(table[level, k]) << (32 * level) for level in range(4))
            assert 0 <= value - (got << step) <= n << step


def test_signs_within_the_error_are_undecided():
    values = [5, 6, -5, -6, 2**70, -(2**70), 0]
    out = np.zeros(len(values), dtype=np.int8)
    signs(_to_limbs(values, 3), 5, out)
    assert out.tolist() == [0, 1, 0, -1, 1, -1, 0]


def test_sign_changes_are_counted_only_where_undecided_signs_cannot_matter():
    # +, ?, ?, - has one change or three: 2 of the 24 real zeros of PoSSo's rbpl24s were lost.
    for seen in itertools.product((-1, 0, 1), repeat=6):
        completions = itertools.product(*[(-1, 0, 1) if s == 0 else (s,) for s in seen])
        possible = {changes([s for s in signs if s]) for signs in completions}
        counted = _sign_changes(np.array(seen, dtype=np.int8))
        assert counted is None or possible == {counted}, seen
        decided = seen[0] and seen[-1] and len(possible) == 1
        assert counted is not None or not decided, seen


def changes(signs):
    return sum(a != b for a, b in itertools.pairwise(signs))
