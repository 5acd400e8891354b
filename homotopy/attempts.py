"""From a system to the ends of all paths: a start system, and others while something is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from homotopy.accounting import Outcome, Symmetry, completed_by, follow
from homotopy.choosing import choose_start
from homotopy.errors import StartUnavailable
from homotopy.homotopies import StartSystem
from homotopy.polyhedral import polyhedral_start
from homotopy.tracker import TrackResult, track

#: Sets of random constants tried before open paths are reported.
ATTEMPTS = 3
#: Start systems that know the degrees of the equations only.
BY_DEGREES = ("total-degree", "multihomogeneous")


def track_to(
    system: PolynomialSystem,
    start: str = "auto",
    *,
    region: str = "affine",
    seed: int = 0,
    budget: Budget = UNLIMITED,
    tracker: Callable[..., TrackResult] = track,
) -> tuple[StartSystem, Outcome]:
    """Follow a start system to the square `system`, with other random constants if need be."""
    symmetries = target_symmetries(system)
    best: tuple[StartSystem, Outcome] | None = None
    retracked = 0
    for attempt in range(ATTEMPTS):
        constants = seed + 1_000_003 * attempt
        chosen = choose_start(system, start, region=region, seed=constants, budget=budget)
        if best is not None and start == "auto" and chosen.name in BY_DEGREES:
            # What went wrong may be the start system's doing: another one sees other paths.
            with contextlib.suppress(StartUnavailable):
                chosen = polyhedral_start(system, region=region, seed=constants, budget=budget)
        outcome = follow(
            chosen, system=system, symmetries=symmetries, budget=budget, tracker=tracker
        )
        retracked += outcome.retracked
        if best is None:
            best = (chosen, outcome)
        else:
            retracked += chosen.path_count
            worse = outcome
            if _badness(outcome) < _badness(best[1]):
                worse, best = best[1], (chosen, outcome)
            completed = completed_by(best[1], worse, system=system, symmetries=symmetries)
            best = (best[0], completed)
        if best[1].clean:
            break
    assert best is not None
    return best[0], replace(best[1], retracked=retracked)


def _badness(outcome: Outcome) -> tuple[int, int]:
    return len(outcome.suspects), outcome.unmatched


def target_symmetries(system: PolynomialSystem) -> list[Symmetry]:
    """Maps that take zeros to zeros: conjugation, sign changes of a network's hidden units."""
    out: list[Symmetry] = [] if system.imaginary else [np.conj]
    network = system.metadata.get("network")
    if network is not None:
        for signs in network.sign_generators():
            out.append(_sign_change(signs))
    return out


def _sign_change(signs: NDArray[np.int8]) -> Symmetry:
    return lambda points: points * signs
