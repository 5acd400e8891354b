"""Certification: what is claimed, what must never be claimed, and an independent replay."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError, LimitReached, NotSquare
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from homotopy.boxes import separation
from homotopy.certify import certify, refine
from proofs.checker import check_document

system = PolynomialSystem.from_terms


def univariate(*coefficients, name="x"):
    """A polynomial from its coefficients, constant first."""
    return system((name,), [{(k,): c for k, c in enumerate(coefficients)}])


def product(roots):
    coefficients = [Fraction(1)]
    for root in roots:
        shifted = [Fraction(0), *coefficients]
        coefficients = [
            a - root * b for a, b in zip(shifted, [*coefficients, Fraction(0)], strict=True)
        ]
    return univariate(*coefficients)


def dyadic(text):
    mantissa, exponent = text.split("*2^")
    return int(mantissa) * Fraction(2) ** int(exponent)


# -- what is certified ------------------------------------------------------------------------


def test_square_roots_of_two_are_real_and_distinct():
    result = certify(univariate(-2, 0, 1), [[1.414], [-1.414], [1.4142135]])
    assert (result.distinct_count, result.real_count) == (2, 2)
    assert result.assignment.tolist() == [0, 1, 0]
    assert result.boxes[0].in_torus is True


def test_square_roots_of_minus_one_are_not_real():
    result = certify(univariate(1, 0, 1), [[1j], [-1j]])
    assert (result.distinct_count, result.real_count, result.nonreal_count) == (2, 0, 2)


def test_a_double_zero_is_never_certified():
    assert certify(univariate(0, 0, 1), [[0], [1e-9], [1e-3]]).distinct_count == 0


def test_griewank_osborne_origin_is_never_certified():
    # A. Griewank, M. R. Osborne, "Analysis of Newton's method at irregular singularities",
    # SIAM J. Numer. Anal. 20 (1983): the origin has multiplicity 3.
    griewank = system(("x", "y"), [{(3, 0): Fraction(29, 16), (1, 1): -2}, {(0, 1): 1, (2, 0): -1}])
    assert certify(griewank, [[0, 0], [1e-5, 1e-10]]).distinct_count == 0


def test_zeros_two_to_the_minus_sixty_apart_need_more_bits():
    gap = Fraction(1, 2**60)
    close = product([Fraction(1), 1 + gap])
    candidates = [[1], [1 + gap]]
    assert certify(close, candidates, max_precision=53).distinct_count < 2
    result = certify(close, candidates)
    assert (result.distinct_count, result.real_count) == (2, 2)
    assert min(box.precision for box in result.boxes) > 53
    assert separation(*result.boxes) is not None


def test_wilkinson_20_is_certified_above_double_precision():
    # J. H. Wilkinson, "The perfidious polynomial", 1984: roots 1, …, 20.
    result = certify(product(range(1, 21)), [[k + 1e-3] for k in range(1, 21)])
    assert result.real_count == 20
    assert max(box.precision for box in result.boxes) > 100


def test_coefficients_never_pass_through_floats():
    exact, rounded = univariate(-1, 10), univariate(Fraction(-0.1), 1)
    tenth = certify(exact, [[0.1]]).boxes[0]
    sharp = refine(exact, tenth, 30)
    assert abs(Fraction(1, 10) - dyadic(sharp.to_dict()["center"][0][0])) < Fraction(1, 10**30)
    other = refine(rounded, certify(rounded, [[0.1]]).boxes[0], 30)
    assert separation(sharp, other) is not None


def test_complex_coefficients_are_exact_and_make_no_claim_of_reality():
    from algebra.systems import polynomial_ring

    ring = polynomial_ring(("x", "I"))
    x, unit = ring.gens()
    gaussian = PolynomialSystem(("x",), (x**2 - 2 * unit,), imaginary=True)  # x = ±(1 + i)
    result = certify(gaussian, [[1 + 1j], [-1 - 1j]])
    assert (result.distinct_count, result.nonreal_count) == (2, 2)
    real_zero = PolynomialSystem(("x",), ((x - 1) * (x - unit),), imaginary=True)
    assert certify(real_zero, [[1.0]]).boxes[0].real is None


def test_exact_zero_coordinates_are_proved_on_the_restricted_system():
    # x(x - 1) = 0, xy - y + x - y²... restricted to x = 0: -y - y² = 0.
    planar = system(
        ("x", "y"), [{(2, 0): 1, (1, 0): -1}, {(1, 1): 1, (0, 1): -1, (0, 2): -1, (1, 0): 1}]
    )
    result = certify(planar, [[1e-12, -1], [0, 0], [1, 1], [1, -1]])
    assert [box.zero_coordinates for box in result.boxes] == [(0,), (0, 1), (), ()]
    assert result.torus_count == 2
    assert result.patterns == {(0,): 1, (0, 1): 1, (): 2}


def test_a_tiny_coordinate_is_not_called_zero():
    tiny = Fraction(1, 10**20)
    result = certify(system(("x", "y"), [{(1, 0): 1, (0, 0): -tiny}, {(0, 1): 1, (0, 0): -1}]),
                     [[0, 1]])  # fmt: skip
    assert result.boxes[0].zero_coordinates == ()
    assert result.boxes[0].in_torus is True


def test_an_almost_real_zero_is_not_called_real():
    # (x - 1)² + 10^-24: zeros 1 ± 10^-12 i.
    close = univariate(1 + Fraction(1, 10**24), -2, 1)
    result = certify(close, [[1 + 1e-12j], [1 - 1e-12j]])
    assert (result.distinct_count, result.real_count, result.nonreal_count) == (2, 0, 2)


def test_scales_of_the_unknowns_do_not_matter():
    # x·10^12 = 1 + y·10^-12 and y² = 4·10^24.
    wild = system(
        ("x", "y"),
        [
            {(1, 0): 10**12, (0, 0): -1, (0, 1): -Fraction(1, 10**12)},
            {(0, 2): 1, (0, 0): -4 * 10**24},
        ],
    )
    result = certify(wild, [[3e-12, 2e12], [-1e-12, -2e12]])
    assert (result.distinct_count, result.real_count, result.torus_count) == (2, 2, 2)


def test_the_origin_of_a_regularised_network_is_one_simple_real_zero():
    gradient = LinearNetwork((2, 2, 2), m=1).gradient_system(seed=0)
    result = certify(gradient, [[0] * 8, [1e-11] * 8])
    assert (result.distinct_count, result.real_count, result.torus_count) == (1, 1, 0)
    assert result.boxes[0].zero_coordinates == tuple(range(8))


# -- laws -------------------------------------------------------------------------------------

small = st.fractions(min_value=-9, max_value=9, max_denominator=12)


@settings(deadline=None, max_examples=25)
@given(st.lists(small, min_size=1, max_size=5, unique=True), st.randoms(use_true_random=False))
def test_every_simple_rational_root_is_certified_and_contained(roots, random):
    candidates = [float(r) + 1e-7 * random.random() for r in roots]
    result = certify(product(roots), [[c] for c in candidates])
    assert (result.distinct_count, result.real_count) == (len(roots), len(roots))
    for root, owner in zip(roots, result.assignment, strict=True):
        entry = result.boxes[owner].to_dict()
        center, radius = dyadic(entry["center"][0][0]), dyadic(entry["radius"][0])
        assert abs(root - center) <= radius
        assert (root == 0) == (result.boxes[owner].zero_coordinates == (0,))


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(4)))
def test_order_and_repetition_of_candidates_change_nothing(order):
    points = np.array([[1.0], [2.0], [3.0], [2.0]])
    result = certify(product([1, 2, 3]), points[list(order)])
    assert result.distinct_count == 3
    centers = [result.points[k, 0] for k in result.assignment]
    assert np.allclose(centers, points[list(order), 0])


def test_refinement_keeps_the_zero_and_reaches_the_digits():
    root = univariate(-2, 0, 1)
    box = certify(root, [[1.4142]]).boxes[0]
    sharp = refine(root, box, 200)
    center = dyadic(sharp.to_dict()["center"][0][0])
    assert abs(center**2 - 2) < Fraction(1, 10**198)
    assert sharp.real is True


# -- the certificate --------------------------------------------------------------------------


def test_the_certificate_is_plain_json_with_exact_strings():
    result = certify(univariate(-2, 0, 1), [[1.4142], [-1.4142]])
    document = json.loads(json.dumps(result.certificate))
    assert document["kind"] == "boxes"
    assert document["claim"]["at_least"] == {"complex": 2, "real": 2, "nonreal": 0, "torus": 2}
    for entry in document["proof"]["boxes"]:
        center, radius = dyadic(entry["center"][0][0]), dyadic(entry["radius"][0])
        # Exact oracle: a sign change over the box.
        assert ((center - radius) ** 2 - 2) * ((center + radius) ** 2 - 2) < 0


@pytest.mark.parametrize(
    ("target", "candidates"),
    [
        (univariate(-2, 0, 1), [[1.414], [-1.414]]),
        (univariate(1 + Fraction(1, 10**24), -2, 1), [[1 + 1e-12j], [1 - 1e-12j]]),
        (product([1, 1 + Fraction(1, 2**60)]), [[1], [1 + Fraction(1, 2**60)]]),
        # x = 10^20 y², y² = 2: a contraction only in a norm that fits the sizes.
        (
            system(("x", "y"), [{(1, 0): 1, (0, 2): -(10**20)}, {(0, 2): 1, (0, 0): -2}]),
            [[2e20, 2**0.5], [2e20, -(2**0.5)]],
        ),
    ],
)
def test_the_independent_checker_accepts_the_certificate(target, candidates):
    result = certify(target, candidates)
    facts = check_document(json.loads(json.dumps(result.certificate))).facts
    assert facts["complex", "at_least"] == result.distinct_count == len(candidates)
    assert facts["real", "at_least"] == result.real_count
    assert facts["nonreal", "at_least"] == result.nonreal_count


# -- failures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("candidate", [[float("nan")], [float("inf")], [1e300], [1e-300]])
def test_hopeless_candidates_are_results_not_errors(candidate):
    result = certify(univariate(-2, 0, 0, 1), [candidate], max_precision=106)
    assert result.assignment.tolist() in ([-1], [0])


def test_wrong_shapes_are_refused_with_a_sentence():
    with pytest.raises(InputError, match="expected 1 coordinates"):
        certify(univariate(-2, 0, 1), [[1, 2]])
    with pytest.raises(NotSquare):
        certify(system(("x", "y"), [{(1, 0): 1}]), [[1, 2]])
    with pytest.raises(InputError, match="precision"):
        certify(univariate(-2, 0, 1), [[1]], precision=600)
    with pytest.raises(InputError, match="could not be refined"):
        refine(univariate(-3, 0, 1), certify(univariate(-2, 0, 1), [[1.4]]).boxes[0], 20)


def test_a_time_limit_keeps_what_is_certified():
    # (x - 1)(x - 2)²: the double zero is what takes time.
    with pytest.raises(LimitReached) as caught:
        certify(product([1, 2, 2]), [[1.0], [2.0]], budget=Budget.of(seconds=0))
    assert caught.value.partial.distinct_count == 1


def test_no_candidates_and_no_unknowns_are_fine():
    assert certify(univariate(-2, 0, 1), []).distinct_count == 0
    assert certify(system((), []), [[]]).distinct_count == 1
