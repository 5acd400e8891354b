"""Monodromy: counts of known families, components, what the trace test notices."""

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.families import cyclic, noon
from algebra.networks import LinearNetwork
from algebra.programs import StraightLineProgram
from algebra.systems import PolynomialSystem
from homotopy.errors import StartUnavailable
from homotopy.members import generic_member
from homotopy.monodromy import _curve, monodromy, trace_is_linear
from homotopy.solve import solve
from homotopy.tape import Tape


@pytest.mark.parametrize(
    ("text", "zeros"),
    [
        ("variables x; parameters a, b; x^3 + a*x + b", 3),
        # Two general conics meet in four points, a conic and a cubic in six.
        (
            "variables x, y; parameters a, b, c, d; a*x^2 + b*y^2 + x + 1; c*x^2 + x*y + d*y^2 - 3",
            4,
        ),
        ("variables x, y; parameters a, b, c; x^2 + y^2 - a; x^3 + b*x*y + c*y^3 + 1", 6),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_trace_test_ends_with_all_zeros(text, zeros, seed):
    family = PolynomialSystem.parse(text)
    result = monodromy(family, seed=seed)
    assert result.complete
    assert len(result.points) == zeros
    tape = Tape.from_program(StraightLineProgram.from_system(family))
    assert np.abs(tape.evaluate(result.points, result.parameters)).max() < 1e-10


def test_a_known_count_ends_the_search():
    result = monodromy(
        PolynomialSystem.parse("variables x; parameters a, b; x^5 + a*x + b"), count=5
    )
    assert (len(result.points), result.complete) == (5, True)


def test_a_wrong_count_is_not_called_complete():
    result = monodromy(
        PolynomialSystem.parse("variables x; parameters a, b; x^3 + a*x + b"), count=4
    )
    assert (len(result.points), result.complete) == (3, False)


def test_components_need_a_zero_each():
    # 33 = 1 + 2·8 + 16 by the active hidden units: none, one, both. Loops keep the pattern.
    network = LinearNetwork((1, 2, 2))
    member = generic_member(network)
    zeros = member.lifted(member.representatives)
    origin = zeros[np.abs(zeros).max(axis=1) < 1e-12]
    alone = monodromy(network.parametric_program(), start=(member.parameters, origin))
    assert (len(alone.points), alone.complete) == (1, True)
    full = zeros[np.abs(zeros).min(axis=1) > 1e-12]
    found = monodromy(network.parametric_program(), start=(member.parameters, full[:1]), count=16)
    assert len(full) == len(found.points) == 16


def test_the_trace_of_a_part_is_not_linear():
    # The curve x^3 + (1 + s)·x + 1 - s = 0 meets a line in three points.
    family = PolynomialSystem.parse("variables x; parameters a, b; x^3 + a*x + b")
    program = StraightLineProgram.from_system(family)
    tape = _curve(program, np.array([1 + 0j, 1]), np.array([1 + 0j, -1]))
    # Slice 2x + s + 1/2 = 0: x^3 + (1/2 - 2x)·x + 3/2 + 2x = 0.
    roots = np.roots([1, -2, 2.5, 1.5])
    points = np.stack([roots, -0.5 - 2 * roots], axis=1).astype(np.complex128)
    plane = np.array([2, 1, 0.5], dtype=np.complex128)
    assert trace_is_linear(tape, plane, points)
    assert not trace_is_linear(tape, plane, points[:2])


@pytest.mark.parametrize(("system", "zeros"), [(cyclic(5), 70), (noon(4), 73)])
def test_solve_starts_from_monodromy(system, zeros):
    result = solve(system, start="monodromy")
    assert result.start == "monodromy"
    assert sum(s.certified for s in result.solutions) == zeros
    assert np.array_equal(result.points, solve(system).points)


def test_a_family_without_freedom_is_refused():
    with pytest.raises(StartUnavailable, match="random point"):
        monodromy(PolynomialSystem.parse("variables x, y; parameters a; x*a - 1; y^2 - 2"))
    with pytest.raises(InputError, match="shapes"):
        monodromy(
            PolynomialSystem.parse("variables x; parameters a; x^2 - a"), start=([1, 2], [[1]])
        )
