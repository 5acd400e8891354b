"""Isolated zeros of positive-dimensional systems modulo p.

Let s be a random linear form. It is constant on no component of positive dimension, so extending
the ideal I to k(s) and contracting again removes exactly the isolated points: J = I : h(s)^∞, with
h the product of the leading coefficients in k[s] of a Gröbner basis for a block order x ≫ s
(T. Becker, V. Weispfenning, "Gröbner Bases", Springer 1993, Proposition 8.94). A random element g
of J vanishes on every positive-dimensional component and, with high probability, at no isolated
zero; so the isolated zeros are those of I + (1 - y g).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import nmod_poly
from numpy.typing import NDArray

from algebra.f4 import ModularPolynomial, f4
from algebra.limits import UNLIMITED, Budget
from algebra.orders import Block, MonomialOrder
from algebra.univariate import random_form

Generators = list[ModularPolynomial]


def isolated_ideal(
    generators: Sequence[ModularPolynomial], n: int, p: int, seed: int, budget: Budget = UNLIMITED
) -> Generators:
    """Reduced basis, in grevlex, of an ideal in n + 2 variables (x, s, y): the isolated zeros.

    Its zeros project one to one, with their multiplicities, onto the isolated zeros of the input.
    """
    rng = np.random.default_rng(seed)
    form = random_form(n, p, seed + 1)
    slicing = _linear_slice(form, n, p)
    extended = [_widen(g, n, 1) for g in generators] + [slicing]
    basis = f4(extended, n + 1, MonomialOrder.parse(f"elim:{n}", n + 1), p, budget=budget)
    h = _leading_coefficients(basis.polynomials, n, p)
    if h.degree() <= 0:  # nothing was removed: no isolated zeros
        return [_constant_one(n + 2)]
    wide = [_widen(g, n, 2) for g in generators] + [_widen(slicing, n + 1, 1)]
    without_points = _inverted(_univariate(h, n, n + 2), n + 1, p)
    elimination = MonomialOrder(
        "elimination of y", (Block("grevlex", n + 1, n + 2), Block("grevlex", 0, n + 1))
    )
    contracted = f4([*wide, without_points], n + 2, elimination, p, budget=budget)
    members = [g for g in contracted.polynomials if not g[0][:, n + 1].any()]
    # Elements of I vanish at the isolated zeros as well; a random sum keeps what does not.
    terms: dict[tuple[int, ...], int] = {}
    for exponents, residues in members:
        factor = int(rng.integers(1, p))
        for m, c in zip(map(tuple, exponents.tolist()), residues.tolist(), strict=True):
            terms[m] = (terms.get(m, 0) + factor * c) % p
    combination = _polynomial({m: c for m, c in terms.items() if c})
    final = [*wide, _inverted(combination, n + 1, p)]
    grevlex = MonomialOrder.parse("grevlex", n + 2)
    return f4(final, n + 2, grevlex, p, budget=budget).polynomials


def _polynomial(terms: dict[tuple[int, ...], int]) -> ModularPolynomial:
    return np.array(list(terms), dtype=np.int64), np.array(list(terms.values()), dtype=np.uint32)


def _constant_one(n: int) -> ModularPolynomial:
    return np.zeros((1, n), dtype=np.int64), np.ones(1, dtype=np.uint32)


def _widen(g: ModularPolynomial, n: int, extra: int) -> ModularPolynomial:
    exponents, residues = g
    return np.pad(exponents, ((0, 0), (0, extra))), residues


def _linear_slice(form: NDArray[np.int64], n: int, p: int) -> ModularPolynomial:
    """S - Σ form[i] x_i in n + 1 variables."""
    values = np.concatenate([(p - form) % p, [1]]).astype(np.uint32)
    return np.eye(n + 1, dtype=np.int64), values


def _leading_coefficients(polynomials: Generators, n: int, p: int) -> nmod_poly:
    """Squarefree product of the leading coefficients in k[s] (variable n)."""
    total = nmod_poly([1], p)
    for exponents, residues in polynomials:
        same = (exponents[:, :n] == exponents[0, :n]).all(axis=1)
        coefficients = [0] * (int(exponents[same, n].max()) + 1)
        for e, c in zip(exponents[same, n].tolist(), residues[same].tolist(), strict=True):
            coefficients[e] = c
        factor = nmod_poly(coefficients, p)
        factor = factor // factor.gcd(factor.derivative())
        total = total * (factor // total.gcd(factor))
    return total


def _univariate(h: nmod_poly, variable: int, n: int) -> ModularPolynomial:
    coefficients = [int(c) for c in h.coeffs()]
    support = [k for k, c in enumerate(coefficients) if c]
    exponents = np.zeros((len(support), n), dtype=np.int64)
    exponents[:, variable] = support
    return exponents, np.array([coefficients[k] for k in support], dtype=np.uint32)


def _inverted(g: ModularPolynomial, y: int, p: int) -> ModularPolynomial:
    """1 - y · g: invertible g."""
    exponents, residues = g
    shifted = exponents.copy()
    shifted[:, y] += 1
    one = np.zeros((1, exponents.shape[1]), dtype=np.int64)
    values = np.concatenate([(p - residues.astype(np.int64)) % p, [1]]).astype(np.uint32)
    return np.concatenate([shifted, one]), values
