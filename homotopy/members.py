"""Generic members of parametrised families: solved once, then a start for every other member.

Let F(x; p) have N isolated zeros for generic p. From a random complex p* whose N zeros are known,
the straight segment p(t) = t·p* + (1−t)·p meets the discriminant only for p* in a set of measure
zero, so N paths reach all isolated zeros of F(·; p), for any p.

A. P. Morgan, A. J. Sommese, "Coefficient-parameter polynomial continuation", Appl. Math. Comput. 29
(1989), 123-160.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.programs import Node, ProgramBuilder, StraightLineProgram
from algebra.systems import PolynomialSystem, polynomial_ring
from homotopy.compiled import CertifiedBatch, CompiledCertifier, balls
from homotopy.decoupled import decoupled_zeros, random_parameters
from homotopy.enclosures import with_jacobian
from homotopy.errors import HomotopyError, StartUnavailable
from homotopy.homotopies import Homotopy
from homotopy.results import PathStatus
from homotopy.tape import Tape
from homotopy.tracker import CONSERVATIVE, DEFAULT, PARANOID, TrackerSettings, track

ComplexArray = NDArray[np.complex128]
SignArray = NDArray[np.int8]

#: Random members tried before the number of zeros found is called wrong.
ATTEMPTS = 3


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
    """

    name: str
    program: StraightLineProgram
    supports: list[NDArray[np.int64]]
    signs: tuple[SignArray, ...] = ()
    expected: int | None = None
    tape: Tape = field(init=False, repr=False)
    certifier: CompiledCertifier = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tape", Tape.from_program(self.program))
        certifier = CompiledCertifier(with_jacobian(self.program), self.supports)
        object.__setattr__(self, "certifier", certifier)

    @property
    def n(self) -> int:
        """Number of unknowns."""
        return len(self.program.variables)


@dataclass(frozen=True, eq=False)
class Member:
    """The zeros of one member, one representative per orbit of the sign changes.

    Attributes
    ----------
    family : Family
    parameters : complex128 array (P,)
    representatives : complex128 array (r, n)
    orbits : int64 array (N,), images : int8 array (N, n)
        Zero k is representatives[orbits[k]] * images[k].
    """

    family: Family
    parameters: ComplexArray
    representatives: ComplexArray
    orbits: NDArray[np.int64]
    images: SignArray

    @property
    def count(self) -> int:
        """Number of zeros."""
        return len(self.orbits)

    @classmethod
    def of_zeros(cls, family: Family, parameters: ComplexArray, zeros: ComplexArray) -> Member:
        """Sort zeros (N, n) into orbits of the family's sign changes."""
        representatives, orbits, images = sign_orbits(zeros, family.signs)
        return cls(family, parameters, representatives, orbits, images)

    def lifted(self, ends: ComplexArray) -> ComplexArray:
        """All zeros (…, N, n) from ends (…, r, n) of the representatives' paths."""
        return np.asarray(ends[..., self.orbits, :] * self.images)

    def track_to(
        self,
        targets: ComplexArray,
        *,
        settings: TrackerSettings = DEFAULT,
        generic: bool = True,
        budget: Budget = UNLIMITED,
    ) -> tuple[ComplexArray, NDArray[np.bool_]]:
        """Ends of the representatives' paths at parameters targets (s, P).

        Returns
        -------
        complex128 array (s, r, n), bool array (s, r): which paths ended at a regular zero.
        """
        targets = np.atleast_2d(np.asarray(targets, dtype=np.complex128))
        s, r = len(targets), len(self.representatives)
        start = np.repeat(self.parameters[None, :], s, axis=0)
        homotopy = Homotopy.linear(self.family.tape, start, targets, generic=generic)
        points = np.tile(self.representatives, (s, 1))
        rows = np.repeat(np.arange(s), r)
        table = track(homotopy, points, rows=rows, settings=settings, budget=budget)
        good = table.status == PathStatus.SUCCESS
        return table.points.reshape(s, r, -1), good.reshape(s, r)

    def to_dict(self) -> dict[str, Any]:
        """Floats in hexadecimal, so that a resumed run starts from the same numbers."""
        zeros = self.lifted(self.representatives)
        return {
            "parameters": [_hex(z) for z in self.parameters.tolist()],
            "zeros": [[_hex(z) for z in row] for row in zeros.tolist()],
        }

    @classmethod
    def from_dict(cls, family: Family, document: dict[str, Any]) -> Member:
        """Inverse of `to_dict`."""
        zeros = np.array([[_unhex(z) for z in row] for row in document["zeros"]])
        parameters = np.array([_unhex(z) for z in document["parameters"]], dtype=np.complex128)
        return cls.of_zeros(family, parameters, zeros.reshape(len(zeros), family.n))


def sign_orbits(
    zeros: ComplexArray, signs: Sequence[SignArray]
) -> tuple[ComplexArray, NDArray[np.int64], SignArray]:
    """Representatives (r, n) of orbits under sign changes, orbit (N,) and sign (N, n) per zero.

    An orbit is used only if all its members are among the zeros; otherwise they stay single.
    """
    count, n = zeros.shape
    group = _generated(signs, n)
    keys = {_key(z): k for k, z in enumerate(zeros)}
    orbits = np.full(count, -1, dtype=np.int64)
    images = np.ones((count, n), dtype=np.int8)
    chosen: list[int] = []
    for k in range(count):
        if orbits[k] >= 0:
            continue
        found = {keys.get(_key(zeros[k] * g)): g for g in group[::-1]}
        orbits[k] = len(chosen)
        if None not in found:
            for other, g in found.items():
                if other is not None and orbits[other] < 0:
                    orbits[other], images[other] = len(chosen), g
        chosen.append(k)
    return zeros[chosen], orbits, images


# -- families of networks --------------------------------------------------------------------------


def network_family(network: LinearNetwork) -> Family:
    """The gradient of a network in full coordinates, data and regulariser as parameters."""
    return Family(
        network.name,
        network.parametric_program(),
        network.parametric_system().supports,
        tuple(network.sign_generators()),
        generic_count(network),
    )


def reduced_family(network: LinearNetwork) -> Family:
    """One hidden layer, one data point: d + p unknowns instead of d(n + p).

    With s_i = 1/S_i, S_i = Σ_j x_j²/λ_ij and u_ki = 1/μ_ki, the critical points correspond one to
    one, real ones to real ones, to the zeros of
    c_i (Σ_k u_ki r_k² − s_i) and r_k (1 + Σ_i u_ki c_i²) + y_k, by a_ij = x_j c_i/(λ_ij S_i) and
    b_ki = −c_i r_k/μ_ki. Needs all λ, μ and S_i to be nonzero.
    """
    if network.hidden_layers != 1 or network.m != 1:
        raise StartUnavailable("reduced", "it needs one hidden layer and one data point")
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


def generic_member(
    network: LinearNetwork,
    *,
    coordinates: str = "full",
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> Member:
    """A random complex member of the network's family with all its zeros.

    One hidden layer and one data point: from the decoupled start system. Otherwise from a real
    member that `homotopy.solve` solves completely.

    Parameters
    ----------
    coordinates : {"full", "reduced"}

    Raises
    ------
    HomotopyError
        No attempt found the expected number of zeros.
    """
    if coordinates not in ("full", "reduced"):
        raise InputError(f"coordinates={coordinates!r}: expected 'full' or 'reduced'")
    family = network_family(network)
    target = reduced_family(network) if coordinates == "reduced" else family
    found = []
    for attempt in range(ATTEMPTS):
        generator = np.random.default_rng([seed, attempt, 5])
        if network.hidden_layers == 1 and network.m == 1:
            parameters, zeros = _from_decoupled(network, generator, attempt, budget)
        else:
            parameters, zeros = _from_real_member(network, family, generator, attempt, budget)
        found.append(len(zeros))
        confirmed = len(found) > 1 and found[-1] == max(found[:-1])
        if found[-1] == family.expected or (family.expected is None and confirmed):
            if coordinates == "reduced":
                parameters, zeros = _to_reduced(network, parameters, zeros)
            return Member.of_zeros(target, parameters, zeros)
    wanted = "two equal counts" if family.expected is None else str(family.expected)
    raise HomotopyError(
        f"generic members of {network.name}: found {found} zeros, expected {wanted}; "
        "try another seed"
    )


def _from_decoupled(
    network: LinearNetwork, generator: np.random.Generator, attempt: int, budget: Budget
) -> tuple[ComplexArray, ComplexArray]:
    """Random parameters and their zeros, by (1 + 4p)^d paths."""
    like = np.array([_float(v) for v in network.data(1).parameter_values], np.complex128)
    start = random_parameters(like, network, generator)
    parameters = random_parameters(like, network, generator)
    tape = Tape.from_program(network.decoupled_program())
    homotopy = Homotopy.linear(tape, [*start, 0.0], [*parameters, 1.0])
    table = track(
        homotopy,
        decoupled_zeros(network, start),
        settings=(DEFAULT, CONSERVATIVE, PARANOID)[attempt],
        budget=budget,
        stage="generic member",
    )
    return parameters, _distinct(table.points[table.status == PathStatus.SUCCESS])


def _from_real_member(
    network: LinearNetwork,
    family: Family,
    generator: np.random.Generator,
    attempt: int,
    budget: Budget,
) -> tuple[ComplexArray, ComplexArray]:
    """Solve random real data, then move to random complex data: generic again."""
    from homotopy.solve import solve

    data = network.data(int(generator.integers(1, 2**31)))
    result = solve(network.gradient_system(data=data), certify=False, seed=attempt, budget=budget)
    simple = [s.point for s in result.solutions if s.multiplicity == 1]
    zeros = np.array(simple, dtype=np.complex128).reshape(len(simple), family.n)
    values = np.array([_float(v) for v in data.parameter_values], dtype=np.complex128)
    member = Member.of_zeros(family, values, zeros)
    parameters = random_parameters_like(values, generator)
    ends, good = member.track_to(parameters[None, :], settings=CONSERVATIVE, budget=budget)
    lifted = member.lifted(ends[0])[good[0][member.orbits]]
    return parameters, _distinct(lifted)


def random_parameters_like(values: ComplexArray, generator: np.random.Generator) -> ComplexArray:
    """Random complex numbers of the sizes of `values` (1 where they vanish)."""
    sizes = np.where(values == 0, 1.0, np.abs(values))
    moduli = sizes * generator.uniform(0.5, 2.0, len(values))
    return np.asarray(moduli * np.exp(2j * np.pi * generator.random(len(values))))


def _to_reduced(
    network: LinearNetwork, parameters: ComplexArray, zeros: ComplexArray
) -> tuple[ComplexArray, ComplexArray]:
    n, d, p = network.widths
    x, y = parameters[:n], parameters[n : n + p]
    first = parameters[n + p : n + p + d * n].reshape(d, n)
    second = parameters[n + p + d * n :].reshape(p, d)
    a = zeros[:, : d * n].reshape(-1, d, n)
    b = zeros[:, d * n :].reshape(-1, p, d)
    c = a @ x
    r = np.einsum("zki,zi->zk", b, c) - y
    s = 1 / (x**2 / first).sum(axis=1)
    return np.concatenate([s, (1 / second).ravel(), y]), np.concatenate([c, r], axis=1)


# -- helpers ---------------------------------------------------------------------------------------


def _distinct(points: ComplexArray) -> ComplexArray:
    """Points whose rounded coordinates differ, in a canonical order."""
    unique = {_key(z): z for z in points}
    rows = [unique[k] for k in sorted(unique)]
    return np.array(rows, dtype=np.complex128).reshape(len(rows), points.shape[1])


def _key(z: ComplexArray) -> tuple[float, ...]:
    parts = np.stack([z.real, z.imag], axis=1).ravel()
    # + 0.0 turns −0.0 into 0.0.
    return tuple((np.round(parts, 7) + 0.0).tolist())


def _generated(signs: Sequence[SignArray], n: int) -> list[SignArray]:
    group = [np.ones(n, dtype=np.int8)]
    for sign in signs:
        group += [g * sign for g in group]
    return group


def _hex(z: complex) -> list[str]:
    return [z.real.hex(), z.imag.hex()]


def _unhex(pair: Sequence[str]) -> complex:
    return complex(float.fromhex(pair[0]), float.fromhex(pair[1]))


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def certify_member(family: Family, points: ComplexArray, values: Sequence[fmpq]) -> CertifiedBatch:
    """The compiled test at exact real parameter values."""
    return family.certifier.certify(points, balls([(v, fmpq(0)) for v in values]))
