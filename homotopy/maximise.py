"""Local search for parameters with as many real zeros as possible, every count certified.

From the best of a few random members, all parameters are multiplied by random factors; a proposal
is kept if it has more real zeros, or as many and a pair of conjugates closer to becoming real.
The search is a heuristic; what it returns is certified: k real zeros of exact data.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from homotopy.certify import certify
from homotopy.kernels.intervals import NOT_REAL, REAL
from homotopy.sweep import choose_subject
from homotopy.sweep_subjects import Sample, Subject
from homotopy.sweep_worker import Worker, sample_seed

#: Proposals per round, and the sizes of their steps (standard deviations of log factors).
PROPOSALS = 24
STEPS = (0.03, 0.15, 0.6)
#: Chance that a proposal flips the sign of a parameter that may have any.
FLIP = 0.05

Score = tuple[int, float]


@dataclass(frozen=True, eq=False)
class MaximiseResult:
    """The best parameters found.

    Attributes
    ----------
    name : str
    real : int
        Certified number of real zeros.
    zeros : int
        Complex zeros of a generic member.
    data : dict
        Exact parameters.
    rounds : int
        Rounds done.
    history : tuple of int
        Real zeros of the best member after every round.
    certificate : dict or None
        Certificate of kind `boxes` in full coordinates.
    """

    name: str
    real: int
    zeros: int
    data: dict[str, Any]
    rounds: int
    history: tuple[int, ...]
    certificate: dict[str, Any] | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "subject": self.name,
            "real": self.real,
            "zeros": self.zeros,
            "data": self.data,
            "rounds": self.rounds,
            "history": list(self.history),
        }

    def __repr__(self) -> str:
        return (
            f"MaximiseResult({self.name}: {self.real} of {self.zeros} zeros real after "
            f"{self.rounds} rounds)"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"


def maximise_real(
    subject: LinearNetwork | PolynomialSystem | str,
    *,
    rounds: int = 50,
    starts: int = 64,
    signs: str | None = None,
    coordinates: str = "full",
    distribution: str = "wide",
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> MaximiseResult:
    """Search parameters with many real zeros; arguments as for `homotopy.sweep`.

    Parameters
    ----------
    rounds : int
        Rounds of `PROPOSALS` proposals.
    starts : int
        Random members to choose the first from.

    Raises
    ------
    InputError
        Unreadable arguments.
    LimitReached
        `partial` is the MaximiseResult so far, once there is one.
    """
    if rounds < 0 or starts < 1:
        raise InputError(f"rounds = {rounds}, starts = {starts}: expected ≥ 0 and ≥ 1")
    chosen = choose_subject(subject, signs, coordinates, distribution)
    worker = Worker(chosen, seed, chosen.member(seed, budget))
    generator = np.random.default_rng([seed, 7])
    first = [chosen.sample(sample_seed(seed, k)) for k in range(starts)]
    best, score = _best(first, _scores(worker, first))
    history = [score[0]]
    for number in range(rounds):
        try:
            budget.check()
        except LimitReached as limit:
            raise LimitReached(str(limit), _result(worker, best, score, history)) from None
        budget.report("rounds", number, rounds)
        if score[0] >= worker.member.count - 1 + worker.member.count % 2:
            break
        proposals = [
            _perturbed(chosen, best, STEPS[k % len(STEPS)], generator) for k in range(PROPOSALS)
        ]
        candidate, found = _best(proposals, _scores(worker, proposals))
        if found > score:
            best, score = candidate, found
        history.append(score[0])
    return _result(worker, best, score, history)


def _scores(worker: Worker, samples: Sequence[Sample]) -> list[Score]:
    """Certified real count (−1 if incomplete), and minus the distance of a pair to the reals."""
    targets = np.array(
        [[int(v.p) / int(v.q) for v in s.values] for s in samples], dtype=np.complex128
    )
    ends, _ = worker.member.track_to(targets)
    scores = []
    for sample, end in zip(samples, ends, strict=True):
        zeros = worker.member.lifted(end)
        batch = worker.member.family.certify(zeros[np.isfinite(zeros).all(axis=1)], sample.values)
        decided = (batch.reality == REAL) | (batch.reality == NOT_REAL)
        if len(batch.status) < worker.member.count or not batch.disjoint() or not decided.all():
            scores.append((-1, -np.inf))
            continue
        heights = _heights(batch.centers[batch.reality == NOT_REAL])
        scores.append((int((batch.reality == REAL).sum()), -float(heights.min(initial=np.inf))))
    return scores


def _heights(zeros: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Largest imaginary part of each zero, relative to its largest coordinate."""
    sizes = np.maximum(np.abs(zeros).max(axis=1, initial=0.0), 1e-300)
    return np.asarray(np.abs(zeros.imag).max(axis=1, initial=0.0) / sizes)


def _best(samples: Sequence[Sample], scores: Sequence[Score]) -> tuple[Sample, Score]:
    k = max(range(len(samples)), key=lambda i: scores[i])
    return samples[k], scores[k]


def _perturbed(
    subject: Subject, sample: Sample, step: float, generator: np.random.Generator
) -> Sample:
    """The sample with every parameter multiplied by a random factor near 1."""
    count = subject.parameter_count
    factors = np.exp(step * generator.normal(size=count))
    return subject.multiplied(sample, factors, generator.random(count) < FLIP * step)


def _result(worker: Worker, best: Sample, score: Score, history: Sequence[int]) -> MaximiseResult:
    certificate = certify(*best.full(worker.zeros(best))).certificate
    return MaximiseResult(
        worker.subject.name,
        max(0, score[0]),
        worker.member.count,
        best.data,
        len(history) - 1,
        tuple(history),
        certificate,
    )
