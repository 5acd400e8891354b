"""What a sweep varies: the data of a network, or the parameters of any system.

A subject draws samples from seeds, knows its family, and can be written down as plain JSON, so that
worker processes and stores can rebuild it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from flint import fmpq

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from homotopy.families import (
    Family,
    network_family,
    reduced_family,
    reduced_values,
    system_family,
)
from homotopy.members import Member, generic_member, generic_member_of, random_values

SIGNS = ("positive", "any")


@dataclass(frozen=True, eq=False)
class Sample:
    """One member with exact parameter values.

    Attributes
    ----------
    values : list of fmpq
        Parameter values of the subject's family.
    data : dict
        The same for people, as exact strings.
    system : callable or None
        Builds the exact system in the family's unknowns, for Arb; None where there is none.
    coercive : bool
        Whether the zeros are the critical points of a coercive function.
    """

    values: list[fmpq]
    data: dict[str, Any]
    system: Callable[[], PolynomialSystem] | None
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

    def definition(self) -> dict[str, Any]:
        """Plain JSON from which `subject_from` rebuilds the subject."""

    def family(self) -> Family:
        """The family that is tracked."""

    def member(self, seed: int, budget: Budget = UNLIMITED) -> Member:
        """A generic member with all its zeros."""

    def sample(self, seed: int) -> Sample:
        """The sample drawn from a seed."""


@dataclass(frozen=True)
class NetworkSubject:
    """Random data of a network."""

    network: LinearNetwork
    signs: str = "positive"
    coordinates: str = "full"

    def __post_init__(self) -> None:
        NetworkData.check_options(0, self.signs, "generic")
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

    def definition(self) -> dict[str, Any]:
        """Architecture and options."""
        return {
            "network": self.network.name,
            "signs": self.signs,
            "coordinates": self.coordinates,
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
        """Data as `NetworkData.random` draws them."""
        return self.sample_of(NetworkData.random(self.network, seed, signs=self.signs))

    def sample_of(self, data: NetworkData) -> Sample:
        """The sample with given exact data."""
        if self.coordinates == "reduced":
            return Sample(reduced_values(self.network, data), data.to_dict(), None)
        return Sample(
            list(data.parameter_values),
            data.to_dict(),
            lambda: self.network.gradient_system(data=data),
            all(e > 0 for matrix in data.Lambda for row in matrix for e in row),
        )


@dataclass(frozen=True, eq=False)
class SystemSubject:
    """Random values of a system's parameters, ± odd/2^14 in [1/4, 4] (positive on request)."""

    system: PolynomialSystem
    signs: str = "any"

    def __post_init__(self) -> None:
        if self.signs not in SIGNS:
            raise InputError(f"signs={self.signs!r}: expected one of {', '.join(SIGNS)}")
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

    def definition(self) -> dict[str, Any]:
        """The exact system."""
        document = self.system.to_dict()
        document.pop("imaginary")
        return {"system": document, "signs": self.signs}

    def family(self) -> Family:
        """The system itself."""
        return system_family(self.system)

    def member(self, seed: int, budget: Budget = UNLIMITED) -> Member:
        """See `homotopy.members.generic_member_of`."""
        return generic_member_of(self.system, seed=seed, budget=budget)

    def sample(self, seed: int) -> Sample:
        """Random exact values."""
        count = len(self.system.parameters)
        return self.sample_of(random_values(count, np.random.default_rng(seed), self.signs))

    def sample_of(self, values: list[fmpq]) -> Sample:
        """The sample with given exact values."""
        named = dict(zip(self.system.parameters, values, strict=True))
        return Sample(
            values,
            {k: str(v) for k, v in named.items()},
            lambda: self.system.specialise(named),
        )


def subject_from(definition: dict[str, Any]) -> Subject:
    """The subject that `definition` describes."""
    if "network" in definition:
        network = LinearNetwork.parse(definition["network"])
        return NetworkSubject(network, definition["signs"], definition["coordinates"])
    system = PolynomialSystem.parse(json.dumps(definition["system"]), format="json")
    return SystemSubject(system, definition["signs"])
