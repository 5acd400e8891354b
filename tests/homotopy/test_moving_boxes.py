"""Ball arrays against exact arithmetic; moving boxes against zeros known in closed form."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.programs import ProgramBuilder, StraightLineProgram
from algebra.systems import PolynomialSystem
from homotopy.affine_balls import AffineArray
from homotopy.affine_balls import product as affine_product
from homotopy.ball_arrays import BallArray
from homotopy.moving_boxes import CellCertifier

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
pairs = st.tuples(numbers, numbers)


def exact(z):
    return Fraction(z.real), Fraction(z.imag)


def times(a, b):
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def inside(ball, value):
    gap = [v - w for v, w in zip(exact(complex(ball.mid)), value, strict=True)]
    return gap[0] ** 2 + gap[1] ** 2 <= Fraction(float(ball.rad)) ** 2


@settings(deadline=None)
@given(pairs, pairs, st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0, 6.28), st.floats(0, 6.28))
def test_results_lie_in_the_balls_whatever_member_is_taken(a, b, r, s, angle, other):
    x, y = BallArray(np.array(complex(*a)), np.array(r)), BallArray(
        np.array(complex(*b)), np.array(s)
    )  # fmt: skip
    # Members well inside the balls: rounding the point itself must not push it out.
    p = complex(*a) + 0.999 * r * complex(np.cos(angle), np.sin(angle))
    q = complex(*b) + 0.999 * s * complex(np.cos(other), np.sin(other))
    for z, ball in ((p, x), (q, y)):
        if abs(z - complex(ball.mid)) > float(ball.rad):
            return
    u, v = exact(p), exact(q)
    assert inside(x + y, (u[0] + v[0], u[1] + v[1]))
    assert inside(x - y, (u[0] - v[0], u[1] - v[1]))
    assert inside(x * y, times(u, v))
    assert float((x * y).magnitude()) ** 2 >= abs(p * q) ** 2 * (1 - 1e-12)


@settings(deadline=None)
@given(
    st.lists(st.tuples(pairs, pairs, st.floats(0, 10)), min_size=2, max_size=2),
    st.floats(0, 10),
    st.floats(-1, 1),
    st.floats(-1, 1),
)
def test_functions_of_the_parameter_stay_in_their_enclosures(entries, h, place, other):
    half = np.array([h])
    functions, values = [], []
    delta = place * h
    for (a, s, r), e in zip(entries, (place, other), strict=True):
        mid, slope = np.array(complex(*a)), np.array([complex(*s)])
        functions.append(AffineArray(mid, slope, np.array(r), half))
        # a + s·δ + error, exactly
        exact_delta, error = Fraction(delta), Fraction(0.999 * r * e)
        values.append((Fraction(a[0]) + Fraction(s[0]) * exact_delta + error,
                       Fraction(a[1]) + Fraction(s[1]) * exact_delta))  # fmt: skip
    (x, y), (u, v) = functions, values
    for function, value in (
        (x + y, (u[0] + v[0], u[1] + v[1])),
        (x - y, (u[0] - v[0], u[1] - v[1])),
        (x * y, times(u, v)),
    ):
        slope = exact(complex(function.slope[0]))
        rest = [w - m - s * Fraction(delta) for w, m, s in zip(
            value, exact(complex(function.mid)), slope, strict=True)]  # fmt: skip
        assert rest[0] ** 2 + rest[1] ** 2 <= Fraction(float(function.rad)) ** 2
        size = value[0] ** 2 + value[1] ** 2
        assert size <= Fraction(float(function.magnitude())) ** 2


def test_matrix_products_of_functions_enclose():
    generator = np.random.default_rng(1)

    def draw(*shape):
        return generator.normal(size=shape) + 1j * generator.normal(size=shape)

    matrix, half = draw(3, 4, 4), np.full((3, 1, 1, 2), 0.5)
    columns = AffineArray(draw(3, 4, 2), draw(3, 4, 2, 2), np.full((3, 4, 2), 1e-3), half)
    found = affine_product(matrix, columns)
    for delta in ([0.5, -0.5], [0.1, 0.4], [0.0, 0.0]):
        error = 1e-3 * draw(3, 4, 2)
        error /= np.maximum(np.abs(error) / 1e-3, 1)
        value = matrix @ (columns.mid + columns.slope @ np.array(delta) + error)
        place = found.mid + found.slope @ np.array(delta)
        assert (np.abs(value - place) <= found.rad * (1 + 1e-9)).all()


CUBIC = StraightLineProgram.from_system(
    PolynomialSystem.parse("variables x; parameters a, b; x^3 + a*x + b")
)


@settings(deadline=None, max_examples=60)
@given(
    st.fractions(-4, 4, max_denominator=64),
    st.fractions(-4, 4, max_denominator=64),
    st.integers(2, 9),
)
def test_every_member_of_a_certified_cell_of_cubics_has_its_zeros_in_the_boxes(a, b, k):
    tests = CellCertifier(CUBIC, [fmpq(0), fmpq(0)], [1, 0])  # axes in the order b, a
    h = 2.0**-k
    center = np.array([[float(b), float(a)]])
    roots = np.roots([1, 0, center[0, 1], center[0, 0]]).astype(np.complex128)
    boxes = tests.certify(roots[None, :, None], center, np.array([[h, h]]))
    if not boxes.apart()[0]:
        return
    for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1), (0.3, -0.7)):
        delta = np.array([s * h, t * h])
        member = np.roots([1, 0, center[0, 1] + delta[1], center[0, 0] + delta[0]])
        places = boxes.centers[0, :, 0] + boxes.tangents[0, :, 0] @ delta
        for place, radius, real in zip(places, boxes.radii[0, :, 0], boxes.real[0], strict=True):
            near = np.abs(member - place)
            assert (near <= radius + 1e-9).sum() == 1
            if real:
                assert (abs(member[near.argmin()].imag) < 1e-9) == (real == 1)
        discriminant = -4 * (center[0, 1] + delta[1]) ** 3 - 27 * (center[0, 0] + delta[0]) ** 2
        assert (discriminant > 0) == ((boxes.real[0] == 1).sum() == 3)


def test_cells_that_meet_the_discriminant_are_not_certified():
    tests = CellCertifier(CUBIC, [fmpq(-3), fmpq(2)], [1])  # x³ − 3x + 2 = (x − 1)²(x + 2)
    starts = np.array([[[1.0], [1.01], [-2.0]]], dtype=np.complex128)
    boxes = tests.certify(starts, np.array([[2.0]]), np.array([[1e-6]]))
    assert not boxes.apart()[0]


def test_a_lost_path_leaves_its_cell_undecided():
    tests = CellCertifier(CUBIC, [fmpq(-3), fmpq(0)], [0])
    starts = np.array([[[np.nan], [0.0], [3**0.5]]], dtype=np.complex128)
    boxes = tests.certify(starts, np.array([[-3.0]]), np.array([[0.01]]))
    assert boxes.certified.tolist() == [[False, True, True]]
    assert not boxes.apart()[0]


def test_conditions_are_tested_on_the_whole_cell():
    builder = ProgramBuilder((), ("a", "b"))
    condition = builder.build([builder.input("a") - builder.input("b")])
    tests = CellCertifier(CUBIC, [fmpq(1), fmpq(1, 3)], [0], condition)
    centers, half = np.array([[1.0], [0.5], [0.3]]), np.array([[0.5], [0.2], [0.01]])
    assert tests.allowed(centers, half).tolist() == [True, False, True]


@pytest.mark.parametrize("values", [[fmpq(-3), fmpq(1, 3)]])
def test_rounded_parameters_are_enclosed(values):
    # The fixed b = 1/3 is no double: its rounding is part of the residual.
    tests = CellCertifier(CUBIC, values, [0])
    roots = np.roots([1, 0, -3, 1 / 3]).astype(np.complex128)
    boxes = tests.certify(roots[None, :, None], np.array([[-3.0]]), np.zeros((1, 1)))
    assert boxes.apart()[0]
    for center, radius in zip(boxes.centers[0, :, 0], boxes.radii[0, :, 0], strict=True):
        x, rho = Fraction(center.real), Fraction(float(radius))
        low, high = [(x + s * rho) ** 3 - 3 * (x + s * rho) + Fraction(1, 3) for s in (-1, 1)]
        assert low * high < 0
