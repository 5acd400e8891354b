"""Slices: F(x) + Λ·L(x) = 0, where L are random linear forms and Λ random constants.

Where L_1 … L_k vanish, the square system F + Λ_k·L_(1…k) has the points that F = 0 has in common
with the linear space L_1 = … = L_k = 0: finitely many on every component of dimension k. Its other
zeros, where the slack L does not vanish, are regular, and lead to the next lower dimension when
Λ's last column shrinks to 0 (A. J. Sommese, J. Verschelde, J. Complexity 16 (2000), 572-602; their
slack variables z are eliminated here by z = −L, so that no unknowns are added).

All that is ever tracked has the form F(x) + B·(1, x): one tape, whose parameters B move linearly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.programs import ProgramBuilder, StraightLineProgram
from algebra.systems import IMAGINARY_UNIT, PolynomialSystem, polynomial_ring
from homotopy.homotopies import Homotopy
from homotopy.scaling import natural_sizes
from homotopy.tape import Tape

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]

#: Random constants are Gaussian integers over this: products of two stay exact in doubles.
GRID = 64


@dataclass(frozen=True, eq=False)
class Slicing:
    """A square system F and the tape of F(x) + B·(1, x).

    Attributes
    ----------
    system : PolynomialSystem
        F: n equations in n unknowns, zero equations allowed.
    slack : complex128 array, shape (n, n)
        Column k multiplies the slack of slice k; dyadic.
    forms : complex128 array, shape (n, n + 1)
        Row k holds the constant and the coefficients of L_(k+1); dyadic.
    unknowns : float64 array, shape (n,)
        Sizes of the unknowns that the forms expect, powers of two.
    tape : Tape
        Parameters: B row by row, shape (n, n + 1).
    """

    system: PolynomialSystem
    slack: ComplexArray
    forms: ComplexArray
    unknowns: FloatArray
    tape: Tape

    @classmethod
    def of(cls, system: PolynomialSystem, *, seed: int = 0) -> Slicing:
        """Slices of a square system with constants drawn from `seed`."""
        n = len(system.variables)
        generator = np.random.default_rng([seed, 17])
        sizes = natural_sizes(system.supports, system.coefficients)
        unknowns = np.ldexp(1.0, np.rint(sizes.unknowns / np.log(2.0)).astype(int))
        equations = np.ldexp(1.0, np.rint(sizes.equations / np.log(2.0)).astype(int))
        return cls(
            system,
            _on_the_grid(generator, (n, n)) * equations[:, None],
            _on_the_grid(generator, (n, n + 1)) / np.concatenate([[1.0], unknowns]),
            unknowns,
            _tape(system),
        )

    @property
    def n(self) -> int:
        """Number of unknowns."""
        return len(self.system.variables)

    def moved(self, generator: np.random.Generator, k: int) -> ComplexArray:
        """Other random forms, shape (k, n + 1)."""
        return _on_the_grid(generator, (k, self.n + 1)) / np.concatenate([[1.0], self.unknowns])

    def through(self, generator: np.random.Generator, k: int, point: ComplexArray) -> ComplexArray:
        """Random forms that vanish at `point`, shape (k, n + 1)."""
        forms = self.moved(generator, k)
        forms[:, 0] = -forms[:, 1:] @ point
        return forms

    def matrix(self, forms: ComplexArray) -> ComplexArray:
        """B = Λ·L for the first slices' slacks, shape (n, n + 1)."""
        product: ComplexArray = self.slack[:, : len(forms)] @ forms
        return product

    def homotopy(
        self, start: ComplexArray, target: ComplexArray, *, generic: bool = False
    ) -> Homotopy:
        """F + B·(1, x) with B from `start` to `target`."""
        return Homotopy.linear(self.tape, start.ravel(), target.ravel(), generic=generic)

    def level(self, k: int) -> PolynomialSystem:
        """The exact system F + Λ·L with k slices, over Q(i)."""
        n = self.n
        system = self.system
        ring = polynomial_ring((*system.variables, IMAGINARY_UNIT))
        generators = [ring.gen(i) for i in range(n + 1)]
        matrix = self.matrix(self.forms[:k])
        equations = []
        for i, f in enumerate(system.equations):
            total = f if system.imaginary else f.compose(*generators[:n], ctx=ring)
            for m in range(n + 1):
                value = complex(matrix[i, m])
                factor = _rational(value.real) + generators[n] * _rational(value.imag)
                total += factor if m == 0 else factor * generators[m - 1]
            equations.append(total)
        return PolynomialSystem(system.variables, tuple(equations), (), True)

    def slack_sizes(self, points: ComplexArray, forms: ComplexArray) -> FloatArray:
        """Largest |L_j(x)| relative to the sizes of its terms, per point of shape (k, n)."""
        if not len(points) or not len(forms):
            return np.zeros(len(points))
        values = np.abs(forms[:, 0] + points @ forms[:, 1:].T)
        sizes = np.abs(forms[:, 0]) + np.abs(points) @ np.abs(forms[:, 1:]).T
        return np.asarray(np.max(values / sizes, axis=1))


def _tape(system: PolynomialSystem) -> Tape:
    n = len(system.variables)
    names = [[f"<{i},{m}>" for m in range(n + 1)] for i in range(n)]
    program = system.program or StraightLineProgram.from_system(system)
    builder = ProgramBuilder(system.variables, [b for row in names for b in row])
    x = [builder.input(v) for v in system.variables]
    values = program.execute(x, [builder.constant(c) for c in program.constants])
    outputs = []
    for f, row in zip(values, names, strict=True):
        total = f + builder.input(row[0])
        for m in range(n):
            total = total + builder.input(row[m + 1]) * x[m]
        outputs.append(total)
    return Tape.from_program(builder.build(outputs))


def _on_the_grid(generator: np.random.Generator, shape: tuple[int, ...]) -> ComplexArray:
    """Complex numbers of moduli in [1/2, 1], rounded to the grid."""
    moduli = generator.uniform(0.5, 1.0, shape)
    values = moduli * np.exp(2j * np.pi * generator.random(shape))
    return np.asarray(np.rint(values * GRID) / GRID, dtype=np.complex128)


def _rational(value: float) -> fmpq:
    numerator, denominator = value.as_integer_ratio()
    return fmpq(numerator, denominator)
