"""Sparse elimination over GF(p): eight dense working rows against sparse pivot rows.

Working entries lie in [0, p*p): subtracting a product of two residues stays in int64. Hence
p < 2**31, which the caller checks. Column c of the eight rows is `work[8c : 8c+8]`, so one index
and one cache line serve eight rows.

Pivot rows known beforehand refer to coefficients in the basis (`row_values` is an offset into
`values`) and need no copy; rows found here are appended to `new_columns`, `new_values`.
"""

import numpy as np

from algebra.kernels.compilation import kernel
from algebra.kernels.lanes import LANES, lanes_subtract

DONE, GROW, PAUSED = range(3)
NEXT, BLOCK, FOUND, USED, RANDOM, WORK = range(6)


@kernel()
def inverse(a, p):
    """a**-1 modulo the prime p, 0 < a < p."""
    r0, r1, s0, s1 = p, a, np.int64(0), np.int64(1)
    while r1 != 0:
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        s0, s1 = s1, s0 - q * s1
    return s0 + p if s0 < 0 else s0


@kernel()
def next_random(state):
    """Next xorshift64 word; state[RANDOM] is never 0."""
    x = np.uint64(state[RANDOM])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[RANDOM] = np.int64(x)
    return x


@kernel()
def sweep(
    work, first, columns_count, p, factors, used,
    pivot_row, row_start, columns, row_values, values,
    new_row, new_start, new_columns, new_values,
):  # fmt: skip
    """Clear every pivot column of the eight rows from `first` on; entries end in [0, p).

    used[c] becomes 1 where the pivot row of column c was needed (used may be empty). Returns the
    number of multiply-subtracts on eight lanes.
    """
    p_squared = p * p
    operations = np.int64(0)
    for c in range(first, columns_count):
        base = np.uint64(c) * np.uint64(LANES)
        some = np.int64(0)
        for j in range(LANES):
            x = work[base + np.uint64(j)]
            if x != 0:
                x %= p
                work[base + np.uint64(j)] = x
                some |= x
            factors[j] = x
        if some == 0:
            continue
        r = pivot_row[c]
        if r >= 0:
            if used.shape[0] > 0:
                used[c] = 1
            s, stop, offset = row_start[r], row_start[r + 1], row_values[r]
            operations += stop - s
            for k in range(stop - s):
                column = np.uint64(columns[np.uint64(s + k)]) * np.uint64(LANES)
                value = values[np.uint64(offset + k)]
                lanes_subtract(work, column, factors, value, p_squared)
            continue
        r = new_row[c]
        if r >= 0:
            s, stop = new_start[r], new_start[r + 1]
            operations += stop - s
            for k in range(s, stop):
                column = np.uint64(new_columns[np.uint64(k)]) * np.uint64(LANES)
                lanes_subtract(work, column, factors, new_values[np.uint64(k)], p_squared)
    return operations


@kernel()
def finish_lanes(
    work, lanes, first, columns_count, p, factors, found,
    new_row, new_start, new_columns, new_values, state,
):  # fmt: skip
    """Echelonise the swept rows among themselves and store them as monic pivot rows.

    Lane j is cleared at the pivots of the lanes before it; found[j] tells whether it gave a row.
    Returns the number of zero lanes.
    """
    p_squared = p * p
    zero_lanes = 0
    for lane in range(lanes):
        used = state[USED]
        size = np.int64(0)
        scale = np.int64(0)
        for c in range(first, columns_count):
            base = np.uint64(c) * np.uint64(LANES)
            x = work[base + np.uint64(lane)]
            if x == 0:
                continue
            x %= p
            if x == 0:
                continue
            if size == 0:
                scale = inverse(x, p)
                for j in range(LANES):
                    factors[j] = work[base + np.uint64(j)] % p if lane < j < lanes else 0
                new_row[c] = state[FOUND]
            value = np.uint32(x * scale % p)
            new_columns[used + size] = c
            new_values[used + size] = value
            size += 1
            lanes_subtract(work, base, factors, value, p_squared)
        found[lane] = size > 0
        if size == 0:
            zero_lanes += 1
            continue
        state[FOUND] += 1
        state[USED] = used + size
        new_start[state[FOUND]] = used + size
    return zero_lanes


@kernel(
    "int64(int64[::1], uint32[::1], int64, int64, int32[::1], int64[::1], int64[::1], "
    "uint8[::1], uint8[::1], int32[::1], int64[::1], int32[::1], int64[::1], uint32[::1], "
    "int32[::1], int64[::1], int32[::1], uint32[::1], int64[::1])"
)
def eliminate(
    work, factors, p, columns_count, lower, blocks, limits, useful, used,
    pivot_row, row_start, columns, row_values, values,
    new_row, new_start, new_columns, new_values, state,
):  # fmt: skip
    """New pivot rows from the lower rows; resumable.

    work int64 (8 · columns_count,), zero on entry and exit; lower: rows to reduce; blocks
    (k+1,): if k > 0, random combinations of lower[blocks[i]:blocks[i+1]] are reduced until one
    vanishes (wrong with probability about 1/p per block); otherwise every row is reduced.
    limits: [operations per call]. Without combinations, useful[i] tells whether lower[i] gave a
    row and used[c] whether the pivot row of column c was needed (uint8; zero on entry; used may
    be empty). pivot_row per column: row or -1; row r owns
    columns[row_start[r]:row_start[r+1]]; row_values: offset of its coefficients in `values`.
    `state` holds NEXT, BLOCK, FOUND, USED, RANDOM, WORK (operations so far).

    Returns DONE, GROW (room for eight more rows is missing) or PAUSED.
    """
    p_squared = p * p
    random = blocks.shape[0] > 1
    found = np.zeros(LANES, dtype=np.uint8)
    spent = np.int64(0)
    while True:
        if random:
            if state[BLOCK] >= blocks.shape[0] - 1:
                break
            begin, end = blocks[state[BLOCK]], blocks[state[BLOCK] + 1]
            lanes = min(LANES, end - begin - state[NEXT])
            if lanes <= 0:
                state[BLOCK] += 1
                state[NEXT] = 0
                continue
        else:
            begin, end = state[NEXT], min(state[NEXT] + LANES, lower.shape[0])
            lanes = end - begin
            if lanes <= 0:
                break
        if state[USED] + LANES * columns_count > new_columns.shape[0]:
            return np.int64(GROW)
        if spent > limits[0]:
            state[WORK] += spent
            return np.int64(PAUSED)

        first = columns_count
        for i in range(begin, end):
            r = lower[i]
            first = min(first, np.int64(columns[row_start[r]]))
            s, offset = row_start[r], row_values[r]
            size = row_start[r + 1] - s
            spent += size
            if not random:
                for k in range(size):
                    work[LANES * np.int64(columns[s + k]) + i - begin] = values[offset + k]
                continue
            for j in range(LANES):
                factors[j] = 1 + next_random(state) % np.uint64(p - 1) if j < lanes else 0
            for k in range(size):
                column = np.uint64(columns[np.uint64(s + k)]) * np.uint64(LANES)
                lanes_subtract(work, column, factors, values[np.uint64(offset + k)], p_squared)
        spent += sweep(
            work, first, columns_count, p, factors, used,
            pivot_row, row_start, columns, row_values, values,
            new_row, new_start, new_columns, new_values,
        )  # fmt: skip
        zero_lanes = finish_lanes(
            work, lanes, first, columns_count, p, factors, found,
            new_row, new_start, new_columns, new_values, state,
        )  # fmt: skip
        work[LANES * first : LANES * columns_count] = 0
        if random:
            state[NEXT] += lanes
            if zero_lanes > 0:
                state[BLOCK] += 1
                state[NEXT] = 0
        else:
            for lane in range(lanes):
                useful[begin + lane] = found[lane]
            state[NEXT] += lanes
    state[WORK] += spent
    return np.int64(DONE)


@kernel(
    "int64(int64[::1], uint32[::1], int64, int64, int32[::1], int64[::1], "
    "int32[::1], int64[::1], int32[::1], uint32[::1], "
    "int32[::1], int64[::1], int32[::1], uint32[::1], int64[::1])"
)
def back_substitute(
    work, factors, p, columns_count, order, limits,
    old_row, old_start, old_columns, old_values,
    new_row, new_start, new_columns, new_values, state,
):  # fmt: skip
    """Reduce the rows `order` (by descending pivot column) by one another; resumable.

    Reads old_*, writes the finished rows to new_* (new_row -1 on entry). Codes as `eliminate`.
    """
    none = np.empty(0, dtype=np.int64)
    spent = np.int64(0)
    found = np.zeros(LANES, dtype=np.uint8)
    unused = np.full(columns_count, -1, dtype=np.int32)
    flags = np.empty(0, dtype=np.uint8)
    while state[NEXT] < order.shape[0]:
        lanes = min(LANES, order.shape[0] - state[NEXT])
        if state[USED] + LANES * columns_count > new_columns.shape[0]:
            return np.int64(GROW)
        if spent > limits[0]:
            state[WORK] += spent
            return np.int64(PAUSED)
        first = columns_count
        for lane in range(lanes):
            r = order[state[NEXT] + lane]
            first = min(first, np.int64(old_columns[old_start[r]]))
            for k in range(old_start[r], old_start[r + 1]):
                work[LANES * np.int64(old_columns[k]) + lane] = old_values[k]
        spent += sweep(
            work, first, columns_count, p, factors, flags,
            unused, none, old_columns, none, old_values,
            new_row, new_start, new_columns, new_values,
        )  # fmt: skip
        finish_lanes(
            work, lanes, first, columns_count, p, factors, found,
            new_row, new_start, new_columns, new_values, state,
        )  # fmt: skip
        work[LANES * first : LANES * columns_count] = 0
        state[NEXT] += lanes
    state[WORK] += spent
    return np.int64(DONE)


@kernel(
    "int64(int64[::1], uint32[::1], int64, int64, int32[::1], int64[::1], int64[::1], "
    "uint8[::1], int32[::1], int64[::1], int32[::1], int64[::1], uint32[::1], "
    "int64[::1], int32[::1], uint32[::1], int64[::1])"
)
def reduce_rows(
    work, factors, p, columns_count, lower, skip, limits, flags,
    pivot_row, row_start, columns, row_values, values,
    out_start, out_columns, out_values, state,
):  # fmt: skip
    """Normal forms of the rows `lower`, without their first skip[i] entries; resumable.

    Row i of the result is out_columns[out_start[i]:out_start[i+1]]. flags[c] becomes 1 where the
    pivot row of column c was needed (may be empty). Codes as `eliminate`.
    """
    spent = np.int64(0)
    none = np.empty(0, dtype=np.int64)
    unused = np.full(columns_count, -1, dtype=np.int32)
    while state[NEXT] < lower.shape[0]:
        lanes = min(LANES, lower.shape[0] - state[NEXT])
        if state[USED] + LANES * columns_count > out_columns.shape[0]:
            return np.int64(GROW)
        if spent > limits[0]:
            state[WORK] += spent
            return np.int64(PAUSED)
        first = columns_count
        for lane in range(lanes):
            r = lower[state[NEXT] + lane]
            begin = skip[state[NEXT] + lane]
            s, offset = row_start[r], row_values[r]
            for k in range(begin, row_start[r + 1] - s):
                c = np.int64(columns[s + k])
                first = min(first, c)
                work[LANES * c + lane] = values[offset + k]
        spent += sweep(
            work, first, columns_count, p, factors, flags,
            pivot_row, row_start, columns, row_values, values,
            unused, none, out_columns, out_values,
        )  # fmt: skip
        for lane in range(lanes):
            used = state[USED]
            for c in range(first, columns_count):
                x = work[LANES * c + lane]
                if x != 0:
                    out_columns[used] = c
                    out_values[used] = x
                    used += 1
            state[USED] = used
            out_start[state[NEXT] + lane + 1] = used
        work[LANES * first : LANES * columns_count] = 0
        state[NEXT] += lanes
    state[WORK] += spent
    return np.int64(DONE)
