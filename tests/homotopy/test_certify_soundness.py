"""Soundness under attack: never more zeros, real zeros or zero coordinates than there are."""

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.systems import PolynomialSystem
from homotopy.certify import certify
from proofs.checker import check_document

#: Roots that double precision confuses: clusters, tiny numbers, zero, large ratios.
nasty = st.sampled_from(
    [
        Fraction(0),
        Fraction(1),
        Fraction(1, 10**9),
        1 + Fraction(1, 10**7),
        1 + Fraction(1, 10**14),
        Fraction(-1),
        Fraction(10**6),
        Fraction(1, 3),
    ]
)


def coefficients(polynomial):
    return {(k,): Fraction(int(c.p), int(c.q)) for k, c in enumerate(polynomial.coeffs()) if c != 0}


def polynomial_of(roots, squares):
    """Π (x − root) · Π (x² + s)."""
    result = fmpq_poly([1])
    for root in roots:
        result *= fmpq_poly([fmpq(-root.numerator, root.denominator), 1])
    for s in squares:
        result *= fmpq_poly([fmpq(s.numerator, s.denominator), 0, 1])
    return result


@settings(deadline=None, max_examples=60)
@given(
    st.lists(nasty, min_size=1, max_size=5),
    st.lists(st.sampled_from([Fraction(1), Fraction(1, 10**16), Fraction(1, 10**4)]), max_size=2),
    st.randoms(use_true_random=False),
)
def test_never_more_than_the_simple_zeros_whatever_the_candidates(roots, squares, random):
    polynomial = polynomial_of(roots, squares)
    system = PolynomialSystem.from_terms(("x",), [coefficients(polynomial)])
    simple = [r for r in set(roots) if roots.count(r) == 1]
    pairs = [s for s in set(squares) if squares.count(s) == 1]
    floats = [complex(float(r)) for r in roots] + [1j * float(s) ** 0.5 for s in squares]
    candidates = [
        z * (1 + random.choice([0, 1e-16, 1e-9, 1e-5])) + random.choice([0, 1e-12, 1e-8j, 1e-5])
        for z in floats * 3
    ] + [complex(random.uniform(-2, 2), random.uniform(-2, 2)) for _ in range(3)]
    result = certify(system, [[z] for z in candidates])
    assert result.real_count <= len(simple)
    assert result.nonreal_count <= 2 * len(pairs)
    assert result.distinct_count <= len(simple) + 2 * len(pairs)
    zero = sum(box.zero_coordinates == (0,) for box in result.boxes)
    assert zero <= (0 in simple)
    assert result.torus_count <= len([r for r in simple if r != 0]) + 2 * len(pairs)
    # And the certificate says nothing that the checker does not verify again.
    if result.boxes:
        facts = check_document(result.certificate).facts
        assert facts["real", "at_least"] == result.real_count


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(-4, 4), min_size=2, max_size=4, unique=True),
    st.integers(-3, 3),
    st.integers(0, 2**32),
)
def test_zero_patterns_in_the_plane_are_exact(roots, slope, seed):
    # x runs over the roots and y = slope·x·(x − first root): zero exactly where it should be.
    first = roots[0]
    univariate = polynomial_of([Fraction(r) for r in roots], [])
    equations = [
        {(k[0], 0): c for k, c in coefficients(univariate).items()},
        {(0, 1): 1, (2, 0): -slope, (1, 0): slope * first},
    ]
    system = PolynomialSystem.from_terms(("x", "y"), equations)
    generator = np.random.default_rng(seed)
    points = np.array([[r, slope * r * (r - first)] for r in roots], dtype=complex)
    points += 1e-7 * generator.normal(size=points.shape)
    result = certify(system, points)
    assert result.real_count == len(roots)
    for root, owner in zip(roots, result.assignment, strict=True):
        y = slope * root * (root - first)
        proved = result.boxes[owner].zero_coordinates
        true = tuple(k for k, v in enumerate((root, y)) if v == 0)
        # Zeros that hold by structure are proved; none is invented.
        assert set(proved) <= set(true)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(0, 2**32))
def test_shifted_copies_of_one_zero_are_merged(copies, seed):
    generator = np.random.default_rng(seed)
    circle = PolynomialSystem.from_terms(
        ("x", "y"), [{(2, 0): 1, (0, 2): 1, (0, 0): -2}, {(1, 0): 1, (0, 1): -1}]
    )
    points = np.ones((copies, 2)) + 1e-6 * generator.normal(size=(copies, 2))
    result = certify(circle, points)
    assert result.distinct_count == 1
    assert (result.assignment == 0).all()
