"""What a sweep varies: the data of a network, or the parameters of any system.

A subject draws samples from seeds, knows its family, and can be written down as plain JSON, so that
worker processes and stores can rebuild it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.distributions import Draw, check_distribution
from homotopy.families import (
    Family,
    from_reduced,
    generic_count,
    network_family,
    reduced_family,
    reduced_system,
    reduced_values,
    system_family,
)
from homotopy.members import Member, generic_member, generic_member_of, random_values

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
SIGNS = ("positive", "any")
#: Denominator of proposed parameters.
SCALE = 2**24

CLOSED_FORM = (
    "generic data have exactly the number of critical points of docs/theory.md, section 2 "
    "(own theorem, proved in writing); isolated zeros of special data are never more"
)
TWO_MEMBERS = (
    "two random members, solved completely by homotopy continuation, have equally many zeros: "
    "taken as the generic number"
)


@dataclass(frozen=True, eq=False)
class Sample:
    """One member with exact parameter values.

    Attributes
    ----------
    values : list of fmpq
        Parameter values of the subject's family.
    data : dict
        The same for people, as exact strings.
    system : callable
        Builds the exact system in the family's unknowns, for Arb.
    full : callable
        Zeros (k, n) in the family's unknowns -> the system a certificate speaks of, and its zeros.
    coercive : bool
        Whether the zeros are the critical points of a coercive function.
    """

    values: list[fmpq]
    data: dict[str, Any]
    system: Callable[[], PolynomialSystem]
    full: Callable[[ComplexArray], tuple[PolynomialSystem, ComplexArray]]
    coercive: bool = False


class Subject(Protocol):
    """What `homotopy.sweep` needs to know."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the unknowns."""

    @property
    def parity(self) -> int:
        """Real counts are congruent to 1 modulo this number; 1 says nothing."""

    @property
    def upper(self) -> tuple[Word, str]:
        """How sure it is that no member has more isolated zeros than the generic one, and why."""

    def definition(self) -> dict[str, Any]:
        """Plain JSON from which `subject_from` rebuilds the subject."""

    def family(self) -> Family:
        """The family that is tracked."""

    def member(self, seed: int, budget: Budget = UNLIMITED) -> Member:
        """A generic member with all its zeros."""

    def sample(self, seed: int) -> Sample:
        """The sample drawn from a seed."""

    def multiplied(self, sample: Sample, factors: FloatArray, flips: BoolArray) -> Sample:
        """The sample with each of its `parameter_count` numbers changed by a factor, or its sign.

        Signs that the subject keeps positive stay so.
        """

    @property
    def parameter_count(self) -> int:
        """How many numbers make up a sample."""


@dataclass(frozen=True)
class NetworkSubject:
    """Random data of a network."""

    network: LinearNetwork
    signs: str = "positive"
    coordinates: str = "full"
    distribution: str = "wide"

    def __post_init__(self) -> None:
        NetworkData.check_options(0, self.signs, "generic")
        check_distribution(self.distribution)
        if self.coordinates not in ("full", "reduced"):
            raise InputError(f"coordinates={self.coordinates!r}: expected 'full' or 'reduced'")

    @property
    def name(self) -> str:
        """The architecture."""
        return self.network.name

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the weights."""
        return self.network.variables

    @property
    def parity(self) -> int:
        """2^H: the sign changes of one unit per hidden layer act freely off the origin."""
        return int(2**self.network.hidden_layers)

    @property
    def upper(self) -> tuple[Word, str]:
        """A theorem where there is a closed form, otherwise two members that agree."""
        if generic_count(self.network) is None:
            return Word.PROBABLE, TWO_MEMBERS
        return Word.CERTIFIED, CLOSED_FORM

    @property
    def parameter_count(self) -> int:
        """Entries of X, Y and Lambda."""
        return len(self.network.parameters)

    def definition(self) -> dict[str, Any]:
        """Architecture and options."""
        return {
            "network": self.network.name,
            "signs": self.signs,
            "coordinates": self.coordinates,
            "distribution": self.distribution,
        }

    def family(self) -> Family:
        """Full or reduced coordinates."""
        if self.coordinates == "reduced":
            return reduced_family(self.network)
        return network_family(self.network)

    def member(self, seed: int, budget: Budget = UNLIMITED) -> Member:
        """See `homotopy.members.generic_member`."""
        return generic_member(self.network, coordinates=self.coordinates, seed=seed, budget=budget)

    def sample(self, seed: int) -> Sample:
        """Data of the named distribution; "wide" as `NetworkData.random` draws them."""
        if self.distribution == "wide":
            return self.sample_of(NetworkData.random(self.network, seed, signs=self.signs))
        draw = Draw(self.distribution, seed)
        penalty = draw.signed if self.signs == "any" else draw.positive
        free = self.parameter_count - self.network.weight_count
        values = [draw.signed() for _ in range(free)]
        values += [penalty() for _ in range(self.network.weight_count)]
        return self.sample_of(self.data_of(values))

    def data_of(self, values: Sequence[fmpq]) -> NetworkData:
        """Inverse of `NetworkData.parameter_values`."""
        n, p, m = self.network.widths[0], self.network.widths[-1], self.network.m
        entries = iter(values)

        def matrix(rows: int, columns: int) -> tuple[tuple[fmpq, ...], ...]:
            return tuple(tuple(next(entries) for _ in range(columns)) for _ in range(rows))

        x, y = matrix(n, m), matrix(p, m)
        return NetworkData(x, y, tuple(matrix(*shape) for shape in self.network.shapes))

    def sample_of(self, data: NetworkData) -> Sample:
        """The sample with given exact data."""
        coercive = all(e > 0 for matrix in data.Lambda for row in matrix for e in row)

        def gradient() -> PolynomialSystem:
            return self.network.gradient_system(data=data)

        if self.coordinates == "full":
            values = list(data.parameter_values)
            return Sample(
                values, data.to_dict(), gradient, lambda zeros: (gradient(), zeros), coercive
            )
        values = reduced_values(self.network, data)
        return Sample(
            values,
            data.to_dict(),
            lambda: reduced_system(self.network, values),
            lambda zeros: (gradient(), from_reduced(self.network, data, zeros)),
            coercive,
        )

    def multiplied(self, sample: Sample, factors: FloatArray, flips: BoolArray) -> Sample:
        """X and Y may change sign, Lambda only where any sign is allowed."""
        values = NetworkData.from_dict(sample.data, self.network).parameter_values
        if self.signs != "any":
            flips = flips & (np.arange(len(values)) < len(values) - self.network.weight_count)
        return self.sample_of(self.data_of(_multiplied(values, factors, flips)))


@dataclass(frozen=True, eq=False)
class SystemSubject:
    """Random values of a system's parameters; "wide": ± odd/2^14 in [1/4, 4]."""

    system: PolynomialSystem
    signs: str = "any"
    distribution: str = "wide"

    def __post_init__(self) -> None:
        if self.signs not in SIGNS:
            raise InputError(f"signs={self.signs!r}: expected one of {', '.join(SIGNS)}")
        check_distribution(self.distribution)
        system_family(self.system)

    @property
    def name(self) -> str:
        """The system's name."""
        return self.system.name or "system"

    @property
    def variables(self) -> tuple[str, ...]:
        """The system's unknowns."""
        return self.system.variables

    @property
    def parity(self) -> int:
        """Nothing is known beyond conjugate pairs."""
        return 1

    @property
    def upper(self) -> tuple[Word, str]:
        """Two members that agree."""
        return Word.PROBABLE, TWO_MEMBERS

    @property
    def parameter_count(self) -> int:
        """Number of parameters."""
        return len(self.system.parameters)

    def definition(self) -> dict[str, Any]:
        """The exact system."""
        document = self.system.to_dict()
        document.pop("imaginary")
        return {"system": document, "signs": self.signs, "distribution": self.distribution}

    def family(self) -> Family:
        """The system itself."""
        return system_family(self.system)

    def member(self, seed: int, budget: Budget = UNLIMITED) -> Member:
        """See `homotopy.members.generic_member_of`."""
        return generic_member_of(self.system, seed=seed, budget=budget)

    def sample(self, seed: int) -> Sample:
        """Random exact values."""
        count = len(self.system.parameters)
        if self.distribution == "wide":
            return self.sample_of(random_values(count, np.random.default_rng(seed), self.signs))
        draw = Draw(self.distribution, seed)
        number = draw.signed if self.signs == "any" else draw.positive
        return self.sample_of([number() for _ in range(count)])

    def sample_of(self, values: list[fmpq]) -> Sample:
        """The sample with given exact values."""
        named = dict(zip(self.system.parameters, values, strict=True))

        def system() -> PolynomialSystem:
            return self.system.specialise(named)

        data = {k: str(v) for k, v in named.items()}
        return Sample(values, data, system, lambda zeros: (system(), zeros))

    def multiplied(self, sample: Sample, factors: FloatArray, flips: BoolArray) -> Sample:
        """All parameters may change sign, or none."""
        return self.sample_of(_multiplied(sample.values, factors, flips & (self.signs == "any")))


def subject_from(definition: dict[str, Any]) -> Subject:
    """The subject that `definition` describes."""
    signs, distribution = definition["signs"], definition["distribution"]
    if "network" in definition:
        network = LinearNetwork.parse(definition["network"])
        return NetworkSubject(network, signs, definition["coordinates"], distribution)
    system = PolynomialSystem.parse(json.dumps(definition["system"]), format="json")
    return SystemSubject(system, signs, distribution)


def _multiplied(values: Sequence[fmpq], factors: FloatArray, flips: BoolArray) -> list[fmpq]:
    """Short rationals near values·factors, none zero, signs flipped where asked."""
    out = []
    for value, factor, flip in zip(values, factors.tolist(), flips.tolist(), strict=True):
        numerator = round(int(value.p) / int(value.q) * factor * SCALE)
        out.append(fmpq((-1 if flip else 1) * (numerator or 1), SCALE))
    return out
