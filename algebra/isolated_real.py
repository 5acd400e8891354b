"""Real points among the isolated zeros of a rational system with infinitely many zeros.

The construction of `algebra.isolated` over Q: for a form s that is constant on no component of
positive dimension, J = I : h(s)^∞ is what remains of I without its isolated points, a combination g
of its generators vanishes on every other component, and the isolated zeros are those of
I + (1 - y g), which is zero-dimensional. Its real zeros are counted exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq_poly

from algebra.counting import count_zeros
from algebra.errors import EnginesDisagree
from algebra.groebner import GroebnerBasis, groebner_basis
from algebra.limits import UNLIMITED, Budget
from algebra.real_roots import count_real_zeros
from algebra.systems import PolynomialSystem, polynomial_ring
from algebra.words import Count, Word

#: Isolated complex zeros up to which bases over Q are thought affordable.
MOST_ISOLATED = 100
#: Absolute value of the random coefficients of the form and of the combination.
SIZE = 20
#: Draws of them until none of the isolated zeros is lost.
MOST_DRAWS = 5


def count_isolated_real_zeros(
    system: PolynomialSystem, isolated: int, *, seed: int = 0, budget: Budget = UNLIMITED
) -> Count:
    """Number of real points among the `isolated` isolated complex zeros of a rational system.

    A real point on a complex component of positive dimension does not count, even if no other
    real point lies near.

    Raises
    ------
    EnginesDisagree
        Every draw of the construction leads to another number of complex zeros.
    """
    system.require_rational()
    if isolated == 0:
        return Count.exactly(0, Word.PROBABLE, "no isolated complex zeros")
    for draw in range(MOST_DRAWS):
        separated = isolated_system(system, seed + draw, budget)
        # A form or combination without luck loses zeros; it never adds any.
        found = count_zeros(separated, budget=budget)
        if found.dimension == 0 and found.distinct.value == isolated:
            return count_real_zeros(separated, seed=seed, budget=budget)
    raise EnginesDisagree(f"{MOST_DRAWS} draws do not find the {isolated} isolated zeros again")


def isolated_system(
    system: PolynomialSystem, seed: int = 0, budget: Budget = UNLIMITED
) -> PolynomialSystem:
    """A system in (y, x, s) whose zeros project one to one onto the isolated zeros of `system`."""
    rng = np.random.default_rng(seed)
    n = len(system.variables)
    y, s = _fresh_names(system.variables)
    names = (y, *system.variables, s)
    ring = polynomial_ring(names)
    gens = ring.gens()
    equations = [_moved(f, ring, n) for f in system.equations]
    form = sum((int(c) * x for c, x in zip(_draw(rng, n), gens[1:-1], strict=True)), gens[-1])
    slicing = PolynomialSystem(names, (*equations, form, gens[0]))  # y plays no part yet
    h = _leading_coefficients(groebner_basis(slicing, order=f"elim:{n + 1}", budget=budget), ring)
    without_points = PolynomialSystem(names, (*equations, form, 1 - gens[0] * h))
    contracted = groebner_basis(without_points, order="elim:1", budget=budget)
    members = [g for g in contracted.polynomials if all(m[0] == 0 for m in g.monoms())]
    weights = _draw(rng, len(members))
    # Of small degree where it can be: the elements of I among them vanish at the points as well.
    combination = sum((int(c) * g for c, g in zip(weights, members, strict=True)), ring.constant(0))
    return PolynomialSystem(names, (*equations, form, 1 - gens[0] * combination))


def _draw(rng: np.random.Generator, count: int) -> list[int]:
    """Nonzero integers up to `SIZE` in absolute value."""
    values = rng.integers(1, SIZE + 1, count) * rng.choice([-1, 1], count)
    return [int(v) for v in values]


def _fresh_names(variables: tuple[str, ...]) -> tuple[str, str]:
    free = (f"{letter}{k}" for k in range(len(variables) + 2) for letter in ("y_", "s_"))
    first, second, *_ = (name for name in free if name not in variables)
    return first, second


def _moved(f: Any, ring: Any, n: int) -> Any:
    """The polynomial in the ring with one more variable at both ends."""
    return ring.from_dict({(0, *map(int, m[:n]), 0): c for m, c in f.terms()})


def _leading_coefficients(basis: GroebnerBasis, ring: Any) -> Any:
    """Squarefree product of the leading coefficients in Q[s], s the last variable."""
    total = fmpq_poly([1])
    for exponents, coefficients in basis.elements:
        same = (exponents[:, :-1] == exponents[0, :-1]).all(axis=1)
        values = [0] * (int(exponents[same, -1].max()) + 1)
        for e, c in zip(exponents[same, -1].tolist(), np.flatnonzero(same), strict=True):
            values[e] = coefficients[c]
        factor = fmpq_poly(values)
        if factor.degree() > 0:
            factor = factor // factor.gcd(factor.derivative())
            total = total * (factor // total.gcd(factor))
    s = ring.gens()[-1]
    return sum((c * s**k for k, c in enumerate(total.coeffs())), ring.constant(0))
