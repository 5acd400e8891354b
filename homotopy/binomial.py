"""Binomial systems x^(v_1) = r_1, …, x^(v_n) = r_n: all |det V| zeros with nonzero coordinates.

In logarithms the system is linear: V·log x = log r + 2πi·k with k in Z^n, and k, k' give the same x
iff they differ by a column combination of V. Representatives of Z^n / V·Z^n are the boxes under the
diagonal of the column Hermite form. Moduli and arguments are separate; arguments are counted in
turns, exactly modulo 1, so large exponents lose nothing but the rounding of r.
"""

from __future__ import annotations

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from algebra.errors import InputError

ComplexArray = NDArray[np.complex128]

#: Fixed-point bits of an argument in turns, before the exact arithmetic.
TURN_BITS = 80
#: Most zeros of one system; also keeps n·V² inside int64.
MAX_ZEROS = 2**27


def solve_binomial(exponents: NDArray[np.int64], values: ComplexArray) -> ComplexArray:
    """All zeros in the torus of x^(exponents[i]) = values[i], i = 1 … n.

    Parameters
    ----------
    exponents : int64 array, shape (n, n)
        Nonsingular; negative entries allowed.
    values : complex128 array, shape (n,)
        Nonzero.

    Returns
    -------
    complex128 array, shape (|det exponents|, n), always in the same order.

    Raises
    ------
    InputError
        Singular exponents, a zero value, or more than `MAX_ZEROS` zeros.

    Examples
    --------
    >>> solve_binomial(np.array([[2]]), np.array([4.0 + 0j])).real.round(12).tolist()
    [[2.0], [-2.0]]
    """
    v = np.asarray(exponents, dtype=np.int64)
    r = np.asarray(values, dtype=np.complex128)
    n = len(v)
    if v.shape != (n, n) or r.shape != (n,):
        raise InputError(f"shapes {v.shape} and {r.shape}: expected (n, n) and (n,)")
    if n == 0:
        return np.zeros((1, 0), dtype=np.complex128)
    if not (np.isfinite(r).all() and (r != 0).all()):
        raise InputError("right-hand sides of a binomial system: expected finite, nonzero numbers")
    matrix = fmpz_mat(v.tolist())
    volume = abs(int(matrix.det()))
    if volume == 0:
        raise InputError("the exponents of a binomial system are linearly dependent")
    if volume > MAX_ZEROS:
        raise InputError(f"{volume} zeros of one binomial system: the limit is {MAX_ZEROS}")
    inverse = matrix.inv()
    scaled = np.array(
        [[int(volume * inverse[i, j]) for j in range(n)] for i in range(n)], dtype=object
    )  # volume · V⁻¹, integers
    turns = _first_turns(scaled, volume, np.angle(r)) + _torsion_turns(matrix, scaled, volume)
    float_inverse = scaled.astype(np.float64) / volume
    logarithms = float_inverse @ np.log(np.abs(r)) + 2j * np.pi * turns
    # One Newton step in logarithms removes what rounding of the arguments was amplified to.
    mismatch = np.exp(np.log(r) - logarithms @ v.T)
    zeros: ComplexArray = np.exp(logarithms + np.log(mismatch) @ float_inverse.T)
    return zeros


def binomial_residual(
    exponents: NDArray[np.int64], values: ComplexArray, zeros: ComplexArray
) -> float:
    """Largest |x^(v_i)/r_i − 1| over all zeros and equations."""
    logarithms = np.log(zeros) @ np.asarray(exponents).T - np.log(values)
    return float(np.abs(np.exp(logarithms) - 1).max(initial=0.0))


def _first_turns(
    scaled: NDArray[np.object_], volume: int, angles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """V⁻¹·angle in turns modulo 1 for one branch of the angles, shape (n,)."""
    one = 1 << TURN_BITS
    fixed = np.array([round(float(a) / (2 * np.pi) * 2.0**60) << (TURN_BITS - 60) for a in angles])
    product = scaled @ fixed.astype(object)
    return np.array([float(int(p) % (volume * one)) / (volume * one) for p in product])


def _torsion_turns(
    matrix: fmpz_mat, scaled: NDArray[np.object_], volume: int
) -> NDArray[np.float64]:
    """V⁻¹·k in turns for representatives k of Z^n / V·Z^n, shape (volume, n)."""
    n = matrix.nrows()
    hermite = matrix.transpose().hnf()
    sides = [int(hermite[i, i]) for i in range(n)]
    grid = np.indices(sides, dtype=np.int64).reshape(n, -1).T
    reduced = np.array([[int(e) % volume for e in row] for row in scaled], dtype=np.int64)
    return ((grid @ reduced.T) % volume) / volume
