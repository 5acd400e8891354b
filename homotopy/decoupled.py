"""Decoupled start system of networks with one hidden layer and data of rank one.

In the equations of neuron i, multiply the terms of the residual that come from other neurons by ε.
At ε = 0 every neuron is a network with one hidden unit. With c = Σ_j a_j x_j, S = Σ_j x_j²/λ_j, and
r_k = b_k c − y_k, its nonzero critical points are

    a_j = x_j c/(λ_j S),  b_k = −c r_k/μ_k,  r_k = −y_k μ_k/(μ_k + c²),  Σ_k r_k²/μ_k = 1/S,

so v = c² runs over the 2p roots of Π_k (μ_k+v)² = S·Σ_k y_k² μ_k·Π_{l≠k} (μ_l+v)²: with the
origin 1 + 4p zeros, and (1 + 4p)^d for d neurons. That is the bound B_C of A. Bharadwaj, S. Hoşten,
arXiv:2301.12651, Theorem 3.9; here it is a start system.

The homotopy moves ε from 0 to 1 and the data from random complex values to the target at the same
time, on one straight segment. A generic segment end at ε = 0 meets the discriminant (complex
codimension one) for no real t in (0, 1].
"""

from __future__ import annotations

import itertools

import numpy as np
from flint import acb, acb_poly, ctx, fmpq, fmpq_mat
from numpy.typing import NDArray

from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Word
from homotopy.errors import StartUnavailable
from homotopy.homotopies import Homotopy, StartSystem
from homotopy.starts import MAX_PATHS
from homotopy.tape import Tape

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]


def decoupled_start(system: PolynomialSystem, *, seed: int = 0) -> StartSystem:
    """(1 + 4p)^d start points for the gradient of a d_x-d-p network whose data have rank one.

    Parameters
    ----------
    system : PolynomialSystem
        From `LinearNetwork.gradient_system`: `metadata` holds the network and its data.

    Raises
    ------
    StartUnavailable
        Not such a system, or too many paths.
    """
    network, data = _network_of(system)
    single = LinearNetwork(network.widths, m=1)
    target = rank_one_parameters(network, data)
    generator = np.random.default_rng([seed, 4])
    start = random_parameters(target, single, generator)
    _, d, p = network.widths
    if (1 + 4 * p) ** d > MAX_PATHS:
        raise StartUnavailable("decoupled", f"{(1 + 4 * p) ** d} paths, more than {MAX_PATHS}")
    points = decoupled_zeros(single, start)
    tape = Tape.from_program(single.decoupled_program())
    homotopy = Homotopy.linear(tape, [*start, 0.0], [*target, 1.0])
    bound = Bound(
        len(points),
        Word.PROBABLE,
        "B_C = (1 + 4p)^d, zeros of the decoupled network",
        relies_on=("A. Bharadwaj, S. Hoşten, arXiv:2301.12651, Theorem 3.9",),
    )
    return StartSystem(
        "decoupled",
        (homotopy,),
        points,
        bound=bound,
        description=f"{len(points)} paths from {d} decoupled neurons",
    )


def decoupled_zeros(network: LinearNetwork, parameters: ComplexArray) -> ComplexArray:
    """All zeros of the decoupled network (ε = 0, m = 1) at generic complex parameters.

    Parameters
    ----------
    parameters : complex128 array
        X, Y, Lambda in the order of `network.parameters`; all entries nonzero.

    Returns
    -------
    complex128 array, shape ((1 + 4p)^d, N), in the order of the network's variables.
    """
    n, d, p = network.widths
    x, y = parameters[:n], parameters[n : n + p]
    penalties = parameters[n + p :]
    first = penalties[: d * n].reshape(d, n)
    second = penalties[d * n :].reshape(p, d)
    neurons = [neuron_zeros(x, y, first[i], second[:, i]) for i in range(d)]
    points = []
    for choice in itertools.product(*neurons):
        a = np.array([z[:n] for z in choice])
        b = np.array([z[n:] for z in choice]).T
        points.append(np.concatenate([a.ravel(), b.ravel()]))
    return np.array(points, dtype=np.complex128)


def neuron_zeros(
    x: ComplexArray, y: ComplexArray, penalties: ComplexArray, output_penalties: ComplexArray
) -> ComplexArray:
    """The 1 + 4p critical points (a_1 … a_n, b_1 … b_p) of one hidden unit, shape (1+4p, n+p)."""
    sensitivity = complex(np.sum(x**2 / penalties))
    zeros = [np.zeros(len(x) + len(y), dtype=np.complex128)]
    for v in _squares(sensitivity, y, output_penalties):
        r = -y * output_penalties / (output_penalties + v)
        for c in (np.sqrt(v), -np.sqrt(v)):
            a = x * c / (penalties * sensitivity)
            zeros.append(np.concatenate([a, -c * r / output_penalties]))
    return np.array(zeros)


def _squares(sensitivity: complex, y: ComplexArray, penalties: ComplexArray) -> ComplexArray:
    """Roots v of Π (μ_k+v)² − S·Σ_k y_k² μ_k·Π_{l≠k} (μ_l+v)², isolated by Arb."""
    with ctx.workprec(256):
        factors = [acb_poly([_ball(mu), acb(1)]) for mu in penalties]
        squares = [f * f for f in factors]
        total = acb_poly([acb(1)])
        for square in squares:
            total *= square
        for k, mu in enumerate(penalties):
            rest = acb_poly([_ball(sensitivity) * _ball(y[k]) * _ball(y[k]) * _ball(mu)])
            for other, square in enumerate(squares):
                if other != k:
                    rest *= square
            total -= rest
        return np.array([complex(root) for root in total.roots()], dtype=np.complex128)


def _ball(value: complex) -> acb:
    return acb(complex(value).real, complex(value).imag)


# -- data -----------------------------------------------------------------------------------------


def rank_one_parameters(network: LinearNetwork, data: NetworkData) -> ComplexArray:
    """X, Y, Lambda of the network with one data point that has the same gradient.

    Only X·Xᵀ and Y·Xᵀ enter the gradient. For X = x·wᵀ, s² = wᵀw: x' = s·x, y' = Y·w/s.

    Raises
    ------
    StartUnavailable
        X has rank above one.
    """
    matrix = fmpq_mat(len(data.X), len(data.X[0]), [e for row in data.X for e in row])
    if matrix.rank() > 1:
        raise StartUnavailable("decoupled", f"the data X have rank {matrix.rank()}, expected 1")
    penalties = [_float(e) for layer in data.Lambda for row in layer for e in row]
    if network.m == 1:
        x, y = [_float(r[0]) for r in data.X], [_float(r[0]) for r in data.Y]
    else:
        column = next((t for t in range(network.m) if any(r[t] != 0 for r in data.X)), 0)
        base = [row[column] for row in data.X]
        pivot = next((j for j, e in enumerate(base) if e != 0), None)
        w = (
            [fmpq(0)] * network.m
            if pivot is None
            else [data.X[pivot][t] / base[pivot] for t in range(network.m)]
        )
        scale = np.sqrt(_float(sum((e * e for e in w), fmpq(0)))) if pivot is not None else 1.0
        x = [scale * _float(e) for e in base]
        y = [
            _float(sum((a * b for a, b in zip(row, w, strict=True)), fmpq(0))) / scale
            for row in data.Y
        ]
    return np.array([*x, *y, *penalties], dtype=np.complex128)


def random_parameters(
    target: ComplexArray, network: LinearNetwork, generator: np.random.Generator
) -> ComplexArray:
    """Random complex X, Y, Lambda (m = 1) of the sizes of the target's."""
    n, _, p = network.widths
    out = np.empty(len(target), dtype=np.complex128)
    for block in (slice(0, n), slice(n, n + p), slice(n + p, None)):
        sizes = np.abs(target[block])
        typical = float(np.exp(np.log(sizes[sizes > 0]).mean())) if (sizes > 0).any() else 1.0
        count = len(sizes)
        moduli = typical * generator.uniform(0.5, 2.0, count)
        out[block] = moduli * np.exp(2j * np.pi * generator.random(count))
    return out


def _network_of(system: PolynomialSystem) -> tuple[LinearNetwork, NetworkData]:
    network, data = system.metadata.get("network"), system.metadata.get("data")
    if network is None or data is None:
        raise StartUnavailable("decoupled", "the system is not the gradient of a network")
    if network.hidden_layers != 1:
        raise StartUnavailable(
            "decoupled", f"{network.hidden_layers} hidden layers, expected exactly one"
        )
    return network, data


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)
