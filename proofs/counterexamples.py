"""Exact counterexamples to universal statements about zero patterns, found by search.

Instead of solving for critical points of given data, choose the weights first: with weights W,
inputs X and residual R chosen, Y = W_{H+1}⋯W_1 X − R and λ_w = −(T Cᵀ)_w / w make W critical. A
weight that is to be zero needs (T Cᵀ)_w = 0, one linear equation in R; everything stays rational.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from algebra.errors import InputError
from algebra.gradients import product, transposed
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from proofs import certificates
from proofs.certificates import Document

#: Positive regularisers are preferred: tried for so many draws before signs are left free.
POSITIVE_TRIES = 4000
TRIES = 8000


@dataclass(frozen=True)
class Counterexample:
    """Exact data and an exact critical point of them.

    Attributes
    ----------
    data : NetworkData
        All entries nonzero.
    weights : tuple of fmpq
        In the order of the variables.
    zero, nonzero : str
        Names of the weights that contradict the claim "zero = 0 implies nonzero = 0".
    """

    network: LinearNetwork
    data: NetworkData
    weights: tuple[fmpq, ...]
    zero: str
    nonzero: str

    @property
    def positive(self) -> bool:
        """Whether every λ is positive."""
        return all(entry > 0 for matrix in self.data.Lambda for row in matrix for entry in row)

    def is_critical(self) -> bool:
        """Whether the gradient vanishes at the weights, exactly."""
        system = self.network.gradient_system(data=self.data)
        return all(f(*self.weights) == 0 for f in system.equations)

    def certificate(self) -> Document:
        """A document of kind `counterexample`: data as parameters, all of them nonzero."""
        system = self.network.parametric_system()
        gens = dict(zip(system.ring_names, system.ring.gens(), strict=True))
        values = (*self.weights, *self.data.parameter_values)
        return certificates.counterexample(
            system,
            gens[self.nonzero],
            [[value] for value in values],
            hypotheses=[gens[self.zero]],
            conditions=[gens[name] for name in system.parameters],
        )

    def to_dict(self) -> dict[str, Any]:
        """Data and point as exact strings."""
        names = self.network.variables
        return {
            "data": self.data.to_dict(),
            "point": {n: str(w) for n, w in zip(names, self.weights, strict=True)},
            "zero": self.zero,
            "nonzero": self.nonzero,
            "positive_regulariser": self.positive,
        }


def stray_zero(
    network: LinearNetwork,
    layer: int,
    zero: tuple[int, int],
    nonzero: tuple[int, int],
    *,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> Counterexample | None:
    """Data without zeros and a critical point with one zero weight in `layer`, or None.

    Parameters
    ----------
    layer : int
        1 … H+1.
    zero, nonzero : (row, column) from 1
        The weight that is zero, and the one the refuted claim would force to be zero.
    seed : int
        Of the search; another seed finds another counterexample.

    Notes
    -----
    For m = 1 none exists in the first and in the last layer (Propositions 3.1 and 3.3), and the
    search returns None after `TRIES` draws.
    """
    if not 1 <= layer <= len(network.shapes):
        raise InputError(f"layer {layer}: expected 1 to {len(network.shapes)}")
    generator = np.random.default_rng(seed)
    for attempt in range(TRIES):
        if attempt % 200 == 0:
            budget.check()
        found = _attempt(network, layer, zero, nonzero, generator, attempt < POSITIVE_TRIES)
        if found is not None:
            return found
    return None


def partly_active(network: LinearNetwork, *, seed: int = 0) -> Counterexample | None:
    """Data without zeros and a critical point at which one hidden neuron is off.

    The last neuron of the first hidden layer with at least two is off, all others are active:
    in the next layer its column vanishes and the rest of each row does not.
    """
    layer = next((k for k in range(1, network.hidden_layers) if network.widths[k] > 1), None)
    if layer is None:
        return None
    off = network.widths[layer]
    generator = np.random.default_rng(seed)
    for attempt in range(TRIES):
        weights = [_draw(generator, shape) for shape in network.shapes]
        weights[layer - 1][off - 1] = [fmpq(0)] * network.widths[layer - 1]
        for row in weights[layer]:
            row[off - 1] = fmpq(0)
        x = _draw(generator, (network.widths[0], network.m))
        residual = _draw(generator, (network.widths[-1], network.m))
        zero, nonzero = f"w{layer + 1}_1_{off}", f"w{layer + 1}_1_1"
        positive = attempt < POSITIVE_TRIES
        found = _finish(network, weights, x, residual, (zero, nonzero), positive)
        if found is not None:
            return found
    return None


def _attempt(
    network: LinearNetwork,
    layer: int,
    zero: tuple[int, int],
    nonzero: tuple[int, int],
    generator: np.random.Generator,
    positive: bool,
) -> Counterexample | None:
    weights = [_draw(generator, shape) for shape in network.shapes]
    i, j = zero[0] - 1, zero[1] - 1
    weights[layer - 1][i][j] = fmpq(0)
    x = _draw(generator, (network.widths[0], network.m))
    residual = _draw(generator, (network.widths[-1], network.m))
    forward = [x]
    for matrix in weights:
        forward.append(product(matrix, forward[-1]))
    # Row i of (W_{H+1}⋯W_{layer+1})ᵀ maps the residual to the backward signal of neuron i.
    outgoing: list[list[fmpq]] = [
        [fmpq(int(k == e)) for e in range(network.widths[-1])] for k in range(network.widths[-1])
    ]
    for matrix in reversed(weights[layer:]):
        outgoing = product(outgoing, matrix)
    if not _solve_for_one_entry(residual, [row[i] for row in outgoing], forward[layer - 1][j]):
        return None
    names = tuple(f"w{layer}_{a}_{b}" for a, b in (zero, nonzero))
    return _finish(network, weights, x, residual, names, positive)


def _finish(
    network: LinearNetwork,
    weights: list[list[list[fmpq]]],
    x: list[list[fmpq]],
    residual: list[list[fmpq]],
    names: tuple[str, ...],
    positive: bool,
) -> Counterexample | None:
    """Y and Λ that make the weights critical, or None if an entry would vanish."""
    forward = [x]
    for matrix in weights:
        forward.append(product(matrix, forward[-1]))
    y = [
        [c - r for c, r in zip(*rows, strict=True)]
        for rows in zip(forward[-1], residual, strict=True)
    ]
    penalties = _penalties(weights, forward, residual)
    if penalties is None or any(entry == 0 for row in y for entry in row):
        return None
    entries = [entry for matrix in penalties for row in matrix for entry in row]
    if any(entry == 0 or (positive and entry < 0) for entry in entries):
        return None
    data = NetworkData(
        _frozen(x), _frozen(y), tuple(_frozen(m) for m in penalties), ("found by search",)
    )
    flat = tuple(entry for matrix in weights for row in matrix for entry in row)
    return Counterexample(network, data, flat, names[0], names[1])


def _solve_for_one_entry(
    residual: list[list[fmpq]], outgoing: Sequence[fmpq], signal: Sequence[fmpq]
) -> bool:
    """Change one entry of R so that Σ_kt outgoing_k R_kt signal_t = 0; False if impossible."""
    total = fmpq(0)
    for factor, row in zip(outgoing, residual, strict=True):
        for entry, s in zip(row, signal, strict=True):
            total += factor * entry * s
    for k, factor in enumerate(outgoing):
        for t, s in enumerate(signal):
            if factor * s != 0:
                residual[k][t] -= total / (factor * s)
                return bool(residual[k][t] != 0)
    return total == 0


def _penalties(
    weights: list[Any], forward: list[Any], residual: list[list[fmpq]]
) -> list[list[list[fmpq]]] | None:
    """λ_w = −(T Cᵀ)_w / w; 1 for the weight that is zero; None if another weight cannot work."""
    backward, layers = residual, []
    for layer in range(len(weights) - 1, -1, -1):
        sensitivity = product(backward, transposed(forward[layer]))
        rows = []
        for g_row, w_row in zip(sensitivity, weights[layer], strict=True):
            if any(w == 0 and g != 0 for g, w in zip(g_row, w_row, strict=True)):
                return None
            rows.append([-g / w if w != 0 else fmpq(1) for g, w in zip(g_row, w_row, strict=True)])
        layers.append(rows)
        backward = product(transposed(weights[layer]), backward)
    return layers[::-1]


def _draw(generator: np.random.Generator, shape: tuple[int, int]) -> list[list[fmpq]]:
    """Nonzero integers in ±4."""
    values = generator.integers(1, 5, shape) * generator.choice([-1, 1], shape)
    return [[fmpq(int(v)) for v in row] for row in values]


def _frozen(matrix: Any) -> tuple[tuple[fmpq, ...], ...]:
    return tuple(tuple(row) for row in matrix)
