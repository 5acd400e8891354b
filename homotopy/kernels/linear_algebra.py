"""LU decomposition of small complex matrices with row and column scaling.

Columns are multiplied by the weights of the unknowns and rows divided by their largest entry, so
that pivots compare like with like however the system is scaled. Solutions come out in units of the
weights: their maximum norm is the weighted norm of the tracker.
"""

from algebra.kernels.compilation import kernel


@kernel()
def size(z):
    """|re| + |im|: between |z| and √2·|z|, without a square root."""
    return abs(z.real) + abs(z.imag)


@kernel(fastmath={"contract"})
def factor(matrix, pivots, row_scales, weights):
    """Scale and factorise `matrix` (n, n) complex128 in place; False if singular or not finite.

    pivots (n,) int64 and row_scales (n,) float64 receive what `solve` needs.
    """
    n = matrix.shape[0]
    for i in range(n):
        largest = 0.0
        for j in range(n):
            entry = matrix[i, j] * weights[j]
            matrix[i, j] = entry
            largest = max(largest, size(entry))
        if not (0.0 < largest < 1e300):
            return False
        scale = 1.0 / largest
        row_scales[i] = scale
        for j in range(n):
            matrix[i, j] *= scale
    for k in range(n):
        best, row = -1.0, k
        for i in range(k, n):
            candidate = size(matrix[i, k])
            if candidate > best:
                best, row = candidate, i
        if not best > 1e-290:
            return False
        pivots[k] = row
        if row != k:
            for j in range(n):
                matrix[k, j], matrix[row, j] = matrix[row, j], matrix[k, j]
        inverse = 1.0 / matrix[k, k]
        for i in range(k + 1, n):
            multiplier = matrix[i, k] * inverse
            matrix[i, k] = multiplier
            if multiplier != 0.0:
                for j in range(k + 1, n):
                    matrix[i, j] -= multiplier * matrix[k, j]
        matrix[k, k] = inverse
    return True


@kernel(fastmath={"contract"})
def solve(matrix, pivots, row_scales, b):
    """B (n,) ← solution of the factorised system, in units of the weights."""
    n = matrix.shape[0]
    for i in range(n):
        b[i] *= row_scales[i]
    for k in range(n):
        row = pivots[k]
        if row != k:
            b[k], b[row] = b[row], b[k]
    for i in range(1, n):
        total = b[i]
        for j in range(i):
            total -= matrix[i, j] * b[j]
        b[i] = total
    for i in range(n - 1, -1, -1):
        total = b[i]
        for j in range(i + 1, n):
            total -= matrix[i, j] * b[j]
        b[i] = total * matrix[i, i]  # the diagonal holds reciprocals


@kernel()
def inverse_norm(matrix, pivots, row_scales, column):
    """1-norm of the inverse of the scaled matrix: its condition number up to a factor n.

    column (n,) complex128 is workspace.
    """
    n = matrix.shape[0]
    largest = 0.0
    for k in range(n):
        column[:] = 0.0
        column[k] = 1.0 / row_scales[k]
        solve(matrix, pivots, row_scales, column)
        total = 0.0
        for i in range(n):
            total += size(column[i])
        largest = max(largest, total)
    return largest
