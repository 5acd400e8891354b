"""From the words on the command line to exact systems, networks and data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from algebra.errors import InputError

if TYPE_CHECKING:
    from algebra.networks import LinearNetwork, NetworkData
    from algebra.systems import PolynomialSystem

NETWORK_PREFIX = "network:"


@dataclass(frozen=True)
class DataFiles:
    """Where the user's data come from; all None means that the name's seed draws them."""

    data: Path | None = None
    x: Path | None = None
    y: Path | None = None
    penalty: str | None = None

    @property
    def given(self) -> bool:
        """Whether any data option was used."""
        return any(v is not None for v in (self.data, self.x, self.y, self.penalty))


def read_network(architecture: str, files: DataFiles) -> tuple[LinearNetwork, NetworkData]:
    """The network of that name and its exact data.

    Raises
    ------
    InputError
        The name is none, the options contradict each other, or the data do not fit.
    """
    from algebra.networks import LinearNetwork, NetworkData

    network = LinearNetwork.parse(architecture.removeprefix(NETWORK_PREFIX))
    if files.data is not None:
        if files.x is not None or files.y is not None or files.penalty is not None:
            raise InputError("--data holds X, Y and Lambda: leave out --x, --y and --lambda")
        return network, NetworkData.from_json(files.data, network, seed=network.seed)
    if (files.x is None) != (files.y is None):
        raise InputError("--x and --y come together: one of them is missing")
    if files.x is not None and files.y is not None:
        penalty = "random" if files.penalty is None else files.penalty
        return network, NetworkData.from_arrays(
            network, files.x, files.y, Lambda=penalty, seed=network.seed
        )
    if files.penalty is not None:
        document = {**network.data().to_dict(), "Lambda": files.penalty}
        return network, NetworkData.from_dict(document, network, seed=network.seed)
    return network, network.data()


def read_system(
    name: str, file_format: str, files: DataFiles, values: Sequence[str] = ()
) -> PolynomialSystem:
    """The system SYSTEM names: a file, `-` for standard input, or a family.

    `values` are exact values of parameters, "a=1/2" each.

    Raises
    ------
    InputError
        Nothing of that name, unreadable, it does not parse (`SyntaxProblem`, with position), or
        a value for what is no parameter.
    """
    if name.startswith(NETWORK_PREFIX):
        if values:
            raise InputError(f"--at {values[0]}: a network has data, not parameters: use --data")
        network, data = read_network(name, files)
        if not files.given:
            return network.gradient_system()
        return network.gradient_system(data=data)
    if files.given:
        raise InputError(
            f"--data, --x, --y and --lambda belong to a network: write network:2-2-2, not {name}"
        )
    from algebra.families import resolve_system

    return _at(resolve_system(name, format=file_format), values)


def _at(system: PolynomialSystem, values: Sequence[str]) -> PolynomialSystem:
    """The system at exact values of its parameters."""
    from algebra.rationals import exact_rational

    chosen = {}
    for entry in values:
        name, _, value = (part.strip() for part in entry.partition("="))
        if name not in system.parameters:
            known = ", ".join(system.parameters) or "none"
            raise InputError(f"--at {entry}: expected NAME=VALUE; the parameters are {known}")
        if name in chosen:
            raise InputError(f"--at {entry}: {name} has a value already")
        chosen[name] = exact_rational(value)[0]
    return system.specialise(chosen) if chosen else system
