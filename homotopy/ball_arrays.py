"""Arrays of complex balls in double precision, with every rounding error in the radius.

A ball is a midpoint (complex128) and a radius (float64); arithmetic works elementwise with NumPy's
broadcasting, so that a straight-line program runs over thousands of balls at once.

With u = 2^-53 a complex sum is rounded by at most u|a + b|, a product by at most √5·u|a||b|
(R. Brent, C. Percival, P. Zimmermann, Math. Comp. 76 (2007), 1469-1481, Theorem 1), whether or not
it is fused; underflow adds less than TINY. Radii are sums and products of a few nonnegative
numbers, each rounded by a factor 1 ± u: the factor INFLATE covers ten of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]

#: Bound for the rounding of one operation, relative: above √5·2^-53.
UNIT = 3 * 2.0**-53
TINY = 1e-300
INFLATE = 1 + 2.0**-48


@dataclass(frozen=True, eq=False)
class BallArray:
    """Complex balls; radii that are not finite contain everything.

    Attributes
    ----------
    mid : complex128 array
    rad : float64 array of the same shape
    """

    mid: ComplexArray
    rad: FloatArray

    @classmethod
    def exact(cls, values: Any) -> BallArray:
        """Balls of radius 0 around doubles."""
        mid = np.asarray(values, dtype=np.complex128)
        return cls(mid, np.zeros(mid.shape))

    def __add__(self, other: BallArray) -> BallArray:
        mid = self.mid + other.mid
        return BallArray(mid, (self.rad + other.rad + UNIT * np.abs(mid) + TINY) * INFLATE)

    def __sub__(self, other: BallArray) -> BallArray:
        mid = self.mid - other.mid
        return BallArray(mid, (self.rad + other.rad + UNIT * np.abs(mid) + TINY) * INFLATE)

    def __mul__(self, other: BallArray) -> BallArray:
        a, b = np.abs(self.mid), np.abs(other.mid)
        rad = a * other.rad + self.rad * (b + other.rad) + UNIT * (a * b)
        return BallArray(self.mid * other.mid, (rad + TINY) * INFLATE)

    def magnitude(self) -> FloatArray:
        """Upper bounds of the absolute values of all numbers in the balls."""
        return np.asarray((np.abs(self.mid) + self.rad + TINY) * INFLATE)
