"""Exchanges of variables found by search, and the blocks of the trace form they give."""

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import algebra.symmetric_blocks
from algebra import PolynomialSystem
from algebra.errors import NotZeroDimensional
from algebra.exchanges import commuting_exchanges, compose, group, moved
from algebra.families import resolve_system
from algebra.groebner import integer_generators
from algebra.real_roots import sign_conditions
from algebra.trace_form import sign_counts, trace_form


def exchanges(system):
    generators, names = integer_generators(system)
    return commuting_exchanges(generators, len(names))


def fixes(system, p):
    """Whether the exchange permutes the equations up to sign."""
    images = [
        system.ring.from_dict({moved(tuple(map(int, m)), p): c for m, c in f.terms()})
        for f in system.equations
    ]
    return all(any(g in (f, -f) for f in system.equations) for g in images)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("noon:6", 3),
        ("cyclic:5", 1),
        ("cyclic:6", 1),
        ("reimer:4", 2),
        ("katsura:4", 0),
        ("network:2-2-2", 0),  # every weight has its own regulariser
        ("network:2-2-2,regulariser=uniform", 1),  # hidden units
        ("network:2-3-2,regulariser=none", 1),
    ],
)
def test_known_symmetries(name, count):
    system = resolve_system(name)
    found = exchanges(system)
    assert len(found) == count
    identity = tuple(range(len(system.variables)))
    for p in found:
        assert p != identity
        assert compose(p, p) == identity
        assert fixes(system, p)
    assert all(compose(p, q) == compose(q, p) for p, q in itertools.combinations(found, 2))
    assert len(set(group(found, len(identity)))) == 2**count


def test_equal_supports_with_other_coefficients_are_no_symmetry():
    assert exchanges(PolynomialSystem.parse("x^2 + 2*y^2 - 1; x*y - 3")) == []
    assert exchanges(PolynomialSystem.parse("x^2 + y^2 - 1; x - y")) == [(1, 0)]  # up to sign
    assert exchanges(PolynomialSystem.parse("x^2 + y - 1; y^2 + x - 1")) == [(1, 0)]


@pytest.mark.parametrize(
    ("name", "blocks"), [("noon:3", (14, 7)), ("noon:4", (32, 16, 16, 9)), ("cyclic:5", (35, 35))]
)
def test_eigenspaces_of_exchanges(name, blocks):
    assert trace_form(resolve_system(name)).blocks == blocks


def test_parts_that_are_exchanged_are_done_once():
    # Signs of x and of y, and their exchange: classes 1, x, y, xy; those of x and y alike.
    form = trace_form(PolynomialSystem.parse("x^4 - 5*x^2*y^2 + y^4 - 1; x^2 + y^2 - 3"))
    assert (form.rank, form.dimension) == (8, 8)
    assert form.signature == 8
    assert sorted(form.blocks) == [1, 1, 1, 1, 2, 2]


def test_weights_break_symmetries():
    system = PolynomialSystem.parse("x^2 + y^2 - 5; x*y - 2")  # ±(1, 2), ±(2, 1)
    x, y = system.ring.gens()
    for h, signs in (
        (x - y, {-1: 2, 0: 0, 1: 2}),
        (x + y, {-1: 2, 0: 0, 1: 2}),
        (x - 1, {-1: 2, 0: 1, 1: 1}),
        (x * y, {-1: 0, 0: 0, 1: 4}),
    ):
        assert sign_counts(system, h) == sign_conditions(system, h) == signs


terms = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
    st.integers(-3, 3).filter(bool), min_size=1, max_size=3,
)  # fmt: skip


def swapped(f):
    return {(b, a, c): value for (a, b, c), value in f.items()}


@settings(deadline=None, max_examples=40)
@given(terms, terms, st.integers(-3, 3))
def test_the_form_is_the_same_with_and_without_symmetries(f, g, constant):
    # f and its mirror image, and a symmetric equation.
    total = {m: g.get(m, 0) + swapped(g).get(m, 0) for m in g | swapped(g)}
    total[0, 0, 2] = total.get((0, 0, 2), 0) + 1
    total[0, 0, 0] = total.get((0, 0, 0), 0) + constant
    f = f | {(3, 0, 0): 1}
    system = PolynomialSystem.from_terms("xyz", [f, swapped(f), total])
    try:
        split = trace_form(system)
    except NotZeroDimensional:
        assume(False)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(algebra.symmetric_blocks, "commuting_exchanges", lambda *_: [])
        whole = trace_form(system)
    assert (split.rank, split.signature) == (whole.rank, whole.signature)
    assert sum(split.blocks) == sum(whole.blocks) == whole.dimension
