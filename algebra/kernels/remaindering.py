"""Chinese remaindering of many residue vectors, and Lehmer's steps of Euclid's algorithm.

Numbers are rows of 28-bit limbs, little endian: a 31-bit factor times a limb is below 2**59, so
31 such products add up in an unsigned word before a carry is due.
"""

import numpy as np

from algebra.kernels.compilation import kernel
from algebra.kernels.elimination import inverse

LIMB = 28
#: Products of a residue and a limb that fit one word.
PRODUCTS_PER_WORD = 31


@kernel()
def carry_over(limbs):
    """Bring unsigned limbs below 2**28; the topmost takes what is left."""
    carry = np.uint64(0)
    mask = np.uint64((1 << LIMB) - 1)
    for j in range(limbs.shape[0] - 1):
        x = limbs[j] + carry
        limbs[j] = x & mask
        carry = x >> np.uint64(LIMB)
    limbs[limbs.shape[0] - 1] += carry


@kernel("int64(uint32[::1], uint32[::1], uint32[::1])")
def reduce_words(words, primes, out):
    """out[k] = number modulo primes[k]; words: little-endian 32-bit words of a number ≥ 0."""
    for k in range(primes.shape[0]):
        p = np.uint64(primes[k])
        x = np.uint64(0)
        for j in range(words.shape[0] - 1, -1, -1):
            x = ((x << np.uint64(32)) | np.uint64(words[j])) % p
        out[k] = x
    return np.int64(0)


@kernel("int64(uint32[::1], uint32[::1], uint32[:,::1], uint32[::1])")
def remainder_tables(modulus, primes, cofactors, inverses):
    """cofactors[k] = M / primes[k] in limbs and inverses[k], its inverse modulo primes[k].

    modulus (L,): limbs of M, the product of distinct primes (K,).
    """
    limbs = modulus.shape[0]
    for k in range(primes.shape[0]):
        p = np.int64(primes[k])
        remainder = np.int64(0)
        for j in range(limbs - 1, -1, -1):
            x = (remainder << LIMB) | np.int64(modulus[j])
            cofactors[k, j] = x // p
            remainder = x % p
        residue = np.int64(0)
        for j in range(limbs - 1, -1, -1):
            residue = ((residue << LIMB) | np.int64(cofactors[k, j])) % p
        inverses[k] = inverse(residue, p)
    return np.int64(0)


@kernel()
def multipliers(scale, primes, inverses, factors, quotients):
    """factors[k] = f = scale[k] · inverses[k] mod p_k and quotients[k] = floor(2^32 f / p_k)."""
    for k in range(inverses.shape[0]):
        p = np.uint64(primes[k])
        factors[k] = np.uint64(scale[k]) * np.uint64(inverses[k]) % p
        quotients[k] = (factors[k] << np.uint64(32)) // p


@kernel()
def share_of(residues, i, primes, reciprocals, factors, quotients, y):
    """(x/M, whole): x the number of least absolute value with residues[·, i] times the scale.

    y[k] = factors[k] · residues[k, i] mod primes[k]; Σ y[k] M/p_k = x + whole · M, so the
    fractional part of Σ y[k] / p_k tells x/M to about fifteen digits.
    """
    share = 0.0
    whole = np.int64(0)
    for k in range(factors.shape[0]):
        # Shoup's multiplication: the quotient is right or one too small.
        r = np.uint64(residues[k, i])
        q = (r * quotients[k]) >> np.uint64(32)
        x = r * factors[k] - q * np.uint64(primes[k])
        if x >= np.uint64(primes[k]):
            x -= np.uint64(primes[k])
        y[k] = x
        share += np.float64(np.int64(x)) * reciprocals[k]
        if share >= 1.0:
            share -= 1.0
            whole += 1
    if share > 0.5:
        share -= 1.0
        whole += 1
    return share, whole


@kernel("int64(uint32[:,::1], uint32[::1], uint32[::1], uint32[::1], float64, int64)")
def first_large(residues, primes, scale, inverses, tolerance, begin):
    """First i ≥ begin whose number (see `combine_scaled`) is not below tolerance · M; or N."""
    count = inverses.shape[0]
    factors = np.empty(count, dtype=np.uint64)
    quotients = np.empty(count, dtype=np.uint64)
    multipliers(scale, primes, inverses, factors, quotients)
    reciprocals = 1.0 / primes.astype(np.float64)
    y = np.empty(count, dtype=np.uint32)
    for i in range(begin, residues.shape[1]):
        share, _ = share_of(residues, i, primes, reciprocals, factors, quotients, y)
        if abs(share) > tolerance:
            return np.int64(i)
    return np.int64(residues.shape[1])


@kernel(
    "int64(uint32[:,::1], uint32[::1], uint32[::1], uint32[::1], uint32[:,::1], uint32[::1], "
    "uint32[::1], uint32[::1], int64, uint32[:,::1])"
)
def combine_scaled(
    residues, primes, scale, inverses, cofactors, modulus, powers, expected, check, out
):
    """out[i] = the number of least absolute value that is scale · residues[·, i] modulo M.

    residues uint32 (K, N), scale (≥ K,): modulo primes (≥ K,). M = Π p_k over the first K;
    cofactors, inverses as from `remainder_tables`, modulus = M as limbs (L,), where L·28 bits
    exceed those of K·M. Returns the first i whose number is not scale · expected[i] modulo check
    = primes[K] (0: no check; powers[j] = 2^(28 j) modulo it, L + 1 of them); N if there is none.
    out uint32 (N, W) holds two's complement in 32-bit words, 32 W ≥ 28 L + 32.
    """
    count, limbs = cofactors.shape
    total = np.zeros(limbs, dtype=np.uint64)
    y = np.zeros(count, dtype=np.uint32)
    half_word = np.uint64(32)
    factors = np.empty(count, dtype=np.uint64)
    quotients = np.empty(count, dtype=np.uint64)
    multipliers(scale, primes, inverses, factors, quotients)
    reciprocals = 1.0 / primes.astype(np.float64)
    low = np.uint64((1 << LIMB) - 1)
    for i in range(residues.shape[1]):
        _, whole = share_of(residues, i, primes, reciprocals, factors, quotients, y)
        total[:] = 0
        for k in range(count):
            factor = np.uint64(y[k])
            for j in range(limbs):
                total[j] += factor * np.uint64(cofactors[k, j])
            if k % PRODUCTS_PER_WORD == PRODUCTS_PER_WORD - 1:
                carry_over(total)
        carry_over(total)
        # Remove `whole` multiples of M; signed carries from here on.
        carry = np.int64(0)
        for j in range(limbs):
            z = np.int64(total[j]) - whole * np.int64(modulus[j]) + carry
            total[j] = np.uint64(z) & low
            carry = z >> LIMB
        if check > 0:
            remainder = carry * np.int64(powers[limbs]) % check
            part = np.uint64(0)
            for j in range(limbs):
                part += total[j] * np.uint64(powers[j])
                if j % 16 == 15 or j == limbs - 1:
                    remainder += np.int64(part % np.uint64(check))
                    part = np.uint64(0)
            wanted = np.int64(expected[i]) * np.int64(scale[count]) % check
            if (remainder - wanted) % check != 0:
                return np.int64(i)
        # 28-bit limbs to 32-bit words.
        word = np.uint64(0)
        filled = 0
        place = 0
        for j in range(limbs):
            word |= total[j] << np.uint64(filled)
            filled += LIMB
            if filled >= 32:
                out[i, place] = np.uint32(word & np.uint64(0xFFFFFFFF))
                word >>= half_word
                filled -= 32
                place += 1
        sign = np.uint64(0xFFFFFFFF) if carry < 0 else np.uint64(0)
        out[i, place] = np.uint32((word | (sign << np.uint64(filled))) & np.uint64(0xFFFFFFFF))
        for j in range(place + 1, out.shape[1]):
            out[i, j] = np.uint32(sign)
    return np.int64(residues.shape[1])


@kernel("UniTuple(int64, 4)(int64, int64)")
def lehmer_step(x, y):
    """Quotients that are certain from the leading 62 bits x ≥ y of two numbers.

    Returns A, B, C, D with (A r0 + B r1, C r0 + D r1) the pair after these steps; B = 0 if none is
    certain. D. E. Knuth, "The Art of Computer Programming", vol. 2, 4.5.2, Algorithm L.
    """
    a, b, c, d = np.int64(1), np.int64(0), np.int64(0), np.int64(1)
    while y + c != 0 and y + d != 0:
        q = (x + a) // (y + c)
        if q != (x + b) // (y + d):
            break
        a, b, c, d = c, d, a - q * c, b - q * d
        x, y = y, x - q * y
    return a, b, c, d
