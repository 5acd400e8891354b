"""Homotopies: one tape whose parameter registers follow a path in t.

`H(x, t) = F(x; p(t))`, where the tape computes F and p(t) is one of
- LINEAR: `t·first + (1-t)·second`, t from 1 to 0 (coefficient, parameter, total-degree homotopies);
- EXPONENTIAL: `first·exp(second·s)`, s = log t from a negative begin to 0 (toric phase of a
  polyhedral homotopy; `second` holds the weights of the terms).

Several paths p(t) may share the tape ("rows"): the mixed cells of one lifting differ only there.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.words import Bound
from homotopy.errors import ShapeError
from homotopy.tape import Tape

ComplexArray = NDArray[np.complex128]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class PathKind(enum.IntEnum):
    """How the parameters depend on the path variable; kernels use these members."""

    LINEAR = 0
    EXPONENTIAL = 1
    #: LINEAR with t = exp(s); only the endgame uses it.
    LOGARITHMIC = 2


@dataclass(frozen=True, eq=False)
class Homotopy:
    """F(x; p(t)) along one or several parameter paths.

    Attributes
    ----------
    tape : Tape
        Square: n outputs in n variables, with P parameters.
    kind : PathKind
        LINEAR or EXPONENTIAL.
    first, second : complex128 arrays, shape (rows, P)
        Start and target values (LINEAR), coefficients and weights (EXPONENTIAL).
    begin : float64 array, shape (rows,)
        Where the path variable starts: 1 (LINEAR), s₀ < 0 (EXPONENTIAL); it ends at 0.
    generic : bool
        Whether the end is a random member, so that every path must end regularly; otherwise the
        endgame runs near the target.
    """

    tape: Tape
    kind: PathKind
    first: ComplexArray
    second: ComplexArray
    begin: FloatArray
    generic: bool = False

    def __post_init__(self) -> None:
        rows, count = self.first.shape
        if self.tape.output_count != self.tape.variable_count:
            raise ShapeError(
                f"{self.tape.output_count} equations in {self.tape.variable_count} unknowns: "
                "expected a square system"
            )
        if count != self.tape.parameter_count:
            raise ShapeError(f"{count} parameter values: expected {self.tape.parameter_count}")
        for name in ("first", "second", "begin"):
            # Kernels are compiled for writeable contiguous arrays; anything else compiles again.
            array = getattr(self, name)
            if not (array.flags.c_contiguous and array.flags.writeable):
                object.__setattr__(self, name, np.array(array, order="C"))
        if self.second.shape != (rows, count) or self.begin.shape != (rows,):
            raise ShapeError(
                f"arrays of shapes {self.first.shape}, {self.second.shape}, {self.begin.shape}: "
                "expected (rows, P), (rows, P), (rows,)"
            )

    @classmethod
    def linear(cls, tape: Tape, start: Any, target: Any, *, generic: bool = False) -> Homotopy:
        """p(t) = t·start + (1-t)·target; `start` and `target` have shape (P,)."""
        first = np.ascontiguousarray(np.atleast_2d(np.asarray(start, dtype=np.complex128)))
        second = np.ascontiguousarray(np.atleast_2d(np.asarray(target, dtype=np.complex128)))
        return cls(tape, PathKind.LINEAR, first, second, np.ones(len(first)), generic)

    @classmethod
    def exponential(cls, tape: Tape, coefficients: Any, weights: Any, begin: Any) -> Homotopy:
        """p(s) = coefficients·exp(weights·s), one row of `weights` (rows, P) per cell."""
        second = np.ascontiguousarray(np.atleast_2d(np.asarray(weights, dtype=np.complex128)))
        # A copy: kernels are compiled for writeable arrays, and a broadcast view is not.
        first = np.array(np.broadcast_to(coefficients, second.shape), dtype=np.complex128)
        start = np.ascontiguousarray(np.asarray(begin, dtype=np.float64))
        return cls(tape, PathKind.EXPONENTIAL, first, second, start, True)

    @property
    def rows(self) -> int:
        """Number of parameter paths."""
        return len(self.first)

    def parameters_at(self, t: complex, row: int = 0) -> ComplexArray:
        """Parameter values at the path variable t (or s), shape (P,)."""
        if self.kind == PathKind.LINEAR:
            return t * self.first[row] + (1 - t) * self.second[row]
        return self.first[row] * np.exp(self.second[row] * t)

    def evaluate(self, point: Any, t: complex, row: int = 0) -> ComplexArray:
        """H(point, t), shape (n,)."""
        return self.tape.evaluate(point, self.parameters_at(t, row))

    def jacobian(self, point: Any, t: complex, row: int = 0) -> ComplexArray:
        """∂H/∂x at (point, t), shape (n, n)."""
        return self.tape.jacobian(point, self.parameters_at(t, row))


@dataclass(frozen=True, eq=False)
class StartSystem:
    """Known start points and the homotopies that lead from them to the target.

    Attributes
    ----------
    name : str
        "polyhedral", "total-degree", …
    stages : tuple of Homotopy
        Tracked one after the other; all but the last are `generic`.
    points : complex128 array, shape (paths, n)
        Start points of `stages[0]`.
    rows : int64 array, shape (paths,)
        Row of `stages[0]` that each path follows (0 unless the stage has several rows).
    bound : Bound or None
        The bound on the number of isolated zeros (in `region`) that the start system realises.
    description : str
        One sentence for people.
    """

    name: str
    stages: tuple[Homotopy, ...]
    points: ComplexArray
    rows: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    bound: Bound | None = None
    description: str = ""

    def __post_init__(self) -> None:
        if not len(self.rows) and len(self.points):
            object.__setattr__(self, "rows", np.zeros(len(self.points), np.int64))

    @property
    def path_count(self) -> int:
        """Number of paths."""
        return len(self.points)

    def __repr__(self) -> str:
        return f"StartSystem({self.name}, {self.path_count} paths, {len(self.stages)} stages)"
