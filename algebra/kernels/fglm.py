"""Vectors of normal forms in GF(p)[x]/I: products with a variable, and linear relations.

`successor` and `border` as in `algebra.kernels.quotient`; p < 2**31.
"""

import numpy as np

from algebra.kernels.compilation import kernel
from algebra.kernels.elimination import inverse


@kernel("int64(int64, int32[:,::1], uint32[:,::1], uint32[::1], uint32[::1], int64)")
def multiply_by_variable(i, successor, border, vector, out, p):
    """Coordinates `out` of x_i times the element with coordinates `vector`; uint32 (D,)."""
    size = successor.shape[1]
    p_squared = p * p
    work = np.zeros(size, dtype=np.int64)
    for b in range(size):
        c = np.int64(vector[b])
        if c == 0:
            continue
        target = successor[i, b]
        if target >= 0:
            x = work[target] + c
            work[target] = x - p_squared if x >= p_squared else x
        else:
            row = border[-1 - target]
            minus = p - c
            for k in range(size):
                x = work[k] - minus * np.int64(row[k])
                work[k] = x + ((x >> 63) & p_squared)
    for k in range(size):
        out[k] = work[k] % p
    return np.int64(0)


@kernel("int64(uint32[::1], uint32[:,::1], int64[::1], int64, int64)")
def extend_echelon(vector, rows, pivots, count, p):
    """Add a vector to `count` monic rows in echelon form; 1 if it is independent of them.

    rows uint32 (D, D) and pivots int64 (D,) are extended in place.
    """
    size = vector.shape[0]
    p_squared = p * p
    work = vector.astype(np.int64)
    for r in range(count):
        factor = work[pivots[r]] % p
        if factor == 0:
            continue
        row = rows[r]
        for k in range(size):
            x = work[k] - factor * np.int64(row[k])
            work[k] = x + ((x >> 63) & p_squared)
    for k in range(size):
        work[k] %= p
    for k in range(size):
        if work[k] != 0:
            scale = inverse(work[k], p)
            for j in range(size):
                rows[count, j] = work[j] * scale % p
            pivots[count] = k
            return np.int64(1)
    return np.int64(0)
