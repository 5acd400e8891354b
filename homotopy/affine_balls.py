"""Arrays of functions a + s·δ + e of small parameters δ, with every rounding error in the radius.

|δ_l| ≤ h_l and |e| ≤ r: first-order Taylor arithmetic. What moves together cancels, which plain
balls do not see: over cells of parameters they overestimate derivatives hundreds of times. Bounds
of rounding errors are those of `homotopy.ball_arrays`.
M. Berz, G. Hoffstätter, "Computation and application of Taylor polynomials with interval remainder
bounds", Reliable Computing 4 (1998), 83-97.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homotopy.ball_arrays import INFLATE, TINY, UNIT, BallArray

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AffineArray:
    """Functions of δ; radii that are not finite contain everything.

    Attributes
    ----------
    mid : complex128 array (…)
    slope : complex128 array (…, k)
    rad : float64 array (…)
    half : float64 array that broadcasts with `slope`
        Bounds of |δ|.
    """

    mid: ComplexArray
    slope: ComplexArray
    rad: FloatArray
    half: FloatArray

    @classmethod
    def constant(cls, ball: BallArray, half: FloatArray) -> AffineArray:
        """A ball that does not depend on δ."""
        return cls(ball.mid, np.zeros((*ball.mid.shape, half.shape[-1]), complex), ball.rad, half)

    def sway(self) -> FloatArray:
        """Upper bounds of |s·δ|."""
        k = self.slope.shape[-1]
        return np.asarray((np.abs(self.slope) * self.half).sum(axis=-1) * (1 + (k + 4) * 2.0**-52))

    def _sum(self, other: AffineArray, sign: int) -> AffineArray:
        mid = self.mid + sign * other.mid
        slope = self.slope + sign * other.slope
        out = AffineArray(mid, slope, np.zeros(()), self.half)
        rad = self.rad + other.rad + UNIT * (np.abs(mid) + out.sway()) + TINY
        return AffineArray(mid, slope, rad * INFLATE, self.half)

    def __add__(self, other: AffineArray) -> AffineArray:
        return self._sum(other, 1)

    def __sub__(self, other: AffineArray) -> AffineArray:
        return self._sum(other, -1)

    def __mul__(self, other: AffineArray) -> AffineArray:
        a, b = np.abs(self.mid), np.abs(other.mid)
        s, t = self.sway(), other.sway()
        # Each slope is a sum of two rounded products.
        errors = UNIT * (a * b + 4 * (a * t + b * s))
        rad = s * t + (a + s) * other.rad + (b + t + other.rad) * self.rad + errors
        slope = self.mid[..., None] * other.slope + self.slope * other.mid[..., None]
        return AffineArray(self.mid * other.mid, slope, (rad + TINY) * INFLATE, self.half)

    def columns(self, chosen: slice) -> AffineArray:
        """Some of the last index."""
        return AffineArray(
            self.mid[..., chosen], self.slope[..., chosen, :], self.rad[..., chosen], self.half
        )

    def magnitude(self) -> FloatArray:
        """Upper bounds of the absolute values for all δ."""
        return np.asarray((np.abs(self.mid) + self.sway() + self.rad + TINY) * INFLATE)


def stacked(values: list[AffineArray], shape: tuple[int, ...], half: FloatArray) -> AffineArray:
    """Functions that broadcast to `shape`, as one array of shape (…, len(values))."""
    axis = len(shape)
    k = half.shape[-1]
    return AffineArray(
        np.stack([np.broadcast_to(v.mid, shape) for v in values], axis=axis),
        np.stack([np.broadcast_to(v.slope, (*shape, k)) for v in values], axis=axis),
        np.stack([np.broadcast_to(v.rad, shape) for v in values], axis=axis),
        half,
    )


def product(matrix: ComplexArray, columns: AffineArray) -> AffineArray:
    """Exact matrices (…, n, n) of doubles times functions (…, n, m)."""
    n, (m, k) = matrix.shape[-1], columns.slope.shape[-2:]
    flat = columns.slope.reshape(*columns.slope.shape[:-2], m * k)
    mid = matrix @ columns.mid
    slope = (matrix @ flat).reshape(*mid.shape, k)
    sizes = np.abs(matrix)
    # A sum of n rounded products in any order: below (n + 3)·UNIT·Σ|terms|.
    terms = sizes @ (np.abs(columns.mid) + columns.sway())
    rad = sizes @ columns.rad * (1 + (n + 4) * 2.0**-52) + (n + 3) * UNIT * terms + n * TINY
    return AffineArray(mid, slope, rad * INFLATE, columns.half)


def identity(n: int, half: FloatArray) -> AffineArray:
    """The unit matrix (n, n)."""
    return AffineArray.constant(BallArray.exact(np.eye(n)), half)


def times_exact(left: AffineArray, right: Any) -> AffineArray:
    """Elementwise products with doubles, shapes as in NumPy."""
    return left * AffineArray.constant(BallArray.exact(right), left.half)
