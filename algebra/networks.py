"""Critical-point systems of deep linear networks.

A network with widths d_x-d_1-…-d_H-d_y has weights W_1 (d_1 × d_x), …, W_{H+1} (d_y × d_H) and loss

    L(W) = ½ ‖W_{H+1}⋯W_1 X − Y‖² + ½ Σ_w λ_w w².

With forward signals C_0 = X, C_l = W_l C_{l−1} and backward signals T_{H+1} = C_{H+1} − Y,
T_l = W_{l+1}ᵀ T_{l+1}, the gradient with respect to W_l is T_l C_{l−1}ᵀ + Λ_l ∘ W_l: one equation
of degree 2H+1 for every weight. The program of the system keeps this product form.

References: A. Bharadwaj, S. Hoşten, arXiv:2301.12651; D. Mehta, T. Chen, T. Tang, J. Hauenstein,
arXiv:1810.07716.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.gradients import (
    Rows,
    decoupled_gradient,
    gradient,
    gradient_of_moments,
    map_entries,
    product,
    transposed,
)
from algebra.network_data import Matrix, NetworkData
from algebra.programs import ProgramBuilder, StraightLineProgram
from algebra.systems import PolynomialSystem, polynomial_ring

__all__ = ["LinearNetwork", "NetworkData"]

T = TypeVar("T")

#: Most weights of a network, and most terms its expanded equations may have.
MAX_WEIGHTS = 5000
MAX_TERMS = 2_000_000
MAX_DATA_POINTS = 100_000
#: Largest size of all exponent vectors of the expanded equations together.
MAX_EXPONENTS = 5 * 10**7

EPSILON = "epsilon"


@dataclass(frozen=True)
class LinearNetwork:
    """A deep linear network and the number m of its data points.

    Attributes
    ----------
    widths : tuple of int
        (d_x, d_1, …, d_H, d_y), input first.
    m : int
        Number of data points.
    seed, signs, regulariser
        How `gradient_system()` draws data when it is given none; see `NetworkData.random`. They
        are part of a name such as "2-2-2,m=2,seed=3", not of the network: equality ignores them.

    Examples
    --------
    >>> LinearNetwork((1, 1, 1, 1)).gradient_system(seed=0)
    PolynomialSystem(network:1-1-1-1,seed=0: 3 equations in 3 unknowns, degrees (5, 5, 5))
    """

    widths: tuple[int, ...]
    m: int = 1
    seed: int = field(default=0, compare=False, repr=False)
    signs: str = field(default="positive", compare=False, repr=False)
    regulariser: str = field(default="generic", compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        if len(self.widths) < 2:
            raise InputError("a network needs at least two widths, for example 2-2-2")
        for width in self.widths:
            if isinstance(width, bool) or not isinstance(width, int | np.integer) or width < 1:
                raise InputError(f"width {width}: expected a positive integer, as in 2-2-2")
        if isinstance(self.m, bool) or not isinstance(self.m, int | np.integer) or self.m < 1:
            raise InputError(f"m={self.m}: expected a positive number of data points")
        object.__setattr__(self, "widths", tuple(int(w) for w in self.widths))
        if self.weight_count > MAX_WEIGHTS:
            raise InputError(f"{self.weight_count} weights: the limit is {MAX_WEIGHTS}")
        if self.m > MAX_DATA_POINTS:
            raise InputError(f"m={self.m}: the limit is {MAX_DATA_POINTS} data points")

    @classmethod
    def parse(cls, text: str) -> LinearNetwork:
        """The network named "2-2-2", "2-2-2,m=2,seed=3" or "3-2-2,signs=any,regulariser=none".

        Raises
        ------
        InputError
            The text is not such a name, or a width or m is not positive.
        """
        head, *suffixes = (part.strip() for part in text.strip().split(","))
        if not re.fullmatch(r"-?\d{1,9}(--?\d{1,9})+", head, re.ASCII):
            raise InputError(
                f"{text[:60]!r} is not an architecture: expected widths dx-d1-…-dy, input first, "
                "such as 2-2-2 or 2-2-2,m=2,seed=3"
            )
        widths = tuple(int(w) for w in re.findall(r"(?:(?<=-)|^)-?\d+", head))
        options: dict[str, Any] = {}
        for suffix in suffixes:
            key, equals, value = (part.strip() for part in suffix.partition("="))
            if key not in ("m", "seed", "signs", "regulariser") or not equals or key in options:
                raise InputError(
                    f"{suffix[:40]!r} in a network's name: expected m=, seed=, "
                    "signs=positive|any or regulariser=generic|uniform|none, each once"
                )
            options[key] = _integer(key, value) if key in ("m", "seed") else value
        network = cls(widths, **options)
        # Draw nothing yet, but refuse a bad name now.
        NetworkData.check_options(network.seed, network.signs, network.regulariser)
        return network

    # -- shape --------------------------------------------------------------------------------

    @property
    def hidden_layers(self) -> int:
        """H, the number of hidden layers."""
        return len(self.widths) - 2

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Shapes of W_1, …, W_{H+1}."""
        return tuple((b, a) for a, b in zip(self.widths, self.widths[1:], strict=False))

    @property
    def weight_count(self) -> int:
        """N, the number of weights: unknowns and equations of the gradient system."""
        return sum(rows * columns for rows, columns in self.shapes)

    @property
    def name(self) -> str:
        """The architecture as users write it: "2-2-2" or "2-2-2,m=2"."""
        return "-".join(map(str, self.widths)) + (f",m={self.m}" if self.m != 1 else "")

    @functools.cached_property
    def variables(self) -> tuple[str, ...]:
        """w{layer}_{row}_{column}, layer by layer, row by row, counted from 1."""
        return tuple(f"w{layer}_{i}_{j}" for layer, i, j in self._entries())

    @functools.cached_property
    def parameters(self) -> tuple[str, ...]:
        """x{row}_{point}, y{row}_{point}, l{layer}_{row}_{column}: as `parameter_values`."""
        points = range(1, self.m + 1)
        x = [f"x{j}_{t}" for j in range(1, self.widths[0] + 1) for t in points]
        y = [f"y{k}_{t}" for k in range(1, self.widths[-1] + 1) for t in points]
        return (*x, *y, *(f"l{layer}_{i}_{j}" for layer, i, j in self._entries()))

    def weight_index(self, layer: int, row: int, column: int) -> int:
        """Position of a weight among the variables; layer, row and column count from 1."""
        offset = sum(rows * columns for rows, columns in self.shapes[: layer - 1])
        return offset + (row - 1) * self.shapes[layer - 1][1] + column - 1

    # -- systems ------------------------------------------------------------------------------

    def data(self, seed: int | None = None) -> NetworkData:
        """Random data of this network; `seed` defaults to the one in its name."""
        return NetworkData.random(
            self,
            self.seed if seed is None else seed,
            signs=self.signs,
            regulariser=self.regulariser,
        )

    def gradient_system(
        self,
        seed: int | None = None,
        *,
        data: NetworkData | Mapping[str, Any] | None = None,
    ) -> PolynomialSystem:
        """The equations ∇L = 0 for given or random data.

        Parameters
        ----------
        seed : int
            Of the random data; also of Lambda where `data` leaves it "random".
        data : NetworkData or mapping
            See `NetworkData.from_dict`.

        Returns
        -------
        PolynomialSystem
            One equation per weight, in the order of the variables; `program` computes them in
            product form; `metadata` is {"network": self, "data": NetworkData}. To move in data
            space, use `parametric_program()` with `data.parameter_values`.
        """
        self._require_expandable()
        name = f"network:{self.name}"
        if data is None:
            name += f",seed={self.seed if seed is None else seed}"
            data = self.data(seed)
        elif not isinstance(data, NetworkData):
            chosen = self.seed if seed is None else seed
            data = NetworkData.from_dict(data, self, seed=chosen)
        self._require_shape(data)
        ring = polynomial_ring(self.variables)
        weights = self._shaped(list(ring.gens()))
        polynomials = self._equations(weights, data, ring.constant)
        builder = ProgramBuilder(self.variables)
        nodes = self._equations(
            self._shaped([builder.input(v) for v in self.variables]), data, builder.constant
        )
        return PolynomialSystem(
            self.variables,
            tuple(polynomials),
            name=name,
            program=builder.build(nodes),
            metadata={"network": self, "data": data},
        )

    def parametric_system(self) -> PolynomialSystem:
        """The gradient system with every entry of X, Y and Lambda as a parameter."""
        self._require_expandable(self.m * (self.widths[0] + 1))
        ring = polynomial_ring(self.variables + self.parameters)
        n = len(self.variables)
        gens = list(ring.gens())
        x, y, penalties = self._split_parameters(gens[n:])
        equations = gradient(self._shaped(gens[:n]), x, y, penalties)
        return PolynomialSystem(
            self.variables,
            tuple(equations),
            self.parameters,
            name=f"network:{self.name}, parametric",
            program=self.parametric_program(),
            metadata={"network": self},
        )

    def parametric_program(self) -> StraightLineProgram:
        """Product form of the gradient with the data as parameters, in the order `parameters`."""
        builder = ProgramBuilder(self.variables, self.parameters)
        x, y, penalties = self._split_parameters([builder.input(p) for p in self.parameters])
        weights = self._shaped([builder.input(v) for v in self.variables])
        return builder.build(gradient(weights, x, y, penalties))

    def decoupled_program(self) -> StraightLineProgram:
        """The family that joins d independent neurons to the network (one hidden layer).

        In the equations of neuron i the terms of the residual that come from other neurons are
        multiplied by a further parameter, `epsilon`, the last one. At epsilon = 1 this is the
        gradient; at epsilon = 0 every neuron is a network of its own with one hidden unit, so all
        zeros are products of zeros of small systems.
        """
        self._require_one_hidden_layer()
        builder = ProgramBuilder(self.variables, (*self.parameters, EPSILON))
        x, y, penalties = self._split_parameters([builder.input(p) for p in self.parameters])
        first, second = self._shaped([builder.input(v) for v in self.variables])
        gradients = decoupled_gradient(first, second, x, y, penalties, builder.input(EPSILON))
        return builder.build(gradients)

    def decoupled_system(self, data: NetworkData) -> PolynomialSystem:
        """The decoupled family at given data; its only parameter is `epsilon`."""
        self._require_shape(data)
        program = self.decoupled_program().specialise(
            dict(zip(self.parameters, data.parameter_values, strict=True))
        )
        ring = polynomial_ring((*self.variables, EPSILON))
        return PolynomialSystem(
            self.variables,
            program.expand(ring),
            (EPSILON,),
            name=f"network:{self.name}, decoupled",
            program=program,
            metadata={"network": self, "data": data},
        )

    # -- evaluation ---------------------------------------------------------------------------

    def matrices(self, weights: Any) -> list[NDArray[Any]]:
        """W_1, …, W_{H+1}, each of shape (…, rows, columns), from weights of shape (…, N)."""
        flat = np.asarray(weights)
        if flat.shape[-1] != self.weight_count:
            raise InputError(f"{flat.shape[-1]} weights: expected {self.weight_count}")
        blocks, offset = [], 0
        for rows, columns in self.shapes:
            block = flat[..., offset : offset + rows * columns]
            blocks.append(block.reshape(*flat.shape[:-1], rows, columns))
            offset += rows * columns
        return blocks

    def residual(self, weights: Any, data: NetworkData) -> NDArray[Any]:
        """W_{H+1}⋯W_1 X − Y in floating point, shape (d_y, m) or (k, d_y, m)."""
        signal = _array(data.X)
        for matrix in self.matrices(weights):
            signal = matrix @ signal
        return signal - _array(data.Y)

    def loss(self, weights: Any, data: NetworkData) -> NDArray[Any]:
        """The loss in floating point, shape () or (k,); a polynomial also at complex weights."""
        penalties = np.concatenate([_array(matrix).ravel() for matrix in data.Lambda])
        squares = np.sum(self.residual(weights, data) ** 2, axis=(-2, -1))
        return 0.5 * squares + 0.5 * (np.asarray(weights) ** 2 @ penalties)

    def exact_loss(self, weights: Sequence[T], data: NetworkData) -> Any:
        """The loss at exact weights: fmpq, or any ring that multiplies with fmpq."""
        signal: Rows[Any] = [list(row) for row in data.X]
        for matrix in self._shaped(list(weights)):
            signal = product(matrix, signal)
        total: Any = sum(
            (
                (a - b) * (a - b)
                for r, s in zip(signal, data.Y, strict=True)
                for a, b in zip(r, s, strict=True)
            ),
            start=fmpq(0),
        )
        penalties = data.parameter_values[len(data.parameter_values) - self.weight_count :]
        for weight, penalty in zip(weights, penalties, strict=True):
            total = total + penalty * weight * weight
        return total * fmpq(1, 2)

    # -- symmetries ---------------------------------------------------------------------------

    def sign_generators(self) -> list[NDArray[np.int8]]:
        """Sign changes w → s∘w, one ±1 vector of shape (N,) per hidden unit, layer by layer.

        Flipping the row of W_l and the column of W_{l+1} that belong to a hidden unit leaves the
        loss unchanged, for every data set. The group they generate has 2^(d_1+…+d_H) elements.
        """
        generators = []
        for layer in range(1, self.hidden_layers + 1):
            for unit in range(1, self.widths[layer] + 1):
                signs = np.ones(self.weight_count, dtype=np.int8)
                signs[self._incoming(layer, unit) + self._outgoing(layer, unit)] = -1
                generators.append(signs)
        return generators

    def permutation_generators(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Exchanges of neighbouring hidden units of one layer, as pairs of index maps.

        If w is a critical point for parameters q, then w[a] is one for q[b], with (a, b) a pair:
        a of shape (N,), b of shape (number of parameters,). X and Y stay, Lambda is permuted, so a
        single system has the symmetry only if its Lambda does: see `permutations_fixing`.
        """
        generators = []
        for layer in range(1, self.hidden_layers + 1):
            for unit in range(1, self.widths[layer]):
                weights = np.arange(self.weight_count, dtype=np.int64)
                first = self._incoming(layer, unit) + self._outgoing(layer, unit)
                second = self._incoming(layer, unit + 1) + self._outgoing(layer, unit + 1)
                weights[first + second] = second + first
                fixed = len(self.parameters) - self.weight_count
                generators.append(
                    (weights, np.concatenate([np.arange(fixed), fixed + weights]).astype(np.int64))
                )
        return generators

    def permutations_fixing(self, data: NetworkData) -> list[NDArray[np.int64]]:
        """The exchanges of neighbouring hidden units that map the system of `data` to itself."""
        values = data.parameter_values
        return [
            weights
            for weights, parameters in self.permutation_generators()
            if all(values[i] == values[int(j)] for i, j in enumerate(parameters))
        ]

    # -- internals ----------------------------------------------------------------------------

    def _entries(self) -> list[tuple[int, int, int]]:
        return [
            (layer, i, j)
            for layer, (rows, columns) in enumerate(self.shapes, start=1)
            for i in range(1, rows + 1)
            for j in range(1, columns + 1)
        ]

    def _incoming(self, layer: int, unit: int) -> list[int]:
        return [self.weight_index(layer, unit, j + 1) for j in range(self.widths[layer - 1])]

    def _outgoing(self, layer: int, unit: int) -> list[int]:
        return [self.weight_index(layer + 1, i + 1, unit) for i in range(self.widths[layer + 1])]

    def _shaped(self, flat: list[T]) -> list[Rows[T]]:
        """Weights as matrices."""
        return _cut(flat, self.shapes)

    def _split_parameters(self, flat: list[T]) -> tuple[Rows[T], Rows[T], list[Rows[T]]]:
        x, y, *penalties = _cut(
            flat, ((self.widths[0], self.m), (self.widths[-1], self.m), *self.shapes)
        )
        return x, y, penalties

    def _equations(self, weights: list[Rows[Any]], data: NetworkData, constant: Any) -> list[Any]:
        """The gradient over any ring, with `constant` mapping fmpq into it.

        With more data points than inputs the moments X Xᵀ and Y Xᵀ are the shorter form: only
        they enter the gradient.
        """
        penalties = [[[constant(v) for v in row] for row in matrix] for matrix in data.Lambda]
        if self.m <= self.widths[0]:
            x, y = map_entries(constant, data.X), map_entries(constant, data.Y)
            return gradient(weights, x, y, penalties)
        points = transposed(data.X)
        x_moments, y_moments = product(data.X, points), product(data.Y, points)
        return gradient_of_moments(
            weights, map_entries(constant, x_moments), map_entries(constant, y_moments), penalties
        )

    def _require_expandable(self, factor: int = 1) -> None:
        terms = factor * self.term_bound()
        if terms > MAX_TERMS or terms * self.weight_count > MAX_EXPONENTS:
            raise InputError(
                f"{self.name}: its expanded equations could have {terms} terms, the limit is "
                f"{min(MAX_TERMS, MAX_EXPONENTS // self.weight_count)}; `parametric_program` has "
                "no such limit"
            )

    def term_bound(self) -> int:
        """An upper bound on the number of terms of all expanded equations together."""
        d, total = self.widths, 0
        paths = math.prod(d[:-1])
        for layer, (rows, columns) in enumerate(self.shapes, start=1):
            head, tail = math.prod(d[: layer - 1]), math.prod(d[layer + 1 :])
            total += rows * columns * (head * tail * (paths + 1) + 1)
        return total

    def _require_one_hidden_layer(self) -> None:
        if self.hidden_layers != 1:
            raise InputError(
                f"the decoupled family needs one hidden layer: {self.name} has {self.hidden_layers}"
            )

    def _require_shape(self, data: NetworkData) -> None:
        """Data built for another network must not slip in."""
        expected = [(self.widths[0], self.m), (self.widths[-1], self.m), *self.shapes]
        received = [(len(a), len(a[0]) if a else 0) for a in (data.X, data.Y, *data.Lambda)]
        if expected != received:
            raise InputError(
                f"data of shapes {received} for {self.name}: expected {expected} "
                "(X, Y, then Lambda layer by layer)"
            )


def _cut(flat: list[T], shapes: Sequence[tuple[int, int]]) -> list[Rows[T]]:
    entries = iter(flat)
    return [[[next(entries) for _ in range(c)] for _ in range(r)] for r, c in shapes]


def _array(matrix: Matrix) -> NDArray[np.float64]:
    return np.array([[int(v.p) / int(v.q) for v in row] for row in matrix], dtype=np.float64)


def _integer(key: str, value: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", value, re.ASCII):
        raise InputError(f"{key}={value[:40]}: expected an integer of at most nine digits")
    return int(value)
