"""Arithmetic in GF(p)[x]/I for eight primes (or eight linear forms) at once, on sparse patterns.

Normal forms are rows of a sparse matrix whose pattern is known from a learning prime: row r owns
columns[start[r]:start[r+1]], its residues for the eight lanes are values[8k:8k+8]. Vectors are
uint32 (8 D,), entry b of lane j at 8b + j. A lane has failed where an entry appears outside
the pattern. `constants` int64 (40,): per lane p < 2^31, p², 2p², Barrett's factor
⌊2^(2s+2) / p⌋, and shift s = ⌊log2 p⌋.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from algebra.kernels.compilation import kernel
from algebra.kernels.elimination import inverse
from algebra.kernels.lanes import LANES, primes_subtract

PRIME, SQUARE, DOUBLE, FACTOR, SHIFT = (8 * k for k in range(5))


@intrinsic
def lanes_dot(typing_context, values, columns, vector, begin, end, constants, out, base):
    """out[base:base+8] = Σ_k values[8k:8k+8] · vector[8 columns[k]:][:8] modulo the primes.

    k runs from begin to end (uint64). Sums stay below 4p² < 2^64: two products are added, then 2p²
    is taken away where the sum has reached it. The final reduction is Barrett's.
    """
    signature = types.void(values, columns, vector, begin, end, constants, out, base)

    def generate(context, builder, signature, arguments):
        i32, i64 = ir.IntType(32), ir.IntType(64)
        wide, narrow = ir.VectorType(i64, LANES), ir.VectorType(i32, LANES)
        names = ("values", "columns", "vector", None, None, "constants", "out", None)
        data = {
            name: cgutils.create_struct_proxy(signature.args[k])(
                context, builder, arguments[k]
            ).data
            for k, name in enumerate(names)
            if name
        }
        eight = ir.Constant(i64, LANES)

        def load(name, offset, kind=narrow, align=4):
            pointer = builder.gep(data[name], [offset])
            value = builder.load(builder.bitcast(pointer, kind.as_pointer()))
            value.align = align
            return builder.zext(value, wide) if kind == narrow else value

        def constant(place):
            return load("constants", ir.Constant(i64, place), wide, 8)

        def lowered(x, bound):
            smaller = builder.sub(x, bound)
            return builder.select(builder.icmp_unsigned("<", smaller, x), smaller, x)

        def product(k):
            column = builder.zext(builder.load(builder.gep(data["columns"], [k])), i64)
            return builder.mul(
                load("values", builder.mul(k, eight)), load("vector", builder.mul(column, eight))
            )

        double = constant(DOUBLE)
        total = cgutils.alloca_once(builder, wide)
        builder.store(ir.Constant(wide, [0] * LANES), total)
        begin, end = arguments[3], arguments[4]
        two = ir.Constant(i64, 2)
        pairs = builder.lshr(builder.sub(end, begin), ir.Constant(i64, 1))
        with cgutils.for_range(builder, pairs, intp=i64) as loop:
            k = builder.add(begin, builder.mul(loop.index, two))
            x = builder.add(builder.load(total), product(k))
            x = builder.add(x, product(builder.add(k, ir.Constant(i64, 1))))
            builder.store(lowered(x, double), total)
        left = builder.and_(builder.sub(end, begin), ir.Constant(i64, 1))
        with cgutils.for_range(builder, left, intp=i64) as loop:
            k = builder.sub(end, ir.Constant(i64, 1))
            builder.store(lowered(builder.add(builder.load(total), product(k)), double), total)
        x = lowered(builder.load(total), constant(SQUARE))
        shift = constant(SHIFT)
        quotient = builder.mul(builder.lshr(x, shift), constant(FACTOR))
        quotient = builder.lshr(quotient, builder.add(shift, ir.Constant(wide, [2] * LANES)))
        prime = constant(PRIME)
        x = builder.sub(x, builder.mul(quotient, prime))
        for _ in range(3):
            x = lowered(x, prime)
        target = builder.bitcast(builder.gep(data["out"], [arguments[7]]), narrow.as_pointer())
        builder.store(builder.trunc(x, narrow), target).align = 4
        return context.get_dummy_value()

    return signature, generate


@kernel(
    "int64(int64[::1], int32[:,::1], int32[::1], int32[::1], int64[::1], int32[::1], uint32[::1], "
    "int64[::1], int64[::1], uint8[::1])"
)
def border_rows(
    wanted, successor, variable, parent, start, columns, values, constants, work, failed
):
    """Fill the rows `wanted` of border monomials x_variable[e] · parent[e], in place.

    wanted: ascending, with every row that another one needs; successor, variable, parent as in
    `algebra.kernels.quotient`; rows of leading monomials (variable < 0) are given. work int64
    (8 D,): zero on entry and exit.
    """
    size = successor.shape[1]
    factors = np.empty(LANES, dtype=np.uint32)
    squares = constants[SQUARE : SQUARE + LANES].copy()
    for e in wanted:
        i = variable[e]
        if i < 0:
            continue
        for k in range(start[parent[e]], start[parent[e] + 1]):
            target = successor[i, columns[k]]
            if target >= 0:
                for j in range(LANES):
                    x = work[LANES * target + j] + np.int64(values[LANES * k + j])
                    work[LANES * target + j] = x - squares[j] if x >= squares[j] else x
            else:
                for j in range(LANES):
                    c = np.int64(values[LANES * k + j])
                    factors[j] = constants[PRIME + j] - c if c else 0
                other = -1 - target
                for m in range(start[other], start[other + 1]):
                    column = np.uint64(columns[m]) * np.uint64(LANES)
                    primes_subtract(work, column, factors, values, np.uint64(LANES * m), squares)
        gather(work, size, start[e], start[e + 1], columns, values, constants, failed)
    return np.int64(0)


@kernel()
def gather(work, size, begin, end, columns, values, constants, failed):
    """Move `work` modulo the primes to the pattern columns[begin:end]; work is zero afterwards."""
    k = begin
    for c in range(size):
        expected = k < end and columns[k] == c
        for j in range(LANES):
            x = work[LANES * c + j]
            if x != 0:
                x %= constants[PRIME + j]
                work[LANES * c + j] = 0
            if expected:
                values[LANES * k + j] = x
            elif x != 0:
                failed[j] = 1
        if expected:
            k += 1


@kernel(
    "int64(int32[:,::1], int64[::1], int32[::1], uint32[::1], int64[:,::1], int64[::1], "
    "int32[::1], uint32[::1], int64[::1], int64[::1], uint8[::1])"
)
def form_rows(
    successor, start, columns, values, form, row_start, row_columns, row_values,
    constants, work, failed,
):  # fmt: skip
    """Rows of multiplication by t = Σ form[i, lane] x_i; form int64 (n, 8) in [0, p)."""
    size = successor.shape[1]
    factors = np.empty(LANES, dtype=np.uint32)
    squares = constants[SQUARE : SQUARE + LANES].copy()
    for b in range(size):
        for i in range(successor.shape[0]):
            some = np.int64(0)
            for j in range(LANES):
                some |= form[i, j]
                factors[j] = constants[PRIME + j] - form[i, j] if form[i, j] else 0
            if some == 0:
                continue
            target = successor[i, b]
            if target >= 0:
                for j in range(LANES):
                    x = work[LANES * target + j] + form[i, j]
                    work[LANES * target + j] = x - squares[j] if x >= squares[j] else x
                continue
            other = -1 - target
            for m in range(start[other], start[other + 1]):
                column = np.uint64(columns[m]) * np.uint64(LANES)
                primes_subtract(work, column, factors, values, np.uint64(LANES * m), squares)
        gather(
            work, size, row_start[b], row_start[b + 1], row_columns, row_values, constants, failed
        )
    return np.int64(0)


@kernel(
    "int64(int64[::1], int32[::1], uint32[::1], uint8[::1], int64[::1], int32[::1], uint32[::1], "
    "uint32[::1], uint32[::1], int64[::1], uint32[:,::1], int64, int64)"
)
def krylov_lanes(
    row_start, row_columns, row_values, is_unit, seen_start, seen_columns, seen_values,
    functional, following, constants, sequences, begin, end,
):  # fmt: skip
    """sequences[k, 8r : 8r+8] = functional(v_r t^k) for begin ≤ k < end; functional advances.

    Rows of t as from `form_rows`; is_unit[b]: t · b is a standard monomial with coefficient 1.
    v_r: sparse rows seen_*. functional, following uint32 (8 D,): the latter is a workspace.
    """
    size = row_start.shape[0] - 1
    for k in range(begin, end):
        row = sequences[k]
        for r in range(seen_start.shape[0] - 1):
            lanes_dot(
                seen_values, seen_columns, functional, np.uint64(seen_start[r]),
                np.uint64(seen_start[r + 1]), constants, row, np.uint64(LANES * r),
            )  # fmt: skip
        for b in range(size):
            if is_unit[b]:
                c = LANES * row_columns[row_start[b]]
                for j in range(LANES):
                    following[LANES * b + j] = functional[c + j]
                continue
            lanes_dot(
                row_values, row_columns, functional, np.uint64(row_start[b]),
                np.uint64(row_start[b + 1]), constants, following, np.uint64(LANES * b),
            )  # fmt: skip
        functional[:] = following
    return np.int64(end)


@kernel()
def barrett(x, p, factor, shift):
    """Remainder of x modulo p for 0 ≤ x < p², with factor and shift of `lane_constants`."""
    r = x - (((x >> shift) * factor) >> (shift + np.uint64(2))) * p
    r = min(r, r - p)
    r = min(r, r - p)
    return min(r, r - p)


@kernel("int64(uint32[:,::1], uint32[::1], int64, int64, int64)")
def shortest_recurrence(sequences, recurrence, p, factor, shift):
    """Shortest c_0 = 1, …, c_L with Σ_k c_k s_(i-k) = 0 for L ≤ i < N in all sequences; returns L.

    sequences uint32 (H, N); recurrence uint32 (N + 2,) takes c. For one sequence this is the
    algorithm of Berlekamp and Massey; each sequence keeps the polynomial at which it last made c
    longer. J. Massey, "Shift-register synthesis and BCH decoding", IEEE Trans. Inf. Theory 15
    (1969); G. Schmidt, V. Sidorenko, "Linear shift-register synthesis for multiple sequences of
    varying length", ISIT 2006, Algorithm 1.
    """
    width, count = sequences.shape
    q, f, s = np.uint64(p), np.uint64(factor), np.uint64(shift)
    reverse = np.empty((width, count), dtype=np.uint64)
    for h in range(width):
        for k in range(count):
            reverse[h, count - 1 - k] = sequences[h, k]
    current = np.zeros(count + 2, dtype=np.uint64)
    changed = np.zeros(count + 2, dtype=np.uint64)
    current[0] = 1
    order = 0
    # Per sequence: the polynomial before the last change, its order, discrepancy and place.
    previous = np.zeros((width, count + 2), dtype=np.uint64)
    previous_order = np.zeros(width, dtype=np.int64)
    previous_length = np.zeros(width, dtype=np.int64)
    last = np.ones(width, dtype=np.int64)
    place = np.full(width, -1, dtype=np.int64)
    for i in range(count):
        offset = count - 1 - i
        for h in range(width):
            if i < order:
                continue
            low, high = np.uint64(0), np.uint64(0)
            for k in range(order + 1):
                x = current[k] * reverse[h, offset + k]
                low += x & np.uint64(0xFFFFFFFF)
                high += x >> np.uint64(32)
            discrepancy = np.int64((low % q + high % q * (np.uint64(2**32) % q)) % q)
            if discrepancy == 0:
                continue
            scale = q - np.uint64(discrepancy * inverse(last[h], p) % p)
            gap = i - place[h]
            longer = gap > order - previous_order[h]
            if longer:
                changed[: order + 1] = current[: order + 1]
            target = current[gap : gap + previous_length[h]]
            for k in range(previous_length[h]):
                x = target[k] + barrett(scale * previous[h, k], q, f, s)
                target[k] = min(x, x - q)
            if longer:
                longer_order = previous_order[h] + gap
                previous[h, : order + 1] = changed[: order + 1]
                previous_order[h], previous_length[h] = order, order + 1
                last[h], place[h] = discrepancy, i
                order = longer_order
    for k in range(order + 1):
        recurrence[k] = current[k]
    return np.int64(order)
