"""Elimination along a recorded course, for eight primes at once, one prime per lane.

Which rows are reduced, which give new rows and on which columns these live is known from the
learning prime; only numbers are computed. A prime is marked as failed when a pivot vanishes or an
entry appears where the learning prime has none.
"""

import numpy as np

from algebra.kernels.compilation import kernel
from algebra.kernels.elimination import inverse
from algebra.kernels.lanes import LANES, primes_subtract


@kernel(
    "int64(int64[::1], uint32[::1], int64[::1], int64[::1], int64, int32[::1], int64, int64, "
    "int32[::1], int64[::1], int32[::1], int64[::1], uint32[::1], "
    "int32[::1], int64[::1], int32[::1], uint32[::1], int64, uint8[::1], int64)"
)
def replay_rows(
    work, factors, primes, squares, columns_count, lower, begin, tails,
    pivot_row, row_start, columns, row_values, values,
    new_row, new_start, new_columns, new_values, new_offset, failed, limit,
):  # fmt: skip
    """Reduce lower[begin:]; returns the next row to do when more than `limit` operations are spent.

    work int64 (8 · columns_count,), zero on entry and exit. Row r owns
    columns[row_start[r]:row_start[r+1]]; coefficient k of it for all eight primes is
    values[8 (row_values[r] + k) :][:8]. Result i lives on new_columns[new_start[i]:new_start[i+1]]
    and is written at new_values[8 (new_offset + new_start[i]) :]. tails = 0: results are monic
    pivot rows (new_row is filled) for the rows after them; tails = 1: normal forms of the rows
    without their first entry. failed uint8 (8,) is set per lane.
    """
    spent = np.int64(0)
    for i in range(begin, lower.shape[0]):
        if spent > limit:
            return np.int64(i)
        r = lower[i]
        first = np.int64(columns_count)
        offset = row_values[r] - row_start[r]
        for k in range(row_start[r] + tails, row_start[r + 1]):
            c = np.int64(columns[k])
            first = min(first, c)
            for j in range(LANES):
                work[LANES * c + j] = values[LANES * (offset + k) + j]
        target = new_start[i]
        stop = new_start[i + 1]
        if stop > target:
            first = min(first, np.int64(new_columns[target]))
        for c in range(first, columns_count):
            base = np.uint64(c) * np.uint64(LANES)
            some = np.int64(0)
            for j in range(LANES):
                some |= work[base + np.uint64(j)]
            expected = target < stop and new_columns[target] == c
            if some == 0 and not expected:
                continue
            some = 0
            for j in range(LANES):
                x = work[base + np.uint64(j)] % primes[j]
                factors[j] = x
                some |= x
            r = pivot_row[c]
            s, end, offset = np.int64(0), np.int64(0), np.int64(0)
            if r >= 0:
                s, end, offset = row_start[r], row_start[r + 1], row_values[r]
            if r >= 0 and some != 0:
                for k in range(end - s):
                    primes_subtract(
                        work, np.uint64(columns[np.uint64(s + k)]) * np.uint64(LANES), factors,
                        values, np.uint64(LANES * (offset + k)), squares,
                    )  # fmt: skip
                spent += end - s
            elif new_row[c] >= 0:
                if some != 0:
                    n = new_row[c]
                    for k in range(new_start[n], new_start[n + 1]):
                        column = np.uint64(new_columns[np.uint64(k)]) * np.uint64(LANES)
                        primes_subtract(
                            work, column, factors, new_values,
                            np.uint64(LANES * (new_offset + k)), squares,
                        )  # fmt: skip
                    spent += new_start[n + 1] - new_start[n]
            elif expected:
                for j in range(LANES):
                    new_values[LANES * (new_offset + target) + j] = factors[j]
                    work[base + np.uint64(j)] = 0
                target += 1
            else:
                for j in range(LANES):
                    if factors[j] != 0:
                        failed[j] = 1
                    work[base + np.uint64(j)] = 0
        work[LANES * first : LANES * columns_count] = 0
        if tails == 0:
            start = new_start[i]
            for j in range(LANES):
                lead = np.int64(new_values[LANES * (new_offset + start) + j])
                if lead == 0:
                    failed[j] = 1
                    continue
                scale = inverse(lead, primes[j])
                for k in range(start, stop):
                    place = LANES * (new_offset + k) + j
                    new_values[place] = np.int64(new_values[place]) * scale % primes[j]
            new_row[new_columns[start]] = i
    return np.int64(lower.shape[0])
