"""Local search for parameters with as many real zeros as possible, every count certified.

From the best of a few random members, parameters are multiplied by random factors; a proposal is
kept if it has more real zeros, or as many and a pair of conjugates closer to becoming real. Where
nothing was gained for a while the search starts afresh and remembers the best so far.
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
from homotopy.distributions import DISTRIBUTIONS
from homotopy.kernels.intervals import NOT_REAL, REAL
from homotopy.sweep import choose_subject
from homotopy.sweep_subjects import Sample, Subject
from homotopy.sweep_worker import Worker, sample_seed

#: Proposals per round, and the sizes of their steps (standard deviations of log factors).
PROPOSALS = 24
STEPS = (0.03, 0.15, 0.6)
#: Rounds without another real zero after which the search starts afresh.
PATIENCE = 40
#: Chance that a proposal changes all parameters; otherwise each one changes with chance SOME.
ALL, SOME = 0.5, 0.3
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
    distribution: str | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> MaximiseResult:
    """Search parameters with many real zeros; arguments as for `homotopy.sweep`.

    Parameters
    ----------
    rounds : int
        Rounds of `PROPOSALS` proposals.
    starts : int
        Random members to choose the first from, and again at every new start.
    distribution : str, optional
        Of these; all distributions in turn if None.

    Raises
    ------
    InputError
        Unreadable arguments.
    LimitReached
        `partial` is the MaximiseResult so far, once there is one.
    """
    if rounds < 0 or starts < 1:
        raise InputError(f"rounds = {rounds}, starts = {starts}: expected ≥ 0 and ≥ 1")
    climbers = [
        choose_subject(subject, signs, coordinates, name)
        for name in ((distribution,) if distribution is not None else DISTRIBUTIONS)
    ]
    worker = Worker(climbers[0], seed, climbers[0].member(seed, budget))
    generator = np.random.default_rng([seed, 7])

    def fresh(number: int) -> tuple[Sample, Score]:
        """The best of random members of all distributions in turn."""
        samples = [
            climbers[k % len(climbers)].sample(sample_seed(seed, number * starts + k))
            for k in range(starts)
        ]
        return _best(samples, _scores(worker, samples))

    current, here = fresh(0)
    best, score = current, here
    history, gained, restarts = [score[0]], 0, 0
    for number in range(rounds):
        try:
            budget.check()
        except LimitReached as limit:
            raise LimitReached(str(limit), _result(worker, best, score, history)) from None
        budget.report("rounds", number, rounds)
        if score[0] >= worker.member.count - 1 + worker.member.count % 2:
            break
        if number - gained > PATIENCE:
            restarts, gained = restarts + 1, number
            current, here = fresh(restarts)
        else:
            proposals = [
                _perturbed(worker.subject, current, STEPS[k % len(STEPS)], generator)
                for k in range(PROPOSALS)
            ]
            candidate, found = _best(proposals, _scores(worker, proposals))
            if found > here:
                gained = number if found[0] > here[0] else gained
                current, here = candidate, found
        if here > score:
            best, score = current, here
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
    """The sample with all or some of its parameters multiplied by random factors near 1."""
    count = subject.parameter_count
    chosen = generator.random(count) < (1.0 if generator.random() < ALL else SOME)
    factors = np.where(chosen, np.exp(step * generator.normal(size=count)), 1.0)
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
