"""Packed monomials: divisibility, least common multiples, divisor masks, hash tables.

Words follow `algebra.orders.Layout`. Guard bits are zero in every stored monomial, so a field
never borrows from its neighbour in `divides`; a product that sets one is reported as overflow.
Hashes are linear, `hash(ab) = hash(a) + hash(b)` modulo 2**32, so products need no rehashing.
"""

import numpy as np

from algebra.kernels.compilation import kernel


@kernel()
def divides(a, i, b, j, guard):
    """Whether monomial a[i] divides b[j]; a, b uint64 (·, W)."""
    for w in range(guard.shape[0]):
        g = guard[w]
        if ((b[j, w] | g) - a[i, w]) & g != g:
            return False
    return True


@kernel()
def same(a, i, b, j):
    """Whether a[i] == b[j] word by word."""
    for w in range(a.shape[1]):
        if a[i, w] != b[j, w]:
            return False
    return True


@kernel()
def least_common_multiple(a, i, b, j, out, k, unit, word, shift, field):
    """out[k] = lcm(a[i], b[j]); True iff the two are coprime."""
    coprime = True
    for w in range(out.shape[1]):
        out[k, w] = np.uint64(0)
    for v in range(word.shape[0]):
        x = (a[i, word[v]] >> shift[v]) & field
        y = (b[j, word[v]] >> shift[v]) & field
        if x != 0 and y != 0:
            coprime = False
        if y > x:
            x = y
        for w in range(out.shape[1]):
            out[k, w] += unit[w, v] * x
    return coprime


@kernel()
def divisor_mask(a, i, word, shift, field):
    """32 bits with mask(a) & ~mask(b) == 0 whenever a divides b.

    Every variable owns 32 // n bits (at least one, shared when n > 32); bit k is set iff the
    exponent exceeds k.
    """
    n = word.shape[0]
    per_variable = max(1, 32 // max(n, 1))
    mask = np.uint32(0)
    for v in range(n):
        e = (a[i, word[v]] >> shift[v]) & field
        for k in range(per_variable):
            if e > np.uint64(k):
                mask |= np.uint32(1) << np.uint32((v * per_variable + k) & 31)
    return mask


@kernel()
def find_or_insert(key, r, h, words, hashes, slots, size):
    """Index of monomial key[r] with hash h in the table; appended if new.

    The caller provides room: words, hashes longer than size[0], slots a power of two, sparse.
    """
    mask = np.uint32(slots.shape[0] - 1)
    s = h & mask
    step = np.uint32(0)
    while True:
        m = slots[s]
        if m < 0:
            m = size[0]
            for w in range(words.shape[1]):
                words[m, w] = key[r, w]
            hashes[m] = h
            slots[s] = m
            size[0] = m + 1
            return m
        if hashes[m] == h and same(words, m, key, r):
            return np.int64(m)
        step += np.uint32(1)  # triangular steps visit every slot of a power of two
        s = np.uint32(s + step) & mask


@kernel(
    "int64(uint64[:,::1], uint32[::1], uint64[:,::1], uint32[::1], int32[::1], int64[::1], "
    "int32[::1])"
)
def intern_monomials(keys, key_hashes, words, hashes, slots, size, out):
    """out[k] = index of keys[k] in the table; the table has room for all of them."""
    for k in range(keys.shape[0]):
        out[k] = find_or_insert(keys, k, key_hashes[k], words, hashes, slots, size)
    return np.int64(0)


@kernel("int64(int32[::1], uint32[::1], int64)")
def rebuild_slots(slots, hashes, count):
    """Enter monomials 0 … count-1 into freshly cleared slots (all -1) of a larger table."""
    mask = np.uint32(slots.shape[0] - 1)
    for m in range(count):
        s = hashes[m] & mask
        step = np.uint32(0)
        while slots[s] >= 0:
            step += np.uint32(1)
            s = np.uint32(s + step) & mask
        slots[s] = m
    return np.int64(0)


@kernel("int64(uint64[:,::1], uint32[::1], int64[::1], uint64[::1], uint64)")
def divisor_masks(words, out, word, shift, field):
    """out[k] = divisor mask of words[k]."""
    for k in range(words.shape[0]):
        out[k] = divisor_mask(words, k, word, shift, field)
    return np.int64(0)
