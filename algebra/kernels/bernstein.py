"""Halving an interval in the Bernstein basis, in fixed point with many limbs.

Coefficient k of a polynomial of degree n is Σ_l limbs[l, k] 2^(32 l): limbs below the last one lie
in [0, 2^32), the last one is signed (two's complement). De Casteljau's averages never grow.
"""

import numpy as np

from algebra.kernels.compilation import kernel


@kernel("int64(int64[:,::1], int64[:,::1], int64[:,::1], int64[::1])")
def halve(limbs, left, right, carry):
    """Coefficients on both halves, rounded down at each of the n averages: errors grow by n.

    limbs int64 (L, n + 1) is overwritten; left, right int64 (L, n + 1); carry int64 (n + 1,) is a
    workspace.
    """
    count, size = limbs.shape
    mask = np.int64(0xFFFFFFFF)
    for step in range(size):
        last = size - 1 - step
        for level in range(count):
            left[level, step] = limbs[level, 0]
            right[level, last] = limbs[level, last]
        if last == 0:
            break
        carry[:last] = 0
        below = limbs[0]
        for level in range(count - 1):
            row = limbs[level]
            for k in range(last):
                total = row[k] + row[k + 1] + carry[k]
                carry[k] = total >> 32
                row[k] = total & mask
            if level > 0:
                for k in range(last):
                    below[k] = (below[k] >> 1) | ((row[k] & 1) << 31)
            below = row
        row = limbs[count - 1]
        for k in range(last):
            total = row[k] + row[k + 1] + carry[k]
            if count > 1:
                below[k] = (below[k] >> 1) | ((total & 1) << 31)
            row[k] = total >> 1
    return np.int64(0)


@kernel("int64(int64[:,::1], int64, int8[::1])")
def signs(limbs, error, out):
    """out[k] = sign of coefficient k, 0 where it is at most `error` (< 2^31) in absolute value."""
    count, size = limbs.shape
    for k in range(size):
        top = limbs[count - 1, k]
        negative = top < 0
        large = top > 0 or top < -1
        full = np.int64(0xFFFFFFFF) if negative else np.int64(0)
        for level in range(1, count - 1):
            if limbs[level, k] != full:
                large = True
        if not large:
            low = limbs[0, k]
            large = (2**32 - low > error) if negative else low > error
        out[k] = 0 if not large else (-1 if negative else 1)
    return np.int64(0)
