"""Discriminants in one parameter: closed forms, flint's resultants, elimination, real counts."""

import itertools

import pytest
from flint import fmpq, fmpz_mpoly_ctx, fmpz_poly, nmod_poly
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algebra import Ideal, LinearNetwork, PolynomialSystem
from algebra.discriminants import discriminant
from algebra.errors import InputError, LimitReached, NotZeroDimensional
from algebra.limits import Budget
from algebra.rational_functions import interpolated, reconstructed_fraction
from algebra.real_root_isolation import RealRoots
from algebra.systems import polynomial_ring
from algebra.trace_form import trace_form

Q = 2**31 - 1


def product(polynomials):
    out = fmpz_poly([1])
    for f in polynomials:
        out *= f
    return out


def same_roots(f, g):
    radicals = [product(h for h, _ in p.factor()[1]) for p in (f, g)]
    return radicals[0] in (radicals[1], -radicals[1])


# -- rational functions modulo a prime ---------------------------------------------------------


@given(
    st.lists(st.integers(0, Q - 1), max_size=6),
    st.lists(st.integers(0, Q - 1), min_size=1, max_size=5),
)
def test_a_fraction_is_recovered_from_its_values(numerator, denominator):
    f, g = nmod_poly(numerator, Q), nmod_poly(denominator, Q)
    assume(g.degree() >= 0)
    points = [k for k in range(1, 20) if int(g(k))]
    values = [int(f(k)) * pow(int(g(k)), -1, Q) % Q for k in points]
    whole = interpolated(points, values, Q)
    assert [int(whole(k)) for k in points] == values
    top, below = reconstructed_fraction(whole, points, Q, 2)
    assert top * g == below * f
    assert top.degree() < 0 or top.gcd(below).degree() == 0


def test_too_few_values_determine_nothing():
    points = list(range(1, 8))
    f = nmod_poly([3, 1, 4, 1, 5, 9, 2], Q)
    whole = interpolated(points, [int(f(k)) for k in points], Q)
    assert whole == f
    assert reconstructed_fraction(whole, points, Q, 1) is None
    assert reconstructed_fraction(whole, points, Q, 0) is not None


# -- closed forms and oracles --------------------------------------------------------------------


def test_the_cubic_has_its_discriminant():
    for b in (1, 2, fmpq(3, 5)):
        system = PolynomialSystem.parse("variables x; parameters a, b; x^3 + a*x + b")
        d = discriminant(system.specialise({"b": b}))
        b = fmpq(b)
        assert same_roots(
            product(d.factors), fmpz_poly([27 * int(b.p) ** 2, 0, 0, 4 * int(b.q) ** 2])
        )
        assert d.conditions == ()
        assert d.zeros == 3


def test_zeros_that_go_to_infinity_are_a_condition():
    # p x² + x − 1: double zero at p = −1/4, one zero goes to infinity at p = 0.
    d = discriminant(PolynomialSystem.parse("variables x; parameters p; p*x^2 + x - 1"))
    assert d.factors == (fmpz_poly([1, 4]),)
    assert d.conditions == (fmpz_poly([0, 1]),)


polynomials = st.lists(st.lists(st.integers(-4, 4), min_size=1, max_size=3), min_size=3, max_size=5)


@settings(deadline=None, max_examples=40)
@given(polynomials)
def test_in_one_unknown_it_is_the_resultant_with_the_derivative(rows):
    context = fmpz_mpoly_ctx.get(("x", "p"), "lex")
    table = {(i, j): c for i, row in enumerate(rows) for j, c in enumerate(row) if c}
    f = context.from_dict(table)
    assume(max((i for i, _ in table), default=0) >= 2)
    expected = f.discriminant("x")
    assume(expected != 0)
    ring = polynomial_ring(("x", "p"))
    d = discriminant(PolynomialSystem(("x",), (ring.from_dict(table),), ("p",)))

    def univariate(g):
        out = {}
        for (_, j), c in g.terms():
            out[int(j)] = int(c)
        return fmpz_poly([out.get(k, 0) for k in range(max(out) + 1)])

    degree = max(i for i, _ in table)
    leading = fmpz_poly([table.get((degree, j), 0) for j in range(3)])
    # The resultant's roots are those of the discriminant and, at times, of the leading coefficient.
    mine = product(d.factors) * product(d.conditions)
    assert same_roots(mine * leading, univariate(expected) * leading)


def test_elimination_finds_the_same_double_zeros():
    system = PolynomialSystem.parse("variables x, y; parameters p; x^2 + y^2 - p; x*y + x - 2")
    d = discriminant(system)
    a, b = system.jacobian()
    jacobian = a[0] * b[1] - a[1] * b[0]
    both = PolynomialSystem(system.ring_names, (*system.equations, jacobian))
    (eliminant,) = Ideal(both).eliminate(system.variables).generators
    degrees = {int(m[0]): c for m, c in eliminant.terms()}
    below = 1
    for c in degrees.values():
        below *= int(c.q)
    f = fmpz_poly([int(degrees.get(k, 0) * below) for k in range(max(degrees) + 1)])
    assert same_roots(product(d.factors), f)


def test_one_neuron_has_three_points_beyond_its_bound():
    # 1-1-1: other points than 0 exist iff (x y)² > λ μ.
    network = LinearNetwork((1, 1, 1))
    values = {"x1_1": fmpq(3, 2), "l1_1_1": fmpq(1, 2), "l2_1_1": fmpq(1, 3)}
    d = discriminant(network.parametric_system().specialise(values))
    # y² = λ μ / x² = 2/27
    assert product(d.factors) == fmpz_poly([-2, 0, 27])


SYSTEMS = [
    "variables x, y; parameters p; x^3 - p*x + y; y^2 + x - p",
    "variables x, y; parameters p; p*x^2 + y^2 - 1; x*y^2 - p*x + 1",
    "variables x, y, z; parameters p; x^2 - y; y^2 - z + p; z^2 - p*x",
]


@pytest.mark.parametrize("text", SYSTEMS)
@settings(deadline=None, max_examples=8)
@given(shares=st.tuples(*[st.integers(1, 15)] * 2))
def test_between_neighbouring_roots_the_real_count_is_constant(text, shares):
    system = PolynomialSystem.parse(text)
    d = discriminant(system)
    roots = []
    for f in (*d.factors, *d.conditions):
        roots += [(float(r.mid()), float(r.rad())) for r in RealRoots(f).enclosures()]
    roots.sort()
    ends = [(roots[0][0] - 1, 0.0), *roots, (roots[-1][0] + 1, 0.0)]
    counts = set()
    for (a, _), (b, _) in itertools.pairwise(ends):
        inside = [fmpq(round((a + (b - a) * s / 16) * 2**40), 2**40) for s in shares]
        forms = [trace_form(system.specialise({"p": v})) for v in inside]
        assert len({form.signature for form in forms}) == 1
        assert all(form.rank == form.dimension == d.zeros for form in forms)
        counts.add(forms[0].signature)
    assert len(counts) > 1


# -- what cannot be done -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("variables x; parameters a, b; x^2 + a*x + b", InputError, "2 parameters"),
        ("variables x; x^2 - 2", InputError, "0 parameters"),
        ("variables x; parameters p; (x - p)^2", InputError, "multiple for every value"),
        ("variables x, y; parameters p; x*y - p", NotZeroDimensional, "infinitely many"),
    ],
)
def test_what_has_no_discriminant_is_one_sentence(text, error, message):
    with pytest.raises(error, match=message):
        discriminant(PolynomialSystem.parse(text))


def test_a_system_without_zeros_has_conditions_only():
    d = discriminant(PolynomialSystem.parse("variables x; parameters p; x - 1; p*x - 3"))
    assert d.zeros == 0
    assert d.factors == ()
    assert d.conditions == (fmpz_poly([-3, 1]),)


def test_limits_hold():
    system = LinearNetwork((2, 2, 2)).parametric_system()
    values = {name: fmpq(k + 2, 3) for k, name in enumerate(system.parameters[1:])}
    with pytest.raises(LimitReached):
        discriminant(system.specialise(values), budget=Budget.of(seconds=0.01))
