"""Named distributions of random parameters: exact dyadic rationals, reproducible for ever.

Numbers come from the raw stream of a bit generator by inverse distribution functions: NumPy
promises stable streams for bit generators only, and a stored sweep must mean the same samples.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from flint import fmpq

from algebra.errors import InputError

#: Draws are multiples of 2^-BITS: exact as doubles for every value that occurs.
BITS = 30

#: Size of a parameter from a number u uniform in (0, 1); the sign is drawn apart.
_SIZES: dict[str, Callable[[float], float]] = {
    "uniform": lambda u: u,
    # |N(0, 1)|: the inverse of the half-normal distribution.
    "normal": lambda u: NormalDist().inv_cdf(0.5 + u / 2),
    "lognormal": lambda u: math.exp(NormalDist().inv_cdf(u)),
    "loguniform": lambda u: 10.0 ** (4 * u - 2),
}

#: "wide" is the draw of `NetworkData.random` and of `homotopy.members.random_values`; the others:
#: uniform in (0, 1), half-normal, lognormal with parameters 0 and 1, loguniform in (0.01, 100).
DISTRIBUTIONS = ("wide", *_SIZES)


class Draw:
    """Exact random numbers of one named distribution (any but "wide"), from one seed."""

    def __init__(self, distribution: str, seed: int) -> None:
        self._bits = np.random.PCG64(seed)
        self._size = _SIZES[distribution]

    def _uniform(self) -> float:
        """A number in the open interval (0, 1), one of 2^52 equally spaced ones."""
        return ((int(self._bits.random_raw()) >> 12) + 0.5) * 2.0**-52

    def positive(self) -> fmpq:
        """The size of a parameter, never 0."""
        return fmpq(max(1, round(self._size(self._uniform()) * 2**BITS)), 2**BITS)

    def signed(self) -> fmpq:
        """A size with a random sign."""
        sign = 1 if int(self._bits.random_raw()) >> 63 else -1
        return sign * self.positive()


def check_distribution(name: str) -> None:
    """Raise `InputError` unless `name` is a distribution."""
    if name not in DISTRIBUTIONS:
        raise InputError(f"distribution={name!r}: expected one of {', '.join(DISTRIBUTIONS)}")
