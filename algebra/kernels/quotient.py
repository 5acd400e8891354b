"""Arithmetic in GF(p)[x]/I on the basis of standard monomials, p < 2**31.

`successor` int32 (n, D): entry [i, b] is the number of the standard monomial x_i · b, or -1 - e if
x_i · b is border monomial e. `border` uint32 (E, D): normal forms of the border monomials.
"""

import numpy as np

from algebra.kernels.compilation import kernel


@kernel()
def dot(a, b, p):
    """Σ a_k b_k modulo p for uint32 vectors; the halves of the products are summed apart."""
    low, high = np.uint64(0), np.uint64(0)
    for k in range(a.shape[0]):
        x = np.uint64(a[k]) * np.uint64(b[k])
        low += x & np.uint64(0xFFFFFFFF)
        high += x >> np.uint64(32)
    q = np.uint64(p)
    shift = np.uint64(2**32) % q
    return np.int64((low % q + high % q * shift) % q)


@kernel("int64(int32[:,::1], int32[::1], int32[::1], uint32[:,::1], int64, int64, int64)")
def border_normal_forms(successor, variable, parent, border, begin, end, p):
    """Fill border[begin:end] in place; returns `end`.

    Border monomial e, numbered by increasing monomials, is a leading monomial of the basis where
    variable[e] < 0 (its row is given), otherwise x_variable[e] times border monomial parent[e].
    """
    size = border.shape[1]
    p_squared = p * p
    row = np.zeros(size, dtype=np.int64)
    for e in range(begin, end):
        i = variable[e]
        if i < 0:
            continue
        row[:] = 0
        for b in range(size):
            c = np.int64(border[parent[e], b])
            if c == 0:
                continue
            target = successor[i, b]
            if target >= 0:
                x = row[target] + c
                row[target] = x - p_squared if x >= p_squared else x
            else:
                other = border[-1 - target]
                minus = p - c
                for k in range(size):
                    x = row[k] - minus * np.int64(other[k])
                    row[k] = x + ((x >> 63) & p_squared)
        for k in range(size):
            border[e, k] = row[k] % p
    return np.int64(end)


@kernel()
def transposed_multiply(i, successor, border, functional, out, p):
    """out[b] += functional(x_i · b) modulo p."""
    for b in range(successor.shape[1]):
        target = successor[i, b]
        if target >= 0:
            x = np.int64(functional[target])
        else:
            x = dot(border[-1 - target], functional, p)
        out[b] = (np.int64(out[b]) + x) % p


@kernel("int64(int32[:,::1], uint32[:,::1], int32[::1], int32[::1], uint32[:,::1], int64)")
def trace_functional(successor, border, variable, parent, partial, p):
    """partial[0] becomes the trace of multiplication by each standard monomial.

    τ = Σ_c M_cᵀ e_c is summed by Horner's rule along the tree of standard monomials: c =
    x_variable[c] · parent[c]. partial uint32 (D, D): zero on entry; rows are S(c) = e_c +
    Σ_children M_iᵀ S(x_i c). D transposed products in all.
    """
    size = successor.shape[1]
    for c in range(size - 1, -1, -1):
        partial[c, c] = (np.int64(partial[c, c]) + 1) % p
        if c > 0:
            transposed_multiply(variable[c], successor, border, partial[c], partial[parent[c]], p)
    return np.int64(0)


@kernel("int64(int32[:,::1], uint32[:,::1], int64[::1], uint32[:,::1], int64)")
def multiplication_rows(successor, border, form, rows, p):
    """rows[b] = normal form of t · b for t = Σ form[i] x_i; rows uint32 (D, D)."""
    size = successor.shape[1]
    p_squared = p * p
    row = np.zeros(size, dtype=np.int64)
    for b in range(size):
        row[:] = 0
        for i in range(successor.shape[0]):
            c = form[i]
            if c == 0:
                continue
            target = successor[i, b]
            if target >= 0:
                x = row[target] + c
                row[target] = x - p_squared if x >= p_squared else x
            else:
                other = border[-1 - target]
                minus = p - c
                for k in range(size):
                    x = row[k] - minus * np.int64(other[k])
                    row[k] = x + ((x >> 63) & p_squared)
        for k in range(size):
            rows[b, k] = row[k] % p
    return np.int64(0)


@kernel("int64(uint32[:,::1], uint32[:,::1], uint32[::1], uint32[:,::1], int64, int64, int64)")
def krylov_sequences(rows, observed, functional, sequences, begin, end, p):
    """sequences[j, k] = functional(v_j t^k) for begin ≤ k < end; functional advances in place.

    rows: normal forms of t · b; observed uint32 (r, D): the elements v_j.
    """
    size = rows.shape[0]
    following = np.empty(size, dtype=np.uint32)
    for k in range(begin, end):
        for j in range(observed.shape[0]):
            sequences[j, k] = dot(observed[j], functional, p)
        for b in range(size):
            following[b] = dot(rows[b], functional, p)
        functional[:] = following
    return np.int64(end)
