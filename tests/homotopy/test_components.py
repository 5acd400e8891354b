"""Zero sets of positive dimension: degrees from the literature, exact algebra as the oracle."""

import numpy as np
import pytest

from algebra.counting import count_zeros
from algebra.families import cyclic
from algebra.systems import PolynomialSystem
from homotopy.components import decompose
from homotopy.solve import solve


def parts(found):
    """(dimension, degree, multiplicity) of the components, sorted."""
    return sorted((c.dimension, c.degree, c.multiplicity) for c in found.components)


@pytest.mark.parametrize(
    ("text", "expected", "isolated"),
    [
        # The twisted cubic: 2 x 2 minors of a 2 x 3 matrix, no complete intersection.
        ("x*z - y^2; y - x^2; z - x*y", [(1, 3, 1)], 0),
        # The same curve from two equations.
        ("y - x^2; z - x*y", [(1, 3, 1)], 0),
        # Two planes that meet in a point of 4-space.
        ("x*z; x*w; y*z; y*w", [(2, 1, 1), (2, 1, 1)], 0),
        # Three lines through a point that is no component.
        ("x*y; y*z; x*z", [(1, 1, 1), (1, 1, 1), (1, 1, 1)], 0),
        # Whitney's umbrella: an irreducible cubic surface with a singular line.
        ("x^2 - y^2*z", [(2, 3, 1)], 0),
        # A line and a point.
        ("x^2 - x; x*y - 2*x", [(1, 1, 1)], 1),
        # The origin is embedded in the line x = 0, no isolated zero.
        ("x^2; x*y", [(1, 1, 1)], 0),
        # x = 1 counts twice.
        ("(x-1)^3*(y^2-x); (x-1)^2*(y^2-x)*(y+x)", [(1, 1, 2), (1, 2, 1)], 0),
        # A double hyperbola and one point.
        ("(x*y-1)^2*(x+2*y-3); (x*y-1)^2*(x-y+5)", [(1, 2, 2)], 1),
        # Nothing at all.
        ("x + y - 1; x + y - 2", [], 0),
    ],
    ids=[
        *("twisted cubic", "two equations", "two planes", "three lines", "Whitney", "line+point"),
        *("embedded", "fat line", "fat hyperbola", "empty"),
    ],
)
@pytest.mark.parametrize("seed", [0, 3])
def test_components_of_known_degrees(text, expected, isolated, seed):
    found = decompose(PolynomialSystem.parse(text), seed=seed)
    assert parts(found) == expected
    assert len(found.isolated) == isolated
    assert found.doubts == 0


#: A sphere, the twisted cubic, lines and the point (1/2, 1/2, 1/2): A. J. Sommese, J. Verschelde,
#: C. W. Wampler, SIAM J. Numer. Anal. 38 (2001), 2022-2046, example 2.1 in other words.
SPHERE = (
    "variables x, y, z; (y-x^2)*(x^2+y^2+z^2-1)*(x-1/2); (z-x^3)*(x^2+y^2+z^2-1)*(y-1/2);"
    "(y-x^2)*(z-x^3)*(x^2+y^2+z^2-1)*(z-1/2)"
)


def test_a_sphere_a_cubic_lines_and_a_point():
    found = decompose(PolynomialSystem.parse(SPHERE))
    assert parts(found) == [(1, 1, 1), (1, 1, 1), (1, 1, 1), (1, 3, 1), (2, 2, 1)]
    assert all(c.irreducible for c in found.components)
    assert np.allclose(found.isolated, [[0.5, 0.5, 0.5]])
    # Membership: a point of the cubic, one of the sphere, the isolated point, none of them.
    assert found.contains([2, 4, 8])
    assert found.contains([3 / 5, 0, 4 / 5])
    assert not found.contains([0.5, 0.5, 0.5])
    assert not found.contains([2, 4, 9])


def test_solve_lists_isolated_zeros_only_and_describes_the_rest():
    result = solve(PolynomialSystem.parse(SPHERE))
    assert result.dimension == 2
    assert np.allclose(result.points, [[0.5, 0.5, 0.5]])
    assert result.solutions[0].certified
    document = result.to_dict()
    assert sorted(c["degree"] for c in document["components"]) == [1, 1, 1, 2, 3]
    for component in document["components"]:
        assert len(component["witness_points"]) == component["degree"]
        assert len(component["slice"]) == component["dimension"]
        assert component["word"] == "numerical"


def test_witness_points_lie_on_the_zero_set_and_on_the_slice():
    system = PolynomialSystem.parse(SPHERE)
    for component in decompose(system).components:
        assert np.max(np.abs(system.evaluate(component.points))) < 1e-6
        values = component.forms[:, :1] + component.forms[:, 1:] @ component.points.T
        assert np.max(np.abs(values)) < 1e-6


def test_cyclic_4_is_two_conics():
    # G. Björck, R. Fröberg, J. Symb. Comput. 12 (1991): a curve of degree 4.
    result = solve(cyclic(4))
    assert (result.dimension, len(result.solutions)) == (1, 0)
    assert parts(result) == [(1, 2, 1), (1, 2, 1)]
    assert all(c.irreducible for c in result.components)


def test_wild_units():
    # A circle of radius 1e6 and the points (±1e6, 2e6) beside it.
    circle = "(x^2 + y^2 - 1000000000000)"
    system = PolynomialSystem.parse(f"{circle}*(x^2 - 1000000000000); {circle}*(y - 2000000)")
    found = decompose(system)
    assert parts(found) == [(1, 2, 1)]
    assert np.allclose(np.sort(found.isolated[:, 0].real), [-1e6, 1e6])
    assert found.contains([6e5, 8e5])


# Found by benchmarks/random_systems.py: each was once answered wrongly, because all paths to the
# component diverged, or a point of the component passed for an isolated zero.
BESIDE_COMPONENTS = (
    "variables x0, x1;6*x0*x1^5 + 45*x0^3*x1 + 2*x0^2*x1^2;-51*x0^3*x1^3 + 68*x0^3",
    "variables x0, x1;"
    "-35*x0^2*x1^4 + 90*x0^2*x1^3 + 99*x0*x1^2 - x1;"
    "66*x0^4*x1^3 - 58*x0^4*x1^2 - 74*x0^3*x1^3",
    "variables x0, x1, x2, x3;"
    "-87*x0^2*x2^2 + 5*x0*x1*x3 + 74*x0*x2;"
    "-99*x0*x1*x2*x3 - 50*x0*x1*x2 + 56*x2^3 + 2*x2*x3^2 + 65*x3 + 1;"
    "-11*x0*x2*x3;"
    "90*x1*x2*x3^2 - 63*x0^2*x2 - 17*x1*x2 + 26*x1*x3 + 12*x1 + 1",
    "variables x0, x1;89*x0^3*x1^5 - 33*x0^2*x1^5;-58*x0^3*x1 - 88*x0",
    "variables x0, x1, x2, x3;"
    "-78*x0^2*x2*x3 - 53*x0*x3 + 70*x1*x3 - 91*x3;"
    "-48*x0^2*x2 + 3*x1*x3^2 + 88*x1*x2 - 71*x2;"
    "89*x2^2 + 46*x2*x3 + 13*x2;"
    "41*x0 - 66*x1 + 1",
    "variables x0, x1, x2;"
    "-49*x0^4*x1 - 39*x0*x1^2*x2^2 - 25*x0^2*x1*x2 + 13*x1*x2^2;"
    "66*x0*x1*x2 - 96*x0*x2 - 4*x0;"
    "-74*x0*x2^3 - 54*x2",
    "variables x0, x1;60*x0^5*x1^3 - 22*x0^3*x1^4;-22*x0^3*x1^2 - 84*x0^2*x1^2 - 27*x1^4",
    "variables x0, x1;"
    "37*x0^8 - 91*x0^5*x1^3 + 93*x0^5*x1^2 + 96*x0*x1^6;"
    "16*x0^2*x1^5 - 33*x0^3*x1^3 + 61*x0*x1^5 + 42*x0^4*x1 + 25*x0^2*x1",
)


@pytest.mark.slow
@pytest.mark.parametrize("text", BESIDE_COMPONENTS)
def test_isolated_zeros_beside_components_agree_with_exact_counting(text):
    system = PolynomialSystem.parse(text)
    exact, result = count_zeros(system), solve(system)
    assert (result.dimension, len(result.solutions)) == (exact.dimension, exact.distinct.value)


def test_multiple_isolated_zeros_are_told_from_points_of_components():
    # x = 0 is a line of zeros; (1, 0) an isolated one of multiplicity 2, (1, 3) a simple one.
    system = PolynomialSystem.parse("x^2 - x; x*(y^3 - 3*y^2)")
    result = solve(system)
    zeros = {tuple(np.round(s.point.real, 6) + 0.0): s.multiplicity for s in result.solutions}
    assert zeros == {(1.0, 0.0): 2, (1.0, 3.0): 1}
    assert result.dimension == 1


def test_a_box_belongs_to_one_zero():
    # Ends near the sphere are carried to the isolated point by Newton's method: not listed twice.
    result = solve(PolynomialSystem.parse(SPHERE), seed=1)
    assert sum(s.certified for s in result.solutions) == 1
