"""Rational univariate representations modulo p, from the trace functional of the quotient.

For t = Σ c_i x_i that takes different values at different zeros, with m(z) the multiplicities,
f = Π_z (T - t(z)) and g_v = Σ_z m(z) v(z) Π_{z' ≠ z} (T - t(z')): v(z) = g_v(t(z)) / g_1(t(z)).
They are read off the sequences Tr(v t^k) = Σ_z m(z) v(z) t(z)^k. No shape position is needed and
multiplicities do no harm as long as p exceeds the dimension.
F. Rouillier, "Solving zero-dimensional systems through the rational univariate representation",
AAECC 9 (1999) 433-461.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from flint import nmod_poly
from numpy.typing import NDArray

from algebra.kernels import quotient as kernels
from algebra.kernels import sparse_quotient as sparse_kernels
from algebra.kernels.lanes import LANES
from algebra.lane_quotient import generating_polynomial, lane_constants
from algebra.limits import UNLIMITED, Budget
from algebra.quotient import ModularQuotient

Residues = NDArray[np.uint32]
STEPS_PER_CALL = 64
#: A matrix is sparse if fewer than one in DENSE of its entries are nonzero.
DENSE = 6
#: Sequences that determine f together, and terms that confirm it.
TOGETHER = 4
SPARE_TERMS = 8


@dataclass(frozen=True, eq=False)
class UnivariateRepresentation:
    """f, g_1 and g_{x_1}, …, g_{x_n} modulo p for the linear form with coefficients `form`."""

    p: int
    form: NDArray[np.int64]
    f: nmod_poly
    multiplicity_numerator: nmod_poly
    coordinate_numerators: list[nmod_poly]

    @property
    def distinct(self) -> int:
        """Number of values of t on the zeros: of zeros, if t separates them."""
        return int(self.f.degree())

    def multiplicities(self, part: nmod_poly, total: int) -> dict[int, int]:
        """{m: number of roots of the factor `part` of f with multiplicity m}, m ≤ total."""
        out: dict[int, int] = {}
        g = self.multiplicity_numerator
        derivative = self.f.derivative()
        left = int(part.degree())
        m = 1
        while left > 0 and m <= total:
            count = int(part.gcd(g - m * derivative).degree())
            if count:
                out[m] = count
                left -= count
            m += 1
        return out

    def zero_patterns(self, n: int) -> dict[tuple[int, ...], nmod_poly]:
        """{indices below n of the zero coordinates: factor of f with these zeros as roots}."""
        parts: dict[tuple[int, ...], nmod_poly] = {(): self.f}
        for i, numerator in enumerate(self.coordinate_numerators[:n]):
            refined: dict[tuple[int, ...], nmod_poly] = {}
            for zero, part in parts.items():
                vanishing = part.gcd(numerator)  # gcd(part, 0) is part: all vanish
                if vanishing.degree() > 0:
                    refined[(*zero, i)] = vanishing
                rest = part // vanishing if vanishing.degree() > 0 else part
                if rest.degree() > 0:
                    refined[zero] = rest
            parts = refined
        return parts


def univariate_representation(
    quotient: ModularQuotient,
    form: NDArray[np.int64],
    budget: Budget = UNLIMITED,
    *,
    multiple: bool = False,
) -> UnivariateRepresentation:
    """Representation for t = Σ form[i] x_i; nothing checks that t separates the zeros.

    A random functional is tried first: if t has D values, all zeros are simple and f says so. The
    trace functional, D transposed products, is needed for multiple zeros alone (`multiple`: they
    are known to be there).
    """
    size, p = quotient.dimension, quotient.p
    if not multiple and size:
        functional = np.random.default_rng(7).integers(1, p, size).astype(np.uint32)
        f, numerators = _numerators(quotient, form, functional, budget)
        if f.degree() == size and f.gcd(f.derivative()).degree() == 0:
            # Numerators of the trace functional: v(z) = g_v / g_1 stays, g_1 becomes f'.
            _, scale, _ = numerators[0].xgcd(f)
            scale = scale * f.derivative() % f
            numerators = [g * scale % f for g in numerators]
            return UnivariateRepresentation(p, form, f, numerators[0], numerators[1:])
    functional = quotient.trace_functional() if size else np.zeros(0, dtype=np.uint32)
    f, numerators = _numerators(quotient, form, functional, budget)
    return UnivariateRepresentation(p, form, f, numerators[0], numerators[1:])


def _numerators(
    quotient: ModularQuotient,
    form: NDArray[np.int64],
    functional: NDArray[np.uint32],
    budget: Budget,
) -> tuple[nmod_poly, list[nmod_poly]]:
    """F and the numerators of 1, x_1, …, x_n from the sequences u(v t^k) of a functional u."""
    size, p = quotient.dimension, quotient.p
    observed = np.zeros((quotient.shape.successor.shape[0] + 1, size), dtype=np.uint32)
    if size:
        observed[0, 0] = 1
        observed[1:] = quotient.variable_forms()
    rows = quotient.multiplication_rows(form)
    length = 2 * size + 2
    sequences = np.zeros((len(observed), length), dtype=np.uint32)

    steps = _sparse_steps if DENSE * np.count_nonzero(rows) < rows.size else _dense_steps
    step = steps(rows, observed, functional, sequences, p)

    def advance(begin: int, stop: int) -> None:
        for k in range(begin, stop, STEPS_PER_CALL):
            step(k, min(stop, k + STEPS_PER_CALL))
            budget.check()

    # Several sequences of D + D/r terms mostly determine f; whether they do the last terms tell.
    enough = size - (-size // TOGETHER)
    done, f = 0, None
    if enough + SPARE_TERMS < length:
        done = enough + SPARE_TERMS
        advance(0, done)
        mixed = _mixtures(sequences[:, :done], p)
        f = generating_polynomial(mixed, p)
        if f != generating_polynomial(mixed[:, :enough], p):
            f = None
    if f is None:
        advance(done, length)
        f = generating_polynomial(sequences[:1], p)
    order = int(f.degree())
    return f, [polynomial_part(f, sequence[:order], p) for sequence in sequences]


#: step(begin, end) fills sequences[:, begin:end], one step after the other.
Steps = Callable[[int, int], None]


def _dense_steps(
    rows: Residues, observed: Residues, functional: Residues, sequences: Residues, p: int
) -> Steps:
    def step(begin: int, end: int) -> None:
        kernels.krylov_sequences(rows, observed, functional, sequences, begin, end, p)

    return step


def _sparse_steps(
    rows: Residues, observed: Residues, functional: Residues, sequences: Residues, p: int
) -> Steps:
    """The kernel for eight primes at once, all of them p."""
    row_start, row_columns, row_values = _sparse(rows)
    units = np.zeros(len(rows), dtype=np.uint8)
    seen_start, seen_columns, seen_values = _sparse(observed)
    vector = np.repeat(functional, LANES)
    following = np.empty_like(vector)
    constants = lane_constants([p] * LANES)
    out = np.zeros((STEPS_PER_CALL, LANES * len(observed)), dtype=np.uint32)

    def step(begin: int, end: int) -> None:
        sparse_kernels.krylov_lanes(
            row_start, row_columns, row_values, units, seen_start, seen_columns,
            seen_values, vector, following, constants, out, 0, end - begin,
        )  # fmt: skip
        sequences[:, begin:end] = out[: end - begin, ::LANES].T

    return step


def _sparse(rows: Residues) -> tuple[NDArray[np.int64], NDArray[np.int32], Residues]:
    """Beginnings of the rows, columns, and every entry eight times."""
    places = np.nonzero(rows)
    start = np.concatenate([[0], np.cumsum(np.bincount(places[0], minlength=len(rows)))])
    return start, places[1].astype(np.int32), np.repeat(rows[places], LANES)


def _mixtures(sequences: NDArray[np.uint32], p: int) -> NDArray[np.uint32]:
    """The first sequence and random combinations of all, `TOGETHER` in all."""
    weights = np.random.default_rng(3).integers(0, p, (TOGETHER - 1, len(sequences)))
    out = np.zeros((TOGETHER, sequences.shape[1]), dtype=np.int64)
    out[0] = sequences[0]
    for k, row in enumerate(weights, start=1):
        for w, sequence in zip(row, sequences, strict=True):
            out[k] = (out[k] + w * sequence.astype(np.int64)) % p
    return out.astype(np.uint32)


def polynomial_part(f: nmod_poly, sequence: Residues, p: int) -> nmod_poly:
    """Polynomial part of f(T) · Σ_k s_k T^(-k-1)."""
    d = len(sequence)
    series = nmod_poly(sequence[::-1].tolist(), p)  # T^d times the truncated series
    return (f * series).right_shift(d)


def random_form(n: int, p: int, seed: int) -> NDArray[np.int64]:
    """Random coefficients in [1, p) for a form that separates zeros with high probability."""
    return np.random.default_rng(seed).integers(1, p, n)


def product(factors: list[nmod_poly], p: int) -> nmod_poly:
    """Product of polynomials modulo p."""
    return reduce(lambda a, b: a * b, factors, nmod_poly([1], p))
