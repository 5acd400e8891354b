"""Gebauer–Möller update of the S-pairs when a polynomial enters the basis.

R. Gebauer, H. M. Möller, "On an installation of Buchberger's algorithm", J. Symb. Comput. 6
(1988). Criteria are named as there: B on old pairs, M and F among the new ones, coprime last.
"""

import numpy as np

from algebra.kernels.compilation import kernel
from algebra.kernels.exponents import divides, divisor_mask, least_common_multiple, same


@kernel(
    "int64(int64, uint64[:,::1], uint32[::1], uint8[::1], int64[::1], int32[::1], int32[::1], "
    "int64[::1], uint64[:,::1], int64, uint64[:,::1], int64[::1], uint64[::1], uint64[::1], "
    "uint64, int64)"
)
def update_pairs(
    new, lead, mask, redundant, sugar, first, second, pair_sugar, pair_lcm, pairs,
    unit, word, shift, guard, field, degree,
):  # fmt: skip
    """Pairs after basis element `new` has entered, with those before it; returns their number.

    lead uint64 (>new, W): leading monomials; mask: their divisor masks; redundant: 1 where
    another leading monomial divides; sugar: sugar degrees. The pair arrays are compacted and
    extended in place and have room for `new` more. Returns -1 on exponent overflow.
    """
    words = lead.shape[1]
    lcm = np.empty((new + 1, words), dtype=np.uint64)
    coprime = np.empty(new + 1, dtype=np.uint8)
    for i in range(new):
        coprime[i] = least_common_multiple(lead, i, lead, new, lcm, i, unit, word, shift, field)
        for w in range(words):
            if lcm[i, w] & guard[w]:
                return np.int64(-1)

    # B: the old pair is covered by the two pairs with the new element.
    kept = 0
    for k in range(pairs):
        i, j = first[k], second[k]
        covered = (
            divides(lead, new, pair_lcm, k, guard)
            and not same(lcm, i, pair_lcm, k)
            and not same(lcm, j, pair_lcm, k)
        )
        if not covered:
            if kept != k:
                first[kept], second[kept], pair_sugar[kept] = i, j, pair_sugar[k]
                for w in range(words):
                    pair_lcm[kept, w] = pair_lcm[k, w]
            kept += 1
    pairs = kept

    # M and F: by increasing degree, coprime pairs first among equals, keep minimal lcms only.
    keys = np.empty(new, dtype=np.int64)
    candidates = 0
    for i in range(new):
        if not redundant[i]:
            rank = 2 * np.int64(lcm[i, degree]) + 1 - coprime[i]
            keys[candidates] = rank * np.int64(2**31) + i
            candidates += 1
    keys = np.sort(keys[:candidates])
    minimal = np.empty(candidates, dtype=np.int64)
    minimal_mask = np.empty(candidates, dtype=np.uint32)
    count = 0
    for c in range(candidates):
        i = keys[c] & np.int64(2**31 - 1)
        m = divisor_mask(lcm, i, word, shift, field)
        dominated = False
        for k in range(count):
            if minimal_mask[k] & ~m == 0 and divides(lcm, minimal[k], lcm, i, guard):
                dominated = True
                break
        if dominated:
            continue
        minimal[count] = i
        minimal_mask[count] = m
        count += 1
    for k in range(count):
        i = minimal[k]
        if coprime[i]:
            continue
        first[pairs], second[pairs] = i, new
        for w in range(words):
            pair_lcm[pairs, w] = lcm[i, w]
        rise_i = np.int64(lcm[i, degree] - lead[i, degree])
        rise_new = np.int64(lcm[i, degree] - lead[new, degree])
        pair_sugar[pairs] = max(sugar[i] + rise_i, sugar[new] + rise_new)
        pairs += 1

    # A redundant element keeps its queued pairs and enters no new ones. For the new element the
    # pair with its divisor i has lcm lead(new), which dominated all others above.
    for i in range(new):
        if not redundant[i] and mask[i] & ~mask[new] == 0 and divides(lead, i, lead, new, guard):
            redundant[new] = 1
            break
    for i in range(new):
        if not redundant[i] and mask[new] & ~mask[i] == 0 and divides(lead, new, lead, i, guard):
            redundant[i] = 1
    return np.int64(pairs)
