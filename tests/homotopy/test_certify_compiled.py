"""The compiled interval test: enclosures against exact arithmetic, decisions against Arb."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.networks import LinearNetwork
from algebra.programs import ADD, MUL, SUB
from algebra.systems import PolynomialSystem
from homotopy.certify import certify
from homotopy.compiled import CompiledCertifier, balls, negative_counts
from homotopy.enclosures import Enclosure, exact_program, with_jacobian
from homotopy.kernels import intervals
from proofs.checker import check_document


def compiled(system):
    return CompiledCertifier(with_jacobian(exact_program(system)), system.supports)


def newton_zeros(system, count, seed=0, steps=60):
    """Zeros that Newton's method finds from random points: no tracker needed."""
    generator = np.random.default_rng(seed)
    n = len(system.variables)
    points = 2 * generator.normal(size=(count, n)) + 2j * generator.normal(size=(count, n))
    enclosure = Enclosure.of(system)
    for _ in range(steps):
        values, jacobians = enclosure.float_values_and_jacobian(points)
        points = points - np.linalg.solve(jacobians, values[:, :, None])[:, :, 0]
    return points[np.abs(system.evaluate(points)).max(axis=1) < 1e-8]


# -- enclosures -------------------------------------------------------------------------------

numbers = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1e-200, -1e150, 1.0, 5e-324, -1e-310])
operations = st.lists(
    st.tuples(st.sampled_from([ADD, SUB, MUL]), st.integers(0, 10**6), st.integers(0, 10**6)),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=3), operations, st.data()
)
def test_exact_results_lie_in_the_balls(inputs, steps, data):
    count = len(inputs)
    table = np.zeros((count + len(steps), 3))
    table[:count] = [(re, im, abs(radius) * 1e-6) for re, im, radius in inputs]
    program = np.array(
        [(op, a % (count + k), b % (count + k)) for k, (op, a, b) in enumerate(steps)],
        dtype=np.int32,
    )
    # An exact point of every input ball: the centre plus a rational fraction of the radius.
    exact = []
    for re, im, radius in table[:count].tolist():
        s, t = (Fraction(data.draw(st.integers(-700, 700)), 1000) for _ in range(2))
        exact.append((Fraction(re) + s * Fraction(radius), Fraction(im) + t * Fraction(radius)))
    intervals.run_balls(program, count, table)
    for op, a, b in program.tolist():
        (ar, ai), (br, bi) = exact[a], exact[b]
        exact.append(
            (ar * br - ai * bi, ar * bi + ai * br)
            if op == MUL
            else ((ar + br, ai + bi) if op == ADD else (ar - br, ai - bi))
        )
    for (re, im), (x, y, radius) in zip(exact, table.tolist(), strict=True):
        if np.isfinite([x, y, radius]).all():
            distance = (re - Fraction(x)) ** 2 + (im - Fraction(y)) ** 2
            assert distance <= Fraction(radius) ** 2


@settings(deadline=None, max_examples=100)
@given(st.fractions(), st.fractions(max_denominator=10**30))
def test_balls_contain_the_exact_coefficients(real, imaginary):
    pair = (
        fmpq(real.numerator, real.denominator),
        fmpq(imaginary.numerator, imaginary.denominator),
    )
    x, y, radius = balls([pair])[0].tolist()
    distance = (real - Fraction(x)) ** 2 + (imaginary - Fraction(y)) ** 2
    assert distance <= Fraction(radius) ** 2
    assert radius <= 1e-15 * (abs(x) + abs(y)) + 1e-320


def test_coefficients_beyond_the_double_range_certify_nothing():
    huge = PolynomialSystem.from_terms(("x",), [{(1,): 10**400, (0,): -(10**400)}])
    assert compiled(huge).certify(np.array([[1.0 + 0j]])).status[0] == intervals.FAILED
    # Arb has no such limit.
    assert certify(huge, [[1.0]]).real_count == 1


# -- decisions --------------------------------------------------------------------------------


def test_all_zeros_found_for_a_network_are_decided_and_replayed_by_the_checker():
    gradient = LinearNetwork((2, 2, 2), m=1).gradient_system(seed=0)
    points = newton_zeros(gradient, 400)
    batch = compiled(gradient).certify(points)
    assert batch.decided.mean() > 0.98
    result = certify(gradient, points)
    assert (result.assignment >= 0).all()
    facts = check_document(result.certificate).facts
    assert facts["complex", "at_least"] == result.distinct_count <= 33
    assert facts["real", "at_least"] == result.real_count
    assert facts["nonreal", "at_least"] == result.nonreal_count
    for zeros, count in result.patterns.items():
        if zeros:
            names = ",".join(gradient.variables[k] for k in zeros)
            assert facts[f"pattern:{names}", "at_least"] == count


@pytest.mark.parametrize("shift", [0.0, 1e-9, 1e-4])
def test_a_double_zero_never_passes(shift):
    double = PolynomialSystem.from_terms(("x",), [{(2,): 1, (1,): -2, (0,): 1}])
    assert compiled(double).certify(np.array([[1 + shift + 0j]])).status[0] == intervals.FAILED


def test_parameters_are_exact_rationals():
    # x² = p for several p, one program.
    from algebra.programs import ProgramBuilder

    builder = ProgramBuilder(("x",), ("p",))
    x, p = builder.input("x"), builder.input("p")
    program = builder.build([x * x - p])
    certifier = CompiledCertifier(with_jacobian(program), [np.array([[2], [0]])])
    for value in (fmpq(2), fmpq(1, 3), fmpq(10**20 + 1)):
        root = (int(value.p) / int(value.q)) ** 0.5
        batch = certifier.certify(np.array([[root + 0j], [-root + 0j]]), [value])
        assert batch.decided.all()
        assert (batch.reality == intervals.REAL).all()
        exact = Fraction(int(value.p), int(value.q))
        for center, exponent in zip(batch.centers.real[:, 0], batch.exponents[:, 0], strict=True):
            low = Fraction(float(center)) - Fraction(2) ** int(exponent)
            high = Fraction(float(center)) + Fraction(2) ** int(exponent)
            assert (low**2 - exact) * (high**2 - exact) < 0
    batch = certifier.certify(np.array([[1j]]), [fmpq(-1)])
    assert batch.reality[0] == intervals.NOT_REAL


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.fractions(min_value=-20, max_value=20, max_denominator=7), min_size=1, max_size=4,
        unique=True,
    )
)  # fmt: skip
def test_compiled_boxes_agree_with_arb(roots):
    coefficients = [Fraction(1)]
    for root in roots:
        shifted = [Fraction(0), *coefficients]
        coefficients = [
            a - root * b for a, b in zip(shifted, [*coefficients, Fraction(0)], strict=True)
        ]
    system = PolynomialSystem.from_terms(("x",), [{(k,): c for k, c in enumerate(coefficients)}])
    points = [[float(root) + 1e-9] for root in roots]
    batch = compiled(system).certify(np.array(points, dtype=complex))
    slow = certify(system, points, precision=54)
    for k, root in enumerate(roots):
        if batch.status[k] == intervals.DECIDED:
            assert batch.reality[k] == intervals.REAL
            assert batch.zeros[k, 0] == (root == 0)
            gap = abs(Fraction(float(batch.centers[k, 0].real)) - root)
            assert gap <= Fraction(float(batch.tight[k, 0]))
            assert slow.assignment[k] >= 0


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(0, 2**32), st.integers(-12, 12))
def test_negative_counts_follow_sylvesters_law(n, seed, exponent):
    generator = np.random.default_rng(seed)
    signs = generator.choice([-1.0, 1.0], size=n)
    factor = generator.integers(-9, 10, size=(n, n)).astype(float)
    scale = 2.0**exponent
    matrix = (factor.T * signs) @ factor * scale  # exact: small integers times a power of two
    counted = int(negative_counts(matrix[None])[0])
    if abs(np.linalg.det(factor)) > 0.5:
        assert counted in (int((signs < 0).sum()), -1)
        if np.linalg.cond(factor) < 1e4:
            assert counted == int((signs < 0).sum())
    else:
        assert counted == -1


def test_morse_indices_of_a_batch_agree_with_arb_and_with_topology():
    from homotopy.morse import hessian_at

    gradient = LinearNetwork((2, 2, 2), m=1).gradient_system(seed=0)
    enclosure = Enclosure.of(gradient)
    certifier = CompiledCertifier(
        with_jacobian(exact_program(gradient)), gradient.supports, symmetric=True
    )
    points = certify(gradient, newton_zeros(gradient, 400)).points
    batch = certifier.certify(points)
    indices = batch.morse_indices()
    real = np.flatnonzero(batch.reality == intervals.REAL)
    assert (indices[batch.reality != intervals.REAL] == -1).all()
    assert indices[real].tolist() == [hessian_at(enclosure, batch.box(k)).index for k in real]
    # λ > 0: the loss is coercive, so Σ (-1)^index = 1 over all real critical points.
    assert len(real) == 9
    assert sum((-1) ** int(k) for k in indices[real]) == 1


def test_what_doubles_cannot_decide_goes_to_arb():
    close = PolynomialSystem.from_terms(
        ("x",), [{(2,): 1, (1,): -2, (0,): 1 + Fraction(1, 10**24)}]
    )
    points = np.array([[1 + 1e-12j], [1 - 1e-12j]])
    assert not compiled(close).certify(points).decided.any()
    assert certify(close, points).nonreal_count == 2
