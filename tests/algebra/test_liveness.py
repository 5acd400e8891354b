"""Searches among primes end, also where no prime is of use; the new paths against Buchberger."""

import numpy as np
import pytest
from flint import Ordering, fmpz_mpoly_ctx, fmpz_mpoly_vec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import algebra.fglm
from algebra import PolynomialSystem
from algebra.errors import EnginesDisagree, NotZeroDimensional
from algebra.families import resolve_system
from algebra.fglm import change_order
from algebra.lane_quotient import LaneQuotient
from algebra.rational_representation import rational_representation
from algebra.staircase import standard_monomials


@pytest.fixture
def no_lane_follows(monkeypatch):
    """Every lane leaves the learned pattern, as if two learning primes had misled it."""
    original = LaneQuotient.__init__

    def failing(self, *arguments, **options):
        original(self, *arguments, **options)
        self.failed[:] = 1

    monkeypatch.setattr(LaneQuotient, "__init__", failing)


@pytest.mark.parametrize("run", [rational_representation, change_order])
def test_a_pattern_that_no_prime_follows_ends_the_search(no_lane_follows, run):
    with pytest.raises(EnginesDisagree, match="primes can be used"):
        run(resolve_system("katsura:3"))


def test_singular_systems_at_every_prime_end_the_search(monkeypatch):
    monkeypatch.setattr(algebra.fglm._Shape, "tails", lambda *_: None)
    with pytest.raises(EnginesDisagree, match="change of order"):
        change_order(PolynomialSystem.parse("x^2; x*y; y^3"))  # not in shape position


terms = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
    st.integers(-4, 4).filter(bool), min_size=1, max_size=4,
)  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(st.lists(terms, min_size=3, max_size=3))
def test_counts_agree_with_the_quotient_of_buchberger_naive(equations):
    """Degree and radical degree from FLINT's basis, the split representation from ours."""
    system = PolynomialSystem.from_terms("xyz", equations)
    ring = fmpz_mpoly_ctx.get(system.variables, Ordering.degrevlex)
    integral = [
        ring.from_dict({tuple(map(int, m)): int(c.p) for m, c in f.terms()})
        for f in system.equations
    ]
    vector = fmpz_mpoly_vec(integral, ring)
    basis, finished = vector.buchberger_naive(limits=(60, 30, 400))
    assume(finished)
    leading = np.array([list(map(int, g.monoms()[0])) for g in basis], dtype=np.int64)
    try:
        found = rational_representation(system)
    except NotZeroDimensional:
        with pytest.raises(NotZeroDimensional):
            standard_monomials(leading, system.variables)
        return
    if not leading.any(axis=1).all():  # the unit ideal
        assert found.distinct == 0
        return
    degree = len(standard_monomials(leading, system.variables))
    assert found.distinct <= degree
    assert found.multiple == (found.distinct < degree)
    lex = change_order(system, "lex")
    assert len(standard_monomials(lex.leading, system.variables)) == degree
