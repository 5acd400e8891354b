"""Many real critical points for regularisers of any sign: the best data found, certified anew.

For λ > 0 a theorem bounds the number of real critical points (docs/theory.md); for λ of any sign
only the complex count does. The data below `proofs/records/` were found by `homotopy.maximise`;
nothing is taken from there but the data: points and their number are computed and certified here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import numpy as np
from flint import fmpq

from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.words import Word, weakest
from homotopy.certify import certify
from homotopy.families import reduced_values
from homotopy.sweep_subjects import NetworkSubject
from homotopy.sweep_worker import Worker
from proofs import formulas
from proofs.settlement import settle_certificate

COMPLEX_COUNT = (
    "no data have more than the generic number of isolated critical points (docs/theory.md, "
    "section 2, own theorem, proved in writing)"
)
#: Relative size of imaginary parts up to which a zero is a candidate for a real one.
ALMOST_REAL = 1e-6


@dataclass(frozen=True, eq=False)
class AnySign:
    """How many real critical points are known for λ ≠ 0 of any sign.

    Attributes
    ----------
    lower : int
        Certified real critical points of `data`.
    upper : int
        The complex number: more are impossible.
    word : Word
        Of `lower`.
    data : NetworkData
    certificate : document
    relies_on : tuple of str
        What `lower` rests on.
    """

    lower: int
    upper: int
    word: Word
    data: NetworkData
    certificate: dict[str, Any] = field(repr=False)
    relies_on: tuple[str, ...] = ()

    @property
    def value(self) -> int | None:
        """The maximum where it is known: as many real points as complex ones."""
        return self.lower if self.lower == self.upper else None

    def to_dict(self) -> dict[str, Any]:
        """JSON form: a count, the data, and what its halves rest on."""
        return {
            "value": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "word": str(weakest(self.word, Word.PROBABLE)),
            "lower_word": str(self.word),
            "upper_word": str(Word.PROBABLE),
            "relies_on": [*self.relies_on, COMPLEX_COUNT],
            "data": self.data.to_dict(),
        }


def most_real_any_sign(
    network: LinearNetwork, *, seed: int = 0, budget: Budget = UNLIMITED
) -> AnySign | None:
    """The best data known for a network's numbers of hidden and output units, certified.

    None where there is no record. One hidden layer and one data point only.
    """
    data = recorded_data(network)
    if data is None:
        return None
    subject = NetworkSubject(network, "any", "reduced")
    worker = Worker(subject, seed, subject.member(seed, budget))
    sample = subject.sample_of(data)
    system, zeros = sample.full(worker.zeros(sample))
    scale = np.maximum(np.abs(zeros).max(axis=1), 1e-300)
    real = zeros[np.abs(zeros.imag).max(axis=1) <= ALMOST_REAL * scale]
    found = certify(system, real, budget=budget)
    settled = settle_certificate(found.certificate, system=system)
    _, d, p = network.widths
    reached = settled.facts.get(("real", "at_least"), found.real_count)
    return AnySign(
        reached,
        formulas.generic_count(d, p),
        settled.word,
        data,
        found.certificate,
        tuple(settled.assumed),
    )


def recorded_data(network: LinearNetwork) -> NetworkData | None:
    """The recorded data of the network with one input, with the inputs of this one.

    Real points depend on Y, the last layer's λ and the sums S_i = Σ_j x_j²/λ_ij alone. An S_i of
    one input is shared out over several: x_j²/λ_ij = S_i·share_ij with shares that sum to 1.
    """
    n, d, p = network.widths
    records = json.loads(
        resources.files("proofs").joinpath("records/any_sign.json").read_text("utf-8")
    )
    document = records.get(f"1-{d}-{p}")
    if document is None:
        return None
    single = NetworkData.from_dict(document, LinearNetwork((1, d, p)))
    # The first d of these are 1/S_i.
    values = reduced_values(LinearNetwork((1, d, p)), single)
    x = [fmpq(j + 2, 2) for j in range(n)]
    first = []
    for i in range(d):
        parts = [fmpq(2 + (3 * i + 5 * j) % 7) for j in range(n)]
        total = sum(parts, fmpq(0))
        first.append(tuple(x[j] * x[j] * values[i] * total / parts[j] for j in range(n)))
    return NetworkData(
        tuple((v,) for v in x),
        single.Y,
        (tuple(first), single.Lambda[1]),
        ("found by a search for many real critical points, λ of any sign",),
    )
