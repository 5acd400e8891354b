"""Rigorous values of a system and its Jacobian: one exact program, run in ball arithmetic.

The program is exact (`algebra.programs`); its Jacobian is obtained by forward differentiation of
that program, so values and derivatives share subexpressions. Run over Arb's complex balls it
encloses F(X) and {J(x) : x ∈ X}; run over complex128 columns it proposes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import acb, arb, ctx
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.programs import (
    ADD,
    MUL,
    SUB,
    Node,
    ProgramBuilder,
    StraightLineProgram,
)
from algebra.systems import PolynomialSystem

ComplexArray = NDArray[np.complex128]


def exact_program(system: PolynomialSystem) -> StraightLineProgram:
    """A program that computes exactly the system's equations.

    A product form is used only after expanding it and comparing: certificates speak about
    the equations.

    Raises
    ------
    InputError
        The program attached to the system computes something else.
    """
    if system.program is None:
        return StraightLineProgram.from_system(system)
    if tuple(system.program.expand(system.ring)) != system.equations:
        raise InputError(
            f"the program attached to {system!r} does not expand to its equations: "
            "remove it or correct it"
        )
    return system.program


def with_jacobian(program: StraightLineProgram) -> StraightLineProgram:
    """The program whose outputs are F_1 … F_e, then ∂F_i/∂x_j row by row.

    Forward differentiation; derivatives that vanish identically cost nothing.
    """
    builder = ProgramBuilder(program.variables, program.parameters)
    names = (*program.variables, *program.parameters)
    registers = [builder.input(name) for name in names]
    registers += [builder.constant(c) for c in program.constants]
    one = builder.constant(1)
    # Per register: {variable index: derivative}; absent means identically zero.
    gradients: list[dict[int, Node]] = [{} for _ in registers]
    for j in range(len(program.variables)):
        gradients[j] = {j: one}
    for opcode, a, b in program.operations.tolist():
        registers.append(_apply(builder, opcode, registers[a], registers[b]))
        gradients.append(
            _derivative(builder, opcode, registers[a], registers[b], gradients[a], gradients[b])
        )
    zero = builder.constant(0)
    outputs = [registers[i] for i in program.outputs.tolist()]
    for i in program.outputs.tolist():
        outputs += [gradients[i].get(j, zero) for j in range(len(program.variables))]
    return builder.build(outputs)


def _apply(builder: ProgramBuilder, opcode: int, a: Node, b: Node) -> Node:
    return {ADD: builder.add, SUB: builder.sub, MUL: builder.mul}[opcode](a, b)


def _derivative(
    builder: ProgramBuilder,
    opcode: int,
    a: Node,
    b: Node,
    a_gradient: dict[int, Node],
    b_gradient: dict[int, Node],
) -> dict[int, Node]:
    """Sum and product rule for `a op b`."""
    zero = builder.constant(0)
    gradient = {}
    for j in sorted({*a_gradient, *b_gradient}):
        da, db = a_gradient.get(j, zero), b_gradient.get(j, zero)
        if opcode == MUL:
            gradient[j] = builder.add(builder.mul(da, b), builder.mul(a, db))
        else:
            gradient[j] = _apply(builder, opcode, da, db)
    return gradient


@dataclass(frozen=True, eq=False)
class Enclosure:
    """Evaluation of a square system and its Jacobian over balls, and over complex128.

    Attributes
    ----------
    values : StraightLineProgram
        Computes F.
    values_and_jacobian : StraightLineProgram
        Computes F, then the Jacobian row by row.
    """

    values: StraightLineProgram
    values_and_jacobian: StraightLineProgram
    _balls: dict[tuple[int, int], list[acb]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, system: PolynomialSystem) -> Enclosure:
        """For a square system with exact coefficients and no free parameters."""
        system.require_square()
        system.require_specialised()
        program = exact_program(system)
        return cls(program, with_jacobian(program))

    @property
    def n(self) -> int:
        """Number of unknowns."""
        return len(self.values.variables)

    @functools.cached_property
    def is_real(self) -> bool:
        """Whether every coefficient is real: conjugates of zeros are zeros."""
        return all(c.imaginary == 0 for c in self.values.constants)

    def ball_values(self, x: Sequence[acb]) -> list[acb]:
        """Enclosure of F on the product of balls x, at flint's current precision."""
        return self.values.execute(x, self._ball_constants(self.values))

    def ball_jacobian(self, x: Sequence[acb]) -> list[list[acb]]:
        """Enclosure of all Jacobians on the product of balls x: rows of n balls."""
        program = self.values_and_jacobian
        flat = program.execute(x, self._ball_constants(program))[self.n :]
        return [[acb(v) for v in flat[i * self.n : (i + 1) * self.n]] for i in range(self.n)]

    def float_values_and_jacobian(self, points: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """F (k, n) and J (k, n, n) in complex128 at points (k, n); not rigorous."""
        flat: Any = self.values_and_jacobian.evaluate(points)
        k = len(points)
        return flat[:, : self.n], flat[:, self.n :].reshape(k, self.n, self.n)

    def _ball_constants(self, program: StraightLineProgram) -> list[acb]:
        key = (id(program), ctx.prec)
        if key not in self._balls:
            # arb(fmpq) rounds at the current precision and keeps the rounding in the radius.
            self._balls[key] = [acb(arb(c.real), arb(c.imaginary)) for c in program.constants]
        return self._balls[key]
