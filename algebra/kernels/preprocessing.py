"""Symbolic preprocessing of one F4 round: which rows, which columns.

A row is (polynomial, multiplier). Its monomials are looked up in the round's own table; each new
monomial looks for a reducer once, and the reducer's row joins the queue.
J.-C. Faugère, "A new efficient algorithm for computing Gröbner bases (F4)", JPAA 139 (1999).
"""

import numpy as np

from algebra.kernels.compilation import kernel
from algebra.kernels.exponents import divides, divisor_mask

DONE, GROW_TABLE, GROW_ROWS, GROW_ENTRIES, OVERFLOW = range(5)
MONOMIALS, ROWS, NEXT_ROW, NEXT_MONOMIAL, ENTRIES = range(5)
UNSEEN, IRREDUCIBLE = -2, -1


@kernel(
    "int64(uint64[:,::1], uint32[::1], int64[::1], int64[::1], int32[::1], "
    "uint64[:,::1], uint32[::1], uint32[::1], int32[::1], int64, "
    "uint64[:,::1], uint32[::1], int32[::1], int32[::1], "
    "int32[::1], uint64[:,::1], uint32[::1], int64[::1], int32[::1], "
    "int64[::1], uint64[::1], int64[::1], uint64[::1], uint64)"
)
def expand_rows(
    words, hashes, start, length, pool,
    lead, lead_hash, reducer_mask, reducers, reducer_count,
    column_words, column_hash, slots, reducer_row,
    row_polynomial, row_words, row_hash, row_start, entries,
    state, guard, word, shift, field,
):  # fmt: skip
    """Expand the queued rows and all reducers they need; resumable.

    words (·, W), hashes: the basis' monomial table; start, length, pool: its polynomials as
    ranges of monomial numbers. lead, lead_hash: leading monomials per polynomial; reducers:
    polynomials allowed as reducers, tried in order, reducer_mask their divisor masks in that
    order. column_*: the round's monomial table with `slots`; reducer_row per column: UNSEEN,
    IRREDUCIBLE or a row. row_*: the queue; entries: column numbers, row k owning
    row_start[k]:row_start[k+1]. `state` holds MONOMIALS, ROWS, NEXT_ROW, NEXT_MONOMIAL, ENTRIES.

    Returns DONE, or what is too small (call again after growing it), or OVERFLOW.
    """
    width = words.shape[1]
    slot_mask = np.uint32(slots.shape[0] - 1)
    while True:
        while state[2] < state[1]:
            r = state[2]
            g = row_polynomial[r]
            size = length[g]
            used = state[4]
            count = state[0]
            if count + size > column_hash.shape[0] or 5 * (count + size) > 2 * slots.shape[0]:
                return np.int64(GROW_TABLE)
            if used + size > entries.shape[0]:
                return np.int64(GROW_ENTRIES)
            shift_hash = row_hash[r]
            for k in range(size):
                m = pool[start[g] + k]
                h = np.uint32(hashes[m] + shift_hash)  # sums of uint32 widen
                s = h & slot_mask
                step = np.uint32(0)
                while True:
                    c = slots[s]
                    if c < 0:
                        c = count
                        for w in range(width):
                            x = words[m, w] + row_words[r, w]
                            if x & guard[w]:
                                return np.int64(OVERFLOW)
                            column_words[c, w] = x
                        column_hash[c] = h
                        reducer_row[c] = UNSEEN
                        slots[s] = c
                        count += 1
                        break
                    if column_hash[c] == h:
                        equal = True
                        for w in range(width):
                            if column_words[c, w] != words[m, w] + row_words[r, w]:
                                equal = False
                                break
                        if equal:
                            break
                    step += np.uint32(1)
                    s = np.uint32(s + step) & slot_mask
                entries[used + k] = c
            state[0] = count
            state[4] = used + size
            row_start[r + 1] = used + size
            state[2] = r + 1
        if state[3] == state[0]:
            return np.int64(DONE)
        if state[1] + 1 >= row_polynomial.shape[0]:
            return np.int64(GROW_ROWS)
        c = state[3]
        state[3] = c + 1
        if reducer_row[c] != UNSEEN:
            continue
        reducer_row[c] = IRREDUCIBLE
        m = divisor_mask(column_words, c, word, shift, field)
        for k in range(reducer_count):
            if reducer_mask[k] & ~m:
                continue
            g = reducers[k]
            if divides(lead, g, column_words, c, guard):
                r = state[1]
                row_polynomial[r] = g
                for w in range(width):
                    row_words[r, w] = column_words[c, w] - lead[g, w]
                row_hash[r] = column_hash[c] - lead_hash[g]
                reducer_row[c] = r
                state[1] = r + 1
                break


@kernel("int64(int32[::1], int64, int32[::1])")
def renumber(entries, used, position):
    """entries[k] = position[entries[k]] for k < used, in place."""
    for k in range(used):
        entries[k] = position[entries[k]]
    return np.int64(0)
