import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from polynomial_strategies import systems

from algebra.errors import InputError
from algebra.programs import (
    ADD,
    MUL,
    GaussianRational,
    ProgramBuilder,
    StraightLineProgram,
)
from algebra.systems import PolynomialSystem, polynomial_ring


@settings(deadline=None)
@given(systems(parameters=True))
def test_program_of_a_system_expands_to_its_equations(system):
    program = StraightLineProgram.from_system(system)
    assert program.expand(system.ring) == system.equations


@settings(deadline=None)
@given(systems(imaginary=True))
def test_program_of_a_complex_system_expands_to_its_equations(system):
    program = StraightLineProgram.from_system(system)
    assert program.expand(system.ring) == system.equations


@settings(deadline=None)
@given(systems(), st.integers(0, 2**32 - 1))
def test_program_and_system_have_the_same_values(system, seed):
    n = len(system.variables)
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (3, n)) + 1j * rng.uniform(-1, 1, (3, n))
    expected = system.evaluate(points)
    values = StraightLineProgram.from_system(system).evaluate(points)
    scale = 1 + max((abs(c).sum() for c in system.coefficients), default=0)
    assert values.shape == expected.shape
    assert np.all(np.abs(values - expected) <= 1e-10 * scale)


@settings(deadline=None)
@given(systems(parameters=True))
def test_specialised_program_expands_to_the_specialised_system(system):
    values = dict(zip(system.parameters, (fmpq(3, 7), fmpq(-2)), strict=False))
    program = StraightLineProgram.from_system(system).specialise(values)
    special = system.specialise(values)
    assert program.parameters == ()
    assert program.expand(special.ring) == special.equations


def test_equal_subexpressions_share_a_register():
    builder = ProgramBuilder(("x", "y"))
    x, y = builder.input("x"), builder.input("y")
    program = builder.build([(x + y) * (x + y), (y + x) * x])
    assert program.operations.tolist() == [[ADD, 0, 1], [MUL, 2, 2], [MUL, 0, 2]]
    assert program.outputs.tolist() == [3, 4]


def test_unused_operations_and_constants_are_dropped():
    builder = ProgramBuilder(("x",))
    x = builder.input("x")
    _ = x * builder.constant(5)
    program = builder.build([x])
    assert len(program.operations) == 0
    assert program.constants == ()
    assert program.outputs.tolist() == [0]


def test_constants_fold_exactly():
    builder = ProgramBuilder(())
    i = builder.constant(GaussianRational(fmpq(0), fmpq(1)))
    third = builder.constant(fmpq(1, 3))
    program = builder.build([i * i + third - builder.constant(1)])
    assert program.constants == (GaussianRational(fmpq(-5, 3), fmpq(0)),)


def test_a_high_power_takes_logarithmically_many_operations():
    system = PolynomialSystem.from_terms(("x",), [{(1000,): 1}])
    program = StraightLineProgram.from_system(system)
    assert len(program.operations) <= 20
    assert program.expand(system.ring) == system.equations


def test_operands_come_before_operations():
    system = PolynomialSystem.parse("x^3*y - 2*y^2 + 1; x*y*(x+y)^3")
    program = StraightLineProgram.from_system(system)
    for j, (_, a, b) in enumerate(program.operations.tolist()):
        assert max(a, b) < program.input_count + j
    assert program.operations.dtype == np.int32
    assert program.outputs.dtype == np.int32


def test_parameters_may_differ_from_point_to_point():
    system = PolynomialSystem.parse("parameters a; a*x - 1")
    program = StraightLineProgram.from_system(system)
    values = program.evaluate([[2.0], [3.0]], [[5.0], [7.0]])
    assert values.tolist() == [[9], [20]]


@pytest.mark.parametrize(("points", "parameters"), [([1.0, 2.0], [1.0]), ([1.0], []), ([], [1.0])])
def test_wrong_lengths_are_refused(points, parameters):
    system = PolynomialSystem.parse("parameters a; a*x - 1")
    with pytest.raises(InputError, match="expected"):
        StraightLineProgram.from_system(system).evaluate(points, parameters)


def test_a_ring_without_the_variables_is_refused():
    program = StraightLineProgram.from_system(PolynomialSystem.parse("x*y - 1"))
    with pytest.raises(InputError, match="no generator y"):
        program.expand(polynomial_ring(("x",)))
