"""Tapes: values and Jacobians equal to the polynomials', whatever they are built from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.families import cyclic, katsura, noon
from algebra.networks import LinearNetwork
from algebra.programs import StraightLineProgram
from homotopy.errors import ShapeError
from homotopy.tape import Tape


def random_point(n, seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=n) + 1j * generator.normal(size=n)


def jacobian_of(system, x):
    """Exact derivatives, evaluated: the oracle."""
    rows = [system.with_equations(row).evaluate(x) for row in system.jacobian()]
    return np.array(rows)


@pytest.mark.parametrize("system", [cyclic(5), katsura(4), noon(3)], ids=lambda s: s.name)
def test_tape_from_supports_has_the_values_and_jacobian_of_the_system(system):
    tape = Tape.from_supports(system.supports)
    x, parameters = random_point(len(system.variables)), np.concatenate(system.coefficients)
    assert np.allclose(tape.evaluate(x, parameters), system.evaluate(x), rtol=1e-13)
    assert np.allclose(tape.jacobian(x, parameters), jacobian_of(system, x), rtol=1e-13)


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 1, 1, 1), (1, 3, 2)])
def test_tape_from_product_form_agrees_with_the_expanded_gradient(widths):
    system = LinearNetwork(widths).gradient_system(seed=1)
    tape = Tape.from_program(system.program)
    x = random_point(len(system.variables))
    assert np.allclose(tape.evaluate(x, []), system.evaluate(x), rtol=1e-11)
    assert np.allclose(tape.jacobian(x, []), jacobian_of(system, x), rtol=1e-11)


def test_product_form_needs_fewer_operations_than_the_expanded_form():
    system = LinearNetwork((2, 2, 2)).gradient_system(seed=0)
    product = Tape.from_program(system.program)
    assert product.operation_count < Tape.from_supports(system.supports).operation_count


exponents = st.lists(
    st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=1, max_size=5, unique_by=tuple
)


@given(st.lists(exponents, min_size=3, max_size=3), st.integers(0, 2**32))
@settings(deadline=None, max_examples=30)
def test_jacobian_of_random_supports_matches_complex_differences(supports, seed):
    arrays = [np.array(a, dtype=np.int64) for a in supports]
    tape = Tape.from_supports(arrays)
    generator = np.random.default_rng(seed)
    parameters = generator.normal(size=tape.parameter_count)
    x = generator.uniform(0.5, 1.5, size=3)
    jacobian = tape.jacobian(x, parameters)
    for j in range(3):
        shifted = x.astype(complex)
        shifted[j] += 1e-20j  # complex step: no cancellation for real polynomials
        column = tape.evaluate(shifted, parameters).imag / 1e-20
        assert np.allclose(jacobian[:, j].real, column, rtol=1e-10, atol=1e-12)


def test_operations_that_depend_on_parameters_only_come_first():
    tape = Tape.from_supports([np.array([[3], [0]])])
    first, end = tape.arrays.marks[2], tape.arrays.marks[3]
    for _, a, b, _ in tape.arrays.operations[:end].tolist():
        assert min(a, b) >= 1  # register 0 is the variable
    assert first > 1
    assert end >= 1


def test_huge_exponents_have_logarithmic_tapes():
    assert Tape.from_supports([np.array([[10**9], [0]])]).operation_count < 200


def test_wrong_shapes_are_named():
    tape = Tape.from_supports(cyclic(3).supports)
    with pytest.raises(ShapeError, match="expected 3 and 8"):
        tape.evaluate([1.0, 2.0], np.ones(8))
    with pytest.raises(ShapeError, match="no equations"):
        Tape.from_supports([])


def test_program_and_supports_agree_through_straight_line_programs():
    system = katsura(3)
    tape = Tape.from_program(StraightLineProgram.from_system(system))
    x = random_point(4, seed=3)
    assert np.allclose(tape.evaluate(x, []), system.evaluate(x), rtol=1e-13)
