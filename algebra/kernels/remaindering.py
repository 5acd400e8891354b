"""Chinese remaindering of many residue vectors into numbers of many 32-bit limbs."""

import numpy as np

from algebra.kernels.compilation import kernel


@kernel(
    "int64(uint32[:,::1], int64[::1], int64[::1], uint32[:,::1], uint32[::1], uint32[:,::1], "
    "int64, int64)"
)
def combine_residues(residues, primes, weights, cofactors, modulus, out, begin, end):
    """out[i] = number with residues[k, i] modulo primes[k], in [0, 2M), for begin ≤ i < end.

    M = Π p_k; weights[k] = (M/p_k)^-1 modulo p_k; cofactors[k] = M/p_k and modulus = M as
    little-endian 32-bit limbs (L,); M has to leave the top two limbs free; out uint32 (N, L).
    """
    count, limbs = cofactors.shape
    low = np.zeros(limbs + 1, dtype=np.uint64)
    mask = np.uint64(0xFFFFFFFF)
    wide = np.uint64(32)
    for i in range(begin, end):
        low[:] = 0
        share = 0.0
        for k in range(count):
            y = np.int64(residues[k, i]) * weights[k] % primes[k]
            share += y / primes[k]
            factor = np.uint64(y)
            for j in range(limbs):
                x = factor * np.uint64(cofactors[k, j])
                low[j] += x & mask
                low[j + 1] += x >> wide
        # Rounded down with a margin for the error of `share`: the multiple of M removed is the
        # right one or one too few.
        multiple = np.uint64(max(0.0, np.floor(share - 1e-6)))
        carry = np.uint64(0)
        borrow = np.uint64(0)
        taken = np.uint64(0)
        for j in range(limbs):
            x = low[j] + carry
            carry = x >> wide
            taken += multiple * np.uint64(modulus[j])
            minus = (taken & mask) + borrow
            taken >>= wide
            x &= mask
            if x >= minus:
                out[i, j] = x - minus
                borrow = np.uint64(0)
            else:
                out[i, j] = (x + (np.uint64(1) << wide)) - minus
                borrow = np.uint64(1)
    return np.int64(end)


@kernel("int64(int64, int64, int64[::1])")
def lehmer_step(x, y, matrix):
    """Quotients that are certain from the leading 62 bits x ≥ y of two numbers.

    matrix (4,): A, B, C, D with (A r0 + B r1, C r0 + D r1) the pair after these steps; returns
    their number. D. E. Knuth, "The Art of Computer Programming", vol. 2, 4.5.2, Algorithm L.
    """
    a, b, c, d = np.int64(1), np.int64(0), np.int64(0), np.int64(1)
    steps = 0
    while y + c != 0 and y + d != 0:
        q = (x + a) // (y + c)
        if q != (x + b) // (y + d):
            break
        a, b, c, d = c, d, a - q * c, b - q * d
        x, y = y, x - q * y
        steps += 1
    matrix[0], matrix[1], matrix[2], matrix[3] = a, b, c, d
    return np.int64(steps)
