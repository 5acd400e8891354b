"""Gradients of linear networks as products of matrices, over any ring.

Matrices are lists of rows; entries need only `+`, `-` and `*`: polynomials, nodes of a program,
numbers. The loss and the signals are those of `algebra.networks`.
"""

from __future__ import annotations

import functools
from typing import Any, TypeVar

T = TypeVar("T")
Rows = list[list[T]]


def gradient(
    weights: list[Rows[Any]], x: Rows[Any], y: Rows[Any], penalties: list[Rows[Any]]
) -> list[Any]:
    """T_l C_{l−1}ᵀ + Λ_l ∘ W_l for all layers, row by row."""
    forward = [x]
    for matrix in weights:
        forward.append(product(matrix, forward[-1]))
    return _backward(weights, _difference(forward[-1], y), forward, penalties)


def gradient_of_moments(
    weights: list[Rows[Any]], x_moments: Rows[Any], y_moments: Rows[Any], penalties: list[Rows[Any]]
) -> list[Any]:
    """The same from S = X Xᵀ and M = Y Xᵀ: forward signals W_l⋯W_1, residual W S − M."""
    forward: list[Any] = [None, weights[0]]
    for matrix in weights[1:]:
        forward.append(product(matrix, forward[-1]))
    residual = _difference(product(forward[-1], x_moments), y_moments)
    return _backward(weights, residual, forward, penalties)


def _backward(
    weights: list[Rows[Any]], residual: Rows[Any], forward: list[Any], penalties: list[Rows[Any]]
) -> list[Any]:
    """Propagate the residual back; forward[0] = None stands for the identity matrix."""
    backward, gradients = residual, []
    for layer in range(len(weights) - 1, -1, -1):
        signal = forward[layer]
        sensitivity = backward if signal is None else product(backward, transposed(signal))
        rows = zip(sensitivity, penalties[layer], weights[layer], strict=True)
        gradients.append([g + p * w for row in rows for g, p, w in zip(*row, strict=True)])
        if layer:
            backward = product(transposed(weights[layer]), backward)
    return [g for layer_gradient in reversed(gradients) for g in layer_gradient]


def decoupled_gradient(
    first: Rows[Any],
    second: Rows[Any],
    x: Rows[Any],
    y: Rows[Any],
    penalties: list[Rows[Any]],
    epsilon: Any,
) -> list[Any]:
    """Gradient with own terms of neuron i plus epsilon times the others in its residual."""
    hidden = product(first, x)
    points = range(len(x[0]))
    own = [[[row[i] * c for c in hidden[i]] for row in second] for i in range(len(first))]
    total = own[0]
    for contribution in own[1:]:
        total = _sum(total, contribution)
    residuals = []
    for contribution in own:
        others = _difference(total, contribution)
        mixed = [[epsilon * e for e in row] for row in others]
        residuals.append(_difference(_sum(contribution, mixed), y))
    gradients = []
    for i, residual in enumerate(residuals):
        backward = product([[row[i] for row in second]], residual)
        for j, inputs in enumerate(x):
            sensitivity = functools.reduce(
                lambda a, b: a + b, (backward[0][t] * inputs[t] for t in points)
            )
            gradients.append(sensitivity + penalties[0][i][j] * first[i][j])
    for k, row in enumerate(second):
        for i, residual in enumerate(residuals):
            sensitivity = functools.reduce(
                lambda a, b: a + b, (residual[k][t] * hidden[i][t] for t in points)
            )
            gradients.append(sensitivity + penalties[1][k][i] * row[i])
    return gradients


def product(a: Any, b: Any) -> Rows[Any]:
    """Matrix product over any ring; matrices are sequences of rows."""
    columns = transposed(b)
    return [
        [
            functools.reduce(lambda s, t: s + t, (p * q for p, q in zip(row, column, strict=True)))
            for column in columns
        ]
        for row in a
    ]


def _sum(a: Rows[Any], b: Rows[Any]) -> Rows[Any]:
    return [[p + q for p, q in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def _difference(a: Rows[Any], b: Rows[Any]) -> Rows[Any]:
    return [[p - q for p, q in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def transposed(a: Any) -> Rows[Any]:
    """The transposed matrix."""
    return [list(column) for column in zip(*a, strict=True)]


def map_entries(function: Any, a: Any) -> Rows[Any]:
    """`function` applied to every entry."""
    return [[function(entry) for entry in row] for row in a]
