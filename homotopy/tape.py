"""Tapes: a square system and its Jacobian as one list of fused operations on registers.

A tape is what the kernels interpret: registers are variables, parameters, constants, then one
register per operation. The operations come in three consecutive sections,

1. those that depend on parameters only (run when t changes),
2. those that the values need,
3. those that only the Jacobian needs,

so that a residual costs sections 1-2 and a Newton step 2-3. The Jacobian is derived here once,
symbolically and with shared subexpressions; nothing is compiled per system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra import programs
from algebra.programs import StraightLineProgram
from homotopy.errors import ShapeError
from homotopy.kernels.workspace import TapeArrays

ComplexArray = NDArray[np.complex128]
IndexArray = NDArray[np.uint32]

#: Opcodes: a+b, a-b, a·b, a·b+c, c-a·b.
ADD, SUB, MUL, MULADD, MULSUB = 0, 1, 2, 3, 4

Key = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Tape:
    """A polynomial system with parameters, ready for the kernels.

    Attributes
    ----------
    variable_count, parameter_count, output_count : int
    arrays : TapeArrays
    """

    variable_count: int
    parameter_count: int
    output_count: int
    arrays: TapeArrays = field(repr=False)

    @classmethod
    def from_supports(cls, supports: Sequence[NDArray[np.int64]]) -> Tape:
        """Equations Σ_k p_k·x^(a_k) whose coefficients are the parameters.

        Parameters are numbered equation by equation, term by term, in the order of `supports`
        (n int64 arrays of shapes (m_i, n)).
        """
        if not supports:
            raise ShapeError("no equations: expected at least one support")
        n = int(supports[0].shape[1])
        builder = TapeBuilder(n, sum(len(a) for a in supports))
        monomials = _Monomials(builder, n)
        rows = [[tuple(int(e) for e in exponents) for exponents in a] for a in supports]
        outputs: list[int] = []
        parameter = 0
        for terms in rows:
            total = builder.constant(0)
            for exponents in terms:
                term = builder.mul(builder.parameter(parameter), monomials(exponents))
                total = builder.add(total, term)
                parameter += 1
            outputs.append(total)
        jacobian: dict[tuple[int, int], int] = {}
        parameter = 0
        for i, terms in enumerate(rows):
            for exponents in terms:
                for j in range(n):
                    if exponents[j]:
                        lower = (*exponents[:j], exponents[j] - 1, *exponents[j + 1 :])
                        factor = builder.mul(
                            builder.constant(exponents[j]), builder.parameter(parameter)
                        )
                        entry = builder.mul(factor, monomials(lower))
                        old = jacobian.get((i, j), builder.constant(0))
                        jacobian[i, j] = builder.add(old, entry)
                parameter += 1
        return builder.build(outputs, jacobian)

    @classmethod
    def from_program(cls, program: StraightLineProgram) -> Tape:
        """The equations of a straight-line program; its parameters stay parameters."""
        n, p = len(program.variables), len(program.parameters)
        builder = TapeBuilder(n, p)
        nodes = [builder.variable(i) for i in range(n)]
        nodes += [builder.parameter(i) for i in range(p)]
        nodes += [builder.constant(complex(c)) for c in program.constants]
        apply = {programs.ADD: builder.add, programs.SUB: builder.sub, programs.MUL: builder.mul}
        for opcode, a, b in program.operations.tolist():
            nodes.append(apply[opcode](nodes[a], nodes[b]))
        outputs = [nodes[i] for i in program.outputs.tolist()]
        return builder.build(outputs, builder.derivatives(outputs))

    @property
    def operation_count(self) -> int:
        """Number of operations for values and Jacobian."""
        return len(self.arrays.operations)

    def evaluate(self, points: Any, parameters: Any) -> ComplexArray:
        """Values at points (n,) or (k, n) with parameters (P,) or (k, P); slow, for Python use."""
        registers, single = self._execute(points, parameters)
        values = np.stack([registers[i] for i in self.arrays.outputs.tolist()], axis=-1)
        return values[0] if single else values

    def jacobian(self, points: Any, parameters: Any) -> ComplexArray:
        """Jacobians at points (n,) or (k, n), shape (…, equations, n); slow, for Python use."""
        registers, single = self._execute(points, parameters)
        shape = (len(registers[0]), self.output_count, self.variable_count)
        out = np.zeros(shape, dtype=np.complex128)
        for i, j, register in self.arrays.jacobian.tolist():
            out[:, i, j] = registers[register]
        return out[0] if single else out

    def _execute(self, points: Any, parameters: Any) -> tuple[list[ComplexArray], bool]:
        x = np.asarray(points, dtype=np.complex128)
        q = np.asarray(parameters, dtype=np.complex128)
        single = x.ndim == 1 and q.ndim == 1
        x, q = np.atleast_2d(x), np.atleast_2d(q)
        if x.shape[1] != self.variable_count or q.shape[1] != self.parameter_count:
            raise ShapeError(
                f"points of length {x.shape[1]} and {q.shape[1]} parameters: expected "
                f"{self.variable_count} and {self.parameter_count}"
            )
        count = max(len(x), len(q))
        inputs = (*x.T, *q.T, *self.arrays.constants)
        r = [np.broadcast_to(np.asarray(column, np.complex128), count) for column in inputs]
        for opcode, a, b, c in self.arrays.operations.tolist():
            if opcode == ADD:
                r.append(r[a] + r[b])
            elif opcode == SUB:
                r.append(r[a] - r[b])
            elif opcode == MUL:
                r.append(r[a] * r[b])
            elif opcode == MULADD:
                r.append(r[a] * r[b] + r[c])
            else:
                r.append(r[c] - r[a] * r[b])
        return r, single

    def __repr__(self) -> str:
        return (
            f"Tape({self.output_count} equations, {self.variable_count} variables, "
            f"{self.parameter_count} parameters, {self.operation_count} operations)"
        )


class TapeBuilder:
    """Records operations with shared subexpressions, differentiates them, lays out the registers.

    Nodes are integers; a node's key is ("v", i), ("p", i), ("c", value) or (opcode, a, b).
    """

    def __init__(self, variables: int, parameters: int) -> None:
        self.variables, self.parameters = variables, parameters
        self._keys: list[Key] = []
        self._known: dict[Key, int] = {}
        self._gradient: dict[int, dict[int, int]] = {}
        for i in range(variables):
            self._node(("v", i))
        for i in range(parameters):
            self._node(("p", i))

    def variable(self, i: int) -> int:
        """Node of variable i."""
        return i

    def parameter(self, i: int) -> int:
        """Node of parameter i."""
        return self.variables + i

    def constant(self, value: complex) -> int:
        """Node of a constant."""
        return self._node(("c", complex(value)))

    def add(self, a: int, b: int) -> int:
        """`a + b`."""
        p, q = self._value(a), self._value(b)
        if p is not None and q is not None:
            return self.constant(p + q)
        if p == 0:
            return b
        if q == 0:
            return a
        return self._node((ADD, a, b))

    def sub(self, a: int, b: int) -> int:
        """`a - b`."""
        p, q = self._value(a), self._value(b)
        if p is not None and q is not None:
            return self.constant(p - q)
        if q == 0:
            return a
        return self.constant(0) if a == b else self._node((SUB, a, b))

    def mul(self, a: int, b: int) -> int:
        """`a · b`."""
        p, q = self._value(a), self._value(b)
        if p is not None and q is not None:
            return self.constant(p * q)
        if p == 0 or q == 0:
            return self.constant(0)
        if p == 1:
            return b
        if q == 1:
            return a
        return self._node((MUL, min(a, b), max(a, b)))

    def derivatives(self, outputs: Sequence[int]) -> dict[tuple[int, int], int]:
        """Nonzero entries (equation, variable) of the Jacobian, by forward differentiation."""
        # Later nodes only depend on earlier ones, so ascending order never recurses.
        for node in self._needed(outputs):
            self._gradient[node] = self._differentiate(node)
        return {
            (i, j): entry
            for i, node in enumerate(outputs)
            for j, entry in self._gradient[node].items()
        }

    def _differentiate(self, node: int) -> dict[int, int]:
        key = self._keys[node]
        if key[0] == "v":
            return {key[1]: self.constant(1)}
        if key[0] in ("p", "c"):
            return {}
        opcode, a, b = key
        left, right = self._gradient[a], self._gradient[b]
        zero = self.constant(0)
        out: dict[int, int] = {}
        for j in sorted({*left, *right}):
            da, db = left.get(j, zero), right.get(j, zero)
            if opcode == ADD:
                entry = self.add(da, db)
            elif opcode == SUB:
                entry = self.sub(da, db)
            else:
                entry = self.add(self.mul(da, b), self.mul(a, db))
            if self._value(entry) != 0:
                out[j] = entry
        return out

    def build(self, outputs: Sequence[int], jacobian: dict[tuple[int, int], int]) -> Tape:
        """Lay out registers and sections; unused operations are dropped."""
        entries = {k: v for k, v in jacobian.items() if self._value(v) != 0}
        roots = [*outputs, *entries.values()]
        needed = self._needed(roots)
        section = self._sections(needed, set(self._needed(outputs)))
        fused = self._fusions(needed, section, roots)
        constants = [i for i in needed if self._keys[i][0] == "c"]
        products = set(fused.values())
        level = self._levels(needed, fused)
        # Level by level, equal opcodes together: neighbours are independent of one another and
        # the interpreter's branches are foreseeable, which halves the time of a pass.
        order = sorted(
            (i for i in needed if isinstance(self._keys[i][0], int) and i not in products),
            key=lambda i: (section[i], level[i], self._opcode(i, fused), i),
        )
        first = self.variables + self.parameters + len(constants)
        register = {i: i for i in range(self.variables + self.parameters)}
        register |= {i: self.variables + self.parameters + k for k, i in enumerate(constants)}
        register |= {i: first + k for k, i in enumerate(order)}
        rows = [self._row(i, fused, register) for i in order]
        ends = np.cumsum([sum(section[i] == s for i in order) for s in range(3)])
        marks = [self.variables, self.parameters, first, *ends.tolist(), first + len(order)]
        arrays = TapeArrays(
            np.array(rows, dtype=np.uint32).reshape(len(rows), 4),
            np.array(marks, dtype=np.int64),
            np.array([self._keys[i][1] for i in constants], dtype=np.complex128),
            np.array([register[i] for i in outputs], dtype=np.uint32),
            np.array(
                [(i, j, register[node]) for (i, j), node in sorted(entries.items())],
                dtype=np.uint32,
            ).reshape(len(entries), 3),
        )
        return Tape(self.variables, self.parameters, len(outputs), arrays)

    def _levels(self, needed: list[int], fused: dict[int, int]) -> dict[int, int]:
        """Longest chain of operations below each node; a fused product and its sum are one."""
        products = set(fused.values())
        level: dict[int, int] = {}
        for i in needed:
            key = self._keys[i]
            if isinstance(key[0], int):
                below = max(level[key[1]], level[key[2]])
                level[i] = below if i in products else below + 1
            else:
                level[i] = 0
        return level

    def _opcode(self, node: int, fused: dict[int, int]) -> int:
        opcode = int(self._keys[node][0])
        if node not in fused:
            return opcode
        return MULADD if opcode == ADD else MULSUB

    def _row(
        self, node: int, fused: dict[int, int], register: dict[int, int]
    ) -> tuple[int, int, int, int]:
        opcode, a, b = self._keys[node]
        if node not in fused:
            return opcode, register[a], register[b], 0
        product = fused[node]
        _, p, q = self._keys[product]
        other = a if b == product else b
        return self._opcode(node, fused), register[p], register[q], register[other]

    def _sections(self, needed: list[int], for_values: set[int]) -> dict[int, int]:
        """Section of each node: 0 parameters only, 1 values, 2 Jacobian only."""
        varying: dict[int, bool] = {}
        section: dict[int, int] = {}
        for i in needed:
            key = self._keys[i]
            if isinstance(key[0], int):
                varying[i] = varying[key[1]] or varying[key[2]]
            else:
                varying[i] = key[0] == "v"
            section[i] = 0 if not varying[i] else (1 if i in for_values else 2)
        return section

    def _fusions(
        self, needed: list[int], section: dict[int, int], roots: Sequence[int]
    ) -> dict[int, int]:
        """{sum: product} where a product is used once, by a sum of the same section."""
        uses: dict[int, int] = {}
        for i in needed:
            if isinstance(self._keys[i][0], int):
                for operand in self._keys[i][1:]:
                    uses[operand] = uses.get(operand, 0) + 1
        for root in roots:
            uses[root] = uses.get(root, 0) + 1
        fused: dict[int, int] = {}
        for i in needed:
            opcode, *operands = self._keys[i]
            if opcode == ADD:
                candidates = operands[::-1]
            elif opcode == SUB:
                candidates = operands[1:]
            else:
                continue
            for operand in candidates:
                same = section[operand] == section[i]
                if self._keys[operand][0] == MUL and uses[operand] == 1 and same:
                    fused[i] = operand
                    break
        return fused

    def _needed(self, roots: Sequence[int]) -> list[int]:
        needed = set(roots)
        for i in range(max(needed, default=-1), -1, -1):
            if i in needed and isinstance(self._keys[i][0], int):
                needed.update(self._keys[i][1:])
        return sorted(needed)

    def _node(self, key: Key) -> int:
        index = self._known.setdefault(key, len(self._keys))
        if index == len(self._keys):
            self._keys.append(key)
        return index

    def _value(self, node: int) -> complex | None:
        key = self._keys[node]
        return key[1] if key[0] == "c" else None


class _Monomials:
    """Monomials as products of earlier ones, so that equations and Jacobian share divisors."""

    def __init__(self, builder: TapeBuilder, n: int) -> None:
        self.builder, self.n = builder, n
        self.known: dict[tuple[int, ...], int] = {(0,) * n: builder.constant(1)}
        for j in range(n):
            self.known[(0,) * j + (1,) + (0,) * (n - j - 1)] = builder.variable(j)

    def __call__(self, exponents: tuple[int, ...]) -> int:
        if exponents not in self.known:
            a, b = self._split(exponents)
            self.known[exponents] = self.builder.mul(self(a), self(b))
        return self.known[exponents]

    def _split(self, exponents: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        present = [j for j, e in enumerate(exponents) if e]
        for j in present:
            lower = (*exponents[:j], exponents[j] - 1, *exponents[j + 1 :])
            if lower in self.known:
                return lower, self._power(j, 1)
        last = present[-1]
        if len(present) > 1:
            head = (*exponents[:last], *(0,) * (self.n - last))
            return head, self._power(last, exponents[last])
        # A pure power: halve the exponent, so that chains have logarithmic length.
        half = exponents[last] // 2
        return self._power(last, half), self._power(last, exponents[last] - half)

    def _power(self, j: int, exponent: int) -> tuple[int, ...]:
        return (0,) * j + (exponent,) + (0,) * (self.n - j - 1)
