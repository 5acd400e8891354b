"""Krawczyk's test in double precision with rigorous rounding bounds, and the polishing before it.

A ball is a double-precision centre re + i·im and a radius: all z with |z − centre| ≤ radius. Every
operation rounds to nearest and adds a bound of its rounding errors to the radius (no rounding mode
is touched): with u = 2^-53, a sum errs by at most u·(|re| + |im|) of the result, a product by at
most 3u·A·B, A = |re| + |im| of the factors; TINY pays for underflow. Radii are sums
of products of nonnegative numbers; the factor UP pays for their own rounding. Overflow makes a
radius infinite or NaN, and every comparison with those fails.

The inequality is the one of `homotopy.krawczyk`; boxes that pass here pass there.
"""

import math

import numpy as np

from algebra.kernels.compilation import kernel

UNIT = 2.0**-53
#: 1 + 2^-46: at least 64 roundings of nonnegative terms.
UP = 1.0 + 2.0**-46
#: Above all underflow errors of one operation.
TINY = 2.0**-1020
ROOT_TWO = 1.4142135623730954  # rounded up

#: Times the radii are enlarged where the inequality fails.
ENLARGEMENTS = 6

ADD, SUB = 0, 1
FAILED, UNDECIDED, DECIDED = 0, 1, 2
NOT_REAL, REAL, UNKNOWN = 0, 1, 2


@kernel()
def run_points(operations, first, r):
    """Operations (k, 3) on complex128 registers r; the first result goes to r[first]."""
    for k in range(operations.shape[0]):
        opcode, a, b = operations[k, 0], operations[k, 1], operations[k, 2]
        if opcode == ADD:
            r[first + k] = r[a] + r[b]
        elif opcode == SUB:
            r[first + k] = r[a] - r[b]
        else:
            r[first + k] = r[a] * r[b]


@kernel()
def run_balls(operations, first, r):
    """Operations (k, 3) on balls r (R, 3) float64, columns re, im, radius."""
    for k in range(operations.shape[0]):
        opcode, a, b = operations[k, 0], operations[k, 1], operations[k, 2]
        ar, ai, a_radius = r[a, 0], r[a, 1], r[a, 2]
        br, bi, b_radius = r[b, 0], r[b, 1], r[b, 2]
        if opcode == ADD:
            re, im = ar + br, ai + bi
            radius = (a_radius + b_radius + UNIT * (abs(re) + abs(im))) * UP + TINY
        elif opcode == SUB:
            re, im = ar - br, ai - bi
            radius = (a_radius + b_radius + UNIT * (abs(re) + abs(im))) * UP + TINY
        else:
            re, im = ar * br - ai * bi, ar * bi + ai * br
            a_size, b_size = abs(ar) + abs(ai), abs(br) + abs(bi)
            radius = (
                a_size * b_radius
                + a_radius * b_size
                + a_radius * b_radius
                + 3.0 * UNIT * a_size * b_size
            ) * UP + TINY
        r[first + k, 0], r[first + k, 1], r[first + k, 2] = re, im, radius


@kernel()
def invert(matrix, inverse):
    """Gauss-Jordan inverse of a complex128 (n, n) matrix, destroyed; False if singular.

    Rows are scaled first. Nothing rigorous: the test decides.
    """
    n = matrix.shape[0]
    for i in range(n):
        largest = 0.0
        for j in range(n):
            largest = max(largest, abs(matrix[i, j].real) + abs(matrix[i, j].imag))
            inverse[i, j] = 0.0
        if not (0.0 < largest < 1e300):
            return False
        scale = 1.0 / largest
        inverse[i, i] = scale
        for j in range(n):
            matrix[i, j] *= scale
    for k in range(n):
        pivot, best = k, -1.0
        for i in range(k, n):
            size = abs(matrix[i, k].real) + abs(matrix[i, k].imag)
            if size > best:
                pivot, best = i, size
        if not best > 1e-280:
            return False
        for j in range(n):
            matrix[k, j], matrix[pivot, j] = matrix[pivot, j], matrix[k, j]
            inverse[k, j], inverse[pivot, j] = inverse[pivot, j], inverse[k, j]
        reciprocal = 1.0 / matrix[k, k]
        for j in range(n):
            matrix[k, j] *= reciprocal
            inverse[k, j] *= reciprocal
        for i in range(n):
            factor = matrix[i, k]
            if i != k and factor != 0.0:
                for j in range(n):
                    matrix[i, j] -= factor * matrix[k, j]
                    inverse[i, j] -= factor * inverse[k, j]
    return True


@kernel()
def defect_bounds(inverse, balls, outputs, free, rows, radii, bounds):
    """bounds_i = upper bound of √2·Σ_j |δ_ij − Σ_k Y_ik J_kj|·r_j over free i, j and rows k."""
    n = inverse.shape[0]
    for i in range(n):
        if not free[i]:
            continue
        total = 0.0
        for j in range(n):
            if not free[j]:
                continue
            re, im = (-1.0 if i == j else 0.0), 0.0
            # Σ |Y|·radius, and Σ |Y|·|J| for the rounding of the sum.
            spread, size = 0.0, (1.0 if i == j else 0.0)
            for k in range(n):
                if not rows[k]:
                    continue
                y = inverse[i, k]
                register = outputs[n + k * n + j]
                jr, ji = balls[register, 0], balls[register, 1]
                re += y.real * jr - y.imag * ji
                im += y.real * ji + y.imag * jr
                y_size = abs(y.real) + abs(y.imag)
                spread += y_size * balls[register, 2]
                size += y_size * (abs(jr) + abs(ji))
            rounding = (2.0 * n + 6.0) * UNIT * size + n * 8.0 * TINY
            total += (math.sqrt(re * re + im * im) + spread + rounding) * radii[j]
        bounds[i] = (ROOT_TWO * total) * (UP + 8.0 * n * UNIT) + TINY


@kernel()
def shift_bounds(inverse, balls, outputs, free, rows, shifts):
    """shifts_i = upper bound of |Σ_k Y_ik F_k| over free i and rows k."""
    n = inverse.shape[0]
    for i in range(n):
        if not free[i]:
            continue
        re, im, spread, size = 0.0, 0.0, 0.0, 0.0
        for k in range(n):
            if not rows[k]:
                continue
            y = inverse[i, k]
            register = outputs[k]
            fr, fi = balls[register, 0], balls[register, 1]
            re += y.real * fr - y.imag * fi
            im += y.real * fi + y.imag * fr
            y_size = abs(y.real) + abs(y.imag)
            spread += y_size * balls[register, 2]
            size += y_size * (abs(fr) + abs(fi))
        rounding = (2.0 * n + 6.0) * UNIT * size + n * 8.0 * TINY
        shifts[i] = (math.sqrt(re * re + im * im) + spread + rounding) * (UP + 8.0 * n * UNIT)


@kernel()
def load(balls, n, center, radii, free):
    """Write the box into the variables' registers; squares become the discs around them."""
    for k in range(n):
        balls[k, 0], balls[k, 1] = center[k].real, center[k].imag
        balls[k, 2] = ROOT_TWO * radii[k] * UP if free[k] else 0.0


@kernel()
def polish(operations, first, outputs, r, point, matrix, inverse, steps):
    """Newton's method in double precision, in place; `inverse` belongs to the last point."""
    n = point.shape[0]
    for step in range(steps + 1):
        for k in range(n):
            r[k] = point[k]
        run_points(operations, first, r)
        for i in range(n):
            for j in range(n):
                matrix[i, j] = r[outputs[n + i * n + j]]
        if not invert(matrix, inverse):
            return False
        if step == steps:
            return True
        for i in range(n):
            shift = 0j
            for k in range(n):
                shift += inverse[i, k] * r[outputs[k]]
            point[i] -= shift
            if not (abs(point[i].real) + abs(point[i].imag) < 1e150):
                return False
    return True


@kernel()
def symmetrise(matrix):
    """The real symmetric part of a complex128 (n, n) matrix, in place."""
    for i in range(matrix.shape[0]):
        for j in range(i + 1):
            value = 0.5 * (matrix[i, j].real + matrix[j, i].real)
            matrix[i, j], matrix[j, i] = value, value


@kernel()
def box_around(
    operations, first, outputs, balls, center, inverse, free, rows, exponents, radii, bounds
):
    """Find radii for which the inequality holds; writes exponents, radii and left sides."""
    n = center.shape[0]
    for k in range(n):
        radii[k] = 0.0
    load(balls, n, center, radii, free)
    run_balls(operations, first, balls)
    shifts = np.empty(n)
    shift_bounds(inverse, balls, outputs, free, rows, shifts)
    scale = 0.0
    for k in range(n):
        scale = max(scale, abs(center[k].real) + abs(center[k].imag))
    if scale == 0.0:
        scale = 1.0
    # Generous radii first: they leave room for other orders of operations. Then the smallest ones.
    for inflation, enlargements in ((9, 1), (4, 1), (1, ENLARGEMENTS)):
        for k in range(n):
            size = max(abs(center[k].real) + abs(center[k].imag), scale * 2.0**-20)
            base = max(shifts[k], size * UNIT)
            if not (1e-250 < base < 1e250):
                return False
            exponents[k] = math.frexp(base)[1] + inflation
        for _ in range(enlargements):
            for k in range(n):
                radii[k] = math.ldexp(1.0, exponents[k])
            load(balls, n, center, radii, free)
            run_balls(operations, first, balls)
            defect_bounds(inverse, balls, outputs, free, rows, radii, bounds)
            passed = True
            for k in range(n):
                bounds[k] = (bounds[k] + shifts[k]) * UP
                if not bounds[k] < radii[k]:
                    passed = False
                    if not bounds[k] < 1e250:
                        exponents[k] = 800
                        continue
                    # A coordinate that the others push out of its square gets a larger one.
                    exponents[k] = math.frexp(bounds[k])[1] + 1
            if passed:
                return True
    return False


@kernel()
def restricted_test(
    operations, first, outputs, balls, center, inverse, free, rows, radii, shifts, bounds
):
    """The inequality for the restricted system on the same box."""
    n = center.shape[0]
    load(balls, n, center, np.zeros(n), free)
    run_balls(operations, first, balls)
    shift_bounds(inverse, balls, outputs, free, rows, shifts)
    load(balls, n, center, radii, free)
    run_balls(operations, first, balls)
    defect_bounds(inverse, balls, outputs, free, rows, radii, bounds)
    for k in range(n):
        if free[k] and not (bounds[k] + shifts[k]) * UP < radii[k]:
            return False
    return True


@kernel()
def remaining_rows(present, starts, free, rows):
    """rows[i]: equation i keeps a term where all coordinates not `free` are 0; returns how many."""
    count = 0
    for i in range(rows.shape[0]):
        rows[i] = False
        for term in range(starts[i], starts[i + 1]):
            survives = True
            for k in range(free.shape[0]):
                if present[term, k] and not free[k]:
                    survives = False
                    break
            if survives:
                rows[i] = True
                count += 1
                break
    return count


@kernel()
def snap(point, best, exponents, variant, small, flat, center):
    """Centre for one attempt: 0 real with zeros, 1 real, 2 zeros, 3 as it is, 4 what the box `best`
    (radii 2**exponents) cannot tell from 0 is 0.
    """
    for k in range(point.shape[0]):
        value, as_real, tiny = point[k], variant < 2, False
        if variant == 4:
            size = math.ldexp(1.0, exponents[k])
            value, as_real = best[k], flat
            tiny = abs(value.real) <= size and abs(value.imag) <= size
        elif variant != 1 and variant != 3:
            tiny = abs(value.real) + abs(value.imag) <= small
        if tiny:
            center[k] = 0.0
        elif as_real:
            center[k] = value.real
        else:
            center[k] = value


@kernel(
    "void(int32[:,::1], int64, int32[::1], float64[:,::1], boolean[:,::1], int64[::1], boolean,"
    " boolean, int64, complex128[:,::1], int64[:,::1], float64[:,::1], complex128[:,:,::1],"
    " int64[::1], int64[::1], boolean[:,::1])"
)
def certify_points(
    operations,
    first,
    outputs,
    constants,
    present,
    starts,
    real_system,
    symmetric,
    steps,
    points,
    exponents,
    tight,
    inverses,
    status,
    reality,
    zeros,
):
    """Polish, box and test every point.

    operations (k, 3), first, outputs (n + n²,)
        Program of F and its Jacobian; its results start at register `first`.
    constants (c, 3)
        Balls of the inputs after the n variables: parameters, then constants.
    present (T, n), starts (n + 1,)
        Which unknowns occur in each term; terms of equation i are starts[i] … starts[i+1]-1.
    real_system, symmetric
        Whether the coefficients are real; whether the Jacobian is a symmetric matrix of
        polynomials: real points then get a real symmetric preconditioner, whose inertia is that of
        the Jacobian at the zero if the inequality holds.
    points (p, n)
        Candidates in, centres out.
    exponents (p, n), tight (p, n), inverses (p, n, n), status (p,), reality (p,), zeros (p, n)
        Results: radii 2**exponents, bounds of |zero − centre|, preconditioners, FAILED, UNDECIDED
        or DECIDED, NOT_REAL, REAL or UNKNOWN, coordinates proved to be 0.
    """
    count, n = points.shape
    registers = np.empty(first + operations.shape[0], np.complex128)
    balls = np.zeros((first + operations.shape[0], 3))
    for k in range(constants.shape[0]):
        registers[n + k] = complex(constants[k, 0], constants[k, 1])
        balls[n + k, :] = constants[k, :]
    matrix = np.empty((n, n), np.complex128)
    center, point = np.empty(n, np.complex128), np.empty(n, np.complex128)
    radii, bounds, spare, shifts = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    candidate = np.empty(n, np.int64)
    everything = np.ones(n, np.bool_)
    free, rows = np.ones(n, np.bool_), np.ones(n, np.bool_)
    for p in range(count):
        status[p], reality[p] = FAILED, UNKNOWN
        zeros[p, :] = False
        point[:] = points[p]
        inverse = inverses[p]
        if not polish(operations, first, outputs, registers, point, matrix, inverse, steps):
            continue
        scale, height = 0.0, 0.0
        for k in range(n):
            scale = max(scale, abs(point[k].real) + abs(point[k].imag))
            height = max(height, abs(point[k].imag))
        small, flat = scale * 2.0**-26, False
        if symmetric and real_system and height <= small:
            symmetrise(inverse)
        for variant in range(5):
            if variant < 2 and not (real_system and height <= small):
                continue
            if variant == 4 and status[p] == FAILED:
                break
            snap(point, points[p], exponents[p], variant, small, flat, center)
            if not box_around(
                operations, first, outputs, balls, center, inverse, everything, everything,
                candidate, radii, bounds,
            ):  # fmt: skip
                continue
            is_real, off_axis, open_coordinate, vanish = real_system, False, False, 0
            for k in range(n):
                is_real = is_real and center[k].imag == 0.0
                off_axis = off_axis or abs(center[k].imag) > radii[k]
                free[k] = center[k] != 0.0
                if not free[k]:
                    vanish += 1
                elif not (abs(center[k].real) > radii[k] or abs(center[k].imag) > radii[k]):
                    open_coordinate = True
            proved = vanish > 0 and remaining_rows(present, starts, free, rows) == n - vanish
            if proved and vanish < n:
                proved = restricted_test(
                    operations, first, outputs, balls, center, inverse, free, rows, radii,
                    shifts, spare,
                )  # fmt: skip
            decided = not open_coordinate and (vanish == 0 or proved) and (is_real or off_axis)
            if status[p] == FAILED or decided:
                flat = real_system and not off_axis
                status[p] = DECIDED if decided else UNDECIDED
                reality[p] = REAL if is_real else (NOT_REAL if off_axis else UNKNOWN)
                for k in range(n):
                    points[p, k], exponents[p, k] = center[k], candidate[k]
                    tight[p, k], zeros[p, k] = bounds[k], proved and not free[k]
            if decided:
                break
