"""Systems of the literature, ends at infinity of every kind, nearly singular data."""

import itertools
from fractions import Fraction

import pytest

from algebra.counting import count_zeros
from algebra.families import katsura
from algebra.systems import PolynomialSystem
from homotopy.solve import solve


def certified(result):
    return sum(s.certified for s in result.solutions)


def six_revolute():
    """Inverse kinematics of a general 6R manipulator in the directions z2 … z5 of its inner axes.

    |z_k| = 1, z_k·z_(k+1) = cos α_k, Σ a_k z_k × z_(k+1) + Σ d_k z_k = p with z1, z6, p given:
    C. Wampler, A. Morgan, Mech. Mach. Theory 26 (1991), 91-106.
    """
    names = [f"{a}{k}" for k in (2, 3, 4, 5) for a in "xyz"]

    def constant(c):
        return {(0,) * 12: Fraction(c)}

    def variable(i):
        return {tuple(int(i == j) for j in range(12)): Fraction(1)}

    def add(p, q, factor=1):
        return {k: p.get(k, 0) + factor * q.get(k, 0) for k in {**p, **q}}

    def multiply(p, q):
        out = {}
        for a, b in itertools.product(p, q):
            key = tuple(i + j for i, j in zip(a, b, strict=True))
            out[key] = out.get(key, 0) + p[a] * q[b]
        return out

    def dot(u, v):
        out = {}
        for a, b in zip(u, v, strict=True):
            out = add(out, multiply(a, b))
        return out

    def cross(u, v):
        turned = [(1, 2), (2, 0), (0, 1)]
        return [add(multiply(u[i], v[j]), multiply(u[j], v[i]), -1) for i, j in turned]

    axes = {k + 2: [variable(3 * k + j) for j in range(3)] for k in range(4)}
    axes[1] = [constant(c) for c in (0, 0, 1)]
    axes[6] = [constant(Fraction(c, 13)) for c in (3, 4, 12)]
    cosines = [Fraction(*c) for c in ((3, 7), (-2, 9), (5, 11), (1, 6), (-4, 13))]
    lengths = [Fraction(*c) for c in ((7, 5), (3, 4), (9, 8), (2, 3), (6, 5))]
    offsets = [Fraction(*c) for c in ((1, 3), (5, 7), (4, 9), (8, 11))]
    equations = [add(dot(axes[k], axes[k]), constant(1), -1) for k in (2, 3, 4, 5)]
    equations += [
        add(dot(axes[k], axes[k + 1]), constant(c), -1) for k, c in enumerate(cosines, start=1)
    ]
    position = [constant(-c) for c in (Fraction(11, 10), Fraction(-3, 5), Fraction(7, 4))]
    for k, a in enumerate(lengths, start=1):
        arm = cross(axes[k], axes[k + 1])
        position = [add(p, c, a) for p, c in zip(position, arm, strict=True)]
    for k, d in enumerate(offsets, start=2):
        position = [add(p, c, d) for p, c in zip(position, axes[k], strict=True)]
    return PolynomialSystem.from_terms(names, equations + position)


def test_a_6r_manipulator_has_16_configurations():
    # E. J. F. Primrose, Mech. Mach. Theory 21 (1986), 509-512: at most 16, attained generically.
    result = solve(six_revolute())
    assert certified(result) == len(result.solutions) == 16
    assert result.paths.failed == 0
    assert result.dimension == 0


def test_katsura_9_has_120_real_zeros():
    # The trace form's signature (algebra.real_roots) and msolve give the same number.
    result = solve(katsura(9))
    assert certified(result) == 512
    assert sum(s.real is True for s in result.solutions) == 120


@pytest.mark.parametrize(
    ("text", "zeros"),
    [
        ("x + y - 1; x + y - 2", 0),  # parallel lines: one regular zero at infinity
        ("x*y - 1; x*y + x - 3", 1),  # transversal at infinity
        ("x^2 + y^2 - 1; x^2 + y^2 + x - 3", 2),  # circles meet in the circular points
        ("y - x^2; y - x^2 - x + 1", 1),  # parabolas touch each other at infinity
        ("x^3 - y^2; x^3 - y^2 + y - 2", 3),  # cusps that agree to high order at infinity
        ("x*y*z - 1; x*y - z; x - y", 4),  # coordinates that tend to 0 and to infinity
        ("(x+y+z)*(x-1); (x+y+z)*(y-2) + 1; (x+y+z)*(z-3) + x", None),  # a plane at infinity
    ],
)
@pytest.mark.parametrize("start", ["total-degree", "polyhedral"])
def test_ends_at_infinity_are_no_zeros(text, zeros, start):
    system = PolynomialSystem.parse(text)
    exact = count_zeros(system).distinct.value
    result = solve(system, start=start)
    assert exact == zeros or zeros is None
    assert len(result.solutions) == certified(result) == exact
    assert result.paths.failed == 0


@pytest.mark.parametrize("digits", [6, 10, 14])
def test_two_zeros_that_nearly_coincide_are_told_apart(digits):
    # (x - 1)² = ε, y = x: the discriminant is 4ε, and rounding 1 - ε to a double moves the zeros.
    system = PolynomialSystem.parse(f"(x - 1)^2 - 1/{10**digits}; y - x")
    result = solve(system)
    assert certified(result) == 2
    for zero, sign in zip(result.solutions, (-1, 1), strict=True):
        exact = 1 + sign * 10 ** (-digits / 2)
        assert abs(zero.point[0].real - exact) <= zero.radius + 1e-15
        assert zero.radius < 10 ** (-digits / 2)
