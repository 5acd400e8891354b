"""Packed complex operations against arithmetic of power series."""

import numpy as np
from numba import njit
from numpy.polynomial import polynomial

from homotopy.kernels import evaluation
from homotopy.tape import ADD, MUL, MULADD, MULSUB, SUB

#: (opcode, a, b, c) on registers 0-2, results in 3-7.
OPERATIONS = np.array(
    [[MUL, 0, 1, 0], [MULADD, 0, 2, 1], [ADD, 3, 4, 0], [SUB, 2, 5, 0], [MULSUB, 0, 6, 3]],
    dtype=np.uint32,
)


@njit
def passes(operations, r):
    first = np.uint64(3)
    evaluation.run_values(operations, 0, 5, first, r[0])
    evaluation.run_first_order(operations, 0, 5, first, r[0], r[1])
    evaluation.run_second_order(operations, 0, 5, first, r[0], r[1], r[2])
    evaluation.run_third_order(operations, 0, 5, first, r[0], r[1], r[2], r[3])


def test_passes_over_a_tape_are_arithmetic_of_truncated_power_series():
    generator = np.random.default_rng(11)
    registers = generator.normal(size=(4, 8)) + 1j * generator.normal(size=(4, 8))
    expected = [registers[:, i] for i in range(3)]

    def product(a, b):
        return polynomial.polymul(expected[a], expected[b])[:4]

    for opcode, a, b, c in OPERATIONS.tolist():
        expected.append(
            {
                ADD: lambda a, b, c: expected[a] + expected[b],
                SUB: lambda a, b, c: expected[a] - expected[b],
                MUL: lambda a, b, c: product(a, b),
                MULADD: lambda a, b, c: product(a, b) + expected[c],
                MULSUB: lambda a, b, c: expected[c] - product(a, b),
            }[opcode](a, b, c)
        )
    passes(OPERATIONS, registers)
    assert np.allclose(registers, np.stack(expected, axis=1), rtol=1e-13, atol=1e-13)
