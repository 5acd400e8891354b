"""Interpreting a tape: values, Jacobian, Taylor coefficients, double-double residuals.

Registers live in `registers` complex128 (4, R): row k holds Taylor coefficients of order k, row 0
the values. Indices are unsigned throughout, which spares Numba's test for negative ones.
Paths, tapes and workspaces are described in `homotopy.kernels.workspace`.
"""

import cmath

import numpy as np

from algebra.kernels.compilation import kernel
from homotopy.kernels.double_double import add_dd, mul_dd, sub_dd
from homotopy.kernels.packed import (
    add_second,
    add_third,
    add_values,
    mul_second,
    mul_third,
    mul_values,
    muladd_second,
    muladd_third,
    muladd_values,
    mulsub_second,
    mulsub_third,
    mulsub_values,
    sub_second,
    sub_third,
    sub_values,
)
from homotopy.kernels.workspace import DELTA, KIND

ADD, SUB, MUL, MULADD = 0, 1, 2, 3
LINEAR, EXPONENTIAL, LOGARITHMIC = 0.0, 1.0, 2.0


@kernel(fastmath={"contract"})
def run_values(operations, begin, end, first, r):
    """Operations begin … end-1 on the values r (R,) complex128; `first` is their first register."""
    for k in range(np.uint64(begin), np.uint64(end)):
        opcode, d = operations[k, 0], first + k
        a, b, c = operations[k, 1], operations[k, 2], operations[k, 3]
        if opcode == MULADD:
            muladd_values((r,), d, a, b, c)
        elif opcode == MUL:
            mul_values((r,), d, a, b, c)
        elif opcode == ADD:
            add_values((r,), d, a, b, c)
        elif opcode == SUB:
            sub_values((r,), d, a, b, c)
        else:
            mulsub_values((r,), d, a, b, c)


@kernel(fastmath={"contract"})
def run_first_order(operations, begin, end, first, r0, r1):
    """Taylor coefficients of order 1 from values r0 and the inputs' r1, both (R,) complex128."""
    for k in range(np.uint64(begin), np.uint64(end)):
        opcode, a, b = operations[k, 0], operations[k, 1], operations[k, 2]
        if opcode == ADD:
            r1[first + k] = r1[a] + r1[b]
        elif opcode == SUB:
            r1[first + k] = r1[a] - r1[b]
        else:
            c = operations[k, 3]
            v1 = r0[a] * r1[b] + r1[a] * r0[b]
            if opcode == MUL:
                r1[first + k] = v1
            elif opcode == MULADD:
                r1[first + k] = r1[c] + v1
            else:
                r1[first + k] = r1[c] - v1


@kernel(fastmath={"contract"})
def run_second_order(operations, begin, end, first, r0, r1, r2):
    """Orders 1 and 2 in one pass: order 1 again, since the inputs' order 1 was not known before."""
    for k in range(np.uint64(begin), np.uint64(end)):
        opcode, d = operations[k, 0], first + k
        a, b, c = operations[k, 1], operations[k, 2], operations[k, 3]
        if opcode == MULADD:
            muladd_second((r0, r1, r2), d, a, b, c)
        elif opcode == MUL:
            mul_second((r0, r1, r2), d, a, b, c)
        elif opcode == ADD:
            add_second((r0, r1, r2), d, a, b, c)
        elif opcode == SUB:
            sub_second((r0, r1, r2), d, a, b, c)
        else:
            mulsub_second((r0, r1, r2), d, a, b, c)


@kernel(fastmath={"contract"})
def run_third_order(operations, begin, end, first, r0, r1, r2, r3):
    """Orders 2 (again) and 3 in one pass."""
    for k in range(np.uint64(begin), np.uint64(end)):
        opcode, d = operations[k, 0], first + k
        a, b, c = operations[k, 1], operations[k, 2], operations[k, 3]
        if opcode == MULADD:
            muladd_third((r0, r1, r2, r3), d, a, b, c)
        elif opcode == MUL:
            mul_third((r0, r1, r2, r3), d, a, b, c)
        elif opcode == ADD:
            add_third((r0, r1, r2, r3), d, a, b, c)
        elif opcode == SUB:
            sub_third((r0, r1, r2, r3), d, a, b, c)
        else:
            mulsub_third((r0, r1, r2, r3), d, a, b, c)


@kernel()
def set_parameters(path, tau, ws):
    """Parameter registers at the path variable `tau` (complex), then section 1."""
    marks, r = path.tape.marks, ws.registers[0]
    n, kind = marks[0], ws.state[KIND]
    first, second = path.first, path.second
    t = cmath.exp(tau) if kind == LOGARITHMIC else tau
    for p in range(marks[1]):
        k = np.uint64(n + p)
        if kind == EXPONENTIAL:
            r[k] = first[p] * cmath.exp(second[p] * tau)
        else:
            r[k] = t * first[p] + (1.0 - t) * second[p]
    run_values(path.tape.operations, 0, marks[3], np.uint64(marks[2]), r)


@kernel()
def set_parameter_series(path, tau, ws):
    """Taylor coefficients of the parameter registers at `tau` up to order 3, then section 1."""
    marks, registers = path.tape.marks, ws.registers
    n, kind = marks[0], ws.state[KIND]
    first, second = path.first, path.second
    set_parameters(path, tau, ws)
    t = cmath.exp(tau) if kind == LOGARITHMIC else tau
    for p in range(marks[1]):
        k = np.uint64(n + p)
        if kind == LINEAR:
            registers[1, k] = first[p] - second[p]
            registers[2, k] = 0.0
            registers[3, k] = 0.0
        elif kind == EXPONENTIAL:
            w = second[p]
            order1 = registers[0, k] * w
            registers[1, k] = order1
            registers[2, k] = order1 * w / 2.0
            registers[3, k] = order1 * w * w / 6.0
        else:
            moving = t * (first[p] - second[p])
            registers[1, k] = moving
            registers[2, k] = moving / 2.0
            registers[3, k] = moving / 6.0
    base, operations = np.uint64(marks[2]), path.tape.operations
    r0, r1, r2, r3 = registers[0], registers[1], registers[2], registers[3]
    run_first_order(operations, 0, marks[3], base, r0, r1)
    run_second_order(operations, 0, marks[3], base, r0, r1, r2)
    run_third_order(operations, 0, marks[3], base, r0, r1, r2, r3)


@kernel()
def evaluate(path, x, ws):
    """DELTA ← H(x) with the parameters set before."""
    tape, registers, values = path.tape, ws.registers, ws.vectors[DELTA]
    marks = tape.marks
    for i in range(marks[0]):
        registers[0, i] = x[i]
    run_values(tape.operations, marks[3], marks[4], np.uint64(marks[2]), registers[0])
    for i in range(tape.outputs.shape[0]):
        values[i] = registers[0, tape.outputs[i]]


@kernel()
def evaluate_with_jacobian(path, x, ws):
    """DELTA ← H(x) and matrix ← ∂H/∂x with the parameters set before."""
    tape, registers, values, matrix = path.tape, ws.registers, ws.vectors[DELTA], ws.matrix
    marks = tape.marks
    for i in range(marks[0]):
        registers[0, i] = x[i]
    run_values(tape.operations, marks[3], marks[5], np.uint64(marks[2]), registers[0])
    for i in range(tape.outputs.shape[0]):
        values[i] = registers[0, tape.outputs[i]]
    matrix[:, :] = 0.0
    entries = tape.jacobian
    for k in range(entries.shape[0]):
        matrix[entries[k, 0], entries[k, 1]] = registers[0, entries[k, 2]]


@kernel()
def evaluate_precisely(path, tau, x, ws):
    """DELTA ← H(x, tau) computed in double-double and rounded once.

    `ws.precise` (4, R) float64 holds the registers' real high, real low, imaginary high and low
    parts. Constants must be there already. With LINEAR parameters 1-t is taken exactly; the
    exponentials of the other kinds are doubles, the same at every call with this tau.
    """
    tape, dd, values = path.tape, ws.precise, ws.vectors[DELTA]
    marks, kind = tape.marks, ws.state[KIND]
    n, count, base = marks[0], marks[1], marks[2]
    for i in range(n):
        dd[0, i] = x[i].real
        dd[1, i] = 0.0
        dd[2, i] = x[i].imag
        dd[3, i] = 0.0
    t = cmath.exp(tau) if kind == LOGARITHMIC else tau
    for p in range(count):
        k = n + p
        if kind == EXPONENTIAL:
            value = path.first[p] * cmath.exp(path.second[p] * tau)
            dd[0, k], dd[1, k], dd[2, k], dd[3, k] = value.real, 0.0, value.imag, 0.0
        else:
            # second + t·(first - second), the difference and the product in double-double.
            f, s = path.first[p], path.second[p]
            dre, dre_low = sub_dd(f.real, 0.0, s.real, 0.0)
            dim, dim_low = sub_dd(f.imag, 0.0, s.imag, 0.0)
            a, a_low = mul_dd(dre, dre_low, t.real, 0.0)
            b, b_low = mul_dd(dim, dim_low, t.imag, 0.0)
            re, re_low = sub_dd(a, a_low, b, b_low)
            a, a_low = mul_dd(dre, dre_low, t.imag, 0.0)
            b, b_low = mul_dd(dim, dim_low, t.real, 0.0)
            im, im_low = add_dd(a, a_low, b, b_low)
            dd[0, k], dd[1, k] = add_dd(re, re_low, s.real, 0.0)
            dd[2, k], dd[3, k] = add_dd(im, im_low, s.imag, 0.0)
    operations = tape.operations
    for j in range(marks[4]):
        opcode, a, b = operations[j, 0], operations[j, 1], operations[j, 2]
        d = base + j
        if opcode == ADD:
            re, re_low = add_dd(dd[0, a], dd[1, a], dd[0, b], dd[1, b])
            im, im_low = add_dd(dd[2, a], dd[3, a], dd[2, b], dd[3, b])
        elif opcode == SUB:
            re, re_low = sub_dd(dd[0, a], dd[1, a], dd[0, b], dd[1, b])
            im, im_low = sub_dd(dd[2, a], dd[3, a], dd[2, b], dd[3, b])
        else:
            p0, p1 = mul_dd(dd[0, a], dd[1, a], dd[0, b], dd[1, b])
            q0, q1 = mul_dd(dd[2, a], dd[3, a], dd[2, b], dd[3, b])
            re, re_low = sub_dd(p0, p1, q0, q1)
            p0, p1 = mul_dd(dd[0, a], dd[1, a], dd[2, b], dd[3, b])
            q0, q1 = mul_dd(dd[2, a], dd[3, a], dd[0, b], dd[1, b])
            im, im_low = add_dd(p0, p1, q0, q1)
            if opcode != MUL:
                c = operations[j, 3]
                if opcode == MULADD:
                    re, re_low = add_dd(dd[0, c], dd[1, c], re, re_low)
                    im, im_low = add_dd(dd[2, c], dd[3, c], im, im_low)
                else:
                    re, re_low = sub_dd(dd[0, c], dd[1, c], re, re_low)
                    im, im_low = sub_dd(dd[2, c], dd[3, c], im, im_low)
        dd[0, d], dd[1, d], dd[2, d], dd[3, d] = re, re_low, im, im_low
    for i in range(tape.outputs.shape[0]):
        k = tape.outputs[i]
        values[i] = complex(dd[0, k] + dd[1, k], dd[2, k] + dd[3, k])
