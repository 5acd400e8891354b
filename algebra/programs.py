"""Straight-line programs: polynomial systems as short lists of additions and multiplications.

The gradient of a deep linear network is a product of matrices; expanded, it has many times more
terms than the product has operations. A program keeps the short form: numerical engines evaluate
it, exact ones expand it and compare.

Registers are numbered: variables first, then parameters, then exact constants, then one register
per operation. An operation reads two earlier registers.
"""

from __future__ import annotations

import functools
import html
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from numpy.typing import NDArray

from algebra.errors import InputError

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

T = TypeVar("T")

ADD, SUB, MUL = 0, 1, 2
_SIGNS = ("+", "-", "*")


class GaussianRational(NamedTuple):
    """The exact number real + imaginary·i."""

    real: fmpq
    imaginary: fmpq

    def __complex__(self) -> complex:
        return complex(
            float(Fraction(int(self.real.p), int(self.real.q))),
            float(Fraction(int(self.imaginary.p), int(self.imaginary.q))),
        )


ZERO = GaussianRational(fmpq(0), fmpq(0))
ONE = GaussianRational(fmpq(1), fmpq(0))


@dataclass(frozen=True, eq=False)
class StraightLineProgram:
    """A list of operations on registers that computes polynomials.

    Attributes
    ----------
    variables, parameters : tuple of str
        Names of registers 0 … n-1 and n … n+p-1.
    constants : tuple of GaussianRational
        Exact values of registers n+p … n+p+c-1.
    operations : int32 array, shape (k, 3)
        Row j is (opcode, a, b) and fills register n+p+c+j with `a op b`; `ADD, SUB, MUL = 0, 1, 2`
        and a, b are smaller than n+p+c+j.
    outputs : int32 array, shape (e,)
        Registers that hold the e equations.
    """

    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    constants: tuple[GaussianRational, ...]
    operations: NDArray[np.int32]
    outputs: NDArray[np.int32]

    @classmethod
    def from_system(cls, system: PolynomialSystem) -> StraightLineProgram:
        """Sum of coefficient times monomial; monomials share divisors along chains."""
        return _program_of_system(system)

    @property
    def input_count(self) -> int:
        """Number of registers before the first operation."""
        return len(self.variables) + len(self.parameters) + len(self.constants)

    @property
    def register_count(self) -> int:
        """Number of registers in all."""
        return self.input_count + len(self.operations)

    @functools.cached_property
    def constant_values(self) -> NDArray[np.complex128]:
        """The constants rounded to complex128, shape (c,)."""
        return np.array([complex(c) for c in self.constants], dtype=np.complex128)

    def execute(self, inputs: Sequence[T], constants: Sequence[T]) -> list[T]:
        """Run the program over any ring.

        Parameters
        ----------
        inputs : sequence of ring elements
            Values of the variables, then of the parameters.
        constants : sequence of ring elements
            Images of `self.constants` in the ring.

        Returns
        -------
        list of ring elements, one per output.
        """
        if len(inputs) + len(constants) != self.input_count:
            raise InputError(
                f"{len(inputs)} inputs and {len(constants)} constants: expected "
                f"{self.input_count - len(self.constants)} and {len(self.constants)}"
            )
        registers: list[Any] = [*inputs, *constants]
        apply: tuple[Callable[[Any, Any], Any], ...] = (operator.add, operator.sub, operator.mul)
        for opcode, a, b in self.operations.tolist():
            registers.append(apply[opcode](registers[a], registers[b]))
        return [registers[i] for i in self.outputs.tolist()]

    def evaluate(self, points: Any, parameters: Any = ()) -> NDArray[np.complex128]:
        """Values of the outputs in complex128.

        Parameters
        ----------
        points : array_like
            Shape (n,) or (k, n).
        parameters : array_like
            Shape (p,), or (k, p) with one row per point.

        Returns
        -------
        ndarray of complex128, shape (e,) or (k, e).
        """
        x = np.asarray(points, dtype=np.complex128)
        q = np.asarray(parameters, dtype=np.complex128)
        single = x.ndim == 1 and q.ndim <= 1
        x, q = np.atleast_2d(x), np.atleast_2d(q)
        if x.shape[1] != len(self.variables) or q.shape[1] != len(self.parameters):
            raise InputError(
                f"points of length {x.shape[1]} and parameters of length {q.shape[1]}: expected "
                f"{len(self.variables)} and {len(self.parameters)}"
            )
        count = max(len(x), len(q))
        if len(x) not in (1, count) or len(q) not in (1, count):
            raise InputError(
                f"{len(x)} points and {len(q)} rows of parameters: expected equal numbers, or one"
            )
        columns = [np.broadcast_to(c, count) for c in (*x.T, *q.T, *self.constant_values)]
        values = self.execute(
            columns[: x.shape[1] + q.shape[1]], columns[x.shape[1] + q.shape[1] :]
        )
        out = np.stack(values, axis=1) if values else np.zeros((count, 0), np.complex128)
        return out[0] if single else out

    def expand(self, ring: fmpq_mpoly_ctx) -> tuple[fmpq_mpoly, ...]:
        """The equations as expanded polynomials of `ring`.

        The ring's generators must contain the variables and parameters by name, and `I` (reduced
        modulo I² + 1) if a constant is not real.
        """
        from algebra.systems import IMAGINARY_UNIT, reduce_imaginary

        names = ring.names()
        missing = [v for v in (*self.variables, *self.parameters) if v not in names]
        complex_constants = any(c.imaginary != 0 for c in self.constants)
        if complex_constants and IMAGINARY_UNIT not in names:
            missing.append(IMAGINARY_UNIT)
        if missing:
            raise InputError(
                f"the ring Q[{', '.join(names)}] has no generator {', '.join(missing)}"
            )
        inputs = [ring.gen(names.index(v)) for v in (*self.variables, *self.parameters)]
        constants = [ring.constant(c.real) for c in self.constants]
        if complex_constants:
            unit = ring.gen(names.index(IMAGINARY_UNIT))
            constants = [
                k + unit * c.imaginary for k, c in zip(constants, self.constants, strict=True)
            ]
        values = self.execute(inputs, constants)
        if complex_constants:
            values = [reduce_imaginary(f) for f in values]
        return tuple(values)

    def specialise(
        self, values: Mapping[str, GaussianRational | fmpq | int]
    ) -> StraightLineProgram:
        """The program with exact constants in place of some or all parameters."""
        unknown = set(values) - set(self.parameters)
        if unknown:
            raise InputError(f"{', '.join(sorted(unknown))}: not among the program's parameters")
        left = tuple(p for p in self.parameters if p not in values)
        builder = ProgramBuilder(self.variables, left)
        inputs = [builder.input(v) for v in self.variables] + [
            builder.constant(values[p]) if p in values else builder.input(p)
            for p in self.parameters
        ]
        constants = [builder.constant(c) for c in self.constants]
        return builder.build(self.execute(inputs, constants))

    def to_dict(self) -> dict[str, Any]:
        """Plain data: names, exact constants as pairs of strings, operations, outputs."""
        return {
            "variables": list(self.variables),
            "parameters": list(self.parameters),
            "constants": [[str(c.real), str(c.imaginary)] for c in self.constants],
            "operations": self.operations.tolist(),
            "outputs": self.outputs.tolist(),
        }

    def __repr__(self) -> str:
        return (
            f"StraightLineProgram({len(self.outputs)} outputs, {len(self.variables)} variables, "
            f"{len(self.parameters)} parameters, {len(self.operations)} operations)"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>r{self.input_count + j}</td><td>r{a} {_SIGNS[op]} r{b}</td></tr>"
            for j, (op, a, b) in enumerate(self.operations[:50].tolist())
        )
        return f"<table><caption>{html.escape(repr(self))}</caption>{rows}</table>"


@dataclass(frozen=True, slots=True)
class Node:
    """A value inside a `ProgramBuilder`; `+`, `-`, `*` record operations."""

    builder: ProgramBuilder
    index: int

    def __add__(self, other: Node) -> Node:
        return self.builder.add(self, other)

    def __sub__(self, other: Node) -> Node:
        return self.builder.sub(self, other)

    def __mul__(self, other: Node) -> Node:
        return self.builder.mul(self, other)


class ProgramBuilder:
    """Records operations; equal subexpressions share a register, constants are folded.

    Examples
    --------
    >>> builder = ProgramBuilder(("x", "y"))
    >>> x, y = builder.input("x"), builder.input("y")
    >>> builder.build([(x + y) * (y + x), builder.constant(1)])
    StraightLineProgram(2 outputs, 2 variables, 0 parameters, 2 operations)
    """

    def __init__(self, variables: Sequence[str], parameters: Sequence[str] = ()) -> None:
        self.variables, self.parameters = tuple(variables), tuple(parameters)
        names = self.variables + self.parameters
        if len(set(names)) != len(names):
            raise InputError("repeated names among a program's variables and parameters")
        # A node is ("input", k), ("constant", value) or (opcode, a, b) with node indices a, b.
        self._nodes: list[tuple[Any, ...]] = [("input", k) for k in range(len(names))]
        self._known: dict[tuple[Any, ...], int] = {key: i for i, key in enumerate(self._nodes)}
        self._names = {name: i for i, name in enumerate(names)}

    def input(self, name: str) -> Node:
        """The variable or parameter called `name`."""
        return Node(self, self._names[name])

    def constant(self, value: GaussianRational | fmpq | int) -> Node:
        """An exact constant."""
        if not isinstance(value, GaussianRational):
            value = GaussianRational(fmpq(value), fmpq(0))
        return self._node(("constant", value))

    def add(self, a: Node, b: Node) -> Node:
        """`a + b`."""
        p, q = self._value(a), self._value(b)
        if p is not None and q is not None:
            return self.constant(GaussianRational(p.real + q.real, p.imaginary + q.imaginary))
        if p == ZERO:
            return b
        if q == ZERO:
            return a
        return self._node((ADD, min(a.index, b.index), max(a.index, b.index)))

    def sub(self, a: Node, b: Node) -> Node:
        """`a - b`."""
        p, q = self._value(a), self._value(b)
        if p is not None and q is not None:
            return self.constant(GaussianRational(p.real - q.real, p.imaginary - q.imaginary))
        if q == ZERO:
            return a
        if a.index == b.index:
            return self.constant(0)
        return self._node((SUB, a.index, b.index))

    def mul(self, a: Node, b: Node) -> Node:
        """`a * b`."""
        p, q = self._value(a), self._value(b)
        if p is not None and q is not None:
            return self.constant(
                GaussianRational(
                    p.real * q.real - p.imaginary * q.imaginary,
                    p.real * q.imaginary + p.imaginary * q.real,
                )
            )
        if ZERO in (p, q):
            return self.constant(0)
        if p == ONE:
            return b
        if q == ONE:
            return a
        return self._node((MUL, min(a.index, b.index), max(a.index, b.index)))

    def sum(self, terms: Iterable[Node]) -> Node:
        """Sum from left to right; the empty sum is 0."""
        total = self.constant(0)
        for term in terms:
            total = self.add(total, term)
        return total

    def build(self, outputs: Sequence[Node]) -> StraightLineProgram:
        """The program for these outputs; operations and constants they do not need are dropped."""
        needed = self._needed([node.index for node in outputs])
        constants = [i for i in needed if self._nodes[i][0] == "constant"]
        operations = [i for i in needed if self._nodes[i][0] in (ADD, SUB, MUL)]
        inputs = len(self.variables) + len(self.parameters)
        register = {i: i for i in range(inputs)}
        register.update({i: inputs + k for k, i in enumerate(constants + operations)})
        rows = [(op, register[a], register[b]) for op, a, b in (self._nodes[i] for i in operations)]
        return StraightLineProgram(
            self.variables,
            self.parameters,
            tuple(self._nodes[i][1] for i in constants),
            np.array(rows, dtype=np.int32).reshape(len(rows), 3),
            np.array([register[node.index] for node in outputs], dtype=np.int32),
        )

    def _node(self, key: tuple[Any, ...]) -> Node:
        index = self._known.setdefault(key, len(self._nodes))
        if index == len(self._nodes):
            self._nodes.append(key)
        return Node(self, index)

    def _value(self, node: Node) -> GaussianRational | None:
        key = self._nodes[node.index]
        return key[1] if key[0] == "constant" else None

    def _needed(self, roots: Iterable[int]) -> list[int]:
        needed = set(roots)
        # Operands precede their operation, so one pass backwards reaches everything.
        for i in range(len(self._nodes) - 1, -1, -1):
            if i in needed and self._nodes[i][0] in (ADD, SUB, MUL):
                needed.update(self._nodes[i][1:])
        return sorted(needed)


def _program_of_system(system: PolynomialSystem) -> StraightLineProgram:
    """Each equation as Σ coefficient·monomial, coefficients being sums over the parameters."""
    names = system.variables + system.parameters
    builder = ProgramBuilder(system.variables, system.parameters)
    monomial = _MonomialChains(builder, [builder.input(v) for v in names])
    split, n = len(system.variables), len(names)
    outputs = []
    for equation in system.equations:
        # {variable part: {parameter part: coefficient}}
        grouped: dict[tuple[int, ...], dict[tuple[int, ...], GaussianRational]] = {}
        for exponents, coefficient in equation.terms():
            key = tuple(int(e) for e in exponents)
            value = _times_unit_power(coefficient, key[n] if system.imaginary else 0)
            inner = grouped.setdefault(key[:split] + (0,) * (n - split), {})
            part = (0,) * split + key[split:n]
            old = inner.get(part, ZERO)
            inner[part] = GaussianRational(old.real + value.real, old.imaginary + value.imaginary)
        total = builder.constant(0)
        for exponents, inner in grouped.items():
            factor = builder.constant(0)
            for part, value in inner.items():
                factor = _add_term(builder, factor, value, monomial(part))
            total = _add_product(builder, total, factor, monomial(exponents))
        outputs.append(total)
    return builder.build(outputs)


def _times_unit_power(coefficient: fmpq, power: int) -> GaussianRational:
    """coefficient·i^power."""
    signed = -coefficient if power % 4 >= 2 else coefficient
    return GaussianRational(fmpq(0), signed) if power % 2 else GaussianRational(signed, fmpq(0))


def _add_term(
    builder: ProgramBuilder, total: Node, coefficient: GaussianRational, factor: Node
) -> Node:
    if coefficient == (-1, 0):
        return builder.sub(total, factor)
    return builder.add(total, builder.mul(builder.constant(coefficient), factor))


def _add_product(builder: ProgramBuilder, total: Node, coefficient: Node, factor: Node) -> Node:
    value = builder._value(coefficient)
    if value is not None:
        return _add_term(builder, total, value, factor)
    return builder.add(total, builder.mul(coefficient, factor))


class _MonomialChains:
    """Monomials as products of earlier ones: a divisor times one variable where there is one."""

    def __init__(self, builder: ProgramBuilder, inputs: Sequence[Node]) -> None:
        self.builder, self.inputs = builder, inputs
        self.known: dict[tuple[int, ...], Node] = {(0,) * len(inputs): builder.constant(1)}
        for k, node in enumerate(inputs):
            self.known[(0,) * k + (1,) + (0,) * (len(inputs) - k - 1)] = node

    def __call__(self, exponents: tuple[int, ...]) -> Node:
        node = self.known.get(exponents)
        if node is None:
            first, second = self._split(exponents)
            node = self.known[exponents] = self.builder.mul(self(first), self(second))
        return node

    def _split(self, exponents: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        present = [k for k, e in enumerate(exponents) if e]
        for k in present:
            smaller = (*exponents[:k], exponents[k] - 1, *exponents[k + 1 :])
            if smaller in self.known:
                return smaller, self._power(k, 1)
        if len(present) > 1:
            last = present[-1]
            return (
                exponents[:last] + (0,) * (len(exponents) - last),
                self._power(last, exponents[last]),
            )
        # A pure power: halve the exponent, so that a chain has logarithmic length.
        (k,) = present
        half = exponents[k] // 2
        return self._power(k, half), self._power(k, exponents[k] - half)

    def _power(self, k: int, exponent: int) -> tuple[int, ...]:
        return (0,) * k + (exponent,) + (0,) * (len(self.inputs) - k - 1)
