"""Ideal operations: textbook answers, laws on random ideals, and identities that expand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra import Ideal, PolynomialSystem
from algebra.errors import InputError
from algebra.families import resolve_system
from algebra.words import Word


def expands(m):
    """Whether the cofactors give the stated product, by expansion."""
    left = m.polynomial**m.power
    for c, e in m.conditions:
        left *= c**e
    right = m.system.ring.constant(0)
    for h, f in zip(m.cofactors, m.system.equations, strict=True):
        right += h * f
    return left == right


def texts(polynomials):
    return sorted(map(str, polynomials))


def test_the_twisted_cubic_by_elimination():
    # Cox, Little, O'Shea, "Ideals, Varieties, and Algorithms", 3.3, Example 4.
    ideal = Ideal.of("variables t, x, y, z; x - t; y - t^2; z - t^3")
    result = ideal.eliminate("t", cofactors=True)
    assert texts(result) == ["x*y - z", "x^2 - y", "y^2 - x*z"]
    assert all(expands(m) for m in result.evidence)


def test_intersection_of_two_coordinate_axes_and_of_powers():
    x, y = Ideal.of("variables x, y; x"), Ideal.of("variables x, y; y")
    assert texts(x.intersect(y)) == ["x*y"]
    # Cox, Little, O'Shea 4.3: (x^2 y) ∩ (x y^2) = (x^2 y^2).
    a, b = Ideal.of("variables x, y; x^2*y"), Ideal.of("variables x, y; x*y^2")
    result = a.intersect(b, cofactors=True)
    assert texts(result) == ["x^2*y^2"]
    assert all(expands(m) for m in result.evidence)


def test_colon_and_saturation():
    # Cox, Little, O'Shea 4.4: (xz, yz) : z = (x, y).
    ideal = Ideal.of("x*z; y*z")
    assert texts(ideal.colon("z")) == ["x", "y"]
    ideal = Ideal.of("x^2*y; x*y^3")
    colon = ideal.colon("x*y", cofactors=True)
    assert texts(colon) == ["x", "y^2"]
    saturation = ideal.saturate("x", cofactors=True)
    assert texts(saturation) == ["y"]
    assert [m.conditions[0][1] for m in saturation.evidence] == [2]
    assert all(expands(m) for m in (*colon.evidence, *saturation.evidence))


def test_colon_by_an_ideal_and_by_zero():
    ideal = Ideal.of("variables x, y; x*y")
    assert texts(ideal.colon(Ideal.of("variables x, y; x; y"))) == ["x*y"]
    assert texts(ideal.colon("0")) == ["1"]
    assert texts(ideal.colon("x*y + x^2*y")) == ["1"]


def test_radical_membership_gives_the_least_power():
    ideal = Ideal.of("x^3; x*y^2")
    m = ideal.radical_contains("x*y", cofactors=True)
    assert m.holds
    assert m.power == 2
    assert expands(m)
    assert not ideal.radical_contains("y")
    assert Ideal.of("variables x; 0*x").radical_contains("0")


def test_inconsistent_equations_contain_one():
    m = Ideal.of("x*y - 1; x*y + x; x^2").contains("1", cofactors=True)
    assert m.holds
    assert expands(m)
    assert m.certificate["kind"] == "membership"


def test_equality_with_identities_both_ways():
    first, second = Ideal.of("x + y; x - y"), Ideal.of("x; y")
    result = first.equals(second, cofactors=True)
    assert result.holds
    assert all(expands(m) for m in result.evidence)
    assert not first.equals(Ideal.of("variables x, y; x; y^2"))


def test_the_zero_ideal_and_the_unit_ideal():
    zero = Ideal.of("variables x, y; 0*x")
    assert zero.contains("0").holds
    assert not zero.contains("x").holds
    assert zero.eliminate("x").generators == ()
    one = Ideal.of("variables x, y; 1")
    assert texts(one.intersect(Ideal.of("variables x, y; y"))) == ["y"]
    assert texts(one.saturate("x")) == ["1"]


def test_gradings_keep_cofactors_of_networks_small():
    ideal = Ideal(resolve_system("network:2-1-2"))
    g = max(ideal.basis.polynomials, key=lambda f: f.total_degree())
    m = ideal.contains(g, cofactors=True)
    assert expands(m)
    assert m.size[0] < 60


@pytest.mark.parametrize(
    ("operation", "argument"),
    [("contains", "z"), ("contains", "x; y"), ("eliminate", "z"), ("eliminate", "x,y"),
     ("saturate", "x*I")],
)  # fmt: skip
def test_meaningless_questions_are_refused(operation, argument):
    with pytest.raises(InputError):
        getattr(Ideal.of("x^2 - y; x*y"), operation)(argument)


def test_ideals_of_different_rings_are_refused():
    with pytest.raises(InputError, match="different rings"):
        Ideal.of("x").intersect(Ideal.of("y"))
    with pytest.raises(InputError, match="expected one of"):
        Ideal.of("x").contains(Ideal.of("y").system.ring.gen(0))


terms = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-3, 3).filter(bool),
    min_size=1, max_size=3,
)  # fmt: skip
ideals = st.lists(terms, min_size=1, max_size=2).map(
    lambda generators: Ideal(PolynomialSystem.from_terms("xy", generators))
)


@settings(deadline=None, max_examples=25)
@given(ideals, ideals)
def test_an_intersection_lies_in_both_and_contains_the_products(a, b):
    result = a.intersect(b)
    for g in result:
        assert a.contains(g)
        assert b.contains(g)
    for f in a.system.equations:
        for g in b.system.equations:
            assert result.ideal.contains(f * g)


@settings(deadline=None, max_examples=25)
@given(ideals, terms)
def test_colon_and_saturation_by_their_definitions(ideal, h):
    h = ideal.system.ring.from_dict(h)
    colon = ideal.colon(h)
    for g in colon:
        assert ideal.contains(g * h)
    saturation = ideal.saturate(h)
    assert all(saturation.ideal.contains(g) for g in colon)
    assert saturation.ideal.colon(h).ideal.equals(saturation.ideal)
    for m in ideal.saturate(h, cofactors=True).evidence:
        assert m.cofactors is None or expands(m)


@settings(deadline=None, max_examples=25)
@given(ideals, terms)
def test_radical_membership_agrees_with_powers(ideal, f):
    m = ideal.radical_contains(ideal.system.ring.from_dict(f))
    if m.holds:
        assert ideal.contains(m.polynomial**m.power)
        assert m.power == 1 or not ideal.contains(m.polynomial ** (m.power - 1))
    else:
        assert not ideal.contains(m.polynomial**4)
    assert m.word is Word.PROBABLE
