"""Systems of any shape: trivial equations removed, overdetermined systems squared up.

With more equations than unknowns, random integer combinations of the surplus are added to the n
equations of largest degree: for all but a thin set of integers the isolated zeros of the original
are among those of the square system (A. J. Sommese, C. W. Wampler, "The Numerical Solution of
Systems of Polynomials", World Scientific 2005, section 13.5); the others are recognised by the
original equations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mpoly
from numpy.typing import NDArray

from algebra.systems import PolynomialSystem
from homotopy.scaling import natural_sizes

ComplexArray = NDArray[np.complex128]
BoolArray = NDArray[np.bool_]

#: Sizes of unknowns that differ from 1 by more than this factor are scaled away.
WILD = 1e3


@dataclass(frozen=True, eq=False)
class Square:
    """A square system to be solved instead of the original.

    Attributes
    ----------
    system : PolynomialSystem or None
        None where no square system describes the zeros (`dimension`, `reason` say why).
    surplus : bool
        Whether zeros must be tested against the original equations.
    dimension : int or None
        Known without computation: -1 (inconsistent); None if not.
    reason : str
        In words, for people.
    """

    system: PolynomialSystem | None
    surplus: bool = False
    dimension: int | None = None
    reason: str = ""


def square_up(system: PolynomialSystem, *, seed: int = 0, pad: bool = False) -> Square:
    """A square system whose isolated zeros include those of `system`.

    With `pad` the equation 0 = 0 fills up systems with too few equations.
    """
    equations = [f for f in system.equations if f != 0]
    n = len(system.variables)
    if any(_is_constant(f, n) for f in equations):
        return Square(None, dimension=-1, reason="an equation is a nonzero constant: no zeros")
    if len(equations) < n and pad:
        zero = system.ring.constant(0)
        return Square(system.with_equations([*equations, *[zero] * (n - len(equations))]))
    if len(equations) < n:
        lowest = n - len(equations)
        return Square(
            None,
            reason=f"{len(equations)} nonzero equations in {n} unknowns: "
            f"the zero set is empty or of dimension at least {lowest}",
        )
    if len(equations) == n:
        if len(equations) == len(system.equations):
            return Square(system)
        return Square(system.with_equations(equations))
    ordered = sorted(equations, key=lambda f: -int(f.total_degree()))
    generator = np.random.default_rng([seed, 7])
    square = []
    for f in ordered[:n]:
        for g in ordered[n:]:
            f = f + g * int(generator.integers(-99, 100))
        square.append(f)
    return Square(system.with_equations(square), surplus=True)


def residual_test(
    system: PolynomialSystem, units: NDArray[np.float64]
) -> Callable[[ComplexArray, float], BoolArray]:
    """Which points (k, n) satisfy every equation up to `tolerance` times the sizes of its terms.

    No unknown counts as smaller than its unit (n,): where a coordinate vanishes all terms may be
    rounding noise.
    """

    def holds(points: ComplexArray, tolerance: float) -> BoolArray:
        if not len(points):
            return np.zeros(0, dtype=bool)
        values = np.abs(system.evaluate(points))
        moduli = np.maximum(np.abs(points), units)
        sizes = np.stack(
            [
                np.prod(moduli[:, None, :] ** a[None, :, :], axis=2) @ np.abs(c)
                for a, c in zip(system.supports, system.coefficients, strict=True)
            ],
            axis=1,
        )
        return np.asarray(np.all(values <= tolerance * sizes, axis=1))

    return holds


@dataclass(frozen=True, eq=False)
class Scaled:
    """`system` in unknowns y with x_k = 2^exponents[k]·y_k."""

    system: PolynomialSystem
    exponents: NDArray[np.int64]

    def original(self, points: ComplexArray) -> ComplexArray:
        """Points x of shape (k, n) from points y; exact barring overflow."""
        out = np.empty_like(points)
        out.real = np.ldexp(points.real, self.exponents)
        out.imag = np.ldexp(points.imag, self.exponents)
        return out

    def scaled(self, points: ComplexArray) -> ComplexArray:
        """Points y of shape (k, n) from points x."""
        out = np.empty_like(points)
        out.real = np.ldexp(points.real, -self.exponents)
        out.imag = np.ldexp(points.imag, -self.exponents)
        return out


def scale(system: PolynomialSystem) -> Scaled:
    """Unknowns and equations scaled by powers of two if their natural sizes are wild."""
    n = len(system.variables)
    sizes = natural_sizes(system.supports, system.coefficients)
    limit = np.log(WILD)
    coefficients = [np.abs(c[c != 0]) for c in system.coefficients]
    heights = [float(np.log(c.max())) for c in coefficients if len(c)]
    tame = np.all(np.abs(sizes.unknowns) < limit) and all(abs(h) < 4 * limit for h in heights)
    if tame:
        return Scaled(system, np.zeros(n, np.int64))
    exponents = np.rint(sizes.unknowns / np.log(2.0)).astype(np.int64)
    weights = np.rint(sizes.equations / np.log(2.0)).astype(np.int64)
    ring = system.ring
    equations = []
    for f, weight in zip(system.equations, weights.tolist(), strict=True):
        terms = {}
        for monomial, coefficient in f.terms():
            key = tuple(int(e) for e in monomial)
            shift = sum(e * int(x) for e, x in zip(key, exponents.tolist(), strict=False)) - weight
            terms[key] = coefficient * _power_of_two(shift)
        equations.append(ring.from_dict(terms))
    return Scaled(system.with_equations(equations), exponents)


def _power_of_two(exponent: int) -> fmpq:
    value = Fraction(2) ** exponent
    return fmpq(value.numerator, value.denominator)


def _is_constant(f: fmpq_mpoly, n: int) -> bool:
    """Whether no unknown occurs; the imaginary unit, last in the ring, does not count."""
    return all(int(d) == 0 for d in f.degrees()[:n])
