"""Natural sizes of the unknowns and equations of a system, from its coefficients.

A start system works best where its zeros have the sizes of the target's zeros. Writing
x_k = e^(size_k)·x̂_k and multiplying equation i by e^(-weight_i), the logarithms of the coefficients
become log|q_ia| + ⟨a, size⟩ − weight_i; the least-squares choice makes them as small as possible.

A. P. Morgan, "Solving Polynomial Systems Using Continuation for Engineering and Scientific
Problems", Prentice-Hall 1987, chapter 5 (SCLGEN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Weight of the wish that sizes stay near 1, against the fit; decides what the fit leaves open.
RIDGE = 1e-3


@dataclass(frozen=True, eq=False)
class Sizes:
    """Natural logarithms of the sizes of unknowns, shape (n,), and of equations, shape (n,)."""

    unknowns: FloatArray
    equations: FloatArray

    def moduli(self, i: int, support: NDArray[np.int64]) -> FloatArray:
        """Sizes of coefficients that equation i would have with zeros of these sizes."""
        return np.exp(np.clip(self.equations[i] - support @ self.unknowns, -300.0, 300.0))


def natural_sizes(
    supports: Sequence[NDArray[np.int64]], coefficients: Sequence[NDArray[np.complex128]]
) -> Sizes:
    """Least-squares sizes for coefficients q_ia of supports a (shapes (m_i, n) and (m_i,))."""
    n = supports[0].shape[1] if len(supports) else 0
    blocks, targets = [], []
    for i, (support, values) in enumerate(zip(supports, coefficients, strict=True)):
        used = values != 0
        block = np.zeros((int(used.sum()), n + len(supports)))
        block[:, :n] = support[used]
        block[:, n + i] = -1.0
        blocks.append(block)
        targets.append(-np.log(np.abs(values[used])))
    # Unknowns without influence get size 1: the ridge pulls them to 0.
    blocks.append(RIDGE * np.eye(n + len(supports)))
    targets.append(np.zeros(n + len(supports)))
    fit = np.linalg.lstsq(np.concatenate(blocks), np.concatenate(targets), rcond=None)[0]
    return Sizes(np.clip(fit[:n], -200.0, 200.0), fit[n:])
