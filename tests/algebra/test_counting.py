"""Counts of zeros: literature values, networks, multiplicities, every kind of odd system."""

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.counting import count_zeros
from algebra.families import resolve_system
from algebra.real_roots import real_zeros
from algebra.words import Word


def numbers(counts):
    return (
        counts.dimension,
        counts.distinct.value,
        counts.torus.value,
        counts.with_multiplicity.value,
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Zeros of networks with generic data: own values of the notes; (complex, torus).
        ("network:2-2-2", (33, 16)),
        ("network:2-1-2", (9, 8)),
        ("network:1-1-1-1", (17, 16)),
        ("network:2-1-2,m=2", (17, 16)),
        ("network:1-2-2", (33, 16)),
        ("network:2-2-1,m=2", (33, None)),
        ("network:2-2-3", (73, 48)),
        # katsura-8: 2^8 zeros, 240 in the torus; noon-n: 3^n - 2n (Noonburg 1989).
        ("katsura:8", (256, 240)),
        ("noon:4", (73, 73)),
        ("cyclic:5", (70, 70)),
        ("cyclic:6", (156, 156)),
        ("eco:6", (16, 16)),
        ("chandra:5", (16, 16)),
        ("reimer:5", (144, 144)),
        ("heart", (4, None)),
        ("cassou", (16, None)),
    ],
)
def test_counts_of_the_literature(name, expected):
    counts = count_zeros(resolve_system(name))
    assert counts.dimension == 0
    assert counts.distinct.value == counts.with_multiplicity.value == expected[0]
    assert counts.radical is True
    assert counts.distinct.word is Word.PROBABLE
    if expected[1] is not None:
        assert counts.torus.value == expected[1]


def test_zero_patterns_of_the_2_2_2_network_are_8_8_16_1():
    counts = count_zeros(resolve_system("network:2-2-2"))
    by_pattern = {zero: c.value for zero, c in counts.patterns.items()}
    assert sorted(by_pattern.values()) == [1, 8, 8, 16]
    assert by_pattern[()] == 16
    assert by_pattern[counts.variables] == 1
    # An inactive neuron: its row of W_1 and its column of W_2.
    assert by_pattern[("w1_1_1", "w1_1_2", "w2_1_1", "w2_2_1")] == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2; x*y; y^2", (0, 1, 0, 3)),
        ("(x-1)^2*x; y^2-x", (0, 3, 2, 6)),
        ("x^3-x", (0, 3, 2, 3)),
        ("x-1; x-2", (-1, 0, 0, 0)),
        ("variables x, y; 5", (-1, 0, 0, 0)),
        ("variables x, y; 0*x; x*y-1", (1, 0, 0, 0)),
        ("variables x, y; 0*x", (2, 0, 0, 0)),
        ("x^2+y^2-1", (1, 0, 0, 0)),
        ("x^2+1; x^4-1; x^3+x", (0, 2, 2, 2)),
        ("x^2-I; y^2-x", (0, 4, 4, 4)),
        ("I*x^2-1; x*y-I", (0, 2, 2, 2)),
        # A line and a point off it; the point simple, then double.
        ("x*(x-1); x*(y-2)", (1, 1, 1, 1)),
        ("x*(x-1)^2; x*(y-2)", (1, 1, 1, 2)),
        # An embedded point on the line does not count.
        ("x^2; x*y", (1, 0, 0, 0)),
        # A sphere and one point.
        (
            "(x^2+y^2+z^2-1)*(x-3)*z; (x^2+y^2+z^2-1)*(y-2)*x; (x^2+y^2+z^2-1)*(z-5)",
            (2, 1, 1, 1),
        ),
    ],
)
def test_degenerate_systems_get_an_honest_answer(text, expected):
    assert numbers(count_zeros(PolynomialSystem.parse(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2; x*y; y^2", {3: 1}),
        ("(x-1)^2*x; y^2-x", {2: 3}),
        ("x^3-x", {1: 3}),
        ("x*(x-1)^2; x*(y-2)", {2: 1}),
        ("x-1; x-2", {}),
    ],
)
def test_multiplicities(text, expected):
    assert count_zeros(PolynomialSystem.parse(text)).multiplicities == expected


def test_a_network_without_regulariser_has_infinitely_many_critical_points():
    counts = count_zeros(resolve_system("network:2-1-2,regulariser=none"))
    assert counts.dimension > 0
    assert counts.radical is None
    assert counts.notes


def test_multiplicities_of_the_torus_part():
    counts = count_zeros(PolynomialSystem.parse("(x-1)^3*x^2; y-x"))
    assert counts.torus_with_multiplicity.value == 3
    assert counts.with_multiplicity.value == 5
    assert counts.radical is False


roots = st.lists(st.integers(-4, 4), min_size=1, max_size=5)


@settings(deadline=None, max_examples=30)
@given(roots, roots)
def test_products_of_linear_factors_are_counted_with_multiplicity(xs, ys):
    def factors(name, values):
        return "*".join(f"({name}-({v}))" for v in values)

    system = PolynomialSystem.parse(f"variables x, y; {factors('x', xs)}; {factors('y', ys)}")
    counts = count_zeros(system)
    assert counts.with_multiplicity.value == len(xs) * len(ys)
    assert counts.distinct.value == len(set(xs)) * len(set(ys))
    assert counts.torus.value == len(set(xs) - {0}) * len(set(ys) - {0})
    assert sum(c.value for c in counts.patterns.values()) == counts.distinct.value


def test_the_seed_never_changes_a_count():
    system = resolve_system("network:2-2-2,m=2")
    assert {numbers(count_zeros(system, seed=s)) for s in range(3)} == {(0, 225, 192, 225)}


def test_to_dict_follows_the_contract():
    document = count_zeros(resolve_system("katsura:3"), real=True).to_dict()
    assert {"dimension", "complex", "torus", "real", "with_multiplicity"} <= set(document)
    assert document["complex"]["value"] == 8
    assert document["real"]["value"] == 6


@pytest.mark.slow
def test_cyclic_7_has_924_zeros():
    # J. Backelin, R. Froeberg, ISSAC 1991, 103-111.
    assert numbers(count_zeros(resolve_system("cyclic:7"))) == (0, 924, 924, 924)


@pytest.mark.parametrize(
    ("text", "complex_zeros", "real"),
    [
        ("x*(x-1); x*(y-2)", 1, 1),
        ("(x^2+y^2-1)*(x^2-3); (x^2+y^2-1)*(y^3-2)", 6, 2),
        ("(x^2+y^2-1)*(x^2+3); (x^2+y^2-1)*(y^3-2)", 6, 0),
        ("x*(x^2-2)^2; x*(y-2)", 2, 2),  # double points beside a line
        ("x^2; x*y", 0, 0),  # an embedded point is not isolated
        ("x^2+y^2", 0, 0),  # a real point on two complex lines is not isolated over C
        ("variables x, y, z; x*y; x*z; x^3-2*x", 2, 2),
    ],
)
def test_real_points_among_isolated_zeros_in_positive_dimension(text, complex_zeros, real):
    counts = count_zeros(PolynomialSystem.parse(text), real=True)
    assert counts.dimension > 0
    assert (counts.distinct.value, counts.real.value) == (complex_zeros, real)


def test_a_fresh_name_does_not_meet_a_variable():
    counts = count_zeros(PolynomialSystem.parse("y_*(y_-1); y_*(s_0-2)"), real=True)
    assert (counts.distinct.value, counts.real.value) == (1, 1)


def test_coefficients_beyond_floating_point_are_counted():
    system = PolynomialSystem.parse("10^400*x^2 - 2; y^3 - y*x + 10^500")
    counts = count_zeros(system, real=True)
    assert (counts.distinct.value, counts.real.value) == (6, 2)
    # x = ± 10^-200 √2, y about -10^(500/3): enclosures hold what no float can.
    points = real_zeros(system)
    assert sorted(bool(x > 0) for x, _ in points) == [False, True]
    assert all(y < -(arb(10) ** 166) and y > -(arb(10) ** 167) for _, y in points)
