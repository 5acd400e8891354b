"""Sparse arithmetic on eight lanes against the dense kernels, prime by prime."""

import numpy as np
import pytest

from algebra.families import resolve_system
from algebra.groebner import integer_generators
from algebra.lane_quotient import LaneQuotient, QuotientPattern
from algebra.modular_bases import ModularBases
from algebra.orders import MonomialOrder
from algebra.quotient import Border, ModularQuotient
from algebra.univariate import univariate_representation


def prepared(name):
    system = resolve_system(name)
    generators, names = integer_generators(system)
    bases = ModularBases(generators, len(names), MonomialOrder.parse("grevlex", len(names)))
    border = Border(bases.leading, bases.order, names)
    batch = next(bases.batches())
    dense = [
        ModularQuotient(border, bases.polynomials(t), p)
        for t, p in zip(batch.tails, batch.primes, strict=True)
    ]
    tails = [exponents[1:] for exponents in bases.exponents]
    return bases, batch, dense, QuotientPattern(border, tails, dense[:2])


@pytest.mark.parametrize("name", ["katsura:4", "noon:3", "network:2-2-2", "cyclic:5"])
def test_normal_forms_agree_with_the_dense_quotient(name):
    _, batch, dense, pattern = prepared(name)
    lanes = LaneQuotient(pattern, batch.tails, batch.primes)
    assert not lanes.failed.any()
    values = lanes.values.reshape(-1, 8)
    for j, quotient in enumerate(dense):
        rebuilt = np.zeros_like(quotient.forms)
        for e in range(len(rebuilt)):
            part = slice(int(pattern.start[e]), int(pattern.start[e + 1]))
            rebuilt[e, pattern.columns[part]] = values[part, j]
        assert (rebuilt == quotient.forms).all()


@pytest.mark.parametrize("name", ["katsura:4", "network:2-1-2", "eco:6"])
def test_minimal_polynomials_agree_with_the_trace_functional(name):
    bases, batch, dense, pattern = prepared(name)
    n = bases.n
    form = np.arange(1, n + 1) * (-1) ** np.arange(n)
    rows = pattern.needed_rows(np.flatnonzero(form).tolist(), range(n))
    lanes = LaneQuotient(pattern, batch.tails[:3], batch.primes[:3], rows)
    functional = np.random.default_rng(0).integers(1, 2**30, dense[0].dimension).astype(np.uint32)
    sequences = lanes.sequences(form, range(n), functional)
    for j in range(3):
        # These ideals are radical: the minimal polynomial is the squarefree one.
        assert lanes.recurrence(sequences[:1, j], j) == univariate_representation(dense[j], form).f


def test_one_prime_with_eight_forms():
    bases, batch, dense, pattern = prepared("katsura:3")
    forms = np.random.default_rng(1).integers(-5, 6, (bases.n, 8))
    lanes = LaneQuotient(pattern, np.repeat(batch.tails[:1], 8, axis=0), [batch.primes[0]] * 8)
    functional = np.arange(1, dense[0].dimension + 1, dtype=np.uint32)
    sequences = lanes.sequences(forms, (), functional)
    for j in range(8):
        rows = dense[0].multiplication_rows(forms[:, j]).astype(object)
        u, p = functional.astype(object), batch.primes[0]
        for k in range(10):
            assert sequences[0, j, k] == u[0] % p
            u = rows.dot(u) % p


def test_an_entry_outside_the_pattern_marks_the_lane():
    bases, batch, dense, _ = prepared("network:1-1-1")
    tails = [exponents[1:] for exponents in bases.exponents]
    empty = dense[0].forms * 0
    dense[0].forms = empty
    pattern = QuotientPattern(dense[0].shape, tails, dense[:1])
    lanes = LaneQuotient(pattern, batch.tails, batch.primes)
    assert lanes.failed.any()
