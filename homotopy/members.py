"""Generic members of parametrised families: solved once, then a start for every other member.

Let F(x; p) have N isolated zeros for generic p. From a random complex p* whose N zeros are known,
the straight segment p(t) = t·p* + (1−t)·p meets the discriminant only for p* in a set of measure
zero, so N paths reach all isolated zeros of F(·; p), for any p.

A. P. Morgan, A. J. Sommese, "Coefficient-parameter polynomial continuation", Appl. Math. Comput. 29
(1989), 123-160.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from homotopy.decoupled import decoupled_zeros, random_parameters
from homotopy.errors import HomotopyError
from homotopy.families import (
    Family,
    SignArray,
    network_family,
    reduced_family,
    signal_family,
    system_family,
)
from homotopy.homotopies import Homotopy
from homotopy.results import PathStatus
from homotopy.tape import Tape
from homotopy.tracker import (
    CONSERVATIVE,
    DEFAULT,
    PARANOID,
    UNCHECKED,
    TrackerSettings,
    track,
)

ComplexArray = NDArray[np.complex128]

#: Random members tried before the number of zeros found is called wrong.
ATTEMPTS = 3


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
        settings: TrackerSettings = UNCHECKED,
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


# -- solving generic members -----------------------------------------------------------------------


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
    coordinates : {"full", "reduced", "signals"}
        Of `homotopy.families.network_family`, `reduced_family`, `signal_family`.

    Raises
    ------
    HomotopyError
        No attempt found the expected number of zeros.
    """
    families = {"full": network_family, "reduced": reduced_family, "signals": signal_family}
    if coordinates not in families:
        raise InputError(f"coordinates={coordinates!r}: expected one of {', '.join(families)}")
    family = network_family(network)
    target = family if coordinates == "full" else families[coordinates](network)

    def attempt(number: int, generator: np.random.Generator) -> tuple[ComplexArray, ComplexArray]:
        if network.hidden_layers == 1 and network.m == 1:
            return _from_decoupled(network, generator, number, budget)
        data = network.data(int(generator.integers(1, 2**31)))
        real = network.gradient_system(data=data)
        values = [_float(v) for v in data.parameter_values]
        return _from_real_member(family, real, values, generator, number, budget)

    parameters, zeros = _confirmed(family, attempt, seed)
    if coordinates != "full":
        reduced, zeros = _to_reduced(network, parameters, zeros)
        parameters = reduced if coordinates == "reduced" else parameters
    return Member.of_zeros(target, parameters, zeros)


def generic_member_of(
    system: PolynomialSystem, *, seed: int = 0, budget: Budget = UNLIMITED
) -> Member:
    """A random complex member of a system with parameters, with all its isolated zeros.

    Random real members are solved completely until two agree in the number of simple zeros.

    Raises
    ------
    HomotopyError
        No two attempts agree.
    """
    family = system_family(system)

    def attempt(number: int, generator: np.random.Generator) -> tuple[ComplexArray, ComplexArray]:
        values = random_values(len(system.parameters), generator)
        real = system.specialise(dict(zip(system.parameters, values, strict=True)))
        floats = [_float(v) for v in values]
        return _from_real_member(family, real, floats, generator, number, budget)

    return Member.of_zeros(family, *_confirmed(family, attempt, seed))


def random_values(count: int, generator: np.random.Generator, signs: str = "any") -> list[fmpq]:
    """Exact random numbers ± odd/2^14 with absolute values in [1/4, 4]."""
    numerators = generator.integers(2**11, 2**15, size=count) * 2 + 1
    choices = generator.choice([-1, 1], size=count) if signs == "any" else np.ones(count, int)
    return [fmpq(int(a) * int(s), 2**14) for a, s in zip(numerators, choices, strict=True)]


Attempt = Callable[[int, np.random.Generator], tuple[ComplexArray, ComplexArray]]


def _confirmed(family: Family, attempt: Attempt, seed: int) -> tuple[ComplexArray, ComplexArray]:
    """The first attempt with the expected number of zeros, or that confirms the largest so far."""
    found: list[int] = []
    for number in range(ATTEMPTS):
        parameters, zeros = attempt(number, np.random.default_rng([seed, number, 5]))
        found.append(len(zeros))
        confirmed = len(found) > 1 and found[-1] == max(found[:-1])
        if found[-1] == family.expected or (family.expected is None and confirmed):
            return parameters, zeros
    wanted = "two equal counts" if family.expected is None else str(family.expected)
    raise HomotopyError(
        f"generic members of {family.name}: found {found} zeros, expected {wanted}; "
        "try another seed"
    )


def _from_decoupled(
    network: LinearNetwork, generator: np.random.Generator, attempt: int, budget: Budget
) -> tuple[ComplexArray, ComplexArray]:
    """Random parameters and their zeros, from the (1 + 4p)^d zeros of the decoupled network."""
    like = np.array([_float(v) for v in network.data(1).parameter_values], np.complex128)
    start = random_parameters(like, network, generator)
    parameters = random_parameters(like, network, generator)
    tape = Tape.from_program(network.decoupled_program())
    homotopy = Homotopy.linear(tape, [*start, 0.0], [*parameters, 1.0])
    # The decoupled family has the network's sign changes too: one path per orbit.
    signs = tuple(network.sign_generators())
    starts, orbits, images = sign_orbits(decoupled_zeros(network, start), signs)
    table = track(
        homotopy,
        starts,
        settings=(DEFAULT, CONSERVATIVE, PARANOID)[attempt],
        budget=budget,
        stage="generic member",
    )
    good = (table.status == PathStatus.SUCCESS)[orbits]
    return parameters, _distinct((table.points[orbits] * images)[good])


def _from_real_member(
    family: Family,
    real: PolynomialSystem,
    values: Sequence[float],
    generator: np.random.Generator,
    attempt: int,
    budget: Budget,
) -> tuple[ComplexArray, ComplexArray]:
    """Solve a random real member, then move to random complex parameters: generic again."""
    from homotopy.solve import solve

    result = solve(real, certify=False, seed=attempt, budget=budget)
    simple = [s.point for s in result.solutions if s.multiplicity == 1]
    zeros = np.array(simple, dtype=np.complex128).reshape(len(simple), family.n)
    known = np.array(values, dtype=np.complex128)
    member = Member.of_zeros(family, known, zeros)
    parameters = random_parameters_like(known, generator)
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
