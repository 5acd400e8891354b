"""Hypothesis strategies for exact systems, shared by the tests of package `algebra`."""

from flint import fmpq
from hypothesis import strategies as st

from algebra.systems import PolynomialSystem, polynomial_ring, reduce_imaginary

NAMES = ("x", "y2", "z_1", "e")

rationals = st.builds(fmpq, st.integers(-(10**12), 10**12), st.integers(1, 10**6))


def exponents(n, largest=5):
    return st.lists(st.integers(0, largest), min_size=n, max_size=n).map(tuple)


def polynomials(names, max_terms=6):
    ring = polynomial_ring(names)
    terms = st.dictionaries(exponents(len(names)), rationals, max_size=max_terms)
    return terms.map(lambda d: ring.from_dict({k: v for k, v in d.items() if v != 0}))


@st.composite
def systems(draw, *, parameters=False, imaginary=False):
    variables = NAMES[: draw(st.integers(1, len(NAMES)))]
    names = ("a", "b")[: draw(st.integers(0, 2))] if parameters else ()
    unit = ("I",) if imaginary else ()
    generators = variables + names + unit
    equations = draw(st.lists(polynomials(generators), min_size=1, max_size=4))
    if not imaginary:
        return PolynomialSystem(variables, tuple(equations), names)
    reduced = tuple(reduce_imaginary(f) for f in equations)
    unit_used = any(f.degrees()[-1] > 0 for f in reduced)
    if not unit_used:
        reduced = (*reduced, polynomial_ring(generators).gens()[-1] * 1)
    return PolynomialSystem(variables, reduced, names, imaginary=True)


def same(first, second):
    """Whether two systems are equal as mathematical objects."""
    return (
        first.variables == second.variables
        and first.parameters == second.parameters
        and first.imaginary == second.imaginary
        and first.equations == second.equations
    )
