"""Families of square systems with parameters: the gradients of networks, and any system.

A family is prepared once: its program as a tape for tracking, its Jacobian for the compiled
certification, the sign changes that permute its zeros, and the number of zeros of a generic member
where a theorem gives it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import comb

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData
from algebra.programs import Node, ProgramBuilder, StraightLineProgram
from algebra.systems import PolynomialSystem, polynomial_ring
from homotopy.compiled import CertifiedBatch, CompiledCertifier, balls
from homotopy.enclosures import exact_program, with_jacobian
from homotopy.errors import StartUnavailable
from homotopy.tape import Tape

SignArray = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Family:
    """A square system with parameters, ready for tracking and for the compiled certification.

    Attributes
    ----------
    name : str
    program : StraightLineProgram
        Equations with parameters.
    supports : list of int64 arrays (m_i, n)
        Exponents in the unknowns that may occur.
    signs : tuple of int8 arrays (n,)
        Sign changes that permute the zeros, for all parameters.
    expected : int or None
        Number of zeros of a generic member where a theorem gives it.
    is_gradient : bool
        Whether the Jacobian is symmetric, so that real zeros have a Morse index.
    """

    name: str
    program: StraightLineProgram
    supports: list[NDArray[np.int64]]
    signs: tuple[SignArray, ...] = ()
    expected: int | None = None
    is_gradient: bool = False
    tape: Tape = field(init=False, repr=False)
    certifier: CompiledCertifier = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tape", Tape.from_program(self.program))
        certifier = CompiledCertifier(
            with_jacobian(self.program), self.supports, symmetric=self.is_gradient
        )
        object.__setattr__(self, "certifier", certifier)

    @property
    def n(self) -> int:
        """Number of unknowns."""
        return len(self.program.variables)

    def certify(self, points: NDArray[np.complex128], values: Sequence[fmpq]) -> CertifiedBatch:
        """The compiled interval test of candidates (k, n) at exact real parameter values."""
        return self.certifier.certify(points, balls([(v, fmpq(0)) for v in values]))


# -- families of networks --------------------------------------------------------------------------


def network_family(network: LinearNetwork) -> Family:
    """The gradient of a network in full coordinates, data and regulariser as parameters."""
    return Family(
        network.name,
        network.parametric_program(),
        network.parametric_system().supports,
        tuple(network.sign_generators()),
        generic_count(network),
        is_gradient=True,
    )


def reduced_family(network: LinearNetwork) -> Family:
    """One hidden layer, one data point: d + p unknowns instead of d(n + p).

    With s_i = 1/S_i, S_i = Σ_j x_j²/λ_ij and u_ki = 1/μ_ki, the critical points correspond one to
    one, real ones to real ones, to the zeros of
    c_i (Σ_k u_ki r_k² − s_i) and r_k (1 + Σ_i u_ki c_i²) + y_k, by a_ij = x_j c_i/(λ_ij S_i) and
    b_ki = −c_i r_k/μ_ki. Needs all λ, μ and S_i to be nonzero.
    """
    require_reducible(network)
    _, d, p = network.widths
    c = [f"c{i}" for i in range(1, d + 1)]
    r = [f"r{k}" for k in range(1, p + 1)]
    s = [f"s{i}" for i in range(1, d + 1)]
    u = [[f"u{k}_{i}" for i in range(1, d + 1)] for k in range(1, p + 1)]
    y = [f"y{k}" for k in range(1, p + 1)]
    parameters = (*s, *itertools.chain(*u), *y)
    builder = ProgramBuilder((*c, *r), parameters)
    cs, rs = [builder.input(v) for v in c], [builder.input(v) for v in r]
    us = [[builder.input(v) for v in row] for row in u]
    squares_c, squares_r = [v * v for v in cs], [v * v for v in rs]
    outputs: list[Node] = []
    for i in range(d):
        total = builder.sum(us[k][i] * squares_r[k] for k in range(p))
        outputs.append(cs[i] * (total - builder.input(s[i])))
    for k in range(p):
        total = builder.sum(us[k][i] * squares_c[i] for i in range(d))
        outputs.append(rs[k] + rs[k] * total + builder.input(y[k]))
    program = builder.build(outputs)
    ring = polynomial_ring((*c, *r, *parameters))
    system = PolynomialSystem((*c, *r), program.expand(ring), parameters)
    signs = []
    for i in range(d):
        sign = np.ones(d + p, dtype=np.int8)
        sign[i] = -1
        signs.append(sign)
    return Family(
        f"{network.name}, reduced", program, system.supports, tuple(signs), generic_count(network)
    )


def is_reducible(network: LinearNetwork) -> bool:
    """Whether the reduced coordinates c, r exist: one hidden layer and one data point."""
    return network.hidden_layers == 1 and network.m == 1


def require_reducible(network: LinearNetwork) -> None:
    """Raise `StartUnavailable` unless the network has reduced coordinates."""
    if not is_reducible(network):
        raise StartUnavailable("reduced", "it needs one hidden layer and one data point")


def signal_family(network: LinearNetwork) -> Family:
    """The reduced system with the entries of X, Y and Lambda themselves as parameters.

    The equations of `reduced_family` times their denominators, polynomials in the data: with
    S'_i = S_i Π_j λ_ij,

        c_i (S'_i Σ_k r_k² Π_{l≠k} μ_li − Π_j λ_ij Π_k μ_ki),
        r_k (Π_i μ_ki + Σ_i c_i² Π_{l≠i} μ_kl) + y_k Π_i μ_ki.

    Where `signal_conditions` do not vanish the zeros are those of the gradient.
    """
    require_reducible(network)
    _, d, p = network.widths
    c = [f"c{i}" for i in range(1, d + 1)]
    r = [f"r{k}" for k in range(1, p + 1)]
    builder = ProgramBuilder((*c, *r), network.parameters)
    _, y, penalties, sums = _signal_data(network, builder)
    first, second = penalties
    cs, rs = [builder.input(v) for v in c], [builder.input(v) for v in r]
    squares_c, squares_r = [v * v for v in cs], [v * v for v in rs]
    outputs: list[Node] = []
    for i in range(d):
        column = [second[k][i] for k in range(p)]
        total = builder.sum(squares_r[k] * _but(builder, column, k) for k in range(p))
        rest = _product(builder, first[i]) * _product(builder, column)
        outputs.append(cs[i] * (sums[i] * total - rest))
    for k in range(p):
        whole = _product(builder, second[k])
        total = builder.sum(squares_c[i] * _but(builder, second[k], i) for i in range(d))
        outputs.append(rs[k] * (whole + total) + y[k] * whole)
    supports = reduced_family(network).supports
    signs = reduced_family(network).signs
    name = f"{network.name}, signals"
    return Family(name, builder.build(outputs), supports, signs, generic_count(network))


def signal_conditions(network: LinearNetwork) -> StraightLineProgram:
    """Every λ and every S'_i as functions of the data: none may vanish."""
    builder = ProgramBuilder((), network.parameters)
    _, _, penalties, sums = _signal_data(network, builder)
    entries = [v for matrix in penalties for row in matrix for v in row]
    return builder.build([*entries, *sums])


def _signal_data(
    network: LinearNetwork, builder: ProgramBuilder
) -> tuple[list[Node], list[Node], list[list[list[Node]]], list[Node]]:
    """X, Y, Lambda and S' as nodes."""
    n, d, p = network.widths
    inputs = iter([builder.input(name) for name in network.parameters])
    x, y = [next(inputs) for _ in range(n)], [next(inputs) for _ in range(p)]
    penalties = [
        [[next(inputs) for _ in range(columns)] for _ in range(rows)]
        for rows, columns in network.shapes
    ]
    first = penalties[0]
    sums = [
        builder.sum(x[j] * x[j] * _but(builder, first[i], j) for j in range(n)) for i in range(d)
    ]
    return x, y, penalties, sums


def _product(builder: ProgramBuilder, factors: Sequence[Node]) -> Node:
    out = builder.constant(1)
    for factor in factors:
        out = out * factor
    return out


def _but(builder: ProgramBuilder, factors: Sequence[Node], left_out: int) -> Node:
    return _product(builder, [v for k, v in enumerate(factors) if k != left_out])


def reduced_values(network: LinearNetwork, data: NetworkData) -> list[fmpq]:
    """Parameter values of `reduced_family` for data, exact.

    Raises
    ------
    InputError
        Some λ, μ or S_i is 0.
    """
    n, d, p = network.widths
    x = [row[0] for row in data.X]
    first, second = data.Lambda
    if any(v == 0 for row in (*first, *second) for v in row):
        raise InputError("reduced coordinates need every λ to be nonzero")
    sums = [sum((x[j] * x[j] / first[i][j] for j in range(n)), fmpq(0)) for i in range(d)]
    if any(v == 0 for v in sums):
        raise InputError("reduced coordinates need every S_i = Σ_j x_j²/λ_ij to be nonzero")
    inverse = [1 / second[k][i] for k in range(p) for i in range(d)]
    return [*(1 / v for v in sums), *inverse, *(row[0] for row in data.Y)]


def reduced_system(network: LinearNetwork, values: Sequence[fmpq]) -> PolynomialSystem:
    """The member of `reduced_family` at `reduced_values`, exact."""
    program = reduced_family(network).program
    member = program.specialise(dict(zip(program.parameters, values, strict=True)))
    ring = polynomial_ring(program.variables)
    return PolynomialSystem(program.variables, member.expand(ring), program=member)


def from_reduced(
    network: LinearNetwork, data: NetworkData, zeros: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Weights (k, N) of the zeros (k, d + p) of the reduced system, in floating point."""
    _, d, _ = network.widths
    x = np.array([_float(row[0]) for row in data.X])
    first, second = (np.array([[_float(v) for v in row] for row in m]) for m in data.Lambda)
    c, r = zeros[:, :d], zeros[:, d:]
    a = (x / first) * (c / (x**2 / first).sum(axis=1))[:, :, None]
    b = -r[:, :, None] * c[:, None, :] / second
    return np.concatenate([a.reshape(len(zeros), -1), b.reshape(len(zeros), -1)], axis=1)


def gradient_of(objective: PolynomialSystem) -> PolynomialSystem:
    """The partial derivatives of one polynomial with respect to the variables; parameters stay.

    Raises
    ------
    InputError
        `objective` has more than one equation.
    """
    if len(objective.equations) != 1:
        raise InputError(f"{len(objective.equations)} equations: an objective is one polynomial")
    (polynomial,) = objective.equations
    return objective.with_equations(
        [polynomial.derivative(k) for k in range(len(objective.variables))]
    )


def system_family(system: PolynomialSystem) -> Family:
    """A square system with parameters and real coefficients as a family.

    Real zeros have a Morse index where the Jacobian is symmetric: the system is then a gradient.

    Raises
    ------
    InputError
        It is not square, has no parameters, or has complex coefficients.
    """
    system.require_square()
    if not system.parameters:
        raise InputError(
            "the system has no parameters to vary: declare them, as in `parameters a, b;`"
        )
    if system.imaginary:
        raise InputError("complex coefficients: real zeros need real coefficients")
    jacobian = system.jacobian()
    symmetric = all(
        jacobian[i][j] == jacobian[j][i] for i in range(len(jacobian)) for j in range(i)
    )
    return Family(
        system.name or "system", exact_program(system), system.supports, is_gradient=symmetric
    )


def generic_count(network: LinearNetwork) -> int | None:
    """Number of critical points of generic data where a theorem of the documentation gives it."""
    if network.m != 1:
        return None
    if network.hidden_layers == 1:
        _, d, p = network.widths
        return sum(4**k * comb(d, k) * comb(p, k) for k in range(min(d, p) + 1))
    if all(w == 1 for w in network.widths[1:-1]) and network.hidden_layers > 1:
        return 1 + network.hidden_layers * 2 ** (network.hidden_layers + 1) * network.widths[-1]
    return None


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)
