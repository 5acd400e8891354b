"""Real critical points for positive regularisers, one hidden layer and rank X = 1.

With v_i = S_i² t_i², w_k = 1 + s Σ_i v_i/μ_ki and s_i = 1/S_i the real critical points whose active
neurons are I correspond to the stationary points v > 0 of the convex function

    φ_I(v) = Σ_k v_k²/w_k(v) + s Σ_{i∈I} s_i v_i          (v_k: the targets),

two signs for each active neuron. So there is at most one v for each I (or a segment), and finding
all real critical points is a small convex problem for each I. Floating point proposes here; the
points are certified elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from proofs.formulas import real_bound
from proofs.genericity import squared_sums
from proofs.reduction import rank_one_data

FloatArray = NDArray[np.float64]

#: Steps of the search before it gives up.
MAX_STEPS = 20_000


@dataclass(frozen=True, eq=False)
class NeuronProblem:
    """The data of φ: `M[k, i] = s/μ_ki`, `targets[k]`, `thresholds[i] = s s_i`."""

    M: FloatArray
    targets: FloatArray
    thresholds: FloatArray

    @classmethod
    def of(cls, network: LinearNetwork, data: NetworkData) -> NeuronProblem:
        """The problem of given data with positive λ.

        Raises
        ------
        InputError
            More than one hidden layer, rank X ≠ 1 or a λ that is not positive.
        """
        rank_one = rank_one_data(data)
        if network.hidden_layers != 1 or rank_one is None:
            raise InputError(f"{network.name}: one hidden layer and rank X = 1 are needed")
        if any(entry <= 0 for matrix in data.Lambda for row in matrix for entry in row):
            raise InputError("every λ must be positive")
        scale = _float(rank_one.s)
        return cls(
            np.array([[scale / _float(e) for e in row] for row in data.Lambda[1]]),
            np.array([_float(value) for value in rank_one.v]),
            np.array([scale / _float(value) for value in squared_sums(data, rank_one)]),
        )

    def stationary_point(self, active: tuple[int, ...]) -> FloatArray | None:
        """The v > 0 (active neurons only) where ∇φ = 0, or None.

        Newton's method on the convex φ from v = 1 with steps that keep v positive; the minimum
        over v ≥ 0 lies on the boundary if an entry tends to zero.
        """
        M, s = self.M[:, active], self.thresholds[list(active)]
        v = np.ones(len(active))
        for _ in range(200):
            w = 1 + M @ v
            gradient = s - M.T @ (self.targets**2 / w**2)
            hessian = M.T @ ((2 * self.targets**2 / w**3)[:, None] * M)
            # In u = log v the sign of v takes care of itself; the Hessian there is damped.
            g = v * gradient
            h = v[:, None] * hessian * v[None, :] + np.diag(np.abs(g) + 1e-14)
            step = np.clip(-np.linalg.solve(h, g), -2, 2)
            v = v * np.exp(step)
            if np.max(np.abs(step)) < 1e-13:
                break
            if np.min(v) < 1e-9 or np.max(v) > 1e12:
                return None
        w = 1 + M @ v
        gradient = s - M.T @ (self.targets**2 / w**2)
        return v if np.max(np.abs(gradient) / s) < 1e-9 else None

    def active_sets(self) -> list[tuple[int, ...]]:
        """Sets of neurons that carry real critical points."""
        outputs, neurons = self.M.shape
        return [
            active
            for size in range(min(outputs, neurons) + 1)
            for active in itertools.combinations(range(neurons), size)
            if size == 0 or self.stationary_point(active) is not None
        ]

    def count(self) -> int:
        """Number of real critical points, Σ 2^|I| over the active sets."""
        return sum(2 ** len(active) for active in self.active_sets())

    def reduced_points(self, scale: float) -> Iterator[FloatArray]:
        """Real zeros (t, r) of the reduced system; `scale` is s = uᵀu of the data."""
        S = scale / self.thresholds
        for active in self.active_sets():
            v = self.stationary_point(active) if active else np.zeros(0)
            assert v is not None
            r = -self.targets / (1 + self.M[:, active] @ v)
            for signs in itertools.product((1.0, -1.0), repeat=len(active)):
                t = np.zeros(len(S))
                t[list(active)] = np.sqrt(v) / S[list(active)] * np.array(signs)
                yield np.concatenate([t, r])


def real_critical_points(network: LinearNetwork, data: NetworkData) -> FloatArray:
    """All real critical points in floating point, shape (k, N); see `NeuronProblem.of`."""
    problem = NeuronProblem.of(network, data)
    rank_one = rank_one_data(data)
    assert rank_one is not None
    d = network.widths[1]
    x = np.array([_float(value) for value in rank_one.x])
    first, mu = (np.array([[_float(e) for e in row] for row in m]) for m in data.Lambda)
    S = np.array([_float(value) for value in squared_sums(data, rank_one)])
    points = []
    for point in problem.reduced_points(_float(rank_one.s)):
        t, r = point[:d], point[d:]
        a = -x[None, :] * t[:, None] / first
        b = (S * t)[None, :] * r[:, None] / mu
        points.append(np.concatenate([a.ravel(), b.ravel()]))
    return np.array(points).reshape(len(points), network.weight_count)


def data_with_most_real_points(
    network: LinearNetwork, *, seed: int = 0, budget: Budget = UNLIMITED
) -> tuple[NetworkData, int]:
    """Exact data, all λ > 0, with as many real critical points as a search finds.

    Hill climbing on the logarithms of μ, y and S from random starts; ends as soon as the bound
    Σ_k 2^k C(d,k) is reached.

    Returns
    -------
    NetworkData, int
        The data, and the number of real points in floating point.
    """
    if network.hidden_layers != 1 or network.m != 1:
        raise InputError(f"{network.name}: one hidden layer and m = 1 are needed")
    _, d, p = network.widths
    bound = real_bound(d, p)
    generator = np.random.default_rng(seed)
    best: tuple[int, FloatArray] = (0, np.zeros(p * d + p + d))
    current: tuple[int, FloatArray] = best
    for step in range(MAX_STEPS):
        if step % 50 == 0:
            budget.check(_exact_data(network, best[1], generator))
        if step % 400 == 0:
            start = generator.normal(0, 1.5, p * d + p + d)
            current = (_problem(start, d, p).count(), start)
        moved = current[1] + generator.normal(0, 0.6, p * d + p + d)
        found = _problem(moved, d, p).count()
        if found >= current[0]:
            current = (found, moved)
        if current[0] > best[0]:
            best = current
            data = _exact_data(network, best[1], generator)
            # Rounding to short rationals must not lose a point.
            exact = NeuronProblem.of(network, data).count()
            if exact >= bound:
                return data, exact
            best = (min(best[0], max(exact, 1)), best[1])
    data = _exact_data(network, best[1], generator)
    return data, NeuronProblem.of(network, data).count()


def _problem(logarithms: FloatArray, d: int, p: int) -> NeuronProblem:
    M = np.exp(-logarithms[: p * d]).reshape(p, d)
    targets = np.exp(logarithms[p * d : p * d + p] + 1)
    return NeuronProblem(M, targets, np.exp(-logarithms[p * d + p :]))


def _exact_data(
    network: LinearNetwork, logarithms: FloatArray, generator: np.random.Generator
) -> NetworkData:
    """Short rationals near μ, y, S; x and the split of S over the inputs at random."""
    n, d, p = network.widths
    mu = np.exp(logarithms[: p * d]).reshape(p, d)
    y = np.exp(logarithms[p * d : p * d + p] + 1)
    S = np.exp(logarithms[p * d + p :])
    x = [fmpq(int(v), 8) for v in generator.integers(4, 17, n)]
    shares = generator.dirichlet(np.full(n, 4.0), d)
    first = tuple(
        tuple(x[j] * x[j] / _rational(S[i] * shares[i, j]) for j in range(n)) for i in range(d)
    )
    return NetworkData(
        tuple((value,) for value in x),
        tuple((_rational(value),) for value in y),
        (first, tuple(tuple(_rational(value) for value in row) for row in mu)),
        ("found by a search for many real critical points",),
    )


def _rational(value: float) -> fmpq:
    """A positive dyadic rational with a relative error below 2^-12."""
    mantissa, exponent = np.frexp(value)
    numerator = max(1, round(float(mantissa) * 2**12))
    shift = int(exponent) - 12
    return fmpq(numerator * 2**shift) if shift >= 0 else fmpq(numerator, 2**-shift)


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)
